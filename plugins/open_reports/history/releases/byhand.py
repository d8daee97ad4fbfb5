"""What people write into the record: where things moved (`successors.yml`), and what is published no more, since when and why (`dropped.yml`).

    reports/pingtan-tourism/2021/:
      date: 2026-11-28
      reason: 该机关当年没有单独编制年报，原来误收
      reason_en: The office issued no report of its own for that year.   (optional)
      to: reports/pingtan-tourism/

A reason is shown on the page of corrections for good. An agency's entry speaks for all its reports.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from open_reports.document import Problem, Record, parse_yaml, shown
from open_reports.errors import DocumentError
from open_reports.finding import finding
from open_reports.history.releases.successors import Dropped, fault, is_page
from open_reports.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

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


def dropped(text: str, moved: Mapping[str, str]) -> tuple[dict[str, Dropped], list[Text]]:
    """Read `dropped.yml`: its sound entries, and what is wrong with the others. `moved` are the entries of `successors.yml`."""
    value, wrong = _mapping(text)
    found: dict[str, Dropped] = {}
    for address, entry in value.items():
        problems: list[Problem] = []
        record = Record(entry, problems, shown(address))
        day = record.day("date")
        reason = record.text("reason", most=_MOST)
        one = Dropped(day.isoformat() if day else "", reason, record.text("reason_en", required=False, most=_MOST), record.text("to"))
        record.close()
        wrong += [_at(each) for each in problems]
        # What moved has not gone, and of two entries one would be ignored in silence.
        if not _ADDRESS.fullmatch(address) or address in moved:
            wrong.append(plain(f"{address}: {moved[address]}" if address in moved else address))
        # A mark such as the one of the example is no reason.
        elif reason and not any(map(str.isalnum, reason)):
            wrong.append(plain(f"{address} reason: {reason}"))
        # Whoever kept the address of a report is led to a page that speaks to people.
        elif one.to and (fault(one.to) or not is_page(one.to) or "#" in one.to or "{" in one.to):
            wrong.append(plain(f"{address} to: {one.to}"))
        elif not problems:
            found[address] = one
    return found, wrong


def _at(each: Problem) -> Text:
    return both(finding(each.code, **{"path": each.path, "found": "", "expected": "", **each.values}))


def to_write(address: str, one: Dropped | None = None, to: str = "corrections/") -> str:
    """An entry of `dropped.yml` on one line; with gaps for what only a person knows, or as it was written."""
    if one is None:
        return f"{address}: {{date: YYYY-MM-DD, reason: …, to: {to}}}"
    return f"{address}: {json.dumps(one.to_dict(), ensure_ascii=False)}"
