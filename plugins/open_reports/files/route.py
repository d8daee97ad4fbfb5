"""Route: one kind of data file. It owns the path, what is said of the file to programs, and the function that makes it.

Each module of `files/` that has `ROUTES` adds kinds of file by being there (`catalogue.routes`): the path is spelt in no other
place, and whatever publishes, describes or lists files asks the route.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

if TYPE_CHECKING:
    from open_reports.report import Report

CSV, JSON, LINKED = "text/csv", "application/json", "application/ld+json"
ENGLISH = "en/"
"""Folder of the English twins below the site."""
Subject = Literal["report", "agency", "year", "indicator", "site"]
"""What a file can be about."""
REPORT, AGENCY, YEAR, INDICATOR = "reports/{agency}/{year}/", "reports/{agency}/", "years/{year}/", "indicators/{indicator}/"
"""Folders of the files about each; what is about the site stands in the folder that its own path names."""
_SUBJECTS: Mapping[Subject, tuple[str, frozenset[str]]] = {
    "report": (REPORT, frozenset({"agency", "year"})),
    "agency": (AGENCY, frozenset({"agency"})),
    "year": (YEAR, frozenset({"year"})),
    "indicator": (INDICATOR, frozenset({"indicator"})),
}

About = TypeVar("About")
Made = bytes | Mapping[str, bytes]
"""What a maker returns: one file, or those of a parameter that can be listed by its values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A parameter of a path that can be listed: its name, and what it can be whatever the packages hold."""

    name: str
    values: Callable[[], Sequence[str]]
    of: Callable[[Report], Sequence[str]] | None = None
    """What it can be of one report, where that depends on the forms of its tables."""


# Frozen, and so hashable: the catalogue keeps what is the same for all files of a route under it. Typed by what it is about, so
# that mypy refuses a maker of report files for an agency's folder.
@dataclass(frozen=True, slots=True)
class Route(Generic[About]):
    """One kind of file. `make` makes it from a folder (`folder.Folder`); the manifest has none, for it is made by what writes all others.

    Parameters of the path stand in braces; `name` is that of a file that repeats its folder's, such as `<agency>-<year>`. Its
    words are `route_<id>` in `locales/pages-catalogue.yml`, where their order is that of the files on every list.
    """

    id: str
    path: str
    media: str
    make: Callable[[About], Made] | None
    schema: str = ""
    """Name of its JSON Schema, empty where it has none."""
    choice: Choice | None = None
    """The parameter that can be listed; `make` then returns a file for each of its values."""
    lacks: Callable[[], str | None] | None = None
    """Returns the key of the label that says which library is missing, or None if it is there. Not set for a file that needs none."""
    portal: int = 0
    """Place among the distributions of a dataset in the catalogue (DCAT), from 1; 0 for a file that is no distribution, such as an index."""
    searched: bool = False
    """Whether search engines are told of it as a distribution (schema.org), too."""
    listed: bool = True
    """Whether it is data, of which descriptions and lists tell."""

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the parameters of its path, in their order."""
        return tuple(part.partition("}")[0] for part in self.path.split("{")[1:])

    @property
    def subject(self) -> Subject:
        """What the file is about, which its parameters say."""
        own = {"agency", "year", "indicator"} & set(self.parameters)
        # Read off the path, so that path and subject cannot disagree; the order is `_SUBJECTS`', in which no two have the same
        # parameters.
        return next((subject for subject, (_, named) in _SUBJECTS.items() if own == named), "site")

    @property
    def folder(self) -> str:
        """Folder that the file is made with, with its parameters."""
        subject = self.subject
        # What is about the site stands in several folders, and each is made and let go by itself.
        return _SUBJECTS[subject][0] if subject != "site" else self.path[: self.path.rfind("/") + 1]

    def filled(self, **values: object) -> str:
        """Path with its parameters filled in."""
        return self.path.format(**values)


AnyRoute = Route[Any]
