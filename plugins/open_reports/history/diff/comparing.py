"""What differs between two libraries: figures, texts, rules, findings, versions, pages. Pure: nothing is read or printed here."""

from __future__ import annotations

from collections import Counter
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, NamedTuple

from open_reports.checks.check import Examined, examine
from open_reports.checks.counting import Passed
from open_reports.checks.identity import identities, spelt
from open_reports.checks.narrative import stated
from open_reports.derived.indicator import indicators
from open_reports.finding import by_report
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
    from open_reports.history.diff.model import Key, Kind, Standing
    from open_reports.library import Agency, Library
    from open_reports.report import Note, Report


def compare(old: Library, new: Library, *, only: Iterable[tuple[str, int | None]] = ()) -> Diff:
    """Return what differs between two states of a library.

    `only` keeps to some agencies (year None) or reports, where the libraries hold neighbours besides.
    """
    named = set(only)

    def asked(key: Key) -> bool:
        return not named or key in named or (key[0], None) in named

    wanted = set(filter(asked, (*old.reports, *new.reports)))
    # By digest: in most changes nearly every package is untouched, and need not be compared or judged again.
    touched = {key for key in wanted if _digest(old, key) != _digest(new, key)}
    agencies = tuple(_agencies(old, new, {agency for agency, _ in named}))
    # Both sides are checked by the same rules, those of this version: else a new rule would look like a change of the data.
    sides = [_Side(library, touched) for library in (old, new)]
    altered = {each.agency for each in agencies}
    # Untouched reports too, where what they are checked against has changed: a neighbour's correction may break or mend their rules.
    reread = touched.union(wanted.intersection(_neighbours(old, new)), (key for key in wanted if key[0] in altered))
    reread.update(filter(asked, sides[0].errors), filter(asked, sides[1].errors))
    found = (_report_change(key, *(side.of(key) for side in sides), touched=key in touched) for key in sorted(reread))
    reports = [change for change in found if change is not None]
    lone = [_lone(library) for library in (old, new)]
    return Diff(
        reports=tuple(reports),
        agencies=agencies,
        gained=_beyond(lone[1], lone[0]),
        lost=_beyond(lone[0], lone[1]),
        # The newer name wins, but an agency that is gone keeps the one it had.
        names={each.id: Text(zh=each.name, en=each.name_en) for each in {**old.agencies, **new.agencies}.values()},
        years=_years(old, new),
    )


def _lone(library: Library) -> list[Finding]:
    """Findings of no single report."""
    return [each for each in library.findings if each.agency is None or each.year is None]


class Side(NamedTuple):
    """One report as one of the two libraries has it, None where it has none, with what the checks find in it, and what passes."""

    report: Report | None
    library: Library
    findings: list[Finding]
    passed: Passed


class _Side:
    """One of the two libraries, with what reading and judging found in each report."""

    def __init__(self, library: Library, touched: set[Key]) -> None:
        self.library = library
        self.errors = by_report(library.findings)
        self.judged = by_report(judge([each for key, each in library.reports.items() if key in touched]))

    def of(self, key: Key) -> Side:
        report = self.library.reports.get(key)
        checked = examine(report, self.library) if report else Examined((), Passed())
        return Side(report, self.library, [*self.errors.get(key, ()), *self.judged.get(key, ()), *checked.findings], checked.passed)


def _years(old: Library, new: Library) -> dict[str, tuple[int, ...]]:
    found: dict[str, list[int]] = {}
    for agency, year in sorted({**old.reports, **new.reports}):
        found.setdefault(agency, []).append(year)
    return {agency: tuple(years) for agency, years in found.items()}


def _digest(library: Library, key: Key) -> str | None:
    report = library.reports.get(key)
    return report.digest if report else None


def _neighbours(old: Library, new: Library) -> Iterator[Key]:
    """Reports whose rules look at a report that differs: those of the years before and after, of its units, and those that consolidate it."""
    differing = {key for key in {**old.reports, **new.reports} if _digest(old, key) != _digest(new, key)}
    # XY rules compare a year with the one before it, JUMP and FEES with the one after it as well, AGG a consolidated report with its units, UNIT a unit's with its parent's.
    yield from ((agency, year + step) for agency, year in differing for step in (1, -1))
    for library in (old, new):
        for key, report in library.reports.items():
            agency = library.agencies.get(report.agency)
            of_units = any((unit, report.year) in differing for said in report.consolidates for unit in said.units)
            if of_units or (agency and agency.parent and (agency.parent, report.year) in differing):
                yield key


def _agencies(old: Library, new: Library, named: set[str]) -> Iterator[AgencyChange]:
    unreadable = {each.agency for each in new.findings if each.year is None}
    units: dict[str | None, set[str]] = {}
    for each in (*old.agencies.values(), *new.agencies.values()):
        units.setdefault(each.parent, set()).add(each.id)
    for agency in sorted({*old.agencies, *new.agencies}):
        before, after = old.agencies.get(agency), new.agencies.get(agency)
        if before == after or (named and agency not in named) or (after is None and agency in unreadable):
            continue  # an agency that cannot be read is not gone: a finding tells of it
        told = tuple(_agency_texts(before, after)) if before and after else ()
        later = {each.id for each in (old.successor(agency), new.successor(agency)) if each}
        beside = later | units.get(agency, set()) | set(_named(before)) | set(_named(after))
        yield AgencyChange(agency, before, after, told, tuple(sorted(beside)))


def _named(agency: Agency | None) -> Iterator[str]:
    """Agencies that an `agency.yml` names."""
    if agency and agency.parent:
        yield agency.parent
    if agency and agency.predecessor:
        yield agency.predecessor.agency


def _agency_texts(before: Agency, after: Agency) -> Iterator[tuple[str, str, str]]:
    """Each fact of `agency.yml` that differs: its key, what it was, what it is."""
    was, now = _facts(before), _facts(after)
    for key in {**was, **now}:
        if was.get(key, "") != now.get(key, ""):
            yield key, was.get(key, ""), now.get(key, "")


def _facts(agency: Agency) -> dict[str, str]:
    own = {key: getattr(agency, key) or "" for key in ("name", "name_en", "reading", "kind", "parent", "region", "site")}
    names = enumerate(agency.former_names)
    former = agency.predecessor
    return {
        **own,
        **{f"codes.{key}": text for key, text in agency.codes.items()},
        "predecessor.agency": former.agency if former else "",
        "predecessor.until": str(former.until) if former else "",
        **{f"former_names[{index}].{key}": str(text) for index, each in names for key, text in each._asdict().items()},
        "aliases": "、".join(agency.aliases),
    }


def _report_change(key: Key, old: Side, new: Side, *, touched: bool) -> ReportChange | None:
    before, after = old.report, new.report
    standing = _standing(key, old, new, touched=touched)
    gained, lost = _beyond(new.findings, old.findings), _beyond(old.findings, new.findings)
    parts: dict[str, Any] = {"gained": gained, "lost": lost}
    if before and after:
        parts["recounted"] = old.passed.differing(new.passed)
        parts["flips"] = tuple(_flips(before, old.library, after, new.library))
        parts["indicators"] = tuple(_indicators(before, old.library, after, new.library))
        parts.update(_contents(before, after) if touched else {})
    nothing = not any(parts.values())
    # A touched package is told of even without a change in meaning, for its bytes and so its hash differ.
    if nothing and (standing == "affected" or (before is None and after is None)):
        return None
    return ReportChange(agency=key[0], year=key[1], standing=standing, before=before, after=after, **parts)


def _standing(key: Key, old: Side, new: Side, *, touched: bool) -> Standing:
    # Before all else: of a package with errors nothing can be compared, and it must not be called removed.
    if new.report is None and any(each.level == "error" for each in new.findings):
        return "unreadable"
    if new.report is None:
        # What stood in a folder whose agency cannot be read is not gone.
        return "unreadable" if any(each.agency == key[0] and each.year is None for each in new.library.findings) else "removed"
    if old.report is None:
        return "added"
    return "changed" if touched else "affected"


def _contents(before: Report, after: Report) -> dict[str, Any]:
    """What differs within a package, and what that asks of its version and revisions."""
    figures = changes(states(before), states(after))
    parts: dict[str, Any] = {
        "figures": figures,
        "texts": tuple(_texts(before, after)),
        "explanations": tuple(_explanations(before, after)),
        "revisions": tuple(each for each in after.revisions if each not in before.revisions),
        "revisions_lost": tuple(each for each in before.revisions if each not in after.revisions),
    }
    if any(parts.values()):
        parts["level"] = level(before, after, figures)
        parts["faults"] = tuple(faults(before, after, figures, parts["level"]))
    # After the level: bytes alone, such as another indentation, ask for no new version.
    parts["files"] = tuple(path for path in after.files if after.files[path] != before.files.get(path))
    return parts


# -- texts --------------------------------------------------------------------------------------------------------------


def _texts(before: Report, after: Report) -> Iterator[TextChange]:
    yield from _labels(before, after)
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


def _labels(before: Report, after: Report) -> Iterator[TextChange]:
    """Labels of lines, as printed, that differ; a line that came or went is told by its figures."""
    for name in (name for name in after.tables if name in before.tables):
        was, now = before.tables[name].labels, after.tables[name].labels
        for line, label in now.items():
            if line in was and was[line] != label:
                yield TextChange("label", f"{name}/{line}", was[line], label)


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
    """Notes that differ, paired by their place. The printed form that a note gives for a single cell is told with its figure."""
    # Counted, not as sets: one note may stand twice.
    gone, come = Counter(before.notes), Counter(after.notes)
    sides = [_by_place((gone - come).elements()), _by_place((come - gone).elements())]
    for place in {**sides[0], **sides[1]}:
        for was, is_ in zip_longest(sides[0].get(place, []), sides[1].get(place, [])):
            pairs: list[tuple[Kind, str, str]] = [("note", was.note if was else "", is_.note if is_ else "")]
            if not (place[1] and place[2]):
                pairs.insert(0, ("printed", was.printed if was else "", is_.printed if is_ else ""))
            for kind, one, other in pairs:
                if one != other:
                    yield TextChange(kind, "/".join(place).rstrip("/"), one or None, other or None)


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
    # Flips of rules that one side lacks are left out: a line that came or went is told by its figures.
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
    return f"{spelt(identity.left)} {identity.sign} {spelt(identity.right)}"


def _beyond(one: Iterable[Finding], other: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings of one side that the other has not; the row, the folder and the explanation may differ."""
    # Counted, because a package may have the same finding twice, and losing one of them is a change.
    left = Counter(map(_what, other))
    found = []
    for each in one:
        if left[_what(each)]:
            left[_what(each)] -= 1
        else:
            found.append(each)
    return tuple(found)


def _what(each: Finding) -> tuple[object, ...]:
    # The name alone: the two sides lie in different folders, and a new row above moves all rows below it.
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
    return {each.indicator.id: each for each in indicators(report, library.reports.get((report.agency, report.year - 1)), library)}
