"""Diff: what changed between two states of the data, in the words of the domain.

`between` reads two folders or git revisions; `compare` compares two libraries; `text`, `markdown` and `json_` tell it.
"""

# The gate of releases uses the same states and entries, so that a diff in review and the gate never disagree on what a change is.
from open_reports.history.diff.comparing import compare
from open_reports.history.diff.model import Diff, Flip, ReportChange, TextChange
from open_reports.history.diff.revision import RevisionError, between, meant
from open_reports.history.diff.state import FigureChange, State, changes, entry, states, unnamed, version
from open_reports.history.diff.styles import json_, markdown, text

__all__ = [
    "Diff",
    "FigureChange",
    "Flip",
    "ReportChange",
    "RevisionError",
    "State",
    "TextChange",
    "between",
    "changes",
    "compare",
    "entry",
    "json_",
    "markdown",
    "meant",
    "states",
    "text",
    "unnamed",
    "version",
]
