"""Checking a workbook that a clerk filled in, without making a package first: the same findings, each at its cell of the sheet."""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from open_reports.checks.cache import Cache, Kept
from open_reports.checks.check import checkup
from open_reports.document import PLACEHOLDER, shown
from open_reports.errors import IntakeError
from open_reports.finding import finding
from open_reports.form import Address, forms
from open_reports.intake import guard
from open_reports.intake.clerk import filled
from open_reports.library import AGENCY, open_library
from open_reports.report import ABSENT, DESCRIPTOR, PROSE, Draft, Source, table_path, write

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from open_reports.finding import Finding
    from open_reports.intake.clerk import Filled
    from open_reports.report import OpenCell

_SPELT = frozenset({"words", "number", "scientific", "separator", "leading_zero"})
"""Reasons for which import asks a person; here the sentence of the check says what is wrong with the number, and what to write."""
_REMARK = "remark"
"""Reason of a row that holds words and no figure."""
_PLACE = "workbook"
_MADE = "2000-01-01T00:00:00Z"
"""Time of a package that nobody keeps."""


def checked_workbook(path: Path, root: Path, place: str) -> Kept:
    """What is found in a workbook, as if it were a package of the folder `root`; `place` is how they name the file.

    Raises `IntakeError` where it cannot be read, or is no workbook for clerks.
    """
    found = filled(guard.manuscript(path))
    if found is None:
        raise IntakeError("clerk_other")
    draft = _told(found.draft(_MADE, placeholder=PLACEHOLDER))
    waiting, draft = draft.open, replace(draft, open=())
    told, passed = _findings(draft, root)
    if any(each.level == "error" for each in told):
        # A package with such an error is not read any further; whoever fills in a workbook is told all at once.
        mended, passed = _findings(_mended(draft), root)
        told += tuple(each for each in mended if each.file != f"{_below(draft)}{DESCRIPTOR}")
    cells = _Cells(found, draft)
    placed = [cells.placed(each, (each.file or "").removeprefix(_below(draft)), place) for each in dict.fromkeys(told)]
    return Kept((*(each.of(draft.agency, draft.year) for each in _waiting(waiting, found, place)), *placed), passed)


def _waiting(waiting: Sequence[OpenCell], found: Filled, place: str) -> Iterator[Finding]:
    """What cannot be read for sure, a line at a time: what it says of one cell of a row it says of all."""
    rows: dict[tuple[str, str, str], list[OpenCell]] = {}
    for each in waiting:
        if each.reason != ABSENT:
            rows.setdefault((each.table, each.line, each.reason), []).append(each)
    for (table, line, _), cells in rows.items():
        first = cells[0]
        where = f"{place} {first.place or _sheet_of(found, table)}".rstrip()
        label = forms()[found.outcome.forms[table]].tables[table].lines[line].label if table in found.outcome.forms else line
        seen = shown(" | ".join(each.seen for each in cells if each.seen))
        yield finding("workbook.unsure" if seen else "workbook.lacking", file=where, found=seen, line=label, why=first.why)
    for table, line in found.outcome.absent:
        where = f"{place} {_sheet_of(found, table)}".rstrip()
        yield finding("workbook.absent", file=where, line=forms()[found.outcome.forms[table]].tables[table].lines[line].label)
    for row in found.outcome.foreign:
        if row.reason != _REMARK:
            yield finding("workbook.foreign", file=f"{place} {row.place}".rstrip(), found=shown(row.seen))


def _sheet_of(found: Filled, table: str) -> str:
    """Name of the sheet that a table stands on; empty if nothing of it was found."""
    return next((place.partition("!")[0] for address, place in found.outcome.places.items() if address.table == table), "")


def _below(draft: Draft) -> str:
    return f"{_PLACE}/{draft.agency}/{draft.year}/"


def _findings(draft: Draft, root: Path) -> Kept:
    """What is found in a package, beside the other years of its agency, that nobody keeps."""
    with tempfile.TemporaryDirectory() as folder:
        own = Path(folder) / draft.agency
        if (root / draft.agency / AGENCY).is_file():
            shutil.copytree(root / draft.agency, own, symlinks=True)
            shutil.rmtree(own / str(draft.year), ignore_errors=True)
        write(own / str(draft.year), draft.files())
        if not (own / AGENCY).exists():
            (own / AGENCY).write_text(_agency(draft.year), encoding="utf-8")
        library = open_library(Path(folder), place=_PLACE, only=((draft.agency, draft.year),))
        found = checkup(library, Cache(), root=Path(folder), part=True)
    return Kept(tuple(each for each in found.findings if (each.file or "").startswith(_below(draft))), found.passed)


def _mended(draft: Draft) -> Draft:
    """The draft with what is wrong with single cells and entries left blank, so that nothing is found of them but all of the others."""
    kept = {
        address: text
        for address, text in draft.cells.items()
        if text in forms().common.missing or forms()[draft.form_of[address[0]]].tables[address[0]].columns[address[2]].type.accepts(text)
    }
    title = f"{draft.year}"
    return replace(draft, cells=kept, title=title, sources=[Source(title, "https://www.example.gov.cn/")], published=None)


def _agency(year: int) -> str:
    """An agency of which nothing is known yet, of a kind for which the law names no day: nothing is found of it."""
    common = forms().common
    law = common.deadline(year)
    kind = next((kind for kind in common.kinds if law is None or law.last_day(kind, year) is None), next(iter(common.kinds)))
    return f"name: 机关\nname_en: Agency\nkind: {kind}\nparent: none\nregion: 地区\nsite: https://www.example.gov.cn/\n"


def _told(draft: Draft) -> Draft:
    """The draft with the numbers that nobody can read as they were written, so that the check tells of them."""
    spelt = {(each.table, each.line, each.column): each.seen for each in draft.open if each.column and each.reason in _SPELT}
    rest = [each for each in draft.open if not (each.column and each.reason in _SPELT)]
    return replace(draft, cells={**draft.cells, **spelt}, open=rest)


class _Cells:
    """Where each figure and text of a package stands in the workbook."""

    def __init__(self, found: Filled, draft: Draft) -> None:
        self.found = found
        self.lines: dict[tuple[str, str], str] = {}
        self.figures: dict[Address, str] = {
            **{Address(each.table, each.line, each.column): each.place for each in found.open if each.column and each.place},
            **found.outcome.places,
        }
        for address, place in self.figures.items():
            self.lines.setdefault((address.table, address.line), place)
        self.rows: Mapping[str, list[list[str]]] = {
            path: list(csv.reader(io.StringIO(text))) for path, text in draft.files().items() if path.endswith(".csv")
        }

    def placed(self, each: Finding, path: str, place: str) -> Finding:
        """A finding of the package as one of the workbook."""
        return replace(each, file=f"{place} {self._place(each, path)}".rstrip(), row=None, column=None, column_title=None)

    def _place(self, each: Finding, path: str) -> str:
        table = path.removeprefix("data/").removesuffix(".csv")
        index = each.row - 2 if each.row is not None else -1
        lists = {table_path("overview"): self.found.overview, table_path("notes"): self.found.notes}
        if path in lists and 0 <= index - (skipped := len(self.found.outcome.notes) if table == "notes" else 0) < len(lists[path]):
            return lists[path][index - skipped].place
        if path == PROSE:
            return next((row.place.partition("!")[0] for row in self.found.prose.values()), "")
        if path in lists or not path.endswith(".csv"):
            return self.found.sheet
        line = self.rows[path][index + 1][0] if path in self.rows and 0 <= index < len(self.rows[path]) - 1 else ""
        address = Address(table, line, each.column or "")
        return self.figures.get(address) or self.lines.get((table, line)) or self._sheet(table)

    def _sheet(self, table: str) -> str:
        return next((place.partition("!")[0] for (own, _), place in self.lines.items() if own == table), "")
