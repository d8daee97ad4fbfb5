"""How a package is read: through the gate, against its forms, every fault at once."""

from __future__ import annotations

import difflib
import hashlib
import itertools
import json
import os
import re
import secrets
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from open_reports import gate
from open_reports.document import Problem, Record, parse_json, shown
from open_reports.errors import DocumentError
from open_reports.finding import Explanation, Finding, finding
from open_reports.form import TABLES, Address, Column, Forms, FreeTable, Line, TableForm, forms
from open_reports.report.model import (
    DESCRIPTOR,
    FILES,
    PROFILE,
    PROSE,
    Change,
    Consolidation,
    Item,
    Note,
    Report,
    Revision,
    Source,
    Table,
    table_path,
)
from open_reports.report.writing import declared, file_hash

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path


class Reading(NamedTuple):
    """What became of one package folder: the report where it can be published, and every finding."""

    report: Report | None
    findings: tuple[Finding, ...]


def read(folder: Path, place: str, *, agency: str, year: int) -> Reading:
    """Read the package of an agency's year from its folder.

    `place` is the folder's path as findings name it. Returns the report, or None and every fault: of files, descriptor,
    table shapes, cells and prose at once.
    """
    reader = _Reader(place=place, agency=agency, year=year)
    report = reader.read(os.fspath(folder))
    findings = tuple(each.of(agency, year) for each in gate.first_of_each_file(reader.findings))
    return Reading(report, findings)


_MOMENT = "2026-01-31T00:00:00Z"
"""How `created` is spelt."""


class _Reader:
    """Reads one package, gathering findings; a helper of `read` that lives for one call."""

    def __init__(self, *, place: str, agency: str, year: int) -> None:
        self.place = place
        self.agency = agency
        self.year = year
        self.known = forms()
        self.findings: list[Finding] = []
        self.files: dict[str, bytes] = {}
        self.texts: dict[str, str] = {}
        self.printed_form: dict[str, str] = {}
        """Tables that are of another form than the descriptor says, with the form they are of."""

    def note(self, code: str, path: str, /, **values: Any) -> None:  # noqa: ANN401 (the values of a message)
        self.findings.append(finding(code, file=f"{self.place}/{path}", **values))

    def read(self, folder: str) -> Report | None:
        self._load(folder)
        value, described = self._descriptor()
        tables = {table: self._table(table, described) for table in TABLES} if described else {}
        overview = self._overview()
        notes = self._notes(described, overview)
        prose, prose_rows, headings = self._prose()
        if described is not None:
            for problem in self._resources(value, described.form_of):
                self.note(problem.code, DESCRIPTOR, path=problem.path, **problem.values)
        if self.findings or described is None:
            return None
        digest = hashlib.sha256()
        for path, data in self.files.items():
            digest.update(f"{path}\0{len(data)}\0".encode())
            digest.update(data)
        return Report(
            agency=self.agency,
            year=self.year,
            tables={table: found for table, found in tables.items() if found is not None},
            overview=tuple(overview),
            notes=tuple(notes),
            prose=prose,
            prose_rows=prose_rows,
            headings=headings,
            files=self.files,
            digest=digest.hexdigest(),
            place=self.place,
            **described.fields,
        )

    def _load(self, folder: str) -> None:
        entries, faults = gate.children(folder, self.place)
        self.findings += faults
        self.findings += gate.unexpected(entries, {DESCRIPTOR, PROSE, "data"}, self.place)
        if "data" in entries and entries["data"].is_dir(follow_symlinks=False):
            inside, faults = gate.children(f"{folder}/data", f"{self.place}/data")
            self.findings += faults
            self.findings += gate.unexpected(inside, _TABLE_FILES, f"{self.place}/data")
        elif "data" not in entries and not any(each.file == f"{self.place}/data" for each in self.findings):
            self.note("file.missing", "data")
        elif "data" in entries:
            self.note("file.no_folder", "data")
        refused = {each.file for each in self.findings}
        for path in FILES:
            place = f"{self.place}/{path}"
            if place in refused or f"{self.place}/data" in refused:
                continue
            most = _LIMITS.get(path, gate.MAX_BYTES)
            data, text, faults = gate.read_text(f"{folder}/{path}", place, most)
            self.findings += faults
            if text is not None:
                self.files[path] = data
                self.texts[path] = text

    # -- datapackage.json

    def _descriptor(self) -> tuple[object, _Described | None]:
        text = self.texts.get(DESCRIPTOR)
        if text is None:
            return None, None
        try:
            value = _parsed(text)
        except DocumentError as error:
            self.note(error.code, DESCRIPTOR, row=error.row, **error.values)
            return None, None
        problems: list[Problem] = []
        described = _describe(Record(value, problems), agency=self.agency, year=self.year, known=self.known)
        for problem in problems:
            self.note(problem.code, DESCRIPTOR, path=problem.path, **problem.values)
        return value, described

    def _resources(self, value: object, form_of: tuple[tuple[str, str], ...]) -> Iterator[Problem]:
        expected = declared(form_of)
        stated = value.get("resources") if isinstance(value, dict) else None
        if stated is expected or not isinstance(stated, list):
            return
        plain = []
        for index, resource in enumerate(stated):
            if not isinstance(resource, dict):
                plain.append(resource)
                continue
            plain.append({key: item for key, item in resource.items() if key not in {"bytes", "hash"}})
            data = self.files.get(str(resource.get("path")))
            actual = {"bytes": len(data), "hash": file_hash(data)} if data is not None else {}
            for key, item in actual.items():
                if key in resource and resource[key] != item:
                    yield Problem(
                        path=f"resources[{index}].{key}", code="meta.hash", values={"found": shown(resource[key]), "expected": str(item)}
                    )
        if self.printed_form and len(plain) == len(expected):
            # A table of another form than stated is told once, at the table, whichever of the two its schema fits.
            printed = declared(tuple((table, self.printed_form.get(table, form)) for table, form in form_of))
            expected = [other if one == other else own for one, own, other in zip(plain, expected, printed, strict=True)]
        yield from _differences(plain, expected, "resources")

    # -- data/*.csv

    def _grid(self, table: str, header: tuple[str, ...]) -> list[list[str]] | None:
        """Rows of a table below a header that is exactly the form's, or None."""
        path = table_path(table)
        text = self.texts.get(path)
        if text is None:
            return None
        rows, faults = gate.grid(text, f"{self.place}/{path}")
        if faults:
            self.findings += faults
            return None
        if not rows:
            self.note("table.empty", path, expected=",".join(header))
            return None
        if len(rows) == 1 and table in TABLES and tuple(rows[0]) == header:
            self.note("table.no_rows", path)
            return None
        return rows

    def _ragged(self, table: str, rows: list[list[str]], width: int) -> set[int]:
        """Note every row of another width than the header's; their numbers."""
        found = set()
        for index, row in enumerate(rows[1:], start=2):
            blank = not any(row)
            if blank or len(row) != width:
                self.note(
                    "table.blank_row" if blank else "table.ragged",
                    table_path(table),
                    row=index,
                    found=str(len(row)),
                    expected=str(width),
                    cells=shown(",".join(row)),
                )
                found.add(index)
        return found

    def _table(self, table: str, described: _Described) -> Table | None:
        form = self.known[dict(described.form_of)[table]].tables[table]
        path = table_path(table)
        rows = self._grid(table, form.header)
        if rows is None or not self._shape(form, rows):
            return None
        ragged = self._ragged(table, rows, len(form.header))
        absent = {line for where, line in described.fields["absent"] if where == table}
        expected = [line for line in form.lines if line not in absent]
        found = Table(form=form, labels={}, rows={}, row_numbers={})
        mistyped: set[str] = set()
        for index, row in enumerate(rows[1:], start=2):
            if index not in ragged:
                mistyped.update(self._line(found, index, row, expected))
            elif row and row[0] in form.lines:  # the line is there, so it is not missing as well
                found.rows.setdefault(row[0], ())
                found.row_numbers.setdefault(row[0], index)
        missing = [line for line in expected if line not in found.rows]
        for line in [line for line in missing if line not in mistyped]:
            self.note("table.missing_line", path, found=line, label=form.lines[line].label)
        present = list(found.rows)
        if not missing and present != [line for line in form.lines if line in found.rows]:
            wrong = next(line for line, right in zip(present, expected, strict=False) if line != right)
            row_number = found.row_numbers[wrong]
            self.note("table.line_order", path, row=row_number, column=form.header[0], found=wrong, expected=", ".join(expected))
        return found

    def _line(self, found: Table, index: int, row: list[str], expected: Sequence[str]) -> list[str]:
        """Take one row into a table; the line that a mistyped id most likely means, if it is one."""
        form = found.form
        line, label, *texts = row
        path = table_path(form.id)
        place = {"row": index, "column": form.header[0]}
        if line in found.rows:
            self.note("table.duplicate_line", path, **place, found=line, expected=str(found.row_numbers[line]))
            return []
        if line not in form.lines:
            near = difflib.get_close_matches(line, expected, n=3)
            self.note("table.unknown_line", path, **place, found=shown(line), expected=shown(", ".join(near or expected), 300))
            return near[:1]
        if line not in expected:
            self.note("meta.absent_present", path, **place, found=line)
        if label != form.lines[line].label.zh:
            self._label(path, index, form, label)
        self._cells(index, form.lines[line], form, texts)
        found.labels[line], found.rows[line], found.row_numbers[line] = label, tuple(texts), index
        return []

    def _shape(self, form: TableForm, rows: list[list[str]]) -> bool:
        """Whether header and lines are those of the declared form; one finding if not."""
        header = tuple(rows[0])
        lines = [row[0] for row in rows[1:] if row]
        path = table_path(form.id)
        fitting = self.known.detect(form.id, header, lines)
        if form.form in fitting:
            return True
        if fitting:
            self.printed_form[form.id] = fitting[0]
            self.note("table.wrong_form", path, row=1, found=fitting[0], expected=form.form, table=form.title)
            return False
        if header == form.header:
            return True  # some line is unknown to every form: told line by line
        missing = [name for name in form.header if name not in header]
        extra = [name for name in header if name not in form.header]
        self.note(
            "table.header",
            path,
            row=1,
            found=shown(",".join(header)),
            expected=",".join(form.header),
            missing=shown(", ".join(missing)) or "-",
            extra=shown(", ".join(extra)) or "-",
        )
        return False

    def _label(self, path: str, index: int, form: TableForm, label: str) -> None:
        stub = form.common.stub[1]
        if not label.strip() or label in form.common.missing:
            self.note("table.no_label", path, row=index, column=stub.id, column_title=stub.label)
        else:
            self._plain(path, index, stub.id, label, most=120)

    def _plain(self, path: str, index: int, column: str, text: str, *, most: int) -> None:
        """Note a text that is too long, or that a spreadsheet would run."""
        if len(text) > most:
            self.note("table.too_long", path, row=index, column=column, found=str(len(text)), expected=str(most))
        if text.startswith(("=", "+", "@")) or (text.startswith("-") and not _NEGATIVE.fullmatch(text)):
            self.note("table.formula", path, row=index, column=column, found=shown(text))

    def _cells(self, row: int, line: Line, form: TableForm, texts: Sequence[str]) -> None:
        if line.id in form.whole and texts.count("0") == len(texts):
            return  # most lines of most reports
        missing = form.common.missing
        for column, text in zip(form.columns.values(), texts, strict=True):
            if column.id not in line.columns:
                if text:
                    self._cell("table.not_on_form", row, line, form, (column, text))
            elif text not in missing and not column.type.accepts(text):
                self._cell(_number_code(column, text), row, line, form, (column, text))

    def _cell(self, code: str, row: int, line: Line, form: TableForm, found: tuple[Column, str]) -> None:
        column, text = found
        self.note(
            code,
            table_path(form.id),
            row=row,
            column=column.id,
            column_title=column.label,
            address=str(Address(form.id, line.id, column.id)),
            found=shown(text),
            expected=column.type.says.zh,
            expected_words=column.type.says,
            ascii=_ascii_digits(text),
        )

    def _free(self, free: FreeTable) -> list[list[str]]:
        """Rows of overview.csv or notes.csv whose width is right; texts checked against the fields' constraints."""
        path = table_path(free.id)
        rows = self._grid(free.id, free.header)
        if rows is None:
            return []
        if tuple(rows[0]) != free.header:
            missing = [name for name in free.header if name not in rows[0]]
            extra = [name for name in rows[0] if name not in free.header]
            self.note(
                "table.header",
                path,
                row=1,
                found=shown(",".join(rows[0])),
                expected=",".join(free.header),
                missing=shown(", ".join(missing)) or "-",
                extra=shown(", ".join(extra)) or "-",
            )
            return []
        ragged = self._ragged(free.id, rows, len(free.header))
        for index, row in enumerate(rows[1:], start=2):
            if index in ragged:
                continue
            for (name, title, properties), text in zip(free.fields, row, strict=True):
                constraints = properties.get("constraints", {})
                if properties["type"] == "number":
                    money = self.known.common.cells["money"]
                    if text and not money.pattern.fullmatch(text):
                        self.note(
                            _number_code(None, text),
                            path,
                            row=index,
                            column=name,
                            column_title=title,
                            found=shown(text),
                            expected=money.says.zh,
                            expected_words=money.says,
                            ascii=_ascii_digits(text),
                        )
                    continue
                if constraints.get("required") and not text:
                    self.note("table.required", path, row=index, column=name, column_title=title)
                self._plain(path, index, name, text, most=constraints.get("maxLength", 60))
        return [] if ragged else rows[1:]

    def _overview(self) -> list[Item]:
        free = self.known.common.overview
        path = table_path(free.id)
        items: dict[str, Item] = {}
        for index, row in enumerate(self._free(free), start=2):
            name, text, unit, part_of = row
            item = Item(name, text, unit, part_of, index)
            if item.item in items:
                self.note(
                    "table.duplicate_item", path, row=index, column="item", found=shown(item.item), expected=str(items[item.item].row)
                )
            elif re.search(r"[\s/#?%]", item.item):
                self.note("table.item_address", path, row=index, column="item", found=shown(item.item))
            items.setdefault(item.item, item)
        for item in items.values():
            if item.part_of and (item.part_of not in items or item.part_of == item.item):
                self.note(
                    "table.part_of", path, row=item.row, column="part_of", found=shown(item.part_of), expected=shown(", ".join(items))
                )
        for item in _rings(items):
            self.note("table.part_of", path, row=item.row, column="part_of", found=shown(item.part_of), expected="-")
        return list(items.values())

    def _notes(self, described: _Described | None, overview: list[Item]) -> list[Note]:
        path = table_path("notes")
        notes = []
        for index, row in enumerate(self._free(self.known.common.notes), start=2):
            note = Note(*row)
            notes.append(note)
            if described is None:
                continue
            if note.table == "overview":
                lines: Iterable[str] = [item.item for item in overview]
                columns: Iterable[str] = ["value"]
            elif note.table in TABLES:
                form = self.known[dict(described.form_of)[note.table]].tables[note.table]
                lines, columns = form.lines, form.columns
            else:
                expected = ", ".join((*TABLES, "overview"))
                self.note("table.note_place", path, row=index, column="table", found=shown(note.table), expected=expected)
                continue
            for column, value, known in (("line", note.line, lines), ("column", note.column, columns)):
                if value and value not in known:
                    self.note("table.note_place", path, row=index, column=column, found=shown(value), expected=shown(", ".join(known)))
            if not note.printed and not note.note:
                self.note("table.required", path, row=index, column="note")
        return notes

    # -- report.md

    def _prose(self) -> tuple[dict[str, str], tuple[tuple[int, str], ...], tuple[tuple[str, int], ...]]:
        text = self.texts.get(PROSE, "")
        sections: dict[str, list[str]] = {}
        headings = []
        rows = []
        current: list[str] | None = None
        for index, line in enumerate(text.split("\n"), start=1):
            if line.startswith("## "):
                heading = line[3:].strip()
                headings.append((heading, index))
                section = next((each for each in self.known.common.sections if heading.startswith(f"{each.number}、")), None)
                if section is None or section.id in sections:
                    expected = "；".join(f"## {each.number}、{each.title.zh}" for each in self.known.common.sections)
                    self.note("prose.heading", PROSE, row=index, found=shown(heading), expected=expected)
                    continue
                current = sections.setdefault(section.id, [])
            elif current is not None:
                current.append(line)
                rows.append((index, line))
            elif line.strip():
                expected = "；".join(f"## {each.number}、{each.title.zh}" for each in self.known.common.sections)
                self.note("prose.outside", PROSE, row=index, found=shown(line), expected=expected)
                break
        return {section: "\n".join(lines).strip() for section, lines in sections.items()}, tuple(rows), tuple(headings)


def _rings(items: Mapping[str, Item]) -> Iterator[Item]:
    """Items that are, over other items, part of themselves."""
    for start in items.values():
        seen = {start.item}
        item = items.get(start.part_of)
        while item is not None and item.item not in seen:
            seen.add(item.item)
            item = items.get(item.part_of)
        if item is not None and item.item == start.item and start.part_of != start.item:
            yield start


def _ascii_digits(text: str) -> str:
    """Return the text with full-width and other decimal digits as ASCII digits, to show what may have been meant."""
    return shown("".join(str(int(char)) if char.isdecimal() else char for char in text))


_NUMBER_CODES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\s*|.*\s.*", re.DOTALL), "number.space"),
    (re.compile(r"-\d+(\.\d+)?", re.ASCII), "number.negative"),
    (re.compile(r"-?\d+\.\d+", re.ASCII), "number.decimal"),
    (re.compile(r"-?0\d+(\.\d+)?", re.ASCII), "number.leading_zero"),
    (re.compile(r"\+\d+(\.\d+)?", re.ASCII), "number.plus"),
    (re.compile(r"-?\d{1,3}([,_，]\d{3})+(\.\d+)?", re.ASCII), "number.separator"),
    (re.compile(r"-?\d+(\.\d+)?\D{1,4}", re.ASCII), "number.unit"),
    (re.compile(r"-?\d{9,}(\.\d+)?", re.ASCII), "number.too_large"),
)


def _number_code(column: Column | None, text: str) -> str:
    """Which message explains why a cell is not a number of its kind."""
    if any(char.isdecimal() and not char.isascii() for char in text):
        return "number.fullwidth"
    for pattern, code in _NUMBER_CODES:
        if pattern.fullmatch(text):
            if code == "number.negative" and column is not None and column.type.id == "change":
                continue  # a decrease may be negative; something else is wrong with it
            if code == "number.decimal" and (column is None or column.type.id == "money"):
                return "number.decimals"
            return code
    return "number.text"


def _differences(found: object, expected: object, path: str) -> Iterator[Problem]:
    """Every place where what a package declares is not what its forms require."""
    if isinstance(found, dict) and isinstance(expected, dict):
        for key in [*expected, *(key for key in found if key not in expected)]:
            yield from _differences(found.get(key), expected.get(key), f"{path}.{shown(key)}")
    elif isinstance(found, list) and isinstance(expected, list) and len(found) == len(expected):
        for index, (one, other) in enumerate(zip(found, expected, strict=True)):
            yield from _differences(one, other, f"{path}[{index}]")
    elif found != expected or type(found) is not type(expected):
        yield Problem(path=path, code="meta.resources", values={"found": shown(found), "expected": shown(expected)})


_TABLE_FILES = frozenset(path.removeprefix("data/") for path in FILES if path.startswith("data/"))
MAX_UNITS = 500
"""Most units that one statement of a consolidated report names."""
_STAND_IN = secrets.token_hex(16)
"""What stands for the resources while the rest of a descriptor is parsed; no package can know it."""


def _parsed(text: str) -> object:
    """Parse a descriptor strictly.

    Nine tenths of a descriptor are the resources that its forms require. Where they stand there to the letter, as `write`
    spells them, only the rest is parsed, and the known value put in: strict parsing of the whole costs ten times as much.
    """
    for spelt, value in _spelt_resources():
        if spelt in text:
            try:
                parsed = parse_json(text.replace(spelt, f'"resources": "{_STAND_IN}"', 1))
            except DocumentError:
                break  # told again from the whole text, for the sake of its row numbers
            if isinstance(parsed, dict) and parsed.get("resources") == _STAND_IN:
                return {**parsed, "resources": value}
    return parse_json(text)


@cache
def _spelt_resources() -> tuple[tuple[str, list[dict[str, Any]]], ...]:
    """Every combination of forms, newest first: its `resources` as a descriptor spells them, and their value."""
    newest = tuple(reversed(tuple(forms())))
    found = []
    for combination in itertools.product(newest, repeat=len(TABLES)):
        value = declared(tuple(zip(TABLES, combination, strict=True)))
        spelt = json.dumps({"resources": value}, ensure_ascii=False, indent=1)
        found.append((spelt.removeprefix("{\n ").removesuffix("\n}"), value))
    return tuple(found)


_LIMITS = {PROSE: gate.MAX_PROSE, DESCRIPTOR: gate.MAX_DESCRIPTOR}
_NEGATIVE = re.compile(r"-(?:\d+(?:\.\d+)?)?", re.ASCII)


class _Described(NamedTuple):
    """What a descriptor says: fields of `Report`, and the form id of each table."""

    fields: dict[str, Any]
    form_of: tuple[tuple[str, str], ...]


URL = r"https?://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?(?:/[A-Za-z0-9._~:/?#\[\]@!$&()*+,;=%-]*)?"
_ADDRESS = r"[a-z_]+/.+/[a-z_]+"
_SEMVER = r"(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)"


def _describe(root: Record, *, agency: str, year: int, known: Forms) -> _Described | None:
    root.choice("$schema", (PROFILE,))
    name = root.text("name")
    if name and name != f"{agency}-{year}":
        root.note("name", "meta.name", found=shown(name), expected=f"{agency}-{year}")
    title = root.text("title")
    root.text("description", required=False, most=1000)
    for license_ in root.records("licenses", required=True):
        license_.matching("name", r"[A-Za-z0-9.+-]+", "CC0-1.0")
        license_.text("title", required=False)
        license_.matching("path", URL, "https://creativecommons.org/publicdomain/zero/1.0/", required=False)
        license_.close()
    sources = []
    for source in root.records("sources", required=True):
        sources.append(Source(source.text("title"), source.matching("path", URL, "https://www.example.gov.cn/t20240101_1.htm")))
        source.close()
    if not sources and isinstance(root.mapping.get("sources"), list):
        root.note("sources", "record.missing", key="sources")
    for contributor in root.records("contributors"):
        contributor.text("title")
        contributor.text("role", required=False)
        contributor.matching("path", URL, "https://www.example.gov.cn/", required=False)
        contributor.close()
    version = root.matching("version", _SEMVER, "1.0.0")
    created = root.matching("created", r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", _MOMENT)
    try:
        datetime.fromisoformat(created or _MOMENT)
    except ValueError:  # well spelt, but no day of any calendar
        root.note("created", "record.pattern", found=shown(created), expected=_MOMENT)
    root.sequence("resources", required=True)
    record = root.record("report")
    own, form_of = _describe_report(record, agency=agency, year=year, known=known)
    record.close()
    root.close()
    _compare_versions(root, version, own["revisions"])
    fields = {"title": title, "sources": tuple(sources), "version": version, "created": created, "descriptor": root.mapping, **own}
    if any(form not in known for _, form in form_of):
        return None
    return _Described(fields, form_of)


def _compare_versions(root: Record, version: str, revisions: Sequence[Revision]) -> None:
    """Note a revision newer than the data, and two of one version: each change of a version is told once."""
    seen: set[str] = set()
    for index, revision in enumerate(revisions, start=1):
        if _semver(revision.version) > _semver(version):
            root.note("version", "meta.revision", found=version, expected=revision.version)
        if revision.version in seen:
            root.note("report.revisions", "meta.revision_twice", found=revision.version, number=str(index))
        seen.add(revision.version)


def _describe_report(record: Record, *, agency: str, year: int, known: Forms) -> tuple[dict[str, Any], tuple[tuple[str, str], ...]]:
    stated_agency = record.text("agency")
    if stated_agency and stated_agency != agency:
        record.note("agency", "meta.name", found=shown(stated_agency), expected=agency)
    stated_year = record.integer("year")
    if stated_year and stated_year != year:
        record.note("year", "meta.year", found=str(stated_year), expected=str(year))
    of = record.record("forms")
    form_of = tuple((table, of.choice(table, tuple(known))) for table in TABLES)
    of.close()
    absent = []
    for index, value in enumerate(record.sequence("absent")):
        table, _, line = value.partition("/") if isinstance(value, str) else ("", "", "")
        form = known.get(dict(form_of).get(table, ""))
        if form is None or line not in form.tables[table].lines:
            record.note(f"absent[{index}]", "meta.absent", found=shown(value))
        else:
            absent.append((table, line))
    period = None
    if record.get("period") is not None:
        span = record.record("period")
        start, end = span.day("from"), span.day("to")
        if start and end and start > end:
            span.note("to", "meta.period", found=str(end), expected=str(start))
        period = (start, end) if start and end else None
        span.close()
    fields = {
        "scope": record.choice("scope", known.common.scopes),
        "published": record.day("published", required=False),
        "period": period,
        "absent": tuple(absent),
        "consolidates": record.each("consolidates", lambda entry: _consolidation(entry, agency, dict(form_of), known)),
        "explanations": record.each("explanations", _explanation),
        "revisions": record.each("revisions", _revision),
    }
    return fields, form_of


def _consolidation(entry: Record, agency: str, form_of: Mapping[str, str], known: Forms) -> Consolidation:
    units = entry.texts("units")[:MAX_UNITS]
    if not units:
        entry.note("units", "record.missing")
    for index, unit in enumerate(units):
        if gate.slug_fault(unit):
            entry.note(f"units[{index}]", "record.pattern", found=unit, expected="pingtan-finance")
        elif unit == agency or unit in units[:index]:
            entry.note(f"units[{index}]", "meta.unit_twice", found=unit)
    lines = []
    for index, value in enumerate(entry.sequence("lines")):
        table, _, line = value.partition("/") if isinstance(value, str) else ("", "", "")
        form = known.get(form_of.get(table, ""))
        if form is None or line not in form.tables[table].lines:
            entry.note(f"lines[{index}]", "meta.absent", found=shown(value))
        lines.append(shown(value))
    return Consolidation(units, tuple(lines))


def _semver(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")) if version else (0,)


def _explanation(entry: Record) -> Explanation:
    return Explanation(
        rule=entry.choice("finding", forms().rules),
        address=entry.text("address"),
        text=entry.text("text", most=500),
        by=entry.choice("by", ("agency", "publisher")),
        day=entry.day("date"),
    )


def _revision(entry: Record) -> Revision:
    day = entry.day("date")
    return Revision(
        version=entry.matching("version", _SEMVER, "1.0.1"),
        date=day.isoformat() if day else "",
        reason=entry.text("reason", most=500),
        changes=tuple(_changes(entry)),
    )


def _changes(entry: Record) -> Iterator[Change]:
    """Changes of a revision: each an address with what stood and what stands there, or a sentence, as they once were."""
    for index, value in enumerate(entry.sequence("changes")):
        if isinstance(value, dict):
            change = Record(value, entry.problems, entry.at(f"changes[{index}]"))
            yield Change(
                address=change.matching("address", _ADDRESS, "applications/new/total"),
                was=_cell(change, "from"),
                now=_cell(change, "to"),
                unit=_pair(change, "unit"),
                printed=_pair(change, "printed"),
            )
            change.close()
        elif (text := entry.one_line(f"changes[{index}]", value)) is not None:
            yield Change(text=text)


def _cell(change: Record, key: str) -> str | None:
    """Cell before or after a change: null for a line that is left out, an empty text for a blank."""
    value = change.get(key)
    if key not in change.mapping:
        change.note(key, "record.missing", key=key)
    return value if value is None or value == "" else change.one_line(key, value)


def _pair(change: Record, key: str) -> tuple[str, str] | None:
    if change.get(key) is None:
        return None
    both = change.record(key)
    pair = _cell(both, "from"), _cell(both, "to")
    both.close()
    return pair[0] or "", pair[1] or ""
