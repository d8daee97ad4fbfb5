"""Bytecode of templates, kept where Python keeps that of modules, and on the same terms: `PYTHONDONTWRITEBYTECODE`, `PYTHONPYCACHEPREFIX`.

To compile the theme's templates and ours takes as long as to read a hundred packages (`benchmarks build`, line b).
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import sys
from importlib.util import cache_from_source
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2.bccache import BytecodeCache  # noqa: TID251 (renders nothing)

from open_reports.checks.cache import put
from open_reports.site.page_key import tools

if TYPE_CHECKING:
    from jinja2 import Environment  # noqa: TID251
    from jinja2.bccache import Bucket  # noqa: TID251

_SEAL = hashlib.sha256().digest_size
_SUFFIX = ".template"


class Bytecode(BytecodeCache):
    """Compiled templates in a folder; what is damaged, or of another version of whatever compiles them, is compiled anew."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or Path(cache_from_source(__file__)).parent
        # Constants are put in when a template is compiled, by filters of ours and of the theme: new code, new templates.
        self._version = tools()[:16]
        self._swept = False

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill a bucket, unless nothing sound is kept for it."""
        try:
            data = self._place(bucket).read_bytes()
        except OSError:
            return
        # Whole or not at all: Jinja reads what stands there without expecting a fault.
        if hashlib.sha256(data[_SEAL:]).digest() == data[:_SEAL]:
            bucket.load_bytecode(io.BytesIO(data[_SEAL:]))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled; a folder that cannot be written costs only time."""
        if sys.dont_write_bytecode:
            return
        if not self._swept:
            self._sweep()
        data = bucket.bytecode_to_string()
        put(self._place(bucket), hashlib.sha256(data).digest(), data)

    def _place(self, bucket: Bucket) -> Path:
        return self.folder / f"{self._version}-{bucket.key}{_SUFFIX}"

    def _sweep(self) -> None:
        """Remove those of other versions, which nobody reads again."""
        self._swept = True
        with contextlib.suppress(OSError):
            for each in self.folder.glob(f"*{_SUFFIX}"):
                if not each.name.startswith(f"{self._version}-"):
                    each.unlink(missing_ok=True)


def keep_bytecode(*environments: Environment) -> None:
    """Let environments take templates that were compiled before."""
    kept = Bytecode()
    for each in environments:
        # Where somebody has chosen a place already, it is theirs to choose.
        each.bytecode_cache = each.bytecode_cache or kept
