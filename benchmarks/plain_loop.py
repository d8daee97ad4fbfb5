"""The plain way to check packages: `python -m benchmarks.plain_loop FOLDER OUT NAMES`, NAMES a file of paths below FOLDER.

Validates each package with `frictionless.validate` and writes the cells it refuses to OUT: package, file, row, column.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import frictionless


def refused(descriptor: Path) -> list[tuple[str, int | None, str | None]]:
    """Return file, row and column of every error of a package."""
    found = []
    for task in frictionless.validate(str(descriptor)).tasks:
        found += [(str(task.place), getattr(error, "row_number", None), getattr(error, "field_name", None)) for error in task.errors]
    return found


def main() -> None:
    """Validate one package after the other."""
    folder, out, names = Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]).read_text(encoding="utf-8").split()
    found = [(name, *place) for name in names for place in refused(folder / name / "datapackage.json")]
    out.write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main()
