"""The glossary's page, and the link that opens an entry of it from the term itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup, escape

from open_reports.form import forms
from open_reports.form.glossary import PATH, Entry, Section, glossary
from open_reports.pages.frame import Here, Link, Page, crumbs, rendered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from open_reports.text import Words


SCRIPT = "glossary.js"
"""Script that opens a definition in place; without it the link leads to the glossary."""


class EntryView(NamedTuple):
    """An entry as a page shows it: its term in the page's language and in the other, facts as name and text, more links."""

    id: str
    term: str
    other: str
    other_language: str
    meaning: str
    facts: tuple[tuple[str, str], ...]
    more: Link | None


class SectionView(NamedTuple):
    """A section of the glossary with its entries."""

    id: str
    title: str
    lead: str
    entries: Sequence[EntryView]


@dataclass(frozen=True, slots=True, kw_only=True)
class GlossaryContext:
    """The glossary: what `template.html` is told."""

    w: Words
    crumbs: Sequence[Link]
    current: str
    sections: Sequence[SectionView]


def term(here: Here, anchor: str, text: str) -> Markup:
    """HTML of a term that leads to its entry of the glossary, and opens it in place where scripts run."""
    # A link first of all: without scripts, in print and in an archive it leads to the definition.
    return Markup('<a class="or-term" href="{}">{}</a>').format(here.page(f"{PATH}#{anchor}"), text)


def explained(anchor: str) -> Markup:
    """Attribute of a label in a table that names its entry of the glossary; where scripts run, they make a link of the label."""
    # No link in the HTML itself: programs that read a page for its text (trafilatura, search engines) take a table whose labels
    # are links for a menu, and drop it with its numbers. One link below each table leads to the same entries.
    return Markup(f' data-term="{escape(anchor)}"')  # noqa: S704 (escaped here)


def glossary_page(w: Words) -> Page:
    """Page of every term: what it means in plain words, in both languages, with its legal basis."""
    here = Here(PATH, w)
    known = glossary()

    def build() -> str:
        sections = [_section_view(section, here) for section in known.sections]
        return rendered("glossary/template.html", GlossaryContext(w=w, crumbs=crumbs(here), current=w("glossary"), sections=sections))

    return Page(
        here=here,
        name=w("glossary"),
        title=w("glossary"),
        description=w("glossary_description", count=len(known)),
        sections=tuple((section.id, section.title[w.language]) for section in known.sections),
        build=build,
    )


def _section_view(section: Section, here: Here) -> SectionView:
    language = here.w.language
    return SectionView(
        id=section.id,
        title=section.title[language],
        lead=section.lead[language],
        entries=[_entry_view(entry, here) for entry in section.entries],
    )


def _entry_view(entry: Entry, here: Here) -> EntryView:
    w = here.w
    other = "zh" if w.language == "en" else "en"
    facts = []
    # Forms have printed one concept in several words; a reader of an old report looks for the old ones.
    printed = [label[w.language] for label in entry.printed if label[w.language] != entry.term[w.language]]
    if printed:
        facts.append((w("glossary_printed"), w("list_comma").join(f"“{label}”" for label in printed)))
    if entry.kind == "rule":
        rule = forms().rules[entry.id.removeprefix("rule-")]
        facts += [(w("rule_standing"), w(f"standing_{rule.standing}")), (w("glossary_level"), w(f"level_{rule.level}"))]
    if entry.basis:
        facts.append((w("glossary_basis"), entry.basis[w.language]))
    if entry.forms:
        facts.append((w("glossary_forms"), w("list_comma").join(forms()[form].title[w.language] for form in entry.forms)))
    more = Link(here.page(entry.path), w("glossary_more_rule" if entry.kind == "rule" else "glossary_more")) if entry.path else None
    return EntryView(
        id=entry.id,
        term=entry.term[w.language],
        other=entry.term[other],
        # A term in the other language says which it is (BCP 47; WCAG 2.2, 3.1.2).
        other_language={"zh": "zh-Hans", "en": "en"}[other],
        meaning=entry.meaning[w.language],
        facts=tuple(facts),
        more=more,
    )
