"""The figure on the page: title, what it shows, how to read it, legend, drawing, breaks in words, table, link to the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from open_reports.charts import svg
from open_reports.charts.data import INCOMPLETE
from open_reports.charts.paint import painted
from open_reports.derived.indicator import CONTRADICTED
from open_reports.derived.mark import mark, nothing_words, of_blank
from open_reports.derived.series import NOT_COLLECTED
from open_reports.form import forms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from open_reports.charts.data import Chart, Panel
    from open_reports.charts.definition import SeriesDefinition
    from open_reports.derived.series import Point
    from open_reports.text import Words

WIDE = 3
"""Rows of numbers beyond which the table stands below the drawing however wide the page."""


def floor() -> int:
    """Least denominator on which a share is drawn."""
    return max(indicator.floor for indicator in forms().indicators.values())


def title(chart: Chart, w: Words) -> str:
    """Return the title of a chart, which says what it shows."""
    first, last = chart.years[0], chart.years[-1]
    span = w("chart_span_one", first=first) if first == last else w("chart_span", first=first, last=last)
    return chart.definition.title[w.language].format(span=span)


def figure(chart: Chart, w: Words, *, csv_href: str | None = None) -> Markup:
    """Return the whole figure as HTML; `csv_href` is the address of the chart's file, in the page's own folder unless given."""
    name = chart.stem
    latest = _latest(chart, w)
    notes = "".join(f"<li>{escape(note)}</li>" for note in _notes(chart, w))
    # Only what the figure has: `aria-describedby` that names an absent id describes nothing (WAI-ARIA 1.2).
    described = " ".join([f"{name}-says", *([f"{name}-latest"] if latest else []), *([f"{name}-notes"] if notes else [])])
    parts = [
        f'<figure class="or-chart"><figcaption id="chart-{chart.id}"><h3 id="{name}-title">{escape(title(chart, w))}</h3></figcaption>',
        f'<p class="or-chart-latest" id="{name}-latest">{latest}</p>' if latest else "",
        f'<p class="or-chart-says" id="{name}-says">{escape(chart.definition.says[w.language].format(floor=floor()))}</p>',
        f'<div class="or-chart-body{" or-chart-wide" if _rows(chart) > WIDE else ""}"><div class="or-chart-plots">',
        # Axes without a mark would look like a row of zeros.
        f'<p class="or-chart-none">{escape(w("chart_none"))}</p>' if chart.empty else _plots(chart, w, described),
        f'<ul class="or-chart-notes" id="{name}-notes">{notes}</ul>' if notes else "",
        "</div>",
        # The table is always there, not only for screen readers: it holds every number and every reason for none.
        _table(chart, w),
        "</div>",
        f'<p class="or-chart-file"><a href="{escape(csv_href or chart.path)}" download>{escape(w("chart_csv"))}</a></p></figure>\n',
    ]
    return Markup("".join(parts))  # noqa: S704 (every text is escaped where it is put in)


def _rows(chart: Chart) -> int:
    return sum(len(panel.series) + panel.summed for panel in chart.panels)


def _text(point: Point, unit: str, w: Words) -> Markup:
    """Return what a sentence says of a point, with its mark where it stands in an open contradiction."""
    if point.value is None:
        # A rate of few cases moves by many points with a single one, so only its counts are told.
        if point.status in {"small_denominator", CONTRADICTED}:
            return _signed(point.doubt, w("chart_counts", numerator=point.numerator, denominator=point.denominator), w)
        return escape(_lacking(point.status, w, point.doubt))
    if point.denominator is None:
        return _signed(point.doubt, w("chart_count", count=point.value, unit=unit), w)
    return escape(w("chart_share", rate=svg.rate_text(point.value), numerator=point.numerator, denominator=point.denominator))


def _signed(doubt: tuple[str, ...], text: str, w: Words) -> Markup:
    return mark(w) + text if doubt else escape(text)


def _lacking(status: str, w: Words, rules: tuple[str, ...]) -> str:
    return w("chart_lacking", why=svg.nothing(status, w, floor(), rules))


def _latest(chart: Chart, w: Words) -> Markup:
    """Return the sentence on the last collected year; none where nothing is drawn."""
    if chart.empty:
        return Markup()
    # The years asked for may run on beyond the last report: the sentence is about one that was collected.
    at = max(at for _, each in chart.series for at, point in enumerate(each.points) if point.status != NOT_COLLECTED)
    known = forms().common.units.get(chart.definition.unit)
    unit = known[w.language] if known else chart.definition.unit
    said = {definition.id: _text(each.points[at], unit, w) for definition, each in chart.series}
    if chart.stacked:
        sums = {panel.definition.id: panel.sums[at] for panel in chart.panels}
        said |= {
            id_: escape(_lacking(each.status, w, each.doubt))
            if each.value is None
            else _signed(each.doubt, w("chart_count", count=each.text, unit=unit), w)
            for id_, each in sums.items()
        }
    return escape(chart.definition.latest[w.language]).format(year=chart.years[at], **said)


def _notes(chart: Chart, w: Words) -> Iterator[str]:
    """Every break in words, those drawn with their mark, the names that the agency had, and what `+?` means where it stands."""
    marks = svg.marks(chart)
    count = sum(1 for _ in chart.series)
    for gap, concerned in chart.breaks:
        note = gap.says(w)
        # A break of every series needs no names; one of some would else seem to hold for all.
        if len(concerned) < count:
            names = w("comma").join(dict.fromkeys(each.name[w.language] for each in concerned))
            note = w("break_of", note=note, series=names)
        # A missing year is a gap that the drawing shows by itself, so it has no mark to refer to.
        yield note if gap.only_missing else f"{marks[gap.after]} {note}"
    letters = svg.renamed(chart)
    for each in chart.names:
        letter = letters.get(each.until + 1, "")
        yield f"{letter} {w('chart_name_then', year=each.until, name=each.name_en if w.language == 'en' else each.name)}".strip()
    if chart.stacked and any(found.status == INCOMPLETE for panel in chart.panels for found in panel.sums):
        yield w("chart_incomplete")
    if any(point.doubt for _, each in chart.series for point in each.points):
        yield w("mark_legend")


def _plots(chart: Chart, w: Words, described: str) -> str:
    legends = [_legend(chart, panel, w) for panel in chart.panels]
    # Panels with the same parts have one legend above them: on a phone they stand below each other, and it would be read twice.
    shared = chart.stacked and len(set(legends)) == 1
    definitions = svg.patterns(chart)
    out = [legends[0]] if shared else []
    out.append('<div class="or-panels">')
    for panel, legend in zip(chart.panels, legends, strict=True):
        if chart.stacked:
            height, drawn = svg.bars(chart, panel, w, floor())
            body = _svg(chart, panel.definition.id, height, f"<defs>{definitions}</defs>{drawn}" if definitions else drawn, described)
            head = _panel_title(chart, panel.definition.id, panel.definition.name[w.language])
            out.append(f'<div class="or-panel">{head}{"" if shared else legend}{_place(svg.bars_room(chart), body)}</div>')
            # An id may stand once in a document; `url(#…)` of the other panels finds it in the first all the same.
            definitions = ""
        else:
            out += (_share(chart, definition, panel, w, described) for definition in panel.definition.series)
    out.append("</div>")
    return "".join(out)


def _share(chart: Chart, definition: SeriesDefinition, panel: Panel, w: Words, described: str) -> str:
    height, drawn = svg.shares(chart, definition, panel.series[definition.id], w, floor())
    head = _panel_title(chart, definition.id, definition.name[w.language])
    return f'<div class="or-panel">{head}{_place(svg.SHARES_ROOM, _svg(chart, definition.id, height, drawn, described))}</div>'


def _panel_title(chart: Chart, id_: str, text: str) -> str:
    return f'<p class="or-panel-title" id="{chart.stem}-{id_}">{escape(text)}</p>'


def _place(room: tuple[int, int], body: str) -> str:
    left, right = room
    return f'<div class="or-plot" style="padding-left:{left}px;padding-right:{right}px">{body}</div>'


def _svg(chart: Chart, id_: str, height: int, body: str, described: str) -> str:
    name = chart.stem
    return (
        # One picture with a name: what is inside `role="img"` is not read out, so its numbers stand in the table.
        f'<svg class="or-svg" width="100%" height="{height}" role="img" aria-labelledby="{name}-title {name}-{id_}" '
        f'aria-describedby="{described}">{painted(body)}</svg>'
    )


def _legend(chart: Chart, panel: Panel, w: Words) -> str:
    """HTML of the legend of a panel: colour, pattern and name; none for a single series, which the title names."""
    if not panel.summed:
        return ""
    entries = "".join(
        f'<li><svg class="or-swatch" width="18" height="12" aria-hidden="true"><rect {painted(svg.fill(chart, each.style))} width="18" height="12"/></svg>'
        f"{escape(each.name[w.language])}</li>"
        for each in panel.definition.series
    )
    return f'<ul class="or-legend">{entries}</ul>'


# -- the table ----------------------------------------------------------------------------------------------------------


def _table(chart: Chart, w: Words) -> str:
    """HTML of every number drawn, a row a series and a column a year, in a region that scrolls sideways."""
    name = chart.stem
    marks = svg.marks(chart)
    unit = forms().common.units.get(chart.definition.unit)
    caption = w("chart_caption") + (w("chart_unit", unit=unit[w.language]) if unit else "")
    letters = svg.renamed(chart)
    signs = {year: "".join(f" {each[year]}" for each in (marks, letters) if year in each) for year in chart.years}
    heads = [f'<th scope="col"{_edge(year, marks)}>{year}{signs[year]}</th>' for year in chart.years]
    out = [
        # A region that scrolls must be reached with the keyboard (WCAG 2.2, 2.1.1), and then needs a name.
        f'<section class="or-wide or-text" tabindex="0" aria-labelledby="{name}-title {name}-caption">',
        '<table class="or-text or-table or-chart-table">',
        f'<caption id="{name}-caption">{escape(caption)}</caption>',
        f'<thead><tr><th scope="col" class="or-stub">{escape(w("chart_series"))}</th>{"".join(heads)}</tr></thead>\n',
    ]
    for panel in chart.panels:
        out.append("<tbody>")
        if panel.summed:
            group = escape(panel.definition.name[w.language])
            out.append(f'<tr class="or-group"><th colspan="{len(chart.years) + 1}" scope="rowgroup"><span>{group}</span></th></tr>\n')
        for definition in panel.definition.series:
            cells = (_cell(point, definition.id, marks, w) for point in panel.series[definition.id].points)
            out.append(_row(definition.name[w.language], "".join(cells)))
        if chart.stacked and panel.summed:
            out.append(_row(w("chart_sum"), "".join(_sums(panel, marks, w)), " or-sum"))
        out.append("</tbody>\n")
    out.append("</table></section>")
    return "".join(out)


def _row(label: str, cells: str, more: str = "") -> str:
    return f'<tr><th scope="row" class="or-stub{more}">{escape(label)}</th>{cells}</tr>\n'


def _edge(year: int, marks: dict[int, str], more: str = "") -> str:
    names = " ".join([*(["or-after-break"] if year in marks else []), *([more] if more else [])])
    return f' class="{names}"' if names else ""


def _cell(point: Point, series: str, marks: dict[int, str], w: Words) -> str:
    """HTML of one number: a share with its two counts, the counts alone below the floor, or why there is none."""
    where = f'data-year="{point.year}" data-series="{series}"'
    sign = mark(w) if point.doubt else ""
    if point.value is None:
        # Of a contradicted 0 too: it is told as printed, for it may not be one.
        counts = point.numerator is not None and (bool(point.denominator) or point.status == CONTRADICTED)
        said = f"{sign}{point.numerator}/{point.denominator}<br>" if counts else ""
        why = f"<small>{escape(_why(point, w))}</small>"
        return f'<td{_edge(point.year, marks, "or-nothing")} {where} data-reason="{point.status}">{said}{why}</td>'
    value = f'{where} data-value="{point.value}"'
    if point.denominator is None:
        return f"<td{_edge(point.year, marks)} {value}>{sign}{point.value}</td>"
    return (
        f"<td{_edge(point.year, marks)} {value}>{svg.rate_text(point.value)}<br><small>{point.numerator}/{point.denominator}</small></td>"
    )


def _why(point: Point, w: Words) -> str:
    """Return why there is no number; of a blank, whether its whole table is."""
    if of_blank(point.status, point.doubt):
        return nothing_words(point.status, w, point.doubt)
    return svg.nothing(point.status, w, floor())


def _sums(panel: Panel, marks: dict[int, str], w: Words) -> Iterator[str]:
    for found in panel.sums:
        where = f'data-year="{found.year}" data-series="{panel.definition.id}"'
        if found.value is None:
            said = (
                nothing_words(found.status, w, found.doubt)
                if of_blank(found.status, found.doubt)
                else svg.nothing(found.status, w, floor())
            )
            why = f"<small>{escape(said)}</small>"
            yield f'<td{_edge(found.year, marks, "or-nothing or-sum")} {where} data-reason="{found.status}">{why}</td>'
        else:
            yield f'<td{_edge(found.year, marks, "or-sum")} {where} data-value="{found.value}">{mark(w) if found.doubt else ""}{found.text}</td>'
