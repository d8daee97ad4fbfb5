"""What the charts show, as data: `forms/foi-cn/views/charts.yml`, read strictly and checked against the forms."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from open_reports.form import FAMILY, forms
from open_reports.form.cells import read_sum
from open_reports.text import Text, reading, resource_text, sentence_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from open_reports.document import Record
    from open_reports.form import Cells


Kind = Literal["stacked", "shares"]
# charts.css has as many, each at 3:1 or more against the page in both colour schemes (WCAG 2.2, 1.4.11).
STYLES = range(1, 10)
"""Colours and patterns that there are."""
_ID = r"[a-z]+(?:_[a-z]+)*"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesDefinition:
    """One series: a sum of `cells`, or the `indicator` of that id; `style` is its colour and pattern."""

    id: str
    name: Text
    style: int
    cells: tuple[Cells, ...]
    indicator: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelDefinition:
    """Series drawn together. Its id stands for their sum."""

    id: str
    name: Text
    series: tuple[SeriesDefinition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartDefinition:
    """One chart: `says` how to read it, `latest` the sentence on the last collected year, `unit` of its figures, if any."""

    id: str
    kind: Kind
    title: Text
    says: Text
    latest: Text
    unit: str
    panels: tuple[PanelDefinition, ...]

    @property
    def series(self) -> Iterator[SeriesDefinition]:
        """Series of every panel, in their order."""
        return (series for panel in self.panels for series in panel.series)


@cache
def definitions() -> tuple[ChartDefinition, ...]:
    """Return the charts shipped with this package, read once a process. Raises `FormError`."""
    return load(resource_text(f"{FAMILY}/views/charts.yml"))


def load(text: str) -> tuple[ChartDefinition, ...]:
    """Read charts from YAML.

    Raises `FormError` that lists every fault with its place: an unknown or missing key, a text in one language only, a
    cell that no form has, an indicator or a name in a sentence that does not exist, an id given twice.
    """
    with reading(f"{FAMILY}/views/charts.yml", text) as root:
        charts: tuple[ChartDefinition, ...] = root.each("charts", _chart)
        root.once("charts", [chart.id for chart in charts])
        return charts


def _chart(record: Record) -> ChartDefinition:
    kind: Kind = "shares" if record.choice("kind", ("stacked", "shares")) == "shares" else "stacked"
    panels: tuple[PanelDefinition, ...] = record.each("panels", lambda panel: _panel(panel, kind))
    # Series and panels share one set of ids: both are names in the sentence `latest` and parts of anchors on the page.
    ids = [panel.id for panel in panels] + [series.id for panel in panels for series in panel.series]
    record.once("panels", ids)
    return ChartDefinition(
        id=record.matching("id", _ID, "requests"),
        kind=kind,
        title=sentence_of(record, "title", ("span",)),
        says=sentence_of(record, "says", ("floor",)),
        latest=sentence_of(record, "latest", ("year", *ids)),
        unit=record.text("unit", required=False),
        panels=panels,
    )


def _panel(record: Record, kind: Kind) -> PanelDefinition:
    series: tuple[SeriesDefinition, ...] = record.each("series", lambda each: _series(each, kind))
    return PanelDefinition(id=record.matching("id", _ID, "received"), name=text_of(record.record("name")), series=series)


def _series(record: Record, kind: Kind) -> SeriesDefinition:
    style = record.integer("style")
    if style not in STYLES:
        record.note("style", "record.choice", found=str(style), expected=f"{STYLES.start}–{STYLES.stop - 1}")
    shares = kind == "shares"
    return SeriesDefinition(
        id=record.matching("id", _ID, "carried_in"),
        name=text_of(record.record("name")),
        style=style,
        cells=() if shares else read_sum(record, "cells"),
        indicator=record.choice("indicator", forms().indicators) if shares else "",
    )
