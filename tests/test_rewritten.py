"""A record whose chain was made anew after something was taken out of it, put in or moved: whole to look at, and told all the same."""

from __future__ import annotations

import json
import shutil
import sys
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from conftest import PROJECT
from open_reports.cli import commands
from open_reports.history import releases
from open_reports.history.releases import breaches, kept, looked, read, release
from open_reports.history.releases.chain import linked
from test_chain import Lines, corrected, lines, write
from test_diff import AGENCY, edited, zeros
from test_published_record import export_of
from test_record import RECORD, committed, git, jsonl, library, project, put
from website import environment, run, served

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from made_up import Package

__all__ = ["project"]  # the fixture

ADDRESS = "disclosure/licensing/decisions"


@pytest.fixture
def grown(project: Path) -> Path:
    """Five entries, of which the first and the third are earlier states of a revised report; all on the main branch, too."""
    corrected(project, "1", "1.0.1")
    corrected(project, "2", "1.0.2")
    committed(project, "grown")
    git(project, "branch", "--force", "main")
    git(project, "fetch", "--quiet", "origin")
    return project


def other_figure(ones: Lines) -> Lines:
    ones[2]["disclosure"]["licensing"] = ones[2]["disclosure"]["licensing"].replace("1", "7")
    return ones


WAYS: dict[str, Callable[[Lines], Lines]] = {
    "an earlier state taken out": lambda ones: [*ones[:2], *ones[3:]],
    "the first state taken out": lambda ones: ones[1:],
    "all but the last taken out": lambda ones: [ones[1], ones[3], ones[4]],
    "two states of a report change places": lambda ones: [ones[2], ones[1], ones[0], *ones[3:]],
    "the last state before the first": lambda ones: [ones[4], *ones[:4]],
    "an earlier state edited": other_figure,
    "the version of an earlier state edited": lambda ones: [*ones[:2], ones[2] | {"version": "1.0.0"}, *ones[3:]],
}


def rewrite(root: Path, way: str) -> None:
    write(root, linked(WAYS[way](lines(root))))


@pytest.mark.parametrize("commits", [0, 1, 3], ids=["not committed", "in one commit", "some commits ago"])
@pytest.mark.parametrize("way", WAYS)
def test_git_knows_and_its_remedy_works(grown: Path, way: str, commits: int) -> None:
    whole = jsonl(grown).read_bytes()
    rewrite(grown, way)
    for number in range(commits):
        committed(grown, f"work {number}")
    now = read(grown / RECORD)
    assert now.flaws == ()
    found = [each for each in kept(library(grown), now, looked(grown / RECORD).past) if each.kind == "record_rewritten"]
    assert found
    for language, said in (("zh", "重新算过哈希值也不行"), ("en", "not even where all hashes were made anew")):
        assert said in found[0].says(language)
        assert "2022 1.0." in found[0].says(language)
    with pytest.raises(releases.PermanenceError):
        release(library(grown), grown / RECORD)
    git(grown, "checkout", found[0].version, "--", found[0].address)
    release(library(grown), grown / RECORD)
    committed(grown, "restored")
    now = read(grown / RECORD)
    assert [*breaches(library(grown), now), *kept(library(grown), now, looked(grown / RECORD).past)] == []
    assert jsonl(grown).read_bytes() == whole


@pytest.mark.parametrize("command", ["release", "release --check", "export"])
def test_commands_refuse_it_in_both_languages(grown: Path, command: str) -> None:
    rewrite(grown, "an earlier state taken out")
    before = jsonl(grown).read_bytes()
    name, *rest = command.split()
    folders = ["--root", f"{grown}/datapackages", "--record", f"{grown}/{RECORD}"]
    own = [f"{grown}/copy"] if name == "export" else ["--site", "none"]
    for language, said in (("zh", "如 2022 1.0.1"), ("en", "the record had it: 2022 1.0.1")):
        done = CliRunner().invoke(commands, [name, *own, *rest, *folders, "--lang", language])
        assert done.exit_code == 1
        assert f"{said} ({AGENCY}.jsonl:3)" in str(done.exception)
    assert jsonl(grown).read_bytes() == before
    assert not (grown / "copy").exists()


@pytest.mark.build
def test_a_build_refuses_it(grown: Path) -> None:
    for name in ("mkdocs.yml", "docs"):
        source = PROJECT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, grown / name)
    rewrite(grown, "an earlier state taken out")
    committed(grown, "work")
    done = run(sys.executable, "-m", "mkdocs", "build", "--strict", cwd=grown, env=environment(grown))
    assert done.returncode == 1
    assert f"2022 1.0.1 ({AGENCY}.jsonl:3)" in done.stdout
    assert "Traceback" not in done.stdout
    assert not (grown / "site").exists()


# -- held against what is published, where no git knows


@pytest.fixture
def copied(grown: Path) -> Path:
    """The same with a copy of what was published, and no git."""
    export_of(grown / "datapackages", grown / RECORD, grown / "copy")
    shutil.rmtree(grown / ".git")
    return grown


def against(root: Path, where: str, *arguments: str) -> tuple[int, str]:
    folders = ["--root", f"{root}/datapackages", "--record", f"{root}/{RECORD}", "--site", "none", "--against", where]
    done = CliRunner().invoke(commands, ["release", *folders, *arguments])
    return done.exit_code, done.output + str(done.exception or "")


EDITED = [way for way in WAYS if "edited" in way]


@pytest.mark.parametrize("way", [way for way in WAYS if way not in EDITED])
def test_a_published_copy_knows_and_what_was_lost_is_put_back_and_told(copied: Path, way: str) -> None:
    whole = jsonl(copied).read_bytes()
    rewrite(copied, way)
    less = jsonl(copied).read_bytes()
    for language, said, back in (("zh", "发布记录只增不减", "已放回"), ("en", "A record only ever grows", "put back")):
        jsonl(copied).write_bytes(less)
        code, output = against(copied, f"{copied}/copy", "--check", "--lang", language)
        assert code == 1
        assert said in output
        assert f"{RECORD}/{AGENCY}.jsonl" in output
        assert jsonl(copied).read_bytes() == less
        code, output = against(copied, f"{copied}/copy", "--lang", language)
        assert code == 0
        assert back in output
        assert "2022 1.0." in output
        assert jsonl(copied).read_bytes() == whole
    assert against(copied, f"{copied}/copy", "--check")[0] == 0


@pytest.mark.parametrize("way", EDITED)
@pytest.mark.parametrize("look", [("--check",), ()])
def test_what_was_edited_is_refused_and_not_put_beside(copied: Path, way: str, look: tuple[str, ...]) -> None:
    rewrite(copied, way)
    less = jsonl(copied).read_bytes()
    code, output = against(copied, f"{copied}/copy", *look, "--lang", "en")
    assert code == 1
    assert "What was recorded is never edited" in output
    assert jsonl(copied).read_bytes() == less


@pytest.mark.parametrize("place", ["zip", "address"])
def test_an_archive_and_an_address_know_as_well(copied: Path, place: str) -> None:
    rewrite(copied, "an earlier state taken out")
    if place == "zip":
        code, output = against(copied, shutil.make_archive(f"{copied}/archive", "zip", copied / "copy"), "--check")
    else:
        with served(copied / "copy") as server:
            code, output = against(copied, server.url, "--check")
    assert code == 1
    assert f"2022 1.0.1 ({AGENCY}.jsonl:3)" in output


def test_without_git_and_copy_nothing_earlier_is_known(copied: Path) -> None:
    """What cannot be noticed, as the manual says."""
    rewrite(copied, "an earlier state taken out")
    now, past = read(copied / RECORD), looked(copied / RECORD)
    assert [*breaches(library(copied), now), *kept(library(copied), now, past.past)] == []
    assert past.lacking is not None


def test_what_was_published_and_not_recorded_is_told(copied: Path) -> None:
    """A correction that went out, though the record never came to know, and was corrected again."""
    write(copied, linked([one for one in lines(copied) if one["version"] == "1.0.0"]))
    code, output = against(copied, f"{copied}/copy", "--check", "--lang", "en")
    assert code == 1
    assert "2022 1.0.1" in output


# -- the words of a correction


def test_a_revision_that_told_a_recorded_change_stays(grown: Path) -> None:
    """Else a correction vanishes from every list of corrections, though the record tells that there was one."""
    last = {"version": "1.0.2", "date": "2026-03-02", "reason": "录入错误", "changes": [{"address": ADDRESS, "from": "1", "to": "2"}]}
    said = {"cells": {ADDRESS: "2"}, "json": {"version": "1.0.2", "report.revisions": [last]}}
    put(grown, edited(zeros(2022), said), zeros(2023), zeros(2024))
    found = {each.kind: each for each in breaches(library(grown), read(grown / RECORD))}
    assert found.keys() == {"figure_changed", "revision_lost"}
    assert (found["figure_changed"].address, found["figure_changed"].version) == (ADDRESS, "1.0.0")
    assert json.loads(found["figure_changed"].suggested) == {"address": ADDRESS, "from": "0", "to": "2"}
    assert json.loads(found["revision_lost"].suggested)["version"] == "1.0.1"


REVISIONS: list[dict[str, Any]] = [
    {"version": "1.0.1", "date": "2026-03-01", "reason": "录入错误", "changes": [{"address": ADDRESS, "from": "0", "to": "1"}]},
    {"version": "1.0.2", "date": "2026-03-02", "reason": "录入错误", "changes": [{"address": ADDRESS, "from": "1", "to": "2"}]},
    {"version": "1.0.3", "date": "2026-03-03", "reason": "补一条注", "changes": ["表三加注"]},
]
OTHERWISE: dict[str, Callable[[list[dict[str, Any]]], list[dict[str, Any]]]] = {
    "another reason": lambda ones: [ones[0] | {"reason": "核对后更正"}, *ones[1:]],
    "another day": lambda ones: [ones[0] | {"date": "2026-02-28"}, *ones[1:]],
    "one without figures taken out": lambda ones: ones[:2],
    "a sentence edited": lambda ones: [*ones[:2], ones[2] | {"changes": ["表四加注"]}],
    "a sentence taken out": lambda ones: [*ones[:2], ones[2] | {"changes": []}],
}


def told(root: Path, revisions: list[dict[str, Any]]) -> Package:
    return edited(zeros(2022), {"cells": {ADDRESS: "2"}, "json": {"version": "1.0.3", "report.revisions": revisions}})


@pytest.mark.parametrize("way", OTHERWISE)
def test_a_correction_that_was_released_is_never_told_otherwise(grown: Path, way: str) -> None:
    put(grown, told(grown, REVISIONS), zeros(2023), zeros(2024))
    release(library(grown), grown / RECORD)
    assert breaches(library(grown), read(grown / RECORD)) == []
    put(grown, told(grown, OTHERWISE[way](REVISIONS)), zeros(2023), zeros(2024))
    (found,) = breaches(library(grown), read(grown / RECORD))
    assert found.kind == "revision_lost"
    said = next(each for each in REVISIONS if each["version"] == found.version)
    assert json.loads(found.suggested) == said
    for language, words in (("zh", "更正记录不删、不改"), ("en", "A correction is never deleted or edited")):
        assert words in found.says(language)


def test_a_correction_may_get_another_version_in_a_merge(grown: Path) -> None:
    put(grown, told(grown, REVISIONS), zeros(2023), zeros(2024))
    release(library(grown), grown / RECORD)
    renumbered = [*REVISIONS[:2], REVISIONS[2] | {"version": "1.0.4"}]
    again = edited(zeros(2022), {"cells": {ADDRESS: "2"}, "json": {"version": "1.0.4", "report.revisions": renumbered}})
    put(grown, again, zeros(2023), zeros(2024))
    assert breaches(library(grown), read(grown / RECORD)) == []


# -- other ways of spelling a file of the record


def crlf(root: Path) -> None:
    jsonl(root).write_bytes(jsonl(root).read_bytes().replace(b"\n", b"\r\n"))


def columns_changed(root: Path) -> None:
    """Two columns change places in the record's own forms: every row of theirs says something else then."""
    file = root / RECORD / "forms.json"
    value = json.loads(file.read_text(encoding="utf-8"))
    columns = value["2021"]["disclosure"]["columns"]
    value["2021"]["disclosure"]["columns"] = dict(reversed(columns.items()))
    file.write_text(json.dumps(value, ensure_ascii=False, indent=1), encoding="utf-8")


def doubled_key(root: Path) -> None:
    jsonl(root).write_bytes(jsonl(root).read_bytes().replace(b'"version":"1.0.1"', b'"version":"1.0.1","version":"1.0.1"', 1))


def encoded(root: Path) -> None:
    jsonl(root).write_bytes(jsonl(root).read_text(encoding="utf-8").encode("utf-16"))


def another_case(root: Path) -> None:
    jsonl(root).rename(root / RECORD / f"{AGENCY.title()}.jsonl")


def another_name(root: Path) -> None:
    jsonl(root).rename(root / RECORD / "xugou-other.jsonl")


def a_comment(root: Path) -> None:
    first, *others = jsonl(root).read_text(encoding="utf-8").splitlines()
    jsonl(root).write_text("\n".join([f"# {first}", *others]) + "\n", encoding="utf-8")


SPELT: dict[str, tuple[Callable[[Path], None], set[str]]] = {
    "two columns change places": (columns_changed, {"record_changed", "figure_changed"}),
    "a key twice": (doubled_key, {"unreadable"}),
    "UTF-16": (encoded, {"unreadable", "record_shrunk"}),
    "another case": (another_case, {"unreadable", "record_shrunk"}),
    "the record of another agency": (another_name, {"agency_gone", "report_gone", "record_shrunk"}),
    "a line put into a comment": (a_comment, {"unreadable"}),
}


@pytest.mark.parametrize("way", SPELT)
def test_another_spelling_hides_nothing(grown: Path, way: str) -> None:
    spell, kinds = SPELT[way]
    spell(grown)
    now = read(grown / RECORD)
    found = {each.kind for each in (*breaches(library(grown), now), *kept(library(grown), now, looked(grown / RECORD).past))}
    assert found & kinds
    with pytest.raises(releases.PermanenceError):
        release(library(grown), grown / RECORD)


def test_other_ends_of_lines_change_nothing(grown: Path) -> None:
    whole = jsonl(grown).read_bytes()
    crlf(grown)
    now = read(grown / RECORD)
    assert [*breaches(library(grown), now), *kept(library(grown), now, looked(grown / RECORD).past)] == []
    release(library(grown), grown / RECORD)
    assert jsonl(grown).read_bytes() == whole


def test_a_state_that_never_was_is_no_earlier_state(grown: Path) -> None:
    """Put between two others, with all hashes made anew, it claims a figure that no revision tells."""
    ones = lines(grown)
    false = json.loads(json.dumps(ones[0])) | {"version": "1.0.0"}
    false["disclosure"]["licensing"] = ones[0]["disclosure"]["licensing"].replace("0", "9")
    write(grown, linked([ones[0], false, *ones[1:]]))
    assert {each.kind for each in breaches(library(grown), read(grown / RECORD))} == {"figure_changed"}
