"""Opening a folder of packages: read and checked, refused with every error there is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from open_reports.checks.cache import Cache, Signature
from open_reports.checks.check import checkup, errors, unexplained
from open_reports.finding import DataError
from open_reports.library import open_library
from open_reports.report.open_cells import PENDING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from open_reports.checks.cache import Memory
    from open_reports.checks.counting import Key, Passed
    from open_reports.finding import Finding
    from open_reports.library import Library


OPEN = PENDING
"""Codes of what an import left open: the one error with which a package can be shown, though not published."""


class Checked(NamedTuple):
    """A library without errors, everything the checks found in it, how findings name its folder, and the checks that hold."""

    library: Library
    findings: tuple[Finding, ...]
    place: str
    passed: Mapping[Key, Passed]


def checked(
    folder: Path, *, place: str | None = None, strict: bool = False, waiting: bool = False, memory: Memory | None = None
) -> Checked:
    """Read and check a folder of packages; with a `memory`, packages that are as they were are not checked again.

    `waiting` lets packages pass of which an import left cells open, for whoever shows them to settle them. Raises `DataError` with every error, if `strict` with every discrepancy, too, about which the package says nothing.
    """
    library = open_library(folder, place=place)
    # What could not be read is no part of the library's digest, so only what is whole can be remembered.
    memory = memory if not library.findings else None
    state = Signature(library.digest, 0.0)  # by content alone, which no time stamp can belie
    found = memory.recall(state) if memory else None
    if found is None:
        cache = Cache()
        found = checkup(library, cache)
        cache.save()
        if memory:
            memory.keep(state, found)
    findings = found.findings
    if wrong := (*(each for each in errors(findings) if not (waiting and each.code in OPEN)), *(unexplained(findings) if strict else ())):
        raise DataError(wrong)
    return Checked(library, findings, place or folder.name, found.passed)
