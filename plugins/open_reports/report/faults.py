"""Faults of one package on its way in: every finding with its file, gathered so that all are told at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from open_reports.finding import finding

if TYPE_CHECKING:
    from collections.abc import Iterable

    from open_reports.document import Problem
    from open_reports.finding import Finding


class Faults(list["Finding"]):
    """Findings of a package; `place` is its folder as they name it."""

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    # The bar keeps `code` and `path` free for the values of a message, one of which is called `path`.
    def note(self, code: str, path: str, /, **values: Any) -> None:  # noqa: ANN401 (the values of a message)
        """Note a fault of a file of the package."""
        self.append(finding(code, file=f"{self.place}/{path}", **values))

    def note_all(self, path: str, problems: Iterable[Problem]) -> None:
        """Note what is wrong inside a document of the package."""
        for problem in problems:
            self.note(problem.code, path, path=problem.path, **problem.values)
