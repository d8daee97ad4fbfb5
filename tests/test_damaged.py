"""Every broken and hostile package of `cases/packages` gives its one clear error, quickly, and nothing outside is read."""

from __future__ import annotations

import json
import sys
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

import damaged
import made_up
import open_reports
import pytest
from conftest import watching, within
from damaged import CANARY, NEIGHBOUR, ROOT, Case
from open_reports.checks.cache import Cache
from open_reports.checks.check import check, errors
from open_reports.library import open_library

if TYPE_CHECKING:
    from open_reports.finding import Finding

CASES = damaged.cases()
SECONDS = 5
MOST_CHARACTERS = 1000
"""A message is a sentence: whatever stands in the package, no more than this is said of it."""
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
LIBRARIES = tuple(Path(path) for path in {sys.prefix, sys.base_prefix, str(Path(open_reports.__file__).parent)})
"""Where Python's own modules are, which it may load late."""


@pytest.fixture(scope="module")
def passed(tmp_path_factory: pytest.TempPathFactory) -> Cache:
    """A cache that knows the neighbour, so that the judge hears of it once; forms and words are loaded, so that each case is timed alone."""
    folder = tmp_path_factory.mktemp("passed")
    made_up.package(*NEIGHBOUR).write(folder / ROOT)
    cache = Cache(folder)
    assert check(open_library(folder / ROOT), cache) == ()
    assert len(cache) == 1
    return cache


@pytest.mark.parametrize("case", [pytest.param(each, marks=pytest.mark.posix if each.posix else ()) for each in CASES], ids=str)
def test_damaged_package(case: Case, tmp_path: Path, passed: Cache) -> None:
    built = damaged.build(case, tmp_path)
    with watching() as watch, within(SECONDS):
        library = open_library(built.root, place=ROOT)
        findings = check(library, passed)
        texts = [finding.text(language) for finding in findings for language in ("zh", "en")]

    assert watch.outside(built.root, *LIBRARIES) == []
    assert watch.called == []
    found = errors(findings)
    assert _listed(found) == _expected(case, found)
    assert NEIGHBOUR in library.reports
    assert not [finding for finding in findings if (finding.agency, finding.year) == NEIGHBOUR]
    if any((finding.file or "").startswith(f"{case.place}/") for finding in found):
        assert (case.agency, case.year) not in library.reports
    for finding in findings:
        _clear(finding)
    assert not [text for text in texts if CANARY in text]


def _listed(found: tuple[Finding, ...]) -> list[str]:
    """The errors in words, for a failure one can read; of thousands the first twenty."""
    return [_one_line(finding) for finding in found[:20]] + ["…"] * (len(found) > 20)


def _expected(case: Case, found: tuple[Finding, ...]) -> list[str]:
    """The expected errors in the words of those found, where they fit."""
    pairs = zip(case.finds, (*found, *[None] * len(case.finds)), strict=False)
    return [_one_line(one) if one is not None and wanted.fits(one, case.place) else str(wanted) for wanted, one in pairs]


def _one_line(finding: Finding) -> str:
    place = f"{finding.file}:{finding.row}:{finding.column}"
    return f"{finding.level} {finding.rule} {finding.code} {place} {finding.message('zh')[:200]!r}"


def _clear(finding: Finding) -> None:
    """A message names file, row and column, is one line in both languages, and can be written anywhere."""
    for language in ("zh", "en"):
        message = finding.message(language)
        assert not [char for char in finding.text(language) if unicodedata.category(char) in UNSEEN], repr(message)
        assert len(message) <= MOST_CHARACTERS, message[:MOST_CHARACTERS]
        assert finding.file is not None
        assert finding.file in message
        if finding.row is not None:
            assert (f"row {finding.row}" if language == "en" else f"第 {finding.row} 行") in message
        if finding.column is not None:
            assert (finding.column_title[language] if finding.column_title else finding.column) in message
        assert "None" not in message.replace(str(finding.file), "")
        assert "{" not in finding.problem(language).split("“")[0]
    json.dumps(finding.to_dict(), ensure_ascii=False).encode()


@pytest.mark.parametrize("form_of", made_up.hybrids(), ids=lambda form_of: "-".join(form_of.values()))
@pytest.mark.parametrize("year", [2020, 2023])
def test_no_false_alarm(form_of: dict[str, str], year: int, tmp_path: Path) -> None:
    """A validator that refuses everything would find every fault: sound packages of both forms and all mixtures pass."""
    made_up.package("xugou-jia", year, form_of=form_of).write(tmp_path / ROOT)
    library = open_library(tmp_path / ROOT)
    assert [finding for finding in check(library) if finding.level != "notice"] == []
    assert ("xugou-jia", year) in library.reports


def test_the_watch_sees_what_is_opened(tmp_path: Path) -> None:
    (tmp_path / "seen.txt").write_text("x", encoding="utf-8")
    with watching() as watch:
        (tmp_path / "seen.txt").read_text(encoding="utf-8")
    assert watch.outside(tmp_path) == []
    assert watch.outside(tmp_path / "elsewhere") == [str(tmp_path / "seen.txt")]


@pytest.mark.posix
def test_the_clock_stops_what_hangs() -> None:
    def hang() -> None:
        while True:
            pass

    with pytest.raises(TimeoutError), within(0.01):
        hang()


def test_enough_cases() -> None:
    """The issue asks for forty; every kind of fault it names has its own."""
    assert len(CASES) >= 45
