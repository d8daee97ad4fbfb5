"""Entries of a record held against another state of it: which are lost, and how both are put together."""

from __future__ import annotations

import json
from typing import Any

import pytest
from open_reports.history.releases import Released, Successors, earlier
from open_reports.history.releases.earlier import Lost

SHAPES: Any = {"f": {"t": {"columns": {"x": "件", "y": "件", "z": "件"}, "lines": {"a": ["x", "y", "z"]}}}}
WIDER: Any = {"f": {"t": {"columns": {"w": "件", "x": "件", "y": "件", "z": "件"}, "lines": {"a": ["w", "x", "y", "z"]}}}}


def entry(year: int, version: str = "1.0.0", cells: str = "1,,2", previous: str = "") -> dict[str, Any]:
    return {"year": year, "version": version, "forms": {"t": "f"}, "t": {"a": cells}, "previous": previous}


def state(shapes: Any = SHAPES, **lines: list[dict[str, Any]]) -> Released:
    reports = {(agency, one["year"]): one for agency, ones in lines.items() for one in ones}
    return Released(place="released", reports=reports, shapes=shapes, paths=(), successors=Successors({}), lines=lines)


def test_an_entry_says_its_cells_by_their_columns() -> None:
    text = earlier.told(entry(2022, previous="0123"), SHAPES)
    assert text == '{"forms": {"t": "f"}, "t": {"a": {"x": "1", "z": "2"}}, "version": "1.0.0", "year": 2022}'
    # A column that a form gained is blank in whatever was recorded before.
    assert earlier.told(entry(2022, cells=",1,,2"), WIDER) == text
    assert earlier.told(entry(2022, cells="0,1,,2"), WIDER) != text
    one = entry(2022)
    earlier.told(one, SHAPES)
    assert one == entry(2022)
    two = {**entry(2022), "forms": {"t": "f", "u": "g"}, "u": {"b": "3"}, "甲": 1}
    assert json.loads(earlier.told(two, {**SHAPES, "g": {"u": {"columns": {"v": "件"}, "lines": {"b": ["v"]}}}})) == {
        "forms": {"t": "f", "u": "g"},
        "t": {"a": {"x": "1", "z": "2"}},
        "u": {"b": {"v": "3"}},
        "version": "1.0.0",
        "year": 2022,
        "甲": 1,
    }


A, B, C, D = entry(2022), entry(2022, "1.0.1", "2,,2"), entry(2022, "1.0.2", "3,,2"), entry(2023)


def lost(now: list[dict[str, Any]], then: list[dict[str, Any]]) -> list[Lost]:
    return list(earlier.lost(state(jia=now), state(jia=then)))


def test_what_is_still_there_is_not_lost() -> None:
    assert lost([A, B, D], [A, B, D]) == []
    assert lost([A, B, C, D], [A, C]) == []
    assert lost([{**A, "previous": "0"}, B], [A, B]) == []
    # Year by year: those of another year may stand in between, before or behind.
    assert lost([D, A, B], [A, D, B]) == []
    assert list(earlier.lost(state(WIDER, jia=[entry(2022, cells=",1,,2")]), state(jia=[A]))) == []
    assert list(earlier.lost(state(jia=[A], yi=[B]), state(jia=[A]))) == []


@pytest.mark.parametrize(
    "now, then, expected",
    [
        ([B], [A, B], Lost("jia", 1, 1, 2022, "1.0.0", edited=False)),
        ([A], [A, B], Lost("jia", 1, 2, 2022, "1.0.1", edited=False)),
        ([], [D, A, B], Lost("jia", 3, 1, 2023, "1.0.0", edited=False)),
        ([B, A], [A, B], Lost("jia", 1, 2, 2022, "1.0.1", edited=False)),
        ([A], [A, A], Lost("jia", 1, 2, 2022, "1.0.0", edited=False)),
        # Edited: something else says now what no newer version says.
        ([entry(2022, cells="9,,9"), B], [A, B], Lost("jia", 1, 1, 2022, "1.0.0", edited=True)),
        ([A, entry(2022, "1.0.1", "9,,9")], [A, B], Lost("jia", 1, 2, 2022, "1.0.1", edited=True)),
        ([A, entry(2022, "1.0.2", "9,,9")], [A, B], Lost("jia", 1, 2, 2022, "1.0.1", edited=False)),
        ([C, entry(2022, "0.9.0", "9,,9")], [A, B, C], Lost("jia", 2, 1, 2022, "1.0.0", edited=True)),
        # What another year says besides is no edit of this one.
        ([entry(2023, cells="9,,9"), B], [A, B], Lost("jia", 1, 1, 2022, "1.0.0", edited=False)),
        ([entry(2023, "1.0.0", "9,,9"), B], [A, B, D], Lost("jia", 2, 1, 2022, "1.0.0", edited=True)),
    ],
)
def test_what_is_lost_is_told_by_the_first(now: list[dict[str, Any]], then: list[dict[str, Any]], expected: Lost) -> None:
    assert lost(now, then) == [expected]


def test_the_same_letters_under_other_columns_say_something_else() -> None:
    other: Any = {"f": {"t": {"columns": {"z": "件", "y": "件", "x": "件"}, "lines": {}}}}
    assert list(earlier.lost(state(other, jia=[A]), state(jia=[A]))) == [Lost("jia", 1, 1, 2022, "1.0.0", edited=True)]


def test_every_agency_is_looked_at() -> None:
    found = list(earlier.lost(state(jia=[A], yi=[B]), state(jia=[A], yi=[A, B], bing=[D])))
    assert found == [Lost("yi", 1, 1, 2022, "1.0.0", edited=False), Lost("bing", 1, 1, 2023, "1.0.0", edited=False)]
    assert found[0].first == "2022 1.0.0 (yi.jsonl:1)"


def entries(text: str) -> list[earlier.Entry]:
    """An entry a letter; capitals are of another year."""
    return [(letter, {"year": 2023 if letter.isupper() else 2022}) for letter in text]


@pytest.mark.parametrize(
    "now, then, both",
    [
        ("abc", "abc", "abc"),
        ("abc", "ac", "abc"),
        ("", "abc", "abc"),
        ("abc", "", "abc"),
        ("c", "abc", "abc"),
        ("ab", "abc", "abc"),
        ("ac", "abc", "abc"),
        ("axc", "abc", "abxc"),
        ("ba", "ab", "ab"),
        ("xba", "ab", "xab"),
        ("a", "aa", "aa"),
        ("aAx", "abA", "abAx"),
        ("Aa", "aA", "Aa"),
        ("bxa", "abc", "xabc"),
        ("cba", "abc", "abc"),
        ("bb", "ab", "abb"),
    ],
)
def test_two_states_are_put_together(now: str, then: str, both: str) -> None:
    found = earlier.together(entries(now), entries(then))
    assert "".join(text for text, _ in found) == both
    assert sorted(found, key=str) == sorted(((text, entries(text)[0][1]) for text, _ in found), key=str)


def test_hundreds_of_entries_are_put_together_like_a_few() -> None:
    now, then = entries("a" * 150 + "x" + "a" * 150), entries("a" * 300 + "y")
    assert "".join(text for text, _ in earlier.together(now, then)) == "a" * 150 + "x" + "a" * 150 + "y"


def test_nothing_is_put_together_in_place() -> None:
    now = entries("abc")
    found = earlier.together(now, entries("ac"))
    assert found == now
    assert found is not now
