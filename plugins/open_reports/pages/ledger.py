"""The ledger: every identity of a report as an equation of its figures, and the chain of an agency's years."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup, escape

from open_reports.form import forms
from open_reports.identity import MOST_SHOWN, Identity, Member, Result, consolidated, gaps, identity_at, total, yearly
from open_reports.narrative import stated
from open_reports.pages.frame import anchor, place_words
from open_reports.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from decimal import Decimal

    from open_reports.form import Rule, RuleText
    from open_reports.library import Library
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


class Row(NamedTuple):
    """A finished row of the ledger."""

    rule: str
    result: Result
    html: str


def rows(report: Report, library: Library, w: Words) -> list[Row]:
    """Every row of a report's ledger, rule by rule.

    Most identities of most reports hold, and are sums of the same few numbers: such a row is made once for its numbers.
    """
    found: list[Row] = []
    before = library.reports.get((report.agency, report.year - 1))
    former = f"../{report.year - 1}/"
    for name, table in report.tables.items():
        old = before.tables[name] if before else None
        for rule in (*table.form.rules, *table.form.yearly_rules):
            for index, (place, values, gap) in enumerate(gaps(rule, table, old)):
                if gap == 0:
                    html = _held((table.form.form, name, rule.id, index), values, w.language).replace(_FORMER, former)
                    found.append(Row(rule.id, "holds", html))
                else:
                    found.append(_row(_entry(report, identity_at(report, before, rule, place), w), w))
    others = [*consolidated(report, library), *(each.identity for each in stated(report))]
    found += [_row(_entry(report, each, w), w) for each in others]
    found.append(_row(deadline(report, library, w), w))
    order = {rule: position for position, rule in enumerate(forms().rules)}
    return sorted(found, key=lambda each: order[each.rule])


_FORMER = "{former}"


@lru_cache(maxsize=50_000)
def _held(at: tuple[str, str, str, int], values: tuple[int | Decimal | None, ...], language: str) -> str:
    """Row of an identity that holds, for its numbers; the folder of the year before is filled in by the caller."""
    w = Words(language)
    form, name, rule_id, index = at
    table = forms()[form].tables[name]
    rule = next(each for each in (*table.rules, *table.yearly_rules) if each.id == rule_id)
    place = table.places[rule_id][index]
    cells = list(zip((*place.left, *place.right), values, strict=True))
    sides = [
        _joined(
            [
                (sign, value, f'<a href="{_FORMER if previous else ""}{anchor(str(address))}">{value}</a>')
                for (sign, previous, address), value in side
            ],
            w,
        )
        for side in (cells[: len(place.left)], cells[len(place.left) :])
    ]
    label = table.columns[place.at].label if rule.axis == "column" else table.lines[place.at].label
    entry = Entry(rule, label[language], Markup(f"{sides[0]} <b>=</b> {sides[1]}"), "holds", None)  # noqa: S704 (numbers and our tags)
    return _row(entry, w).html


def _row(each: Entry, w: Words) -> Row:
    reason = f"：{reason_words(each.reason, w)}" if each.reason else ""
    rule, result = each.rule.id, each.result
    html = (
        f'<tr data-rule="{rule}" data-result="{result}"><th scope="row">{escape(each.place)}</th>'
        f"<td>{each.equation}</td><td>{w(f'result_{result}')}{reason}</td></tr>"
    )
    return Row(rule, result, html)


def _entry(report: Report, identity: Identity, w: Words) -> Entry:
    return Entry(identity.rule, _place(report, identity, w), equation(report, identity, w), identity.result, identity.reason)


def _place(report: Report, identity: Identity, w: Words) -> str:
    table = report.tables.get(identity.table)
    if table is None:
        return identity.at
    if getattr(identity.rule, "axis", "") == "column":
        return table.form.columns[identity.at].label[w.language]
    if identity.rule.id == "AGG":
        return place_words(report, str(identity.blamed), w)
    return table.form.lines[identity.at].label[w.language]


def equation(report: Report, identity: Identity, w: Words, *, base: str = "") -> Markup:
    """Both sides as printed, each number a link to its cell; `base` leads from the page to the report's folder."""
    sign = {"holds": "=", "contradicts": "≠", "untestable": "?"}[identity.result]
    left, right = (_side(report, side, w, base) for side in (identity.left, identity.right))
    if identity.result == "contradicts":
        left += _total(identity.left)
        right += _total(identity.right)
    return Markup(f"{left} <b>{sign}</b> {right}")  # noqa: S704 (made of numbers, escaped labels and our own tags)


def _total(members: Sequence[Member]) -> str:
    return f"（={total(members)}）" if len(members) > 1 else ""


def _side(report: Report, members: Sequence[Member], w: Words, base: str) -> str:
    return _joined([(each.sign, each.value, _number(report, each, w, base)) for each in members], w)


def _joined(members: Sequence[tuple[int, int | Decimal | None, str]], w: Words) -> str:
    """One side of an equation: signs and numbers; a long sum leaves out its zeros and says so."""
    long = len(members) > MOST_SHOWN
    shown = [each for each in members if each[1] != 0] if long else members
    parts: list[str] = []
    for sign, value, html in shown:
        if parts or sign < 0:
            parts.append("−" if sign < 0 else "+")
        parts.append(f"({html})" if value is not None and value < 0 else html)
    if not parts:
        return f"0（{w('all_zero')}）" if long else "0"
    return " ".join(parts) + (f"（{w('rest_zero')}）" if long and len(shown) < len(members) else "")


def _number(report: Report, each: Member, w: Words, base: str) -> str:
    text = str(each.value) if each.value is not None else f"（{w('unit_blank')}）"
    if each.address.table == "prose":
        return text
    here = each.agency == report.agency and each.year == report.year
    folder = base if here else f"{base}../../{each.agency}/{each.year}/"
    if not here and each.value is None:
        return (
            f"（{each.year}：{w('not_collected')}）" if each.agency == report.agency else f"（{escape(each.agency)}：{w('not_collected')}）"
        )
    return f'<a href="{folder}{anchor(str(each.address))}">{text}</a>'


def deadline(report: Report, library: Library, w: Words) -> Entry:
    """Return the row that compares the day of publication with the last day the law allows."""
    common = forms().common
    rule = common.rules["DUE"]
    agency = library.agencies[report.agency]
    last = common.deadlines.get(agency.kind)
    reason = "no_deadline" if last is None else "no_date" if report.published is None else None
    due = f"{report.year + 1}-{last}" if last else ""
    published = report.published.isoformat() if report.published else w("unknown")
    result: Result = "untestable" if reason else "contradicts" if published > due else "holds"
    words = w("published_by", published=published, deadline=due) if last else published
    return Entry(rule, w("published"), escape(words), result, reason)


def reason_words(reason: str | None, w: Words) -> str:
    """Why an identity could not be tested, in words."""
    return w(f"reason_{reason}") if reason else ""


def ledger_html(found: Sequence[Row], w: Words) -> Markup:
    """HTML of the ledger's tables, one a rule; written here, for a template would double the cost of a page."""
    parts: list[str] = []
    rules = forms().rules
    head = "".join(f'<th scope="col">{w(key)}</th>' for key in ("ledger_place", "ledger_equation", "ledger_result"))
    for rule, group in groupby(found, key=lambda each: each.rule):
        text = rules[rule]
        parts.append(
            f'<h3 id="ledger-{rule}"><a href="../../../quality/{rule}/">{rule}</a> {escape(text.name[w.language])}</h3>'
            f"<p>{escape(text.says[w.language])}</p>"
            f'<table class="or-table or-ledger" aria-labelledby="ledger-{rule}"><thead><tr>{head}</tr></thead><tbody>'
        )
        parts += [each.html for each in group]
        parts.append("</tbody></table>")
    return Markup("".join(parts))  # noqa: S704 (every label above is escaped)


def chains(reports: Sequence[Report], library: Library, w: Words) -> list[ChainView]:
    """Rules between the years of an agency, each as a table of years; a year that is missing stays a gap."""
    if not reports:
        return []
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


def by_result(found: Iterable[Row]) -> dict[Result, int]:
    """Count rows by result."""
    counts: dict[Result, int] = {"holds": 0, "contradicts": 0, "untestable": 0}
    for each in found:
        counts[each.result] += 1
    return counts
