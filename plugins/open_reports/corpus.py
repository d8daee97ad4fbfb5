"""Corpus: a library that was read and checked, and has no errors; the way in for programs.

    import open_reports

    corpus = open_reports.open("datapackages")
    print(corpus.figure("pingtan", 2024, "applications/new/total").value)

The command line and the plugin open their packages here, too. A site, an export or an archive that somebody published can be
opened as well: its packages are all that it takes.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from open_reports import gate
from open_reports.checks import opening
from open_reports.copies import open_copy, stated_manifest
from open_reports.derived.doubt import remember
from open_reports.files.manifest import PATH
from open_reports.finding import by_report
from open_reports.form import Address, forms
from open_reports.library import AGENCY, Library
from open_reports.report import DESCRIPTOR, Figure, possible_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from open_reports.checks.counting import Key, Passed
    from open_reports.finding import Finding
    from open_reports.history.releases import Released
    from open_reports.library import Agency
    from open_reports.report import Report
    from open_reports.site.publish import Publication

PACKAGES = "reports"
"""Folder of a site in which the packages stand, by agency and year."""


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """Every report of a folder of packages or of a published copy, checked, none with an error.

    `library` holds agencies and reports, `findings` everything the checks found (discrepancies of the official figures and
    notices), `place` is how findings name the folder.
    """

    library: Library
    findings: tuple[Finding, ...]
    place: str
    passed: Mapping[Key, Passed] | None = None
    """How many checks of each report hold or cannot be tested, by rule, beside the findings; None: not counted yet."""

    @property
    def agencies(self) -> Mapping[str, Agency]:
        """Every agency by its id."""
        return self.library.agencies

    @property
    def years(self) -> tuple[int, ...]:
        """Report years that have a report, ascending."""
        return self.library.years

    def report(self, agency: str, year: int) -> Report:
        """Report of an agency's year. Raises `KeyError` where it is not collected: that is not a report of zeros."""
        return self.library.reports[agency, year]

    def figure(self, agency: str, year: int, address: str) -> Figure:
        """Figure at an address, `table/line/column`, as the site names it.

        `value` is an exact `int` or `Decimal`, or None where `status` says why there is no number. An address that is not on the
        year's form has the status `not_on_form`. Raises `KeyError` for a report that is not collected and for an address that
        no form has.
        """
        report = self.report(agency, year)
        parts = Address(*address.split("/")) if address.count("/") == 2 else None  # noqa: PLR2004 (table, line, column)
        if parts is not None and parts.table == "overview":
            for item in report.overview:
                if report.stated(item).address == parts:
                    return report.stated(item)
        elif parts is not None and report.status(*parts) != "not_on_form":
            return report.figure(*parts)
        # That a form does not ask for a figure is a fact; an address that no form has is a mistake in the program.
        elif parts is not None and _anywhere(parts):
            return _not_on_form(parts)
        raise KeyError(address)

    def figures(self, *, agency: str | None = None, year: int | None = None) -> Iterator[tuple[Report, Figure]]:
        """Every figure with its report, in the order of `data/observations.csv`; of one agency or one year where given."""
        for report in self.library:
            if agency in {None, report.agency} and year in {None, report.year}:
                for figure in report.figures():
                    yield report, figure

    def findings_of(self, agency: str, year: int) -> tuple[Finding, ...]:
        """What the checks found in one report."""
        return tuple(self._by_report.get((agency, year), ()))

    @cached_property
    def _by_report(self) -> dict[tuple[str, int], list[Finding]]:
        return by_report(self.findings)

    def publish(self, *, site: str = "", problem: str = "", released: Released | None = None) -> Publication:
        """Make everything that is on the site (`publish.publish`).

        `site` is its address, `problem` where to report mistakes, `released` the record of what was released before.
        """
        # The pages and their templates are no concern of a program that only reads figures.
        from open_reports.site.publish import publish  # noqa: PLC0415

        remember(self.library, self.findings)
        whole = site if site.endswith("/") or not site else f"{site}/"  # paths are put behind it
        return publish(self.library, self.findings, passed=self.passed, site=whole, problem=problem, released=released)

    def __iter__(self) -> Iterator[Report]:
        return iter(self.library)

    def __len__(self) -> int:
        return len(self.library)

    def __str__(self) -> str:
        return str(self.library)


def _anywhere(address: Address) -> bool:
    """Whether any form has a figure at an address."""
    printing = forms().printing(address.table)
    return any(address.line in table.lines and address.column in table.lines[address.line].columns for table in printing)


def _not_on_form(address: Address) -> Figure:
    return Figure(address=address, text="", value=None, status="not_on_form", unit="")


def open(  # noqa: A001 (`open_reports.open(...)` is how it is read)
    root: str | os.PathLike[str], *, place: str | None = None, strict: bool = False
) -> Corpus:
    """Open a folder of packages, or a published copy: the folder of a site or an export, a zip of one, a site's http(s) address.

    `place` is how findings name the folder (its own name unless given; a copy states it). Raises `DataError` with every error
    there is, if `strict` with every discrepancy, too, about which the package says nothing; `CopyError` for a copy that cannot be read.
    Packages of a copy are checked against the hashes that they state; `verify` checks every other file.
    """
    text = os.fspath(root)
    folder = Path(text)
    # Only a published copy has a manifest: by it, a copy is told from a folder of packages.
    if "://" in text or folder.is_file() or (folder / PATH).is_file():
        with open_copy(text) as copy, TemporaryDirectory() as below:
            stated = stated_manifest(copy).manifest
            for path in sources(stated.entries):
                save(path, copy.read(path, most(path)), Path(below))
            return checked(Path(below), place=place or stated.packages, strict=strict)
    return checked(folder, place=place, strict=strict)


def checked(folder: Path, *, place: str | None = None, strict: bool = False) -> Corpus:
    """Read and check a folder of packages; see `open`."""
    found = opening.checked(folder, place=place, strict=strict)
    return Corpus(library=found.library, findings=found.findings, place=found.place, passed=found.passed)


# -- packages as published, and back --------------------------------------------------------------------------------------


@cache
def _source() -> re.Pattern[str]:
    """Path of a file of a package or an agency below a site, whatever the package's forms."""
    names = "|".join(map(re.escape, possible_files()))
    return re.compile(rf"{PACKAGES}/([a-z0-9-]+)/(?:{re.escape(AGENCY)}|\d{{4}}/(?:{names}))", re.ASCII)


def sources(paths: Iterable[str]) -> list[str]:
    """Return the files of packages and agencies among those of a site: everything else is made of them."""
    return [path for path in paths if _source().fullmatch(path)]


def most(path: str) -> int:
    """Most bytes that a file of a package or an agency may have."""
    # A manifest may state any size: what the gate would refuse is not even fetched.
    name = path.rpartition("/")[2]
    return {DESCRIPTOR: gate.MAX_DESCRIPTOR, AGENCY: gate.MAX_AGENCY}.get(name, gate.MAX_BYTES)


def save(path: str, data: bytes, folder: Path) -> None:
    """Put a file of a site into a folder of packages."""
    file = folder / path.removeprefix(f"{PACKAGES}/")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
