"""Zip archives of files that are packed once, however many archives hold them: the same bytes as `zipfile` writes, which cannot be given any packed.

Every file of a package stands in the archive of its report and in that of the corpus (`benchmarks build`, lines w1 and e).
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, NamedTuple

from open_reports.errors import PublishError

if TYPE_CHECKING:
    from collections.abc import Mapping

_DAY = 1 << 5 | 1
"""1 January 1980 as MS-DOS counts, the earliest date that a zip can state: archives must not depend on when they are made."""
_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s4B4H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_END_LARGE = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_UNIX = 3
"""System that is stated, so that the bytes do not tell the builder's."""
_VERSION, _LARGE = 20, 45
"""Version of the format that is needed to unpack a file that is packed, and an archive with more files than 16 bits can count."""
_PACKED = 8
_UTF8 = 0x800
_MODE = 0o644 << 16  # without it, what a server unpacks only its owner may read
_MOST_FILES = 0xFFFF
_MOST_BYTES = 0x7FFFFFFF


class Packed(NamedTuple):
    """A file as an archive holds it: sum and size of its content, and this packed."""

    crc: int
    size: int
    data: bytes

    @classmethod
    def of(cls, content: bytes) -> Packed:
        """Pack a file."""
        packer = zlib.compressobj(zlib.Z_DEFAULT_COMPRESSION, zlib.DEFLATED, -zlib.MAX_WBITS)
        return cls(zlib.crc32(content), len(content), packer.compress(content) + packer.flush())


def zipped(files: Mapping[str, Packed]) -> bytes:
    """Zip of files by their paths in it, sorted, so that the bytes do not depend on who gathered them in which order.

    Raises `PublishError` where it would not fit into two gigabytes.
    """
    parts: list[bytes] = []
    listed: list[bytes] = []
    at = 0
    for path in sorted(files):
        crc, size, data = files[path]
        name = path.encode()
        flags = 0 if path.isascii() else _UTF8
        parts += (_LOCAL.pack(b"PK\3\4", _VERSION, flags, _PACKED, 0, _DAY, crc, len(data), size, len(name), 0), name, data)
        said = (_VERSION, _UNIX, _VERSION, 0, flags, _PACKED, 0, _DAY, crc, len(data), size, len(name), 0, 0, 0, 0, _MODE, at)
        listed += (_CENTRAL.pack(b"PK\1\2", *said), name)
        at += _LOCAL.size + len(name) + len(data)
        if max(at, size) > _MOST_BYTES:
            message = f"an archive of more than two gigabytes: {path}"
            raise PublishError(message)
    count, length = len(files), sum(map(len, listed))
    end = b""
    if count > _MOST_FILES:
        end = _END_LARGE.pack(b"PK\6\6", _END_LARGE.size - 12, _LARGE, _LARGE, 0, 0, count, count, length, at)
        end += _LOCATOR.pack(b"PK\6\7", 0, at + length, 1)
    few = min(count, _MOST_FILES)
    return b"".join((*parts, *listed, end, _END.pack(b"PK\5\6", 0, 0, few, few, length, at, 0)))
