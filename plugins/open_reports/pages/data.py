"""The page of the data: every kind of file with what was really written, programs that read it, and what is promised about it.

What the page explains at length stands in `locales/data.<language>.md`, sections of Markdown with lines that begin with `@`:
`@files` and `@names` list kinds of file by their route's id (`@files` with facts), `@with PATH` keeps the rest of its line only where the site has
that page or file, `@indicators`, `@sums`, `@snippets`, `@changes`, `@lacking` and `@citation` stand for what the build knows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from open_reports.files import citation
from open_reports.files.snippets import added_up, answer
from open_reports.form import forms
from open_reports.pages.data_files import KindView, kind_view
from open_reports.pages.frame import Here, Link, Page, crumbs, marked, rendered
from open_reports.pages.news import latest
from open_reports.pages.snippets import SCRIPTS, corpus_html
from open_reports.report.rendering import prose_html
from open_reports.text import Words, resource_text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from open_reports.files.snippets import Kind
    from open_reports.form import Cells, Indicator
    from open_reports.pages.data_files import DataFiles

PATH = "data/"
LATEST = 40
"""Reports and corrections that the page names as the latest changes."""
_SECTION = 2
"""Level of the headings that the table of contents names."""
_HEADING = re.compile(r"^(?P<marks>#{2,3}) (?P<title>.+) \{#(?P<id>[a-z]+)\}$", re.MULTILINE)
_LINK = re.compile(r"\]\((?!https?:)([^)\s]*)\)")
# `.invalid` is reserved (RFC 2606): no such address can ever be meant.
_NEAR = "https://near.invalid/"
"""Prose follows whole addresses only; links within the site are made relative again when it is HTML."""


# -- what the page explains ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFilesContext:
    """Kinds of file, each with its files: what `pages/templates/data-files.html` is told."""

    w: Words
    kinds: Sequence[KindView]


@dataclass(frozen=True, slots=True, kw_only=True)
class DataChangesContext:
    """The latest changes of the data: what `pages/templates/data-changes.html` is told."""

    w: Words
    changes: Sequence[Link]
    more: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationContext:
    """How to cite all data together: what `pages/templates/citation.html` is told; a report's page includes the same."""

    w: Words
    cite: citation.View
    example: str
    foot: str = ""
    """What a card of the page is signed with: of a report its heading and version, of all data nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataContext:
    """The page of the data: what `pages/templates/data.html` is told."""

    w: Words
    crumbs: Sequence[Link]
    current: str
    sections: Sequence[SectionView]


# The definitions come from the forms, so the text cannot state another formula than the one reckoned with.
@lru_cache
def documentation(language: str) -> str:
    """Markdown of the page in a language, with the definitions of the indicators, which the forms know."""
    text = resource_text(f"locales/data.{language}.md")
    w = Words(language)
    lines = [w("data_item_of", id=each.id, name=each.name[language], formula=_formula(each, w)) for each in forms().indicators.values()]
    return text.replace("@indicators", "\n".join(lines))


def _formula(indicator: Indicator, w: Words) -> str:
    if not indicator.denominator:
        return _sum(indicator.numerator, w)
    parts = [
        _sum(cells, w) if len(cells) == 1 else w("data_sum", sum=_sum(cells, w)) for cells in (indicator.numerator, indicator.denominator)
    ]
    return " ÷ ".join(parts)


def _sum(members: Sequence[Cells], w: Words) -> str:
    written = ""
    for each in members:
        cell = f"{each.table}/{each.line}/{each.column}"
        # Figures by their addresses, as in the files: whoever writes a program can copy them.
        sign = " − " if each.sign < 0 else " + "
        written += (sign if written else "") + (w("data_previous", cell=cell) if each.previous else f"`{cell}`")
    return written


class SectionView(NamedTuple):
    """A part of the page below its heading; the first has none."""

    level: int
    id: str
    title: str
    html: Markup


def _sections(language: str) -> list[tuple[int, str, str, str]]:
    """Level, id, title and Markdown of every section; what stands before the first heading has level 0."""
    text = documentation(language)
    found = list(_HEADING.finditer(text))
    ends = [*(each.start() for each in found[1:]), len(text)]
    # What stands before the first heading needs no place in the contents.
    first = text[: found[0].start()] if found else text
    own = [(len(each["marks"]), each["id"], each["title"], text[each.end() : end]) for each, end in zip(found, ends, strict=True)]
    return [(0, "", "", first), *own]


def _prose(text: str, here: Here) -> Markup:
    """HTML of Markdown whose links within the site lead there from the page."""
    # Our own text goes through the parser of packages' prose, which follows whole addresses only.
    made = prose_html(_LINK.sub(lambda link: f"]({_NEAR}{link[1]})", text))

    def near(link: re.Match[str]) -> str:
        target = link[1].removeprefix("./")
        if target.startswith("#"):
            return f'href="{target}"'
        # A path that ends with `/` is a page, which each language has; anything else is a file, which both share.
        whole = not target or target.partition("#")[0].endswith("/")
        return f'href="{here.page(target) if whole else here.file(target)}"'

    linked = re.sub(rf'href="{re.escape(_NEAR)}([^"]*)"', near, made)
    return marked(Markup(linked), here.w)  # noqa: S704 (the parser's HTML; links of our own text)


def _body(text: str, here: Here, present: Collection[str], known: Mapping[str, Callable[[list[str]], Markup]]) -> Markup:
    """HTML of a section: its Markdown, and in the place of lines that begin with `@` what the build knows."""
    parts: list[Markup] = []
    prose: list[str] = []

    def end() -> None:
        if "".join(prose).strip():
            parts.append(_prose("\n".join(prose), here))
        prose.clear()

    for line in text.splitlines():
        if line.startswith("@with "):
            # Some files are made only where a library is installed; the text must not promise them on a site that has none.
            path, _, rest = line.removeprefix("@with ").partition(" ")
            prose += [rest] if path in present else []
        elif line.startswith("@"):
            end()
            name, *arguments = line.removeprefix("@").split()
            parts.append(known[name](arguments))
        else:
            prose.append(line)
    end()
    return Markup("\n").join(parts)


# -- the page -----------------------------------------------------------------------------------------------------------


def data_page(files: DataFiles, w: Words, *, site: str = "") -> Page:
    """Page of the data in a language; `site` is the site's address, empty where it has none."""
    here = Here(PATH, w)
    library = files.library

    def build() -> str:
        known = _known(files, here, site)
        sections = [
            SectionView(level, anchor, title, _body(text, here, files.paths, known)) for level, anchor, title, text in _sections(w.language)
        ]
        return rendered("data.html", DataContext(w=w, crumbs=crumbs(here), current=w("data_name"), sections=sections))

    return Page(
        here=here,
        name=w("data_name"),
        title=w("data_title"),
        description=w("data_description", count=len(library)),
        sections=(*((anchor, title) for level, anchor, title, _ in _sections(w.language) if level == _SECTION), ("cite", w("cite"))),
        build=build,
        scripts=(*SCRIPTS, "citation.js"),
    )


def _known(files: DataFiles, here: Here, site: str) -> dict[str, Callable[[list[str]], Markup]]:
    """What stands in the place of each line that begins with `@`."""
    w, samples = here.w, files.samples
    more = _unnamed(files, w.language)

    def kinds(line: list[str]) -> Markup:
        # A kind of file that nobody has written about yet joins the first line about its subject.
        names = [*line, *more.get(line[0], ())]
        return _html(
            "data-files.html",
            DataFilesContext(w=w, kinds=[kind_view(files.routes[name], samples[name], here) for name in names if name in samples]),
        )

    def alone(names: list[str]) -> Markup:
        found = [kind_view(files.routes[name], (), here) for name in names if name in files.routes]
        return _html("data-files.html", DataFilesContext(w=w, kinds=found))

    def programs(kind: Kind, rows: list[tuple[str, str]]) -> Markup:
        # The answer is reckoned from the library, not by the programs: tests hold what they print against it.
        lines = "\n".join(map(" ".join, rows))
        return corpus_html(kind, here, files.agency, lines, site=site, files=files.paths) if files.agency else Markup()

    def sums(_: list[str]) -> Markup:
        return programs("sums", added_up(files.library))

    def one(_: list[str]) -> Markup:
        return programs("corpus", answer(files.library, files.agency))

    def changes(_: list[str]) -> Markup:
        return _html(
            "data-changes.html", DataChangesContext(w=w, changes=latest(files.sources, here, LATEST), more=here.page("corrections/"))
        )

    def lacking(_: list[str]) -> Markup:
        return Markup().join(Markup('<p class="or-warning">{}</p>').format(w(label)) for label in files.lacking)

    def cite(_: list[str]) -> Markup:
        work = citation.of_library(files.library, site)
        view = citation.view(work, w, f"{site}{here.address}" if site else "", lambda name: here.file(f"{PATH}{name}"))
        return _html("citation.html", CitationContext(w=w, cite=view, example=""))

    return {"files": kinds, "names": alone, "sums": sums, "snippets": one, "changes": changes, "lacking": lacking, "citation": cite}


def _unnamed(files: DataFiles, language: str) -> Mapping[str, Sequence[str]]:
    """Kinds of file that no line of the text names, by the first kind of the line they join: the first about the same subject.

    So a kind that was just added is on the page before anybody has written about it.
    """
    lines = [line.split() for line in documentation(language).splitlines() if line.startswith(("@files ", "@names "))]
    named = {name for _, *names in lines for name in names}
    joined: dict[str, str] = {}
    for mark, *names in lines:
        for name in names:
            if mark == "@files" and name in files.routes:
                joined.setdefault(files.routes[name].subject, names[0])
    found: dict[str, list[str]] = {}
    for route in files.routes:
        if route.id not in named:
            found.setdefault(joined[route.subject], []).append(route.id)
    return found


def _html(template: str, context: DataFilesContext | DataChangesContext | CitationContext) -> Markup:
    return Markup(rendered(template, context))  # noqa: S704 (a template's)
