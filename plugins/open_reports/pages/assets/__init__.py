"""What pages load: scripts, styles and pictures, of one page in its own folder, shared ones here.

On the site all of them stand in one folder, so a name is given once.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from open_reports.errors import PublishError
from open_reports.text import resource

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from importlib.resources.abc import Traversable

_SOURCES = (".py", ".html", ".yml")
"""What pages are made of, and no page loads: code, templates, words."""


@cache
def shipped() -> Mapping[str, Traversable]:
    """Every file that pages load, by its name in alphabetical order. Raises `PublishError` where two have one name."""
    return by_name(folder for folder in resource("pages").iterdir() if folder.is_dir() and folder.name != "__pycache__")


def by_name(folders: Iterable[Traversable]) -> Mapping[str, Traversable]:
    """Files of folders that pages load, by name in alphabetical order. Raises `PublishError` where two have one name."""
    found: dict[str, Traversable] = {}
    # Sorted, for a file system lists in any order, and the site is to be the same bytes everywhere.
    for file in sorted(_loaded(folders), key=lambda each: each.name):
        if file.name in found:
            message = f"two files named {file.name} are to stand in one folder of the site: {found[file.name]}, {file}"
            raise PublishError(message)
        found[file.name] = file
    return found


def _loaded(folders: Iterable[Traversable]) -> Iterator[Traversable]:
    return (file for folder in folders for file in folder.iterdir() if file.is_file() and not file.name.endswith(_SOURCES))
