"""What a diff compares, part by part: libraries of a few made-up reports, changed in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import made_up
import pytest
from conftest import with_cells
from open_reports.finding import Explanation, Finding, finding
from open_reports.history import diff
from open_reports.history.diff import comparing
from open_reports.history.diff.model import AgencyChange, ExplanationChange, Flip, TextChange
from open_reports.library import FormerName, Library, Predecessor, open_library
from open_reports.report import Revision
from open_reports.report.model import Change, Consolidation, Item, Note
from open_reports.text import Text
from test_diff import zeros

if TYPE_CHECKING:
    from open_reports.history.diff.model import Key

JIA, YI = "xugou-jia", "xugou-yi"
OLD, NEW = (JIA, 2022), (JIA, 2023)
CELL = "applications/new/total"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Two years of two agencies: of one every figure is 0, and the other is its unit."""
    root = tmp_path_factory.mktemp("base")
    for year in (2022, 2023):
        zeros(year).write(root)
        package = made_up.package(YI, year)
        package.edit_agency("parent", JIA)
        package.write(root)
    library = open_library(root)
    assert library.findings == ()
    return library


def put(library: Library, key: Key, **parts: Any) -> Library:
    """The library with another package in the place of one of its own."""
    report = replace(library.reports[key], **{"digest": f"{parts!r}", **parts})
    return replace(library, reports={**library.reports, key: report})


def cells(library: Library, key: Key, **texts: str) -> Library:
    return put(
        library, key, tables=with_cells(library.reports[key], {name.replace("__", "/"): text for name, text in texts.items()}).tables
    )


def less(library: Library, *keys: Key) -> Library:
    return replace(library, reports={key: each for key, each in library.reports.items() if key not in keys})


def called(library: Library, agency: str, **facts: Any) -> Library:
    return replace(library, agencies={**library.agencies, agency: replace(library.agencies[agency], **facts)})


def broken(library: Library, *keys: Key, code: str = "file.missing") -> Library:
    """The library in which these packages could not be read."""
    found = tuple(finding(code, file=f"datapackages/{agency}/{year}/x.csv").of(agency, year) for agency, year in keys)
    return replace(less(library, *keys), findings=found)


def told(found: diff.Diff) -> list[tuple[str, int, str]]:
    return [(each.agency, each.year, each.standing) for each in found.reports]


# -- which reports and agencies are looked at ---------------------------------------------------------------------------


def test_only_what_is_asked_for_is_told(base: Library) -> None:
    other = base
    for key in base.reports:
        other = put(other, key)
    other = called(called(other, JIA, region="甲"), YI, region="乙")

    def asked(*only: tuple[str, int | None]) -> tuple[list[tuple[str, int, str]], list[str]]:
        found = diff.compare(base, other, only=only)
        return told(found), [each.agency for each in found.agencies]

    everything = [(*key, "changed") for key in sorted(base.reports)]
    assert asked() == (everything, [JIA, YI])
    assert asked((YI, None)) == ([each for each in everything if each[0] == YI], [YI])
    assert asked(OLD) == ([(*OLD, "changed")], [JIA])
    assert asked(OLD, (YI, 2023)) == ([(*OLD, "changed"), (YI, 2023, "changed")], [JIA, YI])


def test_reports_are_told_by_agency_and_year(base: Library) -> None:
    mixed = replace(base, reports=dict(sorted(base.reports.items(), reverse=True)))
    other = mixed
    for key in base.reports:
        other = put(other, key)
    assert [(each.agency, each.year) for each in diff.compare(mixed, other).reports] == sorted(base.reports)


def test_untouched_reports_are_checked_against_an_agency_that_changed(base: Library) -> None:
    found = diff.compare(base, called(base, JIA, name="另一个名字"))
    assert told(found) == [(*OLD, "affected"), (*NEW, "affected")]
    assert all([each.rule for each in change.gained] == ["TITLE"] for change in found.reports)
    back = diff.compare(called(base, JIA, name="另一个名字"), base)
    assert [[each.rule for each in change.lost] for change in back.reports] == [["TITLE"], ["TITLE"]]


def test_a_package_that_can_be_read_on_neither_side_is_told_by_its_errors(base: Library) -> None:
    old, new = broken(base, OLD), broken(base, OLD, code="file.invisible")
    (change,) = diff.compare(old, new).reports
    assert (change.standing, change.report) == ("unreadable", None)
    assert ([each.code for each in change.gained], [each.code for each in change.lost]) == (["file.invisible"], ["file.missing"])
    assert told(diff.compare(old, new, only=[NEW])) == []
    assert told(diff.compare(old, old)) == []


def test_a_package_with_errors_that_is_taken_away_was_never_published(base: Library) -> None:
    """Also where it was all that its agency had: no page of it is, or was, on the site."""
    for library in (base, less(base, NEW)):
        old, new = broken(library, OLD), less(library, OLD)
        (change,) = (each for each in diff.compare(old, new).reports if (each.agency, each.year) == OLD)
        assert (change.standing, change.report, [each.code for each in change.lost]) == ("removed", None, ["file.missing"])
        assert diff.compare(old, new).pages == ()
        assert "2022" in diff.text(diff.compare(old, new), "old", "new", "zh")
        assert told(diff.compare(old, new, only=[(YI, None)])) == []
        assert [each[2] for each in told(diff.compare(new, old))] == ["unreadable"]


def test_what_is_found_in_no_single_report_is_told_apart(base: Library) -> None:
    lone = [finding("file.missing", file=name).of(agency, None) for name, agency in (("a", None), ("b", JIA))]
    own = finding("file.missing", file="c").of(*OLD)
    found = diff.compare(base, replace(base, findings=(*lone, own)))
    assert (found.gained, found.lost) == (tuple(lone), ())
    back = diff.compare(replace(base, findings=(*lone, own)), base)
    assert (back.gained, back.lost) == ((), tuple(lone))


def test_names_and_years_of_both_sides(base: Library) -> None:
    old = replace(base, agencies={JIA: base.agencies[JIA]}, reports={OLD: base.reports[OLD]})
    new = called(replace(base, reports={each: base.reports[each] for each in (NEW, (YI, 2023))}), JIA, name="新名", name_en="New name")
    yi = base.agencies[YI]
    for found in (diff.compare(old, new), diff.compare(replace(old, agencies=base.agencies), new)):
        assert found.names == {JIA: Text(zh="新名", en="New name"), YI: Text(zh=yi.name, en=yi.name_en)}
        assert found.years == {JIA: (2022, 2023), YI: (2023,)}
    gone = diff.compare(base, replace(less(base, (YI, 2022), (YI, 2023)), agencies={JIA: base.agencies[JIA]}))
    assert gone.names[YI] == Text(zh=yi.name, en=yi.name_en)
    assert told(gone) == [(YI, 2022, "removed"), (YI, 2023, "removed")]


def neighbours(old: Library, new: Library) -> set[Key]:
    return set(comparing._neighbours(old, new))


def test_who_is_held_against_whom(base: Library) -> None:
    assert neighbours(base, base) == set()
    # Of the unit, whose rules look at the report above it, the same year alone.
    assert neighbours(base, put(base, OLD)) == {(JIA, 2021), NEW, (YI, 2022)}
    assert neighbours(put(base, OLD), base) == {(JIA, 2021), NEW, (YI, 2022)}
    assert neighbours(base, put(base, (YI, 2023))) == {(YI, 2022), (YI, 2024)}
    assert neighbours(base, less(base, OLD)) == neighbours(less(base, OLD), base) == {(JIA, 2021), NEW, (YI, 2022)}


@pytest.mark.parametrize("side", [0, 1])
def test_a_report_is_held_against_the_units_that_it_adds_up(base: Library, side: int) -> None:
    joined = (Consolidation(units=("xugou-bing", YI), lines=()), Consolidation(units=("xugou-ding",), lines=()))
    adding = replace(base, reports={**base.reports, NEW: replace(base.reports[NEW], consolidates=joined)})
    sides = (adding, put(base, (YI, 2023))) if side == 0 else (put(base, (YI, 2023)), adding)
    assert neighbours(*sides) == {(YI, 2022), (YI, 2024), NEW}
    assert neighbours(adding, put(adding, (YI, 2022))) == {(YI, 2021), (YI, 2023)}


def test_a_report_of_an_unknown_agency_has_no_one_above_it(base: Library) -> None:
    only = replace(base, agencies={JIA: base.agencies[JIA]})
    assert neighbours(only, put(only, OLD)) == {(JIA, 2021), NEW}


# -- agencies -----------------------------------------------------------------------------------------------------------

OTHER: dict[str, Any] = {
    "name": "甲",
    "name_en": "A",
    "kind": "other",
    "parent": "xugou-bing",
    "region": "乙",
    "site": "https://www.example.cn/",
    "codes": {"uscc": "1", "new": "2"},
    "predecessor": Predecessor("xugou-ding", 2020),
    "aliases": ("丙", "丁"),
    "former_names": (FormerName("戊", "E", 2018), FormerName("己", "F", 2020)),
    "reading": "jia",
}


def test_each_fact_of_an_agency_is_told(base: Library) -> None:
    before = replace(base.agencies[JIA], codes={"uscc": "0", "old": "3"}, parent=None)
    after = replace(before, **OTHER)
    there = [
        ("name", before.name, "甲"),
        ("name_en", before.name_en, "A"),
        ("reading", "", "jia"),
        ("kind", before.kind, "other"),
        ("parent", "", "xugou-bing"),
        ("region", before.region, "乙"),
        ("site", before.site, "https://www.example.cn/"),
        ("codes.uscc", "0", "1"),
        ("codes.old", "3", ""),
        ("predecessor.agency", "", "xugou-ding"),
        ("predecessor.until", "", "2020"),
        ("aliases", "", "丙、丁"),
        ("codes.new", "", "2"),
        ("former_names[0].name", "", "戊"),
        ("former_names[0].name_en", "", "E"),
        ("former_names[0].until", "", "2018"),
        ("former_names[1].name", "", "己"),
        ("former_names[1].name_en", "", "F"),
        ("former_names[1].until", "", "2020"),
    ]
    assert list(comparing._agency_texts(before, after)) == there
    assert sorted(comparing._agency_texts(after, before)) == sorted((key, now, was) for key, was, now in there)
    assert list(comparing._agency_texts(after, after)) == []
    # A code without a text is none.
    for one, other in (
        (replace(before, codes={"new": ""}), replace(before, codes={})),
        (before, replace(before, codes={**before.codes, "new": ""})),
    ):
        assert list(comparing._agency_texts(one, other)) == list(comparing._agency_texts(other, one)) == []


def test_agencies_that_came_went_and_changed(base: Library) -> None:
    jia, yi = base.agencies[JIA], base.agencies[YI]
    new = replace(base, agencies={JIA: replace(jia, region="乙")})
    assert diff.compare(base, new).agencies == (
        AgencyChange(JIA, jia, replace(jia, region="乙"), (("region", jia.region, "乙"),), (YI,)),
        AgencyChange(YI, yi, None, (), (JIA,)),
    )
    assert diff.compare(new, base).agencies[1] == AgencyChange(YI, None, yi, (), (JIA,))
    assert [each.agency for each in diff.compare(base, new, only=[(YI, None)]).agencies] == [YI]
    assert diff.compare(base, base).agencies == ()


def test_an_agency_of_which_only_the_file_cannot_be_read_is_not_gone(base: Library) -> None:
    jia = base.agencies[JIA]
    flaw = finding("file.missing", file=f"datapackages/{YI}/agency.yml").of(YI, None)
    new = replace(less(base, (YI, 2022), (YI, 2023)), agencies={JIA: replace(jia, region="乙")}, findings=(flaw,))
    found = diff.compare(base, new)
    assert [each.agency for each in found.agencies] == [JIA]
    assert told(found) == [(YI, 2022, "unreadable"), (YI, 2023, "unreadable")]
    # An error of one of its reports says nothing about the agency.
    other = replace(new, findings=(flaw.of(YI, 2022),))
    assert [each.agency for each in diff.compare(base, other).agencies] == [JIA, YI]
    assert told(diff.compare(base, other)) == [(YI, 2022, "unreadable"), (YI, 2023, "removed")]
    # A new file for one that could not be read, and a file of which something else is wrong.
    assert [each.agency for each in diff.compare(new, base).agencies] == [JIA, YI]
    assert [each.agency for each in diff.compare(base, replace(called(base, YI, region="丁"), findings=(flaw,))).agencies] == [YI]


def test_whose_pages_name_an_agency(base: Library) -> None:
    """Its units, what it was called before and after, and who is above it, of both sides."""
    bing = replace(base.agencies[JIA], id="xugou-bing", parent=JIA, predecessor=Predecessor("xugou-ding", 2020))
    wu = replace(base.agencies[JIA], id="xugou-wu", predecessor=Predecessor("xugou-bing", 2022))
    old = replace(base, agencies={**base.agencies, "xugou-bing": bing})
    new = replace(
        base,
        agencies={
            **base.agencies,
            YI: replace(base.agencies[YI], parent="xugou-bing"),
            "xugou-bing": replace(bing, parent="xugou-geng", predecessor=Predecessor("xugou-xin", 2019)),
            "xugou-wu": wu,
        },
    )
    beside = {each.agency: each.beside for each in diff.compare(old, new).agencies}
    assert beside == {
        "xugou-bing": ("xugou-ding", "xugou-geng", JIA, "xugou-wu", "xugou-xin", YI),
        "xugou-wu": ("xugou-bing",),
        YI: ("xugou-bing", JIA),
    }
    back = {each.agency: each.beside for each in diff.compare(new, old).agencies}
    assert back == beside


# -- reports ------------------------------------------------------------------------------------------------------------


def test_a_figure_that_changes_is_told_with_all_that_follows(base: Library) -> None:
    found = diff.compare(base, cells(base, NEW, applications__new__total="3"))
    (change,) = found.of("changed")
    assert (change.agency, change.year) == NEW
    assert (change.before, change.after) == (base.reports[NEW], change.after)
    assert [(each.address, each.before and each.before.text, each.after and each.after.text) for each in change.figures] == [
        (CELL, "0", "3")
    ]
    assert Flip("T3-ROW", CELL, "holds", "contradicts", "0 = 0+0+0+0+0+0", "3 ≠ 0+0+0+0+0+0") in change.flips
    assert {each.rule for each in change.gained} == {"T3-ROW", "T3-CONS"}
    assert change.lost == ()
    assert "T3-ROW" in change.recounted
    assert change.indicators
    assert change.level == "patch"
    assert [each.kind for each in change.faults] == ["version_same", "revision_missing"]
    assert change.files == ()
    assert (change.revisions, change.revisions_lost, change.texts, change.explanations) == ((), (), (), ())


def test_an_untouched_report_is_told_only_of_what_its_neighbour_changed(base: Library) -> None:
    found = diff.compare(base, cells(base, OLD, applications__carried_out__total="4"))
    assert told(found) == [(*OLD, "changed"), (*NEW, "affected")]
    change = found.reports[1]
    assert [(each.rule, each.before, each.after) for each in change.flips] == [("XY-CARRY", "holds", "contradicts")]
    assert [each.rule for each in change.gained] == ["XY-CARRY"]
    assert (change.figures, change.files, change.level, change.faults) == ((), (), None, ())


def test_what_the_judge_finds_in_a_changed_package_is_told(base: Library) -> None:
    other = cells(base, NEW, applications__granted__total="1.5")
    found = diff.compare(base, other)
    assert [(each.agency, each.year) for each in found.reports if "schema.cell" in {one.code for one in each.gained}] == [NEW]
    assert [each.agency for each in diff.compare(other, base).reports if "schema.cell" in {one.code for one in each.lost}] == [JIA]
    # Nobody asks the judge about what is as it was: there is no need.
    assert all(one.code != "schema.cell" for each in diff.compare(other, put(other, OLD)).reports for one in (*each.gained, *each.lost))


def test_a_package_of_which_only_the_bytes_changed_is_told(base: Library) -> None:
    was = base.reports[NEW]
    (change,) = diff.compare(base, put(base, NEW, files={**was.files, "a.csv": b"x", "datapackage.json": b"{}"})).reports
    assert (change.standing, change.files, change.level, change.faults) == ("changed", ("datapackage.json", "a.csv"), None, ())


REVISIONS = tuple(Revision(version, "2026-03-02", version, (Change(text=version),)) for version in ("1.0.1", "1.0.2"))


def test_revisions_that_came_and_went(base: Library) -> None:
    one, other = (put(base, NEW, revisions=(each,)) for each in REVISIONS)
    (change,) = diff.compare(one, other).reports
    assert (change.revisions, change.revisions_lost) == (REVISIONS[1:], REVISIONS[:1])
    assert change.level == "patch"
    assert [each.kind for each in change.faults] == ["version_same"]
    (change,) = diff.compare(one, put(base, NEW, revisions=REVISIONS)).reports
    assert (change.revisions, change.revisions_lost) == (REVISIONS[1:], ())


def test_what_became_of_a_report(base: Library) -> None:
    gone = less(base, OLD)
    assert (*OLD, "removed") in told(diff.compare(base, gone))
    assert (*OLD, "added") in told(diff.compare(gone, base))
    assert (*OLD, "unreadable") in told(diff.compare(base, broken(base, OLD)))
    assert (*OLD, "added") in told(diff.compare(broken(base, OLD), base))
    # What is found in a folder that has no report any more, and is no error, leaves nothing unreadable.
    notice = replace(broken(base, OLD).findings[0], level="notice")
    assert (*OLD, "removed") in told(diff.compare(base, replace(gone, findings=(notice,))))
    other = finding("file.missing", file="x").of(YI, None)
    assert (*OLD, "removed") in told(diff.compare(base, replace(gone, findings=(other,))))
    nowhere = finding("file.missing", file="x").of(JIA, None)
    assert (*OLD, "unreadable") in told(diff.compare(base, replace(gone, findings=(nowhere,))))


# -- texts --------------------------------------------------------------------------------------------------------------


def texts(base: Library, old: dict[str, Any], new: dict[str, Any]) -> list[TextChange]:
    report = base.reports[NEW]
    return list(comparing._texts(replace(report, **old), replace(report, **new)))


def test_labels_that_differ(base: Library) -> None:
    report = base.reports[NEW]
    table = report.tables["applications"]
    labels = {line: label for line, label in table.labels.items() if line != "granted"} | {"new": "新收", "added": "多出"}
    new = {**report.tables, "applications": replace(table, labels=labels)}
    was = table.labels["new"]
    assert texts(base, {}, {"tables": new}) == [TextChange("label", "applications/new", was, "新收")]
    assert texts(base, {"tables": new}, {}) == [TextChange("label", "applications/new", "新收", was)]
    alone = {"applications": new["applications"]}
    assert texts(base, {}, {"tables": alone}) == [TextChange("label", "applications/new", was, "新收")]
    assert texts(base, {"tables": alone}, {}) == [TextChange("label", "applications/new", "新收", was)]


def test_items_that_belong_elsewhere(base: Library) -> None:
    old = tuple(Item(item, "1", "个", part_of, 2) for item, part_of in (("甲", ""), ("乙", "甲"), ("丙", "甲"), ("丁", "甲")))
    new = tuple(Item(item, "1", "个", part_of, 2) for item, part_of in (("戊", "甲"), ("甲", "乙"), ("乙", ""), ("丙", "甲")))
    assert texts(base, {"overview": old}, {"overview": new}) == [
        TextChange("part_of", "overview/甲", None, "乙"),
        TextChange("part_of", "overview/乙", "甲", None),
    ]


def test_prose_that_differs(base: Library) -> None:
    assert texts(
        base, {"prose": {"overview": "甲", "other": "乙", "same": "丙"}}, {"prose": {"problems": "丁", "other": "戊", "same": "丙"}}
    ) == [
        TextChange("prose", "overview", "甲", None),
        TextChange("prose", "other", "乙", "戊"),
        TextChange("prose", "problems", None, "丁"),
    ]


def test_facts_that_differ(base: Library) -> None:
    old = {"title": "甲", "version": "1", "resources": [1], "same": 3, "report": {"explanations": [1], "scope": "own"}}
    new = {"title": "乙", "version": "2", "resources": [2], "same": 3, "report": {"explanations": [2], "absent": ["a"]}}
    assert texts(base, {"descriptor": old}, {"descriptor": new}) == [
        TextChange("metadata", "title", "甲", "乙"),
        TextChange("metadata", "report.absent[0]", None, "a"),
        TextChange("metadata", "report.scope", "own", None),
    ]


def test_every_text_and_number_has_its_path() -> None:
    value = {
        "a": {"b": 1, "c": None},
        "d": [{"e": "f"}, "g", (2.5, True)],
        "report": {"explanations": [{"x": 1}], "revisions": [{"x": 1}], "scope": "own"},
        "explanations": ["h"],
    }
    assert list(comparing._flat(value, "")) == [
        ("a.b", "1"),
        ("d[0].e", "f"),
        ("d[1]", "g"),
        ("d[2][0]", "2.5"),
        ("d[2][1]", "True"),
        ("report.scope", "own"),
        ("explanations[0]", "h"),
    ]


def note(place: str, printed: str = "", said: str = "") -> Note:
    table, line, column = (*place.split("/"), "", "")[:3]
    return Note(table, line, column, printed, said)


NOTES: dict[str, tuple[list[Note], list[Note], list[TextChange]]] = {
    "the same": ([note("a/b/c", "1", "甲")], [note("a/b/c", "1", "甲")], []),
    "in another order": ([note("a", "", "甲"), note("b", "", "乙")], [note("b", "", "乙"), note("a", "", "甲")], []),
    "another text": ([note("a/b/c", "1", "甲")], [note("a/b/c", "1", "乙")], [TextChange("note", "a/b/c", "甲", "乙")]),
    "the printed form of a cell": ([note("a/b/c", "1", "甲")], [note("a/b/c", "2", "甲")], []),
    "the printed form of a line": ([note("a/b", "1", "甲")], [note("a/b", "2", "甲")], [TextChange("printed", "a/b", "1", "2")]),
    "the printed form of a column": ([note("a//c", "1", "")], [note("a//c", "", "")], [TextChange("printed", "a//c", "1", None)]),
    "both of a table": (
        [note("a", "1", "甲")],
        [note("a", "2", "乙")],
        [TextChange("printed", "a", "1", "2"), TextChange("note", "a", "甲", "乙")],
    ),
    "of an item": ([], [note("overview/XX", "", "甲")], [TextChange("note", "overview/XX", None, "甲")]),
    "one that came": ([], [note("a", "", "甲")], [TextChange("note", "a", None, "甲")]),
    "one that went": ([note("a", "1", "甲")], [], [TextChange("printed", "a", "1", None), TextChange("note", "a", "甲", None)]),
    "one that stood twice": ([note("a/b/c", "", "甲")] * 2, [note("a/b/c", "", "甲")], [TextChange("note", "a/b/c", "甲", None)]),
    "several at a place": (
        [note("a", "", "甲"), note("a", "", "乙"), note("b", "", "丙")],
        [note("a", "", "丁"), note("a", "", "乙"), note("a", "", "戊"), note("c", "", "己")],
        [
            TextChange("note", "a", "甲", "丁"),
            TextChange("note", "a", None, "戊"),
            TextChange("note", "b", "丙", None),
            TextChange("note", "c", None, "己"),
        ],
    ),
}


@pytest.mark.parametrize("what", NOTES)
def test_notes_that_differ(base: Library, what: str) -> None:
    old, new, expected = NOTES[what]
    assert texts(base, {"notes": tuple(old)}, {"notes": tuple(new)}) == expected


def test_explanations_that_differ(base: Library) -> None:
    def said(address: str, text: str, rule: str = "T3-ROW") -> Explanation:
        return Explanation(rule=rule, address=address, text=text, by="publisher", day=date(2026, 2, 1))

    old = (said("a", "甲"), said("b", "乙"), said("c", "丙"))
    new = (said("b", "丁"), said("c", "丙"), said("a", "甲", "T3-SUM"))
    report = base.reports[NEW]
    found = list(comparing._explanations(replace(report, explanations=old), replace(report, explanations=new)))
    assert found == [
        ExplanationChange("T3-ROW", "a", old[0], None),
        ExplanationChange("T3-ROW", "b", old[1], new[0]),
        ExplanationChange("T3-SUM", "a", None, new[2]),
    ]
    (change,) = diff.compare(put(base, NEW, explanations=old), put(base, NEW, explanations=new, digest="other")).reports
    assert change.explanations == tuple(found)


# -- rules, findings, indicators ----------------------------------------------------------------------------------------


def test_identities_are_told_apart(base: Library) -> None:
    """By rule, place and cell, and by their count where the prose says the same twice."""
    report = base.reports[NEW]
    own = comparing._identities(report, base)
    assert all(len(key) == 6 and key[-1] == "1" and key[0] == "" for key in own)
    key = ("", "T3-ROW", "applications", "new", CELL, "1")
    assert own[key].rule.id == "T3-ROW"
    assert {key[1:5] for key in own} == {(each.rule.id, each.table, each.at, str(each.blamed)) for each in own.values()}
    said = "收到政府信息公开申请3件，收到政府信息公开申请0件。收到政府信息公开申请4件。"
    repeated = replace(report, prose={**report.prose, "overview": said}, prose_rows=((3, said),))
    found = comparing._identities(repeated, base)
    told = [(key[-1], each.left[0].value) for key, each in found.items() if key[0] == "narrative.prose"]
    assert told == [("1", 3), ("2", 0), ("3", 4)]


def seen(**other: Any) -> Finding:
    facts = {"agency": JIA, "year": 2023, "rule": "R", "code": "file.missing", "level": "error", "address": "a/b/c", "expected": "1"}
    facts |= {"found": "2", "values": (("x", "y"),), "column": "total", "file": "old/a.csv", "row": 3}
    return Finding(**{**facts, **other})


@pytest.mark.parametrize(
    "other",
    [
        {"agency": YI},
        {"year": 2022},
        {"rule": "S"},
        {"code": "file.invisible"},
        {"level": "notice"},
        {"address": "a/b/d"},
        {"expected": "2"},
        {"found": "1"},
        {"values": (("x", "z"),)},
        {"column": "new"},
        {"file": "old/b.csv"},
        {"file": None},
    ],
)
def test_a_finding_of_something_else_is_another(other: dict[str, Any]) -> None:
    one, two = seen(), seen(**other)
    assert comparing._beyond([one], [two]) == (one,)
    assert comparing._beyond([two], [one]) == (two,)


def test_a_finding_in_another_row_or_folder_is_the_same() -> None:
    said = Explanation(rule="R", address="a/b/c", text="甲", by="publisher", day=None)
    assert comparing._beyond([seen()], [seen(file="new/deep/a.csv", row=9, explanation=said)]) == ()


def test_findings_are_counted() -> None:
    one, other = seen(), seen(rule="S")
    assert comparing._beyond([one, other, one, one], [one, other]) == (one, one)
    assert comparing._beyond([one], [one, one]) == ()


def test_indicators_that_differ(base: Library) -> None:
    def differing(old: Library, new: Library, key: Key = NEW) -> set[str]:
        return set(comparing._indicators(old.reports[key], old, new.reports[key], new))

    other = cells(base, NEW, applications__new__total="3", applications__new__natural_person="1")
    assert differing(base, base) == set()
    assert {"natural_person_share", "new_requests_change"} <= differing(base, other)
    # Of the year before, only what compares both years.
    assert differing(base, cells(base, OLD, applications__new__total="3")) == {"new_requests_change"}
    assert differing(base, less(base, OLD)) == {"new_requests_change"}
