"""Build: a site made as one transaction. It is checked first, written beside the site, and takes the site's place when it is whole.

A fault or a kill leaves the previous site as it was. Whoever drives a build, be it MkDocs or a test, makes a `Build`, opens it,
asks it for each page in turn, and finishes it, or lets it fail.
"""

from __future__ import annotations

import atexit
import gzip
import os
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from open_reports.checks.cache import Memory
from open_reports.checks.check import counts
from open_reports.checks.counting import together
from open_reports.checks.opening import OPEN, checked
from open_reports.checks.wording import whole
from open_reports.copies import signature
from open_reports.derived.doubt import remember
from open_reports.files.catalogue import routes
from open_reports.files.manifest import PATH, Manifest
from open_reports.finding import DataError
from open_reports.history import releases
from open_reports.pages import DATA
from open_reports.site.page_cache import PageCache
from open_reports.site.publish import publish
from open_reports.site.refused import sentence, told
from open_reports.site.staging import Staging
from open_reports.text import LANGUAGES, Words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from open_reports.checks.opening import Checked
    from open_reports.files.folder import Folder
    from open_reports.finding import Finding
    from open_reports.history.releases import Released
    from open_reports.library import Library
    from open_reports.pages import Page
    from open_reports.site.publish import Publication
    from open_reports.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a build is told.

    `packages` and `record` are the folders of packages and of the record of releases, `base` the folder from which findings
    name files; `target` is where the site is to stand, `site` its address, or empty; `problem` where a reader reports a mistake;
    `strict` refuses discrepancies that nobody explains; a `preview` is written in place, holds nothing against the record, and
    shows the last good state while the data have errors; `cache` names the project whose finished pages are kept, empty for none;
    `held` keeps other builds away after this one has finished, until the process ends or `close` is called, for whoever reads the site then.
    """

    packages: Path
    base: Path
    record: Path
    target: Path
    site: str = ""
    problem: str = ""
    strict: bool = False
    preview: bool = False
    cache: str = ""
    held: bool = False


class Build:
    """One build of a site.

    `folder` is where it is written, until it is finished; `before` are the packages as an earlier build of a preview found them
    good. After `open`, `data` are the packages that are shown, and `broken` the errors for which those on disk are not. After `finish`,
    `unsigned` tells whether the site before had a signature that is none of this one.
    `waiting` is told where another build of the same folder has to be waited for. Raises `FolderError` where the folder cannot be
    renewed: then, and only then, is there nothing to fail.
    """

    def __init__(self, settings: Settings, before: Checked | None = None, *, waiting: Callable[[str], None] = lambda _: None) -> None:
        self.settings = settings
        kept = (settings.base, settings.packages, settings.record)
        self._staging = None if settings.preview else Staging(settings.target, holds=kept, waiting=waiting)
        self.folder = self._staging.folder if self._staging else settings.target
        self.data = before
        self.broken: tuple[Finding, ...] = ()
        self.unseen: Text | None = None
        """Why the record of releases could not be held against all of its past."""
        self.unsigned = False
        self._released: Released | None = None
        self._publication: Publication | None = None
        self._unwritten: dict[str, Folder] = {}
        self._turns: Mapping[str, str] = {}
        self._manifest = Manifest()
        self._cache = PageCache(settings.cache) if settings.cache else None

    def open(self) -> Publication:
        """Read and check every package, hold them against the record of releases, and say what the site will consist of.

        Raises `DataError` with every error, `PermanenceError` with every released figure that changed in silence.
        """
        settings = self.settings
        place = _place(settings.packages, settings.base)
        try:
            found = checked(
                settings.packages,
                place=place,
                strict=settings.strict,
                waiting=settings.preview,
                memory=Memory(f"build {settings.packages.resolve()}"),
            )
            self._released = releases.read(settings.record)
            # A preview shows a draft: only what is to be published must agree with what was released.
            if not settings.preview:
                self._hold(found.library, self._released)
            # Settled where it is seen: each open cell has its finding below the line, with what the original has there.
            self.broken = tuple(each for each in found.findings if each.code in OPEN)
            remember(found.library, found.findings)
            self.data = found
        except DataError as error:
            # A preview that goes silent while a clerk types would be worse than one that says what is wrong.
            if not settings.preview or self.data is None:
                raise
            self.broken = error.findings
        site = settings.site if settings.site.endswith("/") or not settings.site else f"{settings.site}/"
        data = self.data
        made = publish(data.library, data.findings, passed=data.passed, site=site, problem=settings.problem, released=self._released)
        self._publication = made
        self._unwritten = {folder.path: folder for folder in made.folders}
        self._turns = _turns(made.pages)
        self._manifest = Manifest(site=site, packages=data.place)
        return made

    def begin(self) -> None:
        """Make the files about the whole corpus, unless they are kept.

        First of all: a database takes room for a while, and now no theme and no page stands beside it (`benchmarks build`, line w:
        222 MB of 300 reports, 230 when made with the first page that tells its size).
        """
        for folder in self._publication.folders if self._publication else ():
            if not folder.key or (folder.path == DATA and not (self._cache and self._cache.holds(folder))):
                folder.files()

    def _hold(self, library: Library, released: Released) -> None:
        """See that nothing that was released changed in silence, nor the record of it. Raises `PermanenceError`."""
        past = releases.looked(self.settings.record)
        self.unseen = past.lacking
        if broken := [*releases.breaches(library, released), *releases.kept(library, released, past.past)]:
            raise releases.PermanenceError(broken)

    def checks(self, language: str) -> str:
        """How many checks there were and what became of them: the line with which `check` ends."""
        assert self.data is not None  # noqa: S101 (it was opened)
        return whole(self.data.findings, together(self.data.passed.values()), language)

    @property
    def pages(self) -> tuple[Page, ...]:
        """Every page that the site will have."""
        return self._publication.pages if self._publication else ()

    def page(self, page: Page) -> str:
        """Return the HTML of a page; where it is the last that asks for a folder of data files in turn, these are written."""
        html = self._cache.html(page) if self._cache else page.build()
        # Now, for the page has just asked for their sizes: nothing is made twice, and no more than one folder is held.
        if page.path in self._turns and (folder := self._unwritten.pop(self._turns[page.path], None)):
            self._write_folder(folder)
        return html

    def finish(self, *, publish: bool) -> Path:
        """Write what stands in no page's folder, and put the site in its place, unless it is not to be published; return its folder.

        Raises `PermanenceError` where an address that was released is gone.
        """
        assert self._publication is not None  # noqa: S101 (it was opened)
        for folder in self._unwritten.values():
            self._write_folder(folder)
        self._unwritten = {}
        for path, data in self._publication.redirects:
            _write(self.folder / path, data)
        _write(self.folder / PATH, self._manifest.finish())
        if not self.settings.preview:
            self.unsigned = signature.carried(self.settings.target, self.folder) is False
        sitemap = self.folder / "sitemap.xml"
        if sitemap.is_file():  # MkDocs packs it with the time of the build inside
            _write(sitemap.with_suffix(".xml.gz"), gzip.compress(sitemap.read_bytes(), mtime=0))
        if self._released and not self.settings.preview and (gone := releases.lost(self._released, self._standing())):
            raise releases.PermanenceError(gone)
        self._publication = None
        # Only a whole build has asked for every page: what it did not ask for, the site no longer has.
        if self._cache:
            self._cache.sweep()
        if publish and self._staging:
            self._staging.publish()
            self.folder = self.settings.target
            if self.settings.held:
                atexit.register(self.close)
            else:
                self.close()
        return self.folder

    def fail(self) -> None:
        """Leave nothing behind of a build that failed, or was stopped; a finished one stays."""
        # A preview is written in place: nothing stands beside it.
        if self._staging and self.folder == self._staging.folder:
            self._staging.discard()

    def close(self) -> None:
        """Let other builds in."""
        if self._staging:
            self._staging.close()

    def refused(self, error: OSError) -> str:
        """What the system refused, in a sentence of both languages."""
        site = str(self.settings.target)
        # Nobody knows the folder in which a build works: what counts is what the site would have had there.
        if isinstance(error.filename, str) and error.filename.startswith(str(self.folder)):
            error.filename = site + error.filename.removeprefix(str(self.folder))
        said = told(error, site)
        return said if self.settings.preview else f"{said}\n{sentence('disk_kept')}"

    def _write_folder(self, folder: Folder) -> None:
        files: Mapping[str, bytes] = self._cache.files(folder) if self._cache else folder.files()
        for name, data in files.items():
            self._manifest.add(f"{folder.path}{name}", data)
            _write(self.folder / folder.path / name, data)
        folder.let_go()

    def _standing(self) -> frozenset[str]:
        """Every path of the finished site. Outputs whose library is not installed count as present: the build tells of them elsewhere."""
        files = frozenset(releases.written(self.folder))
        if self._publication is None or self.data is None or not self._publication.lacking:
            return files
        optional = routes.optional()
        return files | {path for path, route in routes.routes().paths(self.data.library) if route.id in optional}


def _turns(pages: Sequence[Page]) -> dict[str, str]:
    """Which folder is written with which page: its own, or the twin of that where it follows at once.

    Both ask for the same files, and for much that is the same in both languages (`Folder.once`), as long as the folder is held.
    """
    found: dict[str, str] = {}
    for page, after in zip_longest(pages, pages[1:]):
        if page.path == page.here.path:
            found[after.path if after and after.here.path == page.path else page.path] = page.path
    return found


def _place(packages: Path, base: Path) -> str:
    """How findings name the folder of the packages: from the project's, or by its name alone where it lies elsewhere."""
    try:
        place = os.path.relpath(packages, base).replace(os.sep, "/")
    except ValueError:  # another drive of Windows, to which no relative path leads
        return packages.name
    return packages.name if place.startswith("..") else place


def refusal(error: DataError) -> str:
    """Message of a build that publishes nothing because of errors in the data: each error, their number, what to do."""
    return f"{error}\n{summary(error.findings)}"


def summary(findings: tuple[Finding, ...]) -> str:
    """Return what follows the list of errors: how many, and that nothing was published."""
    count = counts(findings)
    told = []
    for language in LANGUAGES:
        w = Words(language)
        numbers = {"build_errors": count["error"], "build_unexplained": count["discrepancy"]}
        parts = [w(key, count=number) for key, number in numbers.items() if number]
        told.append(w("build_refused", faults=w("build_and").join(parts)))
    return " / ".join(told)


def _write(path: Path, data: bytes) -> None:
    # Tried first: a folder of many files is made once, and asked for never again.
    try:
        path.write_bytes(data)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
