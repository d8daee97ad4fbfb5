"""One report as Markdown, in either language: every figure in a table that any program keeps, with its note and its mark.

Programs that read pages for their text (search engines, archives, language models) meet spans, grouped heads and notes between
rows; here each row and each column says its heads itself. Written by ourselves, for converters slide rows under rowspans.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from open_reports.checks.counting import NONE
from open_reports.checks.wording import remarks, sentence, verdict
from open_reports.derived.doubt import PUBLISHED, facts_of_findings, lines_of, of_findings, source_at
from open_reports.files.route import REPORT, Choice, Route
from open_reports.finding import SIGN, signed
from open_reports.form import OVERVIEW, Section, forms, section_title
from open_reports.intake.markdown import markdown
from open_reports.report.lines import Plain, table_lines
from open_reports.text import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from open_reports.checks.counting import Counts
    from open_reports.files.folder import ReportFolder
    from open_reports.finding import Finding
    from open_reports.form import Block, Column, Line, TableForm
    from open_reports.library import Agency
    from open_reports.report import Figure, Note, Report
    from open_reports.report.lines import Place

NAMES = {"zh": "report-tables", "en": "report-tables.en"}
"""What the file in each language is called."""


class About(NamedTuple):
    """What a file says of its report besides the figures: the agency, the findings, the address of the page (or none), the counts."""

    agency: Agency
    findings: Sequence[Finding]
    page: str
    counts: Counts = NONE


def report_markdown(report: Report, about: About, w: Words) -> bytes:
    """A report in a language as Markdown: what it is, its sections in printed order, what the checks found."""
    doubted = of_findings(report, about.findings)
    doubtful = [each.rule for each in about.findings if each.level == "discrepancy" and each.place == OVERVIEW]
    parts = [f"# {markdown(report.title)}", "", *_facts(report, about, w), "", w("markdown_lead", mark=SIGN), "", w("own_words"), ""]
    for part in forms().parts_of({name: table.form.form for name, table in report.tables.items()}):
        if isinstance(part, Section):
            text = report.prose.get(part.id)
            # Where most figures of the prose differ from the tables, which of them are of this report nobody knows.
            parts += [f"## {signed(section_title(part.number, part.title[w.language], w.language), doubtful if text else ())}", ""]
            if text:
                parts += [text.strip(), ""]
            if part.id == OVERVIEW and report.overview:
                parts += [*_overview(report, doubted, w), "", *_notes(report, OVERVIEW, w)]
        else:
            parts += [f"## {section_title(part.section, part.title[w.language], w.language)}", ""]
            parts += [*_table(report, part, doubted, w), *_notes(report, part.id, w)]
    parts += [f"## {w('findings')}", "", *_found(about, w)]
    return ("\n".join(parts).rstrip("\n") + "\n").encode()


def _facts(report: Report, about: About, w: Words) -> Iterator[str]:
    agency = about.agency
    known, told = forms(), facts_of_findings(report, about.findings)
    used = dict.fromkeys(table.form.form for table in report.tables.values())
    named = w("list_comma").join(
        f"{table.form.title[w.language]} {known[table.form.form].title[w.language]}" for table in report.tables.values()
    )
    facts = {
        "agency": f"{agency.called_in(report.year)[w.language]} ({agency.id})",
        "year": str(report.year),
        "scope": known.common.scopes[report.scope][w.language],
        "published": signed(report.published.isoformat() if report.published else w("unknown"), told.get(PUBLISHED, ())),
        "form": known[next(iter(used))].title[w.language] if len(used) == 1 else named,
        "source": report.sources[0].title,
        "version": report.version,
    }
    if report.period:
        facts["period"] = w("period_span", start=report.period[0], end=report.period[1])
    for key, text in facts.items():
        yield f"- {w(key)}{w('colon')}{markdown(text)}"
    # Addresses in angle brackets are links for every reader of Markdown (CommonMark 6.5), and stay whole for those that are none.
    yield f"- {w('book_source_address')}{w('colon')}{signed(f'<{report.sources[0].path}>', told.get(source_at(0), ()))}"
    if about.page:
        yield f"- {w('markdown_page')}{w('colon')}<{about.page}>"


# -- tables -----------------------------------------------------------------------------------------------------------------


def _table(report: Report, form: TableForm, doubted: Mapping[str, object], w: Words) -> Iterator[str]:
    """A statutory table: a table of Markdown for each of its blocks."""
    table = report.tables[form.id]
    # Told to the walk: a line with a mark is none that is kept for the next report.
    lines = {line.place.line: line for line in table_lines(report, form.id, lines_of(doubted))}
    for number, head in enumerate(_heads(form.form, form.id, w.language)):
        yield head
        for known in form.blocks[number].lines:
            line = lines[known.id]
            label = table.labels.get(known.id, known.label.zh) if w.language == "zh" else known.label.en
            if isinstance(line, Plain):
                yield _plain(line.place, label, line.cells, w.language)
            else:
                cells = " | ".join(_cell(figure, str(figure.address) in doubted, w) for figure in line.figures)
                yield f"| {_label(line.place, label, w.language)} | {cells} |"
        yield ""


@cache
def _heads(form: str, table: str, language: str) -> tuple[str, ...]:
    """Caption and head of each block of a table of a form."""
    w, known = Words(language), forms()[form].tables[table]
    return tuple(_head(known, block, w) for block in known.blocks)


def _head(known: TableForm, block: Block, w: Words) -> str:
    units = forms().common.units
    caption = w(
        "book_caption",
        what=(block.label or known.title)[w.language],
        units=w("list_comma").join(dict.fromkeys(units[column.unit][w.language] for column in block.columns)),
    )
    cells = [markdown(known.corner[w.language]), *(markdown(_path(column, w)) for column in block.columns)]
    return f"{markdown(caption)}\n\n{_row(cells)}\n{_rule(len(block.columns))}"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _rule(figures: int) -> str:
    """Second row of a table: what is left, what is right."""
    return f"|---|{'---:|' * figures}"


def _path(part: Column | Line, w: Words) -> str:
    """Heads and label of a column or a line: under spans no program finds them again."""
    return w("crumb_join").join([*(group[w.language] for group in part.groups), part.label[w.language]])


@lru_cache(maxsize=20_000)  # most lines are the same few numbers in report after report
def _plain(place: Place, label: str, cells: tuple[str, ...], language: str) -> str:
    return f"| {_label(place, label, language)} | {' | '.join(cells)} |"


@lru_cache(maxsize=4096)
def _label(place: Place, label: str, language: str) -> str:
    groups = place.known.lines[place.line].groups
    return markdown(Words(language)("crumb_join").join([*(group[language] for group in groups), label]))


def _cell(figure: Figure, doubtful: bool, w: Words) -> str:  # noqa: FBT001 (one fact of a cell)
    # In words: an empty cell would be taken for 0.
    nothing = "" if figure.status == "reported" else w("in_brackets", text=forms().common.statuses[figure.status][w.language])
    return f"{f'{SIGN} ' if doubtful else ''}{figure.text}{nothing}".strip()


def _overview(report: Report, doubted: Mapping[str, object], w: Words) -> Iterator[str]:
    """Figures that section one states."""
    yield f"{w('overview_caption')}\n"
    yield _row(w(key) for key in ("items", "value", "unit", "part_of"))
    yield "|---|---:|---|---|"
    for item in report.overview:
        figure = report.stated(item)
        unit = forms().common.units.get(item.unit)
        unit_words = unit[w.language] if unit else item.unit
        yield _row((markdown(item.item), _cell(figure, str(figure.address) in doubted, w), markdown(unit_words), markdown(item.part_of)))


# -- what is said besides -----------------------------------------------------------------------------------------------------


def _notes(report: Report, table: str, w: Words) -> Iterator[str]:
    notes = [note for note in report.notes if note.table == table]
    if notes:
        yield f"{w('notes')}{w('colon')}\n"
        for note in notes:
            said = [w("printed_as", printed=note.printed)] if note.printed else []
            yield f"- {markdown(w('colon').join([_place(report, note, w), w('semicolon').join([*said, *filter(None, [note.note])])]))}"
        yield ""


def _place(report: Report, note: Note, w: Words) -> str:
    """Where a note stands, in words."""
    table = report.tables.get(note.table)
    if table is None:  # section one has items, no lines of a form
        return note.line
    line, column = table.form.lines.get(note.line), table.form.columns.get(note.column)
    return " · ".join(_path(part, w) for part in (line, column) if part) or table.form.title[w.language]


def _found(about: About, w: Words) -> Iterator[str]:
    counts = [sentence(about.counts, w), *filter(None, [remarks(about.findings, w)])]
    yield f"{markdown(w('semicolon').join(counts))}{w('full_stop')}".rstrip()
    yield ""
    for each in about.findings:
        address = f"`{each.address}` " if each.address else ""
        said = each.explanation
        explained = f" {w(f'explained_{said.by}')}{w('colon')}{said.text}" if said else ""
        yield f"- {verdict(each, w.language)} {each.rule} {address}{markdown(each.public(w.language) + explained)}"


def _both(folder: ReportFolder) -> dict[str, bytes]:
    site = folder.sources.site
    about = About(folder.agency, folder.findings, "", folder.counts)
    return {
        name: report_markdown(folder.report, about._replace(page=_page(site, folder.path, language)), Words(language))
        for language, name in NAMES.items()
    }


def _page(site: str, path: str, language: str) -> str:
    return f"{site}{'en/' if language == 'en' else ''}{path}" if site else ""


ROUTES: tuple[Route[ReportFolder], ...] = (
    Route(
        "markdown",
        f"{REPORT}{{markdown}}.md",
        "text/markdown",
        _both,
        choice=Choice(name="markdown", values=lambda: tuple(NAMES.values())),
    ),
)
