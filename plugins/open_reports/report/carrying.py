"""Carrying: what a page or a workbook has to hold besides what it shows, so that the package can be made of it again.

Figures, units and names of items are not carried: they are read where people read them, for a figure that stands in two places can
be two figures. What is carried is what is shown in part, in other words or not at all: the descriptor without its resources, which
the forms require to the letter, the prose as it is written, the notes with their places, labels that are not the form's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from typing import TYPE_CHECKING, Any, NamedTuple

from open_reports.document import Problem, Record
from open_reports.form import Address, forms
from open_reports.report.model import DESCRIPTOR, PROSE, Note, package_files, table_path
from open_reports.report.writing import csv_text, json_text, resources, table_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from open_reports.report.model import Item, Report

RESOURCES = "resources"
_STATED = ("bytes", "hash")
"""What only a published descriptor says of a file."""


class Stated(NamedTuple):
    """A figure of section one as a page or a workbook shows it: name, cell, unit, and the item that it is part of."""

    item: str
    text: str
    unit: str
    part_of: str


class Carried(NamedTuple):
    """What an output carries of its package.

    `digest` is that of the package as it is kept; `descriptor` has None in place of its resources; `labels` are those of lines (table/line) that
    the form words otherwise; `order` says for each item of section one in the order of the package where it stands on the page;
    `strokes` are cells by address whose stroke is not the usual one, for a workbook shows both in the same words.
    """

    digest: str
    descriptor: Mapping[str, Any]
    prose: str
    notes: tuple[Note, ...] = ()
    labels: Mapping[str, str] = {}
    order: tuple[int, ...] = ()
    strokes: Mapping[str, str] = {}

    @property
    def json(self) -> dict[str, object]:
        """The same as JSON has it; what is empty is left out, as it is for most reports."""
        value: dict[str, object] = {
            "digest": self.digest,
            "descriptor": self.descriptor,
            # By lines, so that a workbook shows them as such.
            "prose": self.prose.split("\n"),
            "notes": [list(note) for note in self.notes],
            "labels": dict(self.labels),
            "order": list(self.order),
            "strokes": dict(self.strokes),
        }
        return {key: each for key, each in value.items() if each}


def digest_of(files: Mapping[str, bytes]) -> str:
    """Hash of the files of a package, in the order in which they are read."""
    digest = hashlib.sha256()
    for path, data in files.items():
        # Name and length stand before the bytes, so that no two packages differ only in where one file ends and the next
        # begins. Results of checks and finished pages are kept under this digest.
        digest.update(f"{path}\0{len(data)}\0".encode())
        digest.update(data)
    return digest.hexdigest()


def nested(items: Sequence[Item]) -> Iterator[tuple[Item, int]]:
    """Items of section one with their depth, each followed by its parts: the order in which a page shows them."""
    parts: dict[str, list[Item]] = {}
    for item in items:
        parts.setdefault(item.part_of, []).append(item)

    def below(name: str, depth: int) -> Iterator[tuple[Item, int]]:
        for item in parts.get(name, ()):
            yield item, depth
            yield from below(item.item, depth + 1)

    return below("", 0)


def carried(report: Report) -> Carried:
    """What the outputs of a report carry of its package."""
    shown = [item.item for item, _ in nested(report.overview)]
    order = tuple(shown.index(item.item) for item in report.overview)
    return Carried(
        digest=_digest(report),
        descriptor={key: None if key == RESOURCES else value for key, value in report.descriptor.items()},
        prose=report.files[PROSE].decode(),
        notes=report.notes,
        labels={
            f"{name}/{line}": label
            for name, table in report.tables.items()
            for line, label in table.labels.items()
            if label != table.form.lines[line].label.zh
        },
        order=() if order == tuple(range(len(order))) else order,
        strokes={
            f"{name}/{line}/{column}": text
            for name, table in report.tables.items()
            for line in sorted(table.incomplete, key=list(table.rows).index)
            for column, text in zip(table.form.columns, table.rows[line], strict=True)
            if text not in usual() and text in table.form.common.missing
        },
    )


def _digest(report: Report) -> str:
    """Hash of a package as it is kept."""
    if not report.open and not any(key in resource for resource in report.descriptor[RESOURCES] for key in _STATED):
        return report.digest
    return digest_of({**report.files, DESCRIPTOR: as_kept(report.files[DESCRIPTOR].decode(), report.descriptor).encode()})


def as_kept(text: str, value: Mapping[str, Any]) -> str:
    """A descriptor as it is kept: without bytes and hash of each file, which only the published one states.

    So a package and its published copy carry the same. Spelt anew only where the same spelling gives this very text; what a hand
    has written stays, and is as good.
    """
    if json_text(value) != text:
        return text
    kept = [{key: each for key, each in resource.items() if key not in _STATED} for resource in value[RESOURCES]]
    return json_text({**value, RESOURCES: kept})


def usual() -> Mapping[str, str]:
    """The usual spelling of each kind of nothing: text to status, the first of the form's where it knows several."""
    found: dict[str, str] = {}
    for text, status in forms().common.missing.items():
        found.setdefault(status, text)
    return {text: status for status, text in found.items()}


def read_carried(value: object) -> Carried | None:
    """What an output carries, from JSON; None where that is not what `Carried.json` gives."""
    problems: list[Problem] = []
    root = Record(value, problems)
    descriptor = root.record("descriptor").mapping
    rows = [_texts(row) for row in root.sequence("notes")]
    prose, order = _texts(root.sequence("prose")), root.sequence("order")
    labels, strokes = (root.record(key, required=False).mapping for key in ("labels", "strokes"))
    digest = root.matching("digest", "[0-9a-f]{64}", "0" * 64)
    root.close()
    whole = [index for index in order if isinstance(index, int)]
    if problems or prose is None or _texts(labels.values()) is None or _texts(strokes.values()) is None or len(whole) < len(order):
        return None
    notes = [Note(*row) for row in rows if row is not None and len(row) == len(Note._fields)]
    if len(notes) < len(rows):
        return None
    return Carried(
        digest=digest,
        descriptor=descriptor,
        prose="\n".join(prose),
        notes=tuple(notes),
        labels={key: str(text) for key, text in labels.items()},
        order=tuple(whole),
        strokes={key: str(text) for key, text in strokes.items()},
    )


def _texts(values: object) -> list[str] | None:
    """Values that are all texts; None otherwise."""
    if not isinstance(values, Collection) or isinstance(values, str):
        return None
    found = [each for each in values if isinstance(each, str)]
    return found if len(found) == len(values) else None


def filled(descriptor: Mapping[str, Any], form_of: Mapping[str, str]) -> dict[str, Any]:
    """A descriptor with the resources that its forms require, where they stood."""
    return {key: resources(forms(), form_of) if key == RESOURCES else value for key, value in descriptor.items()}


def _of(table: str, cells: Mapping[Address, str]) -> Callable[[str, str], str]:
    return lambda line, column: cells[Address(table, line, column)]


def made(carried: Carried, form_of: Mapping[str, str], cells: Mapping[Address, str], overview: Iterable[Stated]) -> dict[str, bytes]:
    """The files of a package from what is carried and what is shown, in the order in which a package is read.

    `cells` has the text of every cell of every line that the report does not leave out; `overview` is in the package's order.
    """
    known = forms()
    texts = {DESCRIPTOR: json_text(filled(carried.descriptor, form_of)), PROSE: carried.prose}
    for table, form in form_of.items():
        labels = {key.split("/", 1)[1]: label for key, label in carried.labels.items() if key.startswith(f"{table}/")}
        printed = {line for name, line, _ in cells if name == table}
        form_table = known[form].tables[table]
        absent = [line for line in form_table.lines if line not in printed]
        texts[table_path(table)] = csv_text(table_rows(form_table, labels, _of(table, cells), absent))
    texts[table_path("overview")] = csv_text([known.common.overview.header, *overview])
    texts[table_path("notes")] = csv_text([known.common.notes.header, *carried.notes])
    return {path: texts[path].encode() for path in package_files(form_of)}
