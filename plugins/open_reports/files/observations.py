"""The corpus as tidy rows, one a figure.

What a reader must know of a figure stands in its row, for nobody joins files before adding up: whether its report adds up others
and which report contains it already, so that a sum counts nothing twice, and the rules that it contradicts.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from open_reports.derived.containing import containing
from open_reports.derived.doubt import doubts, lines_of
from open_reports.document import compact_json
from open_reports.files.route import CSV, JSON, Route
from open_reports.report.lines import Plain, report_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from open_reports.files.folder import SiteFolder
    from open_reports.library import Library
    from open_reports.report import Address, Figure, Report
    from open_reports.report.lines import Place, Remarked

# Promised in this order (public contract, section 3): programs read by position, so what is added goes to the end.
FIRST = ("agency", "agency_name", "year", "form", "table", "line", "column", "value", "status", "unit", "printed")
"""Columns that were there first."""
ADDED = ("agency_name_en", "kind", "parent", "scope", "consolidated_in", "address", "finding")
"""Columns that were added to them."""
OBSERVATION = (*FIRST, *ADDED)
"""Columns of the tidy corpus, one row a figure."""
BETWEEN = " "
"""Between the ids of rules in `finding`."""


def observations(library: Library) -> tuple[bytes, bytes]:
    """The corpus, tidy, one row a figure: as CSV, and as a JSON array of objects, one line each.

    In JSON `value` is a number or null, and an empty text null. A checked cell is spelt as JSON spells a number, so both
    take it as it stands: no figure passes through a float, or is parsed and written again.
    """
    rows, objects = [",".join(OBSERVATION), "\n"], []
    for report in library:
        own = _Own.of(report, library)
        # Both files of one walk, so that they cannot differ in a row.
        lines = tuple(own.lines())
        rows.append(own.rows(lines))
        objects.append(own.objects(lines))
    return "".join(rows).encode(), f"[\n{''.join(objects).removesuffix(_NEXT)}\n]\n".encode()


def report_rows(report: Report, library: Library) -> str:
    """Rows of a report's figures as CSV, without the header: the rows of the corpus that are its own."""
    own = _Own.of(report, library)
    return own.rows(own.lines())


_REPORT, _WHOSE, _NEXT = "\0", "\1", ",\n"
"""What stands, in the rows and objects of a line, for the report that each begins with, and for whose each figure is; between objects.

No package holds such signs: the gate lets no control character in.
"""


class _Line(NamedTuple):
    """Figures of a line as both files spell them, with `_REPORT` and `_WHOSE` in the place of what is a report's own."""

    rows: str
    objects: str

    @classmethod
    def of(cls, cells: Iterable[tuple[str, str]]) -> _Line:
        """Line of figures, each a row and an object."""
        rows, objects = zip(*cells, strict=True)
        return cls("\n".join((*rows, "")), _NEXT.join((*objects, "")))

    def within(self, ends: tuple[str, str]) -> _Line:
        """The same line, with whose it is told."""
        return _Line(self.rows.replace(_WHOSE, ends[0]), self.objects.replace(_WHOSE, ends[1]))


class _Own(NamedTuple):
    """What all rows of a report have in common: what they begin with, and what stands between the two parts of each."""

    report: Report
    row: str
    entry: str
    whole: tuple[str, str]
    contained: Mapping[tuple[str, str], tuple[str, str]]
    """The same of lines that another report contains than contains the whole of this one."""
    doubts: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, report: Report, library: Library) -> _Own:
        agency = library.agencies[report.agency]
        row, entry = _spelt(FIRST[:3], (agency.id, agency.name, report.year))
        said = (agency.name_en, agency.kind, agency.parent or "", report.scope)
        found = containing(report, library)

        def ends(container: Report | None) -> tuple[str, str]:
            cells, members = _spelt(ADDED[:5], (*said, container.name if container else ""))
            return f",{cells},", f", {members}, "

        return cls(
            report=report,
            row=f"{row},",
            entry=f"{{{entry}, ",
            whole=ends(found.whole),
            contained={} if found.whole else {line: ends(container) for line, container in found.lines.items()},
            doubts=doubts(report, library),
        )

    def lines(self) -> Iterator[_Line]:
        """Each line of the report."""
        for line in report_lines(self.report, lines_of(self.doubts)):
            spelt = _plain(line.place, line.cells) if isinstance(line, Plain) else self._remarked(line)
            ends = self.contained.get((line.place.table, line.place.line))
            yield spelt.within(ends) if ends else spelt

    def rows(self, lines: Iterable[_Line]) -> str:
        """Rows of lines, the report's own put in at once: a row at a time costs three times as much."""
        return "".join([line.rows for line in lines]).replace(_REPORT, self.row).replace(_WHOSE, self.whole[0])

    def objects(self, lines: Iterable[_Line]) -> str:
        """Objects of lines, likewise."""
        return "".join([line.objects for line in lines]).replace(_REPORT, self.entry).replace(_WHOSE, self.whole[1])

    def _remarked(self, line: Remarked) -> _Line:
        return _Line.of([_cell(line.place.form, figure, self.doubts.get(str(figure.address), ())) for figure in line.figures])


def _spelt(keys: tuple[str, ...], values: tuple[str | int, ...]) -> tuple[str, str]:
    """Values as cells of a row, and as members of an object, in which an empty text is null."""
    members = [f'"{key}": {"null" if value == "" else compact_json(value)}' for key, value in zip(keys, values, strict=True)]
    return ",".join(_quoted(str(value)) for value in values), ", ".join(members)


@lru_cache(maxsize=50_000)  # (w1), all built anew: most lines are the same few numbers in report after report
def _plain(place: Place, cells: tuple[str, ...]) -> _Line:
    """Figures of a plain line."""
    around = _around(place)
    return _Line.of(
        [
            (f"{row}{text}{row_end}", f"{entry}{text}{entry_end}")
            for (row, row_end, entry, entry_end), text in zip(around, cells, strict=True)
        ]
    )


@lru_cache(maxsize=1024)
def _around(place: Place) -> tuple[tuple[str, str, str, str], ...]:
    """What stands before and after each number of a line: in its CSV row, and in its JSON object."""
    found = []
    for address in place.addresses:
        middle, opening, unit, closing = _coordinates(place.form, address, place.known.columns[address.column].unit)
        row_end, entry_end = _end(address, ())
        before, after = f'{_REPORT}{opening}, "value": ', f', "status": "reported", {closing}, "printed": null{_WHOSE}{entry_end}'
        found.append((f"{_REPORT}{middle},", f",reported,{unit},{_WHOSE}{row_end}", before, after))
    return tuple(found)


def _cell(form: str, figure: Figure, rules: tuple[str, ...]) -> tuple[str, str]:
    """Row and object of one figure, of which more may be said than its number."""
    middle, opening, unit, closing = _coordinates(form, figure.address, figure.unit)
    value = figure.text if figure.status == "reported" else ""
    printed = figure.printed
    row_end, entry_end = _end(figure.address, rules)
    object_ = (
        f'"value": {value or "null"}, "status": "{figure.status}", {closing}, "printed": {compact_json(printed) if printed else "null"}'
    )
    return (
        f"{_REPORT}{middle},{value},{figure.status},{unit},{_quoted(printed) if printed else ''}{_WHOSE}{row_end}",
        f"{_REPORT}{opening}, {object_}{_WHOSE}{entry_end}",
    )


def _end(address: Address, rules: tuple[str, ...]) -> tuple[str, str]:
    """What stands in a row, and in an object, behind whose the figure is."""
    cells, members = _spelt(ADDED[5:], (str(address), BETWEEN.join(rules)))
    return cells, f"{members}}}"


def _quoted(text: str) -> str:
    """One cell of a CSV row, quoted where it must be (RFC 4180)."""
    # By hand, for a row is joined of parts made at different times, which the writer of the standard library cannot take.
    return '"' + text.replace('"', '""') + '"' if any(char in text for char in ',"\n\r') else text


@lru_cache(maxsize=4096)
def _coordinates(form: str, address: Address, unit: str) -> tuple[str, str, str, str]:
    """Form, address and unit of a figure as both files spell them; the same for every report of a form."""
    words = (form, *address)
    opening = ", ".join(f'"{key}": {compact_json(word) if word else "null"}' for key, word in zip(FIRST[3:7], words, strict=True))
    return ",".join(map(_quoted, words)), opening, _quoted(unit), f'"unit": {compact_json(unit) if unit else "null"}'


def _both(folder: SiteFolder) -> tuple[bytes, bytes]:
    return folder.once(lambda: observations(folder.sources.library), "observations")


ROUTES: tuple[Route[SiteFolder], ...] = (
    Route("observations_csv", "data/observations.csv", CSV, lambda folder: _both(folder)[0], portal=1, searched=True),
    Route(
        "observations_json",
        "data/observations.json",
        JSON,
        lambda folder: _both(folder)[1],
        schema="observations",
        portal=2,
        searched=True,
    ),
)
