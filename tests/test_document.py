"""Strict reading of YAML and JSON, and of mappings key by key."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from conftest import within
from open_reports.document import MAX_DEPTH, Problem, Record, parse_json, parse_yaml, runs, shown
from open_reports.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Callable


def fault(parse: Callable[[str], object], text: str) -> tuple[str, int | None]:
    """Code and line of what is wrong with a text."""
    with pytest.raises(DocumentError) as raised:
        parse(text)
    return raised.value.code, raised.value.row


# -- YAML


def test_yaml_of_every_plain_kind() -> None:
    assert parse_yaml("a: 文\nb: [1, 2.5, true, null]\nc: {d: 2024-01-31}\n") == {
        "a": "文",
        "b": [1, 2.5, True, None],
        "c": {"d": date(2024, 1, 31)},
    }


@pytest.mark.parametrize(
    "text, code, row",
    [
        ("a: 1\nb: 2\na: 3\n", "document.duplicate_key", 3),
        ("a:\n  b: 1\n  b: 2\n", "document.duplicate_key", 3),
        ("[{a: 1, a: 2}]", "document.duplicate_key", 1),
        ("a: &x 1\n", "document.alias", 1),
        ("a: 1\nb: *x\n", "document.alias", 2),
        ("a: 1\n? [b]\n: c\n", "document.key_not_text", 2),
        ("1: a\n", "document.key_not_text", 1),
        ("a: 1\n<<: {b: 2}\n", "document.syntax", 2),
        ("a: 1\nb: [\n", "document.syntax", 3),
        ("a: !!python/name:os.system\n", "document.syntax", 1),
        ("a: !!bool word\n", "document.syntax", 1),
        ("a: !!int ''\n", "document.syntax", 1),
        ("a: !!float ''\n", "document.syntax", 1),
        ("a: !!timestamp word\n", "document.syntax", 1),
        ("a: 1\nb: !!str 2\n", "document.syntax", 2),
        ("a: 1\n---\nb: 2\n", "document.syntax", 2),
        ("a: 2026-02-31\n", "document.syntax", None),
        ("- " * (MAX_DEPTH + 1) + "x", "document.too_deep", 1),
        # What stands behind the level too much is not read: it would be another fault.
        ("- " * (MAX_DEPTH + 1) + "x\nb: [\n", "document.too_deep", 1),
    ],
)
def test_yaml_that_is_refused(text: str, code: str, row: int | None) -> None:
    assert fault(parse_yaml, text) == (code, row)


def test_yaml_nesting_up_to_the_limit() -> None:
    assert parse_yaml("[" * MAX_DEPTH + "]" * MAX_DEPTH) is not None


def test_two_equal_keys_on_different_levels_are_two_keys() -> None:
    assert parse_yaml("a: {a: {a: 1}}") == {"a": {"a": {"a": 1}}}


# -- JSON


def test_json_numbers_keep_their_digits() -> None:
    """A float would make 0.1 + 0.2 of money; what is no whole number stays a text."""
    assert parse_json('{"a": 75394432.52, "b": 12, "c": 1e3, "d": -0.10}') == {"a": "75394432.52", "b": 12, "c": "1e3", "d": "-0.10"}


@pytest.mark.parametrize(
    "text, code, row",
    [
        ('{"a": 1,\n"a": 2}', "document.duplicate_key", 2),
        ('{"a": 1, "a": 1}', "document.duplicate_key", 1),
        ('[\n{"b": {"a": 1,\n"a": 2}}]', "document.duplicate_key", 3),
        ('{"a": NaN}', "document.syntax", None),
        ('{"a": Infinity}', "document.syntax", None),
        ('{"a": 1,}', "document.syntax", 1),
        ('{"a":\n\n1 2}', "document.syntax", 3),
        ("", "document.syntax", 1),
        ('{"a": "\n"}', "document.syntax", 1),
        ("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), "document.too_deep", None),
    ],
)
def test_json_that_is_refused(text: str, code: str, row: int | None) -> None:
    assert fault(parse_json, text) == (code, row)


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 2 * MAX_DEPTH])
@pytest.mark.parametrize("pair", ["[]", "{}"])
def test_json_nested_deeper_than_the_limit_is_refused(depth: int, pair: str) -> None:
    """What one function can read another cannot always walk, so there is one limit, and no depth is a traceback."""
    text = "[" * depth + "]" * depth if pair == "[]" else '{"a":' * depth + "1" + "}" * depth
    assert fault(parse_json, text)[0] == "document.too_deep"


def test_json_that_python_itself_finds_too_deep_is_called_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shown by a reader that says so: no text that deep has to be made for it."""

    def too_deep(*_args: object, **_facts: object) -> None:
        raise RecursionError

    monkeypatch.setattr("open_reports.document.json.loads", too_deep)
    assert fault(parse_json, "[]") == ("document.too_deep", None)


def test_json_nesting_up_to_the_limit() -> None:
    assert parse_json("[" * MAX_DEPTH + "]" * MAX_DEPTH) is not None
    assert parse_json('{"a":' * MAX_DEPTH + "1" + "}" * MAX_DEPTH) is not None


def test_brackets_in_a_text_are_no_nesting() -> None:
    assert parse_json('["' + "[" * 1000 + '\\"{"]') == ["[" * 1000 + '"{']


def test_a_number_with_too_many_digits_is_not_called_deep() -> None:
    assert fault(parse_json, "9" * 5000)[0] == "document.syntax"


def test_a_key_written_twice_is_found_quickly_among_many() -> None:
    text = "{" + "".join(f'"k{number}": 0,' for number in range(60_000)) + '"k59999": 1}'
    with within(5):
        assert fault(parse_json, text)[0] == "document.duplicate_key"


# -- what a spreadsheet would run


@pytest.mark.parametrize("text", ["=1", "+1", "@甲", "-甲", "-1+2", "--1", "－１", "＝1", "＋1", "＠甲", "－甲", "- 1"])
def test_a_text_that_a_spreadsheet_would_run(text: str) -> None:
    assert runs(text)


@pytest.mark.parametrize("text", ["-", "－", "-1", "-1.50", "－1", "—", "——", "甲=1", "1-2", " =1", ""])
def test_a_stroke_and_a_negative_number_are_none(text: str) -> None:
    assert not runs(text)


# -- what messages show


@pytest.mark.parametrize(
    "value, text",
    [
        ("文字", "文字"),
        ("a\nb", "a\\u000ab"),
        ("a\u202eb", "a\\u202eb"),
        ("\x1b[31m", "\\u001b[31m"),
        ("\ud800", "\\ud800"),
        ("x" * 61, "x" * 59 + "…"),
        ("x" * 60, "x" * 60),
        ({"a": "文"}, '{"a": "文"}'),
        (None, "null"),
        (date(2024, 1, 31), '"2024-01-31"'),
    ],
)
def test_shown(value: object, text: str) -> None:
    assert shown(value) == text


def test_shown_never_grows_with_the_value() -> None:
    assert len(shown("x" * 1_000_000)) == 60


# -- records


def record(value: object) -> tuple[Record, list[Problem]]:
    problems: list[Problem] = []
    return Record(value, problems), problems


def codes(problems: list[Problem]) -> list[tuple[str, str]]:
    return [(problem.path, problem.code) for problem in problems]


def test_a_record_reads_what_is_right() -> None:
    root, problems = record(
        {"name": "虚构市甲局", "year": 2024, "day": "2024-01-31", "kind": "city", "site": "https://a.cn/", "more": {"x": "y"}, "list": [{"x": "1"}]}
    )  # fmt: skip
    assert root.text("name") == "虚构市甲局"
    assert root.integer("year") == 2024
    assert root.day("day") == date(2024, 1, 31)
    assert root.choice("kind", ("city", "county")) == "city"
    assert root.matching("site", r"https://.*", "https://a.cn/") == "https://a.cn/"
    assert root.record("more").text("x") == "y"
    assert root.each("list", lambda entry: entry.text("x")) == ("1",)
    root.close()
    assert problems == []


@pytest.mark.parametrize(
    "value, method, arguments, code",
    [
        ({}, "text", (), "record.missing"),
        ({"a": None}, "text", (), "record.missing"),
        ({"a": 1}, "text", (), "record.not_text"),
        ({"a": " "}, "text", (), "record.not_text"),
        ({"a": ["b"]}, "text", (), "record.not_text"),
        ({"a": "x" * 201}, "text", (), "record.too_long"),
        ({"a": "ab"}, "matching", ("a", "a"), "record.pattern"),
        ({"a": "b"}, "choice", (("c", "d"),), "record.choice"),
        ({"a": "1"}, "integer", (), "record.not_integer"),
        ({"a": True}, "integer", (), "record.not_integer"),
        ({"a": "2024-02-30"}, "day", (), "record.not_date"),
        ({"a": "２０２４-01-01"}, "day", (), "record.not_date"),
        ({"a": "x"}, "sequence", (), "record.not_list"),
        ({"a": "x"}, "record", (), "record.not_mapping"),
        ({}, "record", (), "record.missing"),
    ],
)
def test_a_record_notes_what_is_wrong(value: object, method: str, arguments: tuple[Any, ...], code: str) -> None:
    root, problems = record(value)
    getattr(root, method)("a", *arguments)
    assert codes(problems) == [("a", code)]


def test_what_need_not_be_there_may_be_missing() -> None:
    root, problems = record({})
    assert root.text("a", required=False) == ""
    assert root.integer("a", required=False) == 0
    assert root.day("a", required=False) is None
    assert root.sequence("a") == []
    assert root.record("a", required=False).mapping == {}
    assert problems == []


def test_every_unknown_key_is_noted_with_its_path() -> None:
    root, problems = record({"a": {"b": "1", "c": 2}, "d": 3})
    inner = root.record("a")
    inner.text("b")
    inner.close()
    root.close()
    assert codes(problems) == [("a.c", "record.unknown_key"), ("d", "record.unknown_key")]
    assert problems[0].values["expected"] == "b"


def test_paths_count_the_entries_of_a_list() -> None:
    root, problems = record({"a": [{"b": "1"}, {"b": 2}, "x"]})
    for entry in root.records("a"):
        entry.text("b", required=False)
    assert codes(problems) == [("a[1].b", "record.not_text"), ("a[2]", "record.not_mapping")]


def test_what_is_no_mapping_is_noted_once() -> None:
    """Every key of it would be missing too, but that is one fault, not seven."""
    root, problems = record(["a"])
    root.text("name")
    root.record("more").text("x")
    root.close()
    assert codes(problems) == [("(document)", "record.not_mapping")]


def test_a_missing_record_is_noted_once() -> None:
    root, problems = record({})
    inner = root.record("report")
    inner.text("agency")
    inner.record("forms").text("disclosure")
    assert codes(problems) == [("report", "record.missing")]


@pytest.mark.parametrize("hidden", ["a\nb", "a\u202eb", "a\x1bb", "\ud800", "e\u0301", "a\u200bb", "a\u2028b"])
def test_a_text_with_hidden_characters_is_refused(hidden: str) -> None:
    """The file can be clean ASCII: JSON and YAML have escapes."""
    root, problems = record({"a": hidden})
    root.text("a")
    assert [problem.path for problem in problems] == ["a"]


@pytest.mark.parametrize("key", ["a\n::error::boom", "a\u202e", "x" * 100_000])
def test_a_key_is_shown_as_safely_as_a_value(key: str) -> None:
    root, problems = record({key: 1})
    root.close()
    (problem,) = problems
    assert problem.path.isprintable()
    assert len(problem.path) <= 60
