"""Coverage and timeliness: what is here, in time, due; said without a clock, and shown on a page a phone can read."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import whole
import yamls
from conftest import AGENCIES, REPORTS
from framed import framed
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from open_reports.checks.check import check
from open_reports.derived.coverage import COLUMNS, STATES, Cell, count, coverage, entry, known_day, last_day, laws_of
from open_reports.form import forms
from open_reports.library import Agency, Library, Predecessor
from open_reports.pages.coverage import SYMBOLS, coverage_pages
from open_reports.pages.paging import MOST_LISTED
from open_reports.report import Revision
from open_reports.text import Words
from rendering import DESK, PHONE, SCHEMES, overflow, settled, violations
from website import browser, served

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from open_reports.derived.coverage import Coverage
    from open_reports.finding import Finding
    from open_reports.pages import Page
    from open_reports.report import Report
    from website import Chromium, Server

__all__ = ["browser"]

CASES = yamls.read(Path(__file__).parent / "cases" / "coverage.yml")


def invented(name: str, kind: str, former: Predecessor | None = None) -> Agency:
    return Agency(
        id=name, name=f"虚构{name}", name_en=f"Invented {name}", kind=kind, parent=None, region="虚构省",
        site="https://www.example.gov.cn/", codes={}, predecessor=former,
    )  # fmt: skip


def library_of(agencies: Mapping[str, Any], like: Report) -> Library:
    """A library of invented agencies whose reports differ from one another in agency, year and day alone."""
    reports = {
        (name, year): replace(like, agency=name, year=year, published=day, created="2020-01-01T00:00:00Z", revisions=())
        for name, each in agencies.items()
        for year, day in sorted(each["reports"].items())
    }
    made = {
        name: invented(name, each["kind"], Predecessor(**each["predecessor"]) if "predecessor" in each else None)
        for name, each in agencies.items()
    }
    return Library(agencies=made, reports=reports, findings=())


def said(cell: Cell) -> str:
    return f"late {cell.days_late}" if cell.state == "late" else cell.state


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_each_year_is_what_the_law_and_the_library_make_it(case: dict[str, Any], library: Library) -> None:
    found = coverage(library_of(case["agencies"], next(iter(library))), case["today"])
    assert {name: [said(cell) for cell in row.cells] for name, row in found.rows.items()} == case["expected"]


def test_cases_show_every_state() -> None:
    told = {state.partition(" ")[0] for case in CASES for row in case["expected"].values() for state in row}
    assert told == set(STATES)


# -- laws -----------------------------------------------------------------------------------------------------------------

kinds = st.sampled_from(sorted(forms().common.kinds))
days = st.dates(date(2019, 1, 1), date(2027, 12, 31))
agencies = st.dictionaries(
    st.sampled_from([f"xugou-{letter}" for letter in "abcd"]),
    st.fixed_dictionaries({"kind": kinds, "reports": st.dictionaries(st.integers(2019, 2025), st.none() | days, max_size=4)}),
    min_size=1,
)


@given(agencies=agencies, today=days, later=st.integers(1, 500))
def test_a_day_that_passes_makes_reports_due_and_changes_nothing_else(
    library: Library, agencies: dict[str, Any], today: date, later: int
) -> None:
    made = library_of(agencies, next(iter(library)))
    before, after = coverage(made, today), coverage(made, today + timedelta(days=later))
    assert set(before.years) <= set(after.years)
    new = {(cell.agency, cell.year): cell for cell in after}
    for cell in before:
        changed = new[cell.agency, cell.year]
        assert changed == cell or (cell.state, changed.state) == ("not_due", "not_collected")


@given(agencies=agencies, today=days)
def test_collected_is_what_the_library_holds_and_every_cell_is_counted_once(
    library: Library, agencies: dict[str, Any], today: date
) -> None:
    made = library_of(agencies, next(iter(library)))
    found = coverage(made, today)
    assert {(cell.agency, cell.year) for cell in found if cell.status == "collected"} == set(made.reports)
    assert sum(count(found).states.values()) == len(found.rows) * len(found.years)
    assert count(found).collected == len(made)
    by_year = [count(found.of_year(year)) for year in found.years]
    assert sum(each.expected for each in by_year) == count(found).expected
    assert all(two - one == 1 for one, two in pairwise(found.years))


def test_late_is_what_the_checks_find_late(library: Library, findings: tuple[Finding, ...]) -> None:
    """The page and rule DUE may never contradict each other; two reports are made late, so that there is something to find."""
    late = {("pingtan", 2021): date(2022, 4, 3), ("pingtan-finance", 2024): date(2025, 3, 1)}
    changed = replace(
        library, reports={key: replace(each, published=late.get(key, each.published)) for key, each in library.reports.items()}
    )
    found = {(cell.agency, cell.year): cell.days_late for cell in coverage(changed, known_day(library)) if cell.state == "late"}
    told = {(each.agency, each.year) for each in check(changed) if each.rule == "DUE"}
    assert set(found) == told
    assert found == {("pingtan", 2021): 3, ("pingtan-finance", 2024): 29}
    assert not [each for each in findings if each.rule == "DUE"]


# -- the project's own packages, by hand ------------------------------------------------------------------------------------

REAL = {
    "pingtan": "1111111",
    "pingtan-agriculture": "0000010",
    "pingtan-approval": "0000010",
    "pingtan-assets": "0000100",
    "pingtan-economy": "0000010",
    "pingtan-enforcement": "0000010",
    "pingtan-finance": "0000011",
    "pingtan-haitan": "0000111",
    "pingtan-investment": "0000010",
    "pingtan-jinjing": "0000010",
    "pingtan-junshan": "0000010",
    "pingtan-market": "0000010",
    "pingtan-office": "0000011",
    "pingtan-police": "0001010",
    "pingtan-resources": "1100110",
    "pingtan-social": "0000010",
    "pingtan-suping": "0000010",
    "pingtan-tourism": "0000010",
    "pingtan-transport": "0000011",
    "yinchuan-qianjinjie": "1000000",
}
"""Reports that stand in datapackages/, 2019 to 2025, read off the folders."""


def test_real_reports(library: Library) -> None:
    found = coverage(library, date(2026, 4, 1))
    assert found.years == tuple(range(2019, 2026))
    assert {name: "".join(str(int(cell.status == "collected")) for cell in row.cells) for name, row in found.rows.items()} == REAL
    police = {cell.year: cell for cell in found.of_agency("pingtan-police").cells}
    assert police[2023].status == "not_collected"
    assert police[2023].deadline == date(2024, 1, 31)
    assert (police[2024].state, police[2024].published) == ("on_time", date(2025, 1, 20))
    qianjinjie = found.of_agency("yinchuan-qianjinjie").cells
    assert (qianjinjie[0].state, qianjinjie[0].published, qianjinjie[0].deadline) == ("no_deadline", None, None)
    assert {cell.state for cell in found.of_agency("pingtan").cells} == {"on_time"}
    # A bureau that was renamed owes one report a year, not two.
    assert [cell.state for cell in found.of_agency("pingtan-assets").cells][-2:] == ["other_name"] * 2
    assert [cell.state for cell in found.of_agency("pingtan-investment").cells] == ["other_name"] * 5 + ["on_time", "not_collected"]
    assert {cell.status for cell in found if cell.state == "other_name"} == {"other_name"}
    assert str(found) == f"{REPORTS} of {7 * (AGENCIES - 1)} reports due by 2026-04-01"


def test_day_is_the_newest_the_library_names(library: Library) -> None:
    """No clock is asked: of two builds a day apart both say the same."""
    # Each made on the day on which it was published, those without one long ago.
    made_then = {key: replace(each, created=f"{each.published or '2019-01-01'}T00:00:00Z") for key, each in library.reports.items()}
    bare = replace(library, reports=made_then)
    assert known_day(bare) == date(2026, 3, 10)
    key = "pingtan", 2019
    # A day that had not come when the package was made is a mistake, by which every agency would be behind.
    mistaken = replace(bare.reports[key], published=date(2099, 1, 20))
    assert known_day(replace(bare, reports={**bare.reports, key: mistaken})) == date(2026, 3, 10)
    corrected = replace(bare.reports[key], revisions=(Revision("1.0.1", "2026-05-04", "录入错误", ()),))
    assert known_day(replace(bare, reports={**bare.reports, key: corrected})) == date(2026, 5, 4)
    made = replace(bare.reports[key], created="2026-06-01T00:00:00Z")
    assert known_day(replace(bare, reports={**bare.reports, key: made})) == date(2026, 6, 1)
    impossible = replace(bare.reports[key], created="2026-99-99T00:00:00Z")
    assert known_day(replace(bare, reports={**bare.reports, key: impossible})) == date(2026, 3, 10)
    assert known_day(Library(agencies={}, reports={}, findings=())).year < 2019


def test_deadlines_are_those_of_article_49() -> None:
    assert last_day("department", 2023) == last_day("ministry", 2023) == date(2024, 1, 31)
    assert last_day("county", 2023) == last_day("province", 2023) == date(2024, 3, 31)
    assert last_day("township", 2023) is last_day("subdistrict", 2023) is None


# -- files ----------------------------------------------------------------------------------------------------------------


def test_files_say_the_same_and_nothing_turns_into_zero(library: Library) -> None:
    found = coverage(library, known_day(library))
    rows = list(csv.DictReader(io.StringIO(found.files["coverage.csv"].decode(), newline="")))
    whole = json.loads(found.files["coverage.json"])
    assert tuple(rows[0]) == COLUMNS
    # A list of rules is their ids parted by blanks.
    spelt = [{**each, "finding": " ".join(each["finding"])} for each in whole["coverage"]]
    assert rows == [{key: "" if value is None else str(value) for key, value in each.items()} for each in spelt]
    assert len(rows) == len(list(found))
    assert whole["as_of"] == known_day(library).isoformat()
    assert whole["years"] == list(found.years)
    for row in rows:
        if row["status"] != "collected":
            assert [row[key] for key in ("timeliness", "published", "days_late", "version", "corrections")] == [""] * 5
        if row["timeliness"] not in {"on_time", "late"}:
            assert row["days_late"] == ""


WRITTEN = {
    "on_time": (
        Cell("xugou", 2023, "on_time", date(2024, 1, 31), date(2024, 1, 31), 0, "1.0.1", 1),
        "2024-01-31",
        "2024-01-31",
        0,
        "1.0.1",
        1,
    ),
    "late": (Cell("xugou", 2023, "late", date(2024, 1, 31), date(2024, 2, 2), 2, "1.0.0", 0), "2024-01-31", "2024-02-02", 2, "1.0.0", 0),
    "no_date": (Cell("xugou", 2023, "no_date", date(2024, 1, 31), None, 0, "1.0.0", 0), "2024-01-31", None, None, "1.0.0", 0),
    "no_deadline": (Cell("xugou", 2023, "no_deadline", None, date(2024, 2, 2), 0, "1.0.0", 0), None, "2024-02-02", None, "1.0.0", 0),
    "not_collected": (Cell("xugou", 2023, "not_collected", date(2024, 1, 31)), "2024-01-31", None, None, None, None),
    "not_due": (Cell("xugou", 2023, "not_due", date(2024, 1, 31)), "2024-01-31", None, None, None, None),
    "other_name": (Cell("xugou", 2023, "other_name", None), None, None, None, None, None),
}
"""A cell of each state, and what the files say of it from `deadline` on."""


@pytest.mark.parametrize("state", STATES)
def test_what_the_files_say_of_a_year(state: str) -> None:
    cell, *said = WRITTEN[state]
    collected = state in {"on_time", "late", "no_date", "no_deadline"}
    status, timeliness = ("collected", state) if collected else (state, None)
    expected: list[object] = ["xugou", "虚构xugou", "district", 2023, status, timeliness, *said, []]
    assert entry(invented("xugou", "district"), cell) == dict(zip(COLUMNS, expected, strict=True))


def test_the_law_of_earlier_reports_stands_apart(library: Library) -> None:
    """And only where a report fell under it: `law` and `deadlines` are those of the newest years."""
    before, now = forms().common.deadlines
    like = next(iter(library))
    for years, earlier in ((2018, 2019), [before]), ((2019, 2020), []), ((2017, 2018), []):
        agencies = {"xugou": {"kind": "district", "reports": dict.fromkeys(years)}}
        whole = json.loads(coverage(library_of(agencies, like), date(years[1] + 1, 1, 2)).files["coverage.json"])
        newest = before if years[1] == 2018 else now
        assert whole["law"] == {"zh": newest.reference["zh"], "en": newest.reference["en"]}
        assert whole["deadlines"] == newest.days
        assert whole.get("earlier") == (
            [
                {"from": 2008, "to": 2018, "law": {"zh": each.reference["zh"], "en": each.reference["en"]}, "deadlines": dict(each.days)}
                for each in earlier
            ]
            or None
        )
    assert laws_of(()) == (now,)


def test_before_the_first_law_nothing_is_due_on_a_day(library: Library) -> None:
    """Such a report is missed a year later, as where the law names no day for the kind."""
    assert last_day("district", 2007) is None
    made = library_of({"xugou": {"kind": "district", "reports": {2006: None, 2008: None}}}, next(iter(library)))
    for today, state in ((date(2008, 12, 31), "not_due"), (date(2009, 1, 1), "not_collected")):
        cell = coverage(made, today).of_agency("xugou").cells[1]
        assert (cell.year, cell.state, cell.deadline) == (2007, state, None)


def test_in_its_last_year_an_agency_still_reports_under_its_old_name(library: Library) -> None:
    """And each year is that of its agency, also where the report stands under another name."""
    agencies = {
        "old": {"kind": "department", "reports": {2020: None}},
        "new": {"kind": "department", "reports": {2023: None}, "predecessor": {"agency": "old", "until": 2021}},
    }
    found = coverage(library_of(agencies, next(iter(library))), date(2024, 3, 1))
    assert {name: [cell.state for cell in row.cells] for name, row in found.rows.items()} == {
        "old": ["no_date", "not_collected", "other_name", "other_name"],
        "new": ["other_name", "other_name", "not_collected", "no_date"],
    }
    assert [(cell.agency, cell.year) for cell in found] == [(name, year) for name in agencies for year in range(2020, 2024)]
    assert {cell.days_late for cell in found} == {0}
    assert found.of_agency("old").cells[0].deadline == date(2021, 1, 31)


def test_a_day_of_the_year_itself_is_none_that_can_be_judged(library: Library) -> None:
    for day, state in ((date(2020, 12, 31), "no_date"), (date(2021, 1, 1), "on_time")):
        made = library_of({"xugou": {"kind": "department", "reports": {2020: day}}}, next(iter(library)))
        assert [(cell.state, cell.days_late) for cell in coverage(made, date(2021, 1, 2))] == [(state, 0)]


@pytest.mark.parametrize("kind, passed", [("department", date(2024, 2, 1)), ("district", date(2024, 4, 1))])
def test_a_year_has_a_column_once_its_last_day_has_passed(kind: str, passed: date, library: Library) -> None:
    made = library_of({"xugou": {"kind": kind, "reports": {2020: None}}}, next(iter(library)))
    assert coverage(made, passed).years == (2020, 2021, 2022, 2023)
    assert coverage(made, passed - timedelta(days=1)).years == (2020, 2021, 2022)


def test_a_library_without_any_day_knows_the_first_of_the_first_year() -> None:
    """So nothing is due, and nobody is accused: the law begins with that year."""
    assert known_day(NOTHING) == date(2008, 1, 1)


def test_correction_is_counted(library: Library) -> None:
    key = "pingtan", 2019
    corrected = replace(library.reports[key], version="1.0.2", revisions=(Revision("1.0.2", "2026-05-04", "录入错误", ()),))
    found = coverage(replace(library, reports={**library.reports, key: corrected}), date(2026, 6, 1))
    assert count(found).corrected == 1
    cell = found.of_agency("pingtan").cells[0]
    assert (cell.state, cell.version, cell.corrections) == ("on_time", "1.0.2", 1)
    page = html.fromstring(next(pages_of(found, Words("zh"))).build())
    assert page.xpath("//td[.//a[@href='../reports/pingtan/2019/']]//a/@href") == ["../reports/pingtan/2019/", "../corrections/"]


NOTHING = Library(agencies={}, reports={}, findings=())


def pages_of(found: Coverage, w: Words) -> Iterator[Page]:
    """Pages of a coverage."""
    return coverage_pages(whole.folder("coverage/", NOTHING, covered=found), w)


# -- the page ---------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def telling(library: Library) -> Coverage:
    """The project's packages with one late and one corrected report, and an agency whose report is not due yet: every state there is."""
    dated = {("pingtan", 2021): date(2022, 4, 8), ("pingtan-resources", 2019): None}
    reports = {key: replace(each, published=dated.get(key, each.published)) for key, each in library.reports.items()}
    reports["pingtan", 2020] = replace(reports["pingtan", 2020], revisions=(Revision("1.0.1", "2026-02-02", "录入错误", ()),))
    del reports["pingtan", 2025]
    return coverage(replace(library, reports=reports), date(2026, 3, 10))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_page_says_of_every_cell_what_the_data_say(telling: Coverage, language: str) -> None:
    w = Words(language)
    (page,) = pages_of(telling, w)
    root = html.fromstring(page.build())
    table = root.xpath("//table[contains(@class, 'or-matrix')]")[0]
    assert [th.text_content() for th in table.xpath("./thead//th")][1:] == [str(year) for year in reversed(telling.years)]
    rows = {row.xpath("./th/a/@href")[0]: row for row in table.xpath("./tbody/tr[td]")}
    assert set(rows) == {f"../reports/{name}/" for name in telling.rows}
    shown = set()
    for name, row in telling.rows.items():
        for cell, td in zip(reversed(row.cells), rows[f"../reports/{name}/"].xpath("./td"), strict=True):
            assert td.get("data-state") == cell.state
            assert td.xpath("./span[@aria-hidden='true']")[0].text == SYMBOLS[cell.state]
            words = w("coverage_late_days", days=cell.days_late) if cell.state == "late" else w(f"coverage_{cell.state}")
            assert words in td.text_content()
            links = td.xpath("./a[contains(@href, '/reports/')]/@href")
            assert links == ([f"../reports/{name}/{cell.year}/"] if cell.status == "collected" else [])
            shown.add(cell.state)
    assert shown == set(STATES)
    total = count(telling)
    for name in ("years", "kinds"):
        counts = [int(td.text_content()) for td in root.xpath(f"//table[caption[@id='{name}-caption']]/tbody/tr[last()]/td")]
        assert counts == [total.expected, total.collected, *total.states.values(), total.corrected]
        parts = [
            [int(td.text_content()) for td in tr.xpath("./td")] for tr in root.xpath(f"//table[caption[@id='{name}-caption']]/tbody/tr")
        ]
        assert [sum(column) for column in zip(*parts[:-1], strict=True)] == parts[-1]
    assert len(root.xpath("//dl[@class='or-legend']/div")) == len(STATES) + 1
    assert {anchor for anchor, _ in page.sections} <= set(root.xpath("//h2/@id"))


def test_the_files_stand_once_and_both_pages_lead_there(telling: Coverage) -> None:
    (zh,), (en,) = (pages_of(telling, Words(language)) for language in ("zh", "en"))
    assert dict(whole.folder("coverage/", NOTHING, covered=telling).files()) == telling.files
    assert html.fromstring(zh.build()).xpath("//a[@download]/@href") == ["coverage.csv", "coverage.json"]
    assert html.fromstring(en.build()).xpath("//a[@download]/@href") == ["../../coverage/coverage.csv", "../../coverage/coverage.json"]


def test_many_agencies_are_told_in_parts(library: Library) -> None:
    like = next(iter(library))
    names = {f"xugou-{number:04d}": {"kind": "department", "reports": {2023: date(2024, 1, 5)}} for number in range(2 * MOST_LISTED + 1)}
    found = coverage(library_of(names, like), date(2024, 6, 1))
    pages = list(pages_of(found, Words("zh")))
    assert [page.path for page in pages] == ["coverage/", "coverage/2/", "coverage/3/"]
    roots = [html.fromstring(page.build()) for page in pages]
    listed = [[href.split("/")[-2] for href in root.xpath("//table[contains(@class, 'or-matrix')]//th/a/@href")] for root in roots]
    assert [len(each) for each in listed] == [MOST_LISTED, MOST_LISTED, 1]
    assert sorted(name for each in listed for name in each) == sorted(names)
    assert [root.xpath("//nav[@class='or-years']/a/@href") for root in roots] == [
        ["../coverage/2/"],
        ["../../coverage/", "../../coverage/3/"],
        ["../../coverage/2/"],
    ]
    assert [len(root.xpath("//a[@download]")) for root in roots] == [2, 0, 0]
    assert roots[1].xpath("//table[contains(@class, 'or-matrix')]//td//a/@href")[0] == "../../reports/xugou-0200/2023/"


def test_empty_library_has_an_honest_page() -> None:
    found = coverage(Library(agencies={}, reports={}, findings=()), date(2024, 6, 1))
    (page,) = pages_of(found, Words("zh"))
    root = html.fromstring(page.build())
    assert Words("zh")("coverage_empty") in root.text_content()
    assert not root.xpath("//table[contains(@class, 'or-matrix')]")


# -- in a browser -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, telling: Coverage) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("coverage")
    for language in ("zh", "en"):
        (page,) = pages_of(telling, Words(language))
        framed(folder / language, page.build(), language, styles=("coverage.css",))
    with served(folder, mount="/") as running:
        yield running


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_page_is_accessible_and_readable_on_a_phone(browser: Chromium, server: Server, language: str, scheme: str) -> None:
    context = browser.context(viewport={"width": PHONE, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{server.url}{language}/index.html")
    settled(page)
    found = violations(page)
    assert overflow(page) == 0
    scroller = page.locator(".or-wide:has(.or-matrix)")
    head = scroller.locator("tbody th.or-stub").nth(1)
    before = head.bounding_box()
    scroller.evaluate("element => { element.scrollLeft = element.scrollWidth }")
    settled(page)
    after = head.bounding_box()
    last = scroller.locator("tbody tr:nth-child(2) td").last.bounding_box()
    assert before is not None
    assert after is not None
    assert last is not None
    assert (before["x"], before["width"]) == (after["x"], after["width"])
    assert after["x"] + after["width"] <= last["x"]
    assert last["x"] + last["width"] <= PHONE
    page.set_viewport_size({"width": DESK, "height": 800})
    settled(page)
    assert overflow(page) == 0
    found += violations(page)
    context.close()
    assert found == []
