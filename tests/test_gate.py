"""The gate: names, bytes, characters and rows, before any parser sees them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from conftest import AGENCIES
from open_reports import gate

if TYPE_CHECKING:
    from pathlib import Path

    from open_reports.finding import Finding


@pytest.mark.parametrize("name", ["pingtan", "pingtan-finance", "a", "a1", "xugou-0001", "x" * 64])
def test_agency_ids(name: str) -> None:
    assert gate.slug_fault(name) is None


@pytest.mark.parametrize("name", ["", "A", "1a", "-a", "a-", "a--b", "a_b", "a.b", "a/b", "..", "é", "局", "x" * 65, "a\n"])
def test_what_is_no_agency_id(name: str) -> None:
    assert gate.slug_fault(name) == "file.slug"


@pytest.mark.parametrize("name", ["none", "index", "en", "zh", "data", "assets", "reports", "con", "com1", "lpt9"])
def test_reserved_ids(name: str) -> None:
    assert gate.slug_fault(name) == "file.slug_reserved"


@pytest.mark.parametrize(
    "one, other", [("xugou", "xug0u"), ("xu-gou", "xugou"), ("rnin", "min"), ("vvu", "wu"), ("l1", "ll"), ("a5", "as")]
)
def test_look_alikes(one: str, other: str) -> None:
    assert gate.skeleton(one) == gate.skeleton(other)


def test_the_projects_own_agencies_do_not_look_alike(packages: Path) -> None:
    names = [entry.name for entry in packages.iterdir() if entry.is_dir()]
    assert len({gate.skeleton(name) for name in names}) == len(names) == AGENCIES


def codes(found: list[Finding]) -> list[str]:
    return [each.code for each in found]


@pytest.mark.parametrize("text", ["line,label\n", "行标识，“三安全一稳定”…\n", "a\r\nb\r\n", "　全角空格\n", "é😀𠀀\n", ""])
def test_plain_texts_pass(text: str) -> None:
    assert gate.decode(text.encode(), "x.csv") == (text.replace("\r\n", "\n"), [])


@pytest.mark.parametrize(
    "data, code",
    [
        (b"\xef\xbb\xbfline", "file.bom"),
        (b"\xff\xfel\x00", "file.utf16"),
        (b"\xfe\xff\x00l", "file.utf16"),
        ("行标识".encode("gb18030"), "file.gb18030"),
        (b"a\xff", "file.not_utf8"),
        (b"\xed\xa0\x80", "file.not_utf8"),
        (b"\xc0\xaf\xff", "file.not_utf8"),
        (b"a\x00b", "file.invisible"),
        (b"a\tb", "file.invisible"),
        (b"a\rb", "file.invisible"),
        (b"a\x7fb", "file.invisible"),
        ("a\u0085b".encode(), "file.invisible"),
        ("a\u00adb".encode(), "file.invisible"),
        ("a\u200db".encode(), "file.invisible"),
        ("a\u2066b".encode(), "file.invisible"),
        ("a\U000e0041b".encode(), "file.invisible"),
        ("a\ue000b".encode(), "file.invisible"),
        ("e\u0301".encode(), "file.not_nfc"),
    ],
)
def test_other_texts_are_refused(data: bytes, code: str) -> None:
    text, found = gate.decode(data, "x.csv")
    assert text is None
    assert codes(found) == [code]


def test_a_fault_is_told_with_its_row() -> None:
    _, found = gate.decode("一\n二\n三\u200b\n".encode(), "x.csv")
    assert [(each.row, each.found) for each in found] == [(3, "U+200B")]


def test_ten_hidden_characters_are_enough() -> None:
    _, found = gate.decode("\u200b\n".encode() * 5000, "x.csv")
    assert [each.row for each in found] == list(range(1, 11))


@pytest.mark.parametrize("size", [0, 1, 999, 1000])
def test_files_up_to_the_limit(size: int, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"a" * size)
    assert gate.read_bytes(str(tmp_path / "x"), "x", 1000) == (b"a" * size, [])


def test_a_file_above_the_limit_is_not_handed_on(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"a" * 1001)
    data, found = gate.read_bytes(str(tmp_path / "x"), "x", 1000)
    assert data == b""
    assert [(each.code, each.found, each.expected) for each in found] == [("file.too_big", "1,001", "1,000")]


@pytest.mark.posix
def test_what_is_no_plain_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"a")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("file")
    os.mkfifo(tmp_path / "pipe")
    found = {name: codes(gate.read_bytes(str(tmp_path / name), name)[1]) for name in ("file", "folder", "link", "pipe", "gone")}
    assert found == {
        "file": [],
        "folder": ["file.not_regular"],
        "link": ["file.symlink"],
        "pipe": ["file.not_regular"],
        "gone": ["file.missing"],
    }


@pytest.mark.posix
def test_children_are_plain_and_in_order(tmp_path: Path) -> None:
    for name in ("b", "a", ".DS_Store", "Thumbs.db"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "c").symlink_to("a")
    entries, found = gate.children(str(tmp_path), "here")
    assert list(entries) == ["a", "b"]
    assert [(each.code, each.file) for each in found] == [("file.symlink", "here/c")]


def test_a_folder_that_may_not_be_listed_is_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may list everything, so the refusal is played."""

    def refuse(_: str) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", refuse)
    entries, found = gate.children(str(tmp_path), "here")
    assert entries == {}
    assert codes(found) == ["file.unreadable"]


# -- rows


@pytest.mark.parametrize(
    "text, rows",
    [
        ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
        ("a,b\n1,2", [["a", "b"], ["1", "2"]]),
        ('a,b\n"1,2",3\n', [["a", "b"], ["1,2", "3"]]),
        ('a,b\n"1""2",3\n', [["a", "b"], ['1"2', "3"]]),
        ("a,b\n,\n", [["a", "b"]]),
        ("a,b\n\n,\n1,\n,\n\n,,", [["a", "b"], [""], ["", ""], ["1", ""]]),
        ("a,b,,\n1,2,,\n3,4\n5,6,,7\n8,9,,,\n", [["a", "b"], ["1", "2"], ["3", "4"], ["5", "6", "", "7"], ["8", "9", "", "", ""]]),
        ('a,b,\n"1",2,\n"","",\n', [["a", "b"], ["1", "2"]]),
        (",\n1,2\n", [["", ""], ["1", "2"]]),
        (",,\n\n", []),
        ("", []),
    ],
)
def test_rows(text: str, rows: list[list[str]]) -> None:
    assert gate.grid(text, "x.csv") == (rows, [])


@pytest.mark.parametrize("text, row", [('a,"b\n1,2\n', 1), ('a,b\n"1\n2",3\n', 2), ('a,b\n"1"2,3\n', 2), ('a,b\n1,2\n3,"4', 3)])
def test_rows_that_run_over_are_refused(text: str, row: int) -> None:
    rows, found = gate.grid(text, "x.csv")
    assert rows == []
    assert [(each.code, each.row) for each in found] == [("table.quote", row)]
