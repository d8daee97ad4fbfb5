"""A diff as a terminal, a pull request and a program want it. Pure: nothing is read or printed here.

Whatever a package holds is shown in one line with controls escaped; in Markdown every sign that means something there, or
of which GitHub makes a link or a mention, is written as a character reference.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from open_reports.document import json_bytes, shown
from open_reports.history.diff.sections import counts, place, sections
from open_reports.report import number
from open_reports.text import Words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from open_reports.finding import Explanation, Finding
    from open_reports.history.diff.model import AgencyChange, Diff, ReportChange
    from open_reports.history.diff.sections import Part, Section
    from open_reports.history.diff.state import State

MOST_TEXT = 800
"""Characters shown of a text; JSON has the whole."""
MOST_ROWS = 100
"""Rows of one Markdown table, beyond which the reviewer is sent to the full output."""
MOST_MARKDOWN = 60_000
"""Characters of a Markdown diff; a comment on GitHub holds 65,536."""


# -- a terminal ---------------------------------------------------------------------------------------------------------


def text(diff: Diff, old: str, new: str, language: str = "zh") -> str:
    """Return a diff for a person at a terminal; `old` and `new` are how the caller names the two states."""
    w = Words(language)
    # Everything from outside goes through `shown`: a package or branch could hold signs that steer a terminal.
    lines = [w("diff_title", old=shown(old), new=shown(new)), w("diff_summary", **counts(diff)) if diff else w("diff_none")]
    for section in sections(diff, language):
        lines += ["", shown(section.heading, MOST_TEXT), *(f"  {shown(each, MOST_TEXT)}" for each in section.remarks)]
        for part in section.parts:
            lines += [f"  {part.heading}"] if part.heading else []
            lines += [f"    {_line(part, row, w)}" for row in part.rows]
    return "\n".join(lines) + "\n"


def _line(part: Part, row: Sequence[str], w: Words) -> str:
    cells = [shown(cell, MOST_TEXT) for cell in row]
    return f"{'  '.join(cells[:-2])}{w('colon')}{cells[-2]} → {cells[-1]}" if part.heads else cells[0]


# -- a pull request -----------------------------------------------------------------------------------------------------


def markdown(diff: Diff, old: str, new: str, language: str = "zh") -> str:
    """Return a diff as a comment on a pull request, cut where a comment could not hold it, and saying so."""
    w = Words(language)
    # Inert throughout: on GitHub an `@` in a note would call people, and `#12` would link to an issue.
    head = f"## {inert(w('diff_title', old=shown(old), new=shown(new)))}\n\n"
    whole = head + (w("diff_summary", **counts(diff)) if diff else w("diff_none")) + "\n"
    found = list(sections(diff, language))
    for position, section in enumerate(found):
        block = "".join(_block(section, w))
        # Cut between sections and told: GitHub refuses a longer comment whole, and half a table would mislead.
        if len(whole) + len(block) > MOST_MARKDOWN:
            return whole + f"\n{w('diff_more', count=len(found) - position)}\n"
        whole += block
    return whole


def _block(section: Section, w: Words) -> Iterator[str]:
    yield f"\n### {inert(shown(section.heading, MOST_TEXT))}\n\n"
    if section.remarks:
        yield inert(shown("；".join(section.remarks), MOST_TEXT)) + "\n"
    for part in section.parts:
        yield f"\n**{inert(part.heading)}**\n\n" if part.heading else "\n"
        if part.heads:
            yield _cells(part.heads) + _cells(["---"] * len(part.heads), plain=True)
        for row in part.rows[:MOST_ROWS]:
            yield _cells(row) if part.heads else f"- {inert(shown(row[0].strip(), MOST_TEXT))}\n"
        if len(part.rows) > MOST_ROWS:
            yield f"\n{w('diff_more', count=len(part.rows) - MOST_ROWS)}\n"


def _cells(row: Sequence[str], *, plain: bool = False) -> str:
    return "| " + " | ".join(each if plain else inert(shown(each, MOST_TEXT)) for each in row) + " |\n"


# A full stop only where it could be a link's (www.) or a list's (1.) : numbers stay readable in the source.
_MARKUP = re.compile(r"[\\`*_{}\[\]<>#|&~@$:=!]|^[-+]|(?<=[a-zA-Z])\.(?=[a-zA-Z])|(?<=^[0-9])[.)]")


def inert(words: str) -> str:
    """Words as Markdown that means nothing but themselves."""
    return _MARKUP.sub(lambda match: f"&#{ord(match[0])};", words)


# -- a program ----------------------------------------------------------------------------------------------------------


def json_(diff: Diff, old: str, new: str, language: str = "zh") -> str:
    """Return a diff as JSON; `from` and `to` are null where there is nothing.

    - `old`, `new`: how the caller names the two states
    - `counts`: reports `added`, `removed`, `changed`, `affected`, `unreadable`; `figures`, `flips`, findings `gained` and `lost`
    - `agencies`: `agency`, `standing`, `changes` (`key`, `from`, `to`)
    - `reports`: `agency`, `year`, `standing`; `version` (`from`, `to`); `level` the part of the version that the changes ask
      to be raised (`major`, `minor`, `patch` or null); and lists of
      `figures` (`address`, `place` in words, `from` and `to` with `value`, `text`, `status`, `unit`, `printed`),
      `texts` (`kind`, `place`, `from`, `to`), `rules` (`rule`, `address`, `from`, `to`, `equation_from`, `equation_to`),
      `explanations` (`finding`, `address`, `from`, `to`), `revisions` and `revisions_lost` (`version`, `date`, `reason`,
      `changes`), `faults` (`kind`, `addresses`, `entries` to be written), `files`, `indicators`; `findings` with lists
      `gained` and `lost` of findings as the public contract writes them
    - `findings`: those of no single report
    - `pages`: paths below the site of pages that show something else, without their English twins
    """
    value = {
        "old": old,
        "new": new,
        "counts": counts(diff),
        "agencies": [_agency(each) for each in diff.agencies],
        "reports": [_report(each, language) for each in diff.reports],
        "findings": _findings(diff.gained, diff.lost, language),
        "pages": list(diff.pages),
    }
    return json_bytes(value).decode()


def _agency(each: AgencyChange) -> dict[str, Any]:
    standing = "added" if each.before is None else "removed" if each.after is None else "changed"
    changes = [{"key": key, "from": was or None, "to": is_ or None} for key, was, is_ in each.texts]
    return {"agency": each.agency, "standing": standing, "changes": changes}


def _report(change: ReportChange, language: str) -> dict[str, Any]:
    sides = change.after, change.before
    return {
        "agency": change.agency,
        "year": change.year,
        "standing": change.standing,
        "version": {"from": change.before.version if change.before else None, "to": change.after.version if change.after else None},
        "level": change.level,
        "figures": [
            {
                "address": each.address,
                "place": next(
                    place(report, each.address, language)
                    for report, at in zip(sides, (each.after, each.before), strict=True)
                    if report and at
                ),
                "from": _state(each.before),
                "to": _state(each.after),
            }
            for each in change.figures
        ],
        "texts": [{"kind": each.kind, "place": each.place, "from": each.before, "to": each.after} for each in change.texts],
        "rules": [
            {
                "rule": each.rule,
                "address": each.address,
                "from": each.before,
                "to": each.after,
                "equation_from": each.equation_before,
                "equation_to": each.equation_after,
            }
            for each in change.flips
        ],
        "findings": _findings(change.gained, change.lost, language),
        "explanations": [
            {"finding": each.rule, "address": each.address, "from": _explanation(each.before), "to": _explanation(each.after)}
            for each in change.explanations
        ],
        "revisions": [each.to_dict() for each in change.revisions],
        "revisions_lost": [each.to_dict() for each in change.revisions_lost],
        "faults": [{**each._asdict(), "entries": [entry.to_dict() for entry in each.entries]} for each in change.faults],
        "files": list(change.files),
        "indicators": list(change.indicators),
    }


def _state(one: State | None) -> dict[str, Any] | None:
    if one is None:
        return None
    # Null with its status, never 0: programs must not take what is missing for a number.
    value = number(one.text) if one.status == "reported" else None
    return {"value": value, "text": one.text, "status": one.status, "unit": one.unit, "printed": one.printed or None}


def _findings(gained: Sequence[Finding], lost: Sequence[Finding], language: str) -> dict[str, Any]:
    return {"gained": [each.to_dict(language) for each in gained], "lost": [each.to_dict(language) for each in lost]}


def _explanation(one: Explanation | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {"text": one.text, "by": one.by, "date": one.day.isoformat() if one.day else None, "says": one.says or None}
