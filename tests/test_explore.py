"""The page that asks the database: its examples, its engine, what a query shows and leaves behind, and figures sifted without SQL."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from contextlib import closing
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

import made_up
import outputs
import pytest
from framed import filed, mounted
from open_reports.checks.check import check
from open_reports.derived.whole import totals
from open_reports.errors import FormError, PublishError
from open_reports.files.agencies import agency_list
from open_reports.files.database import database
from open_reports.files.observations import OBSERVATION
from open_reports.form import Address, forms
from open_reports.library import open_library
from open_reports.pages import explore
from open_reports.pages.assets import shipped
from open_reports.pages.explore import DATABASE, ENGINE, SCRIPTS, WORKER, Settings, explore_page, labels, read_settings, settings
from open_reports.site import frame
from open_reports.text import Words
from playwright.sync_api import expect
from rendering import PHONE, SCHEMES, arrived, faults, overflow
from website import Chromium, Watch, browser, served

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from open_reports.finding import Finding
    from open_reports.library import Library
    from playwright.sync_api import Page
    from rendering import Scheme
    from website import Server

__all__ = ["browser"]

PAGES = {"zh": "explore/", "en": "en/explore/"}
ON_DEMAND = (DATABASE, WORKER, *ENGINE, "agencies.json")
LONG = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 2000000000) SELECT count(*) FROM n"
"""A query of some minutes: more than the page gives one, and not without an end."""


# -- a small site: the page in both languages and what it loads ----------------------------------------------------------


def write_site(folder: Path, library: Library, data: bytes) -> None:
    """Write the page in both languages with all that it may load, in the theme's styles and below the site's own policy."""
    own = "assets/open-reports/"
    for language in PAGES:
        mounted(folder, explore_page(Words(language), database_size=lambda: len(data)), assets=own, styles=("explore.css",))
    for name in (WORKER, *ENGINE):
        (folder / own / name).write_bytes(shipped()[name].read_bytes())
    (folder / DATABASE).parent.mkdir(parents=True)
    (folder / DATABASE).write_bytes(data)
    (folder / "compare").mkdir()
    (folder / "compare" / "agencies.json").write_bytes(agency_list(library))
    filed(folder, library)


@pytest.fixture(scope="module")
def data(library: Library, findings: tuple[Finding, ...]) -> bytes:
    """Database of the project's own packages."""
    return database(library, findings)


@pytest.fixture(scope="module")
def real(data: bytes) -> Iterator[sqlite3.Connection]:
    with closing(outputs.opened(data)) as connection:
        yield connection


@pytest.fixture(scope="module")
def server(library: Library, data: bytes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("explore") / "site"
    write_site(folder, library, data)
    with served(folder) as running:
        yield running


def opened(browser: Chromium, server: Server, query: str = "", *, language: str = "zh", **options: Any) -> Page:
    page = browser.context(**options).new_page()
    page.goto(f"{server.url}{PAGES[language]}{query}")
    return page


def asked(page: Page, sql: str) -> str:
    """Run a query and return what the page says of it, when it is done."""
    page.locator("#or-sql").fill(sql)
    page.locator("#or-sql-run").click()
    return settled(page)


def settled(page: Page) -> str:
    page.locator("#or-sql-stop").wait_for(state="hidden")
    return page.locator("#or-sql-status").inner_text()


def cells(page: Page, where: str = "#or-sql-result") -> list[list[str]]:
    rows = page.locator(f"{where} tbody tr").evaluate_all("rows => rows.map(row => [...row.cells].map(cell => cell.textContent))")
    return [list(row) for row in rows]


def taken(page: Page, where: str = "#or-sql-result") -> str:
    """Text of the CSV that the page hands out."""
    with page.expect_download() as waiting:
        page.locator(f"{where} .or-actions button").first.click()
    return waiting.value.path().read_bytes().decode()


def csv_rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


# -- the engine, as shipped ----------------------------------------------------------------------------------------------


def test_engine_is_the_one_its_origin_names() -> None:
    """Each file of the package is byte for byte what was taken from it, with its licence beside it."""
    origin = shipped()["sql.js-ORIGIN.txt"].read_text(encoding="utf-8")
    stated = re.findall(r"^([0-9a-f]{64})  (\S+) ", origin, re.MULTILINE)
    assert {name for _, name in stated} == {*ENGINE, "sql.js-LICENSE.txt"}
    for digest, name in stated:
        assert hashlib.sha256(shipped()[name].read_bytes()).hexdigest() == digest, name
    assert "Permission is hereby granted, free of charge" in shipped()["sql.js-LICENSE.txt"].read_text(encoding="utf-8")


def test_a_package_without_its_engine_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explore, "ENGINE", ("sql-wasm.js", "no-such.wasm"))
    explore._engine_size.cache_clear()
    with pytest.raises(PublishError, match=r"no-such\.wasm"):
        explore_page(Words("zh"), database_size=lambda: 1)
    monkeypatch.undo()
    explore._engine_size.cache_clear()
    assert explore_page(Words("zh"), database_size=lambda: 1).path == "explore/"


# -- examples ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", PAGES)
@pytest.mark.parametrize("example", [each.id for each in settings().examples])
def test_every_example_finds_something(real: sqlite3.Connection, example: str, language: str) -> None:
    (query,) = (each.query(language) for each in settings().examples if each.id == example)
    assert "{" not in query
    cursor = real.execute(query)
    assert len(cursor.description) >= 3
    assert cursor.fetchall() != []


def rows_of(real: sqlite3.Connection, example: str) -> list[tuple[Any, ...]]:
    (query,) = (each.query("zh") for each in settings().examples if each.id == example)
    return real.execute(query).fetchall()


def test_examples_say_what_the_packages_say(real: sqlite3.Connection, library: Library, findings: tuple[Finding, ...]) -> None:
    """Held against the reports themselves: new requests, discrepancies, and what one year hands to the next."""
    assert len(settings().examples) >= 8
    names = {agency.id: agency.name for agency in library.agencies.values()}
    by_report = {(names[agency], year): report for (agency, year), report in library.reports.items()}
    new = {(name, year): (value, status) for name, year, value, status in rows_of(real, "new_requests")}
    assert new.keys() == by_report.keys()
    for key, report in by_report.items():
        figure = report.figure("applications", "new", "total")
        assert new[key] == (int(figure.text) if figure.status == "reported" else None, figure.status)
    assert [row[:2] for row in rows_of(real, "all_agencies")] == list(totals(library, Address("applications", "new", "total")).items())
    assert len(rows_of(real, "contradictions")) == sum(each.level == "discrepancy" and each.year is not None for each in findings)
    chain = rows_of(real, "carry_over")
    for name, before, handed, year, carried, difference in chain:
        assert before == year - 1
        assert handed == int(by_report[name, before].figure("applications", "carried_out", "total").text)
        assert carried == int(by_report[name, year].figure("applications", "carried_in", "total").text)
        assert difference == carried - handed
    assert len(chain) == sum((name, year - 1) in by_report for name, year in by_report)


def test_share_of_a_reason_is_of_its_own_report(real: sqlite3.Connection) -> None:
    shares: dict[tuple[str, int], float] = {}
    for name, year, _, _, percent in rows_of(real, "refusal_reasons"):
        shares[name, year] = shares.get((name, year), 0) + percent
    assert shares
    assert all(share == pytest.approx(100, abs=0.5) for share in shares.values())


LIMITS = "".join(f"{key}: 1\n" for key in Settings._fields if key != "examples")
ONE = "examples: [{id: one, title: {zh: 一, en: One}, sql: SELECT 1}]\n"


def test_settings_are_read() -> None:
    read = read_settings(LIMITS + ONE)
    assert (read.seconds, read.examples[0].title.en, read.examples[0].query("en")) == (1, "One", "SELECT 1")


@pytest.mark.parametrize(
    "text, says",
    [
        (LIMITS.replace("rows: 1", "rows: 0") + ONE, "rows"),
        (LIMITS.replace("rows: 1", "rows: many") + ONE, "rows"),
        (LIMITS + "examples: []\n", "examples"),
        (LIMITS + ONE.replace("en: One", "fr: Un"), "title"),
        (LIMITS + ONE.replace("SELECT 1", "' '"), "sql"),
        (LIMITS + ONE.replace("SELECT 1", '"SELECT\\u200b1"'), "U.200B"),
        (LIMITS + ONE.replace(", sql: SELECT 1", ""), "sql"),
        (LIMITS + ONE.replace("}]", "}, {id: one, title: {zh: 二, en: Two}, sql: SELECT 2}]"), "one"),
        (LIMITS + "colour: red\n" + ONE, "colour"),
    ],
)
def test_wrong_settings_are_refused(text: str, says: str) -> None:
    with pytest.raises(FormError, match=says):
        read_settings(text)


# -- the page without a browser ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", PAGES)
def test_everything_printed_has_a_name(language: str) -> None:
    named = {table["id"]: table for table in labels(Words(language))}
    for form in forms().values():
        for table in form.tables.values():
            assert {line for line, name in named[table.id]["lines"] if name} >= set(table.lines)
            assert {column for column, name in named[table.id]["columns"] if name} >= set(table.columns)


def test_names_cannot_end_the_data_of_the_page() -> None:
    html = explore_page(Words("zh"), database_size=lambda: 1).build()
    text = html.partition('id="or-explore-data">')[2].partition("</script>")[0]
    assert set(text) & set("<>&") == set()
    assert json.loads(text)["limits"]["rows"] == settings().rows


@pytest.mark.parametrize("language", PAGES)
def test_a_large_database_is_offered_to_take_away(language: str) -> None:
    html = explore_page(Words(language), database_size=lambda: settings().megabytes * 1_000_000 + 100_000).build()
    assert f"{settings().megabytes}.1 MB" in html
    assert f'href="{"../" if language == "zh" else "../../"}data/reports.sqlite" download' in html
    assert 'id="or-sql"' not in html
    assert 'id="or-explore-facets"' in html
    assert 'id="or-example-new_requests"' in html


def test_a_site_without_database_says_so() -> None:
    html = explore_page(Words("zh"), database_size=lambda: 0).build()
    assert Words("zh")("explore_none") in html
    assert "reports.sqlite" not in html.replace('data-database="../data/reports.sqlite"', "")
    assert 'id="or-explore-facets"' in html


# -- loading -------------------------------------------------------------------------------------------------------------


def loaded(server: Server) -> set[str]:
    return {name for name in ON_DEMAND if any(path.endswith(name) for path in server.asked)}


def test_nothing_is_loaded_before_somebody_asks(browser: Chromium, server: Server, data: bytes) -> None:
    server.asked.clear()
    page = opened(browser, server)
    expect(page.get_by_role("button", name="选机关")).to_be_visible()
    expect(page.locator("#or-sql-load")).to_be_visible()
    assert loaded(server) == set()
    assert page.get_by_text(f"{len(data) / 1024:.1f} KB").first.is_visible()
    assert sum(len(shipped()[name].read_bytes()) for name in SCRIPTS) < 50_000
    page.locator("#or-sql-load").click()
    assert settled(page) == "数据库已载入，可以查询。"
    assert loaded(server) == {DATABASE, WORKER, *ENGINE}
    asked(page, "SELECT 1")
    assert [path for path in server.asked if path.endswith(DATABASE)] == [server.mount + DATABASE]
    page.context.close()


def test_the_page_itself_may_run_no_engine(browser: Chromium, server: Server) -> None:
    """Only the worker does, whose policy is its own: nothing is added to that of the page."""
    page = opened(browser, server)
    policy = page.locator("meta[http-equiv=Content-Security-Policy]").get_attribute("content")
    assert policy == frame.policy(())
    refused = page.evaluate("WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])).then(() => '', error => error.message)")
    assert "Content Security Policy" in refused
    asked(page, "SELECT 42 AS answer")
    assert cells(page) == [["42"]]
    page.context.close()


@pytest.mark.parametrize("language", PAGES)
def test_every_example_gives_the_same_in_the_browser(browser: Chromium, server: Server, real: sqlite3.Connection, language: str) -> None:
    """One press runs it; its CSV has the rows that Python's SQLite finds, and the page as many as it shows."""
    page = opened(browser, server, language=language)
    for example in settings().examples:
        page.get_by_role("button", name=example.title[language], exact=True).click()
        settled(page)
        assert page.locator("#or-sql-trouble").inner_text() == "", example.id
        cursor = real.execute(example.query(language))
        expected = [[name for name, *_ in cursor.description], *([spelt(value) for value in row] for row in cursor)]
        assert csv_rows(taken(page)) == expected, example.id
        assert len(cells(page)) == len(expected) - 1
        assert unquote(page.url.partition("?q=")[2].replace("+", " ")) == example.query(language)
    page.context.close()


def spelt(value: Any) -> str:
    """A value as a browser spells it: a whole real number without its point."""
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


# -- asking --------------------------------------------------------------------------------------------------------------


def pressed(page: Page) -> str:
    """Run the query that the address brought, by the one press that it takes, and return what the page says of it."""
    page.locator(".or-asking button").click()
    return settled(page)


@pytest.mark.parametrize("language", PAGES)
def test_query_in_the_address_waits_for_a_press(browser: Chromium, server: Server, language: str) -> None:
    """It stands in the box, with a word why it has not run and a button that runs it; until then nothing is loaded."""
    server.asked.clear()
    page = opened(browser, server, f"?q={quote(LONG)}", language=language)
    w = Words(language)
    asking = page.locator(".or-asking")
    assert w("explore_asked", size="0") != asking.locator("p").inner_text()
    assert asking.locator("p").inner_text().startswith(w("explore_asked").partition("{")[0])
    assert page.locator("#or-sql").input_value() == LONG
    assert page.locator("#or-sql-status").inner_text() == ""
    assert loaded(server) == set()
    page.locator("#or-sql").fill("SELECT 7")
    button = asking.get_by_role("button", name=w("explore_asked_button"))
    button.focus()
    page.keyboard.press("Enter")
    page.locator("#or-sql-result table").wait_for()
    assert cells(page) == [["7"]]
    assert asking.count() == 0
    assert page.evaluate("document.activeElement.id") == "or-sql-run"
    page.context.close()


def test_query_in_the_address_is_sent_on(browser: Chromium, server: Server) -> None:
    """It survives a reload, and the switch of languages keeps it."""
    query = "SELECT count(*) AS n, '复议 & 100%' AS text FROM reports"
    page = opened(browser, server, f"?q={quote(query)}")
    assert pressed(page).startswith("共 1 行")
    first = cells(page)
    assert first[0][1] == "复议 & 100%"
    page.reload()
    pressed(page)
    page.locator("#or-sql-result table").wait_for()
    assert cells(page) == first
    page.locator("a[hreflang=en]").click()
    arrived(page, re.compile(r"/en/explore/\?q="))
    pressed(page)
    page.locator("#or-sql-result table").wait_for()
    assert cells(page) == first
    assert page.locator("#or-sql").input_value() == query
    page.context.close()


def test_a_query_too_long_for_an_address_is_not_taken_from_one(browser: Chromium, server: Server) -> None:
    page = opened(browser, server, f"?q=SELECT+1+--{'x' * settings().address}")
    expect(page.locator("#or-sql-status")).to_have_text("网址带来的查询超过 6,000 个字符，没有放进框里。")
    assert page.locator("#or-sql").input_value() == ""
    assert page.locator(".or-asking").count() == 0
    page.context.close()


# -- a query that asks very much ----------------------------------------------------------------------------------------


def numbered(count: int, *columns: str) -> str:
    """A query with so many rows, each with `i`, its number."""
    return f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT {count}) SELECT {', '.join(columns)} FROM n"  # noqa: S608 (it is a test)


def test_a_wide_result_is_cut_and_told(browser: Chromium, server: Server) -> None:
    """Nearly as many columns as SQLite gives: the page shows the first, the CSV has them all."""
    page = opened(browser, server)
    said = asked(page, numbered(251, *(f"i AS c{number}" for number in range(1900))))
    assert "共 251 行，这里列出前 100 行；CSV 有全部。" in said
    assert "共 1,900 列，这里列出前 200 列；CSV 有全部。" in said
    shown = cells(page)
    assert (len(shown), {len(row) for row in shown}) == (100, {200})
    assert len(shown) * 200 == settings().cells
    rows = csv_rows(taken(page))
    assert (len(rows), {len(row) for row in rows}) == (252, {1900})
    page.context.close()


def test_long_texts_are_cut_and_told(browser: Chromium, server: Server) -> None:
    page = opened(browser, server)
    said = asked(page, numbered(251, *(f"printf('%.*c', 2001, 'x') AS c{number}" for number in range(20))))
    assert "共 251 行，这里列出前 49 行；CSV 有全部。" in said
    assert said.endswith("很长的文字只列出前 2,000 个字符，以“…”结尾。")
    shown = cells(page)
    assert {text for row in shown for text in row} == {"x" * 2000 + "…"}
    assert sum(len(text) - 1 for row in shown for text in row) <= settings().characters
    assert {len(text) for row in csv_rows(taken(page))[1:] for text in row} == {2001}
    page.context.close()


def test_a_value_over_the_limit_is_cut_and_told(browser: Chromium, server: Server) -> None:
    page = opened(browser, server)
    size = settings().value * 1_000_000
    said = asked(page, f"SELECT zeroblob({size + 100}) AS bytes, printf('%.*c', {size + 100}, 'x') AS text, zeroblob({size}) AS whole")
    assert said.endswith("有 2 个值太长，没有读完（一个值最多 1 MB），以“…”结尾，CSV 里也是这样。")
    assert [len(text) for text in cells(page)[0]] == [2001, 2001, 2001]
    assert csv_rows(taken(page))[1] == ["00" * size + "…", "x" * size + "…", "00" * size]
    page.context.close()


def test_stop_ends_a_result_that_is_being_read(browser: Chromium, server: Server) -> None:
    """Its rows come one after another, each after some work; the page answers all the while."""
    page = opened(browser, server)
    work = "(WITH RECURSIVE m(j) AS (SELECT i UNION ALL SELECT j + 1 FROM m LIMIT 20000) SELECT max(j) FROM m)"
    page.locator("#or-sql").fill(numbered(100_000, "i", work))
    page.locator("#or-sql-run").click()
    page.get_by_text("正在查询……").wait_for()
    page.get_by_role("button", name="停止").click()
    assert settled(page) == "已停止。"
    asked(page, "SELECT 7")
    assert cells(page) == [["7"]]
    page.context.close()


def test_a_link_cannot_change_what_the_next_query_finds(browser: Chromium, server: Server) -> None:
    page = opened(browser, server, f"?q={quote('PRAGMA query_only = 0; DELETE FROM findings')}")  # noqa: S608 (it is the test)
    pressed(page)
    assert "这里只能查询，不能改动数据。" in page.locator("#or-sql-trouble").inner_text()
    asked(page, "SELECT count(*) > 0 FROM findings")
    assert cells(page) == [["1"]]
    page.context.close()


def test_keyboard_alone_asks_and_reads(browser: Chromium, server: Server) -> None:
    page = opened(browser, server)
    page.get_by_label("SQL 语句").focus()
    page.keyboard.type("SELECT 1 AS a, 2 AS b")
    page.keyboard.press("Control+Enter")
    page.locator("#or-sql-result table").wait_for()
    assert page.evaluate("document.activeElement.id") == "or-sql"
    reached = []
    for _ in range(8):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.innerText.trim().split('\\n')[0]"))
    assert reached[:1] == ["执行"]
    assert "查询结果" in reached
    assert "下载 CSV" in reached
    page.context.close()


def test_values_are_taken_away_exactly_and_run_in_no_spreadsheet(browser: Chromium, server: Server) -> None:
    """What the worker gives is what stands in the cells and in the file taken away; value by value, `worker.test.js` holds it to that."""
    page = opened(browser, server)
    asked(page, "SELECT -9223372036854775807, 9007199254740993, '-18.50', '@x', NULL, '', 0")
    assert cells(page) == [["-9223372036854775807", "9007199254740993", "-18.50", "@x", "NULL", "", "0"]]
    assert taken(page).splitlines()[1] == '-9223372036854775807,9007199254740993,-18.50,\'@x,,"",0'
    page.context.close()


def test_long_results_are_cut_and_say_so(browser: Chromium, server: Server) -> None:
    page = opened(browser, server)
    shown, most = settings().rows, settings().most
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n{}) SELECT i FROM n"
    said = asked(page, numbers.format(" LIMIT 1500"))
    assert said.startswith(f"共 1,500 行，这里列出前 {shown:,} 行；CSV 有全部。")
    assert cells(page) == [[str(number)] for number in range(1, shown + 1)]
    assert csv_rows(taken(page)) == [["i"], *([str(number)] for number in range(1, 1501))]
    assert asked(page, numbers.format(f" LIMIT {most + 1}")).startswith(
        f"结果很长：只取前 {most:,} 行，这里列出前 {shown:,} 行，后面还有。"
    )
    assert asked(page, "SELECT 1 WHERE 0") == "没有符合的行。"
    assert re.fullmatch(r"共 1 行，用时 \d+\.\d\d 秒。", asked(page, "SELECT 1; -- nothing more"))
    assert asked(page, "-- nothing") == "语句已执行，没有结果表。"
    assert asked(page, "") == "请先写 SQL，或者点一个例子。"
    page.context.close()


def test_a_query_too_long_for_an_address_is_run_all_the_same(browser: Chromium, server: Server) -> None:
    page = opened(browser, server, "?q=SELECT+1")
    settled(page)
    said = asked(page, f"SELECT 1 -- {'x' * settings().address}")
    assert said.endswith("没有放进地址，复制链接不会带上它。")
    assert "q=" not in page.url
    page.context.close()


# -- what goes wrong -----------------------------------------------------------------------------------------------------

WRONG = {
    "SELEC 1": ("“SELEC”附近写法不对", 'near "SELEC": syntax error'),
    "SELECT (1": ("语句没有写完", "incomplete input"),
    "SELECT 'x": ("附近写法不对", "unrecognized token"),
    "SELECT * FROM nobody": ("没有名为“nobody”的表", "no such table: nobody"),
    "SELECT nobody FROM reports": ("没有名为“nobody”的列", "no such column: nobody"),
    "SELECT nobody(1)": ("没有名为“nobody”的函数", "no such function: nobody"),
    "SELECT id FROM reports JOIN agencies": ("几个表都有“id”列", "ambiguous column name: id"),
    "SELECT * FROM names_index": ("没有全文检索", "no such module: fts5"),
    "DELETE FROM figures": ("只能查询", "attempt to write a readonly database"),
    "CREATE TABLE mine (id)": ("只能查询", "attempt to write a readonly database"),
    "SELECT zeroblob(2000000000)": ("需要的内存", "string or blob too big"),
    "SELECT abs(-9223372036854775808)": ("执行不了", "integer overflow"),
}


def test_errors_are_explained_beside_what_the_engine_says(browser: Chromium, server: Server) -> None:
    page = opened(browser, server)
    trouble = page.locator("#or-sql-trouble")
    for query, (plain, engine) in WRONG.items():
        asked(page, query)
        text = trouble.inner_text()
        assert plain in text, (query, text)
        assert engine in trouble.locator("code").inner_text(), query
        assert page.locator("#or-sql").get_attribute("aria-invalid") == "true"
        assert cells(page) == []
    assert asked(page, "SELECT count(*) FROM figures").startswith("共 1 行")
    assert int(cells(page)[0][0]) > 3000
    assert trouble.inner_text() == ""
    assert page.locator("#or-sql").get_attribute("aria-invalid") is None
    page.context.close()


def test_stop_ends_a_long_query_and_the_next_one_runs(browser: Chromium, server: Server) -> None:
    """The page answers while it runs; the database is not downloaded again."""
    server.asked.clear()
    page = opened(browser, server, f"?q={quote(LONG)}")
    page.locator(".or-asking button").click()
    stop = page.get_by_role("button", name="停止")
    page.get_by_text("正在查询……").wait_for()
    assert page.locator("#or-sql-run").get_attribute("aria-disabled") == "true"
    page.locator("#or-sql").press("Control+Enter")  # one at a time: nothing happens
    stop.focus()
    page.keyboard.press("Enter")
    assert settled(page) == "已停止。"
    assert page.evaluate("document.activeElement.id") == "or-sql-run"
    assert asked(page, "SELECT 7").startswith("共 1 行")
    assert cells(page) == [["7"]]
    assert sum(path.endswith(DATABASE) for path in server.asked) == 1
    page.context.close()


def test_a_download_can_be_stopped(browser: Chromium, server: Server) -> None:
    page = opened(browser, server)
    held: list[Any] = []

    def hold(route: Any) -> None:
        held.append(route)

    page.route(f"**/{DATABASE}", hold)
    page.locator("#or-sql").fill("SELECT 7")
    page.locator("#or-sql-run").click()
    page.get_by_role("button", name="停止").click()
    assert settled(page) == "已停止。"
    page.unroute(f"**/{DATABASE}")
    asked(page, "SELECT 7")
    assert cells(page) == [["7"]]
    assert len(held) == 1
    page.context.close()


def test_a_query_ends_by_itself_after_its_time(browser: Chromium, server: Server) -> None:
    said = f'"seconds": {settings().seconds}'.encode()
    with served(server.folder, change=lambda html: html.replace(said, b'"seconds": 1')) as other:
        page = opened(browser, other)
        asked(page, LONG)
        assert page.locator("#or-sql-trouble").inner_text() == "超过 1 秒，已停止。加上条件或 LIMIT，让查询小一些。"
        asked(page, "SELECT 7")
        assert cells(page) == [["7"]]
        page.context.close()


@pytest.mark.parametrize(
    "path, answer, says",
    [
        (DATABASE, {"status": 503}, "数据库没有下载成功。"),
        (DATABASE, {"body": "<html>captive portal</html>" * 200}, "下载的文件不是完整的数据库。"),
        (WORKER, {"status": 404}, "查询程序没有启动"),
        ("sql-wasm.wasm", {"status": 404}, "查询程序没有启动"),
    ],
)
def test_what_cannot_be_loaded_is_told_and_tried_again(
    browser: Chromium, server: Server, path: str, answer: dict[str, Any], says: str
) -> None:
    context = browser.context()
    context.route(f"**/{path}", lambda route: route.fulfill(**answer))
    page = context.new_page()
    page.goto(f"{server.url}explore/")
    asked(page, "SELECT 7")
    assert says in page.locator("#or-sql-trouble").inner_text()
    context.unroute(f"**/{path}")
    asked(page, "SELECT 7")
    assert cells(page) == [["7"]]
    assert page.locator("#or-sql-trouble").inner_text() == ""
    context.close()


HOSTILE = "<img src=x onerror=alert(1)><script>alert(2)</script>"


def test_what_a_query_shows_is_inert(browser: Chromium, server: Server) -> None:
    """Values, column names, errors and the address itself are shown as text."""
    context = browser.context()
    watch = Watch.over(context)
    page = context.new_page()
    for query in (f"SELECT '{HOSTILE}' AS \"{HOSTILE}\"", f'SELECT * FROM "{HOSTILE}"', f"</textarea>{HOSTILE}"):  # noqa: S608 (it is the test)
        page.goto(f"{server.url}explore/?q={quote(query)}")
        pressed(page)
        page.locator("#or-sql-result td, #or-sql-trouble code").first.wait_for()
        assert page.locator("#or-sql").input_value() == query
        assert page.locator(".or-explore img, .or-explore script").count() == 0
    page.goto(f"{server.url}explore/?q={quote(f'''SELECT '{HOSTILE}' AS x''')}")
    pressed(page)
    page.locator("#or-sql-result td").wait_for()
    assert cells(page) == [[HOSTILE]]
    assert watch.dialogs == []
    assert watch.elsewhere(server) == []
    assert watch.complaints == []
    context.close()


# -- sifting without SQL -------------------------------------------------------------------------------------------------

FIGURES = "#or-explore-facets"


def sifted(page: Page) -> str:
    page.locator(f"{FIGURES} .or-facets").wait_for()
    page.wait_for_function("() => !document.querySelector('#or-explore-facets').textContent.includes('正在读取')")
    return page.locator(f"{FIGURES} > .or-status").inner_text()


def options(page: Page, facet: str) -> dict[str, int]:
    """Choices of a facet with their counts; the empty one is all."""
    found = page.locator(f"#or-facet-{facet} option").evaluate_all("all => all.map(each => [each.value, each.textContent])")
    return {value: int(re.findall(r"（([\d,]+)）$", text)[0].replace(",", "")) for value, text in found}


def test_figures_are_sifted_by_what_is_chosen(browser: Chromium, server: Server, library: Library) -> None:
    """Only the chosen agency is read; counts, rows and CSV are those of its reports; the choice survives a reload."""
    server.asked.clear()
    page = opened(browser, server)
    page.get_by_role("button", name="选机关").click()
    page.get_by_label("平潭综合实验区公安局").check()
    sifted(page)
    assert [path for path in server.asked if "/reports/" in path] == [f"{server.mount}reports/pingtan-police/pingtan-police.csv"]
    assert loaded(server) == {"agencies.json"}
    everything = [figure for report in library.of_agency("pingtan-police") for figure in report.figures()]
    assert options(page, "year") == {
        "": len(everything),
        **{str(report.year): len(list(report.figures())) for report in library.of_agency("pingtan-police")},
    }
    page.locator("#or-facet-year").select_option("2024")
    page.locator("#or-facet-line").select_option("applications/new")
    report = library.reports["pingtan-police", 2024]
    wanted = [figure for figure in report.figures() if (figure.address.table, figure.address.line) == ("applications", "new")]
    assert sifted(page) == f"符合条件的有 {len(wanted)} 格。"
    assert options(page, "column") == {"": 7, **{f"applications/{figure.address.column}": 1 for figure in wanted}}
    assert [row[-2] for row in cells(page, FIGURES)] == [figure.text for figure in wanted]
    rows = csv_rows(taken(page, FIGURES))
    assert tuple(rows[0]) == OBSERVATION
    assert [(row[2], "/".join(row[4:7]), row[7], row[8]) for row in rows[1:]] == [
        ("2024", str(figure.address), figure.text, "reported") for figure in wanted
    ]
    assert page.locator(f"{FIGURES} thead th").all_inner_texts() == ["机关", "列", "数字", "单位"]
    assert page.locator(f"{FIGURES} caption").inner_text() == "2024 · 一、本年新收政府信息公开申请数量 · 点数字看原表"
    link = page.locator(f"{FIGURES} tbody a").first.get_attribute("href")
    assert link == f"../reports/pingtan-police/2024/#{wanted[0].address}"
    before = cells(page, FIGURES)
    page.reload()
    sifted(page)
    assert cells(page, FIGURES) == before
    page.locator("a[hreflang=en]").click()
    arrived(page, f"{server.url}en/explore/?a=pingtan-police&year=2024&line=applications%2Fnew")
    page.locator(f"{FIGURES} tbody tr").first.wait_for()
    assert [row[-2] for row in cells(page, FIGURES)] == [row[-2] for row in before]
    page.context.close()


def test_csv_of_all_rows_is_the_agencies_own_file(browser: Chromium, server: Server) -> None:
    """What the page reads of a file it hands out again, more than it shows."""
    page = opened(browser, server, "?a=pingtan")
    said = sifted(page)
    own = csv_rows((server.folder / "reports/pingtan/pingtan.csv").read_bytes().decode())
    assert len(own) > settings().rows
    assert said.startswith(f"符合条件的有 {len(own) - 1:,} 格，这里列出前 {settings().rows:,} 格")
    assert csv_rows(taken(page, FIGURES)) == own
    page.context.close()


def test_a_cell_without_number_says_why(browser: Chromium, server: Server) -> None:
    page = opened(browser, server, "?a=pingtan,pingtan-resources,pingtan-haitan,yinchuan-qianjinjie&status=line_absent")
    sifted(page)
    words = forms().common.statuses["line_absent"].zh
    values = {row[-2] for row in cells(page, FIGURES)}
    assert values == {words}
    rows = csv_rows(taken(page, FIGURES))[1:]
    assert {(row[7], row[8]) for row in rows} == {("", "line_absent")}
    page.get_by_role("button", name="清除条件").click()
    page.wait_for_function("() => document.getElementById('or-facet-status').value === ''")
    assert "status=" not in page.url
    page.context.close()


def test_address_that_names_nothing_is_told(browser: Chromium, server: Server) -> None:
    page = opened(browser, server, f"?a=pingtan,{quote(HOSTILE)}&line={quote(HOSTILE)}")
    assert sifted(page) == "符合条件的有 0 格。"
    assert HOSTILE[:20] in page.locator(f"{FIGURES} [role=alert]").inner_text()
    assert page.locator(f"{FIGURES} img").count() == 0
    page.get_by_role("button", name="清除条件").click()
    page.locator(f"{FIGURES} tbody tr").first.wait_for()
    page.context.close()


def test_unread_figures_are_told_and_tried_again(browser: Chromium, server: Server) -> None:
    context = browser.context()
    for broken in ("**/compare/agencies.json", "**/pingtan-police.csv"):
        context.route(broken, lambda route: route.fulfill(status=503))
    page = context.new_page()
    page.goto(f"{server.url}explore/?a=pingtan-police")
    page.get_by_text("没有读到机关名单。").wait_for()
    context.unroute("**/compare/agencies.json")
    page.get_by_role("button", name="重试").click()
    page.get_by_text("没有读到这些机关的数字：平潭综合实验区公安局。").wait_for()
    context.unroute("**/pingtan-police.csv")
    page.get_by_role("button", name="重试").click()
    page.locator(f"{FIGURES} tbody tr").first.wait_for()
    assert page.locator(f"{FIGURES} [role=alert]").inner_text() == ""
    context.close()


def test_names_of_packages_are_inert_and_many_agencies_are_found(browser: Chromium, tmp_path: Path) -> None:
    packages = tmp_path / "datapackages"
    package = made_up.package("xugou-jia", 2023)
    package.edit_agency("name", HOSTILE)
    package.write(packages)
    for number in range(60):
        other = packages / f"xugou-{number:02}"
        other.mkdir()
        (other / "agency.yml").write_text(made_up.agency_text(f"xugou-{number:02}"), encoding="utf-8")
    library = open_library(packages)
    assert library.findings == ()
    write_site(tmp_path / "site", library, database(library, check(library)))
    with served(tmp_path / "site") as server:
        context = browser.context()
        watch = Watch.over(context)
        page = context.new_page()
        page.goto(f"{server.url}explore/?a=xugou-jia")
        sifted(page)
        assert cells(page, FIGURES)[0][0] == HOSTILE
        picker = page.locator(f"{FIGURES} fieldset")
        assert picker.locator("input[type=checkbox]").count() == 50
        assert "列出 50 个，共 61 个符合" in picker.inner_text()
        assert picker.locator("input[type=checkbox]").first.is_checked()
        for box in picker.locator("input[type=checkbox]").all()[1 : settings().agencies]:
            box.check()
        picker.locator("input[type=checkbox]").nth(settings().agencies).click()
        assert f"最多选 {settings().agencies} 个机关。" in picker.inner_text()
        assert picker.locator("input[type=checkbox]:checked").count() == settings().agencies
        page.get_by_label("按名称或地区找机关").fill("no such")
        assert "没有符合的机关。" in picker.inner_text()
        asked(page, "SELECT name FROM agencies WHERE id = 'xugou-jia'")
        assert cells(page) == [[HOSTILE]]
        assert watch.dialogs == []
        context.close()


# -- for everybody -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", PAGES)
def test_without_scripts_the_page_says_what_it_would_do(browser: Chromium, server: Server, language: str) -> None:
    page = opened(browser, server, language=language, java_script_enabled=False, viewport={"width": PHONE, "height": 740})
    w = Words(language)
    assert page.get_by_text(w("explore_no_script")).is_visible()
    assert page.locator("#or-explore-sql").is_hidden()
    for text in ("explore_database", "explore_observations", "explore_data_page"):
        assert page.get_by_role("link", name=w(text)).is_visible()
    page.get_by_text(w("explore_queries")).click()
    assert page.locator("#or-example-new_requests").is_visible()
    assert overflow(page) == 0
    page.context.close()


def test_a_copy_in_a_folder_says_why_it_cannot_ask(browser: Chromium, server: Server) -> None:
    page = browser.context().new_page()
    page.goto((server.folder / "explore" / "index.html").as_uri())
    asked(page, "SELECT 1")
    assert "从文件夹打开的副本" in page.locator("#or-sql-trouble").inner_text()
    page.get_by_role("button", name="选机关").click()
    page.get_by_text("没有读到机关名单。 从文件夹打开的副本").wait_for()
    page.context.close()


@pytest.fixture(scope="module")
def judged(browser: Chromium, server: Server) -> Callable[[str], dict[Scheme, list[str]]]:
    """What is wrong in a language with a query that waits, with a result, figures and all unfolded, and with an error; the page is opened once for both schemes."""

    @cache
    def of(language: str) -> dict[Scheme, list[str]]:
        context = browser.context(viewport={"width": PHONE, "height": 740}, reduced_motion="reduce")
        watch = Watch.over(context)
        page = context.new_page()
        query = quote(settings().examples[0].query(language))
        page.goto(f"{server.url}{PAGES[language]}?a=pingtan-police,atlantis&year=2024&line=applications%2Fnew&q={query}")
        page.locator(f"{FIGURES} tbody tr").first.wait_for()
        waiting = faults(page)
        pressed(page)
        page.locator("#or-sql-result table").wait_for()
        found = faults(page, unfolded="body")
        small = page.locator(".or-explore :is(button, select, input[type=search], textarea, .or-choice)").evaluate_all(
            "all => all.filter(each => each.offsetParent && each.getBoundingClientRect().height < 44).map(each => each.outerHTML.slice(0, 80))"
        )
        asked(page, "SELEC")
        wrong = faults(page)
        context.close()
        noise = [*small, *watch.elsewhere(server), *browser.outside, *watch.complaints]
        return {scheme: [*waiting[scheme], *found[scheme], *wrong[scheme], *noise] for scheme in SCHEMES}

    return of


@pytest.mark.parametrize("language", PAGES)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_page_is_accessible_and_narrow_enough(judged: Callable[[str], dict[Scheme, list[str]]], language: str, scheme: Scheme) -> None:
    """With a result, figures, an error, and all unfolded; nobody else is asked for anything; the console is silent."""
    assert judged(language)[scheme] == []
