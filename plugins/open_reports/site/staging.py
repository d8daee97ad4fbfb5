"""Staging: a site is built beside the published one and takes its place when it is whole.

Where the system can, the two folders are exchanged in one step, so neither a killed build nor a reader ever meets half a site.
"""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_AT_FDCWD = -100
_EXCHANGE = 2
"""`RENAME_EXCHANGE` of Linux and `RENAME_SWAP` of macOS."""
_WINDOWS = os.name == "nt"
_LONGEST = 24 * 60 * 60
"""Seconds that no build takes."""


def staging(site: Path) -> Path:
    """Folder beside the site in which this process builds."""
    # Beside the site, so on its file system: only there is a rename one step (POSIX). The number keeps two builds apart.
    return site.parent / f".{site.name}.{os.getpid()}"


def swap(staged: Path, site: Path) -> None:
    """Put a finished site in the place of the old one; leftovers of killed builds go with it."""
    old = site.parent / f".{site.name}.{os.getpid()}.old"
    if not site.exists():
        staged.rename(site)
    elif _exchanged(staged, site):
        shutil.rmtree(staged)
    else:
        # Two renames leave a moment without a site, but every system can do them.
        site.rename(old)
        staged.rename(site)
        shutil.rmtree(old)
    # A killed build cannot tidy up, so the next one does; the folder of a build that still runs is left alone.
    for leftover in site.parent.glob(f".{site.name}.*"):
        owner = re.fullmatch(rf"\.{re.escape(site.name)}\.(\d+)(?:\.old)?", leftover.name)
        if owner and not _in_use(leftover, int(owner[1])):
            shutil.rmtree(leftover, ignore_errors=True)


def _exchanged(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; False where the system or its file system cannot."""
    try:
        # Python has no call that exchanges two folders; the C library may have it.
        library = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "darwin":
            return int(library.renamex_np(os.fsencode(one), os.fsencode(other), _EXCHANGE)) == 0
        return int(library.renameat2(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _EXCHANGE)) == 0
    except (OSError, AttributeError, TypeError):
        return False


def _in_use(leftover: Path, process: int) -> bool:
    """Whether a build may still be making this folder."""
    if _WINDOWS:
        # There, asking for a process with `os.kill(..., 0)` would send it Ctrl+C: the age of its folder must do.
        return time.time() - leftover.stat().st_mtime < _LONGEST
    return _alive(process)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    # There is such a process, but it is another user's (EPERM).
    except OSError:
        return True
    return True
