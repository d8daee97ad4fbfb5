"""The workbook that a clerk filled in (`new --workbook`): its tables are read as those of any workbook, the lists beside them as they stand.

It is known by what its first sheet says of itself, whatever the sheets are called now. A cell left blank is open until the first
sheet says that the original is blank there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from open_reports import gate
from open_reports.errors import IntakeError
from open_reports.form import forms, section_title
from open_reports.intake.grid import Doubt, Grid, Manuscript
from open_reports.intake.outcome import outcome
from open_reports.report import ABSENT, Draft, Note, OpenCell, Source
from open_reports.text import Words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from open_reports.form import Form
    from open_reports.intake.grid import Cell
    from open_reports.intake.outcome import Outcome

VERSION = re.compile(r"open-reports (\d+)", re.ASCII)
KNOWN = "1"
UNFILLED = "unfilled"
"""Reason of a cell that is blank in the workbook, of which nobody said that it is blank in the original."""


class Row(NamedTuple):
    """A row of a list beside the tables, with the place of its first cell."""

    place: str
    cells: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Filled:
    """What a clerk's workbook says. `outcome` is of its tables; `places` are the rows of the lists, for whoever names them.

    `sheet` is the name of the first sheet.
    """

    agency: str
    year: int
    title: str
    source: str
    published: str
    sheet: str
    outcome: Outcome
    overview: tuple[Row, ...] = ()
    notes: tuple[Row, ...] = ()
    prose: Mapping[str, Row] = field(default_factory=dict)

    @property
    def open(self) -> tuple[OpenCell, ...]:
        """What a person must say, lines that are left out among them."""
        return (*self.outcome.open, *(OpenCell(table, line, "", self.sheet, "", ABSENT) for table, line in self.outcome.absent))

    def draft(self, created: str, *, placeholder: str) -> Draft:
        """The package; what it must have and the workbook does not say is the placeholder."""
        found = self.outcome
        return Draft(
            agency=self.agency,
            year=self.year,
            title=self.title or placeholder,
            sources=[Source(self.title or placeholder, self.source or placeholder)],
            form_of=found.forms,
            created=created,
            published=self.published or None,
            cells={(address.table, address.line, address.column): text for address, text in found.figures.items()},
            labels=found.labels,
            absent=found.absent,
            overview=[_four(row.cells) for row in self.overview],
            notes=[*found.notes, *(Note(*row.cells) for row in self.notes)],
            prose={section: re.sub(r"\n+", "\n\n", row.cells[1]) for section, row in self.prose.items()},
            open=self.open,
        )


def _four(cells: Sequence[str]) -> tuple[str, str, str, str]:
    item, value, unit, part_of = cells
    return item, value, unit, part_of


def filled(manuscript: Manuscript) -> Filled | None:
    """What a clerk's workbook says; None if the file is none. Raises `IntakeError` where it says something of itself that cannot be."""
    about = _about(manuscript)
    if about is None:
        return None
    w = Words("zh")
    if about.entries[w("clerk_mark")] != f"open-reports {KNOWN}":
        raise IntakeError("clerk_version", found=about.entries[w("clerk_mark")], expected=KNOWN)
    year = about.entries.get(w("clerk_year"), "")
    agency = about.entries.get(w("clerk_agency"), "")
    # The id becomes the name of a folder: one that leads elsewhere is none.
    if not re.fullmatch(r"20\d\d", year, re.ASCII) or gate.slug_fault(agency) is not None:
        raise IntakeError("clerk_unnamed", sheet=about.sheet, agency=w("clerk_agency"), year=w("clerk_year"))
    lists = _Lists.of(manuscript, about.sheet)
    tables = replace(manuscript, blocks=tuple(_tables(manuscript, lists.sheets)))
    found = outcome(tables, forms())
    if found.refused is not None:
        raise IntakeError(found.refused.code, **found.refused.values)
    if about.entries.get(w("clerk_blank")) != w("clerk_blank_printed"):
        found = _unfilled(found)
    return Filled(
        agency=agency,
        year=int(year),
        title=about.entries.get(w("clerk_report"), ""),
        source=about.entries.get(w("clerk_source"), ""),
        published=about.entries.get(w("clerk_published"), ""),
        sheet=about.sheet,
        outcome=found,
        overview=lists.rows("overview"),
        notes=lists.rows("notes"),
        prose=_prose(lists.rows("text"), forms().leading(found.forms.values())),
    )


def _prose(rows: Sequence[Row], form: Form) -> Mapping[str, Row]:
    known = {section_title(each.number, each.title.zh, "zh"): each.id for each in form.sections}
    return {known[row.cells[0]]: row for row in rows if row.cells[0] in known and row.cells[1]}


# -- the first sheet --------------------------------------------------------------------------------------------------------


class _About(NamedTuple):
    sheet: str
    entries: Mapping[str, str]


def _about(manuscript: Manuscript) -> _About | None:
    mark = Words("zh")("clerk_mark")
    for grid in manuscript.grids if manuscript.kind in ("xlsx", "ods") else ():
        at = grid.covering()
        entries = {
            cell.text.strip(): at[cell.row, cell.column + 1].text.strip() for cell in grid.cells if cell.column == 0 and (cell.row, 1) in at
        }
        if VERSION.fullmatch(entries.get(mark, "")):
            return _About(grid.place, entries)
    return None


# -- lists beside the tables ------------------------------------------------------------------------------------------------


class _Lists(NamedTuple):
    """Sheets that are lists, by what they list, and the names of all sheets that are no table of the form."""

    grids: Mapping[str, Grid]
    sheets: frozenset[str]

    @classmethod
    def of(cls, manuscript: Manuscript, about: str) -> _Lists:
        w, common = Words("zh"), forms().common
        heads = {
            "overview": [title.zh for _, title, _ in common.overview.fields],
            "notes": [title.zh for _, title, _ in common.notes.fields],
            "text": [w("clerk_section"), w("clerk_own_words")],
        }
        found: dict[str, Grid] = {}
        for grid in manuscript.grids:
            first = [cell.text.strip() for cell in grid.cells if cell.row == 0]
            found |= {name: grid for name, head in heads.items() if first[: len(head)] == head}
        return cls(found, frozenset({about, *(grid.place for grid in found.values())}))

    def rows(self, name: str) -> tuple[Row, ...]:
        """Rows of a list that say something."""
        grid = self.grids.get(name)
        if grid is None:
            return ()
        at = grid.covering()
        width = {"overview": 4, "notes": 5, "text": 2}[name]
        found = []
        for row in range(1, grid.rows):
            cells = [at.get((row, column)) for column in range(width)]
            if any(cell is not None and cell.text.strip() for cell in cells):
                place = next(cell.place for cell in cells if cell is not None)
                found.append(Row(place, tuple(cell.text.strip() if cell is not None else "" for cell in cells)))
        return tuple(found)


# -- the tables -------------------------------------------------------------------------------------------------------------


def _tables(manuscript: Manuscript, lists: frozenset[str]) -> Iterator[Grid]:
    """The tables, without what the workbook itself works out beside and below them."""
    for grid in manuscript.grids:
        if grid.place not in lists:
            yield replace(grid, cells=tuple(_own(grid)))


def _own(grid: Grid) -> Iterator[Cell]:
    """Cells of a table that are not sums of the workbook; one of those that somebody wrote over is kept, so that it is asked about."""
    w = Words("zh")
    rule = re.compile(re.escape(w("clerk_check_rule", rule="\0")).replace("\0", ".+"))
    heads = [cell for cell in grid.cells if cell.text.strip() == w("clerk_check")]
    below = [cell for cell in grid.cells if rule.fullmatch(cell.text.strip())]
    result = re.compile(rf"{re.escape(w('clerk_holds'))}|{re.escape(w('clerk_gap'))}-?\d+(\.\d+)?(E[+-]?\d+)?|", re.ASCII)
    for cell in grid.cells:
        beside = any(head.column == cell.column and head.row < cell.row for head in heads)
        under = any(head.row == cell.row for head in below)
        worked_out = (beside or under) and result.fullmatch(cell.text) and set(cell.doubts) <= {Doubt.FORMULA} and not cell.number
        if cell not in heads and cell not in below and not worked_out:
            yield cell


def _unfilled(found: Outcome) -> Outcome:
    """The outcome with its blank cells open; a line that is blank throughout is open as one."""
    lines: dict[tuple[str, str], list[str]] = {}
    for address, text in found.figures.items():
        lines.setdefault((address.table, address.line), []).append(text)
    waiting: list[OpenCell] = []
    for address, text in found.figures.items():
        if text:
            continue
        line = (address.table, address.line)
        whole = not any(lines[line])
        cell = OpenCell(*line, "" if whole else address.column, found.places[address], "", UNFILLED)
        if not (whole and waiting and waiting[-1][:2] == line):
            waiting.append(cell)
    return replace(found, open=(*found.open, *waiting))
