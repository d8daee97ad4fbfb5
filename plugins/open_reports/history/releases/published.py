"""The record as the site publishes it: what a later record is held against, by whoever has the site's address and no git.

It says what this site shows, not what was recorded when it was built: else a site whose record nobody brought up to date would
bind to nothing what it published last.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from open_reports.document import parse_json
from open_reports.history.releases import chain
from open_reports.history.releases.byhand import DROPPED, Flaw, as_written, dropped
from open_reports.history.releases.checking import Breach
from open_reports.history.releases.earlier import lost, together, told
from open_reports.history.releases.record import FOLDER, FORMS, PATHS, Released, addresses, files, of_texts, respelt, shapes, states
from open_reports.history.releases.successors import Successors
from open_reports.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from open_reports.history.releases.earlier import Entry
    from open_reports.history.releases.record import Shapes
    from open_reports.library import Library

PUBLISHED = "data/released.json"
"""Where it stands below the site."""
MOST_PUBLISHED = 256 * 1024 * 1024
"""Largest published record read, in bytes; one of 10,000 reports has about 25 MB."""


def released_json(library: Library, released: Released | None) -> bytes:
    """`data/released.json`: the record brought up to date with what the site shows, a report a line."""
    before = released or Released(place=FOLDER, reports={}, shapes={}, paths=(), successors=Successors({}))
    made = files(library, before, None)
    agencies = [(name.removesuffix(".jsonl"), text.splitlines()) for name, text in made.items() if name.endswith(".jsonl")]
    # Lines as the record has them: a changed figure is one changed line here, too.
    reports = ",\n".join(f"  {json.dumps(agency)}: [\n   " + ",\n   ".join(lines) + "\n  ]" for agency, lines in agencies)
    parts = {
        "forms": _compact(json.loads(made[FORMS])),
        "paths": _compact(made[PATHS].splitlines()),
        "reports": f"{{\n{reports}\n }}" if reports else "{}",
        "successors": _compact(dict(before.successors.entries)),
        # So that whoever kept it sees by one text whether the record that there is now goes on from that one.
        "last": _compact({agency: chain.digest(json.loads(lines[-1])) for agency, lines in agencies}),
        "dropped": _compact(as_written(before.successors)),
    }
    return ("{\n" + ",\n".join(f' "{name}": {text}' for name, text in parts.items()) + "\n}\n").encode()


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def parsed(data: bytes) -> Released:
    """Read a published record, as strictly as one on disk. Raises `DocumentError` where it is no JSON; what else is wrong is a flaw."""
    value: Any = parse_json(data.decode("utf-8", errors="replace"))
    if not _is_whole(value):
        flaw = Flaw(PUBLISHED, Text(zh="≠ forms, paths, reports, successors", en="≠ forms, paths, reports, successors"))
        return Released(place=PUBLISHED, reports={}, shapes={}, paths=(), successors=Successors({}), flaws=(flaw,))
    texts = {FORMS: _compact(value["forms"]), PATHS: "\n".join(value["paths"])}
    texts |= {f"{agency}.jsonl": "\n".join(map(_compact, ones)) for agency, ones in value["reports"].items()}
    # As YAML, which JSON is with blanks; a copy of an older version has none.
    texts[DROPPED] = json.dumps(value.get("dropped", {}), ensure_ascii=False)
    return of_texts(texts, PUBLISHED, [])


def of_drops(told: Mapping[str, object]) -> Released:
    """A record that says nothing but why something is published no more, as `released.json` spells it; what is not sound is left out."""
    successors, _ = dropped(json.dumps(told, ensure_ascii=False), {})
    return Released(place=PUBLISHED, reports={}, shapes={}, paths=(), successors=successors)


def _is_whole(value: Any) -> bool:  # noqa: ANN401 (whatever JSON holds)
    if not isinstance(value, dict) or not {"forms", "paths", "reports", "successors"} <= value.keys():
        return False
    paths, reports = value["paths"], value["reports"]
    return (
        isinstance(paths, list)
        and all(isinstance(path, str) and "\n" not in path for path in paths)
        and isinstance(reports, dict)
        and all(isinstance(ones, list) for ones in reports.values())
    )


def behind(now: Released, published: Released, where: str) -> Iterator[Breach]:
    """What a published copy has and the record has not, by the file of the record that lacks it; `where` is the copy."""
    lacking: dict[str, list[str]] = {}
    for agency, year in published.reports.keys() - now.reports.keys():
        lacking.setdefault(f"{agency}.jsonl", []).append(str(year))
    for path in set(published.paths) - set(now.paths):
        lacking.setdefault(PATHS, []).append(path)
    for form, address, _ in set(addresses(published.shapes)) - set(addresses(now.shapes)):
        lacking.setdefault(FORMS, []).append(f"{form}: {address}")
    for each in lost(now, published):
        # Years that are missing are told already, and what was edited is told apart: it cannot be put back beside what stands there.
        if not each.edited and f"{each.agency}.jsonl" not in lacking:
            lacking[f"{each.agency}.jsonl"] = [each.first] * each.many
    for name, found in sorted(lacking.items()):
        yield Breach("behind_published", address=f"{now.place}/{name}", was=str(len(found)), now=min(found), version=where)


def edited(now: Released, published: Released, where: str) -> Iterator[Breach]:
    """States of reports of which a published copy and the record say different things under one version."""
    for each in lost(now, published):
        if each.edited:
            yield Breach("published_changed", address=f"{now.place}/{each.agency}.jsonl", now=each.first, version=where)


def joined(now: Released, other: Released) -> Released:
    """The record with everything that another state of it, such as a published copy's, has besides: what was lost is put back."""
    known = {**other.shapes, **now.shapes, **shapes()}
    reports: dict[tuple[str, int], Mapping[str, Any]] = {}
    for released in (other, now):
        for key, one in released.reports.items():
            spelt, before = dict(respelt(one, released.shapes, known)), reports.get(key)
            if before is not None:
                # An address that was published and is recorded no more was given out all the same.
                gone = {*before.get("gone", ()), *spelt.get("gone", ()), *(states(before, known).keys() - states(spelt, known).keys())}
                spelt |= {"gone": sorted(gone)} if gone else {}
            reports[key] = spelt
    lines: dict[str, Sequence[Mapping[str, Any]]] = {}
    for agency in {**now.lines, **other.lines}:
        own, others = (_entries(released, agency, known) for released in (now, other))
        found = together(own, others)
        lines[agency] = chain.linked(one for _, one in found)
        last, before_ = ({one["year"]: text for text, one in ones} for ones in (found, own))
        # What comes back as the last state of a year is what holds.
        reports |= {(agency, one["year"]): one for text, one in found if text == last[one["year"]] != before_.get(one["year"])}
    return replace(now, lines=lines, reports=reports, shapes=known, paths=tuple(sorted({*other.paths, *now.paths})))


def _entries(released: Released, agency: str, known: Shapes) -> list[Entry]:
    ones = [respelt(chain.unlinked(one), released.shapes, known) for one in released.lines.get(agency, ())]
    return [(told(one, known), one) for one in ones]
