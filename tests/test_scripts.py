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
from open_reports.derived.search import Catalogue, Entry, Office, catalogue, index
from open_reports.document import parse_yaml
from open_reports.form import forms, glossary
from open_reports.pages.frame import Here
from open_reports.pages.search import search_page
from open_reports.text import LANGUAGES, Text, Words

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


def dataset(element: html.HtmlElement) -> dict[str, str]:
    """An element's `data-` attributes, as a script reads them."""
    return {
        re.sub(r"-(.)", lambda match: match[1].upper(), name.removeprefix("data-")): value
        for name, value in element.attrib.items()
        if name.startswith("data-")
    }


# -- ranking -----------------------------------------------------------------------------------------------------------


def search_of(whole: Catalogue) -> dict[str, Any]:
    """The search page of a catalogue: its index and what stands in its form."""
    form = html.fromstring(search_page(Here("search/", Words(whole.language)), whole).build()).xpath("//form")[0]
    return {"index": json.loads(index(whole)), "dataset": dataset(form)}


def searching(library: Library) -> dict[str, Any]:
    """What the search pages of both languages hold, and what is asked of them."""
    prepared: dict[str, Any] = {"pages": {}, "cases": {}, "same": CASES["same"], "nothing": CASES["nothing"]}
    for language in LANGUAGES:
        whole = catalogue(library, language, terms=glossary.entries())
        anchors = {f"glossary/#{each.name.zh}": each.address for each in whole.entries if each.kind == "term"}
        prepared["pages"][language] = search_of(whole)
        prepared["cases"][language] = [{**case, "finds": anchors.get(case["finds"], case["finds"])} for case in CASES["both"]]
    whole = catalogue(library, "zh", terms=glossary.entries())
    prepared["names"] = [
        *({"query": office.name[each], "finds": f"reports/{office.id}/", "within": 1} for office in whole.offices for each in LANGUAGES),
        *({"query": entry.name[each], "finds": entry.address, "within": FIRST} for entry in whole.entries for each in LANGUAGES),
    ]
    prepared["invented"] = {**search_of(invented()), "cases": INVENTED}
    return prepared


def invented() -> Catalogue:
    """Names that the project's own packages do not have, each for one of the queries below."""
    kind = forms().common.kinds["department"]
    names = {
        "bao": ("虚构日报社", "Invented Daily"),
        "caizheng": ("虚构市财政审计监督局", "Invented Treasury"),
        "lao": ("老财政所", "Old Office"),
        "qbz": ("QBZ 中心", "Invented Centre"),
        "jia": ("甲中心", "QBZ"),
    }
    offices = tuple(Office(f"xugou-{id_}", Text(zh=zh, en=en), kind, "虚构市", None, (2024,)) for id_, (zh, en) in names.items())
    year = Entry("year", "years/2024/", Text(zh="2024 年度报告", en="Reports of 2024"), "1", ("2024 年报",))
    spaced = Entry("term", "glossary/#x", Text(zh="信息 公开", en="Disclosure"), "虚构")
    return Catalogue(language="zh", offices=offices, entries=(year, spaced))


INVENTED: list[dict[str, Any]] = [
    # 2024年报 asks for the annual reports of 2024, not for an office with 报 in its name.
    {"query": "2024年报", "first": "years/2024/"},
    {"query": "2024年年报", "first": "years/2024/"},
    {"query": "2024年日报社", "first": "reports/xugou-bao/2024/"},
    # A blank within a name does not keep its parts from being found as one.
    {"query": "息公", "first": "glossary/#x"},
    # An agency's own name begins behind its region's, so this one begins with what was asked, though another is shorter.
    {"query": "财政", "first": "reports/xugou-caizheng/"},
    # A name in the page's language stands before the same in the other.
    {"query": "QBZ", "first": "reports/xugou-qbz/"},
    # Where no name has all terms, one with two of them stands before those with one.
    {"query": "日报社 财政 审计", "first": "reports/xugou-caizheng/"},
]


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
    # A suite that ran nothing, or left something out, would pass, too.
    counts = {name: int(count) for name, count in re.findall(r"^[#ℹ] (pass|skipped|todo) (\d+)$", outcome.stdout, re.MULTILINE)}
    assert counts["pass"] > 1
    assert counts["skipped"] == counts["todo"] == 0


def test_every_suite_is_run() -> None:
    assert SUITES == ["csv.test.js", "numbers.test.js", "search.test.js"]
