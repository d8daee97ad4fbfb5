"""Page cache: finished pages and folders of earlier builds, so that a build makes only what has changed.

Each is kept under its key, a hash over everything it is made of (`page_key`), in the user's own cache folder outside the project,
sealed like the checks' results: what is corrupt, cut short or foreign is made anew, never trusted. What the latest build of
a project did not use is removed, so the cache stays as large as the site.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from platformdirs import user_cache_path

from open_reports.checks.cache import put

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from open_reports.files.folder import Folder
    from open_reports.pages.frame import Page

_SEAL = hashlib.sha256().digest_size
_HTML = "index.html"


class PageCache:
    """Finished pages and folders of one project; `subject` says which, such as the path of its settings.

    `folder` is where projects keep theirs, the user's cache unless given.
    """

    def __init__(self, subject: str, folder: Path | None = None) -> None:
        # The path of a project cannot name a folder: it has slashes, may be too long, and on Linux need not be text.
        name = hashlib.sha256(subject.encode(errors="surrogateescape")).hexdigest()[:16]
        self.path = (folder or user_cache_path("open-reports")) / "pages" / name
        self._used: set[str] = set()

    def html(self, page: Page) -> str:
        """Return a page finished: as an earlier build kept it, or built now and kept. A page without a key is always built."""
        if not page.key:
            return page.build()
        place = self._place("page", page.path, page.key)
        found = _load(place)
        if found is None:
            found = {_HTML: page.build().encode()}
            _save(place, found)
        return found[_HTML].decode()

    def files(self, folder: Folder) -> Mapping[str, bytes]:
        """Return the files of a folder: as an earlier build kept them, or made now and kept. A folder without a key is always made."""
        if not folder.key:
            return folder.files()
        place = self._place("folder", folder.path, folder.key)
        found = _load(place)
        if found is None:
            found = folder.files()
            _save(place, found)
        return found

    def holds(self, folder: Folder) -> bool:
        """Whether an earlier build kept something for a folder, be it sound or not."""
        return bool(folder.key) and self._place("folder", folder.path, folder.key).exists()

    def _place(self, kind: str, path: str, key: str) -> Path:
        name = hashlib.sha256(f"{kind}\0{path}\0{key}".encode()).hexdigest()
        self._used.add(name)
        return self.path / name

    def sweep(self) -> None:
        """Remove what was not asked for since the cache was opened: after a whole build, what the site no longer consists of."""
        with contextlib.suppress(OSError):  # what cannot be removed costs only room
            for each in self.path.iterdir():
                if each.name not in self._used:
                    each.unlink(missing_ok=True)


def _load(path: Path) -> Mapping[str, bytes] | None:
    try:
        data = path.read_bytes()
    except OSError:
        return None
    body = memoryview(data)[_SEAL:]
    # The seal comes first: behind it everything is as it was written, so nothing below needs to expect a fault.
    if len(data) <= _SEAL or hashlib.sha256(body).digest() != data[:_SEAL]:
        return None
    return _Files(data, _SEAL)


class _Files(Mapping[str, bytes]):
    """Files as one text of bytes: a line with their names and sizes, then one behind another from there on."""

    def __init__(self, data: bytes, start: int) -> None:
        self._data = data
        position = data.index(b"\n", start) + 1
        self._places: dict[str, tuple[int, int]] = {}
        for name, size in json.loads(data[start:position]).items():
            self._places[name] = (position, position + size)
            position += size

    # Cut out when it is asked for: the files about the whole corpus are never in memory twice.
    def __getitem__(self, name: str) -> bytes:
        start, end = self._places[name]
        return self._data[start:end]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def _save(path: Path, files: Mapping[str, bytes]) -> None:
    head = json.dumps({name: len(data) for name, data in files.items()}).encode()
    # Piece by piece for the same reason.
    pieces = (head, b"\n", *files.values())
    seal = hashlib.sha256()
    for piece in pieces:
        seal.update(piece)
    put(path, seal.digest(), *pieces)
