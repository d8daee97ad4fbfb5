"""Atom (RFC 4287): new and corrected reports and what is published no more, newest first, a feed in each language.

No clock: an entry's day is that of the package's making or of its correction, the feed's the newest of them.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, NamedTuple
from xml.etree import ElementTree as ET

from open_reports.derived.coverage import known_day
from open_reports.derived.doubt import PUBLISHED, facts
from open_reports.files.route import ENGLISH, Route
from open_reports.finding import signed
from open_reports.history.events import ANCHOR, Drop, events
from open_reports.text import LANGUAGE_TAGS, Words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from open_reports.files.folder import SiteFolder
    from open_reports.history.corrections import Change, Correction
    from open_reports.library import Library
    from open_reports.report import Report, Revision

ATOM = "http://www.w3.org/2005/Atom"
_MEDIA = "application/atom+xml"
MOST = 100
"""Entries of a feed; the index and the register of corrections hold all."""


class News(NamedTuple):
    """A report that was added, or corrected by a revision, on a day."""

    day: str
    report: Report
    revision: Revision | None
    changes: tuple[Change, ...] = ()


class Gone(NamedTuple):
    """A report or an agency that is published no more, or that came back, on a day."""

    day: str
    drop: Drop


def news(library: Library, told: Sequence[Correction | Drop] = ()) -> tuple[News | Gone, ...]:
    """Every report and every event, newest first; those of one day in the order of the reports, events before."""
    found: list[News | Gone] = [
        *(
            Gone(each.changed, each) if isinstance(each, Drop) else News(each.revision.date, each.report, each.revision, each.changes)
            for each in told
        ),
        *(News(report.created[:10], report, None) for report in library),
    ]
    return tuple(sorted(found, key=lambda each: each.day, reverse=True))


def feed(library: Library, language: str, site: str = "", told: Sequence[Correction | Drop] = ()) -> bytes:
    """`feed.xml` in Chinese, `en/feed.xml` in English; `told` are all events, newest first (`history.events.events`)."""
    w = Words(language)
    english = language == "en"
    top = ENGLISH if english else ""
    root = ET.Element("feed", {"xmlns": ATOM, "xml:lang": LANGUAGE_TAGS[language]})
    # Bounded, for programs fetch the whole feed each time they look.
    entries = news(library, told)[:MOST]
    day = max((each.day for each in entries), default=known_day(library).isoformat())
    _add(root, "id", _id(site, f"{top}feed.xml"))
    _add(root, "title", w("feed_title"))
    _add(root, "subtitle", w("feed_subtitle"))
    _add(root, "updated", _instant(day))
    author = ET.SubElement(root, "author")
    _add(author, "name", w("site"))
    # A relative link is resolved against the feed's own address, which is one folder down in English.
    home = site or ("../" if english else "./")
    ET.SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": f"{home}{top}feed.xml"})
    ET.SubElement(root, "link", {"rel": "alternate", "type": "text/html", "hreflang": LANGUAGE_TAGS[language], "href": f"{home}{top}"})
    for each in entries:
        root.append(_gone(each.drop, w, site, home) if isinstance(each, Gone) else _entry(each, library, w, site, home))
    ET.indent(root, " ")
    written: str = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{written}\n'.encode()


def _entry(each: News, library: Library, w: Words, site: str, home: str) -> ET.Element:
    report, revision = each.report, each.revision
    name = library.agencies[report.agency].called_in(report.year)[w.language]
    title = w("report_title", agency=name, year=report.year)
    page = f"{ENGLISH if w.language == 'en' else ''}{report.folder}"
    entry = ET.Element("entry")
    # An id never changes and is never used twice (RFC 4287, 4.2.6): a correction is an entry of its own, told from the report
    # by its version.
    _add(entry, "id", _id(site, page if revision is None else f"{page}#version-{revision.version}"))
    _add(entry, "title", title if revision is None else w("feed_corrected", title=title, version=revision.version))
    # RFC 4287 asks for `updated`, which here never moves: what changes is an entry of its own.
    _add(entry, "published", _instant(each.day))
    _add(entry, "updated", _instant(each.day))
    _add(entry, "summary", "\n".join(_summary(each, library, w)))
    ET.SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "hreflang": LANGUAGE_TAGS[w.language], "href": f"{home}{page}"})
    ET.SubElement(entry, "link", {"rel": "related", "type": "application/json", "href": f"{home}{report.folder}report.json"})
    ET.SubElement(
        entry,
        "category",
        {"term": "new" if revision is None else "correction", "label": w("feed_new" if revision is None else "feed_correction")},
    )
    return entry


def _gone(drop: Drop, w: Words, site: str, home: str) -> ET.Element:
    top = ENGLISH if w.language == "en" else ""
    entry = ET.Element("entry")
    # By the address that went and the day: nothing stands there any more, and it may go once more.
    _add(entry, "id", _id(site, f"{top}{drop.page}#{drop.anchor}"))
    _add(entry, "title", w("feed_dropped", title=drop.title(w.language)))
    _add(entry, "published", _instant(drop.said.date))
    # The one entry that moves: that it came back belongs to the reason why it went.
    _add(entry, "updated", _instant(drop.changed))
    _add(entry, "summary", "\n".join((w("feed_reason", reason=drop.reason(w.language)), drop.says(w.language))))
    href = f"{home}{top}corrections/#{ANCHOR}"
    ET.SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "hreflang": LANGUAGE_TAGS[w.language], "href": href})
    ET.SubElement(entry, "category", {"term": "dropped", "label": w("feed_gone")})
    return entry


def _summary(each: News, library: Library, w: Words) -> Iterator[str]:
    if each.revision is not None:
        yield w("feed_reason", reason=each.revision.reason)
        yield from (made.in_language(w.language).text for made in each.changes)
    else:
        day = each.report.published
        told = signed(day.isoformat() if day else w("unknown"), facts(each.report, library).get(PUBLISHED, ()))
        yield w("feed_added", title=each.report.title, day=told)


def _id(site: str, path: str) -> str:
    """Id of a feed or entry: its address, or where the site has none, a name that the path alone decides."""
    return f"{site}{path}" if site else f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'open-reports:{path}')}"


def _instant(day: str) -> str:
    """RFC 3339 instant; only the day is known."""
    return f"{day}T00:00:00Z"


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = text


def _feed(folder: SiteFolder, language: str) -> bytes:
    # Both languages tell of the same events; to find them means a walk through all packages.
    told = folder.once(lambda: events(folder.sources.library, folder.sources.released), "events")
    return feed(folder.sources.library, language, folder.sources.site, told)


ROUTES: tuple[Route[SiteFolder], ...] = (
    Route("feed", "feed.xml", _MEDIA, lambda folder: _feed(folder, "zh")),
    Route("feed_en", f"{ENGLISH}feed.xml", _MEDIA, lambda folder: _feed(folder, "en")),
)
