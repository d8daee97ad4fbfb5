"""What became of a rule that is no equation, tried at one place of a report."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from open_reports.checks.identity import Result
    from open_reports.finding import Finding


class Tested(NamedTuple):
    """A rule tried at one place of a report: its result, why it could not be tested, and the finding where it does not hold."""

    rule: str
    result: Result
    reason: str | None = None
    finding: Finding | None = None
