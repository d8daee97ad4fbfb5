"""Styles: the same findings as a terminal, a program, GitHub and a SARIF viewer want them. Pure: nothing is read or printed here.

Whatever a package holds is shown in one line, with controls escaped and cells cut, so that no cell can forge a colour, a
second line or a workflow command.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from open_reports.checks.counting import Passed, counted, with_outcome
from open_reports.checks.wording import verdict, whole
from open_reports.document import shown
from open_reports.finding import LEVELS, level_name, messages
from open_reports.form import forms
from open_reports.report import json_text
from open_reports.text import LANGUAGE_TAGS, LANGUAGES, Text, in_language

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from open_reports.finding import Explanation, Finding, Level
    from open_reports.form import RuleText

    Lines = Mapping[str, Sequence[str]]
    """Text of files by the name that findings give them, line by line, without line ends."""

MOST_ANNOTATIONS = 10
"""Annotations of one level that GitHub shows of a step; further ones vanish without a word."""
MOST_SUMMARY = 1_000_000
"""Bytes of a step's summary, just below GitHub's 1 MiB, beyond which the whole summary is dropped."""
MOST_CELL = 60
"""Characters shown of a cell."""
MOST_CELLS = 16
"""Cells shown of a row; the widest table has ten."""
MOST_LINE = 120
"""Characters shown of a line that is no table's."""

_COLOURS: dict[Level, str] = {"error": "31;1", "discrepancy": "33;1", "notice": "36;1", "rounded": "32"}
_PALE = "2"
_PROBLEM = Text(zh="问题", en="problem")
_REMEDY = Text(zh="改法", en="remedy")
_PAGE = Text(zh="说明", en="see")
_SAID: dict[str, Text] = {"agency": Text(zh="机关说明", en="the agency says"), "publisher": Text(zh="发布者说明", en="the publisher says")}
_COLON = Text(zh="：", en=": ")
_COMMA = Text(zh="，", en=", ")
NONE = Passed()
"""No check but those that findings tell of."""


def page(rule: str, site: str = "") -> str:
    """Address of a rule's page below the site's address, or relative to it."""
    return f"{site.rstrip('/')}/quality/{rule}/" if site else f"quality/{rule}/"


# -- a terminal ---------------------------------------------------------------------------------------------------------


def text(
    findings: Sequence[Finding],
    language: str = "zh",
    *,
    passed: Passed = NONE,
    colour: bool = False,
    lines: Lines | None = None,
    site: str = "",
) -> str:
    """Return findings for a person at a terminal, each with its own line of the file and a caret under the cell.

    `lines` are the files that could be read; a finding in another one comes without its line. `site` is the address
    below which the pages of the rules stand. The last line counts, with the checks that `passed`.
    """
    # The files come from the caller: this module neither reads nor prints, so every format can be tested as a value.
    blocks = ["\n".join(_block(each, language, colour=colour, lines=lines or {}, site=site)) for each in findings]
    return "\n".join([*blocks, whole(findings, passed, language)]) + "\n"


def _block(each: Finding, language: str, *, colour: bool, lines: Lines, site: str) -> Iterator[str]:
    def dyed(words: str, code: str) -> str:
        return f"\x1b[{code}m{words}\x1b[0m" if colour else words

    strong = _COLOURS[each.level]
    yield f"{dyed(verdict(each, language), strong)} {each.rule}  {each.where(language)}".rstrip()
    for gutter, row in _excerpt(each, lines):
        yield dyed(f"{gutter:>6} │ ", _PALE) + (row if gutter else dyed(row, strong))
    colon = _COLON[language]
    fact, advice = _halves(each, language)
    yield f"  {_PROBLEM[language]}{colon}{fact}"
    if advice:
        yield f"  {_REMEDY[language]}{colon}{advice}"
    if each.explanation:
        yield f"  {_said(each.explanation, language)}"
    yield f"  {_PAGE[language]}{colon}{page(each.rule, site)}"


def _said(explanation: Explanation, language: str) -> str:
    day = explanation.day
    dated = "" if day is None else f"（{day}）" if language == "zh" else f" ({day})"
    return f"{_SAID[explanation.by][language]}{dated}{_COLON[language]}{shown(explanation.text, 500)}"


def _halves(each: Finding, language: str) -> tuple[str, str]:
    """What stands there and what was expected; what to do."""
    values = {"expected": each.expected or "", "found": each.found or "", **in_language(dict(each.values), language)}
    fact, advice = _split(messages()[each.code].text.for_values(language, values), language)
    return fact.format(**values), advice.format(**values)


@cache
def _split(words: str, language: str) -> tuple[str, str]:
    """A message before and behind the semicolon that its advice follows; one inside brackets parts nothing."""
    depth = 0
    for position, char in enumerate(words):
        # A semicolon in brackets belongs to an aside, not to the advice.
        depth += (char in "（(") - (char in "）)")
        if char in "；;" and depth == 0:
            return words[:position] + ("。" if language == "zh" else "."), words[position + 1 :].strip()
    return words, ""


def _excerpt(each: Finding, lines: Lines) -> Iterator[tuple[str, str]]:
    """The line of the file that a finding speaks of, as its keeper sees it, and carets under the cell; each behind its gutter."""
    found = lines.get(each.file or "", ())
    if each.row is None or not 0 < each.row <= len(found):
        return
    line = found[each.row - 1]
    table = (each.file or "").endswith(".csv")
    # Cells are shown as they are written, not parsed, so that the caret stands under what the clerk sees in the editor.
    cells = [shown(cell, MOST_CELL) for cell in _cells(line)] if table else [shown(line, MOST_LINE)]
    yield str(each.row), ",".join(cells[:MOST_CELLS]) + (",…" if len(cells) > MOST_CELLS else "")
    header = _cells(found[0]) if table and each.row > 1 else []
    if each.column in header and (index := header.index(each.column)) < min(len(cells), MOST_CELLS):
        # Chinese characters take two columns: counting characters would put the caret far to the left.
        before = _width("".join(f"{cell}," for cell in cells[:index]))
        yield "", " " * before + "^" * max(1, _width(cells[index]))


_CELL = re.compile(r'(?:"(?:[^"]|"")*"|[^,"])*')


def _cells(line: str) -> list[str]:
    """Cells of one line of a CSV file as they are written, quotation marks and all."""
    found, start = [], 0
    while True:
        match = _CELL.match(line, start)
        end = match.end() if match else start
        if end < len(line) and line[end] == '"':  # never closed: the rest is one cell
            end = len(line)
        found.append(line[start:end])
        if end >= len(line):
            return found
        start = end + 1


def _width(words: str) -> int:
    """Columns that words take on a terminal, where Chinese characters take two."""
    return sum(0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in words)


# -- a program ----------------------------------------------------------------------------------------------------------


def json_(findings: Iterable[Finding], language: str = "zh") -> str:
    """Return findings as the public contract writes them, a list, each with the count that it is in."""
    return json_text([with_outcome(each, language) for each in findings])


# -- GitHub -------------------------------------------------------------------------------------------------------------


class Annotations(NamedTuple):
    """What a step of GitHub Actions prints, and what it appends to the file that `GITHUB_STEP_SUMMARY` names."""

    commands: str
    summary: str


_KINDS: dict[Level, str] = {"error": "error", "discrepancy": "warning", "notice": "notice", "rounded": "notice"}


def github(findings: Sequence[Finding], language: str = "zh", *, passed: Passed = NONE, site: str = "") -> Annotations:
    """Return workflow commands, at most as many of a level as GitHub shows, and a summary in Markdown that holds them all."""
    left: Counter[Level] = Counter()
    printed: list[str] = []
    for each in findings:
        left[each.level] += 1
        if left[each.level] <= MOST_ANNOTATIONS:
            printed.append(_command(each, language))
    # GitHub drops the eleventh annotation of a level without a word, so the number that is missing is said.
    rest = {level: left[level] - MOST_ANNOTATIONS for level in LEVELS if left[level] > MOST_ANNOTATIONS}
    if rest:
        words = _COMMA[language].join(f"{level_name(level)[language]} {number}" for level, number in rest.items())
        printed.append(
            f"not annotated: {words}; the step's summary lists them all" if language == "en" else f"未标注：{words}；全部列在本步骤的摘要里"
        )
    said = whole(findings, passed, language)
    printed.append(said)
    return Annotations("".join(f"{line}\n" for line in printed), _summary(findings, said, language, site))


def _command(each: Finding, language: str) -> str:
    """A workflow command; what could end or forge one is escaped."""
    properties = {"file": each.file, "line": each.row, "title": each.rule}
    spelt = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items() if value is not None)
    return f"::{_KINDS[each.level]} {spelt}::{_data(each.message(language))}"


def _data(words: str) -> str:
    return words.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(words: str) -> str:
    return _data(words).replace(":", "%3A").replace(",", "%2C")


def _summary(findings: Sequence[Finding], said: str, language: str, site: str) -> str:
    """A Markdown table of all findings, or of as many as a summary may hold."""
    rows = [f"## Open Reports\n\n{said}\n"]
    size = len(rows[0].encode())
    if findings:
        head = "| Level | Rule | Finding |" if language == "en" else "| 级别 | 规则 | 发现 |"
        rows.append(f"\n{head}\n| --- | --- | --- |\n")
        size += len(rows[1].encode())
    for position, each in enumerate(findings):
        rule = f"[{each.rule}]({page(each.rule, site)})" if site else each.rule
        explained = f"<br>{_markdown(_said(each.explanation, language))}" if each.explanation else ""
        row = f"| {verdict(each, language)} | {rule} | {_markdown(each.message(language))}{explained} |\n"
        size += len(row.encode())
        # One byte too many and GitHub shows no summary at all; the full list is in the log and in the JSON.
        if size > MOST_SUMMARY:
            number = len(findings) - position
            rows.append(f"\nand {number} more\n" if language == "en" else f"\n另有 {number} 条未列出\n")
            break
        rows.append(row)
    return "".join(rows)


_MARKUP = re.compile(r"[\\`*_\[\]<>#|&~@$:]")


def _markdown(words: str) -> str:
    """Words as Markdown that means nothing but themselves; character references also keep GitHub from making links and mentions."""
    return _MARKUP.sub(lambda match: f"&#{ord(match[0])};", words)


# -- SARIF --------------------------------------------------------------------------------------------------------------

SARIF_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_SARIF_LEVELS: dict[Level, str] = {"error": "error", "discrepancy": "warning", "notice": "note", "rounded": "none"}
_ROOT = "%SRCROOT%"
"""What viewers call the folder that relative paths start from."""


def sarif(findings: Sequence[Finding], language: str = "zh", *, version: str, passed: Passed = NONE, site: str = "") -> str:
    """Return findings as SARIF 2.1.0, one run of this tool in this version.

    An explained discrepancy is a suppressed result, with what is said as the justification. A rule's `helpUri` must be an
    absolute address, so it stands there only where the site's is known; the address below the site is its `page`.
    """
    # Every rule, also those without a result: a viewer then shows what was checked, not only what failed.
    rules = list(forms().rules.values())
    position = {rule.id: index for index, rule in enumerate(rules)}
    seen: Counter[str] = Counter()
    results = [_result(each, language, position, seen) for each in findings]
    driver = {
        "name": "open-reports",
        "version": version,
        "language": LANGUAGE_TAGS[language],
        **({"informationUri": _absolute(f"{site.rstrip('/')}/quality/")} if site else {}),
        "rules": [_descriptor(rule, language, site) for rule in rules],
    }
    # A viewer shows what failed; how many checks there were, the standard leaves to the properties of a run.
    properties = {"checks": counted(findings, passed).to_dict()}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results, "properties": properties}
    return json_text({"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]})


def _descriptor(rule: RuleText, language: str, site: str) -> dict[str, Any]:
    names = {f"name_{each}": rule.name[each] for each in LANGUAGES} | {f"says_{each}": rule.says[each] for each in LANGUAGES}
    return {
        "id": rule.id,
        "name": rule.name[language],
        "shortDescription": {"text": rule.name[language]},
        "fullDescription": {"text": rule.says[language]},
        "help": {"text": rule.says[language]},  # what code scanning of GitHub shows, and refuses a rule without
        "defaultConfiguration": {"level": _SARIF_LEVELS[rule.level]},
        **({"helpUri": _absolute(page(rule.id, site))} if site else {}),
        "properties": {"page": page(rule.id), "standing": rule.standing, **names},
    }


def _absolute(address: str) -> str:
    return quote(address, safe="/:%?&=")


def _result(each: Finding, language: str, position: Mapping[str, int], seen: Counter[str]) -> dict[str, Any]:
    kept = {"agency", "year", "column", "expected", "found", "outcome"}
    properties = {key: value for key, value in with_outcome(each, language).items() if key in kept}
    return {
        "ruleId": each.rule,
        "ruleIndex": position[each.rule],
        "level": _SARIF_LEVELS[each.level],
        # The standard has no level for what does not fail, and asks for the kind instead.
        **({"kind": "informational"} if each.level == "rounded" else {}),
        "message": {"text": each.message(language)},
        "locations": _locations(each),
        "partialFingerprints": {"ruleFileRowColumn/v1": _fingerprint(each, seen)},
        **({"suppressions": [_suppression(each.explanation)]} if each.explanation else {}),
        "properties": {key: value for key, value in properties.items() if value is not None},
    }


def _locations(each: Finding) -> list[dict[str, Any]]:
    location: dict[str, Any] = {}
    if each.file is not None:
        location["physicalLocation"] = {"artifactLocation": _artifact(each.file)}
        if each.row is not None:
            location["physicalLocation"]["region"] = {"startLine": each.row}
    if each.address is not None:
        location["logicalLocations"] = [{"name": each.address.rpartition("/")[2], "fullyQualifiedName": each.address}]
    return [location] if location else []


def _artifact(file: str) -> dict[str, str]:
    """Where a file is: relative to the folder the check was run in, unless its path is absolute."""
    uri = quote(file)
    # A relative path without a base would be resolved against wherever the viewer stands.
    return {"uri": f"file://{uri}"} if uri.startswith("/") else {"uri": uri, "uriBaseId": _ROOT}


def _fingerprint(each: Finding, seen: Counter[str]) -> str:
    """What stays the same while the finding does; a second one at the same place is counted, so that none swallows another."""
    place = "|".join("" if part is None else str(part) for part in (each.rule, each.file, each.row, each.column))
    seen[place] += 1
    return place if seen[place] == 1 else f"{place}|{seen[place]}"


def _suppression(explanation: Explanation) -> dict[str, Any]:
    day = {"date": explanation.day.isoformat()} if explanation.day else {}
    return {"kind": "external", "status": "accepted", "justification": explanation.text, "properties": {"by": explanation.by, **day}}
