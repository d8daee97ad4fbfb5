"""A release: the record brought up to date, once nothing in it is broken."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from open_reports.history.releases.checking import PermanenceError, breaches, lost
from open_reports.history.releases.record import files, permanent, read

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from open_reports.library import Library


class Outcome(NamedTuple):
    """What a release recorded: how many reports and kinds of address, and the files that changed, by name."""

    reports: int
    paths: int
    files: tuple[str, ...]


def release(library: Library, folder: Path, site: Iterable[str] | None = None, *, only_look: bool = False, language: str = "zh") -> Outcome:
    """Record the present state of a library, and of a finished site where its files are given, in `folder`.

    `only_look` writes nothing. Raises `PermanenceError` where the present state breaks what was released before.
    """
    before = read(folder)
    # A release of the data alone is possible; then the addresses recorded before stay as they are.
    paths = None if site is None else frozenset(site)
    broken = [*breaches(library, before), *(lost(before, paths) if paths is not None else ())]
    # Before anything is written: a record brought up to date over a breach would have forgotten it.
    if broken:
        raise PermanenceError(broken, language=language)
    kinds = None if paths is None else frozenset(kind for path in paths if (kind := permanent(path)) is not None)
    made = files(library, before, kinds)
    # Only files that differ are written, so that a release without news leaves nothing to commit.
    changed = tuple(name for name, text in made.items() if not _says(folder / name, text))
    if changed and not only_look:
        folder.mkdir(parents=True, exist_ok=True)
        for name in changed:
            # One line ending on every system, or the same record would differ from machine to machine.
            (folder / name).write_text(made[name], encoding="utf-8", newline="\n")
    return Outcome(
        reports=sum(text.count("\n") for name, text in made.items() if name.endswith(".jsonl")),
        paths=made["paths.txt"].count("\n"),
        files=changed,
    )


def _says(file: Path, text: str) -> bool:
    return file.is_file() and file.read_bytes() == text.encode()


def written(site: Path) -> Iterator[str]:
    """Every file of a finished site, by its path below it."""
    base = os.fspath(site)
    for folder, folders, names in os.walk(base):
        folders.sort()
        below = folder[len(base) :].replace(os.sep, "/").strip("/")
        yield from (f"{below}/{name}" if below else name for name in sorted(names))
