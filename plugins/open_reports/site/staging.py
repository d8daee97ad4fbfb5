"""Staging: a site is built aside and takes the place of the published one when it is whole.

Beside the site where that can be: there the two folders are exchanged in one step, so neither a killed build nor a reader ever meets
half a site. A folder that cannot be moved, because it is mounted or the one above cannot be written, keeps its place: the new site is
built inside it, and what it holds is exchanged piece by piece. A link is followed. One build at a time works on a folder (`lock`), so
whatever an earlier one left behind belongs to nobody: what it had begun to put in place is finished, everything else is removed.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from open_reports.files import manifest
from open_reports.gate import LITTER
from open_reports.site.exchange import JOURNAL, exchanged, exchanged_contents, kept_in_place, resumed
from open_reports.site.lock import Lock
from open_reports.site.modes import Modes
from open_reports.site.mounts import mounted, mounted_below
from open_reports.site.refused import FolderError, sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_WINDOWS = os.name == "nt"
_LONGEST = 24 * 60 * 60
"""Seconds that no build takes."""
PATIENCE = 60 * 60.0
"""Seconds that a build waits for another."""
_INSIDE = ".open-reports."
"""What our names begin with inside a folder that keeps its place."""
_NEW, _OLD = "new", "old"


class Staging:
    """A folder that takes the place of `site` when it is whole: `folder`, until then empty and nobody else's.

    `holds` are folders that must not be replaced with the site; `waiting` is told where another build has to be waited for. Raises
    `FolderError` for whatever cannot be done, before anything is written.
    """

    def __init__(self, site: Path, *, holds: Sequence[Path] = (), waiting: Callable[[str], None] = lambda _: None) -> None:
        self.site = site
        self._waiting = waiting
        self._locks: list[Lock] = []
        try:
            self.target = self._followed(holds)
            self._room = self._made()
        except OSError as error:
            raise FolderError.of(site, "unwritable", found=error.strerror or type(error).__name__) from error
        self.folder = self._room / _NEW

    # -- before the build

    def _followed(self, holds: Sequence[Path]) -> Path:
        """The folder that a link leads to, or the path itself; refused where it is none that may be replaced."""
        target = Path(os.path.realpath(self.site))
        if not target.exists():
            if self.site.is_symlink():
                raise FolderError.of(self.site, "dangling", found=str(target))
            return target
        if not target.is_dir():
            raise FolderError.of(self.site, "no_folder")
        for each in holds:
            if each.resolve().is_relative_to(target):
                raise FolderError.of(self.site, "holds", found=str(each))
        if below := mounted_below(target):
            raise FolderError.of(self.site, "mounted_below", found=below)
        return target

    def _made(self) -> Path:
        """The folder in which this build works: beside the site, or inside it where that is the only place."""
        refused = ""
        try:
            if not (self.target.exists() and mounted(self.target)):
                try:
                    return self._room_in(self.target.parent, f".{self.target.name}.")
                except OSError as error:
                    refused = error.strerror or type(error).__name__
                    self.close()
            if not self.target.exists():
                raise FolderError.of(self.site, "unwritable", found=refused)  # noqa: TRY301 (what was begun is undone below)
            return self._room_in(self.target, _INSIDE, alone=True)
        except BaseException:
            self.close()
            raise

    def _room_in(self, parent: Path, stem: str, *, alone: bool = False) -> Path:
        parent.mkdir(parents=True, exist_ok=True)
        lock = self._locked(Lock(parent / f"{stem}lock"))
        # A container in which the folder is mounted cannot see the file beside it: the folder itself is what all of them share.
        if self.target.exists():
            self._locked(Lock(self.target, folder=True))
        if lock.sure:
            _recover(_leftovers(parent, stem), self.target)
        elif alone:
            raise FolderError.of(self.site, "no_lock")
        # Whoever mistypes a link or a mount must not lose what is at its other end: a plain folder of this name is the site's own.
        if (self.site.is_symlink() or mounted(self.target)) and (foreign := _foreign(self.target)):
            raise FolderError.of(self.site, "foreign", found=foreign)
        self._modes = Modes.of(self.target)
        room = Path(tempfile.mkdtemp(prefix=f"{stem}staged-", dir=parent))
        try:
            (room / _NEW).mkdir()
            self._modes.keep_group(room / _NEW)
        except OSError as error:
            shutil.rmtree(room, ignore_errors=True)
            if alone and isinstance(error, PermissionError):
                raise FolderError.of(self.site, "group", found=self._modes.group) from None
            raise
        return room

    def _locked(self, lock: Lock) -> Lock:
        if not lock.acquire(lambda: self._waiting(sentence("folder_waiting", folder=str(self.site))), PATIENCE):
            raise FolderError.of(self.site, "busy")
        self._locks.append(lock)
        return lock

    # -- after it

    def publish(self) -> None:
        """Put the finished site in the place of the old one. Raises `OSError` where the system refuses; the old one stays then."""
        self._modes.give(self.folder)
        old = self._room / _OLD
        if self._room.parent == self.target:
            exchanged_contents(self.folder, self.target, old)
        elif not self.target.exists():
            self.folder.rename(self.target)
        elif not exchanged(self.folder, self.target):
            try:
                self.target.rename(old)
            except OSError:
                # A folder that looks like any other and still cannot be moved: a layer below that of a container.
                exchanged_contents(self.folder, self.target, old)
            else:
                _take(self.folder, self.target, old)
        shutil.rmtree(self._room, ignore_errors=True)
        _sweep_older(self.target)

    def discard(self) -> None:
        """Leave nothing behind of what was not published, and let others in."""
        if not (self._room / JOURNAL).exists():  # what was begun to be put in place, the next build finishes
            shutil.rmtree(self._room, ignore_errors=True)
        self.close()

    def close(self) -> None:
        """Let others in."""
        while self._locks:
            self._locks.pop().release()


def _take(new: Path, place: Path, old: Path) -> None:
    """Move a site to its empty place; the old one comes back where that fails."""
    try:
        new.rename(place)
    except OSError:
        old.rename(place)
        raise


def _foreign(folder: Path) -> str:
    """Something in a folder that is no part of a site of ours; empty where there is nothing of the kind."""
    found = sorted(each.name for each in folder.iterdir() if not (kept_in_place(each.name) or each.name in LITTER))
    return found[0] if found and not (folder / manifest.PATH).is_file() else ""


def _leftovers(parent: Path, stem: str) -> list[Path]:
    """Folders of killed builds: those of ours, for the lock lets nobody else have any."""
    return sorted(each for each in parent.glob(f"{stem}staged-*") if each.is_dir() and not each.is_symlink())


def _recover(rooms: Iterable[Path], target: Path) -> None:
    """Finish what killed builds had begun to put in place, and remove the rest."""
    for room in rooms:
        if (room / JOURNAL).is_file():
            resumed(room / _NEW, target, room / _OLD)
        elif (room / _OLD).is_dir() and not target.exists():
            # Where folders cannot be exchanged there is a moment without a site.
            (room / _OLD).rename(target)
        shutil.rmtree(room, ignore_errors=True)


def _sweep_older(target: Path) -> None:
    """Remove what builds of older versions left behind, which knew no lock and named their folders by their process."""
    for leftover in target.parent.glob(f".{target.name}.*"):
        owner = re.fullmatch(rf"\.{re.escape(target.name)}\.(\d+)(?:\.old)?", leftover.name)
        # A number says nothing of a process elsewhere, so the age of the folder must agree.
        with contextlib.suppress(OSError):  # gone meanwhile, or not ours to remove
            if owner and time.time() - leftover.lstat().st_mtime > _LONGEST and not _alive(int(owner[1])):
                shutil.rmtree(leftover, ignore_errors=True)


def _alive(process: int) -> bool:
    if _WINDOWS:
        return False  # there, asking for a process with `os.kill(..., 0)` would send it Ctrl+C: the age of its folder must do
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    # There is such a process, but it is another user's (EPERM).
    except OSError:
        return True
    return True
