"""Importing: what one report costs in every kind of file, from the command to the written and checked package; what the extra takes on disk."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

from open_reports.intake import guard, legacy

from benchmarks import files
from benchmarks.measure import ROOT, Case, Cost, Spread, Trouble, held, machine, rounds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

MOST_SECONDS = {**dict.fromkeys(files.PLAIN, 1.0), **dict.fromkeys(files.PRINTED, 3.0)}
"""Budget by kind: seconds by the clock of the whole command."""
MOST_LEGACY = 10.0
"""Budget of a file that LibreOffice must convert first."""
MOST_CHILD = 300
"""Budget: peak memory of the process that reads the file, in MB."""
MOST_EXTRA, MOST_CORE = 75, 15
"""Budgets: MB on disk of the extra `import`, and of what the core needs for it."""
CORE = "lxml"
"""What the core has for the import alone: with it, pages, Word files and ods are read without the extra."""
CALM = 1.5
"""Load of the machine above which a time says little."""


class Bench:
    """The files, and a folder of packages in which each is imported anew."""

    def __init__(self, folder: Path) -> None:
        self.files = files.made(folder / "files")
        self.root = folder / "datapackages"
        self.cache = folder / "cache"
        agency = files.NAME.partition("/")[0]
        (self.root / agency).mkdir(parents=True)
        shutil.copy(ROOT / "datapackages" / agency / "agency.yml", self.root / agency)

    def command(self, kind: str) -> Case:
        """The whole command, as a clerk gives it: read, written, checked."""
        agency, _, year = files.NAME.partition("/")
        # All that a file may leave unsaid, so that what comes of it is whole in every kind, and judged.
        stated = ["--agency", agency, "--year", year, "--source", "https://www.example.gov.cn/", "--root", str(self.root)]
        words = ["open_reports.cli", "import", str(self.files[kind]), *stated]
        start = f"import sys; from open_reports.cli import main; sys.argv = {words!r}; main()"
        # 1: where the file does not say the title, that remains.
        return Case(kind, [sys.executable, "-c", start], {"XDG_CACHE_HOME": str(self.cache)}, self._anew, accepted=(0, 1))

    def child(self, kind: str) -> Case:
        """The process that reads the file; one of an older program is converted already."""
        source = self.files[kind]
        if kind in (*files.LEGACY, *files.CALLED):
            converted = source.with_suffix(f".{kind}.converted")
            if not converted.exists():
                converted.write_bytes(legacy.converted(source)[1])
            source = converted
        return Case(f"child {kind}", guard.command(), {}, lambda: None, source=source)

    def _anew(self) -> None:
        shutil.rmtree(self.root / files.NAME, ignore_errors=True)
        shutil.rmtree(self.cache, ignore_errors=True)


def run(folder: Path, *, runs: int, installed: bool) -> bool:
    """Measure, print, and return whether every budget is held."""
    log = folder / "log.txt"
    load = os.getloadavg()[0]
    print(f"{runs} rounds; {machine()}; load before {load:.1f}{'' if load < CALM else ': busy, so the times say little'}", flush=True)
    bench = Bench(folder)
    kinds = [kind for kind in (*files.PLAIN, *files.PRINTED, *files.LEGACY, *files.CALLED) if kind in bench.files]
    if lacking := [kind for kind in (*files.PRINTED, *files.LEGACY, *files.CALLED) if kind not in bench.files]:
        print(f"without LibreOffice there is no {', '.join(lacking)}", flush=True)
    cases = [case for kind in kinds for case in (bench.command(kind), bench.child(kind))]
    rounds(cases, 1, log)  # once to compile what will be compiled on any machine
    costs = rounds(cases, runs, log)
    print(f"\n{'':8}{'seconds by the clock':>24}{'CPU s':>22}{'child, peak MB':>16}")
    for kind in kinds:
        _line(kind, costs[kind], costs[f"child {kind}"])
    print()
    kept = [
        held(f"{kind}, by the clock", Spread.of([cost.wall for cost in costs[kind]]).median, most=_most(kind), unit=" s") for kind in kinds
    ]
    largest = max(kinds, key=lambda kind: max(cost.memory for cost in costs[f"child {kind}"]))
    kept.append(held(f"child, peak memory ({largest})", max(c.memory for c in costs[f"child {largest}"]), most=MOST_CHILD, unit=" MB"))
    if installed:
        kept += _installed(folder)
    print(f"load after {os.getloadavg()[0]:.1f}")
    return all(kept)


def _most(kind: str) -> float:
    return MOST_SECONDS.get(kind, MOST_LEGACY)


def _line(kind: str, whole: Sequence[Cost], child: Sequence[Cost]) -> None:
    wall, cpu = Spread.of([cost.wall for cost in whole]), Spread.of([cost.cpu for cost in whole])
    print(f"{kind:8}{wall.words():>24}{cpu.words():>22}{max(cost.memory for cost in child):16.0f}")


def _installed(folder: Path) -> list[bool]:
    """Install the lock of the site into a fresh environment, and say what the import takes of it."""
    place = folder / "environment"
    python = place / "bin" / "python"
    lock = ["--quiet", "--no-input", "--no-deps", "--require-hashes", "--requirement", str(ROOT / "requirements" / "site.txt")]
    for command in ([sys.executable, "-m", "venv", str(place)], [str(python), "-I", "-m", "pip", "install", *lock]):
        if subprocess.run(command, check=False).returncode:
            raise Trouble("the lock could not be installed")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [json.dumps(each) for each in (project["dependencies"], project["optional-dependencies"]["import"])]
    done = subprocess.run(
        [str(python), "-I", str(ROOT / "benchmarks" / "installed.py"), CORE, *asked], check=True, capture_output=True, text=True
    )
    sizes: Mapping[str, int] = json.loads(done.stdout)
    core = {name: sizes[name] for name in sizes if name == CORE}
    extra = {name: sizes[name] for name in sizes if name not in core}
    print("extra import: " + ", ".join(f"{name} {size / 1e6:.1f}" for name, size in sorted(extra.items(), key=lambda each: -each[1])))
    return [
        held("installed size of the extra import", sum(extra.values()) / 1e6, most=MOST_EXTRA, unit=" MB"),
        held("what the core has for the import alone (lxml)", sum(core.values()) / 1e6, most=MOST_CORE, unit=" MB"),
    ]
