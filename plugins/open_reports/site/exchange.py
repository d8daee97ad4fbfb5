"""Exchange: one folder takes another's place in one step, or what they hold does, piece by piece, so that a kill can be made good."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import sys
from typing import TYPE_CHECKING

from open_reports.report import rewrite

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_AT_FDCWD = -100
_EXCHANGE = 2
"""`RENAME_EXCHANGE` of Linux and `RENAME_SWAP` of macOS."""
JOURNAL = "journal.json"
"""What stands beside a site while what it holds is put in place: the name of each piece, and the number of its file."""


def exchanged(one: Path, other: Path) -> bool:
    """Exchange two files or folders in one step; False where the system or its file system cannot."""
    try:
        # Python has no call that exchanges two folders; the C library may have it.
        library = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "darwin":
            return int(library.renamex_np(os.fsencode(one), os.fsencode(other), _EXCHANGE)) == 0
        return int(library.renameat2(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _EXCHANGE)) == 0
    except (OSError, AttributeError, TypeError):
        return False


def kept_in_place(name: str) -> bool:
    """Whether a name inside a folder that keeps its place is not the site's: MkDocs leaves hidden files alone, a disk has one of its own."""
    return name.startswith(".") or name == "lost+found"


def exchanged_contents(new: Path, place: Path, old: Path) -> None:
    """Put what `new` holds into `place`, and what that held into `old`."""
    pieces = {each.name: each.lstat().st_ino for each in new.iterdir()}
    # Whole or not at all: half a journal would be worse than none.
    rewrite(new.parent / JOURNAL, json.dumps(pieces))
    _finished(pieces, new, place, old)


def resumed(new: Path, place: Path, old: Path) -> None:
    """Finish what a kill interrupted."""
    _finished(json.loads((new.parent / JOURNAL).read_text(encoding="utf-8")), new, place, old)


def _finished(pieces: Mapping[str, int], new: Path, place: Path, old: Path) -> None:
    old.mkdir(exist_ok=True)
    # Files last: they lead to what the folders hold.
    for name in sorted(pieces, key=lambda name: (not (new / name).is_dir(), name)):
        # The number tells a new piece from an old one, wherever the kill has left it.
        if not (os.path.lexists(place / name) and (place / name).lstat().st_ino == pieces[name]):
            _laid(new / name, place / name, old / name)
    for each in place.iterdir():
        if each.name not in pieces and not kept_in_place(each.name):
            _away(each, old / each.name)
    (new.parent / JOURNAL).unlink()


def _laid(new: Path, place: Path, old: Path) -> None:
    if os.path.lexists(place):
        if exchanged(new, place):
            return
        if not place.is_dir() and not new.is_dir():
            new.replace(place)
            return
        _away(place, old)
    new.rename(place)


def _away(piece: Path, old: Path) -> None:
    try:
        piece.rename(old)
    except OSError:
        # What lies in a layer below that of a container can be deleted, but not moved.
        if piece.is_dir() and not piece.is_symlink():
            shutil.rmtree(piece)
        else:
            piece.unlink()
