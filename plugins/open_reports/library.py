"""Library: every report by agency and year, with the agencies."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from open_reports import gate
from open_reports.document import PLACEHOLDER, Problem, Record, parse_yaml, shown
from open_reports.errors import DocumentError
from open_reports.finding import Finding, finding
from open_reports.form import forms
from open_reports.report import FIRST_YEAR, LAST_YEAR, URL, Report, read
from open_reports.text import Text, counted

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping, Sequence

AGENCY = "agency.yml"
NO_PARENT = "none"
ROOT_FILES = frozenset({"README.md"})
"""Files that may stand beside the agencies' folders; never read, never published."""


class Predecessor(NamedTuple):
    """The agency under whose id a body reported before it was renamed, and the last report year under that."""

    agency: str
    until: int


class FormerName(NamedTuple):
    """What an agency was called up to a report year, in both languages."""

    name: str
    name_en: str
    until: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """An administrative organ.

    `kind` is one of the contract's words; `parent` the id of the agency it belongs to, None if it is not in the library;
    `codes` its official codes by name; `predecessor` the agency, under an id of its own, that it was until it was renamed.
    `former_names` are those that it had under its own id, earliest first; `aliases` what else its reports call it: a shorter name.
    """

    id: str
    name: str
    name_en: str
    kind: str
    parent: str | None
    region: str
    site: str
    codes: Mapping[str, str]
    predecessor: Predecessor | None = None
    aliases: tuple[str, ...] = ()
    former_names: tuple[FormerName, ...] = ()
    reading: str = ""
    """How the Chinese name is read (pinyin), by which lists are sorted: a browser puts 长春 under Z, and 厦门 under S."""

    def name_in(self, year: int) -> FormerName | None:
        """Return the former name that it had in a report year, None where it had its present one."""
        return next((each for each in self.former_names if year <= each.until), None)

    def called_in(self, year: int) -> Text:
        """Return what it was called in a report year, in both languages."""
        named = self.name_in(year) or self
        return Text(zh=named.name, en=named.name_en)

    def __str__(self) -> str:
        return self.id


@dataclass(frozen=True, kw_only=True)
class Library:
    """Every report of a folder of packages.

    `reports` are keyed by agency and year, agencies in the order of their ids, years ascending; `findings` are the
    errors of what could not be read.
    """

    agencies: Mapping[str, Agency]
    reports: Mapping[tuple[str, int], Report]
    findings: tuple[Finding, ...]

    @cached_property
    def digest(self) -> str:
        """Hash of every agency and report, and of how findings name their files."""
        # Results of checks are kept, and name files: the same packages under another name are another library to them.
        digest = hashlib.sha256()
        for agency in self.agencies.values():
            digest.update(f"{agency!r}\n".encode())
        for report in self:
            digest.update(f"{report.place}\0{report.digest}\n".encode())
        return digest.hexdigest()

    @property
    def years(self) -> tuple[int, ...]:
        """Report years that have a report, ascending."""
        return tuple(sorted({year for _, year in self.reports}))

    def of_agency(self, agency: str) -> tuple[Report, ...]:
        """Reports of an agency, earliest first."""
        return self._by_agency.get(agency, ())

    def of_year(self, year: int) -> tuple[Report, ...]:
        """Reports of a year, in the order of the agencies."""
        return self._by_year.get(year, ())

    def before(self, report: Report) -> Report | None:
        """Report of the year before: the agency's own, or in the first year after it was renamed that of its predecessor."""
        year = report.year - 1
        agency = self.agencies.get(report.agency)
        former = agency.predecessor if agency else None
        # Only where agency.yml says so: an office that resembles another one continues nothing.
        return self.reports.get((former.agency if former and former.until == year else report.agency, year))

    def after(self, report: Report) -> Report | None:
        """Report of the year after, under the same id: what a part of a folder is read with knows no name that came later."""
        return self.reports.get((report.agency, report.year + 1))

    def successor(self, agency: str) -> Agency | None:
        """Return the agency that this one became when it was renamed."""
        return self._successors.get(agency)

    @cached_property
    def _successors(self) -> dict[str, Agency]:
        return {agency.predecessor.agency: agency for agency in self.agencies.values() if agency.predecessor}

    def units(self, agency: str) -> tuple[Agency, ...]:
        """Agencies whose parent is this one."""
        return self._by_parent.get(agency, ())

    @cached_property
    def _by_parent(self) -> dict[str | None, tuple[Agency, ...]]:
        # Sorted once for all: asking every agency for the units of each grows with the square of their number.
        found: dict[str | None, list[Agency]] = {}
        for agency in self.agencies.values():
            found.setdefault(agency.parent, []).append(agency)
        return {parent: tuple(units) for parent, units in found.items()}

    @cached_property
    def _by_agency(self) -> dict[str, tuple[Report, ...]]:
        found: dict[str, list[Report]] = {}
        for (agency, _), report in self.reports.items():
            found.setdefault(agency, []).append(report)
        return {agency: tuple(reports) for agency, reports in found.items()}

    @cached_property
    def _by_year(self) -> dict[int, tuple[Report, ...]]:
        found: dict[int, list[Report]] = {}
        for (_, year), report in self.reports.items():
            found.setdefault(year, []).append(report)
        return {year: tuple(reports) for year, reports in found.items()}

    def __iter__(self) -> Iterator[Report]:
        return iter(self.reports.values())

    def __len__(self) -> int:
        return len(self.reports)

    def __str__(self) -> str:
        return f"{counted(len(self.reports), 'report', 'reports')} of {counted(len(self.agencies), 'agency', 'agencies')}"


def open_library(root: Path, *, place: str | None = None, only: Sequence[tuple[str, int | None]] = (), reports: bool = True) -> Library:
    """Read every package below a folder, or only some agencies and years of it.

    `place` is how findings name the folder (its own name unless given); `reports` False reads the agencies alone. What cannot be read becomes findings of the
    library; nothing outside the folder is ever opened.
    """
    place = place or root.name
    findings: list[Finding] = []
    agencies: dict[str, Agency] = {}
    read_reports: dict[tuple[str, int], Report] = {}
    if not root.is_dir():
        return Library(agencies={}, reports={}, findings=(finding("file.no_root", file=place),))
    wanted = {agency for agency, _ in only}
    for name, folder in _folders(root, place, wanted, findings):
        path = f"{place}/{shown(name)}"
        inside, faults = gate.children(folder, path)
        # A file that the listing refused, a link for instance, is neither opened nor told of twice.
        agency, more = (None, []) if any(each.file == f"{path}/{AGENCY}" for each in faults) else _agency(folder, path, name)
        findings += (each.of(name, None) for each in gate.first_of_each_file((*faults, *more)))
        if agency is not None:
            agencies[name] = agency
        if not reports:
            continue
        years = {year for found, year in only if found == name}
        found, more = _reports(name, path, inside, years if None not in years else set())
        read_reports.update(found)
        findings += more
    # Of a library read in part, a parent that was not read would seem unknown.
    if not wanted:
        findings += _parents(agencies, place)
        findings += _predecessors(agencies, read_reports, place)
    # Without its agency a report has no name to be shown by; what is wrong with agency.yml has been told.
    known = {key: report for key, report in read_reports.items() if key[0] in agencies}
    return Library(agencies=agencies, reports=known, findings=tuple(findings))


def _folders(root: Path, place: str, wanted: set[str], findings: list[Finding]) -> Iterator[tuple[str, str]]:
    """Name and path of each agency's folder; whatever else stands there becomes a finding."""
    entries, faults = gate.children(str(root), place)
    # Whoever checks one agency is not told of faults beside it.
    findings += [each for each in faults if not wanted or (each.file or "").removeprefix(f"{place}/") in wanted]
    seen: dict[str, str] = {}
    for name, entry in entries.items():
        path = f"{place}/{shown(name)}"
        if wanted and name not in wanted:
            continue
        if not entry.is_dir(follow_symlinks=False):
            findings += gate.unexpected([name], ROOT_FILES, place)
        elif code := gate.slug_fault(name):
            findings.append(finding(code, file=path, found=shown(name)))
        elif (twin := seen.setdefault(gate.skeleton(name), name)) != name:
            findings.append(finding("file.slug_twin", file=path, found=name, expected=twin))
        else:
            yield name, entry.path


def _reports(
    agency: str, place: str, inside: Mapping[str, os.DirEntry[str]], years: set[int | None]
) -> tuple[dict[tuple[str, int], Report], list[Finding]]:
    reports = {}
    findings: list[Finding] = []
    for name, entry in inside.items():
        if name == AGENCY:
            continue
        path = f"{place}/{shown(name)}"
        if not entry.is_dir(follow_symlinks=False):
            findings += (each.of(agency, None) for each in gate.unexpected([name], {AGENCY}, place))
        elif not re.fullmatch(r"\d{4}", name, re.ASCII) or not FIRST_YEAR <= int(name) <= LAST_YEAR:
            findings.append(finding("file.year", file=path, found=shown(name), agency=agency))
        elif not years or int(name) in years:
            reading = read(Path(entry.path), path, agency=agency, year=int(name))
            findings += reading.findings
            if reading.report is not None:
                reports[agency, int(name)] = reading.report
    return reports, findings


def _agency(folder: str, place: str, name: str) -> tuple[Agency | None, list[Finding]]:
    path = f"{place}/{AGENCY}"
    _, text, findings = gate.read_text(f"{folder}/{AGENCY}", path, gate.MAX_AGENCY)
    if text is None:
        return None, findings
    problems: list[Problem] = []
    try:
        root = Record(parse_yaml(text), problems)
    except DocumentError as error:
        return None, [finding(error.code, file=path, row=error.row, **error.values)]
    codes = root.record("codes", required=False)
    former = root.record("predecessor", required=False)
    predecessor = Predecessor(former.text("agency"), former.integer("until")) if former.mapping else None
    former.close()
    agency = Agency(
        id=name,
        name=root.text("name", most=60),
        name_en=root.text("name_en", most=120),
        kind=root.choice("kind", forms().common.kinds),
        parent=_parent(root.text("parent", required=False)),
        region=root.text("region", most=60),
        site=root.matching("site", URL, "https://www.example.gov.cn/"),
        codes={key: codes.text(key, most=40) for key in codes.mapping},
        predecessor=predecessor,
        aliases=root.texts("aliases", most=60),
        former_names=root.each("former_names", _former_name),
        reading=root.matching("reading", r"[a-z0-9]+(?: [a-z0-9]+)*", "changchunshi gonganju", required=False),
    )
    years = [each.until for each in agency.former_names]
    for index, each in enumerate(agency.former_names):
        # In the order of time, or a year would have two names; and a present name is no former one.
        if each.name == agency.name or each.until in years[:index] or years != sorted(years):
            root.note(f"former_names[{index}]", "meta.former_name", found=f"{each.name} {each.until}")
    root.close()
    return agency, [finding(each.code, file=path, path=each.path, **each.values) for each in problems]


def _former_name(record: Record) -> FormerName:
    return FormerName(name=record.text("name", most=60), name_en=record.text("name_en", most=120), until=record.integer("until"))


def _parent(text: str) -> str | None:
    return None if text in {"", NO_PARENT} else text


def _parents(agencies: Mapping[str, Agency], place: str) -> Iterator[Finding]:
    for agency in agencies.values():
        chain = [agency.id]
        parent = agency.parent
        while parent is not None:
            if parent not in agencies or parent in chain:
                # Told where it can be mended: where an unknown parent is named, and at each agency of a circle.
                if parent == agency.id or (parent not in agencies and len(chain) == 1):
                    known = ", ".join(each for each in agencies if each != agency.id)
                    path = f"{place}/{agency.id}/{AGENCY}"
                    yield finding(
                        "meta.parent", file=path, path="parent", found=parent, expected=shown(known, 200) or "-", agency=agency.id
                    )
                break
            chain.append(parent)
            parent = agencies[parent].parent


def _predecessors(agencies: Mapping[str, Agency], reports: Mapping[tuple[str, int], Report], place: str) -> Iterator[Finding]:
    """What is wrong with the predecessors that agencies name: one to one, and each year reported under one name only."""
    taken: dict[str, str] = {}
    for agency in agencies.values():
        if agency.predecessor is None:
            continue
        former, until = agency.predecessor
        file = f"{place}/{agency.id}/{AGENCY}"
        if former not in agencies or former == agency.id or taken.setdefault(former, agency.id) != agency.id:
            yield finding("meta.predecessor", file=file, path="predecessor.agency", found=shown(former), agency=agency.id)
            continue
        wrong = [key for key in reports if (key[0] == agency.id and key[1] <= until) or (key[0] == former and key[1] > until)]
        for name, year in wrong:
            yield finding(
                "meta.predecessor_year", file=file, path="predecessor.until", found=str(until), expected=f"{name}/{year}", agency=agency.id
            )


def with_neighbours(library: Library, root: Path) -> Library:
    """Return the library with the reports that its own are compared with: the years before and after, the units consolidated, the parent.

    A library of a whole folder has them already; faults of the neighbours are told where they are checked themselves.
    """
    wanted: dict[tuple[str, int | None], None] = {}
    for report in library:
        former = library.agencies[report.agency].predecessor
        # Of a renamed agency both: which of the two is there says itself.
        earlier = [(each, report.year - 1) for each in (report.agency, *([former.agency] if former else []))]
        parent = library.agencies[report.agency].parent
        above = [(parent, report.year)] if parent else []
        for key in (
            *earlier,
            (report.agency, report.year + 1),
            *above,
            *((unit, report.year) for said in report.consolidates for unit in said.units),
        ):
            if key not in library.reports:
                wanted[key] = None
    # A neighbour that was never collected is no fault: there is nothing to compare with.
    present = [key for key in wanted if (root / key[0] / str(key[1])).is_dir()]
    if not present:
        return library
    neighbours = open_library(root, only=present)
    return Library(
        agencies={**neighbours.agencies, **library.agencies}, reports={**neighbours.reports, **library.reports}, findings=library.findings
    )


def agency_file(agency: Agency) -> bytes:
    """`agency.yml` of an agency, to stand in its folder on the site: with it, a copy's `reports/` is a folder of packages again."""
    facts = (
        ("name", agency.name),
        ("name_en", agency.name_en),
        ("kind", agency.kind),
        ("parent", agency.parent or NO_PARENT),
        ("region", agency.region),
        ("site", agency.site),
    )
    # A text in JSON's quotes means the same in YAML, whatever it begins with.
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in facts]
    lines += [f"reading: {json.dumps(agency.reading)}"] if agency.reading else []
    if agency.predecessor:
        lines += ["predecessor:", f"  agency: {json.dumps(agency.predecessor.agency)}", f"  until: {agency.predecessor.until}"]
    if agency.former_names:
        lines.append("former_names:")
    for each in agency.former_names:
        lines += [f"  - name: {json.dumps(each.name, ensure_ascii=False)}", f"    name_en: {json.dumps(each.name_en, ensure_ascii=False)}"]
        lines.append(f"    until: {each.until}")
    if agency.aliases:
        lines += ["aliases:", *(f"  - {json.dumps(name, ensure_ascii=False)}" for name in agency.aliases)]
    if agency.codes:
        lines += [
            "codes:",
            *(f"  {json.dumps(key, ensure_ascii=False)}: {json.dumps(code, ensure_ascii=False)}" for key, code in agency.codes.items()),
        ]
    return ("\n".join(lines) + "\n").encode()


def agency_draft(name: str = PLACEHOLDER) -> str:
    """`agency.yml` of an agency that is new: what a person has to fill in, and its name where it is known."""
    told = name if name == PLACEHOLDER else json.dumps(name, ensure_ascii=False)
    empty = dict.fromkeys(("name_en", "kind", "parent", "region", "site"), PLACEHOLDER) | {"parent": NO_PARENT}
    return "".join(f"{key}: {value}\n" for key, value in ({"name": told} | empty).items())
