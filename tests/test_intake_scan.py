"""Scans: what is read from pictures is proposed and never believed; the engines themselves are tried by the long run.

`python tests/test_intake_scan.py COUNT SEED` is the long run: so many reports of the corpus, printed by LibreOffice, as a scanner and
as a telephone take them, read by the real engines. It needs LibreOffice, Tesseract and the extra import-scan, which no lock holds.
"""

from __future__ import annotations

import io
import json
import random
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest
from click.testing import CliRunner
from manuscripts import pdf, scan
from manuscripts.compared import HYBRIDS, REPORTS
from manuscripts.sighted import NAME, Sight, book
from open_reports.cli import commands
from open_reports.errors import IntakeError
from open_reports.form import forms
from open_reports.intake import guard
from open_reports.intake.answer import checked, scanned
from open_reports.intake.child import Limits, answered
from open_reports.intake.grid import Cell, Doubt, Grid, Manuscript
from open_reports.intake.outcome import outcome
from open_reports.intake.readers import engines, ocr, pictures, scangrid
from open_reports.intake.readers import pdf as pdf_reader
from open_reports.intake.readers import scan as reader
from open_reports.report import OPEN
from patience import PATIENCE
from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from manuscripts.scan import Book
    from manuscripts.statutory import Original, Rows
    from open_reports.intake.outcome import Outcome

READ = (NAME, "pingtan/2023", *sorted(HYBRIDS)[:2])
"""Reports that are drawn: of both forms, and mixtures of them."""
LIMITS = Limits(clock=int(PATIENCE))


class Told(NamedTuple):
    """What became of the figures of a report: proposals by address, those that are wrong, and how many cells the clerk must say."""

    proposals: dict[str, str]
    wrong: dict[str, tuple[str, str]]
    found: Outcome

    @classmethod
    def of(cls, report: Original, manuscript: Manuscript) -> Told:
        """Hold what was read against the report."""
        found = outcome(manuscript, forms())
        assert found.figures == {}
        proposals = {f"{each.table}/{each.line}/{each.column}": each.proposal for each in found.open if each.proposal}
        wrong = {
            address: (text, report.figures.get(address, "")) for address, text in proposals.items() if text != report.figures.get(address)
        }
        return cls(proposals, wrong, found)


def plain(report: Original) -> dict[str, str]:
    """The figures that both engines can see: others, such as one with a remark, are not proposed."""
    return {address: text for address, text in report.figures.items() if text and set(text) <= set(ocr.CHARACTERS)}


def read(found: Sequence[Image.Image], kind: str = "pdf") -> Manuscript:
    return reader.read(scan.pdf(found) if kind == "pdf" else scan.picture(found, kind), "pdf" if kind == "pdf" else "picture")


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Book]:
    """Lets engines see what is drawn of a report."""

    def put(name: str, other: Callable[[str], str] = str) -> Book:
        made = book(name)
        Sight(made, other).put(monkeypatch)
        return made

    return put


# -- what is proposed ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name,kind", [*((name, "pdf") for name in READ), (NAME, "TIFF")])
def test_every_figure_of_a_scan_is_proposed_and_none_is_read(name: str, kind: str, seen: Callable[..., Book]) -> None:
    report = REPORTS[name]
    told = Told.of(report, read(scan.pages(report, seen(name)), kind))
    assert told.wrong == {}
    assert told.proposals == plain(report)
    assert {each.reason for each in told.found.open if each.proposal} == {"scanned"}
    assert not told.found.absent
    assert told.found.remarks == ("scan_tables_only",)
    # Every cell of the report is open, one by one or as a line.
    lines = {f"{each.table}/{each.line}" for each in told.found.open if not each.column}
    cells = {each.address for each in told.found.open if each.column}
    assert all(address in cells or address.rpartition("/")[0] in lines for address in report.figures)


@pytest.mark.parametrize("name", [NAME, "pingtan/2023"])
def test_a_photograph_is_made_straight(name: str, seen: Callable[..., Book]) -> None:
    report = REPORTS[name]
    found = [scan.photographed(page, seed, 220) for seed, page in enumerate(scan.pages(report, seen(name)))]
    told = Told.of(report, read(found))
    assert told.wrong == {}
    assert len(told.proposals) > 0.9 * len(plain(report))


@pytest.mark.parametrize("degrees", [-2.0, 1.0])
def test_a_page_that_lies_askew_is_made_straight(degrees: float, seen: Callable[..., Book]) -> None:
    report = REPORTS[NAME]
    found = [page.rotate(degrees, Image.Resampling.BICUBIC, fillcolor=255) for page in scan.pages(report, seen(NAME))]
    told = Told.of(report, read(found))
    assert told.wrong == {}
    assert len(told.proposals) > 0.9 * len(plain(report))


def test_a_table_goes_on_over_the_page(seen: Callable[..., Book]) -> None:
    """Its heads stand on the first page only."""
    report = REPORTS[NAME]
    manuscript = read(scan.pages(report, seen(NAME), most=22))
    assert next((grid.edge.page, grid.edge.top, grid.edge.bottom) for grid in manuscript.grids if grid.edge) == (1, False, False)
    assert any(grid.edge is not None and grid.edge.top for grid in manuscript.grids)
    assert Told.of(report, manuscript).proposals == plain(report)


def test_what_the_engines_see_differently_is_not_proposed(seen: Callable[..., Book]) -> None:
    report = REPORTS[NAME]
    told = Told.of(report, read(scan.pages(report, seen(NAME, lambda text: "7" if text == "0" else text))))
    assert told.wrong == {}
    assert told.proposals == {address: text for address, text in plain(report).items() if text != "0"}
    assert {each.reason for each in told.found.open if each.seen == "0"} == {"disagreeing"}


def test_no_blank_is_believed(seen: Callable[..., Book]) -> None:
    """A figure too faint to be seen leaves its cell open, as a blank does."""
    report = REPORTS[NAME]
    address = "applications/new/natural_person"

    def faint(tables: Sequence[Rows]) -> Sequence[Rows]:
        return [[[cell._replace(text="") if cell.place == address else cell for cell in row] for row in rows] for rows in tables]

    told = Told.of(report, read(scan.pages(report, seen(NAME), change=faint)))
    (cell,) = [each for each in told.found.open if each.address == address]
    assert (cell.reason, cell.proposal, cell.seen) == ("unseen", "", "")
    assert told.proposals == {other: text for other, text in plain(report).items() if other != address}


def test_letters_that_look_like_digits() -> None:
    """An engine that knows every script takes a lone 0 for O; what is no figure stays what it is."""
    assert [reader._folded(each) for each in ("O", "一", "〇", "l0", "１２", "组织", "O件", " 3 ", "")] == [
        *("0", "-", "0", "10", "12", "组织", "O件", "3", "")
    ]


# -- what damages a picture ---------------------------------------------------------------------------------------------------


def damaged(page: Image.Image, chance: random.Random) -> Image.Image:
    """A page with a line rubbed out, drawn in or moved, a blot, or a part cut off."""
    changed = page.copy()
    pen = ImageDraw.Draw(changed)
    for _ in range(chance.randint(1, 3)):
        x, y = chance.randint(100, page.width - 200), chance.randint(100, page.height - 200)
        length = chance.randint(30, 700)
        match chance.randint(0, 5):
            case 0:
                pen.rectangle((x, y, x + length, y + chance.randint(3, 60)), fill=255)
            case 1:
                pen.rectangle((x, y, x + chance.randint(3, 60), y + length), fill=255)
            case 2:
                pen.line((x, y, x + length, y), fill=0, width=2)
            case 3:
                pen.line((x, y, x, y + length), fill=0, width=2)
            case 4:
                part = changed.crop((x, y, min(page.width, x + length), min(page.height, y + 300)))
                changed.paste(part, (x + chance.randint(-60, 60), y + chance.randint(-60, 60)))
            case _:
                changed = changed.crop((0, 0, page.width - chance.randint(0, 300), page.height - chance.randint(0, 600)))
                pen = ImageDraw.Draw(changed)
    return changed


@pytest.mark.parametrize("seed", range(8))
def test_a_damaged_picture_proposes_nothing_wrong(seed: int, seen: Callable[..., Book]) -> None:
    chance = random.Random(seed)  # noqa: S311 (repeatable, not secret)
    name = chance.choice(READ)
    report = REPORTS[name]
    found = [damaged(page, chance) for page in scan.pages(report, seen(name))]
    try:
        told = Told.of(report, read(found))
    except IntakeError as error:
        assert error.code == "scan_no_lines"  # noqa: PT017 (it may also be read)
    else:
        assert told.wrong == {}


def boxes(draw: Callable[[ImageDraw.ImageDraw], object]) -> Mapping[scangrid.Place, scangrid.Boxed]:
    """Boxes of a table of two rows and two columns, 200 dots by 80, with something drawn in it."""
    page = Image.new("L", (scan.WIDTH, 900), 255)
    pen = ImageDraw.Draw(page)
    for column in range(2):
        for row in range(2):
            pen.rectangle((200 + 200 * column, 200 + 80 * row, 400 + 200 * column, 280 + 80 * row), outline=0, width=2)
    draw(pen)
    (table,) = scangrid.ruled(np.asarray(page))
    return table.boxes


def bars(*places: tuple[int, int]) -> Callable[[ImageDraw.ImageDraw], None]:
    """Draws characters at some places."""

    def draw(pen: ImageDraw.ImageDraw) -> None:
        for x, y in places:
            pen.rectangle((x, y, x + 8, y + 26), fill=0)

    return draw


def test_boxes_and_their_lines_of_text() -> None:
    found = boxes(bars((220, 210), (220, 245), (460, 300)))
    assert {place: len(each.lines) for place, each in found.items()} == {(0, 0, 1, 1): 2, (0, 1, 1, 1): 0, (1, 0, 1, 1): 0, (1, 1, 1, 1): 1}
    assert not any(each.touching or each.apart or each.unsure for each in found.values())


def test_text_over_a_line_and_text_apart_are_told() -> None:
    found = boxes(bars((390, 220), (450, 300), (520, 300)))
    assert found[0, 0, 1, 1].touching
    assert found[1, 1, 1, 1].apart
    assert reader._doubt(found[1, 1, 1, 1], agreed=True) == Doubt.SPLIT
    assert reader._doubt(found[0, 0, 1, 1], agreed=True) == Doubt.DISAGREEING


def test_a_mark_that_both_engines_overlook_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three pieces of ink are no number of two digits, whoever says so."""
    three = boxes(bars((450, 300), (464, 300), (478, 300)))[1, 1, 1, 1]
    assert three.marks == 3
    for text, doubt in (("12", Doubt.DISAGREEING), ("123", Doubt.SCANNED)):
        monkeypatch.setattr(ocr, "first", lambda _, text=text: [text])
        monkeypatch.setattr(ocr, "second", lambda _, text=text: [text])
        assert reader._seen([three]) == [(text, doubt)]


def test_a_side_that_is_half_rubbed_out_is_doubted_and_one_that_is_gone_makes_one_box() -> None:
    half = boxes(lambda pen: pen.rectangle((396, 225, 404, 233), fill=255))
    assert {place for place, each in half.items() if each.unsure} == {(0, 0, 1, 1), (0, 1, 1, 1)}
    assert reader._doubt(half[0, 0, 1, 1]._replace(lines=[np.zeros((9, 9), np.uint8)]), agreed=True) == Doubt.NO_BOX
    gone = boxes(lambda pen: pen.rectangle((396, 206, 404, 274), fill=255))
    assert gone.keys() == {(0, 0, 1, 2), (1, 0, 1, 1), (1, 1, 1, 1)}


def test_a_stroke_of_text_is_no_line() -> None:
    """Not even one that stands at one height in both boxes, as the characters of a head do."""

    def draw(pen: ImageDraw.ImageDraw) -> None:
        for x in (200, 400):
            pen.rectangle((x + 10, 238, x + 190, 241), fill=0)

    found = boxes(draw)
    assert found.keys() == {(row, column, 1, 1) for row in range(2) for column in range(2)}


# -- what is refused ----------------------------------------------------------------------------------------------------------


def white(width: int = scan.WIDTH, height: int = scan.HEIGHT) -> Image.Image:
    return Image.new("L", (width, height), 255)


def refused(data: bytes, limits: Limits = LIMITS) -> str:
    code: str = json.loads(answered(data, limits))["refused"]
    return code


@pytest.mark.parametrize(
    "make,code",
    [
        pytest.param(lambda: scan.picture([white(790, 1_000)]), "scan_small", id="small"),
        pytest.param(lambda: scan.picture([white(900, 3_000)]), "scan_shape", id="tall"),
        pytest.param(lambda: scan.picture([white(3_000, 900)]), "scan_shape", id="wide"),
        pytest.param(lambda: scan.picture([white(8_000, 8_000)]), "scan_large", id="large"),
        # Its head alone: what is too large is refused before its pixels are asked for.
        pytest.param(lambda: scan.picture([white(8_000, 8_000)])[:100], "scan_large", id="large and cut off"),
        pytest.param(lambda: scan.picture([white(800, 900)] * 13, "TIFF"), "scan_pages", id="many pages"),
        pytest.param(lambda: scan.pdf([white(800, 900)] * 13), "scan_pages", id="many pages of PDF"),
        pytest.param(lambda: scan.picture([white()], "GIF"), "picture_unreadable", id="another kind"),
        pytest.param(lambda: b"\x89PNG\r\n\x1a\n" + bytes(99), "picture_unreadable", id="broken"),
    ],
)
def test_a_picture_that_cannot_be_read_is_refused(make: Callable[[], bytes], code: str) -> None:
    """Before any engine is asked for: it may not be installed."""
    assert refused(make()) == code


def test_a_picture_that_pillow_itself_takes_for_too_large_is_refused_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 400_000)
    assert refused(scan.picture([white(900, 1_000)])) == "scan_large"


def test_a_picture_whose_end_is_missing_is_refused(seen: Callable[..., Book]) -> None:
    data = scan.picture(scan.pages(REPORTS[NAME], seen(NAME))[:1])
    assert refused(data[: len(data) // 2], LIMITS._replace(scan=1)) == "picture_unreadable"


def test_a_picture_without_a_table_is_refused(seen: Callable[..., Book]) -> None:
    seen(NAME)
    lined = white()
    ImageDraw.Draw(lined).rectangle((200, 200, 900, 900), outline=0, width=3)
    for page in (white(), lined):
        assert refused(scan.picture([page]), LIMITS._replace(scan=1)) == "scan_no_lines"


def test_too_many_boxes_are_refused(monkeypatch: pytest.MonkeyPatch, seen: Callable[..., Book]) -> None:
    monkeypatch.setattr(reader, "MOST_BOXES", 20)
    assert refused(scan.picture(scan.pages(REPORTS[NAME], seen(NAME))[:1]), LIMITS._replace(scan=1)) == "scan_boxes"


def test_tables_that_are_no_report_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines without labels of the form prove nothing."""
    report = REPORTS[NAME]
    drawn = book(NAME)
    other = scan.Book([f"某{number}" for number in range(len(drawn.texts))])
    Sight(other).put(monkeypatch)
    assert outcome(read(scan.pages(report, drawn)), forms()).forms == {}


def test_only_a_pdf_of_pictures_is_a_scan(seen: Callable[..., Book]) -> None:
    page = scan.pages(REPORTS[NAME], seen(NAME))[:1]
    with pytest.raises(IntakeError, match="pdf_scan"):
        pdf_reader.read(scan.pdf(page))
    assert refused(pdf.document("0 0 m 10 10 l S")) == "pdf_no_text"
    assert json.loads(answered(scan.pdf(page), LIMITS)) == {"scan": 1}
    assert json.loads(answered(scan.picture(page * 3, "TIFF"), LIMITS)) == {"scan": 3}


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "CMYK"])
def test_pictures_of_all_colours_are_read_in_grey(mode: str) -> None:
    page = white(900, 1_000)
    ImageDraw.Draw(page).rectangle((300, 300, 600, 600), fill=0)
    if mode == "I;16":
        made = Image.fromarray(np.asarray(page).astype(np.uint16) * 257)
    else:
        made = page.convert("RGBA" if mode in ("LA", "P") else mode).convert(mode)
    file = io.BytesIO()
    made.save(file, "TIFF" if mode == "CMYK" else "PNG")
    (grey,) = pictures.pages(file.getvalue(), "picture")
    assert grey.size == (pictures.UPRIGHT, round(1_000 * pictures.UPRIGHT / 900))
    assert (grey.getpixel((20, 20)), grey.getpixel((800, 800))) == (255, 0)


def test_a_telephone_says_how_it_was_held() -> None:
    page = white(1_200, 900)
    file = io.BytesIO()
    turned = Image.Exif()
    turned[0x0112] = 6
    page.save(file, "JPEG", exif=turned)
    (grey,) = pictures.pages(file.getvalue(), "picture")
    assert grey.width < grey.height


# -- what is not installed ----------------------------------------------------------------------------------------------------


def missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, model: bool) -> str:
    """What is said where neither engine is installed, or only the first."""
    (tmp_path / "rapidocr" / "models").mkdir(parents=True)
    (tmp_path / "rapidocr" / "__init__.py").write_text("raise SystemExit", "utf-8")
    if model:
        (tmp_path / "rapidocr" / "models" / "PP-OCRv6_rec_small.onnx").touch()
        (tmp_path / "onnxruntime.py").write_text("raise SystemExit", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(engines, "_PLACES", ())
    return refused(scan.picture([white(900, 1_000)]))


def test_without_the_model_a_sentence_says_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert missing(tmp_path, monkeypatch, model=False) == "scan_extra"


def test_without_tesseract_a_sentence_says_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert missing(tmp_path, monkeypatch, model=True) == "scan_tesseract"


def test_tesseract_is_found_where_windows_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "tesseract.exe").touch()
    monkeypatch.setattr(engines, "_PLACES", (str(tmp_path / "tesseract.exe"),))
    assert engines.program() == str(tmp_path / "tesseract.exe")


# -- the engines --------------------------------------------------------------------------------------------------------------


def tesseract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    path = tmp_path / "tesseract"
    path.write_text(f'#!/bin/sh\ncat > {tmp_path}/sheet.tif\necho "$@" > {tmp_path}/words\n{script}\n', "utf-8")
    path.chmod(0o755)
    monkeypatch.setattr(ocr, "program", lambda: str(path))


@pytest.mark.parametrize("answer", [r"1\n\f2 3\n\f", r"1\n\f2 3\n"], ids=["behind every page", "between pages"])
def test_the_second_engine_gets_a_page_for_each_figure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    tesseract(tmp_path, monkeypatch, f"printf '{answer}'")
    assert ocr.second([np.full((20, 30), 99, np.uint8)] * 2) == ["1", "23"]
    with Image.open(tmp_path / "sheet.tif") as sheet:
        assert (getattr(sheet, "n_frames", 1), sheet.height) == (2, ocr._TALL + 2 * ocr._BORDER)
    assert f"tessedit_char_whitelist={ocr.CHARACTERS}" in (tmp_path / "words").read_text("utf-8")


@pytest.mark.parametrize("script", ["exit 1", "printf '1\\f2\\f3\\f4'"], ids=["it fails", "it answers something else"])
def test_a_second_engine_that_fails_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    tesseract(tmp_path, monkeypatch, script)
    with pytest.raises(IntakeError, match="scan_engine"):
        ocr.second([np.zeros((20, 30), np.uint8)] * 2)


def test_the_second_engine_is_not_started_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "program", None)
    assert ocr.second([]) == []


class Model:
    """A model that answers with characters by the grey of what it is shown; the same one twice on end, with nothing between."""

    def __init__(self) -> None:
        self.widths: list[int] = []

    def run(self, _: object, given: dict[str, Any]) -> list[Any]:
        (values,) = given.values()
        self.widths += [values.shape[3]] * values.shape[0]
        shown = np.rint((values[:, 0, 0, 0] + 1) * 127.5).astype(int)
        answers = np.zeros((values.shape[0], 6, 4), np.float32)
        for index, which in enumerate(shown):
            for step, answer in enumerate((0, which, which, 0, which, 3)):
                answers[index, step, answer] = 1
        return [answers]


def test_the_first_engine_reads_lines_of_one_width_together(monkeypatch: pytest.MonkeyPatch) -> None:
    model = Model()
    monkeypatch.setattr(ocr, "_loaded", lambda: ocr._Model(model, "x", ["", "甲", "乙", " "]))
    wide, narrow = np.full((24, 2_000), 1, np.uint8), np.full((24, 24), 2, np.uint8)
    assert ocr.first([wide, narrow, narrow]) == ["甲甲 ", "乙乙 ", "乙乙 "]
    assert model.widths == [48, 48, ocr._WIDEST]


# -- through the guard --------------------------------------------------------------------------------------------------------


@pytest.fixture
def blind(monkeypatch: pytest.MonkeyPatch) -> bytes:
    """The pictures of a report whose engines the child knows by heart."""
    monkeypatch.setattr(guard, "CHILD", "manuscripts.sighted")
    return scan.pdf(scan.pages(REPORTS[NAME], book(NAME)))


def test_a_scan_is_read_apart_with_limits_of_its_own(tmp_path: Path, blind: bytes) -> None:
    (tmp_path / "scan").write_bytes(blind)
    found = guard.manuscript(tmp_path / "scan", LIMITS)
    assert found.kind == "scan"
    assert Told.of(REPORTS[NAME], found).proposals == plain(REPORTS[NAME])
    limits = Limits().scanning(3)
    assert (limits.clock, limits.scan, limits.size) == (60 + 3 * 120, 1, Limits().size)
    assert limits.processor >= limits.clock
    assert Limits().memory < limits.memory <= 2_000_000_000


@pytest.mark.parametrize("pages", [0, 13, True, "1", None])
def test_pages_are_believed_only_as_a_number_of_pages(pages: object) -> None:
    with pytest.raises(IntakeError, match="read_failed"):
        scanned({"scan": pages})
    assert scanned({"scan": pictures.MOST_PAGES}) == pictures.MOST_PAGES


@pytest.mark.parametrize("doubts,believed", [((), False), ((Doubt.SCANNED,), True)])
def test_no_figure_follows_from_a_scan_whoever_says_so(doubts: tuple[Doubt, ...], *, believed: bool) -> None:
    grid = Grid(place="表", rows=1, columns=1, cells=(Cell(row=0, column=0, text="1", place="", doubts=doubts),))
    answer = {"manuscript": json.loads(Manuscript(kind="scan", blocks=(grid,)).json())}
    if believed:
        assert isinstance(checked(answer), Manuscript)
    else:
        with pytest.raises(IntakeError, match="read_failed"):
            checked(answer)


@pytest.mark.usefixtures("blind")
def test_a_scan_is_imported_checked_and_confirmed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, blind: bytes) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "扫描件.pdf").write_bytes(blind)
    run = CliRunner()
    agency, year = NAME.split("/")
    assert run.invoke(commands, ["import", "扫描件.pdf"]).exit_code == 2
    assert not (tmp_path / "datapackages").exists()
    stated = ["--agency", agency, "--year", year, "--title", "年报", "--source", "https://example.gov.cn/a.htm"]
    told = run.invoke(commands, ["import", "扫描件.pdf", *stated])
    assert told.exit_code == 1, told.output
    folder = tmp_path / "datapackages" / agency / year
    count = len((folder / OPEN).read_text("utf-8").splitlines()) - 1
    assert count >= len(plain(REPORTS[NAME]))
    assert run.invoke(commands, ["check", str(folder)]).exit_code == 1
    report = REPORTS[NAME]
    rows = dict.fromkeys((folder / OPEN).read_text("utf-8").splitlines()[1:], "")
    # Enter takes what is proposed; what is not is said.
    answers = []
    for row in rows:
        table, line, column, *_, proposal = row.split(",")
        answers.append("" if proposal else report.figures[f"{table}/{line}/{column}"] or "空")
    said = run.invoke(commands, ["import", "--confirm", str(folder)], input="\n".join(answers) + "\n")
    assert not (folder / OPEN).exists(), said.output[-2_000:]
    for table in report.form_of:
        written = (folder / "data" / f"{table}.csv").read_text("utf-8")
        given = (sighted_folder() / "data" / f"{table}.csv").read_text("utf-8")
        assert written == given


def sighted_folder() -> Path:
    from manuscripts.statutory import CORPUS as PACKAGES  # noqa: PLC0415

    return PACKAGES / NAME


# -- the long run -------------------------------------------------------------------------------------------------------------


def made(count: int, seed: int) -> Iterator[tuple[str, Original, list[Image.Image]]]:
    """So many reports printed by LibreOffice, each from a scanner and from a telephone."""
    chance = random.Random(seed)  # noqa: S311 (repeatable, not secret)
    chosen = [(chance.choice(sorted(REPORTS)), chance.choice((9.0, 10.5, 12.0))) for _ in range(count)]
    printed = pdf.printed({f"{index}": pdf.docx(REPORTS[key], size=size) for index, (key, size) in enumerate(chosen)}, PATIENCE)
    for index, (key, size) in enumerate(chosen):
        pages = scan.scanned(printed[f"{index}"])
        yield f"scanner {key} {size}", REPORTS[key], pages
        yield f"telephone {key} {size}", REPORTS[key], [scan.photographed(page, index * 100 + at) for at, page in enumerate(pages)]


def main() -> None:
    total: dict[str, Counter[str]] = {}
    for name, report, pages in made(int(sys.argv[1]), int(sys.argv[2])):
        begun = time.monotonic()
        told = Told.of(report, read(pages))
        seconds = round(time.monotonic() - begun)
        wanted = {address: text for address, text in report.figures.items() if text}
        figures = {
            "pages": len(pages),
            "figures": len(wanted),
            "proposed": len(told.proposals),
            "wrong": len(told.wrong),
            "seconds": seconds,
        }
        sys.stdout.write(f"{name}: {figures} {told.wrong or ''}\n")
        sys.stdout.flush()
        total.setdefault(name.partition(" ")[0], Counter()).update(figures)
    for taken, found in total.items():
        sys.stdout.write(f"{taken}: {dict(found)}, proposed {found['proposed'] / found['figures']:.1%}\n")


if __name__ == "__main__":
    main()
