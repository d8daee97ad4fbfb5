"""Answer: what the child that read a file says of it is believed only after it was checked: the file may have taken the child over."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from open_reports import gate
from open_reports.errors import IntakeError
from open_reports.intake.grid import Cell, Edge, Grid, Manuscript, Paragraph
from open_reports.intake.own.given import Own
from open_reports.report import FIRST_YEAR, LAST_YEAR, possible_files

if TYPE_CHECKING:
    from collections.abc import Mapping

NONSENSE = "answer"
"""What failed where the answer is none."""
MOST_ROWS, MOST_COLUMNS, MOST_COVERED = 5_000, 500, 3_000_000
"""Limits of any table: those of the largest sheet, and the positions that its cells may cover."""

MOST_SCANNED = 12
"""Pages of a scan: each may cost two minutes."""

_CODE = re.compile(r"[a-z_]{1,40}")


def checked(answer: Mapping[str, Any]) -> Manuscript | Own:
    """The manuscript in an answer, or the package that an output of ours was made of. Raises `IntakeError`: what the child refused, or `read_failed` where it makes no sense."""
    match answer:
        case {"refused": str(code), "values": dict(values)} if _CODE.fullmatch(code) and _are(str, *values, *values.values()):
            raise IntakeError(code, **values)
        case {"failed": str(what), "place": str(place)}:
            raise IntakeError("read_failed", what=f"{what}, {place}"[:100])
        case {"manuscript": dict(found)}:
            try:
                manuscript = Manuscript.of_value(found)
                if _sound(manuscript):
                    return manuscript
            except (KeyError, TypeError, ValueError, IndexError, AttributeError):
                pass
        case {"own": {"agency": str(agency), "year": int(year), "files": dict(files), "remarks": list(remarks)}}:
            own = Own(agency=agency, year=year, files=_encoded(files), remarks=tuple(remarks))
            if _own(own):
                return own
    raise IntakeError("read_failed", what=NONSENSE)


def scanned(answer: Mapping[str, Any]) -> int:
    """How many pages a scan has, as the child counted them. Raises `IntakeError` where that is no number of pages."""
    if not _within(answer["scan"], 1, MOST_SCANNED):
        raise IntakeError("read_failed", what=NONSENSE)
    found: int = answer["scan"]
    return found


def _encoded(files: Mapping[object, object]) -> dict[str, bytes]:
    """Files whose names and contents are texts; none at all if any is not."""
    found = {path: text.encode() for path, text in files.items() if isinstance(path, str) and isinstance(text, str)}
    return found if len(found) == len(files) else {}


def _own(found: Own) -> bool:
    """Whether a package goes nowhere but where packages are kept, and holds nothing but what they may."""
    placed = gate.slug_fault(found.agency) is None and _within(found.year, FIRST_YEAR, LAST_YEAR)
    known = bool(found.files) and found.files.keys() <= set(possible_files())
    small = all(len(data) <= gate.MAX_BYTES for data in found.files.values())
    return placed and known and small and _are(str, *found.remarks) and all(map(_CODE.fullmatch, found.remarks))


def _sound(found: Manuscript) -> bool:
    """Whether everything in a manuscript is what it should be."""
    return (
        _are(str, found.kind, *found.facts, *found.facts.values(), *found.remarks)
        and all(map(_CODE.fullmatch, found.remarks))
        and all(_grid(each) if isinstance(each, Grid) else _paragraph(each) for each in found.blocks)
        # No figure follows from a picture, whoever says so.
        and (found.kind != "scan" or all(cell.doubts for grid in found.grids for cell in grid.cells))
    )


def _paragraph(found: Paragraph) -> bool:
    return _are(str, found.text, found.place) and _within(found.level, 0, 6)


def _grid(found: Grid) -> bool:
    measured = _are(str, found.place) and _within(found.rows, 0, MOST_ROWS) and _within(found.columns, 0, MOST_COLUMNS)
    if not measured or not all(_cell(each, found) for each in found.cells):
        return False
    covered = sum(each.rowspan * each.colspan for each in found.cells)
    return covered <= MOST_COVERED and (found.edge is None or _edge(found.edge))


def _cell(found: Cell, grid: Grid) -> bool:
    # It begins in its table and ends in it.
    begins = _within(found.row, 0, grid.rows - 1) and _within(found.column, 0, grid.columns - 1)
    ends = begins and _within(found.rowspan, 1, grid.rows - found.row) and _within(found.colspan, 1, grid.columns - found.column)
    return ends and _are(str, found.text, found.place, found.id) and _are(bool, found.number)


def _edge(found: Edge) -> bool:
    return _within(found.page, 0, 10_000) and _are(bool, found.top, found.bottom) and _are((int, float), *found.lines)


def _are(kind: type | tuple[type, ...], *found: object) -> bool:
    return all(isinstance(each, kind) for each in found)


def _within(found: object, least: int, most: int) -> bool:
    # True is an int, too.
    return isinstance(found, int) and not isinstance(found, bool) and least <= found <= most
