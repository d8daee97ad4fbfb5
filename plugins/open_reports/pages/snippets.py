"""HTML of the snippets: code that loads the data of the page it stands on (`open_reports.files.snippets`)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup, escape

from open_reports.files.snippets import codes, slots
from open_reports.pages.frame import rendered
from open_reports.text import Words

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from open_reports.files.snippets import Kind
    from open_reports.pages.frame import Here

SCRIPTS = ("copying.js", "snippets.js")
"""Scripts of `assets/` that copy code, and fill in the site's address where the site does not know it."""
# Letters and hyphens only: neither HTML nor the quotes of any language touch them before they are filled in.
_UNKNOWN, _PATH, _AGENCY = "or-site-address", "or-own-path", "or-own-agency"
"""What stands in the code until it is known: the site's address, the page's folder, its agency."""

_MARKS: Mapping[Kind, str] = {"sums": "sum", "corpus": "use"}
"""What the ids of the folds on the page of the data begin with."""


class View(NamedTuple):
    """A snippet as `templates/snippets.html` shows it."""

    id: str
    name: str
    needs: str
    code: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class SnippetsContext:
    """Examples of code: what `pages/templates/snippets.html` is told."""

    w: Words
    snippets: Sequence[View]
    answer: str
    data: str
    mark: str


def corpus_html(kind: Kind, here: Here, agency: str, answer: str, *, site: str = "", files: Collection[str]) -> Markup:
    """HTML of snippets of the whole corpus, each in a fold; `answer` is what all of them print, `files` are those of the site."""
    values = slots(site or _UNKNOWN, agency=agency)
    found = [
        View(each.id, each.name[here.w.language], each.needs[here.w.language], _shown(text, here.file("")))
        for each, text in codes(kind, here.w.language, values, files)
    ]
    return _rendered(here.w, found, answer=answer, mark=_MARKS[kind])


def snippets_html(kind: Kind, here: Here, *, site: str = "", agency: str) -> Markup:
    """HTML of the snippets on the page of an agency or a report: one fold, in it one a language.

    It is rendered once for each kind, language and depth of page; a page only fills in its own folder and agency.
    """
    # Thousands of report pages differ in two words of these programs, so one template serves all of a depth.
    html = _fold(kind, here.w.language, here.path.count("/"), site)
    return Markup(html.replace(_PATH, here.path).replace(_AGENCY, agency))  # noqa: S704 (paths and ids are of letters, digits, - and /)


@lru_cache(maxsize=16)
def _fold(kind: Kind, language: str, depth: int, site: str) -> Markup:
    up = "../" * depth
    values = slots(site or _UNKNOWN, path=_PATH, agency=_AGENCY)
    found = [
        # English pages stand one folder deeper (`en/`); data files stand once, for both languages.
        View(each.id, each.name[language], each.needs[language], _shown(text, f"../{up}" if language == "en" else up))
        for each, text in codes(kind, language, values)
    ]
    return _rendered(Words(language), found, data=f"{up}data/#use")


def _rendered(w: Words, found: list[View], *, answer: str = "", data: str = "", mark: str = "") -> Markup:
    return Markup(rendered("snippets.html", SnippetsContext(w=w, snippets=found, answer=answer, data=data, mark=mark)))  # noqa: S704 (a template's)


def _shown(text: str, root: str) -> Markup:
    """HTML of code; where the site has no address, what stands for it is marked for the script, which knows where the page stands."""
    # A copy in a folder or below another address: only the browser knows where it is.
    mark = Markup('<span class="or-near" data-root="{}">{}</span>').format(root or "./", "https://…/")
    return Markup(str(escape(text)).replace(_UNKNOWN, mark))  # noqa: S704 (escaped; the mark is ours)
