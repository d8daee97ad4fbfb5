"""Our own outputs back again: for every report the package byte for byte, and of what was changed, what stands there now or nothing."""

from __future__ import annotations

import io
import json
import re
import zipfile
from functools import partial
from importlib import resources
from typing import TYPE_CHECKING, Any

import made_up
import openpyxl
import pytest
import whole
import yamls
from open_reports.checks.check import check
from open_reports.errors import IntakeError
from open_reports.files.folder import ReportFolder
from open_reports.form import forms, section_title
from open_reports.form.sheet import drawn
from open_reports.intake.own import Own, package
from open_reports.library import open_library
from open_reports.pages.report import report_page
from open_reports.report import DESCRIPTOR, PROSE, table_path
from open_reports.report.carrying import carried
from open_reports.text import LANGUAGES, Words
from website import site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from open_reports.finding import Finding
    from open_reports.library import Library

__all__ = ["site"]


def folders(library: Library, findings: Sequence[Finding]) -> Iterator[ReportFolder]:
    """The folder of files of every report."""
    sources = whole.sources(library, findings)
    for report in library:
        yield ReportFolder(sources, report)


def again(data: bytes) -> Own:
    """The package in an output of ours; through JSON, as it comes from the child process."""
    found = package(data)
    assert found is not None
    assert Own.of_json(found.json()) == found
    return found


def refused(data: bytes) -> tuple[str, Mapping[str, str]]:
    with pytest.raises(IntakeError) as caught:
        package(data)
    return caught.value.code, caught.value.values


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as made:
        return {name: made.read(name) for name in made.namelist()}


def packed(members: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return stream.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> Callable[[made_up.Package], ReportFolder]:
    """The folder of files of a made-up report."""

    def made(own: made_up.Package) -> ReportFolder:
        own.write(tmp_path / "datapackages")
        library = open_library(tmp_path / "datapackages")
        findings = check(library)
        assert [str(each) for each in findings if each.level == "error"] == []
        (found,) = folders(library, findings)
        return found

    return made


def odd(own: made_up.Package) -> made_up.Package:
    """A package with everything that an output shows in other words than the package has: blanks, strokes, labels, notes, parts apart."""
    form = forms()[own.form_of["applications"]].tables["applications"]
    rows = own.rows("applications")
    for index, text in enumerate(("", "/", "-", "")):
        rows[index + 3][index + 3] = text
    rows[5][1] = "原文“行名”，<另作>"
    own.put_rows("applications", rows)
    own.put_rows(
        "overview",
        [
            ["item", "value", "unit", "part_of"],
            *(["主动公开", "5", "条", ""], ["其中政策", "2", "", "主动公开"], ["申请", "", "件", ""], ["占比", "51.50", "%", ""]),
            ["其中规划", "3", "条", "主动公开"],
        ],
    )
    own.put_rows(
        "notes",
        [
            ["table", "line", "column", "printed", "note"],
            ["applications", list(form.lines)[4], "", "原文；写法", ""],
            ["overview", "申请", "value", "若干件", "原文如此"],
            ["applications", list(form.lines)[2], form.header[3], "无", "原文为“无”；按空白录入"],
            ["disputes", "", "", "", "1+1 ' \" & <b>"],
        ],
    )
    own.edit_json("report.revisions", [{"version": "1.0.0", "date": "2026-02-01", "reason": "录入有误", "changes": ["一句话"]}])
    own.edit_json("report.scope", "consolidated")
    own.edit_json("report.consolidates", [{"units": ["xugou-yi"]}])
    own.edit_json("description", "一份虚构的年报")
    own.put(
        PROSE, own.text(PROSE).replace("\n\n", "\n\n- 甲 *乙* [丙](https://www.example.gov.cn/)\n- 丁\n\n'引' \"号\"  \n&amp; <b>\n\n", 1)
    )
    return own


WORDS = {status: text.zh for status, text in forms().common.statuses.items()}
LARGE = "".join(map(str, range(200_000))).encode()
"""A text beyond the gate, which does not inflate from nothing."""


# -- archives -----------------------------------------------------------------------------------------------------------


def test_the_archive_of_every_report_is_its_package(library: Library, findings: tuple[Finding, ...]) -> None:
    for each in folders(library, findings):
        found = again(each["archive"])
        assert found == Own(agency=each.report.agency, year=each.report.year, files=dict(each.report.files))


@pytest.mark.parametrize("form_of", made_up.hybrids(), ids=lambda form_of: "-".join(form_of.values()))
def test_the_archive_of_every_form_is_its_package(folder: Callable[[made_up.Package], ReportFolder], form_of: dict[str, str]) -> None:
    own = made_up.package(form_of=form_of)
    assert again(folder(own)["archive"]).files == own.files


def test_a_package_as_it_is_kept_is_taken_too() -> None:
    own = made_up.package()
    assert again(packed(own.files)).files == own.files
    assert again(packed({f"any/where/{path}": data for path, data in own.files.items()})).files == own.files


def test_a_file_that_was_changed_is_read_as_it_stands_and_told(folder: Callable[[made_up.Package], ReportFolder]) -> None:
    own = made_up.package()
    members = unpacked(folder(own)["archive"])
    own.set("disputes", "reconsideration", "total", "999")
    path = table_path("disputes")
    found = again(packed({**members, path: own.files[path]}))
    assert (found.files, found.remarks) == (own.files, ("own_changed",))


def test_what_travels_with_a_package_is_passed_over_and_what_does_not_is_told(folder: Callable[[made_up.Package], ReportFolder]) -> None:
    own = made_up.package()
    members = unpacked(folder(own)["archive"])
    assert len(members) > len(own.files), "nothing travels with it: the test is void"
    for name in ("other.txt", "data/other.csv"):
        found = again(packed({**members, name: b"1"}))
        assert (found.files, found.remarks) == (own.files, ("own_beside",))


def test_a_descriptor_in_another_spelling_is_kept_as_it_stands(folder: Callable[[made_up.Package], ReportFolder]) -> None:
    members = unpacked(folder(made_up.package())["archive"])
    spelt = members[DESCRIPTOR].replace(b"\n ", b"\n    ")
    assert again(packed({**members, DESCRIPTOR: spelt})).files[DESCRIPTOR] == spelt


@pytest.mark.parametrize("path", [PROSE, table_path("notes"), table_path("disputes")])
def test_an_archive_that_lacks_a_file_is_refused(path: str) -> None:
    files = made_up.package().files
    assert refused(packed({key: data for key, data in files.items() if key != path})) == ("own_missing", {"file": path})


@pytest.mark.parametrize("data", [b"\xff\xfe1\x002\x00", b"\xef\xbb\xbf1", "规章".encode("gb18030"), "1\u200b2".encode(), LARGE])
def test_an_archive_whose_files_are_no_files_of_a_package_is_refused(data: bytes) -> None:
    for path in (PROSE, DESCRIPTOR, table_path("disputes")):
        assert refused(packed({**made_up.package().files, path: data})) == ("own_file", {"file": path})


@pytest.mark.parametrize(
    "path, value",
    [
        ("report.agency", "../../etc"),
        ("report.agency", "con"),
        ("report.agency", 7),
        ("report.year", 1),
        ("report.year", "2023"),
        ("report.forms.disputes", "1066"),
        ("name", "other-2023"),
        ("report.scope", "all"),
        ("sources[0].path", "javascript:1"),
    ],
)
def test_a_descriptor_that_no_package_has_is_refused(path: str, value: object) -> None:
    own = made_up.package()
    own.edit_json(path, value)
    code, values = refused(packed(own.files))
    assert (code, values["place"]) == ("own_descriptor", path)


def test_an_archive_of_several_packages_and_one_of_none(folder: Callable[[made_up.Package], ReportFolder]) -> None:
    files = made_up.package().files
    several = {f"{top}/{path}": data for top in ("a", "b") for path, data in files.items()}
    assert refused(packed(several)) == ("own_several", {"count": "2"})
    assert package(packed({"a.txt": b"1"})) is None
    for other in (b"", b"%PDF-1.7", b"<html><table><tr><td>1</td></tr></table></html>", "一、总体情况".encode()):
        assert package(other) is None


# -- workbooks ----------------------------------------------------------------------------------------------------------


def resaved(data: bytes, edit: Callable[[Any], object] = bool) -> bytes:
    """A workbook changed and saved by another program than ours."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    edit(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def sheet_of(table: str, book: Any, form: str = "2021") -> Any:
    known = forms()[form].tables[table]
    return book[section_title(known.section, known.title.zh, "zh")]


def written(table: str, address: str, value: object, form: str = "2021") -> Callable[[Any], None]:
    """Write into the cell of a figure (line/column), or of a label (line)."""
    line, _, column = address.partition("/")

    def edit(book: Any) -> None:
        for each in drawn(forms()[form].tables[table]):
            for row in each.rows:
                if row.line.id == line:
                    names = [known.id for known in each.block.columns]
                    at = row.figures + names.index(column) if column else row.label
                    sheet_of(table, book, form).cell(row.row + 1, at + 1).value = value

    return edit


def test_the_workbook_of_every_report_is_its_package(library: Library, findings: tuple[Finding, ...]) -> None:
    """Saved by another program, too, for one report of each set of tables: how a kind of cell is saved does not depend on its figure."""
    saved = set()
    for each in folders(library, findings):
        data = each["workbook"]
        expected = Own(agency=each.report.agency, year=each.report.year, files=dict(each.report.files))
        assert again(data) == expected
        forms_of = tuple((name, table.form.form) for name, table in each.report.tables.items())
        if forms_of not in saved:
            saved.add(forms_of)
            assert again(resaved(data)) == expected
    assert len(saved) > 1


@pytest.mark.parametrize("form_of", made_up.hybrids(), ids=lambda form_of: "-".join(form_of.values()))
def test_the_workbook_of_every_form_is_its_package(folder: Callable[[made_up.Package], ReportFolder], form_of: dict[str, str]) -> None:
    own = odd(made_up.package(form_of=form_of))
    data = folder(own)["workbook"]
    for each in (data, resaved(data)):
        found = again(each)
        assert (found.files, found.remarks) == (own.files, ())


def test_a_figure_that_was_changed_in_a_workbook_is_read_as_it_stands(folder: Callable[[made_up.Package], ReportFolder]) -> None:
    own = made_up.package()
    data = folder(own)["workbook"]
    for value, text in ((999, "999"), (WORDS["blank"], ""), (WORDS["not_applicable"], "/")):
        own.set("disputes", "reconsideration", "total", text)
        found = again(resaved(data, written("disputes", "reconsideration/total", value)))
        assert (found.files, found.remarks) == (own.files, ("own_changed",))


@pytest.mark.parametrize("value", [None, "12件", 3.5, -1, "=1+1", "九", "1,000", "空白"])
def test_what_is_no_figure_of_the_form_is_refused(folder: Callable[[made_up.Package], ReportFolder], value: object) -> None:
    data = folder(made_up.package())["workbook"]
    code, values = refused(resaved(data, written("disputes", "reconsideration/total", value)))
    assert code == "own_doubtful"
    assert values["place"].startswith("四、政府信息公开行政复议、行政诉讼情况!")


def test_a_workbook_that_says_two_things_of_one_is_refused(folder: Callable[[made_up.Package], ReportFolder]) -> None:
    data = folder(odd(made_up.package()))["workbook"]

    def about(book: Any) -> None:
        book["说明"]["B5"] = "另一标题"

    def note(book: Any) -> None:
        for row in book["注记与核对"].iter_rows():
            for cell in row:
                if cell.value == "原文如此":
                    cell.value = "原文另作"

    def line(book: Any) -> None:
        for column in range(2, 9):
            written("applications", f"new/{forms()['2021'].tables['applications'].header[column]}", WORDS["line_absent"])(book)

    for edit in (about, note, line, written("disputes", "reconsideration", "行政复义")):
        code, values = refused(resaved(data, edit))
        assert (code, set(values)) == ("own_contradiction", {"place", "shown", "carried"})


def _without(book: Any, row: int, count: int) -> None:
    book["数据包"].delete_rows(row, count)


def test_a_workbook_whose_last_sheet_is_damaged_is_refused_and_one_without_is_not_ours(
    folder: Callable[[made_up.Package], ReportFolder],
) -> None:
    data = folder(made_up.package())["workbook"]
    for row, count in ((9, 1), (5, 99), (5, 1)):
        code, _ = refused(resaved(data, partial(_without, row=row, count=count)))
        assert code in ("own_carried", "own_descriptor")
    assert package(resaved(data, lambda book: book.remove(book["数据包"]))) is None
    assert refused(resaved(data, lambda book: book.remove(book["说明"]))) == ("own_sheet", {"name": "说明"})


# -- pages --------------------------------------------------------------------------------------------------------------


def shown(made: ReportFolder, language: str) -> str:
    """The page of a report below the bare frame."""
    return f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"></head><body>{report_page(made, Words(language)).build()}</body></html>'


def swapped(text: str, this: str, by: str) -> bytes:
    """A page with a text that stands there once replaced by another."""
    assert text.count(this) == 1, this
    return text.replace(this, by).encode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_every_report_is_its_package(library: Library, findings: tuple[Finding, ...], language: str) -> None:
    for each in folders(library, findings):
        expected = Own(agency=each.report.agency, year=each.report.year, files=dict(each.report.files))
        assert again(shown(each, language).encode()) == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_as_the_site_has_it_is_its_package(site: Path, library: Library, language: str) -> None:
    for report in library:
        folder = site / ("en/" if language == "en" else "") / report.folder
        expected = Own(agency=report.agency, year=report.year, files=dict(report.files))
        assert again((folder / "index.html").read_bytes()) == expected


def test_the_files_as_the_site_has_them_are_the_packages(site: Path, library: Library) -> None:
    for report in library:
        expected = Own(agency=report.agency, year=report.year, files=dict(report.files))
        for suffix in ("zip", "xlsx"):
            assert again((site / report.folder / f"{report.name}.{suffix}").read_bytes()) == expected


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form_of", made_up.hybrids(), ids=lambda form_of: "-".join(form_of.values()))
def test_the_page_of_every_form_is_its_package(
    folder: Callable[[made_up.Package], ReportFolder], form_of: dict[str, str], language: str
) -> None:
    own = odd(made_up.package(form_of=form_of))
    found = again(shown(folder(own), language).encode())
    assert (found.files, found.remarks) == (own.files, ())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_that_leaves_a_line_out(folder: Callable[[made_up.Package], ReportFolder], language: str) -> None:
    own = made_up.package(absent=("disclosure/rules",))
    made = folder(own)
    for data in (shown(made, language).encode(), made["workbook"], made["archive"]):
        assert again(data) == Own(agency="xugou-jia", year=2023, files=own.files)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_figure_that_was_changed_on_a_page_is_read_as_it_stands(folder: Callable[[made_up.Package], ReportFolder], language: str) -> None:
    own = made_up.package()
    text = shown(folder(own), language)
    (figure,) = re.findall(r'<td id="disputes/reconsideration/total">\d+</td>', text)
    own.set("disputes", "reconsideration", "total", "999")
    found = again(swapped(text, figure, '<td id="disputes/reconsideration/total">999</td>'))
    assert (found.files, found.remarks) == (own.files, ("own_changed",))


@pytest.mark.parametrize("cell", ["", " 1", "1,000", "九", "3.5", "<s>1</s>", "1<sup>2</sup>"])
def test_a_cell_that_is_no_figure_is_refused(folder: Callable[[made_up.Package], ReportFolder], cell: str) -> None:
    text = shown(folder(made_up.package()), "zh")
    (figure,) = re.findall(r'<td id="disputes/reconsideration/total">\d+</td>', text)
    code, values = refused(swapped(text, figure, f'<td id="disputes/reconsideration/total">{cell}</td>'))
    assert (code, values["place"]) == ("own_doubtful", "disputes/reconsideration/total")


def test_a_cell_that_is_gone_stands_twice_or_is_of_no_form_is_refused(folder: Callable[[made_up.Package], ReportFolder]) -> None:
    text = shown(folder(made_up.package()), "zh")
    (figure,) = re.findall(r'<td id="disputes/reconsideration/total">\d+</td>', text)
    for by in ("", figure + figure, figure + '<td id="disputes/reconsideration/sum">1</td>', figure.replace("<td", "<td hidden")):
        assert refused(swapped(text, figure, by))[0] == "own_doubtful"


EDITS = (
    ('class="or-official">', 'class="or-official">另一'),
    ("统计范围</dt><dd>", "统计范围</dt><dd>本机关或"),
    ("数据版本</dt><dd>", "数据版本</dt><dd>1"),
    ("公布日期</dt><dd>", "公布日期</dt><dd>2"),
    ("若干件", "三件"),
    ("原文；写法", "原文：写法"),
    ("<em>乙</em>", "<em>丁</em>"),
    ("<li>丁</li>", ""),
    ("&amp; &lt;b&gt;", "&amp; &lt;i&gt;"),
    ('href="https://www.example.gov.cn/"', 'href="https://www.example.gov.cn/x"'),
    ("原文“行名”", "原文“另名”"),
)


@pytest.mark.parametrize("this, by", EDITS)
def test_a_page_that_says_two_things_of_one_is_refused(folder: Callable[[made_up.Package], ReportFolder], this: str, by: str) -> None:
    text = shown(folder(odd(made_up.package())), "zh")
    start, end = text.index("data-package='"), text.index("'>", text.index("data-package='"))
    before, held, after = text[:start], text[start:end], text[end:]
    assert this in before + after, "the page does not show it: the test is void"
    code, values = refused((before.replace(this, by) + held + after.replace(this, by)).encode())
    assert (code, set(values)) == ("own_contradiction", {"place", "shown", "carried"})


def test_a_figure_changed_without_its_note_is_refused(library: Library, findings: tuple[Finding, ...]) -> None:
    (made,) = [each for each in folders(library, findings) if each.report.name == "pingtan-resources-2019"]
    for language in LANGUAGES:
        code, values = refused(swapped(shown(made, language), ">20592090</td>", ">20592091</td>"))
        assert (code, values) == (
            "own_contradiction",
            {"place": "disclosure/procurement/amount", "shown": "20592091", "carried": "20592090"},
        )


@pytest.mark.parametrize(
    "this, by",
    [
        ('{"digest"', '{"digist"'),
        ('{"digest"', "{"),
        ('"prose":[', '"prose":[1,'),
        ('"agency":"', '"agency":"../'),
        ('"notes":[[', '"notes":[["",'),
    ],
)
def test_a_page_whose_own_data_are_damaged_is_refused(folder: Callable[[made_up.Package], ReportFolder], this: str, by: str) -> None:
    text = shown(folder(odd(made_up.package())), "zh")
    assert refused(swapped(text, this, by))[0] in ("own_carried", "own_descriptor")


def test_a_page_without_its_data_or_with_those_of_two_is_not_taken(folder: Callable[[made_up.Package], ReportFolder]) -> None:
    text = shown(folder(made_up.package()), "zh")
    assert package(text.replace("data-package", "data-parcel").encode()) is None
    assert package(text.replace("</main>", "").replace("</body></html>", "").encode() + text.encode()) is None


def test_what_a_page_carries_costs_it_little(library: Library, findings: tuple[Finding, ...]) -> None:
    """Of a page of some 90 KB, of which two thirds are the theme's frame; explanations stand on it word by word, and once more here."""
    for each in folders(library, findings):
        told = json.dumps([dict(said) for said in each.report.descriptor["report"].get("explanations", ())], ensure_ascii=False)
        assert len(json.dumps(carried(each.report).json, ensure_ascii=False, separators=(",", ":")).encode()) < 3_000 + len(told.encode())


# -- what is said -------------------------------------------------------------------------------------------------------


def test_everything_that_is_said_has_its_sentence() -> None:
    folder = resources.files("open_reports")
    words = yamls.read(folder / "locales/intake.yml")
    rooms = (folder / "intake", folder / "intake/own")
    code = "".join(each.read_text("utf-8") for room in rooms for each in room.iterdir() if each.name.endswith(".py"))
    said = set(re.findall(r'"(own_[a-z]+)"', code))
    assert said == {each for each in words if each.startswith("own_")}
    for each in said:
        assert set(re.findall(r"\{(\w+)\}", words[each]["zh"])) == set(re.findall(r"\{(\w+)\}", words[each]["en"]))
