"""Files that mean ill: each is refused by a sentence, well within the limits, and leaves neither a file nor a process behind.

What a reader that is taken over may do (sleep, eat, flood, open, write, start others) is tried in `test_intake_guard.py`, with a
reader that does so when told: no file here needs a fault of another program.
"""

from __future__ import annotations

import hashlib
import json
import re
from importlib import import_module, resources
from typing import TYPE_CHECKING, Any

import pytest
import yamls
from children import none_left
from click.testing import CliRunner
from manuscripts import hostile
from open_reports.cli import commands
from open_reports.errors import IntakeError
from open_reports.form import forms
from open_reports.intake import guard
from open_reports.intake.child import READERS, Limits, answered
from open_reports.intake.outcome import outcome
from patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from open_reports.intake.grid import Manuscript

LIMITS = Limits(clock=int(PATIENCE), memory=600_000_000, answer=1_000_000)
"""Less than half of the memory that a file may cost, and a twentieth of the answer: no refusal needs more."""
CUTS = 40
"""Places at which a file of each kind is cut off."""
READER = {"word page": "html", "markdown": "text", "tabs": "text"}
"""Readers that are not called like their kind of file."""

each_kind = pytest.mark.parametrize("kind", hostile.KINDS)


def words() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = yamls.read(resources.files("open_reports") / "locales/intake.yml")
    return found


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder that a file lies in and the program works in; nothing but the file may be there afterwards, and no process."""
    places = {name: tmp_path / name for name in ("work", "temporary", "home")}
    for place in places.values():
        place.mkdir()
    monkeypatch.chdir(places["work"])
    monkeypatch.setenv("HOME", str(places["home"]))
    monkeypatch.setattr("tempfile.tempdir", str(places["temporary"]))
    with none_left(monkeypatch):
        yield places["work"]
    assert [path.name for path in tmp_path.rglob("*") if path not in places.values()] == ["年报.docx"]


def told(error: IntakeError) -> dict[str, str]:
    """What is said of it, by language: one sentence each, with nothing in it that commands a terminal."""
    sentences = {language: sentence.format(**error.values) for language, sentence in words()[error.code].items()}
    assert sentences.keys() == {"zh", "en"}
    assert re.fullmatch(r"[^。{}]+。", sentences["zh"])
    assert re.fullmatch(r"[^{}]+\.", sentences["en"])
    assert all(each.isprintable() for each in sentences.values())
    return sentences


def refused(path: Path, limits: Limits = LIMITS) -> str:
    with pytest.raises(IntakeError) as caught:
        guard.manuscript(path, limits)
    assert told(caught.value)
    return caught.value.code


@pytest.fixture(scope="module")
def remembered() -> Callable[[bytes, Limits], Mapping[str, Any]]:
    """Asks the child once, within `LIMITS`, what it answers to some bytes; a file is tried twice, by itself and through the command.

    A refusal needs no more than those limits, so that the product's own, which are wider, give the same.
    """
    ask = guard._asked
    told: dict[bytes, Mapping[str, Any] | IntakeError] = {}

    def asked(data: bytes, limits: Limits) -> Mapping[str, Any]:
        assert limits.memory >= LIMITS.memory
        assert limits.answer >= LIMITS.answer
        key = hashlib.sha256(data).digest()
        if key not in told:
            try:
                told[key] = ask(data, LIMITS)
            except IntakeError as error:
                told[key] = error
        answer = told[key]
        if isinstance(answer, IntakeError):
            raise IntakeError(answer.code, **answer.values)
        return answer

    return asked


@pytest.fixture
def asked_once(remembered: Callable[[bytes, Limits], Mapping[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "_asked", remembered)


@pytest.mark.usefixtures("asked_once")
@pytest.mark.parametrize("name", hostile.HOSTILE)
def test_what_means_ill_is_refused_in_a_sentence_and_leaves_nothing(folder: Path, name: str) -> None:
    make, code = hostile.HOSTILE[name]
    data = make()
    path = folder / "年报.docx"
    path.write_bytes(data)
    assert refused(path) == code
    assert path.read_bytes() == data


@pytest.mark.usefixtures("asked_once")
@pytest.mark.parametrize("name", hostile.HOSTILE)
def test_the_command_ends_with_2_and_one_line(folder: Path, name: str) -> None:
    path = folder / "年报.docx"
    path.write_bytes(hostile.HOSTILE[name][0]())
    asked = ["import", "年报.docx", "--root", ".", "--agency", "a", "--year", "2023"]
    outcome = CliRunner().invoke(commands, asked, catch_exceptions=False)
    assert outcome.exit_code == 2
    (line,) = outcome.output.splitlines()
    assert line.startswith("年报.docx")


def test_a_file_of_51_mb_is_not_even_read(folder: Path) -> None:
    path = folder / "年报.docx"
    with path.open("wb") as file:
        file.truncate(51_000_000)
    assert refused(path) == "file_too_large"


def test_a_folder_is_no_file(folder: Path) -> None:
    path = folder / "年报.docx"
    path.mkdir()
    assert refused(path) == "file_folder"


def test_an_area_merged_over_a_whole_sheet_is_one_cell(folder: Path) -> None:
    """No harm, for it is never walked through: what it covers is hidden, and that is said."""
    path = folder / "年报.docx"
    path.write_bytes(hostile.sheet(2, 2, merged=hostile.LARGE_MERGE))
    found = guard.manuscript(path, LIMITS)
    assert (found.grids, found.remarks) == ((), ("hidden_cells",))


# -- files that were cut off --------------------------------------------------------------------------------------------------


def read(kind: str, data: bytes) -> Manuscript:
    return import_module(READERS[READER.get(kind, kind)]).read(data)  # type: ignore[no-any-return] # as every reader


@each_kind
def test_a_file_that_was_cut_off_is_refused_or_read_rightly(kind: str) -> None:
    """No figure of it is wrong: 4 for 470, or blank for 22, is what would stand where it was cut."""
    data = hostile.KINDS[kind]()
    right = outcome(read(kind, data), forms()).figures
    assert right
    read_at_all = 0
    for cut in sorted(hostile.rolled(kind).sample(range(len(data)), CUTS)):
        answer = json.loads(answered(data[:cut], LIMITS))
        assert "failed" not in answer, (cut, answer)
        if "manuscript" not in answer:
            assert told(IntakeError(answer.get("refused", "legacy_failed"), **answer.get("values", {})))
            continue
        read_at_all += 1
        figures = outcome(read(kind, data[:cut]), forms()).figures
        assert {address: text for address, text in figures.items() if right.get(address) != text} == {}, cut
    # An archive and a web archive say where they end.
    assert not read_at_all or kind in ("html", "word page", "markdown", "tabs")


@each_kind
def test_a_file_without_its_second_half_leaves_nothing_behind(folder: Path, kind: str) -> None:
    data = hostile.KINDS[kind]()
    path = folder / "年报.docx"
    path.write_bytes(data[: len(data) // 2])
    if kind in ("markdown", "tabs"):
        assert not outcome(guard.manuscript(path, LIMITS), forms()).whole
    else:
        assert refused(path) in {
            *("archive_damaged", "docx_unreadable", "xlsx_unreadable", "ods_unreadable", "kind_zip"),
            *("mhtml_unreadable", "page_unended"),
        }
