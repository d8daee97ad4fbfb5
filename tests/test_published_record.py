"""The record as it is published: what a copy of the site still knows when the record at home was emptied, cut or edited."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from click.testing import CliRunner
from open_reports import corpus
from open_reports.cli import commands
from open_reports.errors import OpenReportsError
from open_reports.files.manifest import PATH, Manifest, parse
from open_reports.history import releases
from open_reports.history.releases.record import files
from open_reports.library import open_library
from open_reports.site.export import export
from test_diff import AGENCY, YEARS, edited, zeros

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from open_reports.library import Library

FIGURE = "overview/公开平台/value"


class Said(NamedTuple):
    exit_code: int
    output: str


def export_of(root: Path, record: Path, target: Path) -> Path:
    opened = corpus.open(root)
    export(opened.publish(released=releases.read(record)), target, place=opened.place)
    return target


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Two years of an agency, released, and `site`, a copy of what was published then."""
    for year in YEARS:
        zeros(year).write(tmp_path / "datapackages")
    releases.release(open_library(tmp_path / "datapackages"), tmp_path / "released", ["index.html", "glossary/index.html"])
    export_of(tmp_path / "datapackages", tmp_path / "released", tmp_path / "copy")
    return tmp_path


def command(project: Path, *arguments: str, against: str = "copy") -> Said:
    folders = ["--root", str(project / "datapackages"), "--record", str(project / "released"), "--site", str(project / "site")]
    done = CliRunner().invoke(commands, ["release", *folders, "--against", str(project / against), *arguments])
    # An error of ours is told by whoever runs the commands; any other exception is a fault of the program.
    assert done.exception is None or isinstance(done.exception, OpenReportsError), done.exception
    return Said(done.exit_code, done.output + str(done.exception or ""))


def change_figure(project: Path, text: str = "13") -> None:
    shutil.rmtree(project / "datapackages")
    zeros(2022).write(project / "datapackages")
    edited(zeros(2023), {"overview": [["公开平台", text, "个", ""]]}).write(project / "datapackages")


def lines(project: Path, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> None:
    file = project / "released" / f"{AGENCY}.jsonl"
    kept = change([json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()])
    file.write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in kept), encoding="utf-8")


def value_edited(project: Path) -> None:
    def edit(ones: list[dict[str, Any]]) -> list[dict[str, Any]]:
        for one in ones:
            one["overview"]["公开平台"] = ["13" if one["year"] == 2023 else "12", "个"]
        return ones

    lines(project, edit)


def emptied(project: Path) -> None:
    (project / "released" / f"{AGENCY}.jsonl").write_bytes(b"")


WAYS: dict[str, Callable[[Path], None]] = {
    "emptied": emptied,
    "deleted": lambda project: (project / "released" / f"{AGENCY}.jsonl").unlink(),
    "one line deleted": lambda project: lines(project, lambda ones: [one for one in ones if one["year"] != 2023]),
    "folder deleted": lambda project: shutil.rmtree(project / "released"),
    "value edited": value_edited,
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("look", [("--check",), ()])
def test_a_record_changed_together_with_a_figure_forbids_it_still(project: Path, way: str, look: tuple[str, ...]) -> None:
    change_figure(project)
    WAYS[way](project)
    record = project / "released"
    before = {file.name: file.read_bytes() for file in record.iterdir()} if record.exists() else None
    for language, said in (
        ("zh", f"{AGENCY} 2023 年 {FIGURE}：发布过的数字是 12，现在是 13"),
        ("en", f"{AGENCY} 2023, {FIGURE}: the released figure is 12 and would become 13"),
    ):
        done = command(project, *look, "--lang", language)
        assert done.exit_code == 1
        assert said in done.output
    assert ({file.name: file.read_bytes() for file in record.iterdir()} if record.exists() else None) == before


@pytest.mark.parametrize("way", [way for way in WAYS if way != "value edited"])
def test_a_record_that_lost_something_is_told_and_put_back(project: Path, way: str) -> None:
    whole = {file.name: file.read_bytes() for file in (project / "released").iterdir()}
    WAYS[way](project)
    for language, said in (("zh", "有而这份记录没有的有"), ("en", "not recorded, though the published site")):
        done = command(project, "--check", "--lang", language)
        assert done.exit_code == 1
        assert f"released/{AGENCY}.jsonl" in done.output
        assert said in done.output
    assert command(project).exit_code == 0
    assert {file.name: file.read_bytes() for file in (project / "released").iterdir()} == whole
    assert command(project, "--check").exit_code == 0


def test_a_kind_of_address_and_a_line_of_a_form_are_never_lost(project: Path) -> None:
    (project / "released" / "paths.txt").write_text("./\n", encoding="utf-8")
    file = project / "released" / "forms.json"
    shapes = json.loads(file.read_text(encoding="utf-8"))
    whole = file.read_bytes()
    del shapes["2019"]["disputes"]["lines"]["reconsideration"]
    file.write_text(json.dumps(shapes), encoding="utf-8")
    done = command(project, "--check", "--lang", "en")
    assert done.exit_code == 1
    assert "released/paths.txt: not recorded, though the published site" in done.output
    assert "has it: 2019: disputes/reconsideration/" in done.output
    assert command(project).exit_code == 0
    assert (project / "released" / "paths.txt").read_text(encoding="utf-8") == "./\nglossary/\n"
    assert file.read_bytes() == whole


def test_what_was_published_and_never_recorded_binds_all_the_same(project: Path) -> None:
    """The record was not brought up to date after the last deployment: the next one must not get away with it."""
    zeros(2024).write(project / "datapackages")
    shutil.rmtree(project / "copy")
    export_of(project / "datapackages", project / "released", project / "copy")
    done = command(project, "--check", "--lang", "en")
    assert done.exit_code == 1
    assert (
        f"released/{AGENCY}.jsonl: not recorded, though the published site {project / 'copy'} has it: 2024; entries of this kind: 1."
        in done.output
    )
    shutil.rmtree(project / "datapackages" / AGENCY / "2024")
    done = command(project, "--check", "--lang", "en")
    assert f"{AGENCY} 2024: this report was released and is gone" in done.output
    zeros(2024).write(project / "datapackages")
    assert command(project).exit_code == 0
    assert command(project, "--check").exit_code == 0


def test_an_address_that_went_with_its_record_stays_recorded(project: Path) -> None:
    """A successor answers for the old address; that it was given out is not forgotten, though the record was cut with it."""
    shutil.rmtree(project / "datapackages")
    zeros(2022).write(project / "datapackages")
    edited(zeros(2023), {"overview": [["政务平台", "12", "个", ""]]}).write(project / "datapackages")
    shutil.rmtree(project / "released")
    (project / "released").mkdir()
    page = f"reports/{AGENCY}/2023/"
    line = f"{page}#overview/公开平台/value: {page}#overview/政务平台/value\n"
    (project / "released" / "successors.yml").write_text(line, encoding="utf-8")
    assert command(project).exit_code == 0
    assert releases.read(project / "released").reports[AGENCY, 2023]["gone"] == ["overview/公开平台/value"]


def test_published_and_read_back_it_is_the_record(library: Library) -> None:
    data = releases.released_json(library, None)
    found = releases.parsed(data)
    assert found.flaws == ()
    empty = releases.Released(place="released", reports={}, shapes={}, paths=(), successors=releases.Successors({}))
    assert files(library, found, None) == files(library, empty, None)
    assert releases.released_json(library, found) == data


def restated(copy: Path, data: bytes | None) -> None:
    """Put another record into a copy, and its hash into the manifest; None takes it out of both."""
    file = copy / releases.PUBLISHED
    stated = parse((copy / PATH).read_bytes()).manifest
    made = Manifest(site=stated.site, packages=stated.packages)
    for path, entry in stated.entries.items():
        if path != releases.PUBLISHED:
            made.put(path, entry)
    if data is None:
        file.unlink()
    else:
        file.write_bytes(data)
        made.add(releases.PUBLISHED, data)
    (copy / PATH).write_bytes(made.finish())


@pytest.mark.parametrize(
    "data",
    [
        b"{",
        b"[]",
        b"\xff",
        b'{"forms": {}, "paths": [], "reports": []}',
        b'{"forms": {}, "paths": [5], "reports": {}, "successors": {}}',
        b'{"forms": [], "paths": [], "reports": {}, "successors": {}}',
        b'{"forms": {}, "paths": [], "reports": {"../a": [{}]}, "successors": {}}',
        b'{"forms": {}, "paths": [], "reports": {"xugou-jia": [{"year": 2023}]}, "successors": {}}',
    ],
)
def test_a_published_record_that_is_none_is_said(project: Path, data: bytes) -> None:
    restated(project / "copy", data)
    done = command(project, "--check")
    assert done.exit_code == 1
    assert "data/released.json：" in done.output


def test_a_published_record_other_than_its_manifest_states_is_refused(project: Path) -> None:
    file = project / "copy" / releases.PUBLISHED
    file.write_bytes(file.read_bytes().replace(b'"1.0.0"', b'"1.0.1"', 1))
    done = command(project, "--check")
    assert done.exit_code == 1
    assert "data/released.json：" in done.output


def test_a_site_of_an_older_version_is_said_to_have_none(project: Path) -> None:
    restated(project / "copy", None)
    for language, said in (("zh", "没有与它比较"), ("en", "nothing was compared with it")):
        done = command(project, "--check", "--lang", language)
        assert done.exit_code == 0
        assert said in done.output


def test_no_copy_is_no_pass(project: Path) -> None:
    assert command(project, "--check", against="nowhere").exit_code == 1
