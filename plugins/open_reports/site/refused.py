"""Refused: what the system would not do, said in one sentence of both languages."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Self

from open_reports.document import shown
from open_reports.errors import OpenReportsError
from open_reports.text import LANGUAGES, Words

if TYPE_CHECKING:
    from pathlib import Path

_KINDS = {
    errno.ENOSPC: "full",
    errno.EDQUOT: "quota",
    errno.EFBIG: "limit",
    errno.EROFS: "read_only",
    errno.EACCES: "denied",
    errno.EPERM: "denied",
    errno.EPIPE: "closed",
}
"""What a reason of the system means for whoever has to do something about it."""


class FolderError(OpenReportsError):
    """A folder that cannot be renewed: nothing in it was changed. `code` is the id of the sentence."""

    def __init__(self, code: str, says: str) -> None:
        super().__init__(says)
        self.code = code

    @classmethod
    def of(cls, folder: Path, code: str, **values: str) -> Self:
        """What stands in the way, told before anything is written."""
        return cls(code, sentence(f"folder_{code}", folder=shown(str(folder), 300), **values))

    @classmethod
    def failed(cls, folder: Path, error: OSError) -> Self:
        """What the system refused while the folder was made."""
        error.filename = None  # nobody knows the folder beside, in which it was made
        return cls("failed", f"{told(error, str(folder))}\n{sentence('disk_kept')}")


def sentence(key: str, **values: str) -> str:
    """A sentence in both languages."""
    return " / ".join(Words(language)(key, **values) for language in LANGUAGES)


def told(error: OSError, place: str = "") -> str:
    """What a refusal of the system means and what to do about it; `place` is named where the error names no file."""
    name = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else place
    # Some errors of the system come without words; their kind says more than nothing.
    reason = error.strerror or type(error).__name__
    said = sentence(f"disk_{_KINDS.get(error.errno or 0, 'other')}", reason=reason)
    return f"{shown(name, 300)}：{said}" if name else said
