"""Guard: reads a file in a process of its own with limits, so that no file can hang, fill or bring down the one who imports it.

The file is opened once and read once, at most one byte beyond the limit; what is read later is what was looked at. The child gets it as a
file without a name, answers in another, inherits nothing else and leads a session that is killed whole: nothing stays behind.
On Windows only the size of the file, of the answer and the clock are limited, and only the child itself is killed; no reader starts any other.
LibreOffice, for files of older programs, runs beside it with limits of its own (`legacy.py`); what it makes is read by another child.
"""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from stat import S_ISREG
from typing import IO, TYPE_CHECKING, Any

from open_reports.errors import IntakeError
from open_reports.intake import legacy
from open_reports.intake.answer import NONSENSE, checked, scanned
from open_reports.intake.child import NO_ROOM, OUT_OF_MEMORY, TOO_MUCH, Limits
from open_reports.intake.own.given import Own

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from open_reports.intake.grid import Manuscript

CHILD = "open_reports.intake.child"
"""Module whose `main` reads the file."""
LIMITS = Limits()

_START = "import importlib, json, sys; sys.path[:] = json.loads(sys.argv.pop(1)); importlib.import_module(sys.argv.pop(1)).main()"
"""The child looks for modules where its parent does: in a checkout, a wheel or an archive, whatever the environment says."""


def manuscript(path: Path, limits: Limits = LIMITS) -> Manuscript:
    """What a file says that is no output of ours. Raises `IntakeError` as `read` does, and where it is one."""
    found = read(path, limits)
    if isinstance(found, Own):
        raise IntakeError("own_here")
    return found


def read(path: Path, limits: Limits = LIMITS) -> Manuscript | Own:
    """What a file says, or the package that it was made of if it is an output of ours.

    Raises `IntakeError` where it is not there, of no kind that is read, or cannot be read within the limits.
    """
    data = content(path, limits)
    answer = _asked(data, limits)
    if "legacy" in answer:
        answer = _asked(_converted(data), limits)
        if "legacy" in answer:
            raise IntakeError("legacy_failed")
    if "scan" in answer:
        answer = _asked(data, limits.scanning(scanned(answer)))
    return checked(answer)


def _converted(data: bytes) -> bytes:
    """What LibreOffice makes of a file of an older program."""
    try:
        return legacy.converted_bytes(data)[1]
    except OSError as error:
        raise _no_start(error) from None


def _no_start(error: OSError) -> IntakeError:
    """The disk is full, or no process can be started: that is not the fault of the file."""
    return IntakeError("read_not_started", what=error.strerror or type(error).__name__)


# -- the file -----------------------------------------------------------------------------------------------------------------


def content(path: Path, limits: Limits = LIMITS) -> bytes:
    """The bytes of a file, if it is one and not too large. Raises `IntakeError`."""
    try:
        # Opening a pipe would wait for whoever writes to it.
        with open(path, "rb", opener=_at_once) as file:
            state = os.fstat(file.fileno())
            if not S_ISREG(state.st_mode):
                raise IntakeError("file_special")
            if state.st_size <= limits.size and len(data := file.read(limits.size + 1)) <= limits.size:
                return data
    except (FileNotFoundError, NotADirectoryError, ValueError):
        raise IntakeError("file_missing") from None
    except OSError as error:
        # Windows calls it a want of permission to open a folder. A path's own `is_dir` raises some errors.
        if os.path.isdir(path):  # noqa: PTH112 (as just said)
            raise IntakeError("file_folder") from None
        raise IntakeError("file_unreadable", why=error.strerror or type(error).__name__) from None
    raise IntakeError("file_too_large", most=str(limits.size // 1_000_000))


def _at_once(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


# -- the child ----------------------------------------------------------------------------------------------------------------


def _asked(data: bytes, limits: Limits) -> Mapping[str, Any]:
    """What the child answers to these bytes."""
    try:
        with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as answer:
            source.write(data)
            source.seek(0)
            status = _run(source, answer, limits)
            _fail(status, limits)
            answer.seek(0)
            text = answer.read(limits.answer + 1)
    except OSError as error:
        raise _no_start(error) from None
    if len(text) > limits.answer:
        raise IntakeError("read_too_much", most=str(limits.answer // 1_000_000))
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise IntakeError("read_failed", what=NONSENSE) from None
    return found if isinstance(found, dict) else {}


def _run(source: IO[bytes], answer: IO[bytes], limits: Limits) -> int:
    """How the child ended, with whatever it started."""
    process = subprocess.Popen(  # noqa: S603 (our own module)
        command(limits), stdin=source, stdout=answer, stderr=subprocess.DEVNULL, close_fds=True, start_new_session=True
    )
    try:
        return process.wait(limits.clock)
    except subprocess.TimeoutExpired:
        raise IntakeError("read_too_long", seconds=str(limits.clock)) from None
    finally:
        _end(process)


def command(limits: Limits = LIMITS) -> list[str]:
    """What starts the child, which takes the file from its standard input."""
    places = json.dumps([os.path.abspath(each) for each in sys.path])  # noqa: PTH100 (the entries of sys.path are texts)
    return [sys.executable, "-I", "-c", _START, places, CHILD, *map(str, limits)]


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the child with all that it started, and wait until it is gone."""
    if sys.platform == "win32":
        process.kill()
    else:
        # The group has the number of its first process, and is there as long as any of it runs.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _fail(status: int, limits: Limits) -> None:
    """Raise what the end of the child tells, if it is no good end."""
    if status == OUT_OF_MEMORY:
        raise IntakeError("read_memory", most=str(limits.memory // 1_000_000))
    if status == TOO_MUCH:
        raise IntakeError("read_too_much", most=str(limits.answer // 1_000_000))
    if status == NO_ROOM:
        raise _no_start(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
    if sys.platform != "win32" and status == -signal.SIGXCPU:
        raise IntakeError("read_too_long", seconds=str(limits.processor))
    if status:
        raise IntakeError("read_crashed", status=str(status))
