"""Whatever happens to a document, no figure is read wrongly and none is left out without a word.

Documents of the corpus are changed at random; each run has its own seed, so that a failure says which document it was. Many
more than in CI: `INTAKE_DOCUMENTS=20000 pytest tests/test_intake_property.py`, or this file run as a script with a number.
"""

from __future__ import annotations

import csv
import os
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))

from manuscripts.mutations import Document, expanded, mutated
from manuscripts.statutory import CORPUS, Original, corpus
from open_reports.form import Address, forms
from open_reports.intake.grid import Paragraph
from open_reports.intake.outcome import Outcome, outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

DOCUMENTS = int(os.environ.get("INTAKE_DOCUMENTS", "500"))
SHARES = 5
"""Tests that the documents are shared among, so that they can run side by side."""


@cache
def originals() -> tuple[tuple[Original, Mapping[str, str]], ...]:
    """Every report of the corpus, with the text of each figure as its package holds it."""
    found = []
    for name, original in corpus().items():
        held: dict[str, str] = {}
        for table, form in original.form_of.items():
            lines = forms()[form].tables[table].lines
            with (CORPUS / name / "data" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file):
                    held |= {f"{table}/{row['line']}/{column}": row[column] for column in lines[row["line"]].columns}
        found.append((original, held))
    return tuple(found)


def made_up(original: Original, random: Random) -> dict[str, str]:
    """Figures that are all different, so that one in the wrong place is seen; here and there none, or a stroke."""
    numbers = random.sample(range(1, 99999), len(original.figures))
    return {
        address: random.choice(("", "/", "-", "0")) if random.random() < 0.1 else str(number)
        for address, number in zip(original.figures, numbers, strict=True)
    }


def document(seed: int) -> tuple[Document, Mapping[str, str], list[str]]:
    """A changed document, what its figures are, and what was done to it."""
    random = Random(seed)  # noqa: S311 (a document that can be made again)
    original, held = random.choice(originals())
    if random.random() < 0.6:
        held = made_up(original, random)
        original = Original(**{**{name: getattr(original, name) for name in original.__dataclass_fields__}, "figures": held})
    blocks = original.blocks()
    if random.random() < 0.25:
        blocks = [block if isinstance(block, Paragraph) else expanded(block) for block in blocks]
    made = Document(blocks)
    if random.random() < 0.3:
        made.cuts = Random(seed)  # noqa: S311 (as above)
        # Cut pages alone tear rows enough; together with a change they are rarely read.
        return made, held, mutated(made, random) if random.random() < 0.4 else ["pages"]
    return made, held, mutated(made, random)


def silent(found: Outcome, held: Mapping[str, str]) -> list[str]:
    """Every figure that is wrong, and every one that is missing without a word."""
    if found.refused is not None:
        return []
    read = {str(address): text for address, text in found.figures.items()}
    faults = [f"{address}: {text!r}, not {held.get(address)!r}" for address, text in read.items() if text != held.get(address)]
    return [*faults, *(f"{address}: missing without a word" for address in unsaid(found, held))]


def unsaid(found: Outcome, addresses: Iterable[str]) -> list[str]:
    """Every figure of some that was neither read nor asked for, and whose line is not said to be absent."""
    if found.refused is not None:
        return []
    asked = {(each.table, each.line, each.column) for each in found.open}
    # Where a person must say which form a table is of, or give all of it, the lines of the other form are asked by that.
    unsure = {each.table for each in found.open if each.reason in ("form_unsure", "no_table")}
    missing = []
    for address in set(addresses) - {str(each) for each in found.figures}:
        table, line, column = Address(*address.split("/"))
        told = (table, line, column) in asked or (table, line, "") in asked or (table, line) in found.absent
        told = told or (table in unsure and line not in forms()[found.forms.get(table, "2021")].tables[table].lines)
        if not told:
            missing.append(address)
    return missing


@pytest.mark.long
@pytest.mark.unmeasured
@pytest.mark.parametrize("share", range(SHARES))
def test_nothing_is_silently_wrong(share: int) -> None:
    faults = {}
    for seed in range(share, DOCUMENTS, SHARES):
        made, held, done = document(seed)
        if found := silent(outcome(made.manuscript(), forms()), held):
            faults[seed] = (done, found[:3])
    assert not faults


def test_what_is_not_changed_comes_back_whole() -> None:
    for original, held in originals():
        for blocks in (original.blocks(), [block if isinstance(block, Paragraph) else expanded(block) for block in original.blocks()]):
            found = outcome(Document(blocks).manuscript(), forms())
            assert not found.open
            assert {str(address): text for address, text in found.figures.items()} == held


def test_changed_documents_are_still_read() -> None:
    """To refuse everything would be silent of nothing, and of no use: most figures of the changed documents are read."""
    read = asked = 0
    for seed in range(60):
        made, held, _ = document(seed)
        found = outcome(made.manuscript(), forms())
        read += len(found.figures)
        asked += len(held)
    assert read > asked / 2


def main() -> None:
    """Read many documents and print what became of them."""
    first, most = int(sys.argv[2]) if len(sys.argv) > 2 else 0, int(sys.argv[1])
    counted: Counter[str] = Counter()
    for seed in range(first, first + most):
        made, held, done = document(seed)
        found = outcome(made.manuscript(), forms())
        faults = silent(found, held)
        counted["documents"] += 1
        counted["refused"] += found.refused is not None
        counted["whole"] += found.whole
        counted["figures"] += len(held)
        counted["right"] += len(found.figures)
        counted["silent"] += len(faults)
        if faults:
            sys.stdout.write(f"{seed} {done} {faults[:3]}\n")
    sys.stdout.write(f"{dict(counted)}\n")


if __name__ == "__main__":
    main()
