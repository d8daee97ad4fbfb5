"""Lock: one process at a time works on a folder, whichever container or host it runs on. The only user of `fcntl` and `msvcrt`.

The system lets go of a lock when its process ends, however it ends: what stands beside a lock that could be taken belongs to nobody.
A process id says nothing of the kind, for each container counts its own.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_PAUSE = 0.1
"""Seconds between two tries. No call that waits would end at a time, or let Ctrl+C through on every system."""


class Lock:
    """A lock on a file made for it, which goes with it, or on a folder.

    After `acquire`, `sure` says whether it keeps others away: some file systems know no locks.
    """

    def __init__(self, path: Path, *, folder: bool = False) -> None:
        self._path = path
        self._folder = folder
        self._handle: int | None = None
        self.sure = False

    def acquire(self, waiting: Callable[[], None], within: float) -> bool:
        """Take the lock; False where somebody else has it longer than `within` seconds. `waiting` is called once if it must be waited for."""
        end = time.monotonic() + within
        told = False
        while not self._taken():
            if time.monotonic() > end:
                return False
            if not told:
                waiting()
                told = True
            time.sleep(_PAUSE)
        return True

    def _taken(self) -> bool:
        handle = self._opened()
        if handle is None:
            return True
        held = _locked(handle)
        self.sure = held is not None
        # Who had the file before may have removed it meanwhile: then this is the lock of a name that is gone.
        if held is False or not self._same(handle):
            os.close(handle)
            return False
        self._handle = handle
        return True

    def _opened(self) -> int | None:
        if not self._folder:
            try:
                made = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
            except FileExistsError:
                return self._opened_file()
            with contextlib.suppress(OSError):  # only where the umask is narrower than the folder: else there is nothing to widen
                # Whoever may write into the folder may wait here, whatever the umask of the one who came first.
                self._path.chmod(self._path.parent.stat().st_mode & 0o666)
            return made
        # A folder can be locked by Linux and macOS on their own file systems; where not, the file beside it must do.
        try:
            return os.open(self._path, os.O_RDONLY)
        except OSError:
            return None

    def _opened_file(self) -> int:
        try:
            return os.open(self._path, os.O_RDWR)
        except FileNotFoundError:  # removed in between, by whoever had it
            return os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)

    def _same(self, handle: int) -> bool:
        """Whether the path still leads to what was locked."""
        # Opened rather than asked about: a network file system answers questions from memory, but looks when it opens.
        try:
            again = os.open(self._path, os.O_RDONLY)
        except FileNotFoundError:
            return False
        try:
            return os.path.sameopenfile(handle, again)
        finally:
            os.close(again)

    def release(self) -> None:
        """Let go of it, and leave no file behind."""
        if self._handle is None:
            return
        handle, self._handle = self._handle, None
        if os.name == "nt":
            os.close(handle)  # Windows removes nothing that is open, and so nothing that the next one has locked meanwhile
        if not self._folder:
            with contextlib.suppress(OSError):  # an empty file that stays does no harm
                self._path.unlink()
        if os.name != "nt":
            os.close(handle)


def _module(name: str) -> Any:  # noqa: ANN401 (a module, which one system has and the other has not)
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def _locked(handle: int) -> bool | None:  # noqa: PLR0911 (two systems, each with what it answers)
    """Lock an open file without waiting: whether nobody else has it, None where nobody can tell."""
    if fcntl := _module("fcntl"):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            return False
        except OSError:  # a file system without locks
            return None
        return True
    if msvcrt := _module("msvcrt"):
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        except OSError:
            return None
        return True
    return None
