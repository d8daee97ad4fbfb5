"""What the documentation lists or quotes is what the program has and prints: nothing missing, nothing made up, nothing outdated."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import struct
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args
from urllib.parse import urlsplit

import clerks_way
import click
import pytest
import yamls
from click.testing import CliRunner
from conftest import PROJECT
from open_reports.charts import definitions
from open_reports.charts.data import INCOMPLETE
from open_reports.checks.check import check, unexplained
from open_reports.checks.identity import RESULTS
from open_reports.cli import commands
from open_reports.derived.coverage import STATES
from open_reports.derived.indicator import REASONS
from open_reports.derived.series import CauseKind
from open_reports.derived.whole import Standing
from open_reports.document import PLACEHOLDER
from open_reports.errors import PublishError
from open_reports.files.citation import checked_problem
from open_reports.files.corrections import corrections_csv, corrections_json
from open_reports.files.totals import totals, year_totals
from open_reports.finding import LEVELS, level_name
from open_reports.form import forms
from open_reports.library import open_library
from open_reports.pages.data import documentation
from open_reports.plugin import OpenReportsConfig
from open_reports.report import DESCRIPTOR, json_text, read
from open_reports.site.publish import assets, publish
from open_reports.text import words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from open_reports.finding import Finding
    from open_reports.form import Cells, Indicator
    from open_reports.library import Library
    from open_reports.site.publish import Publication

TABLES = forms().tables

NAMES = ("about", "publish")
"""The hand-written pages; each stands in `docs/` in Chinese and in `docs/en/` in English."""
TEXTS = (*NAMES, "data")
"""All that is explained at length: the page of the data is generated, and what it explains is shipped with the package."""
FOLDERS = {"zh": "docs", "en": "docs/en"}
"""Folder of the hand-written pages of each language."""
PAGES = {
    language: {name: (PROJECT / folder / f"{name}.md").read_text(encoding="utf-8") for name in NAMES} | {"data": documentation(language)}
    for language, folder in FOLDERS.items()
}
BY_HAND = {f"{FOLDERS[language]}/{name}.md": text for language, texts in PAGES.items() for name, text in texts.items()} | {
    name: (PROJECT / name).read_text(encoding="utf-8") for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")
}
"""All that is written for people, by path."""
LARGEST_PICTURE = 150_000
"""Bytes of a screenshot; a clone should not wait for pictures."""

_FENCE = re.compile(r"^```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+)`")
_WORD = re.compile(r"[$A-Za-z_][\w-]*")
_HEADING = re.compile(r"^(?P<level>#+) .*\{#(?P<id>[a-z]+)\}$", re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CHINESE = re.compile(r"[\u3400-\u9fff]+")

both = pytest.mark.parametrize("language", FOLDERS)
"""What holds for the Chinese pages holds for their English twins."""


# -- reading the pages ----------------------------------------------------------------------------------------------------


def section(language: str, page: str, anchor: str) -> str:
    """The part of a page from the heading of that id to the next heading of its level or above."""
    text = PAGES[language][page]
    found = re.search(rf"^(#+) .*\{{#{anchor}\}}$", text, re.MULTILINE)
    assert found is not None, f"{FOLDERS[language]}/{page}.md has no section {anchor}"
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


# -- twins ----------------------------------------------------------------------------------------------------------------


def front_matter(text: str) -> dict[str, Any]:
    """What stands between the lines `---` at the head of a page."""
    return dict(yamls.parsed(text.split("---\n")[1]))


def outline(text: str) -> list[tuple[str, str]]:
    """Level and id of every heading."""
    return [(match["level"], match["id"]) for match in _HEADING.finditer(_FENCE.sub("", text))]


def shape(text: str) -> tuple[int, int, list[str], list[str]]:
    """How much a text says: rows of tables, items of lists, kinds of fenced blocks, links to other pages and sections."""
    plain = _FENCE.sub("", text)
    items = [line for line in plain.splitlines() if re.match(r"(?:-|\d+\.) ", line)]
    links = sorted(link for link in _LINK.findall(plain) if not urlsplit(link).scheme and not link.startswith("en/"))
    return len(rows(plain)), len(items), [match["kind"] for match in _FENCE.finditer(text)], links


def test_every_page_has_its_twin() -> None:
    written = {language: {path.stem for path in (PROJECT / folder).glob("*.md")} for language, folder in FOLDERS.items()}
    assert written == {language: set(NAMES) for language in FOLDERS}


@pytest.mark.parametrize("name", TEXTS)
def test_twins_have_the_same_sections(name: str) -> None:
    chinese, english = (PAGES[language][name] for language in FOLDERS)
    assert outline(english) == outline(chinese)
    for text in (chinese, english):
        assert len(re.findall(r"^#+ ", _FENCE.sub("", text), re.MULTILINE)) == len(outline(text))
        assert len({anchor for _, anchor in outline(text)}) == len(outline(text))


@pytest.mark.parametrize("name", TEXTS)
def test_twins_say_as_much_in_every_section(name: str) -> None:
    for _, anchor in outline(PAGES["zh"][name]):
        chinese, english = (section(language, name, anchor) for language in FOLDERS)
        assert shape(english) == shape(chinese), anchor


@pytest.mark.parametrize("path", BY_HAND)
def test_no_page_has_a_part_in_the_other_language(path: str) -> None:
    """Single words may stand in the other language, and then say so; whole parts belong to the twin."""
    if path.startswith("docs/"):
        assert "lang=" not in re.sub(r'<span lang="(?:zh|en)">[^<\n]{1,60}</span>', "", BY_HAND[path])


@both
@pytest.mark.parametrize("name", NAMES)
def test_each_page_has_a_title_and_a_description(name: str, language: str) -> None:
    head = front_matter(PAGES[language][name])
    assert set(head) == {"title", "description", "hide"}
    assert head["hide"] == ["navigation"]
    for text in (head["title"], head["description"]):
        assert bool(_CHINESE.search(text)) == (language == "zh")


@pytest.mark.parametrize("name", TEXTS)
def test_an_english_page_is_in_english(name: str) -> None:
    """Beside code only what the statutory tables and packages themselves say stands there in Chinese."""
    prose = re.sub(r'<span lang="zh">[^<]*</span>', "", _SPAN.sub("", _FENCE.sub("", PAGES["en"][name])))
    references = [form.reference.zh for form in forms().values()]
    for quoted in (*references, PLACEHOLDER, "政府信息公开工作年度报告"):
        prose = prose.replace(quoted, "")
    assert set(_CHINESE.findall(prose)) <= set(forms().common.units)


# -- commands -------------------------------------------------------------------------------------------------------------

_CONTEXT = click.Context(commands)
COMMANDS = {name: found for name in commands.list_commands(_CONTEXT) if (found := commands.get_command(_CONTEXT, name))}


def options(command: click.Command) -> list[str]:
    """Long names of a command's options, in their order."""
    return [name for each in command.params if isinstance(each, click.Option) for name in each.opts if name.startswith("--")]


def spoken(text: str, program: str) -> list[list[str]]:
    """Every use of a program in a text's code, split into words, remarks left out."""
    lines = [line for span in spans(text) for line in re.split(r"\n| && ", span)]
    return [shlex.split(line, comments=True) for line in lines if line.split()[:1] == [program]]


@both
@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_is_explained_with_all_its_options(name: str, language: str) -> None:
    text = PAGES[language]["publish"]
    assert any(words[1:2] == [name] for words in spoken(text, "open-reports"))
    written = {word for span in spans(text) for word in span.split()}
    assert [option for option in options(COMMANDS[name]) if option not in written] == []


@both
@pytest.mark.parametrize("name", COMMANDS)
def test_each_choice_of_an_option_is_explained(name: str, language: str) -> None:
    choices = [
        f"{each.opts[0]} {choice}"
        for each in COMMANDS[name].params
        if isinstance(each, click.Option) and isinstance(each.type, click.Choice)
        for choice in each.type.choices
    ]
    assert [choice for choice in choices if f"`{choice}`" not in PAGES[language]["publish"]] == []


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


@both
def test_every_option_of_the_plugin_is_explained(language: str) -> None:
    options = [name for name, _ in OpenReportsConfig._schema]
    assert options
    assert missing(options, section(language, "publish", "hosting")) == []


@both
def test_every_name_in_the_address_for_problems_is_explained(language: str) -> None:
    stated = re.findall(r"`(\{[a-z]+\})`", section(language, "publish", "hosting"))
    assert checked_problem("mailto:clerk@example.invalid?subject=" + "".join(stated))
    with pytest.raises(PublishError) as refused:
        checked_problem("mailto:clerk@example.invalid?subject={strange}")
    assert set(re.findall(r"\{[a-z]+\}", str(refused.value))) - {"{strange}"} == set(stated)


# -- rules, levels, reasons, kinds of nothing -----------------------------------------------------------------------------


RULE = {
    "zh": "- [`{id}`](quality/{id}/index.md) {name}（{level}；{standing}）：{says}",
    "en": "- [`{id}`](quality/{id}/index.md) {name} ({level}; {standing}): {says}",
}
"""How the page about the site lists a rule."""


@both
def test_the_rules_have_the_words_of_the_forms(language: str) -> None:
    labels = words()
    wanted = [
        RULE[language].format(
            id=rule.id,
            name=rule.name[language],
            level=level_name(rule.level)[language],
            standing=labels[f"standing_{rule.standing}"][language],
            says=rule.says[language],
        )
        for rule in forms().rules.values()
    ]
    assert [line for line in section(language, "about", "checks").splitlines() if line.startswith("- [`")] == wanted


@both
def test_every_place_where_a_rule_may_be_written_is_named(language: str) -> None:
    text = section(language, "about", "checks")
    standings = [text[language] for key, text in words().items() if key.startswith("standing_")]
    assert standings
    ends = {"zh": "；。", "en": ";."}[language]
    assert [each for each in standings if not any(f"{each}{end}" in text for end in ends)] == []


@both
def test_every_level_and_result_is_explained(language: str) -> None:
    labels = words()
    brackets = {"zh": "（`{}`）", "en": " (`{}`)"}[language]
    for level in LEVELS:
        name = level_name(level)[language]
        assert f"- **{name}**" in section(language, "about", "levels")
        assert f"**{name}**{brackets.format(level)}" in section(language, "publish", "check")
        assert f"`{level}` {name}" in section(language, "data", "findings")
    for result in RESULTS:
        assert f"- **{labels[f'result_{result}'][language]}**" in section(language, "about", "checks")


@both
def test_every_reason_of_what_cannot_be_tested_is_explained(language: str) -> None:
    reasons = [text[language] for key, text in words().items() if key.startswith("reason_")]
    assert reasons
    assert [row[0] for row in rows(section(language, "about", "checks")) if row[0] in reasons] == reasons


@both
def test_every_status_is_explained(language: str) -> None:
    statuses = list(forms().common.statuses)
    stated = [row[0].strip("`") for row in rows(section(language, "data", "status")) if row[0].startswith("`")]
    assert stated == ["status", *statuses]


@both
def test_the_words_of_an_agency_are_those_of_the_forms(language: str) -> None:
    common = forms().common
    text = section(language, "publish", "new")
    assert [kind for kind, name in common.kinds.items() if f"`{kind}` {name[language]}" not in text] == []
    for page, anchor in (("publish", "fill"), ("data", "report")):
        text = section(language, page, anchor)
        assert [scope for scope, name in common.scopes.items() if f"`{scope}` {name[language]}" not in text] == []


# -- data files -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def publication(library: Library, findings: tuple[Finding, ...]) -> Publication:
    """The site of the real packages, its pages not yet built."""
    return publish(library, findings)


@pytest.fixture(scope="module")
def report_files(publication: Publication) -> dict[str, dict[str, bytes]]:
    """The files in every report's folder, by the folder's path."""
    return {folder.path: dict(folder.files()) for folder in publication.folders if re.fullmatch(r"reports/[^/]+/\d{4}/", folder.path)}


@pytest.fixture(scope="module")
def reports(report_files: dict[str, dict[str, bytes]]) -> list[dict[str, Any]]:
    """Every `report.json`."""
    return [json.loads(files["report.json"]) for files in report_files.values()]


@pytest.fixture(scope="module")
def corpus_file(publication: Publication) -> dict[str, bytes]:
    """The files of the whole corpus by name."""
    return {name: data for folder in publication.folders if folder.path == "data/" for name, data in folder.files().items()}


def keys_of(values: Iterable[Any]) -> set[str]:
    """Every key that any of the mappings has; there must be one to have some."""
    found = {key for value in values if value for key in value}
    assert found
    return found


PLACEHOLDERS = {
    "zh": {"机关标识": "agency", "年度": "year", "规则": "rule", "指标": "indicator", "图": "chart"},
    "en": {f"<{name}>": name for name in ("agency", "year", "rule", "indicator", "chart")},
}
"""Words in an address that stand for an id."""


def ids_of(library: Library) -> dict[str, set[str]]:
    """What may stand in the place of each word in an address."""
    return {
        "agency": set(library.agencies),
        "year": {str(year) for year in library.years},
        "rule": set(forms().rules),
        "indicator": set(forms().indicators),
        "chart": {chart.id for chart in definitions()},
    }


def shape_of(path: str, ids: dict[str, set[str]]) -> str:
    """A path with its ids replaced by the words for them: `reports/<agency>/<year>/<agency>-<year>.zip`."""
    shaped = f"/{path}"
    for kind, known in ids.items():
        one = "|".join(sorted(map(re.escape, known), key=len, reverse=True))
        before = "/charts/" if kind == "chart" else "/"  # a table may have the name of a chart
        shaped = re.sub(rf"(?<={before})(?:{one})(?=[/.-])", f"<{kind}>", shaped)
        shaped = re.sub(rf"(?<=<agency>-)(?:{one})(?=\.)", f"<{kind}>", shaped)
    return shaped.removeprefix("/")


def stated_shapes(spans: Iterable[str], language: str) -> list[str]:
    """Addresses of a page with its language's words for ids replaced by the English ones."""
    found = []
    for span in spans:
        shaped = span
        for word, name in PLACEHOLDERS[language].items():
            shaped = shaped.replace(word, f"<{name}>")
        found.append(shaped)
    return found


@both
def test_every_kind_of_page_is_listed(language: str, publication: Publication, library: Library) -> None:
    ids = ids_of(library)
    published = {shape_of(page.here.path, ids) for page in publication.pages}
    text = re.sub(
        r"^@with (\S+) (.*)$", lambda line: line[2] if line[1] in published else "", section(language, "data", "pages"), flags=re.MULTILINE
    )
    cells = [row[1] for row in rows(text)]
    stated = stated_shapes((span for cell in cells for span in _SPAN.findall(cell) if span.endswith("/")), language)
    assert "" in published
    assert sorted(stated) == sorted(published - {""})


@both
def test_every_column_of_the_observations_is_explained(language: str, corpus_file: dict[str, bytes]) -> None:
    header = corpus_file["observations.csv"].decode().partition("\n")[0].split(",")
    assert missing(header, section(language, "data", "corpus")) == []
    assert keys_of(json.loads(corpus_file["observations.json"])) == set(header)


@both
def test_every_key_of_a_report_is_explained(language: str, reports: list[dict[str, Any]]) -> None:
    text = section(language, "data", "report")
    assert [key for key in keys_of(reports) if not any(f"`{key}`" in row[0] for row in rows(text))] == []
    assert missing(keys_of(report["source"] for report in reports), text) == []
    assert missing(keys_of(note for report in reports for note in report["notes"]), text) == []


@both
def test_every_column_of_the_code_book_is_explained(language: str, corpus_file: dict[str, bytes]) -> None:
    text = section(language, "data", "codebook")
    entries = json.loads(corpus_file["codebook.json"])
    assert missing(header_of(corpus_file["codebook.csv"]), text) == []
    assert keys_of(entries) == set(header_of(corpus_file["codebook.csv"]))
    assert missing({each[key] for each in entries for key in ("what", "standing") if each[key]}, text) == []


@both
def test_every_key_of_the_figures_is_explained(language: str, report_files: dict[str, dict[str, bytes]]) -> None:
    text = section(language, "data", "figures")
    objects = [json.loads(data) for files in report_files.values() for path, data in files.items() if path.startswith("figures/")]
    cells = [cell for each in objects for line in each["figures"].values() for cell in line.values()]
    results = [result for each in objects for result in each["rules"].values()]
    years = [year for each in objects for year in each["years"].values()]
    named_keys = {*keys_of(objects), *keys_of(cells), *keys_of(results), *keys_of(years), *keys_of(each["source"] for each in objects)}
    assert missing(named_keys | {result["result"] for result in results}, text) == []


@both
def test_every_key_of_the_index_is_explained(language: str, corpus_file: dict[str, bytes]) -> None:
    index = json.loads(corpus_file["index.json"])
    text = section(language, "data", "index")
    assert missing([*index, *keys_of(index["agencies"]), *keys_of(index["reports"])], text) == []


@both
def test_every_key_of_the_findings_is_explained(language: str, corpus_file: dict[str, bytes], reports: list[dict[str, Any]]) -> None:
    listed = json.loads(corpus_file["findings.json"])
    text = section(language, "data", "findings")
    assert missing(keys_of(listed), text) == []
    assert missing(keys_of(each["explanation"] for each in listed), text) == []
    assert keys_of(listed) - keys_of(each for report in reports for each in report["findings"]) == {"message_en"}


DEFINITION = {
    "zh": {"item": "- `{id}` {name}：{formula}", "sum": "（{}）", "previous": "上一年的 `{}`", "floor": "小于 {}"},
    "en": {"item": "- `{id}` {name}: {formula}", "sum": "({})", "previous": "`{}` of the year before", "floor": "less than {}"},
}
"""How the data page writes a definition."""


def formula(indicator: Indicator, language: str) -> str:
    """The definition of an indicator as the data page writes it."""
    spelling = DEFINITION[language]

    def total(cells: Sequence[Cells]) -> str:
        written = ""
        for each in cells:
            cell = f"{each.table}/{each.line}/{each.column}"
            sign = " − " if each.sign < 0 else " + "
            written += (sign if written else "") + (spelling["previous"] if each.previous else "`{}`").format(cell)
        return written

    def share(cells: Sequence[Cells]) -> str:
        return total(cells) if len(cells) == 1 else spelling["sum"].format(total(cells))

    if not indicator.denominator:
        return total(indicator.numerator)
    return f"{share(indicator.numerator)} ÷ {share(indicator.denominator)}"


@both
def test_every_indicator_is_defined_as_the_forms_define_it(language: str, reports: list[dict[str, Any]]) -> None:
    text = section(language, "data", "indicators")
    spelling = DEFINITION[language]
    known = forms().indicators.values()
    wanted = [spelling["item"].format(id=each.id, name=each.name[language], formula=formula(each, language)) for each in known]
    assert [line for line in text.splitlines() if line.startswith("- ")] == wanted
    assert {spelling["floor"].format(each.floor) in text for each in known} == {True}
    assert [each.id for each in known] == list(reports[0]["indicators"])
    values = [value for report in reports for value in report["indicators"].values()]
    assert missing(keys_of(values), text) == []
    assert missing(REASONS, text) == []
    assert {value["reason"] for value in values if "reason" in value} <= {*REASONS, *forms().common.statuses}


@pytest.fixture(scope="module")
def folder_files(publication: Publication) -> dict[str, bytes]:
    """Files beside the pages of agencies, indicators and coverage by their path below the site."""
    wanted = re.compile(r"reports/[^/]+/|indicators/[^/]+/|coverage/")
    return {
        f"{folder.path}{name}": data
        for folder in publication.folders
        if wanted.fullmatch(folder.path)
        for name, data in folder.files().items()
    }


def header_of(data: bytes) -> list[str]:
    """First row of a CSV file."""
    return data.decode().partition("\n")[0].split(",")


@both
def test_every_key_of_an_agency_file_is_explained(language: str, folder_files: dict[str, bytes], corpus_file: dict[str, bytes]) -> None:
    text = section(language, "data", "agency")
    objects = [json.loads(data) for path, data in folder_files.items() if re.fullmatch(r"reports/([^/]+)/\1\.json", path)]
    years = [year for each in objects for year in each["years"].values()]
    figures = [figure for each in objects for figure in each["figures"].values()]
    cells = [cell for figure in figures for cell in figure["years"].values()]
    rates = [rate for each in objects for values in each["indicators"].values() for rate in values.values()]
    own = {*keys_of(objects), *keys_of(years), *keys_of(figures), *keys_of(cells)}
    assert missing(own, text) == []
    assert missing(keys_of(rates), text + section(language, "data", "indicators")) == []
    tables = {header: data for header, data in folder_files.items() if re.fullmatch(r"reports/([^/]+)/\1\.csv", header)}
    assert {tuple(header_of(data)) for data in tables.values()} == {tuple(header_of(corpus_file["observations.csv"]))}


@both
def test_every_column_of_a_chart_is_explained(language: str, folder_files: dict[str, bytes]) -> None:
    text = section(language, "data", "agency")
    headers = {tuple(header_of(data)) for path, data in folder_files.items() if "/charts/" in path}
    assert len(headers) == 1
    assert missing([*headers.pop(), INCOMPLETE, *get_args(CauseKind)], text) == []
    assert missing((chart.id for chart in definitions()), text) == []


@both
def test_every_key_of_an_indicator_file_is_explained(language: str, folder_files: dict[str, bytes]) -> None:
    text = section(language, "data", "indicators")
    of_indicators = {path: data for path, data in folder_files.items() if path.startswith("indicators/")}
    headers = {tuple(header_of(data)) for path, data in of_indicators.items() if path.endswith(".csv")}
    assert len(headers) == 1
    header = headers.pop()
    objects = [json.loads(data) for path, data in of_indicators.items() if path.endswith(".json")]
    assert missing([*header, *keys_of(objects)], text) == []
    assert keys_of(value for each in objects for value in each["values"]) == set(header)


@both
def test_every_key_and_word_of_the_coverage_is_explained(language: str, folder_files: dict[str, bytes]) -> None:
    text = section(language, "data", "coverage")
    header = header_of(folder_files["coverage/coverage.csv"])
    whole = json.loads(folder_files["coverage/coverage.json"])
    assert missing([*header, *whole, *STATES, "collected"], text) == []
    assert keys_of(whole["coverage"]) == set(header)


@both
def test_every_column_of_the_totals_is_explained(language: str, library: Library) -> None:
    text = section(language, "data", "totals")
    assert missing([*header_of(totals(library)), *header_of(year_totals(library, 2024)), *get_args(Standing)], text) == []


@both
def test_every_key_of_the_corrections_is_explained(language: str, real: Path) -> None:
    edited(
        real / "pingtan" / "2023", revisions=json.loads(f"{{{blocks(section(language, 'publish', 'correct'), 'json')[0]}}}")["revisions"]
    )
    replaced("pingtan/2023/datapackage.json", '"version": "1.0.0"', '"version": "1.0.1"')(real)
    library = open_library(real)
    listed = json.loads(corrections_json(library))
    text = section(language, "data", "corrections")
    assert missing(keys_of(listed), text) == []
    assert missing(keys_of(change for each in listed for change in each["changes"]), text) == []
    assert missing(header_of(corrections_csv(library)), text) == []
    assert [change["address"] for each in listed for change in each["changes"]] == ["applications/new/total"]


# -- what scripts do ------------------------------------------------------------------------------------------------------

KEEPS_OR_CALLS = re.compile(
    r"\b(?:localStorage|sessionStorage|indexedDB|cookie|cookieStore|caches|serviceWorker|sendBeacon|XMLHttpRequest|WebSocket|EventSource"
    r"|RTCPeerConnection)\b|https?://"
)
"""What a script would need to keep something in a browser, or to tell somebody else."""


def test_scripts_keep_nothing_and_call_nobody_as_the_page_about_the_site_says() -> None:
    """Our scripts. The engine of the page explore is another's: it is held to its hash, and a browser sees that it asks nobody."""
    ours = {path: data for path, data in assets().items() if path.endswith(".js") and not path.endswith("/sql-wasm.js")}
    scripts = {path: data.decode() for path, data in ours.items() if isinstance(data, bytes)}
    assert len(scripts) > 1
    found = {path: KEEPS_OR_CALLS.findall(text) for path, text in scripts.items()}
    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize("line", ['document.cookie = "a=1"', "localStorage.a = 1", 'fetch("https://elsewhere.example/")'])
def test_such_a_script_would_be_found(line: str) -> None:
    assert KEEPS_OR_CALLS.search(line)


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


@both
def test_every_key_of_a_package_is_explained(language: str, real: Path) -> None:
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
    silent = {place: missing(keys[place], section(language, "publish", anchor)) for place, anchor in explained.items()}
    assert {place: names for place, names in silent.items() if names} == {}


@both
def test_every_key_of_an_agency_is_explained(language: str, real: Path) -> None:
    path = real / "pingtan" / "agency.yml"
    path.write_text(path.read_text(encoding="utf-8") + f"{STRANGE}: 1\n", encoding="utf-8")
    keys = allowed(open_library(real).findings)
    assert list(keys) == [""]
    assert missing(keys[""], section(language, "publish", "new")) == []


@both
def test_the_files_to_fill_in_are_those_of_a_new_package(language: str, real: Path) -> None:
    CliRunner().invoke(commands, ["new", "pingtan-police", "2025"], catch_exceptions=False)
    folder = real / "pingtan-police" / "2025"
    made = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {row[0].strip("`") for row in rows(section(language, "publish", "fill"))} & made == made


# -- what the program prints ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Quoted:
    """A block that publish.md quotes: what was done to the real packages, and the command that prints it.

    Both pages quote the same blocks; the English one with the option `--lang en` where the command has it.
    """

    about: str
    command: str
    before: Callable[[Path], None] = lambda _: None

    def words(self, language: str) -> list[str]:
        """Arguments of the command in a language."""
        _, name, *more = shlex.split(self.command)
        more = [FILES[language] if each == FILES["zh"] else each for each in more]
        return [name, *(["--lang", language] if language != "zh" and "--lang" in options(COMMANDS[name]) else []), *more]

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

    def recode(root: Path) -> None:
        (root / path).write_bytes((root / path).read_text(encoding="utf-8").encode("gb18030"))

    return recode


def explained(path: str, *explanations: dict[str, str]) -> Callable[[Path], None]:
    """Give a package these explanations in place of its own."""
    return lambda root: edited(root / path, explanations=list(explanations))


def made(root: Path) -> None:
    """Make the new package of the manual."""
    CliRunner().invoke(commands, ["new", "--root", str(root), "pingtan-police", "2025"], catch_exceptions=False)


FILES = {"zh": "年报.docx", "en": "report.docx"}
"""What each page calls the file that is imported."""
WALKED = clerks_way.original_of(clerks_way.NAME)


def unread(root: Path) -> None:
    """The project before the import, with the file beside it."""
    shutil.rmtree(root / clerks_way.NAME)
    for name in FILES.values():
        (root.parent / name).write_bytes(clerks_way.made(WALKED, "docx"))


NOT_THERE = {
    "finding": "T3-ROW",
    "address": "applications/granted/total",
    "text": "对照原文核对过，原文如此。",
    "by": "publisher",
    "date": "2026-02-01",
}
QUOTED = (
    Quoted("a file is imported", f"open-reports import {FILES['zh']} --source {WALKED.url}", unread),
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
    Quoted("a sum of units", "open-reports check datapackages/pingtan/2025"),
    Quoted("a stated total", "open-reports check datapackages/yinchuan-qianjinjie/2019"),
    Quoted("an absent line", "open-reports check datapackages/pingtan-haitan/2024"),
)
"""In the order in which publish.md quotes them."""


@both
def test_every_quoted_block_is_accounted_for(language: str) -> None:
    assert len(blocks(PAGES[language]["publish"], "text")) == len(QUOTED)


@both
@pytest.mark.parametrize("position", range(len(QUOTED)), ids=[str(each) for each in QUOTED])
def test_a_quoted_block_is_what_the_program_prints(position: int, language: str, real: Path) -> None:
    quoted = QUOTED[position]
    quoted.before(real)
    printed = CliRunner().invoke(commands, quoted.words(language), catch_exceptions=False).output
    block = blocks(PAGES[language]["publish"], "text")[position]
    assert f"\n{block}\n" in f"\n{printed}"


# -- examples -------------------------------------------------------------------------------------------------------------


@both
def test_the_examples_of_the_descriptor_are_accepted(language: str, real: Path) -> None:
    examples = [json.loads(f"{{{text}}}") for text in blocks(PAGES[language]["publish"], "json")]
    assert [list(example) for example in examples] == [["explanations"], ["consolidates"], ["revisions"]]
    explanations, consolidates, revisions = examples
    edited(real / "pingtan-resources" / "2023", **explanations)
    edited(real / "pingtan" / "2025", **consolidates)
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
    assert any(each.rule == "AGG" and each.year == 2025 for each in findings)


@both
def test_the_addresses_in_the_docs_are_those_of_the_forms(language: str) -> None:
    """Every `table/line/column` that the pages name is a figure of some form."""
    cells = {f"{table}/{line.id}/{column.id}" for form in forms().values() for table in TABLES for line, column in form.tables[table].cells}
    lines = {address.rpartition("/")[0] for address in cells}
    stated = {
        address
        for text in PAGES[language].values()
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
        f"{page}-{width}" for page in ("home", "agency", "report", "compare", "quality") for width in (360, 1280)
    }
    for path in pictures:
        data = path.read_bytes()
        assert data.startswith(b"\x89PNG\r\n\x1a\n"), path.name
        width = struct.unpack(">I", data[16:20])[0]
        assert width % int(path.stem.rpartition("-")[2]) == 0, path.name  # one or two pixels of the screen each
        assert len(data) < LARGEST_PICTURE, path.name


@both
def test_the_pictures_of_a_clerks_way_are_shown_and_light(language: str) -> None:
    folder = PROJECT / FOLDERS[language] / "assets" / "clerk"
    shown = re.findall(r"!\[(.+?)\]\(assets/clerk/(\w+\.png)\)\{ width=(\d+) loading=lazy \}", PAGES[language]["publish"])
    assert [name for _, name, _ in shown] == ["import.png", "confirm.png", "preview.png"]
    assert {path.name for path in folder.iterdir()} == {name for _, name, _ in shown}
    for said, name, width in shown:
        data = (folder / name).read_bytes()
        assert data.startswith(b"\x89PNG\r\n\x1a\n"), name
        assert struct.unpack(">I", data[16:20])[0] == int(width), name
        assert len(data) < LARGEST_PICTURE / 3, name
        assert len(said) > 10


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
        if b"\0" not in data and path.name != "sql-wasm.js":  # another's engine, held to its hash, has a home of its own inside
            lines = data.decode(errors="replace").splitlines()
            found += [
                f"{path.relative_to(PROJECT)}:{row}: {line[:120]}" for row, line in enumerate(lines, start=1) if ELSEWHERE.search(line)
            ]
    assert found == []


@pytest.mark.parametrize("line", ["see /" + "work/main", "cd '/" + "tmp/x'", "https://py" + "pi.org/simple", "registry.npm" + "js.org"])
def test_such_a_path_or_host_would_be_found(line: str) -> None:
    assert ELSEWHERE.search(line)
