"""The judge who remembers: what he is asked again, and that he lets nothing pass that he would not pass by himself."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import made_up
import pytest
from conftest import with_cells
from judged import Remembering
from open_reports.report import judge, judging

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from judged import Fault
    from open_reports.report import Report

pytestmark = pytest.mark.usefixtures("forgetful_judge")


def _remembering(patch: pytest.MonkeyPatch) -> list[int]:
    """Put one in place who remembers nothing yet; gives the number of values that frictionless is asked about, table by table."""
    asked: list[int] = []
    forgetful = judging._judge_values

    def counted(table: str, form: str, columns: list[set[str]]) -> Iterator[Fault]:
        asked.append(sum(map(len, columns)))
        return forgetful(table, form, columns)

    patch.setattr(judging, "_judge_values", Remembering(counted))
    return asked


def test_only_what_is_new_is_asked(report: Callable[[made_up.Package], Report], monkeypatch: pytest.MonkeyPatch) -> None:
    asked = _remembering(monkeypatch)
    sound = report(made_up.package(year=2020))
    assert judge([sound]) == []
    first = len(asked)
    assert first == len(sound.tables) + 2
    assert judge([sound]) == []
    assert len(asked) == first, "nothing was new"
    assert judge([with_cells(sound, {"applications/new/total": "987654"})]) == []
    assert asked[first:] == [len(sound.tables["applications"].form.header)], "the new value, in a row of others"


def test_a_fault_is_told_every_time(report: Callable[[made_up.Package], Report], monkeypatch: pytest.MonkeyPatch) -> None:
    """In the same words as by the judge who forgets, and whatever was found faultless before."""
    sound = report(made_up.package(year=2020))
    wrong = [
        with_cells(sound, {"applications/new/total": "十二", "disputes/reconsideration/upheld": "a"}),
        with_cells(sound, {"applications/new/total": "-5"}),  # right where a change stands
        replace(sound, notes=tuple(note._replace(note="注" * 501) for note in sound.notes)),
    ]
    wanted = [judge([each]) for each in wrong]
    assert [len(each) for each in wanted] == [2, 1, 1]
    _remembering(monkeypatch)
    for _ in range(3):
        assert judge([sound]) == []
        assert [judge([each]) for each in wrong] == wanted
