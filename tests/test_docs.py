"""What the documentation lists or quotes is what the program has and prints: nothing missing, nothing made up, nothing outdated."""

from __future__ import annotations

import io
import json
import re
import shlex
import shutil
import struct
import subprocess
import tomllib
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click
import pytest
from click.testing import CliRunner
from conftest import PROJECT
from open_reports.check import check, unexplained
from open_reports.cli import commands
from open_reports.finding import level_name
from open_reports.form import LEVELS, TABLES, forms
from open_reports.library import open_library
from open_reports.plugin import OpenReportsConfig
from open_reports.publish import publish
from open_reports.report import DESCRIPTOR, json_text, read
from open_reports.words import words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from open_reports.finding import Finding
    from open_reports.library import Library
    from open_reports.publish import Publication

PAGES = {name: (PROJECT / "docs" / f"{name}.md").read_text(encoding="utf-8") for name in ("about", "data", "publish")}
"""The hand-written pages by name."""
BY_HAND = {f"docs/{name}.md": text for name, text in PAGES.items()} | {
    name: (PROJECT / name).read_text(encoding="utf-8") for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")
}
"""All that is written for people, by path."""
LARGEST_PICTURE = 150_000
"""Bytes of a screenshot; a clone should not wait for pictures."""

_FENCE = re.compile(r"^```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+)`")
_WORD = re.compile(r"[$A-Za-z_][\w-]*")


# -- reading the pages ----------------------------------------------------------------------------------------------------


def section(page: str, anchor: str) -> str:
    """The part of a page from the heading of that id to the next heading of its level or above."""
    text = PAGES[page]
    found = re.search(rf"^(#+) .*\{{#{anchor}(?: [^}}]*)?\}}$", text, re.MULTILINE)
    assert found is not None, f"docs/{page}.md has no section {anchor}"
    rest = text[found.end() :]
    following = re.search(rf"^#{{1,{len(found[1])}}} ", rest, re.MULTILINE)
    return rest[: following.start()] if following else rest


def blocks(text: str, kind: str) -> list[str]:
    """Fenced blocks of a kind, in their order, without the line break at their end."""
    return [match["text"].removesuffix("\n") for match in _FENCE.finditer(text) if match["kind"] == kind]


def spans(text: str) -> list[str]:
    """Every piece of code in a text, fenced or within a line."""
    return [match["text"] for match in _FENCE.finditer(text)] + _SPAN.findall(_FENCE.sub("", text))


def named(text: str) -> set[str]:
    """Every word of code in a text: `report.title` names both `report` and `title`."""
    return {word for span in spans(text) for word in _WORD.findall(span)}


def rows(text: str) -> list[list[str]]:
    """Cells of every line of every table of a text."""
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in text.splitlines() if line.startswith("| ")]


def missing(wanted: Iterable[str], text: str) -> list[str]:
    """Of the wanted words those that a text does not name as code."""
    return sorted(set(wanted) - named(text))


# -- commands -------------------------------------------------------------------------------------------------------------

COMMANDS = commands.commands


def options(command: click.Command) -> list[str]:
    """Long names of a command's options, in their order."""
    return [name for each in command.params if isinstance(each, click.Option) for name in each.opts if name.startswith("--")]


def spoken(text: str, program: str) -> list[list[str]]:
    """Every use of a program in a text's code, split into words, remarks left out."""
    lines = [line for span in spans(text) for line in re.split(r"\n| && ", span)]
    return [shlex.split(line, comments=True) for line in lines if line.split()[:1] == [program]]


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_is_explained_with_all_its_options(name: str) -> None:
    used = spoken(PAGES["publish"], "open-reports")
    assert any(words[1:2] == [name] for words in used)
    written = {word for span in spans(PAGES["publish"]) for word in span.split()}
    assert [option for option in options(COMMANDS[name]) if option not in written] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_each_choice_of_an_option_is_explained(name: str) -> None:
    choices = [
        f"{each.opts[0]} {choice}"
        for each in COMMANDS[name].params
        if isinstance(each, click.Option) and isinstance(each.type, click.Choice)
        for choice in each.type.choices
    ]
    assert [choice for choice in choices if f"`{choice}`" not in PAGES["publish"]] == []


@pytest.mark.parametrize("path", BY_HAND)
def test_every_open_reports_command_in_the_docs_exists(path: str) -> None:
    for line in spoken(BY_HAND[path], "open-reports"):
        name = next((word for word in line[1:] if not word.startswith("-")), None)
        known = options(COMMANDS[name]) if name else []
        assert name is None or name in COMMANDS, line
        assert [word for word in line if word.startswith("--") and word not in (*known, "--help", "--version")] == [], line


@pytest.mark.parametrize("path", BY_HAND)
def test_every_make_target_in_the_docs_exists(path: str) -> None:
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    for line in spoken(BY_HAND[path], "make"):
        assert [word for word in line[1:] if "=" not in word and word not in targets] == [], line


def test_the_readme_names_the_commands_of_a_newcomer_in_both_languages() -> None:
    chinese, english = BY_HAND["README.md"].split("\n---\n")
    for half in (chinese, english):
        assert {"serve", "site", "test", "setup"} <= {word for line in spoken(half, "make") for word in line}
        assert {"new", "check"} <= {line[1] for line in spoken(half, "open-reports")}


def test_every_option_of_the_plugin_is_explained() -> None:
    options = [name for name, _ in OpenReportsConfig._schema]
    assert options
    assert missing(options, section("publish", "hosting")) == []


# -- rules, levels, reasons, kinds of nothing -----------------------------------------------------------------------------


def test_the_rules_have_the_words_of_the_forms() -> None:
    labels = words()
    wanted = [
        f"- [`{rule.id}`](quality/{rule.id}/index.md) {rule.name.zh}"
        f"（{level_name(rule.level).zh}；{labels[f'standing_{rule.standing}'].zh}）：{rule.says.zh}"
        for rule in forms().rules.values()
    ]
    assert [line for line in section("about", "checks").splitlines() if line.startswith("- [`")] == wanted


def test_the_rules_in_english_have_the_words_of_the_forms() -> None:
    labels = words()
    stated = re.findall(
        r'^<li><a href="\.\./quality/(.+?)/"><code>(.+?)</code></a> \((.+?); (.+?)\): (.+)</li>$', PAGES["about"], re.MULTILINE
    )
    wanted = [
        (rule.id, rule.id, level_name(rule.level).en, labels[f"standing_{rule.standing}"].en, rule.says.en)
        for rule in forms().rules.values()
    ]
    assert stated == wanted


def test_every_level_and_result_is_explained() -> None:
    labels = words()
    for level in LEVELS:
        assert f"**{level_name(level).zh}**" in section("about", "levels")
        assert f"**{level_name(level).zh}**（`{level}`）" in section("publish", "check")
        assert f"`{level}` {level_name(level).zh}" in section("data", "findings")
    for result in ("holds", "contradicts", "untestable"):
        assert f"**{labels[f'result_{result}'].zh}**" in section("about", "checks")


def test_every_reason_of_what_cannot_be_tested_is_explained() -> None:
    reasons = [text.zh for key, text in words().items() if key.startswith("reason_")]
    assert reasons
    assert [row[0] for row in rows(section("about", "checks")) if row[0] in reasons] == reasons


def test_every_status_is_explained() -> None:
    statuses = list(forms().common.statuses)
    assert [row[0].strip("`") for row in rows(section("data", "status"))[1:] if row[0].startswith("`")] == ["status", *statuses][1:]


def test_the_words_of_an_agency_are_those_of_the_forms() -> None:
    common = forms().common
    text = section("publish", "new")
    assert [kind for kind, name in common.kinds.items() if f"`{kind}` {name.zh}" not in text] == []
    assert [scope for scope, name in common.scopes.items() if f"`{scope}` {name.zh}" not in section("publish", "fill")] == []
    assert [scope for scope, name in common.scopes.items() if f"`{scope}` {name.zh}" not in section("data", "report")] == []


# -- data files -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def publication(library: Library, findings: tuple[Finding, ...]) -> Publication:
    """The site of the real packages, its pages not yet built."""
    return publish(library, findings)


@pytest.fixture(scope="module")
def report_files(publication: Publication) -> dict[str, dict[str, bytes]]:
    """The files in every report's folder, by the folder's path."""
    built = {page.path: page.build().files for page in publication.pages if re.fullmatch(r"reports/[^/]+/\d{4}/", page.path)}
    return {path: dict(files) for path, files in built.items()}


@pytest.fixture(scope="module")
def reports(report_files: dict[str, dict[str, bytes]]) -> list[dict[str, Any]]:
    """Every `report.json`."""
    return [json.loads(files["report.json"]) for files in report_files.values()]


@pytest.fixture(scope="module")
def corpus_file(publication: Publication) -> dict[str, bytes]:
    """The files of the whole corpus by name."""
    return {artifact.path.removeprefix("data/"): artifact.data for artifact in publication.artifacts}


def keys_of(values: Iterable[Any]) -> set[str]:
    """Every key that any of the mappings has; there must be one to have some."""
    found = {key for value in values if value for key in value}
    assert found
    return found


def test_every_file_of_the_site_is_listed(corpus_file: dict[str, bytes], report_files: dict[str, dict[str, bytes]]) -> None:
    assert [name for name in corpus_file if f'<a href="{name}"' not in section("data", "corpus")] == []
    stated = {row[0].strip("`") for row in rows(section("data", "report"))}
    written = {path.replace("pingtan-2024", "机关标识-年度") for path in report_files["reports/pingtan/2024/"]}
    assert written - stated == set()
    assert {name for name in stated if re.fullmatch(r"\S+\.(?:csv|json|md|svg|zip)", name)} - written == set()


def test_every_kind_of_page_is_listed(publication: Publication) -> None:
    stated = [re.escape(span) for row in rows(section("data", "pages")) for span in _SPAN.findall(row[1]) if span.endswith("/")]
    shapes = [re.sub("机关标识|规则", "[A-Za-z0-9-]+", shape).replace("年度", r"\d{4}") for shape in stated]
    for page in publication.pages:
        assert page.path == "" or any(re.fullmatch(shape, page.path) for shape in shapes), page.path
    for shape in shapes:
        if not shape.endswith("/2/"):  # further parts of a long list, of which this corpus has none
            assert any(re.fullmatch(shape, page.path) for page in publication.pages), shape


def test_every_column_of_the_observations_is_explained(corpus_file: dict[str, bytes]) -> None:
    header = corpus_file["observations.csv"].decode().partition("\n")[0].split(",")
    assert missing(header, section("data", "corpus")) == []
    assert keys_of(json.loads(corpus_file["observations.json"])) == set(header)


def test_every_key_of_a_report_is_explained(reports: list[dict[str, Any]]) -> None:
    text = section("data", "report")
    assert [key for key in keys_of(reports) if not any(f"`{key}`" in row[0] for row in rows(text))] == []
    assert missing(keys_of(report["source"] for report in reports), text) == []
    assert missing(keys_of(note for report in reports for note in report["notes"]), text) == []


def test_every_key_of_the_index_is_explained(corpus_file: dict[str, bytes]) -> None:
    index = json.loads(corpus_file["index.json"])
    text = section("data", "index")
    assert missing([*index, *keys_of(index["agencies"]), *keys_of(index["reports"])], text) == []


def test_every_key_of_the_findings_is_explained(corpus_file: dict[str, bytes], reports: list[dict[str, Any]]) -> None:
    listed = json.loads(corpus_file["findings.json"])
    text = section("data", "findings")
    assert missing(keys_of(listed), text) == []
    assert missing(keys_of(each["explanation"] for each in listed), text) == []
    assert keys_of(listed) - keys_of(each for report in reports for each in report["findings"]) == {"message_en"}


def test_every_indicator_is_defined_as_the_forms_define_it(reports: list[dict[str, Any]]) -> None:
    text = section("data", "indicators")

    def total(cells: Sequence[Any]) -> str:
        return " + ".join(f"`{each.table}/{each.line}/{each.column}`" for each in cells)

    def share(cells: Sequence[Any]) -> str:
        return total(cells) if len(cells) == 1 else f"（{total(cells)}）"

    known = forms().indicators.values()
    wanted = [
        f"- `{each.id}` {each.name.zh}："
        + (f"{share(each.numerator)} ÷ {share(each.denominator)}" if each.denominator else total(each.numerator))
        for each in known
    ]
    assert [line for line in text.splitlines() if line.startswith("- ")] == wanted
    assert {f"小于 {each.floor}" in text for each in known} == {True}
    assert [each.id for each in known] == list(reports[0]["indicators"])
    values = [value for report in reports for value in report["indicators"].values()]
    assert missing(keys_of(values), text) == []
    statuses = forms().common.statuses
    assert missing({value["reason"] for value in values if "reason" in value} - set(statuses), text) == []


# -- what a package may hold ----------------------------------------------------------------------------------------------


def edited(folder: Path, **section_keys: Any) -> None:
    """Set keys of the section `report` of a package's descriptor."""
    path = folder / DESCRIPTOR
    value = json.loads(path.read_text(encoding="utf-8"))
    value["report"].update(section_keys)
    path.write_text(json_text(value), encoding="utf-8")


@pytest.fixture
def real(tmp_path: Path, packages: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the real packages to spoil, with the process standing beside it and a cache of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return Path(shutil.copytree(packages, tmp_path / "datapackages"))


STRANGE = "strange_key"


def allowed(findings: Iterable[Finding]) -> dict[str, list[str]]:
    """Keys that may stand where a strange one was found, by the place of their mapping; what reading itself asks for."""
    found = {}
    for each in findings:
        values = dict(each.values)
        if each.code == "record.unknown_key":
            path = str(values["path"])
            assert path.endswith(STRANGE)
            found[path.removesuffix(STRANGE).rstrip(".")] = str(each.expected or values["expected"]).split(", ")
    return found


def test_every_key_of_a_package_is_explained(real: Path) -> None:
    folder = real / "pingtan" / "2024"
    path = folder / DESCRIPTOR
    value = json.loads(path.read_text(encoding="utf-8"))
    own = value["report"]
    own["period"] = {"from": "2024-01-01", "to": "2024-12-31"}
    own["revisions"] = [{"version": "1.0.0", "date": "2026-03-02", "reason": "录入错误", "changes": []}]
    places = (value, own, own["forms"], own["period"], own["consolidates"][0], own["explanations"][0], own["revisions"][0])
    for each in (*places, value["licenses"][0], value["sources"][0], value["contributors"][0]):
        each[STRANGE] = 1
    path.write_text(json_text(value), encoding="utf-8")
    keys = allowed(read(folder, "pingtan/2024", agency="pingtan", year=2024).findings)
    explained = {
        "": "fill",
        "report": "fill",
        "report.forms": "fill",
        "report.period": "fill",
        "licenses[0]": "fill",
        "sources[0]": "fill",
        "contributors[0]": "fill",
        "report.consolidates[0]": "consolidates",
        "report.explanations[0]": "explanations",
        "report.revisions[0]": "correct",
    }
    assert keys.keys() == explained.keys()
    silent = {place: missing(keys[place], section("publish", anchor)) for place, anchor in explained.items()}
    assert {place: names for place, names in silent.items() if names} == {}


def test_every_key_of_an_agency_is_explained(real: Path) -> None:
    path = real / "pingtan" / "agency.yml"
    path.write_text(path.read_text(encoding="utf-8") + f"{STRANGE}: 1\n", encoding="utf-8")
    keys = allowed(open_library(real).findings)
    assert list(keys) == [""]
    assert missing(keys[""], section("publish", "new")) == []


def test_the_files_to_fill_in_are_those_of_a_new_package(real: Path) -> None:
    CliRunner().invoke(commands, ["new", "pingtan-police", "2025"], catch_exceptions=False)
    folder = real / "pingtan-police" / "2025"
    made = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {row[0].strip("`") for row in rows(section("publish", "fill"))} & made == made


# -- what the program prints ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Quoted:
    """A block that publish.md quotes: what was done to the real packages, and the command that prints it."""

    about: str
    command: str
    before: Callable[[Path], None] = lambda _: None

    def __str__(self) -> str:
        return self.about


def replaced(path: str, old: str, new: str) -> Callable[[Path], None]:
    """Replace a text that stands once in a file of a copy of the packages."""

    def replace(root: Path) -> None:
        text = (root / path).read_text(encoding="utf-8")
        assert text.count(old) == 1
        (root / path).write_text(text.replace(old, new), encoding="utf-8")

    return replace


def recoded(path: str) -> Callable[[Path], None]:
    """Save a file as old spreadsheets do."""
    return lambda root: (root / path).write_bytes((root / path).read_text(encoding="utf-8").encode("gb18030")) and None


def explained(path: str, *explanations: dict[str, str]) -> Callable[[Path], None]:
    """Give a package these explanations in place of its own."""
    return lambda root: edited(root / path, explanations=list(explanations))


def made(root: Path) -> None:
    """Make the new package of the manual."""
    CliRunner().invoke(commands, ["new", "--root", str(root), "pingtan-police", "2025"], catch_exceptions=False)


NOT_THERE = {
    "finding": "T3-ROW",
    "address": "applications/granted/total",
    "text": "对照原文核对过，原文如此。",
    "by": "publisher",
    "date": "2026-02-01",
}
QUOTED = (
    Quoted("a new package is made", "open-reports new pingtan-police 2025"),
    Quoted("a new package is checked", "open-reports check datapackages/pingtan-police/2025", made),
    Quoted(
        "a letter for a zero",
        "open-reports check datapackages/pingtan/2024",
        replaced("pingtan/2024/data/applications.csv", "申请数量,217,1,0,", "申请数量,217,1,O,"),
    ),
    Quoted(
        "a comma too many",
        "open-reports check datapackages/pingtan-police/2024",
        replaced(
            "pingtan-police/2024/data/applications.csv", "二、上年结转政府信息公开申请数量,0,", "二、上年结转政府信息公开申请数量,0,,"
        ),
    ),
    Quoted("an old encoding", "open-reports check datapackages/pingtan/2024", recoded("pingtan/2024/data/applications.csv")),
    Quoted(
        "a misprint that row and column locate",
        "open-reports check datapackages/pingtan/2022",
        replaced("pingtan/2022/data/applications.csv", "（一）予以公开,21,", "（一）予以公开,27,"),
    ),
    Quoted("not explained yet", "open-reports check datapackages/pingtan-resources/2023", explained("pingtan-resources/2023")),
    Quoted("explained", "open-reports check datapackages/pingtan-resources/2020"),
    Quoted("an explanation of nothing", "open-reports check datapackages/pingtan-police/2024", explained("pingtan-police/2024", NOT_THERE)),
    Quoted("a sum of units", "open-reports check datapackages/pingtan/2024"),
    Quoted("a stated total", "open-reports check datapackages/yinchuan-qianjinjie/2019"),
    Quoted("an absent line", "open-reports check datapackages/pingtan-haitan/2024"),
    Quoted("in English", "open-reports check --lang en datapackages/yinchuan-qianjinjie/2019"),
)
"""In the order in which publish.md quotes them."""


def test_every_quoted_block_is_accounted_for() -> None:
    assert len(blocks(PAGES["publish"], "text")) == len(QUOTED)


@pytest.mark.parametrize("position", range(len(QUOTED)), ids=[str(each) for each in QUOTED])
def test_a_quoted_block_is_what_the_program_prints(position: int, real: Path) -> None:
    quoted = QUOTED[position]
    quoted.before(real)
    printed = CliRunner().invoke(commands, shlex.split(quoted.command)[1:], catch_exceptions=False).output
    block = blocks(PAGES["publish"], "text")[position]
    assert f"\n{block}\n" in f"\n{printed}"


# -- examples -------------------------------------------------------------------------------------------------------------


def test_the_examples_of_the_descriptor_are_accepted(real: Path) -> None:
    examples = [json.loads(f"{{{text}}}") for text in blocks(PAGES["publish"], "json")]
    assert [list(example) for example in examples] == [["explanations"], ["consolidates"], ["revisions"]]
    explanations, consolidates, revisions = examples
    edited(real / "pingtan-resources" / "2023", **explanations)
    edited(real / "pingtan" / "2024", **consolidates)
    edited(real / "pingtan" / "2023", **revisions)
    replaced("pingtan/2023/datapackage.json", '"version": "1.0.0"', '"version": "1.0.1"')(real)
    library = open_library(real)
    assert library.findings == ()
    assert [revision.version for revision in library.reports["pingtan", 2023].revisions] == ["1.0.1"]
    findings = check(library)
    assert [each for each in findings if each.rule in {"EXPL", "META"}] == []
    of_example = [each for each in findings if (each.agency, each.year) == ("pingtan-resources", 2023) and each.explanation]
    assert [each.explanation.text for each in of_example if each.explanation] == [explanations["explanations"][0]["text"]]
    assert {each.rule for each in unexplained(findings) if each.agency == "pingtan"} == set()
    assert any(each.rule == "AGG" and each.year == 2024 for each in findings)


def test_the_python_example_of_one_report_runs(
    tmp_path: Path, report_files: dict[str, dict[str, bytes]], library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    example = next(text for text in blocks(PAGES["data"], "python") if "report.json" in text)
    (tmp_path / "report.json").write_bytes(report_files["reports/pingtan/2024/"]["report.json"])
    monkeypatch.chdir(tmp_path)
    with redirect_stdout(io.StringIO()) as said:
        exec(compile(example, "docs/data.md", "exec"), {})  # noqa: S102 (our own example)
    assert said.getvalue() == f"{library.reports['pingtan', 2024].figure('applications', 'new', 'total').value}\n"


def test_the_addresses_in_the_docs_are_those_of_the_forms() -> None:
    """Every `table/line/column` that the pages name is a figure of some form."""
    cells = {f"{table}/{line.id}/{column.id}" for form in forms().values() for table in TABLES for line, column in form.tables[table].cells}
    lines = {address.rpartition("/")[0] for address in cells}
    stated = {
        address
        for text in PAGES.values()
        for span in spans(text)
        for address in re.findall(rf"(?:{'|'.join(TABLES)})/[a-z_.]+(?:/[a-z_]+)?", span)
        if "*" not in span
    }
    assert len(stated) > 5
    assert stated - cells - lines - {f"data/{table}.csv".removeprefix("data/") for table in TABLES} == set()


# -- README, CHANGELOG, pictures ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_every_file_that_is_linked_exists(path: str) -> None:
    text = BY_HAND[path]
    links = [*re.findall(r"\]\(([^)\s]+)\)", text), *re.findall(r'(?:src|href)="([^"]+)"', text)]
    local = [urlsplit(link).path for link in links if not urlsplit(link).scheme and urlsplit(link).path]
    assert local or path == "CHANGELOG.md"
    assert [link for link in local if not (PROJECT / link).exists()] == []


def test_the_pictures_are_as_wide_as_they_say_and_light() -> None:
    pictures = sorted((PROJECT / "docs" / "assets" / "screenshots").glob("*.png"))
    assert {path.stem for path in pictures} == {
        f"{page}-{width}" for page in ("home", "agency", "report", "quality") for width in (360, 1280)
    }
    for path in pictures:
        data = path.read_bytes()
        assert data.startswith(b"\x89PNG\r\n\x1a\n"), path.name
        width = struct.unpack(">I", data[16:20])[0]
        assert width % int(path.stem.rpartition("-")[2]) == 0, path.name  # one or two pixels of the screen each
        assert len(data) < LARGEST_PICTURE, path.name


def test_the_changelog_has_this_version_and_says_whom_it_concerns() -> None:
    version = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    releases = re.split(r"^## ", BY_HAND["CHANGELOG.md"], flags=re.MULTILINE)[1:]
    titles = [release.partition("\n")[0].partition("]")[0].lstrip("[") for release in releases]
    assert version in titles[:2]  # the first, or the first below what is not released yet
    for release in releases:
        concerned = re.search(r"^\*\*Forms and years affected · 影响的格式和年度:\*\* (.+)$", release, re.MULTILINE)
        assert concerned is not None, release
    ids = re.findall(r"(\d{4}) \(", re.findall(r"^\*\*Forms and years affected.*$", releases[titles.index(version)], re.MULTILINE)[0])
    assert ids
    assert set(ids) <= set(forms())


def test_the_changelog_of_the_first_version_names_all_that_it_has() -> None:
    text = re.split(r"^## ", BY_HAND["CHANGELOG.md"], flags=re.MULTILINE)[-1]
    assert missing([*COMMANDS], text) == []
    assert [rule for rule in forms().rules if f"`{rule}`" not in text] == []


def test_the_numbers_of_the_readme_are_those_of_the_packages(library: Library) -> None:
    years = library.years
    chinese, english = BY_HAND["README.md"].split("\n---\n")
    assert f"收录 {len(library.agencies)} 个机关 {years[0]} 至 {years[-1]} 年度的 {len(library)} 份真实年报" in chinese
    assert f"{len(library)} real reports of {len(library.agencies)} agencies, {years[0]} to {years[-1]}" in english


# -- every file of the project --------------------------------------------------------------------------------------------

# Spelt so that none of them is found in this file.
ELSEWHERE = re.compile(
    r"(?<![\w.*>])/(?:work|root|tmp|home|Users)\b"
    r"|\bpypi\.|python[h]osted|\bnpmjs\b|(?<!no-emit-)(?<!\w)index-ur[l]|\b(?:mirrors?|registry)\.[a-z]+\.(?:com|org|edu|cn)"
)


def test_no_file_names_a_path_of_one_machine_or_a_host_of_packages() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=PROJECT, check=True, capture_output=True
    ).stdout.decode()
    paths = [PROJECT / name for name in listed.split("\0") if name and (PROJECT / name).is_file()]
    assert PROJECT / "README.md" in paths
    found = []
    for path in paths:
        data = path.read_bytes()
        if b"\0" not in data:
            lines = data.decode(errors="replace").splitlines()
            found += [
                f"{path.relative_to(PROJECT)}:{row}: {line[:120]}" for row, line in enumerate(lines, start=1) if ELSEWHERE.search(line)
            ]
    assert found == []


@pytest.mark.parametrize("line", ["see /" + "work/main", "cd '/" + "tmp/x'", "https://py" + "pi.org/simple", "registry.npm" + "js.org"])
def test_such_a_path_or_host_would_be_found(line: str) -> None:
    assert ELSEWHERE.search(line)
