"""Our own outputs: the download of a package, told by its content and given back as the package that it was made of.

Nothing is mended on the way. What the package on disk would have is given back byte for byte; where that cannot be vouched for, a
remark says so, and what contradicts itself is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from open_reports.intake.kinds import kind as kind_of
from open_reports.intake.own.bundle import bundle
from open_reports.intake.own.given import Own
from open_reports.intake.own.page import page
from open_reports.intake.own.workbook import workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Own", "package"]

_READERS: Mapping[str, Callable[[bytes], Own | None]] = {"zip": bundle, "xlsx": workbook, "html": page}


def package(data: bytes, kind: str | None = None) -> Own | None:
    """The package that an output of ours was made of; None for any other file.

    `kind` is what `kinds.kind` says of the file, where that was asked already. Raises `IntakeError` where the file is an output of
    ours and cannot be taken for the package: something is missing, or it says two things of one.
    """
    read = _READERS.get(kind or kind_of(data))
    return read(data) if read else None
