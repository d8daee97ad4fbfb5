"""Cache: which packages the judge has passed before, by content.

A key covers the package's bytes, this package's own code and forms, and the judge's version: change any, and it is judged
again. The file lies outside the project, so that no pull request can bring one; a corrupt or foreign file is ignored.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_cache_path

if TYPE_CHECKING:
    from collections.abc import Iterable

_SOURCES = ("**/*.py", "forms/*.yml", "locales/*.yml")


@cache
def code_version() -> str:
    """Hash of everything that decides on a package: this package's code and forms, and frictionless' version."""
    digest = hashlib.sha256(metadata.version("frictionless").encode())
    root = Path(__file__).parent
    for pattern in _SOURCES:
        for path in sorted(root.glob(pattern)):
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


class Cache:
    """Digests of packages that passed. Open it, ask, add, `save()`."""

    def __init__(self, folder: Path | None = None) -> None:
        self.path = (folder or user_cache_path("open-reports")) / f"passed-{code_version()[:16]}.txt"
        self._passed = self._load()
        self._before = len(self._passed)

    def _load(self) -> set[str]:
        try:
            head, _, body = self.path.read_text(encoding="ascii").partition("\n")
        except (OSError, UnicodeDecodeError):
            return set()
        return set(body.split()) if head == self._seal(body) else set()

    @staticmethod
    def _seal(body: str) -> str:
        return hashlib.sha256(f"{code_version()}\n{body}".encode()).hexdigest()

    def __contains__(self, digest: str) -> bool:
        return digest in self._passed

    def __len__(self) -> int:
        return len(self._passed)

    def add(self, digests: Iterable[str]) -> None:
        """Remember packages that passed."""
        self._passed.update(digests)

    def save(self) -> None:
        """Write the file whole or not at all; a folder that cannot be written costs only time, so it is no error."""
        if len(self._passed) == self._before:
            return
        body = "\n".join(sorted(self._passed))
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self.path.parent)
            with os.fdopen(handle, "w", encoding="ascii") as stream:
                stream.write(f"{self._seal(body)}\n{body}")
            Path(name).replace(self.path)
        except OSError:
            return
        self._before = len(self._passed)
