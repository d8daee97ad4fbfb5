"""Excel: every visible sheet of a workbook as it is seen, numbers as their formats show them, what may deceive doubted."""

from __future__ import annotations

from itertools import filterfalse, product
from typing import TYPE_CHECKING, NamedTuple

from open_reports.errors import IntakeError
from open_reports.intake.archive import opened, xml
from open_reports.intake.grid import Doubt, Grid, Manuscript, Paragraph
from open_reports.intake.readers.parts import facts, related
from open_reports.intake.readers.sheetcell import Eye, Read
from open_reports.intake.readers.sheets import Box, blocks
from open_reports.intake.readers.workbook import MOST_COLUMN, MOST_ROW, book, place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from openpyxl.worksheet.worksheet import Worksheet

    from open_reports.intake.readers.workbook import Area, Sheet

_DRAWN_TEXT = "{http://schemas.openxmlformats.org/drawingml/2006/main}p"


def read(data: bytes) -> Manuscript:
    """A workbook as a manuscript. Raises `IntakeError` where it cannot be read whole."""
    return manuscript(opened(data))


def manuscript(members: Mapping[str, bytes]) -> Manuscript:
    """The same, from members that were unpacked already."""
    found = book(members)
    every: list[Grid | Paragraph] = []
    boxed = pictured = covered = False
    for sheet, made in found.sheets:
        drawings = list(_drawings(members, sheet.path))
        lying = [*((each.area, Doubt.PICTURED) for each in drawings), *_conditions(made)]
        view = _View(sheet, Eye(sheet, made, found.stale, found.usual), lying)
        every += view.blocks()
        # What stands in a text box lies somewhere over the sheet; it is told behind it.
        texts = [Paragraph(text=text, place=sheet.name) for each in drawings for text in each.texts]
        every += texts
        boxed, pictured, covered = boxed or bool(texts), pictured or bool(drawings), covered or view.hidden
    told = {
        "hidden_cells": covered,
        "hidden_sheets": found.hidden,
        "pictures": pictured and not any(isinstance(each, Grid) for each in every),
        "text_boxes": boxed,
    }
    return Manuscript(
        kind="xlsx",
        blocks=tuple(every),
        facts=facts(every, members.get("docProps/core.xml")),
        remarks=tuple(code for code, applies in told.items() if applies),
    )


# -- what lies over the cells -----------------------------------------------------------------------------------------------


class Drawing(NamedTuple):
    """A picture, a chart or a text box: the cells it lies over, and its text."""

    area: Area
    texts: Sequence[str]


def _drawings(members: Mapping[str, bytes], sheet: str) -> Iterator[Drawing]:
    for kind, _, target in related(members, sheet):
        if kind != "drawing" or target not in members:
            continue
        for anchor in xml(members[target]):
            ends = [
                [_whole(end.findtext(f"{{*}}{key}")) for key in ("row", "col")]
                for end in (*anchor.iterfind("{*}from"), *anchor.iterfind("{*}to"))
            ]
            # One without an end lies over one cell at least; one that is bound to no cell lies nobody knows where.
            first, last = (ends[0], ends[-1]) if ends else ([0, 0], [MOST_ROW, MOST_COLUMN])
            texts = ["".join(text.text or "" for text in line.iter("{*}t")) for line in anchor.iter(_DRAWN_TEXT)]
            yield Drawing((first[0] + 1, first[1] + 1, last[0] + 1, last[1] + 1), [text for text in texts if text.strip()])


def _whole(text: str | None) -> int:
    return int(text) if text and text.strip().isdecimal() and len(text) < 8 else 0  # noqa: PLR2004 (no row has eight digits)


def _conditions(made: Worksheet) -> Iterator[tuple[Area, Doubt]]:
    """Areas whose look depends on what stands there, as far as that makes their cells doubtful."""
    for each in made.conditional_formatting:
        for rule in each.rules:
            style = rule.dxf
            marks = {
                Doubt.STRUCK: style is not None and style.font is not None and style.font.strike,
                Doubt.ROUNDED: style is not None and style.numFmt is not None,
                Doubt.UNSHOWN: any(bar is not None and bar.showValue is False for bar in (rule.dataBar, rule.iconSet)),
            }
            for area in each.sqref.ranges:
                bounds = (area.min_row, area.min_col, area.max_row, area.max_col)
                yield from ((bounds, doubt) for doubt, applies in marks.items() if applies)


# -- one sheet --------------------------------------------------------------------------------------------------------------


class _View:
    """A sheet as it is seen: without hidden rows and columns, merged areas as one cell."""

    def __init__(self, sheet: Sheet, eye: Eye, lying: Sequence[tuple[Area, Doubt]]) -> None:
        self.sheet = sheet
        self.lying = lying
        self.hidden = False
        """Whether something that says anything was passed over."""
        try:
            self.reads = {at: eye.read(at, own) for at, own in sheet.held.items()}
            self.drawn = frozenset(at for at in sheet.held if eye.bordered(at))
        except IndexError:
            # A look that names a font or a border which is not in the list; openpyxl asks for it only now.
            raise IntakeError("xlsx_unreadable") from None
        told = [at for at, each in self.reads.items() if each.says or at in self.drawn]
        self.top, self.left = _corner(told, min, 1)
        self.bottom, self.right = _corner([*told, *(area[:2] for area in sheet.merged)], max, 0)
        if self.bottom > MOST_ROW or self.right > MOST_COLUMN:
            raise IntakeError("sheet_too_large")
        self.rows = list(filterfalse(sheet.row_hidden, range(1, self.bottom + 1)))
        self.columns = list(filterfalse(sheet.columns_hidden.__contains__, range(1, self.right + 1)))

    def blocks(self) -> Iterator[Grid | Paragraph]:
        """Tables and paragraphs of the sheet."""
        name = self.sheet.name
        areas = [area for area, doubt in self.lying if doubt is Doubt.PICTURED]
        covered = {
            (row, column)
            for row, column in product(range(len(self.rows)), range(len(self.columns)) if areas else ())
            if any(_meet(area, (self.rows[row], self.columns[column]) * 2) for area in areas)
        }
        yield from blocks(name, self._boxes(), lambda row, column: place(name, self.rows[row], self.columns[column]), covered)

    def _boxes(self) -> Iterator[Box]:
        rows, columns = ({number: index for index, number in enumerate(numbers)} for numbers in (self.rows, self.columns))
        for area in self._areas():
            own = self.reads.get(area[:2], Read(""))
            down = [rows[row] for row in range(area[0], area[2] + 1) if row in rows]
            across = [columns[column] for column in range(area[1], area[3] + 1) if column in columns]
            if not down or not across:
                self.hidden |= own.says
            elif own.says or self._drawn_or_merged(area):
                marks = own.doubts.union(doubt for lies, doubt in self.lying if _meet(lies, area))
                bordered = not self.drawn.isdisjoint(_inside(area))
                yield Box(down[0], across[0], own.text, len(down), len(across), marks, own.number, bordered)

    def _drawn_or_merged(self, area: Area) -> bool:
        """Whether a blank area is seen all the same: it has a border, or is merged and stands among what is told."""
        merged = area[:2] != area[2:] and area[0] >= self.top and area[1] >= self.left
        return merged or not self.drawn.isdisjoint(_inside(area))

    def _areas(self) -> Iterator[Area]:
        """Merged areas, as far as the sheet goes, and the cells between them."""
        taken: set[tuple[int, int]] = set()
        for area in self.sheet.merged:
            cut = (area[0], area[1], min(area[2], self.bottom), min(area[3], self.right))
            for at in _inside(cut):
                if at in taken:
                    # Areas that overlap: each program shows another one.
                    raise IntakeError("xlsx_unreadable")
                taken.add(at)
                self.hidden |= at != cut[:2] and at in self.reads and self.reads[at].says
            yield cut
        yield from ((*at, *at) for at in self.reads if at not in taken and at[0] <= self.bottom and at[1] <= self.right)


def _corner(ats: Sequence[tuple[int, int]], extreme: Callable[[Iterable[int]], int], otherwise: int) -> tuple[int, int]:
    """The first row and column of some cells, or the last."""
    return (extreme([at[0] for at in ats]), extreme([at[1] for at in ats])) if ats else (otherwise, otherwise)


def _inside(area: Area) -> Iterator[tuple[int, int]]:
    return product(range(area[0], area[2] + 1), range(area[1], area[3] + 1))


def _meet(one: Area, other: Area) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]
