"""What is new in the data: reports that were added, corrected, or that are published no more; for every page that lists the latest of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from open_reports.history.events import ANCHOR, Drop, events
from open_reports.pages.frame import Link, agency_name

if TYPE_CHECKING:
    from open_reports.files.folder import Sources
    from open_reports.pages.frame import Here
    from open_reports.report import Report


def latest(sources: Sources, here: Here, most: int) -> list[Link]:
    """The newest changes of the data, newest first, each with its day and what it was."""
    w, library = here.w, sources.library

    def name(report: Report) -> str:
        return w("report_title", agency=agency_name(library.agencies[report.agency], w, report.year), year=report.year)

    # The day alone of a moment (RFC 3339); a correction has only a day, and the two are sorted together.
    found = [(report.created[:10], report.year, report.agency, report.folder, name(report), w("news_added")) for report in library]
    for each in events(library, sources.released):
        if isinstance(each, Drop):
            what = w("news_back" if each.said.back else "news_dropped")
            title, page = each.title(w.language), f"corrections/#{ANCHOR}"
            found.append((each.changed, each.year or 0, each.agency, page, title, what))
        else:
            report, what = each.report, w("news_corrected", version=each.revision.version)
            found.append((each.revision.date, report.year, report.agency, report.folder, name(report), what))
    # Stable: of one day and report a correction stays before the adding.
    newest = sorted(found, key=lambda each: each[:3], reverse=True)[:most]
    return [Link(here.page(page), title, w("news_note", day=day, what=what)) for day, _, _, page, title, what in newest]
