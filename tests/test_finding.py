"""Findings explain themselves: place, what stands there, what was expected, what to do, in both languages."""

from __future__ import annotations

import re
import string
from pathlib import Path

import open_reports
import pytest
from open_reports.checks import formats
from open_reports.finding import LEVELS, Finding, Level, Message, finding, level_name, messages
from open_reports.form import forms
from open_reports.text import Text

LOCALES = Path(open_reports.__file__).parent / "locales"
SOURCES = "\n".join(path.read_text(encoding="utf-8") for path in Path(open_reports.__file__).parent.rglob("*.py"))
MESSAGES = list(messages().values())
SENTENCES = [each for each in MESSAGES if not each.code.startswith("level.")]
CONTRACT = ["rule", "level", "agency", "year", "address", "message", "expected", "found", "file", "row", "column", "explanation"]


def example(**values: object) -> Finding:
    """A finding on one cell."""
    usual = {
        "file": "datapackages/xugou-jia/2023/data/applications.csv",
        "row": 4,
        "column": "total",
        "column_title": Text(zh="总计", en="Total"),
        "address": "applications/granted/total",
        "found": "无",
        "expected": "非负整数",
        "expected_words": Text(zh="非负整数", en="a whole number"),
        "ascii": "无",
    }
    return finding("number.text", **{**usual, **values})


# -- the words


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.code)
def test_both_languages_say_the_same_of_the_same(message: Message) -> None:
    """The same values are filled in, however the sentence turns."""
    assert fields(message.text.zh) == fields(message.text.en)
    assert fields(message.public.zh) == fields(message.public.en)


def fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.code)
def test_every_message_is_one_line_in_its_language(message: Message) -> None:
    for words in (message.text, message.public):
        assert "\n" not in words.zh + words.en
        assert re.search("[\u4e00-\u9fff]", words.zh)
        assert not re.search("[\u4e00-\u9fff]", words.en.replace("一, 五, 六", ""))


@pytest.mark.parametrize("message", SENTENCES, ids=lambda message: message.code)
def test_every_message_is_a_sentence(message: Message) -> None:
    assert message.text.zh.endswith("。")
    assert message.text.en.endswith(".")


@pytest.mark.parametrize("message", [each for each in SENTENCES if each.level != "notice"], ids=lambda message: message.code)
def test_every_error_and_discrepancy_says_what_to_do(message: Message) -> None:
    """The fact first; what to do stands behind a semicolon."""
    fact, _, advice = message.text.zh.partition("；")
    assert fact
    assert advice


@pytest.mark.parametrize("message", [each for each in MESSAGES if each.rule], ids=lambda message: message.code)
def test_every_rule_has_its_page(message: Message) -> None:
    assert message.rule in forms().rules


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.code)
def test_no_words_that_nobody_says(message: Message) -> None:
    stem, _, _ = message.code.partition(".")
    assert f'"{message.code}"' in SOURCES or f'f"{stem}.{{' in SOURCES


def test_nothing_is_said_that_has_no_words() -> None:
    stems = "|".join({message.code.partition(".")[0] for message in MESSAGES} - {"form", "level"})
    said = set(re.findall(rf'"((?:{stems})\.[a-z_]+)"', SOURCES))
    elsewhere = set(re.findall(r"^([a-z]+\.[a-z_]+):", (LOCALES / "verify.yml").read_text(encoding="utf-8"), re.MULTILINE))
    assert {code for code in said if not code.endswith((".yml", ".html", ".xml"))} - set(messages()) - elsewhere == set()


# -- one finding


def test_message_names_file_row_column() -> None:
    assert (
        example()
        .message("zh")
        .startswith("datapackages/xugou-jia/2023/data/applications.csv 第 4 行“总计”列：“无”不是数，这一格应为非负整数；")
    )
    assert (
        example()
        .message("en")
        .startswith(
            "datapackages/xugou-jia/2023/data/applications.csv, row 4, column “Total”: “无” is not a number where a whole number was expected;"
        )
    )


def test_text_begins_with_level_and_rule() -> None:
    assert example().text("zh").startswith("错误 NUM  datapackages/")
    assert str(example()).startswith("error NUM  datapackages/")


def test_a_column_without_a_title_is_named_by_its_id() -> None:
    assert "“line”列" in finding("table.required", file="notes.csv", row=2, column="line").message("zh")


def test_a_finding_without_a_place_is_the_sentence_alone() -> None:
    message = finding("file.missing").message("zh")
    assert message == messages()["file.missing"].text.zh


def test_values_are_never_read_as_a_format() -> None:
    assert "{expected}" in example(found="{expected} {0.__class__}").message("zh")


def test_the_site_gives_no_advice_to_clerks() -> None:
    shown = finding(
        "identity", rule="T3-ROW", at=Text(zh="予以公开", en="granted"), equation="41 ≠ 42 = 8+0+0+33+1+0", says=Text(zh="六类之和", en="the six")
    )  # fmt: skip
    assert "请" in shown.problem("zh")
    assert "请" not in shown.public("zh")
    assert "41 ≠ 42" in shown.public("zh")


def test_to_dict_is_the_contract() -> None:
    found = example().of("xugou-jia", 2023).to_dict()
    assert list(found) == CONTRACT
    assert (found["agency"], found["year"], found["row"], found["column"]) == ("xugou-jia", 2023, 4, "total")
    assert found["message"] == example().message()
    assert found["explanation"] is None


@pytest.mark.parametrize("level", LEVELS)
def test_levels_have_names(level: Level) -> None:
    name = level_name(level)
    assert name.zh
    assert name.en == {"discrepancy": "contradiction", "rounded": "agrees once rounded"}.get(level, level)


def test_an_unknown_code_is_an_error_of_ours() -> None:
    with pytest.raises(KeyError):
        finding("table.invented")


@pytest.mark.parametrize("found, said", [("1", "there is 1 more, "), ("2", "there are 2 more, "), ("1,000", "there are 1,000 more, ")])
def test_a_message_counts_one_as_one(found: str, said: str) -> None:
    """Where the sentence is split into fact and advice, too."""
    more = finding("file.more", file="a/2024/data/notes.csv", found=found)
    assert more.problem("en").startswith(said)
    assert more.public("en").startswith(said)
    assert said in formats.text([more], language="en")
    assert f"还有 {found} 处" in more.problem("zh")
