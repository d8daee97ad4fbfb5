"""Verify: a published copy against its hashes, its schemas and its rules, by anyone, without the repository.

Three questions, each asked of every file, and every deviation told at once. Is it, byte for byte, what the manifest states?
Can the packages be read, by the gate and by frictionless, as on the day they were published? Is every other file what the
packages give: they are put together again in a temporary folder, checked anew, and everything is made of them again.

What no copy can prove of itself is that nobody made all of it anew from changed packages. The manifest's hash, which is the
last word of the verdict, is therefore worth publishing elsewhere, or signing: a signature is held against its publisher's key.
"""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from open_reports import corpus
from open_reports.copies import GONE, Copy, CopyError, message, open_copy, signature
from open_reports.document import shown
from open_reports.errors import DocumentError, OpenReportsError
from open_reports.files import manifest
from open_reports.finding import DataError
from open_reports.history import releases
from open_reports.report import DESCRIPTOR
from open_reports.verify import line_ends, overlay, signing
from open_reports.verify.bundle import bundle, is_corpus
from open_reports.verify.comparison import PACKED, Difference, Rewritten, Unknown, difference, first_byte
from open_reports.verify.parts import is_page, parts
from open_reports.verify.recorded import of_record
from open_reports.verify.verdict import Deviation, Verdict, of_finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from open_reports.copies.signature import PublicKey
    from open_reports.corpus import Corpus
    from open_reports.files.manifest import Entry, Manifest

__all__ = ["Deviation", "Verdict", "verify"]

DATA_FOLDERS = (f"{corpus.PACKAGES}/", "data/")
"""Folders of a site in which nothing stands but pages and files that the manifest names."""
RECORDED = frozenset({"data/successors.json", "data/released.json"})
"""Files made of the record of releases rather than of packages: of them, a copy can be held against their hashes alone."""

_NAMED = 3
"""Files that no manifest lists, of which the note tells the names."""


def verify(where: str | os.PathLike[str], *, key: str | os.PathLike[str] | None = None) -> Verdict:
    """Verify a published copy: a site or an export, in a folder, a zip or at an http(s) address; or a part of one.

    Parts are a report's package or archive, the folder of an agency, the archive of the corpus. `key` is a public key of minisign, or
    its file: where it is given, the copy must have a signature of that key.

    Whatever is wrong, the network or the archive included, is told in the verdict; nothing is raised.
    """
    verdict = Verdict(copy=str(where))
    try:
        asked = None if key is None else signature.public_key(os.fspath(key))
        with open_copy(where) as copy:
            if copy.has(manifest.PATH):
                _Whole(copy, verdict, asked).verify()
                return verdict
            if asked:
                verdict.add("", "sign.nothing")
            if is_corpus(copy):
                bundle(copy, verdict)
            else:
                parts(copy, verdict)
    except CopyError as error:
        verdict.fault(error)
    except DocumentError as error:
        verdict.add(manifest.PATH, "manifest.broken", found=error.values.get("found", error.code))
    return verdict


# -- a whole copy, with a manifest ------------------------------------------------------------------------------------------


class _Whole:
    """Verifies a copy that has a manifest; lives for one call."""

    def __init__(self, copy: Copy, verdict: Verdict, key: PublicKey | None) -> None:
        self.copy = copy
        self.verdict = verdict
        self.key = key
        self.found: dict[str, Entry] = {}
        """Every listed file that is whole, as found."""
        self.converted: list[str] = []
        """Files of which only the line ends were converted."""
        self.stated: Manifest

    def verify(self) -> None:
        data = self.copy.read(manifest.PATH, manifest.MOST_BYTES)
        stated = manifest.parse(data)
        self.stated = stated.manifest
        self.verdict.hash = stated.hash
        self.verdict.files, self.verdict.size = 1, len(data)
        self._of_manifest(data, stated.hash)
        signing.tell(self.copy, self.verdict, data, self.key)
        with TemporaryDirectory() as below:
            self._hashes(Path(below))
            self._extras()
            # What was changed itself says nothing about what was made of it: it would only be blamed for everything.
            wanted = {manifest.PATH, *corpus.sources(self.stated.entries)}
            line_ends.tell(self.verdict, self.converted)
            if wanted & {*self.verdict.named(), *self.converted}:
                self.verdict.notes.append(message("note.skipped"))
            elif made := self._packages(Path(below)):
                self._made(made)
            self.verdict.packages = sum(path.endswith(f"/{DESCRIPTOR}") for path in corpus.sources(self.found))

    def _of_manifest(self, data: bytes, stated: str) -> None:
        if self.stated.hash != stated:
            self.verdict.add(manifest.PATH, "manifest.hash", expected=stated, found=self.stated.hash)
        elif (spelt := self.stated.finish()) != data:
            if line_ends.converted(data, manifest.Entry.of(spelt)):
                self.converted.append(manifest.PATH)
            else:
                self.verdict.add(manifest.PATH, "manifest.spelling", found=first_byte(spelt, data))

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
            if isinstance(found, CopyError) and found.code in GONE:  # nor will the next file be reached
                raise found
            self._told(path, stated, found)
            if not isinstance(found, CopyError):
                self.verdict.files += 1
                self.verdict.size += found.size

    def _told(self, path: str, stated: Entry, found: Entry | CopyError) -> None:
        """Tell of a file that is not what is stated."""
        if found == stated:
            self.found[path] = stated
        # Asked of what could not be read as well: what is longer than stated is refused before anybody looks at it.
        elif line_ends.converted_in(self.copy, path, stated):
            self.converted.append(path)
        elif isinstance(found, CopyError):
            self.verdict.fault(found)
        elif found.size != stated.size:
            self.verdict.add(path, "file.size", expected=f"{stated.size:,}", found=f"{found.size:,}")
        else:
            self.verdict.add(path, "file.hash", expected=stated.hash, found=found.hash)

    def _extras(self) -> None:
        listed = {manifest.PATH, signature.PATH, *self.stated.entries}
        folders = {*DATA_FOLDERS, *overlay.folders_of(listed)}
        paths = self.copy.paths()
        # Where nobody can list the files, those of the manifest itself must not stand for each other.
        overlay.tell(self.verdict, listed if paths is None else paths, listed, folders)
        if paths is None:
            return
        told = self.verdict.named()

        def among_data(path: str) -> bool:
            return path.startswith(DATA_FOLDERS) or overlay.folder_of(path) in folders

        unlisted = sorted(path for path in paths - listed if shown(path, overlay.SHOWN) not in told)
        others = []
        for path in unlisted:
            if is_page(path):
                continue
            if among_data(path):
                self.verdict.add(shown(path, overlay.SHOWN), "file.extra")
            else:
                others.append(path)
        for fault in self.copy.faults:
            place = overlay.elsewhere(fault.file)
            if among_data(place) or any(folder.startswith(f"{place}/") for folder in folders):
                self.verdict.fault(fault)
            else:
                others.append(fault.file)
        if pages := sum(map(is_page, unlisted)):
            self.verdict.notes.append(message("note.pages", count=f"{pages:,}"))
        if others:
            self.verdict.notes.append(message("note.others", count=f"{len(others):,}", found=shown(", ".join(others[:_NAMED]), 300)))

    def _packages(self, below: Path) -> Corpus | None:
        """Read and check the packages of the copy; None where they have errors, which are told."""
        try:
            return corpus.checked(below, place=self.stated.packages)
        except DataError as error:
            for each in error.findings:
                self.verdict.deviations.append(of_finding(each, f"{self.stated.packages}/", f"{corpus.PACKAGES}/"))
            return None

    def _made(self, made: Corpus) -> None:
        """Make everything again, and compare."""
        same_version = self.stated.made_by == manifest.maker()
        if not same_version:
            self.verdict.notes.append(message("note.version", found=self.stated.made_by, expected=manifest.maker()))
        comparing = _Comparing(self.copy, self.verdict, self.stated, self.found, exact=same_version)
        try:
            told = releases.PUBLISHED in self.stated.entries and releases.PUBLISHED in self.found
            record = self.copy.read(releases.PUBLISHED, releases.MOST_PUBLISHED) if told else None
            publication = made.publish(site=self.stated.site, released=of_record(record))
            for path, data in sorted_files(publication.data_files()):
                comparing.compare(path, data)
        except CopyError as error:
            self.verdict.fault(error)
            return
        except OpenReportsError as error:  # a site's address that none can be published at, say
            self.verdict.add(manifest.PATH, "package.absent", found=str(error))
            return
        comparing.finish()


def sorted_files(files: Iterable[tuple[str, bytes]]) -> Iterable[tuple[str, bytes]]:
    """Yield what is not packed in `data/` last, for its catalogues list the hashes of packed files; all else as it comes."""
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
        self.whole: set[Entry] = set()
        """Every file that was made again."""
        self.notes: dict[str, list[str]] = {"note.packed": [], "note.hash_only": [], "note.not_there": []}

    def compare(self, path: str, data: bytes) -> None:
        """Compare one file."""
        self.seen.add(path)
        made = manifest.Entry.of(data)
        self.whole.add(made)
        if path not in self.stated:
            # An optional part may not have been installed where the copy was made, and another version may make more.
            if self.exact and not path.endswith(PACKED):
                self.verdict.add(path, "made.missing")
            else:
                self.notes["note.not_there"].append(path)
            return
        found = self.found.get(path)
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
            self.verdict.add(path, "made.spelling", place=first_byte(data, content))
        elif isinstance(outcome, Unknown):
            self.notes["note.hash_only"].append(path)

    def _lists_others(self, path: str, *contents: bytes) -> bool:
        """Whether a file of the corpus speaks of files of a kind that only the copy, or only this machine, can have made.

        Its catalogue then rightly lists other files than the one made here.
        """
        if not path.startswith("data/") or path.endswith((*PACKED, ".csv")):
            return False
        kinds = ({each for each in PACKED if any(path.endswith(each) for path in paths)} for paths in (self.stated, self.seen))
        return any(kind.encode() in content for kind in set.symmetric_difference(*kinds) for content in contents)

    def finish(self) -> None:
        """Tell of files that nothing gives, and of what could not be compared."""
        for path in self.stated:
            # A file of an agency that has another id now stands at its old address as well: it is one of those made again.
            moved = path.startswith(f"{corpus.PACKAGES}/") and self.found.get(path) in self.whole
            if path not in self.seen and path in self.found and path not in RECORDED and not moved:
                if self.exact and not path.endswith(PACKED):
                    self.verdict.add(path, "made.unknown")
                else:
                    self.notes["note.hash_only"].append(path)
        self.verdict.notes += [message(code, count=f"{len(paths):,}", found=paths[0]) for code, paths in self.notes.items() if paths]


# -- words ------------------------------------------------------------------------------------------------------------
