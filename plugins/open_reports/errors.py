"""Every error this package raises.

    OpenReportsError
    ├── DocumentError    a YAML or JSON text that is not what it must be, with each place
    ├── FormError        a statutory form (our own data) that contradicts itself
    ├── DataError        packages that cannot be published, with every finding (finding.py)
    ├── IntakeError      a published file that cannot be read, with the sentence that says what to do
    ├── PublishError     outputs that would overwrite one another or leave the site
    ├── CopyError        a published copy that cannot be read, or must not be (copies)
    ├── FolderError      a folder of the site or of an export that cannot be renewed (site/refused.py)
    ├── PermanenceError  what was released and changed in silence, or is gone (history/releases/)
    ├── RevisionError    a revision that cannot be compared with (history/diff/)
    ├── GitError         a git command that failed (history/git.py)
    └── ForwardError     a deployment that would not go forward (site/forward.py)

A fault in data is never raised as a traceback: shells catch `OpenReportsError` and print it.
"""

from __future__ import annotations


class OpenReportsError(Exception):
    """Base of every error of this package."""


class DocumentError(OpenReportsError):
    """A text that is not strict YAML or JSON.

    `code` is the id of the message that explains it, `values` what the message shows, `row` the line
    of the text, counted from 1, where known.
    """

    def __init__(self, code: str, *, row: int | None = None, **values: str) -> None:
        # For developers: whoever tells a clerk looks the code up among the messages, which have both languages.
        super().__init__(f"{code} at line {row}: {values}")
        self.code = code
        self.row = row
        self.values = values


class FormError(OpenReportsError):
    """A form that cannot be used; the text names each file and place."""


class IntakeError(OpenReportsError):
    """A published file that cannot be read: `code` is the id of its sentence in `locales/intake.yml`, `values` what it shows."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(f"{code}: {values}")
        self.code = code
        self.values = values


class PublishError(OpenReportsError):
    """Two outputs for one address, or an address outside the site."""
