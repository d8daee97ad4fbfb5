"""The prose of a report as HTML. The only user of `markdown_it`.

It goes through a Markdown parser that knows no raw HTML, no images and no address but http, https and mailto.
"""

from __future__ import annotations

from functools import cache
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markupsafe import Markup


@cache
def _markdown() -> MarkdownIt:
    parser = (
        # No raw HTML; no images, which would be fetched from elsewhere; no definitions of links, which vanish from the text; and an
        # end to nesting, for a text of nothing but `>` must not exhaust the parser.
        MarkdownIt("commonmark", {"html": False, "maxNesting": 20})
        .enable("table")
        .disable(["image", "html_block", "html_inline", "reference"])
    )
    # The parser's own check refuses a few schemes it knows to be bad; here only those that are named pass.
    parser.validateLink = _followable  # type: ignore[method-assign]
    return parser


def _followable(url: str) -> bool:
    """Whether a link of the prose may be followed: a web address with a host, or a mail address."""
    try:
        parts = urlsplit(url)
    except ValueError:  # an address that is none, such as http://[
        return False
    return parts.scheme.lower() == "mailto" or (parts.scheme.lower() in {"http", "https"} and bool(parts.netloc))


def prose_html(text: str) -> Markup:
    """HTML of a section's prose: paragraphs, lists, tables, emphasis and links; everything else stays text."""
    return Markup(_markdown().render(text))  # noqa: S704 (the parser escapes all it does not know)
