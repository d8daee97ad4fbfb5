"""Overlay: names that another system takes for one, so that what is read there is not the file that was verified here.

Windows and macOS tell neither case nor forms of Unicode apart; Windows drops dots and blanks at the end of a name, takes a
backslash for a slash, what follows a colon for a stream of the file before it, and some names for devices.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from open_reports.document import shown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from open_reports.verify.verdict import Verdict

_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$", *(f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³")}
)
"""Names that Windows takes for devices, with any extension ("Naming Files, Paths, and Namespaces" of its documentation)."""
SHOWN = 300
"""Characters of a path that are told."""


def elsewhere(path: str) -> str:
    """Path as the least telling system reads it: two files that agree in it stand in one place there."""
    return "/".join(_part(part) for part in path.replace("\\", "/").split("/"))


def _part(part: str) -> str:
    # What HFS+ leaves out of account, too: characters that nobody sees.
    seen = "".join(char for char in part.partition(":")[0] if unicodedata.category(char) != "Cf")
    # Once more after folding: some letters come apart by it.
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", seen).casefold())
    # A name of dots alone is no name, and stands for itself.
    return folded.rstrip(". ") or folded


def is_device(path: str) -> bool:
    """Whether Windows would take a part of a path for a device, and neither find nor make a file of that name."""
    return any(part.partition(".")[0].rstrip(" ") in _DEVICES for part in elsewhere(path).split("/"))


def folder_of(path: str) -> str:
    """Folder of a file, with the slash behind it; empty for the topmost."""
    return path[: path.rfind("/") + 1]


def folders_of(paths: Iterable[str]) -> set[str]:
    """Folders that hold some of the files, without the topmost: anything else may lie there."""
    return set(map(folder_of, paths)) - {""}


def tell(verdict: Verdict, paths: Iterable[str], listed: Collection[str], folders: Iterable[str]) -> None:
    """Tell of paths that stand for others elsewhere: for a file of the same copy, or for something in one of its `folders` of data.

    Folders end with a slash. Of files that stand for each other, the one that is `listed`, else the first, is taken for the genuine one.
    """
    genuine: dict[str, str] = {}
    below = sorted(folders)  # the same one is told in every run
    for path in sorted(paths, key=lambda path: (path not in listed, path)):
        place = elsewhere(path)
        first = genuine.setdefault(place, path)
        if first != path:
            verdict.add(shown(path, SHOWN), "file.twin", found=shown(first, SHOWN))
        elif is_device(path):
            verdict.add(shown(path, SHOWN), "file.device")
        elif found := next((folder for folder in below if place.startswith(folder) and not path.startswith(folder)), ""):
            verdict.add(shown(path, SHOWN), "file.laid", found=found)
