"""Long lists in parts: each part a page of its own, led to by the parts before and after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from open_reports.pages.frame import Here, Link

if TYPE_CHECKING:
    from collections.abc import Iterator

    from open_reports.text import Words

MOST_LISTED = 200
"""Entries on one page of a list; more go to further pages."""


class Part(NamedTuple):
    """One part of a list: the path of its first page, the part's number, counted from 1, and how many there are."""

    path: str
    number: int
    of: int

    @property
    def first(self) -> bool:
        """Whether this is the page that the list's own address leads to."""
        return self.number == 1

    @property
    def span(self) -> slice:
        """Entries of the list that stand on this part."""
        return slice((self.number - 1) * MOST_LISTED, self.number * MOST_LISTED)

    def here(self, w: Words) -> Here:
        """Where the page of this part stands."""
        return Here(self._path(self.number), w)

    def title(self, text: str) -> str:
        """Title of the page: the list's, with the number of a further part, for no two pages share a title."""
        return text if self.first else f"{text} {self.number}"

    def says(self, w: Words) -> str:
        """Which part of how many this is, in words; empty where it is the only one."""
        return self._says(self.number, w) if self.of > 1 else ""

    def current(self, text: str, w: Words) -> str:
        """What the way from home ends with: the list's name or, on a further part, which part it is."""
        return text if self.first else self.says(w)

    def above(self, text: str, w: Words) -> list[Link]:
        """Link to the first part from a further one, under the list's name."""
        return [] if self.first else [Link(self.here(w).page(self.path), text)]

    def turns(self, w: Words) -> list[Link]:
        """Links to the parts before and after."""
        here = self.here(w)
        return [
            Link(here.page(self._path(number)), self._says(number, w), rel=rel)
            for number, rel in ((self.number - 1, "prev"), (self.number + 1, "next"))
            if 1 <= number <= self.of
        ]

    def _path(self, number: int) -> str:
        # The first part has the list's own address, which stays what it is when the list grows.
        return self.path if number == 1 else f"{self.path}{number}/"

    def _says(self, number: int, w: Words) -> str:
        return w("part", part=number, parts=self.of)


def parts(path: str, entries: int) -> Iterator[Part]:
    """Return the parts that a list of so many entries takes, one at least, from the page at `path` on."""
    # An empty list has a page too, which says that it is empty.
    count = max(1, -(-entries // MOST_LISTED))
    return (Part(path, number, count) for number in range(1, count + 1))
