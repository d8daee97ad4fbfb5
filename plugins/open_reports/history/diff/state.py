"""What stands at an address, what became of it, and the words in which a correction tells it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from open_reports.document import shown
from open_reports.form import forms
from open_reports.history.corrections import change as told_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from open_reports.form import Status
    from open_reports.report import Report, Revision


MOST_PRINTED = 30
"""Characters shown of a printed form: an entry of `revisions` holds 200, with an item's name of up to 60 and both states."""


class State(NamedTuple):
    """What stands at an address: the cell's text, its status, its unit, and how the original prints it where that says more."""

    text: str
    status: Status
    unit: str
    printed: str = ""


class FigureChange(NamedTuple):
    """An address at which something else stands; None where the address is not there at all."""

    address: str
    before: State | None
    after: State | None


def states(report: Report) -> dict[str, State]:
    """What stands at every address of a report, section one first, then in printed order."""
    return {str(each.address): State(each.text, each.status, each.unit, each.printed or "") for each in report.figures()}


def changes(was: dict[str, State], is_: dict[str, State]) -> tuple[FigureChange, ...]:
    """Every address at which two states of a report differ, each once."""
    return tuple(
        FigureChange(address, was.get(address), is_.get(address)) for address in {**is_, **was} if was.get(address) != is_.get(address)
    )


def words(one: State | None, language: str = "zh", beside: State | None = None) -> str:
    """A state in words: the number as spelt, or which kind of nothing; unit and printed form where `beside` has another.

    Blank is never a number: `原文留空`. A mark is shown with what it means.
    """
    if one is None:
        return ""
    mark = f"“{one.text}” " if one.text else ""
    said = one.text if one.status == "reported" else f"{mark}{forms().common.statuses[one.status][language]}"
    if beside and one.unit != beside.unit:
        said = f"{said} {one.unit}".rstrip()
    if beside and one.printed != beside.printed:
        said += f"（“{shown(one.printed, MOST_PRINTED)}”）" if one.printed else ""
    return said


def entry(change: FigureChange) -> str:
    """The text by which a package's `revisions` names a change, so that the old value is kept: `address：81 改为 18`."""
    was, is_ = words(change.before, beside=change.after), words(change.after, beside=change.before)
    return f"{change.address}：{was} 改为 {is_}"


def unnamed(report: Report, figures: Iterable[FigureChange], since: str) -> tuple[FigureChange, ...]:
    """Return the changes that no revision newer than a version tells with the figure's address, old value and new value.

    Several revisions may tell one change together: 81 to 18, then 18 to 19. An address that is not in the report any
    more cannot be told this way.
    """
    told: dict[str, list[str]] = {}
    for text in (text for each in newer(report.revisions, since) for text in each.changes):
        found = told_in(report, text)
        if found.address is not None:
            told.setdefault(found.address, []).append(f"{found.before}\n{found.after}")
    return tuple(each for each in figures if each.before and each.after and not _tells(told.get(each.address, ()), each.before, each.after))


def newer(revisions: Iterable[Revision], since: str) -> tuple[Revision, ...]:
    """Return the revisions of a later version than one."""
    return tuple(each for each in revisions if version(each.version) > version(since))


def version(text: str) -> tuple[int, ...]:
    """A version as numbers, so that 1.10.0 is later than 1.9.0."""
    return tuple(int(part) for part in text.split("."))


def _tells(texts: Iterable[str], before: State, after: State) -> bool:
    said = "\n".join(texts)
    if not said:
        return False
    if before[:2] == after[:2]:  # only the unit or the printed form differs: the number is the same before and after
        return all(each.unit in said for each in (before, after) if before.unit != after.unit)
    return all(any(each in said if not each[-1:].isdigit() else _number(each, said) for each in _spellings(one)) for one in (before, after))


def _spellings(one: State) -> tuple[str, ...]:
    if one.status == "reported":
        return (one.text,)
    said = forms().common.statuses[one.status]
    return (f"“{one.text}”", f'"{one.text}"') if one.text else (said.zh, said.en)


def _number(digits: str, said: str) -> bool:
    """Whether a number stands in a text on its own: 18 does not stand in 181, 1.18 or -18."""
    return re.search(rf"(?<![0-9.-]){re.escape(digits)}(?!\.?[0-9])", said) is not None
