"""The corpus as one archive, `data/open-reports.zip`, taken alone: its packages are checked, and all else is made of them again."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from open_reports import corpus
from open_reports.copies import CopyError, message
from open_reports.document import shown
from open_reports.errors import OpenReportsError
from open_reports.files import manifest
from open_reports.files.corpus_package import PACKAGES, archived
from open_reports.files.folder import SiteFolder
from open_reports.finding import DataError
from open_reports.report import DESCRIPTOR
from open_reports.verify import overlay
from open_reports.verify.comparison import Difference, Rewritten, difference
from open_reports.verify.recorded import of_rows
from open_reports.verify.verdict import Verdict, of_finding

if TYPE_CHECKING:
    from collections.abc import Mapping

    from open_reports.copies import Copy
    from open_reports.corpus import Corpus

_PAGE = "data/"
"""Page that the descriptor names as the corpus's home, below the site."""


def is_corpus(copy: Copy) -> bool:
    """Whether a copy is the archive of the corpus, or what was unpacked from it."""
    return any(path.startswith(PACKAGES) for path in copy.paths() or ()) and copy.has(DESCRIPTOR)


def bundle(copy: Copy, verdict: Verdict) -> None:
    """Verify the archive of the corpus: nothing in it but what its packages give."""
    for fault in copy.faults:
        verdict.fault(fault)
    with TemporaryDirectory() as below:
        found = _read(copy, verdict, Path(below))
        if DESCRIPTOR not in found:  # it is there and cannot be read, which has been told
            return
        try:
            made = corpus.checked(Path(below), place=PACKAGES.rstrip("/"))
        except DataError as error:
            for each in error.findings:
                verdict.deviations.append(of_finding(each, PACKAGES, PACKAGES))
            return
        verdict.packages = len(made)
        _compare(made, found, verdict)
    # The archive states no hash of itself: whoever needs proof of who made it holds it against the site's manifest.
    verdict.notes.append(message("note.bundle"))


def _read(copy: Copy, verdict: Verdict, below: Path) -> dict[str, bytes]:
    """Read every file, and put those of packages and agencies where they can be checked."""
    found: dict[str, bytes] = {}
    for path in sorted(copy.paths() or ()):
        own = f"{corpus.PACKAGES}/{path.removeprefix(PACKAGES)}" if path.startswith(PACKAGES) else ""
        package = bool(own and corpus.sources([own]))
        try:
            found[path] = copy.read(path, corpus.most(own) if package else manifest.MOST_BYTES)
        except CopyError as error:
            verdict.fault(error)
            continue
        verdict.files += 1
        verdict.size += len(found[path])
        if package:
            corpus.save(own, found[path], below)
    return found


def _compare(made: Corpus, found: Mapping[str, bytes], verdict: Verdict) -> None:
    """Hold what was found against the same archive, made again of its packages."""
    try:
        published = made.publish(site=_site(found[DESCRIPTOR]), released=of_rows(found.get("corrections.csv")))
    except OpenReportsError as error:  # a site's address that none can be published at, say
        verdict.add(DESCRIPTOR, "package.absent", found=str(error))
        return
    (folder,) = (each for each in published.folders if isinstance(each, SiteFolder) and each.path == _PAGE)
    files = archived(folder)
    overlay.tell(verdict, found, files.keys(), overlay.folders_of(files))
    _stated(found, verdict)
    told = verdict.named()
    for path in sorted(path for path in found.keys() - files.keys() if shown(path, overlay.SHOWN) not in told):
        verdict.add(shown(path, overlay.SHOWN), "file.extra")
    other = []
    for path, data in files.items():
        if path not in found:
            verdict.add(path, "copy.missing")
        elif found[path] != data and path not in told and not _told(path, data, found[path], verdict):
            other.append(path)
    if other:
        verdict.notes.append(message("note.beside", count=f"{len(other):,}", found=other[0]))


def _told(path: str, made: bytes, found: bytes, verdict: Verdict) -> bool:
    """Tell of a file that does not say what the packages give; False where nobody here can say."""
    # Which version made it, the archive does not say, and another one may make more keys and columns.
    outcome = difference(path, made, found, Rewritten())
    if isinstance(outcome, Difference):
        verdict.add(path, "made.differs", place=outcome.place, expected=outcome.expected, found=outcome.found)
    return outcome is None or isinstance(outcome, Difference)


def _stated(found: Mapping[str, bytes], verdict: Verdict) -> None:
    """Hold tables against the hashes that the descriptor states of them."""
    try:
        resources = json.loads(found[DESCRIPTOR])["resources"]
        stated = {str(each["path"]): str(each["hash"]) for each in resources}
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        verdict.add(DESCRIPTOR, "package.name", found=shown(str(error)))
        return
    for path, expected in stated.items():
        if path in found and (hash_ := manifest.Entry.of(found[path]).hash) != expected:
            verdict.add(path, "file.hash", expected=expected, found=hash_)


def _site(descriptor: bytes) -> str:
    """Address of the site that a descriptor was made for, empty where it names none."""
    try:
        home = json.loads(descriptor)["homepage"]
    except (ValueError, KeyError, TypeError, RecursionError):  # told where the descriptor is compared
        return ""
    return home.removesuffix(_PAGE) if isinstance(home, str) else ""
