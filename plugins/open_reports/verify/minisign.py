"""Minisign: the public tool that signs manifests and verifies their signatures. The only place that runs it.

Nothing secret comes here: the tool itself reads the secret key and asks for its password.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from open_reports.copies import CopyError
from open_reports.copies.signature import PATH
from open_reports.document import shown
from open_reports.files import manifest

if TYPE_CHECKING:
    from open_reports.copies.signature import PublicKey

SECONDS = 60
"""How long it may take to verify; a second is much."""
_NAME = PATH.rpartition("/")[2]
_FALSE = 1
"""Exit code of minisign where a signature is not true."""


def program() -> str:
    """Return the tool's path. Raises `CopyError` where it is not installed."""
    found = shutil.which("minisign")
    # A program in the folder somebody works in came with what they downloaded: the copy must not verify itself.
    if found is None or Path(found).resolve().parent == Path.cwd():
        raise CopyError("", "sign.tool")
    return found


def true(data: bytes, signature: bytes, key: PublicKey) -> bool:
    """Whether a signature is one of a manifest's bytes, by a key. Raises `CopyError` where the tool cannot say."""
    tool = program()
    with TemporaryDirectory() as name:
        file = Path(name, manifest.PATH.rpartition("/")[2])
        file.write_bytes(data)
        Path(name, _NAME).write_bytes(signature)
        try:
            done = subprocess.run(  # noqa: S603 (a fixed command; the key was read, and is text of base64)
                [tool, "-V", "-q", "-P", key.text, "-m", str(file), "-x", str(Path(name, _NAME))],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise CopyError("", "sign.failed", found=shown(str(error), 200)) from error
    if done.returncode not in {0, _FALSE}:
        said = done.stderr.decode("utf-8", "replace").strip()
        raise CopyError("", "sign.failed", found=shown(said or f"exit code {done.returncode}", 200))
    return done.returncode == 0


def signed(data: bytes, key: Path, comment: str) -> bytes:
    """Sign a manifest's bytes with a secret key, of which the tool asks the password. Raises `CopyError` where it does not sign."""
    tool = program()
    with TemporaryDirectory() as name:
        file, made = Path(name, manifest.PATH.rpartition("/")[2]), Path(name, _NAME)
        file.write_bytes(data)
        command = [tool, "-S", "-s", str(key.absolute()), "-m", str(file), "-x", str(made), "-t", comment, "-c", "signature by minisign"]
        try:
            done = subprocess.run(command, check=False)  # noqa: S603 (a fixed command)
            if done.returncode == 0:
                return made.read_bytes()
        except OSError as error:
            raise CopyError(str(key), "sign.refused", found=shown(str(error), 200)) from error
    raise CopyError(str(key), "sign.refused", found=f"minisign: {done.returncode}")
