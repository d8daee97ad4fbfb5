"""Two branches that both record something are merged: what is told of the record, and that its remedy works."""

from __future__ import annotations

import re
import shlex
import subprocess
from typing import TYPE_CHECKING

import pytest
from open_reports.history import releases
from open_reports.history.releases import release
from test_diff import AGENCY, YEARS, edited, zeros
from test_record import PATHS, RECORD, committed, git, library, project, put, told

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["project"]  # the fixture

ADDRESS = "overview/公开平台/value"
SITE = ["index.html", *PATHS[1:]]


@pytest.fixture
def merging(project: Path) -> Path:
    """One branch corrects a report, the other adds one, each with its record and an address of its own; the merge stopped."""
    change = {"address": ADDRESS, "from": "12", "to": "13"}
    revision = {"version": "1.0.1", "date": "2026-03-02", "reason": "录入错误", "changes": [change]}
    said = {"overview": [["公开平台", "13", "个", ""]], "json": {"version": "1.0.1", "report.revisions": [revision]}}
    put(project, zeros(2022), edited(zeros(2023), said))
    release(library(project), project / RECORD, [*SITE, "tools/index.html"])
    committed(project, "corrected")
    git(project, "checkout", "--quiet", "main")
    zeros(2024).write(project / "datapackages")
    release(library(project), project / RECORD, [*SITE, "terms/index.html"])
    committed(project, "added")
    with pytest.raises(subprocess.CalledProcessError):
        git(project, "merge", "work", "--message", "both")
    return project


def remedies(project: Path, language: str) -> list[str]:
    """Commands that the breaches of the record name, each once."""
    found = releases.breaches(library(project), releases.read(project / RECORD))
    assert {each.kind for each in found} == {"unreadable"}
    return sorted({command for each in found for command in re.findall(r"git checkout --ours -- [^ ，,]+", each.says(language))})


def test_the_remedy_that_is_told_in_a_merge_works(project: Path, merging: Path) -> None:
    commands = remedies(merging, "zh")
    assert commands == remedies(merging, "en") == [f"git checkout --ours -- {RECORD}/{name}" for name in ("paths.txt", f"{AGENCY}.jsonl")]
    for command in commands:
        git(merging, *shlex.split(command)[1:])
    release(library(merging), merging / RECORD, [*SITE, "terms/index.html", "tools/index.html"])
    committed(merging, "both")
    assert told(merging) == []
    found = releases.read(merging / RECORD)
    assert {year: one["version"] for (_, year), one in found.reports.items()} == {2022: "1.0.0", 2023: "1.0.1", 2024: "1.0.0"}
    assert found.paths == tuple(sorted([*PATHS, "terms/", "tools/"]))


def test_what_only_the_other_branch_had_recorded_is_not_forgotten(project: Path, merging: Path) -> None:
    """Keeping one side without running release is told as soon as the merge is committed."""
    git(merging, "checkout", "--ours", "--", RECORD)
    committed(merging, "both")
    assert told(merging) == ["record_rewritten", "record_shrunk"]
    release(library(merging), merging / RECORD, [*SITE, "terms/index.html", "tools/index.html"])
    committed(merging, "what both had")
    assert told(merging) == []


def corrected_twice(root: Path, year: int, *texts: str) -> None:
    """Correct a figure of a report twice, each time released."""
    says = ["12", *texts]
    for count in range(1, len(says)):
        revisions = [
            {
                "version": f"1.0.{number}",
                "date": f"2026-03-0{number}",
                "reason": "录入错误",
                "changes": [{"address": ADDRESS, "from": says[number - 1], "to": says[number]}],
            }
            for number in range(1, count + 1)
        ]
        said = {"overview": [["公开平台", says[count], "个", ""]], "json": {"version": f"1.0.{count}", "report.revisions": revisions}}
        others = [zeros(each) for each in YEARS if each != year]
        put(root, edited(zeros(year), said), *others)
        release(library(root), root / RECORD)


@pytest.mark.parametrize("side", ["--ours", "--theirs"])
@pytest.mark.parametrize("when", ["under way", "committed"])
def test_earlier_states_of_both_branches_are_kept(project: Path, side: str, when: str) -> None:
    """Of the file one side is kept; what the other had recorded between its first state and its last is nowhere in the data."""
    corrected_twice(project, 2022, "13", "14")
    committed(project, "one branch")
    git(project, "checkout", "--quiet", "main")
    corrected_twice(project, 2023, "15", "16")
    committed(project, "the other")
    with pytest.raises(subprocess.CalledProcessError):
        git(project, "merge", "work", "--message", "both")
    git(project, "checkout", side, "--", RECORD)
    if when == "committed":
        committed(project, "both")
        assert told(project) == ["record_rewritten"]
    release(library(project), project / RECORD)
    committed(project, "both")
    assert told(project) == []
    ones = releases.read(project / RECORD).lines[AGENCY]
    for year in (2022, 2023):
        assert [one["version"] for one in ones if one["year"] == year] == ["1.0.0", "1.0.1", "1.0.2"]
