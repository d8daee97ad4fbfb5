"""The statutory forms of a family: what each prints, for which years, and what is said of their cells.

A form is a YAML file in the folder of its family (`forms/foi-cn/`), dated and cited like the letter that prescribes it. It owns
its tables, its prose sections and its years. The form belongs to each table of a report, not to the year: real reports mix
forms, so a table's form is stated in its package and detected from what is printed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from open_reports.form.plausible import NOTHING, Plausible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from open_reports.form.common import Common, RuleText
    from open_reports.form.table import TableForm
    from open_reports.text import Text


def section_title(number: str, title: str, language: str) -> str:
    """Number and title of a section as the original prints them; an English title goes without the Chinese number."""
    # 一、 to 六、 mean nothing to a reader of English, and the mark behind them is a Chinese one.
    return f"{number}、{title}" if language == "zh" else title


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A prose section of the report: its number as printed, such as 五."""

    number: str
    id: str
    title: Text


@dataclass(frozen=True, kw_only=True)
class Form:
    """A statutory form: `years` the first and last report year it was prescribed for (None: still in force).

    `parts` are its sections in printed order, prose or a table; `tables` the tables among them, in the same order.
    """

    id: str
    title: Text
    reference: Text
    issued: date | None
    first_year: int
    last_year: int | None
    # One list of prose and tables, because the form prints them mixed: tables are sections two to four of six.
    parts: tuple[Section | TableForm, ...]
    tables: Mapping[str, TableForm]

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """Prose sections in printed order."""
        return tuple(part for part in self.parts if isinstance(part, Section))

    def section(self, section: str) -> Section | None:
        """Return the prose section of an id; None where the form has none."""
        return next((each for each in self.sections if each.id == section), None)

    def prescribed_for(self, year: int) -> bool:
        """Whether the letter prescribes this form for reports of that year."""
        # What a year should have used, never what it did: form 2019 was still used for reports of 2022 and 2023.
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
        # Wildcards let one definition hold on both forms: `other*` is one line on form 2019 and three on form 2021.
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
    # Several, for offices differ in what they count: by 收到申请 some mean new requests, some those carried over as well.
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
        # Asked before anything is summed: such an indicator also needs the same scope and period in both years.
        return any(cells.previous for cells in (*self.numerator, *self.denominator))


@dataclass(frozen=True, kw_only=True)
class Forms(Mapping[str, Form]):
    """All forms by id, with what they share."""

    by_id: Mapping[str, Form]
    common: Common
    narrative: tuple[Statement, ...] = ()
    indicators: Mapping[str, Indicator] = field(default_factory=dict)
    plausible: Plausible = NOTHING

    @cached_property
    def rules(self) -> Mapping[str, RuleText]:
        """Every rule by id: those of the forms by id, then those that no table states by itself."""
        found: dict[str, RuleText] = {}
        for form in self.by_id.values():
            for table in form.tables.values():
                for rule in (*table.rules, *table.yearly_rules, *table.bounds):
                    found.setdefault(rule.id, rule)
        return {**dict(sorted(found.items())), **self.common.rules}

    def __getitem__(self, form: str) -> Form:
        return self.by_id[form]

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_id)

    def __len__(self) -> int:
        return len(self.by_id)

    @property
    def newest(self) -> Form:
        """The form of the latest years."""
        return self._newest_first[0]

    @cached_property
    def _newest_first(self) -> tuple[Form, ...]:
        # `by_id` is ordered by year when it is read, so the newest form is simply the last.
        return tuple(self.by_id.values())[::-1]

    @cached_property
    def tables(self) -> tuple[str, ...]:
        """Ids of every table that any form prints, in the order of the newest form; what that lacks goes where an older one has it."""
        return merged(tuple(form.tables) for form in self._newest_first)

    def printing(self, table: str) -> tuple[TableForm, ...]:
        """Return a table as each form that prints it has it, the earliest form first; empty for an unknown table."""
        return self._printing.get(table, ())

    @cached_property
    def _printing(self) -> dict[str, tuple[TableForm, ...]]:
        return {table: tuple(form.tables[table] for form in self.by_id.values() if table in form.tables) for table in self.tables}

    def prescribed_for(self, year: int) -> Form:
        """Return the form in force for a report year; the earliest for years before any, the newest for years after all."""
        for form in self.by_id.values():
            # An answer for every year: reports from before the first letter are read too, and need some form to be set against.
            if year <= (form.last_year or year):
                return form
        return self.newest

    def leading(self, used: Iterable[str]) -> Form:
        """Return the form that a report follows whose tables are of these forms: the newest of them.

        A report that mixes forms has gone over to the newer one and kept tables of the older. Which tables and sections it
        must have is for the form it follows to say; it may print tables of older forms beside them.
        """
        wanted = set(used)
        return next((form for form in self._newest_first if form.id in wanted), self.newest)

    def parts_of(self, form_of: Mapping[str, str]) -> tuple[Section | TableForm, ...]:
        """Return the sections of a report, prose or table, in printed order; `form_of` names the form of each of its tables.

        The form that the report follows leads; a table that only an older form has stands where that form prints it.
        """
        leading = self.leading(form_of.values())
        prose = {section.id: section for section in leading.sections}
        order = merged([part.id for part in self[form].parts] for form in (leading.id, *form_of.values()))
        return tuple(
            self[form_of[each]].tables[each] if each in form_of else prose[each] for each in order if each in form_of or each in prose
        )

    def detect(self, table: str, header: Sequence[str], lines: Iterable[str]) -> tuple[str, ...]:
        """Return the ids of the forms that print a table with this header and these line ids.

        Lines may be left out of a report, so several forms may fit; none fits a table of no known form.
        """
        # Lines are compared as a subset: real reports leave whole lines out, and that is a finding, not another form.
        present = frozenset(lines)
        key = tuple(header)
        return tuple(each.form for each in self.printing(table) if key == each.header and present <= each.lines.keys())


def merged(orders: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """Merge several orders. The first stays as it is; an id that only a later one has goes behind its predecessor there."""
    found: list[str] = []
    for order in orders:
        # A plain union would put what only an older form has at the end, far from the lines it was printed beside.
        for position, each in enumerate(order):
            if each not in found:
                found.insert(found.index(order[position - 1]) + 1 if position else 0, each)
    return tuple(found)
