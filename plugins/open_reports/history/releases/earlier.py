"""Earlier entries of a record: what one state of it had, another must still have, and in the order in which it was recorded.

The chain alone cannot hold them. Whoever takes an entry out and makes all hashes anew has another whole chain, in which the last
state of each report is as it was; only a state that is known from before tells.
"""

from __future__ import annotations

import json
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, NamedTuple

from open_reports.history.diff.state import version
from open_reports.history.releases import chain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from open_reports.history.releases.record import Released, Shapes

Entry = tuple[str, "Mapping[str, Any]"]
"""An entry of a record, behind the text by which it is told from others."""


class Lost(NamedTuple):
    """Entries of an agency that are not where they were: how many, and the first by line, year and version.

    `edited` where the record has besides what no version newer than all of `then` says.
    """

    agency: str
    many: int
    row: int
    year: int
    version: str
    edited: bool

    @property
    def first(self) -> str:
        """The first of them in few words, the same in either language."""
        return f"{self.year} {self.version} ({self.agency}.jsonl:{self.row})"


def told(one: Mapping[str, Any], shapes: Shapes) -> str:
    """What an entry says: not its place in the chain, and no columns that are blank, for a form may have gained them since."""
    says = chain.unlinked(one)
    for name, form in one["forms"].items():
        columns = shapes[form][name]["columns"]
        rows = {line: zip(columns, row.split(","), strict=True) for line, row in one[name].items()}
        says[name] = {line: {column: cell for column, cell in cells if cell} for line, cells in rows.items()}
    return json.dumps(says, sort_keys=True)


def lost(now: Released, then: Released) -> Iterator[Lost]:
    """Entries of `then` that `now` has no more, or not after those of the same year that they followed.

    Year by year: where two branches were merged, the entries of one stand behind those of the other.
    """
    for agency, ones in then.lines.items():
        own = now.lines.get(agency, ())
        if own == ones and now.shapes == then.shapes:
            continue
        present = [(told(one, now.shapes), one) for one in own]
        before = [(told(one, then.shapes), one) for one in ones]
        if gone := _gone(present, before):
            first, years = ones[gone[0]], {ones[place]["year"] for place in gone}
            known = {text for text, _ in before}
            newest = {year: max(version(one["version"]) for one in ones if one["year"] == year) for year in years}
            others = [one for text, one in present if text not in known and one["year"] in years]
            edited = any(version(one["version"]) <= newest[one["year"]] for one in others)
            yield Lost(agency, len(gone), gone[0] + 1, first["year"], first["version"], edited)


def _gone(present: Sequence[Entry], before: Sequence[Entry]) -> list[int]:
    """Places of the entries of `before` that are not, in their order within a year, in `present`."""
    left: dict[int, list[str]] = {}
    for text, one in present:
        left.setdefault(one["year"], []).append(text)
    # An iterator goes on where the last question stopped, so that order is asked for as well.
    rest = {year: iter(texts) for year, texts in left.items()}
    gone = []
    for place, (text, one) in enumerate(before):
        year = one["year"]
        if text in left.get(year, ()) and any(each == text for each in rest[year]):
            continue
        gone.append(place)
    return gone


def together(now: Sequence[Entry], then: Sequence[Entry]) -> list[Entry]:
    """Entries of an agency, with those back in their places that another state of the record has besides."""
    if not _gone(now, then):
        return list(now)
    others, mine = [text for text, _ in then], [text for text, _ in now]
    blocks = SequenceMatcher(None, others, mine, autojunk=False).get_opcodes()
    # What stands at another place than it stood at is no entry more, but goes back to where it was.
    moved = [text for what, start, end, _, _ in blocks if what != "equal" for text in others[start:end]]
    found: list[Entry] = []
    for what, start, end, own, to in blocks:
        found += then[start:end]
        for text, one in now[own:to] if what != "equal" else ():
            if text in moved:
                moved.remove(text)
            else:
                found.append((text, one))
    return found
