"""The book of sentences: `forms/foi-cn/summary.yml`, read strictly from top to bottom."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from open_reports.form import FAMILY, Cells, forms
from open_reports.text import LANGUAGES, PLURAL, Text, reading, resource_text, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from open_reports.document import Record
    from open_reports.form import Indicator


class Sum(NamedTuple):
    """What a figure is made of: cells, of the year before if `previous`; a rate has its indicator."""

    cells: tuple[Cells, ...]
    previous: bool = False
    rate: Indicator | None = None


class Condition(NamedTuple):
    """`subject state`, or `subject relation other`."""

    subject: str
    state: str
    other: str = ""


# Templates are cut into pieces when they are read: a misspelt name is an error at the start, not a gap on one report's page.
class Piece(NamedTuple):
    """A part of a template: literal `text`, or what is said of a `name`."""

    kind: str
    name: str = ""
    text: str = ""
    many: str = ""


class Variant(NamedTuple):
    """One way to say a phrase, if all conditions hold; `says` its template in each language, empty for silence."""

    when: tuple[Condition, ...]
    says: Mapping[str, tuple[Piece, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """Variants of which the first that fits speaks, or all that fit if there is a `join`."""

    variants: tuple[Variant, ...]
    join: Text | None = None
    last: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """Everything the file says: figures and phrases by name, the order of the sentences, and words for single things."""

    figures: Mapping[str, Sum]
    names: Mapping[str, Text]
    statuses: Mapping[str, Text]
    words: Mapping[str, Text]
    months: tuple[str, ...]
    phrases: Mapping[str, Phrase]
    orders: Mapping[str, tuple[str, ...]]
    # Named in the file, so that no line or table of the form is named in code.
    followed: str
    """The figure whose development over the years is told."""
    broken: str
    """The table whose change of form is told."""


# Everything below is the book's vocabulary: with closed lists, a word that nothing answers to is found when the file is read.
_WORDS = ("part", "column", "date", "year", "list", "list_last")
_ORDERS = ("report", "agency")
_CHOSEN = ("first", "last", "peak")
_YEARS = ("first_year", "last_year", "peak_year", "first_report", "last_report")
_ASIDE = ("disputed", "lacking", "other_scope", "other_period")
_TEXTS = frozenset({"year", "start", "end", "published", "deadline", "gaps", "changed", *_YEARS, *_ASIDE})
_FACTS = frozenset({"consolidated", "part_year", "undated", "in_time", "late", "single", "gaps", "changed", "mixed", *_ASIDE})
_DETAILS = ("status", "columns", "parts", "top", "name", "unit")
_STATES = frozenset(
    {
        "zero",
        "one",
        "some",
        "reported",
        "lacking",
        "empty",
        "filled",
        "partial",
        "sound",
        "disputed",
        "clashing",
        "beside",
        "single",
        "few",
        "led",
    }
)
_PIECE = re.compile(rf"\[(?P<said>[^\[\]]+)\]\((?P<of>\w+)\)|\{{(?P<name>\w+)(?:\.(?P<detail>\w+))?\}}|{PLURAL}")


@cache
def book() -> Book:
    """Return the sentences shipped with this package, read once a process. Raises `FormError`."""
    return load(resource_text(f"{FAMILY}/summary.yml"))


def load(text: str) -> Book:
    """Read the sentences. Raises `FormError` with every fault: a missing twin, a name nobody defines, a cell of no form."""
    with reading(f"{FAMILY}/summary.yml", text) as root:
        months = root.texts("months")
        # Before the phrases, whose templates may name any figure.
        reader = _Reader(root)
        return Book(
            figures=reader.figures,
            names=reader.names,
            statuses=reader.texts("statuses"),
            words={key: text_of(root.record(key)) for key in _WORDS},
            months=months,
            phrases=reader.phrases(),
            orders={order: tuple(each for each in root.texts(order) if reader.known(order, each, reader.said)) for order in _ORDERS},
            followed=root.choice("followed", reader.figures),
            broken=root.choice("broken", forms().tables),
        )


class _Reader:
    """Reads the file from top to bottom: a phrase may use the phrases above it, so no phrase can contain itself."""

    def __init__(self, root: Record) -> None:
        self.root = root
        self.names = self.texts("names")
        record = root.record("figures")
        self.figures = {key: self._made_of(record, key) for key in record.mapping}
        self.said: dict[str, Phrase] = {}

    def texts(self, key: str) -> dict[str, Text]:
        record = self.root.record(key)
        return {each: text_of(record.record(each)) for each in record.mapping}

    def known(self, key: str, name: str, *where: Iterable[str]) -> bool:
        """Whether a name is defined; notes it if not."""
        found = any(name in each for each in where)
        if not found:
            self.root.note(key, "record.choice", found=name, expected=", ".join(each for some in where for each in some))
        return found

    def _made_of(self, record: Record, key: str) -> Sum:
        text = record.text(key, most=600)
        rest = text.removeprefix("rate ")
        if rest != text:
            indicator = forms().indicators.get(rest)
            self.known(f"figures.{key}", rest, forms().indicators)
            return Sum(indicator.numerator if indicator else (), rate=indicator)
        rest = text.removeprefix("previous ")
        cells = []
        for term in rest.split("+"):
            table, _, place = term.strip().partition("/")
            line, _, column = place.partition("/")
            found = Cells(table=table, line=line, column=column)
            # On any form is enough: sums reach over lines that only one of the two forms prints.
            if any(map(found.lines, forms().printing(table))):
                cells.append(found)
            else:
                record.note(key, "form.no_such_line", found=term.strip(), expected=", ".join(forms().tables))
        return Sum(tuple(cells), previous=rest != text)

    def phrases(self) -> dict[str, Phrase]:
        record = self.root.record("phrases")
        for key, value in record.mapping.items():
            # Templates name all of them in the same braces, so one name may stand for one thing only.
            if key in self.figures or key in _CHOSEN or key in _TEXTS:
                record.note(key, "form.line_twice", found=key)
            if isinstance(value, dict):
                every = record.record(key)
                last = every.get("last")
                self.said[key] = Phrase(
                    variants=every.each("every", self._variant),
                    join=text_of(every.record("join")),
                    last=text_of(every.record("last")) if last is not None else None,
                )
                every.close()
            else:
                self.said[key] = Phrase(variants=record.each(key, self._variant))
        return self.said

    def _variant(self, record: Record) -> Variant:
        when = record.text("when", required=False)
        conditions = tuple(self._condition(record, each.split()) for each in when.split(", ")) if when else ()
        texts = {language: record.text(language, required=False, most=400) for language in LANGUAGES}
        says = {language: self._template(record, text) for language, text in texts.items()}
        # Both languages must state the same figures: a number in one of them alone would mean two different summaries.
        stated = [sorted((piece.kind, piece.name) for piece in says[each] if piece.kind in {"count", "said", "detail"}) for each in says]
        if stated.count(stated[0]) < len(stated) or len({bool(text) for text in texts.values()}) > 1:
            record.note("en", "record.choice", found=texts["en"], expected=texts["zh"])
        return Variant(conditions, says)

    def _condition(self, record: Record, words: Sequence[str]) -> Condition:
        statuses = forms().common.statuses
        match words:
            case [subject, ("=" | "<" | ">") as relation, other]:
                if self.known(record.at("when"), subject, self.figures, _CHOSEN) and self.known(
                    record.at("when"), other, self.figures, _CHOSEN
                ):
                    return Condition(subject, relation, other)
            case ["report", fact]:
                self.known(record.at("when"), fact, _FACTS)
                return Condition("report", fact)
            case [subject, ("said" | "unsaid") as state]:
                self.known(record.at("when"), subject, self.said)
                return Condition(subject, state)
            case [subject, state]:
                if self.known(record.at("when"), subject, self.figures, _CHOSEN):
                    self.known(record.at("when"), state, _STATES, statuses)
                return Condition(subject, state)
            case _:
                self.known(record.at("when"), " ".join(words), _STATES)
        return Condition("report", "")

    def _template(self, record: Record, text: str) -> tuple[Piece, ...]:
        pieces = []
        end = 0
        for match in _PIECE.finditer(text):
            pieces += [Piece("text", text=text[end : match.start()]), self._piece(record, match)]
            end = match.end()
        pieces.append(Piece("text", text=text[end:]))
        # Brackets left in the text are a piece that was not recognised, and would be printed as they are.
        if any(set("{}[]") & set(piece.text) for piece in pieces):
            record.note("", "record.pattern", found=text, expected="{new}")
        return tuple(piece for piece in pieces if piece.name or piece.text)

    def _piece(self, record: Record, match: re.Match[str]) -> Piece:
        name = match["of"] or match["name"] or match["number"]
        if match["detail"]:
            # Each of these is known only for figures of one report, not for those chosen over the years.
            if self.known(record.path, match["detail"], _DETAILS) and self.known(record.path, name, self.figures):
                self._named(record, name, match["detail"])
            return Piece("detail", name, match["detail"])
        if match["said"] or match["many"] is not None:
            self.known(record.path, name, self.figures, _CHOSEN)
            return Piece("said", name, match["said"]) if match["said"] else Piece("plural", name, match["one"], match["many"])
        for kind, where in (("count", (*self.figures, *_CHOSEN)), ("fact", _TEXTS)):
            if name in where:
                return Piece(kind, name)
        self.known(record.path, name, self.said, self.figures, _TEXTS)
        return Piece("phrase", name)

    def _named(self, record: Record, name: str, detail: str) -> None:
        """Every line of a sum that is told line by line needs its plain words."""
        # On every form, for which of them a report follows is not known yet.
        if detail in {"parts", "top", "name"}:
            for cells in self.figures[name].cells:
                for form in forms().printing(cells.table):
                    for line in cells.lines(form):
                        self.known(record.path, line, self.names)
