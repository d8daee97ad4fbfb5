"""PDF files: every figure as printed or open, none wrong, wherever pages end; what two readers see differently is doubted.

`python tests/test_intake_pdf.py COUNT SEED` is the long run: so many reports, each printed by LibreOffice and by Chromium in a size and on
a paper, with shares of whole files and right cells at its end; then so many reports changed at random, of which none may be silently wrong.
"""

from __future__ import annotations

import logging
import random
import sys
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import pypdfium2
import pytest
from manuscripts import pdf
from manuscripts.compared import REPORTS, paragraphs
from manuscripts.mutations import Document, mutated
from manuscripts.pdf import Lock, document, text
from open_reports.errors import IntakeError
from open_reports.form import forms
from open_reports.intake.grid import Doubt, Paragraph
from open_reports.intake.outcome import outcome
from open_reports.intake.readers import pdf as reader
from open_reports.intake.readers.pdfpage import _Reading
from open_reports.intake.readers.pdfsecond import Mark, Shown
from open_reports.intake.readers.pdftext import Glyph, joined, lines
from patience import PATIENCE
from test_intake_property import made_up, originals, silent, unsaid
from website import browser, chromium

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from manuscripts import office
    from manuscripts.statutory import Original
    from website import Chromium

__all__ = ["browser"]
KEYS = ("pingtan/2023", "pingtan/2019")


# -- a made-up page -----------------------------------------------------------------------------------------------------------


def ruled(cells: str) -> str:
    """Two rows of two cells, 100 wide and 30 high, from (50, 100), and what is drawn in them."""
    rules = [f"{x} 100 m {x} 160 l S" for x in (50, 150, 250)] + [f"50 {y} m 250 {y} l S" for y in (100, 130, 160)]
    return "\n".join([*rules, cells])


def cells(content: str) -> dict[tuple[int, int], tuple[str, tuple[Doubt, ...]]]:
    (grid,) = reader.read(document(ruled(content))).grids
    assert (grid.rows, grid.columns) == (2, 2)
    return {(cell.row, cell.column): (cell.text, cell.doubts) for cell in grid.cells}


def first(content: str) -> tuple[str, tuple[Doubt, ...]]:
    """The first cell of the table, beside three with 7 in them."""
    others = text("7", 200, 140) + text("7", 100, 110) + text("7", 200, 110)
    found = cells(content + others)
    assert [found[at] for at in ((0, 1), (1, 0), (1, 1))] == [("7", ())] * 3
    return found[0, 0]


def test_a_figure_in_its_box_is_read() -> None:
    assert first(text("1234.50", 60, 140)) == ("1234.50", ())


DOUBTED = {
    "digits apart": (text("12", 60, 140) + text("34", 82, 140), Doubt.SPLIT),
    "digits with a blank between": (text("12 34", 60, 140), Doubt.SPLIT),
    "digits below one another": (text("12", 60, 147) + text("34", 60, 133), Doubt.SPLIT),
    "digits over one another": (text("12", 60, 140) + text("9", 62, 140), Doubt.OVERPRINTED),
    "a digit raised and small": (text("26", 60, 138) + text("1", 73.5, 142, 6), Doubt.SUPERSCRIPT),
    "a stroke through digits": (text("26", 60, 140) + "58 144 m 78 144 l S", Doubt.STRUCK),
    "white digits": (text("26", 60, 140, more="1 g"), Doubt.UNSHOWN),
    "digits that are not drawn": (text("26", 60, 140, more="3 Tr"), Doubt.UNSHOWN),
    "digits below a white box": (text("26", 60, 140) + "q 1 g 52 132 90 26 re f Q", Doubt.UNSHOWN),
    "a drawing in a blank cell": ("q 3 w 70 138 m 90 152 l S Q", Doubt.PICTURED),
    "a number over the line of its cell": (text("123456789", 120, 140), Doubt.NO_BOX),
}


@pytest.mark.parametrize("case", DOUBTED)
def test_what_may_deceive_is_doubted(case: str) -> None:
    content, doubt = DOUBTED[case]
    (grid,) = reader.read(document(ruled(content))).grids
    assert doubt in {each for cell in grid.cells for each in cell.doubts}


def test_a_number_drawn_twice_to_look_bold_is_one() -> None:
    assert first(text("12", 60, 140) + text("12", 60.4, 140)) == ("12", ())


def test_a_colour_behind_cells_is_no_doubt() -> None:
    assert first("q 0.9 g 50 100 200 60 re f Q\n" + ruled("") + text("12", 60, 140)) == ("12", ())


def test_text_where_no_box_is_drawn_is_doubted() -> None:
    # The lower right cell has no line below it and none to its right.
    rules = "50 100 m 50 160 l S 150 100 m 150 160 l S 250 130 m 250 160 l S 50 160 m 250 160 l S 50 130 m 250 130 l S 50 100 m 150 100 l S"
    (grid,) = reader.read(document(rules + text("1", 60, 140) + text("2", 160, 140) + text("3", 60, 110) + text("4", 160, 110))).grids
    assert {(cell.text, cell.doubts) for cell in grid.cells} == {("1", ()), ("2", ()), ("3", ()), ("4", (Doubt.NO_BOX,))}


def test_a_table_that_the_page_leaves_open_is_closed() -> None:
    rules = "".join(f"{x} 20 m {x} 160 l S " for x in (50, 150, 250)) + "50 160 m 250 160 l S 50 100 m 250 100 l S "
    (grid,) = reader.read(document(rules + text("1", 60, 120) + text("2", 160, 120) + text("3", 60, 60) + text("4", 160, 60))).grids
    assert [cell.text for cell in grid.cells] == ["1", "2", "3", "4"]


def test_lines_of_a_table_stay_where_they_are_beside_those_of_the_next() -> None:
    # The middle lines are 2.4 apart: half way between them, each would be in the figure beside it.
    upper = [f"{x} 120 m {x} 160 l S" for x in (50, 150, 250)] + [f"50 {y} m 250 {y} l S" for y in (120, 160)]
    lower = [f"{x} 60 m {x} 100 l S" for x in (50, 147.6, 250)] + [f"50 {y} m 250 {y} l S" for y in (60, 100)]
    content = text("11", 60, 135) + text("22", 150.2, 135, 4) + text("33", 60, 75) + text("44", 147.8, 75, 4)
    tables = reader.read(document("\n".join([*upper, *lower, content]))).grids
    assert [[(cell.text, cell.doubts) for cell in table.cells] for table in tables] == [[("11", ()), ("22", ())], [("33", ()), ("44", ())]]


# -- text below the last line of a page --------------------------------------------------------------------------------------

ABOVE = "50 160 m 250 160 l S 50 60 m 150 60 l S " + " ".join(f"{x} 60 m {x} 160 l S" for x in (50, 150, 250))
"""A page whose table has a cell on the right that no line ends below."""
BELOW = "50 60 m 250 60 l S 50 180 m 150 180 l S " + " ".join(f"{x} 60 m {x} 180 l S" for x in (50, 150, 250))
"""The page after it, with the same cell open above."""
CLOSED = f"{BELOW} 150 180 m 250 180 l S"
OPEN = BELOW.replace("50 180 m 150 180 l S", "")
ELSEWHERE = BELOW.replace("150", "190")
MERGED = "50 60 m 250 60 l S 50 120 m 250 120 l S 50 60 m 50 180 l S 150 60 m 150 120 l S 250 60 m 250 180 l S"


def hanging(hung: str, *, inside: str = "Group", above: str = ABOVE, below: str = BELOW) -> tuple[str, tuple[Doubt, ...], list[str]]:
    """The cell on the right of the first page, and the paragraphs of both pages."""
    first = above + text("Label", 60, 80) + text(inside, 160, 66) + hung
    found = reader.read(document(first, below + text("8", 60, 120) + text("9", 160, 120)))
    (cell,) = (cell for cell in found.grids[0].cells if (cell.row, cell.column) == (0, 1))
    return cell.text, cell.doubts, paragraphs(found)


def test_text_below_a_cell_that_goes_on_over_the_page_is_of_that_cell() -> None:
    assert hanging(text("goes on", 160, 50)) == ("Groupgoes on", (), [])
    assert hanging(text("goes on", 160, 50) + text("and on", 160, 36)) == ("Groupgoes on\nand on", (), [])


STAYING = {
    "below a cell that a line ends": text("goes on", 60, 50),
    "further down": text("goes on", 160, 30),
    "one line of two further down": text("goes on", 160, 50) + text("and on", 160, 20),
    "over a line of the table": text("goes on over it", 120, 50),
    "a little over a line of the table": text("goes on", 147, 50),
    "over the edge of the table": text("goes on and on and on", 160, 50),
    "beside another text": text("goes on", 160, 50) + text("note", 60, 50),
}


@pytest.mark.parametrize("case", STAYING)
def test_text_that_may_be_of_no_cell_stays_below_the_table(case: str) -> None:
    cell, doubts, rest = hanging(STAYING[case])
    assert (cell, doubts) == ("Group", ())
    assert rest


def test_text_below_a_cell_that_a_line_ends_stays_there_even_if_one_goes_on_above_the_next_page() -> None:
    made = reader.read(document(ABOVE + text("Label", 60, 66) + text("goes on", 60, 50), OPEN + text("8", 60, 120)))
    assert [cell.text for cell in made.grids[0].cells] == ["Label", ""]
    assert paragraphs(made) == ["goes on"]


def test_text_between_tables_of_other_columns_stays_there() -> None:
    first = ABOVE + " 80 60 m 80 160 l S" + text("Group", 160, 66) + text("goes on", 160, 50)
    made = reader.read(document(first, BELOW + " 110 60 m 110 180 l S" + text("8", 160, 120)))
    assert [cell.text for cell in made.grids[0].cells] == ["", "", "Group"]
    assert paragraphs(made) == ["goes on"]


@pytest.mark.parametrize("below", [CLOSED, ELSEWHERE, MERGED, text("more", 60, 190) + BELOW, text("more", 60, 100)])
def test_text_below_a_cell_that_does_not_go_on_stays_below_the_table(below: str) -> None:
    cell, doubts, rest = hanging(text("goes on", 160, 50), below=below)
    assert (cell, doubts) == ("Group", ())
    assert "goes on" in rest


@pytest.mark.parametrize("inside, hung", [("12", "34"), ("12", "yuan"), ("12", "/"), ("Group", "34"), ("", "34"), ("12", "3rd")])
def test_figures_below_a_cell_make_it_doubtful_and_are_never_taken(inside: str, hung: str) -> None:
    cell, doubts, rest = hanging(text(hung, 160, 50), inside=inside, below=CLOSED)
    assert (cell, doubts, rest) == (inside, (Doubt.SPLIT,), [hung])
    cell, doubts, rest = hanging(text(hung, 160, 50), inside=inside)
    assert (cell, doubts, rest) == ((inside, (Doubt.SPLIT,), [hung]) if hung != "yuan" else ("12yuan", (), []))


def test_two_readers_that_disagree_are_told() -> None:
    blank = Shown((Mark("8", (60.0, 45.0, 66.0, 55.0)),), bytes([0, 255] * 40_000), 400, 400, 200)
    glyph = Glyph("3", 60, 66, 45, 55, 12)
    reading = _Reading(blank, (0.0, 0.0), (), "表1")
    assert Doubt.DISAGREEING in reading._unlike((50, 40, 150, 70), [glyph])
    assert Doubt.DISAGREEING not in replace(reading, shown=replace(blank, marks=(Mark("3", blank.marks[0].box),)))._unlike(
        (50, 40, 150, 70), [glyph]
    )


def test_a_character_that_its_font_does_not_know_is_doubted() -> None:
    assert joined(lines([Glyph("\ufffd", 0, 6, 0, 12, 12)]), 50)[1] == {Doubt.DISAGREEING}


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_page_is_read_as_it_is_shown(turn: int) -> None:
    # Turned back by its content: what is shown is the same table.
    back = {90: "0 1 -1 0 400 0", 180: "-1 0 0 -1 400 200", 270: "0 -1 1 0 0 200"}[turn]
    size = (400, 200) if turn == 180 else (200, 400)
    back = {90: f"0 1 -1 0 {size[0]} 0", 180: back, 270: f"0 -1 1 0 0 {size[1]}"}[turn]
    made = document(f"q {back} cm {ruled(text('12', 60, 140))} Q", width=size[0], height=size[1])
    (grid,) = reader.read(made.replace(b"/Parent", b"/Rotate %d /Parent" % turn)).grids
    assert [(cell.text, cell.doubts) for cell in grid.cells] == [("12", ()), ("", ()), ("", ()), ("", ())]


# -- what is refused ----------------------------------------------------------------------------------------------------------


def refused(data: bytes) -> str:
    with pytest.raises(IntakeError) as caught:
        reader.read(data)
    return caught.value.code


def test_what_is_no_whole_pdf_or_has_no_text_is_refused() -> None:
    assert refused(b"%PDF-1.4") == "pdf_unreadable"
    assert refused(document("0 0 m 10 10 l S")) == "pdf_no_text"
    assert refused(document(*[text("1", 10, 10)] * 61)) == "pdf_pages"
    assert refused(document(text("1" * 40_001, 10, 10))) == "pdf_page_large"
    assert refused(document(" ".join(f"{x} 0 m {x} 9 l S" for x in range(20_001)))) == "pdf_page_large"


def test_a_pdf_with_a_password_is_refused_unless_it_opens_without() -> None:
    content = ruled(text("12", 60, 140))
    locked = document(content, lock=Lock(opening=b"secret"))
    # The file is sound: with its password it opens.
    assert len(pypdfium2.PdfDocument(locked, password="secret")) == 1  # noqa: S106 (it locks nothing but this file)
    assert refused(locked) == "kind_encrypted"
    (grid,) = reader.read(document(content, lock=Lock())).grids
    assert [(cell.text, cell.doubts) for cell in grid.cells] == [("12", ()), ("", ()), ("", ()), ("", ())]


def test_pages_are_counted_before_any_is_taken_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pdfplumber.open", None)
    assert refused(document(*[text("1", 10, 10)] * 61)) == "pdf_pages"


def test_a_pdf_that_was_cut_off_is_refused_or_read_rightly() -> None:
    data = document(ruled(text("1234.50", 60, 140) + text("22", 160, 140)))
    whole = reader.read(data)
    for cut in range(10, len(data), 9):
        try:
            assert reader.read(data[:cut]) == whole, cut
        except IntakeError as error:
            assert error.code == "pdf_unreadable", cut  # noqa: PT017 (it may also be read)


# -- whole reports ------------------------------------------------------------------------------------------------------------


class Result(Counter[str]):
    """How many cells of a file are right and silently wrong or lost, and whether a person is left nothing to do."""


def judged(report: Original, data: bytes) -> Result:
    found = outcome(reader.read(data), forms())
    printed = {(note.table, note.line, note.column): note.printed for note in found.notes}
    figures = {"/".join(at): printed.get((at.table, at.line, at.column), each) for at, each in found.figures.items()}
    wrong = [at for at, each in figures.items() if report.figures.get(at) != each]
    counted = Result(right=len(figures) - len(wrong), cells=len(report.figures))
    counted["silent"] = len(wrong) + len(unsaid(found, report.figures))
    # Lines that the report leaves out are to be confirmed however well they were read.
    absent = {"/".join(each) for each in found.absent} == set(report.absent)
    counted["whole"] = int(absent and replace(found, absent=()).whole and figures.keys() == report.figures.keys() and not wrong)
    return counted


SIZED = [(key, size, paper) for key in KEYS for size, paper in zip(pdf.SIZES, ("A4", "Letter") * 3, strict=False)]
SEAMS = [
    ("pingtan/2023", 10.5, "A4"),
    # The text of a group, and heads, hang below the last line of a page.
    ("pingtan/2023", 12.0, "Letter"),
    ("pingtan/2023", 14.0, "Letter"),
    ("2019-2019-2019", 12.0, "A4"),
    # Lines of one table nearly meet those of another on the page.
    ("pingtan/2019", 10.5, "Letter"),
    ("pingtan/2019", 16.0, "Letter"),
    ("2019-2019-2019", 9.0, "Letter"),
]
CHANGED = 12
"""Documents changed at random that are printed by each program."""


@pytest.mark.office
def test_a_report_printed_by_libreoffice_is_read() -> None:
    wanted = {f"{index}": pdf.docx(REPORTS[key], size=size, paper=paper) for index, (key, size, paper) in enumerate(SIZED)}
    for name, data in pdf.printed(wanted, PATIENCE).items():
        found = judged(REPORTS[SIZED[int(name)][0]], data)
        assert (found["silent"], found["whole"]) == (0, 1), SIZED[int(name)]


@pytest.mark.browser
def test_a_report_printed_by_chromium_is_read(browser: Chromium) -> None:
    pages = pdf.chromium(browser.browser, [(pdf.page(REPORTS[key], size=size), paper) for key, size, paper in SEAMS])
    for (key, size, paper), data in zip(SEAMS, pages, strict=True):
        found = judged(REPORTS[key], data)
        assert (found["silent"], found["whole"]) == (0, 1), (key, size, paper)


class Changed(NamedTuple):
    """A report changed at random, what its figures are, and how it is to be printed."""

    report: Original
    held: Mapping[str, str]
    blocks: office.Blocks
    size: float
    paper: str

    @classmethod
    def of(cls, seed: int) -> Changed:
        chance = random.Random(seed)  # noqa: S311 (repeatable, not secret)
        report, held = chance.choice(originals())
        if chance.random() < 0.5:
            held = made_up(report, chance)
            report = replace(report, figures=held)
        changed = Document(report.blocks())
        mutated(changed, chance)
        blocks = [block for block in changed.blocks if isinstance(block, Paragraph) or any(block)]
        return cls(report, held, blocks, chance.choice(pdf.SIZES), chance.choice(sorted(pdf.PAPERS)))

    def docx(self) -> bytes:
        return pdf.docx(self.report, self.blocks, size=self.size, paper=self.paper)

    def page(self) -> tuple[str, str]:
        return pdf.page(self.report, self.blocks, size=self.size, framed=False), self.paper

    def silent(self, data: bytes) -> list[str]:
        return silent(outcome(reader.read(data), forms()), self.held)


@pytest.mark.office
def test_nothing_is_silently_wrong_in_a_changed_report_printed_by_libreoffice() -> None:
    for seed, data in pdf.printed({f"{seed}": Changed.of(seed).docx() for seed in range(CHANGED)}, PATIENCE).items():
        assert Changed.of(int(seed)).silent(data) == [], seed


@pytest.mark.browser
def test_nothing_is_silently_wrong_in_a_changed_report_printed_by_chromium(browser: Chromium) -> None:
    for seed, data in enumerate(pdf.chromium(browser.browser, [Changed.of(seed).page() for seed in range(CHANGED)])):
        assert Changed.of(seed).silent(data) == [], seed


# -- the long run -------------------------------------------------------------------------------------------------------------


def made(count: int, seed: int) -> Iterator[tuple[str, Original, bytes]]:
    """So many reports, each printed by both programs."""
    chance = random.Random(seed)  # noqa: S311 (repeatable, not secret)
    chosen: Sequence[tuple[str, float, str]] = [
        (chance.choice(sorted(REPORTS)), chance.choice(pdf.SIZES), chance.choice(sorted(pdf.PAPERS))) for _ in range(count)
    ]
    names = [f"{index}" for index in range(count)]
    office = pdf.printed(
        {name: pdf.docx(REPORTS[key], size=size, paper=paper) for name, (key, size, paper) in zip(names, chosen, strict=True)},
        PATIENCE,
    )
    for name, (key, size, paper) in zip(names, chosen, strict=True):
        yield f"LibreOffice {key} {size} {paper}", REPORTS[key], office[name]
    with chromium() as running:
        pages = pdf.chromium(running.browser, [(pdf.page(REPORTS[key], size=size), paper) for key, size, paper in chosen])
    for (key, size, paper), data in zip(chosen, pages, strict=True):
        yield f"Chromium {key} {size} {paper}", REPORTS[key], data


def changed(count: int, seed: int) -> Iterator[list[str]]:
    """What is silently wrong in each of so many reports changed at random, each printed by both programs."""
    reports = {f"{each}": Changed.of(each) for each in range(seed * 10_000, seed * 10_000 + count)}
    office = pdf.printed({name: each.docx() for name, each in reports.items()}, PATIENCE)
    with chromium() as running:
        pages = pdf.chromium(running.browser, [each.page() for each in reports.values()])
    for (name, each), page in zip(reports.items(), pages, strict=True):
        for program, data in (("LibreOffice", office[name]), ("Chromium", page)):
            found = each.silent(data)
            if found:
                sys.stdout.write(f"{program} {name}: {found}\n")
            yield found


def main() -> None:
    logging.disable(logging.CRITICAL)
    counted: dict[str, Result] = {}
    for name, report, data in made(int(sys.argv[1]), int(sys.argv[2])):
        found = judged(report, data)
        program = counted.setdefault(name.partition(" ")[0], Result())
        program.update(found)
        program["files"] += 1
        if not found["whole"]:
            sys.stdout.write(f"{name}: {dict(found)}\n")
    for named, total in counted.items():
        sys.stdout.write(f"{named}: {dict(total)}\n")
    faults = sum(len(found) for found in changed(int(sys.argv[1]), int(sys.argv[2])))
    sys.stdout.write(f"changed reports, by both: {faults} silent\n")


if __name__ == "__main__":
    main()
