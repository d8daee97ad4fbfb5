"""The whole of a year: nothing is counted twice, nothing that contradicts itself is counted, and every drawn number is its total."""

from __future__ import annotations

import csv
import io
import random
from decimal import Decimal
from fnmatch import fnmatchcase
from importlib import resources
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import made_up
import pytest
import yaml
from lxml import html as parser
from open_reports.charts.hundred import Slice, hundred, share_text
from open_reports.charts.strip import MOST_DOTS, strip
from open_reports.checks.check import check
from open_reports.derived.coverage import coverage, known_day
from open_reports.derived.indicator import of_library
from open_reports.derived.whole import changed, definition, gather, headline, spread, steady
from open_reports.derived.whole.definition import load
from open_reports.errors import FormError
from open_reports.files.observations import observations
from open_reports.files.totals import totals, year_totals
from open_reports.form import FAMILY, forms
from open_reports.library import open_library
from open_reports.pages.frame import Here
from open_reports.pages.overview import whole_view
from open_reports.text import LANGUAGES, Words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from open_reports.library import Library

TEXT = (resources.files("open_reports") / FAMILY / "views" / "whole.yml").read_text(encoding="utf-8")
DATA: dict[str, Any] = yaml.safe_load(TEXT)
REFUSED = yaml.safe_load((Path(__file__).parent / "cases" / "whole.yml").read_text(encoding="utf-8"))["refused"]
YEARS = (2022, 2023, 2024)
MEMBERS = ("total", "counted", "contained", "contradicted", "lacking")


def rows_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


# -- made-up corpora in which everything happens that a total must leave out -----------------------------------------------


def chaos(root: Path, seed: int) -> Library:
    """Six agencies over three years: reports that contain others, wholly and by lines, and cells changed, emptied and struck out."""
    chance = random.Random(seed)  # noqa: S311 (not for secrets)
    agencies = [f"xugou-{number:04d}" for number in range(1, 7)]
    for at, agency in enumerate(agencies):
        for package in made_up.history(agency, YEARS, seed=seed):
            if chance.random() < 0.15:
                continue
            # The first is above two others; the fourth says in some years that it takes in lines of the fifth.
            package.edit_agency("parent", agencies[0] if at in {1, 2} else "none")
            if at == 0 and chance.random() < 0.6:
                package.edit_json("report.scope", "consolidated")
            if at == 3 and chance.random() < 0.6:
                package.edit_json("report.consolidates", [{"units": [agencies[4]], "lines": ["applications/new"]}])
            for _ in range(chance.choice((0, 0, 0, 1, 3))):
                table = chance.choice(("applications", "disputes"))
                head, *lines = package.rows(table)
                row, column = chance.choice(lines), chance.randrange(1, len(head))
                if row[column].isdigit():
                    package.set(table, row[0], head[column], chance.choice(("", "/", str(int(row[column]) + 1))))
            package.write(root)
    return open_library(root)


@pytest.fixture(scope="module", params=[*range(1, 7), "real"])
def corpus_of(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, library: Library) -> Library:
    """A made-up corpus of its own for each seed, and the project's own packages."""
    return library if request.param == "real" else chaos(tmp_path_factory.mktemp("whole") / "datapackages", request.param)


def patterns(text: str) -> list[str]:
    return [each.strip() for each in text.split("+")]


def groups() -> Iterator[dict[str, list[str]]]:
    """Figures that are told together, each with the patterns of its addresses: read from the YAML alone."""
    for tile in DATA["tiles"]:
        yield {tile["id"]: patterns(tile["cells"])}
    for each in DATA["divisions"]:
        yield {each["id"]: patterns(each["whole"]), **{f"{each['id']}.{part['id']}": patterns(part["cells"]) for part in each["parts"]}}


def plainly(rows: list[dict[str, str]]) -> dict[tuple[str, str], dict[str, str]]:
    """Every total by year and figure, from `observations.csv` alone and without any code of ours."""
    by_report: dict[tuple[str, str], list[dict[str, str]]] = {}
    for row in rows:
        by_report.setdefault((row["year"], row["agency"]), []).append(row)
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for (year, _), own in by_report.items():
        for group in groups():
            told = {name: [row for row in own if any(fnmatchcase(row["address"], each) for each in cells)] for name, cells in group.items()}
            every = [row for cells in told.values() for row in cells]
            standing = (
                "contained"
                if any(row["consolidated_in"] for row in every)
                else "contradicted"
                if any(row["finding"] for row in every)
                else "lacking"
                if any(row["status"] != "reported" for row in every) or not all(told.values())
                else "counted"
            )
            for name, cells in told.items():
                entry = found.setdefault((year, name), {"total": None, **dict.fromkeys(MEMBERS[1:], 0)})
                entry[standing] += 1
                if standing == "counted":
                    entry["total"] = (entry["total"] or Decimal()) + sum(Decimal(row["value"]) for row in cells)
    return {key: {name: "" if value is None else str(value) for name, value in entry.items()} for key, entry in found.items()}


def test_every_total_is_what_the_data_amount_to(corpus_of: Library) -> None:
    """Nothing contained, contradicted or lacking enters; each of these is counted where it is left out."""
    written = {(row["year"], row["figure"]): {name: row[name] for name in MEMBERS} for row in rows_of(totals(corpus_of))}
    assert written == plainly(rows_of(observations(corpus_of)[0]))


def test_made_up_corpora_have_everything_that_a_total_leaves_out(tmp_path: Path) -> None:
    """The comparison above would hold of corpora in which nothing is wrong, too."""
    found = [row for seed in range(1, 7) for row in rows_of(totals(chaos(tmp_path / str(seed), seed)))]
    for standing in MEMBERS[1:]:
        assert sum(int(row[standing]) for row in found) > 50, standing
    assert any(row["total"] == "" for row in found) or all(int(row["counted"]) for row in found)


def test_rows_of_a_year_add_up_to_its_totals(corpus_of: Library) -> None:
    written = {(row["year"], row["figure"]): row for row in rows_of(totals(corpus_of))}
    for year in corpus_of.years:
        added: dict[str, Decimal] = {}
        for row in rows_of(year_totals(corpus_of, year)):
            assert bool(row["consolidated_in"]) == (row["standing"] == "contained")
            assert bool(row["finding"]) >= (row["standing"] == "contradicted")
            assert not row["finding"] or row["standing"] in {"contradicted", "contained"}
            if row["standing"] == "counted":
                added[row["figure"]] = added.get(row["figure"], Decimal()) + Decimal(row["value"])
        assert added == {name: Decimal(row["total"]) for (of, name), row in written.items() if of == str(year) and row["total"]}


def test_parts_amount_to_their_whole(corpus_of: Library) -> None:
    """Of each division, in each year: a bar of 100 % that lacked a part would show shares of something else."""
    written = {(row["year"], row["figure"]): row["total"] for row in rows_of(totals(corpus_of))}
    for (year, name), total in written.items():
        parts = [Decimal(each) for (of, part), each in written.items() if of == year and part.startswith(f"{name}.") and each]
        if parts:
            assert sum(parts) == Decimal(total), (year, name)


# -- what the page shows ----------------------------------------------------------------------------------------------------


def drawn(view: Any) -> Iterator[tuple[str, str]]:
    """Every number that is drawn, by figure."""
    for each in (*view.top, *view.reasons, *view.disputes):
        told = {part.name: part for part in each.key}
        for part in definition().divisions[each.id].parts:
            for name in (part.name.zh, part.name.en):
                if name in told:
                    yield f"{each.id}.{part.id}", told[name].number.replace(",", "")
        if each.drawing:
            values = [mark.get("data-value") for mark in parser.fromstring(str(each.drawing)).iter("rect")]
            assert values == [part.number.replace(",", "") for part in each.key if part.number != "0"]
    for tile, told in zip(definition().tiles, view.tiles, strict=True):
        yield tile.id, told.number.replace(",", "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_on_the_page_is_its_total(corpus_of: Library, language: str) -> None:
    written = {(row["year"], row["figure"]): row["total"] for row in rows_of(totals(corpus_of))}
    covered = coverage(corpus_of, known_day(corpus_of))
    for year in corpus_of.years:
        view = whole_view(corpus_of, year, covered, Here("overview/", Words(language)), "totals.csv")
        shown = dict(drawn(view))
        assert shown.keys() >= {tile.id for tile in definition().tiles}
        for name, number in shown.items():
            assert number == written[str(year), name], (year, name)
        lines = {line.what: line for line in view.made}
        assert len(lines) == len(view.made)


def test_the_year_2024_reads_as_the_report_does(library: Library) -> None:
    """218 requests, once: 427 if all reports are added up, 209 of which the consolidated one contains."""
    w = Words("zh")
    view = whole_view(library, 2024, coverage(library, known_day(library)), Here("overview/", w), "totals.csv")
    received, disclosed, disputes = view.tiles
    assert (received.number, received.unit) == ("218", "件")
    assert list(received.lines) == ["比上一年（81 件）多 137 件", "99.5% 由个人提出"]
    assert received.href == "../reports/pingtan/2024/#applications/new/total"
    assert (disclosed.number, list(disclosed.lines)) == ("100", ["比上一年（42 件）多 58 件", "办结 218 件的 45.9%"])
    assert (disputes.number, list(disputes.lines)) == ("26", ["比上一年（9 件）多 17 件", "复议 7、诉讼 19"])
    assert view.straight == "把 18 份直接相加是 427 件，其中 209 件算了两次。"
    assert [(part.name, part.number, part.share) for part in view.top[0].key] == [
        ("予以公开", "71", "32.6%"),
        ("部分公开", "29", "13.3%"),
        ("不予公开", "39", "17.9%"),
        ("无法提供", "75", "34.4%"),
        ("不予处理", "1", "0.5%"),
        ("其他处理", "3", "1.4%"),
    ]


def test_a_year_whose_only_total_contradicts_itself_has_no_bar(library: Library) -> None:
    """Pingtan 2020 prints 21 closed and outcomes that add up to 27."""
    view = whole_view(library, 2020, coverage(library, known_day(library)), Here("overview/", Words("zh")), "totals.csv")
    (outcomes,) = view.top
    assert not outcomes.drawing
    assert not outcomes.key
    assert "数字对不上" in outcomes.note


def test_years_are_compared_over_the_same_agencies(library: Library) -> None:
    assert headline(library) == 2024
    assert steady(library) == ((2019, 2020, 2021, 2022, 2023, 2024, 2025), ("pingtan",))


def test_a_change_is_told_of_agencies_that_are_in_both_years(tmp_path: Path) -> None:
    for agency, years in (("xugou-jia", (2022, 2023)), ("xugou-yi", (2023,))):
        for package in made_up.history(agency, years):
            package.write(tmp_path)
    library = open_library(tmp_path)
    tile = definition().tiles[0]
    before, after = (gather(library, year, {tile.id: tile.cells}) for year in (2022, 2023))
    change = changed(before, after, tile.id)
    assert change is not None
    value = {key: report.tables["applications"].value("new", "total") for key, report in library.reports.items()}
    assert change == (1, value["xugou-jia", 2022], value["xugou-jia", 2023], False)


def test_a_change_of_scope_is_no_change_of_the_number(tmp_path: Path) -> None:
    first, second = made_up.history("xugou-jia", (2022, 2023))
    second.edit_json("report.scope", "consolidated")
    for package in (first, second):
        package.write(tmp_path)
    library = open_library(tmp_path)
    tile = definition().tiles[0]
    before, after = (gather(library, year, {tile.id: tile.cells}) for year in (2022, 2023))
    assert changed(before, after, tile.id) is None
    assert steady(library) == ((2023,), ("xugou-jia",))


def test_the_first_year_told_has_half_of_the_agencies(tmp_path: Path) -> None:
    for number, years in enumerate(((2022, 2023, 2024), (2022, 2023), (2022,), (2022, 2023))):
        for package in made_up.history(f"xugou-{number:04d}", years):
            package.write(tmp_path)
    assert headline(open_library(tmp_path)) == 2023


# -- every agency as a dot --------------------------------------------------------------------------------------------------


def strip_of(library: Library, year: int, indicator: str, language: str = "zh") -> Any:
    rows = spread(library, forms().indicators[indicator], year)
    return parser.fromstring(
        str(strip(rows, "label", Words(language), name=lambda report: report.agency, href=lambda report: report.folder))
    )


def test_every_agency_has_a_dot_or_a_reason(corpus_of: Library) -> None:
    for indicator in definition().strips:
        values = of_library(corpus_of)[indicator.id]
        for year in corpus_of.years:
            rows = spread(corpus_of, indicator, year)
            seen = [each.report.agency for row in rows for each in row.all]
            assert sorted(seen) == sorted(report.agency for report in corpus_of.of_year(year))
            for row in rows:
                assert {corpus_of.agencies[each.report.agency].kind for each in row.all} == {row.kind}
                for dot in row.dots:
                    value = values[dot.report.agency, year]
                    assert value.numerator is not None
                    assert dot.rate == Decimal(value.numerator) / Decimal(value.denominator or 0)
                    # Hollow on few cases, and only there.
                    assert dot.few == (Decimal(value.denominator or 0) < indicator.floor)
                    assert not value.doubt


def test_dots_stand_where_their_shares_say(library: Library) -> None:
    root = strip_of(library, 2024, "disclosure_rate")
    place = {mark.get("data-agency"): mark for mark in root.iter("circle")}
    # 100 of 218 are 45.87 %, on a plot of 80 % of the width that begins at 2.5 %; 1 of 1 is at its end, hollow.
    assert place["pingtan"].get("cx") == "39.20%"
    assert place["pingtan"].get("data-href") == "reports/pingtan/2024/"
    assert "or-few" not in place["pingtan"].get("class")
    assert "or-few" in place["pingtan-police"].get("class")
    assert "".join(place["pingtan"].itertext()) == "pingtan 100/218 45.9%"
    assert "pingtan-haitan" not in place
    signs = ["".join(mark.itertext()) for mark in root.iter("text") if mark.get("class") == "or-neq"]
    assert sorted(signs) == [
        "≠pingtan-agriculture 原文数字对不上",
        "≠pingtan-economy 原文数字对不上",
        "≠pingtan-haitan 原文数字对不上",
    ]


def test_columns_take_the_place_of_dots_that_would_touch(tmp_path: Path) -> None:
    kinds = tuple(forms().common.kinds)
    for number, package in enumerate(made_up.corpus(120, (2024,))):
        package.edit_agency("kind", kinds[0] if number % 3 else kinds[1] if number % 5 else kinds[2])
        package.write(tmp_path)
    library = open_library(tmp_path)
    assert not [each for each in check(library) if each.level == "error"]
    rows = spread(library, forms().indicators["disclosure_rate"], 2024)
    root = strip_of(library, 2024, "disclosure_rate")
    assert sum(len(row.dots) for row in rows) > MOST_DOTS
    counted = [int(mark.get("data-count")) for mark in root.iter("g") if mark.get("data-count")]
    assert sum(counted) == sum(len(row.dots) for row in rows)
    assert not list(root.iter("circle"))
    assert [row.median for row in rows if len(row.dots) >= 5] == [
        median(dot.rate for dot in row.dots) for row in rows if len(row.dots) >= 5
    ]
    assert not [row.median for row in rows if len(row.dots) < 5 and row.median is not None]


def test_no_two_dots_of_a_lane_are_nearer_than_they_are_wide(library: Library) -> None:
    for indicator in definition().strips:
        for year in library.years:
            lanes: dict[str, list[float]] = {}
            for mark in strip_of(library, year, indicator.id).iter("circle"):
                lanes.setdefault(mark.get("cy") or "", []).append(float((mark.get("cx") or "").rstrip("%")))
            for places in lanes.values():
                apart = [later - earlier for earlier, later in zip(sorted(places), sorted(places)[1:], strict=False)]
                assert not [each for each in apart if each < 3.9], (indicator.id, year)


def test_parts_of_a_bar_fill_it(library: Library) -> None:
    found = gather(library, 2024, definition().trend.sums)
    values = [found.total(f"outcomes.{part.id}") or 0 for part in definition().trend.parts]
    bar = parser.fromstring(str(hundred([Slice("c1", "x", value, "y") for value in values], "label")))
    widths = [float((mark.get("width") or "").rstrip("%")) for mark in bar.iter("rect")]
    assert sum(widths) == pytest.approx(100, abs=0.05)
    assert not hundred([Slice("c1", "x", 0, "y")], "label")


@pytest.mark.parametrize("value, whole, text", [(1, 3, "33.3%"), (1, 2000, "0.1%"), (0, 5, "0.0%"), (5, 5, "100.0%"), (1, 0, "")])
def test_shares_are_rounded_half_up_to_one_decimal(value: int, whole: int, text: str) -> None:
    assert share_text(value, whole) == text


# -- the definition ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case["says"])
def test_a_definition_that_says_what_no_form_has_is_refused(case: Mapping[str, str]) -> None:
    assert TEXT.count(case["this"]) >= 1
    with pytest.raises(FormError) as caught:
        load(TEXT.replace(case["this"], case["by"], 1))
    assert case["says"] in str(caught.value)
    assert "views/whole.yml" in str(caught.value)
