"""Page of coverage and timeliness: agency by year, counts, what each mark means, and the legal deadline."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from open_reports.derived.coverage import STATES, count, laws_of
from open_reports.derived.mark import mark
from open_reports.form import forms
from open_reports.pages.frame import Download, Here, Link, Page, agency_name, crumbs, rendered, size_words
from open_reports.pages.paging import parts
from open_reports.text import Words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from open_reports.derived.coverage import Cell, Count, Coverage, Row, State
    from open_reports.files.folder import Folder
    from open_reports.form import Deadline
    from open_reports.pages.paging import Part

SYMBOLS: dict[State, str] = {
    "on_time": "✓",
    "late": "▲",
    "no_date": "?",
    "no_deadline": "◆",
    "not_collected": "○",
    "not_due": "…",
    "other_name": "↔",
}
"""A mark for each state, beside its words: nothing is told by a mark or a colour alone."""


class CellView(NamedTuple):
    """One agency's year: its state, mark and words, and the way to the report if it is here."""

    state: str
    symbol: str
    text: str
    href: str = ""
    corrected: bool = False
    sign: Markup = Markup()
    """The mark of a day of publication that cannot be right, which decides whether it was in time."""


class RowView(NamedTuple):
    """An agency's line of the matrix."""

    href: str
    text: str
    cells: tuple[CellView, ...]


class LawView(NamedTuple):
    """What the law says of a span of years: a sentence, and the days, each with the kinds of agency it is for."""

    says: str
    days: Sequence[str]


class CountsView(NamedTuple):
    """A table of counts: each row a name with its numbers, in the order of the head."""

    id: str
    title: str
    head: Sequence[str]
    rows: Sequence[tuple[str, Sequence[int]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageContext:
    """Coverage and timeliness: what `pages/templates/coverage.html` is told."""

    w: Words
    crumbs: Sequence[Link]
    current: str
    part: str
    lead: str
    years: Sequence[Link]
    groups: Sequence[tuple[str, Sequence[RowView]]]
    legend: Sequence[tuple[str, str, str, str]]
    corrections: str
    laws: Sequence[LawView]
    tables: Sequence[CountsView]
    downloads: Sequence[Download]
    turns: Sequence[Link]


def cell_words(cell: Cell, w: Words) -> str:
    """Return what a cell says: `按时`, `逾期 8 天`, `未收录`."""
    return _words(cell.state, cell.days_late, w.language)


@lru_cache(maxsize=4096)
def _words(state: State, days: int, language: str) -> str:
    w = Words(language)
    if state != "late":
        return w(f"coverage_{state}")
    return w("coverage_late_days", days=days)


def day_sign(rules: Collection[str], href: str, w: Words) -> Markup:
    """Mark of a day of publication in doubt; `href` leads to the report, at whose head the day stands with its note."""
    return mark(w, href, note="mark_place") if rules else Markup()


def cell_view(cell: Cell, here: Here) -> CellView:
    """Return what the page, an agency's page or a year's page shows of an agency's year."""
    # A report that is not collected has no page, and a link must lead somewhere.
    href = here.page(f"reports/{cell.agency}/{cell.year}/") if cell.status == "collected" else ""
    return CellView(
        cell.state, SYMBOLS[cell.state], cell_words(cell, here.w), href, bool(cell.corrections), day_sign(cell.finding, href, here.w)
    )


def coverage_pages(folder: Folder, w: Words) -> Iterator[Page]:
    """Return the page, in several parts where there are many agencies."""
    found = folder.sources.covered
    kinds = {kind: position for position, kind in enumerate(forms().common.kinds)}
    # By kind first, for `groupby` below joins only neighbours.
    rows = sorted(found.rows.values(), key=lambda row: (kinds[row.agency.kind], row.agency.id))
    for part in parts(folder.path, len(rows)):
        yield _page(folder, rows[part.span], part, w)


def _page(folder: Folder, rows: Sequence[Row], part: Part, w: Words) -> Page:
    found = folder.sources.covered
    first = part.first
    here = part.here(w)

    def build() -> str:
        downloads = [
            Download(here.file(f"{folder.path}{folder.name(route)}"), w(route), kind, size_words(folder.size(route), w))
            # The files are about all agencies, so they and the counts stand on the first part only.
            for route, kind in (("coverage_csv", "CSV"), ("coverage_json", "JSON"))
            if first
        ]
        return rendered(
            "coverage.html",
            CoverageContext(
                w=w,
                crumbs=crumbs(here, *part.above(w("coverage"), w)),
                current=part.current(w("coverage"), w),
                part=part.says(w),
                lead=_lead(found, w),
                years=[Link(here.page(f"years/{year}/"), str(year)) for year in reversed(found.years)],
                groups=[
                    (forms().common.kinds[kind][w.language], [_row(row, here) for row in group])
                    for kind, group in groupby(rows, key=lambda row: row.agency.kind)
                ],
                legend=_legend(found.years, w),
                corrections=here.page("corrections/"),
                laws=_laws(found, w),
                tables=_tables(found, w) if first else [],
                downloads=downloads,
                turns=part.turns(w),
            ),
        )

    counts = (("years", w("coverage_by_year")), ("kinds", w("coverage_by_kind")), ("downloads", w("downloads")))
    return Page(
        here=here,
        name=w("coverage"),
        title=part.title(w("coverage")),
        description=w("coverage_description"),
        sections=(
            ("matrix", w("coverage_matrix")), ("states", w("coverage_states")), ("law", w("coverage_law")), *(counts if first else ()),
        ),
        build=build,
    )  # fmt: skip


def _lead(found: Coverage, w: Words) -> str:
    if not found.years:
        return w("coverage_empty")
    total = count(found)
    return w(
        "coverage_lead",
        day=found.today.isoformat(),
        expected=total.expected,
        collected=total.collected,
        on_time=total.states["on_time"],
        late=total.states["late"],
        # Neither late nor on time: a report without a date, or without a day in the law, is accused of nothing.
        unknown=total.states["no_date"] + total.states["no_deadline"],
    )


def _row(row: Row, here: Here) -> RowView:
    cells = tuple(cell_view(cell, here) for cell in reversed(row.cells))  # a phone shows the first few: the newest
    return RowView(here.page(f"reports/{row.agency.id}/"), agency_name(row.agency, here.w), cells)


def _legend(years: tuple[int, ...], w: Words) -> list[tuple[str, str, str, str]]:
    # Days are spelt MM-DD, so the last in the alphabet is the last in the year. A report is due by then whatever its kind.
    last = max(laws_of(years)[-1].days.values())
    return [
        (
            state,
            SYMBOLS[state],
            w(f"coverage_{state}"),
            w(f"coverage_{state}_says", **({"last": _day(last, w)} if state == "not_due" else {})),
        )
        for state in STATES
    ]


def _day(text: str, w: Words) -> str:
    month, day = (int(number) for number in text.split("-"))
    return w("coverage_month_day", month=w(f"coverage_month_{month}"), day=day)


def _laws(found: Coverage, w: Words) -> list[LawView]:
    """What the law says of the years of the page, that of the newest first; the years are told only where it changed."""
    laws = laws_of(found.years)
    # The Regulation of 2007 (Article 31) had one day for all; as revised in 2019 (Article 49) it has two, and none for townships.
    return [_law(each, w, told=len(laws) > 1) for each in reversed(laws)]


def _law(law: Deadline, w: Words, *, told: bool) -> LawView:
    known = list(forms().common.kinds.items())
    by_day = [
        w("coverage_law_day", day=_day(last, w), kinds=_list((name[w.language] for kind, name in known if law.days.get(kind) == last), w))
        for last in sorted(set(law.days.values()))
    ]
    # Kinds without a day are named: left out, they would look forgotten.
    without = _list((name[w.language] for kind, name in known if kind not in law.days), w)
    span = w("coverage_law_since" if law.last_year is None else "coverage_law_span", first=law.first_year, last=law.last_year or "")
    return LawView(
        says=(span if told else "") + w("coverage_law_says", reference=law.reference[w.language]),
        days=[*by_day, *([w("coverage_law_none", kinds=without)] if without else [])],
    )


def _list(texts: Iterable[str], w: Words) -> str:
    return w("coverage_list").join(texts)


def _tables(found: Coverage, w: Words) -> list[CountsView]:
    """Counts by year, newest first, and by kind of agency, each with its sum."""
    total = _cells(count(found))
    by_kind: dict[str, list[Cell]] = {}
    for row in found.rows.values():
        by_kind.setdefault(row.agency.kind, []).extend(row.cells)
    head = [w("coverage_expected"), w("coverage_collected"), *(w(f"coverage_{state}") for state in STATES), w("coverage_corrected")]
    years = [(str(year), _cells(count(found.of_year(year)))) for year in reversed(found.years)]
    kinds = [(name[w.language], _cells(count(by_kind[kind]))) for kind, name in forms().common.kinds.items() if kind in by_kind]
    return [
        CountsView("years", w("coverage_by_year"), [w("year"), *head], [*years, (w("coverage_all"), total)]),
        CountsView("kinds", w("coverage_by_kind"), [w("coverage_kind"), *head], [*kinds, (w("coverage_all"), total)]),
    ]


def _cells(found: Count) -> list[int]:
    return [found.expected, found.collected, *(found.states[state] for state in STATES), found.corrected]
