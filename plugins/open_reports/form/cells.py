"""Sums of cells as the views of a family write them, each held against the forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from open_reports.form.model import Cells
from open_reports.form.reading import forms

if TYPE_CHECKING:
    from open_reports.document import Record


def read_sum(record: Record, key: str) -> tuple[Cells, ...]:
    """Cells of a sum such as `applications/new/total + applications/carried_in/total`, at a key; each must be on a form.

    Faults are noted, and the cells they concern left out.
    """
    found = []
    for term in record.text(key, most=600).split("+"):
        parts = term.strip().split("/")
        if len(parts) != 3 or parts[0] not in forms().tables:  # noqa: PLR2004 (table, line, column)
            # Noted, not raised: whoever edits the file learns every fault of it at once.
            record.note(key, "form.not_identity", found=term)
            continue
        cells = Cells(table=parts[0], line=parts[1], column=parts[2])
        # One form that prints it is enough: where the others do not, whoever shows it says so.
        if not any(map(cells.lines, forms().printing(cells.table))):
            record.note(key, "form.no_such_line", found=term)
        found.append(cells)
    return tuple(found)
