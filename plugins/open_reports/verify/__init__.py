"""Verify: a published copy against its hashes, its schemas and its rules, by anyone, without the repository.

Three questions, each asked of every file, and every deviation told at once. Is it, byte for byte, what the manifest states?
Can the packages be read, by the gate and by frictionless, as on the day they were published? Is every other file what the
packages give: they are put together again in a temporary folder, checked anew, and everything is made of them again.

What no copy can prove of itself is that nobody made all of it anew from changed packages. The manifest's hash, which is the
last word of the verdict, is therefore worth publishing elsewhere.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from open_reports import corpus, gate
from open_reports.copies import Copy, CopyError, ZipCopy, open_copy, told
from open_reports.document import json_bytes, shown
from open_reports.errors import DocumentError, OpenReportsError
from open_reports.files import manifest, package
from open_reports.files.report import report_json
from open_reports.finding import DataError
from open_reports.report import DESCRIPTOR, judge, possible_files, read
from open_reports.text import LANGUAGES, Text
from open_reports.verify.comparison import PACKED, Difference, Rewritten, Unknown, difference

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping

    from open_reports.corpus import Corpus
    from open_reports.files.manifest import Entry, Manifest
    from open_reports.finding import Finding
    from open_reports.report import Report

DATA_FOLDERS = (f"{corpus.PACKAGES}/", "data/")
"""Folders of a site in which nothing stands but pages and files that the manifest names."""
PAGE = "index.html"
RECORDED = frozenset({"data/successors.json"})
"""Files made of the record of releases rather than of packages: of them, a copy can be held against their hashes alone."""
_BESIDE = re.compile(
    r"(?:README|LICENSE|CITATION)[A-Za-z.-]*|[a-z0-9-]+-\d{4}\.[a-z.]+|report\.json|badge[a-z.]*\.svg|figures/[a-z_./]+|index\.html",
    re.ASCII,
)
"""Files that the site puts beside a package's own, in its folder or archive; any other does not belong there."""
_LIKELY = 1000
"""Bytes from which packed data of two versions of zlib can be told apart."""


class Deviation(NamedTuple):
    """One way in which a copy is not what it should be: the file, and a sentence with what was expected and found."""

    file: str
    code: str
    says: Text

    def text(self, language: str = "zh") -> str:
        """One line for a terminal."""
        gap = ": " if language == "en" else "："
        return f"{self.file}{gap}{self.says[language]}" if self.file else self.says[language]

    def __str__(self) -> str:
        return self.text("en")


@dataclass(kw_only=True)
class Verdict:
    """What became of a verification: `deviations`, and `notes` on what could not be verified or is of another version.

    `files`, `packages` and `size` (in bytes) count what was read; `hash` is the manifest's, empty where there is none.
    """

    copy: str
    deviations: list[Deviation] = field(default_factory=list)
    notes: list[Text] = field(default_factory=list)
    files: int = 0
    packages: int = 0
    size: int = 0
    hash: str = ""

    @property
    def passed(self) -> bool:
        """Whether no file deviates."""
        return not self.deviations

    def add(self, file: str, code: str, **values: object) -> None:
        """Note a deviation."""
        self.deviations.append(Deviation(file, code, told(code, **values)))

    def fault(self, error: CopyError) -> None:
        """Note what a copy refused."""
        self.deviations.append(Deviation(error.file, error.code, error.says))

    def named(self) -> frozenset[str]:
        """Every file that deviates."""
        return frozenset(each.file for each in self.deviations)

    def summary(self, language: str = "zh") -> str:
        """Return the last line: passed or not, how much was read, and the hash to compare with one published elsewhere."""
        counts = {"copy": self.copy, "files": f"{self.files:,}", "packages": self.packages, "bytes": f"{self.size:,}"}
        if self.deviations:
            return told("verdict.failed", **counts, deviations=f"{len(self.deviations):,}")[language]
        stated = told("verdict.hash", hash=self.hash) if self.hash else Text(zh="", en="")
        return told("verdict.passed", **counts, hash=stated)[language].rstrip()

    def text(self, language: str = "zh") -> str:
        """Every deviation, every note, the summary, a line each."""
        lines = [each.text(language) for each in self.deviations]
        return "\n".join([*lines, *(each[language] for each in self.notes), self.summary(language)]) + "\n"


def verify(where: str | os.PathLike[str]) -> Verdict:
    """Verify a published copy: a site or an export, in a folder, a zip or at an http(s) address; or one report's, one agency's.

    Whatever is wrong, the network or the archive included, is told in the verdict; nothing is raised.
    """
    verdict = Verdict(copy=str(where))
    try:
        with open_copy(where) as copy:
            if copy.has(manifest.PATH):
                _Whole(copy, verdict).verify()
            else:
                _parts(copy, verdict)
    except CopyError as error:
        verdict.fault(error)
    except DocumentError as error:
        verdict.add(manifest.PATH, "manifest.broken", found=error.values.get("found", error.code))
    return verdict


# -- a whole copy, with a manifest ------------------------------------------------------------------------------------------


class _Whole:
    """Verifies a copy that has a manifest; lives for one call."""

    def __init__(self, copy: Copy, verdict: Verdict) -> None:
        self.copy = copy
        self.verdict = verdict
        self.found: dict[str, Entry] = {}
        """Every listed file that is whole, as found."""
        self.stated: Manifest

    def verify(self) -> None:
        data = self.copy.read(manifest.PATH, manifest.MOST_BYTES)
        stated = manifest.parse(data)
        self.stated = stated.manifest
        self.verdict.hash = stated.hash
        self.verdict.files, self.verdict.size = 1, len(data)
        self._of_manifest(data, stated.hash)
        with TemporaryDirectory() as below:
            self._hashes(Path(below))
            self._extras()
            # What was changed itself says nothing about what was made of it: it would only be blamed for everything.
            wanted = {manifest.PATH, *corpus.sources(self.stated.entries)}
            if wanted & self.verdict.named():
                self.verdict.notes.append(told("note.skipped"))
            elif made := self._packages(Path(below)):
                self._made(made)
            self.verdict.packages = sum(path.endswith(f"/{DESCRIPTOR}") for path in corpus.sources(self.found))

    def _of_manifest(self, data: bytes, stated: str) -> None:
        if self.stated.hash != stated:
            self.verdict.add(manifest.PATH, "manifest.hash", expected=stated, found=self.stated.hash)
        elif (spelt := self.stated.finish()) != data:
            self.verdict.add(manifest.PATH, "manifest.spelling", found=_first_byte(spelt, data))

    def _hashes(self, below: Path) -> None:
        packages = set(corpus.sources(self.stated.entries))

        def look(item: tuple[str, Entry]) -> Entry | CopyError:
            path, stated = item
            try:
                if path not in packages:
                    return self.copy.look(path, stated.size)
                content = self.copy.read(path, min(corpus.most(path), stated.size))
                corpus.save(path, content, below)
                return manifest.Entry.of(content)
            except CopyError as error:
                return error

        for (path, stated), found in zip(self.stated.entries.items(), self.copy.each(look, self.stated.entries.items()), strict=True):
            if isinstance(found, CopyError):
                if found.code == "web.unreachable":  # nor will the next file be reached
                    raise found
                self.verdict.fault(found)
            elif found.size != stated.size:
                self.verdict.add(path, "file.size", expected=f"{stated.size:,}", found=f"{found.size:,}")
            elif found.hash != stated.hash:
                self.verdict.add(path, "file.hash", expected=stated.hash, found=found.hash)
            else:
                self.found[path] = found
            if not isinstance(found, CopyError):
                self.verdict.files += 1
                self.verdict.size += found.size

    def _extras(self) -> None:
        paths = self.copy.paths()
        if paths is None:
            return
        listed = {manifest.PATH, *self.stated.entries}
        folders = {path.rpartition("/")[0] for path in listed} - {""}

        def among_data(path: str) -> bool:
            return path.startswith(DATA_FOLDERS) or path.rpartition("/")[0] in folders

        for path in sorted(path for path in paths - listed if among_data(path) and not _page(path)):
            self.verdict.add(shown(path, 300), "file.extra")
        for fault in self.copy.faults:
            if among_data(fault.file) or any(f"{folder}/".startswith(f"{fault.file}/") for folder in (*DATA_FOLDERS, *folders)):
                self.verdict.fault(fault)
        if any(map(_page, paths)):
            self.verdict.notes.append(told("note.pages"))

    def _packages(self, below: Path) -> Corpus | None:
        """Read and check the packages of the copy; None where they have errors, which are told."""
        try:
            return corpus.checked(below, place=self.stated.packages)
        except DataError as error:
            for each in error.findings:
                self.verdict.deviations.append(_of_finding(each, f"{self.stated.packages}/", f"{corpus.PACKAGES}/"))
            return None

    def _made(self, made: Corpus) -> None:
        """Make everything again, and compare."""
        same_version = self.stated.made_by == manifest.maker()
        if not same_version:
            self.verdict.notes.append(told("note.version", found=self.stated.made_by, expected=manifest.maker()))
        comparing = _Comparing(self.copy, self.verdict, self.stated, self.found, exact=same_version)
        try:
            publication = made.publish(site=self.stated.site)
            for path, data in sorted_files(publication.data_files()):
                comparing.compare(path, data)
        except CopyError as error:
            self.verdict.fault(error)
            return
        except OpenReportsError as error:  # a site's address that none can be published at, say
            self.verdict.add(manifest.PATH, "package.absent", found=str(error))
            return
        comparing.finish()


def _page(path: str) -> bool:
    return path == PAGE or path.endswith(f"/{PAGE}")


def sorted_files(files: Iterable[tuple[str, bytes]]) -> Iterable[tuple[str, bytes]]:
    """Hand on files as they come, but the corpus' own (all in `data/`) with those first that others list with their hashes."""
    own = []
    for path, data in files:
        if path.startswith("data/") and not path.endswith(PACKED):
            own.append((path, data))
        else:
            yield path, data
    yield from own


class _Comparing:
    """Compares files as made again with those of a copy; gathers what is only worth a note."""

    def __init__(self, copy: Copy, verdict: Verdict, stated: Manifest, found: Mapping[str, Entry], *, exact: bool) -> None:
        self.copy = copy
        self.verdict = verdict
        self.stated = stated.entries
        self.found = found
        self.exact = exact
        self.rewritten = Rewritten()
        self.seen: set[str] = set()
        self.notes: dict[str, list[str]] = {"note.packed": [], "note.hash_only": [], "note.not_there": []}

    def compare(self, path: str, data: bytes) -> None:
        """Compare one file."""
        self.seen.add(path)
        if path not in self.stated:
            # An optional part may not have been installed where the copy was made, and another version may make more.
            if self.exact and not path.endswith(PACKED):
                self.verdict.add(path, "made.missing")
            else:
                self.notes["note.not_there"].append(path)
            return
        found = self.found.get(path)
        made = manifest.Entry.of(data)
        if found is None or found == made:  # what is missing or was changed has been told
            return
        if path in RECORDED:
            self.notes["note.hash_only"].append(path)
            return
        content = self.copy.read(path, found.size)
        # The same version makes the same keys and columns; only what it states of files that were packed otherwise differs.
        outcome = difference(path, data, content, self.rewritten, whole=self.exact)
        if self._lists_others(path, data, content):
            self.notes["note.hash_only"].append(path)
        elif isinstance(outcome, Difference):
            self.verdict.add(path, "made.differs", place=outcome.place, expected=outcome.expected, found=outcome.found)
        elif path.endswith(PACKED):
            self.rewritten.add(made, found)
            self.notes["note.hash_only" if isinstance(outcome, Unknown) else "note.packed"].append(path)
        elif self.exact and not (outcome is None and self.rewritten):
            self.verdict.add(path, "made.spelling", place=_first_byte(data, content))
        elif isinstance(outcome, Unknown):
            self.notes["note.hash_only"].append(path)

    def _lists_others(self, path: str, *contents: bytes) -> bool:
        """Whether a file of the corpus speaks of files of a kind that only the copy, or only this machine, can have made.

        Its catalogue then lists other files than the one made here, and no wonder.
        """
        if not path.startswith("data/") or path.endswith((*PACKED, ".csv")):
            return False
        kinds = ({each for each in PACKED if any(path.endswith(each) for path in paths)} for paths in (self.stated, self.seen))
        return any(kind.encode() in content for kind in set.symmetric_difference(*kinds) for content in contents)

    def finish(self) -> None:
        """Tell of files that nothing gives, and of what could not be compared."""
        for path in self.stated:
            if path not in self.seen and path in self.found and path not in RECORDED:
                if self.exact and not path.endswith(PACKED):
                    self.verdict.add(path, "made.unknown")
                else:
                    self.notes["note.hash_only"].append(path)
        self.verdict.notes += [told(code, count=f"{len(paths):,}", found=paths[0]) for code, paths in self.notes.items() if paths]


# -- one report, or one agency --------------------------------------------------------------------------------------------


def _parts(copy: Copy, verdict: Verdict) -> None:
    """Verify a copy that has no manifest: a package, or the packages of an agency, each against what it states itself."""
    alone = copy.has(DESCRIPTOR)
    paths = copy.paths() or frozenset()
    # A year is a package if any of its files is there: one whose descriptor is gone must not pass for something else.
    folders = [""] if alone else sorted({match[1] for path in paths if (match := _of_a_year().fullmatch(path))})
    if not alone and not any(f"{folder}{DESCRIPTOR}" in paths for folder in folders):
        raise CopyError("", "copy.unlike")
    for fault in copy.faults:
        verdict.fault(fault)
    verdict.notes.append(told("note.part"))
    beside: list[str] = []
    for folder in folders:
        beside += _package(copy, verdict, folder)
    beside += sorted(path for path in paths if not any(path.startswith(folder) for folder in folders) and not _page(path))
    if beside:
        verdict.notes.append(told("note.beside", count=f"{len(beside):,}", found=beside[0]))


@cache
def _of_a_year() -> re.Pattern[str]:
    """File of a package in the folder of its agency, by the folder of its year."""
    return re.compile(rf"(\d{{4}}/)(?:{'|'.join(map(re.escape, possible_files()))})", re.ASCII)


def _package(copy: Copy, verdict: Verdict, folder: str) -> list[str]:
    """Verify one package; returns the files beside it that nothing here can be held against."""
    paths = copy.paths()
    # Where nothing tells which files there are, as on the web, each that some form asks for is tried.
    inside = set(possible_files()) if paths is None else {path.removeprefix(folder) for path in paths if path.startswith(folder)}
    beside = {path for path in inside if _BESIDE.fullmatch(path)}
    verdict.packages += 1
    with TemporaryDirectory() as below:
        files = _fetch(copy, verdict, folder, sorted(inside - beside), Path(below))
        if DESCRIPTOR not in files:
            if f"{folder}{DESCRIPTOR}" not in verdict.named():
                verdict.add(f"{folder}{DESCRIPTOR}", "copy.missing")
            return sorted(f"{folder}{path}" for path in beside)
        try:
            stated = _described(files[DESCRIPTOR])
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            verdict.add(f"{folder}{DESCRIPTOR}", "package.name", found=shown(str(error)))
            return sorted(f"{folder}{path}" for path in beside)
        for path, entry in stated.files.items():
            if path in files and (found := manifest.Entry.of(files[path])) != entry:
                verdict.add(f"{folder}{path}", "file.hash", expected=entry.hash, found=found.hash)
        known = verdict.named()
        # In the folder of an agency, that of a year says which report it should be.
        reading = read(Path(below), "", agency=stated.agency, year=int(folder[:-1]) if folder else stated.year)
    faults = [*reading.findings, *(judge([reading.report]) if reading.report else ())]
    told_before = {"meta.hash"} if known else set()  # the file itself is named, rather than the line that states its hash
    verdict.deviations += [
        said for each in faults if (said := _of_finding(each, "/", folder)).file not in known and said.code not in told_before
    ]
    if reading.report is not None and "report.json" in beside:
        _report_json(copy, verdict, f"{folder}report.json", reading.report)
        beside.remove("report.json")
    if reading.report is not None and isinstance(copy, ZipCopy) and not folder:
        _packing(copy, verdict, reading.report)
    return sorted(f"{folder}{path}" for path in beside if path != PAGE)


def _fetch(copy: Copy, verdict: Verdict, folder: str, names: Iterable[str], below: Path) -> dict[str, bytes]:
    """Put the files of a package into a folder; returns those that could be read."""
    files = {}
    for path in names:
        try:
            data = copy.read(f"{folder}{path}", corpus.most(path))
        except CopyError as error:
            if error.code == "web.unreachable":
                raise
            if error.code != "copy.missing":  # what is missing is told when the package is read
                verdict.fault(error)
            continue
        verdict.files += 1
        verdict.size += len(data)
        file = below / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        files[path] = data
    return files


class _Described(NamedTuple):
    """Whose package it is, by its descriptor, and what this states of its files."""

    agency: str
    year: int
    files: Mapping[str, Entry]


def _described(descriptor: bytes) -> _Described:
    """Read what is needed of a descriptor. Raises `ValueError`, `KeyError` or `TypeError` where it does not say whose it is."""
    value = json.loads(descriptor)
    agency, year = value["report"]["agency"], value["report"]["year"]
    if not isinstance(agency, str) or gate.slug_fault(agency) or not isinstance(year, int) or isinstance(year, bool):
        raise ValueError(shown([agency, year]))
    resources = [each for each in value.get("resources", ()) if isinstance(each, dict) and {"path", "bytes", "hash"} <= each.keys()]
    return _Described(agency, year, {str(each["path"]): manifest.Entry(each["bytes"], str(each["hash"])) for each in resources})


def _report_json(copy: Copy, verdict: Verdict, path: str, report: Report) -> None:
    """Compare `report.json` with what the package gives, but for findings and indicators, which depend on other reports, too."""
    content = copy.read(path, manifest.MOST_BYTES)
    verdict.files += 1
    verdict.size += len(content)
    made = json.loads(report_json(report, ()), parse_float=Decimal)
    own = {key: value for key, value in made.items() if key not in {"findings", "indicators"}}
    outcome = difference(path, json_bytes(own), content, Rewritten())
    if isinstance(outcome, Difference):
        verdict.add(path, "made.differs", place=outcome.place, expected=outcome.expected, found=outcome.found)


def _packing(copy: ZipCopy, verdict: Verdict, report: Report) -> None:
    """Compare an archive, head by head, with the one that this site makes of the same files."""
    if copy.top != report.name:
        verdict.add("", "zip.folder", expected=report.name, found=copy.top)
        return
    found = copy.file.read_bytes()
    made = package.archive(report, {path: copy.read(path, manifest.MOST_BYTES) for path in copy.paths()})
    if made == found:
        return
    expected, stated = _packed(made), _packed(found)
    if expected.keys() != stated.keys() or all(expected[name] == stated[name] for name in expected):
        verdict.add("", "zip.structure", found=_first_byte(made, found))
        return
    wrong = [name for name in expected if expected[name] != stated[name]]
    if any(expected[name] == stated[name] for name in expected if len(expected[name]) >= _LIKELY):
        # The same zlib packed the other files, so these were not packed by another one.
        for name in wrong:
            verdict.add(name.partition("/")[2], "zip.packing", found=name)
    else:
        verdict.notes.append(told("note.packed", count=len(wrong), found=wrong[0]))


def _packed(data: bytes) -> dict[str, bytes]:
    """Packed data of every member of an archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as bundle:
        found = {}
        for info in bundle.infolist():
            head = info.header_offset
            start = (
                head + 30 + int.from_bytes(data[head + 26 : head + 28], "little") + int.from_bytes(data[head + 28 : head + 30], "little")
            )
            found[info.filename] = data[start : start + info.compress_size]
        return found


# -- words ------------------------------------------------------------------------------------------------------------


def _of_finding(each: Finding, place: str, folder: str) -> Deviation:
    """Tell a finding of a package by the file's path in the copy."""
    file = each.file or ""
    where = {language: each.where(language).removeprefix(file) for language in LANGUAGES}
    gaps = {"zh": "：", "en": ": "}
    says = {language: f"{where[language]}{gaps[language] if where[language] else ''}{each.problem(language)}" for language in where}
    return Deviation(f"{folder}{file.removeprefix(place)}", each.code, Text(zh=says["zh"].lstrip(), en=says["en"].removeprefix(", ")))


def _first_byte(one: bytes, other: bytes) -> int:
    """Position of the first byte that differs, counted from 1."""
    shorter = min(len(one), len(other))
    return next((at for at in range(shorter) if one[at] != other[at]), shorter) + 1
