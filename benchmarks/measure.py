"""Measure: CPU time and memory of whole subprocesses, in interleaved rounds, and budgets over them."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

ROOT = Path(__file__).resolve().parents[1]
"""The checkout: every subprocess runs there, so that it finds `benchmarks` and `mkdocs.yml`."""

LEAST_REPORTS = 1000
"""Reports from which the budgets are meant."""

MOST_BESIDE = 1.03
"""Budget: CPU time of a case as a multiple of what the same case takes in another checkout (`--beside`)."""
MOST_MEMORY_BESIDE = 1.01
"""Budget: peak memory likewise; the hundredth is how much one and the same checkout differs from run to run."""


class Trouble(Exception):  # noqa: N818 (not an error of the code: something could not be measured)
    """A case that did not run, or did not do what it is measured for."""


class Cost(NamedTuple):
    """What one subprocess took: `cpu` seconds (user and system, its children's included), `memory` its peak in MB, `wall` seconds by the clock."""

    cpu: float
    memory: float
    wall: float = 0.0


class Spread(NamedTuple):
    """Several measurements of one thing."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Summarise at least one value."""
        return cls(statistics.median(values), min(values), max(values))

    def words(self, decimals: int = 2) -> str:
        """Median, with least and most behind it."""
        return f"{self.median:.{decimals}f} ({self.least:.{decimals}f}-{self.most:.{decimals}f})"


class Case(NamedTuple):
    """One thing to measure in the checkout `root`: `prepare` runs before each measurement and is not measured itself."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    prepare: Callable[[], None]
    accepted: tuple[int, ...] = (0,)
    root: Path = ROOT
    source: Path | None = None
    """File that it reads from its standard input."""


def python(root: Path) -> str:
    """Interpreter of a checkout, in which its own `open_reports` is installed. Raises `Trouble` where it has none."""
    if root == ROOT:
        return sys.executable
    found = next((path for path in (root / ".venv/bin/python", root / ".venv/Scripts/python.exe") if path.exists()), None)
    if found is None:
        message = f"{root} has no environment: run `make setup` there first"
        raise Trouble(message)
    return str(found)


def environment(case: Case, folder: Path) -> dict[str, str]:
    """Environment of a case: the caller's, in UTF-8, with bytecode kept as on any machine, but in the benchmark's folder."""
    bytecode = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}
    return {**os.environ, "PYTHONUTF8": "1", "NO_MKDOCS_2_WARNING": "1", **bytecode, **case.environment}


def measured(case: Case, log: Path) -> Cost:
    """Run a case once, its output going to `log`. Raises `Trouble` where its exit code is not an accepted one."""
    case.prepare()
    os.sync()  # what the case before wrote is on its disk, so that this one does not pay for it
    # This process must stay small: on Linux a child's peak memory starts at what its parent held when it was forked.
    # That is why made-up packages are written by a subprocess, too.
    with log.open("wb") as output, (case.source or Path(os.devnull)).open("rb") as source:
        begun = time.monotonic()
        process = subprocess.Popen(
            case.command, cwd=case.root, env=environment(case, log.parent), stdin=source, stdout=output, stderr=subprocess.STDOUT
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in case.accepted:
        text = log.read_text(encoding="utf-8", errors="replace")
        message = f"{case.name}: exit code {process.returncode}\n{text[-2000:]}"
        raise Trouble(message)
    kilobytes = usage.ru_maxrss / 1024 if sys.platform == "darwin" else usage.ru_maxrss
    return Cost(usage.ru_utime + usage.ru_stime, kilobytes / 1024, wall)


def rounds(cases: Sequence[Case], runs: int, log: Path) -> dict[str, list[Cost]]:
    """Run every case once per round, so that what else the machine does falls on all of them alike."""
    costs: dict[str, list[Cost]] = {case.name: [] for case in cases}
    for number in range(1, runs + 1):
        for case in cases:
            _progress(f"  round {number} of {runs}: {case.name}")
            costs[case.name].append(measured(case, log))
    _progress("")
    return costs


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        print(f"{text:<60}", end="\r", file=sys.stderr, flush=True)


def ratios(costs: Sequence[Cost], base: Sequence[Cost]) -> Spread:
    """CPU time of a case over that of another, round by round: a busy minute spoils a round, not the comparison."""
    return Spread.of([one.cpu / other.cpu for one, other in zip(costs, base, strict=True)])


def beside(pairs: Mapping[str, Sequence[Case]], runs: int, log: Path) -> list[bool]:
    """Run each case here and in another checkout, by name; print what ours costs as a multiple of theirs, and whether budgets are held.

    As for `growth`, the quietest run of either counts; the ratios round by round stand beside it.
    """
    # A name for each checkout, and the two of a kind one after the other: so each pair meets the same minute of the machine.
    costs = rounds([case._replace(name=f"{name} {number}") for name, pair in pairs.items() for number, case in enumerate(pair)], runs, log)
    kept = []
    for name in pairs:
        ours, theirs = costs[f"{name} 0"], costs[f"{name} 1"]
        one, other = (min(cost.cpu for cost in found) for found in (ours, theirs))
        said = f"{name}: CPU time {one:.2f} against {other:.2f} s, by rounds x {ratios(ours, theirs).words()}"
        kept.append(held(said, one / other, most=MOST_BESIDE))
        one, other = (max(cost.memory for cost in found) for found in (ours, theirs))
        kept.append(held(f"{name}: peak memory {one:.0f} against {other:.0f} MB", one / other, most=MOST_MEMORY_BESIDE))
    return kept


def growth(small: tuple[int, Sequence[Cost]], large: tuple[int, Sequence[Cost]]) -> float:
    """CPU time of a large corpus over that of a small one, for each time that it is larger.

    At most 1 where cost is linear (less while start-up counts), their ratio where it grows with the square of the size. Taken
    from the quietest run of each: other people's noise only ever adds.
    """
    one, other = (min(cost.cpu for cost in costs) for _, costs in (small, large))
    return (other / one) / (large[0] / small[0])


def held(name: str, value: float, *, most: float | None = None, least: float | None = None, unit: str = "") -> bool:
    """Print whether a budget is held, and return it."""
    kept = (most is None or value <= most) and (least is None or value >= least)
    bound = f"at most {most:g}{unit}" if most is not None else f"at least {least:g}{unit}"
    print(f"{'held  ' if kept else 'BROKEN'}  {name}: {value:.2f}{unit}, {bound}")
    return kept


def verdict(kept: Sequence[bool], reports: int) -> bool:
    """Whether all budgets are held; with few reports start-up outweighs all else, and they are not meant."""
    if reports < LEAST_REPORTS:
        print(f"The budgets are meant for {LEAST_REPORTS:,} reports and more: no verdict.")
        return True
    return all(kept)


def machine() -> str:
    """Return the kind of machine, without its name."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in ("mkdocs", "mkdocs-material", "frictionless"))
    return f"{platform.system()} {platform.machine()}, {cores} cores, Python {platform.python_version()}, {versions}"
