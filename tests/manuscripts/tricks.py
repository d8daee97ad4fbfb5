"""A child of the guard whose reader of text does what the text says: it sleeps, eats, floods, dies, tells how it is bound.

The guard starts it in place of its own where a test sets `guard.CHILD` to this module. Nothing here harms whoever runs it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from open_reports.errors import IntakeError
from open_reports.intake import child
from open_reports.intake.grid import Drawn, Manuscript, Paragraph, TooLargeError, placed

if TYPE_CHECKING:
    from collections.abc import Callable


def main() -> None:
    """Run the child with the reader below for text."""
    child.READERS["text"] = "manuscripts.tricks"
    child.main()


def read(data: bytes) -> Manuscript:
    """Do what the text says: a word and, behind a blank, what it is done with."""
    word, _, more = data.decode().partition(" ")
    return _said(str(TRICKS[word](more) or ""))


def _said(text: str) -> Manuscript:
    return Manuscript(kind="text", blocks=(Paragraph(text=text, place=""), placed([[Drawn("1", "R1C1")]], "表1")))


def _sleep(_: str) -> None:
    time.sleep(600)


def _spin(_: str) -> None:
    while True:
        pass


def _eat(_: str) -> None:
    held = []
    while True:
        held.append(bytearray(10_000_000))


def _flood(_: str) -> str:
    return "1" * 3_000_000


def _chatter(_: str) -> None:
    os.write(1, b"noise\n")
    print("noise")  # noqa: T201 (that is the trick)


def _die(_: str) -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def _leave(status: str) -> None:
    os._exit(int(status))


def _open(count: str) -> None:
    held = [Path(os.devnull).open("rb") for _ in range(int(count))]  # noqa: SIM115 (all at once is the trick)
    for each in held:
        each.close()


def _spawn(note: str) -> None:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    Path(note).write_text(f"{os.getpid()} {process.pid}")
    time.sleep(600)


def _refuse(_: str) -> None:
    raise IntakeError("table_too_large", place="表9")


def _large(_: str) -> None:
    raise TooLargeError("表8")


def _miss(name: str) -> None:
    raise ModuleNotFoundError(name=name)


def _err(_: str) -> None:
    raise KeyError("what nobody foresaw")


def _write(name: str) -> None:
    Path(name).write_bytes(bytes(3_000_000))


def _bound(_: str) -> str:
    """How it is bound and what it sees."""
    import resource  # noqa: PLC0415 (there is none on Windows)

    names = ("FSIZE", "CPU", "NOFILE", "NPROC", "CORE", "AS")
    limits = {name: resource.getrlimit(getattr(resource, f"RLIMIT_{name}"))[0] for name in names}
    seen = {"limits": limits, "files": _files(), "leads": os.getsid(0) == os.getpid(), "isolated": sys.flags.isolated}
    return json.dumps(seen | {"modules": sorted(sys.modules)})


def _files() -> list[int]:
    found = []
    for number in range(64):
        try:
            os.fstat(number)
        except OSError:
            continue
        found.append(number)
    return found


TRICKS: dict[str, Callable[[str], object]] = {
    "bound": _bound,
    "chatter": _chatter,
    "die": _die,
    "eat": _eat,
    "err": _err,
    "flood": _flood,
    "large": _large,
    "leave": _leave,
    "miss": _miss,
    "open": _open,
    "refuse": _refuse,
    "sleep": _sleep,
    "spawn": _spawn,
    "spin": _spin,
    "write": _write,
}
