"""A third form from 2026, added as YAML alone: a new table, new lines, a renamed section, another deadline; no Python is touched.

The installed package is copied, its YAML edited, and everything run by the copy in processes of its own: a package made and
filled in, checked, built, exported, verified, compared and released, beside reports of the forms before and a record of releases
made before the form existed.
"""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import made_up
import openpyxl
import pytest
from forking import Commands
from jsonschema import Draft202012Validator
from lxml import html as parser
from open_reports.form import forms
from open_reports.report import csv_text
from tiers import starts
from website import LOADED

PROJECT = Path(__file__).parent.parent
PACKAGE = PROJECT / "plugins" / "open_reports"
AGENCY, OLDER, MIXED = "xugou-jia", "xugou-yi", "xugou-bing"
"""An agency that goes over to the new form, one that keeps to the old one in 2026, one that mixes both."""
PATIENCE = 900
"""Seconds after which a command counts as hung, however busy the machine."""
CLI = "import sys; from open_reports.cli import main; sys.exit(main())"

# -- the form, as YAML --------------------------------------------------------------------------------------------------

SECTIONS = """  - {number: 四, table: disputes}
  - {number: 五, table: web_platforms}
  - {number: 六, id: problems, zh: 存在的问题和改进情况, en: Shortcomings and improvements}
  - {number: 七, id: other, zh: 其他需要报告的事项, en: Other matters to report}
"""
TABLE = """
  web_platforms:
    title: {zh: 政府信息公开平台情况, en: Platforms of disclosure}
    corner: {zh: 平台, en: Platform}
    columns:
      - {id: accounts, zh: 平台数量, en: Platforms, type: count, unit: 个}
      - {id: posts, zh: 本年发布信息数量, en: Items posted this year, type: count, unit: 条}
    lines:
      - {id: websites, zh: 政府网站, en: Government websites}
      - {id: microblogs, zh: 政务微博, en: Official microblogs}
      - {id: total, zh: 合计, en: Total}
    rules:
      - id: T5-SUM
        name: {zh: 平台合计, en: Sum of platforms}
        level: discrepancy
        sentence: total = websites + microblogs
        for_each: column
        blames: total
        standing: implied
        zh: 两类平台之和等于“合计”
        en: both kinds of platform add up to the total
"""
LINES = """              - {id: other.other, zh: 3.其他, en: 3. Other}
              - {id: other.withdrawn, zh: 4.申请人撤回, en: 4. Withdrawn}
              - {id: other.transferred, zh: 5.移送其他机关, en: 5. Transferred}
"""
DEADLINE = """  - years: {from: 2019, to: 2025}
    reference: {zh: 《政府信息公开条例》第四十九条, en: "Regulation on Open Government Information, Article 49"}
"""
NEW_DEADLINE = """  - years: {from: 2026, to: null}
    reference: {zh: 虚构的条例第一条, en: "Invented Regulation, Article 1"}
    days: {department: "02-28", township: "04-30"}
# Rules that no table"""
GLOSSARY = """entries:
  - id: table-platforms
    tables: [web_platforms]
    term: {zh: 平台情况（表）, en: Platforms (table)}
    means: {zh: 年报的第五部分。, en: Section five of the report.}
  - id: group-platform
    corners: [web_platforms]
    means: {zh: 平台的种类。, en: The kind of platform.}
  - id: line-websites
    lines: [web_platforms/websites]
    means: {zh: 机关的网站。, en: Websites of the agency.}
  - id: line-microblogs
    lines: [web_platforms/microblogs]
    means: {zh: 机关的微博。, en: Microblogs of the agency.}
  - id: line-platforms_total
    lines: [web_platforms/total]
    means: {zh: 两类平台合计。, en: Both kinds of platform.}
  - id: column-accounts
    columns: [web_platforms/accounts]
    means: {zh: 平台有多少个。, en: How many platforms there are.}
  - id: column-posts
    columns: [web_platforms/posts]
    means: {zh: 当年发布了多少条。, en: How many items were posted in the year.}
"""
NEW_LINES = """entries:
  - id: line-other_withdrawn
    lines: [applications/other.withdrawn]
    means: {zh: 申请人撤回了申请。, en: The applicant withdrew the request.}
  - id: line-other_transferred
    lines: [applications/other.transferred]
    means: {zh: 申请移送了其他机关。, en: The request was transferred to another agency.}
"""
SECTION = """sections:
  - id: platforms
    title: {zh: 平台（第五部分的表）, en: Platforms (table of section five)}
    lead: {zh: 信息发布在哪里。, en: Where information is posted.}
"""
INDICATOR = """  - id: website_share
    name: {zh: 网站发布占比, en: Share posted on websites}
    description: {zh: 发布的信息有多大比例在网站上。, en: What share of the items was posted on websites.}
    counts: {zh: 网站发布的条数, en: items posted on websites}
    among: {zh: 发布的总条数, en: all items posted}
    basis: {zh: 虚构的条例第二条, en: "Invented Regulation, Article 2"}
    numerator: web_platforms/websites/posts
    denominator: web_platforms/total/posts
"""
STATEMENT = """  - id: posts
    items: [发布信息]
    phrases: [平台发布信息]
    means: [web_platforms/total/posts]
"""
CHART = """  - id: platforms
    kind: stacked
    title: {zh: "各平台发布的信息：{span}", en: "Items posted by platform, {span}"}
    says: {zh: 每年一条。, en: One bar a year.}
    latest: {zh: "{year}年：网站 {websites}，微博 {microblogs}。", en: "In {year}: websites {websites}, microblogs {microblogs}."}
    unit: 条
    panels:
      - id: posted
        name: {zh: 发布的信息, en: Items posted}
        series:
          - {id: websites, style: 1, cells: web_platforms/websites/posts, name: {zh: 政府网站, en: Websites}}
          - {id: microblogs, style: 2, cells: web_platforms/microblogs/posts, name: {zh: 政务微博, en: Microblogs}}
"""
SENTENCE = """  platforms:
    - {when: posts reported, zh: "各平台当年发布信息 {posts} 条。", en: "{posts} {posts: item was | items were} posted on all platforms."}

report: ["""


def add_form(folder: Path) -> None:
    """Edit the YAML of a copy of the package: the whole of what a new form takes."""
    old = (folder / "2021.yml").read_text(encoding="utf-8")
    edit(folder / "2021.yml", ("{from: 2021, to: null}", "{from: 2021, to: 2025}"))
    (folder / "2026.yml").write_text(old, encoding="utf-8")
    former = re.search(r"  - \{number: 四.*?\n(?=tables:)", old, re.DOTALL)
    assert former is not None
    edit(
        folder / "2026.yml",
        ('id: "2021"', 'id: "2026"'),
        ("{zh: 2021年格式, en: Form 2021}", "{zh: 2026年格式, en: Form 2026}"),
        ("{from: 2021, to: null}", "{from: 2026, to: null}"),
        ("国办公开办函〔2021〕30号", "虚构〔2026〕1号"),
        (former[0], SECTIONS),
        ("              - {id: other.other, zh: 3.其他, en: 3. Other}\n", LINES),
    )
    append(folder / "2026.yml", TABLE)
    edit(
        folder / "common.yml",
        ("  - years: {from: 2019, to: null}\n" + DEADLINE.split("\n", 1)[1], DEADLINE),
        ("# Rules that no table", NEW_DEADLINE),
        ("  件: {zh: 件, en: items}\n", "  件: {zh: 件, en: items}\n  个: {zh: 个, en: platforms}\n  条: {zh: 条, en: posts}\n"),
    )
    glossary = folder / "glossary"
    (glossary / "platforms.yml").write_text(GLOSSARY, encoding="utf-8")
    edit(glossary / "sections.yml", ("sections:\n", SECTION))
    edit(glossary / "applications.yml", ("entries:\n", NEW_LINES))
    edit(glossary / "disclosure.yml", ("[disclosure/amount/2021]", "[disclosure/amount/2021, disclosure/amount/2026]"))
    append(folder / "indicators.yml", INDICATOR)
    append(folder / "narrative.yml", STATEMENT)
    append(folder / "views" / "charts.yml", CHART)
    append(folder / "views" / "agency.yml", "  - table: web_platforms\n")
    edit(
        folder / "summary.yml",
        ("figures:\n", "figures:\n  posts: web_platforms/total/posts\n"),
        ("\nreport: [", "\n" + SENTENCE),
        ("decisions, publication]", "decisions, platforms, publication]"),
    )


def edit(path: Path, *changes: tuple[str, str]) -> None:
    text = path.read_text(encoding="utf-8")
    for this, by in changes:
        assert this in text, (path.name, this)
        text = text.replace(this, by, 1)
    path.write_text(text, encoding="utf-8")


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text(encoding="utf-8").rstrip("\n") + "\n" + text.lstrip("\n"), encoding="utf-8")


# -- the reports --------------------------------------------------------------------------------------------------------

NEW_REQUESTS = ["10", "0", "0", "0", "0", "2", "12"]
PLATFORMS = {"websites": ["1", "100"], "microblogs": ["2", "50"], "total": ["3", "150"]}
ADDRESS = "web_platforms/websites/posts"


COPIED = {"finding": "COPY", "address": "applications", "text": "两份年报的表相同。", "by": "publisher", "date": "2027-01-31"}
"""Said of the table that `mix` copies."""


def rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def fill(folder: Path, carried: list[str]) -> None:
    """Fill in an empty package of the new form; `carried` is what the year before carried forward."""
    done = [str(int(new) + int(before)) for new, before in zip(NEW_REQUESTS, carried, strict=True)]
    said = {
        "applications": {"new": NEW_REQUESTS, "carried_in": carried, "other.withdrawn": done, "total": done},
        "web_platforms": PLATFORMS,
        "disclosure": {
            **{line: ["0", "0", "0", "", ""] for line in ("rules", "normative_documents")},
            **{line: ["", "", "", "0", ""] for line in ("licensing", "penalties", "compulsion")},
            "fees": ["", "", "", "", "0"],
        },
    }
    stated = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    for table in stated["report"]["forms"]:
        head, *lines = rows(folder / "data" / f"{table}.csv")
        nothing = ["0"] * (len(head) - 2)
        filled = [[line, label, *said.get(table, {}).get(line, nothing)] for line, label, *_ in lines]
        (folder / "data" / f"{table}.csv").write_text(csv_text([head, *filled]), encoding="utf-8")
    (folder / "data" / "overview.csv").write_text("item,value,unit,part_of\n发布信息,150,条,\n", encoding="utf-8")
    (folder / "data" / "notes.csv").write_text(
        csv_text([["table", "line", "column", "printed", "note"], ["web_platforms", "websites", "posts", "100（约）", "原文写“约”"]]),
        encoding="utf-8",
    )
    prose = (folder / "report.md").read_text(encoding="utf-8")
    (folder / "report.md").write_text(prose.replace("总体情况\n", "总体情况\n\n全年平台发布信息 150 条。\n", 1), encoding="utf-8")
    stated["sources"][0]["path"] = "https://www.example.gov.cn/2026.htm"
    stated["version"] = "1.0.1"
    told = [{"address": ADDRESS, "from": "90", "to": "100"}, "web_platforms/total/posts：140 改为 150"]
    stated["report"]["revisions"] = [{"version": "1.0.1", "date": "2027-03-01", "reason": "录入有误", "changes": told}]
    stated["report"]["explanations"] = [COPIED]
    stated["created"] = "2027-03-01T00:00:00Z"
    stated["report"]["published"] = "2027-02-10"  # late by the law before, in time by the new one
    (folder / "datapackage.json").write_text(json.dumps(stated, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def mix(folder: Path, new: Path) -> None:
    """Make of a package of the old form one that has gone over to the new form and kept table two."""
    stated = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    other = json.loads((new / "datapackage.json").read_text(encoding="utf-8"))
    stated["report"]["forms"] = {**other["report"]["forms"], "disclosure": "2021"}
    stated["report"]["explanations"] = [COPIED]
    stated["resources"] = other["resources"]  # table two is declared alike by both forms
    (folder / "datapackage.json").write_text(json.dumps(stated, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for path in ("report.md", *(each["path"] for each in other["resources"] if each["name"] != "disclosure")):
        shutil.copy(new / path, folder / path)


@dataclass
class World:
    """A project of the copy: its folder and what each command said."""

    root: Path
    plugins: Path
    said: dict[str, str] = field(default_factory=dict)

    def environment(self, program: Path) -> dict[str, str]:
        """Environment of a command of the program that stands in a folder."""
        return {
            **os.environ,
            "PYTHONPATH": str(program),
            "PYTHONUTF8": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "XDG_CACHE_HOME": str(self.root / "cache"),
            "NO_MKDOCS_2_WARNING": "1",
        }

    def run(self, name: str, *words: str, commands: Commands, fails: bool = False) -> None:
        """Run a command of the program that stands in the folder of those commands."""
        command = ("-m", "mkdocs") if words[0] == "build" else ("-c", CLI)
        done = commands.run(*command, *words, cwd=self.root, env=self.environment(self.plugins))
        assert (done.returncode != 0) is fails, f"{' '.join(words)}\n{done.stdout}"
        self.said[name] = done.stdout

    def commands(self, program: Path) -> Commands:
        """What runs commands of the program that stands in a folder."""
        return Commands(*LOADED, env=self.environment(program), within=PATIENCE)

    def file(self, path: str) -> Path:
        return self.root / "site" / path

    def json(self, path: str) -> Any:
        return json.loads(self.file(path).read_text(encoding="utf-8"))

    def text(self, path: str) -> str:
        return self.file(path).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
@starts("posix")  # it forks (`forking.py`)
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Reports of the forms before, released; the third form; a report of it, on its way through every command."""
    root = tmp_path_factory.mktemp("third")
    made = World(root, root / "plugins")
    for name in ("docs", "mkdocs.yml"):
        (shutil.copytree if (PROJECT / name).is_dir() else shutil.copy)(PROJECT / name, root / name)
    packages = root / "datapackages"
    for agency, years in ((AGENCY, (2020, 2025)), (OLDER, (2025, 2026)), (MIXED, (2026,))):
        before = None
        for year in years:
            before = made_up.package(agency, year, before=before if before and before.year == year - 1 else None)
            before.edit_agency("kind", "department")
            before.write(packages if year < 2026 else root / "later")
    shutil.copy(packages / OLDER / "agency.yml", root / "later" / OLDER / "agency.yml")
    with made.commands(PROJECT / "plugins") as commands:
        made.run("released before", "release", commands=commands)
    shutil.copytree(root / "released", root / "released-before")
    # From here on there is a third form.
    shutil.copytree(PACKAGE, made.plugins / "open_reports", ignore=shutil.ignore_patterns("__pycache__"))
    add_form(made.plugins / "open_reports" / "forms" / "foi-cn")
    with made.commands(made.plugins) as commands:
        run_all(made, commands)
    return made


def run_all(made: World, commands: Commands) -> None:
    """Take a report of the new form through every command."""
    root = made.root
    packages = root / "datapackages"
    words = ("--title", "虚构甲局2026年政府信息公开工作年度报告", "--source", "https://www.example.gov.cn/2026.htm")
    made.run("new", "new", AGENCY, "2026", *words, commands=commands)
    made.run("empty", "check", "datapackages/" + AGENCY, commands=commands)
    carried = next(cells for line, _, *cells in rows(packages / AGENCY / "2025" / "data" / "applications.csv") if line == "carried_out")
    new = packages / AGENCY / "2026"
    fill(new, carried)
    shutil.copytree(root / "later" / OLDER, packages / OLDER, dirs_exist_ok=True)
    shutil.copytree(root / "later" / MIXED, packages / MIXED)
    mix(packages / MIXED / "2026", new)
    made.run("check", "check", "datapackages", commands=commands)
    made.run("build", "build", "--strict", commands=commands)
    made.run("export", "export", "export", commands=commands)
    made.run("verify", "verify", "export", commands=commands)
    made.run("verify site", "verify", "site", commands=commands)
    shutil.copytree(packages, root / "changed")
    edit(
        root / "changed" / AGENCY / "2026" / "data" / "web_platforms.csv", ("政务微博,2,50", "政务微博,2,60"), ("合计,3,150", "合计,3,160")
    )
    made.run("diff", "diff", "datapackages", "changed", "--format", "json", commands=commands)
    (root / "changed" / AGENCY / "2026" / "data" / "web_platforms.csv").unlink()
    made.run("missing", "check", f"changed/{AGENCY}", fails=True, commands=commands)
    shutil.copy(new / "data" / "web_platforms.csv", root / "changed" / OLDER / "2026" / "data" / "web_platforms.csv")
    made.run("foreign", "check", f"changed/{OLDER}", fails=True, commands=commands)
    made.run("release", "release", commands=commands)
    made.run("release again", "release", "--check", commands=commands)


REPORT = f"reports/{AGENCY}/2026/"


# -- the way in ---------------------------------------------------------------------------------------------------------


def test_no_python_was_touched(world: World) -> None:
    copied = world.plugins / "open_reports"
    differing = [
        path.relative_to(copied).as_posix()
        for path in copied.rglob("*")
        if path.is_file()
        and "__pycache__" not in path.parts
        and (not (PACKAGE / path.relative_to(copied)).is_file() or path.read_bytes() != (PACKAGE / path.relative_to(copied)).read_bytes())
    ]
    assert {Path(path).suffix for path in differing} == {".yml"}
    assert all(path.startswith("forms/foi-cn/") for path in differing)


def test_a_new_package_is_of_the_new_form(world: World) -> None:
    folder = world.root / "datapackages" / AGENCY / "2026"
    stated = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert stated["report"]["forms"] == dict.fromkeys(("disclosure", "applications", "disputes", "web_platforms"), "2026")
    assert [each["name"] for each in stated["resources"]] == [
        "disclosure",
        "applications",
        "disputes",
        "web_platforms",
        "overview",
        "notes",
    ]
    assert "## 六、存在的问题和改进情况" in (folder / "report.md").read_text(encoding="utf-8")
    assert [line for line, *_ in rows(folder / "data" / "applications.csv")][-4:] == [
        "other.withdrawn",
        "other.transferred",
        "total",
        "carried_out",
    ]
    assert "2026年格式，虚构〔2026〕1号" in world.said["new"]
    assert "“政府信息公开平台情况”表的 6 格没有一格填有数字" in world.said["empty"]


def test_a_report_must_have_the_tables_of_its_own_form_and_no_others(world: World) -> None:
    assert f"changed/{AGENCY}/2026/data/web_platforms.csv" in world.said["missing"]
    assert f"changed/{OLDER}/2026/data/web_platforms.csv" in world.said["foreign"]


def test_a_report_that_keeps_to_the_form_before_is_told_so(world: World) -> None:
    said = [each for each in world.json("data/findings.json") if (each["agency"], each["year"], each["rule"]) == (OLDER, 2026, "FORM")]
    assert [each["message_en"] for each in said if "has no table" in each["message_en"]]
    assert {each["file"].rpartition("/")[2] for each in said} == {"applications.csv", "datapackage.json"}
    assert "web_platforms" not in world.json(f"reports/{OLDER}/2026/report.json")["tables"]


def test_a_report_may_mix_the_new_form_with_a_table_of_an_older_one(world: World) -> None:
    report = world.json(f"reports/{MIXED}/2026/report.json")
    assert report["forms"] == {"disclosure": "2021", "applications": "2026", "disputes": "2026", "web_platforms": "2026"}
    assert report["tables"]["web_platforms"]["total"] == {"accounts": 3, "posts": 150}


def test_the_new_deadline_is_that_of_its_law(world: World) -> None:
    covered = {(each["agency"], each["year"]): each for each in world.json("coverage/coverage.json")["coverage"]}
    assert covered[AGENCY, 2026]["deadline"] == "2027-02-28"
    assert covered[AGENCY, 2026]["timeliness"] == "on_time"
    assert covered[AGENCY, 2025]["deadline"] == "2026-01-31"
    stated = world.json("coverage/coverage.json")
    assert (stated["law"]["en"], stated["deadlines"]["department"]) == ("Invented Regulation, Article 1", "02-28")
    assert [(each["from"], each["to"], each["deadlines"]["department"]) for each in stated["earlier"]] == [(2019, 2025, "01-31")]
    page = world.text("en/coverage/index.html")
    assert "For report years from 2026: Under the Invented Regulation, Article 1" in page
    assert "For report years 2019 to 2025: Under the Regulation on Open Government Information, Article 49" in page


# -- every output has the table -----------------------------------------------------------------------------------------


def test_the_page_has_its_table_and_sections_in_their_order(world: World) -> None:
    page = parser.fromstring(world.text(REPORT + "index.html"))
    assert page.get_element_by_id(ADDRESS).text_content() == "100"
    assert page.get_element_by_id("applications/other.withdrawn/natural_person").text_content().lstrip("≠").isdigit()
    headings = [each.text_content().strip() for each in page.xpath("//h2") if re.match("[一二三四五六七]、", each.text_content().strip())]
    assert [heading[0] for heading in headings] == list("一二三四五六七")
    assert "五、政府信息公开平台情况" in headings[4]
    assert "六、存在的问题和改进情况" in headings[5]
    assert "Shortcomings and improvements" in world.text("en/" + REPORT + "index.html")
    assert "各平台当年发布信息" in page.text_content()
    assert page.xpath("//tr[@data-rule='T5-SUM' and @data-result='holds']")
    assert page.xpath("//tr[@data-rule='TXT' and @data-result='holds']")
    assert "存在的主要问题及改进情况" in world.text(f"reports/{AGENCY}/2025/index.html")


def test_the_report_as_json_fits_the_published_schema(world: World) -> None:
    schema = world.json("schemas/report.json")
    for agency, year in ((AGENCY, 2020), (AGENCY, 2025), (AGENCY, 2026), (OLDER, 2026), (MIXED, 2026)):
        report = world.json(f"reports/{agency}/{year}/report.json")
        assert [error.message for error in Draft202012Validator(schema).iter_errors(report)] == []
        assert ("web_platforms" in report["tables"]) == (year == 2026 and agency != OLDER)
    report = world.json(REPORT + "report.json")
    assert report["tables"]["web_platforms"] == {
        line: dict(zip(("accounts", "posts"), map(int, cells), strict=True)) for line, cells in PLATFORMS.items()
    }
    assert report["printed"] == {ADDRESS: "100（约）"}
    assert report["indicators"]["website_share"] == {"numerator": 100, "denominator": 150, "value": 0.6667}
    lacking = dict(report, tables={**report["tables"], "web_platforms": {"websites": {"accounts": 1}}})
    assert list(Draft202012Validator(schema).iter_errors(lacking))


@pytest.mark.parametrize("schema, path", [
    ("figures", REPORT + "figures/web_platforms.json"),
    ("figures", f"reports/{AGENCY}/2025/figures/applications.json"),
    ("agency", f"reports/{AGENCY}/{AGENCY}.json"),
    ("index", "data/index.json"),
    ("coverage", "coverage/coverage.json"),
    ("codebook", "data/codebook.json"),
    ("observations", "data/observations.json"),
    ("findings", "data/findings.json"),
    ("search", "search/index.json"),
    ("datapackage", REPORT + "datapackage.json"),
    ("datapackage", f"reports/{AGENCY}/2020/datapackage.json"),
])  # fmt: skip
def test_every_file_fits_its_published_schema(world: World, schema: str, path: str) -> None:
    found = Draft202012Validator(world.json(f"schemas/{schema}.json")).iter_errors(world.json(path))
    assert [(error.json_path, error.message[:200]) for error in found] == []


def test_the_package_is_published_whole(world: World) -> None:
    stated = world.json(REPORT + "datapackage.json")
    assert [each["path"] for each in stated["resources"]][3] == "data/web_platforms.csv"
    assert rows(world.file(REPORT + "data/web_platforms.csv"))[1] == ["websites", "政府网站", "1", "100"]
    assert not world.file(f"reports/{AGENCY}/2025/data/web_platforms.csv").exists()


def test_the_tidy_files_have_its_figures(world: World) -> None:
    expected = {
        (line, column): value for line, cells in PLATFORMS.items() for column, value in zip(("accounts", "posts"), cells, strict=True)
    }
    for path in ("data/observations.csv", f"reports/{AGENCY}/{AGENCY}.csv"):
        with world.file(path).open(encoding="utf-8", newline="") as stream:
            found = [each for each in csv.DictReader(stream) if each["table"] == "web_platforms" and each["agency"] == AGENCY]
        assert {(each["line"], each["column"]): each["value"] for each in found} == expected
        assert {(each["year"], each["form"]) for each in found} == {("2026", "2026")}
    observed = [each for each in world.json("data/observations.json") if each["table"] == "web_platforms" and each["agency"] == AGENCY]
    assert {(each["line"], each["column"]): str(each["value"]) for each in observed} == expected
    book = openpyxl.load_workbook(world.file(f"reports/{AGENCY}/{AGENCY}.xlsx"))
    assert ADDRESS in [row[-1].value for row in book["五、政府信息公开平台情况"].iter_rows()]


def test_the_workbook_has_its_sheet(world: World) -> None:
    book = openpyxl.load_workbook(world.file(f"{REPORT}{AGENCY}-2026.xlsx"))
    assert book.sheetnames[1:7] == [
        "一、总体情况", "二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况", "四、政府信息公开行政复议、行政诉讼情况", "五、政府信息公开平台情况", book.sheetnames[6],
    ]  # fmt: skip
    cells = [[cell.value for cell in row] for row in book["五、政府信息公开平台情况"].iter_rows()]
    assert any("政府网站" in row and 100 in row for row in cells)


def test_the_database_has_its_cells(world: World) -> None:
    with sqlite3.connect(world.file("data/reports.sqlite")) as database:
        found = database.execute(
            'SELECT line, "column", value FROM observations WHERE agency = ? AND year = 2026 AND "table" = ? ORDER BY 1, 2',
            (AGENCY, "web_platforms"),
        ).fetchall()
        tables = database.execute("SELECT form FROM tables WHERE id = 'web_platforms'").fetchall()
    assert found == sorted(
        (line, column, int(value)) for line, cells in PLATFORMS.items() for column, value in zip(("accounts", "posts"), cells, strict=True)
    )
    assert tables == [("2026",)]


def test_the_parquet_file_has_its_figures(world: World) -> None:
    import duckdb  # noqa: PLC0415 (an extra that only this test reads with)

    path = str(world.file("data/observations.parquet"))
    found = duckdb.execute('SELECT value FROM read_parquet(?) WHERE agency = ? AND "table" = ? AND line = ? AND "column" = ?', [path, AGENCY, *ADDRESS.split("/")]).fetchall()  # fmt: skip
    assert [int(value) for (value,) in found] == [100]


def test_the_codebook_and_the_glossary_explain_it(world: World) -> None:
    book = world.json("data/codebook.json")
    assert [each["form"] for each in book if each["id"] == "web_platforms" and each["what"] == "table"] == ["2026"]
    assert {each["id"] for each in book if each["what"] == "line" and each["table"] == "web_platforms"} == set(PLATFORMS)
    assert "T5-SUM" in {each["id"] for each in book if each["what"] == "rule"}
    page = parser.fromstring(world.text("glossary/index.html"))
    (term,) = page.xpath("//*[@id='table-platforms']/..")
    assert "2026年格式" in term.text_content()
    assert ["term", "glossary/#line-websites"] in [each[:2] for each in world.json("search/index.json")["entries"]]
    assert world.file("quality/T5-SUM/index.html").is_file()


def test_the_figures_of_its_table_have_a_file(world: World) -> None:
    found = world.json(REPORT + "figures/web_platforms.json")
    assert found["figures"]["websites"]["posts"]["value"] == 100
    assert found["figures"]["websites"]["posts"]["forms"] == ["2026"]
    assert found["rules"]["T5-SUM:posts"] == {"result": "holds"}
    assert found["years"] == {}
    assert set(world.json(REPORT + "figures/applications.json")["years"]) == {"2020", "2025"}
    assert not world.file(f"reports/{AGENCY}/2025/figures/web_platforms.json").exists()


def test_the_catalogue_names_every_file_that_there_is(world: World) -> None:
    api = world.json("data/openapi.json")
    assert "web_platforms" in api["components"]["parameters"]["file"]["schema"]["enum"]
    assert "web_platforms" in api["components"]["parameters"]["table"]["schema"]["enum"]
    manifest = world.json("data/manifest.json")["files"]
    assert REPORT + "data/web_platforms.csv" in manifest
    assert [path for path in manifest if not world.file(path).is_file()] == []
    stated = set(re.findall(r'"downloadURL": "([^"]+)"', world.text("data/catalog.jsonld")))
    assert REPORT + "report.json" in stated
    assert [path for path in sorted(stated) if not world.file(path).is_file()] == []


def test_the_export_has_what_the_site_has(world: World) -> None:
    exported = world.root / "export"
    for path in (
        REPORT + "data/web_platforms.csv",
        REPORT + "figures/web_platforms.json",
        REPORT + "report.json",
        f"{REPORT}{AGENCY}-2026.xlsx",
    ):
        assert (exported / path).is_file()
    assert world.said["verify"].strip()


# -- what the change of form breaks --------------------------------------------------------------------------------------


def test_charts_break_where_the_form_changes(world: World) -> None:
    with world.file(f"reports/{AGENCY}/charts/platforms.csv").open(encoding="utf-8", newline="") as stream:
        found = {int(each["year"]): each for each in csv.DictReader(stream) if each["series"] == "websites"}
    assert (found[2025]["value"], found[2025]["status"], found[2025]["form"]) == ("", "not_on_form", "2021")
    assert (found[2026]["value"], found[2026]["form"], found[2026]["break_before"]) == ("100", "2026", "not_on_form")
    page = world.text(f"en/reports/{AGENCY}/index.html")
    topic = page[page.index('id="topic-web_platforms"') : page.index('id="chain"')]
    assert "From 2026 on Form 2026" in topic
    assert "has this table; Form 2021 before it has not." in topic
    assert "From 2025 on" not in topic
    assert 'data-status="not_on_form"' in topic


def test_comparisons_tell_the_years_whose_form_lacks_the_table(world: World) -> None:
    figures = world.json(f"reports/{AGENCY}/{AGENCY}.json")["figures"]
    assert figures[ADDRESS]["years"]["2025"] == {"value": None, "status": "not_on_form"}
    assert figures[ADDRESS]["years"]["2026"]["value"] == 100
    page = world.text("compare/index.html")
    assert ADDRESS in page
    offered = re.search(r'"id": ?"web_platforms/websites/posts"[^}]*"only": ?"([^"]*)"', page)
    assert offered is not None
    assert offered[1] == "2026年格式"
    shares = {(each["agency"], each["year"]): each for each in world.json("indicators/website_share/website_share.json")["values"]}
    assert (shares[AGENCY, 2025]["value"], shares[AGENCY, 2025]["reason"]) == (None, "not_on_form")
    assert shares[AGENCY, 2026]["value"] == 0.6667


def test_the_rule_between_years_holds_across_the_forms(world: World) -> None:
    found = world.json(REPORT + "figures/applications.json")["rules"]
    assert {key: each["result"] for key, each in found.items() if key.startswith("XY-CARRY:")} == dict.fromkeys(
        [f"XY-CARRY:{column}" for column in forms()["2021"].tables["applications"].columns], "holds"
    )


def test_its_corrections_lead_to_its_figures(world: World) -> None:
    made = [each for each in world.json("data/corrections.json") if each["year"] == 2026 and each["agency"] == AGENCY]
    assert [change["address"] for each in made for change in each["changes"]] == [ADDRESS, "web_platforms/total/posts"]
    assert world.json(REPORT + "figures/web_platforms.json")["figures"]["total"]["posts"]["revisions"] == ["1.0.1"]


# -- what changed, and what was released ---------------------------------------------------------------------------------


def test_diff_tells_a_change_of_its_figures(world: World) -> None:
    assert "web_platforms/microblogs/posts" in world.said["diff"]
    assert "web_platforms/total/posts" in world.said["diff"]
    assert ADDRESS not in world.said["diff"]


def test_a_record_made_before_the_form_existed_still_holds(world: World) -> None:
    before, now = world.root / "released-before", world.root / "released"
    assert list(json.loads((before / "forms.json").read_text(encoding="utf-8"))) == ["2019", "2021"]
    assert list(json.loads((now / "forms.json").read_text(encoding="utf-8"))) == ["2019", "2021", "2026"]
    old, new = ((folder / f"{AGENCY}.jsonl").read_text(encoding="utf-8").splitlines() for folder in (before, now))
    assert new[: len(old)] == old
    added = json.loads(new[-1])
    assert (added["year"], added["web_platforms"]["websites"]) == (2026, "1,100")
    assert "reports/{agency}/{year}/figures/web_platforms.json" in (now / "paths.txt").read_text(encoding="utf-8").splitlines()
