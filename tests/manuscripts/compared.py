"""What a reader found beside what its file was made from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import made_up
from open_reports.form import forms
from open_reports.intake.grid import Doubt, Grid, Manuscript, Paragraph, placed
from open_reports.intake.outcome import outcome

from manuscripts.statutory import corpus, original

if TYPE_CHECKING:
    from collections.abc import Sequence

    from manuscripts.statutory import Original

CORPUS = corpus()
HYBRIDS = {
    "-".join(form_of.values()): original(
        made_up.package(form_of=form_of, blank=("applications/new/total", "disputes/reconsideration/upheld")).files
    )
    for form_of in made_up.hybrids()
}
REPORTS = {**CORPUS, **HYBRIDS}
"""Every report of the corpus, and one of every mixture of forms."""


def expected(report: Original) -> list[Grid]:
    """Tables of a report as they are printed."""
    return [placed(block, "") for block in report.blocks() if isinstance(block, list)]


def squeezed(text: str) -> str:
    """A text without white space."""
    return re.sub(r"\s", "", text)


def same(found: Grid, other: Grid) -> bool:
    """Whether two tables have the same cells in the same places, white space aside."""
    one, two = found.covering(), other.covering()
    return one.keys() == two.keys() and all(
        squeezed(one[at].text) == squeezed(two[at].text) and (one[at].row, one[at].column) == (two[at].row, two[at].column) for at in one
    )


def texts(grid: Grid) -> list[list[str]]:
    """What stands in each position; ? where no cell is."""
    at = grid.covering()
    return [[at[row, column].text if (row, column) in at else "?" for column in range(grid.columns)] for row in range(grid.rows)]


def doubts(found: Manuscript) -> set[Doubt]:
    """Every doubt about any cell."""
    return {doubt for grid in found.grids for cell in grid.cells for doubt in cell.doubts}


def paragraphs(found: Manuscript) -> list[str]:
    """Texts outside of tables."""
    return [each.text for each in found.blocks if isinstance(each, Paragraph)]


def everything(found: Manuscript) -> str:
    """All text that was read."""
    return "\n".join([*paragraphs(found), *(cell.text for grid in found.grids for cell in grid.cells)])


def figures_come_out(report: Original, files: Sequence[Manuscript]) -> None:
    """Hold what the mapper makes of a report in several shapes against the figures that it was made from, to the last one.

    Most shapes are read as the very same manuscript but for its remarks, and the same becomes the same.
    """
    different: list[Manuscript] = []
    for each in files:
        if all(each.blocks != other.blocks or each.kind != other.kind or each.facts != other.facts for other in different):
            different.append(each)
    printed = {address: text for address, text in report.figures.items() if "/".join(address.split("/")[:2]) not in report.absent}
    for found in (outcome(each, forms()) for each in different):
        assert (found.refused, found.open, found.foreign) == (None, (), ())
        assert {"/".join(each) for each in found.absent} == report.absent
        own = {"/".join(address): text for address, text in found.figures.items()}
        noted = {f"{note.table}/{note.line}/{note.column}": note.printed for note in found.notes}
        assert own.keys() == printed.keys()
        assert {address: noted.get(address) or text for address, text in own.items()} == printed
