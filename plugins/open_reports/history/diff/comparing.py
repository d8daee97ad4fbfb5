"""What differs between two libraries: figures, texts, rules, findings, versions, pages. Pure: nothing is read or printed here."""

from __future__ import annotations

from collections import Counter
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from open_reports.checks.check import check_report
from open_reports.checks.identity import identities, spelt
from open_reports.checks.narrative import stated
from open_reports.derived.indicator import indicators
from open_reports.history.diff.model import AgencyChange, Diff, ExplanationChange, Flip, ReportChange, TextChange
from open_reports.history.diff.state import changes, states
from open_reports.history.diff.versions import faults, level
from open_reports.report import judge
from open_reports.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from open_reports.checks.identity import Identity
    from open_reports.derived.indicator import Value
    from open_reports.finding import Finding
    from open_reports.history.diff.model import Key, Standing
    from open_reports.history.diff.versions import Fault, Level
    from open_reports.library import Agency, Library
    from open_reports.report import Note, Report


def compare(old: Library, new: Library, *, only: Iterable[tuple[str, int | None]] = ()) -> Diff:
    """Return what differs between two states of a library.

    `only` keeps to some agencies (year None) or reports, where the libraries hold neighbours besides.
    """
    named = set(only)
    wanted = {key for key in (*old.reports, *new.reports) if not named or key in named or (key[0], None) in named}
    touched = {key for key in wanted if _digest(old, key) != _digest(new, key)}
    agencies = tuple(_agencies(old, new, {agency for agency, _ in named}))
    reread = touched | (set(_neighbours(old, new)) & wanted)
    reread |= {key for key in wanted for each in agencies if each.agency == key[0]}
    errors = _by_report(old.findings), _by_report(new.findings)
    judged = tuple(_by_report(judge([each for key, each in library.reports.items() if key in touched])) for library in (old, new))
    reports = []
    for key in sorted(reread | {key for found in errors for key in found if not named or key in named or (key[0], None) in named}):
        before, after = old.reports.get(key), new.reports.get(key)
        found = [
            [*errors[side].get(key, ()), *judged[side].get(key, ()), *(check_report(report, library) if report else ())]
            for side, report, library in ((0, before, old), (1, after, new))
        ]
        change = _report_change(key, (before, old, found[0]), (after, new, found[1]), touched=key in touched)
        if change is not None:
            reports.append(change)
    lone = [[each for each in library.findings if each.agency is None or each.year is None] for library in (old, new)]
    return Diff(
        reports=tuple(reports),
        agencies=agencies,
        gained=_beyond(lone[1], lone[0]),
        lost=_beyond(lone[0], lone[1]),
        names={each.id: Text(zh=each.name, en=each.name_en) for each in {**old.agencies, **new.agencies}.values()},
        years=_years(old, new),
    )


def _years(old: Library, new: Library) -> dict[str, tuple[int, ...]]:
    found: dict[str, list[int]] = {}
    for agency, year in sorted({**old.reports, **new.reports}):
        found.setdefault(agency, []).append(year)
    return {agency: tuple(years) for agency, years in found.items()}


def _digest(library: Library, key: Key) -> str | None:
    report = library.reports.get(key)
    return report.digest if report else None


def _neighbours(old: Library, new: Library) -> Iterator[Key]:
    """Reports whose rules look at a report that differs: those of the year after, those that consolidate it."""
    differing = {key for key in {**old.reports, **new.reports} if _digest(old, key) != _digest(new, key)}
    yield from ((agency, year + 1) for agency, year in differing)
    for library in (old, new):
        for key, report in library.reports.items():
            if any((unit, report.year) in differing for said in report.consolidates for unit in said.units):
                yield key


def _by_report(findings: Iterable[Finding]) -> dict[Key, list[Finding]]:
    found: dict[Key, list[Finding]] = {}
    for each in findings:
        if each.agency is not None and each.year is not None:
            found.setdefault((each.agency, each.year), []).append(each)
    return found


def _agencies(old: Library, new: Library, named: set[str]) -> Iterator[AgencyChange]:
    unreadable = {each.agency for each in new.findings if each.year is None}
    units: dict[str | None, set[str]] = {}
    for library in (old, new):
        for each in library.agencies.values():
            units.setdefault(each.parent, set()).add(each.id)
    for agency in sorted({*old.agencies, *new.agencies}):
        before, after = old.agencies.get(agency), new.agencies.get(agency)
        if before == after or (named and agency not in named) or (after is None and agency in unreadable):
            continue  # an agency that cannot be read is not gone: a finding tells of it
        facts = [_facts(before), _facts(after)]
        texts = [(key, facts[0].get(key, ""), facts[1].get(key, "")) for key in {**facts[0], **facts[1]}]
        told = tuple(each for each in texts if each[1] != each[2]) if before and after else ()
        parents = {each.parent for each in (before, after) if each and each.parent}
        yield AgencyChange(agency, before, after, told, tuple(sorted(parents | units.get(agency, set()))))


def _facts(agency: Agency | None) -> dict[str, str]:
    if agency is None:
        return {}
    own = {key: getattr(agency, key) or "" for key in ("name", "name_en", "kind", "parent", "region", "site")}
    return {**own, **{f"codes.{key}": text for key, text in agency.codes.items()}}


Side = tuple["Report | None", "Library", "list[Finding]"]


def _report_change(key: Key, old: Side, new: Side, *, touched: bool) -> ReportChange | None:
    before, after = old[0], new[0]
    broken = after is None and any(each.level == "error" for each in new[2])
    if broken:
        standing: Standing = "unreadable"
    elif before is None:
        standing = "added"
    elif after is None:
        # What stood in a folder whose agency cannot be read is not gone.
        standing = "unreadable" if any(each.agency == key[0] and each.year is None for each in new[1].findings) else "removed"
    else:
        standing = "changed" if touched else "affected"
    gained, lost = _beyond(new[2], old[2]), _beyond(old[2], new[2])
    parts: dict[str, Any] = {"gained": gained, "lost": lost}
    asked: Level | None = None
    lacking: tuple[Fault, ...] = ()
    if before and after:
        figures = changes(states(before), states(after)) if touched else ()
        parts["figures"] = figures
        parts["flips"] = tuple(_flips(before, old[1], after, new[1]))
        parts["indicators"] = tuple(_indicators(before, old[1], after, new[1]))
        if touched:
            parts["texts"] = tuple(_texts(before, after))
            parts["explanations"] = tuple(_explanations(before, after))
            parts["revisions"] = tuple(each for each in after.revisions if each not in before.revisions)
            parts["revisions_lost"] = tuple(each for each in before.revisions if each not in after.revisions)
            parts["files"] = tuple(path for path in after.files if after.files[path] != before.files.get(path))
            if any(parts[name] for name in ("figures", "texts", "explanations", "revisions", "revisions_lost")):
                asked = level(before, after, figures)
                lacking = tuple(faults(before, after, figures, asked))
    elif before is None and after is None and not gained and not lost:
        return None
    if standing == "affected" and not any(parts.values()):
        return None
    return ReportChange(agency=key[0], year=key[1], standing=standing, before=before, after=after, level=asked, faults=lacking, **parts)


# -- texts --------------------------------------------------------------------------------------------------------------


def _texts(before: Report, after: Report) -> Iterator[TextChange]:
    for name in {**before.tables, **after.tables}:
        labels = before.tables[name].labels, after.tables[name].labels
        for line in {**labels[1], **labels[0]}:
            if line in labels[0] and line in labels[1] and labels[0][line] != labels[1][line]:
                yield TextChange("label", f"{name}/{line}", labels[0][line], labels[1][line])
    parts = [{item.item: item.part_of for item in report.overview} for report in (before, after)]
    for item, part_of in parts[1].items():
        if item in parts[0] and parts[0][item] != part_of:
            yield TextChange("part_of", f"overview/{item}", parts[0][item] or None, part_of or None)
    yield from _notes(before, after)
    for section in {**before.prose, **after.prose}:
        if before.prose.get(section) != after.prose.get(section):
            yield TextChange("prose", section, before.prose.get(section), after.prose.get(section))
    facts = [dict(_flat({**report.descriptor, **_UNTOLD}, "")) for report in (before, after)]
    for path in {**facts[1], **facts[0]}:
        if facts[0].get(path) != facts[1].get(path):
            yield TextChange("metadata", path, facts[0].get(path), facts[1].get(path))


_UNTOLD = {"resources": None, "version": None}
"""Keys of a descriptor told elsewhere: what the forms require, and the version."""
_TOLD = ("report.explanations", "report.revisions")


def _flat(value: object, path: str) -> Iterator[tuple[str, str]]:
    """Every text and number of a descriptor by its path; what is told elsewhere left out."""
    if path in _TOLD or value is None:
        return
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _flat(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _flat(item, f"{path}[{index}]")
    else:
        yield path, str(value)


def _notes(before: Report, after: Report) -> Iterator[TextChange]:
    """Notes that differ, paired by their place. What a note says is printed in a single cell belongs to the figure."""
    gone, come = Counter(before.notes), Counter(after.notes)
    sides = [_by_place((gone - come).elements()), _by_place((come - gone).elements())]
    for place in {**sides[0], **sides[1]}:
        for was, is_ in zip_longest(sides[0].get(place, []), sides[1].get(place, [])):
            pairs = [("note", was.note if was else "", is_.note if is_ else "")]
            if not (place[1] and place[2]):
                pairs.insert(0, ("printed", was.printed if was else "", is_.printed if is_ else ""))
            for kind, one, other in pairs:
                if one != other:
                    yield TextChange("printed" if kind == "printed" else "note", "/".join(place).rstrip("/"), one or None, other or None)


def _by_place(notes: Iterable[Note]) -> dict[tuple[str, str, str], list[Note]]:
    found: dict[tuple[str, str, str], list[Note]] = {}
    for each in notes:
        found.setdefault((each.table, each.line, each.column), []).append(each)
    return found


def _explanations(before: Report, after: Report) -> Iterator[ExplanationChange]:
    was, is_ = ({(each.rule, each.address): each for each in report.explanations} for report in (before, after))
    for key in {**was, **is_}:
        if was.get(key) != is_.get(key):
            yield ExplanationChange(*key, was.get(key), is_.get(key))


# -- rules, findings, indicators ----------------------------------------------------------------------------------------


def _flips(before: Report, old: Library, after: Report, new: Library) -> Iterator[Flip]:
    was, is_ = _identities(before, old), _identities(after, new)
    for key, now in is_.items():
        then = was.get(key)
        if then is not None and then.result != now.result:
            yield Flip(now.rule.id, str(now.blamed), then.result, now.result, equation(then), equation(now))


def _identities(report: Report, library: Library) -> dict[tuple[str, ...], Identity]:
    """Every identity by what makes it the same one: rule, place, cell, and its count where the prose repeats a phrase."""
    seen: Counter[tuple[str, ...]] = Counter()
    found: dict[tuple[str, ...], Identity] = {}
    for kind, each in (*(("", each) for each in identities(report, library)), *((said.kind, said.identity) for said in stated(report))):
        key = (kind, each.rule.id, each.table, each.at, str(each.blamed))
        seen[key] += 1
        found[*key, str(seen[key])] = each
    return found


def equation(identity: Identity) -> str:
    """Both sides with their numbers, and how they compare: `9 = 8+1`, `8 ≠ 8+1`, `? ? 8+1`."""
    sign = {"holds": "=", "contradicts": "≠", "untestable": "?"}[identity.result]
    return f"{spelt(identity.left)} {sign} {spelt(identity.right)}"


def _beyond(one: Iterable[Finding], other: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings of one side that the other has not; the row, the folder and the explanation may differ."""
    left = Counter(map(_what, other))
    found = []
    for each in one:
        if left[_what(each)]:
            left[_what(each)] -= 1
        else:
            found.append(each)
    return tuple(found)


def _what(each: Finding) -> tuple[object, ...]:
    file = (each.file or "").rpartition("/")[2]
    return (
        each.agency,
        each.year,
        each.rule,
        each.code,
        each.level,
        each.address,
        each.expected,
        each.found,
        each.values,
        each.column,
        file,
    )


def _indicators(before: Report, old: Library, after: Report, new: Library) -> Iterator[str]:
    was, is_ = _values(before, old), _values(after, new)
    return (name for name, value in is_.items() if was.get(name) != value)


def _values(report: Report, library: Library) -> dict[str, Value]:
    return {each.indicator.id: each for each in indicators(report, library.reports.get((report.agency, report.year - 1)))}
