"""The gate: no released figure changes in silence, no released address vanishes without a successor."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, NamedTuple

from open_reports.document import compact_json
from open_reports.errors import OpenReportsError
from open_reports.history.diff.state import FigureChange, changes, entry, unnamed, version, words
from open_reports.history.diff.state import states as standing
from open_reports.history.releases.byhand import DROPPED, SUCCESSORS, to_write
from open_reports.history.releases.record import addresses, permanent, record, shapes, states
from open_reports.history.releases.successors import EXAMPLE, Successors, is_page, kind, stands_for
from open_reports.text import Text, Words, in_both

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from open_reports.history.diff.state import State
    from open_reports.history.releases.byhand import Writing
    from open_reports.history.releases.record import Released
    from open_reports.history.releases.successors import Dropped
    from open_reports.library import Library
    from open_reports.report import Report

Kind = Literal[
    "unreadable",
    "successors_unreadable",
    "dropped_unreadable",
    "agency_gone",
    "report_gone",
    "address_gone",
    "figure_changed",
    "version_lower",
    "revision_lost",
    "form_gone",
    "path_gone",
    "successor_missing",
    "successor_needless",
    "successor_ring",
    "successor_kind",
    "successor_drop",
    "drop_needless",
    "drop_lost",
    "drop_unknown",
    "record_shrunk",
    "record_changed",
    "record_rewritten",
    "published_changed",
    "behind_published",
]
_UNREADABLE: dict[Writing, Kind] = {"": "unreadable", "successors": "successors_unreadable", "dropped": "dropped_unreadable"}
# `{` is refused, for it marks a kind of address and not a report's own.
_REPORT = re.compile(r"reports/(?P<agency>[^/{]+)/(?P<year>[0-9]{4})/(?:#(?P<figure>.+))?", re.ASCII)
_AGENCY = re.compile(r"reports/(?P<agency>[^/{]+)/", re.ASCII)


class Breach(NamedTuple):
    """One thing released that would change or vanish: where, what it was, what it would be, since which version, the remedy."""

    kind: Kind
    agency: str = ""
    year: int = 0
    address: str = ""
    # Both languages where words are needed, for the same breach may be told in either.
    was: str | Text = ""
    now: str | Text = ""
    version: str = ""
    suggested: str = ""
    successors: str = SUCCESSORS
    dropped: str = DROPPED
    # For `dropped`, beside the line for `successors` that is suggested.
    entry: str = ""

    def says(self, language: str = "zh") -> str:
        """Which report and address, what was released, what stands there now, what to do: one sentence."""
        was, now = (each[language] if isinstance(each, Text) else each for each in (self.was, self.now))
        return Words(language)(f"release_{self.kind}", **self._replace(was=was, now=now)._asdict())

    def __str__(self) -> str:
        return self.says("en")


class PermanenceError(OpenReportsError):
    """Data or a site that break what was released; `breaches` holds every one."""

    def __init__(self, breaches: Sequence[Breach], *, language: str = "zh") -> None:
        # Once each: what breaks the record of today mostly breaks that of yesterday, too.
        self.breaches = tuple(dict.fromkeys(breaches))
        # Every breach at once: a moved agency breaks many addresses, and one entry may mend them all.
        head = Words(language)("release_head", count=len(self.breaches))
        super().__init__("\n".join([head, *(each.says(language) for each in self.breaches)]))


def breaches(library: Library, released: Released, published: Released | None = None) -> list[Breach]:
    """Everything released that these data would change or drop, before a site is built of them.

    What `published` has was released as well, though nobody recorded it.
    Cost: some microseconds a report whose figures are as released.
    """
    return [_placed(each, released) for each in (*_breaches(library, released), *_unknown(released, published))]


def _placed(each: Breach, released: Released) -> Breach:
    return each._replace(successors=f"{released.place}/{each.successors}", dropped=f"{released.place}/{each.dropped}")


def _breaches(library: Library, released: Released) -> Iterator[Breach]:
    for flaw in released.flaws:
        # Quoted, for it stands in a command to be copied, and a file of any name may lie there; without the row.
        suggested = EXAMPLE if flaw.by_hand else shlex.quote(flaw.file.partition(":")[0])
        entry_ = to_write("reports/pingtan/2020/", to="reports/pingtan/")
        yield Breach(_UNREADABLE[flaw.by_hand], address=flaw.file, now=flaw.found, suggested=suggested, entry=entry_)
    yield from _forms(released)
    yield from _successors(library, released)
    for agency in sorted({agency for agency, _ in released.reports} - library.agencies.keys()):
        # The address of an agency was given out with its first report, and may not vanish either.
        folder = f"reports/{agency}/"
        if released.successors.of(folder) is None:
            yield Breach("agency_gone", address=folder, suggested=f"{folder}: reports/…/", entry=to_write(folder))
    earlier = _earlier(released)
    for (agency, year), one in released.reports.items():
        page, before = f"reports/{agency}/{year}/", earlier.get((agency, year), ())
        report = library.reports.get((agency, year))
        if report is not None:
            yield from _figures(report, one, released, page, before)
            continue
        target = released.successors.of(page)
        match = _REPORT.fullmatch(target or "")
        if target is None:
            yield Breach("report_gone", agency, year, suggested=f"{page}: reports/…/{year}/", entry=_drop(library, page))
        elif released.successors.drop(page) is not None:
            continue  # told on the page of corrections
        # Told once where the entry is the report's own.
        elif not stands_for(target, page) and page not in released.successors.entries:
            yield _other_kind(library, page, target)
        # A report that moved is held to what it said at its old address: moving must not be a way to change figures.
        elif match and not match["figure"] and (moved := library.reports.get((match["agency"], int(match["year"])))):
            yield from _figures(moved, one, released, page, before)


def _earlier(released: Released) -> Mapping[tuple[str, int], list[Mapping[str, Any]]]:
    """Entries of reports that were revised, but the last of each."""
    # Two lines of one year may be what a merge left, and then that is told.
    if released.flaws or sum(map(len, released.lines.values())) == len(released.reports):
        return {}
    found: dict[tuple[str, int], list[Mapping[str, Any]]] = {}
    for agency, ones in released.lines.items():
        for one in ones:
            found.setdefault((agency, one["year"]), []).append(one)
    return {key: each[:-1] for key, each in found.items() if len(each) > 1}


def _forms(released: Released) -> Iterator[Breach]:
    if not released.shapes:
        return
    now = {(form, address): unit for form, address, unit in addresses(shapes())}
    for form, address, unit in addresses(released.shapes):
        # Another unit counts as gone: who follows the address would read the number as something else.
        if now.get((form, address)) != unit:
            yield Breach("form_gone", address=address, version=form, was=unit, now=now.get((form, address), "-"))


def _figures(
    report: Report, one: Mapping[str, Any], released: Released, page: str, before: Sequence[Mapping[str, Any]] = ()
) -> Iterator[Breach]:
    agency, year = report.agency, report.year
    # Lower alone: whether it was raised enough is for the diff to say, before anything is released.
    if version(report.version) < version(one["version"]):
        yield Breach("version_lower", agency, year, was=one["version"], now=report.version)
    yield from _untold(report, (*before, one))
    now = record(report)
    gone: list[FigureChange] = []
    # The quick question first: spelt as recorded, most reports are the same and need no comparison cell by cell.
    if any(now.get(key) != one.get(key) for key in {**now, **one} if key not in {"version", "gone"}):
        differing = changes(states(one, released.shapes), standing(report))
        gone = [each for each in differing if each.after is None]
        yield from _unnamed(report, differing, one["version"])
    # A correction that was told once is told for good: what its revision said must still be there to say it.
    for state in before:
        yield from _unnamed(report, changes(states(state, released.shapes), standing(report)), state["version"])
    # What went in earlier releases still needs its successor; it may also have come back.
    earlier = one.get("gone", ())
    if earlier:
        present = standing(report)
        gone += [FigureChange(address, None, None) for address in earlier if address not in present]
    for each in gone:
        if released.successors.of(f"{page}#{each.address}") is None:
            suggested = f"{page}#{each.address}: {page}#…"
            yield Breach("address_gone", agency, year, each.address, _both(each.before) if each.before else "-", suggested=suggested)


def _untold(report: Report, ones: Iterable[Mapping[str, Any]]) -> Iterator[Breach]:
    """Corrections that were told and are not any more, or in other words."""
    # Not by version: of two branches that both gave one, a merge has to give one of them another.
    present = [each.to_dict() | {"version": ""} for each in report.revisions]
    told = {compact_json(each): each for one in ones for each in one.get("revisions", ())}
    for text, each in told.items():
        if each | {"version": ""} not in present:
            yield Breach("revision_lost", report.agency, report.year, version=each["version"], suggested=text)


def _unnamed(report: Report, differing: Iterable[FigureChange], since: str) -> Iterator[Breach]:
    for each in unnamed(report, differing, since):
        was, is_ = _both(each.before, each.after), _both(each.after, each.before)
        suggested = compact_json(entry(each).to_dict())
        yield Breach("figure_changed", report.agency, report.year, each.address, was, is_, since, suggested)


def _both(one: State | None, beside: State | None = None) -> Text:
    """A state in words of either language; only the entry of `revisions` is Chinese for everybody."""
    return Text(zh=words(one, "zh", beside), en=words(one, "en", beside))


def _successors(library: Library, released: Released) -> Iterator[Breach]:
    """What is wrong with successors, as far as the data alone can tell."""
    # A ring leads nowhere, so whoever follows an old address would find nothing.
    rings = released.successors.rings()
    yield from (Breach("successor_ring", address=old) for old in rings)
    for old in released.successors.entries:
        if _stands(library, old):
            yield Breach("successor_needless", address=old)
        new = released.successors.of(old)
        if new is not None and not stands_for(new, old) and released.successors.drop(old) is None:
            yield _other_kind(library, old, new)
        # False, not None: pages and files can only be looked for in the finished site, which `lost` does.
        if new is not None and _stands(library, new) is False:
            yield Breach("successor_missing", address=old, now=new)
    yield from _needless(library, released)


def _needless(library: Library, released: Released) -> Iterator[Breach]:
    """What is wrong with reasons for what is not gone, or that lead nowhere, as far as the data alone can tell."""
    for old in released.successors.dropped:
        # It stands as well where only its agency has another id: else a renaming could take a reason for a change of figures.
        moved = Successors(released.successors.entries).of(old)
        if _stands(library, old) or (moved is not None and kind(moved) == kind(old) and _stands(library, moved)):
            yield Breach("drop_needless", address=old, now=moved or old, entry=_back(old, released.successors.dropped[old]))
        new = released.successors.of(old)
        if new is not None and _stands(library, new) is False:
            yield Breach("successor_missing", address=old, now=new, successors=DROPPED)


def _unsaid(now: Released, then: Released, version: str) -> Iterator[Breach]:
    """Reasons for which something was dropped that are told no more; `version` names the state of the record that had them."""
    for address, one in then.successors.drops():
        same = [own for where, own in now.successors.drops() if (where, own.date, own.reason) == (address, one.date, one.reason)]
        # What it leads to may move, and what was said in one language may be said in the other later; nothing else changes.
        if not any(one.reason_en in {"", own.reason_en} and one.back in {"", own.back} for own in same):
            yield _placed(Breach("drop_lost", address=address, version=version, entry=to_write(address, one)), now)


def _back(address: str, one: Dropped) -> str:
    """The entry of something that went and is there again."""
    return to_write(address, one).removesuffix("}") + ", back: YYYY-MM-DD}"


def _unknown(released: Released, published: Released | None) -> Iterator[Breach]:
    """Reasons for what was never released: the list of what went would tell of something that nobody ever saw."""
    reports = released.reports.keys() | (published.reports.keys() if published else set())
    known = {f"reports/{agency}/{year}/" for agency, year in reports} | {f"reports/{agency}/" for agency, _ in reports}
    used = known | {drop for old in known if (drop := released.successors.drop(old))}
    moved = Successors(released.successors.entries)
    used |= {new for old in known if (new := moved.of(old))}
    yield from (Breach("drop_unknown", address=old) for old in dict(released.successors.drops()) if old not in used)


def still_binding(library: Library, now: Released, then: Released, version: str) -> list[Breach]:
    """Everything that these data would change or drop of what another state of the record holds; `version` names that state."""
    # Where things went since, the successors of today say.
    held = replace(then, place=now.place, successors=now.successors, flaws=())
    return [*_unsaid(now, then, version), *(_placed(each, held) for each in _breaches(library, held))]


def _drop(library: Library, address: str) -> str:
    """The entry by which a report or an agency can be dropped; readers are led to the agency where it stands, else to the reason."""
    match = _REPORT.fullmatch(address)
    return to_write(address, to=f"reports/{match['agency']}/" if match and match["agency"] in library.agencies else "corrections/")


def _other_kind(library: Library, old: str, new: str) -> Breach:
    breach = Breach("successor_kind", address=old, version=new, was=_kind(old), now=_kind(new))
    # Such a line is how a report was dropped without a word.
    return breach._replace(kind="successor_drop", entry=_drop(library, old)) if kind(old) in {"report", "agency"} else breach


def _kind(address: str) -> Text:
    """What stands at an address, in words of both languages."""
    name = kind(address)
    key = f"release_is_{name}" if name in {"figure", "report", "agency", "page", "workbook"} else "release_is_file"
    return in_both(key, format=name)


def _stands(library: Library, address: str) -> bool | None:
    """Whether a report, a figure or an agency stands at an address; None for any other address."""
    match = _REPORT.fullmatch(address)
    if match:
        report = library.reports.get((match["agency"], int(match["year"])))
        if report is None or match["figure"] is None:
            return report is not None
        return match["figure"] in standing(report)
    agency = _AGENCY.fullmatch(address)
    return agency["agency"] in library.agencies if agency else None


def lost(released: Released, written: Iterable[str]) -> list[Breach]:
    """Everything released that a finished site has not: `written` are its files, by path below it."""
    # By kind, as they are recorded; the reports' own addresses are checked with the data.
    kinds = {kind for path in written if (kind := permanent(path)) is not None}
    found = []
    for path in released.paths:
        if path in kinds:
            continue
        # The entry of a whole folder speaks for addresses that it does not name, and may lead a file to a page.
        if (
            (new := released.successors.of(path)) is not None
            and path not in released.successors.entries
            and not stands_for(new, path)
            and released.successors.drop(path) is None
        ):
            found.append(Breach("successor_kind", address=path, version=new, was=_kind(path), now=_kind(new)))
        if new is None:
            suggested = f"{path.removeprefix('en/')}: …{'/' if is_page(path) else ''}"
            found.append(Breach("path_gone", address=path, suggested=suggested))
    found += _nowhere(released, kinds)
    return [_placed(each, released) for each in found]


def _nowhere(released: Released, kinds: set[str]) -> Iterator[Breach]:
    """Entries written by hand that lead to pages and files that the site has not; what the data alone can tell is told from them."""
    for old in released.successors.entries:
        if _REPORT.fullmatch(old) or _AGENCY.fullmatch(old) or "{" in old:
            continue
        new = released.successors.of(old)
        if new is not None and not _has(kinds, new):
            yield Breach("successor_missing", address=old, now=new)
    for old in released.successors.dropped:
        new = released.successors.of(old)
        if new is not None and not _REPORT.fullmatch(new) and not _AGENCY.fullmatch(new) and not _has(kinds, new):
            yield Breach("successor_missing", address=old, now=new, successors=DROPPED)


def _has(kinds: set[str], address: str) -> bool:
    path = address.partition("#")[0]
    return path in kinds or permanent(path) in kinds
