"""What a change asks of a package's version and revisions.

The version of a package follows the recipe of the Data Package standard, said here in terms of a report:

- major: an address is gone, or what stands there means something else (another unit, another scope or period);
- minor: figures are added, at a new address or where nothing was reported;
- patch: figures are corrected, and whatever is no figure: notes, prose, explanations, metadata.

A program that follows addresses is safe within one major version; whoever quotes a figure reads `revisions`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from open_reports.history.diff.state import entry, newer, unnamed, version

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from open_reports.history.diff.state import FigureChange
    from open_reports.report import Report
    from open_reports.report.model import Change

Level = Literal["major", "minor", "patch"]
LEVELS: tuple[Level, ...] = ("major", "minor", "patch")
Kind = Literal["version_same", "version_lower", "version_low", "revision_missing", "unnamed", "gone"]


class Fault(NamedTuple):
    """What a changed package lacks: `addresses` it speaks of, and the `entries` that `revisions` should have for them."""

    kind: Kind
    addresses: tuple[str, ...] = ()
    entries: tuple[Change, ...] = ()


def level(before: Report, after: Report, figures: Sequence[FigureChange]) -> Level:
    """Return the part of the version that a changed package must raise."""
    # Scope and period go first: they change what every figure means, though none of them may differ in digits.
    if (before.scope, before.period) != (after.scope, after.period):
        return "major"
    if any(each.after is None or (each.before and each.before.unit != each.after.unit) for each in figures):
        return "major"
    if any(
        each.before is None or (each.before.status != "reported" and each.after and each.after.status == "reported") for each in figures
    ):
        return "minor"
    return "patch"


def raised(was: str, is_: str, asked: Level) -> bool:
    """Whether a version is later than another by at least that part."""
    # Only down to the part asked for: from 1.2.0 to 1.2.1 is later, and yet no answer to a change that asks for a minor version.
    parts = LEVELS.index(asked) + 1
    return version(is_)[:parts] > version(was)[:parts]


def faults(before: Report, after: Report, figures: Sequence[FigureChange], asked: Level) -> Iterator[Fault]:
    """What version and revisions lack, had the state before been released."""
    # One of the three is told, the gravest: raising the version as asked mends all of them.
    if version(after.version) < version(before.version):
        yield Fault("version_lower")
    elif after.version == before.version:
        yield Fault("version_same")
    elif not raised(before.version, after.version, asked):
        yield Fault("version_low")
    # Figures that came or went have no old and new value; the version tells of them.
    kept = [each for each in figures if each.before and each.after]
    if kept and not newer(after.revisions, before.version):
        yield Fault("revision_missing", tuple(each.address for each in kept), tuple(map(entry, kept)))
    elif lacking := unnamed(after, kept, before.version):
        yield Fault("unnamed", tuple(each.address for each in lacking), tuple(map(entry, lacking)))
    if gone := [each.address for each in figures if each.after is None]:
        yield Fault("gone", tuple(gone))
