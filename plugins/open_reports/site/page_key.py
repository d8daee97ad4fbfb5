"""Page keys: what each page, and the folder it stands in, is made of, as one hash, by which both are kept and found again (`page_cache`).

A hash covers the packages, agencies and findings that a page tells of, and everything that all pages share: this package's own
code, forms, words and templates, the libraries it uses, the settings of the site. It may cover more than a page shows, which
costs time; it must never cover less, which would leave a stale page standing.
"""

from __future__ import annotations

import hashlib
import platform
import re
import sqlite3  # noqa: TID251 (its version alone)
import zlib
from functools import cache, cached_property
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from open_reports.derived.containing import containing
from open_reports.pages.assets import shipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from open_reports.checks.counting import Tallies
    from open_reports.derived.containing import Containing
    from open_reports.derived.coverage import Coverage
    from open_reports.finding import Finding
    from open_reports.library import Agency, Library
    from open_reports.report import Report

_ROOT = Path(__file__).parents[1]
_NAME = re.compile(r"[A-Za-z0-9._-]+")


@cache
def tools() -> str:
    """Hash of all that makes pages and files besides the packages: our own sources, and the versions of what they use."""
    # zlib and SQLite write some of the files: another version may put the same content into other bytes.
    digest = hashlib.sha256(f"{platform.python_version()} {zlib.ZLIB_RUNTIME_VERSION} {sqlite3.sqlite_version}".encode())
    for name in sorted({match[0] for each in metadata.requires("open-reports") or () if (match := _NAME.match(each))}):
        digest.update(f"{name} {_version(name)}\n".encode())
    for path in sources():
        digest.update(f"{path.relative_to(_ROOT)}\0{path.stat().st_size}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def sources() -> list[Path]:
    """Files of this package that pages and data files are made of."""
    # Scripts, styles and pictures are loaded by pages, they do not stand in them; a page names those it needs.
    loaded = {Path(str(each)) for each in shipped().values()}
    found = (each for each in _ROOT.rglob("*") if each.is_file() and "__pycache__" not in each.parts)
    return sorted(each for each in found if each not in loaded)


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:  # an extra that is not installed
        return "-"


class PageKeys:
    """Hashes of what the pages of a library are made of.

    `found` are the findings by report, `tallies` the counts of all checks; `settings` everything else that pages are told, such as the site's address.
    """

    def __init__(
        self,
        library: Library,
        found: Mapping[tuple[str, int], Sequence[Finding]],
        tallies: Tallies,
        covered: Coverage,
        settings: Iterable[str],
    ) -> None:
        self._library = library
        self._found = found
        self._tallies = tallies
        self._covered = covered
        self._own = {agency.id: _hash(self._parts(agency)) for agency in library.agencies.values()}
        self._basis = _hash([tools(), *settings])

    def of_report(self, report: Report) -> str:
        """Everything the page of a report is made of: the agency's reports, and those of the units it consolidates."""
        library = self._library
        units = [unit for said in report.consolidates for unit in said.units]
        return _hash(
            [
                self._basis,
                report.name,
                self._own[report.agency],
                # Findings depend on other packages, too, such as that of the year before: no digest of this report covers them.
                # The summary repeats figures of the year before, with the mark of what they contradict.
                *(repr(each) for year in (report.year - 1, report.year) for each in self._found.get((report.agency, year), ())),
                *(f"{library.agencies.get(unit)!r} {_digest(library.reports.get((unit, report.year)))}" for unit in units),
                # How many checks there are depends on other reports as well, such as that of the agency above.
                repr(self._tallies.rules_of((report.agency, report.year))),
            ]
        )

    def of_agency(self, agency: Agency) -> str:
        """Everything the page of an agency is made of: its reports, those above and below it, its row of the coverage."""
        library = self._library
        return _hash(
            [
                self._basis,
                self._own[agency.id],
                *(repr(each) for report in library.of_agency(agency.id) for each in self._found.get((agency.id, report.year), ())),
                *(repr(self._tallies.of_report((agency.id, report.year))) for report in library.of_agency(agency.id)),
                # Its rows name the report of another agency that counts them already.
                *(repr(_contained(containing(report, library))) for report in library.of_agency(agency.id)),
                *(repr(each) for each in self._above(agency)),
                # A word between the lists: an agency above must not read the same as one below.
                "units",
                *(repr(each) for each in library.units(agency.id)),
                repr(self._covered.of_agency(agency.id)),
            ]
        )

    @cached_property
    def of_corpus(self) -> str:
        """Everything that a page over all reports is made of."""
        return _hash(
            [
                self._basis,
                *self._own.values(),
                *(repr(each) for findings in self._found.values() for each in findings),
                repr(self._tallies.of_rules),
                *(repr(self._tallies.of_report(key)) for key in self._library.reports),
            ]
        )

    def of_site(self, findings: Iterable[Finding], record: object) -> str:
        """Everything that a file about the whole site is made of: findings that are no report's, and the record of releases, besides."""
        return _hash([self.of_corpus, *(repr(each) for each in findings), repr(record)])

    def _parts(self, agency: Agency) -> Iterator[str]:
        """An agency and its reports."""
        yield repr(agency)
        for report in self._library.of_agency(agency.id):
            yield f"{report.year} {report.digest}"
        # The first year after a change of name is held against the last before it, and each page names the other.
        yield f"successor {self._library.successor(agency.id)!r}"
        if agency.predecessor:
            yield f"predecessor {self._library.agencies.get(agency.predecessor.agency)!r}"
            yield _digest(self._library.reports.get((agency.predecessor.agency, agency.predecessor.until)))

    def _above(self, agency: Agency) -> Iterator[Agency]:
        seen = {agency.id}
        while agency.parent is not None and agency.parent not in seen:
            agency = self._library.agencies[agency.parent]
            seen.add(agency.id)
            yield agency


def _contained(found: Containing) -> tuple[str, dict[tuple[str, str], str]]:
    """Which reports contain one, by name."""
    return str(found), {line: report.name for line, report in found.lines.items()}


def _digest(report: Report | None) -> str:
    return report.digest if report else "-"


def _hash(parts: Iterable[str]) -> str:
    """Hash of a list of texts; each with its length, so that no two lists read the same."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode(errors="surrogateescape")
        digest.update(f"{len(data)}\0".encode() + data)
    return digest.hexdigest()
