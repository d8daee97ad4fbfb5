"""The command `import` on files of our own: an output becomes its package again, and a workbook that a clerk filled in becomes one."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from open_reports.cli import commands
from open_reports.errors import IntakeError
from open_reports.files.workbook.clerk import clerks_workbook
from open_reports.intake import guard
from open_reports.intake.answer import checked
from open_reports.intake.own import Own
from open_reports.report import OPEN
from test_import import files
from test_intake_own import folders, shown
from test_workbook_clerk import Book, fill

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from click.testing import Result
    from open_reports.files.folder import ReportFolder
    from open_reports.finding import Finding
    from open_reports.library import Library

KEPT = Path(__file__).parents[1] / "datapackages"
REPORTS = ("pingtan/2024", "pingtan-resources/2019", "pingtan-finance/2024")
"""A report with many explanations, one of the older form, and one with a figure that is printed otherwise than it is kept."""
OUTPUTS: dict[str, Callable[[ReportFolder], bytes]] = {
    "年报.zip": lambda folder: folder["archive"],
    "年报.xlsx": lambda folder: folder["workbook"],
    "年报.html": lambda folder: shown(folder, "zh").encode(),
    "report.html": lambda folder: shown(folder, "en").encode(),
}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where packages go, with no agency yet; the working directory is the folder around it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "datapackages"


@pytest.fixture
def outputs(library: Library, findings: Sequence[Finding]) -> dict[str, ReportFolder]:
    return {f"{each.report.agency}/{each.report.year}": each for each in folders(library, tuple(findings))}


def run(*arguments: str) -> Result:
    return CliRunner().invoke(commands, ["import", *arguments], catch_exceptions=False)


def known(root: Path, name: str) -> None:
    """Let the agency of a report be known, so that nothing is left to be said of it."""
    agency = Path(name).parts[0]
    (root / agency).mkdir(parents=True)
    shutil.copy(KEPT / agency / "agency.yml", root / agency)


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("output", OUTPUTS)
def test_an_output_becomes_its_package_again(output: str, name: str, root: Path, outputs: dict[str, ReportFolder]) -> None:
    known(root, name)
    Path(output).write_bytes(OUTPUTS[output](outputs[name]))
    done = run(output)
    assert done.exit_code == 0, done.output
    assert files(root / name) == files(KEPT / name)
    assert "还原" in done.output


def test_an_output_is_told_to_a_program_and_a_trial_writes_nothing(root: Path, outputs: dict[str, ReportFolder]) -> None:
    known(root, REPORTS[0])
    before = files(root)
    Path("年报.zip").write_bytes(outputs[REPORTS[0]]["archive"])
    told = json.loads(run("年报.zip", "--dry-run", "--format", "json").output)
    assert (told["status"], told["written"], told["agency"], told["year"], told["remarks"]) == ("whole", False, "pingtan", 2024, [])
    assert sorted(told["restored"]) == sorted(files(KEPT / REPORTS[0]))
    assert files(root) == before


@pytest.mark.parametrize(
    "options, says",
    [
        (["--agency", "pingtan-police"], "pingtan-police"),
        (["--year", "2023"], "2023"),
        (["--title", "另题"], "--title"),
        (["--source", "https://www.example.gov.cn/"], "--source"),
    ],
)
def test_what_contradicts_an_output_is_refused(options: list[str], says: str, root: Path, outputs: dict[str, ReportFolder]) -> None:
    known(root, REPORTS[0])
    before = files(root)
    Path("年报.zip").write_bytes(outputs[REPORTS[0]]["archive"])
    done = run("年报.zip", *options)
    assert done.exit_code == 2
    assert says in done.output
    assert files(root) == before


def test_a_package_that_exists_is_not_written_over(root: Path, outputs: dict[str, ReportFolder]) -> None:
    known(root, REPORTS[0])
    Path("年报.zip").write_bytes(outputs[REPORTS[0]]["archive"])
    assert run("年报.zip").exit_code == 0
    before = files(root)
    assert run("年报.zip").exit_code == 2
    assert files(root) == before


def test_a_figure_that_was_changed_is_told(root: Path, outputs: dict[str, ReportFolder]) -> None:
    known(root, REPORTS[0])
    page = shown(outputs[REPORTS[0]], "zh")
    own = outputs[REPORTS[0]].report.tables["applications"].rows["new"][0]
    changed = page.replace(f'id="applications/new/natural_person">{own}<', f'id="applications/new/natural_person">{int(own) + 1}<')
    assert changed != page
    Path("年报.html").write_text(changed, encoding="utf-8")
    done = run("年报.html")
    assert done.exit_code == 0
    assert "改过" in done.output
    assert f"new,一、本年新收政府信息公开申请数量,{int(own) + 1}," in (root / REPORTS[0] / "data/applications.csv").read_text(
        encoding="utf-8"
    )


@pytest.mark.parametrize(
    "value",
    [
        {"agency": "../etwas", "year": 2024, "files": {"report.md": ""}, "remarks": []},
        {"agency": "pingtan", "year": 99, "files": {"report.md": ""}, "remarks": []},
        {"agency": "pingtan", "year": 2024, "files": {"../report.md": ""}, "remarks": []},
        {"agency": "pingtan", "year": 2024, "files": {}, "remarks": []},
        {"agency": "pingtan", "year": 2024, "files": {"report.md": 1}, "remarks": []},
        {"agency": "pingtan", "year": 2024, "files": {"report.md": "x" * 2_000_000}, "remarks": []},
        {"agency": "pingtan", "year": 2024, "files": {"report.md": ""}, "remarks": ["<b>"]},
    ],
    ids=["agency", "year", "path", "no file", "no text", "too long", "remark"],
)
def test_a_package_that_could_go_elsewhere_is_not_believed(value: dict[str, object]) -> None:
    with pytest.raises(IntakeError) as caught:
        checked({"own": value})
    assert caught.value.code == "read_failed"


def test_a_package_that_is_sound_is_believed() -> None:
    value = {"agency": "pingtan", "year": 2024, "files": {"report.md": "甲"}, "remarks": ["own_changed"]}
    assert checked({"own": value}) == Own(agency="pingtan", year=2024, files={"report.md": "甲".encode()}, remarks=("own_changed",))


def test_whoever_wants_a_manuscript_gets_no_package(root: Path, outputs: dict[str, ReportFolder]) -> None:
    del root
    Path("年报.xlsx").write_bytes(outputs[REPORTS[0]]["workbook"])
    with pytest.raises(IntakeError) as caught:
        guard.manuscript(Path("年报.xlsx"))
    assert caught.value.code == "own_here"
    done = CliRunner().invoke(commands, ["check", "年报.xlsx"])
    assert done.exit_code == 2
    assert "open-reports import" in done.output


# -- the workbook of a clerk --------------------------------------------------------------------------------------------------


def clerks(name: str, library: Library) -> bytes:
    """A workbook for the report, filled in as it is printed."""
    report = library.reports[Path(name).parts[0], int(Path(name).parts[1])]
    form_of = {table: each.form.form for table, each in report.tables.items()}
    drawn = clerks_workbook(
        agency=report.agency, year=report.year, title=report.title, source="https://www.example.gov.cn/nianbao.html", form_of=form_of
    )
    book = Book(drawn)
    fill(book, report.files, form_of)
    return book.saved()


@pytest.mark.parametrize("name", REPORTS)
def test_a_workbook_that_was_filled_in_becomes_the_package(name: str, root: Path, library: Library) -> None:
    known(root, name)
    Path("填报.xlsx").write_bytes(clerks(name, library))
    done = run("填报.xlsx")
    tables = {path: data for path, data in files(root / name).items() if path.endswith(".csv") and path != OPEN}
    assert tables == {path: data for path, data in files(KEPT / name).items() if path.endswith(".csv")}
    assert done.exit_code == (1 if (root / name / OPEN).exists() else 0), done.output


def test_a_workbook_of_another_agency_than_asked_is_refused(root: Path, library: Library) -> None:
    known(root, REPORTS[2])
    before = files(root)
    Path("填报.xlsx").write_bytes(clerks(REPORTS[2], library))
    assert run("填报.xlsx", "--agency", "pingtan").exit_code == 2
    assert run("填报.xlsx", "--year", "2019").exit_code == 2
    assert files(root) == before
