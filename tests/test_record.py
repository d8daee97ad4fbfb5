"""The record of releases cannot be argued away: it is held against what git keeps of it, and written whole or not at all."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from conftest import PROJECT
from open_reports.cli import commands
from open_reports.history import releases
from open_reports.history.releases import PermanenceError, release
from open_reports.library import open_library
from test_diff import AGENCY, YEARS, edited, zeros
from website import environment, run

if TYPE_CHECKING:
    from collections.abc import Callable

    from made_up import Package
    from open_reports.library import Library

RECORD = "released"
ADDRESS = "disclosure/licensing/decisions"
PATHS = ("./", "about/", "glossary/")


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=Nobody", "-c", "user.email=nobody@example.cn", "-c", "commit.gpgsign=false")
    done = subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)
    return done.stdout.decode().strip()


def committed(root: Path, said: str) -> str:
    git(root, "add", "-A")
    git(root, "commit", "--quiet", "--allow-empty", "--message", said)
    return git(root, "rev-parse", "HEAD")


def put(root: Path, *packages: Package) -> None:
    """Put these packages in the place of all."""
    shutil.rmtree(root / "datapackages", ignore_errors=True)
    for package in packages:
        package.write(root / "datapackages")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository with two reports, released and committed, on a branch of its own beside main."""
    root = tmp_path / "project"
    root.mkdir()
    git(root, "init", "--quiet", "--initial-branch", "main")
    put(root, *map(zeros, YEARS))
    release(library(root), root / RECORD, [*PATHS[1:], "index.html"])
    committed(root, "released")
    git(root, "remote", "add", "origin", str(root))
    git(root, "fetch", "--quiet", "origin")
    git(root, "checkout", "--quiet", "-b", "work")
    return root


def library(root: Path) -> Library:
    return open_library(root / "datapackages")


def told(root: Path) -> list[str]:
    """Kinds of everything that is wrong with data and record."""
    now = releases.read(root / RECORD)
    found = [*releases.breaches(library(root), now), *releases.kept(library(root), now, releases.looked(root / RECORD).past)]
    return sorted({each.kind for each in found})


def changed(root: Path) -> None:
    """Change a released figure without a word."""
    put(root, zeros(YEARS[0]), edited(zeros(YEARS[1]), {"cells": {ADDRESS: "3"}}))


def jsonl(root: Path) -> Path:
    return root / RECORD / f"{AGENCY}.jsonl"


def emptied(root: Path) -> None:
    jsonl(root).write_bytes(b"")


def deleted(root: Path) -> None:
    jsonl(root).unlink()


def one_line_less(root: Path) -> None:
    jsonl(root).write_bytes(jsonl(root).read_bytes().splitlines(keepends=True)[0])


def whole_folder(root: Path) -> None:
    shutil.rmtree(root / RECORD)


def value_edited(root: Path) -> None:
    first, last = jsonl(root).read_text(encoding="utf-8").splitlines()
    new = releases.record.record(library(root).reports[AGENCY, YEARS[1]])
    jsonl(root).write_text(f"{first}\n{releases.chain.line(new)}\n", encoding="utf-8", newline="\n")
    assert last not in jsonl(root).read_text(encoding="utf-8")


def paths_emptied(root: Path) -> None:
    (root / RECORD / "paths.txt").write_bytes(b"")


WAYS: dict[str, tuple[Callable[[Path], None], str]] = {
    "emptied": (emptied, "record_shrunk"),
    "deleted": (deleted, "record_shrunk"),
    "one line less": (one_line_less, "record_shrunk"),
    "the folder": (whole_folder, "record_shrunk"),
    "a value in both": (value_edited, "record_changed"),
}
"""Ways of changing the record in the change that it forbids, each with what is said of the record."""


@pytest.mark.parametrize("commits", [0, 1, 3], ids=["not committed", "in one commit", "some commits ago"])
@pytest.mark.parametrize("way", WAYS)
def test_a_record_changed_together_with_a_figure_forbids_it_still(project: Path, way: str, commits: int) -> None:
    change, kind = WAYS[way]
    changed(project)
    change(project)
    for number in range(commits):
        committed(project, f"work {number}")
    assert told(project) == sorted({"figure_changed", kind})
    with pytest.raises(PermanenceError) as raised:
        release(library(project), project / RECORD)
    assert {each.kind for each in raised.value.breaches} >= {"figure_changed", kind}


@pytest.mark.parametrize("way", WAYS)
def test_the_remedy_that_is_told_works(project: Path, way: str) -> None:
    changed(project)
    WAYS[way][0](project)
    committed(project, "work")
    put(project, *map(zeros, YEARS))
    said = [each.says(language) for language in ("zh", "en") for each in _of_record(project)]
    for each in said:
        command = each.split("git ", 1)[1].split(",", 1)[0].split("，", 1)[0]
        git(project, *command.split())
    assert told(project) == []
    assert release(library(project), project / RECORD).files == ()


def _of_record(root: Path) -> list[releases.Breach]:
    now = releases.read(root / RECORD)
    return [each for each in releases.kept(library(root), now, releases.looked(root / RECORD).past) if each.kind.startswith("record_")]


def test_addresses_are_never_forgotten(project: Path) -> None:
    paths_emptied(project)
    committed(project, "work")
    (found,) = _of_record(project)
    assert (found.kind, found.address, found.was) == ("record_shrunk", "released/paths.txt", str(len(PATHS)))


def test_a_change_told_by_a_revision_passes(project: Path) -> None:
    revision = {"version": "1.0.1", "date": "2026-03-02", "reason": "录入错误", "changes": [{"address": ADDRESS, "from": "0", "to": "3"}]}
    corrected = {"cells": {ADDRESS: "3"}, "json": {"version": "1.0.1", "report.revisions": [revision]}}
    put(project, zeros(YEARS[0]), edited(zeros(YEARS[1]), corrected))
    assert told(project) == []
    release(library(project), project / RECORD)
    committed(project, "corrected")
    assert told(project) == []


def test_a_correction_that_was_taken_back_is_told(project: Path) -> None:
    """Also before anybody ran release: the record of the branch that the work goes to has it."""
    test_a_change_told_by_a_revision_passes(project)
    git(project, "checkout", "--quiet", "main")
    git(project, "merge", "--quiet", "work")
    git(project, "fetch", "--quiet", "origin")
    git(project, "checkout", "--quiet", "-b", "back")
    put(project, *map(zeros, YEARS))
    git(project, "checkout", "--quiet", "main~1", "--", RECORD)
    committed(project, "back")
    assert {"record_changed", "version_lower"} & set(told(project))
    assert "version_lower" in told(project)


def test_what_is_published_binds_although_no_branch_has_it(project: Path) -> None:
    """A project without a remote: everything was committed to one branch, and published from it."""
    git(project, "remote", "remove", "origin")
    first = git(project, "rev-parse", "HEAD")
    git(project, "checkout", "--quiet", "--orphan", "gh-pages")
    git(project, "commit", "--quiet", "--allow-empty", "--message", f"Deployed {first[:7]} with MkDocs version: 1.6.1")
    git(project, "checkout", "--quiet", "work")
    changed(project)
    emptied(project)
    for number in range(3):
        committed(project, f"work {number}")
    assert told(project) == ["figure_changed", "record_shrunk"]


def test_a_branch_behind_the_published_one_is_left_alone(project: Path) -> None:
    old = git(project, "rev-parse", "HEAD")
    put(project, *map(zeros, (*YEARS, YEARS[-1] + 1)))
    release(library(project), project / RECORD)
    new = committed(project, "more")
    git(
        project,
        "branch",
        "gh-pages",
        git(project, "commit-tree", f"{new}^{{tree}}", "-m", f"Deployed {new[:7]} with MkDocs version: 1.6.1"),
    )
    git(project, "checkout", "--quiet", "-b", "older", old)
    assert told(project) == []


def test_growth_passes(project: Path) -> None:
    put(project, *map(zeros, (*YEARS, YEARS[-1] + 1)))
    assert told(project) == []
    release(library(project), project / RECORD, [*PATHS[1:], "index.html", "data/new.csv"])
    assert told(project) == []


@pytest.mark.parametrize("name", ["origin/main", "nowhere"])
def test_the_branch_can_be_named(project: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(releases.past.BASE, name)
    lacking = releases.looked(project / RECORD).lacking
    if name == "nowhere":
        assert lacking is not None
        assert "没有与 nowhere 比较" in lacking.zh
    else:
        assert lacking is None


def test_a_shallow_clone_says_what_to_fetch(project: Path, tmp_path: Path) -> None:
    for number in range(3):
        committed(project, f"work {number}")
    git(tmp_path, "clone", "--quiet", "--depth", "1", "--branch", "work", project.as_uri(), "shallow")
    git(tmp_path / "shallow", "remote", "remove", "origin")
    lacking = releases.looked(tmp_path / "shallow" / RECORD).lacking
    assert lacking is not None
    assert "git fetch --unshallow" in lacking.en


def test_without_git_it_is_said_and_nothing_else(project: Path, tmp_path: Path) -> None:
    plain = Path(shutil.copytree(project, tmp_path / "plain", ignore=shutil.ignore_patterns(".git")))
    done = CliRunner().invoke(
        commands, ["release", "--root", f"{plain}/datapackages", "--record", f"{plain}/{RECORD}", "--site", "none", "--check"]
    )
    assert done.exit_code == 0, done.output
    assert "没有与以前的提交比较" in done.output


def test_the_command_refuses_in_both_languages(project: Path) -> None:
    changed(project)
    emptied(project)
    for language, words in (("zh", "发布记录只增不减"), ("en", "A record only ever grows")):
        command = ["release", "--root", f"{project}/datapackages", "--record", f"{project}/{RECORD}", "--site", "none", "--lang", language]
        done = CliRunner().invoke(commands, [*command, "--check"])
        assert done.exit_code == 1
        assert words in str(done.exception)
    assert jsonl(project).read_bytes() == b""


@pytest.mark.build
def test_a_build_refuses_it(project: Path) -> None:
    for name in ("mkdocs.yml", "docs"):
        source = PROJECT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, project / name)
    changed(project)
    whole_folder(project)
    committed(project, "work")
    done = run(sys.executable, "-m", "mkdocs", "build", "--strict", cwd=project, env=environment(project))
    assert done.returncode == 1
    assert "released/paths.txt" in done.stdout
    assert "Traceback" not in done.stdout
    assert not (project / "site").exists()


# -- written whole or not at all


@pytest.mark.posix
def test_a_full_disk_leaves_the_old_record(project: Path) -> None:
    put(project, *map(zeros, (*YEARS, YEARS[-1] + 1)))
    before = {file.name: file.read_bytes() for file in (project / RECORD).iterdir()}
    command = f"ulimit -f 1; exec {sys.executable} -m open_reports.cli release --root datapackages --record {RECORD} --site none"
    script = "import signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); from open_reports.cli import main; sys.argv[0] = 'open-reports'; main()"
    command = f'ulimit -f 1; exec {sys.executable} -c "{script}" release --root datapackages --record {RECORD} --site none'
    done = run("bash", "-c", command, cwd=project, env={**os.environ, "XDG_CACHE_HOME": "/dev/null/none"})
    assert done.returncode == 1, done.stdout
    assert "Traceback" not in done.stdout
    assert f"{RECORD}/{AGENCY}.jsonl" in done.stdout
    assert {file.name: file.read_bytes() for file in (project / RECORD).iterdir()} == before


def test_what_a_killed_release_left_is_no_record(project: Path) -> None:
    half = project / RECORD / f".{AGENCY}.jsonl.0123abcd"
    half.write_bytes(b'{"year":20')
    assert releases.read(project / RECORD).flaws == ()
    put(project, *map(zeros, (*YEARS, YEARS[-1] + 1)))
    release(library(project), project / RECORD)
    assert not half.exists()
