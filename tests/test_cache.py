"""The cache of what passed: by content, sealed, and never trusted when anything about it is odd."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import made_up
import pytest
from conftest import watching, with_cells
from open_reports.checks import cache as module
from open_reports.checks.cache import Cache, Kept, Memory, Signature, code_version, tree_signature
from open_reports.checks.check import check, errors
from open_reports.checks.counting import Passed
from open_reports.library import Library, open_library

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from open_reports.finding import Finding


def test_what_passed_is_remembered(tmp_path: Path) -> None:
    first = Cache(tmp_path)
    first.add(["a" * 64, "b" * 64])
    first.save()
    second = Cache(tmp_path)
    assert len(second) == 2
    assert "a" * 64 in second
    assert "c" * 64 not in second


def test_nothing_is_written_when_nothing_was_added(tmp_path: Path) -> None:
    Cache(tmp_path / "new").save()
    assert not (tmp_path / "new").exists()


def test_the_file_is_whole_and_alone(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.add(["a" * 64])
    cache.save()
    assert [path.name for path in tmp_path.iterdir()] == [f"passed-{code_version()[:16]}.txt"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"\xff\xfe\x00",
        "被人改过\n".encode(),
        b"0" * 64 + b"\n" + b"a" * 64,
        b"a" * 64,
    ],
    ids=["empty", "blank", "binary", "chinese", "wrong seal", "no seal"],
)
def test_a_foreign_file_is_ignored(content: bytes, tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.path.write_bytes(content)
    assert len(Cache(tmp_path)) == 0


def test_a_truncated_file_is_ignored(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.add([f"{number:064x}" for number in range(10)])
    cache.save()
    data = cache.path.read_bytes()
    for length in (1, len(data) // 2, len(data) - 1):
        cache.path.write_bytes(data[:length])
        assert len(Cache(tmp_path)) == 0


def test_an_entry_added_by_hand_breaks_the_seal(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.add(["a" * 64])
    cache.save()
    with cache.path.open("ab") as stream:
        stream.write(b"\n" + b"f" * 64)
    assert len(Cache(tmp_path)) == 0


def test_other_code_has_another_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = Cache(tmp_path)
    cache.add(["a" * 64])
    cache.save()
    monkeypatch.setattr(module, "code_version", lambda: "0" * 64)
    other = Cache(tmp_path)
    assert other.path != cache.path
    assert len(other) == 0
    cache.path.rename(other.path)
    assert len(Cache(tmp_path)) == 0, "a file renamed to the other code's name has the wrong seal"


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    cache = Cache(tmp_path / "file" / "below")
    cache.add(["a" * 64])
    cache.save()
    assert "a" * 64 in cache


# -- checking with it


@pytest.fixture
def one(tmp_path: Path) -> Library:
    made_up.package().write(tmp_path / "datapackages")
    return open_library(tmp_path / "datapackages")


def test_checking_fills_it(one: Library, tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache")
    assert check(one, cache) == ()
    assert [report.digest in cache for report in one] == [True]


def test_what_passed_is_not_judged_again(one: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = Cache(tmp_path / "cache")
    judged: list[int] = []

    def judge(reports: Sequence[object]) -> list[object]:
        judged.append(len(reports))
        return []

    monkeypatch.setattr("open_reports.checks.check.judge", judge)
    check(one, cache)
    check(one, cache)
    check(one)
    assert judged == [1, 0, 1]


def test_findings_are_the_same_with_and_without_it(packages: Path, tmp_path: Path) -> None:
    library = open_library(packages)
    cache = Cache(tmp_path / "cache")
    cold = check(library, cache)
    assert check(library, cache) == cold == check(library)


def test_what_the_judge_refused_is_never_remembered(one: Library, tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache")
    ((key, report),) = one.reports.items()
    broken = Library(agencies=one.agencies, reports={key: with_cells(report, {"disputes/reconsideration/total": "x"})}, findings=())
    for _ in range(2):
        assert [each.code for each in errors(check(broken, cache))] == ["schema.cell"]
    assert len(cache) == 0


def test_one_refused_package_does_not_keep_another_out(tmp_path: Path) -> None:
    for agency in ("xugou-jia", "xugou-yi"):
        made_up.package(agency).write(tmp_path / "datapackages")
    library = open_library(tmp_path / "datapackages")
    good, bad = library
    cache = Cache(tmp_path / "cache")
    broken = with_cells(bad, {"disputes/reconsideration/total": "x"})
    check(Library(agencies=library.agencies, reports={("xugou-jia", 2023): good, ("xugou-yi", 2023): broken}, findings=()), cache)
    assert (good.digest in cache, bad.digest in cache) == (True, False)


# -- what was found in an unchanged folder


@pytest.mark.posix
def test_any_change_below_a_folder_changes_its_signature(tmp_path: Path) -> None:
    folder = made_up.package().write(tmp_path / "datapackages")
    root = tmp_path / "datapackages"
    seen = [tree_signature(root).digest]
    assert tree_signature(root).digest == seen[0]
    (folder / "report.md").write_bytes((folder / "report.md").read_bytes() + b"\n")
    seen.append(tree_signature(root).digest)
    (folder / "data" / "new.csv").touch()
    seen.append(tree_signature(root).digest)
    (folder / "data" / "new.csv").unlink()
    (folder / "data" / "new.csv").symlink_to("notes.csv")
    seen.append(tree_signature(root).digest)
    (folder / "data" / "new.csv").unlink()
    folder.rename(folder.parent / "2022")
    seen.append(tree_signature(root).digest)
    assert len(set(seen)) == len(seen)


@pytest.mark.posix
def test_a_look_opens_no_file_and_follows_no_link(tmp_path: Path) -> None:
    folder = made_up.package().write(tmp_path / "datapackages")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").touch()
    (folder / "link").symlink_to(tmp_path / "outside")
    with watching() as watch:
        tree_signature(tmp_path / "datapackages")
    assert watch.outside(tmp_path / "datapackages") == []
    assert not [path for path in watch.opened if path.endswith((".csv", ".json", ".md", ".yml"))]


def found_in(root: Path) -> tuple[Finding, ...]:
    """Findings of every level, with titles, values and an explanation."""
    package = made_up.package(absent=["disclosure/rules"])
    package.set("disputes", "reconsideration", "total", "999")
    said = {"finding": "T4-SUM", "address": "disputes/reconsideration/total", "text": "原文如此。", "by": "agency", "date": "2026-01-31"}
    package.edit_json("report.explanations", [said])
    package.write(root)
    wrong = made_up.package("xugou-yi")
    wrong.set("disputes", "reconsideration", "total", "十")
    wrong.write(root)
    return check(open_library(root))


def test_findings_are_kept_word_for_word(tmp_path: Path) -> None:
    found = found_in(tmp_path / "datapackages")
    assert {each.level for each in found} == {"error", "discrepancy", "notice"}
    memory = Memory("subject", tmp_path / "cache")
    state = tree_signature(tmp_path / "datapackages")._replace(latest=0)
    kept = Kept(found, {("pingtan", 2024): Passed({"T3-SUM": 7}, {"XY-CARRY": 2})})
    memory.keep(state, kept)
    recalled = memory.recall(state)
    assert recalled is not None
    assert recalled == kept
    assert [each.to_dict("en") for each in recalled.findings] == [each.to_dict("en") for each in found]


def test_findings_of_another_state_or_subject_are_not_recalled(tmp_path: Path) -> None:
    state = Signature("a" * 64, 0)
    Memory("subject", tmp_path).keep(state, Kept((), {}))
    assert Memory("subject", tmp_path).recall(state) == Kept((), {})
    assert Memory("subject", tmp_path).recall(Signature("b" * 64, 0)) is None
    assert Memory("another", tmp_path).recall(state) is None


def test_a_folder_changed_a_moment_ago_is_not_remembered(tmp_path: Path) -> None:
    """Its next change might not move a time stamp."""
    memory = Memory("subject", tmp_path)
    state = Signature("a" * 64, time.time())
    memory.keep(state, Kept((), {}))
    assert memory.recall(state) is None


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"0" * 64 + b"\n" + b"a" * 64 + b"\n[]"], ids=["empty", "binary", "wrong seal"])
def test_foreign_findings_are_ignored(content: bytes, tmp_path: Path) -> None:
    memory = Memory("subject", tmp_path)
    memory.path.write_bytes(content)
    assert memory.recall(Signature("a" * 64, 0)) is None


def test_files_of_older_code_are_cleared_away(tmp_path: Path) -> None:
    (tmp_path / f"passed-{'0' * 16}.txt").touch()
    cache = Cache(tmp_path)
    cache.add(["a" * 64])
    cache.save()
    assert [path.name for path in tmp_path.iterdir()] == [cache.path.name]


def test_two_processes_that_save_keep_both_findings(tmp_path: Path) -> None:
    one, other = Cache(tmp_path), Cache(tmp_path)
    one.add(["a" * 64])
    other.add(["b" * 64])
    one.save()
    other.save()
    assert len(Cache(tmp_path)) == 2
