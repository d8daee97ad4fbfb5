"""What tests that are no equations look at: figures and limits, read from `plausible.yml`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from open_reports.form.common import ID, LINE_ID

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from open_reports.document import Record
    from open_reports.form.common import Common

_FIGURE = rf"{ID}/{LINE_ID}/{ID}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """A table that two reports have alike: `figure` an address with `least` in it, or `filled` figures above 0, of the cells of `types`."""

    table: str
    types: tuple[str, ...]
    figure: str
    least: int
    filled: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Jump:
    """Figures of `types` of which one year's is `ratio` times the other's, the larger at least `least`."""

    rule: str
    types: tuple[str, ...]
    ratio: int
    least: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Dip:
    """Figures of `types` that both the year before and the year after exceed `ratio` times, each of these at least `least`."""

    rule: str
    types: tuple[str, ...]
    ratio: int
    least: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaled:
    """Figures that the narrative states, as `Jump` compares those of tables: `scales` are the characters that multiply a unit."""

    rule: str
    ratio: int
    least: int
    scales: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Majority:
    """Of a line, `table/line`, the column that has most, once the column `total` has `least`."""

    table: str
    line: str
    usual: str
    total: str
    least: int


@dataclass(frozen=True, kw_only=True)
class Plausible:
    """All of them; `stated` the least number of contradictions of the narrative, `unit` types of cells that a parent's include."""

    copies: tuple[Copied, ...] = ()
    jumps: tuple[Jump, ...] = ()
    dips: tuple[Dip, ...] = ()
    scaled: Scaled | None = None
    majority: Majority | None = None
    stated: int = 0
    unit: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()


NOTHING = Plausible()
"""Of forms that say nothing of it."""


def read_plausible(root: Record, tables: Collection[str], common: Common) -> Plausible:
    """Read what the tests look at; a table, a type of cell or a rule that does not exist is noted."""
    majority = root.record("majority")
    table, _, line = majority.matching("line", rf"{ID}/{LINE_ID}", "applications/new").partition("/")
    narrative, unit = root.record("narrative"), root.record("unit")
    found = Plausible(
        copies=root.each("copies", lambda entry: _copied(entry, tables, common)),
        jumps=root.each("jumps", lambda entry: Jump(**_far(entry, common))),
        dips=root.each("dips", lambda entry: Dip(**_far(entry, common))),
        scaled=_scaled(root.record("stated"), common),
        majority=Majority(
            table=table,
            line=line,
            usual=majority.matching("usual", ID, "natural_person"),
            total=majority.matching("total", ID, "total"),
            least=majority.integer("least"),
        ),
        stated=narrative.integer("least"),
        unit=_types(unit, common),
        hosts=root.texts("hosts"),
    )
    for each in (majority, narrative, unit, root):
        each.close()
    return found


def _types(record: Record, common: Common) -> tuple[str, ...]:
    found = record.texts("types")
    for index, each in enumerate(found):
        if each not in common.cells:
            record.note(f"types[{index}]", "record.choice", found=each, expected=", ".join(common.cells))
    return found


def _copied(entry: Record, tables: Collection[str], common: Common) -> Copied:
    return Copied(
        table=entry.choice("table", tuple(tables)),
        types=_types(entry, common) or tuple(common.cells),
        figure=entry.matching("figure", _FIGURE, "applications/new/total", required=False),
        least=entry.integer("least", required=False),
        filled=entry.integer("filled", required=False),
    )


def _far(entry: Record, common: Common) -> dict[str, Any]:
    return {
        "rule": entry.choice("rule", common.rules),
        "types": _types(entry, common),
        "ratio": entry.integer("ratio"),
        "least": entry.integer("least"),
    }


def _scaled(entry: Record, common: Common) -> Scaled:
    scales = entry.record("scales")
    found = Scaled(
        rule=entry.choice("rule", common.rules),
        ratio=entry.integer("ratio"),
        least=entry.integer("least"),
        scales={each: scales.integer(each) for each in scales.mapping},
    )
    scales.close()
    entry.close()
    return found
