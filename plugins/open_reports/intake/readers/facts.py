"""Facts: what a file says of itself, in the words of its meta tags, headings or properties."""

from __future__ import annotations

from typing import TYPE_CHECKING

from open_reports.intake.titles import agency_of, is_title

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_TITLE = 200
"""Characters of a text that may be a title."""

_META = {
    "title": ("articletitle",),
    "agency": ("contentsource", "sitename"),
    "published": ("pubdate",),
    "url": ("url",),
}
"""Names of the meta tags that government sites carry, the first that says something counts."""


def stated(meta: Mapping[str, str], titles: list[str], url: str = "") -> dict[str, str]:
    """Facts by key from meta tags (names in lower case), and the title; what is not said is not there.

    Of several titles, the most telling first, the first that names its agency and its year is the report's.
    """
    facts = {key: next((meta[name] for name in names if meta.get(name)), "") for key, names in _META.items()}
    known = [each for each in (facts["title"], *titles) if 0 < len(each) <= MOST_TITLE]
    facts["title"] = next((each for each in known if is_title(each) and agency_of(each)), next(iter(known), ""))
    facts["url"] = facts["url"] or url
    return {key: value for key, value in facts.items() if value}
