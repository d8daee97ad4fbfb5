"""Facts: what a file says of itself, in the words of its meta tags, headings or properties."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST_TITLE = 200
"""Characters of a text that may be a title."""

_TITLE = re.compile(r"^(?P<agency>.{2,60}?)\s*(?P<year>20[0-9]{2})\s*年(?:度)?.*(?:信息公开).*(?:年度)?报告", re.DOTALL)

_META = {
    "title": ("articletitle",),
    "agency": ("contentsource", "sitename"),
    "published": ("pubdate",),
    "url": ("url",),
}
"""Names of the meta tags that government sites carry, the first that says something counts."""


def stated(meta: Mapping[str, str], titles: list[str], url: str = "") -> dict[str, str]:
    """Facts by key from meta tags (names in lower case) and from titles, the most telling first; what is not said is not there.

    A title that begins with the agency and the year says both; of several titles the first that reads so is the report's.
    """
    facts = {key: next((meta[name] for name in names if meta.get(name)), "") for key, names in _META.items()}
    known = [each for each in (facts["title"], *titles) if 0 < len(each) <= MOST_TITLE]
    found = next((match for match in map(_TITLE.match, known) if match), None)
    facts["title"] = found.string if found else next(iter(known), "")
    if found:
        facts["agency"], facts["year"] = found["agency"].strip(), found["year"]
    facts["url"] = facts["url"] or url
    return {key: value for key, value in facts.items() if value}
