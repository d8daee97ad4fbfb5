"""The ground plan of the package, measured and held: `make lint` runs this.

Prints the rooms at the top level, circles among modules at run time, arrows against the order of the rooms, modules and
functions over the limits of `[tool.open-reports.structure]` in pyproject.toml; exits 1 where a limit is passed, and where
an exception that is listed there is not needed any more. Imports are read with grimp, functions with radon.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import grimp
import networkx as nx
from radon.complexity import cc_visit

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "open_reports"


class Function(NamedTuple):
    """One function: its dotted name, its lines, the ways that branch off in it (McCabe's number less one)."""

    name: str
    lines: int
    branches: int


def entries(folder: Path) -> list[str]:
    """Names at the top level of the package, without what Python leaves there."""
    return sorted(each.name for each in folder.iterdir() if each.name != "__pycache__")


def circles(graph: grimp.ImportGraph) -> list[list[str]]:
    """Modules that import one another in a ring."""
    arrows = nx.DiGraph((module, used) for module in graph.modules for used in graph.find_modules_directly_imported_by(module))
    return sorted(sorted(ring) for ring in nx.strongly_connected_components(arrows) if len(ring) > 1)


def upward(graph: grimp.ImportGraph, order: list[str]) -> list[str]:
    """Imports, of types too, of a room that stands later in the order than the room of the importer."""
    place = {room: index for index, room in enumerate(order)}
    found = []
    for module in sorted(graph.modules):
        for used in sorted(graph.find_modules_directly_imported_by(module)):
            one, other = (each.split(".")[1] if "." in each else "" for each in (module, used))
            # The package itself names what programs may use, wherever it stands; nothing within imports the package.
            if one and other and place[other] > place[one]:
                found.append(f"{module} -> {used}")
    return found


def functions(folder: Path) -> Iterator[Function]:
    """Every function and method of the package, those inside of others included."""
    for path in sorted(folder.rglob("*.py")):
        module = ".".join(path.relative_to(folder).with_suffix("").parts)
        for block in cc_visit(path.read_text(encoding="utf-8")):
            within = [block] if block.letter != "C" else []  # methods are told of by themselves, too
            for each in (*within, *getattr(block, "closures", ())):
                yield Function(f"{module}.{each.fullname}", each.endline - each.lineno + 1, each.complexity - 1)


def modules(folder: Path) -> Iterator[tuple[str, int]]:
    """Lines of every module."""
    for path in sorted(folder.rglob("*.py")):
        yield path.relative_to(folder).as_posix(), len(path.read_text(encoding="utf-8").splitlines())


def report(folder: Path, plan: dict[str, Any]) -> tuple[list[str], list[str]]:
    """What there is to print, and what is over the limits."""
    order, most, allowed = plan["order"], plan["most"], plan["allowed"]
    everything = grimp.build_graph(PACKAGE, cache_dir=None)
    running = grimp.build_graph(PACKAGE, cache_dir=None, exclude_type_checking_imports=True)
    rooms = entries(folder)
    rings, against = circles(running), upward(everything, order)
    long_modules = [f"{name} ({lines} lines)" for name, lines in modules(folder) if lines > most["module_lines"]]
    over = [each for each in functions(folder) if each.lines > most["function_lines"] or each.branches > most["branches"]]
    unlisted = [f"{each.name} ({each.lines} lines, {each.branches} branches)" for each in over if each.name not in allowed]
    printed = [
        f"top level: {len(rooms)} of at most {most['entries']}: {' '.join(rooms)}",
        f"modules: {sum(1 for _ in modules(folder))}, imports: {everything.count_imports()}",
        f"circles: {len(rings)}",
        f"arrows against the order: {len(against)}",
        f"modules over {most['module_lines']} lines: {', '.join(long_modules) or 'none'}",
        f"functions over {most['function_lines']} lines or {most['branches']} branches: {len(over)}",
        *(f"  {each.name}: {each.lines} lines, {each.branches} branches: {allowed.get(each.name, 'no reason given')}" for each in over),
    ]
    wrong = [
        *([f"{len(rooms)} entries at the top level"] if len(rooms) > most["entries"] else []),
        *(f"circle: {' -> '.join(ring)}" for ring in rings),
        *(f"against the order: {each}" for each in against),
        *(f"too long: {each}" for each in long_modules),
        *(f"too long or too branched: {each}" for each in unlisted),
        *(f"listed, but within the limits: {name}" for name in allowed if name not in {each.name for each in over}),
        *(f"no room of the order: {room}" for room in order if not {room, f"{room}.py"} & set(rooms)),
    ]
    return printed, wrong


def main() -> None:
    """Print the plan and leave with 1 if a limit is passed."""
    plan = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["open-reports"]["structure"]
    sys.path.insert(0, str(ROOT / "plugins"))
    printed, wrong = report(ROOT / "plugins" / PACKAGE, plan)
    sys.stdout.write("\n".join(printed) + "\n")
    if wrong:
        sys.stderr.write("\n".join(wrong) + "\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
