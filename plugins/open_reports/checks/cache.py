"""Cache: which packages the judge has passed before, and what was found in an unchanged folder.

Keys cover the packages' content, this package's own code and forms, and the judge's version: change any, and it is
checked again. The files lie in the user's own cache folder, outside the project, so that no pull request can bring one; a
corrupt or foreign file is ignored, never trusted.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import time
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from platformdirs import user_cache_path

from open_reports.checks.counting import Passed
from open_reports.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from open_reports.checks.counting import Key

_SOURCES = ("**/*.py", "forms/**/*.yml", "locales/*.yml")
CLOCKED = "meta.future"
"""Code of the finding that depends on the day it is looked for, and not on the files alone."""
RACY_SECONDS = 2.0
"""A file changed this shortly before a look at it may change again without its time stamp moving, so it proves nothing."""


@cache
def code_version() -> str:
    """Hash of everything that decides on a package: this package's code and forms, and frictionless' version."""
    # The judge decides with us, so a new version of it asks again.
    digest = hashlib.sha256(metadata.version("frictionless").encode())
    root = Path(__file__).parents[1]
    for pattern in _SOURCES:
        for path in sorted(root.glob(pattern)):
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _sealed(body: str) -> str:
    # Not a secret, only a guard: half-written files and those of another version do not fit their seal.
    return hashlib.sha256(f"{code_version()}\n{body}".encode()).hexdigest()


def _load(path: Path) -> str:
    """Body of a sealed file; empty where there is none, or where its seal is not ours."""
    try:
        head, _, body = path.read_text(encoding="utf-8").partition("\n")
    except (OSError, UnicodeDecodeError):
        return ""
    return body if head == _sealed(body) else ""


def _save(path: Path, body: str) -> None:
    """Write a sealed file whole or not at all; a folder that cannot be written costs only time, so it is no error."""
    try:
        # Files of other versions of the code are never read again; without this the folder would grow with every update.
        for old in path.parent.glob(f"{path.name.partition('-')[0]}-*"):
            if not old.name.partition("-")[2].startswith(code_version()[:16]):
                old.unlink(missing_ok=True)
    except OSError:
        return
    put(path, f"{_sealed(body)}\n{body}".encode())


def put(path: Path, *pieces: bytes) -> None:
    """Write a file of the cache, of pieces one behind another, whole or not at all; a folder that cannot be written costs only time, so it is no error."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # In the same folder, because a rename is one step only within a file system.
        handle, name = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "wb") as stream:
            stream.writelines(pieces)
        Path(name).replace(path)
    except OSError:
        return


class Cache:
    """Digests of packages that passed the judge. Open it, ask, add, `save()`."""

    def __init__(self, folder: Path | None = None) -> None:
        self.path = (folder or user_cache_path("open-reports")) / f"passed-{code_version()[:16]}.txt"
        self._passed = set(_load(self.path).split())
        self._before = len(self._passed)

    def __contains__(self, digest: str) -> bool:
        return digest in self._passed

    def __len__(self) -> int:
        return len(self._passed)

    def add(self, digests: Iterable[str]) -> None:
        """Remember packages that passed."""
        self._passed.update(digests)

    def save(self) -> None:
        """Write what was added."""
        if len(self._passed) == self._before:
            return
        # Another process may have saved meanwhile: what it found stays.
        self._passed |= set(_load(self.path).split())
        _save(self.path, "\n".join(sorted(self._passed)))
        self._before = len(self._passed)


class Signature(NamedTuple):
    """State of a folder: a hash over every entry's path, kind, size, times and number, and its latest change."""

    digest: str
    latest: float


def tree_signature(root: Path) -> Signature:
    """Look at every entry below a folder without opening one; symbolic links are looked at, never followed."""
    digest = hashlib.sha256()
    latest = 0

    def walk(folder: str) -> Iterator[tuple[str, os.stat_result]]:
        try:
            with os.scandir(folder) as found:
                # The order of a directory is nobody's promise, and the hash depends on it.
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError:
            return
        for entry in entries:
            yield entry.path, entry.stat(follow_symlinks=False)
            if entry.is_dir(follow_symlinks=False):
                yield from walk(entry.path)

    for path, status in walk(os.fspath(root)):
        # The change time as well: a program can set the modification time back, but not this one.
        latest = max(latest, status.st_mtime_ns, status.st_ctime_ns)
        digest.update(
            f"{path}\0{status.st_mode}\0{status.st_size}\0{status.st_mtime_ns}\0{status.st_ctime_ns}\0{status.st_ino}\n".encode(
                errors="surrogateescape"
            )
        )
    return Signature(digest.hexdigest(), latest / 1e9)


class Kept(NamedTuple):
    """Findings, and how many checks hold or cannot be tested: of each report, or of all together under an empty name."""

    findings: tuple[Finding, ...]
    passed: Mapping[Key, Passed]


class Memory:
    """What was found in a folder when it was last looked at; `subject` says which folder and what was asked."""

    def __init__(self, subject: str, folder: Path | None = None) -> None:
        name = hashlib.sha256(subject.encode(errors="surrogateescape")).hexdigest()[:16]
        self.path = (folder or user_cache_path("open-reports")) / f"found-{code_version()[:16]}-{name}.json"

    def recall(self, signature: Signature) -> Kept | None:
        """Return what was found in a folder in this very state, or None if it is not known."""
        head, _, body = _load(self.path).partition("\n")
        if head != signature.digest:
            return None
        found, passed = json.loads(body)
        return Kept(tuple(Finding.unpacked(each) for each in found), {(agency, year): Passed(*counts) for agency, year, counts in passed})

    def keep(self, signature: Signature, found: Kept) -> None:
        """Remember what was found, unless the folder changed so lately that its state could change unseen."""
        # What is told of a day that has not come is not so for ever, though no file changes.
        if any(each.code == CLOCKED for each in found.findings):
            return
        # The same caution as git takes with its index: file systems keep time in coarse steps.
        if time.time() - signature.latest > RACY_SECONDS:
            passed = [[*key, each.packed()] for key, each in found.passed.items()]
            body = json.dumps([[each.packed() for each in found.findings], passed], ensure_ascii=False)
            _save(self.path, f"{signature.digest}\n{body}")
