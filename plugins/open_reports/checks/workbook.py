"""Checking a workbook that a clerk filled in, without making a package first: the same findings, each at its cell of the sheet."""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from open_reports import gate
from open_reports.checks.cache import Cache
from open_reports.checks.check import check
from open_reports.document import PLACEHOLDER
from open_reports.errors import IntakeError
from open_reports.form import Address, forms
from open_reports.intake.clerk import filled
from open_reports.intake.readers import xlsx
from open_reports.library import AGENCY, open_library
from open_reports.report import OPEN, PROSE, Draft, table_path, write

if TYPE_CHECKING:
    from collections.abc import Mapping

    from open_reports.finding import Finding
    from open_reports.intake.clerk import Filled

MOST_BYTES = 50_000_000
_SPELT = frozenset({"words", "number", "scientific", "separator", "leading_zero"})
"""Reasons for which import asks a person; here the sentence of the check says what is wrong with the number, and what to write."""
_PLACE = "workbook"
_MADE = "2000-01-01T00:00:00Z"
"""Time of a package that nobody keeps."""


def checked_workbook(path: Path, root: Path, place: str) -> tuple[Finding, ...]:
    """Findings of a workbook, as if it were a package of the folder `root`; `place` is how they name the file.

    Raises `IntakeError` where it cannot be read, or is no workbook for clerks.
    """
    data, faults = gate.read_bytes(str(path), place, MOST_BYTES)
    if faults:
        return tuple(faults)
    found = filled(xlsx.read(data))
    if found is None:
        raise IntakeError("clerk_other")
    draft = _told(found.draft(_MADE, placeholder=PLACEHOLDER))
    with tempfile.TemporaryDirectory() as folder:
        own = Path(folder) / found.agency
        if gate.slug_fault(found.agency) is None and (root / found.agency / AGENCY).is_file():
            # Its neighbours, with which the identities between years compare it.
            shutil.copytree(root / found.agency, own, symlinks=True)
            shutil.rmtree(own / str(found.year), ignore_errors=True)
        write(own / str(found.year), draft.files())
        if not (own / AGENCY).exists():
            (own / AGENCY).write_text(_agency(found.year), encoding="utf-8")
        library = open_library(Path(folder), place=_PLACE, only=((found.agency, found.year),))
        findings = check(library, Cache(), root=Path(folder))
    below = f"{_PLACE}/{found.agency}/{found.year}/"
    cells = _Cells(found, draft)
    return tuple(
        cells.placed(each, each.file.removeprefix(below), place)
        for each in findings
        if each.file is not None and each.file.startswith(below)
    )


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
        self.open = draft.open
        self.lines: dict[tuple[str, str], str] = {}
        self.figures: dict[Address, str] = {
            **{Address(each.table, each.line, each.column): each.place for each in found.open if each.column},
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
        if path == OPEN and 0 <= index < len(self.open):
            return self.open[index].place
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
