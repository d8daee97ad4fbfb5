"""The history that readers are told: every correction of a report, and everything that is published no more, each as one event.

Whatever lists corrections takes its entries from here: files, feed, database, pages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from open_reports.history.corrections import Correction, corrections
from open_reports.text import Words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from open_reports.history.releases import Dropped, Released
    from open_reports.library import Agency, Library

ANCHOR = "gone"
"""Anchor of the list of what is published no more, on the page of corrections."""


class Drop(NamedTuple):
    """One report, or an agency with all of its reports, that was published and is no more: since when and why.

    `year` is None for an agency; `known` is the agency, None where the data have it no more; `page` is the address that went.
    """

    agency: str
    year: int | None
    known: Agency | None
    page: str
    said: Dropped

    @property
    def anchor(self) -> str:
        """What tells this event from any other about its page, for good."""
        return f"dropped-{self.said.date}"

    @property
    def changed(self) -> str:
        """The last day on which something became of it: it went, or came back."""
        return self.said.back or self.said.date

    @property
    def called(self) -> str:
        """The agency's name as it is today, its id where the data have it no more."""
        return self.known.name if self.known else self.agency

    def title(self, language: str) -> str:
        """What went, in words of a language: by the name that it had that year, or by its id where nobody knows another."""
        known = self.known
        if self.year is None:
            return self.agency if known is None else known.name_en if language == "en" else known.name
        name = known.called_in(self.year)[language] if known else self.agency
        return Words(language)("report_title", agency=name, year=self.year)

    def reason(self, language: str) -> str:
        """Why, in a language if somebody wrote it in that."""
        return self.said.reason_en if language == "en" and self.said.reason_en else self.said.reason

    def says(self, language: str) -> str:
        """What became of it, in a sentence: where its readers are led to, or since when it is here again."""
        w = Words(language)
        return w("event_back", day=self.said.back) if self.said.back else w("event_dropped", to=self.said.to)


def drops(library: Library, released: Released | None) -> tuple[Drop, ...]:
    """Everything that was dropped, newest first; of one day in the order of the addresses."""
    found = [_drop(library, address, said) for address, said in sorted(released.successors.drops())] if released else []
    return tuple(sorted(found, key=lambda each: each.said.date, reverse=True))


def _drop(library: Library, address: str, said: Dropped) -> Drop:
    _, agency, year, *_ = [*address.split("/"), ""]
    return Drop(agency, int(year) if year else None, library.agencies.get(agency), address, said)


def events(library: Library, released: Released | None) -> tuple[Correction | Drop, ...]:
    """All of it, newest first; of one day corrections first."""
    return merged(corrections(library), drops(library, released))


def merged(corrected: Iterable[Correction], dropped: Iterable[Drop]) -> tuple[Correction | Drop, ...]:
    """Corrections and drops in one list, by the day on which they were made."""
    return tuple(sorted((*corrected, *dropped), key=day, reverse=True))


def day(event: Correction | Drop) -> str:
    """The day on which an event happened."""
    return event.said.date if isinstance(event, Drop) else event.revision.date
