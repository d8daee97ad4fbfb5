"""What all forms of a family share: kinds of cell, spellings of nothing, vocabularies, free tables, rules, deadlines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import re

    from open_reports.finding import Level
    from open_reports.text import Text

# Ids stand in addresses, file names and CSV headers, so they keep to signs that none of these has to escape.
ID = r"[a-z]+(?:_[a-z]+)*"
LINE_ID = rf"{ID}(?:\.{ID})?"

Standing = Literal["printed", "implied", "law", "project"]
Kind = Literal["equation", "requirement", "package"]
Status = Literal["reported", "blank", "not_applicable", "line_absent", "not_on_form"]
"""Which kind of something or nothing a figure is; a status never turns into 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CellType:
    """A kind of cell: `pattern` is its only accepted spelling, `schema` its Table Schema field properties."""

    id: str
    pattern: re.Pattern[str]
    schema: Mapping[str, Any]
    says: Text
    # Not part of what a kind of cell is, only of how fast it answers: kept out of `repr` and of comparison.
    _accepted: set[str] = field(default_factory=set, repr=False, compare=False)

    def accepts(self, text: str) -> bool:
        """Whether a cell of this kind may be spelt so. A spelling seen before costs one look-up."""
        # Reports are mostly small numbers that come again and again; only accepted spellings are kept, so a faulty file cannot
        # fill it with rubbish.
        if text in self._accepted:
            return True
        accepted = self.pattern.fullmatch(text) is not None
        if accepted:
            self._accepted.add(text)
        return accepted


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleText:
    """A rule as people read it: `standing` says whether the form prints or implies it, or the law or this project sets it.

    `level` is that of a finding against it. `kind` says what it is about: figures that have to agree (`equation`), what else is
    asked of a report (`requirement`), or the data package, which is ours and none of the agency's (`package`).
    """

    id: str
    name: Text
    says: Text
    standing: Standing
    level: Level
    kind: Kind = "equation"


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
        fields = [{"name": name, **thawed(properties), "title": title.zh} for name, title, properties in self.fields]
        return {"fields": fields, "missingValues": missing_values}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """What the law says of a stretch of report years: the last day of publication for each kind of agency.

    `days` are `MM-DD` of the year after the report year; a kind that is not among them has no date in the law.
    `last_year` is None where the article is still in force.
    """

    first_year: int
    last_year: int | None
    reference: Text
    days: Mapping[str, str]

    def holds_for(self, year: int) -> bool:
        """Whether it is the law for reports of that year."""
        # The year decides which decree speaks: that of 2007 (Article 31) up to report year 2018, that of 2019 (Article 49) since.
        return self.first_year <= year <= (self.last_year or year)

    def last_day(self, kind: str, year: int) -> date | None:
        """Last day on which a kind of agency may publish its report of a year; None where the law names none."""
        # Article 49 speaks of county level and above; for a township or a subdistrict it has no date, and none is made up here.
        day = self.days.get(kind)
        return date.fromisoformat(f"{year + 1}-{day}") if day else None


@dataclass(frozen=True, kw_only=True)
class Common:
    """What all forms of a family share."""

    cells: Mapping[str, CellType]
    missing: Mapping[str, Status]
    """Cell text to status: an empty cell is `blank`, `/` is `not_applicable`."""
    # Separate from `missing`: `/` and `-` are one status, yet each needs its own label in a Table Schema.
    missing_labels: Mapping[str, str]
    """Cell text to its label in a Table Schema, where no two may be equal."""
    statuses: Mapping[str, Text]
    units: Mapping[str, Text]
    kinds: Mapping[str, Text]
    scopes: Mapping[str, Text]
    stub: tuple[Stub, ...]
    overview: FreeTable
    notes: FreeTable
    deadlines: tuple[Deadline, ...]
    """Earliest first, without gap or overlap."""
    rules: Mapping[str, RuleText]

    def missing_values(self) -> list[dict[str, str]]:
        """`missingValues` of a Table Schema, each labelled (Data Package v2)."""
        # The labels carry the kinds of nothing to whoever reads the CSV file without this project: left blank is not marked as
        # not applicable.
        return [{"value": value, "label": label} for value, label in self.missing_labels.items()]

    def deadline(self, year: int) -> Deadline | None:
        """Return the law on the publication of reports of a year; None for years before any."""
        return next((each for each in self.deadlines if each.holds_for(year)), None)


def thawed(value: object) -> Any:  # noqa: ANN401 (a copy of whatever JSON value it is)
    """Copy a JSON value, so that no caller can change the form."""
    if isinstance(value, Mapping):
        return {key: thawed(item) for key, item in value.items()}
    return [thawed(item) for item in value] if isinstance(value, list) else value
