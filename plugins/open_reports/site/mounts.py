"""Mounts: which folders cannot be renamed, because another file system, or a part of one, is mounted there."""

from __future__ import annotations

import os
import re
from pathlib import Path

_TABLE = Path("/proc/self/mountinfo")
_ESCAPED = re.compile(rb"\\([0-7]{3})")


def mounted(folder: Path) -> bool:
    """Whether something is mounted at a folder, bound from the same file system included."""
    return os.path.ismount(folder) or os.fspath(folder) in _points()


def mounted_below(folder: Path) -> str:
    """A folder below at which something is mounted; empty for none."""
    start = os.path.join(folder, "")  # noqa: PTH118 (with the slash at its end, which the root has by itself)
    return min((point.removeprefix(start) for point in _points() if point.startswith(start)), default="")


_PLACE = 4
"""The fifth field of a line is the place (proc_pid_mountinfo(5))."""


def _points() -> frozenset[str]:
    # Linux alone tells of folders bound from the same file system; elsewhere there are none.
    try:
        table = _TABLE.read_bytes()
    except OSError:
        return frozenset()
    # A blank in the place is written as its octal number.
    fields = [line.split(b" ") for line in table.splitlines()]
    return frozenset(
        os.fsdecode(_ESCAPED.sub(lambda match: bytes([int(match[1], 8)]), each[_PLACE])) for each in fields if len(each) > _PLACE
    )
