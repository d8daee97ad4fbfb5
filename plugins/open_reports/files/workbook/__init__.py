"""One report as an Excel workbook: a statutory table a sheet in its printed shape, with what it is, section one and notes.

The frame of a workbook is made once for each combination of forms (`frame`), and a report's own cells are put into it (`lists`,
`cells`). The same report gives the same bytes anywhere.
"""

from __future__ import annotations

import io
import zipfile
from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple

from open_reports.derived.doubt import facts_of_findings, of_findings
from open_reports.derived.mark import BLANK
from open_reports.errors import PublishError
from open_reports.files.route import REPORT, Route
from open_reports.files.workbook import lists
from open_reports.files.workbook.cells import DOUBTED, EXACT_DIGITS, MARKED, WHOLE, escaped, figure_cell, rows, text_cell
from open_reports.files.workbook.frame import CORE, EARLY, LIBRARY, TITLE, WIDTHS, Key, entry, frame_of
from open_reports.form import Address
from open_reports.report.lines import Plain, table_lines
from open_reports.text import Words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from open_reports.files.folder import ReportFolder
    from open_reports.files.workbook.frame import Piece
    from open_reports.finding import Finding
    from open_reports.library import Agency
    from open_reports.report import Report
    from open_reports.report.lines import Remarked

__all__ = ["EXACT_DIGITS", "ROUTES", "available", "workbook"]


def available() -> str | None:
    """None if workbooks can be made here, else the key of the label that says what is missing."""
    return None if find_spec(LIBRARY) else "needs_workbook"


def workbook(report: Report, agency: Agency, findings: Sequence[Finding] = ()) -> bytes:
    """Workbook of a report; cells that a finding is about are shaded, and the sheet of notes tells why.

    A figure in an open contradiction shows ≠ before its number.
    Raises `PublishError` where the extra is not installed.
    """
    if lacks := available():
        raise PublishError(Words("zh")(lacks))
    key = tuple((name, table.form.form) for name, table in report.tables.items())
    frame = frame_of(key)
    # Told to the walk, too: a line with a shaded cell cannot be one that is kept for the next report.
    marked = _marked(report, findings)
    parts: dict[str, str] = {}
    for name, found in (
        ("about", lists.about(report, agency, facts_of_findings(report, findings))),
        ("overview", lists.overview(report, marked)),
        ("notes", lists.notes(report, findings)),
        ("package", lists.package(report)),
    ):
        path, before, after = frame.lists[name]
        parts[path] = f"{before}{rows(found, frame.styles, WIDTHS[name])}{after}"
    for name, (path, _) in frame.tables.items():
        parts[path] = _table_sheet(report, name, key, marked)
    # The package's day, never the clock's, so that the same report gives the same bytes.
    parts[CORE] = frame.core.replace(EARLY, report.created).replace(TITLE, escaped(report.title))
    stream = io.BytesIO(frame.base)
    # Added to the frame's archive, in which what all workbooks share is packed already.
    with zipfile.ZipFile(stream, "a") as bundle:
        for path, text in parts.items():
            bundle.writestr(entry(path), text.encode())
    return stream.getvalue()


def _marked(report: Report, findings: Sequence[Finding]) -> dict[tuple[str, str], dict[str, str]]:
    """Columns of each line, by table and line, that a finding is about, each with the twin of its style."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    # What agrees when rounded is told in the notes, but no cell is coloured for it.
    told = [(each.address or "", MARKED) for each in findings if each.level != "rounded"] + [
        (address, WHOLE if BLANK in rules else DOUBTED) for address, rules in of_findings(report, findings).items()
    ]
    # Contradictions last, for they are more than a remark.
    for address, twin in told:
        parts = address.split("/")
        if len(parts) == len(Address._fields):
            found.setdefault((parts[0], parts[1]), {})[parts[2]] = twin
    return found


class _Slot(NamedTuple):
    """Where a line stands in the frames: forms of the report's tables, table, number of its piece."""

    key: Key
    table: str
    piece: int


def _table_sheet(report: Report, name: str, key: Key, marked: Mapping[tuple[str, str], Mapping[str, str]]) -> str:
    table = report.tables[name]
    lines = {line.place.line: line for line in table_lines(report, name, marked)}
    parts = []
    for number, piece in enumerate(frame_of(key).tables[name][1]):
        parts.append(piece.text)
        if piece.line:
            label = table.labels.get(piece.line) or table.form.lines[piece.line].label.zh
            line, slot = lines[piece.line], _Slot(key, name, number)
            if isinstance(line, Plain):
                parts.append(_plain(slot, label, line.cells))
            else:
                parts.append(_remarked(slot, label, line, marked.get((name, piece.line), {})))
    return "".join(parts)


@lru_cache(maxsize=20_000)  # (w1), all built anew: most lines are the same few numbers in report after report
def _plain(slot: _Slot, label: str, cells: tuple[str, ...]) -> str:
    frame = frame_of(slot.key)
    piece = frame.tables[slot.table][1][slot.piece]
    return _row(piece, label, [figure_cell(reference, frame.styles, text) for (reference, _), text in zip(piece.cells, cells, strict=True)])


def _remarked(slot: _Slot, label: str, line: Remarked, marked: Mapping[str, str]) -> str:
    frame = frame_of(slot.key)
    piece = frame.tables[slot.table][1][slot.piece]
    cells = []
    for (reference, column), figure in zip(piece.cells, line.figures, strict=True):
        # An absent line has no text in the package, and an empty one would read as left blank.
        text = None if figure.status == "line_absent" else figure.text
        cells.append(figure_cell(reference, frame.styles, text, marked.get(column, "")))
    return _row(piece, label, cells)


def _row(piece: Piece, label: str, cells: list[str]) -> str:
    return f"{piece.before}{text_cell(*piece.label, label)}{piece.between}{''.join(cells)}</row>"


ROUTES: tuple[Route[ReportFolder], ...] = (
    Route(
        "workbook",
        f"{REPORT}{{name}}.xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        lambda folder: workbook(folder.report, folder.agency, folder.findings),
        lacks=available,
        portal=4,
    ),
)
