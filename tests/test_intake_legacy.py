"""Older files: what LibreOffice makes of them is read like any other; where it fails, hangs or is not there, one sentence says so.

Tests marked `office` need LibreOffice and fail where it is not installed: a conversion that nobody tried is not tested.
"""

from __future__ import annotations

import http.server
import itertools
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from lxml import etree
from manuscripts import office
from manuscripts.compared import CORPUS, doubts, expected, paragraphs, same, squeezed, texts
from open_reports.errors import IntakeError
from open_reports.intake import legacy
from open_reports.intake.grid import Doubt, Paragraph
from open_reports.intake.readers import docx, ods, xlsx
from patience import PATIENCE
from tiers import starts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from open_reports.intake.grid import Manuscript

OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
RTF = b"{\\rtf1\\ansi 1}"


def ole2(stream: str) -> bytes:
    """An old file that is none: its directory names a stream, nothing is in it."""
    return OLE2 + bytes(500) + stream.encode("utf-16-le") + bytes(500)


def read(path: Path) -> Manuscript:
    suffix, data = legacy.converted(path)
    return docx.read(data) if suffix == "docx" else xlsx.read(data)


def refused(path: Path) -> IntakeError:
    with pytest.raises(IntakeError) as caught:
        legacy.converted(path)
    return caught.value


# -- with LibreOffice -------------------------------------------------------------------------------------------------------

WORD = {"doc": "doc:MS Word 97", "rtf": "rtf:Rich Text Format", "odt": "odt:writer8", "fodt": "fodt:OpenDocument Text Flat XML"}
EXCEL = {"xls": "xls:MS Excel 97", "ods": "ods:calc8", "fods": "fods:OpenDocument Spreadsheet Flat XML"}
SHAPES = ("plain", "tracked", "split", "hidden", "nested")
FIRST = "pingtan/2023"


@pytest.fixture(scope="session")
@starts("office")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of old files: every report as doc and xls, one of them in every shape and kind."""
    assert shutil.which("soffice"), "these tests need LibreOffice: apt-get install libreoffice-writer-nogui libreoffice-calc-nogui"
    folder = tmp_path_factory.mktemp("old")
    words = {f"report-{index}": office.docx(report) for index, report in enumerate(CORPUS.values())}
    words |= {shape: office.docx(CORPUS[FIRST], shape=shape) for shape in SHAPES}
    sheets = {f"report-{index}": office.xlsx(report) for index, report in enumerate(CORPUS.values())}
    sheets |= {shape.replace(" ", "-"): office.xlsx(CORPUS[FIRST], shape=shape) for shape in office.XLSX}
    for suffix, files, kinds in (("docx", words, WORD), ("xlsx", sheets, EXCEL)):
        (folder / suffix).mkdir()
        for name, data in files.items():
            (folder / suffix / f"{name}.{suffix}").write_bytes(data)
        for kind, target in kinds.items():
            every = sorted((folder / suffix).glob(f"*.{suffix}"))
            chosen = every if kind in ("doc", "xls", "ods") else [each for each in every if not each.name.startswith("report-")]
            command = [
                "soffice",
                f"-env:UserInstallation={(folder / 'profile').as_uri()}",
                "--headless",
                "--norestore",
                "--convert-to",
                target,
            ]
            out = folder / f"{suffix}-{kind}"
            subprocess.run([*command, "--outdir", str(out), *map(str, chosen)], check=True, capture_output=True, timeout=PATIENCE * 10)
            assert len(list(out.iterdir())) == len(chosen)
    return folder


@pytest.fixture(scope="session")
def at_once(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What becomes of the old files again, all of a kind by one start of LibreOffice with the words and settings of the product.

    A start takes five times as long as a report. File by file, as the product asks, each kind is converted in its first shape.
    """
    folder = tmp_path_factory.mktemp("again")
    for source in sorted(made.glob("*-*")):
        files = sorted(source.iterdir())
        way = legacy.way_of(files[0].read_bytes())
        work = folder / source.name
        legacy._profiled(work / "profile")
        legacy._run([*legacy._command(legacy.office(), work, files[0], way), *map(str, files[1:])], work)
    return folder


def again(at_once: Path, path: Path, monkeypatch: pytest.MonkeyPatch) -> Manuscript:
    """What is read from an old file, its conversion being that of `at_once`; whatever else the product does with it is done."""
    asked = legacy._command

    def known(program: str, folder: Path, source: Path, way: legacy.Way) -> list[str]:
        assert source.read_bytes() == path.read_bytes()
        words = asked(program, folder, source, way)
        assert path.suffix == f".{way.suffix}"
        (folder / "out").mkdir()
        shutil.copy(at_once / path.parent.name / "out" / f"{path.stem}.{way.target}", folder / "out" / f"original.{way.target}")
        return words

    monkeypatch.setattr(legacy, "_command", known)
    monkeypatch.setattr(legacy, "_run", lambda *_: None)
    return read(path)


@pytest.mark.parametrize("kind", ["doc", "xls"])
@pytest.mark.parametrize("name", CORPUS)
def test_every_cell_of_every_report(made: Path, at_once: Path, monkeypatch: pytest.MonkeyPatch, name: str, kind: str) -> None:
    path = made / ("docx-doc" if kind == "doc" else "xlsx-xls") / f"report-{list(CORPUS).index(name)}.{kind}"
    found = again(at_once, path, monkeypatch)
    assert all(itertools.starmap(same, zip(found.grids, expected(CORPUS[name]), strict=True)))
    assert not doubts(found)
    assert paragraphs(found) == [block.text for block in CORPUS[name].blocks() if isinstance(block, Paragraph)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", WORD)
def test_every_shape_of_a_text(made: Path, at_once: Path, monkeypatch: pytest.MonkeyPatch, kind: str, shape: str) -> None:
    path = made / f"docx-{kind}" / f"{shape}.{kind}"
    found = read(path) if shape == SHAPES[0] else again(at_once, path, monkeypatch)
    assert found.remarks == {"tracked": ("unaccepted_changes",), "hidden": ("hidden_text",)}.get(shape, ())
    if (kind, shape) != ("rtf", "hidden"):
        assert all(itertools.starmap(same, zip(found.grids, expected(CORPUS[FIRST]), strict=True)))
        assert not doubts(found)
        return
    # LibreOffice writes a field behind hidden text as hidden, too: where the figures went is asked.
    for grid, other in zip(found.grids, expected(CORPUS[FIRST]), strict=True):
        for at, cell in grid.covering().items():
            assert cell.doubts == (Doubt.UNSHOWN,) or squeezed(cell.text) == squeezed(other.covering()[at].text)


@pytest.mark.parametrize("shape", office.XLSX)
@pytest.mark.parametrize("kind", EXCEL)
def test_every_shape_of_a_workbook(made: Path, at_once: Path, monkeypatch: pytest.MonkeyPatch, kind: str, shape: str) -> None:
    path = made / f"xlsx-{kind}" / f"{shape.replace(' ', '-')}.{kind}"
    found = read(path) if shape == next(iter(office.XLSX)) else again(at_once, path, monkeypatch)
    assert all(itertools.starmap(same, zip(found.grids, expected(CORPUS[FIRST]), strict=True)))
    assert not doubts(found)


@pytest.mark.parametrize("name", CORPUS)
def test_a_spreadsheet_that_libreoffice_wrote(made: Path, name: str) -> None:
    found = ods.read((made / "xlsx-ods" / f"report-{list(CORPUS).index(name)}.ods").read_bytes())
    assert all(itertools.starmap(same, zip(found.grids, expected(CORPUS[name]), strict=True)))
    assert not doubts(found)


def test_names_say_nothing_of_the_kind(made: Path, tmp_path: Path) -> None:
    (folder := tmp_path / "年报 (2024)").mkdir()
    for source, name in (("docx-doc/plain.doc", "年报 2023.wps"), ("xlsx-xls/texts.xls", "年报.et"), ("docx-rtf/plain.rtf", "年报.doc")):
        path = folder / name
        shutil.copy(made / source, path)
        assert all(itertools.starmap(same, zip(read(path).grids, expected(CORPUS[FIRST]), strict=True)))
    assert len(list(folder.iterdir())) == 3


@pytest.mark.office
def test_a_workbook_in_the_xml_of_2003(tmp_path: Path) -> None:
    # Content systems write it by hand and call it xls; LibreOffice reads it, but cannot always write it.
    rows = [["头", "数"], ["规章", "22"], ["总计", "22（其中修订16件）"]]
    kinds = {True: "Number", False: "String"}
    written = "".join(
        "<Row>" + "".join(f'<Cell><Data ss:Type="{kinds[each.isdigit()]}">{each}</Data></Cell>' for each in row) + "</Row>" for row in rows
    )
    space = "urn:schemas-microsoft-com:office:spreadsheet"
    path = tmp_path / "年报.xls"
    path.write_text(
        f'<?xml version="1.0"?><Workbook xmlns="{space}" xmlns:ss="{space}"><Worksheet ss:Name="表"><Table>{written}</Table></Worksheet></Workbook>',
        "utf-8",
    )
    assert texts(read(path).grids[0]) == rows


@pytest.mark.office
@pytest.mark.parametrize("data", [ole2("WordDocument"), ole2("Workbook")])
def test_a_file_that_cannot_be_converted_is_refused(tmp_path: Path, data: bytes) -> None:
    # LibreOffice ends well all the same.
    path = tmp_path / "old"
    path.write_bytes(data)
    assert refused(path).code == "legacy_failed"


@pytest.mark.office
def test_nothing_is_fetched(tmp_path: Path) -> None:
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        do_HEAD = do_OPTIONS = do_PROPFIND = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        spaces = " ".join(
            f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
            for prefix, name in {"office": "office", "text": "text", "draw": "drawing", "svg": "svg-compatible"}.items()
        )
        picture = (
            f'<draw:frame svg:width="2cm" svg:height="2cm"><draw:image xlink:href="{address}/a.png" xlink:type="simple"/></draw:frame>'
        )
        section = f'<text:section text:name="s"><text:section-source xlink:href="{address}/b.odt"/><text:p>旧</text:p></text:section>'
        content = f"<office:body><office:text>{section}<text:p>正文{picture}</text:p></office:text></office:body>"
        (tmp_path / "a.odt").write_bytes(
            office.zipped(
                {
                    "mimetype": "application/vnd.oasis.opendocument.text",
                    "META-INF/manifest.xml": '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.text"/><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>',
                    "content.xml": f'<office:document-content {spaces} xmlns:xlink="http://www.w3.org/1999/xlink">{content}</office:document-content>',
                }
            )
        )
        (tmp_path / "b.rtf").write_bytes(
            rb"{\rtf1\ansi text {\field{\*\fldinst INCLUDEPICTURE "
            + f'"{address}/c.png" \\\\\\\\d'.encode()
            + rb"}{\fldrslt x}}{\field{\*\fldinst INCLUDETEXT "
            + f'"{address}/d.docx"'.encode()
            + rb"}{\fldrslt y}}}"
        )
        assert "正文" in "".join(paragraphs(read(tmp_path / "a.odt")))
        assert "text" in "".join(paragraphs(read(tmp_path / "b.rtf")))
        server.shutdown()
    assert asked == []


# -- without it -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "年报.doc"
    path.write_bytes(RTF)
    return path


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that temporary folders are made in."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def program(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Let a few lines of Python stand for LibreOffice; they run in the temporary folder."""
    monkeypatch.setattr(legacy, "office", lambda: sys.executable)
    monkeypatch.setattr(legacy, "_command", lambda *_: [sys.executable, "-I", "-c", code])


def writing(data: bytes, name: str = "original.docx") -> str:
    return f"import pathlib; p = pathlib.Path('out'); p.mkdir(); (p / {name!r}).write_bytes({data!r})"


def test_without_the_program_one_sentence_says_what_to_do(monkeypatch: pytest.MonkeyPatch, old: Path) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(legacy, "_PLACES", ())
    assert refused(old).code == "no_office"


def test_the_program_may_stand_where_its_installer_puts_it(monkeypatch: pytest.MonkeyPatch, old: Path) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(legacy, "_PLACES", ("/nowhere/soffice", str(old)))
    assert legacy.office() == str(old)


@pytest.mark.parametrize(
    "data, suffix, target",
    [
        (ole2("WordDocument"), "doc", "docx"),
        (ole2("Workbook"), "xls", "xlsx"),
        (ole2("Book"), "xls", "xlsx"),
        (RTF, "rtf", "docx"),
        (b"\xef\xbb\xbf\r\n" + RTF, "rtf", "docx"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "xml", "xlsx"),
        ('<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'.encode("utf-16"), "xml", "xlsx"),
        (office.zipped({"mimetype": "application/vnd.oasis.opendocument.text"}), "odt", "docx"),
        (office.zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}), "ods", "xlsx"),
        (office.zipped({"xl/workbook.bin": "1"}), "xlsb", "xlsx"),
    ],
)  # fmt: skip
def test_how_a_file_is_opened_is_told_by_its_content(data: bytes, suffix: str, target: str) -> None:
    found = legacy.way_of(data)
    assert (found.suffix, found.target) == (suffix, target)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"1",
        OLE2,
        ole2("PowerPoint Document"),
        ole2("Workbooks"),
        office.zipped({"a": "1"}),
        b"%PDF-1.7",
        b"<html>",
        b'<w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"/>',
        b'<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="x"><Column ss:Width="9" ss:Hidden="1"/></Workbook>',
    ],
)
def test_other_files_are_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.doc"
    path.write_bytes(data)
    assert refused(path).code == "legacy_unknown"


def test_archives_are_checked_before_anybody_unpacks_them(tmp_path: Path) -> None:
    path = tmp_path / "a.odt"
    path.write_bytes(office.zipped({"mimetype": "application/vnd.oasis.opendocument.text", "../a": "1"}))
    assert refused(path).code == "archive_names"


GOOD = office.document(office.paragraph(office.run("甲")))


@pytest.mark.parametrize(
    "code, expected_code",
    {
        "": "legacy_failed",
        "raise SystemExit(1)": "legacy_failed",
        writing(b""): "legacy_failed",
        writing(b"PK"): "archive_damaged",
        writing(office.zipped({"a": "1"})): "legacy_failed",
        writing(GOOD, "other.docx"): "legacy_failed",
        # What it says of itself is nothing: only what it wrote counts.
        f"{writing(GOOD)}; raise SystemExit(1)": "",
        writing(GOOD): "",
    }.items(),
)
def test_only_the_file_it_wrote_tells_whether_it_did_its_work(
    monkeypatch: pytest.MonkeyPatch, old: Path, temporary: Path, code: str, expected_code: str
) -> None:
    program(monkeypatch, code)
    if expected_code:
        assert refused(old).code == expected_code
    else:
        assert legacy.converted(old) == ("docx", GOOD)
    assert list(temporary.iterdir()) == []
    assert [each.name for each in old.parent.iterdir() if each != temporary] == [old.name]


def test_files_over_the_limit_are_refused(monkeypatch: pytest.MonkeyPatch, old: Path, temporary: Path) -> None:
    program(monkeypatch, writing(GOOD))
    monkeypatch.setattr(legacy, "MOST_BYTES", 5)
    assert refused(old).code == "legacy_large"
    monkeypatch.setattr(legacy, "MOST_BYTES", len(RTF))
    assert refused(old).code in ("legacy_large", "legacy_failed")
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("waits", [True, False])
@pytest.mark.posix
def test_whatever_it_started_ends_with_it(monkeypatch: pytest.MonkeyPatch, old: Path, temporary: Path, waits: bool) -> None:  # noqa: FBT001 (a case)
    # A program of the program holds a line to this test; it is cut when that program ends, and not before.
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        server.settimeout(PATIENCE)
        port = server.getsockname()[1]
        inner = f"import socket, time; s = socket.create_connection(('127.0.0.1', {port})); s.sendall(b'1'); time.sleep(3600)"
        after = "time.sleep(3600)" if waits else "time.sleep(0)"
        # It goes on only once the other one runs.
        code = f"import subprocess, sys, time, pathlib; subprocess.Popen([sys.executable, '-I', '-c', {inner!r}])\nwhile not pathlib.Path('go').exists(): time.sleep(0.01)\n{after}"
        program(monkeypatch, code)
        monkeypatch.setattr(legacy, "SECONDS", 5 if waits else PATIENCE)
        held: list[bytes] = []

        def hold() -> None:
            line, _ = server.accept()
            with line:
                line.settimeout(PATIENCE)
                held.append(line.recv(1))
                (folder,) = temporary.iterdir()
                (folder / "go").touch()
                held.append(line.recv(1))

        thread = threading.Thread(target=hold)
        thread.start()
        error = refused(old)
        thread.join(PATIENCE)
    assert held == [b"1", b""]
    assert error.code == ("legacy_slow" if waits else "legacy_failed")
    assert list(temporary.iterdir()) == []


def test_it_runs_with_a_profile_of_its_own(monkeypatch: pytest.MonkeyPatch, old: Path, temporary: Path) -> None:
    seen: list[dict[str, str]] = []
    monkeypatch.setattr(legacy, "office", lambda: "soffice")
    monkeypatch.setenv("SECRET", "1")

    class Process(subprocess.Popen[bytes]):
        def __init__(self, command: list[str], **more: object) -> None:
            assert {"--headless", "--norestore"} < set(command)
            assert command[-1].endswith("original.rtf")
            (folder,) = temporary.iterdir()
            assert f"-env:UserInstallation={(folder / 'profile').as_uri()}" in command
            settings = etree.parse(folder / "profile" / "user" / "registrymodifications.xcu")
            seen.append({each.getparent().get("{http://openoffice.org/2001/registry}name"): each.text for each in settings.iter("value")})  # type: ignore[misc,union-attr] # our own file
            assert more["start_new_session"]
            environment = more["env"]
            assert isinstance(environment, dict)
            assert "SECRET" not in environment
            assert environment["HOME"] == str(folder)
            super().__init__([sys.executable, "-I", "-c", ""], start_new_session=True)

    monkeypatch.setattr(subprocess, "Popen", Process)
    assert refused(old).code == "legacy_failed"
    assert seen[0]["MacroSecurityLevel"] == "3"
    assert seen[0]["DisableMacrosExecution"] == "true"


def sources() -> Iterator[str]:
    yield from dict(legacy.filters())


def test_every_kind_that_is_converted_has_a_filter() -> None:
    assert {"doc", "xls", "xlsb", "rtf", "xml", "odt", "ods", "fodt", "fods"} == set(sources())
