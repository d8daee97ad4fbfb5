"""Checking packages: `open-reports check`, cold and warm, against a plain loop of `frictionless.validate`."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from itertools import pairwise
from typing import TYPE_CHECKING

from benchmarks import breakdown, corpus
from benchmarks.measure import (
    ROOT,
    Case,
    Cost,
    Spread,
    Trouble,
    beside,
    environment,
    growth,
    held,
    machine,
    measured,
    python,
    rounds,
    verdict,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

COLD, WARM = "cold", "warm"
PROFILED = (COLD, WARM)
LEAST_COLD, LEAST_WARM = 20.0, 100.0
"""Budgets: how many times less CPU time than the plain loop, with an empty and with a full cache."""
MOST_GROWTH = 1.25
"""Budget: CPU time for each time that a corpus is larger (`measure.growth`); the square of N would give 2 to 10."""

_CHECK = "from open_reports.cli import main\n\nif __name__ == '__main__':\n    main()\n"
"""`open-reports` as a file: the profiler and the check's own processes need one that can be imported."""
SETTLED = 2.1
"""Seconds after which a new corpus is old enough for `open_reports.checks.cache.Memory` to trust its time stamps."""
Place = tuple[str, str, int | None, str | None]
"""Where a fault is: package, file below it, row, column."""


class Bench:
    """A corpus with faults in it, and the ways to check it in the checkout `root`."""

    def __init__(self, folder: Path, reports: int, root: Path = ROOT) -> None:
        self.folder = folder / str(reports)
        self.reports = reports
        self.root = root
        self.packages = corpus.made(self.folder / "packages", reports, faults=True)
        self.made_at = time.monotonic()
        self.script = self.folder / "check.py"
        self.script.write_text(_CHECK, encoding="utf-8")
        self.names = sorted(f"{path.parent.parent.name}/{path.parent.name}" for path in self.packages.glob("*/*/datapackage.json"))

    def check(self, kind: str, *before: str) -> Case:
        """`open-reports check`; it exits with 1, for there are errors to find."""
        cache = self.folder / f"cache-{kind}"

        def prepare() -> None:
            if kind == COLD:
                shutil.rmtree(cache, ignore_errors=True)

        command = [python(self.root), *before, str(self.script), "check", str(self.packages), "--format", "json"]
        return Case(f"{kind} {self.reports:,}", command, {"XDG_CACHE_HOME": str(cache)}, prepare, accepted=(0, 1), root=self.root)

    def loop(self, names: Sequence[str]) -> Case:
        """The plain loop over some of the packages."""
        chosen = self.folder / f"names-{len(names)}.txt"
        chosen.write_text("\n".join(names), encoding="utf-8")
        command = [sys.executable, "-m", "benchmarks.plain_loop", str(self.packages), str(self.refused), str(chosen)]
        return Case(f"plain loop {len(names):,}", command, {}, lambda: None)

    def warm_up(self, log: Path) -> None:
        """Fill the cache of the warm check, and Python's."""
        time.sleep(max(0.0, self.made_at + SETTLED - time.monotonic()))
        measured(self.check(WARM), log)
        if not any((self.folder / f"cache-{WARM}").rglob("*.*")):
            raise Trouble("the cache is not below XDG_CACHE_HOME on this system: warm and cold cannot be told apart")

    @property
    def refused(self) -> Path:
        """File in which the plain loop leaves what it refuses."""
        return self.folder / "refused.json"


def against(folder: Path, *, reports: int, runs: int, other: Path) -> bool:
    """Measure the check here and in another checkout, taking turns; return whether it costs no more here than there."""
    print(f"{reports:,} packages, {runs} rounds, beside another checkout; {machine()}", flush=True)
    log = folder / "log.txt"
    benches = [Bench(folder / name, reports, root) for name, root in (("here", ROOT), ("there", other))]
    for bench in benches:
        bench.warm_up(log)
    pairs = {kind: [bench.check(kind) for bench in benches] for kind in PROFILED}
    return verdict(beside(pairs, runs, log), reports)


def run(folder: Path, *, reports: int, runs: int, large: bool, sample: int, profiled: Sequence[str]) -> bool:
    """Measure, print, and return whether every budget is held."""
    log = folder / "log.txt"
    sizes = sorted({max(1, reports // 10), max(1, reports // 2), reports} | ({10 * reports} if large else set()))
    print(f"{reports:,} packages, {runs} rounds; {machine()}", flush=True)
    benches = {size: Bench(folder, size) for size in sizes}
    main = benches[reports]
    chosen = main.names[:sample]
    _same_findings(main, chosen, log)
    main.warm_up(log)
    loops = [main.loop(chosen)] + ([main.loop([])] if sample < reports else [])
    cases = [*loops, main.check(COLD), main.check(WARM), *(benches[size].check(COLD) for size in sizes if size != reports)]
    costs = rounds(cases, runs, log)
    plain = costs[f"plain loop {sample:,}"]
    said = "plain loop of frictionless.validate"
    if sample < reports:
        started = costs["plain loop 0"]
        plain = [Cost(none.cpu + (some.cpu - none.cpu) * reports / sample, some.memory) for some, none in zip(plain, started, strict=True)]
        said += f", EXTRAPOLATED from {sample:,}"

    print(f"\n{'':62}{'CPU s':>22}{'times cheaper':>24}  ms each  peak MB")
    for what, found in (
        (said, plain),
        ("check, empty cache", costs[f"{COLD} {reports:,}"]),
        ("check, full cache", costs[f"{WARM} {reports:,}"]),
    ):
        _line(what, found, plain, reports)
    print()
    for size in sizes:
        _line(f"check, empty cache, {size:,} packages", costs[f"{COLD} {size:,}"], None, size)
    print()
    kept = [
        held(f"plain loop / check with {what} cache, CPU time", _times(plain, costs[f"{kind} {reports:,}"]).median, least=least)
        for kind, what, least in ((COLD, "an empty", LEAST_COLD), (WARM, "a full", LEAST_WARM))
    ]
    for fewer, more in pairwise(sizes):
        value = growth((fewer, costs[f"{COLD} {fewer:,}"]), (more, costs[f"{COLD} {more:,}"]))
        kept.append(held(f"growth from {fewer:,} to {more:,} packages (linear: at most 1)", value, most=MOST_GROWTH))
    for kind in profiled:
        print(f"\n== where the CPU time of a {kind} check goes, {reports:,} packages ==")
        statistics = folder / f"{kind}.prof"
        measured(main.check(kind, "-m", "cProfile", "-o", str(statistics)), log)
        breakdown.show(statistics)
    return verdict(kept, reports)


def _times(plain: Sequence[Cost], ours: Sequence[Cost]) -> Spread:
    return Spread.of([one.cpu / other.cpu for one, other in zip(plain, ours, strict=True)])


def _line(what: str, costs: Sequence[Cost], plain: Sequence[Cost] | None, size: int) -> None:
    cpu, memory = Spread.of([cost.cpu for cost in costs]), Spread.of([cost.memory for cost in costs])
    times = _times(plain, costs).words(1) if plain is not None else ""
    print(f"{what:62}{cpu.words():>22}{times:>24}{1000 * cpu.median / size:9.2f}{memory.median:9.0f}")


def _same_findings(bench: Bench, chosen: Sequence[str], log: Path) -> None:
    """See that both ways refuse the same cells of the chosen packages, and that ours also finds every broken sum."""
    measured(bench.loop(chosen), log)
    theirs: set[Place] = {(name, file, row, column) for name, file, row, column in json.loads(bench.refused.read_text(encoding="utf-8"))}
    case = bench.check(COLD)
    case.prepare()
    done = subprocess.run(case.command, cwd=ROOT, env=environment(case, log.parent), capture_output=True, check=False)
    try:
        findings = json.loads(done.stdout)
    except ValueError as error:
        message = f"check printed no JSON: {done.stderr.decode(errors='replace')[-2000:]}"
        raise Trouble(message) from error
    ours: set[Place] = set()
    contradicted = set()
    for each in findings:
        name = f"{each['agency']}/{each['year']}"
        if each["level"] == "error":
            ours.add((name, each["file"].partition(f"{name}/")[2], each["row"], each["column"]))
        elif each["level"] == "discrepancy":
            contradicted.add(name)
    here = {place for place in ours if place[0] in set(chosen)}
    unbalanced = {name for number, name in enumerate(bench.names) if corpus.kind(number) == corpus.UNBALANCED}
    if not theirs or not unbalanced:
        raise Trouble("a corpus too small to have faults in it: nothing to compare")
    # A wrong figure may also break what the year after carries over from it.
    after = {f"{agency}/{int(year) + 1}" for agency, _, year in (name.partition("/") for name in unbalanced)}
    if here != theirs or not unbalanced <= contradicted <= unbalanced | after:
        message = (
            f"not the same findings: {len(here)} errors against {len(theirs)} of the plain loop, such as {sorted(here ^ theirs, key=str)[:3]}; "
            f"sums found broken in {len(contradicted)} packages of {len(unbalanced)}"
        )
        raise Trouble(message)
    print(
        f"same {len(theirs)} errors in the {len(chosen):,} packages of the plain loop; all {len(unbalanced)} broken sums found besides",
        flush=True,
    )
