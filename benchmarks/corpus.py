"""Corpus: made-up packages for the benchmarks. `python -m benchmarks.corpus FOLDER N [--faults]` writes them.

With `--faults` one package in twenty has a text where a number belongs, and one in twenty a figure that breaks the sums.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from benchmarks.measure import ROOT, Trouble

UNREADABLE, UNBALANCED = "unreadable", "unbalanced"


def kind(number: int) -> str | None:
    """Which fault the package of this number (from 0, in the corpus' order) has in a corpus with faults."""
    return {7: UNREADABLE, 13: UNBALANCED}.get(number % 20)


def made(folder: Path, reports: int, *, faults: bool = False) -> Path:
    """Write a corpus from a process of its own, for the caller has to stay small."""
    command = [sys.executable, "-m", "benchmarks.corpus", str(folder), str(reports), *(["--faults"] if faults else [])]
    places = [str(ROOT / "tests"), *filter(None, [os.environ.get("PYTHONPATH")])]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": os.pathsep.join(places)}, check=False)
    if done.returncode:
        message = f"no corpus of {reports} packages could be made"
        raise Trouble(message)
    return folder


def _write(folder: Path, reports: int, *, faults: bool) -> None:
    from made_up import corpus  # noqa: PLC0415 (lies in tests/, which only this process has on its path)

    for number, package in enumerate(corpus(reports)):
        fault = kind(number) if faults else None
        if fault:
            lines = list(package.figures["applications"])
            line = lines[number // 20 % len(lines)]
            figure = package.figures["applications"][line]["natural_person"]
            package.set("applications", line, "natural_person", "约12" if fault == UNREADABLE else str((figure or 0) + 1))
        package.write(folder)


if __name__ == "__main__":
    _write(Path(sys.argv[1]), int(sys.argv[2]), faults="--faults" in sys.argv)
