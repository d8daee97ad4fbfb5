"""The database: real tables whose keys hold, the contract's view, full text over names, exact amounts, nothing as NULL."""

from __future__ import annotations

import json
import re
import sqlite3
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import made_up
import outputs
import pytest
from open_reports.checks.check import check
from open_reports.derived.indicator import of_library
from open_reports.errors import PublishError
from open_reports.files import database as module
from open_reports.files import package
from open_reports.files.database import VERSION, database
from open_reports.files.observations import ADDED, FIRST, OBSERVATION, observations
from open_reports.form import forms
from open_reports.library import Agency, Library, open_library
from open_reports.report import Change, Revision, file_hash
from open_reports.text import words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from open_reports.finding import Finding
    from open_reports.report import Report


@pytest.fixture(scope="module")
def real(library: Library, findings: tuple[Finding, ...]) -> Iterator[sqlite3.Connection]:
    connection = outputs.opened(database(library, findings))
    yield connection
    connection.close()


def told(connection: sqlite3.Connection, query: str, *values: Any) -> list[Any]:
    return connection.execute(query, values).fetchall()


def test_it_is_sound_and_says_which_schema_it_has(real: sqlite3.Connection) -> None:
    assert told(real, "PRAGMA integrity_check") == [("ok",)]
    assert told(real, "PRAGMA foreign_key_check") == []
    assert told(real, "PRAGMA freelist_count") == [(0,)]
    assert told(real, "PRAGMA user_version") == [(VERSION,)]
    assert told(real, "PRAGMA page_size") == [(4096,)]


def test_keys_are_enforced(library: Library) -> None:
    connection = outputs.opened(database(library, ()))
    for statement in (
        "INSERT INTO figures VALUES (999999, 1, 0, NULL, 'reported')",
        "INSERT INTO figures SELECT report, cell, value, exact, status FROM figures LIMIT 1",
        "UPDATE figures SET status = 'guessed' WHERE report = 1",
        "UPDATE figures SET value = 0 WHERE status <> 'reported'",
        "UPDATE figures SET value = NULL WHERE status = 'reported'",
        "UPDATE reports SET agency = 'nobody'",
        "DELETE FROM agencies",
        "INSERT INTO cells VALUES (99999, '2019', 'disclosure', 'nothing', 'made')",
    ):
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute(statement)
    connection.close()


def test_every_table_tells_what_it_holds(real: sqlite3.Connection) -> None:
    """The comments of the schema travel with the file."""
    tables = told(real, "SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'names_index_%'")
    assert len(tables) > 20
    assert [name for name, sql in tables if not re.search(r"(\(|AS) -- \w", sql)] == []


def test_the_view_has_the_columns_of_the_contract_and_the_exact_number(real: sqlite3.Connection) -> None:
    columns = [row[1] for row in told(real, "PRAGMA table_info(observations)")]
    # `exact` stands where it stood: whoever reads by position finds what was added behind it.
    assert tuple(columns) == (*FIRST, "exact", *ADDED)


def test_the_view_holds_the_rows_of_the_plain_json(real: sqlite3.Connection, library: Library) -> None:
    _, objects = observations(library)
    expected = {tuple(each[key] for key in OBSERVATION) for each in json.loads(objects)}
    columns = ", ".join(f'"{column}"' for column in OBSERVATION)
    found = told(real, f"SELECT {columns} FROM observations")  # noqa: S608 (columns of the contract)
    assert len(found) == len(expected) > 4000
    assert {_empty(row) for row in found} == expected


def test_lines_that_another_report_contains_are_marked_alone(tmp_path: Path) -> None:
    for name in ("xugou-jia", "xugou-yi"):
        package = made_up.package(name, 2023)
        if name == "xugou-jia":
            package.edit_json("report.consolidates", [{"units": ["xugou-yi"], "lines": ["disclosure/fees", "disputes/reconsideration"]}])
        package.write(tmp_path / "datapackages")
    connection = outputs.opened(database(open_library(tmp_path / "datapackages"), ()))
    query = 'SELECT DISTINCT agency, "table", line, consolidated_in FROM observations WHERE consolidated_in IS NOT NULL ORDER BY "table"'
    assert told(connection, query) == [
        ("xugou-yi", "disclosure", "fees", "xugou-jia-2023"),
        ("xugou-yi", "disputes", "reconsideration", "xugou-jia-2023"),
    ]
    assert told(connection, "SELECT count(*) FROM consolidated_lines") == [(2,)]
    connection.close()


def _empty(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(None if cell == "" else cell for cell in row)


def test_numbers_are_numbers_and_amounts_have_their_exact_spelling(tmp_path: Path) -> None:
    package = made_up.package()
    package.set("disclosure", "fees", "amount", "999999999999999.999990")
    package.set("disputes", "reconsideration", "total", "-")
    package.write(tmp_path / "datapackages")
    connection = outputs.opened(database(open_library(tmp_path / "datapackages"), ()))
    query = 'SELECT typeof(value), value, exact, status FROM observations WHERE "table" = ? AND line = ? AND "column" = ?'
    ((_, value, exact, status),) = told(connection, query, "disclosure", "fees", "amount")
    assert (value, exact, status) == (pytest.approx(1e15), "999999999999999.999990", "reported")
    assert told(connection, query, "disputes", "reconsideration", "total") == [("null", None, None, "not_applicable")]
    count = told(connection, query, "applications", "new", "total")[0]
    assert count == ("integer", package.figures["applications"]["new"]["total"], str(count[1]), "reported")
    assert {kind for (kind,) in told(connection, "SELECT DISTINCT typeof(value) FROM figures")} == {"integer", "null"}
    connection.close()


def test_findings_indicators_and_names_are_all_there(real: sqlite3.Connection, library: Library, findings: tuple[Finding, ...]) -> None:
    found = told(
        real, "SELECT agency, year, rule, address, message_zh FROM findings LEFT JOIN reports ON reports.id = report ORDER BY findings.id"
    )
    assert found == [(each.agency, each.year, each.rule, each.address, each.message()) for each in findings]
    rates = told(real, "SELECT agency, year, indicator, value, reason FROM indicator_values JOIN reports ON reports.id = report")
    expected = {
        (*key, name, None if value.value is None else float(value.value), value.reason)
        for name, values in of_library(library).items()
        for key, value in values.items()
    }
    assert set(rates) == expected
    assert told(real, "SELECT count(*) FROM notes") == [(sum(len(report.notes) for report in library),)]
    assert told(real, "SELECT count(*) FROM sources") == [(sum(len(report.sources) for report in library),)]
    assert {row[0] for row in told(real, "SELECT id FROM rules")} == set(forms().rules)


@pytest.mark.parametrize(
    "query, what",
    [
        (
            "SELECT id FROM names_index JOIN names ON number = names_index.rowid WHERE names_index MATCH '行政复议'",
            "disputes/reconsideration",
        ),
        (
            "SELECT id FROM names_index JOIN names ON number = names_index.rowid WHERE names_index MATCH 'internal affairs'",
            "applications/refused.internal_affairs",
        ),
        ("SELECT id FROM names_index JOIN names ON number = names_index.rowid WHERE names_index MATCH '综合实验区'", "pingtan"),
        ("SELECT id FROM names WHERE name LIKE '%复议%'", "disputes/litigation_after_reconsideration"),
        ("SELECT id FROM names WHERE name LIKE '%办结%'", "completion_rate"),
    ],
)
def test_names_are_found_by_any_part(real: sqlite3.Connection, query: str, what: str) -> None:
    assert what in [name for (name,) in told(real, query)]


def test_a_series_is_one_query_that_uses_an_index(real: sqlite3.Connection) -> None:
    query = (
        "SELECT year, value FROM figures JOIN cells ON cells.id = cell JOIN reports ON reports.id = report "
        "WHERE agency = 'pingtan' AND table_id = 'applications' AND line_id = 'new' AND column_id = 'total' ORDER BY year"
    )
    assert [year for year, _ in told(real, query)] == [2019, 2020, 2021, 2022, 2023, 2024, 2025]
    assert not any(re.match(r"SCAN (figures|cells|reports)\b(?! USING)", row[3]) for row in told(real, f"EXPLAIN QUERY PLAN {query}"))


def test_an_agency_without_reports_and_a_corpus_without_any_are_no_error(tmp_path: Path) -> None:
    package = made_up.package()
    package.write(tmp_path / "datapackages")
    library = open_library(tmp_path / "datapackages", reports=False)
    connection = outputs.opened(database(library, check(library)))
    assert told(connection, "SELECT count(*) FROM observations") == [(0,)]
    assert told(connection, "SELECT id FROM agencies") == [(package.agency,)]
    connection.close()


def test_what_refers_to_nothing_is_never_published(library: Library, findings: tuple[Finding, ...]) -> None:
    stray = replace(findings[0], rule="NO-SUCH-RULE")
    with pytest.raises(PublishError, match="findings"):
        database(library, (stray,))


def test_what_stands_there_twice_is_never_published(report: Callable[[made_up.Package], Report]) -> None:
    sound = report(made_up.package())
    twice = replace(sound, revisions=tuple(Revision("1.0.1", f"2026-02-0{day}", "更正", ()) for day in (1, 2)))
    agency = Agency(id=sound.agency, name="虚构", name_en="Invented", kind="department", parent=None, region="虚构", site="", codes={})
    with pytest.raises(PublishError, match=r"revisions\.version"):
        database(Library(agencies={agency.id: agency}, reports={(agency.id, sound.year): twice}, findings=()), ())


def test_the_digest_of_a_report_is_that_of_its_published_descriptor(real: sqlite3.Connection, library: Library) -> None:
    expected = {report.name: file_hash(package.package_files(report)["datapackage.json"]) for report in library}
    assert dict(told(real, "SELECT agency || '-' || year, digest FROM reports")) == expected


def test_periods_codes_and_revisions_are_kept(report: Callable[[made_up.Package], Report]) -> None:
    sound = report(made_up.package())
    agency = Agency(
        id=sound.agency, name="虚构", name_en="Invented", kind="department", parent=None, region="虚构", site="", codes={"b": "2", "a": "1"}
    )
    period = (date(2023, 9, 1), date(2023, 12, 31))
    found = replace(
        sound,
        period=period,
        revisions=(Revision("1.0.1", "2026-02-01", "更正", (Change(text="a/b/c 1 -> 2"), Change(text="a/b/d 3 -> 4"))),),
    )
    library = Library(agencies={agency.id: agency}, reports={(agency.id, sound.year): found}, findings=())
    connection = outputs.opened(database(library, ()))
    assert told(connection, "SELECT period_start, period_end FROM reports") == [("2023-09-01", "2023-12-31")]
    assert told(connection, "SELECT name, code FROM agency_codes") == [("a", "1"), ("b", "2")]
    assert told(connection, "SELECT version, date, reason, changes FROM revisions") == [
        ("1.0.1", "2026-02-01", "更正", "a/b/c 1 -> 2\na/b/d 3 -> 4")
    ]
    connection.close()


def test_a_system_without_full_text_is_told_in_both_languages(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    assert module.available() is None

    class Poor(sqlite3.Connection):
        def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
            if "fts5" in sql:
                raise sqlite3.OperationalError("no such module: fts5")
            return super().execute(sql, *values)

    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *args, **named: connect(*args, factory=Poor, **named))
    lacks = module.available()
    assert lacks is not None
    assert "SQLite" in words()[lacks].zh
    assert "SQLite" in words()[lacks].en
    with pytest.raises(PublishError, match="SQLite"):
        database(library, ())
