"""The judge, who remembers over the tests of a process which values frictionless found nothing wrong with.

Whatever frictionless says of a value it says of that value alone, so `open_reports.report.judging` asks it once for each distinct value,
however many packages hold it; but every check asks anew, and the tests check some two thousand small libraries of nearly the same values.
Setting frictionless up for them took more of the processor's time than anything else that those tests do. What was refused is never
remembered. The fixture `forgetful_judge` of conftest takes the memory away where the judge himself is tested.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from open_reports.form import forms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from open_reports.form import Forms

Fault = tuple[str, str, str, str]
"""Column, text, kind and note, as `judging` has them."""


class Remembering:
    """Stands in the place of `judging._judge_values` and asks it about values that were not found faultless before."""

    def __init__(self, judge_values: Callable[[str, str, list[set[str]]], Iterator[Fault]]) -> None:
        self.judge_values = judge_values
        self._of: Forms | None = None
        self._faultless: defaultdict[tuple[str, str, int], set[str]] = defaultdict(set)
        self.new: dict[tuple[str, str, int], set[str]] = {}
        """What was found faultless and not learnt from another process."""

    def learn(self, found: Mapping[tuple[str, str, int], set[str]]) -> None:
        """Know what another process, which has read the same forms, found faultless."""
        self._read()
        for place, values in found.items():
            self._faultless[place] |= values

    def _read(self) -> None:
        if self._of is not forms():  # a test reads forms of its own
            self._of = forms()
            self._faultless.clear()
            self.new.clear()

    def __call__(self, table: str, form: str, columns: list[set[str]]) -> Iterator[Fault]:
        self._read()
        known = [self._faultless[table, form, place] for place in range(len(columns))]
        new = [values - faultless for values, faultless in zip(columns, known, strict=True)]
        if not any(new):
            return
        # A table has no gaps: a column of which everything is known shows a value of its own.
        found = list(self.judge_values(table, form, [asked or {min(values)} for asked, values in zip(new, columns, strict=True)]))
        faulty = {text for _, text, _, _ in found}
        for place, (faultless, asked) in enumerate(zip(known, new, strict=True)):
            faultless.update(asked - faulty)
            self.new.setdefault((table, form, place), set()).update(asked - faulty)
        yield from found
