"""Outcome: what a file says as a report, figure by figure, and everything that a person must still say.

Each figure that the forms ask for is in `figures`, or in `open`, or its line is in `absent`, to be confirmed; none is left out
without a word. The identities of the form are never asked: they check what was read, and must not choose it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from open_reports.intake.around import Facts, Stated, facts, prose, stated, titles_between
from open_reports.intake.cells import reads_as_figure
from open_reports.intake.columns import blocks
from open_reports.intake.grid import Grid
from open_reports.intake.labels import Lexicon, bare, briefer
from open_reports.intake.lines import loose, rows
from open_reports.intake.reading import Fit, Foreign, Table, fitting, own_lines, read_table
from open_reports.intake.seams import sheets
from open_reports.report import OpenCell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from open_reports.form import Address, Forms, TableForm
    from open_reports.intake.columns import Block
    from open_reports.intake.grid import Manuscript
    from open_reports.intake.lines import Row
    from open_reports.intake.seams import Sheet
    from open_reports.report import Note

Key = TypeVar("Key")

_SPREADSHEETS = ("xlsx", "ods")
"""Kinds whose cells have addresses: one that is not there is blank, and none can move another."""
_LINES_PROVE = 5
"""How many lines of a form prove a table that shows no heads."""
_LABEL_AND_FIGURE = 2
"""Columns of a list beside the report, which may say anything; a table with more that proves nothing may be part of one."""
_LONGEST = 80
"""Characters of a cell that may be a label."""


class Refusal(NamedTuple):
    """Why nothing is read from a file: the code of a sentence in `locales/intake.yml`, and what it names."""

    code: str
    values: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a file says as a report.

    `forms` is the form of each table found; `figures` the text of each cell as the package's CSV file holds it; `places` where
    each stands in the original; `labels` those of lines (table, line) that are printed otherwise than on the form; `notes` rows of
    notes.csv; `absent` lines (table, line) that the report leaves out, to be confirmed; `open` what a person must say; `foreign`
    rows that are no line of the form. `prose` holds the paragraphs of each prose section by its id; `overview` figures that section
    one may state, proposed only. With `refused` there is nothing else but facts and remarks.
    """

    facts: Facts
    remarks: tuple[str, ...] = ()
    refused: Refusal | None = None
    forms: Mapping[str, str] = field(default_factory=dict)
    figures: Mapping[Address, str] = field(default_factory=dict)
    places: Mapping[Address, str] = field(default_factory=dict)
    labels: Mapping[tuple[str, str], str] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    absent: tuple[tuple[str, str], ...] = ()
    open: tuple[OpenCell, ...] = ()
    foreign: tuple[Foreign, ...] = ()
    prose: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    overview: tuple[Stated, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether nothing is left for a person to say."""
        return self.refused is None and not (self.open or self.absent or self.foreign)


def outcome(manuscript: Manuscript, known: Forms) -> Outcome:
    """What a file says as a report of some of the known forms."""
    told = facts(manuscript)
    found = _Found.of(manuscript, known)
    refused = found.refusal(manuscript)
    if refused is not None:
        return Outcome(facts=told, remarks=manuscript.remarks, refused=refused)
    tables = found.tables(told.year)
    form = known.leading(table.form.form for table in tables.values())
    lacking = [table for name, table in form.tables.items() if name not in tables]
    parts = tuple(tables.values())
    said = prose(manuscript, form, told.agency)
    absent, missing = found.left_out(tables)
    return Outcome(
        facts=told,
        remarks=(*manuscript.remarks, *(("prose_passed",) if said.passed else ())),
        forms={name: table.form.form for name, table in tables.items()},
        figures=_together(table.figures for table in parts),
        places=_together(table.places for table in parts),
        labels=_together({(table.form.id, line): label for line, label in table.labels.items()} for table in parts),
        notes=tuple(chain.from_iterable(table.notes for table in parts)),
        absent=tuple(absent),
        open=(*_unfound(lacking), *chain.from_iterable(table.open for table in parts), *missing),
        foreign=tuple(chain.from_iterable(table.foreign for table in parts)),
        prose=said.sections,
        overview=stated(manuscript, form, known),
    )


def _together(parts: Iterable[Mapping[Key, str]]) -> dict[Key, str]:
    return {key: text for part in parts for key, text in part.items()}


def _unfound(tables: Iterable[TableForm]) -> list[OpenCell]:
    """Every line of tables that the form has and the file does not show."""
    return [OpenCell(table.id, line, "", "", "", "no_table") for table in tables for line in table.lines]


@dataclass(frozen=True)
class _Found:
    """The head blocks and rows of a file, by table."""

    known: Forms
    lexicons: tuple[Lexicon, ...]
    texts: tuple[tuple[str, str], ...]
    """Bare text and place of every cell and paragraph."""
    meant: Mapping[tuple[str, str], str]
    """Lines (table, line) that the text of some cell means, with its place."""
    blocks: dict[str, list[Block]] = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=dict)
    unread: list[Sheet] = field(default_factory=list)
    """Tables with figures that proved to be none of the form's, so that nobody knows what they say."""
    scanned: bool = False
    """Whether it was read from pictures: a line that was not found there may have been overlooked."""

    @classmethod
    def of(cls, manuscript: Manuscript, known: Forms) -> _Found:
        """Sort everything that the tables of a file say."""
        lexicons = tuple(Lexicon.of(known, table) for table in known.tables)
        texts = tuple((bare(text), place) for text, place in _texts(manuscript))
        found = cls(known, lexicons, texts, _meant(manuscript, lexicons), scanned=manuscript.kind == "scan")
        headless: dict[str, list[Row]] = {}
        before: tuple[str, Sheet] | None = None
        for sheet in sheets(manuscript.grids, lexicons, filled=manuscript.kind in _SPREADSHEETS):
            own = found.take(sheet)
            for lexicon in lexicons:
                headless.setdefault(lexicon.table, []).extend(loose(sheet, own[0].first if own else sheet.rows, lexicon))
            if not own:
                found.doubt_before(sheet, before)
            before = (own[-1].table, sheet) if own else None
        for table, loosened in headless.items():
            least = min(_LINES_PROVE, *(len(form.lines) for form in known.printing(table)))
            if len({line for row in loosened for line in row.ids}) >= least:
                found.rows.setdefault(table, []).extend(loosened)
        return found

    def take(self, sheet: Sheet) -> tuple[Block, ...]:
        """Sort the head blocks of a sheet, and the rows under them."""
        own = blocks(sheet, self.lexicons, self.known)
        for block in own:
            lexicon = next(each for each in self.lexicons if each.table == block.table)
            self.blocks.setdefault(block.table, []).append(block)
            self.rows.setdefault(block.table, []).extend(rows(block, lexicon))
        return own

    def doubt_before(self, sheet: Sheet, before: tuple[str, Sheet] | None) -> None:
        """Doubt the row before a sheet that is none of the form's tables, if the sheet may hold the row's other half."""
        if not any(reads_as_figure(cell.text) for cell in sheet.cells):
            return
        if sheet.columns > _LABEL_AND_FIGURE:
            self.unread.append(sheet)
        told = self.rows.get(before[0], []) if before is not None else []
        if told and before is not None and not told[-1].fault and (told[-1].gaps or sheet.columns == before[1].columns):
            told[-1] = replace(told[-1], fault="beside_torn")

    def refusal(self, manuscript: Manuscript) -> Refusal | None:
        """Why the file cannot be one report: a table twice, or titles of two reports with tables under each."""
        for table, found in self.rows.items():
            seen: dict[str, dict[int, Row]] = {}
            # A row without heads may be of an overview that repeats the table's labels.
            for row in (row for row in found if row.block is not None):
                for line in row.ids | row.ids_across:
                    seen.setdefault(line, {}).setdefault(id(row.block), row)
            twice = [places for places in seen.values() if len(places) > 1]
            if len(twice) > 1:
                places = "、".join(row.place for row in twice[0].values())
                return Refusal("table_twice", {"table": self.known.printing(table)[-1].title.zh, "places": places})
        titles = titles_between(manuscript)
        return Refusal("two_reports", {"one": titles[0], "other": titles[1]}) if titles else None

    def tables(self, year: int | None) -> dict[str, Table]:
        """Every table that was found, read on its form."""
        order = [table for table in self.known.tables if self.rows.get(table) or self.blocks.get(table)]
        told = {table: _headed_first(self.rows.get(table, [])) for table in order}
        fits = {table: fitting(self.known.printing(table), told[table], self._named(table)) for table in order}
        usual = self._usual(fits.values(), year)
        return {table: self._read(fits[table], told[table], usual) for table in order}

    def _named(self, table: str) -> set[str]:
        """Lines of a table that some cell of the document names."""
        return {line for of, line in self.meant if of == table}

    def _usual(self, fits: Iterable[Fit], year: int | None) -> str:
        """The form of a table that could be of several: that of the others, else of the year."""
        sure = [fit.forms[0].form for fit in fits if len(fit.forms) == 1 and fit.sure]
        if sure:
            return self.known.leading(sure).id
        return self.known.prescribed_for(year).id if year else self.known.newest.id

    def _read(self, fit: Fit, told: Sequence[Row], usual: str) -> Table:
        form = next((each for each in fit.forms if each.form == usual), fit.forms[-1])
        found = read_table(form, told)
        if not fit.sure:
            # Asked of the lines that make the difference; where a form has none of its own, of all.
            asked = own_lines(form, self.known.printing(form.id)) or set(form.lines)
            found.open += [OpenCell(form.id, line, "", "", "", "form_unsure") for line in form.lines if line in asked]
        torn = any(block.fault for block in self.blocks.get(form.id, []))
        found.understood = found.understood and fit.sure and not self.unread and not torn and not self.scanned
        return found

    def left_out(self, tables: Mapping[str, Table]) -> tuple[list[tuple[str, str]], list[OpenCell]]:
        """Lines of the forms that no row was: absent if every row was understood and the label stands nowhere, else open."""
        absent, missing = [], []
        for name, table in tables.items():
            for line in table.form.lines:
                if line in table.met:
                    continue
                place = self._stands(table.form, line)
                if place is None and table.understood and line not in table.at_seams:
                    absent.append((name, line))
                else:
                    missing.append(OpenCell(name, line, "", place or "", "", "line_missing"))
        return absent, missing

    def _stands(self, form: TableForm, line: str) -> str | None:
        """Where the label of a line stands in the document, however spelt; None if nowhere."""
        if (form.id, line) in self.meant:
            return self.meant[form.id, line]
        own = form.lines[line]
        labels = {spelt(text) for text in (own.label.zh, own.label.en, *own.aliases) for spelt in (bare, briefer)}
        return next((place for text, place in self.texts if any(label in text for label in labels)), None)


def _headed_first(found: Sequence[Row]) -> list[Row]:
    """Rows, without those that have no heads where the same line has a row under heads: overviews repeat labels of the tables."""
    headed = {line for row in found if row.block is not None for line in row.ids}
    return [row for row in found if row.block is not None or not row.ids <= headed]


def _texts(manuscript: Manuscript) -> Iterator[tuple[str, str]]:
    for each in manuscript.blocks:
        if isinstance(each, Grid):
            yield from ((cell.text, cell.place) for cell in each.cells)
        else:
            yield each.text, each.place


def _meant(manuscript: Manuscript, lexicons: Sequence[Lexicon]) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for grid in manuscript.grids:
        for cell in grid.cells:
            if cell.text.strip() and len(cell.text) <= _LONGEST and not reads_as_figure(cell.text):
                for lexicon in lexicons:
                    match = lexicon.match(cell.text)
                    # A label that is also a column's or a group's says nothing of the line.
                    if match is not None and not match.columns() and not match.group:
                        for line in match.lines():
                            found.setdefault((lexicon.table, line), cell.place)
    return found
