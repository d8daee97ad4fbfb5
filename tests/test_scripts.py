"""The site's scripts by themselves, as they are shipped: ranking, exact numbers, CSV, in Node.js without a browser.

What is tested stands in `tests/scripts/*.test.js`; the golden cases and the index of the project's own packages come from here,
so that the browser's tests and these ask the same.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lxml import html
from open_reports.derived.search import catalogue, index
from open_reports.document import parse_yaml
from open_reports.form import glossary
from open_reports.pages.frame import Here
from open_reports.pages.search import search_page
from open_reports.text import LANGUAGES, Words

if TYPE_CHECKING:
    from open_reports.library import Library

FOLDER = Path(__file__).parent / "scripts"
SUITES = sorted(path.name for path in FOLDER.glob("*.test.js"))
CASES: Any = parse_yaml((Path(__file__).parent / "cases" / "search.yml").read_text(encoding="utf-8"))
FIRST = 3


def node() -> str:
    """Node.js: the one of the environment, else the one on the PATH."""
    found = shutil.which("node", path=str(Path(sys.executable).parent)) or shutil.which("node")
    assert found, "Node.js is missing; `make test` installs it (Debian: apt install nodejs)"
    return found


def searching(library: Library) -> dict[str, Any]:
    """What the search pages of both languages hold, and what is asked of them."""
    prepared: dict[str, Any] = {"pages": {}, "cases": {}, "same": CASES["same"], "nothing": CASES["nothing"]}
    for language in LANGUAGES:
        whole = catalogue(library, language, terms=glossary.entries())
        anchors = {f"glossary/#{each.name.zh}": each.address for each in whole.entries if each.kind == "term"}
        form = html.fromstring(search_page(Here("search/", Words(language)), whole).build()).xpath("//form")[0]
        dataset = {
            re.sub(r"-(.)", lambda match: match[1].upper(), name.removeprefix("data-")): value
            for name, value in form.attrib.items()
            if name.startswith("data-")
        }
        prepared["pages"][language] = {"index": json.loads(index(whole)), "dataset": dataset}
        prepared["cases"][language] = [{**case, "finds": anchors.get(case["finds"], case["finds"])} for case in CASES["both"]]
    whole = catalogue(library, "zh", terms=glossary.entries())
    prepared["names"] = [
        *({"query": office.name[each], "finds": f"reports/{office.id}/", "within": 1} for office in whole.offices for each in LANGUAGES),
        *({"query": entry.name[each], "finds": entry.address, "within": FIRST} for entry in whole.entries for each in LANGUAGES),
    ]
    return prepared


@pytest.fixture(scope="module")
def prepared(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("scripts") / "cases.json"
    file.write_text(json.dumps({"search": searching(library)}, ensure_ascii=False), encoding="utf-8")
    return file


@pytest.mark.parametrize("suite", SUITES)
def test_suite_of_the_scripts(suite: str, prepared: Path) -> None:
    outcome = subprocess.run(
        [node(), "--test", str(FOLDER / suite)],
        env={**os.environ, "OPEN_REPORTS_CASES": str(prepared), "NO_COLOR": "1"},
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=600,
    )
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    # A suite that ran nothing would pass, too.
    ran = re.search(r"^[#ℹ] pass (\d+)$", outcome.stdout, re.MULTILINE)
    assert ran, outcome.stdout
    assert int(ran[1]) > 1


def test_every_suite_is_run() -> None:
    assert len(SUITES) == 3
