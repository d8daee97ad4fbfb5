"""Corrections: every released change of the data, as a page and as a banner on the page of the report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from open_reports.files.citation import problem_elsewhere
from open_reports.history.corrections import Change, Correction, corrections, of_report
from open_reports.history.events import ANCHOR, drops
from open_reports.pages.frame import (
    Download,
    Here,
    Link,
    Page,
    agency_name,
    anchor,
    crumbs,
    marked,
    place_words,
    rendered,
    size_words,
)
from open_reports.pages.paging import parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from open_reports.files.folder import Folder
    from open_reports.history.events import Drop
    from open_reports.library import Library
    from open_reports.pages.paging import Part
    from open_reports.report import Report
    from open_reports.text import Words


class ChangeView(NamedTuple):
    """A change on a page, with the way to its figure."""

    before: str
    address: str
    href: str
    place: str
    after: str


class CorrectionView(NamedTuple):
    """A row of the list."""

    report: Link
    version: str
    date: str
    reason: str
    changes: tuple[ChangeView, ...]


class DroppedView(NamedTuple):
    """A report or an agency that is published no more."""

    date: str
    # Its name as far as the data still have it, and the address by which it was known.
    name: str
    address: str
    reason: str
    to: Link
    # Since when it is here again, in words; empty while it is not.
    back: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionsContext:
    """The list of corrections: what `pages/templates/corrections.html` is told."""

    w: Words
    crumbs: Sequence[Link]
    current: str
    part: str
    heading: str
    quality: str
    rows: Sequence[CorrectionView]
    gone_heading: str
    gone: Sequence[DroppedView]
    problem: str
    downloads: Sequence[Download]
    turns: Sequence[Link]


def corrections_pages(data: Folder, w: Words, problem: str = "") -> Iterator[Page]:
    """Return the list, in several parts where it is long.

    `data` is the folder of the corpus' own files; `problem` is where a reader may report a mistake, empty if nowhere.
    """
    found, gone = corrections(data.sources.library), drops(data.sources.library, data.sources.released)
    for number, part in enumerate(parts("corrections/", len(found))):
        # All on the first part: they are few, and of several parts only the first is certain to be there.
        yield _page(data, found, part, w, gone if number == 0 else (), problem=problem)


def _page(data: Folder, found: Sequence[Correction], part: Part, w: Words, gone: Sequence[Drop], *, problem: str) -> Page:
    library, total = data.sources.library, len(found)
    here = part.here(w)
    gone_heading = w("corrections_gone", count=len(gone))

    def build() -> str:
        downloads = [
            Download(here.file(f"{data.path}{data.name(route)}"), w(route), kind, size_words(data.size(route), w))
            for kind, route in (("CSV", "corrections_csv"), ("JSON", "corrections_json"))
        ]
        return rendered(
            "corrections.html",
            CorrectionsContext(
                w=w,
                crumbs=crumbs(here, *part.above(w("corrections"), w)),
                current=part.current(w("corrections"), w),
                part=part.says(w),
                heading=w("corrections_count", count=total),
                quality=here.page("quality/"),
                rows=[_view(library, each, here) for each in found[part.span]],
                gone_heading=gone_heading,
                gone=[_gone_view(each, here) for each in gone],
                problem=problem_elsewhere(problem, w("corrections_report")),
                downloads=downloads,
                turns=part.turns(w),
            ),
        )

    return Page(
        here=here,
        name=w("corrections"),
        title=part.title(w("corrections")),
        description=w("corrections_description"),
        sections=(
            ("list", w("corrections_count", count=total)),
            *(((ANCHOR, gone_heading),) if gone else ()),
            ("mistake", w("corrections_mistake")),
            ("downloads", w("downloads")),
        ),
        build=build,
    )


def _gone_view(each: Drop, here: Here) -> DroppedView:
    w, said = here.w, each.said
    # What came back stands at its address again, and nobody is led away from it.
    to = each.page if said.back else said.to
    return DroppedView(
        date=said.date,
        name=each.title(w.language),
        address=each.page,
        reason=each.reason(w.language),
        to=Link(here.page(to), to),
        back=each.says(w.language) if said.back else "",
    )


def _view(library: Library, each: Correction, here: Here) -> CorrectionView:
    w, report = here.w, each.report
    folder = here.page(report.folder)
    name = agency_name(library.agencies[report.agency], w, report.year)
    return CorrectionView(
        report=Link(folder, w("report_title", agency=name, year=report.year)),
        version=each.revision.version,
        date=each.revision.date,
        reason=each.revision.reason,
        changes=tuple(_change_view(report, made, folder, w) for made in each.changes),
    )


def _change_view(report: Report, made: Change, folder: str, w: Words) -> ChangeView:
    # Revisions are kept as data (address, from, to) and told in the reader's language; older ones are sentences, and stay so.
    made = made.in_language(w.language)
    # A sentence that names no figure of this report has nowhere to lead.
    if made.address is None:
        return ChangeView(made.text, "", "", "", "")
    place = w("corrections_place", place=place_words(report, made.address, w))
    return ChangeView(made.before, made.address, f"{folder}{anchor(made.address)}", place, made.after)


# -- on the page of the report ------------------------------------------------------------------------------------------


def banner(report: Report, here: Here) -> Markup:
    """HTML of what the page of a corrected report says at its top, with its whole history; empty for any other report."""
    w = here.w
    found = of_report(report)
    if not found:
        return Markup("")
    # Newest first: what stands here now is what the last of them left.
    last = found[0].revision
    says = w("corrections_banner", count=len(found), day=last.date, version=last.version, reason=last.reason)
    entries = Markup("").join(
        Markup("<li>{}{}</li>").format(
            marked(w("corrections_entry", day=each.revision.date, version=each.revision.version, reason=each.revision.reason), w),
            Markup("<ul>{}</ul>").format(Markup("").join(_change_html(_change_view(report, made, "", w), w) for made in each.changes))
            if each.changes
            else "",
        )
        for each in found
    )
    return Markup(
        '<div class="or-finding or-notice or-corrected" role="note"><p>{} · <a href="{}">{}</a></p>'
        # Folded by HTML itself, which needs no script; `reversed`, for the newest of a list stands first and has the highest number.
        '<details class="or-fold"><summary>{}</summary><ol reversed="reversed">{}</ol></details></div>'
    ).format(marked(says, w), here.page("corrections/"), w("corrections_all"), w("corrections_history"), entries)


def _change_html(made: ChangeView, w: Words) -> Markup:
    if not made.href:
        return Markup("<li>{}</li>").format(marked(made.before, w))
    return Markup('<li>{}<a href="{}"><code>{}</code></a>{}{}</li>').format(
        marked(made.before, w), made.href, made.address, made.place, marked(made.after, w)
    )
