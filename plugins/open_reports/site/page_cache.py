"""Store: finished pages of earlier builds with the files of their folders, so that a build makes only what has changed.

A page is kept under its key, a hash over everything it is made of (`dependencies`), in the user's own cache folder outside the
project, sealed like the checks' results: what is corrupt, cut short or foreign is made anew, never trusted. What the latest
build of a project did not use is removed, so the store stays as large as the site.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from typing import TYPE_CHECKING

from platformdirs import user_cache_path

from open_reports.checks.cache import put
from open_reports.pages.frame import Built

if TYPE_CHECKING:
    from pathlib import Path

    from open_reports.pages.frame import Page

_SEAL = hashlib.sha256().digest_size


class Store:
    """Finished pages of one project; `subject` says which, such as the path of its settings.

    `folder` is where projects keep theirs, the user's cache unless given.
    """

    def __init__(self, subject: str, folder: Path | None = None) -> None:
        name = hashlib.sha256(subject.encode(errors="surrogateescape")).hexdigest()[:16]
        self.path = (folder or user_cache_path("open-reports")) / "pages" / name
        self._used: set[str] = set()

    def built(self, page: Page) -> Built:
        """Return a page finished: as an earlier build kept it, or built now and kept. A page without a key is always built."""
        if not page.key:
            return page.build()
        name = hashlib.sha256(f"{page.path}\0{page.key}".encode()).hexdigest()
        self._used.add(name)
        found = _load(self.path / name)
        if found is None:
            found = page.build()
            _save(self.path / name, found)
        return found

    def sweep(self) -> None:
        """Remove what was not asked for since the store was opened: after a whole build, what no page is made of any more."""
        with contextlib.suppress(OSError):  # what cannot be removed costs only room
            for each in self.path.iterdir():
                if each.name not in self._used:
                    each.unlink(missing_ok=True)


def _load(path: Path) -> Built | None:
    try:
        data = path.read_bytes()
    except OSError:
        return None
    body = memoryview(data)[_SEAL:]
    if len(data) <= _SEAL or hashlib.sha256(body).digest() != data[:_SEAL]:
        return None
    end = data.index(b"\n", _SEAL)
    sizes = json.loads(data[_SEAL:end])
    position = end + 1 + sizes["html"]
    html = data[end + 1 : position].decode()
    files = {}
    for name, size in sizes["files"].items():
        files[name] = data[position : position + size]
        position += size
    return Built(html=html, files=files)


def _save(path: Path, built: Built) -> None:
    html = built.html.encode()
    head = json.dumps({"html": len(html), "files": {name: len(data) for name, data in built.files.items()}}).encode()
    body = b"".join((head, b"\n", html, *built.files.values()))
    put(path, hashlib.sha256(body).digest() + body)
