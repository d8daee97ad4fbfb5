"""Drafting: what is known of a report becomes the files of a package. An empty package and an imported one are made here alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from open_reports.form import forms
from open_reports.report.model import DESCRIPTOR, PROSE, Note, Source, table_path
from open_reports.report.open_cells import OPEN, OpenCell, open_text
from open_reports.report.writing import csv_text, descriptor, json_text, table_rows

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from open_reports.form import Form, TableForm
    from open_reports.report.model import Consolidation


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A report on its way into a package.

    `form_of` gives the form of each table; `cells` the text of each figure by table, line and column, as the CSV file holds it, and
    blank where none is given; `labels` what a line is called where that is not the form's label; `overview` rows of item, value,
    unit and part_of; `prose` the Markdown of sections by their ids, `left_out` the ids of those that the report does not have;
    `open` what a person has to settle.
    """

    agency: str
    year: int
    title: str
    sources: Sequence[Source]
    form_of: Mapping[str, str]
    created: str
    scope: str = "own"
    published: str | None = None
    period: tuple[str, str] | None = None
    cells: Mapping[tuple[str, str, str], str] = field(default_factory=dict)
    labels: Mapping[tuple[str, str], str] = field(default_factory=dict)
    absent: Sequence[tuple[str, str]] = ()
    overview: Sequence[tuple[str, str, str, str]] = ()
    notes: Sequence[Note] = ()
    prose: Mapping[str, str] = field(default_factory=dict)
    left_out: Collection[str] = ()
    consolidates: Sequence[Consolidation] = ()
    explanations: Sequence[Mapping[str, str]] = ()
    open: Sequence[OpenCell] = ()

    @property
    def form(self) -> Form:
        """The form that the report follows."""
        return forms().leading(self.form_of.values())

    def files(self) -> dict[str, str]:
        """Every file of the package by its path below it, the list of open cells included where there are any."""
        known = forms()
        files = {DESCRIPTOR: json_text(self._descriptor())}
        for table, form in self.form_of.items():
            files[table_path(table)] = csv_text(self._rows(known[form].tables[table]))
        files[table_path("overview")] = csv_text([known.common.overview.header, *self.overview])
        files[table_path("notes")] = csv_text([known.common.notes.header, *self.notes])
        files[PROSE] = "\n".join(
            f"## {section.number}、{section.title.zh}\n" + (f"\n{text.strip()}\n" if (text := self.prose.get(section.id, "")) else "")
            for section in self.form.sections
            # A heading with nothing below it would say that the report has the section.
            if section.id not in self.left_out
        )
        if self.open:
            files[OPEN] = open_text(self.open)
        return files

    def _rows(self, form: TableForm) -> Iterator[Sequence[str]]:
        labels = {line: label for (table, line), label in self.labels.items() if table == form.id}
        absent = [line for table, line in self.absent if table == form.id]
        return table_rows(form, labels, lambda line, column: self.cells.get((form.id, line, column), ""), absent)

    def _descriptor(self) -> dict[str, object]:
        made = descriptor(
            agency=self.agency,
            year=self.year,
            title=self.title,
            sources=self.sources,
            form_of=self.form_of,
            created=self.created,
            scope=self.scope,
            published=self.published,
            absent=[f"{table}/{line}" for table, line in self.absent],
            explanations=self.explanations,
        )
        # Said only where there is something to say: most reports cover their calendar year and sum up nobody.
        if self.period:
            made["report"]["period"] = {"from": self.period[0], "to": self.period[1]}
        if self.consolidates:
            made["report"]["consolidates"] = [
                {"units": list(each.units), **({"lines": list(each.lines)} if each.lines else {})} for each in self.consolidates
            ]
        return made
