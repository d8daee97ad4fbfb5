"""The page of a report, in either language: figures from the cells, by their ids, which are the addresses of the figures.

Everything else that the page shows is held against what it carries, in the page's own words.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from open_reports.document import shown
from open_reports.errors import IntakeError
from open_reports.form import OVERVIEW, Address, forms
from open_reports.intake.own.rebuilding import Opened, contradiction, figure, opening, same
from open_reports.intake.readers.report_page import Cell, fragment, read
from open_reports.report.carrying import Stated
from open_reports.report.faults import Faults
from open_reports.report.prose import read_prose
from open_reports.report.rendering import prose_html
from open_reports.text import Words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from open_reports.intake.own.given import Own
    from open_reports.intake.readers.report_page import Shown
    from open_reports.report import Note


def page(data: bytes) -> Own | None:
    """The package of a report's page; None for any other page."""
    seen = read(data)
    if seen is None:
        return None
    held, w = opening(seen.carried), Words(seen.language)
    if twice := [each for each, count in Counter(cell.id for cell in seen.cells).items() if count > 1]:
        raise IntakeError("own_doubtful", place=shown(twice[0]), found="2 x id")
    by_id = {cell.id: cell for cell in seen.cells}
    cells = dict(_figures(held, by_id, w))
    overview = _overview(held, [cell for cell in seen.cells if cell.id.startswith(f"{OVERVIEW}/")])
    known = {str(key) for key in cells} | {f"{OVERVIEW}/{each.item}/value" for each in overview}
    if foreign := [each for each in by_id if each not in known and each.split("/")[0] in (*held.tables, OVERVIEW)]:
        raise IntakeError("own_doubtful", place=shown(foreign[0]), found=shown(by_id[foreign[0]].text))
    _facts(held, seen, w)
    _notes(held, seen, w)
    _explanations(held, seen, w)
    _prose(held, seen)
    _printed(held, by_id, w)
    return held.own(cells, overview)


# -- figures ------------------------------------------------------------------------------------------------------------------


def _figures(held: Opened, by_id: Mapping[str, Cell], w: Words) -> Iterator[tuple[Address, str | None]]:
    for name, table in held.tables.items():
        for line, column in table.cells:
            key = Address(name, line.id, column.id)
            cell = by_id.get(str(key))
            if cell is None:
                raise IntakeError("own_doubtful", place=str(key), found="-")
            same(f"{name}/{line.id}", cell.head, held.label(name, line.id) if w.language == "zh" else line.label.en)
            if _status(cell) == "line_absent":
                yield key, None
            else:
                yield key, figure(cell.text, column, cell.id)


def _status(cell: Cell) -> str:
    """Kind of nothing that a cell states. Its text must say the same: a figure that was wiped out is not one that was left blank."""
    by_text = forms().common.missing.get(cell.text, "reported")
    status = cell.status or "reported"
    if by_text != status and not (status == "line_absent" and not cell.text):
        raise IntakeError("own_doubtful", place=shown(cell.id), found=shown(cell.text))
    return status


def _overview(held: Opened, cells: Sequence[Cell]) -> list[Stated]:
    """Items of section one in the order of the package."""
    items: list[Stated] = []
    above: list[str] = []
    for cell in cells:
        depth = int(cell.depth) if cell.depth.isdecimal() and len(cell.depth) < 4 else -1  # noqa: PLR2004 (a thousand levels are none)
        wrong = not 0 <= depth <= len(above) or len(cell.beside) != 1 or cell.id != f"{OVERVIEW}/{cell.head}/value"
        if wrong or (cell.text and not forms().common.cells["money"].accepts(cell.text)):
            raise IntakeError("own_doubtful", place=shown(cell.id), found=shown(cell.text))
        _status(cell)
        items.append(Stated(cell.head, cell.text, cell.beside[0], above[depth - 1] if depth else ""))
        above[depth:] = [cell.head]
    order = held.carried.order or tuple(range(len(items)))
    if sorted(order) != list(range(len(items))):
        contradiction(OVERVIEW, str(len(items)), str(len(order)))
    return [items[index] for index in order]


# -- what is shown and carried ------------------------------------------------------------------------------------------------


def _facts(held: Opened, seen: Shown, w: Words) -> None:
    said = held.said.fields
    same("p.or-official", seen.title, said["title"])
    source = said["sources"][0]
    expected = {
        w("source"): (source.title, source.path),
        w("published"): (said["published"].isoformat() if said["published"] else w("unknown"), ""),
        w("scope"): (forms().common.scopes[said["scope"]][w.language], ""),
        w("version"): (said["version"], ""),
        **({w("period"): (w("period_span", start=said["period"][0], end=said["period"][1]), "")} if said["period"] else {}),
    }
    found = {name: (text, link) for name, text, link in seen.facts if name in (*expected, w("period"))}
    if len(found) < len(expected) or len(found) > len(expected):
        contradiction("dl.or-facts", ", ".join(found), ", ".join(expected))
    for name, (text, link) in found.items():
        same(name, text, expected[name][0])
        same(name, link, expected[name][1])


def _notes(held: Opened, seen: Shown, w: Words) -> None:
    # The page shows them table by table, those of section one where section one stands.
    tables = [OVERVIEW, *(part.id for part in held.said.form.parts if part.id in held.tables)]
    tables += [table for table in held.tables if table not in tables]
    expected = sorted((note for note in held.carried.notes), key=lambda note: tables.index(note.table) if note.table in tables else -1)
    words = Counter(f"{_place(held, note, w)}{w('colon')}{_says(note, w)}".strip() for note in expected)
    found = Counter(seen.notes)
    if words != found:
        contradiction(w("notes"), ", ".join(found - words) or "-", ", ".join(words - found) or "-")


def _says(note: Note, w: Words) -> str:
    words = [w("printed_as", printed=note.printed)] if note.printed else []
    return w("semicolon").join([*words, *([note.note] if note.note else [])])


def _place(held: Opened, note: Note, w: Words) -> str:
    """Where a note stands, in the words of the page."""
    table = held.tables.get(note.table)
    if table is None:
        return note.line
    line, column = table.lines.get(note.line), table.columns.get(note.column)
    heads = " ".join([*(group[w.language] for group in column.groups), column.label[w.language]]) if column else ""
    if line and heads:
        return f"{line.label[w.language]} · {heads}"
    return line.label[w.language] if line else heads or table.title[w.language]


def _explanations(held: Opened, seen: Shown, w: Words) -> None:
    expected = set()
    for each in held.said.fields["explanations"]:
        day = w("in_brackets", text=each.day) if each.day else ""
        expected.add(f"{w(f'explained_{each.by}')}{day}{w('colon')}{each.text}")
    # One that a package gives and that no finding needs any more is not shown; one that is shown must be given.
    if others := [each for each in seen.explanations if each not in expected]:
        contradiction(w("findings"), others[0], ", ".join(sorted(expected)) or "-")


def _prose(held: Opened, seen: Shown) -> None:
    faults = Faults("")
    prose = read_prose(held.carried.prose, held.said.form.sections, faults)
    if faults:
        raise IntakeError("own_carried")
    expected = {f"section-{section}": fragment(prose_html(text)) for section, text in prose.sections.items() if text}
    found = dict(seen.prose)
    for section in {**expected, **found}:
        same(section, found.get(section, ""), expected.get(section, ""))


def _printed(held: Opened, by_id: Mapping[str, Cell], w: Words) -> None:
    """Hold how the page says that a figure is printed, which a pointer shows over its cell, against the notes."""
    printed = {
        f"{note.table}/{note.line}/{note.column}": w("printed_as", printed=note.printed) for note in held.carried.notes if note.printed
    }
    for address, cell in by_id.items():
        if cell.printed or address in printed:
            same(address, cell.printed, printed.get(address, ""))
