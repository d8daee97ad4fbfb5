"""What several commands share: kinds of options, and values that are checked alike."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from open_reports.document import shown
from open_reports.finding import finding
from open_reports.gate import slug_fault
from open_reports.text import LANGUAGES

ROOT = "datapackages"
"""Folder of packages, unless another is named."""
LANGUAGE = click.Choice(LANGUAGES)
FOLDER = click.Path(path_type=Path, file_okay=False)


def checked_agency(agency: str) -> None:
    """Refuse what cannot be the id of an agency."""
    if code := slug_fault(agency):
        fault = finding(code, found=shown(agency))
        raise click.UsageError(f"{fault.problem('zh')} / {fault.problem('en')}")


def now() -> str:
    """This moment, for `created`."""
    # A date and time by RFC 3339, as Data Package v2 asks of `created`.
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
