"""What stands at an address, what became of it, and the words in which a correction tells it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from open_reports.document import shown
from open_reports.form import forms
from open_reports.history.corrections import cell_words
from open_reports.history.corrections import change as told_in
from open_reports.report.model import Change

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from open_reports.form import Status
    from open_reports.history.corrections import Change as Told
    from open_reports.report import Report, Revision


MOST_PRINTED = 30
"""Characters shown of a printed form: an entry of `revisions` holds 200, with an item's name of up to 60 and both states."""


class State(NamedTuple):
    """What stands at an address: the cell's text, its status, its unit, and how the original prints it where that says more."""

    text: str
    status: Status
    unit: str
    # Part of the state, for two figures may be equal in number and printed differently: 22 and 22（其中修订16件）.
    printed: str = ""

    @property
    def cell(self) -> str | None:
        """Cell of the CSV file; None where the line is left out."""
        # None, not an empty text: a blank cell was printed, a line left out was not.
        return None if self.status == "line_absent" else self.text


class FigureChange(NamedTuple):
    """A change at one address: its state before and after, None where the address does not exist."""

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
    said = cell_words(one.cell, language) if one.status != "not_on_form" else forms().common.statuses[one.status][language]
    # Only where they differ: a unit behind every number would hide the few that changed.
    if beside and one.unit != beside.unit:
        said = f"{said} {one.unit}".rstrip()
    if beside and one.printed != beside.printed:
        said += f"（“{shown(one.printed, MOST_PRINTED)}”）" if one.printed else ""
    return said


def entry(change: FigureChange) -> Change:
    """Entry by which a package's `revisions` tells a change of a figure that is there before and after: the old value is kept."""
    before, after = change.before, change.after
    assert before and after  # noqa: S101, PT018 (an address that came or went is told by the version)
    unit = (before.unit, after.unit) if before.unit != after.unit else None
    printed = (before.printed, after.printed) if before.printed != after.printed else None
    return Change(change.address, before.cell, after.cell, unit, printed)


def unnamed(report: Report, figures: Iterable[FigureChange], since: str) -> tuple[FigureChange, ...]:
    """Return the changes that no revision since a version tells.

    A change is told where its address, its old value and its new value stand. Several revisions may tell one change
    together: 81 to 18, then 18 to 19. An address that is not in the report any more cannot be told this way.
    """
    told: dict[str, list[Told]] = {}
    for one in (one for each in newer(report.revisions, since) for one in each.changes):
        found = told_in(report, one)
        if found.address is not None:
            told.setdefault(found.address, []).append(found)
    # By address, old and new value: a reason alone does not tell whoever quoted the figure which number it was.
    return tuple(each for each in figures if each.before and each.after and not _tells(told.get(each.address, ()), each.before, each.after))


def newer(revisions: Iterable[Revision], since: str) -> tuple[Revision, ...]:
    """Return the revisions of a later version than one."""
    return tuple(each for each in revisions if version(each.version) > version(since))


def version(text: str) -> tuple[int, ...]:
    """A version as numbers, so that 1.10.0 is later than 1.9.0."""
    return tuple(int(part) for part in text.split("."))


def _tells(told: Sequence[Told], before: State, after: State) -> bool:
    """Whether changes, taken together, tell both states: as data, or in sentences, in which a number must stand on its own."""
    said = "\n".join(f"{each.before}\n{each.after}" for each in told if not each.entry.address)
    data = [each.entry for each in told if each.entry.address]
    pairs: dict[str, tuple[object, object]] = {name: (getattr(before, name), getattr(after, name)) for name in ("unit", "printed")}
    differing = [name for name, (was, now) in pairs.items() if was != now]
    if before[:2] == after[:2]:  # only the unit or the printed form differs: the number is the same before and after
        return all(_paired(data, name, pairs[name]) or (bool(said) and _said(name, pairs[name], said)) for name in differing)
    cells = ([each.was for each in data], [each.now for each in data])
    return all(one.cell in known or _spelt(one, said) for one, known in zip((before, after), cells, strict=True))


def _paired(data: Sequence[Change], name: str, pair: tuple[object, object]) -> bool:
    """Whether entries tell the change of a unit or of a printed form, one after the other."""
    known = [found for each in data if (found := getattr(each, name))]
    return any(was == pair[0] for was, _ in known) and any(now == pair[1] for _, now in known)


def _said(name: str, pair: tuple[object, object], said: str) -> bool:
    return name == "printed" or all(str(each) in said for each in pair)


def _spelt(one: State, said: str) -> bool:
    return any(each in said if not each[-1:].isdigit() else _number(each, said) for each in _spellings(one))


def _spellings(one: State) -> tuple[str, ...]:
    if one.status == "reported":
        return (one.text,)
    said = forms().common.statuses[one.status]
    return (f"“{one.text}”", f'"{one.text}"') if one.text else (said.zh, said.en)


def _number(digits: str, said: str) -> bool:
    """Whether a number stands in a text on its own: 18 does not stand in 181, 1.18 or -18."""
    return re.search(rf"(?<![0-9.-]){re.escape(digits)}(?!\.?[0-9])", said) is not None
