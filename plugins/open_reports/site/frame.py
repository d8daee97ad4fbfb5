"""The theme's frame around our pages: its Content-Security-Policy, and the few things in it that need mending.

Nothing here imports MkDocs; the plugin hands over rendered text.
"""

from __future__ import annotations

import base64
import hashlib
import re
from types import SimpleNamespace
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import escape

from open_reports.checks.opening import OPEN
from open_reports.files import headers
from open_reports.pages import ENGLISH
from open_reports.site import locale
from open_reports.site.publish import ASSETS
from open_reports.text import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from open_reports.finding import Finding
    from open_reports.pages import Page
    from open_reports.site.locale import LocaleView, Menu

_CHARSET = '<meta charset="utf-8">'
_CONTENTS_SWITCH = "__toc"
_CONTENTS = f'id="{_CONTENTS_SWITCH}"'
_AHEAD = re.compile(r' *<link rel="(?:next|prev)" [^>]*>\n?')
_INLINE = re.compile(r"<script(?P<attributes>[^>]*)>(?P<code>.*?)</script>", re.DOTALL | re.IGNORECASE)


# What stands for a page's own texts while its frame is rendered: letters that no text of ours can be.
# The content's begins like a heading, for the theme adds one to a page that has none.
TITLE, DESCRIPTION, ADDRESS, TWIN, TWIN_ADDRESS, ALTERNATES, CONTENT = (
    f"\ue000{name}\ue000" for name in ("title", "description", "address", "twin", "twin-address", "alternates", "<h1")
)
_MARKS = re.compile(f"({TITLE}|{DESCRIPTION}|{ADDRESS}|{TWIN}|{TWIN_ADDRESS}|{ALTERNATES}|{CONTENT})")


class Parts(NamedTuple):
    """A page's own texts, all HTML already: title, description, its address and its twin's, the link to the twin, content.

    The addresses are whole, and empty where the site has none; `alternates` are the elements of the head that name the same
    content in other formats.
    """

    title: str
    description: str
    address: str
    twin: str
    twin_address: str
    alternates: str
    content: str


class Frame:
    """The theme around a page's content, rendered once for all pages that share language, depth, sections and scripts."""

    def __init__(self, rendered: str) -> None:
        self._parts = _MARKS.split(rendered)

    def around(self, page: Parts) -> str:
        """Return the whole page."""
        texts = dict(zip(Parts(TITLE, DESCRIPTION, ADDRESS, TWIN, TWIN_ADDRESS, ALTERNATES, CONTENT), page, strict=True))
        return "".join([texts.get(part, part) for part in self._parts])


def script_hashes(frame: str) -> tuple[str, ...]:
    """CSP hashes of the inline scripts of a frame that holds none of our content, in order."""
    found = []
    for match in _INLINE.finditer(frame):
        attributes = match["attributes"]
        # CSP needs no hash for a script that is loaded, for 'self' allows it, nor for data, which no browser runs.
        if "src=" in attributes or "application/json" in attributes or "application/ld+json" in attributes:
            continue
        digest = base64.b64encode(hashlib.sha256(match["code"].encode()).digest()).decode()
        found.append(f"'sha256-{digest}'")
    return tuple(dict.fromkeys(found))


def policy(hashes: tuple[str, ...]) -> str:
    """Content-Security-Policy of a page whose frame has these scripts: nothing from elsewhere, nothing injected."""
    # `frame-ancestors` is left out: browsers ignore it in a meta element (CSP). Hosts that take headers are given it (`files/headers.py`).
    return headers.policy(("'self'", *hashes))


def guarded(output: str, hashes: tuple[str, ...]) -> str:
    """Put the policy straight behind the charset, before anything that could load."""
    # A policy in a meta element holds only for what follows it (CSP); the charset must stand in the first 1,024 bytes (HTML).
    return output.replace(_CHARSET, f'{_CHARSET}<meta http-equiv="Content-Security-Policy" content="{policy(hashes)}">', 1)


def mended(output: str, *, labels: dict[str, str]) -> str:
    """Mend what is not valid in the frame, and give its unnamed controls the names that a screen reader needs.

    `labels` are the names of the drawer's switch and of the search's, in the page's language.
    """
    for control, label in labels.items():  # `autocomplete` is not for checkboxes
        output = output.replace(f'id="{control}" autocomplete="off"', f'id="{control}" aria-label="{label}" tabindex="-1"', 1)
    # Firefox fetches what is named so ahead, against the policy, and says so in the console.
    output = _AHEAD.sub("", output)
    if _CONTENTS not in output:  # the menu has the switch of the contents only on the pages that stand in it
        output = output.replace(f' for="{_CONTENTS_SWITCH}"', "")
    return output


# -- the frames of a build ----------------------------------------------------------------------------------------------

_EVERYWHERE = ("site.js", "suggest.js")
"""Scripts of every page."""


class Shown(NamedTuple):
    """A page as the theme is about to show it.

    `url` is its address below the site, `canonical` its whole one, empty where the site has none; `base` leads from it to the
    site's top; `meta` and `toc` are the theme's; `made` is the page if it is generated, None if somebody wrote it; `in_menu`
    says that the menu marks it, so that its frame is its own.
    """

    url: str
    canonical: str
    base: str
    meta: Mapping[str, object]
    toc: object
    made: Page | None
    content: str
    in_menu: bool


class Told(NamedTuple):
    """What our parts of the theme are told of a page, under the name `open_reports`: links are relative.

    `other` is the language of the twin, `twin` the link to it; `address`, `twin_address` and `image` are whole, and empty where
    the site has none; `alternates` are HTML.
    """

    language: str
    w: Words
    other: str
    other_w: Words
    home: str
    search: str
    twin: str
    address: str
    twin_address: str
    image: str
    scripts: Sequence[str]
    alternates: str = ""


class Frames:
    """The frames of one build: what templates are told in each language, the policy of each frame, one frame for many pages.

    `views` and `menus` are the configuration and the menu by language, `twins` the addresses of all pages; `site` is the site's
    address, or empty; `broken` are the errors of a preview that shows the last good state. `render` renders the theme's page in a
    context, and is given when the theme is loaded.
    """

    def __init__(
        self,
        *,
        views: Mapping[str, LocaleView],
        menus: Mapping[str, Menu],
        twins: Collection[str],
        site: str = "",
        preview: bool = False,
        broken: tuple[Finding, ...] = (),
    ) -> None:
        self.render: Callable[[Mapping[str, object]], str] | None = None
        self._views = views
        self._menus = menus
        self._twins = twins
        self._site = site
        self._preview = preview
        self._broken = broken
        self._frames: dict[tuple[object, ...], Frame] = {}
        self._hashes: dict[tuple[str, str], tuple[str, ...]] = {}

    def dress(self, context: dict[str, object], shown: Shown) -> str:
        """Give the templates what they need in the page's language; return the whole page if it goes into a shared frame, else nothing."""
        language, base = locale.language_of(shown.url), shown.base
        context.update(config=self._views[language], nav=self._menus[language])
        if self._broken:
            context["open_reports_banner"] = banner(self._broken, language)
        # Hashed without any content of ours: a script that got into a page through the data is never among those allowed.
        if (language, base) not in self._hashes:
            context["open_reports"] = _told(language, base)
            self._hashes[language, base] = script_hashes(self._rendered(context, _blank()))
        if shown.made is not None and not shown.in_menu:
            return self._framed(context, shown, shown.made)
        context["open_reports"] = self._told_of(shown, language)
        return ""

    def finished(self, output: str, url: str) -> str:
        """Guard a page that has a frame of its own with the policy of its depth, and mend it."""
        base = "/".join([".."] * url.count("/")) or "."
        return self._finished(output, locale.language_of(url), base)

    def _told_of(self, shown: Shown, language: str) -> Told:
        twin = locale.twin(shown.url)
        if shown.made is None and twin not in self._twins:
            return _told(language, shown.base)
        scripts = shown.made.scripts if shown.made else ()
        told = _told(language, shown.base, twin=twin, address=shown.canonical, site=self._site, scripts=scripts)
        return told._replace(alternates=_alternates(shown.made)) if shown.made else told

    def _rendered(self, context: Mapping[str, object], page: object) -> str:
        assert self.render is not None  # noqa: S101 (given when the theme was loaded)
        return self.render({**context, "page": page})

    def _framed(self, context: dict[str, object], shown: Shown, made: Page) -> str:
        """Return the page in the frame of those at this depth with these sections: rendered once, for it is most of a page's cost."""
        site, base, language = self._site, shown.base, made.here.w.language
        key = (language, base, made.sections, made.scripts)
        if key not in self._frames:
            blank = _blank(
                meta={**shown.meta, "title": TITLE, "description": DESCRIPTION},
                title=TITLE,
                content=CONTENT,
                toc=shown.toc,
                url=shown.url,
                canonical_url=ADDRESS if shown.canonical else None,
            )
            told = _told(language, base, twin="", address=ADDRESS, site=site, scripts=made.scripts)
            context["open_reports"] = told._replace(twin=TWIN, twin_address=TWIN_ADDRESS, alternates=ALTERNATES)
            whole = self._finished(self._rendered(context, blank), language, base)
            # The contents begin with the title of the page that came first: in a shared frame it gives way to each page's own.
            self._frames[key] = Frame(whole.replace(str(escape(made.title)), TITLE))
        return self._frames[key].around(
            Parts(
                title=str(escape(made.title)),
                description=str(escape(made.description)),
                address=shown.canonical,
                twin=made.here.twin(),
                twin_address=f"{site}{locale.twin(shown.url)}" if site else "",
                alternates=_alternates(made),
                content=shown.content,
            )
        )

    def _finished(self, output: str, language: str, base: str) -> str:
        # A preview reloads itself by a script of MkDocs' that changes with every build, so no hash can name it.
        hashes = ("'unsafe-inline'",) if self._preview else self._hashes[language, base]
        return mended(guarded(output, hashes), labels=_labels(language))


def own_page(output: str) -> str:
    """Guard and mend a page of the theme's own (404), which holds nothing of ours."""
    return mended(guarded(output, script_hashes(output)), labels=_labels("zh"))


def banner(findings: tuple[Finding, ...], language: str) -> str:
    """HTML of the notice that a preview shows while the data have errors, or cells that an import left open."""
    w = Words(language)
    told = "preview_open" if all(each.code in OPEN for each in findings) else "preview_broken"
    entries = "".join(f"<li>{escape(each.message(language))}</li>" for each in findings[:20])
    return f'<div class="or-broken" role="alert"><p>{w(told, count=len(findings))}</p><ul>{entries}</ul></div>'


def _blank(**given: object) -> SimpleNamespace:
    """Return a page of the theme with nothing of ours in it but what is given."""
    empty = {"meta": {}, "title": "", "content": "", "toc": [], "url": "", "is_homepage": False, "children": [], "ancestors": []}
    return SimpleNamespace(**{**empty, **given})


def _alternates(page: Page) -> str:
    """HTML that names the same content in other formats; the blank in `rel` is for the theme's script (`theme/main.html`)."""
    return "".join(
        f'<link rel=" alternate" type="{escape(each.media)}" title="{escape(each.title)}" href="{escape(each.href)}">'
        for each in page.alternates
    )


def _labels(language: str) -> dict[str, str]:
    w = Words(language)
    return {"__drawer": w("drawer"), "__search": w("search")}


def _told(language: str, base: str, *, twin: str | None = None, address: str = "", site: str = "", scripts: tuple[str, ...] = ()) -> Told:
    """Return what our parts of the theme are told of a page; `twin` is its twin's address below the site, which is empty for home's."""
    home = f"{base}/{ENGLISH}" if language == "en" else f"{base}/"
    return Told(
        language=language,
        w=Words(language),
        other="zh" if language == "en" else "en",
        other_w=Words("zh" if language == "en" else "en"),
        home=home,
        search=f"{home}search/",
        twin="" if twin is None else f"{base}/{twin}",
        address=address,
        twin_address=f"{site}{twin or ''}" if site else "",
        image=f"{site}{ASSETS}card.png" if site else "",
        scripts=[f"{base}/{ASSETS}{name}" for name in (*_EVERYWHERE, *scripts)],
    )
