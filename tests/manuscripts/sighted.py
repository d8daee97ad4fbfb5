"""A child of the guard whose engines know by heart what the made-up pictures show; the second one may be made to see something else."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from open_reports.intake import child
from open_reports.intake.readers import engines, ocr

from manuscripts.compared import REPORTS
from manuscripts.scan import Book

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pytest
    from open_reports.intake.readers.scanlines import Grey

NAME = "pingtan-finance/2024"


def book(name: str) -> Book:
    """The texts of a report, always in the same order."""
    made = Book()
    for block in REPORTS[name].blocks():
        for row in block if isinstance(block, list) else ():
            for cell in row:
                made.number(cell.text)
    return made


class Sight(NamedTuple):
    """Both engines: the first sees what was drawn, the second what `other` makes of it."""

    book: Book
    other: Callable[[str], str] = str

    def first(self, pictures: Sequence[Grey]) -> list[str]:
        """What was drawn."""
        return [self.book.read(each) for each in pictures]

    def second(self, pictures: Sequence[Grey]) -> list[str]:
        """What the other one sees."""
        return [self.other(each) for each in self.first(pictures)]

    def put(self, patch: pytest.MonkeyPatch) -> None:
        """Let the readers of this process see by it."""
        patch.setattr(engines, "require", lambda: None)
        patch.setattr("open_reports.intake.readers.pictures.require", lambda: None)
        patch.setattr(ocr, "first", self.first)
        patch.setattr(ocr, "second", self.second)
        # A text is many bars here, however few characters it has.
        patch.setattr("open_reports.intake.readers.scan._overlooked", lambda *_: False)


def main() -> None:
    """Run the child with both engines replaced."""
    import pytest  # noqa: PLC0415 (the child itself has no need of it)

    Sight(book(NAME)).put(pytest.MonkeyPatch())
    child.main()
