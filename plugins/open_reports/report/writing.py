"""How a package is written: what its descriptor declares, its tables as CSV, a new package's files."""

from __future__ import annotations

import csv
import errno
import hashlib
import io
import json
import os
import re
import secrets
import shutil
import time
from functools import cache
from typing import TYPE_CHECKING, Any

from open_reports import gate
from open_reports.form import Forms, TableForm, forms, section_title
from open_reports.report.model import PROFILE, Source, table_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path


def resources(known: Forms, form_of: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the `resources` that a package with these forms (table to form id) must declare, to the letter."""
    # Section one and the notes are no statutory table: a stroke is no value of theirs.
    missing = [entry for entry in known.common.missing_values() if entry["value"] == ""]
    statutory = [known[form_of[table]].tables[table] for table in known.tables if table in form_of]
    return [
        *(_resource(form.id, section_title(form.section, form.title.zh, "zh"), form.schema()) for form in statutory),
        *(_resource(free.id, free.title.zh, free.schema(missing)) for free in (known.common.overview, known.common.notes)),
    ]


def _resource(name: str, title: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "type": "table",
        "title": title,
        "path": table_path(name),
        "format": "csv",
        "mediatype": "text/csv",
        # Stated though it is the standard's default: tools that guess took GB18030 for sound, and showed other characters.
        "encoding": "utf-8",
        # Written out in each package, which must stand alone when it is passed on; frictionless refuses a path to one above it,
        # too.
        "schema": schema,
    }


@cache
def declared(form_of: tuple[tuple[str, str], ...]) -> list[dict[str, Any]]:
    """Return the resources of a package with these forms, made once for each combination; not to be changed.

    Combinations that declare the same (tables that two forms print alike) share one list, so that `is` compares them.
    """
    value = resources(forms(), dict(form_of))
    return _shared(json.dumps(value), value)


_by_content: dict[str, list[dict[str, Any]]] = {}


def _shared(content: str, value: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return _by_content.setdefault(content, value)


def file_hash(data: bytes) -> str:
    """Hash of a file as a data package writes it."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    """Rows as CSV (RFC 4180, each line ended by a line feed), without spreadsheet escapes."""
    stream = io.StringIO()
    # RFC 4180 allows more than one spelling of a cell; the writer quotes only where it must, so that equal figures are equal
    # bytes and a correction is one line of a diff.
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue()


def plain_csv(text: str, place: str) -> str:
    """A table as it is published, whatever spreadsheet saved it: rows that hold nothing left out, quoted only where it must be.

    Stock tools take a byte-order mark for part of the first head, and a blank row for a line without a name: what is published
    must not depend on the program that somebody mended a figure with. A text that is no table is returned as it is.
    """
    head, last = text[: text.find("\n")], text[text.rfind("\n", 0, -1) + 1 :]
    # Nearly every table is spelt so already, and none is parsed twice.
    if '"' not in text and text.endswith("\n") and last.strip(",\n") and not head.endswith(","):
        return text
    rows, faults = gate.grid(text, place)
    return text if faults or not rows else csv_text(rows)


def table_rows(
    form: TableForm, labels: Mapping[str, str], cell: Callable[[str, str], str], absent: Iterable[str] = ()
) -> Iterator[Sequence[str]]:
    """Rows of a statutory table's CSV file: header, then each line with its label and the text of each cell."""
    yield form.header
    left_out = set(absent)
    for line in form.lines.values():
        if line.id not in left_out:
            # A line that the report leaves out is left out here: a blank row would say that it was printed and not filled in.
            cells = (cell(line.id, column) if column in line.columns else "" for column in form.columns)
            yield (line.id, labels.get(line.id, line.label.zh), *cells)


def descriptor(  # noqa: PLR0913 (a package has that many facts, all of them named)
    *,
    agency: str,
    year: int,
    title: str,
    sources: Sequence[Source],
    form_of: Mapping[str, str],
    created: str,
    version: str = "1.0.0",
    scope: str = "own",
    published: str | None = None,
    absent: Sequence[str] = (),
    explanations: Sequence[Mapping[str, str]] = (),
) -> dict[str, Any]:
    """Return the descriptor of a package as it is kept (Data Package v2)."""
    return {
        "$schema": PROFILE,
        "name": f"{agency}-{year}",
        "title": title,
        "licenses": [{"name": "CC0-1.0", "title": "CC0 1.0 Universal", "path": "https://creativecommons.org/publicdomain/zero/1.0/"}],
        "sources": [source._asdict() for source in sources],
        "contributors": [{"title": "Open Reports", "role": "wrangler"}],
        "version": version,
        "created": created,
        "resources": resources(forms(), form_of),
        "report": {
            "agency": agency,
            "year": year,
            "scope": scope,
            "forms": dict(form_of),
            "published": published,
            "absent": list(absent),
            "explanations": list(explanations),
            "revisions": [],
        },
    }


def json_text(value: object) -> str:
    """JSON as packages keep it: indented, Chinese readable, final line break."""
    # `descriptor.parsed` knows the resources again by this spelling; in another it still reads them, ten times as slowly.
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def write(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Write a new folder with its files (path below it to content), whole or not at all.

    Raises `FileExistsError` where the folder exists, so that no package is ever overwritten.
    """
    # From the first folder that is missing: what comes to nothing leaves no empty folder of an agency behind.
    top = folder
    while not top.parent.exists():
        top = top.parent
    if folder.exists() or folder.is_symlink():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(folder))
    # Beside its place, so on its file system: only there is a rename one step (POSIX).
    staged = top.parent / f".{top.name}.{secrets.token_hex(4)}"
    inside = staged / folder.relative_to(top)
    try:
        inside.mkdir(parents=True)
        for path, content in files.items():
            (inside / path).parent.mkdir(parents=True, exist_ok=True)
            (inside / path).write_bytes(_bytes(content))
        _moved(staged, top)
    except BaseException as error:  # a keyboard interrupt, too, must leave nothing behind
        shutil.rmtree(staged, ignore_errors=True)
        if isinstance(error, OSError):
            error.filename = str(folder)  # what was asked for: nobody knows the folder beside it
        raise


def rewrite(file: Path, content: str | bytes, *, mode: int | None = None) -> None:
    """Put a file in the place of one, whole or not at all: whoever stops the program, or the disk, leaves the old one.

    `mode` is given to it before anybody sees it; that of any new file unless given.
    """
    replace_all({file: content}, mode=mode)


def replace_all(files: Mapping[Path, str | bytes], *, mode: int | None = None) -> None:
    """Put files in the places of others, each whole or not at all, and none before all of them are on the disk, in their order."""
    staged: dict[Path, Path] = {}
    file = next(iter(files))
    try:
        for file, content in files.items():
            staged[file] = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
            with staged[file].open("wb") as stream:
                stream.write(_bytes(content))
                stream.flush()
                # Without it, a machine that loses its power may keep the new name and not what it stands for.
                os.fsync(stream.fileno())
            if mode is not None:
                staged[file].chmod(mode)
        for file, beside in staged.items():
            _moved(beside, file)
    except BaseException as error:
        for beside in staged.values():
            beside.unlink(missing_ok=True)
        if isinstance(error, OSError):
            error.filename = str(file)
        raise


HALF_WRITTEN = re.compile(r"\..+\.[0-9a-f]{8}")
"""Name of a file that was not put in its place, because the program was killed."""
_WAITS = (0.05, 0.2, 0.5) if os.name == "nt" else ()
"""Seconds to wait before Windows is asked again."""


def _moved(staged: Path, place: Path) -> None:
    """Put what was written in its place. Raises `OSError`."""
    for wait in _WAITS:
        try:
            staged.replace(place)
        except PermissionError:
            # Windows moves nothing that anybody has open: a virus scanner for a moment, a spreadsheet for as long as it shows it.
            time.sleep(wait)
        else:
            return
    staged.replace(place)


def _bytes(content: str | bytes) -> bytes:
    # One line end everywhere: written as text, Windows would make two characters of it, and one package would have two hashes.
    return content.encode() if isinstance(content, str) else content
