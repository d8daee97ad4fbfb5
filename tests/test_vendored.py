"""What others made and the site ships: where it is from stands beside it, byte for byte, and nothing else of others is there."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING

import pytest
from conftest import PROJECT

if TYPE_CHECKING:
    from pathlib import Path

PACKAGE = PROJECT / "plugins" / "open_reports"
ORIGINS = sorted(PACKAGE.rglob("*-ORIGIN.txt"))
_LONGEST_LINE = 500
"""Longer than any line that a person writes here; what a tool has made for browsers has thousands of characters in one."""


def stated(origin: Path) -> dict[str, str]:
    """Files that an origin names, with their SHA-256."""
    found = re.findall(r"^([0-9a-f]{64}) +(\S+)", origin.read_text(encoding="utf-8"), re.MULTILINE)
    return {name: digest for digest, name in found}


def test_there_is_something_to_look_at() -> None:
    assert [path.name for path in ORIGINS] == ["sql.js-ORIGIN.txt"]


@pytest.mark.parametrize("origin", ORIGINS, ids=lambda path: path.name)
def test_each_file_is_as_its_origin_says_and_the_package_it_is_from_is_named_by_hash(origin: Path) -> None:
    text = origin.read_text(encoding="utf-8")
    assert {name: hashlib.sha256((origin.parent / name).read_bytes()).hexdigest() for name in stated(origin)} == stated(origin)
    assert any("LICENSE" in name for name in stated(origin))
    (package,) = re.findall(r"^package: +(\S+) (\d+\.\d+\.\d+)$", text, re.MULTILINE)
    assert origin.name == f"{package[0]}-ORIGIN.txt"
    (integrity,) = re.findall(r"^integrity: sha512-(\S+)$", text, re.MULTILINE)
    assert len(base64.b64decode(integrity, validate=True)) == 64


def test_whatever_was_made_elsewhere_has_an_origin() -> None:
    """A script that nobody could have written by hand, or that is no text at all."""
    named = {origin.parent / name for origin in ORIGINS for name in stated(origin)}
    made = set()
    for path in PACKAGE.rglob("*"):
        if path.suffix in {".js", ".mjs", ".wasm", ".css", ".woff2", ".ttf"}:
            data = path.read_bytes()
            if b"\0" in data or max((len(line) for line in data.splitlines()), default=0) > _LONGEST_LINE:
                made.add(path)
    assert made
    assert made <= named
