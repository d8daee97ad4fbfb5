"""Folder: the data files of one folder of the site, made once, when they are first asked for, and without any page.

Pages of both languages ask their folder for names and sizes. Once the files are written their bytes are let go and only the
sizes stay, so a build holds the files of one report at a time.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar, cast

from open_reports.derived.doubt import facts
from open_reports.files import citation
from open_reports.files.route import AGENCY, INDICATOR, REPORT, YEAR

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from open_reports.checks.counting import Tallies
    from open_reports.derived.coverage import Coverage
    from open_reports.derived.search import Catalogue
    from open_reports.files.catalogue.routes import Routes
    from open_reports.files.route import AnyRoute
    from open_reports.finding import Finding
    from open_reports.form import Indicator
    from open_reports.history.releases import Released
    from open_reports.library import Agency, Library
    from open_reports.report import Report

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What the files of a site are made of.

    `found` are the findings by agency and year; `tallies` count the checks; `site` is the site's address, ending in a slash, or empty; `released` what was
    released before; `catalogue` tells what the search of a language finds.
    """

    library: Library
    findings: Sequence[Finding]
    found: Mapping[tuple[str, int], Sequence[Finding]]
    tallies: Tallies
    covered: Coverage
    routes: Routes
    site: str
    released: Released | None
    catalogue: Callable[[str], Catalogue]


class Folder:
    """Files of one folder of the site.

    `path` is the folder below the site; `values` fill in the parameters of its routes. `key` is a hash over everything that the
    files are made from: the cache keeps them under it. It is empty for a folder that is always made anew.
    """

    def __init__(self, sources: Sources, path: str, routes: Mapping[str, AnyRoute], values: Mapping[str, object], *, key: str = "") -> None:
        self.sources: Sources = sources
        self.path = path
        self.key = key
        self._routes = routes
        self._values = values
        self._made: dict[str, Mapping[str, bytes]] = {}
        self._results: dict[object, object] = {}
        self._sizes: dict[str, int] = {}
        self._let_go = False

    def __contains__(self, route: object) -> bool:
        return route in self._routes

    def __getitem__(self, route: str) -> bytes:
        """Bytes of the file of a route that has one."""
        # Fails for a route of several files: to take the first of them would be a guess.
        (data,) = self._of(route).values()
        return data

    def name(self, route: str, choice: str = "") -> str:
        """Name of a file below the folder: of its route, and of what the route's parameter is."""
        found = self._routes[route]
        chosen = {found.choice.name: choice} if found.choice else {}
        return found.filled(**self._values, **chosen).removeprefix(self.path)

    def files(self) -> Mapping[str, bytes]:
        """Every file by its name below the folder; made once, until they are let go."""
        self._let_go = False
        made = {name: data for route in self._routes for name, data in self._of(route).items()}
        # Kept apart from the bytes, for the page in the other language tells sizes when the bytes are gone.
        self._sizes = self._sizes or {name: len(data) for name, data in made.items()}
        return made

    @cached_property
    def sizes(self) -> Mapping[str, int]:
        """Size of every file in bytes, which stays known when the files are let go."""
        if not self._sizes:
            self.files()
        return self._sizes

    def size(self, route: str, choice: str = "") -> int:
        """Size of a file in bytes."""
        return self.sizes[self.name(route, choice)]

    def once(self, make: Callable[[], T], *key: object) -> T:
        """Return the result of `make`, which several files or the page need, made once as long as the files are held."""
        if self._let_go:  # nobody would let go of what a page still asks for
            return make()
        if key not in self._results:
            self._results[key] = make()
        return cast("T", self._results[key])

    def let_go(self) -> None:
        """Forget the bytes."""
        # Else the memory of a build would grow with everything that it writes.
        self._made.clear()
        self._results.clear()
        self._let_go = True

    @contextmanager
    def borrowed(self) -> Iterator[Mapping[str, bytes]]:
        """Give the files for a while; those that were let go before are let go again."""
        # Whoever borrows may come before the folder is written or after: only in the first case is somebody else still in need
        # of the bytes.
        held = not self._let_go and bool(self._made)
        try:
            yield self.files()
        finally:
            if not held:
                self.let_go()

    def _of(self, route: str) -> Mapping[str, bytes]:
        if route not in self._made:
            make = self._routes[route].make
            assert make is not None  # noqa: S101 (`Routes.about` hands over those alone)
            # Route by route, for files are made of one another: the archive asks for the citations, Parquet for the CSV.
            made = make(self)
            files = {"": made} if isinstance(made, bytes) else made
            self._made[route] = {self.name(route, choice): data for choice, data in files.items()}
        return self._made[route]

    def __str__(self) -> str:
        return self.path


class SiteFolder(Folder):
    """A folder of files about everything: `data/`, `coverage/`, `search/` and the like."""

    def __init__(self, sources: Sources, path: str, *, key: str = "") -> None:
        # Folders are no list of their own: they are what the paths of the routes say.
        routes = {name: route for name, route in sources.routes.about("site").items() if route.folder == path}
        super().__init__(sources, path, routes, {}, key=key)


class ReportFolder(Folder):
    """The folder of a report: its package, the same in other forms, and what is known of its figures.

    `problem` is where a reader reports a mistake, which its pages tell.
    """

    def __init__(self, sources: Sources, report: Report, *, problem: str = "", key: str = "") -> None:
        values = {"agency": report.agency, "year": report.year, "name": report.name}
        super().__init__(sources, REPORT.format(**values), sources.routes.about("report"), values, key=key)
        self.library = sources.library
        self.report = report
        self.agency = self.library.agencies[report.agency]
        self.before = self.library.reports.get((report.agency, report.year - 1))
        self.findings = sources.found.get((report.agency, report.year), ())
        self.counts = sources.tallies.of_report((report.agency, report.year))
        self.problem = problem

    @cached_property
    def work(self) -> citation.Work:
        """What is cited of the report: its Chinese page, whose figures are the same in both languages."""
        # Empty, not relative: a citation is read far from the page, where `../` leads nowhere.
        address = f"{self.sources.site}{self.path}" if self.sources.site else ""
        return citation.of_report(self.report, self.agency, address, doubt=facts(self.report, self.library))


class AgencyFolder(Folder):
    """The folder of an agency: all its years."""

    def __init__(self, sources: Sources, agency: Agency, *, key: str = "") -> None:
        values = {"agency": agency.id, "name": agency.id}
        super().__init__(sources, AGENCY.format(**values), sources.routes.about("agency"), values, key=key)
        self.library = sources.library
        self.agency = agency
        self.reports = self.library.of_agency(agency.id)


class MovedFolder(Folder):
    """The files of a folder at the address that it had under another id: no program follows the page that leads a reader on.

    Files that are named after their folder keep the name that they had. What the package consists of stands at its new address
    alone: `reports/` of a copy is a folder of packages, in which each may be but once.
    """

    def __init__(self, now: Folder, path: str, *, own: Collection[str]) -> None:
        super().__init__(now.sources, path, {}, {}, key=now.key)
        self._now = now
        self._own = own
        self._was, self._is = (_named_after(each) for each in (path, now.path))

    def files(self) -> Mapping[str, bytes]:
        """Every file by its former name below the folder."""
        with self._now.borrowed() as made:
            found = {self._former(name): data for name, data in made.items() if name not in self._own}
        self._sizes = {name: len(data) for name, data in found.items()}
        return found

    def _former(self, name: str) -> str:
        return self._was + name.removeprefix(self._is) if name.startswith(f"{self._is}.") else name


def _named_after(path: str) -> str:
    """What files repeat of their folder's path: `pingtan`, `pingtan-2024`."""
    return "-".join(path.strip("/").split("/")[1:])


class YearFolder(Folder):
    """The folder of a report year."""

    def __init__(self, sources: Sources, year: int, *, key: str = "") -> None:
        values = {"year": year, "name": year}
        super().__init__(sources, YEAR.format(**values), sources.routes.about("year"), values, key=key)
        self.library = sources.library
        self.year = year


class IndicatorFolder(Folder):
    """The folder of an indicator."""

    def __init__(self, sources: Sources, indicator: Indicator, *, key: str = "") -> None:
        values = {"indicator": indicator.id, "name": indicator.id}
        super().__init__(sources, INDICATOR.format(**values), sources.routes.about("indicator"), values, key=key)
        self.library = sources.library
        self.indicator = indicator
