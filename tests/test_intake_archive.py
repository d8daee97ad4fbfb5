"""Archives: counted while they inflate, refused in one word for what no office file has. Limits are lowered here, no input is large."""

from __future__ import annotations

import contextlib
import io
import re
import stat
import struct
import zipfile
from importlib import resources
from typing import TYPE_CHECKING

import pytest
import yamls
from hypothesis import given
from hypothesis import strategies as st
from open_reports.errors import IntakeError
from open_reports.intake import archive

if TYPE_CHECKING:
    from collections.abc import Mapping


def zipped(members: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as made:
        for name, content in members.items():
            # Without the time, for an archive may be the name of a case.
            made.writestr(zipfile.ZipInfo(name), content, compression)
    return file.getvalue()


def entry(name: str, mode: int = 0) -> bytes:
    """An archive of one member with a name or a mode that `writestr` would mend."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        info = zipfile.ZipInfo("x" * len(name))
        info.external_attr = mode << 16
        made.writestr(info, b"1")
    return file.getvalue().replace(b"x" * len(name), name.encode())


def refused(data: bytes) -> str:
    with pytest.raises(IntakeError) as caught:
        archive.opened(data)
    return caught.value.code


def test_members_come_by_name_without_folders() -> None:
    members = {"[Content_Types].xml": b"<a/>", "folder/": b"", "folder/一.txt": "数据".encode(), "empty": b""}
    expected = {name: content for name, content in members.items() if name != "folder/"}
    assert archive.opened(zipped(members)) == expected
    assert archive.opened(zipped(members, zipfile.ZIP_STORED)) == expected


def test_an_archive_may_stand_behind_other_bytes() -> None:
    # Self-extracting archives do, and `zipfile` finds the members.
    assert archive.opened(b"MZ" + zipped({"a": b"1"})) == {"a": b"1"}


@pytest.mark.parametrize(
    "data",
    [b"", b"PK", b"PK\x05\x06", zipped({"a": b"1" * 500})[:-30], zipped({"a": b"1" * 500})[40:], b"PK\x03\x04" + b"\x00" * 100],
    ids=["nothing", "two bytes", "an end alone", "no end", "no beginning", "zeros"],
)
def test_what_is_no_whole_archive_is_refused(data: bytes) -> None:
    assert refused(data) == "archive_damaged"


def test_a_member_that_does_not_inflate_to_what_was_packed_is_refused() -> None:
    data = zipped({"a": b"12345678"}, zipfile.ZIP_STORED)
    assert refused(data.replace(b"12345678", b"12345679")) == "archive_damaged"


@pytest.mark.parametrize("compression", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_only_what_office_files_are_packed_with_is_unpacked(compression: int) -> None:
    assert refused(zipped({"a": b"1" * 100}, compression)) == "archive_damaged"


def test_sizes_of_sixty_four_bits_are_refused() -> None:
    data = zipped({"a": b"1"})
    end = data.rindex(b"PK\x05\x06")
    assert refused(data[:end] + b"PK\x06\x07" + b"\x00" * 16 + data[end:]) == "archive_damaged"


# -- limits -----------------------------------------------------------------------------------------------------------------


def test_the_number_of_members_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_MEMBERS", 3)
    assert len(archive.opened(zipped({str(each): b"" for each in range(3)}))) == 3
    assert refused(zipped({str(each): b"" for each in range(4)})) == "archive_large"


def test_all_members_together_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_BYTES", 1_000)
    assert archive.opened(zipped({"a": b"1" * 500, "b": b"2" * 500}))
    assert refused(zipped({"a": b"1" * 500, "b": b"2" * 501})) == "archive_large"


def test_how_far_a_member_inflates_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "RATIO_FROM", 20_000)
    assert archive.opened(zipped({"a": b"0" * 20_000}))
    assert refused(zipped({"a": b"0" * 200_000})) == "archive_large"


def test_a_member_that_lies_about_its_size_is_counted_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_BYTES", 5_000)
    honest = zipped({"a": bytes(range(250)) * 40})
    lying = honest.replace(struct.pack("<I", 10_000), struct.pack("<I", 10))
    assert lying != honest
    # `zipfile` reads as many bytes as are stated and finds the checksum wrong: either way nothing comes of it.
    assert refused(lying) == "archive_damaged"
    assert refused(honest) == "archive_large"


def test_members_that_share_their_bytes_count_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_BYTES", 1_500)
    data = zipped({"a": b"1" * 1_000, "b": b"1" * 1_000})
    second = data.rindex(b"PK\x01\x02")
    # The second directory entry is led to the first member: refused for its name, or as overlapping.
    shared = data[: second + 42] + b"\x00" * 4 + data[second + 46 :]
    assert refused(shared) in ("archive_damaged", "archive_large")


def test_the_directory_is_limited_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_DIRECTORY", 100)
    assert archive.opened(zipped({"a": b"1"}))
    assert refused(zipped({"a" * 80: b"1"})) == "archive_large"


# -- what archives of documents do not hold -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["../a", "a/../../b", "/etc/a", "C:/a", "c:a", "a\\b", "\\\\a\\b", "a/..", "a\x01b"])
def test_names_that_leave_the_folder_are_refused(name: str) -> None:
    assert refused(entry(name)) == "archive_names"


@pytest.mark.parametrize("name", ["a..b", "..a", "a/b..", "a/...", "word/_rels/document.xml.rels"])
def test_other_names_are_not(name: str) -> None:
    assert archive.opened(entry(name)) == {name: b"1"}


@pytest.mark.parametrize("mode", [stat.S_IFLNK | 0o777, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK])
def test_links_and_devices_are_refused(mode: int) -> None:
    assert refused(entry("a", mode)) == "archive_names"


@pytest.mark.parametrize("mode", [0, stat.S_IFREG | 0o644])
def test_files_are_not(mode: int) -> None:
    assert archive.opened(entry("a", mode)) == {"a": b"1"}


@pytest.mark.parametrize("one, other", [("ab", "cd"), ("ab", "cD")])
def test_two_members_of_one_name_are_refused(one: str, other: str) -> None:
    data = zipped({one: b"1", other: b"2"})
    assert archive.opened(data)
    assert refused(data.replace(b"ab", b"cd")) == "archive_names"


def test_passwords_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    data = zipped({"a": b"1"})
    directory = data.rindex(b"PK\x01\x02")
    assert refused(data[: directory + 8] + b"\x01" + data[directory + 9 :]) == "archive_encrypted"


@pytest.mark.parametrize(
    "inner", [zipped({"b": b"1"}), b"Rar!\x1a\x07\x00", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08\x00"], ids=["zip", "rar", "7z", "gz"]
)
def test_archives_in_archives_are_refused(inner: bytes) -> None:
    assert refused(zipped({"report.docx": inner})) == "archive_nested"


def test_a_workbook_behind_a_chart_stays_closed() -> None:
    inner = zipped({"b": b"1"})
    assert archive.opened(zipped({"word/embeddings/sheet.xlsx": inner})) == {"word/embeddings/sheet.xlsx": inner}


@given(st.data())
def test_any_damage_is_read_or_refused(draw: st.DataObject) -> None:
    data = bytearray(zipped({"a/b.xml": b"<a>1</a>" * 40, "c": b"", "d": b"0123456789" * 10}))
    for _ in range(draw.draw(st.integers(1, 6))):
        data[draw.draw(st.integers(0, len(data) - 1))] = draw.draw(st.integers(0, 255))
    # Anything else that is raised fails the test.
    with contextlib.suppress(IntakeError):
        assert all(isinstance(content, bytes) for content in archive.opened(bytes(data)).values())


# -- XML --------------------------------------------------------------------------------------------------------------------


def unparsed(data: bytes) -> str:
    with pytest.raises(IntakeError) as caught:
        archive.xml(data)
    return caught.value.code


def test_xml_is_read_without_comments_and_instructions() -> None:
    root = archive.xml('<?xml version="1.0" encoding="UTF-8"?><a><!-- 1 --><b>二<!-- 2 -->六</b><?go 3?></a>'.encode())
    assert [str(each.tag) for each in root] == ["b"]
    assert "".join(root.itertext()) == "二六"


@pytest.mark.parametrize("codec", ["utf-8", "utf-16", "utf-16-be", "gb18030"])
@pytest.mark.parametrize("declaration", ["<!DOCTYPE a>", '<!DOCTYPE a [<!ENTITY b "1">]>', '<!DOCTYPE a SYSTEM "a.dtd">'])
def test_any_document_type_is_refused(declaration: str, codec: str) -> None:
    name = "utf-16" if codec == "utf-16-be" else codec
    text = f'<?xml version="1.0" encoding="{name}"?>{declaration}<a>1</a>'
    assert unparsed(("\ufeff" if codec == "utf-16-be" else "").encode(codec) + text.encode(codec)) == "xml_type"


def test_a_document_type_is_refused_in_an_encoding_nobody_expects() -> None:
    text = '<?xml version="1.0" encoding="UTF-32"?><!DOCTYPE a [<!ENTITY b "1">]><a>1</a>'
    assert unparsed(text.encode("utf-32")) in ("xml_type", "xml_unreadable")


@pytest.mark.parametrize("data", [b"", b"<a>", b"1", b"<a>&b;</a>", b"\x00\x01", "<a>二</a>".encode("gbk")])
def test_what_is_no_xml_is_refused(data: bytes) -> None:
    assert unparsed(data) == "xml_unreadable"


def test_xml_deeper_than_the_parser_takes_is_refused() -> None:
    assert unparsed(b"<a>" * 300 + b"</a>" * 300) == "xml_unreadable"


# -- sentences --------------------------------------------------------------------------------------------------------------


def test_every_reason_and_remark_has_its_sentence() -> None:
    package = resources.files("open_reports")
    words = yamls.read(package / "locales/intake.yml")
    folder = package / "intake"
    every = [path.read_text("utf-8") for room in (folder, folder / "readers") for path in room.iterdir() if path.name.endswith(".py")]
    # What a message tells may be words of a sheet, which have codes of their own.
    every = [re.sub(r'\bw\("[a-z_]+"\)', "", text) for text in every]
    raised = {code for text in every for call in re.findall(r"IntakeError\(([^)]*)", text) for code in re.findall(r'"([a-z_]+)"', call)}
    faults = {code for text in every for code in re.findall(r'main_part\(members, "([a-z_]+)"\)', text)}
    remarks = {"hidden_cells", "hidden_sheets", "hidden_text", "pictures", "text_boxes", "unaccepted_changes"}
    assert raised | faults | remarks <= words.keys()
    assert {"archive_large", "docx_chunk", "docx_unreadable", "no_office", "ods_unreadable", "sheet_too_large"} <= raised | faults
    assert all(set(words[code]) == {"zh", "en"} for code in raised | remarks)
