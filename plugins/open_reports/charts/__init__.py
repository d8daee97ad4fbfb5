"""Charts of an agency's years, drawn at build time as SVG and told as table and CSV: the same numbers three times."""

from open_reports.charts.data import FOLDER, Chart, Panel, Sum, charts
from open_reports.charts.definition import ChartDefinition, definitions, load
from open_reports.charts.drawing import figure, title

__all__ = ["FOLDER", "Chart", "ChartDefinition", "Panel", "Sum", "charts", "definitions", "figure", "load", "title"]
