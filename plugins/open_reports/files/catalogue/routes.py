"""Routes: every kind of data file that this package makes, and those that a site has.

A kind of file is added by a module of `files/` with its `ROUTES`, and its words, `route_<id>` in `locales/pages-catalogue.yml`:
the site, the export, the manifest, the catalogue, the description of the API and the page of the data follow. The order of
the words is the order of the kinds on every list, so it is a matter of text where a kind stands among the others.
"""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from itertools import product
from typing import TYPE_CHECKING

from open_reports import files
from open_reports.errors import PublishError
from open_reports.form import forms
from open_reports.text import words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from open_reports.files.route import AnyRoute, Subject
    from open_reports.library import Library

_WORDS = "route_"
"""What the key of a route's words begins with."""


@cache
def known() -> tuple[AnyRoute, ...]:
    """Every route of the modules of `files/`, in the order of their words.

    Raises `PublishError` that names every route without words and every path that two routes have.
    """
    # Found, not listed: a list would be one more place to forget, and a kind of file that is missing there would be missed by
    # nobody.
    names = [each.name for each in pkgutil.walk_packages(files.__path__, f"{files.__name__}.")]
    found: list[AnyRoute] = [route for name in names for route in getattr(import_module(name), "ROUTES", ())]
    order = {key.removeprefix(_WORDS): place for place, key in enumerate(words()) if key.startswith(_WORDS)}
    # All at once, when the package is first used, not when a reader meets the file that another has overwritten.
    if faults := _faults(found, order):
        raise PublishError("\n".join(faults))
    return tuple(sorted(found, key=lambda route: order.get(route.id, len(order))))


def _faults(found: Sequence[AnyRoute], order: Mapping[str, int]) -> list[str]:
    """What is wrong with routes: no words, an id or a path that another has, a path outside its subject's folder."""
    listed = [route for route in found if route.listed]
    faults = [f"{route.path}: no words {_WORDS}{route.id} in locales/pages-catalogue.yml" for route in listed if route.id not in order]
    for each in ("id", "path"):
        values = [getattr(route, each) for route in found]
        faults += [f"two routes with the {each} {value}" for value in dict.fromkeys(values) if values.count(value) > 1]
    return faults + [f"{route.path}: not below {route.folder}, where its subject's files stand" for route in found if not _in_place(route)]


def _in_place(route: AnyRoute) -> bool:
    return route.path.startswith(route.folder)


def optional() -> frozenset[str]:
    """Ids of the routes that an installation may lack the library for."""
    return frozenset(route.id for route in known() if route.lacks)


def lacking() -> Mapping[str, str]:
    """Routes of which the library is missing here, by id, each with the key of the label that says so."""
    told = {route.id: route.lacks() for route in known() if route.lacks}
    return {name: label for name, label in told.items() if label}


class Routes:
    """The routes that a site really has."""

    def __init__(self, routes: Iterable[AnyRoute]) -> None:
        self._by_id = {route.id: route for route in routes}
        # Every folder of the site asks for its own, so they are sorted out once.
        self._about: dict[Subject, dict[str, AnyRoute]] = {}
        for route in self._by_id.values():
            if route.make:
                self._about.setdefault(route.subject, {})[route.id] = route

    def __getitem__(self, name: str) -> AnyRoute:
        return self._by_id[name]

    def __contains__(self, name: object) -> bool:
        return name in self._by_id

    def __iter__(self) -> Iterator[AnyRoute]:
        """Those that descriptions and lists tell of."""
        return (route for route in self._by_id.values() if route.listed)

    def about(self, subject: Subject) -> Mapping[str, AnyRoute]:
        """Routes of the files that are made about a subject, by their ids."""
        return self._about.get(subject, {})

    def folders(self) -> tuple[str, ...]:
        """Folders of the files about the site as a whole."""
        return tuple(dict.fromkeys(route.folder for route in self.about("site").values()))

    def distributions(self, subject: Subject, *, searched: bool = False) -> tuple[AnyRoute, ...]:
        """Distributions of a dataset about a subject, in the order of the catalogue; with `searched`, only those that search engines are told of."""
        found = [route for route in self.about(subject).values() if route.portal and (route.searched or not searched)]
        return tuple(sorted(found, key=lambda route: route.portal))

    def choices(self) -> Mapping[str, Sequence[str]]:
        """What each parameter can be that the forms or this package know, not the library."""
        found = {route.choice.name: route.choice.values() for route in self._by_id.values() if route.choice}
        return {**found, "indicator": tuple(forms().indicators)}

    def paths(self, library: Library) -> Iterator[tuple[str, AnyRoute]]:
        """Every path of a library, each parameter filled in with all it can be, with its route."""
        chosen = self.choices()
        for route in self:
            for values in _subjects(route, library):
                free = [name for name in route.parameters if name not in values]
                own = {**chosen, **_own(route, values, library)}
                for choice in product(*(own[name] for name in free)):
                    yield route.filled(**values, **dict(zip(free, choice, strict=True))), route


def routes(without: Collection[str] = ()) -> Routes:
    """Return the routes of a site: all but those left out, which are named by their ids. Raises `KeyError` for an unknown one."""
    # A name that is misspelt would leave nothing out, in silence.
    if unknown := set(without) - {route.id for route in known()}:
        raise KeyError(", ".join(sorted(unknown)))
    return Routes(route for route in known() if route.id not in without)


def _own(route: AnyRoute, values: Mapping[str, object], library: Library) -> dict[str, Sequence[str]]:
    """What the parameter of a route can be of one report: files stand there of the tables of its own forms alone."""
    agency, year = values.get("agency"), values.get("year")
    report = library.reports.get((agency, year)) if isinstance(agency, str) and isinstance(year, int) else None
    return {route.choice.name: route.choice.of(report)} if report and route.choice and route.choice.of else {}


def _subjects(route: AnyRoute, library: Library) -> Iterator[Mapping[str, object]]:
    """Parameters of every report, agency, year or indicator that has a file of this kind; once none, where the path names no subject."""
    if route.subject == "year":
        yield from ({"year": year, "name": year} for year in library.years)
    elif route.subject == "report":
        yield from ({"agency": report.agency, "year": report.year, "name": report.name} for report in library)
    elif route.subject == "agency":
        for agency in library.agencies:
            if not route.choice or library.of_agency(agency):  # nothing is drawn of an agency without reports
                yield {"agency": agency, "name": agency}
    elif route.subject == "indicator":
        yield from ({"indicator": indicator, "name": indicator} for indicator in forms().indicators)
    else:
        yield {}
