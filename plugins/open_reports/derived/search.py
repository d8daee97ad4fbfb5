"""Search: everything on the site that can be looked for, as one compact index that the scripts of the search read whole.

Agencies are its entries, not reports: a report is found as its agency and its year, so ten thousand reports cost no more
than the names of those who wrote them. Names stand in both languages, for people search in either from any page. No text
is cut into words here; the script compares substrings, which finds 复议 in 行政复议 without a dictionary.

Figures of every report are a file of their own (`figures`), for they grow with the reports, and few queries need them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from open_reports.derived.doubt import doubts
from open_reports.finding import SIGN
from open_reports.form import FAMILY, forms
from open_reports.text import LANGUAGE_TAGS, LANGUAGES, Text, Words, counted, reading, resource_text, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from open_reports.document import Record
    from open_reports.library import Library
    from open_reports.report import Report

Kind = Literal["year", "indicator", "term", "page"]
# A browser may hold an old script beside a new index; it must stop rather than read the rows wrongly.
VERSION = 2
"""Of the index' layout; the script refuses any other."""
INDEX = "index.json"
FIGURES = "search/figures.json"
"""Of both languages, below the site."""
Figure = int | str | None
"""A number; with the sign before it where it stands in an open contradiction; nothing where the report has none."""
MOST_NOTE = {"zh": 72, "en": 144}
"""Characters of a note by language; the page behind the link says the rest."""


# A protocol, not the glossary's own class: whatever has these three texts can be searched.
class Term(Protocol):
    """An entry of the glossary."""

    @property
    def id(self) -> str:
        """Its anchor on the glossary's page."""

    @property
    def term(self) -> Text:
        """The term."""

    @property
    def meaning(self) -> Text:
        """What it means, in plain words."""


class Entry(NamedTuple):
    """One thing to find that is no agency and no report.

    `address` is below the home of the language, `note` a remark in it, `also` further names in either language.
    """

    kind: Kind
    address: str
    name: Text
    note: str = ""
    also: tuple[str, ...] = ()


class Office(NamedTuple):
    """An agency to find: `kind` and `region` are searched too, `years` are those of its reports, ascending.

    `figures` are those of each report (`shown_figures`).
    """

    id: str
    name: Text
    kind: Text
    region: str
    parent: str | None
    years: tuple[int, ...]
    also: tuple[str, ...] = ()
    """Former names, in either language."""
    figures: tuple[tuple[Figure, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """Everything to find in one language; the order of each part decides between equals."""

    language: str
    offices: tuple[Office, ...]
    entries: tuple[Entry, ...]

    def __str__(self) -> str:
        agencies, others = counted(len(self.offices), "agency", "agencies"), counted(len(self.entries), "other entry", "other entries")
        return f"{agencies}, {others} ({self.language})"


def catalogue(library: Library, language: str, *, terms: Iterable[Term] = (), pages: Iterable[Entry] = ()) -> Catalogue:
    """Everything to find in a language: agencies with their years, years, indicators, glossary and the pages given."""
    w = Words(language)
    kinds = forms().common.kinds
    offices = tuple(
        Office(
            id=agency.id,
            name=Text(zh=agency.name, en=agency.name_en),
            kind=kinds[agency.kind],
            region=agency.region,
            parent=agency.parent,
            # The years stand with the agency, which is how `agency year` finds a report that has no entry of its own.
            years=tuple(report.year for report in library.of_agency(agency.id)),
            also=tuple(name for each in agency.former_names for name in (each.name, each.name_en)),
            figures=tuple(_figures(report, library) for report in library.of_agency(agency.id)),
        )
        for agency in library.agencies.values()
    )
    return Catalogue(language=language, offices=offices, entries=(*_years(library, w), *_named(terms, language), *pages))


def _years(library: Library, w: Words) -> Iterator[Entry]:
    titles, reports = words()["year_title"], synonyms().reports
    # Newest first: the order decides between entries that fit equally well.
    for year in reversed(library.years):
        name = Text(**{language: titles[language].format(year=year) for language in LANGUAGES})
        note = w("search_count", count=len(library.of_year(year)))
        yield Entry("year", f"years/{year}/", name, note, tuple(f"{year} {word}" for word in reports))


def _named(terms: Iterable[Term], language: str) -> Iterator[Entry]:
    """Indicators and terms; what the glossary says of an indicator stands beside its page, which is found once."""
    # Paired by the Chinese term, which is the name that forms and glossary share.
    said = {each.term.zh: each for each in terms}
    for indicator in forms().indicators.values():
        # Taken out, so that an indicator is not found a second time as an entry of the glossary.
        term = said.pop(indicator.name.zh, None)
        yield Entry("indicator", f"indicators/{indicator.id}/", indicator.name, term.meaning[language] if term else "")
    for each in said.values():
        yield Entry("term", f"glossary/#{each.id}", each.term, each.meaning[language])


# -- figures ------------------------------------------------------------------------------------------------------------


@cache
def shown_figures() -> tuple[str, ...]:
    """Addresses of the figures that the search knows; the first is shown. Raises `FormError` for one that is no count of a form."""
    return read_figures(resource_text(f"{FAMILY}/views/search.yml"))


def read_figures(text: str) -> tuple[str, ...]:
    """Read the addresses of figures from a YAML text. Raises `FormError` with every fault."""
    with reading(f"{FAMILY}/views/search.yml", text) as root:
        chosen = root.texts("figures")
        tables = [table for form in forms().values() for table in form.tables.values()]
        known = {f"{table.id}/{line.id}/{column.id}" for table in tables for line, column in table.cells if column.type.id == "count"}
        if not chosen:
            root.note("figures", "record.missing", key="figures")
        for unknown in [each for each in chosen if each not in known]:
            root.note("figures", "form.no_such_line", found=unknown, expected="table/line/column")
        return chosen


def _figures(report: Report, library: Library) -> tuple[Figure, ...]:
    doubted = doubts(report, library)
    return tuple(_figure(report, address, doubtful=address in doubted) for address in shown_figures())


def _figure(report: Report, address: str, *, doubtful: bool) -> Figure:
    table, line, column = address.split("/")
    if report.status(table, line, column) != "reported":
        return None
    text = report.tables[table].text(line, column)
    return f"{SIGN}{text}" if doubtful else int(text)


def figures(catalogue: Catalogue) -> bytes:
    """Figures of every report, as compact JSON: for each agency of the index a list for each year of its span, in the order of `names`."""
    names = [[address, *(_named_figure(address, language) for language in LANGUAGES)] for address in shown_figures()]
    return _json({"version": VERSION, "names": names, "values": [office.figures for office in catalogue.offices]})


def _named_figure(address: str, language: str) -> str:
    """Words of a figure: its line, as the newest form that prints it has it, and its column unless that is the total."""
    table, line, column = address.split("/")
    printed = next(form for form in reversed(forms().printing(table)) if line in form.lines and column in form.columns)
    words = [printed.lines[line].label[language]]
    if column != "total":
        words.append(printed.columns[column].label[language])
    return " · ".join(words)


# -- everyday words -----------------------------------------------------------------------------------------------------


class Synonym(NamedTuple):
    """Whatever has `term` in its Chinese name is found by the words `also` as well."""

    term: str
    also: tuple[str, ...]


class Synonyms(NamedTuple):
    """Everyday words: for terms and indicators, for agencies, and those that stand for every report."""

    terms: tuple[Synonym, ...]
    agencies: tuple[Synonym, ...]
    reports: tuple[str, ...]


@cache
def synonyms() -> Synonyms:
    """Load the everyday words shipped with this package. Raises `FormError` for one that lacks a language."""
    return read_synonyms(resource_text("locales/synonyms.yml"))


def read_synonyms(text: str) -> Synonyms:
    """Read everyday words from a YAML text. Raises `FormError` that lists every fault with its place."""
    with reading("locales/synonyms.yml", text) as root:
        return Synonyms(
            terms=root.each("terms", _synonym), agencies=root.each("agencies", _synonym), reports=_words(root.record("reports"))
        )


def _synonym(record: Record) -> Synonym:
    return Synonym(term=record.text("term"), also=_words(record.record("also")))


def _words(record: Record) -> tuple[str, ...]:
    """Words of both languages; a language without any is a fault."""
    found: list[str] = []
    for language in LANGUAGES:
        # Required even where it is empty: a language left out would otherwise be found out only by a reader who gets no result.
        record.get(language, required=True)
        found += record.texts(language)
    record.close()
    return tuple(dict.fromkeys(found))


# -- the index ----------------------------------------------------------------------------------------------------------


def index(catalogue: Catalogue) -> bytes:
    """Index of a catalogue as compact JSON, the same bytes for the same catalogue.

    `agencies` are rows `[id, name, other name, kind, region, parent, span, figure]`, where kind, region, parent and span are positions
    in `kinds`, `regions`, `agencies` (-1: none here) and `spans` (lists of years), and `figure` is the first of the newest report,
    followed by former names where there are any; `entries` rows `[kind, address, name, other name, note]`, followed by further
    names where there are any; `says` are the sentences of hits, which scripts show on every page.
    """
    language = catalogue.language
    # The other language goes along in the same index, for names are searched in both from any page.
    other = next(each for each in LANGUAGES if each != language)
    # Few kinds, regions and stretches of years stand for many agencies: as numbers they keep the index small enough to be read whole.
    kinds, regions, spans = _Positions(), _Positions(), _Positions()
    # Parents as positions too; one that is not in the library is -1, which no row has.
    known = {office.id: position for position, office in enumerate(catalogue.offices)}
    agencies = [
        [
            office.id,
            office.name[language],
            office.name[other],
            kinds[office.kind[language], office.kind[other]],
            regions[office.region],
            known.get(office.parent or "", -1),
            spans[office.years],
            office.figures[-1][0] if office.figures else None,
            *([office.also] if office.also else []),
        ]
        for office in catalogue.offices
    ]
    entries = [
        [each.kind, each.address, each.name[language], each.name[other], _cut(each.note, language), *([each.also] if each.also else [])]
        for each in catalogue.entries
    ]
    everyday = synonyms()
    return _json(
        {
            "version": VERSION,
            "kinds": list(kinds),
            "regions": list(regions),
            "spans": list(spans),
            "agencies": agencies,
            "entries": entries,
            "synonyms": {
                # Only words that can find something here travel to the browser.
                "entries": _used(everyday.terms, (each.name.zh for each in catalogue.entries)),
                "agencies": _used(everyday.agencies, (each.name.zh for each in catalogue.offices)),
                "reports": everyday.reports,
            },
            "says": _says(Words(language)),
        }
    )


_SAYS = (
    *(f"kind_{kind}" for kind in ("agency", "report", "year", "indicator", "term", "page")),
    *(
        "figure",
        "figure_none",
        "asked",
        "mark",
        "meant",
        "suggested",
        "suggested_none",
        "suggested_all",
        "suggestions",
        "label",
        "close",
        "failed",
    ),
)


def _says(w: Words) -> dict[str, str]:
    """Sentences of hits, wherever they are shown: with the index, no page needs to carry them."""
    said = {name: w(f"search_{name}") for name in _SAYS}
    # The language of the names in brackets (BCP 47), for voices and fonts.
    other = LANGUAGE_TAGS["zh" if w.language == "en" else "en"]
    return {**said, "report": words()["report_title"][w.language], "other": other}


class _Positions(dict[Any, int]):
    """Positions of values in the order in which they were first asked for."""

    def __missing__(self, value: Any) -> int:  # noqa: ANN401 (any hashable value)
        return self.setdefault(value, len(self))


def _used(known: Sequence[Synonym], names: Iterable[str]) -> list[tuple[str, tuple[str, ...]]]:
    """Synonyms whose term stands in one of the names."""
    # One search through all names instead of one a name: no term holds a line break, so none can match across two.
    text = "\n".join(names)
    return [(each.term, each.also) for each in known if each.term in text]


def _cut(note: str, language: str) -> str:
    """Shorten a note, in English between words."""
    most = MOST_NOTE[language]
    if len(note) <= most:
        return note
    # Chinese may be cut anywhere; half an English word would be read as another one.
    kept = note[: most - 1]
    return (kept.rpartition(" ")[0] if language == "en" else kept).rstrip() + "…"


def _json(value: Mapping[str, Any]) -> bytes:
    # Without spaces or escapes: an escaped Chinese character takes twice the bytes of the character itself.
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
