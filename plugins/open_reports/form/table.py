"""A table of a form: its columns, lines and rules, and what derives from them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from open_reports.form.common import RuleText, thawed
from open_reports.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from open_reports.form.common import CellType, Common
    from open_reports.text import Text

Axis = Literal["line", "column"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One measured column. `groups` are the heads printed above it, outermost first; `unit` as printed or implied.

    `aliases` are other labels under which agencies print it, by which a published file is read.
    """

    id: str
    label: Text
    type: CellType
    unit: str
    groups: tuple[Text, ...] = ()
    aliases: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One printed line. `groups` are the heads it stands under, outermost first; `columns` the ids that have a cell.

    `aliases` are other labels under which agencies print it, by which a published file is read.
    """

    id: str
    label: Text
    groups: tuple[Text, ...]
    # Table 2 prints other columns in each block, so a line must say itself which cells it has.
    columns: tuple[str, ...]
    aliases: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Lines printed under one head of columns; table 2 has several, the others one (`label` None)."""

    label: Text | None
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One member of a sentence: `sign` 1 or -1, the id of a line or column, `previous` if of the year before."""

    sign: int
    id: str
    previous: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(RuleText):
    """An identity of the form, `new + carried_in = total + carried_out`, that holds for each column or line.

    `left` and `right` are its two sides, wildcards such as `refused.*` already spelt out; `blames` is the line or
    column whose cell the finding stands at. A bound, `in_force >= issued - repealed`, has a left side that is `at_least` the right.
    """

    sentence: str
    axis: Axis
    left: tuple[Term, ...]
    right: tuple[Term, ...]
    blames: str
    at_least: bool = False

    def __str__(self) -> str:
        return f"{self.id}: {self.sentence}"


# Permanent, for citations and links to a figure rest on it: see `history.releases`, which guards every one that was published.
class Address(NamedTuple):
    """Where a figure stands, for ever: `applications/refused.state_secrets/total`."""

    table: str
    line: str
    column: str

    def __str__(self) -> str:
        return f"{self.table}/{self.line}/{self.column}"


class Place(NamedTuple):
    """One place that a rule is applied to: the id of the line or column, the cell it blames, the cells of both sides.

    Each cell has its sign, 1 or -1, and whether it is of the year before.
    """

    at: str
    blamed: Address
    left: tuple[tuple[int, bool, Address], ...]
    right: tuple[tuple[int, bool, Address], ...]


# Strands are what makes checking a corpus cheap (`benchmarks check`): rules along one line share its numbers, and positions
# need no look-up.
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Strand:
    """One line or column of a table, with every rule that holds along it: its numbers are judged together.

    `members` tells, for each rule and place, the position and sign of every cell: among the strand's own cells, or among
    those of `previous`, the cells that its rules name of the year before.
    """

    axis: Axis
    at: str
    label: Text
    rules: tuple[tuple[Rule, Place], ...]
    members: tuple[tuple[tuple[int, bool, int], ...], ...]
    """(position, whether of the year before, sign with the right side negative) for each of `rules`."""
    previous: tuple[Address, ...]


@dataclass(frozen=True, kw_only=True)
class TableForm:
    """One table of one form.

    `lines` and `columns` are keyed by id in printed order; `header` is the first row of the table's CSV file.
    """

    id: str
    form: str
    section: str
    """Number of the section that the table is, as printed: 二."""
    title: Text
    corner: Text
    head: Text | None
    columns: Mapping[str, Column]
    lines: Mapping[str, Line]
    blocks: tuple[Block, ...]
    rules: tuple[Rule, ...]
    """Identities within one report."""
    yearly_rules: tuple[Rule, ...]
    """Identities with the report of the year before."""
    bounds: tuple[Rule, ...] = ()
    """Rules within one report whose left side is at least the right one; they locate nothing and follow from no sum."""
    # Out of `repr`, which would print every vocabulary with each table of a failed test.
    common: Common = field(repr=False)

    @cached_property
    def header(self) -> tuple[str, ...]:
        """First row of the CSV file: the stub, then the columns of the form in their order."""
        return (*(stub.id for stub in self.common.stub), *self.columns)

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """Place of each column among the cells of a line, from 0."""
        return {column: index for index, column in enumerate(self.columns)}

    @cached_property
    def places(self) -> Mapping[str, tuple[Place, ...]]:
        """Every place of each rule by its id, in printed order; a line that lacks a cell the rule names is none."""
        return {rule.id: tuple(self._places(rule)) for rule in (*self.rules, *self.yearly_rules, *self.bounds)}

    def _places(self, rule: Rule) -> Iterator[Place]:
        def address(member: str, at: str) -> Address:
            return Address(self.id, member, at) if rule.axis == "column" else Address(self.id, at, member)

        def cells(terms: tuple[Term, ...], at: str) -> tuple[tuple[int, bool, Address], ...]:
            return tuple((term.sign, term.previous, address(term.id, at)) for term in terms)

        # A rule of one block has no place in the lines of another, whose columns it does not name: no identity, not an untestable one.
        named = {term.id for term in (*rule.left, *rule.right)}
        lines = [line.id for line in self.lines.values() if named <= set(line.columns)]
        for at in self.columns if rule.axis == "column" else lines:
            yield Place(at, address(rule.blames, at), cells(rule.left, at), cells(rule.right, at))

    @cached_property
    def strands(self) -> tuple[Strand, ...]:
        """Every column, then every line, along which some rule holds, in printed order."""
        found: list[Strand] = []
        axes: tuple[tuple[Axis, Mapping[str, Column] | Mapping[str, Line], Iterable[str]], ...] = (
            ("column", self.columns, self.lines),
            ("line", self.lines, self.columns),
        )
        for axis, ids, others in axes:
            positions = {other: index for index, other in enumerate(others)}
            by_place: dict[str, list[tuple[Rule, Place]]] = {at: [] for at in ids}
            for rule in (*self.rules, *self.yearly_rules):
                if rule.axis == axis:
                    for place in self.places[rule.id]:
                        by_place[place.at].append((rule, place))
            found += [self._strand(axis, ids[at], rules, positions) for at, rules in by_place.items() if rules]
        return tuple(found)

    def _strand(self, axis: Axis, at: Line | Column, rules: list[tuple[Rule, Place]], positions: Mapping[str, int]) -> Strand:
        previous: list[Address] = []
        members = []
        for _, place in rules:
            cells = []
            for side, sign in ((place.left, 1), (place.right, -1)):
                for own, before, address in side:
                    # Cells of the year before are kept apart, for they may come from a table of another form, where positions differ.
                    if before and address not in previous:
                        previous.append(address)
                    position = previous.index(address) if before else positions[address.line if axis == "column" else address.column]
                    cells.append((position, before, own * sign))
            members.append(tuple(cells))
        return Strand(axis=axis, at=at.id, label=at.label, rules=tuple(rules), members=tuple(members), previous=tuple(previous))

    @cached_property
    def tried(self) -> Mapping[str, int]:
        """How many places along its strands each rule has: what a report is tried for whatever it prints."""
        return Counter(rule.id for strand in self.strands for rule, _ in strand.rules)

    @cached_property
    def whole(self) -> frozenset[str]:
        """Lines that have a cell in every column."""
        return frozenset(line.id for line in self.lines.values() if len(line.columns) == len(self.columns))

    @cached_property
    def cells(self) -> tuple[tuple[Line, Column], ...]:
        """Every cell that the form prints, line by line."""
        return tuple((line, self.columns[column]) for line in self.lines.values() for column in line.columns)

    def schema(self) -> dict[str, Any]:
        """Table Schema of the CSV file (Data Package v2): types, constraints, titles, labelled missing values."""
        # A new mapping each time, so that a caller may add keys without changing what the next one gets.
        return dict(self._schema)

    @cached_property
    def _schema(self) -> dict[str, Any]:
        # The id is constrained to the lines of the form; the label beside it is not, since reports print labels with slips that are kept.
        line, label = self.common.stub
        fields: list[dict[str, Any]] = [
            {
                "name": line.id,
                "type": "string",
                "title": line.label.zh,
                "constraints": {"required": True, "unique": True, "enum": list(self.lines)},
            },
            {"name": label.id, "type": "string", "title": label.label.zh, "constraints": {"required": True, "maxLength": 120}},
        ]
        for column in self.columns.values():
            title = "·".join([*(group.zh for group in column.groups), column.label.zh])
            fields.append({"name": column.id, **thawed(column.type.schema), "title": title})
        return {"fields": fields, "primaryKey": [line.id], "missingValues": self.common.missing_values()}

    def __str__(self) -> str:
        return f"{self.id} of form {self.form}: {counted(len(self.lines), 'line', 'lines')} x {counted(len(self.columns), 'column', 'columns')}"
