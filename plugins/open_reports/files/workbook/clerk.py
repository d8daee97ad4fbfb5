"""The workbook that a clerk fills in: the statutory tables in their printed shape, with the sums beside them worked out live.

Everything of the form comes from its data. The headings by which `intake/clerk.py` reads it back are words of `locales/`.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from open_reports.errors import PublishError
from open_reports.files.workbook import available
from open_reports.files.workbook.frame import Layout, all_styles
from open_reports.form import Address, Section, forms, section_title
from open_reports.text import Words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from open_reports.form import Column, FreeTable, Line, TableForm
    from open_reports.form.table import Place

VERSION = "open-reports 1"
"""What the workbook calls itself; another number once its sheets mean something else."""
_INPUT = {"border": 1, "border_color": "#A6A6A6", "valign": "vcenter", "shrink": True}
_CHECK = {"font_color": "#9C0006", "align": "center", "shrink": True}
_FREE_ROWS = 40
"""Rows to fill in of a list."""


def clerks_workbook(*, agency: str, year: int, title: str, source: str, form_of: Mapping[str, str]) -> bytes:
    """Workbook of an empty report. Raises `PublishError` where the extra is not installed."""
    if lacks := available():
        raise PublishError(Words("zh")(lacks))
    from xlsxwriter import Workbook

    stream = io.BytesIO()
    book = Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    looks = {**all_styles(), "input": _INPUT, "words": {**_INPUT, "num_format": "@"}, "check": _CHECK}
    styles = {name: book.add_format(style) for name, style in looks.items()}
    known = forms()
    w = Words("zh")
    entries = [
        (w("clerk_mark"), VERSION),
        (w("clerk_agency"), agency),
        (w("clerk_year"), str(year)),
        *((w("clerk_form", table=known[form].tables[table].title.zh), form) for table, form in form_of.items()),
        (w("clerk_report"), title),
        (w("clerk_source"), source),
        (w("clerk_published"), ""),
        (w("clerk_blank"), w("clerk_blank_waits")),
    ]
    _about(book.add_worksheet(w("book_about")), styles, entries)
    prose: list[Section] = []
    for part in known.leading(form_of.values()).parts:
        if isinstance(part, Section):
            prose.append(part)
            continue
        table = known[form_of[part.id]].tables[part.id]
        _Sheet(book.add_worksheet(section_title(table.section, table.title.zh, "zh")), styles, table).draw(w("clerk_lead"))
    _free(book, styles, known.common.overview, known.common.overview.title.zh)
    _free(book, styles, known.common.notes, w("clerk_notes"))
    sheet = book.add_worksheet(w("clerk_text"))
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 100)
    heads = [w("clerk_section"), w("clerk_own_words")]
    for row, cells in enumerate([heads, *([section_title(each.number, each.title.zh, "zh"), ""] for each in prose)]):
        _write(sheet, row, cells, [styles["head"]] * 2 if row == 0 else [styles["stub"], styles["boxed"]])
    book.close()
    return stream.getvalue()


def _write(sheet: Worksheet, row: int, cells: Sequence[str], looks: Sequence[Format]) -> None:
    for column, (text, look) in enumerate(zip(cells, looks, strict=True)):
        if text:
            sheet.write_string(row, column, text, look)
        else:
            sheet.write_blank(row, column, None, look)


def _about(sheet: Worksheet, styles: Mapping[str, Format], entries: Sequence[tuple[str, str]]) -> None:
    w = Words("zh")
    sheet.set_column(0, 0, 36)
    sheet.set_column(1, 1, 80)
    sheet.write_string(0, 0, w("clerk_title"), styles["title"])
    for row, entry in enumerate(entries, start=2):
        _write(sheet, row, entry, (styles["stub"], styles["words"]))
    choices = [w("clerk_blank_waits"), w("clerk_blank_printed")]
    sheet.data_validation(1 + len(entries), 1, 1 + len(entries), 1, {"validate": "list", "source": choices})
    sheet.merge_range(3 + len(entries), 0, 3 + len(entries), 1, w("clerk_how"), styles["text"])
    sheet.set_row(3 + len(entries), 64)


def _free(book: Workbook, styles: Mapping[str, Format], free: FreeTable, name: str) -> None:
    sheet = book.add_worksheet(name)
    sheet.set_column(0, len(free.fields) - 1, 26)
    _write(sheet, 0, [title.zh for _, title, _ in free.fields], [styles["head"]] * len(free.fields))
    for row in range(1, _FREE_ROWS + 1):
        _write(sheet, row, [""] * len(free.fields), [styles["words"]] * len(free.fields))


class _Sheet(Layout):
    """Draws a table to be filled in, and beside and below it what its identities say of the figures."""

    def __init__(self, sheet: Worksheet, styles: Mapping[str, Format], table: TableForm) -> None:
        super().__init__(sheet, styles, table)
        self.at: dict[Address, tuple[int, int]] = {}

    def draw(self, lead: str) -> None:
        super().draw(lead)
        w = Words("zh")
        last = max(row for row, _ in self.at.values())
        beside = 1 + max(column for _, column in self.at.values())
        for rule in self.table.rules:
            places = [place for place in self.table.places[rule.id] if place.blamed in self.at]
            if rule.axis == "line" and places:
                rows = [self.at[place.blamed][0] for place in places]
                self.sheet.write_string(min(rows) - 1, beside, w("clerk_check"), self.styles["head"])
                self.sheet.set_column(beside, beside, 16)
                for row, place in zip(rows, places, strict=True):
                    self._formula(row, beside, place)
                beside += 1
            elif places:
                last += 1
                self.spread((last, 0, last, self.stub - 1), w("clerk_check_rule", rule=rule.name.zh), "stub")
                for place in places:
                    self._formula(last, self.at[place.blamed][1], place)

    def label(self, row: int, number: int, line: Line) -> None:
        self.sheet.write_string(row, number, line.label.zh, self.styles["stub"])

    def cell(self, row: int, number: int, line: Line, column: Column) -> None:
        self.at[Address(self.table.id, line.id, column.id)] = row, number
        # Numbers are shown in full however long: the format General would round them to the width of the column.
        whole = column.type.schema["type"] == "integer"
        self.sheet.write_blank(row, number, None, self.styles["number0" if whole else "input"])
        least = column.type.schema.get("constraints", {}).get("minimum", 0)
        here = _reference(row, number)
        number_fits = f"AND(ISNUMBER({here}),{here}>={least}{f',{here}=INT({here})' if whole else ''})"
        symbols = "".join(f',{here}="{symbol}"' for symbol in self.table.common.missing if symbol)
        # A warning, not a ban: originals print 22（其中修订16件）, and what is printed must be possible to enter.
        message = Words("zh")("clerk_refused", says=column.type.says.zh)[:255]
        rule = {"validate": "custom", "value": f"=OR({number_fits}{symbols})", "error_type": "warning", "error_message": message}
        self.sheet.data_validation(row, number, row, number, rule)

    def _formula(self, row: int, number: int, place: Place) -> None:
        """What an identity says of its figures: nothing while one of them is no number."""
        w = Words("zh")
        references = [_reference(*self.at[address]) for _, _, address in (*place.left, *place.right)]
        gap = f"ROUND({''.join(self._terms(place))},6)"
        formula = f'=IF(COUNT({",".join(references)})<{len(references)},"",IF({gap}=0,"{w("clerk_holds")}","{w("clerk_gap")}"&{gap}))'
        # Without a result of its own, the library would write 0.
        self.sheet.write_formula(row, number, formula, self.styles["check"], "")

    def _terms(self, place: Place) -> Iterator[str]:
        for side, turn in ((place.left, 1), (place.right, -1)):
            for sign, _, address in side:
                yield f"{'+' if sign * turn > 0 else '-'}{_reference(*self.at[address])}"


def _reference(row: int, number: int) -> str:
    from xlsxwriter.utility import xl_rowcol_to_cell

    return str(xl_rowcol_to_cell(row, number))
