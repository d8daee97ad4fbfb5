"""Telling: what was read from a file and what is left to a person, for a terminal and for a program. Nothing is printed here."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING, Any

from open_reports.document import shown
from open_reports.form import forms, section_title
from open_reports.intake.package import Restored
from open_reports.intake.words import Said, sentence
from open_reports.report import ABSENT, csv_text, json_text
from open_reports.report.open_cells import phrases

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from open_reports.finding import Finding
    from open_reports.form import Column, Line
    from open_reports.intake.package import Imported
    from open_reports.report import OpenCell

OPEN, WHOLE, REFUSED = "open", "whole", "refused"
"""How an import ends, as its JSON says it."""


def place_words(cell: OpenCell, form_of: Mapping[str, str], language: str) -> str:
    """Where an open cell stands, in words: table, line, column, as the form prints them."""
    said = Said(language)
    form = forms()[form_of[cell.table]].tables[cell.table]
    table = section_title(form.section, form.title[language], language)
    if not cell.line:
        return f"{table} · {said('stray')}"
    line = _line_words(form.lines[cell.line], language)
    column = column_words(form.columns[cell.column], language) if cell.column else said("whole_line")
    return f"{table} · {line} · {column}"


def _line_words(line: Line, language: str) -> str:
    return " > ".join((*(group[language] for group in line.groups), line.label[language]))


def column_words(column: Column, language: str) -> str:
    """Heads and label of a column, outermost first."""
    return " > ".join((*(group[language] for group in column.groups), column.label[language]))


def cell_lines(cell: OpenCell, language: str) -> Iterator[str]:
    """What stands in the original, why it is open, what is proposed."""
    said = Said(language)
    if cell.place or cell.seen:
        yield said("seen" if cell.seen else "unseen", where=cell.where[language], seen=cell.seen)
    if cell.reason == ABSENT:
        yield said("why_absent", why=cell.why[language])
    else:
        yield said("why", why=cell.why[language], proposal=cell.proposed[language])


# -- a terminal ---------------------------------------------------------------------------------------------------------------


def text(found: Imported | Restored, file: str, language: str) -> str:
    """What was read of a file, for a person."""
    name = shown(file)
    lines = _lines_restored(found, name, language) if isinstance(found, Restored) else _lines(found, name, language)
    return "".join(f"{line}\n" for line in lines)


def _lines_restored(found: Restored, file: str, language: str) -> Iterator[str]:
    said = Said(language)
    yield said("restored", file=file, files=len(found.files))
    yield f"  {said('agency', name=shown(found.whose.name) or '-', id=found.whose.agency)}"
    yield f"  {said('year', year=found.whose.year)}"
    yield from _remarks(found.remarks, language)


def _lines(found: Imported, file: str, language: str) -> Iterator[str]:
    said = Said(language)
    outcome, whose = found.outcome, found.whose
    yield said("read", file=file, figures=len(outcome.figures), tables=len(outcome.forms))
    yield f"  {said('agency_spelt' if whose.spelt else 'agency', name=shown(whose.name) or '-', id=whose.agency, spelt=shown(whose.spelt))}"
    yield f"  {said('year', year=whose.year)}"
    for key, value in (("title", found.title), ("source", found.source), ("published", found.published)):
        yield f"  {said(key, **{key: value}) if value else said(f'lacking_{key}')}"
    for table, form in found.forms.items():
        own = forms()[form].tables[table]
        figures = sum(address.table == table for address in outcome.figures)
        waiting = sum(cell.table == table for cell in found.open)
        title = section_title(own.section, own.title[language], language)
        yield f"  {said('table', table=title, form=forms()[form].title[language], figures=figures, open=waiting)}"
    if any(outcome.prose.values()):
        yield f"  {said('prose')}"
    yield from _remarks(found.remarks, language)
    yield said("open", count=len(found.open)) if found.open else said("none_open")
    for number, cell in enumerate(found.open, start=1):
        yield f"  {number}. {said('address', place=place_words(cell, found.forms, language), address=cell.address)}"
        yield from (f"     {line}" for line in cell_lines(cell, language))
    if found.foreign:
        yield said("foreign")
        yield from (f"  {shown(each.place, 80)}: {shown(each.seen, 200)}" for each in found.foreign)
    if outcome.overview:
        yield said("overview")
        for each in outcome.overview:
            yield f"  {csv_text([(each.item, each.value, each.unit, '')]).strip()}    # {shown(each.place, 80)}: {shown(each.seen, 120)}"


def _remarks(codes: Sequence[str], language: str) -> Iterator[str]:
    if codes:
        yield Said(language)("remarks")
        yield from (f"  {sentence(code, {}, language)}" for code in codes)


def next_lines(folder: Path, language: str, *, waiting: bool) -> Iterator[str]:
    """What to do next, as commands that can be copied."""
    said = Said(language)
    yield said("next")
    if waiting:
        yield said("next_confirm", command=confirm_command(folder, language))
    yield said("next_check", command=f"open-reports check{_tongue(language)} {quoted(folder)}")
    yield said("next_preview")


def confirm_command(folder: Path, language: str) -> str:
    """The command that walks through what is open in a package."""
    return f"open-reports import --confirm{_tongue(language)} {quoted(folder)}"


def _tongue(language: str) -> str:
    return "" if language == "zh" else f" --lang {language}"


def quoted(path: Path) -> str:
    """A path as the shell of this system takes it: those of Windows know no single quotes."""
    plain = str(path)
    if os.name == "nt":
        return f'"{plain}"' if " " in plain else plain
    return shlex.quote(plain)


# -- a program ----------------------------------------------------------------------------------------------------------------


def json_(found: Imported | Restored, file: str, folder: Path, language: str, *, written: bool, findings: Sequence[Finding]) -> str:
    """What was read of a file, for a program; the keys are documented and stay."""
    value: dict[str, Any] = {
        "file": file,
        "status": WHOLE if found.whole else OPEN,
        "written": written,
        "package": folder.as_posix(),
        "agency": found.whose.agency,
        "agency_name": found.whose.name,
        "year": found.whose.year,
        **({"restored": list(found.files)} if isinstance(found, Restored) else _read_json(found, language)),
        "remarks": [{"code": code, "text": sentence(code, {}, language)} for code in found.remarks],
        "findings": [each.to_dict(language) for each in findings],
    }
    return json_text(value)


def _read_json(found: Imported, language: str) -> dict[str, Any]:
    outcome = found.outcome
    return {
        "title": found.title or None,
        "source": found.source or None,
        "published": found.published or None,
        "forms": dict(found.forms),
        "figures": [
            {"address": str(address), "text": text, "place": outcome.places.get(address, "")} for address, text in outcome.figures.items()
        ],
        "open": [_cell(cell, language) for cell in found.open if cell.reason != ABSENT],
        "absent": [f"{cell.table}/{cell.line}" for cell in found.open if cell.reason == ABSENT],
        "lacking": list(found.lacking),
        "labels": {f"{table}/{line}": label for (table, line), label in outcome.labels.items()},
        "notes": [note._asdict() for note in outcome.notes],
        "passed_over": [{"table": each.table, "place": each.place, "seen": each.seen} for each in found.foreign],
        "overview": [each._asdict() for each in outcome.overview],
    }


def refused_json(file: str, code: str, why: str) -> str:
    """Why nothing was written, for a program."""
    return json_text({"file": file, "status": REFUSED, "written": False, "reason": {"code": code, "text": why}})


def _cell(cell: OpenCell, language: str) -> dict[str, str]:
    told = {name: getattr(cell, name) for name in ("table", "line", "column", "place", "seen", "reason", "proposal")}
    return {"address": cell.address, **told, "why": cell.why[language]} if cell.reason in phrases() else {"address": cell.address, **told}
