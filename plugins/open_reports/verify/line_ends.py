"""Line ends: whether a file differs from what was published in nothing but these, as a clone with `core.autocrlf` does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from open_reports.copies import Copy, CopyError
from open_reports.files.manifest import Entry

if TYPE_CHECKING:
    from open_reports.verify.verdict import Verdict


def converted(data: bytes, stated: Entry) -> bool:
    """Whether some bytes become the file that is stated when their line ends are changed back."""
    plain = data.replace(b"\r\n", b"\n")
    return any(Entry.of(each) == stated for each in (plain, plain.replace(b"\n", b"\r\n")))


def converted_in(copy: Copy, path: str, stated: Entry) -> bool:
    """The same of a file of a copy; False where it cannot be read."""
    try:
        # A line end of two bytes in the place of one makes a file at most twice as large.
        return converted(copy.read(path, 2 * stated.size), stated)
    except CopyError:
        return False


def tell(verdict: Verdict, paths: list[str]) -> None:
    """Note files of which only the line ends were converted: once for all, with the cause, for each by itself would hide it."""
    if paths:
        verdict.add("", "file.line_ends", count=f"{len(paths):,}", found=paths[0])
