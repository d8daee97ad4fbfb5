"""A terminal: a command runs in one of its own, with answers typed into it, and what it showed becomes a page to take a picture of."""

from __future__ import annotations

import os
import re
import select
import subprocess
import time
from html import escape
from typing import TYPE_CHECKING

from patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

COLUMNS = 96
PROMPT = b"> "
_STYLE = re.compile(r"\x1b\[([0-9;]*)m")
_CLASSES = {
    "1": "bold",
    "2": "faint",
    "4": "underlined",
    "31": "red",
    "32": "green",
    "33": "yellow",
    "34": "blue",
    "35": "violet",
    "36": "cyan",
}
_PAGE = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; background: #1e1e1e; }}
pre {{ margin: 0; padding: 14px 16px; width: {columns}ch; font: 14px/1.5 "DejaVu Sans Mono", "Noto Sans Mono CJK SC", monospace;
  font-family: "Noto Sans Mono CJK SC", monospace; color: #d4d4d4; white-space: pre-wrap; word-break: break-all; }}
.bold {{ font-weight: bold; }} .faint {{ color: #9a9a9a; }} .underlined {{ text-decoration: underline; }} .red {{ color: #f48771; }}
.green {{ color: #89d185; }} .yellow {{ color: #e5c07b; }} .blue {{ color: #6cb6ff; }} .violet {{ color: #d7a6ff; }} .cyan {{ color: #7fd6e0; }}
</style><pre>{text}</pre>"""


def shown(command: Sequence[str], told: str, *, cwd: Path, env: Mapping[str, str], answers: Sequence[str] = ()) -> str:
    """What stands on a terminal after a command: the line that was typed, what it printed, each answer where it was asked for."""
    # There are none on Windows, where no picture is taken.
    import fcntl  # noqa: PLC0415
    import pty  # noqa: PLC0415
    import struct  # noqa: PLC0415
    import termios  # noqa: PLC0415

    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 60, COLUMNS, 0, 0))
    process = subprocess.Popen(
        command, cwd=cwd, env={**env, "TERM": "xterm-256color"}, stdin=its, stdout=its, stderr=its, start_new_session=True
    )
    os.close(its)
    typed = iter(answers)
    seen = b""
    end = time.monotonic() + PATIENCE
    try:
        while time.monotonic() < end:
            ready, _, _ = select.select([ours], [], [], 0.2)
            try:
                piece = os.read(ours, 65_536) if ready else b""
            except OSError:  # the other side is closed
                break
            seen += piece
            if ready and not piece:
                break
            if not ready and seen.endswith(PROMPT):
                os.write(ours, next(typed).encode() + b"\n")
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    return f"$ {told}\n{seen.decode().replace(chr(13), '')}"


def page(text: str) -> str:
    """A page that shows a terminal as it stands."""
    made, open_ = [], False
    for index, part in enumerate(_STYLE.split(text.rstrip("\n"))):
        if index % 2 == 0:
            made.append(escape(part))
            continue
        if open_:
            made.append("</span>")
        classes = [_CLASSES[each] for each in part.split(";") if each in _CLASSES]
        open_ = bool(classes)
        if classes:
            made.append(f'<span class="{" ".join(classes)}">')
    return _PAGE.format(columns=COLUMNS, text="".join(made) + ("</span>" if open_ else ""))
