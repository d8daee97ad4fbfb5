"""Signature: what stands beside a manifest to prove who published it, in the format of minisign, which anybody's minisign reads.

Only its form is read here, and whose it says it is; whether it is true, `verify/minisign.py` asks the tool. The manifest states a
hash of every data file, so that its signature is one of them all; of pages it says nothing.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, NamedTuple

from open_reports.copies.base import CopyError
from open_reports.document import shown
from open_reports.files import manifest

if TYPE_CHECKING:
    from pathlib import Path

PATH = f"{manifest.PATH}.minisig"
"""Where it stands below the site: by minisign's own name, so that the tool needs to be told nothing."""
MOST_BYTES = 20_000
"""Bytes that a signature or a key may have; minisign's own comments have 8,192 at most."""

BEGINNING = b"untrusted comment:"
"""What every file of minisign begins with."""
_TRUSTED = "trusted comment: "
_OF = re.compile(r"(?<!\S)manifest:(sha256:[0-9a-f]{64})(?!\S)", re.ASCII)
_KEY, _SECRET, _SIGNED, _COMMENTED = 42, 158, 74, 64
"""Bytes of a public key, a secret key, a signature of a file, and one of a comment."""
_LINES = 4


class Signature(NamedTuple):
    """A signature by its form: id of its key as minisign prints it, trusted comment, hash of the manifest that this names, or empty."""

    key: str
    comment: str
    of: str


class PublicKey(NamedTuple):
    """A public key: its id as minisign prints it, and the key as minisign takes it."""

    id: str
    text: str


def comment(signed: str, seconds: int, hash_: str) -> str:
    """Return the trusted comment of a manifest with a hash, signed at a time, which is given as a date and in seconds, as minisign does."""
    return f"timestamp:{seconds}\tfile:{manifest.PATH.rpartition('/')[2]}\tsigned:{signed}\tmanifest:{hash_}"


def parse(data: bytes) -> Signature:
    """Read a signature. Raises `CopyError` where it has another form."""
    lines = data[:MOST_BYTES].decode("utf-8", "replace").splitlines()
    signed = _decoded(lines[1]) if len(lines) == _LINES else b""
    whole = data.startswith(BEGINNING) and len(signed) == _SIGNED and signed[:2] in {b"Ed", b"ED"}
    if not whole or not lines[2].startswith(_TRUSTED) or len(_decoded(lines[3])) != _COMMENTED:
        raise CopyError(PATH, "sign.broken")
    trusted = lines[2].removeprefix(_TRUSTED)
    of = _OF.search(trusted)
    return Signature(_id(signed), trusted, of[1] if of else "")


def public_key(given: str | Path) -> PublicKey:
    """Read a public key from its file, or from the key itself. Raises `CopyError` where it is none."""
    text = str(given)
    key = _decoded(text)
    if len(key) != _KEY:
        try:
            with open(given, "rb") as stream:  # noqa: PTH123 (what is given may be no path at all)
                data = stream.read(MOST_BYTES)
        except (OSError, ValueError) as error:  # ValueError: a NUL in the name
            raise CopyError(shown(text, 200), "sign.key") from error
        lines = data.decode("utf-8", "replace").split("\n")
        text = lines[1].strip() if data.startswith(BEGINNING) and len(lines) > 1 else data.decode("utf-8", "replace").strip()
        key = _decoded(text)
        if len(key) == _SECRET:
            raise CopyError(shown(str(given), 200), "sign.secret")
    if len(key) != _KEY or not key.startswith(b"Ed"):
        raise CopyError(shown(str(given), 200), "sign.key")
    return PublicKey(_id(key), text)


def carried(before: Path, now: Path) -> bool | None:
    """Put the signature of a site into the one that takes its place, where both have the same manifest; None where there was none.

    False is returned where there was one that is none of the new manifest: it would only make a good site look forged.
    """
    old = before / PATH
    if not old.is_file():
        return None
    try:
        with old.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
        stated = (now / manifest.PATH).read_bytes()
        if len(data) > MOST_BYTES or (before / manifest.PATH).read_bytes() != stated:
            return False
        if parse(data).of not in {"", manifest.parse(stated).hash}:
            return False
    except (OSError, CopyError):
        return False
    (now / PATH).write_bytes(data)
    return True


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _id(data: bytes) -> str:
    return f"{int.from_bytes(data[2:10], 'little'):016X}"
