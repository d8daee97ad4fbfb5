"""The numbers of a chart: for each panel and series a point a year, the sums at the ends of the bars, the breaks; and all of it as CSV."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from open_reports.charts.definition import ChartDefinition, PanelDefinition, SeriesDefinition, definitions
from open_reports.derived import series
from open_reports.report import csv_text
from open_reports.text import words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from open_reports.derived.series import Break, Number, Point, Series
    from open_reports.library import FormerName, Library
    from open_reports.report import Report

INCOMPLETE = "incomplete"
"""Status of a sum some of whose parts have no figure: its value is the sum of the others."""
FOLDER = "charts/"
"""Folder of the charts' files beside the agency's page."""
HEADER = (
    "agency",
    "year",
    "series",
    "name",
    "name_en",
    "value",
    "status",
    "numerator",
    "denominator",
    "unit",
    "form",
    "scope",
    "break_before",
    "finding",
    "name_then",
)
"""First row of a chart's CSV file: one row for each number drawn, and for each that could not be."""


class Sum(NamedTuple):
    """Sum of a panel's series in one year: of those that have a figure, None where none has; `doubt` as of its points."""

    year: int
    value: Number | None
    status: str
    doubt: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Number as drawn; `+?` says that parts have no figure."""
        return f"{self.value}+?" if self.status == INCOMPLETE else str(self.value)


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One panel with its series by id, and `sums` where it stacks more than one."""

    definition: PanelDefinition
    series: Mapping[str, Series]

    @cached_property
    def sums(self) -> tuple[Sum, ...]:
        """Sum of each year."""
        # Every series has a point for every year, collected or not, so points side by side are of one year; `strict` holds that.
        return tuple(_sum(points) for points in zip(*(each.points for each in self.series.values()), strict=True))

    @property
    def summed(self) -> bool:
        """Whether the sum says more than its only part."""
        return len(self.series) > 1


@dataclass(frozen=True, kw_only=True)
class Chart:
    """One chart of one agency, in no language yet: `years` runs from the first to the last without a gap."""

    definition: ChartDefinition
    agency: str
    years: range
    panels: tuple[Panel, ...]
    position: int
    names: tuple[FormerName, ...] = ()
    """Names that the agency had in years that are drawn and has no more, earliest first: the same agency, so no break."""

    @property
    def stem(self) -> str:
        """What the ids within the figure begin with: a number, for programs that read pages for their text drop an id with `share`."""
        return f"chart-{self.position}"

    @property
    def id(self) -> str:
        """Id of the chart; its place on the page is `chart-<id>`."""
        return self.definition.id

    @property
    def path(self) -> str:
        """Path of its CSV file below the agency's page."""
        return f"{FOLDER}{self.id}.csv"

    @property
    def series(self) -> Iterator[tuple[SeriesDefinition, Series]]:
        """Every series with its definition, in the order drawn."""
        return ((each, panel.series[each.id]) for panel in self.panels for each in panel.definition.series)

    @cached_property
    def breaks(self) -> tuple[tuple[Break, tuple[SeriesDefinition, ...]], ...]:
        """Every break with the series it concerns, by year."""
        # One change of form or scope breaks many series at once: a reader is told of it once, with the series it concerns.
        found: dict[Break, list[SeriesDefinition]] = {}
        for definition, each in self.series:
            for gap in each.breaks:
                found.setdefault(gap, []).append(definition)
        return tuple((gap, tuple(found[gap])) for gap in sorted(found, key=lambda gap: (gap.before, gap.after, gap.causes)))

    @property
    def stacked(self) -> bool:
        """Whether its series are parts of a sum."""
        return self.definition.kind == "stacked"

    @cached_property
    def empty(self) -> bool:
        """Whether no series has a value in any year."""
        return all(point.value is None for _, each in self.series for point in each.points)

    def csv(self) -> bytes:
        """Return exactly what is drawn and tabled, one row a number, in both languages; the same for the same reports."""
        return csv_text([HEADER, *self._rows()]).encode()

    def _rows(self) -> Iterator[tuple[str, ...]]:
        for panel in self.panels:
            for definition in panel.definition.series:
                each = panel.series[definition.id]
                yield from (self._row(definition, each, point) for point in each.points)
            # A sum of one part would repeat its part under another id, and a reader of the file would count the figure twice.
            if self.stacked and panel.summed:
                # Data files stand once on the site, for both languages, so each name is there in both.
                name = words()["chart_sum"]
                for found in panel.sums:
                    value = "" if found.value is None else str(found.value)
                    start = (self.agency, str(found.year), panel.definition.id, name.zh, name.en, value, found.status)
                    yield (*start, "", "", self.definition.unit, "", "", "", " ".join(found.doubt), self._name_then(found.year))

    def _name_then(self, year: int) -> str:
        """Name that the agency had in a year, empty where it had its present one."""
        return next((each.name for each in self.names if year <= each.until), "")

    def _row(self, definition: SeriesDefinition, each: Series, point: Point) -> tuple[str, ...]:
        gap = each.break_before(point.year)
        # Exact, as reported: a rate cut to what the drawing shows could not be reckoned again from the file.
        # Nothing reported is an empty cell beside its status, never 0.
        value, numerator, denominator = ("" if n is None else str(n) for n in (point.value, point.numerator, point.denominator))
        return (
            self.agency,
            str(point.year),
            definition.id,
            definition.name.zh,
            definition.name.en,
            value,
            point.status,
            numerator,
            denominator,
            self.definition.unit,
            "+".join(point.forms),
            point.scope,
            "+".join(cause.kind for cause in gap.causes) if gap else "",
            " ".join(point.doubt),
            self._name_then(point.year),
        )


def charts(reports: Sequence[Report], years: range | None = None, library: Library | None = None) -> tuple[Chart, ...]:
    """Return every chart of an agency; none of an agency without reports.

    `reports` are its own, earliest first; `years` those to draw, all from its first report to its last unless given; `library`
    is theirs, for what figures contradict outside their own report, and for the names that the agency had.
    """
    if not reports:
        return ()
    # From first to last without a gap: a year that is not collected has to show as a gap, not to close up.
    wanted = years if years is not None else range(reports[0].year, reports[-1].year + 1)
    # All indicators of all charts together: each report is read once, not once for each series.
    rates = series.of_indicators(
        reports, [each.indicator for chart in definitions() for each in chart.series if each.indicator], wanted, library
    )

    def of(definition: SeriesDefinition) -> Series:
        return rates[definition.indicator] if definition.indicator else series.of_cells(reports, definition.cells, wanted, library)

    former = library.agencies[reports[0].agency].former_names if library else ()
    return tuple(
        Chart(
            names=tuple(each for each in former if wanted and wanted[0] <= each.until),
            definition=chart,
            position=position,
            agency=reports[0].agency,
            years=wanted,
            panels=tuple(Panel(definition=panel, series={each.id: of(each) for each in panel.series}) for panel in chart.panels),
        )
        for position, chart in enumerate(definitions(), start=1)
    )


def _sum(points: Sequence[Point]) -> Sum:
    # A blank part makes the sum the least there can have been, which `+?` says; no part at all makes it nothing, which is no 0.
    values = [point.value for point in points if point.value is not None]
    lacking = next((point.status for point in points if point.value is None), "reported")
    doubt = tuple(dict.fromkeys(rule for point in points for rule in point.doubt))
    if not values:
        return Sum(points[0].year, None, lacking, doubt)
    return Sum(points[0].year, sum(values), INCOMPLETE if len(values) < len(points) else "reported", doubt)
