"""Modes: a renewed folder lets in whom the old one let in, whatever the umask of the build."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_OWN_FOLDER, _OWN_FILE = 0o700, 0o600
"""What the owner of a folder or file keeps, for the next build has to renew it."""
_READABLE = 0o005


@dataclass(frozen=True, slots=True)
class Modes:
    """Mode of a folder, of the folders and of the files in it, its owner and group; None where there is no folder yet."""

    top: int | None = None
    folders: int = 0
    files: int = 0
    owner: int = 0
    owning_group: int = 0

    @classmethod
    def of(cls, folder: Path) -> Self:
        """What a folder has; where it holds no folder or no file, what its own mode means for them."""
        try:
            status = folder.stat()
        except FileNotFoundError:
            return cls()
        top = stat.S_IMODE(status.st_mode)
        inside = [each.lstat() for each in sorted(folder.iterdir()) if not each.name.startswith(".")]
        folders = [stat.S_IMODE(each.st_mode) for each in inside if stat.S_ISDIR(each.st_mode)]
        files = [stat.S_IMODE(each.st_mode) for each in inside if stat.S_ISREG(each.st_mode)]
        return cls(
            top,
            (folders[0] if folders else top) | _OWN_FOLDER,
            (files[0] if files else top & 0o666) | _OWN_FILE,
            status.st_uid,
            status.st_gid,
        )

    @property
    def group(self) -> str:
        """The group's number."""
        return str(self.owning_group)

    def keep_group(self, folder: Path) -> None:
        """See that an empty folder can be given the group. Raises `PermissionError` where it cannot and its readers would be locked out."""
        if self.top is None or folder.stat().st_gid == self.owning_group:
            return
        self._own(folder, -1)

    def _own(self, path: str | Path, owner: int) -> None:
        """Give a folder or file to an owner, -1 for whoever has it, and to the group. Raises `PermissionError` as `keep_group`."""
        try:
            os.chown(path, owner, self.owning_group)
        except PermissionError:
            if self.top is not None and self.top & _READABLE != _READABLE:  # whom everybody may read needs no group
                raise

    def give(self, folder: Path) -> None:
        """Give a finished folder, and all in it, what the old one had."""
        if self.top is None:
            return
        status = folder.stat()
        made = stat.S_IMODE(status.st_mode)
        wanted = (self.top, self.folders, self.files, self.owning_group, self._owner(status))
        # In most builds they are the same already, and a large site has a million files to ask about.
        if (made, made, made & 0o666, status.st_gid, status.st_uid) != wanted:
            for path, found in _all(folder):
                self._give(path, found)
        folder.chmod(self.top | _OWN_FOLDER)

    def _owner(self, status: os.stat_result) -> int:
        # Nobody but root can give a file to somebody else, and root would otherwise take it from them.
        return self.owner if hasattr(os, "geteuid") and os.geteuid() == 0 else status.st_uid

    def _give(self, path: str, status: os.stat_result) -> None:
        owner = self._owner(status)
        if (status.st_uid, status.st_gid) != (owner, self.owning_group):
            self._own(path, owner)
        mode = self.folders if stat.S_ISDIR(status.st_mode) else self.files
        # After the owner, whose change takes the bits away that pass on the group.
        if stat.S_IMODE(status.st_mode) != mode:
            os.chmod(path, mode)  # noqa: PTH101 (a path of os.walk, of which there are a hundred thousand)


def _all(folder: Path) -> Iterator[tuple[str, os.stat_result]]:
    yield str(folder), folder.stat()
    for root, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = os.path.join(root, name)  # noqa: PTH118 (as above)
            status = os.lstat(path)
            if not stat.S_ISLNK(status.st_mode):
                yield path, status
