"""Legacy: files of older office programs become docx or xlsx through LibreOffice, where it is installed.

It runs apart: with a fresh profile in a temporary folder, without a window, without macros, links or recovery, in a process group of
its own that is ended whole. It ends well also where it fails, so that only the file it wrote tells whether it did its work.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from open_reports.errors import IntakeError
from open_reports.intake.archive import opened

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 60
"""How long a conversion may take; a report takes one or two."""
MOST_BYTES = 50_000_000
"""Bytes that a file may have, before and after."""

_PROGRAMS = ("soffice", "libreoffice")
_PLACES = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    "C:/Program Files/LibreOffice/program/soffice.com",
    "C:/Program Files (x86)/LibreOffice/program/soffice.com",
)
_HEAD = 4_096


class Way(NamedTuple):
    """How a kind of file is opened, and what it becomes."""

    suffix: str
    filter: str
    target: str


_WORD, _EXCEL = "docx", "xlsx"
_FILTERS = {_WORD: "MS Word 2007 XML", _EXCEL: "Calc MS Excel 2007 XML"}
_PARTS = {_WORD: "word/document.xml", _EXCEL: "xl/workbook.xml"}
_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STREAMS = (
    # What an old file of Microsoft or Kingsoft calls the stream that holds its content.
    ("WordDocument", Way("doc", "MS Word 97", _WORD)),
    ("Workbook", Way("xls", "MS Excel 97", _EXCEL)),
    ("Book", Way("xls", "MS Excel 95", _EXCEL)),
)
_BINARY = Way("xlsb", "Calc MS Excel 2007 Binary", _EXCEL)
_RTF = Way("rtf", "Rich Text Format", _WORD)
_TEXTS = (
    # Word's own XML of 2003 is not among them: LibreOffice shows the hidden text of such a file, and moves cells.
    (re.compile(rb"urn:schemas-microsoft-com:office:spreadsheet"), Way("xml", "MS Excel 2003 XML", _EXCEL)),
    (re.compile(rb"opendocument\.spreadsheet"), Way("fods", "OpenDocument Spreadsheet Flat XML", _EXCEL)),
    (re.compile(rb"opendocument\.text"), Way("fodt", "OpenDocument Text Flat XML", _WORD)),
)
_HIDDEN_COLUMN = re.compile(rb"<(?:\w+:)?Column\b[^<>]*\bHidden\s*=\s*[\"']\s*(?:1|true)", re.IGNORECASE)
"""In Excel's XML of 2003 LibreOffice does not hide them."""
_OPEN_DOCUMENT = {
    b"application/vnd.oasis.opendocument.text": Way("odt", "writer8", _WORD),
    b"application/vnd.oasis.opendocument.spreadsheet": Way("ods", "calc8", _EXCEL),
}
_SETTINGS = {
    # Macros never run, whoever signed them; nothing that a document links to is fetched; formulas keep their results.
    ("org.openoffice.Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("org.openoffice.Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("org.openoffice.Office.Common/Security/Scripting", "DisableActiveContent", "true"),
    ("org.openoffice.Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("org.openoffice.Office.Writer/Content/Update", "Link", "0"),
    ("org.openoffice.Office.Calc/Content/Update", "Link", "2"),
    ("org.openoffice.Office.Calc/Formula/Load", "OOXMLRecalcMode", "1"),
    ("org.openoffice.Office.Calc/Formula/Load", "ODFRecalcMode", "1"),
}


def converted(path: Path) -> tuple[str, bytes]:
    """What a file becomes (docx or xlsx), and its bytes.

    Raises `IntakeError`: `no_office` without LibreOffice, `legacy_unknown` where the file is of no kind that it is asked to open,
    `legacy_large`, `legacy_slow`, `legacy_failed`.
    """
    if path.stat().st_size > MOST_BYTES:
        raise IntakeError("legacy_large")
    return converted_bytes(path.read_bytes())


def converted_bytes(data: bytes) -> tuple[str, bytes]:
    """The same for bytes that were read already."""
    way = way_of(data)
    program = office()
    # A folder of our own: names of clerks hold whatever they like, and beside the file nothing is to be written.
    with tempfile.TemporaryDirectory(prefix="open-reports-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        source = folder / f"original.{way.suffix}"
        source.write_bytes(data)
        _profiled(folder / "profile")
        _run(_command(program, folder, source, way), folder)
        return way.target, _checked(folder / "out" / f"original.{way.target}", way.target)


def way_of(data: bytes) -> Way:
    """How a file is opened, told by its content. Raises `IntakeError` with `legacy_unknown`."""
    head = data[:_HEAD]
    if data.startswith(_OLE2):
        found = next((way for stream, way in _STREAMS if _named(stream) in data), None)
    elif head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{\\rtf"):
        found = _RTF
    elif data.startswith(b"PK"):
        found = _archived(data)
    else:
        plain = head.replace(b"\x00", b"")
        found = next((way for pattern, way in _TEXTS if pattern.search(plain)), None)
    if found is None or (found.suffix == "xml" and _HIDDEN_COLUMN.search(data.replace(b"\x00", b""))):
        raise IntakeError("legacy_unknown")
    return found


def _named(stream: str) -> bytes:
    """The name of a stream as the directory of an old file has it: with the zeros behind it, so that no other begins like it."""
    return stream.encode("utf-16-le") + b"\x00\x00"


def _archived(data: bytes) -> Way | None:
    # The limits for what is packed hold before LibreOffice unpacks it.
    members = opened(data)
    if "xl/workbook.bin" in members:
        return _BINARY
    return _OPEN_DOCUMENT.get(members.get("mimetype", b"").strip())


def office() -> str:
    """The program. Raises `IntakeError` with `no_office`."""
    found = next(filter(None, map(shutil.which, _PROGRAMS)), None) or next((each for each in _PLACES if Path(each).is_file()), None)
    if found is None:
        raise IntakeError("no_office")
    return found


def _profiled(profile: Path) -> None:
    """Write the settings of a new user."""
    items = "".join(
        f'<item oor:path="/{path}"><prop oor:name="{key}" oor:op="fuse"><value>{value}</value></prop></item>'
        for path, key, value in sorted(_SETTINGS)
    )
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(
        f'<?xml version="1.0" encoding="UTF-8"?>\n<oor:items xmlns:oor="http://openoffice.org/2001/registry">{items}</oor:items>\n', "utf-8"
    )


def _command(program: str, folder: Path, source: Path, way: Way) -> list[str]:
    return [
        program,
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        *("--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck", "--nofirststartwizard"),
        f"--infilter={way.filter}",
        *("--convert-to", f"{way.target}:{_FILTERS[way.target]}", "--outdir", str(folder / "out"), str(source)),
    ]


def _run(command: list[str], folder: Path) -> None:
    """Run LibreOffice to its end; whatever it started ends with it."""
    environment = {key: value for key, value in os.environ.items() if key in ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "SystemRoot")}
    environment |= {key: str(folder) for key in ("HOME", "TMPDIR", "TEMP", "TMP", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR")}
    # Without a locale it takes the characters of file names for question marks.
    environment.setdefault("LC_ALL", "C.UTF-8")
    process = subprocess.Popen(  # noqa: S603 (the words are ours, but for the place of the program)
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env=environment,
        start_new_session=True,
    )
    try:
        _limit(process)
        process.wait(SECONDS)
    except subprocess.TimeoutExpired:
        raise IntakeError("legacy_slow", seconds=str(SECONDS)) from None
    finally:
        _end(process)


def _limit(process: subprocess.Popen[bytes]) -> None:
    """No file that it writes may be longer than the limit, where the system can say so."""
    if sys.platform == "linux":
        import resource  # noqa: PLC0415 (there is none on Windows)

        with suppress(ProcessLookupError):
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (2 * MOST_BYTES, 2 * MOST_BYTES))


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the program with everything it started, and wait until it is gone."""
    if sys.platform == "win32":
        process.kill()
    else:
        # The group has the number of its first process, and is there as long as any of it runs.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _checked(path: Path, target: str) -> bytes:
    """What was written, if it is what was asked for."""
    if not path.is_file() or not path.stat().st_size:
        raise IntakeError("legacy_failed")
    if path.stat().st_size > MOST_BYTES:
        raise IntakeError("legacy_large")
    data = path.read_bytes()
    if _PARTS[target] not in opened(data):
        raise IntakeError("legacy_failed")
    return data


def filters() -> Iterator[tuple[str, str]]:
    """Names of the filters that are asked of LibreOffice, each with what it opens, for whoever checks that it knows them."""
    for way in (*(way for _, way in _STREAMS), _BINARY, _RTF, *(way for _, way in _TEXTS), *_OPEN_DOCUMENT.values()):
        yield way.suffix, way.filter
