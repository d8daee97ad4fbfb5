"""The numbers of each chart of an agency, as CSV beside its page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from open_reports import charts
from open_reports.files.route import AGENCY, CSV, Choice, Route

if TYPE_CHECKING:
    from collections.abc import Sequence

    from open_reports.charts import Chart
    from open_reports.files.folder import AgencyFolder


def drawn(folder: AgencyFolder) -> Sequence[Chart]:
    """Charts of an agency, which its page draws; none where it has no report."""
    # The page draws what these files hold, so charts are made once for both.
    return folder.once(lambda: charts.charts(folder.reports, library=folder.library) if folder.reports else (), "charts")


ROUTES: tuple[Route[AgencyFolder], ...] = (
    Route(
        "chart",
        f"{AGENCY}{charts.FOLDER}{{chart}}.csv",
        CSV,
        lambda folder: {each.definition.id: each.csv() for each in drawn(folder)},
        choice=Choice(name="chart", values=lambda: [each.id for each in charts.definitions()]),
    ),
)
