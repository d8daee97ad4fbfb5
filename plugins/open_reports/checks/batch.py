"""Survey: every finding of a folder of packages, as fast as it can be had honestly.

A folder whose files are unchanged since the last survey costs one look at each file's entry in its directory; a large
corpus is shared among the processor's cores, agency by agency. What was found is the same in every case, in the same
order: by agency, then year.
"""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING

from open_reports.checks.across import across, alike, marks
from open_reports.checks.cache import Cache, Kept, Memory, tree_signature
from open_reports.checks.check import checkup
from open_reports.checks.counting import ALL, Passed, together
from open_reports.library import open_library

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from open_reports.checks.across import Marks
    from open_reports.finding import Finding

PARALLEL_FROM = 2_000
"""Packages from which starting further processes, each with a judge of its own, pays."""
TASKS_A_WORKER = 8
"""Tasks each process gets: enough for progress to move, few enough for the judge's share to be small."""

Only = tuple[tuple[str, "int | None"], ...]


def survey(root: Path, *, place: str, only: Only = (), progress: Callable[[int, int], None] | None = None) -> Kept:
    """Return every finding of a folder of packages, or of some agencies and years of it, by agency and year; and the other checks.

    `place` is how findings name the folder; `progress` is told how many packages of how many are done.
    """
    # Taken before anything is read: what changes while we read then belongs to another signature, and is read again next time.
    signature = tree_signature(root)
    memory = Memory(f"{root.resolve()}\n{place}\n{only}")
    known = memory.recall(signature)
    if known is not None:
        return known
    # Whoever names agencies or years waits for few packages, so the cores are not worth starting.
    agencies = [] if only else _agencies(root)
    count = sum(years for _, years in agencies)
    workers = os.cpu_count() or 1
    alone = count < PARALLEL_FROM or workers == 1
    findings, passed = _checked(root, place, only)[0] if alone else _shared(root, place, agencies, workers, progress)
    # Sorting is stable, so within a report findings keep the order of the checks, however many processes found them.
    # One sum of the checks, for a terminal is told no more: those of thousands of reports would cost more time than to look at their folders.
    found = Kept(tuple(sorted(findings, key=lambda each: (each.agency or "", each.year or 0))), {ALL: together(passed.values())})
    memory.keep(signature, found)
    return found


def _checked(root: Path, place: str, only: Only, *, whole: bool = True) -> tuple[Kept, list[Marks]]:
    """What is found of some packages; and their marks, where they are not the whole of what is looked at."""
    cache = Cache()
    library = open_library(root, place=place, only=only)
    # `root` lets a part of a folder be compared with its neighbours, as it would be within the whole.
    found = checkup(library, cache, root=root, whole=whole, part=bool(only))
    cache.save()
    return found, [] if whole else [marks(report) for report in library]


def _agencies(root: Path) -> list[tuple[str, int]]:
    """Agencies' folders, each with its number of folders of years."""
    if not root.is_dir():
        return []
    with os.scandir(root) as entries:
        folders = sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))
    found = []
    for name in folders:
        try:
            with os.scandir(root / name) as entries:
                years = sum(entry.is_dir(follow_symlinks=False) for entry in entries)
        except OSError:  # reading the library tells of it
            years = 0
        found.append((name, years))
    return found


def _shared(root: Path, place: str, agencies: Sequence[tuple[str, int]], workers: int, progress: Callable[[int, int], None] | None) -> Kept:
    """Findings of a large folder: what concerns the folder as a whole here, each agency's packages in some process."""
    whole = open_library(root, place=place, reports=False)
    readable = set(whole.agencies)
    # An agency that cannot be read itself is told here; its packages are still read, for all faults are told at once.
    findings = [each for each in whole.findings if each.agency is None or each.agency in readable]
    # Whole agencies, because the identities between years need all of an agency's reports in one process.
    size = -(-len(agencies) // (workers * TASKS_A_WORKER))
    tasks = [agencies[start : start + size] for start in range(0, len(agencies), size)]
    done, count = 0, sum(years for _, years in agencies)
    # A forked process would inherit the threads' locks of whoever calls; a spawned one starts clean everywhere alike.
    found: list[Marks] = []
    passed = Passed()
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        jobs = [pool.submit(_task, root, place, tuple(name for name, _ in task)) for task in tasks]
        for job, task in zip(jobs, tasks, strict=True):
            told, held, marked = job.result()
            found += marked
            passed.update(held)
            findings += [each for each in told if each.year is not None or each.agency not in readable or each.code == "file.year"]
            done += sum(years for _, years in task)
            if progress is not None:
                progress(done, count)
    # What only the whole folder shows: of marks, for no process has seen more than a part.
    beside = tuple(across(whole.agencies, found, place))
    passed.update(together(alike(whole.agencies, found, beside, part=False).values()))
    return Kept((*dict.fromkeys(findings), *beside), {ALL: passed})


def _task(root: Path, place: str, agencies: tuple[str, ...]) -> tuple[list[Finding], Passed, list[Marks]]:
    """What is found of some agencies' packages, and their marks; runs in a process of its own."""
    wanted = set(agencies)
    found, marked = _checked(root, place, tuple((agency, None) for agency in agencies), whole=False)
    return [each for each in found.findings if each.agency in wanted], together(found.passed.values()), marked
