"""The prose of a package, `report.md`: its sections by their numbers, as the form names them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from open_reports.document import shown
from open_reports.report.model import PROSE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from open_reports.form import Section
    from open_reports.report.faults import Faults


class Prose(NamedTuple):
    """Markdown of each section by its id, its lines with their numbers in the file, and the headings with theirs."""

    sections: dict[str, str]
    rows: tuple[tuple[int, str], ...]
    headings: tuple[tuple[str, int], ...]


def read_prose(text: str, known: Sequence[Section], faults: Faults) -> Prose:
    """Read the prose of a report; `known` are the prose sections of the form it follows."""
    expected = "；".join(f"## {each.number}、{each.title.zh}" for each in known)
    sections: dict[str, list[str]] = {}
    headings = []
    rows = []
    current: list[str] | None = None
    # Not `splitlines`, which also breaks at characters that no editor counts as a line, so that rows would be told wrongly.
    for index, line in enumerate(text.split("\n"), start=1):
        if line.startswith("## "):
            heading = line[3:].strip()
            headings.append((heading, index))
            # By number alone: the words behind it differ from office to office (五、存在问题及改进情况, 五、…及明年工作计划).
            section = next((each for each in known if heading.startswith(f"{each.number}、")), None)
            if section is None or section.id in sections:
                faults.note("prose.heading", PROSE, row=index, found=shown(heading), expected=expected)
                continue
            current = sections.setdefault(section.id, [])
        elif current is not None:
            current.append(line)
            rows.append((index, line))
        elif line.strip():
            faults.note("prose.outside", PROSE, row=index, found=shown(line), expected=expected)
            # Text before the first heading has one cause, most often a heading that was forgotten: told once, not for each
            # line.
            break
    return Prose({section: "\n".join(lines).strip() for section, lines in sections.items()}, tuple(rows), tuple(headings))
