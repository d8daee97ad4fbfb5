"""Telling: phrases of the book, filled with the figures of a report."""

from __future__ import annotations

from operator import eq, gt, lt
from types import MappingProxyType
from typing import TYPE_CHECKING

from open_reports.derived.summary.book import book
from open_reports.derived.summary.figures import FEW, Cell, Figure, Number, filled, measured, printed
from open_reports.form import forms
from open_reports.text import agreeing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

    from open_reports.derived.summary.book import Condition, Variant
    from open_reports.library import Library
    from open_reports.report import Report

Sentence = tuple[str | Number, ...]
"""A sentence: texts, and numbers with the cells they come from."""

_RELATIONS = {"=": eq, "<": lt, ">": gt}
_STATE_OF: Mapping[str, Callable[[Figure], bool]] = {
    "zero": lambda each: each.value == 0,
    "one": lambda each: each.value == 1,
    "some": lambda each: bool(each.value),
    "reported": lambda each: each.value is not None,
    "lacking": lambda each: each.value is None,
    "partial": lambda each: each.value is None and bool(each.parts),
    "single": lambda each: len(each.parts) == 1,
    "few": lambda each: 1 < len(each.parts) <= FEW,
    "led": lambda each: bool(each.top),
    "sound": lambda each: not each.disputed,
    "disputed": lambda each: each.disputed,
    "clashing": lambda each: each.clashing,
    "beside": lambda each: bool(each.beside()),
}


class Measured:
    """What is found of a report for its sentences: figures by name, and which conditions are met. The same in every language."""

    def __init__(self, figures: Mapping[str, Figure] = MappingProxyType({})) -> None:
        self.figures = dict(figures)
        self.met: dict[Condition, bool] = {}


class Teller:
    """Tells phrases of one report in one language; `measured` is filled while they are told, and may serve the next language."""

    def __init__(
        self,
        language: str,
        report: Report,
        *,
        before: Report | None,
        facts: set[str],
        texts: Mapping[str, str],
        measured: Measured,
        library: Library | None = None,
    ) -> None:
        self.book = book()
        self.language = language
        self.report = report
        self.before = before
        self.facts = facts
        self.texts = texts
        self.measured = measured
        self.library = library
        # Phrases are asked for several times, by conditions (`said`) and by the phrases that contain them.
        self._told: dict[str, Sentence] = {}

    def sentences(self, order: str) -> tuple[Sentence, ...]:
        """Sentences of one of the book's orders; those with nothing to say are left out."""
        told = (self.phrase(name) for name in self.book.orders[order])
        return tuple(_sentence(each) for each in told if each)

    def phrase(self, name: str) -> Sentence:
        """Parts of a phrase; none where it has nothing to say."""
        if (told := self._told.get(name)) is None:
            phrase = self.book.phrases[name]
            fitting = (each for each in phrase.variants if all(self.holds(condition) for condition in each.when))
            if phrase.join is None:
                # The first that fits: the book goes from special cases to the general one.
                first = next(fitting, None)
                told = tuple(self._parts(first)) if first else ()
            else:
                said = [parts for each in fitting if (parts := tuple(self._parts(each)))]
                told = _joined(said, phrase.join[self.language], (phrase.last or phrase.join)[self.language])
            self._told[name] = told
        return told

    def holds(self, condition: Condition) -> bool:
        """Whether a condition is met."""
        if (met := self.measured.met.get(condition)) is None:
            met = self._met(condition)
            # What is said is asked of this language's own phrases.
            if condition.state not in {"said", "unsaid"}:
                self.measured.met[condition] = met
        return met

    def _met(self, condition: Condition) -> bool:
        subject, state, other = condition
        if other:
            one, two = self.figure(subject).value, self.figure(other).value
            # Without both figures no comparison holds, not even a negative one: nothing is concluded from a blank.
            return one is not None and two is not None and bool(_RELATIONS[state](one, two))
        if subject == "report":
            return state in self.facts
        if state in {"said", "unsaid"}:
            return bool(self.phrase(subject)) == (state == "said")
        if state in {"empty", "filled"}:
            made = self.book.figures[subject]
            # Only where the form asks for it: what is not printed was neither filled in nor left empty.
            return printed(self.report, made) and filled(self.report, made) == (state == "filled")
        figure = self.figure(subject)
        if state in _STATE_OF:
            return _STATE_OF[state](figure)
        return figure.status == state

    def figure(self, name: str) -> Figure:
        """Return a figure of the report, measured once."""
        if (found := self.measured.figures.get(name)) is None:
            made = self.book.figures[name]
            found = measured(made, self.before if made.previous else self.report, self.library)
            # A figure of last year that does not reconcile is no base for a comparison; its own report tells of it.
            if made.previous and found.disputed:
                found = Figure(None, "disputed")
            self.measured.figures[name] = found
        return found

    def _parts(self, variant: Variant) -> Iterator[str | Number]:
        for piece in variant.says[self.language]:
            match piece.kind:
                case "text":
                    yield piece.text
                case "fact":
                    yield self.texts[piece.name]
                case "phrase":
                    yield from self.phrase(piece.name)
                case "plural":
                    yield agreeing(self.figure(piece.name).value, piece.text, piece.many)
                case "said":
                    yield Number(piece.text, self.figure(piece.name).cells)
                case "detail":
                    yield from self._detail(self.figure(piece.name), piece.text)
                case _:
                    figure = self.figure(piece.name)
                    yield Number(f"{figure.value:,}{'%' if figure.of else ''}", figure.cells, figure.of)

    def _detail(self, figure: Figure, detail: str) -> Iterator[str | Number]:
        known, language = self.book, self.language
        if detail == "status":
            yield known.statuses[figure.status][language]
        elif detail == "unit":
            address = figure.cells[0].address
            # From the form of this very table: the same column may be in yuan on one form and in ten thousand yuan on the other.
            unit = self.report.tables[address.table].form.columns[address.column].unit
            yield forms().common.units[unit][language]
        elif detail == "name":
            yield known.names[figure.parts[0].address.line][language]
        elif detail == "columns":
            yield from self._listed("column", [(_label(self.report, cell, language), cell) for cell in figure.beside()])
        else:
            cells = figure.top if detail == "top" else figure.parts
            yield from self._listed("part", [(known.names[cell.address.line][language], cell) for cell in cells])

    def _listed(self, word: str, items: Sequence[tuple[str, Cell]]) -> Iterator[str | Number]:
        words = {key: text[self.language] for key, text in self.book.words.items()}
        begin, end = words[word].split("{count}")
        said = [(begin.replace("{name}", name), Number(f"{cell.value:,}", (cell,)), end.replace("{name}", name)) for name, cell in items]
        yield from _joined(said, words["list"], words["list_last"])


def _joined(said: Sequence[tuple[str | Number, ...]], join: str, last: str) -> tuple[str | Number, ...]:
    parts: list[str | Number] = []
    for index, each in enumerate(said):
        if index:
            parts.append(last if index == len(said) - 1 else join)
        parts += each
    return tuple(parts)


def _sentence(parts: Sequence[str | Number]) -> Sentence:
    """Join neighbouring texts, and begin with a capital."""
    merged: list[str | Number] = []
    for part in parts:
        # Joined first, for only then is the beginning of the sentence known, wherever its first phrase comes from.
        if isinstance(part, str) and merged and isinstance(merged[-1], str):
            merged[-1] += part
        elif part:
            merged.append(part)
    first = merged[0]
    merged[0] = first._replace(text=_capital(first.text)) if isinstance(first, Number) else _capital(first)
    return tuple(merged)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _label(report: Report, cell: Cell, language: str) -> str:
    return report.tables[cell.address.table].form.columns[cell.address.column].label[language]


def year_words(year: int, language: str) -> str:
    """A year in words: `2024 年`."""
    # Dates are put together from the book's words, not by `strftime`, whose names of months depend on the machine's locale.
    return book().words["year"][language].format(year=year)


def day_words(word: str, day: date, language: str) -> str:
    """A day in words: `2025 年 1 月 23 日`, `23 January 2025`."""
    return book().words[word][language].format(year=day.year, month=day.month, day=day.day, name=book().months[day.month - 1])


def listed_words(items: Sequence[str], language: str) -> str:
    """Several words as a list: `2021 and 2022`."""
    words = book().words
    return "".join(map(str, _joined([(each,) for each in items], words["list"][language], words["list_last"][language])))
