"""The corpus as an SQLite database: real tables with keys, a view with the contract's columns, full text over names.

The only user of `sqlite3`. The same corpus gives the same bytes with the same SQLite; its version stands in bytes 96 to 99 of
the file and may change how pages are filled. Nothing in the file tells when or where it was made.
"""

from __future__ import annotations

import sqlite3
from functools import cache, lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from open_reports.checks.check import tried
from open_reports.checks.counting import Tallies, outcome
from open_reports.derived.containing import containing
from open_reports.derived.doubt import PUBLISHED, doubts, facts, source_at
from open_reports.derived.indicator import of_library
from open_reports.errors import PublishError
from open_reports.files.codebook import HEADS, sum_text
from open_reports.files.observations import BETWEEN
from open_reports.files.package import descriptor
from open_reports.files.route import Route
from open_reports.finding import by_report
from open_reports.form import Address, forms
from open_reports.history.corrections import change
from open_reports.history.events import drops
from open_reports.report import file_hash
from open_reports.report.lines import Plain, table_lines
from open_reports.text import LANGUAGES, Words, resource_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from decimal import Decimal

    from open_reports.files.folder import SiteFolder
    from open_reports.finding import Finding
    from open_reports.history.events import Drop
    from open_reports.library import Library
    from open_reports.report import Report
    from open_reports.report.lines import Place, Remarked
    from open_reports.text import Text

SCHEMA = "files/database.sql"
"""The tables, each with comments that stay in the file: `SELECT sql FROM sqlite_master`."""
VERSION = 1
"""`PRAGMA user_version`: raised when a table or column changes its meaning or goes."""
APPLICATION = 0x4F525053
"""`PRAGMA application_id`, the letters ORPS: tells the file from other databases."""
_PAGE = 4096
_INDEXES = """
CREATE INDEX figures_by_cell ON figures (cell);
CREATE INDEX reports_by_year ON reports (year);
CREATE INDEX notes_by_report ON notes (report, table_id, line_id, column_id);
CREATE INDEX findings_by_report ON findings (report);
CREATE INDEX findings_by_rule ON findings (rule);
CREATE INDEX values_by_report ON indicator_values (report);
INSERT INTO names_index (names_index) VALUES ('rebuild');
INSERT INTO names_index (names_index) VALUES ('optimize');
"""
"""Made when every row is there, which is faster than with each row."""
_Row = tuple[Any, ...]


def available() -> str | None:
    """None if the database can be made here, else the key of the label that says what is missing.

    Every Python of the last years brings what is needed; some systems build their own without full text.
    """
    try:
        # Tried, not asked by version: FTS5 is an option of SQLite's build, and `trigram` came with 3.34.
        with sqlite3.connect(":memory:") as connection:
            connection.execute("CREATE VIRTUAL TABLE names USING fts5(name, tokenize = 'trigram')")
    except sqlite3.OperationalError:
        return "needs_database"
    return None


def database(library: Library, findings: Sequence[Finding], tallies: Tallies | None = None, gone: Sequence[Drop] = ()) -> bytes:
    """Database of a library, its findings and counts of checks (public contract, section 3: `data/reports.sqlite`).

    `tallies` are the counts, made anew unless given; `gone` is what is published no more (`history.events.drops`).
    `value` of a figure is an integer, or a real number near the exact one that `exact` spells; both are NULL unless its status is
    `reported`. Raises `PublishError` where SQLite lacks full text, and for rows that refer to nothing or have one key.
    """
    if lacks := available():
        raise PublishError(Words("zh")(lacks))
    # In memory, for the bytes are wanted, not a file; and without the module's own transactions, so that all rows go in as one.
    connection = sqlite3.connect(":memory:", isolation_level=None)
    try:
        # Before the first table, or the size of a page stays what this SQLite was built with. Keys are not asked for yet: an
        # agency may stand before the one it names as its parent.
        for pragma, value in (("page_size", _PAGE), ("foreign_keys", 0), ("application_id", APPLICATION), ("user_version", VERSION)):
            connection.execute(f"PRAGMA {pragma} = {value}")
        connection.executescript(resource_text(SCHEMA))
        connection.execute("BEGIN")
        for table, rows in _content(library, findings, tallies or Tallies(library, by_report(findings), tried(library).passed), gone):
            _insert(connection, table, rows)
        connection.execute("COMMIT")
        connection.executescript(_INDEXES)
        # Once over all rows, when all of them are there.
        connection.execute("PRAGMA foreign_keys = 1")
        if broken := connection.execute("PRAGMA foreign_key_check").fetchmany(5):
            message = f"rows that refer to nothing: {broken}"
            raise PublishError(message)
        # Lays the pages anew in the order of the tables: without it the bytes depend on how rows and indexes came in.
        connection.execute("VACUUM")
        return connection.serialize()
    except sqlite3.IntegrityError as error:  # two rows of one key: what the tables hold once, the packages say twice
        message = f"data/reports.sqlite: {error}"
        raise PublishError(message) from error
    finally:
        connection.close()


def counts(data: bytes) -> dict[str, int]:
    """Rows of each table and view of a database, in the order in which they were made; the full-text index is none of them."""
    connection = sqlite3.connect(":memory:")
    try:
        connection.deserialize(data)
        made = connection.execute("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') ORDER BY rowid")
        names = [name for (name,) in made if not name.startswith("names_index")]
        return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608 (our own names)
    finally:
        connection.close()


def _insert(connection: sqlite3.Connection, table: str, rows: Iterable[_Row]) -> None:
    # Columns are counted, not named: `database.sql` says once which there are, and a row of another width is refused by SQLite.
    width = len(connection.execute(f"PRAGMA table_info({table})").fetchall())
    connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * width)})", rows)  # noqa: S608 (our own table names)


def _content(library: Library, findings: Sequence[Finding], tallies: Tallies, gone: Sequence[Drop]) -> Iterator[tuple[str, Iterable[_Row]]]:
    """Every table with its rows, those that others refer to first."""
    yield from _vocabularies()
    yield "agencies", ((a.id, a.name, a.name_en, a.kind, a.parent, a.region, a.site) for a in library.agencies.values())
    yield "agency_codes", ((a.id, name, code) for a in library.agencies.values() for name, code in sorted(a.codes.items()))
    yield from _forms()
    # Numbered in the library's order, not by SQLite, so that the same corpus has the same numbers.
    numbers = {key: number for number, key in enumerate(library.reports, start=1)}
    reports = list(enumerate(library, start=1))
    contained = {number: containing(report, library) for number, report in reports}
    yield (
        "reports",
        (
            (*_report(number, report), _id(contained[number].whole, numbers), _rules(facts(report, library), PUBLISHED))
            for number, report in reports
        ),
    )
    yield (
        "consolidated_lines",
        (
            (number, *line, _id(container, numbers))
            for number, found in contained.items()
            if found.whole is None
            for line, container in sorted(found.lines.items(), key=itemgetter(0))
        ),
    )
    yield "report_tables", ((number, name, table.form.form) for number, report in reports for name, table in report.tables.items())
    yield (
        "sources",
        (
            (number, at, *source, _rules(facts(report, library), source_at(at - 1)))
            for number, report in reports
            for at, source in enumerate(report.sources, start=1)
        ),
    )
    yield (
        "revisions",
        (
            (number, each.version, each.date, each.reason, "\n".join(change(report, entry).text for entry in each.changes))
            for number, report in reports
            for each in report.revisions
        ),
    )
    yield (
        "dropped",
        ((each.page, each.said.date, each.agency, each.called, each.year, *(text or None for text in each.said[1:])) for each in gone),
    )
    yield "figures", (row for number, report in reports for row in _figures(number, report))
    yield "statements", (row for number, report in reports for row in _statements(number, report))
    yield (
        "contradicted",
        (
            (number, *address.split("/"), BETWEEN.join(rules))
            for number, report in reports
            for address, rules in sorted(doubts(report, library).items())
        ),
    )
    yield "notes", ((None, number, *(text or None for text in note)) for number, report in reports for note in report.notes)
    yield "findings", (_finding(each, numbers) for each in findings)
    yield "checks", ((number, *tallies.of_report(key).to_dict().values()) for key, number in numbers.items())
    values = of_library(library)
    yield (
        "indicator_values",
        (
            (numbers[key], name, *map(_number, (value.numerator, value.denominator, value.value)), value.reason)
            for name, found in values.items()
            for key, value in found.items()
        ),
    )
    # None as the number lets SQLite count: nothing but the index of names refers to it.
    yield "names", ((None, *name) for name in _names(library))


def _rules(told: Mapping[str, tuple[str, ...]], fact: str) -> str | None:
    return BETWEEN.join(told[fact]) if fact in told else None


def _id(report: Report | None, numbers: Mapping[tuple[str, int], int]) -> int | None:
    return numbers[report.agency, report.year] if report else None


def _vocabularies() -> Iterator[tuple[str, Iterable[_Row]]]:
    known = forms()
    for table in ("statuses", "scopes", "kinds", "units"):
        vocabulary: dict[str, Text] = getattr(known.common, table)
        yield table, ((name, text.zh, text.en) for name, text in vocabulary.items())
    yield "rules", ((r.id, r.name.zh, r.name.en, r.says.zh, r.says.en, r.level, r.standing, r.kind) for r in known.rules.values())
    yield (
        "indicators",
        (
            (
                i.id,
                i.name.zh,
                i.name.en,
                i.description.zh,
                i.description.en,
                sum_text(i.numerator),
                sum_text(i.denominator) or None,
                i.floor,
            )
            for i in known.indicators.values()
        ),
    )


def _forms() -> Iterator[tuple[str, Iterable[_Row]]]:
    known = forms()
    tables = [table for form in known.values() for table in form.tables.values()]
    yield "forms", ((f.id, *_both(f.title), *_both(f.reference), _day(f.issued), f.first_year, f.last_year) for f in known.values())
    yield (
        "tables",
        (
            (form.id, table.id, position, table.section, *_both(table.title))
            for form in known.values()
            for position, table in enumerate(form.tables.values(), start=1)
        ),
    )
    yield (
        "lines",
        (
            (table.form, table.id, line.id, position, *_both(line.label), *_heads(line.groups))
            for table in tables
            for position, line in enumerate(table.lines.values(), start=1)
        ),
    )
    yield (
        "columns",
        (
            (table.form, table.id, column.id, position, *_both(column.label), *_heads(column.groups), column.type.id, column.unit)
            for table in tables
            for position, column in enumerate(table.columns.values(), start=1)
        ),
    )
    yield "cells", ((number, form, *address) for (form, address), number in _cells().items())


def _both(text: Text) -> tuple[str, str]:
    return text.zh, text.en


def _heads(groups: Sequence[Text]) -> tuple[str, str]:
    return HEADS.join(group.zh for group in groups), HEADS.join(group.en for group in groups)


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


@cache
def _cells() -> dict[tuple[str, Address], int]:
    """Number of every cell of every form, in printed order."""
    cells = [
        (form.id, Address(table.id, line.id, column.id))
        for form in forms().values()
        for table in form.tables.values()
        for line, column in table.cells
    ]
    return {cell: number for number, cell in enumerate(cells, start=1)}


def _report(number: int, report: Report) -> _Row:
    start, end = report.period or (None, None)
    days = (_day(report.published), _day(start), _day(end))
    return (
        number,
        report.agency,
        report.year,
        report.title,
        report.scope,
        *days,
        report.version,
        report.created,
        file_hash(descriptor(report)),
    )


def _figures(number: int, report: Report) -> Iterator[_Row]:
    """Rows of a report's figures: their texts go in as they stand, and SQLite makes them numbers."""
    for table in report.tables:
        for line in table_lines(report, table):
            for row in _plain(line.place, line.cells) if isinstance(line, Plain) else _remarked(line):
                yield number, *row


@lru_cache(maxsize=50_000)  # (w1), all built anew: most lines are the same few numbers in report after report
def _plain(place: Place, cells: tuple[str, ...]) -> tuple[_Row, ...]:
    """Number, value, exact spelling and status of each cell of a plain line."""
    return tuple([(number, text, text if "." in text else None, "reported") for number, text in zip(_numbers(place), cells, strict=True)])


@lru_cache(maxsize=1024)
def _numbers(place: Place) -> tuple[int, ...]:
    """Number of each cell of a line."""
    return tuple(_cells()[place.form, address] for address in place.addresses)


def _remarked(line: Remarked) -> Iterator[_Row]:
    cells = _cells()
    return ((cells[line.place.form, each.address], *_value(each.text, each.status), each.status) for each in line.figures)


def _value(text: str, status: str) -> tuple[str | None, str | None]:
    """Number and exact spelling of a figure; neither where nothing is reported."""
    if status != "reported":
        return None, None
    # Only a number with decimals can lose something as SQLite's REAL, which is a float; a whole one is its own spelling.
    return text, text if "." in text else None


def _statements(number: int, report: Report) -> Iterator[_Row]:
    for position, item in enumerate(report.overview, start=1):
        status = report.stated(item).status
        yield number, position, item.item, *_value(item.text, status), status, item.unit, item.part_of or None


def _finding(each: Finding, numbers: Mapping[tuple[str, int], int]) -> _Row:
    said = each.explanation
    explained = (said.text, said.by, _day(said.day)) if said else (None, None, None)
    report = numbers.get((each.agency, each.year)) if each.agency is not None and each.year is not None else None
    messages = (each.message("zh"), each.message("en"))
    return (None, report, each.rule, each.level, each.address, each.expected, each.found, *messages, *explained, outcome(each))


def _number(value: int | Decimal | None) -> int | str | None:
    """Return a number as SQLite takes it; it makes a number of the text of a decimal."""
    return value if value is None or isinstance(value, int) else str(value)


def _names(library: Library) -> Iterator[_Row]:
    """What people look for by name; a label that several forms or tables print stands once for each address."""
    known = forms()
    for agency in library.agencies.values():
        yield from (("agency", agency.id, "zh", agency.name), ("agency", agency.id, "en", agency.name_en))
    # A dictionary, not a set: the order in which names come is the order of the file.
    found: dict[tuple[str, str, str, str], None] = {}
    for form in known.values():
        for table in form.tables.values():
            for what, members in (("line", table.lines), ("column", table.columns)):
                for name, member in members.items():
                    heads = _heads((*member.groups, member.label))
                    found |= dict.fromkeys(
                        (what, f"{table.id}/{name}", language, text) for language, text in zip(LANGUAGES, heads, strict=True)
                    )
    yield from found
    for what, named in (("indicator", known.indicators), ("rule", known.rules)):
        for name, each in named.items():
            yield from ((what, name, "zh", each.name.zh), (what, name, "en", each.name.en))


ROUTES: tuple[Route[SiteFolder], ...] = (
    Route(
        "database",
        "data/reports.sqlite",
        "application/vnd.sqlite3",
        lambda folder: database(
            folder.sources.library,
            folder.sources.findings,
            folder.sources.tallies,
            drops(folder.sources.library, folder.sources.released),
        ),
        lacks=available,
        portal=4,
        searched=True,
    ),
)
