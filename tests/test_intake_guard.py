"""The guard: a file is read apart and within limits, every way to fail has its sentence, and nothing is left behind."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import time
from importlib import import_module, resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yamls
from children import none_left
from manuscripts import html, office
from manuscripts.compared import CORPUS, expected, same
from open_reports.errors import IntakeError
from open_reports.intake import child, guard, legacy
from open_reports.intake.answer import checked
from open_reports.intake.child import Limits
from open_reports.intake.grid import Cell, Edge, Grid, Manuscript, Paragraph
from patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

REPORT = CORPUS["pingtan/2023"]
LIMITS = Limits(clock=int(PATIENCE))
"""Those of the program, but for a clock that a busy machine does not run into."""


def words() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = yamls.read(resources.files("open_reports") / "locales/intake.yml")
    return found


def refused(path: Path, limits: Limits = LIMITS) -> tuple[str, dict[str, str]]:
    """Why a file is not read; in both languages there is a sentence for it that shows all values."""
    with pytest.raises(IntakeError) as caught:
        guard.manuscript(path, limits)
    code, values = caught.value.code, caught.value.values
    for sentence in words()[code].values():
        told = sentence.format(**values)
        assert "{" not in told
        assert all(value in told for value in values.values())
    return code, values


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Temporary files stand in a folder that must be empty afterwards, and no process may be left."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    with none_left(monkeypatch):
        yield
    assert list(folder.iterdir()) == []


@pytest.fixture
def trick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """A file that makes its reader do something."""
    monkeypatch.setattr(guard, "CHILD", "manuscripts.tricks")

    def made(text: str) -> Path:
        path = tmp_path / "trick.txt"
        path.write_text(text, "utf-8")
        return path

    return made


# -- what is read -------------------------------------------------------------------------------------------------------------

FILES = {
    "html": html.plain,
    "mhtml": html.archive,
    "text": html.tabs,
    "docx": office.docx,
    "xlsx": office.xlsx,
    "ods": office.ods,
}


@pytest.mark.parametrize("kind", FILES)
def test_a_report_is_read_as_its_reader_reads_it(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "年报 2023.bin"
    path.write_bytes(FILES[kind](REPORT))
    found = guard.manuscript(path, LIMITS)
    assert found.kind == kind
    assert found == Manuscript.of_json(import_module(child.READERS[kind]).read(path.read_bytes()).json())
    if kind in ("html", "docx"):
        assert all(same(one, two) for one, two in zip(found.grids, expected(REPORT), strict=True))


@pytest.mark.office
@pytest.mark.parametrize("suffix, made, kind", [("rtf", office.docx, "docx"), ("xls", office.xlsx, "xlsx")])
def test_a_file_of_an_older_program_is_converted_and_read(tmp_path: Path, suffix: str, made: Callable[[object], bytes], kind: str) -> None:
    (tmp_path / f"report.{kind}").write_bytes(made(REPORT))
    command = ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to", suffix]
    subprocess.run(
        [*command, "--outdir", str(tmp_path), str(tmp_path / f"report.{kind}")], check=True, capture_output=True, timeout=PATIENCE
    )
    found = guard.manuscript(tmp_path / f"report.{suffix}", LIMITS)
    assert found.kind == kind
    assert found.grids


def test_without_libreoffice_a_sentence_says_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(legacy, "_PLACES", ())
    path = tmp_path / "report.rtf"
    path.write_bytes(b"{\\rtf1\\ansi 1}")
    assert refused(path)[0] == "no_office"
    assert all("apt-get install" in each and "winget install" in each for each in words()["no_office"].values())


def test_a_conversion_that_gives_an_older_file_again_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(legacy, "converted_bytes", lambda data: ("docx", data))
    path = tmp_path / "report.rtf"
    path.write_bytes(b"{\\rtf1\\ansi 1}")
    assert refused(path) == ("legacy_failed", {})


def test_a_full_disk_is_not_the_fault_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: bytes) -> tuple[str, bytes]:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(legacy, "converted_bytes", full)
    path = tmp_path / "report.rtf"
    path.write_bytes(b"{\\rtf1\\ansi 1}")
    assert refused(path) == ("read_not_started", {"what": "No space left on device"})
    monkeypatch.setattr(sys, "executable", str(tmp_path / "nothing"))
    assert refused(path) == ("read_not_started", {"what": "No such file or directory"})


# -- files that are none ------------------------------------------------------------------------------------------------------


@pytest.mark.posix
def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert refused(tmp_path) == ("file_folder", {})
    assert refused(tmp_path / "pipe") == ("file_special", {})
    assert refused(Path("/dev/null")) == ("file_special", {})
    assert refused(tmp_path / "nothing") == ("file_missing", {})
    assert refused(tmp_path / "pipe" / "below") == ("file_missing", {})
    assert refused(tmp_path / "nul\0l") == ("file_missing", {})
    assert refused(tmp_path / ("long" * 100)) == ("file_unreadable", {"why": "File name too long"})


def test_a_file_that_may_not_be_opened_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(_path: str, _flags: int) -> int:
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "report"
    path.write_bytes(b"1")
    # The superuser may open anything, so the refusal is made up.
    monkeypatch.setattr(guard, "_at_once", denied)
    assert refused(path) == ("file_unreadable", {"why": "Permission denied"})
    # Windows refuses to open folders in the same words.
    assert refused(tmp_path) == ("file_folder", {})


def test_a_file_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "report"
    path.write_bytes(bytes(1_000_001))
    limits = LIMITS._replace(size=1_000_000)
    assert refused(path, limits) == ("file_too_large", {"most": "1"})
    # It grows while it is read: what it said of its size does not count.
    monkeypatch.setattr(os, "fstat", lambda _: os.stat_result((0o100644, *[0] * 9)))
    assert refused(path, limits) == ("file_too_large", {"most": "1"})


def test_the_child_counts_too() -> None:
    assert json.loads(child.answered(bytes(11), Limits(size=10)))["refused"] == "file_too_large"


# -- kinds that are not read --------------------------------------------------------------------------------------------------

UNREAD = {
    "archive": b"Rar!\x1a\x07\x01\x00",
    "empty": b"",
    "encrypted": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "EncryptedPackage".encode("utf-16-le"),
    "ofd": office.zipped({"OFD.xml": "<a/>"}),
    "slides": office.zipped({"ppt/presentation.xml": "<a/>"}),
    "unknown": b"\x01\x02\x03",
    "zip": office.zipped({"a.txt": "1"}),
}


def test_every_kind_that_is_not_read_is_among_them() -> None:
    assert UNREAD.keys() == child.UNREADABLE


@pytest.mark.parametrize("kind", UNREAD)
def test_a_kind_that_is_not_read_has_its_sentence(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "report"
    path.write_bytes(UNREAD[kind])
    assert refused(path) == (f"kind_{kind}", {})


# -- limits -------------------------------------------------------------------------------------------------------------------


@pytest.mark.posix
def test_the_child_is_bound_and_inherits_nothing(trick: Callable[[str], Path]) -> None:
    reading, writing = os.pipe()
    os.set_inheritable(writing, True)  # noqa: FBT003 (it has no keyword)
    try:
        found = guard.manuscript(trick("bound"))
    finally:
        os.close(reading)
        os.close(writing)
    (said, _) = found.blocks
    assert isinstance(said, Paragraph)
    seen = json.loads(said.text)
    limits = guard.LIMITS
    assert seen["limits"] == {
        "AS": limits.memory,
        "CORE": 0,
        "CPU": limits.processor,
        "FSIZE": limits.answer,
        "NOFILE": limits.files,
        "NPROC": limits.processes,
    }
    # Its input, two that lead nowhere, the answer.
    assert len(seen["files"]) <= 5
    assert writing not in seen["files"] or writing < 5
    assert seen["leads"]
    assert seen["isolated"]


def test_the_child_imports_the_reader_of_the_kind_and_no_other(trick: Callable[[str], Path]) -> None:
    (said, _) = guard.manuscript(trick("bound"), LIMITS).blocks
    assert isinstance(said, Paragraph)
    modules = set(json.loads(said.text)["modules"])
    assert not modules & {"lxml", "openpyxl", "pdfplumber", "pypdfium2", "yaml", "click", "frictionless", "mkdocs", "open_reports.form"}


FAILURES: dict[str, tuple[Limits, str, dict[str, str] | None]] = {
    "sleep": (Limits(clock=1), "read_too_long", {"seconds": "1"}),
    "spin": (LIMITS._replace(processor=1), "read_too_long", {"seconds": "1"}),
    "eat": (LIMITS._replace(memory=400_000_000), "read_memory", {"most": "400"}),
    "flood": (LIMITS._replace(answer=1_000_000), "read_too_much", {"most": "1"}),
    "die": (LIMITS, "read_crashed", {"status": "-11"}),
    "leave 3": (LIMITS, "read_crashed", {"status": "3"}),
    f"leave {child.NO_ROOM}": (LIMITS, "read_not_started", {"what": os.strerror(errno.ENOSPC)}),
    "refuse": (LIMITS, "table_too_large", {"place": "表9"}),
    "large": (LIMITS, "table_too_large", {"place": "表8"}),
    "miss pdfplumber": (LIMITS, "extra", {}),
    "err": (LIMITS, "read_failed", None),
    "open 100": (LIMITS, "read_failed", None),
    "write {}": (LIMITS._replace(answer=1_000_000), "read_failed", None),
}
"""What a reader does, within which limits, and what is said of it; None where the sentence names the place in the program."""
BOUND = frozenset({"spin", "eat", "die", "open 100", "write {}"})
"""Those for which Windows has no limit, or no signal."""


@pytest.mark.parametrize("text", [pytest.param(text, marks=pytest.mark.posix if text in BOUND else ()) for text in FAILURES])
def test_each_way_to_fail_has_its_sentence(tmp_path: Path, trick: Callable[[str], Path], text: str) -> None:
    limits, expected_code, values = FAILURES[text]
    code, told = refused(trick(text.format(tmp_path / "written")), limits)
    assert code == expected_code
    assert told == values if values is not None else "child.py:" in told["what"]
    # No file may be longer than the answer.
    assert not (tmp_path / "written").exists() or (tmp_path / "written").stat().st_size <= limits.answer


def test_what_a_library_prints_is_no_part_of_the_answer(trick: Callable[[str], Path]) -> None:
    assert guard.manuscript(trick("chatter"), LIMITS).kind == "text"


@pytest.mark.posix
def test_whatever_the_child_started_ends_with_it(tmp_path: Path, trick: Callable[[str], Path]) -> None:
    note = tmp_path / "note"
    # Long enough for a busy machine to start two processes; it always ends by the clock.
    limits = Limits(clock=20, processes=100_000)
    assert refused(trick(f"spawn {note}"), limits)[0] == "read_too_long"
    for each in note.read_text().split():
        _gone(int(each))


def _gone(process: int) -> None:
    """Wait until a process is gone, or only waits to be buried by whoever adopted it."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            if Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return
        except (FileNotFoundError, ProcessLookupError):
            return
        time.sleep(0.05)
    pytest.fail(f"process {process} is still there")


def test_a_missing_library_is_told_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    # None in sys.modules is how Python marks what cannot be imported.
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    answer = json.loads(child.answered(office.xlsx(REPORT), LIMITS))
    assert answer == {"refused": "extra", "values": {}}
    monkeypatch.setitem(child.READERS, "html", "nowhere.to.be.found")
    assert json.loads(child.answered(html.plain(REPORT), LIMITS))["refused"] == "extra"
    assert all('pip install "open-reports[import]"' in each for each in words()["extra"].values())


def test_a_reader_that_is_missing_is_our_own_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(child.READERS, "html", "open_reports.intake.readers.nothing")
    assert json.loads(child.answered(html.plain(REPORT), LIMITS))["failed"] == "ModuleNotFoundError"


# -- answers ------------------------------------------------------------------------------------------------------------------


def sound() -> dict[str, Any]:
    """A manuscript as the child writes it."""
    cells = (Cell(row=0, column=0, text="1", place="A1", rowspan=2), Cell(row=0, column=1, text="2", place="B1"))
    grid = Grid(place="表1", rows=2, columns=2, cells=cells, edge=Edge(1, top=True, bottom=False, lines=(1.0, 2.5)))
    made = Manuscript(
        kind="pdf", blocks=(Paragraph(text="一", place="第1段", level=1), grid), facts={"year": "2024"}, remarks=("pictures",)
    )
    found: dict[str, Any] = json.loads(made.json())
    return found


def test_a_sound_answer_is_believed() -> None:
    found = checked({"manuscript": sound()})
    assert json.loads(found.json()) == sound()


CELL = ("blocks", 1, "grid", "cells", 0)
LIES: list[tuple[tuple[str | int, ...], object]] = [
    (("kind",), 1),
    (("facts",), []),
    (("facts",), {"year": 2024}),
    (("remarks",), ["../x"]),
    (("remarks",), 7),
    (("blocks",), None),
    (("blocks", 0), {}),
    (("blocks", 0, "paragraph", "text"), None),
    (("blocks", 0, "paragraph", "level"), 7),
    (("blocks", 0, "paragraph", "more"), ""),
    (("blocks", 1, "grid", "place"), 1),
    (("blocks", 1, "grid", "rows"), 10**9),
    (("blocks", 1, "grid", "columns"), 2.0),
    (("blocks", 1, "grid", "rows"), 1),
    (("blocks", 1, "grid", "edge"), [1]),
    (("blocks", 1, "grid", "edge"), ["1", True, True, []]),
    (("blocks", 1, "grid", "edge"), [1, 1, True, []]),
    (("blocks", 1, "grid", "edge"), [1, True, True, ["1"]]),
    ((*CELL, "text"), 1),
    ((*CELL, "row"), -1),
    ((*CELL, "row"), True),
    ((*CELL, "column"), 2),
    ((*CELL, "rowspan"), 10**9),
    ((*CELL, "colspan"), 0),
    ((*CELL, "doubts"), ["whatever"]),
    ((*CELL, "number"), "1"),
    ((*CELL, "id"), None),
]


@pytest.mark.parametrize("path, lie", LIES)
def test_an_answer_that_makes_no_sense_is_not_believed(path: tuple[str | int, ...], lie: object) -> None:
    found = sound()
    part: Any = found
    for each in path[:-1]:
        part = part[each]
    part[path[-1]] = lie
    with pytest.raises(IntakeError) as caught:
        checked({"manuscript": found})
    assert (caught.value.code, caught.value.values) == ("read_failed", {"what": "answer"})


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"[",
        b"[]",
        b"1",
        b"{}",
        b"\xff",
        b'{"manuscript": 1}',
        b'{"refused": 1, "values": {}}',
        b'{"refused": "extra"}',
        b'{"refused": "no such code", "values": {}}',
        b'{"refused": "extra", "values": {"a": 1}}',
        b'{"failed": 1, "place": ""}',
        b"[" * 1_000,
    ],
)
def test_a_child_that_was_taken_over_cannot_bring_its_parent_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: bytes) -> None:
    monkeypatch.setattr(guard, "CHILD", "manuscripts.liar")
    path = tmp_path / "answer"
    path.write_bytes(answer)
    assert refused(path) == ("read_failed", {"what": "answer"})


def test_an_answer_nested_deeper_than_python_reads_cannot_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Shown by a reader that says so: no file that deep has to be made for it."""

    def too_deep(_text: bytes) -> None:
        raise RecursionError

    monkeypatch.setattr(guard, "CHILD", "manuscripts.liar")
    monkeypatch.setattr("open_reports.intake.guard.json.loads", too_deep)
    path = tmp_path / "answer"
    path.write_bytes(b"[]")
    assert refused(path) == ("read_failed", {"what": "answer"})


def test_an_answer_that_is_too_long_is_not_read_where_no_limit_held_the_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "CHILD", "manuscripts.liar")
    path = tmp_path / "answer"
    path.write_bytes(b'"' + b"1" * 2_000_000 + b'"')
    assert refused(path, LIMITS._replace(answer=1_000_000)) == ("read_too_much", {"most": "1"})
