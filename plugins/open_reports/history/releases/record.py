"""The record of releases: every figure and every address that the site has shown, in files that a reviewer can read.

    released/forms.json       the addresses of each form: its lines and columns with their units
    released/<agency>.jsonl   one line a state of a report: version, form of each table, the cells of every line as spelt; see `chain`
    released/paths.txt        kinds of address of the site, one a line; `{agency}` and `{year}` stand for any report's
    released/successors.yml   written by hand: `old address: new address`
    released/dropped.yml      written by hand: what is published no more, since when and why

The record names lines and columns itself, so that it holds whatever becomes of the code.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from open_reports.document import parse_json, shown
from open_reports.errors import DocumentError
from open_reports.finding import finding
from open_reports.form import ID, forms
from open_reports.gate import children, read_text, slug_fault
from open_reports.history.diff.state import State
from open_reports.history.releases import chain
from open_reports.history.releases.byhand import DROPPED, SUCCESSORS, Flaw, both, dropped, plain, said, successors, writing
from open_reports.report import HALF_WRITTEN
from open_reports.text import Text, counted, in_both

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from open_reports.history.releases.successors import Successors
    from open_reports.library import Library
    from open_reports.report import Report

FOLDER = "released"
FORMS, PATHS = "forms.json", "paths.txt"
# A hundred times what a record needs: enough never to be in the way, and no file can fill the memory.
MOST = 4_000_000
"""Largest file of a record accepted, in bytes; one of an agency with twenty years has about 40,000."""
# Plain JSON, not the classes of `form`: the record must still be readable when these have changed.
Shapes = dict[str, dict[str, dict[str, Any]]]
"""Form, table, then `columns` (id to unit) and `lines` (id to the ids of its columns)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """Everything released. `reports` holds the record of each report by agency and year; `paths` kinds of address."""

    place: str
    reports: Mapping[tuple[str, int], Mapping[str, Any]]
    shapes: Shapes
    paths: tuple[str, ...]
    successors: Successors
    flaws: tuple[Flaw, ...] = ()
    lines: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    """Every entry of each agency in its order, earlier states of revised reports among them; `reports` has the last of each year."""

    def __str__(self) -> str:
        kinds = counted(len(self.paths), "kind of address", "kinds of address")
        return f"{counted(len(self.reports), 'report', 'reports')}, {kinds}, {counted(len(self.successors.entries), 'successor', 'successors')}"


# -- what is recorded ---------------------------------------------------------------------------------------------------


def record(report: Report) -> dict[str, Any]:
    """The figures of a report as the record spells them; lines left out of the report are left out here."""
    # What the original prints is part of the released figure (22（其中修订16件）), so it may not change in silence either.
    printed = {f"{each.table}/{each.line}/{each.column}": each.printed for each in report.notes if each.line and each.column}
    return {
        "year": report.year,
        "version": report.version,
        "forms": {name: table.form.form for name, table in report.tables.items()},
        # One short text a line, so that a changed figure is one changed line for whoever reviews the release.
        **{name: {line: ",".join(cells) for line, cells in table.rows.items()} for name, table in report.tables.items()},
        "overview": {item.item: [item.text, item.unit] for item in report.overview},
        "printed": {address: text for address, text in printed.items() if text},
        # Where there are any: what a correction says is history as well as what it changed.
        **({"revisions": [each.to_dict() for each in report.revisions]} if report.revisions else {}),
    }


def shapes() -> Shapes:
    """The addresses of every form that there is now."""
    return {
        form.id: {
            name: {
                # With their units, because a figure whose unit changes means something else though its digits stay.
                "columns": {column.id: column.unit for column in table.columns.values()},
                "lines": {line.id: list(line.columns) for line in table.lines.values()},
            }
            for name, table in form.tables.items()
        }
        for form in forms().values()
    }


def states(one: Mapping[str, Any], known: Shapes) -> dict[str, State]:
    """What stood at every address of a recorded report."""
    # Read as reports are read, so that record and data can be compared state by state.
    missing, printed = forms().common.missing, one["printed"]
    found = {}
    for item, (text, unit) in one["overview"].items():
        address = f"overview/{item}/value"
        found[address] = State(text, "reported" if text else "blank", unit, printed.get(address, ""))
    for name, form in one["forms"].items():
        # The record's own shapes, not those of today: a form that lost a line would hide what had stood there.
        shape = known[form][name]
        units = shape["columns"]
        for line, columns in shape["lines"].items():
            row = one[name].get(line)
            cells = dict(zip(units, row.split(","), strict=True)) if row is not None else {}
            for column in columns:
                address, text = f"{name}/{line}/{column}", cells.get(column, "")
                status = missing.get(text, "reported") if row is not None else "line_absent"
                found[address] = State(text, status, units[column], printed.get(address, ""))
    return found


def addresses(known: Shapes) -> Iterator[tuple[str, str, str]]:
    """Every address of recorded forms: form, address, unit."""
    for form, tables in known.items():
        for name, shape in tables.items():
            for line, columns in shape["lines"].items():
                yield from ((form, f"{name}/{line}/{column}", shape["columns"][column]) for column in columns)


_REPORT = re.compile(r"(?P<language>en/)?reports/(?P<agency>[^/{]+)/(?:(?P<year>[0-9]{4})/)?(?P<file>.*)", re.ASCII)
_PASSING = re.compile(
    r"(?:en/)?(?:assets/.*|search/(?!index\.(?:json|html)).+|(?:[^/]+/)*[0-9]{1,3}/|404\.html|\.[^/]*)|_headers|sitemap\.xml(?:\.gz)?",
    re.ASCII,
)
"""Addresses that nobody is promised: styles and scripts, parts of the search's index, further parts of a list, which come and go
with its length, and what only machines ask for anew each time."""


def permanent(path: str) -> str | None:
    """Kind of address of a file of the site, `reports/{agency}/{year}/report.json`; None for one that may come and go.

    A page stands at its folder: `glossary/index.html` is `glossary/`.
    """
    # Addresses are recorded as readers link to them; the file's name is a matter of the server.
    address = path.removesuffix("index.html") if path.endswith("/index.html") or path == "index.html" else path
    if not address:
        return "./"
    if _PASSING.fullmatch(address):
        return None
    match = _REPORT.fullmatch(address)
    if match is None:
        return address
    agency, year, file = match["agency"], match["year"], match["file"]
    folder = f"{match['language'] or ''}reports/{{agency}}/" + ("{year}/" if year else "")
    # The names of these files hold agency and year; as kinds, ten thousand reports add nothing to the list.
    if file == agency or file.startswith((f"{agency}.", f"{agency}-{year}.")):
        file = "{agency}" + (file.removeprefix(agency).replace(f"-{year}", "-{year}", 1) if year else file.removeprefix(agency))
    return folder + file


# -- reading ------------------------------------------------------------------------------------------------------------


def read(folder: Path) -> Released:
    """Read the record of releases; an empty one where there is no folder. What is not as it must be becomes a flaw."""
    place = folder.name
    flaws: list[Flaw] = []
    # What stands there and is no folder is no record either: it must not pass for one that was never begun.
    entries, faults = children(str(folder), place) if os.path.lexists(folder) else ({}, [])
    flaws += [Flaw(each.file or place, both(each)) for each in faults]
    return of_texts(_texts(entries, place, flaws), place, flaws)


def of_texts(texts: dict[str, str], place: str, flaws: list[Flaw]) -> Released:
    """Read the files of a record by their names; `flaws` are those of reading them."""
    lines: dict[str, Sequence[Mapping[str, Any]]] = {}
    # Without the columns, rows are numbers without a meaning: reading them with today's would be a guess.
    if FORMS not in texts and any(name.endswith(".jsonl") for name in texts):
        flaws.append(Flaw(f"{place}/{FORMS}", both(finding("file.missing"))))
        texts = {name: text for name, text in texts.items() if not name.endswith(".jsonl")}
    known = _known_shapes(texts, f"{place}/{FORMS}", flaws)
    for name, text in texts.items():
        agency, _, kind = name.rpartition(".")
        if kind == "jsonl":
            lines[agency] = _entries(agency, text, f"{place}/{name}", known, flaws)
        # Told, because a misspelt name would otherwise be a record that nobody looks at, and its figures unguarded.
        elif name not in {FORMS, PATHS, SUCCESSORS, DROPPED}:
            flaws.append(Flaw(f"{place}/{name}", plain(f"≠ {FORMS}, {PATHS}, {SUCCESSORS}, {DROPPED}, *.jsonl")))
    paths, moved = _paths(texts, place, flaws), _by_hand(texts, place, flaws)
    reports = {(agency, one["year"]): chain.unlinked(one) for agency, ones in lines.items() for one in ones}
    return Released(place=place, reports=reports, shapes=known, paths=paths, successors=moved, flaws=tuple(flaws), lines=lines)


def _paths(texts: Mapping[str, str], place: str, flaws: list[Flaw]) -> tuple[str, ...]:
    rows = [(row, line) for row, line in enumerate(texts.get(PATHS, "").split("\n"), start=1) if line]
    # What a merge leaves, <<<<<<< and the like, is no address; once recorded, it would never be forgotten again.
    flaws += [Flaw(f"{place}/{PATHS}:{row}", plain(line)) for row, line in rows if not _PATH.fullmatch(line)]
    return tuple(line for _, line in rows if _PATH.fullmatch(line))


def _by_hand(texts: Mapping[str, str], place: str, flaws: list[Flaw]) -> Successors:
    """What people wrote into the record."""
    entries_, wrong = successors(texts.get(SUCCESSORS, ""))
    flaws += [Flaw(f"{place}/{SUCCESSORS}", each, "successors") for each in wrong]
    gone, wrong = dropped(texts.get(DROPPED, ""), entries_)
    flaws += [Flaw(f"{place}/{DROPPED}", each, "dropped") for each in wrong]
    return gone


def _texts(entries: Mapping[str, os.DirEntry[str]], place: str, flaws: list[Flaw]) -> dict[str, str]:
    """Every file of the record that can be read, by name."""
    texts = {}
    for name, entry in entries.items():
        if HALF_WRITTEN.fullmatch(name):  # left by a killed release, and no part of the record; the next one removes it
            continue
        _, text, faults = read_text(entry.path, f"{place}/{name}", MOST)
        flaws += [Flaw(f"{place}/{name}", both(each), writing(name)) for each in faults]
        if text is not None:
            texts[name] = text
    return texts


def _known_shapes(texts: Mapping[str, str], place: str, flaws: list[Flaw]) -> Shapes:
    """Forms that the record names itself; none where their file is missing or not what it must be."""
    value = _parsed(texts[FORMS], place, flaws) if FORMS in texts else None
    if value is not None and not _are_shapes(value):
        flaws.append(Flaw(place, plain(value)))
        return {}
    return value or {}


def _parsed(text: str, place: str, flaws: list[Flaw]) -> Any:  # noqa: ANN401 (whatever JSON holds)
    try:
        return parse_json(text)
    except DocumentError as error:
        # A flaw, not an exception: a broken record stops the build with one sentence about each file.
        flaws.append(Flaw(place, said(error)))
        return None


def _are_shapes(value: object) -> bool:
    def texts(one: object) -> bool:
        return isinstance(one, dict) and all(isinstance(each, str) for each in one.values())

    if not isinstance(value, dict):
        return False
    for tables in value.values():
        if not isinstance(tables, dict):
            return False
        for name, shape in tables.items():
            if (
                not _TABLE.fullmatch(name)
                or not isinstance(shape, dict)
                or not texts(shape.get("columns"))
                or not isinstance(shape.get("lines"), dict)
            ):
                return False
            if not all(
                isinstance(each, list) and all(_among(column, shape["columns"]) for column in each) for each in shape["lines"].values()
            ):
                return False
    return True


def _among(value: object, known: Mapping[str, object]) -> bool:
    """Whether a value is a text that is known; JSON may hold anything in its place."""
    return isinstance(value, str) and value in known


def _entries(agency: str, text: str, place: str, known: Shapes, flaws: list[Flaw]) -> list[Mapping[str, Any]]:
    # The name becomes part of addresses and of paths on disk.
    if slug_fault(agency):
        flaws.append(Flaw(place, plain(agency)))
        return []
    found: dict[int, Mapping[str, Any]] = {}
    years: dict[int, int] = {}
    for row, line in enumerate(text.split("\n"), start=1):
        if not line:
            continue
        value = _parsed(line, f"{place}:{row}", flaws)
        if _is_record(value, known):
            found[row] = value
            # Two lines for one year that no chain holds together are left by a merge; whichever was taken, the other would be forgotten.
            if years.setdefault(value["year"], row) != row and chain.PREVIOUS not in value:
                flaws.append(Flaw(f"{place}:{row}", plain(f"{value['year']} = {place}:{years[value['year']]}")))
        elif value is not None:
            flaws.append(Flaw(f"{place}:{row}", plain(value)))
    rows = list(found)
    flaws += [Flaw(f"{place}:{rows[index]}", _broken(*pair)) for index, *pair in chain.breaks(list(found.values()))]
    return list(found.values())


def _broken(expected: str, found: str) -> Text:
    return in_both("release_chain", expected=expected[:12], found=shown(found, 12))


_PATH = re.compile(r"[^\s<=>|][^\s]*")
_TABLE = re.compile(ID, re.ASCII)
_VERSION = re.compile(r"(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*)){2}", re.ASCII)


def _are_rows(rows: object, shape: Mapping[str, Any]) -> bool:
    """Whether these are lines of a table, each with a cell for every column."""
    # Commas are enough: cells hold numbers and marks, never a comma (see `cells` in common.yml).
    most = len(shape["columns"]) - 1
    return (
        isinstance(rows, dict)
        and rows.keys() <= shape["lines"].keys()
        and all(isinstance(row, str) and row.count(",") == most for row in rows.values())
    )


def _is_record(value: object, known: Shapes) -> bool:
    return (
        isinstance(value, dict)
        # Not `isinstance`: true is an int to Python, and no year.
        and type(value.get("year")) is int
        and bool(_VERSION.fullmatch(str(value.get("version"))))
        and _are_tables(value, known)
        and _are_stated(value)
    )


def _are_tables(value: Mapping[str, Any], known: Shapes) -> bool:
    """Whether a record has the rows of each table that it names a form for, of the shape that the record knows that form by."""
    of = value.get("forms")
    if not isinstance(of, dict) or not of or not all(_among(form, known) and name in known[form] for name, form in of.items()):
        return False
    return all(_are_rows(value.get(name), known[form][name]) for name, form in of.items())


def _are_stated(value: Mapping[str, Any]) -> bool:
    """Whether a record has what stands beside the tables: figures of section one, printed forms, addresses that are gone."""
    if not isinstance(value.get(chain.PREVIOUS, ""), str):
        return False
    overview, printed, gone = value.get("overview"), value.get("printed"), value.get("gone", [])
    pairs = isinstance(overview, dict) and all(isinstance(each, list) and [*map(type, each)] == [str, str] for each in overview.values())
    texts = isinstance(printed, dict) and all(isinstance(each, str) for each in printed.values())
    told = value.get("revisions", [])
    revisions = isinstance(told, list) and all(isinstance(each, dict) and isinstance(each.get("version"), str) for each in told)
    return revisions and pairs and texts and isinstance(gone, list) and all(isinstance(each, str) for each in gone)


# -- writing ------------------------------------------------------------------------------------------------------------


def files(library: Library, before: Released, paths: frozenset[str] | None) -> dict[str, str]:
    """Every file of the record that brings it up to date, by name. Nothing recorded is ever left out.

    `paths` are the kinds of address that the site has; None leaves those recorded as they are.
    """
    known: Shapes = {**before.shapes, **shapes()}  # a form never loses an address: the gate would have said so
    entries: dict[str, list[Mapping[str, Any]]] = {
        agency: [respelt(chain.unlinked(one), before.shapes, known) for one in ones] for agency, ones in before.lines.items() if ones
    }
    last = {(agency, one["year"]): one for agency, ones in entries.items() for one in ones}
    now = {key: respelt(one, before.shapes, known) for key, one in before.reports.items()}
    now |= {key: _today(report, before.reports.get(key), before.shapes) for key, report in library.reports.items()}
    # Reports that are gone stay in the record: their addresses were given out, and need a successor for ever.
    for (agency, _), one in sorted(now.items(), key=lambda each: each[0]):
        # Nothing is replaced: a report that says something new gets an entry more.
        if last.get((agency, one["year"])) != one:
            entries.setdefault(agency, []).append(one)
    found = {f"{agency}.jsonl": "".join(f"{chain.line(one)}\n" for one in chain.linked(ones)) for agency, ones in sorted(entries.items())}
    found[FORMS] = json.dumps(known, ensure_ascii=False, indent=1) + "\n"
    # Sorted and with those of before, so that the file only ever grows and a review shows what is new.
    found[PATHS] = "".join(f"{path}\n" for path in sorted({*before.paths, *(paths or ())}))
    return found


def _today(report: Report, then: Mapping[str, Any] | None, known: Shapes) -> Mapping[str, Any]:
    """What the record says of a report from now on; `then` is what it said until now."""
    now = record(report)
    if then is not None:
        current = {str(figure.address) for figure in report.figures()} if _differ(now, then) else None
        left = set(then.get("gone", ())) | (states(then, known).keys() if current is not None else set())
        if gone := sorted(left - current if current is not None else left):
            now["gone"] = gone
    return now


def respelt(one: Mapping[str, Any], before: Shapes, now: Shapes) -> Mapping[str, Any]:
    """A record with its rows in the columns that its forms have now."""
    found = dict(one)
    for name, form in one["forms"].items():
        # Columns that a form gained would shift the cells of rows recorded before.
        old, new = before[form][name]["columns"], now[form][name]["columns"]
        if list(old) != list(new):
            rows = {line: dict(zip(old, row.split(","), strict=True)) for line, row in one[name].items()}
            found[name] = {line: ",".join(cells.get(column, "") for column in new) for line, cells in rows.items()}
    return found


def _differ(now: Mapping[str, Any], then: Mapping[str, Any]) -> bool:
    return any(now.get(key) != then.get(key) for key in {**now, **then} if key not in {"version", "gone"})
