"""Installed: what an environment holds for one extra beside the core, in bytes by package. Run by its own Python, which has nothing of ours.

python -I installed.py ALSO CORE EXTRA      # CORE and EXTRA: requirements as a JSON list; ALSO: a package to be told besides
"""

from __future__ import annotations

import json
import re
import sys
from importlib import metadata
from pathlib import Path

_NAME = re.compile(r"([A-Za-z0-9._-]+)(?:\[([^]]*)\])?")
_EXTRA = re.compile(r"extra == ['\"]([^'\"]+)")


def closure(requirements: list[str]) -> set[str]:
    """Packages that these requirements bring, as far as they are installed."""
    found: set[tuple[str, str]] = set()
    left = list(requirements)
    while left:
        match = _NAME.match(left.pop().strip())
        key = (re.sub(r"[-_.]+", "-", match[1]).lower(), match[2] or "") if match else ("", "")
        if key in found:
            continue
        try:
            needed = metadata.requires(key[0]) or []
        except (metadata.PackageNotFoundError, ValueError):  # for another system
            continue
        found.add(key)
        for each in needed:
            wanted = set(_EXTRA.findall(each.partition(";")[2]))
            if not wanted or wanted & set(key[1].split(",")):
                left.append(each)
    return {name for name, _ in found}


def size(name: str) -> int:
    """Bytes of a package's files, what Python compiled included."""
    return sum(path.stat().st_size for each in metadata.files(name) or [] if (path := Path(str(each.locate()))).is_file())


if __name__ == "__main__":
    also, core, extra = sys.argv[1], *(closure(json.loads(each)) for each in sys.argv[2:])
    print(json.dumps({name: size(name) for name in {*(extra - core), also}}))
