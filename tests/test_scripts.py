"""The site's scripts by themselves, as they are shipped: ranking, exact numbers, CSV, in Node.js without a browser.

What is tested stands in `tests/scripts/*.test.js`. What the scripts read, and what they must make of it, comes from here: the
golden queries are those that the built site is asked, too (`test_search_site.py`), and the files of a comparison are made of the
packages with Python's own writers.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import made_up
import offices
import pytest
from lxml import html
from open_reports.derived.doubt import doubts
from open_reports.derived.indicator import indicators
from open_reports.derived.search import Catalogue, Entry, Office, catalogue, figures, index
from open_reports.document import json_bytes, parse_yaml
from open_reports.files.agencies import agency_list
from open_reports.files.agency import agency_csv, agency_json
from open_reports.form import forms, glossary
from open_reports.library import open_library
from open_reports.pages.compare import compare_page
from open_reports.pages.explore import explore_page
from open_reports.pages.frame import Here
from open_reports.pages.search import search_page
from open_reports.report import number
from open_reports.text import LANGUAGES, Text, Words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from open_reports.library import Library
    from open_reports.report import Report

FOLDER = Path(__file__).parent / "scripts"
SUITES = sorted(path.name for path in FOLDER.glob("*.test.js"))
CASES: Any = parse_yaml((Path(__file__).parent / "cases" / "search.yml").read_text(encoding="utf-8"))
SEARCHES: Any = parse_yaml((Path(__file__).parent / "cases" / "searches.yml").read_text(encoding="utf-8"))
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
    return {"index": json.loads(index(whole)), "figures": json.loads(figures(whole)), "dataset": dataset(form)}


def searching(library: Library) -> dict[str, Any]:
    """What the search pages of both languages hold, and what is asked of them."""
    prepared: dict[str, Any] = {"pages": {}, "cases": {}, "names": {}, "same": CASES["same"], "nothing": CASES["nothing"]}
    for language in LANGUAGES:
        whole = catalogue(library, language, terms=glossary.entries())
        anchors = {f"glossary/#{each.name.zh}": each.address for each in whole.entries if each.kind == "term"}
        prepared["pages"][language] = search_of(whole)
        prepared["cases"][language] = [{**case, "finds": anchors.get(case["finds"], case["finds"])} for case in CASES["both"]]
        named = [(office.name[each], f"reports/{office.id}/", 1) for office in whole.offices for each in LANGUAGES]
        named += [(entry.name[each], entry.address, FIRST) for entry in whole.entries for each in LANGUAGES]
        prepared["names"][language] = [{"query": name, "finds": address, "within": within} for name, address, within in named]
    prepared["reports"] = [
        {"query": f"{library.agencies[agency].name} {year}", "finds": f"reports/{agency}/{year}/"} for agency, year in library.reports
    ]
    prepared["latest"] = max(year for agency, year in library.reports if agency.startswith("pingtan"))
    prepared["searches"] = [
        {
            **each,
            "finds": [anchors.get(address, address) for address in ([each["finds"]] if isinstance(each["finds"], str) else each["finds"])],
        }
        for each in SEARCHES["searches"]
    ]
    prepared["tables"] = [
        {"name": name, "language": language, "page": search_of(added(catalogue(library, language, terms=glossary.entries(), pages=PAGES)))}
        for language in LANGUAGES
        for name, added in (("the real corpus", lambda whole: whole), ("300 agencies more", offices.among))
    ]
    prepared["figured"] = [figured(report, library) for report in library]
    prepared["invented"] = {**search_of(invented()), "cases": INVENTED}
    return prepared


PAGES = (Entry("page", "compare/", Text(zh="比较", en="Compare")), Entry("page", "data/", Text(zh="数据", en="Data")))


def figured(report: Report, library: Library) -> dict[str, Any]:
    """What the first hit for a report must say of the requests that it received, told by the package alone."""
    address = "applications/new/total"
    status, text = standing(report, address)
    says = f"{report.year} 年新收 {int(text):,} 件" if status == "reported" else f"{report.year} 年无数字"
    query = f"{library.agencies[report.agency].name} {report.year}"
    return {"query": query, "says": says, "marked": status == "reported" and address in doubts(report, library)}


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


# -- exact numbers -----------------------------------------------------------------------------------------------------


def hard(packages: Path) -> Library:
    """Invented agencies with what is hard: money that a float cannot hold, a formula and markup for a name, what is no number."""
    names = {"xugou-jia": "张村, “甲”", "xugou-yi": "安村", "xugou-bing": '三号"办事处"</script>', "xugou-ding": "李村"}
    fees = {"xugou-jia": "999999999999999.123456", "xugou-yi": "999999999999999.123457", "xugou-bing": "75394432.50", "xugou-ding": ""}
    new = {"xugou-jia": "9", "xugou-yi": "100", "xugou-bing": "/", "xugou-ding": "0"}
    for agency, name in names.items():
        package = made_up.package(agency, 2023)
        package.edit_agency("name", name)
        package.set("disclosure", "fees", "amount", fees[agency])
        package.set("applications", "new", "total", new[agency])
        package.write(packages)
    library = open_library(packages)
    assert library.findings == ()
    # No package may be called so; whatever is read may hold it all the same.
    return replace(library, agencies={**library.agencies, "xugou-yi": replace(library.agencies["xugou-yi"], name="-1+2号办事处")})


def standing(report: Report | None, address: str) -> tuple[str, str]:
    """Status and text of a figure in its package."""
    if report is None:
        return "not_collected", ""
    table, line, column = address.split("/")
    status = report.tables[table].status(line, column)
    return status, report.tables[table].text(line, column) if status == "reported" else ""


def compared(library: Library, language: str) -> dict[str, Any]:
    """The comparison of all figures and indicators of all reports: what the page reads, and both files that it must write of them.

    The files are made of the packages alone, with Python's own writers.
    """
    root = html.fromstring(compare_page(library, Words(language)).build())
    (place,) = root.xpath("//*[@id='or-compare']")
    (source,) = root.xpath("//*[@id='or-compare-data']")
    page = json.loads(source.text)
    rates = {f"i:{each.id}": bool(each.denominator) for each in forms().indicators.values()}
    figures = [
        *(
            {"id": each["id"], "label": each["label"], **({"formula": each["formula"]} if each["formula"] else {})}
            for each in page["indicators"]
        ),
        *(
            {"id": cell["id"], "label": " ".join(filter(None, (line["group"], line["label"], cell["remark"])))}
            for table in page["tables"]
            for line in table["lines"]
            for cell in line["cells"]
        ),
    ]
    head = ["agency", "agency_name", "year", "scope"]
    for name in (figure["id"] for figure in figures):
        head += [name, *((f"{name} numerator", f"{name} denominator") if rates.get(name) else ()), f"{name} status", f"{name} finding"]
    lines, rows = [head], []
    for agency in library.agencies.values():
        for year in page["years"]:
            report = library.reports.get((agency.id, year))
            cells = cells_of(library, report, [figure["id"] for figure in figures], rates)
            name, scope = agency.name if language == "zh" else agency.name_en, report.scope if report else None
            safe = f"'{name}" if name.startswith("-") else name
            lines.append(
                [
                    agency.id,
                    safe,
                    str(year),
                    scope or "",
                    *(" ".join(text) if isinstance(text, list) else text for cell in cells for text in cell.values()),
                ]
            )
            numbers = ("value", "numerator", "denominator")
            told = [
                {key: number(text) if key in numbers and text else text if key == "finding" else text or None for key, text in cell.items()}
                for cell in cells
            ]
            seen = {figure["id"]: cell for figure, cell in zip(figures, told, strict=True)}
            named = {"agency": agency.id, "agency_name": name, "year": year, "scope": scope}
            used = {table: found.form.form for table, found in report.tables.items()} if report else None
            rows.append({**named, "forms": used, "figures": seen})
    return {
        "dataset": dataset(place),
        "data": source.text,
        "list": agency_list(library).decode(),
        "reports": {agency.id: agency_json(library, agency).decode() for agency in library.agencies.values()},
        "csv": csv_of(lines),
        "json": json_bytes({"address": ADDRESS, "figures": figures, "rows": rows, "warnings": ["一", "二"]}).decode(),
    }


ADDRESS = "https://reports.example/page/"


def cells_of(library: Library, report: Report | None, names: Sequence[str], rates: Mapping[str, bool]) -> list[dict[str, Any]]:
    """What the files must say of a report, figure by figure, spelt as published."""
    before = library.reports.get((report.agency, report.year - 1)) if report else None
    amounts = {f"i:{each.indicator.id}": each for each in indicators(report, before, library)} if report else {}
    cells = []
    for name in names:
        if not name.startswith("i:"):
            status, text = standing(report, name)
            rules = doubts(report, library).get(name, ()) if report else ()
            cells.append({"value": text, "status": status, "finding": list(rules)})
            continue
        counts = ("numerator", "denominator") if rates[name] else ()
        amount = amounts.get(name)
        if amount is None:
            cells.append({"value": "", **dict.fromkeys(counts, ""), "status": "not_collected", "finding": []})
            continue
        reason = "previous_not_collected" if amount.reason == "not_collected" else amount.reason or "reported"
        given = {each: "" if (part := getattr(amount, each)) is None else str(part) for each in ("value", *counts)}
        cells.append({**given, "status": reason, "finding": list(amount.doubt)})
    return cells


def csv_of(rows: Sequence[Sequence[str]]) -> str:
    """Rows as RFC 4180 has them, by Python's own writer."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()


# -- figures that are sifted -------------------------------------------------------------------------------------------


def sifted(library: Library) -> dict[str, Any]:
    """The page that sifts figures, with the list and the files of the agencies that it reads."""
    root = html.fromstring(explore_page(Words("zh"), database_size=lambda: 1).build())
    (place,) = root.xpath("//*[@id='or-explore']")
    (source,) = root.xpath("//*[@id='or-explore-data']")
    files = {agency.id: agency_csv(library, agency).decode() for agency in library.agencies.values()}
    return {"dataset": dataset(place), "data": source.text, "list": agency_list(library).decode(), "files": files}


@pytest.fixture(scope="module")
def prepared(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("scripts") / "cases.json"
    odd = hard(tmp_path_factory.mktemp("hard") / "datapackages")
    comparisons = [compared(each, language) for each in (library, odd) for language in LANGUAGES]
    cases = {"search": searching(library), "compare": comparisons, "sift": [sifted(library), sifted(odd)], "address": ADDRESS}
    file.write_text(json.dumps(cases, ensure_ascii=False), encoding="utf-8")
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
    assert SUITES == ["compare.test.js", "csv.test.js", "numbers.test.js", "search.test.js", "sifting.test.js", "worker.test.js"]
