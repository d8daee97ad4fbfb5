"""Kinds of data file that a site has, each with what was measured of real ones: what the page of the data lists."""

from __future__ import annotations

import io
import zipfile
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from open_reports.charts import definitions
from open_reports.files.database import counts
from open_reports.files.snippets import featured
from open_reports.form import forms
from open_reports.pages.frame import size_words
from open_reports.report import file_hash
from open_reports.text import words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from open_reports.files.folder import Folder, Sources
    from open_reports.files.route import AnyRoute as Route
    from open_reports.pages.frame import Here
    from open_reports.text import Words

_LINES, _WIDTH, _MEMBERS = 3, 240, 12
"""Lines of a file, and characters of each, that are shown of it."""
_SCRIPTS_OWN = ("search/", "compare/")
"""Folders of files that the site's own scripts read: they are named without facts, for they cost as much as all others."""
_READ = 4096
"""Bytes of a file that are looked at for its first lines."""


class Facts(NamedTuple):
    """What was measured of a file: bytes, SHA-256, rows (None where that says nothing), its first lines or the names inside it."""

    size: int
    hash: str
    rows: int | None
    head: str


class Sample(NamedTuple):
    """One file of the site: its path, what its parameter that can be listed is called, its facts."""

    path: str
    choice: str
    facts: Facts


class DataFiles:
    """Kinds of data file that a site has, each with one real file or more: measured once, told by the pages of both languages.

    `folders` are those of the site, by path; of each kind of subject one is measured: the agency with most reports, its latest
    report, the year with fewest. `pages` are the paths of the pages below their language's home; `lacking` the keys of the
    labels of what was left out.
    """

    def __init__(self, sources: Sources, folders: Mapping[str, Folder], pages: Collection[str], lacking: Sequence[str] = ()) -> None:
        self.sources = sources
        self.library = sources.library
        self.routes = sources.routes
        self.lacking = lacking
        # The agency with most reports: its files show what there can be in one.
        self.agency = featured(self.library)
        self._folders = folders
        self._pages = pages

    @cached_property
    def paths(self) -> frozenset[str]:
        """Files about the site as a whole, and pages below their language's home."""
        return frozenset([*(route.path for route in self.routes if not route.parameters), *self._pages])

    @cached_property
    def samples(self) -> Mapping[str, tuple[Sample, ...]]:
        """Real files of each kind by the id of its route; a kind of which the site has none is left out."""
        # By folder, for the files of a folder are made together, and each of these is made only once.
        by_folder: dict[str, list[Route]] = {}
        for route in self.routes:
            by_folder.setdefault(self._folder_of(route), []).append(route)
        measured = {
            route.id: samples
            for path, routes in by_folder.items()
            if path in self._folders and not path.endswith(_SCRIPTS_OWN)
            for route, samples in self._measured(self._folders[path], routes)
            if samples
        }
        found = {route.id: measured[route.id] for route in self.routes if route.id in measured}
        for made, source in (("parquet", "observations_csv"), ("agency_parquet", "agency_csv")):
            if made in found:  # made of the same rows
                rows = found[source][0].facts.rows
                found[made] = tuple(each._replace(facts=each.facts._replace(rows=rows)) for each in found[made])
        return found

    def _measured(self, folder: Folder, routes: Sequence[Route]) -> Iterator[tuple[Route, tuple[Sample, ...]]]:
        # Borrowed, so that files do not stay in memory for having been measured.
        with folder.borrowed() as made:
            files = {f"{folder.path}{name}": data for name, data in made.items()}
            for route in routes:
                known = [(path, choice) for path, choice in self._paths_of(route) if path in files]
                yield route, tuple(Sample(path, choice, _facts(path, route.media, files[path])) for path, choice in known)

    def _folder_of(self, route: Route) -> str:
        """Folder of a route's samples."""
        return route.folder.format(**self._subjects()[_about(route)])

    def _subjects(self) -> Mapping[tuple[str, ...], dict[str, object]]:
        """What the samples are about, by the parameters of a route that say whose file it is; `name` as files repeat it."""
        indicator = next(iter(forms().indicators))
        # A year's files hold every report of it: the smallest shows as much as the largest, at the least cost.
        year = min(self.library.years, key=lambda each: len(self.library.of_year(each)), default=0)
        latest = [
            {"agency": report.agency, "year": report.year, "name": report.name} for report in self.library.of_agency(self.agency)[-1:]
        ]
        return {
            ("agency", "year"): latest[0] if latest else {"agency": "", "year": 0, "name": ""},
            ("agency",): {"agency": self.agency, "name": self.agency},
            ("year",): {"year": year, "name": year},
            ("indicator",): {"indicator": indicator, "name": indicator},
            (): {},
        }

    def _paths_of(self, route: Route) -> Iterator[tuple[str, str]]:
        """Paths of a route's samples, each with the choice of its parameter that can be listed."""
        known, values = self.routes.choices(), self._subjects()[_about(route)]
        listed = [each for each in route.parameters if each not in values]
        for chosen in product(*(known[each] for each in listed)):
            yield route.filled(**values, **dict(zip(listed, chosen, strict=True))), "".join(chosen)


def _about(route: Route) -> tuple[str, ...]:
    """Parameters of a route that say whose file it is."""
    return tuple(each for each in ("agency", "year", "indicator") if each in route.parameters)


def _facts(path: str, media: str, data: bytes) -> Facts:
    return Facts(len(data), file_hash(data), _rows(path, data), _head(path, media, data))


def _rows(path: str, data: bytes) -> int | None:
    """Rows of a CSV file without its head, entries of a JSON array; None for what has neither."""
    if path.endswith(".csv"):
        # A line break within quotes belongs to a cell; quotes split the text into what stands outside and inside by turns.
        return sum(part.count(b"\n") for part in data.split(b'"')[::2]) - 1
    if path.endswith(".json") and data.startswith(b"["):
        # Entries begin at the margin or one space in, as the files are written; nothing else can, for texts have no line breaks.
        return max(data.count(b"\n{"), data.count(b"\n {"))
    return None


def _head(path: str, media: str, data: bytes) -> str:
    """Return the first lines of a text, as they stand there; of an archive or a database what is inside."""
    # Bytes of a database or an archive say nothing to a reader; the names of what is inside do.
    if path.endswith(".sqlite"):
        return "\n".join(f"{name} {count}" for name, count in counts(data).items())
    if path.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(data)) as bundle:
            return "\n".join(bundle.namelist()[:_MEMBERS])
    if not media.startswith(("text/", "application/x-")) and not media.endswith(("json", "atom+xml")):
        return ""
    # Cut at a byte, so the last character may be half of one; Excel's byte order mark would be an invisible character.
    lines = data[:_READ].decode(errors="ignore").lstrip("\ufeff").splitlines()
    few = [line for line in lines if line.strip()][: _LINES if path.endswith(".csv") else 2 * _LINES]
    return "\n".join(line if len(line) <= _WIDTH else f"{line[:_WIDTH]}…" for line in few)


# -- how they are shown -------------------------------------------------------------------------------------------------


class FileView(NamedTuple):
    """One file: its link, what it is called, its facts in words, its hash."""

    href: str
    text: str
    facts: str
    hash: str


class KindView(NamedTuple):
    """A kind of file: its address, what it is, its files, the first lines of one of them."""

    id: str
    address: str
    says: str
    media: str
    one: bool
    files: tuple[FileView, ...]
    head: str
    head_label: str


def pattern(route: Route, w: Words) -> str:
    """Address of a kind of file below the site, words of a language in the place of its parameters."""
    names = {each: w(f"data_for_{each}") for each in route.parameters if each != "name"}
    return route.filled(**names, name="-".join(names[each] for each in _about(route)))


def kind_view(route: Route, samples: Sequence[Sample], here: Here) -> KindView:
    """What a page shows of a kind of file and of its samples; without samples only its address and what it is."""
    w = here.w
    one = not route.parameters
    files = tuple(
        FileView(
            href=here.file(each.path),
            text="" if one else " ".join(filter(None, (each.path.rpartition("/")[2], _choice(each.choice, w)))),
            facts=_facts_words(each, w),
            hash=each.facts.hash.removeprefix("sha256:"),
        )
        for each in samples
    )
    head = next((each.facts.head for each in samples if each.facts.head), "")
    inside = route.media.endswith(("zip", "sqlite3"))
    label = w("data_inside") if inside else w("data_head")
    return KindView(route.id, pattern(route, w), _says(route, w), route.media, one, files, head, label)


def _says(route: Route, w: Words) -> str:
    """What a kind of file is; one that this page does not know has at least the words of the catalogue."""
    return w(f"data_is_{route.id}" if f"data_is_{route.id}" in words() else f"route_{route.id}")


def _facts_words(sample: Sample, w: Words) -> str:
    facts = sample.facts
    if facts.rows is None:
        return size_words(facts.size, w)
    kind = "item" if sample.path.endswith(".json") else "row"
    rows = w(f"data_{kind}s", rows=f"{facts.rows:,}")
    return f"{rows}{w('comma')}{size_words(facts.size, w)}"


def _choice(choice: str, w: Words) -> str:
    """What a table or chart is called; nothing for what is known by its file's name."""
    common = forms().common
    titles = {each.id: each.title for each in (common.overview, common.notes)}
    titles |= {table: forms().printing(table)[-1].title for table in forms().tables}
    titles |= {each.id: each.title for each in definitions() if each.id not in titles}
    return titles[choice][w.language] if choice in titles else ""
