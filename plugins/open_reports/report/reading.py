"""How a package is read: through the gate, against its forms, every fault at once."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from open_reports import gate
from open_reports.document import Problem, Record
from open_reports.errors import DocumentError
from open_reports.form import forms
from open_reports.report.carrying import digest_of
from open_reports.report.descriptor import Described, describe, parsed, undeclared
from open_reports.report.faults import Faults
from open_reports.report.model import DESCRIPTOR, PROSE, Report, package_files
from open_reports.report.open_cells import OPEN, read_open
from open_reports.report.prose import read_prose
from open_reports.report.tables import Tables
from open_reports.report.writing import plain_csv

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from open_reports.finding import Finding

_LIMITS = {PROSE: gate.MAX_PROSE, DESCRIPTOR: gate.MAX_DESCRIPTOR}


class Reading(NamedTuple):
    """What became of one package folder: the report where it can be published, and every finding."""

    report: Report | None
    findings: tuple[Finding, ...]


def read(folder: Path, place: str, *, agency: str, year: int) -> Reading:
    """Read the package of an agency's year from its folder.

    `place` is the folder's path as findings name it. Returns the report, or None and every fault: of files, descriptor,
    table shapes, cells and prose at once.
    """
    package = _Package(place, agency, year)
    package.open(os.fspath(folder))
    report = package.report()
    return Reading(report, tuple(each.of(agency, year) for each in gate.first_of_each_file(package.faults)))


class _Package:
    """The files of one package and what its descriptor says of them; a helper of `read` that lives for one call."""

    def __init__(self, place: str, agency: str, year: int) -> None:
        self.place = place
        self.agency = agency
        self.year = year
        self.faults = Faults(place)
        self.files: dict[str, bytes] = {}
        self.texts: dict[str, str] = {}
        self.saved: dict[str, bytes] = {}
        """Tables that a spreadsheet spelt in its own way, as they stand."""
        self.value: object = None
        self.described: Described | None = None

    # -- files

    def open(self, folder: str) -> None:
        """Read every file of the package.

        The descriptor comes first: it names the forms, and they say which other files there are.
        """
        entries, faults = gate.children(folder, self.place)
        self.faults += faults
        # Whatever is not asked for is refused, not passed over: it may be a table under a mistyped name.
        self.faults += gate.unexpected((name for name in entries if name != OPEN), {DESCRIPTOR, PROSE, "data"}, self.place)
        inside = self._inside(folder, entries)
        if any(each.file == f"{self.place}/data" for each in self.faults):
            return  # every package has its figures there: without them, nothing else is worth telling
        # The descriptor must be read before the folder of the tables can be judged; until then its faults wait, for names are
        # told before contents.
        opened = Faults(self.place)
        self._take(folder, DESCRIPTOR, opened)
        said = Faults(self.place)
        self._descriptor(said)
        form_of = self.described.form_of if self.described else ()
        known = forms()
        tables = tuple(table for table, _ in form_of) or tuple(known.prescribed_for(self.year).tables)
        paths = package_files(tables)
        # Where the forms are not known, no table that some form has can be said not to belong here.
        expected = paths if form_of else package_files(known.tables)
        names = {path.removeprefix("data/") for path in expected if path.startswith("data/")}
        self.faults += gate.unexpected(inside, names, f"{self.place}/data")
        self.faults += opened
        for path in paths:
            if path != DESCRIPTOR:
                self._take(folder, path, self.faults)
        if OPEN in entries:
            self._take(folder, OPEN, self.faults)
        self.faults += said

    def _inside(self, folder: str, entries: Mapping[str, os.DirEntry[str]]) -> Collection[str]:
        """Names in the folder of the tables."""
        if "data" in entries and entries["data"].is_dir(follow_symlinks=False):
            inside, faults = gate.children(f"{folder}/data", f"{self.place}/data")
            self.faults += faults
            return inside
        if "data" in entries:
            self.faults.note("file.no_folder", "data")
        elif not any(each.file == f"{self.place}/data" for each in self.faults):
            self.faults.note("file.missing", "data")
        return ()

    def _take(self, folder: str, path: str, faults: Faults) -> None:
        """Take one file, unless the gate has refused it already."""
        place = f"{self.place}/{path}"
        # One cause, one finding: a link that was refused is not also a file that cannot be read.
        if any(each.file == place for each in self.faults):
            return
        data, text, found = gate.read_text(f"{folder}/{path}", place, _LIMITS.get(path, gate.MAX_BYTES))
        faults += found
        if text is not None:
            self.files[path], self.texts[path] = data, text
            if path.endswith(".csv"):
                self._plain(path, data, plain_csv(text, place))

    def _plain(self, path: str, data: bytes, text: str) -> None:
        """Take a table as it is published; what its keeper's spreadsheet made of it is remembered, for the hash may be of that."""
        self.files[path], self.texts[path] = text.encode(), text
        if self.files[path] != data:
            self.saved[path] = data

    def _descriptor(self, faults: Faults) -> None:
        text = self.texts.get(DESCRIPTOR)
        if text is None:
            return
        try:
            self.value = parsed(text)
        except DocumentError as error:
            faults.note(error.code, DESCRIPTOR, row=error.row, **error.values)
            return
        problems: list[Problem] = []
        self.described = describe(Record(self.value, problems), agency=self.agency, year=self.year, known=forms())
        faults.note_all(DESCRIPTOR, problems)

    # -- what they hold

    def report(self) -> Report | None:
        """Return the report, or None where anything forbids to publish it."""
        described = self.described
        known = forms()
        reader = Tables(self.texts, self.faults)
        absent: dict[str, set[str]] = {}
        for table, line in described.fields["absent"] if described else ():
            absent.setdefault(table, set()).add(line)
        form_of = described.form_of if described else ()
        tables = {table: reader.table(known[form].tables[table], absent.get(table, ())) for table, form in form_of}
        overview = reader.overview()
        notes = reader.notes(described, overview)
        # Without a readable descriptor the prose is still held against the form of that year, so that all faults are told in
        # one go.
        form = described.form if described else known.prescribed_for(self.year)
        prose = read_prose(self.texts.get(PROSE, ""), form.sections, self.faults)
        if described is not None:
            self.faults.note_all(DESCRIPTOR, undeclared(self.value, form_of, reader.printed_form, self.files, self.saved))
        waiting = tuple(read_open(self.texts[OPEN], dict(form_of), self.faults)) if described and OPEN in self.texts else ()
        # Whole or not at all: half a report would look like one that leaves lines out.
        if self.faults or described is None:
            return None
        return Report(
            agency=self.agency,
            year=self.year,
            tables={table: found for table, found in tables.items() if found is not None},
            overview=tuple(overview),
            notes=tuple(notes),
            prose=prose.sections,
            prose_rows=prose.rows,
            headings=prose.headings,
            open=waiting,
            files={path: data for path, data in self.files.items() if path != OPEN},
            digest=digest_of(self.files),
            place=self.place,
            **described.fields,
        )
