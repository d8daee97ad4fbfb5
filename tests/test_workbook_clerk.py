"""The workbook for clerks: drawn from the form, filled in, read back to the very package, checked at its cells."""

from __future__ import annotations

import csv
import functools
import io
import json
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import made_up
import openpyxl
import pytest
from click.testing import CliRunner
from manuscripts.statutory import CORPUS
from open_reports.cli import commands
from open_reports.errors import IntakeError
from open_reports.files.workbook.clerk import clerks_workbook
from open_reports.form import Section, forms, section_title
from open_reports.intake import clerk
from open_reports.intake.readers import ods, xlsx
from open_reports.report import Draft, chosen_forms
from open_reports.text import Words
from patience import PATIENCE
from tiers import starts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

W = Words("zh")
AGENCY, YEAR = "xugou-jia", 2023
HYBRIDS = [
    dict(chosen_forms(year, choices))
    for year, choices in ((2023, ()), (2020, ()), (2023, ["applications=2019"]), (2023, ["disclosure=2019"]))
]
REPORTS = sorted(each.parent.relative_to(CORPUS).as_posix() for each in CORPUS.glob("*/*/datapackage.json"))


class Book:
    """A workbook in the hands of a clerk: cells are found by what stands beside and above them, as a person finds them."""

    def __init__(self, data: bytes) -> None:
        self.book = openpyxl.load_workbook(io.BytesIO(data))

    def saved(self) -> bytes:
        stream = io.BytesIO()
        self.book.save(stream)
        return stream.getvalue()

    def sheet(self, table: str, form: str) -> Any:
        known = forms()[form].tables[table]
        return self.book[section_title(known.section, known.title.zh, "zh")[:31]]

    def about(self, key: str, text: str) -> None:
        sheet = self.book[W("book_about")]
        (row,) = [row for row in range(1, 40) if sheet.cell(row, 1).value == key]
        sheet.cell(row, 2).value = text or None

    def list(self, name: str, rows: list[list[str]]) -> None:
        for index, cells in enumerate(rows, start=2):
            for column, text in enumerate(cells, start=1):
                self.book[name].cell(index, column).value = text or None

    def places(self, table: str, form: str) -> dict[tuple[str, str], Any]:
        """Cell of each figure, with that of each line's label under an empty column: in the order of the sheet, which is the form's."""
        known, sheet = forms()[form].tables[table], self.sheet(table, form)
        found: dict[tuple[str, str], Any] = {}
        row = 1
        for line in known.lines.values():
            row, label = next(
                (at, cell)
                for at in range(row, sheet.max_row + 1)
                for cell in sheet[at]
                if cell.value == line.label.zh and at not in {each.row for each in found.values()} and (at > row or not found)
            )
            found[line.id, ""] = label
            merged = next((area for area in sheet.merged_cells.ranges if label.coordinate in area), None)
            first = merged.max_col if merged else label.column
            for offset, column in enumerate(line.columns, start=1):
                found[line.id, column] = sheet.cell(row, first + offset)
        return found

    def figures(self, texts: Mapping[tuple[str, str, str], str], places: Mapping[str, Mapping[tuple[str, str], Any]]) -> None:
        for table, cells in places.items():
            for (line, column), cell in cells.items():
                text = texts.get((table, line, column), "") if column else ""
                if text:
                    cell.value = (
                        float(text)
                        if re.fullmatch(r"\d+\.\d+", text) and len(text) < 15
                        else int(text)
                        if re.fullmatch(r"-?\d+", text)
                        else text
                    )
                    if isinstance(cell.value, float):
                        cell.number_format = "0." + "0" * len(text.partition(".")[2])


def empty(form_of: Mapping[str, str], year: int = YEAR) -> Book:
    return Book(blank(tuple(form_of.items()), year))


@functools.cache
def blank(form_of: tuple[tuple[str, str], ...], year: int) -> bytes:
    """The workbook that many tests fill in, made once of each form and year."""
    title = f"虚构市甲局{year}年政府信息公开工作年度报告"
    return clerks_workbook(agency=AGENCY, year=year, title=title, source="https://www.example.gov.cn/a.html", form_of=dict(form_of))


def rows(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode(), newline="")))


def read(book: Book) -> clerk.Filled:
    found = clerk.filled(xlsx.read(book.saved()))
    assert found is not None
    return found


def sound(form_of: Mapping[str, str], year: int = YEAR) -> tuple[Book, made_up.Package]:
    """A workbook filled in with the figures of a made-up package."""
    package = made_up.package(AGENCY, year, form_of=dict(form_of))
    book = empty(form_of, year)
    fill(book, package.files, form_of)
    return book, package


def fill(book: Book, files: Mapping[str, bytes], form_of: Mapping[str, str]) -> None:
    texts: dict[tuple[str, str, str], str] = {}
    for table in form_of:
        header, *lines = rows(files[f"data/{table}.csv"])
        texts |= {(table, line[0], column): text for line in lines for column, text in zip(header[2:], line[2:], strict=True)}
        cells = book.places(table, form_of[table])
        for line in lines:
            cells[line[0], ""].value = line[1]
        for (line_id, _), cell in cells.items():
            if line_id not in {line[0] for line in lines}:
                for each in cell.parent[cell.row]:
                    if not isinstance(each, openpyxl.cell.cell.MergedCell):
                        each.value = None
        book.figures({key: text for key, text in texts.items() if key[0] == table}, {table: cells})
    book.list(forms().common.overview.title.zh, rows(files["data/overview.csv"])[1:])
    book.list(W("clerk_notes"), rows(files["data/notes.csv"])[1:])
    book.about(W("clerk_blank"), W("clerk_blank_printed"))


def drafted(found: clerk.Filled) -> Mapping[str, str]:
    draft = found.draft("2026-01-01T00:00:00Z", placeholder="待填")
    assert isinstance(draft, Draft)
    return draft.files()


# -- what it looks like -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form_of", HYBRIDS, ids=lambda form_of: "-".join(form_of.values()))
def test_it_has_every_cell_of_the_form_and_a_rule_for_each(form_of: dict[str, str]) -> None:
    book = empty(form_of)
    for table, form in form_of.items():
        cells = {key: cell for key, cell in book.places(table, form).items() if key[1]}
        known = forms()[form].tables[table]
        assert set(cells) == {(line.id, column.id) for line, column in known.cells}
        sheet = book.sheet(table, form)
        ruled = {str(area) for rule in sheet.data_validations.dataValidation for area in rule.sqref.ranges}
        assert {cell.coordinate for cell in cells.values()} == ruled
        formulas = [cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str) and cell.value.startswith("=")]
        assert len(formulas) == sum(len(known.places[rule.id]) for rule in known.rules)


def test_nothing_of_an_empty_one_is_taken_for_a_figure() -> None:
    found = read(empty(HYBRIDS[0]))
    assert not any(found.outcome.figures.values())
    assert {each.reason for each in found.open} == {clerk.UNFILLED}
    assert {(each.table, each.line) for each in found.open} == {
        (table, line) for table, form in HYBRIDS[0].items() for line in forms()[form].tables[table].lines
    }
    assert not any(each.column for each in found.open)


# -- read back ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form_of", HYBRIDS, ids=lambda form_of: "-".join(form_of.values()))
def test_a_filled_one_is_the_package(form_of: dict[str, str]) -> None:
    book, package = sound(form_of)
    sections = [part for part in forms().leading(form_of.values()).parts if isinstance(part, Section)]
    book.list(W("clerk_text"), [[section_title(each.number, each.title.zh, "zh"), f"自己的话。\n{each.id}"] for each in sections])
    found = read(book)
    assert (found.agency, found.year, found.source) == (AGENCY, YEAR, "https://www.example.gov.cn/a.html")
    assert found.open == ()
    assert found.outcome.whole
    files = drafted(found)
    for path, data in package.files.items():
        if path.endswith(".csv"):
            assert files[path] == data.decode(), path
    assert all(f"自己的话。\n\n{each.id}" in files["report.md"] for each in sections)


@pytest.mark.parametrize("report", REPORTS)
def test_a_report_of_the_corpus_comes_back(report: str) -> None:
    files = {path.relative_to(CORPUS / report).as_posix(): path.read_bytes() for path in (CORPUS / report).rglob("*") if path.is_file()}
    form_of = json.loads(files["datapackage.json"])["report"]["forms"]
    absent = set(json.loads(files["datapackage.json"])["report"].get("absent", ()))
    book = empty(form_of, int(report.rpartition("/")[2]))
    fill(book, files, form_of)
    found = read(book)
    # Nothing is asked but whether the lines that were deleted are left out in the original, too.
    assert {f"{each.table}/{each.line}" for each in found.open} == absent
    assert found.outcome.foreign == ()
    made = drafted(found)
    assert {path: made[path] for path in files if path.endswith(".csv")} == {
        path: data.decode() for path, data in files.items() if path.endswith(".csv")
    }


def test_a_blank_is_open_until_the_first_sheet_says_that_it_is_printed_so() -> None:
    book, _ = sound(HYBRIDS[0])
    cell = book.places("applications", "2021")["granted", "research"]
    cell.value = None
    assert read(book).open == ()
    book.about(W("clerk_blank"), W("clerk_blank_waits"))
    (each,) = read(book).open
    assert (each.address, each.reason, each.place) == (
        "applications/granted/research",
        clerk.UNFILLED,
        f"{cell.parent.title}!{cell.coordinate}",
    )


def test_a_formula_without_a_result_is_never_a_figure() -> None:
    book, _ = sound(HYBRIDS[0])
    book.places("applications", "2021")["granted", "total"].value = "=SUM(C9:H9)"
    (each,) = read(book).open
    assert (each.address, each.reason) == ("applications/granted/total", "formula")


def test_a_sum_that_was_written_over_is_asked_about() -> None:
    """Someone typed the total into the cell that works it out."""
    book, _ = sound(HYBRIDS[0])
    total = book.places("applications", "2021")["granted", "total"]
    total.parent.cell(total.row, total.column + 1).value, total.value = total.value, None
    (each,) = read(book).open
    assert (each.table, each.line, each.reason) == ("applications", "granted", "outside")


def test_what_is_no_workbook_for_clerks_is_none() -> None:
    book = openpyxl.Workbook()
    sheet = book.create_sheet("年报")
    sheet["A1"], sheet["B1"] = "年度", "2024"
    stream = io.BytesIO()
    book.save(stream)
    assert clerk.filled(xlsx.read(stream.getvalue())) is None


@pytest.mark.parametrize(
    "key, text, code",
    [
        ("clerk_mark", "open-reports 2", "clerk_version"),
        ("clerk_year", "去年", "clerk_unnamed"),
        ("clerk_agency", "", "clerk_unnamed"),
        ("clerk_agency", "../../elsewhere", "clerk_unnamed"),
    ],
)
def test_what_it_says_of_itself_must_be_possible(key: str, text: str, code: str) -> None:
    book = empty(HYBRIDS[0])
    book.about(W(key), text)
    with pytest.raises(IntakeError) as error:
        read(book)
    assert error.value.code == code


# -- the command --------------------------------------------------------------------------------------------------------


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with two years of the agency in its packages."""
    for year in (2021, 2022):
        made_up.package(AGENCY, year).write(tmp_path / "datapackages")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str) -> tuple[int, str]:
    told = CliRunner().invoke(commands, [*words], catch_exceptions=False)
    return told.exit_code, told.output


def test_the_command_makes_it_and_nothing_else(here: Path) -> None:
    before = sorted(here.rglob("*"))
    assert run("new", AGENCY, str(YEAR), "--form", "applications=2019", "--workbook")[0] == 0
    made = here / f"{AGENCY}-{YEAR}.xlsx"
    assert sorted(here.rglob("*")) == sorted([*before, made])
    found = clerk.filled(xlsx.read(made.read_bytes()))
    assert found is not None
    assert found.outcome.forms == {"disclosure": "2021", "applications": "2019", "disputes": "2021"}
    assert found.title == f"{made_up.name_of(AGENCY)}{YEAR}年政府信息公开工作年度报告"
    # What somebody has filled in is never overwritten.
    code, said = run("new", AGENCY, str(YEAR), "--workbook")
    assert code == 2
    assert "exists already" in said
    assert run("new", AGENCY, str(YEAR), "--workbook", "other.xlsx")[0] == 0
    assert run("new", AGENCY, str(YEAR), "--workbook", "other.csv")[0] == 2


def test_the_same_findings_as_of_the_package_at_cells_of_the_sheet(here: Path) -> None:
    book, package = sound(HYBRIDS[0])
    cell = book.places("applications", "2021")["granted", "total"]
    cell.value = 99999
    (here / "a.xlsx").write_bytes(book.saved())
    package.set("applications", "granted", "total", "99999")
    package.write(here / "datapackages")
    ours = json.loads(run("check", "a.xlsx", "--format", "json")[1])
    theirs = json.loads(run("check", f"datapackages/{AGENCY}/{YEAR}", "--format", "json")[1])
    keys = ("rule", "level", "address", "expected", "found")
    numbers = [[{key: each[key] for key in keys} for each in found if each["address"]] for found in (ours, theirs)]
    assert numbers[0] == numbers[1] != []
    assert f"a.xlsx {cell.parent.title}!{cell.coordinate}" in {each["file"] for each in ours}
    assert not (here / "datapackages" / AGENCY / str(YEAR) / "open.csv").exists()


def _deleted(book: Book) -> None:
    sheet = book.sheet("applications", "2021")
    cell = book.places("applications", "2021")["granted", "total"]
    for each in sheet[cell.row]:
        if not isinstance(each, openpyxl.cell.cell.MergedCell):
            each.value = None


def _set(line: str, column: str, value: object) -> Callable[[Book], None]:
    def change(book: Book) -> None:
        book.places("applications", "2021")[line, column].value = value

    return change


def _renamed(book: Book) -> None:
    for index, sheet in enumerate(book.book.worksheets, start=1):
        sheet.title = f"Sheet{index}"


MISTAKES = [
    ("a text for a number", _set("granted", "research", "O"), "“O”不是数"),
    ("scientific", _set("granted", "research", "1.2E+3"), "科学记数法"),
    ("a leading zero", _set("granted", "research", "007"), "以 0 开头"),
    ("a day", _set("granted", "research", "3月5日"), "日期"),
    ("a sum", _set("granted", "total", 99999), "99999"),
    ("a line that is deleted", _deleted, "没有“（一）予以公开”这一行"),
    ("a blank", lambda book: book.about(W("clerk_blank"), W("clerk_blank_waits")) or _set("granted", "research", None)(book), "还没有填"),
    ("no source", lambda book: book.about(W("clerk_source"), ""), "待填"),
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda each: each[0])
def test_a_mistake_is_told_where_it_stands(mistake: tuple[str, Callable[[Book], None], str], here: Path) -> None:
    _, make, says = mistake
    book, _ = sound(HYBRIDS[0])
    make(book)
    (here / "a.xlsx").write_bytes(book.saved())
    _, said = run("check", "a.xlsx")
    assert says in said
    told = [line for line in said.split("\n") if "  a.xlsx " in line]
    assert told
    assert all(re.search(r"a\.xlsx (?:[^!]+![A-Z]+\d+|[^!]+)$", line) for line in told)


def test_all_mistakes_are_told_at_once(here: Path) -> None:
    """A text that is no number hides neither what is not to be read nor a sum that is wrong."""
    book, _ = sound(HYBRIDS[0])
    cells = book.places("applications", "2021")
    cells["granted", "research"].value = "O"
    cells["new", "research"].value = "12万元"
    cells["carried_in", "total"].value = 88888
    cells["other.other", ""].value = "3.不知道的行"
    book.about(W("clerk_source"), "")
    (here / "a.xlsx").write_bytes(book.saved())
    code, said = run("check", "a.xlsx")
    assert code == 1
    assert [says for says in ("待填", "“12万元”", "88888", "“3.其他”读不准", "“O”不是数") if says not in said] == []
    assert "open.csv" not in said


def test_one_that_is_not_filled_in_says_so_of_every_line(here: Path) -> None:
    (here / "a.xlsx").write_bytes(empty(HYBRIDS[0]).saved())
    code, said = run("check", "a.xlsx")
    assert code == 1
    assert said.count("还没有填") == sum(len(table.lines) for table in forms()["2021"].tables.values())


def test_sheets_of_other_names_are_no_mistake(here: Path) -> None:
    book, package = sound(HYBRIDS[0])
    _renamed(book)
    (here / "a.xlsx").write_bytes(book.saved())
    assert "错误 0" in run("check", "a.xlsx")[1]
    files = drafted(read(book))
    assert all(files[path] == data.decode() for path, data in package.files.items() if path.endswith(".csv"))


def test_another_workbook_is_refused_with_what_to_do(here: Path) -> None:
    book = openpyxl.Workbook()
    book.save(here / "a.xlsx")
    code, said = run("check", "a.xlsx")
    assert code == 2
    assert "open-reports import" in said
    (here / "b.xlsx").write_bytes(b"no workbook")
    assert run("check", "b.xlsx")[0] == 2


# -- saved by LibreOffice -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
@starts("office")
def resaved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Filled workbooks as LibreOffice saves them, its formulas worked out: a sound one, and one with a sum that is 3 too high."""
    assert shutil.which("soffice"), "this test needs LibreOffice: apt-get install libreoffice-calc-nogui"
    folder = tmp_path_factory.mktemp("resaved")
    for name, off in (("sound", 0), ("off", 3)):
        book, _ = sound(HYBRIDS[0])
        book.places("applications", "2021")["granted", "total"].value += off
        (folder / f"{name}.xlsx").write_bytes(book.saved())
    for target in ("xlsx:Calc MS Excel 2007 XML", "ods:calc8"):
        command = ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore", "--convert-to", target]
        out = folder / target[: target.index(":")]
        files = [str(folder / f"{name}.xlsx") for name in ("sound", "off")]
        subprocess.run([*command, "--outdir", str(out), *files], check=True, capture_output=True, timeout=PATIENCE * 10)
        assert len(list(out.iterdir())) == len(files)
    return folder


@pytest.mark.parametrize("kind, reader", [("xlsx", xlsx), ("ods", ods)], ids=["xlsx", "ods"])
def test_it_is_the_same_package_when_libreoffice_saved_it(resaved: Path, kind: str, reader: Any) -> None:
    found = clerk.filled(reader.read((resaved / kind / f"sound.{kind}").read_bytes()))
    assert found is not None
    assert (found.open, found.outcome.foreign) == ((), ())
    files, package = drafted(found), made_up.package(AGENCY, YEAR, form_of=HYBRIDS[0])
    assert {path: files[path] for path in package.files if path.endswith(".csv")} == {
        path: data.decode() for path, data in package.files.items() if path.endswith(".csv")
    }


def test_the_sums_beside_it_say_what_does_not_add_up(resaved: Path) -> None:
    for name, wrong in (("sound", []), ("off", [f"{W('clerk_gap')}3"])):
        shown = openpyxl.load_workbook(resaved / "xlsx" / f"{name}.xlsx", data_only=True)
        texts = [cell.value for sheet in shown.worksheets for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
        rules = sum(len(table.places[rule.id]) for table in forms()["2021"].tables.values() for rule in table.rules)
        gaps = [text for text in texts if text.startswith(W("clerk_gap"))]
        assert len(gaps) + texts.count(W("clerk_holds")) == rules
        # The row is off by 3; so are the two identities of the column, in the other direction or in the same.
        assert bool(gaps) == bool(wrong)
        assert set(wrong) <= set(gaps)
        assert all(text.removeprefix(W("clerk_gap")) in ("3", "-3") for text in gaps)


def test_the_saved_one_is_checked_at_the_cell(resaved: Path, here: Path) -> None:
    shutil.copy(resaved / "xlsx" / "off.xlsx", here / "a.xlsx")
    said = run("check", "a.xlsx")[1]
    cell = empty(HYBRIDS[0]).places("applications", "2021")["granted", "total"]
    assert f"矛盾 T3-ROW  a.xlsx {cell.parent.title}!{cell.coordinate}\n" in said
