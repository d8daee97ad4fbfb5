"""Confirming: walks a person through what an import left open, one place at a time, each answer written before the next question."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from open_reports.intake.telling import cell_lines, column_words, place_words
from open_reports.intake.words import Said

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from open_reports.finding import Finding
    from open_reports.form import TableForm
    from open_reports.report import OpenCell, Waiting

PROMPT = "> "
BLANK = frozenset({"空", "blank"})
"""How a cell is said to be blank in the original: Enter alone would be too easily pressed for it."""


class Asking(NamedTuple):
    """Where questions go and answers come from; `ask` raises `EOFError` where no more answers come."""

    tell: Callable[[str], None]
    ask: Callable[[str], str]


class _Stop(Exception):  # noqa: N818 (the person's wish, no error)
    """The person has had enough."""


class _Skip(Exception):  # noqa: N818 (as above)
    """The person wants the next question first."""


def confirm(waiting: Waiting, asking: Asking) -> int:
    """Ask about everything that is open until all is settled or the person stops; returns how much is left.

    Raises `DataError` where the package cannot be written in as it is.
    """
    passed: set[tuple[str, ...]] = set()
    number = 0
    while cell := next((each for each in waiting.cells() if _key(each) not in passed), None):
        number += 1
        walk = _Question(waiting, asking, cell, Said(waiting.language))
        try:
            walk.put(number)
        except _Skip:
            passed.add(_key(cell))
        except (_Stop, EOFError, KeyboardInterrupt):
            asking.tell("")
            break
    return len(waiting.cells())


def _key(cell: OpenCell) -> tuple[str, ...]:
    """What makes a row of the list the same row after others have gone."""
    return cell[:6]


class _Question(NamedTuple):
    """One place that is open, and how it is asked about."""

    waiting: Waiting
    asking: Asking
    cell: OpenCell
    said: Said

    def put(self, number: int) -> None:
        """Ask until there is an answer that can stand."""
        cell, language = self.cell, self.waiting.language
        place = place_words(cell, self.waiting.form_of(), language)
        self.asking.tell("")
        self.asking.tell(self.said("confirm_place", number=number, place=place, address=cell.address))
        for line in cell_lines(cell, language):
            self.asking.tell(f"  {line}")
        form = self.waiting.form(cell.table)
        if not cell.line:
            while not self._stray():
                pass
        elif not cell.column:
            while not self._line(form):
                pass
        else:
            while not self._cell(form):
                pass

    def _answer(self, hint: str) -> str:
        self.asking.tell(hint)
        answer = self.asking.ask(PROMPT).strip()
        # Keys are the same keys with a Chinese keyboard's wide letters; figures are not folded: `check` would not, either.
        key = unicodedata.normalize("NFKC", answer).lower()
        if key == "q":
            raise _Stop
        if key == "s":
            raise _Skip
        return key if key == "y" else answer

    def _cell(self, form: TableForm) -> bool:
        """Ask for one figure; whether it was settled."""
        proposal = self.cell.proposal
        answer = self._answer(self.said("confirm_cell_proposed" if proposal else "confirm_cell", proposal=proposal))
        if not answer and not proposal:
            self.asking.tell(self.said("confirm_no_proposal"))
            return False
        text = "" if answer in BLANK else answer or proposal
        return self._fill(form, {self.cell.column: text})

    def _line(self, form: TableForm) -> bool:
        """Ask for a whole line; whether it was settled, or put up cell by cell."""
        columns = form.lines[self.cell.line].columns
        heads = "、".join(column_words(form.columns[column], self.waiting.language) for column in columns)
        answer = self._answer(self.said("confirm_line", count=len(columns), columns=heads))
        if answer == "y":
            self.waiting.leave_out(self.cell)
            return True
        if not answer:
            self.waiting.spread(self.cell)
            return True
        texts = ["" if each in BLANK else each for each in answer.split()]
        if len(texts) != len(columns):
            self.asking.tell(self.said("confirm_count", count=len(columns), found=len(texts)))
            return False
        return self._fill(form, dict(zip(columns, texts, strict=True)))

    def _stray(self) -> bool:
        """Ask about a row that may be any line or none; whether it was settled."""
        answer = self._answer(self.said("confirm_stray"))
        if answer == "y":
            self.waiting.set_aside(self.cell)
            return True
        self.asking.tell(self.said("confirm_unlike", answer=answer))
        return False

    def _fill(self, form: TableForm, texts: dict[str, str]) -> bool:
        wrong: Sequence[Finding] = self.waiting.fill(self.cell, texts)
        for each in wrong:
            column = column_words(form.columns[each.column or ""], self.waiting.language)
            self.asking.tell(self.said("confirm_wrong", column=column, problem=each.problem(self.waiting.language)))
        return not wrong
