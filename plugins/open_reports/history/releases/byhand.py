"""What people write into the record: where things moved (`successors.yml`), and what is published no more, since when and why (`dropped.yml`).

    reports/pingtan-tourism/2021/:
      date: 2026-11-28
      reason: 该机关当年没有单独编制年报，原来误收
      reason_en: The office issued no report of its own for that year.   (optional)
      to: reports/pingtan-tourism/

A reason is shown on the page of corrections for good. An agency's entry speaks for all its reports. What is published again gets a
line `back: 2027-01-15` in its entry; if it goes once more, a list of both entries stands at its address.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from open_reports.document import Problem, Record, parse_yaml, shown
from open_reports.errors import DocumentError
from open_reports.finding import finding
from open_reports.history.releases.successors import Dropped, Successors, fault, is_page
from open_reports.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from open_reports.finding import Finding

SUCCESSORS, DROPPED = "successors.yml", "dropped.yml"
Writing = Literal["", "successors", "dropped"]
_ADDRESS = re.compile(r"reports/[a-z0-9-]+/(?:[0-9]{4}/)?", re.ASCII)
_MOST = 500
"""Characters of a reason, enough for a few sentences."""


class Flaw(NamedTuple):
    """A file of the record that is not what it must be: its path, what is wrong, and which kind of file it is if a person writes it."""

    file: str
    found: Text
    # Only where people write does the remedy explain how to write it.
    by_hand: Writing = ""


def writing(name: str) -> Writing:
    """Which of the files that people write this is, by its name."""
    if name == SUCCESSORS:
        return "successors"
    return "dropped" if name == DROPPED else ""


def said(error: DocumentError) -> Text:
    """What is wrong with a document, in both languages."""
    return both(finding(error.code, row=error.row, **{"found": "", "expected": "", **error.values}))


def both(each: Finding) -> Text:
    """The sentence of a finding in both languages."""
    return Text(zh=each.problem("zh"), en=each.problem("en"))


def plain(value: object) -> Text:
    """A value as it stands there."""
    return Text(zh=shown(value), en=shown(value))


def _mapping(text: str) -> tuple[dict[str, object], list[Text]]:
    try:
        value = parse_yaml(text)
    except DocumentError as error:
        return {}, [said(error)]
    # An empty file is what there is before anything has ever moved or gone.
    if value is None:
        return {}, []
    return (value, []) if isinstance(value, dict) else ({}, [plain(value)])


def successors(text: str) -> tuple[dict[str, str], list[Text]]:
    """Read `successors.yml`: its sound entries, and what is wrong with the others."""
    value, wrong = _mapping(text)
    # The sound entries still count, so that one slip does not bring up a breach for everything that ever moved.
    wrong += [plain(f"{old}: {new}") for old, new in value.items() if fault(old) or fault(new)]
    return {old: str(new) for old, new in value.items() if not (fault(old) or fault(new))}, wrong


def dropped(text: str, moved: Mapping[str, str]) -> tuple[Successors, list[Text]]:
    """Read `dropped.yml`: its sound entries beside those of `successors.yml`, which are `moved`, and what is wrong with the others."""
    value, wrong = _mapping(text)
    found: dict[str, Dropped] = {}
    over: list[tuple[str, Dropped]] = []
    for address, entries in value.items():
        ones = entries if isinstance(entries, list) and entries else [entries]
        read = [_dropped(address, one, wrong) for one in ones]
        sound = [one for one in read if one is not None]
        if len(sound) < len(read):
            continue
        # What moved has not gone, and of two entries one would be ignored in silence.
        if not _ADDRESS.fullmatch(address) or (address in moved and not sound[-1].back):
            wrong.append(plain(f"{address}: {moved[address]}" if address in moved else address))
        elif days := _muddled(sound):
            wrong.append(plain(f"{address} date, back: {days}"))
        else:
            over += [(address, one) for one in sound if one.back]
            found |= dict.fromkeys([address] if not sound[-1].back else [], sound[-1])
    return Successors(moved, found, tuple(over)), wrong


def _muddled(ones: Sequence[Dropped]) -> str:
    """The days of entries that do not follow one after the other, of which nobody could say what holds now; empty where they do."""
    days = [day for one in ones for day in (one.date, one.back)]
    told = days if days[-1] else days[:-1]
    # An open end is an empty day, which sorts before any other.
    return "" if told == sorted(set(told)) and told[0] else ", ".join(day or "-" for day in told)


def _dropped(address: str, entry: object, wrong: list[Text]) -> Dropped | None:
    """One entry; None where it is not what it must be, which is told in `wrong`."""
    problems: list[Problem] = []
    record = Record(entry, problems, shown(address))
    day, reason = record.day("date"), record.text("reason", most=_MOST)
    english, to = record.text("reason_en", required=False, most=_MOST), record.text("to")
    back = record.day("back", required=False)
    record.close()
    wrong += [_at(each) for each in problems]
    # A mark such as the one of the example is no reason.
    if reason and not any(map(str.isalnum, reason)):
        wrong.append(plain(f"{address} reason: {reason}"))
    # Whoever kept the address of a report is led to a page that speaks to people.
    elif to and (fault(to) or not is_page(to) or "#" in to or "{" in to):
        wrong.append(plain(f"{address} to: {to}"))
    elif not problems:
        return Dropped(day.isoformat() if day else "", reason, english, to, back.isoformat() if back else "")
    return None


def as_written(successors: Successors) -> dict[str, object]:
    """What `dropped.yml` says, for programs: an entry by its address, a list where there are several."""
    found: dict[str, list[dict[str, str]]] = {}
    for address, one in successors.drops():
        found.setdefault(address, []).append(one.to_dict())
    return {address: ones[0] if len(ones) == 1 else ones for address, ones in sorted(found.items())}


def _at(each: Problem) -> Text:
    return both(finding(each.code, **{"path": each.path, "found": "", "expected": "", **each.values}))


def to_write(address: str, one: Dropped | None = None, to: str = "corrections/") -> str:
    """An entry of `dropped.yml` on one line; with gaps for what only a person knows, or as it was written."""
    if one is None:
        return f"{address}: {{date: YYYY-MM-DD, reason: …, to: {to}}}"
    return f"{address}: {json.dumps(one.to_dict(), ensure_ascii=False)}"
