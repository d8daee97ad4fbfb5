"""Signing: the signature of a copy's manifest is made, and held against a public key."""

from __future__ import annotations

import stat
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from open_reports.copies import GONE, CopyError, message
from open_reports.copies.signature import BEGINNING, MOST_BYTES, PATH, comment, parse
from open_reports.document import shown
from open_reports.files import manifest
from open_reports.report import rewrite
from open_reports.verify import minisign

if TYPE_CHECKING:
    from pathlib import Path

    from open_reports.copies import Copy
    from open_reports.copies.signature import PublicKey
    from open_reports.verify.verdict import Verdict


def tell(copy: Copy, verdict: Verdict, data: bytes, key: PublicKey | None) -> None:
    """Tell of the signature of a copy whose manifest has these bytes, and that this hash states: without a key, only of its form."""
    try:
        found = _signature(copy, asked=key is not None)
        if found is None:
            if key is not None:
                verdict.add(PATH, "sign.absent")
            return
        signature = parse(found)
        if signature.of not in {"", verdict.hash}:
            verdict.add(PATH, "sign.other", expected=verdict.hash, found=signature.of)
        elif key is None:
            verdict.notes.append(message("note.unasked", found=signature.key))
        elif signature.key != key.id:
            verdict.add(PATH, "sign.foreign", expected=key.id, found=signature.key)
        elif minisign.true(data, found, key):
            said = shown(signature.comment.replace("\t", ", "), 300)
            verdict.notes.append(message("note.signed", key=key.id, found=said))
        else:
            verdict.add(PATH, "sign.false", expected=key.id)
    except CopyError as error:
        if error.code in GONE:
            raise
        verdict.fault(error)


def _signature(copy: Copy, *, asked: bool) -> bytes | None:
    """Content of the signature; None where there is none."""
    web = copy.paths() is None
    try:
        data = copy.read(PATH, MOST_BYTES)
    except CopyError as error:
        # Some servers answer that what they do not have is forbidden: a site without a signature must pass there as well.
        if error.code == "copy.missing" or (web and not asked and error.code not in GONE):
            return None
        raise
    # Others send their front page in its place.
    return None if web and not asked and not data.startswith(BEGINNING) else data


def require(site: Path, key: Path) -> None:
    """Raise `CopyError` where a secret key is not there, or lies where it would be published."""
    if key.resolve().is_relative_to(site.resolve()):
        raise CopyError(str(key), "sign.inside")
    if not key.is_file():
        raise CopyError(str(key), "sign.no_key")
    minisign.program()


def sign(site: Path, key: Path) -> str:
    """Sign the manifest of a site or an export, which was verified; returns the manifest's hash. Raises `CopyError`."""
    require(site, key)
    file = site / manifest.PATH
    data = file.read_bytes()
    stated = manifest.parse(data).hash
    now = datetime.now(UTC)
    made = minisign.signed(data, key, comment(now.strftime("%Y-%m-%dT%H:%M:%SZ"), int(now.timestamp()), stated))
    parse(made)
    # Whoever may read the manifest may read its signature.
    rewrite(site / PATH, made, mode=stat.S_IMODE(file.stat().st_mode))
    return stated
