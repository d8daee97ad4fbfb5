"""The frame of every page: templates, links and the words they share. The only user of `jinja2`.

Every text of a package is escaped by the templates. Pages link relatively, so the site works below any address.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from open_reports.form import Column, forms
from open_reports.text import PACKAGE

if TYPE_CHECKING:
    from collections.abc import Callable

    from _typeshed import DataclassInstance

    from open_reports.finding import Finding
    from open_reports.library import Agency
    from open_reports.report import Report
    from open_reports.text import Words

KILOBYTE = 1024
"""Bytes in what a phone's file list calls a KB."""


class Link(NamedTuple):
    """A link of a page; `note` is a remark beside it, `rel` its relation."""

    href: str
    text: str
    note: str = ""
    rel: str = ""
    external: bool = False


class Fact(NamedTuple):
    """One row of a page's facts; `sign` is the mark of what cannot be right as it stands."""

    name: str
    text: str = ""
    href: str = ""
    external: bool = False
    links: tuple[Link, ...] = ()
    sign: Markup = Markup()


class Download(NamedTuple):
    """One file to download, with its format and size in words."""

    href: str
    text: str
    format: str
    size: str


class Alternate(NamedTuple):
    """The same content in another format: its link, its media type, what it is."""

    href: str
    media: str
    title: str


ENGLISH = "en/"
"""Folder of the English twins below the site."""


class Here(NamedTuple):
    """Where a page stands: its path below the home of its language, `reports/<agency>/<year>/`, and that language's words.

    Chinese stands at the site's root, English below `en/`; data files stand once, for both. Every link is relative, so
    the site works below any address, and from a folder.
    """

    path: str
    w: Words

    @property
    def address(self) -> str:
        """Path of the page below the site."""
        return (ENGLISH if self.w.language == "en" else "") + self.path

    # Not the site's address before every path: a copy in a folder or below another address would lead back to the original.
    def page(self, path: str) -> str:
        """Link to a page of the same language; `path` is below its home and may name a place, `reports/a/2024/#id`."""
        own = path.removeprefix(self.path)
        # A place on this page: a bare fragment keeps the reader here, whatever file or query the address has.
        if own.startswith("#"):
            return own
        return ("../" * self.path.count("/") + path) or "./"

    def file(self, path: str) -> str:
        """Link to a data file of the site; `path` is below the site."""
        if self.w.language == "en":
            return "../" * (self.path.count("/") + 1) + path
        return path.removeprefix(self.path) if path.startswith(self.path) else "../" * self.path.count("/") + path

    def twin(self) -> str:
        """Link to the same page in the other language."""
        if self.w.language == "en":
            return "../" * (self.path.count("/") + 1) + self.path
        return "../" * self.path.count("/") + ENGLISH + self.path


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of the site, not yet built.

    `name` is its short title, as a menu shows it; `sections` its anchors with their titles for the table of contents;
    `build` makes its HTML below the site's frame; `scripts` are the files that it loads (`pages/assets`); `alternates` the same
    content in other formats, which its head names; `key` a hash over everything that it is made of, under which it may be kept
    once it is built, empty for a page that is always built anew.
    """

    here: Here
    name: str
    title: str
    description: str
    sections: tuple[tuple[str, str], ...]
    build: Callable[[], str]
    scripts: tuple[str, ...] = ()
    alternates: tuple[Alternate, ...] = ()
    key: str = ""

    @property
    def path(self) -> str:
        """Path of the page below the site."""
        return self.here.address

    def __str__(self) -> str:
        return self.path


@cache
def templates() -> Environment:
    """Return the templates of the pages, which escape every text that is not HTML by type; `marked` and `way` are their filters."""
    made = Environment(
        # A page with a folder of its own has its template there, `compare/template.html`; all others stand together.
        loader=ChoiceLoader([PackageLoader(PACKAGE, "pages/templates"), PackageLoader(PACKAGE, "pages")]),
        # Names and notes come from packages that anybody may have written.
        autoescape=True,
        # A misspelt name fails the build; by default it would print nothing, and a figure would be missing in silence.
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters["marked"] = marked
    made.filters["way"] = way
    return made


def rendered(template: str, context: DataclassInstance) -> str:
    """HTML of a template; the fields of its context, a dataclass, are all that the template knows.

    A test holds each template against the fields of its context (`tests/test_contexts.py`).
    """
    # Not `asdict`, which would copy views and libraries down to the last figure.
    return templates().get_template(template).render({each.name: getattr(context, each.name) for each in fields(context)})


def way(href: str, name: str = "") -> Markup:
    """Way from a row or cell to what it names: an arrow after the name, which a script makes into a link on the name (`site.js`).

    A table whose names are links is taken for a menu by programs that read a page for its text, search engines and archives among
    them, and dropped with its numbers. `name` is what those hear who meet the arrow by itself; beside a figure the head says it.
    """
    # Not `Markup.format`, which takes four times as long: tables have thousands of these.
    said = f' aria-label="{escape(name)}"' if name else ""
    return Markup(f'<a class="or-to" href="{escape(href)}"{said}>→</a>')  # noqa: S704 (escaped above)


# From the first Chinese character to the last before a Latin letter; every tag has one, so no run reaches into a tag.
_CHINESE = re.compile(r"[\u3400-\u9fff](?:[^A-Za-z;]*[\u3400-\u9fff])?(?:[ \d.]*”?[，。：；！？、）》])*")


def marked(text: str, w: Words) -> Markup:
    """HTML of a text that may be a package's own: on an English page its Chinese says that it is, to voices and fonts."""
    html = escape(text)
    if w.language == "zh":
        return html
    return Markup(_CHINESE.sub(r'<span lang="zh">\g<0></span>', str(html)))  # noqa: S704 (escaped; the tags are ours)


def script_files(here: Here, *paths: str) -> list[Link]:
    """Return links to files that only scripts name; programs that archive the web follow links and run none."""
    return [Link(here.file(path), path.rpartition("/")[2]) for path in paths]


def size_words(count: int, w: Words) -> str:
    """Size of a file for people: bytes below 1 KB, else KB with one decimal."""
    return w("bytes", size=count) if count < KILOBYTE else w("kilobytes", size=f"{count / KILOBYTE:.1f}")


@lru_cache(maxsize=8192)
def anchor(address: str) -> str:
    """Link to a figure on its page."""
    # Items of section one have Chinese ids, which an address spells as escaped bytes (RFC 3986).
    return "#" + quote(address, safe="/.-_~")


def agency_name(agency: Agency, w: Words, year: int | None = None) -> str:
    """Name of an agency in the page's language: the present one, or that which it had in a report year."""
    return (agency.name_en if w.language == "en" else agency.name) if year is None else agency.called_in(year)[w.language]


def sort_key(agency: Agency, w: Words) -> str:
    """Return what a list in the page's language sorts an agency by: its reading, or in English its name."""
    return agency.name_en if w.language == "en" else agency.reading or agency.name


def crumbs(here: Here, *between: Link) -> list[Link]:
    """Return the way from home to a page, through the pages `between`."""
    return [Link(here.page(""), here.w("home")), *between]


def unit_words(unit: str, language: str) -> str:
    """Unit of a figure in a language; one that no vocabulary knows stays as printed."""
    # Section one may state units of its own, which only its report knows.
    known = forms().common.units.get(unit)
    return known[language] if known else unit


def place_words(report: Report, address: str | None, w: Words) -> str:
    """Return where a figure stands, in words: its line and its column."""
    parts = (address or "").split("/")
    table = report.tables.get(parts[0])
    if len(parts) == 1:
        return ""
    if table is None:
        return parts[1]
    words = [table.form.lines[parts[1]].label[w.language]]
    words += [column_words(table.form.columns[column], w.language) for column in parts[2:]]
    return " · ".join(words)


def column_words(column: Column, language: str) -> str:
    """Return the heads and the label of a column, outermost first."""
    return " ".join([*(group[language] for group in column.groups), column.label[language]])


def explanation_words(each: Finding, w: Words) -> str:
    """Return who says what about a finding, and when; nothing where nothing is said."""
    if each.explanation is None:
        return ""
    who = w(f"explained_{each.explanation.by}")
    day = w("in_brackets", text=each.explanation.day) if each.explanation.day else ""
    return f"{who}{day}{w('colon')}{each.explanation.text}"
