"""Checks: the judge's verdict, every identity, the narrative, the deadline, what the form asks. No figure is touched."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from open_reports.checks.across import RULES, across, alike, marks
from open_reports.checks.cache import Kept
from open_reports.checks.counting import Passed
from open_reports.checks.formal import in_form, in_time
from open_reports.checks.identity import MOST_SHOWN, along, bounds, identities, located, spelt, total
from open_reports.checks.narrative import stated
from open_reports.checks.neighbours import compared
from open_reports.checks.plausible import plausible
from open_reports.finding import LEVELS, Explanation, Finding, finding
from open_reports.form import forms
from open_reports.library import with_neighbours
from open_reports.report import ABSENT, DESCRIPTOR, OPEN, PROSE, judge, table_path
from open_reports.text import Text, in_both, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from open_reports.checks.cache import Cache
    from open_reports.checks.identity import Identity, Member
    from open_reports.checks.narrative import Stated
    from open_reports.finding import Level
    from open_reports.library import Library
    from open_reports.report import Address, Report


def _contradictions(report: Report, library: Library | None, passed: Passed) -> Iterator[Finding]:
    for bound in bounds(report):
        passed.add(bound.rule.id, bound.result)
        if bound.result in {"contradicts", "rounded"}:
            yield _contradiction(report, bound, library, located_at=None)
    differs = along(report, library, passed)
    if not report.consolidates and not differs:
        return
    tested = identities(report, library)
    places = located(tested)
    for position, identity in enumerate(tested):
        # All others are along a strand, and counted there.
        if identity.rule.id == "AGG":
            passed.add("AGG", identity.result)
        if identity.result in {"contradicts", "rounded"}:
            yield _contradiction(report, identity, library, located_at=places.get(position))


def _contradiction(report: Report, identity: Identity, library: Library | None, *, located_at: Address | None) -> Finding:
    table = report.tables[identity.table]
    address = located_at or identity.blamed
    line, column = table.form.lines[address.line], table.form.columns[address.column]
    single = identity.right if len(identity.right) == 1 < len(identity.left) else identity.left
    other = identity.left if single is identity.right else identity.right
    found, expected = identity.settling(address)
    shown = spelt(single) if len(single) == 1 else f"{spelt(single)} = {total(single)}"
    years = {member.year for member in (*identity.left, *identity.right)}
    agencies = {member.agency for member in (*identity.left, *identity.right)}
    code = (
        "identity.rounded"
        if identity.result == "rounded"
        else "identity.located"
        if located_at
        else "identity.years"
        if len(years) > 1
        else "identity.parts"
        if identity.parts
        else "identity.units"
        if len(agencies) > 1
        else "identity"
    )
    # What agrees once it is rounded is nothing to look at, and a total that only its unit's report contradicts is no fault of this one.
    levels: dict[str, Level] = {"identity.rounded": "rounded", "identity.parts": "notice"}
    return finding(
        code,
        rule=identity.rule.id,
        level=levels.get(code, identity.rule.level),
        address=str(address),
        expected=str(expected),
        found=str(found),
        file=f"{report.place}/{table_path(identity.table)}",
        row=table.row_numbers.get(line.id),
        column=column.id,
        column_title=column.label,
        says=identity.rule.says,
        line=line.label,
        at=_at(report, identity),
        equation=f"{shown} {identity.sign} {_sum(other)}",
        before=str(report.year - 1),
        **(_of_units(identity, library) if library and len(agencies) > 1 else {}),
    )


def _of_units(identity: Identity, library: Library) -> dict[str, str | Text]:
    """What each unit has in a sum over units; where their own parts settle it, the units whose totals contradict them, and the sum."""
    parts: dict[str, list[Member]] = {}
    for each in identity.parts:
        parts.setdefault(each.agency, []).append(each)
    if parts:
        wrong = [each for each in identity.right if len(parts[each.agency]) > 1]
        return {
            "units": _listed(
                [(each.agency, _sum([part for part in parts[each.agency] if part.value])) for each in wrong],
                library,
                Text(zh="{name}（{number}）", en="{name} ({number})"),
            ),
            "parts": f"{total(identity.left)} = {'+'.join(str(total(each)) for each in parts.values() if total(each))}",
        }
    some = [(each.agency, str(each.value)) for each in identity.right if each.value]
    others = len(identity.right) - len(some)
    listed = _listed(some, library, Text(zh="{name} {number}", en="{name} {number}"))
    if not others:
        return {"units": listed}
    rest = in_both("units_rest", count=others)
    return {"units": Text(zh=f"{listed.zh}{rest.zh}", en=f"{listed.en}{rest.en}") if some else words()["units_none"]}


def _listed(each: Iterable[tuple[str, str]], library: Library, one: Text) -> Text:
    """Units by name, each with a number or a sum, as `one` spells them. In Chinese without the name of the agency above, which each would repeat."""
    found = []
    for unit, number in each:
        agency = library.agencies[unit]
        above = library.agencies.get(agency.parent or "")
        found.append((agency.name.removeprefix(above.name if above else "") or agency.name, agency.name_en, number))
    return Text(
        zh="、".join(one.zh.format(name=zh, number=number) for zh, _, number in found),
        en=", ".join(one.en.format(name=en, number=number) for _, en, number in found),
    )


def _sum(members: Sequence[Member]) -> str:
    """Return a sum with what it is made of: `26 = 6+6+14`; a single number stands alone."""
    return " = ".join(dict.fromkeys((str(total(members)), spelt(members))))


def _at(report: Report, identity: Identity) -> Text:
    """Label of the line or column that an identity is applied to."""
    form = report.tables[identity.table].form
    axis = getattr(identity.rule, "axis", "line")
    return form.columns[identity.at].label if axis == "column" else form.lines[identity.at].label


def _narrative(report: Report, told: Iterable[Stated]) -> Iterator[Finding]:
    column = {name: title for name, title, _ in forms().common.overview.fields}["value"]
    for identity, kind, name, row in told:
        if identity.result == "rounded":
            yield _rounded(report, identity, name, row, prose=kind == "narrative.prose")
        if identity.result != "contradicts":
            continue
        found, expected = total(identity.left), total(identity.right)
        prose = kind == "narrative.prose"
        yield finding(
            kind,
            address=None if prose else str(identity.blamed),
            expected=str(expected),
            found=str(found),
            file=f"{report.place}/{PROSE if prose else table_path('overview')}",
            row=row,
            column=None if prose else "value",
            column_title=None if prose else column,
            item=name,
            cells="、".join(str(member.address) for member in identity.right[:MOST_SHOWN]),
            equation=f"{found} ≠ {_sum(identity.right)}",
        )


def _rounded(report: Report, identity: Identity, name: str, row: int, *, prose: bool) -> Finding:
    """A number of the narrative that is one of the tables, rounded."""
    return finding(
        "identity.rounded",
        rule=identity.rule.id,
        level="rounded",
        address=None if prose else str(identity.blamed),
        expected=str(total(identity.right)),
        found=str(total(identity.left)),
        file=f"{report.place}/{PROSE if prose else table_path('overview')}",
        row=row,
        at=name,
        equation=f"{total(identity.left)} {identity.sign} {_sum(identity.right)}",
    )


def _open(report: Report) -> Iterator[Finding]:
    """What an import left to a person; an error, so that no cell that waits is published as one that was left blank."""
    for cell in report.open:
        form = report.tables[cell.table].form
        column = form.columns.get(cell.column)
        yield finding(
            "pending.row" if not cell.line else "pending.absent" if cell.reason == ABSENT else "pending.cell",
            file=f"{report.place}/{OPEN}",
            row=cell.row,
            address=cell.address,
            found=cell.seen,
            line=form.lines[cell.line].label if cell.line else form.title,
            title=column.label if column else form.title,
            why=cell.why,
            place=cell.where,
            proposal=cell.proposed,
        )


def _unused(report: Report, given: Iterable[Explanation]) -> Iterator[Finding]:
    for each in given:
        yield finding("explanation.stale", file=f"{report.place}/{DESCRIPTOR}", found=each.rule, place=each.address)


def _outlived(report: Report, said: Explanation, found: Finding) -> Finding:
    """An explanation whose numbers are not those of the finding at its place, or that states none."""
    return finding(
        "explanation.other" if said.says else "explanation.unstated",
        file=f"{report.place}/{DESCRIPTOR}",
        found=said.says or None,
        expected=found.equation,
        of=said.rule,
        place=said.address,
    )


class Examined(NamedTuple):
    """What was found in a report, and how many of its checks hold or cannot be tested: together, every check of it."""

    findings: tuple[Finding, ...]
    passed: Passed


def examine(report: Report, library: Library | None = None) -> Examined:
    """Try every rule on a report: each discrepancy and notice with the explanation that its package gives for it, the rest counted.

    The library gives the year before, the units and the agency; without it only the report itself is looked at.
    """
    agency = library.agencies.get(report.agency) if library else None
    told = tuple(stated(report))
    tested = (*plausible(report, agency, told), *(compared(report, library) if library else ()))
    timed = (in_time(report, agency),) if agency else ()
    form = in_form(report)
    passed = Passed()
    passed.add("FORM", "holds", form.holds)
    for each in (*tested, *timed):
        passed.add(each.rule, each.result)
    for said in told:
        passed.add(said.identity.rule.id, said.identity.result)
    found = (
        *_open(report),
        *_contradictions(report, library, passed),
        *_narrative(report, told),
        *(each.finding for each in (*timed, *tested) if each.finding),
        *form.findings,
    )
    return Examined(tuple(each.of(report.agency, report.year) for each in _explained(report, library, found)), passed)


def check_report(report: Report, library: Library | None = None) -> tuple[Finding, ...]:
    """Every discrepancy and notice of a report (`examine`)."""
    return examine(report, library).findings


def _explained(report: Report, library: Library | None, findings: Iterable[Finding]) -> Iterator[Finding]:
    """Findings with what the package says of each; then what is wrong with what it says."""
    given: dict[tuple[str, str], list[Explanation]] = {}
    for said in report.explanations:
        given.setdefault((said.rule, said.address), []).append(said)
    used: set[Explanation] = set()
    outlived: list[Finding] = []
    for each in findings:
        about = given.get((each.rule, each.place), [])
        fitting = next((said for said in about if said.explains(each)), None)
        used.update(about)
        if fitting is None:
            outlived += [_outlived(report, said, each) for said in about]
        yield each.explained(fitting)
    # Of what only a whole folder shows, `across` knows whether it is still so.
    stale = [each for each in report.explanations if each not in used and each.rule not in RULES]
    if stale:  # where nothing can be tested, nothing says that the explanation has outlived what it explains
        tested = (*identities(report, library), *(each.identity for each in stated(report)))
        open_ = {(each.rule.id, str(each.blamed)) for each in tested if each.result == "untestable"}
        stale = [each for each in stale if (each.rule, each.address) not in open_]
    yield from (*outlived, *_unused(report, stale))


def place_of(library: Library) -> str:
    """How findings name the folder of a library."""
    return next((report.place.rsplit("/", 2)[0] for report in library), "")


def checkup(library: Library, cache: Cache | None = None, *, root: Path | None = None, whole: bool = True, part: bool = False) -> Kept:
    """Every finding of a library: what could not be read, what frictionless refuses, what does not reconcile; and the other checks.

    `cache` remembers packages that the judge has passed before, by their content. Where the library is a part of a folder,
    `root` is that folder, from which the neighbours that its reports are compared with are read. What only the `whole` folder
    shows is left to whoever has all its parts; where the library is a `part` that nobody will join, it cannot be tested.
    """
    unknown = [report for report in library if cache is None or report.digest not in cache]
    verdicts = judge(unknown)
    if cache is not None:
        refused = {(each.agency, each.year) for each in verdicts}
        cache.add(report.digest for report in unknown if (report.agency, report.year) not in refused)
    around = with_neighbours(library, root) if root else library
    found = tried(library, around, whole=whole, part=part)
    return Kept((*library.findings, *verdicts, *found.findings), found.passed)


def tried(library: Library, around: Library | None = None, *, whole: bool = True, part: bool = False) -> Kept:
    """Try every rule on the reports of a library that could be read, beside those `around` them (`checkup`)."""
    examined = {(report.agency, report.year): examine(report, around or library) for report in library}
    found = tuple(each for one in examined.values() for each in one.findings)
    passed = {key: one.passed for key, one in examined.items()}
    if not whole:
        return Kept(found, passed)
    marked = tuple(map(marks, library))
    beside = tuple(across(library.agencies, marked, place_of(library)))
    for key, one in alike(library.agencies, marked, beside, part=part).items():
        passed[key].update(one)
    return Kept((*found, *beside), passed)


def check(library: Library, cache: Cache | None = None) -> tuple[Finding, ...]:
    """Every finding of a library (`checkup`)."""
    return checkup(library, cache).findings


def errors(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings that forbid publication."""
    return tuple(each for each in findings if each.level == "error")


def unexplained(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the discrepancies about which nothing is said: under `--strict` they forbid publication, too."""
    return tuple(each for each in findings if each.level == "discrepancy" and each.explanation is None)


def counts(findings: Iterable[Finding]) -> dict[Level, int]:
    """Number of findings of each level."""
    found = [each.level for each in findings]
    return {level: found.count(level) for level in LEVELS}
