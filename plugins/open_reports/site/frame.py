"""The theme's frame around our pages: its Content-Security-Policy, and the few things in it that need mending.

Nothing here imports MkDocs; the plugin hands over rendered text.
"""

from __future__ import annotations

import base64
import hashlib
import re
from typing import NamedTuple

_CHARSET = '<meta charset="utf-8">'
_CONTENTS_SWITCH = "__toc"
_CONTENTS = f'id="{_CONTENTS_SWITCH}"'
_INLINE = re.compile(r"<script(?P<attributes>[^>]*)>(?P<code>.*?)</script>", re.DOTALL | re.IGNORECASE)


# What stands for a page's own texts while its frame is rendered: letters that no text of ours can be.
# The content's begins like a heading, for the theme adds one to a page that has none.
TITLE, DESCRIPTION, ADDRESS, TWIN, TWIN_ADDRESS, CONTENT = (
    f"\ue000{name}\ue000" for name in ("title", "description", "address", "twin", "twin-address", "<h1")
)
_MARKS = re.compile(f"({TITLE}|{DESCRIPTION}|{ADDRESS}|{TWIN}|{TWIN_ADDRESS}|{CONTENT})")


class Parts(NamedTuple):
    """A page's own texts, all HTML already: title, description, its address and its twin's, the link to the twin, content.

    The addresses are whole, and empty where the site has none.
    """

    title: str
    description: str
    address: str
    twin: str
    twin_address: str
    content: str


class Frame:
    """The theme around a page's content, rendered once for all pages that share language, depth, sections and scripts."""

    def __init__(self, rendered: str) -> None:
        self._parts = _MARKS.split(rendered)

    def around(self, page: Parts) -> str:
        """Return the whole page."""
        texts = dict(zip(Parts(TITLE, DESCRIPTION, ADDRESS, TWIN, TWIN_ADDRESS, CONTENT), page, strict=True))
        return "".join([texts.get(part, part) for part in self._parts])


def script_hashes(frame: str) -> tuple[str, ...]:
    """CSP hashes of the inline scripts of a frame that holds none of our content, in order."""
    found = []
    for match in _INLINE.finditer(frame):
        attributes = match["attributes"]
        if "src=" in attributes or "application/json" in attributes or "application/ld+json" in attributes:
            continue
        digest = base64.b64encode(hashlib.sha256(match["code"].encode()).digest()).decode()
        found.append(f"'sha256-{digest}'")
    return tuple(dict.fromkeys(found))


def policy(hashes: tuple[str, ...]) -> str:
    """Content-Security-Policy of a page whose frame has these scripts: nothing from elsewhere, nothing injected."""
    return "; ".join(
        (
            "default-src 'none'",
            " ".join(("script-src 'self'", *hashes)),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "font-src 'self'",
            "worker-src 'self'",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "object-src 'none'",
            "frame-src 'none'",
        )
    )


def guarded(output: str, hashes: tuple[str, ...]) -> str:
    """Put the policy straight behind the charset, before anything that could load."""
    return output.replace(_CHARSET, f'{_CHARSET}<meta http-equiv="Content-Security-Policy" content="{policy(hashes)}">', 1)


def mended(output: str, *, labels: dict[str, str]) -> str:
    """Mend what is not valid in the frame, and give its unnamed controls the names that a screen reader needs.

    `labels` are the names of the drawer's switch and of the search's, in the page's language.
    """
    for control, label in labels.items():  # `autocomplete` is not for checkboxes
        output = output.replace(f'id="{control}" autocomplete="off"', f'id="{control}" aria-label="{label}" tabindex="-1"', 1)
    if _CONTENTS not in output:  # the menu has the switch of the contents only on the pages that stand in it
        output = output.replace(f' for="{_CONTENTS_SWITCH}"', "")
    return output
