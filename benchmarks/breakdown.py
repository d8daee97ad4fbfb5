"""Breakdown: where a profiled run spent its own time, by the part of the project that caused it."""

from __future__ import annotations

import pstats
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

Function = tuple[str, int, str]
"""File, line and name, as `pstats` knows a function."""

# First match wins. What matches nothing (built-ins, the standard library, jinja2, simplejson) serves whoever calls it.
_PARTS = tuple(
    (re.compile(pattern), part)
    for pattern, part in (
        (r"open_reports/theme/|material/templates/", "theme"),
        (r"open_reports/pages/.*\.html", "pages"),
        (r"open_reports/report/judging|/frictionless/", "judge"),
        (r"open_reports/(?P<module>\w+)", ""),
        (r"/benchmarks/", "benchmark"),
        (r"/mkdocs/", "mkdocs"),
        (r"/jinja2/(lexer|parser|compiler|nodes|visitor|optimizer|idtracking)", "templates compiled"),
        (r"importlib\._bootstrap", "imports"),
    )
)
MOST_SHOWN = 25


def part_of(function: Function) -> str | None:
    """Part that a function belongs to; None for one that serves its callers."""
    file, _, name = function
    if name == "<module>":
        return "imports"
    for pattern, part in _PARTS:
        if match := pattern.search(file.replace("\\", "/")):
            return part or match["module"]
    return None


class Breakdown:
    """Own time of a profile by part, in seconds; serving functions' time goes to their callers, as they called."""

    def __init__(self, statistics: Path) -> None:
        self._stats: dict[Function, Any] = pstats.Stats(str(statistics)).stats  # type: ignore[attr-defined]  # typeshed leaves it out
        self._shares: dict[Function, dict[str, float]] = {}
        self.parts: dict[str, float] = {}
        for function, (_, _, own, _, callers) in self._stats.items():
            part = part_of(function)
            if part is not None:
                self._add({part: 1.0}, own)
            elif not callers:
                self._add({"other": 1.0}, own)
            for caller, (_, _, caused, _) in callers.items() if part is None else ():
                self._add(self._share(caller), caused)

    def _add(self, shares: dict[str, float], seconds: float) -> None:
        for part, share in shares.items():
            self.parts[part] = self.parts.get(part, 0.0) + share * seconds

    def _share(self, function: Function) -> dict[str, float]:
        """Which parts a function works for, summing to 1: its own, else its callers' by the time they spent in it."""
        if function in self._shares:
            return self._shares[function]
        part = part_of(function)
        if part is not None:
            return self._shares.setdefault(function, {part: 1.0})
        self._shares[function] = {"other": 1.0}  # what a recursion meets on its way round
        callers = self._stats[function][4] if function in self._stats else {}
        weights = {caller: spent for caller, (_, _, _, spent) in callers.items() if caller != function}
        whole = sum(weights.values())
        if whole > 0:
            found: dict[str, float] = {}
            for caller, weight in weights.items():
                for name, share in self._share(caller).items():
                    found[name] = found.get(name, 0.0) + share * weight / whole
            self._shares[function] = found
        return self._shares[function]

    def top(self) -> list[tuple[float, int, Function]]:
        """Functions by own time: seconds, calls, function."""
        return sorted(((own, calls, function) for function, (_, calls, own, _, _) in self._stats.items()), reverse=True)


def show(statistics: Path) -> None:
    """Print a profile: parts, then functions. The profiler slows every call, so shares are truer than seconds."""
    found = Breakdown(statistics)
    whole = sum(found.parts.values())
    for part, seconds in sorted(found.parts.items(), key=lambda each: -each[1]):
        if seconds >= whole / 500:
            print(f"{100 * seconds / whole:6.1f} %  {part}")
    print()
    for own, calls, function in found.top()[:MOST_SHOWN]:
        print(f"{100 * own / whole:6.1f} %  {calls:>9,} x  {_name(function)}")


def _name(function: Function) -> str:
    file, line, name = function
    if file == "~":
        return name
    parts = file.replace("\\", "/").split("/")
    return f"{'/'.join(parts[-2:])}:{line} {name}"
