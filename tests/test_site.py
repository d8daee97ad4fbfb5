"""The published site: every figure in every format, every file of the contract, every link, and what a fault leaves behind."""

from __future__ import annotations

import base64
import csv
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import damaged
import frictionless
import made_up
import pytest
import yamls
from conftest import AGENCIES, REPORTS, within
from jsonschema import Draft202012Validator
from lxml import html
from mkdocs.exceptions import Abort
from open_reports.files.catalogue import routes, schemas
from open_reports.form import forms
from open_reports.library import open_library
from patience import PATIENCE
from referencing import Registry, Resource
from tiers import starts
from website import (
    EPOCH,
    MOUNT,
    POLICY,
    ROOT,
    SITE_URL,
    address_of,
    browser,
    build_here,
    commands,
    environment,
    minimal_project,
    page_files,
    parsed,
    project_copy,
    run,
    served,
    site,
    tool,
    tree,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from forking import Commands
    from open_reports.form import TableForm
    from website import Chromium

__all__ = ["browser", "commands", "site"]

PACKAGES = ROOT / "datapackages"
TABLES = forms().tables
ABSENCE = {"": "blank", "/": "not_applicable", "-": "not_applicable"}
"""Cell text to status, as the public contract has it."""
SECONDS = 5
"""Within which a hostile package is answered."""


def kept_reports() -> list[Path]:
    """Folders of the project's packages."""
    return sorted(path.parent for path in PACKAGES.glob("*/*/datapackage.json"))


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, strict=True))


def read_json(path: Path) -> Any:
    """Read JSON with every number exact."""
    return json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal, parse_int=Decimal)


# -- every figure, in every format --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stated:
    """One figure as a format states it: its number in writing, empty where there is none, why, and how it was printed."""

    number: str
    status: str
    printed: str


def _cells(folder: Path) -> dict[str, str]:
    """Text of every cell of the CSV files of a package, by address; an absent line has none."""
    found = {f"overview/{row['item']}/value": row["value"] for row in read_csv(folder / "data" / "overview.csv")}
    for table in TABLES:
        for row in read_csv(folder / "data" / f"{table}.csv"):
            for column, text in row.items():
                if column not in {"line", "label"}:
                    assert f"{table}/{row['line']}/{column}" not in found
                    found[f"{table}/{row['line']}/{column}"] = text
    return found


def _form_addresses(forms_of: dict[str, str]) -> Iterator[str]:
    for table in TABLES:
        form: TableForm = forms()[forms_of[table]].tables[table]
        yield from (f"{table}/{line.id}/{column.id}" for line, column in form.cells)


def expected_figures(folder: Path) -> dict[str, tuple[str, Stated]]:
    """Cell text and figure at every address that a kept package must have: those of its forms, and of section one."""
    cells = _cells(folder)
    printed = {f"{row['table']}/{row['line']}/{row['column']}": row["printed"] for row in read_csv(folder / "data" / "notes.csv")}
    of = read_json(folder / "datapackage.json")["report"]["forms"]
    addresses = [*(address for address in cells if address.startswith("overview/")), *_form_addresses(of)]
    assert not [address for address, text in cells.items() if text and address not in addresses], "a figure outside the form"
    found = {}
    for address in addresses:
        text = cells.get(address, "")
        status = ABSENCE.get(text, "reported") if address in cells else "line_absent"
        found[address] = (text, Stated(text if status == "reported" else "", status, printed.get(address, "")))
    return found


def _number(value: object) -> str:
    """Write a number of a JSON file; what is no number stands out."""
    if value is None:
        return ""
    return str(value) if isinstance(value, Decimal) else f"not a number: {value!r}"


def report_json_figures(report: dict[str, Any]) -> dict[str, Stated]:
    return {
        f"{table}/{line}/{column}": Stated(
            _number(value),
            report["status"].get(f"{table}/{line}/{column}", "reported"),
            report["printed"].get(f"{table}/{line}/{column}", ""),
        )
        for table, lines in report["tables"].items()
        for line, columns in lines.items()
        for column, value in columns.items()
    }


def corpus_figures(rows: list[dict[str, Any]], number: Callable[[Any], str]) -> dict[tuple[str, int], dict[str, Stated]]:
    """Figures of observations.csv or .json by report."""
    found: dict[tuple[str, int], dict[str, Stated]] = {}
    for row in rows:
        of_report = found.setdefault((row["agency"], int(row["year"])), {})
        address = f"{row['table']}/{row['line']}/{row['column']}"
        assert address not in of_report, f"{address} stands twice"
        of_report[address] = Stated(number(row["value"]), row["status"], row["printed"] or "")
    return found


def page_cells(page: html.HtmlElement) -> dict[str, tuple[str, str, str]]:
    """Text, status and printed form of every cell with an id."""
    cells = page.xpath("//td[@id]")
    # Which figures have a mark before them `test_marks.py` says; here, what stands behind it.
    found = {cell.get("id"): (unmarked(cell), cell.get("data-status", "reported"), cell.get("title", "")) for cell in cells}
    assert len(found) == len(cells), "an id stands twice"
    return found


def unmarked(cell: html.HtmlElement) -> str:
    """Text of a figure without the mark of a contradiction."""
    return str(cell.text_content()).removeprefix("≠")


def differences(wanted: dict[str, Any], found: dict[str, Any], where: str) -> list[str]:
    """Every address at which a format states something else, or nothing, or something nobody asked for."""
    return [
        f"{where} {address}: {found.get(address)!r}, expected {wanted.get(address)!r}"
        for address in {**wanted, **found}
        if wanted.get(address) != found.get(address)
    ]


def test_every_figure_is_the_same_in_every_format(site: Path) -> None:
    corpus_csv = corpus_figures(read_csv(site / "data" / "observations.csv"), str)
    corpus_json = corpus_figures(read_json(site / "data" / "observations.json"), _number)
    wrong: list[str] = []
    compared = foreseen = 0
    for kept in kept_reports():
        agency, year = kept.parent.name, int(kept.name)
        folder = site / "reports" / agency / kept.name
        expected = expected_figures(kept)
        figures = {address: figure for address, (_, figure) in expected.items()}
        texts = {address: text for address, (text, _) in expected.items()}

        csv_texts = {address: text for address, text in _cells(folder).items() if text or address in expected}
        wrong += differences({address: text for address, text in texts.items() if address in csv_texts or text}, csv_texts, f"{folder} CSV")
        page = page_cells(parsed(folder / "index.html"))
        shown = {address: (text, figure.status) for address, (text, figure) in expected.items()}
        wrong += differences(shown, {address: (text, status) for address, (text, status, _) in page.items()}, f"{folder} page")
        wrong += [
            f"{folder} page {address}: printed form not told"
            for address, figure in figures.items()
            if (figure.printed not in page[address][2] if figure.printed else page[address][2])
        ]
        report = read_json(folder / "report.json")
        wrong += differences(figures, report_json_figures(report), f"{folder}/report.json")
        wrong += differences(figures, corpus_csv.pop((agency, year), {}), f"observations.csv {agency} {year}")
        wrong += differences(figures, corpus_json.pop((agency, year), {}), f"observations.json {agency} {year}")
        compared += len(page)
        foreseen += sum(len(forms()[form].tables[table].cells) for table, form in report["forms"].items())
        foreseen += len(read_csv(kept / "data" / "overview.csv"))
    assert wrong == []
    assert (corpus_csv, corpus_json) == ({}, {}), "reports that nobody keeps"
    assert len(kept_reports()) == REPORTS
    assert compared == foreseen > 3700


def test_tidy_rows_say_what_each_figure_is(site: Path) -> None:
    """Unit, form and agency of each row, in both spellings of the corpus, from the package and the forms."""
    rows_csv = read_csv(site / "data" / "observations.csv")
    rows_json = read_json(site / "data" / "observations.json")
    first = "agency,agency_name,year,form,table,line,column,value,status,unit,printed"
    assert ",".join(rows_csv[0]) == f"{first},agency_name_en,kind,parent,scope,consolidated_in,address,finding"
    assert list(rows_json[0]) == list(rows_csv[0])
    told = ("agency_name", "form", "unit")
    assert [tuple(row[key] for key in told) for row in rows_csv] == [tuple(row[key] or "" for key in told) for row in rows_json]
    names = {path.parent.name: yamls.read(path)["name"] for path in PACKAGES.glob("*/agency.yml")}
    units = {
        (agency.name, year.name, row["item"]): row["unit"]
        for agency in PACKAGES.iterdir()
        for year in agency.glob("2*")
        for row in read_csv(year / "data" / "overview.csv")
    }
    of = {path.parent: read_json(path)["report"]["forms"] for path in PACKAGES.glob("*/*/datapackage.json")}
    for row in rows_csv:
        form = of[PACKAGES / row["agency"] / row["year"]].get(row["table"], "")
        free = row["table"] == "overview"
        unit = units[row["agency"], row["year"], row["line"]] if free else forms()[form].tables[row["table"]].columns[row["column"]].unit
        assert (row["agency_name"], row["form"], row["unit"]) == (names[row["agency"]], form, unit)


def test_lists_repeat_the_totals(site: Path) -> None:
    """Agency and year pages show the totals of each report as its table has them."""
    seen = Counter[tuple[str, str]]()
    folders = [site, site / "en"]
    for path in [path for folder in folders for kind in ("reports", "years") for path in folder.glob(f"{kind}/*/index.html")]:
        for row in parsed(path).xpath("//table[caption/@id='reports-caption']/tbody/tr"):
            link = urljoin(address_of(site, path), row.xpath("./th/a/@href")[0])
            agency, year = link.rstrip("/").split("/")[-2:]
            cells = _cells(PACKAGES / agency / year)
            shown = [unmarked(cell) for cell in row.xpath("./td")[1:3]]
            assert shown == [cells["applications/new/total"], cells["applications/total/total"]], link
            seen[agency, year] += 1
    assert seen == {(path.parent.name, path.name): 2 * len(folders) for path in kept_reports()}
    counts = [number.replace(",", "") for number in parsed(site / "index.html").xpath("//ol[contains(@class, 'or-counts')]//strong/text()")]
    years = {path.name for path in kept_reports()}
    assert counts[:3] == [str(REPORTS), str(AGENCIES), str(len(years))]


# -- every file of the contract -----------------------------------------------------------------------------------------

PACKAGE_FILES = ("datapackage.json", *(f"data/{table}.csv" for table in (*TABLES, "overview", "notes")), "report.md")


def test_every_address_of_the_contract_exists(site: Path) -> None:
    kinds = ("", "quality/", "compare/", "coverage/", "corrections/", "glossary/", "indicators/", "overview/", "search/")
    pages = {f"{kind}index.html" for kind in kinds} | {f"indicators/{id_}/index.html" for id_ in forms().indicators}
    pages |= {f"quality/{rule}/index.html" for rule in forms().rules}
    files = {"404.html", "sitemap.xml", *(path for path, _ in routes.routes().paths(open_library(PACKAGES)))}
    for kept in kept_reports():
        agency, year = kept.parent.name, kept.name
        pages |= {f"reports/{agency}/index.html", f"years/{year}/index.html", f"reports/{agency}/{year}/index.html"}
        contract = (*PACKAGE_FILES, "report.json", *(f"{agency}-{year}.{kind}" for kind in ("zip", "xlsx")))
        files |= {f"reports/{agency}/{agency}.csv", f"reports/{agency}/{agency}.json", f"years/{year}/totals.csv"}
        files |= {f"reports/{agency}/{year}/{file}" for file in contract}
    found = tree(site)
    wanted = files | pages | {f"en/{page}" for page in pages}
    assert wanted - found.keys() == set()
    generated = {path for path in found if path.startswith(("reports/", "years/", "en/reports/", "en/years/"))}
    assert generated - wanted == set(), "files that the contract does not know"
    listed = {element.text for element in html.fromstring((site / "sitemap.xml").read_bytes()).iter("loc")}
    assert listed == {address_of(site, path) for path in page_files(site) if path.name == "index.html"}


def test_published_schemas_are_those_that_every_json_file_was_held_against(site: Path) -> None:
    """`test_schemas` holds every file against these schemas; here each is found by the name that the site's list gives it, and used as it lies."""
    registry = Registry().with_resources(
        (schema["$id"], Resource.from_contents(schema)) for schema in map(read_json, sorted((site / "schemas").glob("*.json")))
    )
    described: dict[str, list[str]] = {}
    for path, route in routes.routes().paths(open_library(PACKAGES)):
        if route.schema:
            described.setdefault(route.schema, []).append(path)
    assert len(described["report"]) == len(described["datapackage"]) == REPORTS
    assert sorted(described) == [path.stem for path in sorted((site / "schemas").glob("*.json"))]
    for name, paths in described.items():
        published = (site / "schemas" / f"{name}.json").read_bytes()
        assert published == schemas.schema_bytes(name, SITE_URL)
        judge = Draft202012Validator(json.loads(published), registry=registry)
        for path in {paths[0], paths[-1]}:
            assert [error.message for error in judge.iter_errors(json.loads((site / path).read_text(encoding="utf-8")))] == [], path


def test_packages_are_published_as_kept_with_size_and_hash(site: Path) -> None:
    resources = 0
    for kept in kept_reports():
        folder = site / "reports" / kept.parent.name / kept.name
        for file in PACKAGE_FILES[1:]:
            assert (folder / file).read_bytes() == (kept / file).read_bytes()
        published = read_json(folder / "datapackage.json")
        for resource in published["resources"]:
            data = (folder / resource["path"]).read_bytes()
            assert resource.pop("bytes") == len(data)
            assert resource.pop("hash") == f"sha256:{sha256(data).hexdigest()}"
            resources += 1
        assert published == read_json(kept / "datapackage.json")
    assert resources == REPORTS * 5


def test_archive_holds_the_folder(site: Path) -> None:
    for kept in kept_reports():
        name = f"{kept.parent.name}-{kept.name}"
        folder = site / "reports" / kept.parent.name / kept.name
        with zipfile.ZipFile(folder / f"{name}.zip") as archive:
            assert archive.testzip() is None
            inside = {entry.filename: archive.read(entry) for entry in archive.infolist()}
            assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        kept_files = {file: (folder / file).read_bytes() for file in PACKAGE_FILES}
        assert kept_files.items() <= inside.items()
        cited = {f"CITATION.{kind}": (folder / f"{name}.{kind}").read_bytes() for kind in ("bib", "ris", "csl.json")}
        assert cited.items() <= inside.items()
        assert inside.keys() - kept_files.keys() - cited.keys() == {"README.md", "LICENSE.txt"}
        assert read_json(folder / "datapackage.json")["sources"][0]["path"] in inside["README.md"].decode()


def test_index_leads_to_every_report(site: Path) -> None:
    index = read_json(site / "data" / "index.json")
    assert index["site"] == SITE_URL
    assert [(entry["agency"], entry["year"]) for entry in index["reports"]] == [
        (kept.parent.name, int(kept.name)) for kept in kept_reports()
    ]
    for entry in index["reports"]:
        base = f"{SITE_URL}reports/{entry['agency']}/{entry['year']}/"
        name = f"{entry['agency']}-{entry['year']}"
        assert [entry[key] for key in ("page", "package", "json", "zip")] == [
            base,
            f"{base}datapackage.json",
            f"{base}report.json",
            f"{base}{name}.zip",
        ]
        descriptor = (site / entry["package"].removeprefix(SITE_URL)).read_bytes()
        assert entry["hash"] == f"sha256:{sha256(descriptor).hexdigest()}"
        stated = json.loads(descriptor)
        assert (entry["version"], entry["title"], entry["forms"]) == (stated["version"], stated["title"], stated["report"]["forms"])
        assert entry["findings"] == len(read_json(site / entry["json"].removeprefix(SITE_URL))["findings"])
    agencies = {path.parent.name: yamls.read(path) for path in PACKAGES.glob("*/agency.yml")}
    assert {entry["id"]: (entry["name"], entry["name_en"], entry["kind"]) for entry in index["agencies"]} == {
        agency: (stated["name"], stated["name_en"], stated["kind"]) for agency, stated in agencies.items()
    }
    for entry in index["agencies"]:
        assert (site / entry["page"].removeprefix(SITE_URL) / "index.html").is_file()


def test_served_packages_are_valid_for_plain_frictionless(site: Path) -> None:
    """As any reader would: by address, with what frictionless knows alone; sizes and hashes are checked too."""
    with served(site) as server:
        for kept in kept_reports():
            package = frictionless.Package(f"{server.url}reports/{kept.parent.name}/{kept.name}/datapackage.json")
            outcome = package.validate()
            assert outcome.valid, outcome.flatten(["type", "message"])
            assert len(outcome.tasks) == 5
    assert len([path for path in server.asked if path.endswith(".csv")]) >= REPORTS * 5


# -- links, ids, policy -------------------------------------------------------------------------------------------------

REFERENCES = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "headers")
THEMES_OWN = {"__toc"}
"""Material writes a label for the table of contents' switch on pages outside the menu too, where there is no switch."""


def test_every_link_leads_somewhere_and_no_id_stands_twice(site: Path) -> None:
    pages = {address_of(site, path): parsed(path) for path in page_files(site)}
    ids = {address: page.xpath("//@id") for address, page in pages.items()}
    wrong = [
        f"{address}: id {name!r} {count} times" for address, names in ids.items() for name, count in Counter(names).items() if count > 1
    ]
    followed = outward = 0
    for address, page in pages.items():
        known = {*ids[address], *THEMES_OWN}
        wrong += [
            f"{address}: {key}={name!r}"
            for key in REFERENCES
            for names in page.xpath(f"//@{key}")
            for name in names.split()
            if name not in known
        ]
        for link in page.xpath("//*/@href | //*/@src | //*/@action"):
            target, anchor = urldefrag(urljoin(address, link))
            target = target.partition("?")[0]  # a selection: what it does is the page's own script's matter
            if not target.startswith(SITE_URL):
                outward += 1
                if urlsplit(target).scheme not in {"http", "https", "mailto"} or target.startswith("https://open-reports.example/"):
                    wrong.append(f"{address}: {link}")
                continue
            followed += 1
            path = unquote(target.removeprefix(SITE_URL))
            file = site / path / "index.html" if path.endswith("/") or not path else site / path
            if not file.is_file():
                wrong.append(f"{address}: {link} leads nowhere")
            elif anchor and unquote(anchor) not in ids[target]:
                wrong.append(f"{address}: {link} has no such anchor")
    assert wrong == []
    assert followed > 1000
    assert outward >= 2 * REPORTS, "each report names its official original"


def test_every_page_names_itself(site: Path) -> None:
    """Title, description, canonical address and heading are the page's own, whatever frame it shares with others."""
    titles, descriptions = Counter[str](), Counter[str]()
    for path in page_files(site):
        page = parsed(path)
        title, heading = page.xpath("string(//title)").strip(), page.xpath("string(//h1)").replace("¶", "").strip()
        titles[title] += 1
        if path.name == "404.html":
            continue
        assert page.xpath("//link[@rel='canonical']/@href") == [address_of(site, path)]
        assert heading, path
        parts = path.relative_to(site).parts
        if parts[0] == "reports" and len(parts) == 4:
            name = yamls.read(PACKAGES / parts[1] / "agency.yml")["name"]
            for text in (title, heading, page.xpath("string(//meta[@name='description']/@content)")):
                assert name in text, path
                assert parts[2] in text, path
        descriptions[page.xpath("string(//meta[@name='description']/@content)")] += 1
    assert [title for title, count in titles.items() if count > 1] == []
    assert [text for text, count in descriptions.items() if count > 1] == []


def test_every_page_carries_the_policy_before_anything_that_loads(site: Path) -> None:
    """And the policy names every inline script of its page, no other, and none of ours."""
    directives = (
        b"default-src 'none'", b"style-src 'self' 'unsafe-inline'", b"img-src 'self' data:", b"connect-src 'self'", b"font-src 'self'",
        b"base-uri 'none'", b"form-action 'self'", b"object-src 'none'", b"frame-src 'none'",
    )  # fmt: skip
    for path in page_files(site):
        data = path.read_bytes()
        policies = POLICY.findall(data)
        assert len(policies) == 1, path
        assert re.search(rb'<head>\s*<meta charset="utf-8"><meta http-equiv="Content-Security-Policy"', data), path
        assert [each for each in directives if each not in policies[0]] == []
        inline = [
            script.text or ""
            for script in parsed(path).iter("script")
            if script.get("src") is None and script.get("type") not in {"application/json", "application/ld+json"}
        ]
        hashes = {f"'sha256-{base64.b64encode(sha256(code.encode()).digest()).decode()}'" for code in inline}
        assert inline
        allowed = set(re.search(r"script-src ([^;\"]*)", policies[0].decode())[1].split())  # type: ignore[index]
        assert hashes <= allowed, path
        assert all(each == "'self'" or each.startswith("'sha256-") for each in allowed)


# -- the same site, wherever and by whatever it is built ----------------------------------------------------------------

GENERATOR = re.compile(rb'<meta name="generator" content="[^"]*">')

REFUSE = """
import os, sys

def refuse(event, args):
    if event in {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.sendto", "socket.bind"}:
        with open(os.environ["ATTEMPTS"], "a", encoding="utf-8") as log:
            log.write(f"{event} {args}\\n")
        raise OSError("there is no network")

sys.addaudithook(refuse)
"""


def _customised(folder: Path, code: str) -> str:
    """PYTHONPATH with which every Python runs some code first."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(code, encoding="utf-8")
    return os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])


@pytest.mark.build
def test_build_without_a_network_gives_the_same_bytes(site: Path, tmp_path: Path) -> None:
    """In another folder, time zone, locale and hash seed, a day later, with no interface where the system allows, and no attempt to use one."""
    attempts = tmp_path / "attempts"
    env = environment(
        tmp_path / "home",
        PYTHONPATH=_customised(tmp_path / "refuse", REFUSE),
        ATTEMPTS=str(attempts),
        TZ="Asia/Shanghai",
        LC_ALL="C",
        PYTHONHASHSEED="7",
        SOURCE_DATE_EPOCH=str(int(EPOCH) + 86_400),
    )
    alone: tuple[str, ...] = ("unshare", "--map-root-user", "--net")
    if shutil.which("unshare") is None or run(*alone, "true", cwd=tmp_path, env=env).returncode:
        alone = ()  # a container that may not make namespaces; the refusal below holds all the same
    control = run(sys.executable, "-c", "import socket; socket.create_connection(('127.0.0.1', 9))", cwd=tmp_path, env=env)
    assert "there is no network" in control.stdout
    assert attempts.read_text(encoding="utf-8").startswith("socket.")
    attempts.unlink()

    project = project_copy(tmp_path / "elsewhere")
    outcome = run(*alone, *tool("build", "--strict"), cwd=project, env=env)
    assert outcome.returncode == 0, outcome.stdout
    assert not attempts.exists(), attempts.read_text(encoding="utf-8")
    again = tree(project / "site")
    assert [path for path in again if path.endswith(".zip")]
    assert again == tree(site)
    assert sorted(path.name for path in project.iterdir()) == ["datapackages", "docs", "mkdocs.yml", "released", "site"]


@pytest.mark.build
def test_properdocs_builds_the_same_site(site: Path, tmp_path: Path) -> None:
    """Byte for byte, but for the tag that names the generator; dates are pinned by SOURCE_DATE_EPOCH in both."""
    target = tmp_path / "site"
    arguments = tool("build", "--strict", "-f", "mkdocs.yml", "-d", str(target), name="properdocs")
    outcome = run(*arguments, cwd=ROOT, env=environment(tmp_path / "home"))
    assert outcome.returncode == 0, outcome.stdout

    def without_generator(folder: Path) -> dict[str, bytes]:
        files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        return {path: GENERATOR.sub(b"", data, count=1) if path.endswith(".html") else data for path, data in files.items()}

    ours, theirs = without_generator(site), without_generator(target)
    assert ours.keys() == theirs.keys()
    assert [path for path, data in ours.items() if theirs[path] != data] == []


# -- faults ---------------------------------------------------------------------------------------------------------------

CASES = [case for case in damaged.cases() if case.finds]
SOUND = [case for case in damaged.cases() if not case.finds]
"""What spreadsheets do to tables, and nothing that says anything else."""


def _published(folder: Path) -> dict[str, str]:
    """Put a previous site beside a project; returns what must still be there afterwards."""
    (folder / "site" / "reports").mkdir(parents=True)
    (folder / "site" / "index.html").write_text("previous site\n", encoding="utf-8")
    (folder / "site" / "reports" / "figures.csv").write_text("line,label\n", encoding="utf-8")
    return tree(folder / "site")


@pytest.fixture
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep builds in this process away from the home of whoever runs the tests."""
    home = tmp_path_factory.getbasetemp() / "home"
    for key in ("HOME", "XDG_CACHE_HOME", "NO_MKDOCS_2_WARNING"):
        monkeypatch.setenv(key, str(home))


@pytest.mark.usefixtures("own_home")
@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.build
def test_faulty_package_is_never_published(case: damaged.Case, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    damaged.build(case, tmp_path)
    config_file = minimal_project(tmp_path)
    before = _published(tmp_path)
    beside = sorted(path.name for path in tmp_path.iterdir())
    with within(SECONDS), pytest.raises(Abort) as abort:
        build_here(config_file, strict=True)
    assert abort.value.code == 1
    said = "\n".join(record.getMessage() for record in caplog.records)
    assert [each.file for each in case.finds if damaged._whole(each.file, case.place) not in said] == []
    assert "Traceback" not in caplog.text
    assert [record for record in caplog.records if record.exc_info] == []
    assert tree(tmp_path / "site") == before
    assert sorted(path.name for path in tmp_path.iterdir()) == beside


@pytest.mark.usefixtures("own_home")
@pytest.mark.parametrize("case", SOUND, ids=str)
@pytest.mark.build
def test_a_package_that_only_a_spreadsheet_spelt_is_published_as_if_none_had(case: damaged.Case, tmp_path: Path) -> None:
    damaged.build(case, tmp_path)
    build_here(minimal_project(tmp_path), strict=True)
    tables = sorted((tmp_path / "site" / "reports").glob("*/*/data/*.csv"))
    assert len(tables) >= 10
    for path in tables:
        rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
        assert all(len(row) == len(rows[0]) and any(row) for row in rows)
        assert rows[0][0] in ("line", "item", "table")


@pytest.mark.parametrize("case", CASES[:: len(CASES) // 2], ids=str)
@pytest.mark.build
def test_command_line_refuses_a_faulty_package(case: damaged.Case, tmp_path: Path) -> None:
    damaged.build(case, tmp_path)
    minimal_project(tmp_path)
    before = _published(tmp_path)
    outcome = run(*tool("build", "--strict"), cwd=tmp_path, env=environment(tmp_path.with_suffix(".home")))
    assert outcome.returncode == 1
    assert damaged._whole(case.finds[0].file, case.place) in outcome.stdout
    assert "Traceback" not in outcome.stdout
    assert tree(tmp_path / "site") == before
    assert not list(tmp_path.glob(".site*"))


@pytest.mark.usefixtures("own_home")
@pytest.mark.build
def test_fault_after_a_good_build_of_the_same_process_is_refused(tmp_path: Path) -> None:
    """MkDocs keeps plugins over the builds of a process: what one build found good must not stand in for what the next finds broken."""
    package = made_up.package()
    config_file = minimal_project(tmp_path, [package])
    for text, fails in (("1", False), ("约12件", True)):
        package.set("disputes", "reconsideration", "upheld", text)
        (tmp_path / "datapackages" / package.path / "data" / "disputes.csv").write_bytes(package.files["data/disputes.csv"])
        if fails:
            before = tree(tmp_path / "site")
            with pytest.raises(Abort):
                build_here(config_file)
            assert tree(tmp_path / "site") == before
        else:
            build_here(config_file)


@pytest.mark.usefixtures("own_home")
@pytest.mark.build
def test_warning_under_strict_leaves_the_previous_site(tmp_path: Path) -> None:
    """A broken link in a page written by hand is found when all pages stand already: they must not be published."""
    config_file = minimal_project(tmp_path, [made_up.package()])
    (tmp_path / "docs" / "about.md").write_text("# 关于\n\n[哪里](nowhere.md)\n", encoding="utf-8")
    before = _published(tmp_path)
    with pytest.raises(Abort, match="strict mode"):
        build_here(config_file, strict=True)
    assert tree(tmp_path / "site") == before
    assert not list(tmp_path.glob(".site*"))


KILL = """
import os, signal, sys

wanted, number = os.environ["KILL_AT"].split(" ")
left = int(number)

def kill(event, args):
    global left
    if event == wanted and any(".site." in str(each) for each in args[:2]):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(kill)
"""
MOMENTS = ("open 5", "open 60", "os.rename 1", "os.rename 2", "shutil.rmtree 1")
"""Python's audit events below the folder in which a build works: writing in it, taking and giving the site's place, clearing away."""


@pytest.mark.build
def test_a_released_figure_cannot_change_in_silence(commands: Commands, tmp_path: Path) -> None:
    """A build names every such figure and publishes nothing; with a revision that names it, it is published."""
    project, env = project_copy(tmp_path / "project"), environment(tmp_path / "home")
    cells = project / "datapackages" / "pingtan" / "2024" / "data" / "disclosure.csv"
    text = cells.read_text(encoding="utf-8")
    assert ",4529," in text
    cells.write_text(text.replace(",4529,", ",4592,"), encoding="utf-8")
    outcome = commands.run("-m", "mkdocs", "build", cwd=project, env=env)
    assert outcome.returncode != 0
    assert "disclosure/licensing/decisions" in outcome.stdout
    assert not (project / "site").exists()
    path = project / "datapackages" / "pingtan" / "2024" / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    package["version"] = "1.0.1"
    change = {
        "version": "1.0.1",
        "date": "2026-11-23",
        "reason": "虚构的更正",
        "changes": ["disclosure/licensing/decisions：4529 改为 4592"],
    }
    package["report"]["revisions"] = [change]
    path.write_text(json.dumps(package, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    outcome = commands.run("-m", "mkdocs", "build", cwd=project, env=env)
    assert outcome.returncode == 0, outcome.stdout
    assert "4592" in (project / "site" / "corrections" / "index.html").read_text(encoding="utf-8")


WITHOUT_EXTRAS = """
import importlib.util

find = importlib.util.find_spec
importlib.util.find_spec = lambda name, package=None: None if name.partition(".")[0] in {"duckdb", "xlsxwriter"} else find(name, package)
"""


@pytest.mark.build
def test_without_the_optional_libraries_the_rest_is_there_and_says_what_is_not(site: Path, tmp_path: Path) -> None:
    env = {**environment(tmp_path / "home"), "PYTHONPATH": _customised(tmp_path / "without", WITHOUT_EXTRAS)}
    outcome = run(*tool("build", "--strict", "-d", str(tmp_path / "site")), cwd=ROOT, env=env)
    assert outcome.returncode == 0, outcome.stdout
    for extra in ("open-reports[workbook]", "open-reports[parquet]"):
        assert outcome.stdout.count(extra) == 2, "in both languages"
    missing = tree(site).keys() - tree(tmp_path / "site").keys()
    assert {path.rpartition(".")[2] for path in missing} == {"parquet", "xlsx"}
    years = len({path for path in missing if path.startswith("years/")})
    assert len(missing) == 2 + REPORTS + 2 * AGENCIES + years, (
        "Parquet and workbook of all and of each agency, workbooks of reports and years"
    )
    page = (tmp_path / "site" / "data" / "index.html").read_text(encoding="utf-8")
    assert "open-reports[parquet]" in page


@pytest.mark.build
def test_killed_build_leaves_a_whole_site(commands: Commands, tmp_path: Path) -> None:
    package = made_up.package()
    minimal_project(tmp_path / "project", [package])
    project = tmp_path / "project"
    env = environment(tmp_path / "home")
    assert commands.run("-m", "mkdocs", "build", cwd=project, env=env).returncode == 0
    old = tree(project / "site")
    shutil.copytree(project / "site", tmp_path / "old")
    package.set("disputes", "reconsideration", "upheld", "4711")
    (project / "datapackages" / package.path / "data" / "disputes.csv").write_bytes(package.files["data/disputes.csv"])
    assert commands.run("-m", "mkdocs", "build", "-d", str(tmp_path / "new"), cwd=project, env=env).returncode == 0
    new = tree(tmp_path / "new")
    assert new != old

    broken, kills = [], 0
    for moment in MOMENTS:
        outcome = commands.run("-m", "mkdocs", "build", cwd=project, env={**env, "KILL_AT": moment}, first=KILL)
        assert outcome.returncode in {-signal.SIGKILL, 0}, outcome.stdout  # 0: this build has no such moment
        kills += outcome.returncode != 0
        if not (project / "site").is_dir() or tree(project / "site") not in (old, new):
            broken.append(moment)
        shutil.rmtree(project / "site", ignore_errors=True)
        shutil.copytree(tmp_path / "old", project / "site")
    assert broken == []
    assert kills >= 3
    assert commands.run("-m", "mkdocs", "build", cwd=project, env=env).returncode == 0
    assert tree(project / "site") == new
    assert not list(project.glob(".site*")), "leftovers of killed builds"


@pytest.mark.build
def test_kept_pages_are_those_of_a_build_from_nothing(commands: Commands, tmp_path: Path) -> None:
    """A build, an edit, a build of what changed; then the same in a home that knows nothing, and without the cache."""
    packages = [*made_up.history("xugou-jia", (2022, 2023)), made_up.package("xugou-yi", 2023)]
    config = minimal_project(tmp_path / "project", packages)
    project, env = tmp_path / "project", environment(tmp_path / "home")
    assert commands.run("-m", "mkdocs", "build", "--strict", cwd=project, env=env).returncode == 0
    first = tree(project / "site")
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "home" / "cache").rglob("pages/*/*")}

    packages[0].set("disputes", "reconsideration", "upheld", "4711")
    (project / "datapackages" / packages[0].path / "data" / "disputes.csv").write_bytes(packages[0].files["data/disputes.csv"])
    assert commands.run("-m", "mkdocs", "build", "--strict", cwd=project, env=env).returncode == 1, "a discrepancy that nobody explains"
    assert commands.run("-m", "mkdocs", "build", cwd=project, env=env).returncode == 0
    second = tree(project / "site")
    assert second != first
    now = {path: path.stat().st_mtime_ns for path in (tmp_path / "home" / "cache").rglob("pages/*/*")}
    # Both pages of the other agency and of its report stand as they were; no page is left that is not used.
    assert len([path for path in now if kept.get(path) == now[path]]) >= 4
    assert len(now) == len(kept)

    assert (
        commands.run("-m", "mkdocs", "build", "-d", str(tmp_path / "anew"), cwd=project, env=environment(tmp_path / "other")).returncode
        == 0
    )
    assert tree(tmp_path / "anew") == second
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("plugins: [open-reports]", "plugins: [open-reports: {cache: false}]"), encoding="utf-8")
    assert (
        commands.run("-m", "mkdocs", "build", "-d", str(tmp_path / "without"), cwd=project, env=environment(tmp_path / "third")).returncode
        == 0
    )
    assert tree(tmp_path / "without") == second
    assert list((tmp_path / "third" / "cache").rglob("pages/*")) == []


# -- gh-deploy ------------------------------------------------------------------------------------------------------------


@pytest.mark.build
def test_gh_deploy_publishes_the_site_and_never_a_faulty_one(site: Path, commands: Commands, tmp_path: Path) -> None:
    project = project_copy(tmp_path / "project")
    env = environment(tmp_path / "home")

    def git(*arguments: str, cwd: Path = project) -> str:
        outcome = run("git", *arguments, cwd=cwd, env=env)
        assert outcome.returncode == 0, outcome.stdout
        return outcome.stdout.strip()

    remote = tmp_path / "remote.git"
    git("init", "--quiet", "--bare", str(remote), cwd=tmp_path)
    git("init", "--quiet", "--initial-branch=main")
    git("add", ".")
    git("commit", "--quiet", "--message=数据")
    git("remote", "add", "origin", str(remote))

    outcome = commands.run("-m", "mkdocs", "gh-deploy", "--strict", cwd=project, env=env)
    assert outcome.returncode == 0, outcome.stdout
    published = git("ls-tree", "-r", "--name-only", "gh-pages", cwd=remote).splitlines()
    assert set(published) == {*tree(site), ".nojekyll"}
    for path in ("index.html", "reports/pingtan/2019/index.html", "data/observations.csv"):
        assert git("show", f"gh-pages:{path}", cwd=remote) == (site / path).read_text(encoding="utf-8").strip()

    before = git("rev-parse", "gh-pages", cwd=remote)
    cells = project / "datapackages" / "pingtan" / "2019" / "data" / "disputes.csv"
    text = cells.read_text(encoding="utf-8")
    cells.write_text(re.sub(r"(?m)^(reconsideration,[^,]*),[0-9]+", r"\1,约12件", text), encoding="utf-8")
    assert cells.read_text(encoding="utf-8") != text
    git("commit", "--quiet", "--all", "--message=错")
    outcome = commands.run("-m", "mkdocs", "gh-deploy", cwd=project, env=env)
    assert outcome.returncode == 1
    assert "datapackages/pingtan/2019/data/disputes.csv" in outcome.stdout
    assert "Traceback" not in outcome.stdout
    assert git("rev-parse", "gh-pages", cwd=remote) == before
    assert git("rev-parse", "gh-pages") == before


# -- serve ----------------------------------------------------------------------------------------------------------------


class Preview:
    """A running `mkdocs serve` over two made-up packages; `package` is the one that the tests change."""

    def __init__(self, folder: Path) -> None:
        self.package, *_ = packages = [made_up.package(year=2023), made_up.package("xugou-yi", 2023)]
        minimal_project(folder / "project", packages)
        self.folder = folder / "project" / "datapackages" / self.package.path
        self.log = folder / "serve.log"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}{MOUNT}reports/{self.package.path}/"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                tool("serve", "--livereload", "--dev-addr", f"127.0.0.1:{self.port}"),
                cwd=folder / "project",
                env=environment(folder / "home"),
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def page(self) -> html.HtmlElement | None:
        """Return the report's page, None while nobody answers."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request("GET", urlsplit(self.url).path)
            answer = connection.getresponse()
            body = answer.read()
        except ConnectionError:
            return None
        finally:
            connection.close()
        assert answer.status == 200
        return html.document_fromstring(body.decode())

    def until(self, holds: Callable[[html.HtmlElement], bool], seconds: float = PATIENCE) -> html.HtmlElement:
        """Ask for the page until something holds of it."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            assert self.process.poll() is None, self.log.read_text(encoding="utf-8")
            page = self.page()
            if page is not None and holds(page):
                return page
            time.sleep(0.1)
        raise AssertionError(self.log.read_text(encoding="utf-8"))

    def write(self, address: str, text: str) -> None:
        """Change a cell on disk."""
        table, line, column = address.split("/")
        self.package.set(table, line, column, text)
        (self.folder / "data" / f"{table}.csv").write_bytes(self.package.files[f"data/{table}.csv"])

    def stop(self) -> None:
        """End the server as Ctrl+C does."""
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:  # a shell that runs the tests in the background has it ignore Ctrl+C
            self.process.kill()
            self.process.wait(10)


@pytest.fixture(scope="module")
@starts("build")
def preview(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Preview]:
    running = Preview(tmp_path_factory.mktemp("preview"))
    try:
        running.until(lambda _: True)
        yield running
    finally:
        running.stop()


CELL = "disputes/reconsideration/upheld"


def _cell(page: html.HtmlElement) -> str:
    return str(page.get_element_by_id(CELL).text_content())


def _banner(page: html.HtmlElement) -> str:
    return "".join(element.text_content() for element in page.find_class("or-broken"))


def test_preview_follows_the_packages_and_tells_of_faults(preview: Preview) -> None:
    preview.write(CELL, "101")
    assert _banner(preview.until(lambda page: _cell(page) == "101")) == ""

    preview.write(CELL, "约12件")
    broken = preview.until(lambda page: _banner(page) != "")
    assert _cell(broken) == "101", "the last good state is shown"
    assert f"datapackages/{preview.package.path}/data/disputes.csv" in _banner(broken)
    assert "约12件" in _banner(broken)

    preview.write(CELL, "102")
    assert _banner(preview.until(lambda page: _cell(page) == "102")) == ""

    (preview.folder / "report.md").unlink()
    gone = preview.until(lambda page: _banner(page) != "")
    assert f"datapackages/{preview.package.path}/report.md" in _banner(gone)
    (preview.folder / "report.md").write_bytes(preview.package.files["report.md"])
    assert _cell(preview.until(lambda page: _banner(page) == "")) == "102"
    assert "Traceback" not in preview.log.read_text(encoding="utf-8")


def test_open_preview_reloads_itself(preview: Preview, browser: Chromium) -> None:
    """`mkdocs serve` adds a script of its own to each page; the policy must let that one run."""
    preview.write(CELL, "201")
    preview.until(lambda page: _cell(page) == "201")
    page = browser.context().new_page()
    page.goto(preview.url)
    page.locator(f'[id="{CELL}"]').get_by_text("201", exact=True).wait_for()
    preview.write(CELL, "202")
    page.locator(f'[id="{CELL}"]').get_by_text("202", exact=True).wait_for()
    assert "Traceback" not in preview.log.read_text(encoding="utf-8")
