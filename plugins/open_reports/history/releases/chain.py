"""The chain of what was recorded of an agency: each entry carries the hash of the one before, and is never replaced.

A report that is revised gets a further entry; of several of a year the last one holds, and the earlier ones stay to be read.

What it proves: no entry was edited, taken out, put in or moved while a later one stands, for the later one names another hash then.
What it does not: whoever writes all later entries anew makes another whole chain, and the last entry has none after it. So the hash of
the last one is published (`last` of data/released.json), and the record is held against git and against the published copy besides.
An earlier entry that is known from before must still be there (`earlier`).
The first entry, and those of a record written before there were hashes, are the anchor: nothing stands before them. Where a form gains a
column, all rows are spelt with it, and the chain is made anew.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

PREVIOUS = "previous"
"""Key of an entry under which the hash of the one before stands."""


def line(one: Mapping[str, Any]) -> str:
    """An entry as text, the one that is hashed: JSON in one line without blanks, keys in their order."""
    return json.dumps(one, ensure_ascii=False, separators=(",", ":"))


def digest(one: Mapping[str, Any]) -> str:
    """SHA-256 of an entry."""
    # As it was parsed, a text may hold half a surrogate, which UTF-8 has no bytes for.
    return hashlib.sha256(line(one).encode("utf-8", errors="surrogatepass")).hexdigest()


def unlinked(one: Mapping[str, Any]) -> dict[str, Any]:
    """What an entry says, without its place in the chain."""
    return {key: value for key, value in one.items() if key != PREVIOUS}


def linked(ones: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Entries as a chain."""
    found: list[dict[str, Any]] = []
    for one in ones:
        found.append(unlinked(one) | ({PREVIOUS: digest(found[-1])} if found else {}))
    return found


def is_linked(ones: Iterable[Mapping[str, Any]]) -> bool:
    """Whether entries are a chain, and not those of a record written before there was one."""
    return any(PREVIOUS in one for one in ones)


def breaks(ones: Sequence[Mapping[str, Any]]) -> Iterator[tuple[int, str, str]]:
    """Entries that do not follow on the one before, by index: the hash that is expected (`-` for none) and the one that stands there."""
    before: Mapping[str, Any] | None = None
    begun = False
    for index, one in enumerate(ones):
        found, expected = one.get(PREVIOUS, "-"), "-" if before is None else digest(before)
        begun = begun or PREVIOUS in one
        if found != expected and (begun or before is None):
            yield index, expected, str(found)
        before = one
