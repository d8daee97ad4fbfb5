"""The command line: whatever it is asked for, one message that says what to do, and never a traceback."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import made_up
import pytest
from click.testing import CliRunner
from open_reports.cli import commands, main
from open_reports.form import forms
from open_reports.report import read
from patience import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two years of a made-up agency, one of them with an error; the working directory is the folder around them."""
    root = tmp_path / "datapackages"
    for year in (2022, 2023):
        made_up.package("xugou-jia", year).write(root)
    (root / "xugou-jia" / "2023" / "data" / "disputes.csv").write_text("line,label\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return root


def files_named(path: Path | str) -> tuple[int, set[str]]:
    """Exit code of a check, and the files that its errors name."""
    outcome = CliRunner().invoke(commands, ["check", str(path), "--format", "json"], catch_exceptions=False)
    return outcome.exit_code, {each["file"] for each in json.loads(outcome.stdout) if each["level"] == "error"}


FAULTY = "datapackages/xugou-jia/2023/data/disputes.csv"


@pytest.mark.parametrize("inside", ["", "data", "data/disputes.csv", "data/notes.csv", "datapackage.json", "report.md"])
def test_a_file_stands_for_its_package(packages: Path, inside: str) -> None:
    for year, expected in ((2022, (0, set())), (2023, (1, {FAULTY}))):
        assert files_named(f"datapackages/xugou-jia/{year}/{inside}") == expected
        assert files_named(packages / "xugou-jia" / str(year) / inside) == expected


def test_the_file_of_an_agency_stands_for_all_its_years(packages: Path) -> None:
    assert files_named("datapackages/xugou-jia/agency.yml") == (1, {FAULTY})


def test_a_file_of_no_package_stands_for_nothing(packages: Path) -> None:
    (packages.parent / "notes.txt").write_text("x", encoding="utf-8")
    assert files_named("notes.txt") == (1, {"notes.txt"})


def told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str) -> tuple[int, str]:
    """Exit code of the program, and what it says of the error."""
    monkeypatch.setattr(sys, "argv", ["open-reports", *arguments])
    with pytest.raises(SystemExit) as left:
        main()
    assert isinstance(left.value.code, int)
    return left.value.code, capsys.readouterr().err


@pytest.mark.posix
def test_what_the_disk_refuses_is_one_message(packages: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    (packages / "xugou-yi").write_text("a file", encoding="utf-8")
    (packages / "xugou-bing").mkdir()
    (packages / "xugou-bing" / "2024").symlink_to(packages / "nowhere")
    for agency in ("xugou-yi", "xugou-bing"):
        code, said = told(capsys, monkeypatch, "new", agency, "2024")
        assert code == 1
        assert said.startswith(f"datapackages/{agency}/2024：无法读写（")
        assert said.count("\n") == 1
        assert "cannot be read or written" in said


@pytest.mark.parametrize("agency, says", [("Xugou", "lower-case letters"), ("con", "a reserved name"), ("a" * 65, "64 characters at most")])
def test_a_name_that_cannot_be_an_agency_is_told_why(
    packages: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, agency: str, says: str
) -> None:
    before = sorted(packages.rglob("*"))
    code, said = told(capsys, monkeypatch, "new", agency, "2024")
    assert code == 2
    assert says in said
    assert agency[:50] in said
    assert sorted(packages.rglob("*")) == before


@pytest.mark.parametrize("site", ["foo", "www.example.gov.cn/nb", "ftp://a.example/", "https://", "https://a.example/?x=1", "https://[a/"])
def test_what_is_no_address_of_a_site_is_never_written_into_files(tmp_path: Path, site: str) -> None:
    outcome = CliRunner().invoke(commands, ["export", str(tmp_path / "out"), "--root", str(tmp_path), "--site", site])
    assert outcome.exit_code == 2
    assert "不是网站地址" in outcome.stderr
    assert "is no address of a site" in outcome.stderr
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_no_built_site_is_never_recorded(tmp_path: Path) -> None:
    """What is recorded once is asked for ever after."""
    made_up.write_corpus(tmp_path / "datapackages", 1)
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "notes.txt").write_text("mine", encoding="utf-8")
    asked = ["release", "--root", str(tmp_path / "datapackages"), "--record", str(tmp_path / "released"), "--site", str(tmp_path / "site")]
    outcome = CliRunner().invoke(commands, asked)
    assert outcome.exit_code == 2
    assert "data/manifest.json" in outcome.stderr
    assert not (tmp_path / "released").exists()
    (tmp_path / "site" / "data").mkdir()
    (tmp_path / "site" / "data" / "manifest.json").write_text("{}", encoding="utf-8")
    assert CliRunner().invoke(commands, asked, catch_exceptions=False).exit_code == 0
    assert "data/manifest.json\n" in (tmp_path / "released" / "paths.txt").read_text(encoding="utf-8")


def test_an_export_cannot_change_in_silence_what_was_released(
    packages: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever exports publishes, too: the record holds for either way."""
    shutil.rmtree(packages / "xugou-jia" / "2023")
    made_up.package("xugou-jia", 2023).write(packages.parent / "sound")
    monkeypatch.chdir(packages.parent)
    asked = ["--root", "sound", "--record", "released"]
    assert CliRunner().invoke(commands, ["release", *asked, "--site", "nowhere"], catch_exceptions=False).exit_code == 0
    assert CliRunner().invoke(commands, ["export", "out", *asked], catch_exceptions=False).exit_code == 0
    before = sorted((packages.parent / "out").rglob("*"))
    cells = packages.parent / "sound" / "xugou-jia" / "2023" / "data" / "disputes.csv"
    rows = cells.read_text(encoding="utf-8").splitlines(keepends=True)
    cells.write_text(
        "".join(re.sub(r",[0-9]+,", ",4711,", row, count=1) if row.startswith("litigation") else row for row in rows), encoding="utf-8"
    )
    code, said = told(capsys, monkeypatch, "export", "out", *asked)
    assert code == 1
    assert "disputes/litigation" in said
    assert "4711" in said
    assert sorted((packages.parent / "out").rglob("*")) == before


@pytest.mark.parametrize(
    "year, choices, forms_of",
    [
        (2024, [], {"disclosure": "2021", "applications": "2021", "disputes": "2021"}),
        (2024, ["applications=2019"], {"disclosure": "2021", "applications": "2019", "disputes": "2021"}),
        (2024, ["disputes=2019", "applications=2019"], {"disclosure": "2021", "applications": "2019", "disputes": "2019"}),
        (2020, ["disputes=2021"], {"disclosure": "2019", "applications": "2019", "disputes": "2021"}),
    ],
)
def test_a_new_package_may_mix_forms(packages: Path, year: int, choices: list[str], forms_of: dict[str, str]) -> None:
    options = [word for choice in choices for word in ("--form", choice)]
    told = CliRunner().invoke(commands, ["new", "xugou-yi", str(year), *options], catch_exceptions=False)
    assert all(forms()[form].title.zh in told.output for form in forms_of.values())
    folder = packages / "xugou-yi" / str(year)
    # Nothing is wrong with it but what only a person can fill in.
    assert {each.code for each in read(folder, "x", agency="xugou-yi", year=year).findings} == {"record.placeholder"}
    described = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert described["report"]["forms"] == forms_of


@pytest.mark.parametrize(
    "choices, says",
    [
        (["applications=2018"], "applications=2019, applications=2021"),
        (["budget=2021"], "disclosure=2019, disclosure=2021, applications=2019"),
        (["applications"], "applications=2019, applications=2021"),
        (["disputes=2019", "disputes=2021"], "two forms are given"),
    ],
)
def test_a_form_that_there_is_not_is_told_with_the_choices(packages: Path, choices: list[str], says: str) -> None:
    options = [word for choice in choices for word in ("--form", choice)]
    told = CliRunner().invoke(commands, ["new", "xugou-yi", "2024", *options])
    assert told.exit_code == 2
    assert says in told.output
    assert not (packages / "xugou-yi").exists()


def test_a_terminal_that_lacks_a_character_gets_its_number(packages: Path) -> None:
    """As on a Chinese Windows, whose pipes are written in GBK: a radical of a PDF is none of its characters."""
    (packages / "xugou-jia" / "2023" / "data" / "disputes.csv").write_text("line,label\u2ecb\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", "from open_reports.cli import main; main()", "check", str(packages)],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "gbk", "PYTHONUTF8": "0"},
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 1
    assert "\\u2ecb" in done.stdout.decode("gbk")
    assert b"Traceback" not in done.stderr
