"""The same findings in every style: nothing lost, nothing added, nothing forged by what stands in a cell."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import damaged
import jsonschema
import pytest
from open_reports import gate
from open_reports.checks import formats
from open_reports.checks.check import check, counts
from open_reports.finding import LEVELS, Explanation, Finding, finding, messages
from open_reports.form import forms
from open_reports.library import open_library
from open_reports.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from open_reports.library import Library

SCHEMA = json.loads((Path(__file__).parent / "schemas" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
FILE = "datapackages/xugou-jia/2023/data/applications.csv"
ROW = "unavailable.unclear,3.补正后申请内容仍不明确,8,0,0,33,1,0,41"
HEADER = "line,label,natural_person,enterprise,research,public_welfare,legal_service,other,total"
LANGUAGES = ("zh", "en")
COMMANDS = {"error": "error", "discrepancy": "warning", "notice": "notice"}
SARIF_LEVELS = {"error": "error", "discrepancy": "warning", "notice": "note", "rounded": "none"}


def row_sum(**values: Any) -> Finding:
    """A line whose six applicants do not add up to its total."""
    usual: dict[str, Any] = {
        "rule": "T3-ROW",
        "level": "discrepancy",
        "agency": "xugou-jia",
        "year": 2023,
        "address": "applications/unavailable.unclear/total",
        "file": FILE,
        "row": 2,
        "column": "total",
        "column_title": Text(zh="总计", en="Total"),
        "found": "41",
        "expected": "42",
        "at": Text(zh="3.补正后申请内容仍不明确", en="3. Still unclear after supplementation"),
        "equation": "41 ≠ 42 = 8+0+0+33+1+0",
        "says": Text(zh="六类申请人的件数之和等于“总计”", en="the six applicant columns add up to the total column"),
    }
    return finding("identity", **{**usual, **values})


def in_words(finding: Finding, language: str = "zh", **options: Any) -> list[str]:
    """Lines of the terminal's text of one finding, without the count below it."""
    return formats.text([finding], language, **options).splitlines()[:-1]


def log_of(findings: Sequence[Finding], language: str = "zh", **options: Any) -> dict[str, Any]:
    """The SARIF log, read back."""
    log: dict[str, Any] = json.loads(formats.sarif(findings, language, version="1.2.3", **options))
    return log


@pytest.fixture(scope="session")
def real_lines(library: Library) -> Mapping[str, Sequence[str]]:
    """Every file of the real packages, line by line."""
    return {f"{report.place}/{path}": data.decode().split("\n") for report in library for path, data in report.files.items()}


HOSTILE = [case for case in damaged.cases() if re.search(r"\\[nrtxu]|::|##\[|<", repr(case.do))]
"""The broken packages that hold line breaks, controls, invisible characters, commands or markup."""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Finding, ...]]:
    """What is found in each of them."""
    built = [damaged.build(case, tmp_path_factory.mktemp(f"case-{index}")) for index, case in enumerate(HOSTILE)]
    return [check(open_library(each.root, place=damaged.ROOT)) for each in built]


# -- all styles


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_style_tells_the_same_findings(language: str, findings: tuple[Finding, ...], real_lines: Mapping[str, Sequence[str]]) -> None:
    """On the real reports: text, JSON, GitHub and SARIF agree, finding for finding, in the same order."""
    told = [(each.rule, each.file, each.row, each.message(language)) for each in findings]
    assert told

    as_json = json.loads(formats.json_(findings, language))
    assert [(each["rule"], each["file"], each["row"], each["message"]) for each in as_json] == told

    (run,) = log_of(findings, language)["runs"]
    assert [(each["ruleId"], *_place(each), each["message"]["text"]) for each in run["results"]] == told

    heads = [
        line
        for line in formats.text(findings, language, lines=real_lines).splitlines()
        if re.match(r"(?:\S+|agrees once rounded|possible difference of scope|worth a look) [A-Z0-9-]+  ", line)
    ]
    assert [line.split("  ")[1] for line in heads] == [each.where(language) for each in findings]

    rows = [line for line in formats.github(findings, language).summary.splitlines() if line.startswith("| ")][2:]
    assert [line.split(" | ")[1] for line in rows] == [each.rule for each in findings]


def _place(result: Mapping[str, Any]) -> tuple[str, int | None]:
    physical = result["locations"][0]["physicalLocation"]
    return unquote(physical["artifactLocation"]["uri"]), physical.get("region", {}).get("startLine")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_cell_forges_a_line_a_colour_or_a_command(language: str, hostile: list[tuple[Finding, ...]]) -> None:
    """One line stays one line, with nothing invisible in it, and no workflow command is there but our own."""
    assert len(hostile) > 20
    for findings in hostile:
        words = formats.text(findings, language)
        assert not [char for char in words.replace("\n", "") if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}]
        assert not [line for line in words.splitlines() if line.lstrip().startswith(("::", "##["))]
        annotated = formats.github(findings, language)
        commands = [line for line in annotated.commands.splitlines() if line.startswith("::")]
        shown = sum(min(number, formats.MOST_ANNOTATIONS) for number in counts(findings).values())
        assert len(commands) == shown
        assert len(annotated.commands.splitlines()) <= shown + 2
    jsonschema.validate(log_of([each for findings in hostile for each in findings], language), SCHEMA)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_findings(language: str) -> None:
    none = {
        "zh": "0 项核对：0 项一致，0 项不一致；数据包错误 0 处\n",
        "en": "0 checks: 0 agree, 0 do not; 0 errors in the packages\n",
    }[language]
    assert formats.text([], language) == none
    assert formats.github([], language).commands == none
    assert json.loads(formats.json_([], language)) == []
    log = log_of([], language)
    jsonschema.validate(log, SCHEMA)
    assert log["runs"][0]["results"] == []


# -- a terminal


def test_what_a_clerk_sees() -> None:
    """Their own line, a caret under the cell, what is wrong, what to do, where it is explained."""
    assert formats.text([row_sum()], lines={FILE: [HEADER, ROW]}) == (
        "矛盾 T3-ROW  datapackages/xugou-jia/2023/data/applications.csv 第 2 行“总计”列\n"
        "     2 │ unavailable.unclear,3.补正后申请内容仍不明确,8,0,0,33,1,0,41\n"
        "       │                                                           ^^\n"
        "  问题：“3.补正后申请内容仍不明确”按原文不相符：41 ≠ 42 = 8+0+0+33+1+0，而六类申请人的件数之和等于“总计”。\n"
        "  改法：请对照原文核对各格，录错就改正，原文如此则在 datapackage.json 的 explanations 中说明。\n"
        "  说明：quality/T3-ROW/\n"
        "1 项核对：0 项一致，1 项不一致（1 项矛盾）；数据包错误 0 处\n"
    )


def test_what_a_clerk_sees_in_english() -> None:
    head, row, carets, problem, remedy, see = in_words(row_sum(), "en", lines={FILE: [HEADER, ROW]}, site="https://open.example/site/")
    assert head == "contradiction T3-ROW  datapackages/xugou-jia/2023/data/applications.csv, row 2, column “Total”"
    assert (row, carets.lstrip(" │")) == (f"     2 │ {ROW}", "^^")
    assert problem.startswith(
        "  problem: “3. Still unclear after supplementation” does not reconcile as printed: 41 ≠ 42 = 8+0+0+33+1+0, while"
    )
    assert remedy.startswith("  remedy: compare the cells with the original, mend a misprint, or")
    assert see == "  see: https://open.example/site/quality/T3-ROW/"


@pytest.mark.parametrize(
    "line, column, carets",
    [
        ("granted,予以公开,1,22,333,,5,6,7", "natural_person", (17, 1)),
        ("granted,予以公开,1,22,333,,5,6,7", "enterprise", (19, 2)),
        ("granted,予以公开,1,22,333,,5,6,7", "research", (22, 3)),
        ("granted,予以公开,1,22,333,,5,6,7", "public_welfare", (26, 1)),
        ("granted,予以公开,1,22,333,,5,6,7", "label", (8, 8)),
        ("granted,予以公开,1,22,333,,5,6,7", "line", (0, 7)),
        ('granted,"予以,公开",1,22,333,,5,6,7', "natural_person", (20, 1)),
        ('granted,"予以""公开",1,22,333,,5,6,7', "enterprise", (23, 2)),
    ],
)
def test_the_caret_stands_under_its_cell(line: str, column: str, carets: tuple[int, int]) -> None:
    """Chinese characters are two columns wide; quotation marks hold a comma together; a blank cell has a place, too."""
    start, width = carets
    *_, below, _, _, _ = in_words(row_sum(column=column), lines={FILE: [HEADER, line]})
    assert below == "       │ " + " " * start + "^" * width


@pytest.mark.parametrize(
    "values",
    [
        {"row": None},
        {"row": 9},
        {"row": 0},
        {"file": "datapackages/xugou-jia/2023/data/other.csv"},
    ],
)
def test_a_line_that_is_not_there_is_left_out(values: dict[str, Any]) -> None:
    assert not [line for line in in_words(row_sum(**values), lines={FILE: [HEADER, ROW]}) if "│" in line]


@pytest.mark.parametrize("column", [None, "no_such_column"])
def test_a_column_that_is_not_there_gets_no_caret(column: str | None) -> None:
    assert "^" not in "".join(in_words(row_sum(column=column), lines={FILE: [HEADER, ROW]}))


def test_a_row_that_ends_before_its_cell_gets_no_caret() -> None:
    assert "^" not in "".join(in_words(row_sum(), lines={FILE: [HEADER, "unavailable.unclear,3.补正后"]}))


def test_cells_are_cut_and_escaped() -> None:
    line = "granted," + "长" * 61 + ",\x1b[31m1,2\u202e"
    row = in_words(row_sum(), lines={FILE: [HEADER, line]})[1]
    assert row == "     2 │ granted," + "长" * 59 + "…,\\u001b[31m1,2\\u202e"


def test_a_row_of_very_many_cells_is_cut() -> None:
    row = in_words(row_sum(), lines={FILE: [HEADER, ",".join(["7"] * 100_000)]})[1]
    assert row == "     2 │ " + "7," * formats.MOST_CELLS + "…"


@pytest.mark.parametrize("quotes", ['"' * 99_999, '"","' * 50_000, ',"' * 50_000])
def test_quotation_marks_never_closed_cost_nothing(quotes: str) -> None:
    assert len(in_words(row_sum(), lines={FILE: [HEADER, quotes]})[1]) < formats.MOST_CELLS * (formats.MOST_CELL + 1) + 20


def test_a_line_of_prose_is_shown_as_it_is() -> None:
    file = "datapackages/xugou-jia/2023/report.md"
    shown = in_words(row_sum(file=file, row=1, column=None), lines={file: ["办结申请 12 件，" + "长" * 200]})[1]
    assert shown.startswith("     1 │ 办结申请 12 件，长")
    assert len(shown) == len("     1 │ ") + formats.MOST_LINE


def test_colour_is_all_that_colour_adds() -> None:
    plain = formats.text([row_sum()], lines={FILE: [HEADER, ROW]})
    dyed = formats.text([row_sum()], lines={FILE: [HEADER, ROW]}, colour=True)
    assert dyed != plain
    assert re.sub(r"\x1b\[[0-9;]*m", "", dyed) == plain
    assert "\x1b" not in plain


def test_every_level_has_its_colour() -> None:
    assert len({formats.text([row_sum(level=level)], colour=True).split("m")[0] for level in LEVELS}) == len(LEVELS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", [code for code in messages() if not code.startswith("level.")])
def test_problem_and_remedy_are_the_whole_message(code: str, language: str) -> None:
    """Split where the advice begins, never inside brackets, and nothing is lost."""
    says = messages()[code].text[language]
    fact, advice = formats._split(says, language)
    stop = {"zh": "。", "en": "."}[language]
    between = {"zh": "；", "en": "; "}[language]
    assert fact[:-1] + between + advice == says if advice else fact == says
    assert fact.endswith(stop)
    for opening, closing in ("（）", "()"):
        assert fact.count(opening) == fact.count(closing)


def test_what_is_said_about_a_discrepancy_stands_with_it() -> None:
    said = Explanation(rule="T3-ROW", address="", text="原文如此。", by="agency", day=date(2026, 3, 1))
    assert "  机关说明（2026-03-01）：原文如此。" in in_words(row_sum(explanation=said))
    assert "  the agency says (2026-03-01): 原文如此。" in in_words(row_sum(explanation=said), "en")


def test_the_real_reports_show_their_own_lines(findings: tuple[Finding, ...], real_lines: Mapping[str, Sequence[str]]) -> None:
    """Each finding on a cell of a table stands above a caret under what the finding says stands there."""
    pointed = 0
    for each in findings:
        shown = in_words(each, lines=real_lines)
        if each.row is None or each.column is None:
            continue
        pointed += 1
        row, caret = (line[len("     2 │ ") :] for line in shown[1:3])
        wide = "".join(char + "\0" * (unicodedata.east_asian_width(char) in "WF") for char in row)
        under = wide[caret.index("^") : caret.rindex("^") + 1].replace("\0", "")
        assert under == (each.found or "")
    assert pointed > 20


# -- GitHub


def test_a_workflow_command() -> None:
    (command, _) = formats.github([row_sum()]).commands.splitlines()
    assert command.startswith(
        "::warning file=datapackages/xugou-jia/2023/data/applications.csv,line=2,title=T3-ROW::datapackages/xugou-jia/2023/data/"
    )


@pytest.mark.parametrize(
    "name, spelt",
    [
        ("a,b.csv", "file=a%2Cb.csv,"),
        ("a:b.csv", "file=a%3Ab.csv,"),
        ("a%2C.csv", "file=a%252C.csv,"),
        ("a\r\n::error::b", "file=a%0D%0A%3A%3Aerror%3A%3Ab,"),
    ],
)
def test_what_could_end_a_property_is_escaped(name: str, spelt: str) -> None:
    (command, _) = formats.github([row_sum(file=name)]).commands.splitlines()
    assert command.startswith(f"::warning {spelt}")


def test_what_could_end_a_message_is_escaped() -> None:
    (command, _) = formats.github([row_sum(equation="100%\n::error::forged\r")]).commands.splitlines()
    assert "100%25%0A::error::forged%0D" in command


@pytest.mark.parametrize("language", LANGUAGES)
def test_github_shows_ten_of_a_level_and_the_summary_all(language: str) -> None:
    many = [
        row_sum(level=level, row=row) for level, number in (("error", 25), ("notice", 10), ("discrepancy", 11)) for row in range(number)
    ]
    annotated = formats.github(many, language)
    commands = Counter(line.split()[0] for line in annotated.commands.splitlines() if line.startswith("::"))
    assert commands == {"::error": 10, "::warning": 10, "::notice": 10}
    told = annotated.commands.splitlines()[-2]
    assert ("错误 15，矛盾 1；" if language == "zh" else "error 15, contradiction 1; ") in told
    assert annotated.summary.count("\n| ") == len(many) + 2


def test_no_more_than_a_summary_may_hold() -> None:
    many = [row_sum(row=row) for row in range(6_000)]
    summary = formats.github(many).summary
    assert len(summary.encode()) < 1 << 20
    listed = summary.count("\n| ") - 2
    assert listed < len(many)
    assert summary.endswith(f"\n另有 {len(many) - listed} 条未列出\n")


@pytest.mark.parametrize(
    "markup", ["<img src=x onerror=alert(1)>", "[x](javascript:alert(1))", "| a | b |", "`x`", "@someone", "#12", "$x$", "&lt;"]
)
def test_the_summary_is_inert(markup: str) -> None:
    row = formats.github([row_sum(equation=markup)]).summary.splitlines()[-1]
    assert markup not in row
    assert row.count("|") == 4
    assert not re.search(r"[<>`\[\]@$]", row)


def test_the_summary_links_rules_where_the_site_is_known() -> None:
    assert "[T3-ROW](https://open.example/quality/T3-ROW/)" in formats.github([row_sum()], site="https://open.example/").summary
    assert "](" not in formats.github([row_sum()]).summary


# -- SARIF


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("site", ["", "https://open.example/站点/"])
def test_sarif_of_the_real_reports_is_valid(language: str, site: str, findings: tuple[Finding, ...]) -> None:
    jsonschema.validate(log_of(findings, language, site=site), SCHEMA)


def test_the_schema_refuses_what_is_wrong(findings: tuple[Finding, ...]) -> None:
    """A schema that accepted everything would prove nothing."""
    log = log_of(findings)
    log["runs"][0]["results"][0]["level"] = "discrepancy"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(log, SCHEMA)


def test_every_rule_is_described_with_its_page(findings: tuple[Finding, ...]) -> None:
    site = "https://open.example/站点/"
    (run,) = log_of(findings, site=site)["runs"]
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("open-reports", "1.2.3")
    for described, rule in zip(driver["rules"], forms().rules.values(), strict=True):
        assert described["id"] == rule.id
        assert described["fullDescription"]["text"] == described["help"]["text"] == rule.says.zh
        assert (described["properties"]["says_zh"], described["properties"]["says_en"]) == (rule.says.zh, rule.says.en)
        assert described["defaultConfiguration"]["level"] == SARIF_LEVELS[rule.level]
        address = urlsplit(described["helpUri"])
        assert address.scheme == "https"
        assert described["helpUri"].isascii()
        assert unquote(address.path) == f"/站点/quality/{rule.id}/"
    assert unquote(urlsplit(driver["informationUri"]).path) == "/站点/quality/"
    bare = log_of(findings)["runs"][0]["tool"]["driver"]
    assert "helpUri" not in bare["rules"][0]  # it would have to be absolute
    assert "informationUri" not in bare


def test_every_result_points_to_its_rule_and_place(findings: tuple[Finding, ...]) -> None:
    (run,) = log_of(findings)["runs"]
    for each, result in zip(findings, run["results"], strict=True):
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == each.rule
        assert result["level"] == SARIF_LEVELS[each.level]
        (location,) = result["locations"]
        assert [named["fullyQualifiedName"] for named in location.get("logicalLocations", [])] == ([each.address] if each.address else [])
        assert ("suppressions" in result) == (each.explanation is not None)
        if each.explanation:
            (suppression,) = result["suppressions"]
            assert suppression["justification"] == each.explanation.text
            assert suppression["status"] == "accepted"


def test_fingerprints_stay_and_differ(findings: tuple[Finding, ...]) -> None:
    """The same for the same findings, whatever their language; no two alike, even where two stand at one place."""
    many = [*findings, row_sum(), row_sum(), row_sum(row=None, column=None)]
    prints = [[result["partialFingerprints"] for result in log_of(many, language)["runs"][0]["results"]] for language in LANGUAGES]
    assert prints[0] == prints[1]
    found = [each["ruleFileRowColumn/v1"] for each in prints[0]]
    assert len(set(found)) == len(found)
    assert found[-3:] == [f"T3-ROW|{FILE}|2|total", f"T3-ROW|{FILE}|2|total|2", f"T3-ROW|{FILE}||"]


@pytest.mark.parametrize(
    "file, location",
    [
        ("data/虚构 a#b%.csv", {"uri": "data/%E8%99%9A%E6%9E%84%20a%23b%25.csv", "uriBaseId": "%SRCROOT%"}),
        ("a:b/c.csv", {"uri": "a%3Ab/c.csv", "uriBaseId": "%SRCROOT%"}),
        ("/srv/x y.csv", {"uri": "file:///srv/x%20y.csv"}),
    ],
)
def test_a_file_is_named_by_its_address(file: str, location: dict[str, str]) -> None:
    (run,) = log_of([row_sum(file=file)])["runs"]
    assert run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"] == location


def test_a_finding_without_a_place() -> None:
    log = log_of([finding("file.missing")])
    jsonschema.validate(log, SCHEMA)
    assert log["runs"][0]["results"][0]["locations"] == []


# -- the excerpt of a package that cannot be published


def test_a_broken_package_shows_its_line_through_the_gate(tmp_path: Path) -> None:
    """What could be read of it at all is shown: an error is where the line helps most."""
    case = next(case for case in damaged.cases() if case.name == "a text in the place of a number")
    built = damaged.build(case, tmp_path)
    (found,) = [each for each in check(open_library(built.root, place=damaged.ROOT)) if each.level == "error"]
    assert found.file is not None
    _, text, _ = gate.read_text(str(tmp_path / found.file), found.file)
    assert text is not None
    row, caret = in_words(found, lines={found.file: text.split("\n")})[1:3]
    assert row.startswith("     4 │ granted,（一）予以公开,")
    assert len(caret) - len(caret.rstrip("^")) == len("无") * 2
