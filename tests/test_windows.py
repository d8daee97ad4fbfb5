"""Windows, as far as it can be had without it: modules, paths, line ends and files that another program has open.

What only Windows can show, the job `windows` of the workflow does there (`test_workflow.py`).
"""

from __future__ import annotations

import ctypes
import json
import ntpath
import os
import subprocess
import sys
import time
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from click.testing import CliRunner
from manuscripts import html, office
from manuscripts.compared import CORPUS
from open_reports import copies, gate
from open_reports.cli import commands, surveying
from open_reports.errors import IntakeError
from open_reports.intake import guard
from open_reports.intake.archive import opened
from open_reports.report import package_files, writing
from open_reports.site import build, staging
from patience import PATIENCE
from test_import import AGENCY, NAME, REPORT, YEAR, cell, directly, files, made, root, run, waiting

__all__ = ["directly", "root", "waiting"]

TESTS = Path(__file__).parent

# -- what is not there ------------------------------------------------------------------------------------------------------

LIKE_WINDOWS = """
import json, sys
import windows_like
windows_like.take_away()
from pathlib import Path
from open_reports.errors import IntakeError
from open_reports.intake import guard
found = []
for name in sys.argv[1:]:
    try:
        found.append(len(guard.manuscript(Path(name)).grids))
    except IntakeError as error:
        found.append(error.code)
print(json.dumps(found))
"""


def test_every_module_loads_and_files_are_read_where_there_are_no_limits_groups_or_signals(tmp_path: Path) -> None:
    report = CORPUS["pingtan/2023"]
    names = []
    for name, data in (
        ("年报.html", html.plain(report)),
        ("年报.docx", office.docx(report)),
        ("空.txt", b""),
        ("照片.png", b"\x89PNG\r\n\x1a\n"),
    ):
        (tmp_path / name).write_bytes(data)
        names.append(str(tmp_path / name))
    command = [sys.executable, "-c", LIKE_WINDOWS, *names]
    done = subprocess.run(
        command, cwd=TESTS, env={**os.environ, "PYTHONPATH": str(TESTS)}, capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [3, 3, "kind_empty", "picture_unreadable"]


def test_what_windows_has_not_is_really_gone() -> None:
    """Else the test above would show nothing."""
    program = "import os, signal, windows_like; windows_like.take_away(); print(hasattr(os, 'killpg'), hasattr(signal, 'SIGKILL'))\n"
    program += "try:\n    import resource\nexcept ImportError:\n    print('none')\n"
    program += "from open_reports.intake import guard\nprint(guard.sys.platform)\n"
    command = [sys.executable, "-c", program]
    done = subprocess.run(
        command, cwd=TESTS, env={**os.environ, "PYTHONPATH": str(TESTS)}, capture_output=True, text=True, check=True, timeout=PATIENCE
    )
    assert done.stdout.split() == ["False", "False", "none", "win32"]


def test_on_windows_the_child_alone_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = []

    class Child:
        def kill(self) -> None:
            ended.append("killed")

        def wait(self) -> None:
            ended.append("gone")

    monkeypatch.setattr(sys, "platform", "win32")
    guard._end(Child())  # type: ignore[arg-type] # as much of one as is asked for
    assert ended == ["killed", "gone"]


# -- folders of a build -----------------------------------------------------------------------------------------------------


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """A build on Windows, where nobody may be asked whether a process runs: what asks would send Ctrl+C."""

    def pressed(*_: object) -> None:
        pytest.fail("this sends Ctrl+C to whatever has the number")

    monkeypatch.setattr(staging, "_WINDOWS", True)
    monkeypatch.setattr(os, "kill", pressed)
    # No C library has no name there.
    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: (_ for _ in ()).throw(TypeError("bad argument type for built-in operation")))


@pytest.mark.usefixtures("windows")
def test_a_site_takes_its_place_and_old_leftovers_go(tmp_path: Path) -> None:
    site = tmp_path / "site"
    for folder, text in ((site, "old"), (tmp_path / ".site.1", "running"), (tmp_path / ".site.2", "killed")):
        folder.mkdir()
        (folder / "index.html").write_text(text, encoding="utf-8")
    long_ago = time.time() - 2 * 24 * 60 * 60
    os.utime(tmp_path / ".site.2", (long_ago, long_ago))
    staged = staging.Staging(site)
    (staged.folder / "index.html").write_text("new", encoding="utf-8")
    staged.publish()
    staged.discard()
    assert (site / "index.html").read_text(encoding="utf-8") == "new"
    assert sorted(each.name for each in tmp_path.iterdir()) == [".site.1", "site"]


@pytest.mark.parametrize(
    "packages, base, place",
    [
        ("D:\\nb\\datapackages", "D:\\nb", "datapackages"),
        ("D:\\nb\\数据\\datapackages", "D:\\nb", "数据/datapackages"),
        ("E:\\datapackages", "D:\\nb", "datapackages"),
        ("D:\\other\\datapackages", "D:\\nb", "datapackages"),
    ],
)
def test_a_build_names_files_with_strokes_whatever_the_drive(monkeypatch: pytest.MonkeyPatch, packages: str, base: str, place: str) -> None:
    monkeypatch.setattr(os, "sep", "\\")
    monkeypatch.setattr(os.path, "relpath", ntpath.relpath)
    assert build._place(PureWindowsPath(packages), PureWindowsPath(base)) == place  # type: ignore[arg-type] # no file is touched


# -- names ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "root, here, place", [("D:\\nb\\数据\\datapackages", "D:\\nb", "数据/datapackages"), ("E:\\数据", "D:\\nb", "数据")]
)
def test_findings_name_files_with_strokes(monkeypatch: pytest.MonkeyPatch, root: str, here: str, place: str) -> None:
    monkeypatch.setattr(surveying, "Path", type("Path", (), {"cwd": lambda: PureWindowsPath(here)}))
    assert surveying.place_of(PureWindowsPath(root)) == place  # type: ignore[arg-type] # no file is touched


@pytest.mark.parametrize("name", ["con", "prn", "aux", "nul", "com1", "lpt9", "com0"])
def test_what_windows_cannot_have_as_a_folder_is_no_agency(name: str) -> None:
    assert gate.slug_fault(name) == "file.slug_reserved"
    for more in (f"{name}.csv", f"{name}.", name.upper(), f"c:{name}", f"a\\{name}"):
        assert gate.slug_fault(more) == "file.slug"


def test_no_file_of_a_package_has_a_name_that_windows_keeps_for_itself() -> None:
    tables = ("disclosure", "applications", "disputes")
    for path in package_files(tables):
        own = PureWindowsPath(path)
        assert not own.is_reserved()
        assert own.parts == PurePosixPath(path).parts
        assert ".." not in own.parts
        assert not own.drive


@pytest.mark.parametrize("name", ["data\\a.csv", "..\\..\\a.csv", "C:a.csv", "C:\\a.csv", "\\\\server\\share\\a.csv", "a/../../b", "/a"])
def test_a_member_that_windows_would_put_elsewhere_is_refused(name: str) -> None:
    with pytest.raises(IntakeError) as refused:
        opened(office.zipped({name: "1"}))
    assert refused.value.code == "archive_names"


def test_members_that_are_one_file_on_windows_are_refused() -> None:
    with pytest.raises(IntakeError) as refused:
        opened(office.zipped({"data/Notes.csv": "1", "data/notes.csv": "2"}))
    assert refused.value.code == "archive_names"


@pytest.mark.usefixtures("directly")
@pytest.mark.parametrize("below", ["数据\\datapackages", "数 据"])
def test_a_folder_with_backslashes_or_blanks_takes_a_package(root: Path, below: str) -> None:
    """On Windows a backslash separates; here it is a letter of a name, and does no harm."""
    outcome = run(made(html.plain(REPORT)), "--root", below, "--agency", AGENCY, "--source", REPORT.url, "--format", "json")
    assert outcome.exit_code == 0, outcome.output
    assert json.loads(outcome.stdout)["package"] == f"{Path(below).as_posix()}/{NAME}"
    assert files(Path(below))[f"{NAME}/data/disputes.csv"] == files(TESTS.parent / "datapackages")[f"{NAME}/data/disputes.csv"]


# -- bytes ------------------------------------------------------------------------------------------------------------------


def test_files_are_opened_as_bytes_where_the_system_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows opens a file as text unless it is told: it would end at a byte 0x1A, and lose every CR before an LF."""
    (tmp_path / "a.bin").write_bytes(b"1\r\n\x1a2")
    binary, seen, opening = 1 << 30, [], os.open

    def noted(path: str, flags: int, *more: int) -> int:
        seen.append(flags & binary)
        return opening(path, flags & ~binary, *more)

    monkeypatch.setattr(os, "O_BINARY", binary, raising=False)
    monkeypatch.setattr(os, "open", noted)
    assert b"".join(copies.FolderCopy(tmp_path).pieces("a.bin")) == b"1\r\n\x1a2"
    assert gate.read_bytes(str(tmp_path / "a.bin"), "a.bin") == (b"1\r\n\x1a2", [])
    assert seen == [binary, binary]


@pytest.mark.parametrize("ends", ["\r\n", "\n"])
@pytest.mark.parametrize("mark", ["\ufeff", ""])
def test_tables_that_excel_saved_are_settled_and_keep_one_line_end(root: Path, waiting: Path, ends: str, mark: str) -> None:
    for name in ("data/disputes.csv", "open.csv"):
        text = (waiting / name).read_text("utf-8")
        (waiting / name).write_bytes((mark + text.replace("\n", ends)).encode())
    outcome = run("--confirm", waiting, answers="\n3\n")
    assert outcome.exit_code == 0, outcome.output
    assert cell(root, "disputes", "reconsideration", "corrected") == "3"
    assert b"\r" not in (waiting / "data/disputes.csv").read_bytes()


# -- files that another program has open ------------------------------------------------------------------------------------


def opened_by_excel(monkeypatch: pytest.MonkeyPatch, *names: str, times: int = 1_000) -> list[str]:
    """Have the files of these names refuse to be replaced, as Windows does while Excel shows them; returns what was tried."""
    tried: list[str] = []
    replace = Path.replace

    def refused(self: Path, target: Path) -> Path:
        if Path(target).name in names and len(tried) < times:
            tried.append(Path(target).name)
            raise PermissionError(13, "Permission denied", str(self), 32, str(target))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", refused)
    monkeypatch.setattr(writing, "_WAITS", (0.0, 0.0, 0.0))
    return tried


@pytest.mark.parametrize(
    "language, words",
    [("zh", ["无法读写（Permission denied）", "正在 Excel、WPS 里打开"]), ("en", ["cannot be read or written", "Excel or WPS"])],
)
def test_a_table_that_excel_shows_is_one_sentence_and_nothing_is_lost(
    root: Path, waiting: Path, monkeypatch: pytest.MonkeyPatch, language: str, words: list[str]
) -> None:
    before = files(waiting)
    tried = opened_by_excel(monkeypatch, "disputes.csv")
    outcome = run("--confirm", "--lang", language, waiting, answers="\n3\n")
    assert outcome.exit_code == 2
    last = outcome.output.splitlines()[-1]
    assert "disputes.csv" in last
    for each in words:
        assert each in last
    assert len(tried) == 4
    assert files(waiting) == before


def test_a_file_that_a_virus_scanner_holds_for_a_moment_is_written(root: Path, waiting: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = opened_by_excel(monkeypatch, "disputes.csv", times=3)
    assert run("--confirm", waiting, answers="\n3\n").exit_code == 0
    assert len(tried) == 3


@pytest.mark.usefixtures("directly")
def test_a_package_that_cannot_take_its_place_leaves_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = files(root)
    opened_by_excel(monkeypatch, YEAR)
    outcome = run(made(html.plain(REPORT)))
    assert outcome.exit_code == 2
    assert outcome.output.count("\n") == 1
    assert "正在别的程序里打开的先关闭" in outcome.output
    assert files(root) == before
    assert not list(root.rglob(".*"))


def test_a_table_that_cannot_even_be_read_is_told(root: Path, waiting: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opening = os.open

    def refused(path: str, *more: int) -> int:
        if str(path).endswith("disputes.csv"):
            raise PermissionError(13, "Permission denied", path)
        return opening(path, *more)

    monkeypatch.setattr(os, "open", refused)
    outcome = run("--confirm", waiting, answers="\n")
    assert outcome.exit_code == 2
    assert "正在别的程序里打开的先关闭" in outcome.output
    checked = CliRunner().invoke(commands, ["check", str(waiting)])
    assert checked.exit_code == 1
    assert "正在别的程序里打开的先关闭" in checked.output
