"""Routes: every data file of the site as an address with parameters, and what each parameter can be for a library.

The only list of files: the catalogue's distributions, the description of the API and the tests that ask for every path all
read it. A file that is added to the site is added here, in one line, with its words in `locales/pages-catalogue.yml`.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from open_reports import charts
from open_reports.files import figures
from open_reports.form import TABLES, forms
from open_reports.report import FREE_TABLES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from open_reports.library import Library

CSV, JSON, LINKED = "text/csv", "application/json", "application/ld+json"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ENGLISH = "en/"
"""Folder of the English twins below the site."""
REPORT, AGENCY = "reports/{agency}/{year}/", "reports/{agency}/"
OPTIONAL = frozenset({"workbook", "parquet", "database"})
"""Ids of the routes that an installation may lack the library for."""


class Route(NamedTuple):
    """One kind of file: its path below the site, its media type, the name of its JSON Schema (empty where it has none).

    Parameters stand in braces; `name` is that of a file that repeats its folder's, such as `<agency>-<year>`.
    """

    id: str
    path: str
    media: str
    schema: str = ""

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the parameters of its path, in their order."""
        return tuple(part.partition("}")[0] for part in self.path.split("{")[1:])

    def filled(self, **values: object) -> str:
        """Path with its parameters filled in."""
        return self.path.format(**values)


ROUTES = (
    Route("package", f"{REPORT}datapackage.json", JSON, "datapackage"),
    Route("package_data", f"{REPORT}data/{{file}}.csv", CSV),
    Route("prose", f"{REPORT}report.md", "text/markdown"),
    Route("report", f"{REPORT}report.json", JSON, "report"),
    Route("figures", f"{REPORT}{figures.FOLDER}{{table}}.json", JSON, "figures"),
    Route("workbook", f"{REPORT}{{name}}.xlsx", WORKBOOK),
    Route("excel", f"{REPORT}{{name}}.excel.csv", CSV),
    Route("archive", f"{REPORT}{{name}}.zip", "application/zip"),
    Route("bibtex", f"{REPORT}{{name}}.bib", "application/x-bibtex"),
    Route("ris", f"{REPORT}{{name}}.ris", "application/x-research-info-systems"),
    Route("csl", f"{REPORT}{{name}}.csl.json", "application/vnd.citationstyles.csl+json", "citation"),
    Route("badge", f"{REPORT}{{badge}}.svg", "image/svg+xml"),
    Route("agency_csv", f"{AGENCY}{{name}}.csv", CSV),
    Route("agency_excel", f"{AGENCY}{{name}}.excel.csv", CSV),
    Route("agency_json", f"{AGENCY}{{name}}.json", JSON, "agency"),
    Route("agency_yml", f"{AGENCY}agency.yml", "application/yaml"),
    Route("chart", f"{AGENCY}charts/{{chart}}.csv", CSV),
    Route("year_excel", "years/{year}/{name}.excel.csv", CSV),
    Route("observations_csv", "data/observations.csv", CSV),
    Route("observations_json", "data/observations.json", JSON, "observations"),
    Route("parquet", "data/observations.parquet", "application/vnd.apache.parquet"),
    Route("database", "data/reports.sqlite", "application/vnd.sqlite3"),
    Route("index", "data/index.json", JSON, "index"),
    Route("codebook_csv", "data/codebook.csv", CSV),
    Route("codebook_json", "data/codebook.json", JSON, "codebook"),
    Route("findings", "data/findings.json", JSON, "findings"),
    Route("corrections_csv", "data/corrections.csv", CSV),
    Route("corrections_json", "data/corrections.json", JSON, "corrections"),
    Route("coverage_csv", "coverage/coverage.csv", CSV),
    Route("coverage_json", "coverage/coverage.json", JSON, "coverage"),
    Route("indicator_csv", "indicators/{indicator}/{name}.csv", CSV),
    Route("indicator_json", "indicators/{indicator}/{name}.json", JSON, "indicator"),
    Route("agencies", "compare/agencies.json", JSON, "agencies"),
    Route("search", "search/index.json", JSON, "search"),
    Route("search_en", f"{ENGLISH}search/index.json", JSON, "search"),
    Route("manifest", "data/manifest.json", JSON, "manifest"),
    Route("successors", "data/successors.json", JSON, "successors"),
    Route("corpus_bibtex", "data/open-reports.bib", "application/x-bibtex"),
    Route("corpus_ris", "data/open-reports.ris", "application/x-research-info-systems"),
    Route("corpus_csl", "data/open-reports.csl.json", "application/vnd.citationstyles.csl+json", "citation"),
    Route("catalog", "data/catalog.jsonld", LINKED, "catalog"),
    Route("croissant", "data/croissant.json", LINKED, "croissant"),
    Route("openapi", "data/openapi.json", "application/vnd.oai.openapi+json", "openapi"),
    Route("schema", "schemas/{schema}.json", "application/schema+json", "schema"),
    Route("feed", "feed.xml", "application/atom+xml"),
    Route("feed_en", f"{ENGLISH}feed.xml", "application/atom+xml"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Routes:
    """The routes that a site really has, and their parameters."""

    all: tuple[Route, ...]
    schemas: tuple[str, ...]

    def __getitem__(self, name: str) -> Route:
        return next(route for route in self.all if route.id == name)

    def __contains__(self, name: object) -> bool:
        return any(route.id == name for route in self.all)

    def __iter__(self) -> Iterator[Route]:
        return iter(self.all)

    def choices(self) -> Mapping[str, Sequence[str]]:
        """What each parameter can be that the forms or this package know, not the library."""
        return {
            "file": (*TABLES, *FREE_TABLES),
            "table": figures.NAMES,
            "badge": ("badge", "badge.en"),
            "chart": tuple(each.id for each in charts.definitions()),
            "indicator": tuple(forms().indicators),
            "schema": self.schemas,
        }

    def paths(self, library: Library) -> Iterator[tuple[str, Route]]:
        """Every path of a library, each parameter filled in with all it can be, with its route."""
        known = self.choices()
        for route in self.all:
            for values in _subjects(route, library):
                free = [name for name in route.parameters if name not in values]
                for chosen in product(*(known[name] for name in free)):
                    yield route.filled(**values, **dict(zip(free, chosen, strict=True))), route


def routes(schemas: Collection[str], without: Collection[str] = ()) -> Routes:
    """Return the routes of a site: all but those left out, which are named by their ids. Raises `KeyError` for an unknown one."""
    if unknown := set(without) - {route.id for route in ROUTES}:
        raise KeyError(", ".join(sorted(unknown)))
    return Routes(all=tuple(route for route in ROUTES if route.id not in without), schemas=tuple(schemas))


def _subjects(route: Route, library: Library) -> Iterator[dict[str, object]]:
    """Reports, agencies, years or indicators that have a file of this kind; the corpus, once, where the path names none."""
    if "year" in route.parameters and "agency" not in route.parameters:
        for year in library.years:
            yield {"year": year, "name": year}
    elif "year" in route.parameters:
        for report in library:
            yield {"agency": report.agency, "year": report.year, "name": report.name}
    elif "agency" in route.parameters:
        for agency in library.agencies:
            if "chart" not in route.parameters or library.of_agency(agency):  # nothing is drawn of an agency without reports
                yield {"agency": agency, "name": agency}
    elif "indicator" in route.parameters:
        for indicator in forms().indicators:
            yield {"indicator": indicator, "name": indicator}
    else:
        yield {}
