"""What a copy says of the record of releases: reasons for which something is published no more, which no package tells."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from open_reports.document import parse_json
from open_reports.errors import DocumentError
from open_reports.files.corrections import DROPPED
from open_reports.history import releases

if TYPE_CHECKING:
    from collections.abc import Mapping

    from open_reports.history.releases import Released


def of_record(data: bytes | None) -> Released:
    """Reasons that a published record has, which every other file must tell as it does; none of what is no record."""
    try:
        value = parse_json(data.decode("utf-8", errors="replace")) if data else None
    except DocumentError:  # its hash has been asked for, and what is no JSON gives nothing to hold others against
        value = None
    told = value.get("dropped") if isinstance(value, dict) else None
    return releases.of_drops(told if isinstance(told, dict) else {})


def of_rows(data: bytes | None) -> Released:
    """Reasons that `corrections.csv` has: all that an archive of the data alone says of the record."""
    found: dict[str, list[Mapping[str, str]]] = {}
    try:
        for row in csv.DictReader(io.StringIO((data or b"").decode("utf-8", errors="replace"), newline="")):
            if row.get("kind") == DROPPED:
                says = {key: row.get(name) or "" for key, name in _COLUMNS.items()}
                found.setdefault(row.get("page") or "", []).append({key: text for key, text in says.items() if text})
    except csv.Error:  # told where the table is held against the packages
        return releases.of_drops({})
    # The newest stands first in the table, and last in the record.
    return releases.of_drops({page: ones[::-1] for page, ones in found.items()})


_COLUMNS = {"date": "date", "reason": "reason", "reason_en": "reason_en", "to": "leads_to", "back": "back"}
"""Keys of a reason, and the columns of the table that have them."""
