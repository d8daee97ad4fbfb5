"""Series over the years of an agency: every kind of nothing kept, and nothing joined that is not comparable."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import made_up
import pytest
import yamls
from conftest import with_cells
from hypothesis import given
from hypothesis import strategies as st
from open_reports.derived import series
from open_reports.derived.indicator import indicators
from open_reports.form import Address, Cells, forms
from open_reports.report import read
from open_reports.text import LANGUAGES, Words

if TYPE_CHECKING:
    from open_reports.library import Library
    from open_reports.report import Report

CASES = yamls.read(Path(__file__).parent / "cases" / "charts.yml")["series"]


@cache
def _base(year: int, form_of: tuple[tuple[str, str], ...], absent: tuple[str, ...]) -> Report:
    """A made-up report as it is read from its package."""
    package = made_up.package(year=year, form_of=dict(form_of), absent=absent)
    with tempfile.TemporaryDirectory() as folder:
        found, faults = read(package.write(Path(folder)), f"datapackages/{package.path}", agency=package.agency, year=year)
    assert found is not None, faults
    return found


def made(year: int, **described: Any) -> Report:
    """A made-up report with its forms, absent lines, scope, period and some cells as described."""
    base = _base(year, tuple(described.get("forms", {}).items()), tuple(described.get("absent", ())))
    period = described.get("period")
    found = replace(base, scope=described.get("scope", "own"), period=(period[0], period[1]) if period else None)
    return with_cells(found, described.get("cells", {}))


def agency(case: dict[str, Any]) -> list[Report]:
    return [made(year, **described) for year, described in sorted(case["years"].items())]


def number(value: object) -> int | Decimal | str:
    """A number of a case, or the kind of nothing it names."""
    if isinstance(value, str):
        return Decimal(value) if value.lstrip("-").replace(".", "").isdigit() else value
    assert isinstance(value, int)
    return value


@pytest.mark.usefixtures("undoubted")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["what"])
def test_series(case: dict[str, Any]) -> None:
    found = series.of_cells(agency(case), (cells_of(case["of"]),))
    assert {point.year: point.status if point.value is None else point.value for point in found.points} == {
        year: number(value) for year, value in case["points"].items()
    }
    assert {f"{each.before}-{each.after}": [cause.kind for cause in each.causes] for each in found.breaks} == case["breaks"]
    assert [[before.year, after.year] for before, after in found.joined()] == case["joined"]
    assert {each.year: each.reason or str(each.value) for each in found.changes()} == case["changes"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", [case for case in CASES if case["breaks"]], ids=lambda case: case["what"])
def test_every_break_says_why(case: dict[str, Any], language: str) -> None:
    """In each language: both years, the years between, and every id of a form or scope as the site calls it."""
    w = Words(language)
    common = forms().common
    reports = {report.year: report for report in agency(case)}
    table, line, column = case["of"].split("/")
    for gap in series.of_figure(list(reports.values()), Address(table, line, column)).breaks:
        said = gap.says(w)
        expected = [str(gap.before), str(gap.after)]
        for cause in gap.causes:
            pair = (reports[gap.before], reports[gap.after])
            if cause.kind == "scope":
                expected += [common.scopes[each.scope][language] for each in pair]
            elif cause.kind == "not_on_form":
                expected += [forms()[each.tables[table].form.form].title[language] for each in pair]
            elif cause.kind == "period":
                expected += [str(day) for each in pair for day in each.period or ()]
            else:
                expected += [str(year) for year in range(gap.before + 1, gap.after)]
        assert [word for word in expected if word not in said] == []


@pytest.mark.parametrize(
    "kind, was, now, says",
    [
        ("missing_year", "2021", "", {"zh": "其间2021年的年报未收录", "en": "no report of 2021 has been collected"}),
        ("missing_year", "2021+2022", "", {"zh": "其间2021、2022年的年报未收录", "en": "no report of 2021, 2022 has been collected"}),
        (
            "scope",
            "own",
            "consolidated",
            {"zh": "统计范围由“{own}”变为“{consolidated}”", "en": "the scope changed from “{own}” to “{consolidated}”"},
        ),
        (
            "period",
            "",
            "2023-09-01–2023-12-31",
            {"zh": "统计期间不同（全年；2023-09-01–2023-12-31）", "en": "the periods differ (the whole year; 2023-09-01–2023-12-31)"},
        ),
        (
            "period",
            "2022-01-01–2022-06-30",
            "",
            {"zh": "统计期间不同（2022-01-01–2022-06-30；全年）", "en": "the periods differ (2022-01-01–2022-06-30; the whole year)"},
        ),
        (
            "not_on_form",
            "2019",
            "2021",
            {"zh": "{2019}与{2021}不同，只有其中一种有此项", "en": "{2019} and {2021} differ, and only one of them has this figure"},
        ),
        (
            "not_on_form",
            "2019+2021",
            "2021",
            {
                "zh": "{2019}，{2021}与{2021}不同，只有其中一种有此项",
                "en": "{2019}, {2021} and {2021} differ, and only one of them has this figure",
            },
        ),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_of_each_cause(kind: series.CauseKind, was: str, now: str, says: dict[str, str], language: str) -> None:
    names = {form.id: form.title[language] for form in forms().values()} | {
        id_: text[language] for id_, text in forms().common.scopes.items()
    }
    expected = says[language]
    for id_, name in names.items():
        expected = expected.replace(f"{{{id_}}}", name)
    assert series.Cause(kind, was, now).says(Words(language)) == expected


def test_wanted_years_may_be_more_or_fewer_than_those_collected() -> None:
    reports = [made(year) for year in (2021, 2022, 2023)]
    address = Address("applications", "new", "total")
    wide = series.of_figure(reports, address, range(2020, 2025))
    assert [point.status for point in wide.points] == ["not_collected", "reported", "reported", "reported", "not_collected"]
    assert wide.breaks == ()  # before the first and after the last there is nothing to compare with
    narrow = series.of_figure(reports, address, range(2022, 2023))
    assert narrow.years == (2022,)
    assert series.of_figure([], address).points == ()


@pytest.mark.usefixtures("undoubted")
def test_a_rate_keeps_its_counts_and_says_why_it_is_none() -> None:
    def with_total(year: int, granted: int, total: int) -> Report:
        lines = {"granted": granted, "partly_granted": 0, "total": total}
        return made(year, cells={f"applications/{line}/total": str(value) for line, value in lines.items()})

    found = series.of_indicator(
        [with_total(2021, 10, 40), with_total(2022, 10, 29), with_total(2023, 0, 0), with_total(2024, 0, 30)], "disclosure_rate"
    )
    assert [(point.value, point.status, point.numerator, point.denominator) for point in found.points] == [
        (Decimal("0.2500"), "reported", 10, 40),
        (None, "small_denominator", 10, 29),
        (None, "zero_denominator", 0, 0),
        (Decimal("0.0000"), "reported", 0, 30),
    ]
    assert list(found.joined()) == []


def test_figures_in_an_open_contradiction_make_neither_share_nor_change(library: Library) -> None:
    reports = library.of_agency("pingtan-haitan")
    address = Address("applications", "new", "total")
    found = series.of_figure(reports, address, library=library)
    assert [(point.year, point.value, point.doubt) for point in found.points] == [
        (2023, 0, ()),
        (2024, 0, ("T3-ROW",)),
        (2025, 0, ("T3-ROW",)),
    ]
    assert {each.year: each.reason for each in found.changes()} == {2024: "contradicted", 2025: "contradicted"}
    share = series.of_indicator(reports, "disclosure_rate", library=library).points[1]
    assert (share.value, share.status, share.numerator, share.denominator, share.doubt) == (None, "contradicted", 0, 0, ("T3-ROW",))


@st.composite
def agencies(draw: st.DrawFn) -> list[Report]:
    """An agency of any years, forms, scopes and periods, with some cells blank."""
    years = sorted(draw(st.sets(st.integers(2019, 2026), min_size=1)))
    found = []
    for year in years:
        blank = draw(
            st.lists(
                st.sampled_from(["applications/granted/total", "applications/new/total", "disputes/reconsideration/upheld"]), unique=True
            )
        )
        found.append(
            made(
                year,
                forms=draw(st.sampled_from(made_up.hybrids())),
                scope=draw(st.sampled_from(["own", "consolidated"])),
                period=draw(st.sampled_from([None, (date(year, 9, 1), date(year, 12, 31))])),
                cells=dict.fromkeys(blank, ""),
            )
        )
    return found


@given(
    agencies(),
    st.sampled_from(["applications/new/total", "disclosure/rules/in_force", "disclosure/rules/made", "disputes/reconsideration/upheld"]),
)
def test_nothing_is_joined_that_differs(reports: list[Report], address: str) -> None:
    """Told without the code under test: only neighbouring years of one scope and one stretch of the year, both with a figure."""
    at = Address(*address.split("/"))
    found = series.of_figure(reports, at)
    by_year = {report.year: report for report in reports}
    assert list(found.years) == list(range(min(by_year), max(by_year) + 1))
    for point in found.points:
        report = by_year.get(point.year)
        expected = None
        if report and at.column in report.tables[at.table].form.columns:
            expected = report.figure(*at).value
        assert point.value == expected
    joined = {(before.year, after.year) for before, after in found.joined()}
    for before, after in pairwise(found.points):
        one, other = by_year.get(before.year), by_year.get(after.year)
        alike = one is not None and other is not None and (one.scope, one.period is None) == (other.scope, other.period is None)
        assert ((before.year, after.year) in joined) == (alike and before.value is not None and after.value is not None)


def test_real_series_are_the_packages_cells(library: Library) -> None:
    """Every address of every agency, every year."""
    for name in library.agencies:
        reports = library.of_agency(name)
        by_year = {report.year: report for report in reports}
        for address in {figure.address for report in reports for figure in report.figures() if figure.address.table != "overview"}:
            for point in series.of_figure(reports, address).points:
                report = by_year.get(point.year)
                if report is None:
                    assert (point.value, point.status) == (None, "not_collected")
                else:
                    table = report.tables[address.table]
                    assert (point.value, point.status) == (
                        table.value(address.line, address.column),
                        table.status(address.line, address.column),
                    )


@pytest.mark.usefixtures("undoubted")
def test_a_change_has_both_counts_and_a_rate_from_the_floor_on() -> None:
    """On fewer than 30 the two counts say more; on none there is no rate at all."""

    def with_new(year: int, count: int) -> Report:
        return made(year, cells={"applications/new/total": str(count)})

    counts = {2019: 0, 2020: 1, 2021: 29, 2022: 30, 2023: 45, 2024: 45}
    found = series.of_figure([with_new(year, count) for year, count in counts.items()], Address("applications", "new", "total"))
    assert list(found.changes()) == [
        series.Change(2020, 0, 1, None, "zero_denominator"),
        series.Change(2021, 1, 29, None, "small_denominator"),
        series.Change(2022, 29, 30, None, "small_denominator"),
        series.Change(2023, 30, 45, Decimal("0.5000"), None),
        series.Change(2024, 45, 45, Decimal("0.0000"), None),
    ]


def test_a_break_is_found_by_the_year_that_it_ends_at() -> None:
    found = series.of_figure([made(2021), made(2023), made(2024)], Address("applications", "new", "total"))
    (gap,) = found.breaks
    assert {year: found.break_before(year) for year in (2021, 2022, 2023, 2024)} == {2021: None, 2022: None, 2023: gap, 2024: None}


@pytest.mark.usefixtures("undoubted")
def test_a_point_says_on_which_form_and_of_what_scope() -> None:
    """Of the tables that it is made of: this report has one on the older form."""
    older, newer = made_up.prescribed(2020), made_up.prescribed(2023)
    report = made(2023, forms={**newer, "disclosure": older["disclosure"]}, scope="consolidated")
    of = {address: series.of_figure([report], Address(*address.split("/"))).points[0] for address in CELLS}
    assert {address: (point.year, point.forms, point.scope, point.numerator, point.denominator) for address, point in of.items()} == {
        "disclosure/procurement/items": (2023, ("2019",), "consolidated", None, None),
        "applications/new/total": (2023, ("2021",), "consolidated", None, None),
    }
    assert series.of_cells([report], tuple(cells_of(each) for each in CELLS)).points[0].forms == ("2019", "2021")
    rate, count = (series.of_indicator([report], name).points[0] for name in ("refusal_rate", "requests_on_hand"))
    assert (rate.year, rate.forms, rate.scope) == (count.year, count.forms, count.scope) == (2023, ("2021",), "consolidated")
    assert rate.denominator == report.figure("applications", "total", "total").value
    assert (count.numerator, count.denominator) == (None, None)
    old = made(2023, forms={**newer, "applications": older["applications"]})
    assert series.of_indicator([old], "refusal_rate").points[0].forms == ("2019",)


def test_a_break_names_its_causes_by_their_ids() -> None:
    """Several joined by a plus, as the file of a chart has them."""
    older, newer = made_up.prescribed(2020), made_up.prescribed(2023)
    mixed, both = {**newer, "disclosure": older["disclosure"]}, tuple(cells_of(each) for each in CELLS)

    def causes(*reports: Report) -> tuple[series.Cause, ...]:
        (found,) = series.of_cells(reports, both).breaks
        return found.causes

    assert causes(made(2020, forms=newer), made(2023, forms=newer)) == (series.Cause("missing_year", "2021+2022", ""),)
    assert causes(made(2022, forms=mixed), made(2023, forms=newer)) == (series.Cause("not_on_form", "2019+2021", "2021"),)
    assert causes(made(2022, forms=newer), made(2023, forms=mixed)) == (series.Cause("not_on_form", "2021", "2019+2021"),)
    part = made(2023, forms=newer, period=(date(2023, 9, 1), date(2023, 12, 31)))
    assert causes(made(2022, forms=newer), part) == (series.Cause("period", "", "2023-09-01–2023-12-31"),)
    assert causes(part, made(2024, forms=newer)) == (series.Cause("period", "2023-09-01–2023-12-31", ""),)


CELLS = ("disclosure/procurement/items", "applications/new/total")


def cells_of(address: str) -> Cells:
    table, line, column = address.split("/")
    return Cells(table=table, line=line, column=column)


def test_a_series_of_an_indicator_looks_at_the_year_before_and_at_the_wanted_years(library: Library) -> None:
    reports = library.of_agency("pingtan")
    found = series.of_indicator(reports, "new_requests_change", range(2022, 2027), library=library)
    assert found.years == (2022, 2023, 2024, 2025, 2026)
    by_year = {report.year: report for report in reports}
    for point in found.points[:-1]:
        values = indicators(by_year[point.year], by_year[point.year - 1], library)
        value = next(each for each in values if each.indicator.id == "new_requests_change")
        assert (point.value, point.status, point.numerator, point.denominator) == (
            value.value,
            value.reason or "reported",
            value.numerator,
            value.denominator,
        )
    assert [point.status for point in found.points] == ["reported"] * 4 + ["not_collected"]


def test_what_contradicts_another_report_is_known_from_the_library_alone(library: Library) -> None:
    """Requests carried over from the year before."""
    carried = with_cells(library.reports["pingtan", 2023], {"applications/carried_out/total": "999"})
    altered = replace(library, reports={**library.reports, ("pingtan", 2023): carried})
    reports = [altered.reports["pingtan", year] for year in (2023, 2024)]
    address = Address("applications", "carried_in", "total")
    for known, doubt in ((altered, ("XY-CARRY",)), (None, ())):
        assert series.of_figure(reports, address, library=known).points[1].doubt == doubt
        assert series.of_indicator(reports, "requests_on_hand", library=known).points[1].doubt == doubt


def test_a_missing_year_alone_is_called_a_gap_and_not_incomparable() -> None:
    w = Words("en")
    (gap,) = series.of_figure([made(2021), made(2023)], Address("applications", "new", "total")).breaks
    assert gap.says(w) == "Between 2021 and 2023 there is a gap: no report of 2022 has been collected."
    (gap,) = series.of_figure([made(2021), made(2023, scope="consolidated")], Address("applications", "new", "total")).breaks
    assert gap.says(w).startswith("2021 and 2023 cannot be compared directly: ")
