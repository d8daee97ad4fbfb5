"""What only a whole folder shows: tables that two reports have alike, one source for two, titles and names of two agencies.

A report is made into a few short marks, which are put into an index by their value: the cost grows with the number of reports,
not with that of their pairs. Marks are small enough to come back from another process (`batch`).
"""

from __future__ import annotations

from collections import Counter
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from open_reports.checks.counting import Passed
from open_reports.finding import Explanation, Finding, finding
from open_reports.form import forms
from open_reports.library import AGENCY
from open_reports.report import DESCRIPTOR, table_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from open_reports.checks.counting import Key
    from open_reports.form.plausible import Copied
    from open_reports.library import Agency
    from open_reports.report import Report, Table

RULES = frozenset({"COPY", "SOURCE"})
"""Rules of which only the whole folder knows whether an explanation of them has something to explain."""


class Marks(NamedTuple):
    """What is compared of a report: `tables` its tables that say enough, each as a hash, `sources` addresses of documents."""

    agency: str
    year: int
    place: str
    title: str
    tables: tuple[tuple[str, str], ...]
    sources: tuple[str, ...]
    explanations: tuple[Explanation, ...]

    @property
    def key(self) -> tuple[str, int]:
        """Whose report it is."""
        return self.agency, self.year


def marks(report: Report) -> Marks:
    """Return what is compared of a report."""
    return Marks(
        report.agency,
        report.year,
        report.place,
        report.title,
        tuple((asked.table, mark) for asked in forms().plausible.copies if (mark := _mark(report.tables.get(asked.table), asked))),
        # The front page of a site is no document, and many reports may have come from there.
        tuple(dict.fromkeys(each.path for each in report.sources if urlsplit(each.path).path.strip("/"))),
        tuple(each for each in report.explanations if each.rule in RULES),
    )


def _mark(table: Table | None, asked: Copied) -> str:
    """A table's figures as a hash; nothing of a table of which two may well be alike."""
    if table is None:
        return ""
    form = table.form
    if asked.figure and (table.value(*asked.figure.split("/")[1:]) or 0) < asked.least:
        return ""
    kept = [column for column in form.columns if form.columns[column].type.id in asked.types]
    cells = [[table.text(line, column) for column in kept] for line in table.rows]
    if sum(text not in {"", "0"} and text[-1:].isdigit() for row in cells for text in row) < asked.filled:
        return ""
    return blake2b(repr((form.form, list(table.rows), cells)).encode(), digest_size=16).hexdigest()


def across(agencies: Mapping[str, Agency], found: Iterable[Marks], place: str) -> Iterator[Finding]:
    """Findings of a whole folder, of its agencies and the marks of its reports."""
    ordered = sorted((each for each in found if each.agency in agencies), key=lambda each: (each.year, each.agency))
    yield from _copies(agencies, ordered)
    yield from _sources(agencies, ordered)
    yield from _longer(agencies, ordered)
    yield from _twins(agencies, place)


def alike(agencies: Mapping[str, Agency], compared: Iterable[Marks], found: Iterable[Finding], *, part: bool) -> dict[Key, Passed]:
    """Count the tests of a whole folder of which `across` found nothing, by report.

    Of a `part` of a folder nobody can say that no other report has the same: there they cannot be tested.
    """
    # A table is copied, a source is of two reports, a title is another's: each is found once for a report, or not at all.
    told = Counter((each.agency, each.year, each.code) for each in found)
    counted: dict[Key, Passed] = {}
    for each in compared:
        if each.agency in agencies:
            tests = {
                "COPY": len(each.tables) - told[*each.key, "copy.table"],
                "SOURCE": len(each.sources) - told[*each.key, "source.twice"],
                "TITLE": 1 - told[*each.key, "title.other"],
            }
            counted[each.key] = Passed(*({}, tests) if part else (tests, {}))
    return counted


def _copies(agencies: Mapping[str, Agency], ordered: list[Marks]) -> Iterator[Finding]:
    alike: dict[tuple[str, str], list[Marks]] = {}
    for each in ordered:
        for mark in each.tables:
            alike.setdefault(mark, []).append(each)
    for (table, _), those in alike.items():
        for each, other in _beside(those):
            title = next(form.title for form in forms().printing(table))
            yield _explained(
                each,
                finding(
                    "copy.table",
                    file=f"{each.place}/{table_path(table)}",
                    table=title,
                    other=agencies[other.agency].name,
                    other_year=str(other.year),
                    about=table,
                ),
            )


def _sources(agencies: Mapping[str, Agency], ordered: list[Marks]) -> Iterator[Finding]:
    alike: dict[str, list[Marks]] = {}
    for each in ordered:
        for source in each.sources:
            alike.setdefault(source, []).append(each)
    for source, those in alike.items():
        for each, other in _beside(those):
            found = finding(
                "source.twice",
                file=f"{each.place}/{DESCRIPTOR}",
                found=source,
                other=agencies[other.agency].name,
                other_year=str(other.year),
                about="sources",
            )
            yield _explained(each, found)


def _beside(those: list[Marks]) -> Iterator[tuple[Marks, Marks]]:
    """Each report that has what an earlier one has, with the earliest; of one year any may be the copy, and each is told."""
    first = those[0]
    same_year = len(those) > 1 and those[1].year == first.year
    for each in those[0 if same_year else 1 :]:
        yield each, those[1] if each is first else first


def _explained(of: Marks, found: Finding) -> Finding:
    fitting = next((said for said in of.explanations if (said.rule, said.address) == (found.rule, found.place)), None)
    return found.of(*of.key).explained(fitting)


def _longer(agencies: Mapping[str, Agency], ordered: list[Marks]) -> Iterator[Finding]:
    """Titles that name another agency, whose name has this one's in it: 平潭综合实验区财政金融局 in a report of 平潭综合实验区."""
    by_name = {agency.name: agency for agency in agencies.values()}
    lengths = sorted({len(name) for name in by_name}, reverse=True)
    for each in ordered:
        name = agencies[each.agency].name
        start = each.title.find(name)
        # Behind the name a year is usual, in digits, with which no name goes on: nothing has to be looked up.
        if start < 0 or each.title[start + len(name) : start + len(name) + 1].isdigit():
            continue
        longer = [each.title[start : start + length] for length in lengths if length > len(name)]
        other = next((by_name[text] for text in longer if text in by_name), None)
        if other is not None:
            file = f"{each.place}/{DESCRIPTOR}"
            yield finding("title.other", file=file, found=each.title, expected=name, other=other.name, about="title").of(*each.key)


def _twins(agencies: Mapping[str, Agency], place: str) -> Iterator[Finding]:
    seen: dict[tuple[str, str], str] = {}
    for agency in agencies.values():
        first = seen.setdefault((agency.name, agency.region), agency.id)
        if first != agency.id:
            yield finding("meta.agency_twin", file=f"{place}/{agency.id}/{AGENCY}", path="name", found=agency.name, expected=first).of(
                agency.id, None
            )
