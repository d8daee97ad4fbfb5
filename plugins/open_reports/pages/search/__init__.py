"""The search page, and the small box that leads to it from every other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from open_reports.derived import search
from open_reports.errors import PublishError
from open_reports.pages.frame import ENGLISH, Link, Page, crumbs, rendered, script_files
from open_reports.text import Words, resource

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.resources.abc import Traversable

    from open_reports.derived.search import Catalogue
    from open_reports.pages.frame import Here

PATH = "search/"
SCRIPT = "search.js"
SCRIPTS = ("finding.js", "hits.js", SCRIPT)
SOUNDS = "assets/open-reports/sounds.json"
"""Syllables of Chinese characters, which the scripts read where a query needs them."""
_SUGGESTIONS = "assets/open-reports/suggestions.js"
"""What `suggest.js` reads at the first use of a box."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchBoxContext:
    """The box that leads to the search page: what `box.html` is told."""

    w: Words
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchContext:
    """The search page: what `template.html` is told."""

    w: Words
    crumbs: Sequence[Link]
    current: str
    index: str
    script_files: Sequence[Link]
    home: str
    figures: str
    sounds: str
    says: dict[str, str]
    browse: Sequence[Link]


def search_page(here: Here, catalogue: Catalogue) -> Page:
    """Page that searches a catalogue, whose index stands in its folder. Raises `PublishError` where its script is missing."""
    w = here.w
    # Now, not when it is loaded: a site without its search must not be built.
    script()

    def build() -> str:
        # The script holds no words: they are those of the page's language.
        says = {key: w(f"search_{key}") for key in ("found", "found_some", "found_part", "found_none", "cut", "loading")}
        return rendered(
            "search/template.html",
            SearchContext(
                w=w,
                crumbs=crumbs(here),
                current=w("search_title"),
                index=search.INDEX,
                script_files=script_files(
                    here, f"{ENGLISH if w.language == 'en' else ''}{PATH}{search.INDEX}", search.FIGURES, SOUNDS, _SUGGESTIONS
                ),
                home=here.page(""),
                figures=here.file(search.FIGURES),
                sounds=here.file(SOUNDS),
                says=says,
                browse=_browse(here, catalogue),
            ),
        )

    return Page(
        here=here,
        name=w("search_title"),
        title=w("search_title"),
        description=w("search_description"),
        sections=(("browse", w("search_browse")),),
        build=build,
        scripts=SCRIPTS,
    )


def script(folder: Traversable | None = None) -> bytes:
    """Script of the search page. Raises `PublishError` where it is missing: a search that finds nothing says nothing is there."""
    file = (folder or resource("pages/search")) / SCRIPT
    if not file.is_file() or not (text := file.read_bytes()).strip():
        message = f"the search component is missing: pages/search/{SCRIPT}"
        raise PublishError(message)
    return text


def search_box(here: Here) -> Markup:
    """HTML of the box that leads to the search page from any other; it needs no script."""
    return box(here.w, here.page(PATH))


def box(w: Words, action: str) -> Markup:
    """HTML of the box; `action` is the link to the search page."""
    html = rendered("search/box.html", SearchBoxContext(w=w, action=action))
    return Markup(html)  # noqa: S704 (rendered by a template that escapes)


def _browse(here: Here, catalogue: Catalogue) -> list[Link]:
    """Ways in for those who cannot or will not search."""
    w = here.w
    # Only what the index knows, so that no link leads to a page that this site has not.
    years = [each for each in catalogue.entries if each.kind == "year"]
    links = [Link(f"{here.page('')}#agencies", w("search_browse_agencies"), str(len(catalogue.offices)))]
    links += [Link(here.page(each.address), each.name[w.language], each.note) for each in years]
    kinds = {each.kind for each in catalogue.entries}
    if "indicator" in kinds:
        links.append(Link(here.page("indicators/"), w("search_browse_indicators")))
    if "term" in kinds:
        links.append(Link(here.page("glossary/"), w("search_browse_terms")))
    return links
