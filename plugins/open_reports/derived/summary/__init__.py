"""Summary: what a report says, in a few plain sentences made from its figures alone, each number with the cells it comes from.

Which figures make which sentence, and every word of it, is data: `forms/foi-cn/summary.yml`, which `book` reads. No line, column or
rule is named here. A number that is not one cell is the sum of its cells, or a rate beside its denominator; nothing is derived
from figures that do not reconcile as printed, and nothing stands for what is blank.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from open_reports.derived.doubt import PUBLISHED
from open_reports.derived.doubt import facts as doubted_facts
from open_reports.derived.mark import mark
from open_reports.derived.summary.book import book
from open_reports.derived.summary.figures import Cell, Figure, Number
from open_reports.derived.summary.figures import measured as measured_figure
from open_reports.derived.summary.telling import Measured, Sentence, Teller, day_words, listed_words, year_words
from open_reports.finding import SIGN, signed
from open_reports.form import Address, forms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from open_reports.library import Agency, Library
    from open_reports.report import Report
    from open_reports.text import Words

__all__ = ["Cell", "Measured", "Number", "Sentence", "html", "plain", "summarise", "summarise_agency"]


def summarise(
    report: Report, before: Report | None, agency: Agency, w: Words, library: Library | None = None, *, measured: Measured | None = None
) -> tuple[Sentence, ...]:
    """Sentences of a report: requests, outcomes, disputes, proactive disclosure, publication.

    `before` is the report of the year before, with which requests are compared where scope and period are the same and
    both figures reconcile; `agency` decides the legal deadline. No rate is stated of figures in an open contradiction, which
    `library` tells where another report contradicts them. `measured` is given again for the other language of the same report.
    """
    facts, texts = _circumstances(report, agency, w.language, library)
    if before is not None and not _comparable(report, before):
        before = None
    known = measured or Measured()
    return Teller(w.language, report, before=before, facts=facts, texts=texts, measured=known, library=library).sentences("report")


def summarise_agency(reports: Sequence[Report], w: Words, library: Library | None = None) -> tuple[Sentence, ...]:
    """Sentences of an agency over its years: coverage with its gaps, development of requests, latest outcome, change of form.

    `reports` are all of the agency's, earliest first; none gives no sentence.
    """
    if not reports:
        return ()
    # The span of the years is told of all reports, the development only of those that may be compared.
    facts, texts = _history(reports, w.language)
    chosen, aside = _development(reports, library)
    texts |= {f"{name}_year": year_words(figure.cells[0].year, w.language) for name, figure in chosen.items() if figure.cells}
    texts |= {reason: listed_words([year_words(year, w.language) for year in years], w.language) for reason, years in aside.items()}
    teller = Teller(
        w.language, reports[-1], before=None, facts=facts | aside.keys(), texts=texts, measured=Measured(chosen), library=library
    )
    return teller.sentences("agency")


def plain(sentence: Sentence) -> str:
    """Text of a sentence."""
    return "".join(map(str, sentence))


def html(sentences: Iterable[Sentence], link: Callable[[int, Address], str], w: Words, doubted: Callable[[int, Address], bool]) -> Markup:
    """Sentences as a list, each number a link to its cell; `link` gives the address of a year's cell as seen from the page.

    A number made of any cell that is `doubted`, in an open contradiction, stands behind its mark. A sum leads to the first of its cells that is not zero and spells them out in its title, as a rate does its two counts.
    """
    # Every number is a link, so that a reader can hold each sentence against the table it comes from.
    items = []
    for sentence in sentences:
        parts = [_told(part, w) if isinstance(part, str) else _linked(part, link, _sign(part, w, doubted)) for part in sentence]
        items.append(f"<li>{''.join(parts)}</li>")
    return Markup(f'<ul class="or-summary">{"".join(items)}</ul>')  # noqa: S704 (every part above is escaped)


def _told(text: str, w: Words) -> Markup:
    """HTML of words; the sign before a day in doubt is the mark, which leads to what was found."""
    return mark(w, "#findings", note="mark_place").join(escape(part) for part in text.split(f"{SIGN} "))


def _sign(number: Number, w: Words, doubted: Callable[[int, Address], bool]) -> Markup:
    return mark(w) if any(doubted(each.year, each.address) for each in (*number.cells, *number.of)) else Markup()


def _linked(number: Number, link: Callable[[int, Address], str], sign: Markup) -> str:
    title = f' title="{escape(number.sum)}"' if number.sum else ""
    return f'<a href="{escape(link(number.cell.year, number.cell.address))}"{title}>{sign}{escape(number.text)}</a>'


def _comparable(report: Report, before: Report) -> bool:
    """Whether figures may be set beside those of another report: of the year before, both whole years of the same scope."""
    return before.year == report.year - 1 and report.scope == before.scope and report.period is None and before.period is None


def _circumstances(report: Report, agency: Agency, language: str, library: Library | None) -> tuple[set[str], dict[str, str]]:
    """Return what is so of a report beside its figures, and the words for it."""
    facts = set()
    texts = {"year": str(report.year)}
    if report.scope == "consolidated":
        facts.add("consolidated")
    if report.period:
        facts.add("part_year")
        texts |= {key: day_words("date", day, language) for key, day in zip(("start", "end"), report.period, strict=True)}
    # Without a date nothing is said about the deadline, neither in time nor late.
    if report.published is None:
        return facts | {"undated"}, texts
    texts["published"] = signed(day_words("date", report.published, language), doubted_facts(report, library).get(PUBLISHED, ()))
    law = forms().common.deadline(report.year)
    due = law.last_day(agency.kind, report.year) if law else None
    # Nothing is said of a day before the period is over, either.
    if due is not None and report.published > report.ends:
        facts.add("in_time" if report.published <= due else "late")
        texts["deadline"] = day_words("date", due, language)
    return facts, texts


def _history(reports: Sequence[Report], language: str) -> tuple[set[str], dict[str, str]]:
    """Return what is so of an agency's years: how many, which are missing, whether table two changed its form."""
    years = [report.year for report in reports]
    missing = sorted(set(range(years[0], years[-1])) - set(years))
    facts = {"single"} if len(years) == 1 else {"gaps"} if missing else set()
    if reports[-1].scope == "consolidated":
        facts.add("consolidated")
    texts = {"first_report": year_words(years[0], language), "last_report": year_words(years[-1], language)}
    texts["gaps"] = listed_words([year_words(year, language) for year in missing], language)
    # Table two alone, because it is the one that the two forms cut quite differently.
    used = [report.form_of(book().broken) for report in reports]
    changes = [year for year, old, new in zip(years[1:], used, used[1:], strict=False) if old != new]
    # Going back and forth between forms is real, and then no single year can be named.
    if changes:
        facts.add("changed" if len(changes) == 1 else "mixed")
        texts["changed"] = year_words(changes[0], language)
    return facts, texts


def _development(reports: Sequence[Report], library: Library | None) -> tuple[dict[str, Figure], dict[str, list[int]]]:
    """Return the followed figure where it may be compared, its first, last and highest, and the years set aside by reason.

    A single such year counts as the last; there is no first then.
    """
    made = book().figures[book().followed]
    usable = []
    aside: dict[str, list[int]] = {}
    for report in reports:
        figure = measured_figure(made, report)
        # Measured against the newest report, which is the one that the sentences speak of.
        if report.scope != reports[-1].scope:
            reason = "other_scope"
        elif report.period is not None:
            reason = "other_period"
        elif figure.value is None:
            reason = "lacking"
        elif figure.disputed or figure.doubted(library):
            reason = "disputed"
        else:
            usable.append(figure)
            continue
        # Named by year and reason: years left out in silence would make the development look more even than it was.
        aside.setdefault(reason, []).append(report.year)
    none = measured_figure(made, None)
    peak = max(usable, key=lambda each: each.value or 0, default=none)
    return {"first": usable[0] if len(usable) > 1 else none, "last": usable[-1] if usable else none, "peak": peak}, aside
