"""Labels: what a printed label means on the statutory forms, told by likeness and never by its place.

Both sides are folded to what was meant by the characters before they are compared; a label counts only if it is far more like
one meaning than like any other.
"""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from open_reports.intake.radicals import RADICALS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from open_reports.form import Forms, TableForm
    from open_reports.text import Text

Role = Literal["line", "column", "group", "corner"]

LEAST = 80
MARGIN = 8
"""Of 100: how like a label a text must be, and how much less like the next best meaning."""
_SHORT, _SHORTER = 4, 2
_LEAST_SHORT = 75
"""Labels of up to four characters forgive one; up to two, none: 其他 and 总计 are also parts of other labels."""
_LONGER, _LEFT_OUT = 0.15, 0.3
"""Part of a label's length that a text may have more, or less. More is told apart strictly: two labels run together are none."""

# Zero width, soft hyphen, marks of direction: nothing that a reader sees.
_UNSEEN = re.compile("[\\s\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\ufe00-\ufe0f]")
_NUMBER = r"[一二三四五六七八九十\d]{1,3}"
_NUMBERING = re.compile(rf"(?:\({_NUMBER}\)[、.:]?|{_NUMBER}[、.)](?!\d))")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")


def folded(text: str) -> str:
    """Text with one character for each way to write it (NFKC and the radicals that it leaves), without white space."""
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", text.translate(RADICALS))).translate(RADICALS)


def tidy(text: str) -> str:
    """Text as printed, without white space and with characters in place of the radicals that only a font put there."""
    # Only the two blocks of radicals: NFKC would also turn full-width brackets, which are as printed, into narrow ones.
    plain = (unicodedata.normalize("NFKC", char) if "\u2e80" <= char <= "\u2fdf" else char for char in _UNSEEN.sub("", text))
    return "".join(plain).translate(RADICALS)


@lru_cache(maxsize=8192)
def bare(text: str) -> str:
    """What of a label is compared: folded, lower case, without the number before it and without punctuation."""
    return "".join(char for char in unnumbered(folded(text)) if char.isalnum()).lower()


@lru_cache(maxsize=8192)
def briefer(text: str) -> str:
    """As `bare`, without what stands in brackets: explanations differ from office to office."""
    return "".join(char for char in _BRACKETS.sub("", unnumbered(folded(text))) if char.isalnum()).lower()


def unnumbered(text: str) -> str:
    """Folded text without the number before it: 一、 （三） 1. 1、."""
    match = _NUMBERING.match(text)
    return text[match.end() :] if match else text


def numbered(text: str) -> bool:
    """Whether a number such as 四、 or (二) stands within a folded text, behind its own: two labels in one."""
    return _NUMBERING.search(unnumbered(text)) is not None


def likeness(one: str, other: str) -> float:
    """How like each other two bare texts are, from 0 to 100."""
    return 100.0 if one == other else 100 * SequenceMatcher(None, one, other, autojunk=False).ratio()


class Meaning(NamedTuple):
    """What a label stands for on one form: `id` of the line or column; a group or corner has its own text for one."""

    role: Role
    table: str
    form: str
    id: str
    language: str


class Label(NamedTuple):
    """A label as the forms have it; `usual` is False for an alias."""

    text: str
    bare: str
    brief: str
    usual: bool
    meanings: frozenset[Meaning]

    @property
    def ids(self) -> frozenset[tuple[Role, str]]:
        """What it stands for, whatever the form."""
        return frozenset((each.role, each.id) for each in self.meanings)


class Match(NamedTuple):
    """The label that a text was found to be, and what it means."""

    label: Label
    exact: bool

    def lines(self, form: str = "") -> frozenset[str]:
        """Ids of the lines that are meant, on a form or on any."""
        return frozenset(each.id for each in self.label.meanings if each.role == "line" and form in ("", each.form))

    def columns(self, form: str = "") -> frozenset[str]:
        """Ids of the columns that are meant, on a form or on any."""
        return frozenset(each.id for each in self.label.meanings if each.role == "column" and form in ("", each.form))

    @property
    def group(self) -> bool:
        """Whether it may be a head over lines or columns, or the corner."""
        return any(each.role in ("group", "corner") for each in self.label.meanings)

    @property
    def corner(self) -> bool:
        """Whether it is what stands in the corner, or over all columns."""
        return any(each.role == "corner" for each in self.label.meanings)

    @property
    def language(self) -> str:
        """Language it was printed in."""
        return next(iter(self.label.meanings)).language


class Lexicon:
    """Every label of one table, of all forms that print it, in both languages."""

    def __init__(self, table: str, labels: Iterable[Label], titles: Iterable[str] = ()) -> None:
        self.table = table
        self._titles = frozenset(map(bare, titles))
        self.labels = tuple(labels)
        self._exact = {label.bare: label for label in self.labels}
        self._known: dict[str, Match | None] = {}

    @classmethod
    def of(cls, known: Forms, table: str) -> Lexicon:
        """The labels of a table."""
        found: dict[str, Label] = {}
        for form in known.printing(table):
            for text, meaning, usual in _labels(form):
                key = bare(text)
                before = found.get(key)
                meanings = frozenset({meaning}) | (before.meanings if before else frozenset())
                found[key] = Label(text, key, briefer(text), usual or (before is not None and before.usual), meanings)
        titles = {text for each in known.tables for form in known.printing(each) for text in (form.title.zh, form.title.en)}
        return cls(table, found.values(), titles)

    def titles(self, text: str) -> bool:
        """Whether a text is the title of a table, of this or another one."""
        own = bare(text)
        return any(likeness(own, title) >= LEAST for title in self._titles)

    def match(self, text: str) -> Match | None:
        """The one label that a text is, or None: too unlike every one, or too like two."""
        if text not in self._known:
            if len(self._known) > 20_000:  # noqa: PLR2004 (a file of any length must not fill the memory)
                self._known.clear()
            self._known[text] = self._match(text)
        return self._known[text]

    def _match(self, text: str) -> Match | None:
        plain = bare(text)
        if not plain or plain.isdecimal():
            return None
        if plain in self._exact:
            return Match(self._exact[plain], exact=True)
        # Two rows drawn as one read 总计四、结转下年度继续办理: more like the second label than any other, yet not it.
        if numbered(folded(text)):
            return None
        found = self._best(plain, [(label, label.bare) for label in self.labels])
        return found or self._best(briefer(text), [(label, label.brief) for label in self.labels])

    def _best(self, plain: str, labels: list[tuple[Label, str]]) -> Match | None:
        scored = sorted(((_score(plain, own), label) for label, own in labels if own), key=lambda each: -each[0])
        if not scored or not scored[0][0]:
            return None
        best, label = scored[0]
        if any(score > best - MARGIN and other.ids != label.ids for score, other in scored[1:]):
            return None
        return Match(label, exact=False)


def _score(plain: str, label: str) -> float:
    """Likeness if it is enough for a label of that length, else 0."""
    length = len(label)
    if length <= _SHORTER or not plain:
        return 100.0 * (plain == label)
    more = len(plain) - length
    # Of a short label one character may be another, none may be more or less: 复申请 is the end of 反复申请 as of 重复申请.
    if (more and length <= _SHORT) or more > max(1, length * _LONGER) or -more > max(1, length * _LEFT_OUT):
        return 0.0
    least = _LEAST_SHORT if length <= _SHORT else LEAST
    # Likeness cannot be more than the characters that both have: most texts of a page are told by that, a hundred times as fast.
    if 200 * sum(char in label for char in plain) < least * (len(plain) + length):
        return 0.0
    found = likeness(plain, label)
    return found if found >= least else 0.0


def _labels(form: TableForm) -> Iterator[tuple[str, Meaning, bool]]:
    """Each label of a table with its meaning, and whether it is the form's own."""

    def meant(role: Role, own: str, text: Text) -> Iterator[tuple[str, Meaning, bool]]:
        yield text.zh, Meaning(role, form.id, form.form, own, "zh"), True
        yield text.en, Meaning(role, form.id, form.form, own, "en"), True

    for corner in (form.corner, form.head):
        if corner is not None:
            yield from meant("corner", corner.zh, corner)
    for line in form.lines.values():
        yield from meant("line", line.id, line.label)
        for group in line.groups:
            yield from meant("group", group.zh, group)
        for alias in line.aliases:
            yield alias, Meaning("line", form.id, form.form, line.id, "zh"), False
    for column in form.columns.values():
        yield from meant("column", column.id, column.label)
        for group in column.groups:
            yield from meant("group", group.zh, group)
        for alias in column.aliases:
            yield alias, Meaning("column", form.id, form.form, column.id, "zh"), False
