"""Child: reads one file within limits and answers in JSON; `guard.py` starts it, apart, and kills it. Nothing else imports it.

It takes the bytes of the file from its standard input and imports the reader of their kind only, so that a page costs no PDF library.
What it answers is one object with one key: `manuscript`; `own`, the package that an output of ours was made of; `legacy` (LibreOffice must convert the file first); `refused`, the
code of a sentence, with its `values`; `scan`, how many pages a file has that are pictures (it needs other limits); `failed`, the name of a fault that no reader foresaw, with its `place` in the program.
"""

from __future__ import annotations

import errno
import importlib
import json
import os
import sys
import traceback
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

from open_reports.errors import IntakeError
from open_reports.intake.grid import TooLargeError
from open_reports.intake.kinds import kind

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from open_reports.intake.grid import Manuscript

OUT_OF_MEMORY, TOO_MUCH, NO_ROOM = 71, 72, 73
"""How it ends where it cannot even answer: for want of memory, because the answer is longer than it may be, or the disk has no room for it."""

OWN = frozenset(("zip", "xlsx", "html"))
"""Kinds of our own outputs."""
READERS = {name: f"open_reports.intake.readers.{name}" for name in ("html", "mhtml", "text", "docx", "xlsx", "ods", "pdf", "scan")}
"""Module of each kind that is read; its `read` takes bytes and gives a manuscript."""
UNREADABLE = frozenset(("archive", "empty", "encrypted", "ofd", "slides", "unknown", "zip"))
"""Kinds that are refused, each with a sentence of its own: `kind_` and its name."""


class Limits(NamedTuple):
    """What one file may cost. Windows knows only the first and the last."""

    size: int = 50_000_000
    """Bytes of the file."""
    answer: int = 20_000_000
    """Bytes of the answer, and of any file that is written; a report's is a tenth of a million."""
    memory: int = 1_500_000_000
    """Bytes of address space."""
    processor: int = 60
    """Seconds on the processor."""
    files: int = 64
    """Files that are open at once."""
    processes: int = 0
    """Processes and threads that are started: no reader needs any. Linux asks this of every user but root."""
    clock: int = 90
    """Seconds by the clock."""
    scan: int = 0
    """Whether it may be read as a scan: 0 says only how many pages it would have."""

    def scanning(self, pages: int) -> Limits:
        """Those for so many pages of a scan: engines take room for their models, a process of their own, and their time."""
        seconds = _BEFORE + _A_PAGE * pages
        return self._replace(memory=_ENGINES, processor=_CORES * seconds, files=2 * self.files, processes=_PROCESSES, clock=seconds, scan=1)


_ENGINES = 2_000_000_000
"""Bytes of address space of the engines: they use half of it, and a quarter of it as memory."""
_BEFORE, _A_PAGE = 60, 120
"""Seconds to load the models, and for each page."""
_CORES = 4
"""Processors that engines use at once."""
_PROCESSES = 10_000
"""Linux counts all that the user runs, not those of the child alone."""


def main() -> None:
    """Read standard input within the limits that the arguments name, and answer on standard output."""
    limits = Limits(*map(int, sys.argv[1:]))
    _bind(limits)
    # Whatever else a library prints must not stand in the answer.
    answer = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    try:
        text = answered(sys.stdin.buffer.read(limits.size + 1), limits)
        with os.fdopen(answer, "wb") as file:
            file.write(text.encode())
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except OSError as error:
        os._exit(NO_ROOM if error.errno in {errno.ENOSPC, errno.EDQUOT} else TOO_MUCH)


def answered(data: bytes, limits: Limits) -> str:
    """The answer to a file. Raises `MemoryError`, for which no answer may be left."""
    try:
        return _read(data, limits)
    except IntakeError as error:
        return json.dumps({"refused": error.code, "values": error.values})
    except TooLargeError as error:
        return json.dumps({"refused": "table_too_large", "values": {"place": str(error)}})
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 (a fault of a reader is told as one sentence, whatever it is)
        return _failed(error)


def _failed(error: Exception) -> str:
    """The answer to what no reader foresaw; a library that is not installed is foreseen here, for all of them."""
    if isinstance(error, ModuleNotFoundError) and (error.name or "").partition(".")[0] != __package__.partition(".")[0]:
        return json.dumps({"refused": "extra", "values": {}})
    # Where in our own program it happened tells more than where in a library.
    own = [each for each in traceback.extract_tb(error.__traceback__) if "open_reports" in each.filename]
    return json.dumps({"failed": type(error).__name__, "place": f"{PurePath(own[-1].filename).name}:{own[-1].lineno}"})


def _read(data: bytes, limits: Limits) -> str:
    """The answer where all goes well."""
    if len(data) > limits.size:
        raise IntakeError("file_too_large", most=str(limits.size // 1_000_000))
    name = kind(data)
    if name == "legacy":
        return json.dumps({"legacy": True})
    if name in OWN and (package := importlib.import_module("open_reports.intake.own").package(data, name)) is not None:
        return f'{{"own": {package.json()}}}'
    if name in UNREADABLE:
        raise IntakeError(f"kind_{name}")
    if name == "picture":
        return _scanned(data, name, limits)
    reader: Callable[[bytes], Manuscript] = importlib.import_module(READERS[name]).read
    try:
        return f'{{"manuscript": {reader(data).json()}}}'
    except IntakeError as error:
        if error.code != "pdf_scan":
            raise
        return _scanned(data, name, limits)


def _scanned(data: bytes, name: str, limits: Limits) -> str:
    """The answer to a file whose pages are pictures: how many, or what stands on them."""
    if not limits.scan:
        pages: int = importlib.import_module("open_reports.intake.readers.pictures").count(data, name)
        return json.dumps({"scan": pages})
    reader: Callable[[bytes, str], Manuscript] = importlib.import_module(READERS["scan"]).read
    return f'{{"manuscript": {reader(data, name).json()}}}'


def _bind(limits: Limits) -> None:
    """Bind this process to the limits, where the system has any."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 (there is none on Windows)
    import signal  # noqa: PLC0415 (as above)

    most = {
        resource.RLIMIT_FSIZE: limits.answer,
        resource.RLIMIT_CPU: limits.processor,
        resource.RLIMIT_NOFILE: limits.files,
        resource.RLIMIT_NPROC: limits.processes,
        resource.RLIMIT_CORE: 0,
    }
    if sys.platform != "darwin":
        # macOS takes this one for a fault.
        most[resource.RLIMIT_AS] = limits.memory
    for each, value in most.items():
        _lower(resource, each, value)
    # Its own clock, for the case that whoever started it was killed and cannot end it.
    signal.alarm(limits.clock + 10)


def _lower(resource: ModuleType, which: int, most: int) -> None:
    _, hard = resource.getrlimit(which)
    least = most if hard == resource.RLIM_INFINITY else min(most, hard)
    # A little above for good, so that the signal that names the limit comes before the one that names nothing.
    above = least + 5 if which == resource.RLIMIT_CPU and hard == resource.RLIM_INFINITY else least
    resource.setrlimit(which, (least, above))
