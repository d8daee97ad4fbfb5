"""The comparison page: without scripts a table of the latest year, with them any agencies, years, figures and indicators.

The page carries the names of figures and the sentences of its script; the list of agencies stands in its folder, and values
come from the files of the chosen agencies (`agency_files`). Nothing is summed over agencies, and nothing is ranked.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from open_reports.derived.doubt import doubts
from open_reports.derived.indicator import CONTRADICTED, of_library
from open_reports.derived.mark import mark, nothing_words
from open_reports.derived.search import FIGURES, INDEX
from open_reports.document import json_bytes, script_json
from open_reports.files.agencies import LIST
from open_reports.form import FAMILY, forms
from open_reports.pages.frame import (
    ENGLISH,
    Here,
    Link,
    Page,
    agency_name,
    anchor,
    column_words,
    crumbs,
    rendered,
    script_files,
    sort_key,
    unit_words,
)
from open_reports.pages.search import SOUNDS
from open_reports.pages.table import title
from open_reports.text import Words, reading, resource_text, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from open_reports.derived.indicator import Value
    from open_reports.form import Column, Indicator, Line
    from open_reports.library import Agency, Library
    from open_reports.report import Report

PATH = "compare/"
SCRIPTS = ("elements.js", "sorting.js", "compare-words.js", "compare-table.js", "compare-files.js", "compare-choices.js", "compare.js")
INDICATOR = "i:"
"""What an indicator's id begins with where it stands beside addresses of figures."""
_SHARED_WORDS = ("agency", "agencies", "year", "years", "scope", "not_collected", "comma", "mark_says", "mark_blank_table")


class Settings(NamedTuple):
    """What the page shows unasked, and how much at once (`forms/foi-cn/views/compare.yml`).

    `plain` are the columns of the table of the latest year, `first` those chosen with the first agency.
    """

    rows: int
    agencies: int
    figures: int
    plain: tuple[str, ...]
    first: tuple[str, ...]


class Cell(NamedTuple):
    """One cell of the plain table: `text` as shown, `value` its exact number (empty where there is none), `href` to its figure.

    `sign` is the mark of a figure in an open contradiction.
    """

    text: str
    value: str
    href: str
    sign: Markup | str = ""


class Head(NamedTuple):
    """One column of the plain table: a figure's line, the head it stands under, and a remark: its column and unit."""

    label: str
    group: str = ""
    remark: str = ""


class RowView(NamedTuple):
    """An agency's row of the plain table."""

    agency: Link
    sort: str
    scope: str
    cells: Sequence[Cell]


class PlainView(NamedTuple):
    """The table of the latest year; `part` says that it is not the whole, which `all` leads to."""

    year: int
    heads: Sequence[Head]
    rows: Sequence[RowView]
    part: str
    all: Link


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareContext:
    """The comparison: what `template.html` is told."""

    w: Words
    crumbs: Sequence[Link]
    current: str
    pages: str
    files: str
    list: str
    sounds: str
    script_files: Sequence[Link]
    data: Markup
    plain: PlainView | None


@cache
def settings() -> Settings:
    """Load the page's settings, once a process. Raises `FormError` where one is missing or names no figure."""
    return read_settings(resource_text(f"{FAMILY}/views/compare.yml"))


def read_settings(text: str) -> Settings:
    """Read the page's settings from YAML. Raises `FormError` with every fault."""
    with reading(f"{FAMILY}/views/compare.yml", text) as root:
        read = Settings(
            rows=root.integer("rows"),
            agencies=root.integer("agencies"),
            figures=root.integer("figures"),
            plain=root.texts("plain"),
            first=root.texts("first"),
        )
        tables = [table for form in forms().values() for table in form.tables.values()]
        # Of every form: a figure that only an older one prints can be chosen for its years.
        known = {f"{table.id}/{line.id}/{column.id}" for table in tables for line, column in table.cells}
        known |= {INDICATOR + indicator for indicator in forms().indicators}
        for key, chosen in (("plain", read.plain), ("first", read.first)):
            if not chosen:
                root.note(key, "record.missing", key=key)
            for unknown in [each for each in chosen if each not in known]:
                root.note(key, "form.no_such_line", found=unknown, expected=f"table/line/column, {INDICATOR}indicator")
        return read


# -- figures by name ----------------------------------------------------------------------------------------------------


def figure_groups(w: Words) -> list[dict[str, Any]]:
    """Every figure of the statutory tables, by table and line, in the printed order of the latest form.

    A line has its `label`, the head it stands under (`group`, empty where there is none) and its `cells`: `id` (address),
    `label`, `remark` (the label with its unit), and `only`, the form that alone prints it, where not every form does.
    """
    return [
        {"id": table, "title": title(forms().printing(table)[-1], w.language), "lines": list(_lines(table, w).values())}
        for table in forms().tables
    ]


def _lines(table: str, w: Words) -> dict[str, dict[str, Any]]:
    # Newest form first: its words and order stand, older forms only add what it has no longer.
    printing = forms().printing(table)[::-1]
    found: dict[str, dict[str, Any]] = {}
    for printed in printing:
        for line, column in printed.cells:
            entry = found.setdefault(line.id, {"label": line.label[w.language], "group": _group(line, w), "cells": []})
            address = f"{table}/{line.id}/{column.id}"
            if any(each["id"] == address for each in entry["cells"]):
                continue
            # Whoever chooses a figure of one form alone should know before the table is half empty.
            having = [each for each in printing if line.id in each.lines and column.id in each.lines[line.id].columns]
            entry["cells"].append(
                {
                    "id": address,
                    "label": column_words(column, w.language),
                    # The label is short for the list of choices; the head of the table has room for the unit.
                    "remark": _with_unit(column, w),
                    "only": "" if len(having) == len(forms()) else w("comma").join(forms()[each.form].title[w.language] for each in having),
                }
            )
    return found


def _with_unit(column: Column, w: Words) -> str:
    """Return a column's words with its unit, unless the form prints the unit in them."""
    label, unit = column_words(column, w.language), unit_words(column.unit, w.language)
    return label if unit in label else w("compare_column", column=label, unit=unit)


def _group(line: Line, w: Words) -> str:
    return line.groups[-1][w.language] if line.groups else ""


def indicator_entries(w: Words) -> list[dict[str, Any]]:
    """Every indicator: `id`, `label`, `formula` in words, `rate`, and the `floor` of its denominator."""
    return [
        {
            "id": INDICATOR + indicator.id,
            "label": indicator.name[w.language],
            "formula": formula(indicator, w),
            "rate": bool(indicator.denominator),
            # The script's warning of few cases names the floor, which the forms alone know.
            "floor": indicator.floor,
        }
        for indicator in forms().indicators.values()
    ]


def formula(indicator: Indicator, w: Words) -> str:
    """Return what an indicator counts; of a rate, what it divides by what."""
    counts = indicator.counts[w.language]
    return w("compare_formula", counts=counts, among=indicator.among[w.language]) if indicator.among else counts


# -- the table of the latest year ---------------------------------------------------------------------------------------


def grouped(text: str) -> str:
    """Return a number with its thousands set apart; every digit stays as published."""
    whole, point, decimals = text.partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    # Texts, not floats: money is compared and shown to the last digit published.
    return f"{sign}{int(digits):,}{point}{decimals}"


def _plain_cell(library: Library, report: Report | None, figure: str, here: Here) -> Cell:
    w = here.w
    if report is None:
        return Cell(w("not_collected"), "", "")
    if figure.startswith(INDICATOR):
        found = of_library(library)[figure.removeprefix(INDICATOR)][report.agency, report.year]
        href = here.page(f"indicators/{found.indicator.id}/")
        why = _reason(found.reason, found, w) if found.reason else ""
        if found.reason == CONTRADICTED:
            # The parts as printed, behind the mark: a reader may look them up, and should not divide them.
            parts = [grouped(str(each)) for each in (found.numerator, found.denominator) if each is not None]
            return Cell(f"{'/'.join(parts)} {why}", "", href, mark(w))
        if found.value is None:
            return Cell(why, "", "")
        text = f"{found.value:.2%}" if found.indicator.denominator else grouped(str(found.value))
        return Cell(text, str(found.value), href)
    table, line, column = figure.split("/")
    status = report.status(table, line, column)
    # A figure of another form has no place on the report's page.
    href = "" if status == "not_on_form" else here.page(f"{report.folder}{anchor(figure)}")
    rules = doubts(report, library).get(figure, ())
    if status != "reported":
        return Cell(nothing_words(status, w, rules), "", href)
    text = report.tables[table].text(line, column)
    return Cell(grouped(text), text, href, mark(w) if rules else "")


def _reason(reason: str, value: Value, w: Words) -> str:
    if reason == CONTRADICTED and not value.indicator.denominator:
        return w("compare_contradicted_sum")
    if reason == "not_collected":  # of a change: the report of the year before
        return w("compare_previous_not_collected")
    if reason in forms().common.statuses:
        return nothing_words(reason, w, value.doubt)
    return w(f"compare_{reason}", floor=value.indicator.floor)


def listed(library: Library) -> tuple[Agency, ...]:
    """Agencies of the plain table, in the library's order: all, or where they are too many, the first of those without a parent."""
    found = tuple(library.agencies.values())
    most = settings().rows
    if len(found) <= most:
        return found
    # Without scripts there is no way to choose, so the table keeps to a size that a phone can load.
    return tuple(agency for agency in found if agency.parent is None)[:most]


def _plain(library: Library, here: Here) -> PlainView:
    w = here.w
    # The newest year that any report is of; agencies without one say so in their row rather than go missing.
    year = library.years[-1]
    agencies = listed(library)
    rows = []
    for agency in agencies:
        report = library.reports.get((agency.id, year))
        rows.append(
            RowView(
                agency=Link(here.page(f"reports/{agency.id}/"), agency_name(agency, w, year)),
                sort=sort_key(agency, w),
                scope=w(f"compare_scope_{report.scope}") if report else "",
                cells=[_plain_cell(library, report, figure, here) for figure in settings().plain],
            )
        )
    every = len(library.agencies)
    return PlainView(
        year=year,
        heads=[_head(figure, w) for figure in settings().plain],
        rows=rows,
        # A table that just ends would pass for the whole, so what is left out is counted.
        part=w("compare_latest_part", count=f"{every:,}", shown=len(agencies)) if len(agencies) < every else "",
        all=Link(here.page(f"years/{year}/"), w("compare_latest_all", year=year)),
    )


def _head(figure: str, w: Words) -> Head:
    if figure.startswith(INDICATOR):
        return Head(forms().indicators[figure.removeprefix(INDICATOR)].name[w.language])
    table, line, _ = figure.split("/")
    entry = _lines(table, w)[line]
    cell = next(each for each in entry["cells"] if each["id"] == figure)
    return Head(entry["label"], entry["group"], cell["remark"])


# -- the page -----------------------------------------------------------------------------------------------------------


def _script_data(library: Library, here: Here) -> Markup:
    """What the script needs to know, as JSON that no text can end early: names of figures, limits, years, sentences."""
    w = here.w
    known = forms()
    # Every sentence of the page by its name: a new one needs no list here, and the scripts hold no words in any language.
    says = {key.removeprefix("compare_"): w(key) for key in words() if key.startswith("compare_")} | {key: w(key) for key in _SHARED_WORDS}
    chosen = settings()
    data = json_bytes(
        {
            "tables": figure_groups(w),
            "indicators": indicator_entries(w),
            "years": list(reversed(library.years)),
            "first": chosen.first,
            "most": {"agencies": chosen.agencies, "figures": chosen.figures},
            "kinds": {kind: text[w.language] for kind, text in known.common.kinds.items()},
            "statuses": {status: text[w.language] for status, text in known.common.statuses.items()},
            "forms": {form.id: form.title[w.language] for form in known.values()},
            "says": says,
        },
        # No line breaks or indents: it is read by a script alone, and is loaded with the page.
        indent=None,
    ).decode()
    return script_json(data)


def compare_page(library: Library, w: Words) -> Page:
    """Page that compares agencies, years, figures and indicators."""
    here = Here(PATH, w)

    def build() -> str:
        return rendered(
            "compare/template.html",
            CompareContext(
                w=w,
                crumbs=crumbs(here),
                current=w("compare_name"),
                pages=here.page(""),
                files=here.file(""),
                list=here.file(LIST),
                sounds=here.file(SOUNDS),
                script_files=script_files(here, LIST, f"{ENGLISH if w.language == 'en' else ''}search/{INDEX}", FIGURES, SOUNDS),
                data=_script_data(library, here),
                # A new library has no report yet and still a page.
                plain=_plain(library, here) if library.years else None,
            ),
        )

    return Page(
        here=here,
        name=w("compare_name"),
        title=w("compare_title"),
        description=w("compare_description"),
        sections=(),  # the one there is gives way to what is compared
        build=build,
        scripts=SCRIPTS,
    )
