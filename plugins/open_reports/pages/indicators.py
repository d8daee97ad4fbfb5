"""Pages of the indicators: what each is and is not, and its value for every agency and year."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup, escape

from open_reports.derived.indicator import CONTRADICTED, REASONS, Value, cell_of, of_library
from open_reports.derived.mark import mark, nothing_words
from open_reports.files.indicator import agencies_of
from open_reports.form import forms
from open_reports.form.glossary import anchor_of_column, anchor_of_group, anchor_of_line, glossary
from open_reports.pages.frame import Download, Here, Link, Page, agency_name, anchor, crumbs, rendered, size_words, way
from open_reports.pages.glossary import SCRIPT, term
from open_reports.pages.paging import parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from open_reports.files.folder import IndicatorFolder
    from open_reports.form import Cells, Indicator, TableForm
    from open_reports.library import Agency, Library
    from open_reports.pages.paging import Part
    from open_reports.report import Report
    from open_reports.text import Words

PATH = "indicators/"
"""Address of the overview below the home of a language."""


class Row(NamedTuple):
    """A row of the table: an agency, the scope of its latest report, the HTML of its cells, newest year first."""

    agency: Link
    scope: str
    cells: Markup


class MemberView(NamedTuple):
    """A member of a formula: its sign (none before the first) and the HTML of its links to the glossary."""

    sign: str
    html: Markup


class EntryView(NamedTuple):
    """An indicator in the list: the way to its page, what is counted among what, and what it means."""

    id: str
    link: Link
    short: str
    description: str


class IndicatorView(NamedTuple):
    """An indicator on its page: what it means, what to beware of, its facts by name, and the two sides of its formula."""

    heading: str
    description: str
    note: str
    facts: Sequence[tuple[str, str]]
    numerator: Sequence[MemberView]
    denominator: Sequence[MemberView]


class Sheet:
    """The values of one library as its pages lay them out.

    Agencies stand in the order of kind, then of the library; years newest first. An agency without any report is left out.
    """

    def __init__(self, library: Library) -> None:
        self.library = library
        self.agencies = agencies_of(library)
        # Newest first: a phone shows the first few columns.
        self.years = library.years[::-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorsContext:
    """The list of indicators: what `pages/templates/indicators.html` is told."""

    w: Words
    crumbs: Sequence[Link]
    current: str
    lead: str
    entries: Sequence[EntryView]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorContext:
    """One indicator: what `pages/templates/indicator.html` is told."""

    w: Words
    here: Here
    crumbs: Sequence[Link]
    current: str
    indicator: IndicatorView
    part: str
    caption: str
    legend: Sequence[str]
    years: Sequence[Link]
    rows: Sequence[Row]
    downloads: Sequence[Download]
    turns: Sequence[Link]


def indicator_pages(folders: Sequence[IndicatorFolder], library: Library, w: Words) -> Iterator[Page]:
    """Return the overview of all indicators, then a page (or several) for each."""
    yield _overview(w)
    sheet = Sheet(library)
    for folder in folders:
        # By kind and then as the library lists them, never by value: nothing here ranks agencies.
        for part in parts(folder.path, len(sheet.agencies)):
            yield _indicator_page(sheet, folder, part, w)


def _overview(w: Words) -> Page:
    here = Here(PATH, w)
    known = forms().indicators
    lead = w("indicators_lead", floor=max(each.floor for each in known.values()))

    def build() -> str:
        entries = [
            EntryView(
                id=each.id,
                link=Link(here.page(f"{PATH}{each.id}/"), each.name[w.language]),
                # A formula in words before its symbols: what is counted, among what.
                short=_short(each, w),
                description=each.description[w.language],
            )
            for each in known.values()
        ]
        return rendered("indicators.html", IndicatorsContext(w=w, crumbs=crumbs(here), current=w("indicators"), lead=lead, entries=entries))

    return Page(
        here=here,
        name=w("indicators"),
        title=w("indicators"),
        description=w("indicators_description", count=len(known)),
        sections=tuple((each.id, each.name[w.language]) for each in known.values()),
        build=build,
    )


def _short(indicator: Indicator, w: Words) -> str:
    counts = indicator.counts[w.language]
    return w("indicator_share", counts=counts, among=indicator.among[w.language]) if indicator.among else w("indicator_sum", counts=counts)


def _indicator_page(sheet: Sheet, folder: IndicatorFolder, part: Part, w: Words) -> Page:
    indicator = folder.indicator
    name = indicator.name[w.language]
    here = part.here(w)
    title = part.title(name)

    def build() -> str:
        agencies = sheet.agencies[part.span]
        whose = ""
        if part.of > 1:
            start = part.span.start
            whose = w("indicator_part", first=start + 1, last=start + len(agencies), count=len(sheet.agencies))
        return rendered(
            "indicator.html",
            IndicatorContext(
                w=w,
                here=here,
                crumbs=crumbs(here, Link(here.page(PATH), w("indicators")), *part.above(name, w)),
                current=part.current(name, w),
                indicator=IndicatorView(
                    heading=name,
                    description=indicator.description[w.language],
                    note=indicator.note[w.language] if indicator.note else "",
                    facts=_facts(indicator, w),
                    numerator=_members(indicator.numerator, here),
                    denominator=_members(indicator.denominator, here),
                ),
                part=whose,
                caption=_caption(indicator, w),
                # The floor concerns rates alone; a sum has no denominator to be small.
                legend=[
                    *([w("indicator_legend_share", floor=indicator.floor)] if indicator.denominator else []),
                    w("indicator_legend"),
                    w("mark_legend"),
                ],
                years=[Link(here.page(f"years/{year}/"), str(year)) for year in sheet.years],
                rows=list(_rows(sheet, indicator, agencies, here)),
                downloads=_downloads(folder, here) if part.first else [],
                turns=part.turns(w),
            ),
        )

    sections = (("formula", w("indicator_formula")), ("values", w("indicator_values")))
    return Page(
        here=here,
        name=title,
        title=title,
        description=w("indicator_description", name=name),
        sections=(*sections, ("downloads", w("downloads"))) if part.first else sections,
        build=build,
        scripts=(SCRIPT,),
    )


def _downloads(folder: IndicatorFolder, here: Here) -> list[Download]:
    w = here.w
    return [
        Download(here.file(f"{folder.path}{folder.name(route)}"), w("indicator_file"), kind, size_words(folder.size(route), w))
        for route, kind in (("indicator_csv", "CSV"), ("indicator_json", "JSON"))
    ]


def _facts(indicator: Indicator, w: Words) -> list[tuple[str, str]]:
    counts = indicator.counts[w.language]
    facts = [(w("indicator_counted"), counts)]
    if indicator.among:
        facts = [(w("indicator_numerator"), counts), (w("indicator_denominator"), indicator.among[w.language])]
    return [*facts, (w("indicator_basis"), indicator.basis[w.language])]


def _caption(indicator: Indicator, w: Words) -> str:
    name = indicator.name[w.language]
    # A change is a share too, but of the year before, which its caption has to say.
    if indicator.yearly:
        return w("indicator_caption_change", name=name)
    if indicator.among:
        return w("indicator_caption_share", name=name, counts=indicator.counts[w.language], among=indicator.among[w.language])
    return w("indicator_caption_sum", name=name)


# -- the formula --------------------------------------------------------------------------------------------------------


def _members(cells: Iterable[Cells], here: Here) -> list[MemberView]:
    """Members of a sum in words, each leading to the glossary."""
    found: list[MemberView] = []
    for each in cells:
        # The minus sign (U+2212), as wide as the plus and never taken for a hyphen.
        sign = "−" if each.sign < 0 else "+" if found else ""
        found.append(MemberView(sign, _member(each, here)))
    return found


def _member(cells: Cells, here: Here) -> Markup:
    w = here.w
    # The newest form that has such cells says what they are called.
    form = next(table for table in reversed(forms().printing(cells.table)) if cells.lines(table))
    anchors = (_line_anchor(cells, form), anchor_of_column(cells.table, cells.column, form.form))
    line, column = (term(here, each, glossary()[each].term[w.language]) for each in anchors)
    if cells.line.endswith("*"):
        # The link goes in after the sentence is escaped, in the place of a character that no text may hold.
        line = Markup(escape(w("indicator_each", group="\0"))).replace("\0", line)  # noqa: S704 (escaped)
    before = Markup("{} ").format(w("indicator_previous")) if cells.previous else Markup()
    return Markup("{}{} <small>{}</small>").format(before, line, column)


def _line_anchor(cells: Cells, form: TableForm) -> str:
    """Entry of the line that is meant or, of several, of the printed head they stand under."""
    lines = cells.lines(form)
    if not cells.line.endswith("*"):
        return anchor_of_line(cells.table, lines[0], form.form)
    return anchor_of_group(cells.table, form.lines[lines[0]].groups[-1].zh, form.form)


# -- the values ---------------------------------------------------------------------------------------------------------


def _rows(sheet: Sheet, indicator: Indicator, agencies: Iterable[Agency], here: Here) -> Iterator[Row]:
    # Reckoned once for the library, and shared by the pages of both languages and the files.
    values = of_library(sheet.library)[indicator.id]
    reports = sheet.library.reports
    cells = _Cells(indicator, here)
    for agency in agencies:
        own = sheet.library.of_agency(agency.id)
        # A report that takes in its units counts more than the year before it; the two are marked as not to be compared.
        scopes = {report.year: before.scope != report.scope for before, report in pairwise(own)}
        line = []
        for year in sheet.years:
            report = reports.get((agency.id, year))
            line.append(cells.of(report, values[agency.id, year], broken=scopes.get(year, False)) if report else cells.nothing)
        yield Row(
            agency=Link(here.page(f"reports/{agency.id}/"), agency_name(agency, here.w)),
            scope="".join((cells.scopes[own[-1].scope], *_former(agency, own[0].year, here.w))),
            cells=Markup("".join(line)),  # noqa: S704 (numbers, words of ours, ids)
        )


def _former(agency: Agency, first: int, w: Words) -> Iterator[str]:
    """Names that an agency had in years from the first one on, and has no more."""
    for each in agency.former_names:
        if each.until >= first:
            yield w("semicolon") + w("former_name", year=each.until) + w("colon") + agency_name(agency, w, each.until)


class _Cells:
    """HTML of an indicator's cells in one language. A large corpus has a million of them, so each is one format string."""

    def __init__(self, indicator: Indicator, here: Here) -> None:
        self.w = here.w
        self.folder = here.page("reports/")
        self.scopes = {scope: text[here.w.language] for scope, text in forms().common.scopes.items()}
        # The same in every row, so it is made once.
        self.nothing = f'<td data-reason="not_collected"><small>{escape(self.w("not_collected"))}</small></td>'
        self.table = indicator.numerator[0].table
        addresses = {form: cell_of(indicator, form) for form in forms()}
        self.anchors = {form: anchor(str(address)) if address else "" for form, address in addresses.items()}

    def of(self, report: Report, value: Value, *, broken: bool) -> str:
        """The value, leading to the figure it begins with; `broken` if the year before counted something else."""
        # A value leads to the first figure it is made of, so that a reader can check it at its source.
        place = self.anchors[report.form_of(self.table)]
        marks = f' data-reason="{value.reason}"' if value.reason else ""
        notes = ""
        if broken:
            marks += ' class="or-break"'
            notes = f" <small>{escape(self.w('indicator_scope', scope=self.scopes[report.scope]))}</small>"
        if report.period:
            notes += f" <small>{escape(self.w('indicator_period'))}</small>"
        return f"<td{marks}>{_says(value, self.w)} {way(f'{self.folder}{report.agency}/{report.year}/{place}')}{notes}</td>"


def _says(value: Value, w: Words) -> str:
    """What a cell shows: the rate with its counts, the counts alone, or why there is nothing."""
    indicator, top, bottom, number, reason, doubt = value
    sign = mark(w) if doubt else ""
    # A rate never stands without its two counts: 50 % of 2 cases and of 2,000 are not the same news.
    if reason is None:
        return f"{percent(value)} <small>{counted(value)}</small>" if indicator.denominator else str(number)
    if reason == CONTRADICTED and not indicator.denominator:
        return f"{sign}{top} <small>{escape(reason_words(value, w))}</small>"
    if top is None or bottom is None:
        return f"<small>{escape(reason_words(value, w))}</small>"
    if reason in {"zero_denominator", CONTRADICTED}:
        return f"{sign}{counted(value)} <small>{escape(reason_words(value, w))}</small>"
    return counted(value)


def percent(value: Value) -> str:
    """Rate in per cent with two decimals, 17.46%; a change has its sign, +5.71%. Empty where there is none."""
    if value.value is None:
        return ""
    rate = value.value * 100
    return f"{rate:+.2f}%" if value.indicator.yearly else f"{rate:.2f}%"


def counted(value: Value) -> str:
    """The two counts, numerator / denominator, or last year's figure → this year's. Empty where one is lacking."""
    top, bottom = value.numerator, value.denominator
    if top is None or bottom is None:
        return ""
    return f"{bottom} → {bottom + top}" if value.indicator.yearly else f"{top} / {bottom}"


def reason_words(value: Value, w: Words) -> str:
    """Why there is no value, in words; empty where there is one."""
    if value.reason is None:
        return ""
    if value.reason not in REASONS:
        return nothing_words(value.reason, w, value.doubt)
    if value.reason == "not_collected":  # that of the report itself has no value at all
        return w("value_before_not_collected")
    if value.reason == CONTRADICTED and not value.indicator.denominator:
        return w("value_contradicted_sum")
    return w(f"value_{value.reason}")
