"""Outcome: what a file says as a report, figure by figure, and everything that a person must still say.

Each figure that the forms ask for is in `figures`, or in `open`, or its line is in `absent`, to be confirmed; none is left out
without a word. The identities of the form are never asked: they check what was read, and must not choose it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from open_reports.intake.around import Facts, Stated, facts, prose, stated, titles_between
from open_reports.intake.cells import reads_as_figure
from open_reports.intake.columns import blocks
from open_reports.intake.grid import Grid
from open_reports.intake.labels import Lexicon, bare, briefer
from open_reports.intake.lines import loose, rows
from open_reports.intake.reading import Foreign, Open, Table, fitting, own_lines, read_table
from open_reports.intake.seams import sheets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from open_reports.form import Address, Forms, TableForm
    from open_reports.intake.columns import Block
    from open_reports.intake.grid import Manuscript
    from open_reports.intake.lines import Row
    from open_reports.intake.seams import Sheet
    from open_reports.report import Note

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
    open: tuple[Open, ...] = ()
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
    lacking = [
        Open(name, line, "", "", "", "no_table") for name, table in form.tables.items() if name not in tables for line in table.lines
    ]
    parts = tuple(tables.values())
    absent, missing = found.left_out(tables)
    return Outcome(
        facts=told,
        remarks=manuscript.remarks,
        forms={name: table.form.form for name, table in tables.items()},
        figures={address: text for table in parts for address, text in table.figures.items()},
        places={address: place for table in parts for address, place in table.places.items()},
        labels={(table.form.id, line): label for table in parts for line, label in table.labels.items()},
        notes=tuple(note for table in parts for note in table.notes),
        absent=tuple(absent),
        open=(*lacking, *(each for table in parts for each in table.open), *missing),
        foreign=tuple(row for table in parts for row in table.foreign),
        prose=prose(manuscript, form),
        overview=stated(manuscript, form, known),
    )


@dataclass(frozen=True)
class _Found:
    """The head blocks and rows of a file, by table."""

    known: Forms
    lexicons: Mapping[str, Lexicon]
    blocks: Mapping[str, list[Block]]
    rows: Mapping[str, list[Row]]
    texts: tuple[tuple[str, str], ...]
    """Bare text and place of every cell and paragraph."""
    meant: Mapping[tuple[str, str], str]
    """Lines (table, line) that the text of some cell means, with its place."""
    unread: bool
    """Whether a table with figures proved to be none of the form's, so that nobody knows what it says."""

    @classmethod
    def of(cls, manuscript: Manuscript, known: Forms) -> _Found:
        lexicons = {table: Lexicon.of(known, table) for table in known.tables}
        words = tuple(lexicons.values())
        block_of: dict[str, list[Block]] = {}
        rows_of: dict[str, list[Row]] = {}
        headless: dict[str, list[Row]] = {}
        unread = False
        before: tuple[str, Sheet] | None = None
        for sheet in sheets(manuscript.grids, words, filled=manuscript.kind in _SPREADSHEETS):
            own = blocks(sheet, words, known)
            for block in own:
                block_of.setdefault(block.table, []).append(block)
                rows_of.setdefault(block.table, []).extend(rows(block, lexicons[block.table]))
            for lexicon in words:
                headless.setdefault(lexicon.table, []).extend(loose(sheet, own[0].first if own else sheet.rows, lexicon))
            strange = not own and any(reads_as_figure(cell.text) for cell in sheet.cells)
            unread = unread or (strange and sheet.columns > _LABEL_AND_FIGURE)
            if strange and before is not None and rows_of.get(before[0]):
                last = rows_of[before[0]][-1]
                if not last.fault and (last.gaps or sheet.columns == before[1].columns):
                    # A table that is none of the form's may hold the other half of the row before it.
                    rows_of[before[0]][-1] = replace(last, fault="beside_torn")
            before = (own[-1].table, sheet) if own else None
        for table, loosened in headless.items():
            least = min(_LINES_PROVE, *(len(form.lines) for form in known.printing(table)))
            if len({line for row in loosened for line in row.ids}) >= least:
                rows_of.setdefault(table, []).extend(loosened)
        texts = tuple(_texts(manuscript))
        return cls(
            known, lexicons, block_of, rows_of, tuple((bare(text), place) for text, place in texts), _meant(manuscript, words), unread
        )

    def refusal(self, manuscript: Manuscript) -> Refusal | None:
        """Why the file cannot be one report: a table twice, or titles of two reports with tables under each."""
        for table, found in self.rows.items():
            seen: dict[str, dict[int, Row]] = {}
            for row in found:
                if row.block is not None:
                    lines = {line for slot in row.block.heads.values() for line in slot.line} if row.block.across else row.ids
                    for line in lines:
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
        rows_of = {table: _headed_first(self.rows.get(table, [])) for table in order}
        meant = {table: {line for of, line in self.meant if of == table} for table in order}
        fits = {table: fitting(self.known.printing(table), rows_of[table], meant[table]) for table in order}
        sure = [fit.forms[0].form for fit in fits.values() if len(fit.forms) == 1 and fit.sure]
        usual = self.known.leading(sure) if sure else self.known.prescribed_for(year) if year else self.known.newest
        read = {}
        for table in order:
            fit = fits[table]
            form = next((each for each in fit.forms if each.form == usual.id), fit.forms[-1])
            found = read[table] = read_table(form, rows_of[table])
            if not fit.sure:
                found.understood = False
                # Asked of the lines that make the difference; where a form has none of its own, of all.
                asked = own_lines(form, self.known.printing(table)) or set(form.lines)
                found.open += [Open(table, line, "", "", "", "form_unsure") for line in form.lines if line in asked]
            found.understood = found.understood and not self.unread and not any(block.fault for block in self.blocks.get(table, []))
        return read

    def left_out(self, tables: Mapping[str, Table]) -> tuple[list[tuple[str, str]], list[Open]]:
        """Lines of the forms that no row was: absent if every row was understood and the label stands nowhere, else open."""
        absent, missing = [], []
        for name, table in tables.items():
            for line in table.form.lines:
                if line in table.met:
                    continue
                place = self._stands(table.form, line)
                if place is None and table.understood:
                    absent.append((name, line))
                else:
                    missing.append(Open(name, line, "", place or "", "", "line_missing"))
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
