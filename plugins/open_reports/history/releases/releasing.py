"""A release: the record brought up to date, once nothing in it is broken."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from open_reports.history.releases.checking import PermanenceError, breaches, lost, still_binding
from open_reports.history.releases.past import kept, looked, sound
from open_reports.history.releases.published import behind, edited, joined
from open_reports.history.releases.record import FORMS, files, permanent, read
from open_reports.report import HALF_WRITTEN, replace_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from open_reports.history.releases.checking import Breach
    from open_reports.history.releases.past import Looked
    from open_reports.history.releases.record import Released
    from open_reports.library import Library
    from open_reports.text import Text


class Outcome(NamedTuple):
    """What a release recorded: how many reports and kinds of address, and the files that changed, by name."""

    reports: int
    paths: int
    files: tuple[str, ...]
    lacking: Text | None = None
    """Why the record could not be held against all of its past."""
    restored: tuple[Breach, ...] = ()
    """What the record had lost of what the published copy has, and has again."""


class Published(NamedTuple):
    """The record that a published copy has, and where that copy is."""

    where: str
    record: Released


def release(
    library: Library,
    folder: Path,
    site: Iterable[str] | None = None,
    *,
    published: Published | None = None,
    only_look: bool = False,
    language: str = "zh",
) -> Outcome:
    """Record the present state of a library, and of a finished site where its files are given, in `folder`.

    What a `published` copy has and the record has not is put back. `only_look` writes nothing, and refuses it.
    Raises `PermanenceError` where the present state breaks what was released before.
    """
    before = read(folder)
    past = looked(folder)
    # What either branch had recorded: of a file that both had written to, git keeps one side.
    for each in sound(past.past, past.merged):
        before = joined(before, each.released)
    # A release of the data alone is possible; then the addresses recorded before stay as they are.
    paths = None if site is None else frozenset(site)
    # Before anything is written: a record brought up to date over a breach would have forgotten it.
    if found := _refused(library, before, past, paths, published, only_look=only_look):
        raise PermanenceError(found, language=language)
    restored: tuple[Breach, ...] = ()
    if published is not None:
        restored = tuple(behind(before, published.record, published.where))
        before = joined(before, published.record)
    kinds = None if paths is None else frozenset(kind for path in paths if (kind := permanent(path)) is not None)
    made = files(library, before, kinds)
    # Only files that differ are written, so that a release without news leaves nothing to commit.
    changed = tuple(name for name, text in made.items() if not _says(folder / name, text))
    if changed and not only_look:
        _tidy(folder)
        # Forms first: what is recorded by a form cannot be read without it, wherever a kill comes between.
        replace_all({folder / name: made[name] for name in sorted(changed, key=lambda name: (name != FORMS, name))})
    return Outcome(
        reports=len(before.reports.keys() | library.reports.keys()),
        paths=made["paths.txt"].count("\n"),
        files=changed,
        lacking=past.lacking,
        restored=restored,
    )


def _refused(
    library: Library, before: Released, past: Looked, paths: frozenset[str] | None, published: Published | None, *, only_look: bool
) -> list[Breach]:
    """Everything for which nothing is recorded."""
    found = [
        *breaches(library, before, published.record if published else None),
        *kept(library, before, past.past),
        *(lost(before, paths) if paths is not None else ()),
    ]
    if published is not None:
        found += still_binding(library, before, published.record, published.where)
        found += edited(before, published.record, published.where)
        found += behind(before, published.record, published.where) if only_look else ()
    return found


def _tidy(folder: Path) -> None:
    """Make the folder, without what a killed release left half written in it."""
    folder.mkdir(parents=True, exist_ok=True)
    for each in folder.iterdir():
        if HALF_WRITTEN.fullmatch(each.name):
            each.unlink(missing_ok=True)


def _says(file: Path, text: str) -> bool:
    return file.is_file() and file.read_bytes() == text.encode()


def written(site: Path) -> Iterator[str]:
    """Every file of a finished site, by its path below it."""
    base = os.fspath(site)
    for folder, folders, names in os.walk(base):
        folders.sort()
        below = folder[len(base) :].replace(os.sep, "/").strip("/")
        yield from (f"{below}/{name}" if below else name for name in sorted(names))
