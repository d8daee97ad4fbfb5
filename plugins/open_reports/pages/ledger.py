"""The ledger: every check of a report, identities as equations of its figures; and the chain of an agency's years."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup, escape

from open_reports.checks.formal import due
from open_reports.checks.identity import (
    MOST_SHOWN,
    NOT_COLLECTED,
    Identity,
    Member,
    Result,
    Values,
    bounds,
    consolidated,
    gaps,
    identity_at,
    strands,
    total,
    yearly,
)
from open_reports.checks.narrative import stated
from open_reports.checks.wording import kinds
from open_reports.form import forms
from open_reports.pages.frame import anchor, marked, place_words, way
from open_reports.text import Words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from decimal import Decimal

    from open_reports.checks.counting import Counts
    from open_reports.form import Rule, RuleText, Strand
    from open_reports.library import Library
    from open_reports.pages.frame import Here
    from open_reports.report import Report


class Entry(NamedTuple):
    """One row of the ledger: a rule at one place, its equation as HTML, its result and why it could not be tested."""

    rule: RuleText
    place: str
    equation: Markup
    result: Result
    reason: str | None


class ChainView(NamedTuple):
    """A rule between years: for each line or column, the equation of each year."""

    rule: str
    name: str
    says: str
    years: tuple[int, ...]
    rows: tuple[tuple[str, tuple[Entry | None, ...]], ...]


def ledger(report: Report, library: Library, here: Here, tallies: Mapping[str, Counts]) -> Markup:
    """Every check of a report, rule by rule: identities one by one, of what is no identity the counts, which `tallies` tell.

    Most identities of most reports hold, and are sums of the same few numbers: such rows are made once for their numbers.
    """
    w = here.w
    rows: dict[str, list[str]] = {}

    def add(entry: Entry) -> None:
        rows.setdefault(entry.rule.id, []).append(_row(entry, w))

    before = library.before(report)
    former = f"../../{before.agency}/{before.year}/" if before and before.agency != report.agency else f"../{report.year - 1}/"
    for name, table in report.tables.items():
        for strand, own, previous in strands(table, before.tables.get(name) if before else None):
            # All rules of the strand hold: neither a gap nor a rule that could not be tested. Only the others need an identity made.
            found = gaps(strand, own, previous)
            if not any(found) and None not in found:
                for rule_id, html in _held(strand, own, previous, w.language):
                    rows.setdefault(rule_id, []).append(html.replace(_FORMER, former) if previous else html)
            else:
                for rule, place in strand.rules:
                    add(_entry(report, identity_at(report, before, rule, place), w))
    for identity in (*consolidated(report, library), *bounds(report), *(each.identity for each in stated(report))):
        add(_entry(report, identity, w))
    add(deadline(report, library, w))
    parts: list[str] = []
    # In the order of the rules, not as they came: the tables come strand by strand, with rows of many rules in each.
    for key, start in _starts(w.language, here.page("quality/")).items():
        if key in rows:
            parts.append(start)
            parts += rows[key]
            parts.append("</tbody></table>")
    parts += _others(tallies, frozenset(rows), here)
    return Markup("".join(parts))  # noqa: S704 (every label is escaped where it is put in)


def _others(tallies: Mapping[str, Counts], shown: Collection[str], here: Here) -> Iterator[str]:
    """Checks that are no identities: a row a rule, for there is no equation to be shown of what holds; `shown` have rows already."""
    w = here.w
    yield f'<h3 id="ledger-others">{w("counts_others")}</h3><table class="or-text or-table or-ledger" aria-labelledby="ledger-others">'
    yield f'<thead><tr><th scope="col">{w("rule")}</th><th scope="col">{w("ledger_result")}</th></tr></thead><tbody>'
    quality = here.page("quality/")
    yield from (_other(rule, counts, w.language, quality) for rule, counts in tallies.items() if rule not in shown)
    yield "</tbody></table>"


@lru_cache(maxsize=4096)  # benchmarks, line b1: of most reports a rule has the same one or few checks, and all of them hold
def _other(rule: str, counts: Counts, language: str, quality: str) -> str:
    w = Words(language)
    name = f"{rule} {forms().rules[rule].name[language]}"
    return (
        f'<tr data-rule="{rule}" data-checked="{counts.checked}"><th scope="row">{escape(name)} {way(f"{quality}{rule}/", name)}</th>'
        f"<td>{escape(kinds(counts, w))}</td></tr>"
    )


@lru_cache(maxsize=8)
def _starts(language: str, quality: str) -> dict[str, str]:
    """What stands before the rows of each rule, in the order of the rules; `quality` is the link to the checks' page."""
    w = Words(language)
    head = "".join(f'<th scope="col">{w(key)}</th>' for key in ("ledger_place", "ledger_equation", "ledger_result"))
    return {
        rule: (
            f'<h3 id="ledger-{rule}"><a href="{quality}{rule}/">{rule}</a> {escape(text.name[language])}</h3>'
            f"<p>{escape(text.says[language])}</p>"
            f'<table class="or-text or-table or-ledger" aria-labelledby="ledger-{rule}"><thead><tr>{head}</tr></thead><tbody>'
        )
        for rule, text in forms().rules.items()
    }


# Numbers repeat from agency to agency and from year to year. So a row is kept without its year, which is filled in at the end.
_FORMER = "{former}"


class _Outline(NamedTuple):
    """What the rows of a strand have in common whatever its numbers: for each rule its id, its row's start, its sides."""

    rule: str
    start: str
    left: tuple[tuple[int, bool, int, str], ...]
    right: tuple[tuple[int, bool, int, str], ...]
    """Position among the strand's own numbers, or (if so) among those of the year before; sign; the link's opening."""


@lru_cache(maxsize=512)
def _outlines(strand: Strand, language: str) -> tuple[_Outline, ...]:
    found = []
    for (rule, place), cells in zip(strand.rules, strand.members, strict=True):
        links = [
            (position, before, sign, f'<a href="{_FORMER if before else ""}{anchor(str(address))}">')
            for (position, before, _), (sign, _, address) in zip(cells, (*place.left, *place.right), strict=True)
        ]
        start = f'<tr data-rule="{rule.id}" data-result="holds"><th scope="row">{escape(strand.label[language])}</th><td>'
        found.append(_Outline(rule.id, start, tuple(links[: len(place.left)]), tuple(links[len(place.left) :])))
    return tuple(found)


@lru_cache(maxsize=16_384)
def _held(strand: Strand, own: Values, previous: Values, language: str) -> tuple[tuple[str, str], ...]:
    """Rule and row of every identity of a strand that holds; the folder of the year before is filled in by the caller."""
    w = Words(language)
    end = f"</td><td>{w('result_holds')}</td></tr>"
    found = []
    for rule, start, *sides in _outlines(strand, language):
        left, right = (
            _joined(
                [
                    (sign, value, f"{link}{value}</a>")
                    for position, before, sign, link in side
                    for value in (previous[position] if before else own[position],)
                ],
                w,
            )
            for side in sides
        )
        found.append((rule, f"{start}{left} <b>=</b> {right}{end}"))
    return tuple(found)


def _row(each: Entry, w: Words) -> str:
    reason = f"{w('colon')}{reason_words(each.reason, w)}" if each.reason else ""
    return (
        f'<tr data-rule="{each.rule.id}" data-result="{each.result}"><th scope="row">{marked(each.place, w)}</th>'
        f"<td>{each.equation}</td><td>{w(f'result_{each.result}')}{reason}</td></tr>"
    )


def _entry(report: Report, identity: Identity, w: Words) -> Entry:
    return Entry(identity.rule, _place(report, identity, w), equation(report, identity, w), identity.result, identity.reason)


def _place(report: Report, identity: Identity, w: Words) -> str:
    table = report.tables.get(identity.table)
    # An identity of section one names its item itself; no form has a label for it.
    if table is None:
        return identity.at
    if getattr(identity.rule, "axis", "") == "column":
        return table.form.columns[identity.at].label[w.language]
    # A consolidated report is compared cell by cell, so the line alone would not say which.
    if identity.rule.id == "AGG":
        return place_words(report, str(identity.blamed), w)
    return table.form.lines[identity.at].label[w.language]


def equation(report: Report, identity: Identity, w: Words, *, base: str = "") -> Markup:
    """Both sides as printed, each number a link to its cell; `base` leads from the page to the report's folder."""
    left, right = (_side(report, side, w, base) for side in (identity.left, identity.right))
    # Both sums, for a reader sees that 134 is not 137 only once the parts are added up.
    if identity.result in {"contradicts", "rounded"}:
        left += _total(identity.left, w)
        right += _total(identity.right, w)
    if identity.parts:
        # The totals that units print do not add up to this one; the parts that they state beside them do.
        right += w("ledger_parts", total=total(identity.parts))
    return Markup(f"{left} <b>{escape(identity.sign)}</b> {right}")  # noqa: S704 (made of numbers, escaped labels and our own tags)


def _total(members: Sequence[Member], w: Words) -> str:
    return w("in_brackets", text=f"={total(members)}") if len(members) > 1 else ""


def _side(report: Report, members: Sequence[Member], w: Words, base: str) -> str:
    return _joined([(each.sign, each.value, _number(report, each, w, base)) for each in members], w)


def _joined(members: Sequence[tuple[int, int | Decimal | None, str]], w: Words) -> str:
    """One side of an equation: signs and numbers; a long sum leaves out its zeros and says so."""
    long = len(members) > MOST_SHOWN
    # Twenty terms of which three count would hide the three. A missing member is not 0 and stays.
    shown = [each for each in members if each[1] != 0] if long else members
    parts: list[str] = []
    for sign, value, html in shown:
        if parts or sign < 0:
            # The minus sign (U+2212), not a hyphen, at which a line may break.
            parts.append("−" if sign < 0 else "+")
        parts.append(f"({html})" if value is not None and value < 0 else html)
    if not parts:
        return "0" + w("in_brackets", text=w("all_zero")) if long else "0"
    return " ".join(parts) + (w("in_brackets", text=w("rest_zero")) if long and len(shown) < len(members) else "")


def _number(report: Report, each: Member, w: Words, base: str) -> str:
    text = str(each.value)
    # Prose has no cell to lead to.
    if each.address.table == "prose":
        return text
    own = each.agency == report.agency
    here = own and each.year == report.year
    folder = base if here else f"{base}../{each.year}/" if own else f"{base}../../{each.agency}/{each.year}/"
    if each.missing is not None:
        whose = "" if here else f"{each.year if own else escape(each.agency)}{w('colon')}"
        text = w("in_brackets", text=f"{whose}{_nothing(each.missing, w)}").strip()
    # A report that is not here cannot be led to, nor a cell that its form does not print.
    if each.missing in {NOT_COLLECTED, "not_on_form"}:
        return text
    return f'<a href="{folder}{anchor(str(each.address))}">{text}</a>'


def _nothing(missing: str, w: Words) -> str:
    """Which kind of nothing a member is: a report that is not collected and a blank cell of one that is are two things."""
    if missing == NOT_COLLECTED:
        return w("not_collected")
    # The short word stands in the place of a number; the result beside the equation says it in full.
    return w("unit_blank") if missing == "blank" else forms().common.statuses[missing][w.language]


def deadline(report: Report, library: Library, w: Words) -> Entry:
    """Return the row that compares the day of publication with the last day the law allows."""
    result, reason, last = due(report, library.agencies[report.agency])
    published = report.published.isoformat() if report.published else w("unknown")
    # Townships and subdistricts have no day in the law (Article 49): only the day of publication is told.
    words = w("published_by", published=published, deadline=last) if last else published
    rule = forms().common.rules["DUE"]
    return Entry(rule, w("published"), escape(words), result, reason)


def reason_words(reason: str | None, w: Words) -> str:
    """Why an identity could not be tested, in words."""
    return w(f"reason_{reason}") if reason else ""


def chains(reports: Sequence[Report], library: Library, w: Words) -> list[ChainView]:
    """Rules between the years of an agency, each as a table of years; a year that is missing stays a gap."""
    if not reports:
        return []
    # From first to last without a gap, so that a year that is not collected is seen to break the chain.
    years = tuple(range(reports[0].year, reports[-1].year + 1))
    cells: dict[str, dict[str, dict[int, Entry]]] = {}
    rules: dict[str, Rule] = {}
    for report in reports:
        rules.update({rule.id: rule for table in report.tables.values() for rule in table.form.yearly_rules})
        for identity in yearly(report, library):
            html = equation(report, identity, w, base=f"{report.year}/")
            entry = Entry(identity.rule, _place(report, identity, w), html, identity.result, identity.reason)
            cells.setdefault(identity.rule.id, {}).setdefault(entry.place, {})[report.year] = entry
    return [
        ChainView(
            rule=rule,
            name=rules[rule].name[w.language],
            says=rules[rule].says[w.language],
            years=years,
            rows=tuple((place, tuple(by_year.get(year) for year in years)) for place, by_year in places.items()),
        )
        for rule, places in cells.items()
    ]
