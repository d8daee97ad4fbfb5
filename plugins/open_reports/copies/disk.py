"""Copies on a disk: in a folder, or in an archive."""

from __future__ import annotations

import os
import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from open_reports.copies.base import PIECE, Copy, CopyError
from open_reports.document import shown
from open_reports.files.manifest import safe
from open_reports.gate import LITTER

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_UNPACKED = 16 * 1024**3
"""Most bytes that an archive may unpack to; a site of 10,000 reports has some 3 GB of data."""
MOST_MEMBERS = 2_000_000
_HEAD = 30
"""Bytes of a member's head in an archive, without its name."""


class FolderCopy(Copy):
    """A copy in a folder; links and whatever is no plain file are faults, and never opened."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder))
        self._root = folder
        self._paths: frozenset[str] | None = None

    def _walk(self, folder: str, below: str) -> Iterator[str]:
        try:
            with os.scandir(folder) as listing:
                entries = sorted(listing, key=lambda each: each.name)
        except OSError as error:
            self.faults.append(CopyError(shown(below, 200), "copy.unreadable", found=error.strerror or type(error).__name__))
            return
        for entry in entries:
            path = f"{below}{entry.name}"
            if entry.is_symlink():
                self.faults.append(CopyError(shown(path, 200), "copy.link"))
            elif entry.is_dir(follow_symlinks=False):
                yield from self._walk(entry.path, f"{path}/")
            elif not entry.is_file(follow_symlinks=False):
                self.faults.append(CopyError(shown(path, 200), "copy.irregular"))
            elif entry.name not in LITTER:
                yield path

    def paths(self) -> frozenset[str]:
        """Every file by its path below the folder; `faults` are known from then on."""
        if self._paths is None:
            self._paths = frozenset(self._walk(os.fspath(self._root), ""))
        return self._paths

    def has(self, path: str) -> bool:
        """Whether there is such a file, without looking at the others. Raises `CopyError` where nobody may look."""
        try:
            return stat.S_ISREG(os.lstat(self._root / path).st_mode)
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError as error:
            raise CopyError(path, "copy.unreadable", found=error.strerror or type(error).__name__) from error

    def pieces(self, path: str) -> Iterator[bytes]:
        """Content of a file, piece by piece."""
        if path not in self.paths():
            raise CopyError(path, "copy.missing")
        try:
            # Since it was listed, the file may have become a link or a pipe: the one is not followed, the other not waited for.
            # Windows would change line ends, and end a file at its first byte 0x1A, if it were not told that these are bytes.
            handle = os.open(
                self._root / path,
                os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0),
            )
            with os.fdopen(handle, "rb") as stream:
                while piece := stream.read(PIECE):
                    yield piece
        except OSError as error:
            raise CopyError(path, "copy.unreadable", found=error.strerror or type(error).__name__) from error


ARCHIVE_FAULTS = (OSError, EOFError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error)
"""What `zipfile` raises for an archive that is damaged or made to do harm: BadZipFile for its structure and checksums,
zlib.error for packed data, EOFError for data cut short, RuntimeError for a locked member or a version or method that it does
not know, ValueError for a date or an offset that cannot be, OSError for the file and for a seek before its start."""


class ZipCopy(Copy):
    """A copy in an archive, never unpacked to a disk. Raises `CopyError` for an archive that could do harm.

    A folder that holds everything else, as archives of sites and reports have, is `top`, and no part of the paths.
    """

    def __init__(self, file: Path) -> None:
        super().__init__(str(file))
        self.file = file
        try:
            self._zip = zipfile.ZipFile(file)
        except ARCHIVE_FAULTS as error:
            raise CopyError("", "zip.broken", found=shown(str(error))) from error
        try:
            members = self._members()
        except CopyError:
            self.close()
            raise
        tops = {name.split("/")[0] for name in members if "/" in name}
        # `data` and `reports` are folders of a site itself: an archive of one alone must keep its name in the paths.
        alone = len(tops) == 1 and all("/" in name for name in members)
        self.top = next(iter(tops)) if alone and tops.isdisjoint({"data", "reports"}) else ""
        self._members_by_path = {name.removeprefix(f"{self.top}/") if self.top else name: info for name, info in members.items()}

    def _members(self) -> dict[str, zipfile.ZipInfo]:
        found: dict[str, zipfile.ZipInfo] = {}
        infos = self._zip.infolist()
        size = sum(info.file_size for info in infos)
        # Judged by the directory, before a byte is unpacked: a small archive can hold more than a disk.
        if size > MOST_UNPACKED or len(infos) > MOST_MEMBERS:
            raise CopyError("", "zip.bomb", found=f"{size:,}", count=f"{len(infos):,}", expected=f"{MOST_UNPACKED:,}")
        ends = 0
        for info in sorted(infos, key=lambda each: each.header_offset):
            if info.header_offset < ends:  # a part that is counted twice unpacks to more than it seems
                raise CopyError("", "zip.overlap")
            ends = info.header_offset + _HEAD + info.compress_size
        for info in infos:
            # Not `is_dir`: until Python 3.12 it fails where there is no name.
            folder = info.filename.endswith("/")
            name = info.filename.removesuffix("/")
            # Archives made on Unix keep the mode of a file in the upper half; others leave it 0.
            kind = stat.S_IFMT(info.external_attr >> 16)
            # zipfile cuts a name at a NUL and changes separators: a name that it had to change means different files to different programs.
            if info.orig_filename != info.filename or not safe(name):
                raise CopyError("", "zip.name", found=shown(info.orig_filename))
            if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
                raise CopyError("", "zip.link", found=shown(name))
            if info.flag_bits & 0x1 or info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
                raise CopyError("", "zip.locked", found=shown(name))
            # Of two members of one name, one program takes the first, another the last.
            if name in found:
                raise CopyError("", "zip.twice", found=shown(name))
            if not folder and PurePosixPath(name).name not in LITTER:
                found[name] = info
        return found

    def close(self) -> None:
        """Close the archive."""
        self._zip.close()

    def paths(self) -> frozenset[str]:
        """Every file by its path below `top`."""
        return frozenset(self._members_by_path)

    def pieces(self, path: str) -> Iterator[bytes]:
        """Content of a member, piece by piece, against its checksum."""
        info = self._members_by_path.get(path)
        if info is None:
            raise CopyError(path, "copy.missing")
        try:
            with self._zip.open(info) as stream:
                while piece := stream.read(PIECE):
                    yield piece
        except ARCHIVE_FAULTS as error:
            raise CopyError(path, "zip.broken", found=shown(str(error))) from error
