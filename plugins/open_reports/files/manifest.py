"""Manifest: every data file of a site with its size and hash, and one hash over them all.

It is gathered while files are written, one after another, so no file need be kept or read again. Whoever publishes the one
hash elsewhere, in a gazette or a commit, makes every byte of the data provable.
"""

from __future__ import annotations

import hashlib
import json
import re
from importlib import metadata
from typing import TYPE_CHECKING, NamedTuple

from open_reports.document import Record, parse_json
from open_reports.errors import DocumentError, PublishError
from open_reports.files.route import JSON, Route
from open_reports.report import file_hash
from open_reports.text import counted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from open_reports.document import Problem
    from open_reports.files.route import AnyRoute

PATH = "data/manifest.json"
"""Where it stands below the site; it does not list itself."""
MOST_BYTES = 256 * 1024 * 1024
"""Largest manifest read, in bytes; one of 10,000 reports has about 30 MB."""
_HASH = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)


class Entry(NamedTuple):
    """What is stated, or found, of a file: its size in bytes, its hash as data packages write it, `sha256:<hex>`."""

    size: int
    hash: str

    @classmethod
    def of(cls, data: bytes) -> Entry:
        """Size and hash of a file's content."""
        return cls(len(data), file_hash(data))


def maker() -> str:
    """Name and version of this program, as a manifest states who wrote it."""
    return f"open-reports {metadata.version('open-reports')}"


class Manifest:
    """Gathers the files of a site: `add` each as it is written, `finish` to get the manifest's bytes.

    `site` is the site's address, `packages` the folder of packages as findings name it: with both, and the packages, every
    other file can be made again.
    """

    def __init__(self, *, site: str = "", packages: str = "datapackages", made_by: str | None = None) -> None:
        self.site = site
        self.packages = packages
        self.made_by = maker() if made_by is None else made_by
        self._entries: dict[str, Entry] = {}

    def add(self, path: str, data: bytes) -> None:
        """Note a file by its path below the site. Raises `PublishError` where another stood there."""
        self.put(path, Entry.of(data))

    def put(self, path: str, entry: Entry) -> None:
        """Note a file of which size and hash are known."""
        # MkDocs lets the last of two outputs win in silence; with a hash of each, one would be unprovable.
        if path in self._entries or path == PATH:
            message = f"two outputs for one address: {path}"
            raise PublishError(message)
        self._entries[path] = entry

    @property
    def entries(self) -> Mapping[str, Entry]:
        """Every file by its path."""
        return self._entries

    @property
    def hash(self) -> str:
        r"""Hash over everything the manifest says.

        It is the sha-256 of a text in UTF-8 that anybody can write: three lines with maker, site and folder of packages,
        then `<sha-256 in hex> <bytes> <path>` for each file in the order of the paths' code points; every line ends in `\n`.
        """
        # Over a text of our own, not over the JSON, whose spelling a reader cannot be asked to repeat to the blank.
        digest = hashlib.sha256(f"{self.made_by}\n{self.site}\n{self.packages}\n".encode())
        for path, entry in sorted(self._entries.items()):
            digest.update(f"{entry.hash.removeprefix('sha256:')} {entry.size} {path}\n".encode())
        return f"sha256:{digest.hexdigest()}"

    def finish(self, *, stated: str | None = None) -> bytes:
        """JSON of the manifest, a file a line, in the order of their paths; `stated` is a hash to write instead of its own."""
        head = {"made_by": self.made_by, "site": self.site, "packages": self.packages, "hash": stated or self.hash}
        # Written by hand, for a file a line makes two manifests comparable with `diff`.
        lines = [f" {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)},\n" for key, value in head.items()]
        files = ",\n".join(
            f'  {json.dumps(path, ensure_ascii=False)}: {{"bytes": {entry.size}, "hash": "{entry.hash}"}}'
            for path, entry in sorted(self._entries.items())
        )
        return ("{\n" + "".join(lines) + ' "files": {' + (f"\n{files}\n " if files else "") + "}\n}\n").encode()

    def __len__(self) -> int:
        return len(self._entries)

    def __str__(self) -> str:
        return f"{counted(len(self), 'file', 'files')}, {self.hash}"


def is_data(path: str) -> bool:
    """Whether a file of a site is data, which a manifest lists, and no page."""
    return not path.endswith(".html")


class Stated(NamedTuple):
    """A manifest that was read, and the hash that it states of itself."""

    manifest: Manifest
    hash: str


def parse(data: bytes) -> Stated:
    """Read a manifest. Raises `DocumentError` where it is not whole: not JSON, or without one of its parts."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DocumentError("document.syntax", found=str(error)) from error
    problems: list[Problem] = []
    root = Record(parse_json(text), problems)
    made_by = root.text("made_by", most=100)
    # Not `text`: the site's address may be empty, and then is rightly so.
    site = root.get("site")
    packages = root.text("packages", most=1000)
    stated = root.matching("hash", _HASH.pattern, "sha256:…")
    files = root.get("files")
    root.close()
    # JSON can spell halves of characters (`\ud800`), which no file and no hash can hold.
    if not isinstance(site, str) or not site.isprintable():
        root.note("site", "record.not_text")
    manifest = Manifest(site=str(site), packages=packages, made_by=made_by)
    for path, entry in files.items() if isinstance(files, dict) else ():
        # A copy comes from anywhere, and so do the paths in it: `verify` opens files by them.
        if not _sound(entry) or not safe(path):
            root.note(f"files.{path}", "record.pattern")
        elif path != PATH:
            manifest.put(path, Entry(entry["bytes"], entry["hash"]))
    if not isinstance(files, dict):
        root.note("files", "record.not_mapping")
    if problems:
        raise DocumentError("document.syntax", found="; ".join(each.path for each in problems[:5]))
    return Stated(manifest, stated)


def _sound(entry: object) -> bool:
    if not isinstance(entry, dict) or entry.keys() != {"bytes", "hash"}:
        return False
    size, digest = entry["bytes"], entry["hash"]
    # In Python `true` of JSON is a whole number, too.
    return isinstance(size, int) and not isinstance(size, bool) and size >= 0 and isinstance(digest, str) and bool(_HASH.fullmatch(digest))


def safe(path: str) -> bool:
    """Whether a path stays below the folder it is meant for, on any system."""
    parts = path.split("/")
    # Backslash and colon are ordinary to Linux, but part a path, or name a drive or a hidden stream, on Windows.
    return path.isprintable() and not any(part in {"", ".", ".."} or "\\" in part or ":" in part for part in parts)


# It lists all other files, so whoever writes them makes it, last.
ROUTES: tuple[AnyRoute, ...] = (Route("manifest", PATH, JSON, None, schema="manifest"),)
