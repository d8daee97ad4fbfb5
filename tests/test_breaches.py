"""What the permanence gate finds, one thing at a time: a record and a library in memory, and every part of what is said."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import made_up
import pytest
from conftest import with_cells
from open_reports.history import releases
from open_reports.history.releases import Breach, Released, Successors, breaches, checking, lost
from open_reports.history.releases.byhand import Flaw
from open_reports.history.releases.successors import Dropped
from open_reports.library import Library, open_library
from open_reports.report import Revision
from open_reports.report.model import Change, Item
from open_reports.text import Text
from test_diff import zeros

if TYPE_CHECKING:
    from open_reports.report import Report

JIA, YI, NEW = "xugou-jia", "xugou-yi", "xugou-new"
KEY = (JIA, 2023)
PAGE, OTHER, AGENCY = f"reports/{JIA}/2023/", f"reports/{JIA}/2022/", f"reports/{JIA}/"
CELL = "applications/new/total"
BOTH = {"successors": "there/successors.yml", "dropped": "there/dropped.yml"}
"""Where a breach says that people write, of a record in the folder `there`."""
GAPS = "{date: YYYY-MM-DD, reason: …, to: "


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Two years of an agency of which every figure is 0, and a year of another."""
    root = tmp_path_factory.mktemp("base")
    for year in (2022, 2023):
        zeros(year).write(root)
    made_up.package(YI, 2023).write(root)
    library = open_library(root)
    assert library.findings == ()
    return library


def entry_of(report: Report, **other: Any) -> dict[str, Any]:
    return {**json.loads(json.dumps(releases.record.record(report))), **other}


def recorded(library: Library, **other: Any) -> Released:
    facts: dict[str, Any] = {
        "place": "there",
        "reports": {key: entry_of(report) for key, report in library.reports.items()},
        "shapes": releases.record.shapes(),
        "paths": (),
        "successors": Successors({}),
    }
    return Released(**{**facts, **other})


def less(library: Library, *keys: tuple[str, int], agencies: bool = False) -> Library:
    """The library without some reports, and if asked without the agencies that have none left."""
    reports = {key: each for key, each in library.reports.items() if key not in keys}
    left = {agency for agency, _ in reports}
    return replace(
        library,
        reports=reports,
        agencies={name: each for name, each in library.agencies.items() if name in left} if agencies else library.agencies,
    )


def put(library: Library, key: tuple[str, int], **parts: Any) -> Library:
    return replace(library, reports={**library.reports, key: replace(library.reports[key], **parts)})


def cells(library: Library, key: tuple[str, int], texts: dict[str, str], **parts: Any) -> Library:
    return replace(library, reports={**library.reports, key: replace(with_cells(library.reports[key], texts), **parts)})


def renamed(library: Library, **cells_of: str) -> Library:
    """The library in which the agency has another id, and figures of 2023 other texts."""
    moved = {}
    for (agency, year), report in library.reports.items():
        own = with_cells(report, {CELL: cells_of["total"]}) if cells_of and (agency, year) == KEY else report
        moved[NEW if agency == JIA else agency, year] = replace(own, agency=NEW) if agency == JIA else report
    agencies = {NEW if name == JIA else name: each for name, each in library.agencies.items()}
    return replace(library, reports=moved, agencies=agencies)


def breach(kind: checking.Kind, **other: Any) -> Breach:
    return Breach(kind, **{**BOTH, **other})


def changed(address: str, was: str, now: str, since: str = "1.0.0", of: tuple[str, int] = KEY, **other: Any) -> Breach:
    said = json.dumps({"address": address, "from": other.pop("raw", was), "to": other.pop("is_", now), **other}, ensure_ascii=False)
    agency, year = of
    return breach(
        "figure_changed", agency=agency, year=year, address=address, was=Text(zh=was, en=was), now=Text(zh=now, en=now), version=since,
        suggested=said,
    )  # fmt: skip


REASON = Dropped("2026-03-02", "误收", "Kept by mistake.", AGENCY)
SAID = {"date": "2026-03-02", "reason": "误收", "reason_en": "Kept by mistake.", "to": AGENCY}


def written(address: str, **other: str) -> str:
    return f"{address}: {json.dumps({**SAID, **other}, ensure_ascii=False)}"


# -- the record itself --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "by_hand, kind, suggested",
    [
        ("", "unreadable", "'there/a b.jsonl'"),
        ("successors", "successors_unreadable", "reports/pingtan/: reports/pingtan-city/"),
        ("dropped", "dropped_unreadable", "reports/pingtan/: reports/pingtan-city/"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(base: Library, by_hand: Any, kind: checking.Kind, suggested: str) -> None:
    found = Text(zh="甲", en="A")
    flaws = (Flaw("there/a b.jsonl:2", found, by_hand), Flaw("there/forms.json", found))
    one, other = breaches(base, recorded(base, flaws=flaws))
    entry = f"reports/pingtan/2020/: {GAPS}reports/pingtan/}}"
    assert one == breach(kind, address="there/a b.jsonl:2", now=found, suggested=suggested, entry=entry)
    assert other == breach("unreadable", address="there/forms.json", now=found, suggested="there/forms.json", entry=entry)


def test_words_of_a_breach_are_those_of_the_language() -> None:
    one = breach("form_gone", address="a/b/c", version="2021", was=Text(zh="甲", en="A"), now=Text(zh="乙", en="B"))
    assert "甲" in one.says()
    assert "乙" in one.says("zh")
    assert "A" not in one.says("zh")
    assert "released (A)" in one.says("en")
    assert str(one) == one.says("en")


def test_an_address_that_the_forms_have_no_more_is_told(base: Library) -> None:
    shapes = json.loads(json.dumps(releases.record.shapes()))
    table = shapes["2021"]["disclosure"]
    table["columns"]["issued"] = "个"
    table["lines"]["gone"] = ["issued"]
    found = {each.address: each for each in breaches(base, recorded(base, shapes=shapes))}
    assert found["disclosure/gone/issued"] == breach("form_gone", address="disclosure/gone/issued", version="2021", was="个", now="-")
    assert found["disclosure/rules/issued"] == breach("form_gone", address="disclosure/rules/issued", version="2021", was="个", now="件")
    assert breaches(base, recorded(base, reports={}, shapes={})) == []
    assert len(found) == sum("issued" in columns for columns in table["lines"].values())


# -- agencies and reports that are gone ---------------------------------------------------------------------------------


def test_agencies_and_reports_that_are_gone(base: Library) -> None:
    keys = [(JIA, 2022), KEY, (YI, 2023)]
    found = breaches(less(base, *keys, agencies=True), recorded(base))
    assert found == [
        *(
            breach("agency_gone", address=f"reports/{name}/", suggested=f"reports/{name}/: reports/…/", entry=f"reports/{name}/: {GAPS}corrections/}}")
            for name in (JIA, YI)
        ),
        *(
            breach(
                "report_gone",
                agency=agency,
                year=year,
                suggested=f"reports/{agency}/{year}/: reports/…/{year}/",
                entry=f"reports/{agency}/{year}/: {GAPS}corrections/}}",
            )
            for agency, year in keys
        ),
    ]  # fmt: skip
    # Readers are led to the agency where it stands.
    (one,) = breaches(less(base, KEY), recorded(base))
    assert one == breach("report_gone", agency=JIA, year=2023, suggested=f"{PAGE}: reports/…/2023/", entry=f"{PAGE}: {GAPS}{AGENCY}}}")


def test_every_report_is_looked_at_whatever_became_of_the_one_before(base: Library) -> None:
    """A report that stands, one that was dropped, one that moved: each is followed by others that have something to tell."""
    now = cells(less(base, (JIA, 2022)), (YI, 2023), {CELL: "12345"})
    released = recorded(base, successors=Successors({}, {OTHER: REASON}))
    assert [(each.kind, each.agency, each.year) for each in breaches(now, released)] == [("figure_changed", YI, 2023)]
    now = cells(cells(base, (JIA, 2022), {CELL: "1"}), (YI, 2023), {CELL: "12345"})
    assert [(each.agency, each.year) for each in breaches(now, recorded(base))] == [(JIA, 2022), (YI, 2023)]


def test_a_report_that_moved_is_held_to_what_it_said(base: Library) -> None:
    successors = Successors({AGENCY: f"reports/{NEW}/"})
    assert breaches(renamed(base), recorded(base, successors=successors)) == []
    assert breaches(renamed(base, total="3"), recorded(base, successors=successors)) == [changed(CELL, "0", "3", of=(NEW, 2023))]
    # Also to its earlier states.
    first = entry_of(with_cells(base.reports[KEY], {CELL: "7"}))
    lines = {JIA: [entry_of(base.reports[JIA, 2022]), first, entry_of(base.reports[KEY])], YI: [entry_of(base.reports[YI, 2023])]}
    released = recorded(base, successors=successors, lines=lines)
    assert breaches(renamed(base), released) == [changed(CELL, "7", "0", of=(NEW, 2023))]


def test_what_a_report_may_give_way_to(base: Library) -> None:
    gone = less(base, KEY)

    def told(entries: dict[str, str]) -> list[Breach]:
        return breaches(gone, recorded(base, successors=Successors(entries)))

    report, agency = (Text(zh=zh, en=en) for zh, en in (("一份年报", "a report"), ("一个机关的网页", "an agency’s page")))
    page, figure = (Text(zh=zh, en=en) for zh, en in (("一个网页", "a page"), ("一个数字", "a figure")))
    entry = f"{PAGE}: {GAPS}{AGENCY}}}"
    # Its own entry, told once; and that of a folder around it, which is told where it speaks for a report that is gone.
    assert told({PAGE: AGENCY}) == [breach("successor_drop", address=PAGE, version=AGENCY, was=report, now=agency, entry=entry)]
    assert told({"reports/": "pages/"}) == [
        breach("successor_drop", address=PAGE, version=f"pages/{JIA}/2023/", was=report, now=page, entry=entry)
    ]
    at = f"{OTHER}#{CELL}"
    assert told({PAGE: at}) == [breach("successor_drop", address=PAGE, version=at, was=report, now=figure, entry=entry)]
    assert told({PAGE: f"reports/{YI}/2024/"}) == [breach("successor_missing", address=PAGE, now=f"reports/{YI}/2024/")]
    # A report that says the same: none.
    assert told({PAGE: OTHER}) == []
    assert {each.kind for each in told({PAGE: f"reports/{YI}/2023/"})} == {"figure_changed"}


# -- figures ------------------------------------------------------------------------------------------------------------


def test_a_figure_that_changed_in_silence(base: Library) -> None:
    assert breaches(base, recorded(base)) == []
    assert breaches(cells(base, KEY, {CELL: "3"}), recorded(base)) == [changed(CELL, "0", "3")]
    unit = put(base, KEY, overview=(Item("公开平台", "12", "种", "", 2),))
    (found,) = breaches(unit, recorded(base))
    assert (found.was, found.now) == (Text(zh="12 个", en="12 个"), Text(zh="12 种", en="12 种"))
    assert found.suggested == '{"address": "overview/公开平台/value", "from": "12", "to": "12", "unit": {"from": "个", "to": "种"}}'


def test_a_version_only_rises(base: Library) -> None:
    ones = {**recorded(base).reports, KEY: entry_of(base.reports[KEY], version="1.1.0")}
    assert breaches(base, recorded(base, reports=ones)) == [breach("version_lower", agency=JIA, year=2023, was="1.1.0", now="1.0.0")]
    assert breaches(put(base, KEY, version="1.0.1"), recorded(base)) == []


REVISION = Revision("1.0.1", "2026-03-02", "录入错误", (Change(CELL, "0", "3"),))


def test_a_correction_is_told_for_good(base: Library) -> None:
    corrected = cells(base, KEY, {CELL: "3"}, version="1.0.1", revisions=(REVISION,))
    assert breaches(corrected, recorded(base)) == []
    now = recorded(corrected)
    assert breaches(corrected, now) == []
    gone = put(corrected, KEY, revisions=())
    text = '{"version": "1.0.1", "date": "2026-03-02", "reason": "录入错误", "changes": [{"address": "applications/new/total", "from": "0", "to": "3"}]}'
    told = breach("revision_lost", agency=JIA, year=2023, version="1.0.1", suggested=text)
    assert breaches(gone, now) == [told]
    assert breaches(put(corrected, KEY, revisions=(REVISION._replace(reason="另有原因"),)), now) == [told]
    # Of two branches that both gave a version, one has to be given another.
    again = put(corrected, KEY, revisions=(REVISION._replace(version="1.0.2"),), version="1.0.2")
    assert breaches(again, now) == []


def history(base: Library, *ones: dict[str, Any]) -> Released:
    """A record in which the report of 2023 has several states, of which `reports` has the last."""
    lines = {JIA: [entry_of(base.reports[JIA, 2022]), *ones], YI: [entry_of(base.reports[YI, 2023])]}
    return recorded(base, lines=lines, reports={**recorded(base).reports, KEY: ones[-1]})


def test_a_correction_must_still_say_what_the_figure_was(base: Library) -> None:
    corrected = cells(base, KEY, {CELL: "3"}, version="1.0.1", revisions=(REVISION,))
    first, last = entry_of(base.reports[KEY]), entry_of(corrected.reports[KEY])
    assert breaches(corrected, history(base, first, last)) == []
    silent = put(corrected, KEY, revisions=())
    assert [(each.kind, each.was, each.version) for each in breaches(silent, history(base, first, last))] == [
        ("revision_lost", "", "1.0.1"),
        ("figure_changed", Text(zh="0", en="0"), "1.0.0"),
    ]
    # A revision that every state has is told once.
    twice = breaches(silent, history(base, first, last, {**last, "version": "1.0.1"}))
    assert [each.kind for each in twice] == ["revision_lost", "figure_changed"]


def test_earlier_entries_are_those_before_the_last_of_each_report(base: Library) -> None:
    first, second, last = ({**entry_of(base.reports[KEY]), "mark": mark} for mark in "abc")
    released = history(base, first, second, last)
    assert checking._earlier(released) == {KEY: [first, second]}
    assert checking._earlier(replace(released, flaws=(Flaw("x", Text(zh="", en="")),))) == {}
    assert checking._earlier(history(base, last)) == {}
    assert checking._earlier(recorded(base)) == {}


def test_a_figure_that_is_gone_needs_its_successor(base: Library) -> None:
    address = "overview/公开平台/value"
    gone = put(base, KEY, overview=())
    told = breach(
        "address_gone", agency=JIA, year=2023, address=address, was=Text(zh="12", en="12"), suggested=f"{PAGE}#{address}: {PAGE}#…"
    )
    assert breaches(gone, recorded(base)) == [told]
    successors = Successors({f"{PAGE}#{address}": f"{PAGE}#{CELL}"})
    assert breaches(gone, recorded(base, successors=successors)) == []
    # Once released without it, the record says of it only that it went.
    ones = {**recorded(gone).reports, KEY: entry_of(gone.reports[KEY], gone=[address, CELL])}
    later = recorded(gone, reports=ones)
    assert breaches(gone, later) == [told._replace(was="-")]
    assert breaches(base, replace(later, reports={**ones, KEY: entry_of(base.reports[KEY], gone=[address])})) == []
    assert breaches(gone, replace(later, successors=successors)) == []
    # One that went before, and one that goes now.
    old = "overview/旧平台/value"
    ones = {**recorded(base).reports, KEY: entry_of(base.reports[KEY], gone=[old])}
    assert breaches(gone, recorded(base, reports=ones)) == [
        told,
        told._replace(address=old, was="-", suggested=f"{PAGE}#{old}: {PAGE}#…"),
    ]


# -- successors ---------------------------------------------------------------------------------------------------------


def entries(base: Library, entries: dict[str, str], now: Library | None = None) -> list[Breach]:
    return breaches(now or base, recorded(base, successors=Successors(entries)))


def test_what_still_stands_has_no_successor(base: Library) -> None:
    for old, new in ((PAGE, OTHER), (AGENCY, f"reports/{YI}/"), (f"{PAGE}#{CELL}", f"{OTHER}#{CELL}")):
        assert entries(base, {old: new}) == [breach("successor_needless", address=old)]
    assert entries(base, {f"{PAGE}#a/b/c": f"{OTHER}#{CELL}", "glossary/": "terms/", "a.csv": "b.csv"}) == []


def test_a_successor_must_be_there(base: Library) -> None:
    for old, new in (
        (f"reports/{NEW}/2023/", f"reports/{NEW}/2024/"),
        (f"reports/{NEW}/", "reports/xugou-ding/"),
        (f"{PAGE}#a/b/c", f"{PAGE}#a/b/d"),
    ):
        assert entries(base, {old: new}) == [breach("successor_missing", address=old, now=new)]
    assert entries(base, {f"{PAGE}#a/b/c": PAGE, f"reports/{NEW}/2023/": PAGE, f"reports/{NEW}/": AGENCY}) == []


def test_successors_that_go_round_are_told_once_each(base: Library) -> None:
    assert entries(base, {"a/": "b/", "b/": "a/", "c/": "d/"}) == [breach("successor_ring", address=each) for each in ("a/", "b/")]


@pytest.mark.parametrize(
    "old, new, was, now",
    [
        (
            "a.csv",
            "b.json",
            Text(zh="一个 csv 文件", en="a file of the format csv"),
            Text(zh="一个 json 文件", en="a file of the format json"),
        ),
        ("a.xlsx", "b/", Text(zh="一个电子表格文件", en="a workbook"), Text(zh="一个网页", en="a page")),
        ("a/", f"{PAGE}#{CELL}", Text(zh="一个网页", en="a page"), Text(zh="一个数字", en="a figure")),
        (f"{PAGE}#a/b/c", AGENCY, Text(zh="一个数字", en="a figure"), Text(zh="一个机关的网页", en="an agency’s page")),
    ],
)
def test_a_successor_is_of_the_same_kind(base: Library, old: str, new: str, was: Text, now: Text) -> None:
    assert entries(base, {old: new}) == [breach("successor_kind", address=old, version=new, was=was, now=now)]


def test_an_agency_gives_way_to_an_agency(base: Library) -> None:
    agency, report = Text(zh="一个机关的网页", en="an agency’s page"), Text(zh="一份年报", en="a report")
    old = f"reports/{NEW}/"
    assert entries(base, {old: PAGE}) == [
        breach("successor_drop", address=old, version=PAGE, was=agency, now=report, entry=f"{old}: {GAPS}corrections/}}")
    ]


# -- what is published no more ------------------------------------------------------------------------------------------


def test_a_report_that_was_dropped_is_gone_for_a_reason(base: Library) -> None:
    gone = less(base, (JIA, 2022))
    assert breaches(gone, recorded(base, successors=Successors({}, {OTHER: REASON}))) == []
    # It moved first and was dropped then; its entry leads to what is dropped.
    moved = less(renamed(base), (NEW, 2022))
    at = f"reports/{NEW}/2022/"
    assert (
        breaches(moved, recorded(base, successors=Successors({AGENCY: f"reports/{NEW}/"}, {at: REASON._replace(to=f"reports/{NEW}/")})))
        == []
    )
    own = Successors({OTHER: at, AGENCY: f"reports/{NEW}/"}, {at: REASON._replace(to=f"reports/{NEW}/")})
    assert breaches(moved, recorded(base, successors=own)) == []


def test_a_reason_for_what_stands_is_needless(base: Library) -> None:
    released = recorded(base, successors=Successors({}, {PAGE: REASON}))
    back = f"{written(PAGE).removesuffix('}')}, back: YYYY-MM-DD}}"
    assert breaches(base, released) == [breach("drop_needless", address=PAGE, now=PAGE, entry=back)]
    # It stands where its agency went, too; but not where a report of another kind of place does.
    moved = recorded(base, successors=Successors({AGENCY: f"reports/{NEW}/"}, {PAGE: REASON._replace(to=f"reports/{NEW}/")}))
    told = [each for each in breaches(renamed(base), moved) if each.kind == "drop_needless"]
    back = f"{written(PAGE, to=f'reports/{NEW}/').removesuffix('}')}, back: YYYY-MM-DD}}"
    assert told == [breach("drop_needless", address=PAGE, now=f"reports/{NEW}/2023/", entry=back)]
    gone = recorded(base, successors=Successors({"reports/": "pages/"}, {PAGE: REASON}))
    assert "drop_needless" not in {each.kind for each in breaches(less(base, KEY), gone)}
    nowhere = recorded(base, successors=Successors({AGENCY: f"reports/{NEW}/"}, {PAGE: REASON._replace(to=f"reports/{NEW}/")}))
    assert "drop_needless" not in {each.kind for each in breaches(less(renamed(base), (NEW, 2023)), nowhere)}


def test_readers_are_led_to_something_that_is_there(base: Library) -> None:
    gone = less(base, KEY)
    for to, missing in (("reports/xugou-ding/", True), (f"reports/{JIA}/2021/", True), (AGENCY, False), ("nowhere/", False)):
        found = breaches(gone, recorded(base, successors=Successors({}, {PAGE: REASON._replace(to=to)})))
        assert found == ([breach("successor_missing", address=PAGE, now=to, successors="there/dropped.yml")] if missing else [])
    ring = Successors({}, {PAGE: REASON._replace(to=PAGE)})
    assert [each.kind for each in breaches(gone, recorded(base, successors=ring))] == ["successor_ring", "report_gone"]


def test_what_was_never_released_did_not_go(base: Library) -> None:
    never = f"reports/{NEW}/2020/"
    published = recorded(less(base, KEY, (YI, 2023)), reports={(NEW, 2020): entry_of(base.reports[KEY])})

    def unknown(successors: Successors, also: Released | None = None, now: Library = base) -> list[str]:
        found = breaches(now, recorded(base, successors=successors), also)
        assert all(each == breach("drop_unknown", address=each.address) for each in found if each.kind == "drop_unknown")
        return [each.address for each in found if each.kind == "drop_unknown"]

    both = {never: REASON, f"reports/{NEW}/": REASON}
    assert unknown(Successors({}, both)) == [never, f"reports/{NEW}/"]
    assert unknown(Successors({}, both), published) == []
    # What went and came back counts as well, and so does an agency, and what stood where an agency is now.
    assert unknown(Successors({}, {}, ((never, REASON._replace(back="2026-05-04")),))) == [never]
    assert unknown(Successors({}, {PAGE: REASON, AGENCY: REASON}, ((OTHER, REASON),))) == []
    said = REASON._replace(to="corrections/")
    moved = Successors({AGENCY: f"reports/{NEW}/"}, {f"reports/{NEW}/2023/": said})
    assert unknown(moved) == []
    again = Successors({AGENCY: f"reports/{NEW}/"}, {}, ((f"reports/{NEW}/2023/", REASON),))
    assert unknown(again) == []
    # Dropped on its way: under an id that it had only in between.
    between = Successors({AGENCY: "reports/xugou-bing/", "reports/xugou-bing/": "reports/xugou-ding/"}, {"reports/xugou-bing/2023/": said})
    assert unknown(between) == []


def states(base: Library, then: Successors, now: Successors, library: Library | None = None) -> list[Breach]:
    held = replace(recorded(base, successors=then), place="elsewhere", flaws=(Flaw("x", Text(zh="", en="")),))
    return checking.still_binding(library or less(base, KEY), recorded(base, successors=now), held, "abc123")


@pytest.mark.parametrize(
    "now, kept",
    [
        (REASON, True),
        (REASON._replace(to="corrections/"), True),
        (REASON._replace(date="2026-03-03"), False),
        (REASON._replace(reason="另有原因"), False),
        (REASON._replace(reason_en="Another."), False),
        (REASON._replace(reason_en=""), False),
        (REASON._replace(back="2026-05-04"), True),
    ],
)
def test_a_reason_is_told_for_good(base: Library, now: Dropped, kept: bool) -> None:  # noqa: FBT001 (what is expected)
    then = Successors({}, {PAGE: REASON})
    found = states(base, then, Successors({}, {PAGE: now}))
    assert found == ([] if kept else [breach("drop_lost", address=PAGE, version="abc123", entry=written(PAGE))])


def test_a_reason_may_be_said_in_another_language_later(base: Library) -> None:
    then, now = Successors({}, {PAGE: REASON._replace(reason_en="")}), Successors({}, {PAGE: REASON})
    assert states(base, then, now) == []
    over = Successors({}, {}, ((PAGE, REASON._replace(back="2026-05-04")),))
    assert states(base, over, Successors({}, {PAGE: REASON}))[0].kind == "drop_lost"
    assert states(base, over, over, base) == []
    elsewhere = Successors({}, {OTHER: REASON, PAGE: REASON._replace(date="2026-01-01")})
    assert [(each.kind, each.address) for each in states(base, then, elsewhere) if each.kind == "drop_lost"] == [("drop_lost", PAGE)]


def test_another_state_of_the_record_binds_with_the_successors_of_today(base: Library) -> None:
    moved = Successors({AGENCY: f"reports/{NEW}/"})
    assert states(base, Successors({}), moved, renamed(base)) == []
    assert states(base, Successors({}), moved, renamed(base, total="3")) == [changed(CELL, "0", "3", of=(NEW, 2023))]
    (found,) = states(base, moved, Successors({}), less(base, KEY))
    assert (found.kind, found.successors, found.dropped) == ("report_gone", "there/successors.yml", "there/dropped.yml")


# -- addresses of the site ----------------------------------------------------------------------------------------------


def site(base: Library, paths: tuple[str, ...], written: tuple[str, ...], successors: Successors) -> list[Breach]:
    return lost(recorded(base, paths=paths, successors=successors), written)


def test_every_address_of_the_site_that_is_gone_is_told(base: Library) -> None:
    paths = ("./", "glossary/", "en/glossary/", "data/a.csv", "about/")
    assert site(base, paths, ("index.html", "about/index.html", "404.html"), Successors({})) == [
        breach("path_gone", address="glossary/", suggested="glossary/: …/"),
        breach("path_gone", address="en/glossary/", suggested="glossary/: …/"),
        breach("path_gone", address="data/a.csv", suggested="data/a.csv: …"),
    ]


def test_the_entry_of_a_folder_leads_a_file_to_no_page(base: Library) -> None:
    csv, page = Text(zh="一个 csv 文件", en="a file of the format csv"), Text(zh="一个网页", en="a page")
    written = ("pages/index.html", "pages/a.csv")
    assert site(base, ("old/a.csv",), written, Successors({"old/": "pages/index.html"})) == [
        breach("successor_kind", address="old/a.csv", version="pages/index.html", was=csv, now=page),
    ]  # fmt: skip
    assert site(base, ("old/a.csv",), written, Successors({"old/": "pages/"})) == []
    # Told from the data where the entry is its own, and of what was dropped there is nothing to tell.
    assert site(base, ("old/a.csv",), written, Successors({"old/a.csv": "pages/"})) == []
    dropped = Successors({}, {f"reports/{JIA}/": REASON._replace(to="pages/")})
    assert site(base, (f"reports/{JIA}/a.csv",), written, dropped) == []


def test_entries_lead_to_what_the_site_has(base: Library) -> None:
    written = ("about/index.html", "data/a.csv", "reports/x/2020/index.html")
    entries = {
        f"reports/{NEW}/2020/": "nowhere/",
        f"reports/{NEW}/": "nowhere/",
        "reports/{agency}/a.csv": "reports/{agency}/b.csv",
        "one/": "nowhere/",
        "two/": "about/",
        "three.csv": "data/a.csv",
        "four.csv": "data/b.csv",
        "five/": "about/#a/b/c",
        "six/": "six/seven/",
    }
    assert site(base, (), written, Successors(entries)) == [
        breach("successor_missing", address="one/", now="nowhere/"),
        breach("successor_missing", address="four.csv", now="data/b.csv"),
    ]
    reasons = {
        f"reports/{NEW}/2020/": REASON._replace(to="nowhere/"),
        f"reports/{NEW}/2021/": REASON._replace(to="about/"),
        f"reports/{NEW}/2022/": REASON._replace(to="reports/xugou-ding/"),
        f"reports/{NEW}/2023/": REASON._replace(to="reports/xugou-ding/2020/"),
        f"reports/{NEW}/2024/": REASON._replace(to=f"reports/{NEW}/2024/"),
        f"reports/{NEW}/2025/": REASON._replace(to="gone/"),
    }
    assert site(base, (), written, Successors({}, reasons)) == [
        breach("successor_missing", address=f"reports/{NEW}/{year}/", now=now, successors="there/dropped.yml")
        for year, now in ((2020, "nowhere/"), (2025, "gone/"))
    ]
