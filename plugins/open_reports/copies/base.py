"""What every copy has: files by their paths, each read piece by piece without trusting what is stated of it."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from functools import cache
from typing import TYPE_CHECKING, Self, TypeVar

from open_reports.errors import OpenReportsError
from open_reports.files.manifest import Entry
from open_reports.text import Text, reading, resource_text, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from types import TracebackType

PIECE = 1 << 20
"""Bytes that are read at a time."""
In = TypeVar("In")
Out = TypeVar("Out")


@cache
def messages() -> Mapping[str, Text]:
    """Messages about copies and exports, from `locales/verify.yml`. Raises `FormError` where one lacks a language."""
    name = "locales/verify.yml"
    with reading(name, resource_text(name)) as root:
        return {code: text_of(root.record(code)) for code in root.mapping}


def message(code: str, **values: object) -> Text:
    """Return a message in both languages with its values filled in."""
    text = messages()[code]
    return Text(zh=text.filled("zh", values), en=text.filled("en", values))


class CopyError(OpenReportsError):
    """A file, archive or address of a copy that cannot be read, or must not be.

    `file` is its path below the copy, empty for the copy itself; `code` the message's; `says` the message.
    """

    def __init__(self, file: str, code: str, **values: object) -> None:
        self.file = file
        self.code = code
        self.says = message(code, **values)
        super().__init__(f"{file}：{self.says.zh} / {self.says.en}")


class Copy(ABC):
    """A published copy. `name` is what its reader calls it; `faults` are what `paths` found and never opens, such as links."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.faults: list[CopyError] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:  # noqa: B027 (most copies hold nothing open)
        """Let go of what is open."""

    @abstractmethod
    def paths(self) -> frozenset[str] | None:
        """Every file by its path below the copy; None where nobody can list them."""

    @abstractmethod
    def pieces(self, path: str) -> Iterator[bytes]:
        """Content of a file, piece by piece. Raises `CopyError` where it is missing or cannot be read."""

    def read(self, path: str, most: int) -> bytes:
        """Content of a file of at most `most` bytes. Raises `CopyError`."""
        data = bytearray()
        # Counted while it is read: what a server or an archive states of a size is only a claim.
        for piece in self.pieces(path):
            data += piece
            if len(data) > most:
                raise CopyError(path, "copy.longer", expected=f"{most:,}")
        return bytes(data)

    def look(self, path: str, most: int) -> Entry:
        """Size and hash of a file, without keeping it. Raises `CopyError`, also where it has more than `most` bytes."""
        digest, size = hashlib.sha256(), 0
        for piece in self.pieces(path):
            size += len(piece)
            if size > most:
                raise CopyError(path, "file.size", expected=f"{most:,}", found=f"> {most:,}")
            digest.update(piece)
        return Entry(size, f"sha256:{digest.hexdigest()}")

    def has(self, path: str) -> bool:
        """Whether there is such a file."""
        return path in (self.paths() or ())

    def each(self, do: Callable[[In], Out], items: Iterable[In]) -> Iterator[Out]:
        """Do something with each item, in order."""
        return map(do, items)
