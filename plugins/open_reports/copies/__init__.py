"""Copies: published data wherever they lie, in a folder, a zip or on the web, read without trusting them.

Nothing outside the folder, the archive or the site's own address is ever opened, and nothing larger than was expected is
read to its end. Nothing here knows what the files mean.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from open_reports.copies.base import Copy, CopyError, message, messages
from open_reports.copies.disk import ARCHIVE_FAULTS, FolderCopy, ZipCopy
from open_reports.copies.web import GONE, WebCopy
from open_reports.errors import DocumentError
from open_reports.files.manifest import MOST_BYTES, PATH, parse

if TYPE_CHECKING:
    from open_reports.files.manifest import Stated

__all__ = [
    "ARCHIVE_FAULTS",
    "GONE",
    "Copy",
    "CopyError",
    "FolderCopy",
    "WebCopy",
    "ZipCopy",
    "message",
    "messages",
    "open_copy",
    "stated_manifest",
]


def open_copy(where: str | os.PathLike[str]) -> Copy:
    """Open a published copy: a folder, a zip, or an http(s) address. Raises `CopyError` where there is none, or none that is safe."""
    text = os.fspath(where)
    if "://" in text:
        return WebCopy(text)
    path = Path(text)
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:  # ValueError: a NUL in the name
        raise CopyError("", "copy.none") from error
    except OSError as error:
        raise CopyError("", "copy.unreadable", found=error.strerror or type(error).__name__) from error
    if stat.S_ISDIR(mode):
        return FolderCopy(path)
    if stat.S_ISREG(mode):
        return ZipCopy(path)
    raise CopyError("", "copy.none")


def stated_manifest(copy: Copy) -> Stated:
    """Read the manifest of a copy. Raises `CopyError` where it is missing or broken."""
    try:
        return parse(copy.read(PATH, MOST_BYTES))
    except DocumentError as error:
        raise CopyError(PATH, "manifest.broken", found=error.values.get("found", error.code)) from error
