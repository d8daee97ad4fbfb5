"""Open Reports: annual reports on government information disclosure, from data packages to a public site.

`open_reports.open(root)` is the way in for programs; see `open_reports.corpus`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from open_reports.copies import CopyError
    from open_reports.corpus import Corpus, open
    from open_reports.errors import OpenReportsError
    from open_reports.finding import DataError, Finding
    from open_reports.form import Address
    from open_reports.library import Agency, Library
    from open_reports.report import Figure, Report

_HOME = {
    "open": "corpus",
    "Corpus": "corpus",
    "CopyError": "copies",
    "DataError": "finding",
    "OpenReportsError": "errors",
    "Finding": "finding",
    "Address": "form",
    "Agency": "library",
    "Library": "library",
    "Figure": "report",
    "Report": "report",
}
"""Module of each name that programs use: loaded when it is asked for, for the import of the package must cost nothing."""

__all__ = ["Address", "Agency", "CopyError", "Corpus", "DataError", "Figure", "Finding", "Library", "OpenReportsError", "Report", "open"]


def __getattr__(name: str) -> object:
    """Load one of the public names from its module."""
    if name not in _HOME:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    # PEP 562: a module may find its names when they are asked for.
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    # Names that are not loaded yet belong in a completion, too.
    return [*globals(), *_HOME]
