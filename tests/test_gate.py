"""The gate: names, bytes, characters and rows, before any parser sees them."""

from __future__ import annotations

import csv
import errno
import io
import os
from typing import TYPE_CHECKING

import pytest
from conftest import AGENCIES
from open_reports import gate
from open_reports.document import shown
from open_reports.finding import finding

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
    "one, other", [("xugou", "xug0u"), ("xu-gou", "xugou"), ("rnin", "min"), ("vvu", "wu"), ("l1", "ll"), ("a5", "as"), ("xigou", "xlgou")]
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
    assert [(name, each.name, each.is_file()) for name, each in entries.items()] == [("a", "a", True), ("b", "b", True)]
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
        ("a,,\n1,,\n", [["a"], ["1"]]),
        ("a,b,\n1,,\n", [["a", "b"], ["1", ""]]),
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


# -- what a finding says besides its code


def told(found: list[Finding]) -> list[tuple[str, str | None, int | None, str | None, str | None]]:
    return [(each.code, each.file, each.row, each.found, each.expected) for each in found]


GB = "行标识 行名 \n列\n".encode("gb18030")


@pytest.mark.parametrize(
    "data, said",
    [
        (b"\xef\xbb\xbfline", ("file.bom", "here/x.md", None, None, None)),
        (b"\xff\xfel\x00", ("file.utf16", "here/x.md", None, None, None)),
        (b"a\nb\n\xff", ("file.not_utf8", "here/x.md", 3, "0xff", None)),
        (b"\xff", ("file.not_utf8", "here/x.md", 1, "0xff", None)),
        (GB, ("file.gb18030", "here/x.md", 1, "行标识 行名", None)),
        (b"a\n  " + GB, ("file.gb18030", "here/x.md", 2, "行标识 行名", None)),
        (b"a\rb\rc", ("file.line_ends", "here/x.md", None, None, None)),
        (b"\n\xff", ("file.not_utf8", "here/x.md", 2, "0xff", None)),
        ("a\nb\u200b".encode(), ("file.invisible", "here/x.md", 2, "U+200B", None)),
        ("\nb\u200b".encode(), ("file.invisible", "here/x.md", 2, "U+200B", None)),
        (b"a\n\nb\x07\n", ("file.invisible", "here/x.md", 3, "U+0007", None)),
        ("a\ne\u0301 b\n".encode(), ("file.not_nfc", "here/x.md", 2, "e\u0301 b", None)),
        ("\u3000\ne\u0301\n".encode(), ("file.not_nfc", "here/x.md", 2, "e\u0301", None)),
    ],
)
def test_a_text_that_is_refused_is_told_with_its_place_and_what_stands_there(data: bytes, said: tuple[object, ...]) -> None:
    text, found = gate.decode(data, "here/x.md")
    assert text is None
    assert told(found) == [said]


def test_one_line_end_of_the_old_macintosh_is_a_hidden_character() -> None:
    """A stray one inside a text of lines is no sign of how the file was saved."""
    assert codes(gate.decode(b"a\rb", "x")[1]) == ["file.invisible"]
    assert codes(gate.decode(b"a\rb\rc\n", "x")[1]) == ["file.invisible", "file.invisible"]


def test_a_table_may_have_the_mark_that_excel_writes_and_no_other_mark() -> None:
    assert gate.decode(b"\xef\xbb\xbfa", "x.csv", marked=True) == ("a", [])
    text, found = gate.decode(b"\xff\xfea", "here/x.csv", marked=True)
    assert (text, told(found)) == (None, [("file.utf16", "here/x.csv", None, None, None)])


def test_only_a_table_is_read_with_a_mark(tmp_path: Path) -> None:
    for name in ("x.csv", "x.md"):
        (tmp_path / name).write_bytes(b"\xef\xbb\xbfa")
    assert gate.read_text(str(tmp_path / "x.csv"), "x.csv") == (b"\xef\xbb\xbfa", "a", [])
    data, text, found = gate.read_text(str(tmp_path / "x.md"), "here/x.md")
    assert (data, text, told(found)) == (b"\xef\xbb\xbfa", None, [("file.bom", "here/x.md", None, None, None)])


def test_a_text_above_the_limit_is_neither_read_nor_handed_on(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"a" * 12)
    assert gate.read_text(str(tmp_path / "x"), "x", 12) == (b"a" * 12, "a" * 12, [])
    data, text, found = gate.read_text(str(tmp_path / "x"), "here/x", 11)
    assert (data, text, told(found)) == (b"", None, [("file.too_big", "here/x", None, "12", "11")])


def test_a_file_is_read_to_its_end_however_little_comes_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A read may return less than was asked for; and one that grows meanwhile is not read for ever."""
    (tmp_path / "x").write_bytes(b"abcdefg")
    real = os.read
    monkeypatch.setattr(os, "read", lambda handle, most: real(handle, min(most, 2)))
    assert gate.read_bytes(str(tmp_path / "x"), "x", 7) == (b"abcdefg", [])
    assert codes(gate.read_bytes(str(tmp_path / "x"), "x", 1)[1]) == ["file.too_big"]
    monkeypatch.setattr(os, "read", lambda handle, most: real(handle, min(most, 2)) if most > 3 else b"")
    assert gate.read_bytes(str(tmp_path / "x"), "x", 7) == (b"abcdef", [])


@pytest.mark.posix
def test_what_is_no_plain_file_is_told_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("folder")
    os.mkfifo(tmp_path / "pipe")
    names = ("folder", "link", "pipe", "gone")
    read = [gate.read_bytes(str(tmp_path / name), f"here/{name}") for name in names]
    assert [data for data, _ in read] == [b""] * 4
    found = [told(each) for _, each in read]
    assert [[each[:3] for each in one] for one in found] == [
        [("file.not_regular", "here/folder", None)],
        [("file.symlink", "here/link", None)],
        [("file.not_regular", "here/pipe", None)],
        [("file.missing", "here/gone", None)],
    ]
    assert found[1][0][3] == os.strerror(errno.ELOOP)  # what a link that is not followed is


def test_a_file_that_the_system_refuses_is_told_with_what_the_system_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x").write_bytes(b"a")
    for error, said in ((PermissionError(13, "Permission denied"), "Permission denied"), (OSError(), "OSError")):

        def refuse(*_: object, error: OSError = error) -> None:
            raise error

        with monkeypatch.context() as patch:
            patch.setattr(os, "open", refuse)
            patch.setattr(os, "scandir", refuse)
            data, found = gate.read_bytes(str(tmp_path / "x"), "here/x")
            assert (data, told(found)) == (b"", [("file.unreadable", "here/x", None, said, None)])
            # Windows does not open a folder at all, and says no more than that it may not.
            assert told(gate.read_bytes(str(tmp_path), "here")[1]) == [("file.not_regular", "here", None, said, None)]
            assert told(gate.children(str(tmp_path), "here")[1]) == [("file.unreadable", "here", None, said, None)]


@pytest.mark.posix
def test_children_that_are_no_plain_files_are_told_and_left_out(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "to-folder").symlink_to("folder")
    (tmp_path / "to-pipe").symlink_to("pipe")
    entries, found = gate.children(str(tmp_path), "here")
    assert list(entries) == ["folder"]
    assert told(found) == [
        ("file.not_regular", "here/pipe", None, None, None),
        ("file.symlink", "here/to-folder", None, None, None),
        ("file.symlink", "here/to-pipe", None, None, None),
    ]


@pytest.mark.parametrize(
    "text, said",
    [
        ('a,"b\n1,2\n', ("table.quote", "here/x.csv", 1, None, None)),
        ('a,b\n"1\n2",3\n', ("table.quote", "here/x.csv", 2, "3", None)),
        ('a,b,c\n"1\n2",3,4\n', ("table.quote", "here/x.csv", 2, "4", None)),
        ('a\n"1\n2"\n', ("table.quote", "here/x.csv", 2, "1\n2", None)),
        ('a,b\n"1"2,3\n', ("table.quote", "here/x.csv", 2, None, None)),
    ],
)
def test_a_table_whose_quotes_run_over_is_told_with_its_row(text: str, said: tuple[object, ...]) -> None:
    ((code, file, row, found, expected),) = told(gate.grid(text, "here/x.csv")[1])
    assert (code, file, row, expected) == (*said[:3], said[4])
    if said[3] is None:  # what the reader of CSV says, in its own words
        with pytest.raises(csv.Error) as error:
            list(csv.reader(io.StringIO(text, newline=""), strict=True))
        assert found == shown(str(error.value))
    else:
        assert found == shown(said[3])


def rows_of(count: int, cell: str) -> str:
    return f"{cell},b\n" * count


@pytest.mark.parametrize("cell", ["a", '"a"'])
def test_as_many_rows_as_may_be_are_read_and_one_more_is_not(cell: str) -> None:
    """With quotes and without: two ways of reading, one limit."""
    rows, found = gate.grid(rows_of(gate.MAX_ROWS, cell), "x.csv")
    assert (rows, found) == ([["a", "b"]] * gate.MAX_ROWS, [])
    rows, found = gate.grid(rows_of(gate.MAX_ROWS + 1, cell), "here/x.csv")
    assert (rows, told(found)) == ([], [("table.too_many_rows", "here/x.csv", None, str(gate.MAX_ROWS + 1), str(gate.MAX_ROWS))])
    assert told(gate.grid(rows_of(3 * gate.MAX_ROWS, cell), "x.csv")[1])[0][3] == "1,500"


@pytest.mark.parametrize("cell", ["a", '"a"'])
@pytest.mark.parametrize("blank", ["\n", ",\n"])
def test_blank_rows_at_the_end_are_none_however_many(cell: str, blank: str) -> None:
    """A spreadsheet may keep as many as were ever touched."""
    assert gate.grid(rows_of(2, cell) + blank * (2 * gate.MAX_ROWS), "x.csv") == ([["a", "b"]] * 2, [])


def test_of_each_file_so_many_findings_are_told_and_the_rest_is_counted() -> None:
    one = [finding("file.invisible", file="one", row=row, found="U+200B") for row in range(1, gate.MOST_TOLD + 1001)]
    other = [finding("file.invisible", file="other", row=row, found="U+200B") for row in range(1, gate.MOST_TOLD + 1)]
    kept = gate.first_of_each_file([*one, *other])
    assert kept[:-1] == [*one[: gate.MOST_TOLD], *other]
    assert told(kept[-1:]) == [("file.more", "one", None, "1,000", None)]
    assert gate.first_of_each_file(other) == other
    assert told(gate.first_of_each_file(one[: gate.MOST_TOLD + 1])[-1:]) == [("file.more", "one", None, "1", None)]


def test_names_that_are_not_known_are_told_beside_those_that_are() -> None:
    name = "x\u200b.csv"
    found = gate.unexpected(["b.csv", name, "a.csv"], {"b.csv", "a.csv"}, "here")
    assert told(found) == [("file.unexpected", f"here/{shown(name)}", None, None, "a.csv、b.csv")]
