"""Parts of a site: one report's package or archive, or the packages of one agency, each against what it states itself."""

from __future__ import annotations

import io
import json
import re
import zipfile
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from open_reports import corpus, gate
from open_reports.copies import GONE, Copy, CopyError, ZipCopy, message
from open_reports.document import json_bytes, shown
from open_reports.files import manifest, package
from open_reports.files.report import report_json
from open_reports.report import DESCRIPTOR, judge, possible_files, read
from open_reports.verify import line_ends, overlay
from open_reports.verify.comparison import Difference, Rewritten, difference, first_byte
from open_reports.verify.verdict import Verdict, of_finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from open_reports.files.manifest import Entry
    from open_reports.report import Reading, Report

PAGE = "index.html"
"""A page of the site, which no manifest lists."""
_BESIDE = re.compile(
    r"(?:README|LICENSE|CITATION)[A-Za-z.-]*|[a-z0-9-]+-\d{4}\.[a-z.]+|report\.json|report-tables[a-z.]*\.md|badge[a-z.]*\.svg|figures/[a-z_./]+|index\.html",
    re.ASCII,
)
"""Files that the site puts beside a package's own, in its folder or archive; any other does not belong there."""
_LIKELY = 1000
"""Bytes from which packed data of two versions of zlib can be told apart."""


def is_page(path: str) -> bool:
    """Whether a file of a site is a page, which no manifest lists."""
    return path == PAGE or path.endswith(f"/{PAGE}")


@cache
def _of_a_year() -> re.Pattern[str]:
    """File of a package in the folder of its agency, by the folder of its year."""
    return re.compile(rf"(\d{{4}}/)(?:{'|'.join(map(re.escape, possible_files()))})", re.ASCII)


def parts(copy: Copy, verdict: Verdict) -> None:
    """Verify a copy that has no manifest: a package, or the packages of an agency, each against what it states itself."""
    alone = copy.has(DESCRIPTOR)
    paths = copy.paths() or frozenset()
    # A year is a package if any of its files is there: one whose descriptor is gone must not pass for something else.
    folders = [""] if alone else sorted({match[1] for path in paths if (match := _of_a_year().fullmatch(path))})
    if not alone and not any(f"{folder}{DESCRIPTOR}" in paths for folder in folders):
        raise CopyError("", "copy.unlike")
    _strange(copy, verdict, folders, paths)
    verdict.notes.append(message("note.part"))
    beside: list[str] = []
    for folder in folders:
        beside += _package(copy, verdict, folder)
    beside += sorted(path for path in paths if not any(path.startswith(folder) for folder in folders) and not is_page(path))
    if beside:
        verdict.notes.append(message("note.beside", count=f"{len(beside):,}", found=beside[0]))


def _strange(copy: Copy, verdict: Verdict, folders: Iterable[str], paths: frozenset[str]) -> None:
    """Tell of links and the like, and of names that stand for others elsewhere."""
    for fault in copy.faults:
        verdict.fault(fault)
    own = {f"{folder}{name}" for folder in folders for name in possible_files()}
    overlay.tell(verdict, paths, own, overlay.folders_of(own))


def _package(copy: Copy, verdict: Verdict, folder: str) -> list[str]:
    """Verify one package; returns the files beside it that nothing here can be held against."""
    paths = copy.paths()
    inside = set(possible_files()) if paths is None else {path.removeprefix(folder) for path in paths if path.startswith(folder)}
    beside = {path for path in inside if _BESIDE.fullmatch(path)}
    verdict.packages += 1
    with TemporaryDirectory() as below:
        files = _fetch(copy, verdict, folder, sorted(inside - beside), Path(below))
        stated = _stated(files, verdict, folder)
        if stated is None:
            return sorted(f"{folder}{path}" for path in beside)
        known = verdict.named()
        # In the folder of an agency, that of a year says which report it should be.
        reading = read(Path(below), "", agency=stated.agency, year=int(folder[:-1]) if folder else stated.year)
    _judge(reading, verdict, folder, known)
    if reading.report is not None and "report.json" in beside:
        _report_json(copy, verdict, f"{folder}report.json", reading.report)
        beside.remove("report.json")
    if reading.report is not None and isinstance(copy, ZipCopy) and not folder:
        _packing(copy, verdict, reading.report)
    return sorted(f"{folder}{path}" for path in beside if path != PAGE)


def _stated(files: Mapping[str, bytes], verdict: Verdict, folder: str) -> _Described | None:
    """What the descriptor states, each file held against its hash; None where there is no descriptor to be read."""
    if DESCRIPTOR not in files:
        if f"{folder}{DESCRIPTOR}" not in verdict.named():
            verdict.add(f"{folder}{DESCRIPTOR}", "copy.missing")
        return None
    try:
        stated = _described(files[DESCRIPTOR])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        verdict.add(f"{folder}{DESCRIPTOR}", "package.name", found=shown(str(error)))
        return None
    other: list[str] = []
    for path, entry in stated.files.items():
        if path in files and (found := manifest.Entry.of(files[path])) != entry:
            if line_ends.converted(files[path], entry):
                other.append(f"{folder}{path}")
            else:
                verdict.add(f"{folder}{path}", "file.hash", expected=entry.hash, found=found.hash)
    line_ends.tell(verdict, other)
    return stated


def _judge(reading: Reading, verdict: Verdict, folder: str, known: frozenset[str]) -> None:
    """Add what the gate and frictionless say of a package, but for files of which something is said already."""
    faults = [*reading.findings, *(judge([reading.report]) if reading.report else ())]
    told_before = {"meta.hash"} if known else set()  # the file itself is named, rather than the line that states its hash
    for each in faults:
        said = of_finding(each, "/", folder)
        if said.file not in known and said.code not in told_before:
            verdict.deviations.append(said)


def _fetch(copy: Copy, verdict: Verdict, folder: str, names: Iterable[str], below: Path) -> dict[str, bytes]:
    """Put the files of a package into a folder; returns those that could be read."""
    files = {}
    for path in names:
        try:
            data = copy.read(f"{folder}{path}", corpus.most(path))
        except CopyError as error:
            if error.code in GONE:
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
    # A descriptor may say anything: the agency becomes part of names, and in Python `true` is a number.
    if not isinstance(agency, str) or gate.slug_fault(agency) or not isinstance(year, int) or isinstance(year, bool):
        raise ValueError(shown([agency, year]))
    resources = [each for each in value.get("resources", ()) if isinstance(each, dict) and {"path", "bytes", "hash"} <= each.keys()]
    return _Described(agency, year, {str(each["path"]): manifest.Entry(each["bytes"], str(each["hash"])) for each in resources})


def _report_json(copy: Copy, verdict: Verdict, path: str, report: Report) -> None:
    """Compare `report.json` with what the package gives, but for what depends on other reports, too: findings, checks, indicators."""
    content = copy.read(path, manifest.MOST_BYTES)
    verdict.files += 1
    verdict.size += len(content)
    made = json.loads(report_json(report, ()), parse_float=Decimal)
    own = {key: value for key, value in made.items() if key not in {"findings", "checks", "indicators"}}
    outcome = difference(path, json_bytes(own), content, Rewritten())
    if isinstance(outcome, Difference):
        verdict.add(path, "made.differs", place=outcome.place, expected=outcome.expected, found=outcome.found)


def _packing(copy: ZipCopy, verdict: Verdict, report: Report) -> None:
    """Compare an archive, head by head, with the one that this site makes of the same files."""
    # Archives of before, which readers keep, have a folder around the package, by its name.
    top = f"{copy.top}/" if copy.top else ""
    if copy.top not in {"", report.name}:
        verdict.add("", "zip.folder", expected=report.name, found=copy.top)
        return
    found = copy.file.read_bytes()
    made = package.archive({path: copy.read(path, manifest.MOST_BYTES) for path in copy.paths()}, top)
    if made == found:
        return
    expected, stated = _packed(made), _packed(found)
    if expected.keys() != stated.keys() or all(expected[name] == stated[name] for name in expected):
        verdict.add("", "zip.structure", found=first_byte(made, found))
        return
    wrong = [name for name in expected if expected[name] != stated[name]]
    if any(expected[name] == stated[name] for name in expected if len(expected[name]) >= _LIKELY):
        # The same zlib packed the other files, so these were not packed by another one.
        for name in wrong:
            verdict.add(name.removeprefix(top), "zip.packing", found=name)
    else:
        verdict.notes.append(message("note.packed", count=len(wrong), found=wrong[0]))


def _packed(data: bytes) -> dict[str, bytes]:
    """Packed data of every member of an archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as bundle:
        found = {}
        for info in bundle.infolist():
            # The lengths stand in the head itself: those of the directory may differ (APPNOTE 4.3.7).
            head = info.header_offset
            start = (
                head + 30 + int.from_bytes(data[head + 26 : head + 28], "little") + int.from_bytes(data[head + 28 : head + 30], "little")
            )
            found[info.filename] = data[start : start + info.compress_size]
        return found
