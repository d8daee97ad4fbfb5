"""The statutory forms: tables, lines, columns, rules, labels. Everything that knows the form derives from here.

A form is a YAML file in the folder of its family (`forms/foi-cn/`), dated and cited like the letter that prescribes it. The form belongs to each table,
not to the year: real reports mix them, so a table's form is stated in its package and detected from what is printed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from open_reports.finding import Level
    from open_reports.text import Text

TABLES = ("disclosure", "applications", "disputes")
"""The statutory tables, in their printed order (sections two, three and four)."""

ID = r"[a-z]+(?:_[a-z]+)*"
LINE_ID = rf"{ID}(?:\.{ID})?"

Axis = Literal["line", "column"]
Standing = Literal["printed", "implied", "law", "project"]
Status = Literal["reported", "blank", "not_applicable", "line_absent", "not_on_form"]
"""Which kind of something or nothing a figure is; a status never turns into 0."""


def section_title(number: str, title: str, language: str) -> str:
    """Number and title of a section as the original prints them; an English title goes without the Chinese number."""
    return f"{number}、{title}" if language == "zh" else title


@dataclass(frozen=True, slots=True, kw_only=True)
class CellType:
    """A kind of cell: `pattern` is its only accepted spelling, `schema` its Table Schema field properties."""

    id: str
    pattern: re.Pattern[str]
    schema: Mapping[str, Any]
    says: Text
    _accepted: set[str] = field(default_factory=set, repr=False, compare=False)

    def accepts(self, text: str) -> bool:
        """Whether a cell of this kind may be spelt so; spellings seen before cost one look-up, and few there are."""
        if text in self._accepted:
            return True
        accepted = self.pattern.fullmatch(text) is not None
        if accepted:
            self._accepted.add(text)
        return accepted


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One measured column. `groups` are the heads printed above it, outermost first; `unit` as printed or implied."""

    id: str
    label: Text
    type: CellType
    unit: str
    groups: tuple[Text, ...] = ()

    def __str__(self) -> str:
        return self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One printed line. `groups` are the heads it stands under, outermost first; `columns` the ids that have a cell."""

    id: str
    label: Text
    groups: tuple[Text, ...]
    columns: tuple[str, ...]

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
class RuleText:
    """A rule as people read it: `standing` says whether the form prints it, implies it, the law or this project sets it.

    `level` is that of a finding against it.
    """

    id: str
    name: Text
    says: Text
    standing: Standing
    level: Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(RuleText):
    """An identity of the form, `new + carried_in = total + carried_out`, that holds for each column or line.

    `left` and `right` are its two sides, wildcards such as `refused.*` already spelt out; `blames` is the line or
    column whose cell the finding stands at.
    """

    sentence: str
    axis: Axis
    left: tuple[Term, ...]
    right: tuple[Term, ...]
    blames: str

    def __str__(self) -> str:
        return f"{self.id}: {self.sentence}"


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
        return {rule.id: tuple(self._places(rule)) for rule in (*self.rules, *self.yearly_rules)}

    def _places(self, rule: Rule) -> Iterator[Place]:
        def address(member: str, at: str) -> Address:
            return Address(self.id, member, at) if rule.axis == "column" else Address(self.id, at, member)

        def cells(terms: tuple[Term, ...], at: str) -> tuple[tuple[int, bool, Address], ...]:
            return tuple((term.sign, term.previous, address(term.id, at)) for term in terms)

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
                    if before and address not in previous:
                        previous.append(address)
                    position = previous.index(address) if before else positions[address.line if axis == "column" else address.column]
                    cells.append((position, before, own * sign))
            members.append(tuple(cells))
        return Strand(axis=axis, at=at.id, label=at.label, rules=tuple(rules), members=tuple(members), previous=tuple(previous))

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
        return dict(self._schema)

    @cached_property
    def _schema(self) -> dict[str, Any]:
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
            fields.append({"name": column.id, **_thawed(column.type.schema), "title": title})
        return {"fields": fields, "primaryKey": [line.id], "missingValues": self.common.missing_values()}

    def __str__(self) -> str:
        return f"{self.id} of form {self.form}: {len(self.lines)} lines x {len(self.columns)} columns"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stub:
    """A leading text column of every statutory table."""

    id: str
    label: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeTable:
    """A table that no statute prescribes (overview, notes): its title and Table Schema fields."""

    id: str
    title: Text
    fields: tuple[tuple[str, Text, Mapping[str, Any]], ...]
    """(name, title, Table Schema field properties) in the order of the CSV file."""

    @property
    def header(self) -> tuple[str, ...]:
        """First row of the CSV file."""
        return tuple(name for name, _, _ in self.fields)

    def schema(self, missing_values: list[dict[str, str]]) -> dict[str, Any]:
        """Table Schema of the CSV file."""
        fields = [{"name": name, **_thawed(properties), "title": title.zh} for name, title, properties in self.fields]
        return {"fields": fields, "missingValues": missing_values}


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A prose section of the report: its number as printed, such as 五."""

    number: str
    id: str
    title: Text


@dataclass(frozen=True, kw_only=True)
class Common:
    """What all forms share: kinds of cell, spellings of a missing value, vocabularies, free tables, prose sections."""

    cells: Mapping[str, CellType]
    missing: Mapping[str, Status]
    """Cell text to status: an empty cell is `blank`, `/` is `not_applicable`."""
    missing_labels: Mapping[str, str]
    """Cell text to its label in a Table Schema, where no two may be equal."""
    statuses: Mapping[str, Text]
    units: Mapping[str, Text]
    kinds: Mapping[str, Text]
    scopes: Mapping[str, Text]
    stub: tuple[Stub, ...]
    overview: FreeTable
    notes: FreeTable
    sections: tuple[Section, ...]
    deadlines: Mapping[str, str]
    """Kind of agency to the last day of publication, `MM-DD` of the year after the report year."""
    deadline_reference: Text
    rules: Mapping[str, RuleText]

    def missing_values(self) -> list[dict[str, str]]:
        """`missingValues` of a Table Schema, each labelled (Data Package v2)."""
        return [{"value": value, "label": label} for value, label in self.missing_labels.items()]


@dataclass(frozen=True, kw_only=True)
class Form:
    """A statutory form: `years` the first and last report year it was prescribed for (None: still in force)."""

    id: str
    title: Text
    reference: Text
    issued: date | None
    first_year: int
    last_year: int | None
    tables: Mapping[str, TableForm]

    def prescribed_for(self, year: int) -> bool:
        """Whether the letter prescribes this form for reports of that year."""
        return self.first_year <= year <= (self.last_year or year)

    def __str__(self) -> str:
        return f"form {self.id} ({self.reference.zh})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """Cells of a table named by pattern, as in `applications/refused.*/total`; a line pattern may end in `*`.

    `sign` is 1 or -1; `previous` says that the cells are those of the report of the year before.
    """

    table: str
    line: str
    column: str
    sign: int = 1
    previous: bool = False

    def __str__(self) -> str:
        return f"{'previous ' if self.previous else ''}{self.table}/{self.line}/{self.column}"

    def lines(self, form: TableForm) -> tuple[str, ...]:
        """Ids of the lines of a form that are meant, in printed order; empty where the form has no such cell."""
        if self.column not in form.columns:
            return ()
        if not self.line.endswith("*"):
            line = form.lines.get(self.line)
            return (self.line,) if line and self.column in line.columns else ()
        return tuple(line.id for line in form.lines.values() if line.id.startswith(self.line[:-1]) and self.column in line.columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A figure of the tables as the narrative may state it.

    `items` are its names in overview.csv, `phrases` what stands before the number in a sentence, `means` the sums of
    cells that may be meant, the usual one first.
    """

    id: str
    items: tuple[str, ...]
    phrases: tuple[str, ...]
    means: tuple[tuple[Cells, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """A sum of cells, or its share in another sum; `floor` is the least denominator that a rate is given on.

    `description` says what it tells and what it does not, `counts` and `among` what numerator and denominator count,
    `basis` the law it rests on, `note` what to beware of.
    """

    id: str
    name: Text
    description: Text
    counts: Text
    among: Text | None
    basis: Text
    note: Text | None
    numerator: tuple[Cells, ...]
    denominator: tuple[Cells, ...]
    floor: int

    @property
    def yearly(self) -> bool:
        """Whether it compares a report with that of the year before."""
        return any(cells.previous for cells in (*self.numerator, *self.denominator))


@dataclass(frozen=True, kw_only=True)
class Forms(Mapping[str, Form]):
    """All forms by id, with what they share."""

    by_id: Mapping[str, Form]
    common: Common
    narrative: tuple[Statement, ...] = ()
    indicators: Mapping[str, Indicator] = field(default_factory=dict)

    @cached_property
    def rules(self) -> Mapping[str, RuleText]:
        """Every rule by id: those of the forms in their printed order, then those that no table states by itself."""
        found: dict[str, RuleText] = {}
        for form in self.by_id.values():
            for table in form.tables.values():
                for rule in (*table.rules, *table.yearly_rules):
                    found.setdefault(rule.id, rule)
        return {**dict(sorted(found.items())), **self.common.rules}

    def __getitem__(self, form: str) -> Form:
        return self.by_id[form]

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_id)

    def __len__(self) -> int:
        return len(self.by_id)

    def prescribed_for(self, year: int) -> Form:
        """Return the form in force for a report year; the earliest for years before any."""
        for form in self.by_id.values():
            if form.prescribed_for(year):
                return form
        return next(iter(self.by_id.values()))

    def detect(self, table: str, header: Sequence[str], lines: Iterable[str]) -> tuple[str, ...]:
        """Return the ids of the forms that print a table with this header and these line ids.

        Lines may be left out of a report, so several forms may fit; none fits a table of no known form.
        """
        present = frozenset(lines)
        key = tuple(header)
        return tuple(
            form.id for form in self.by_id.values() if key == form.tables[table].header and present <= form.tables[table].lines.keys()
        )


def _thawed(value: object) -> Any:  # noqa: ANN401 (a copy of whatever JSON value it is)
    """Copy a JSON value, so that no caller can change the form."""
    if isinstance(value, Mapping):
        return {key: _thawed(item) for key, item in value.items()}
    return [_thawed(item) for item in value] if isinstance(value, list) else value
