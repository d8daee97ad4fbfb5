"""The sheets of a workbook that are lists: what it is, section one, notes and checks, what else the package holds."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

from open_reports.checks.wording import verdict
from open_reports.derived.doubt import PUBLISHED, source_at
from open_reports.files.workbook.cells import EXACT_DIGITS, Cell
from open_reports.finding import signed
from open_reports.form import OVERVIEW, forms
from open_reports.form.glossary import Covered, glossary
from open_reports.report.carrying import carried
from open_reports.text import LANGUAGES, Words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from open_reports.finding import Finding
    from open_reports.form import Column
    from open_reports.library import Agency
    from open_reports.report import Report


def about(report: Report, agency: Agency, told: Mapping[str, Collection[str]]) -> Iterator[tuple[Cell, ...]]:
    """First sheet: what this is, in Chinese, with the English name of each entry; `told` are facts in doubt."""
    zh, en = Words("zh"), Words("en")

    # In both languages: a workbook is passed on without its page, where the other language would be one click away.
    def entry(key: str, text: str, **values: object) -> tuple[Cell, ...]:
        return Cell(zh(key, **values), "strong"), Cell(text), Cell(en(key, **values), "pale")

    known, then = forms(), agency.called_in(report.year)
    yield (Cell(report.title, "title"),)
    yield ()
    yield entry("book_what", zh("book_what_says"))
    yield Cell("", "text"), Cell(en("book_what_says"), "pale")
    yield entry("book_title", report.title)
    yield entry("agency", f"{then.zh} {then.en}")
    yield entry("book_agency_id", report.agency)
    yield entry("year", str(report.year))
    yield entry("published", signed(report.published.isoformat() if report.published else zh("unknown"), told.get(PUBLISHED, ())))
    yield entry("scope", known.common.scopes[report.scope].zh)
    if report.period:
        yield entry("period", zh("period_span", start=report.period[0], end=report.period[1]))
    # The original's address travels along, so that whoever gets the file can look a figure up.
    for index, source in enumerate(report.sources):
        yield entry("book_source", source.title)
        yield entry("book_source_address", signed(source.path, told.get(source_at(index), ())))
    for table in report.tables.values():
        form = known[table.form.form]
        words = zh("form_and_reference", form=form.title.zh, reference=form.reference.zh)
        names = {language: Words(language)("book_forms", table=table.form.title[language]) for language in LANGUAGES}
        yield Cell(names["zh"], "strong"), Cell(words), Cell(names["en"], "pale")
    for licence in report.descriptor["licenses"]:
        yield entry("book_licence", " ".join(str(licence[name]) for name in ("title", "path") if name in licence))
    yield entry("version", report.version)
    yield entry("book_created", report.created)
    for revision in report.revisions:
        yield entry("book_revision", revision.reason, version=revision.version, date=revision.date)


def overview(report: Report, marked: Mapping[tuple[str, str], Mapping[str, str]]) -> Iterator[tuple[Cell, ...]]:
    """Sheet of section one: the figures it states, in the order of the package."""
    free = forms().common.overview
    yield (Cell(Words("zh")("overview_caption"), "title"),)
    yield ()
    yield tuple(Cell(title.zh, "head") for _, title, _ in free.fields)
    for item in report.overview:
        # Shaded like a statutory cell: a sum that section one states can be contradicted, too.
        shade = marked.get((free.id, item.item), {}).get("value", "")
        yield Cell(item.item, "boxed"), Cell(item.text, shade, figure=True), Cell(item.unit, "boxed"), Cell(item.part_of, "boxed")
    if not report.overview:
        yield (Cell(Words("zh")("book_none")),)


def notes(report: Report, findings: Sequence[Finding]) -> Iterator[tuple[Cell, ...]]:
    """Sheet of notes: how nothing and numbers are written, the notes of the package, what the checks found."""
    w = Words("zh")
    yield from legend()
    yield ()
    yield (Cell(w("notes"), "heading"),)
    if report.notes:
        yield tuple(Cell(w(key), "head") for key in ("book_table", "book_line", "book_column", "book_printed", "book_note"))
    yield from notes_of(report)
    if not report.notes:
        yield (Cell(w("book_none")),)
    yield ()
    yield (Cell(w("book_findings"), "heading"),)
    if findings:
        heads = ("book_table", "book_line", "book_column", "book_level", "book_rule", "book_finding", "book_note")
        yield tuple(Cell(w(key), "head") for key in heads)
    yield from findings_of(report, findings)
    if not findings:
        yield (Cell(w("findings_none")),)


def notes_of(report: Report) -> Iterator[tuple[Cell, ...]]:
    """Rows of the notes of a package: table, line, column, as printed, the note."""
    for note in report.notes:
        yield *_place(report, note.table, note.line, note.column), Cell(note.printed, "boxed"), Cell(note.note, "boxed")


def findings_of(report: Report, findings: Sequence[Finding]) -> Iterator[tuple[Cell, ...]]:
    """Rows of what was found in a report: table, line, column, level, rule, the words, what is said to it."""
    w = Words("zh")
    for each in findings:
        # Findings may be about a cell, a line, a table or the whole: what is not named stays empty.
        place = each.place.split("/")
        parts = [*(place if place[0] == OVERVIEW or place[0] in report.tables else [""]), "", ""]
        said = each.explanation
        explained = f"{w(f'explained_{said.by}')}：{said.text}" if said else ""
        # The public words, without file and row: whoever reads this has the workbook, not the package.
        words = (verdict(each, w.language), f"{each.rule} {forms().rules[each.rule].name.zh}", each.public(), explained)
        yield *_place(report, *parts[:3]), *(Cell(text, "boxed") for text in words)


def package(report: Report) -> Iterator[tuple[Cell, ...]]:
    """Last sheet: what the package holds and the other sheets do not, from which an import makes it again."""
    zh, en = Words("zh"), Words("en")
    yield (Cell(zh("book_package"), "title"),)
    yield (Cell(zh("book_package_says"), "plain"),)
    yield (Cell(en("book_package_says"), "pale"),)
    yield ()
    # One line a row: a cell holds so many characters and no more, and people can read it so.
    for line in json.dumps(carried(report).json, ensure_ascii=False, indent=1).split("\n"):
        yield (Cell(line, "plain"),)


@cache
def legend() -> tuple[tuple[Cell, ...], ...]:
    """Rows of a sheet of notes that are the same in every workbook."""
    w = Words("zh")
    kinds = []
    for status, name in forms().common.statuses.items():
        entry = glossary()[glossary().anchors[Covered("status", status)]]
        kinds.append((Cell(name.zh, "strong"), Cell(entry.meaning.zh)))
    return (
        (Cell(w("book_notes"), "title"),),
        (),
        (Cell(w("book_nothing"), "heading"),),
        (Cell(w("book_nothing_lead"), "plain"),),
        *kinds,
        (),
        (Cell(w("book_digits"), "heading"),),
        (Cell(w("book_digits_says", digits=EXACT_DIGITS), "plain"),),
        (),
        (Cell(w("book_marked"), "heading"),),
        (Cell(w("book_marked_says"), "plain"),),
    )


def _place(report: Report, table: str, line: str, column: str) -> tuple[Cell, ...]:
    """Table, line and column of a figure, as printed; what they are called in section one."""
    found = report.tables.get(table)
    if found is None:
        words = (forms().common.overview.title.zh if table else "", line, "")
    else:
        label = found.labels.get(line) or found.form.lines[line].label.zh if line else ""
        words = (found.form.title.zh, label, _column_words(found.form.columns[column]) if column else "")
    return tuple(Cell(word, "boxed") for word in words)


def _column_words(column: Column) -> str:
    return " ".join([*(group.zh for group in column.groups), column.label.zh])
