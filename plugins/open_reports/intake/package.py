"""From what a file says to a package: its files, what of them is still open, and where they go. Nothing is guessed on the way."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from open_reports import gate
from open_reports.document import PLACEHOLDER, RUN_SIGNS, shown
from open_reports.errors import IntakeError
from open_reports.form import forms
from open_reports.intake.markdown import clean, markdown
from open_reports.intake.whose import stated, whose
from open_reports.library import AGENCY, agency_draft
from open_reports.report import ABSENT, URL, Draft, Note, OpenCell, Source, rewrite, write

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from open_reports.form import Form
    from open_reports.intake.clerk import Filled
    from open_reports.intake.outcome import Outcome
    from open_reports.intake.own.given import Own
    from open_reports.intake.reading import Foreign
    from open_reports.intake.whose import Asked, Whose
    from open_reports.library import Agency

REMARK = "remark"
"""Reason of a row of a table that holds words and no figure: told, for it says nothing that could be wrong in a package."""
_PROSE = gate.MAX_PROSE - 1_000
"""Bytes of prose that are taken over, the headings of the sections aside."""
_MOST_OPEN = gate.MAX_ROWS - 1
_LONGEST_TITLE = 200
_LONGEST_SEEN = 200


@dataclass(frozen=True, kw_only=True)
class Imported:
    """A file on its way into a package: what was read, what it becomes, what is left to a person.

    `title`, `source` and `published` are "" where neither the file nor whoever imports says them.
    """

    outcome: Outcome
    whose: Whose
    forms: Mapping[str, str]
    title: str
    source: str
    published: str
    open: tuple[OpenCell, ...]
    foreign: tuple[Foreign, ...]
    remarks: tuple[str, ...]
    files: Mapping[str, str] = field(repr=False)

    @property
    def lacking(self) -> tuple[str, ...]:
        """What the descriptor waits for, by its place there."""
        return tuple(place for place, text in (("title", self.title), ("sources[0].path", self.source)) if not text)

    @property
    def whole(self) -> bool:
        """Whether nothing of what a person must say is missing."""
        return not self.open and not self.lacking


@dataclass(frozen=True, kw_only=True)
class Restored:
    """An output of ours on its way back into the package that it was made of: nothing in it waits for a person."""

    whose: Whose
    remarks: tuple[str, ...]
    files: Mapping[str, bytes] = field(repr=False)

    @property
    def whole(self) -> bool:
        """An output that cannot be vouched for is refused, so that nothing is missing here."""
        return True


def restored(own: Own, asked: Asked, known: Mapping[str, Agency]) -> Restored:
    """Take back the package of an output of ours. Raises `IntakeError` where it is not the one that was asked for."""
    if asked.title is not None or asked.source is not None:
        # Taken back means byte for byte; whoever wants another title mends it afterwards.
        raise IntakeError("own_stated")
    return Restored(whose=stated(own.agency, own.year, asked, known), remarks=own.remarks, files=own.files)


def imported(outcome: Outcome, asked: Asked, known: Mapping[str, Agency], *, created: str) -> Imported:
    """Make a package of what a file says. Raises `IntakeError` where it is no report, or not the one that was asked for."""
    _refuse(outcome)
    facts = outcome.facts
    of = whose(facts, asked, known)
    prose, cut = _prose(outcome.prose, forms().leading(outcome.forms.values()))
    said = _Said(facts.title, facts.url, facts.published, outcome.notes, prose)
    return _made(outcome, of, asked, said, created=created, remarks=["prose_cut"] if cut else [])


def filled_in(found: Filled, asked: Asked, known: Mapping[str, Agency], *, created: str) -> Imported:
    """Make a package of what a clerk wrote into our own workbook. Raises `IntakeError` where it is not the one that was asked for."""
    _refuse(found.outcome)
    of = stated(found.agency, found.year, asked, known)
    draft = found.draft(created, placeholder=PLACEHOLDER)
    said = _Said(found.title, found.source, found.published, draft.notes, draft.prose, draft.overview)
    return _made(found.outcome, of, asked, said, created=created)


class _Said(NamedTuple):
    """What a file says beside its tables; the address of the original, too."""

    title: str
    url: str
    published: str
    notes: Sequence[Note]
    prose: Mapping[str, str]
    overview: Sequence[tuple[str, str, str, str]] = ()


def _made(outcome: Outcome, of: Whose, asked: Asked, said: _Said, *, created: str, remarks: Sequence[str] = ()) -> Imported:
    title = _title(asked.title or said.title)
    source = asked.source or (said.url if re.fullmatch(URL, said.url, re.ASCII) else "")
    form_of = _form_of(outcome, forms().leading(outcome.forms.values()))
    waiting = _open(outcome, form_of)
    draft = Draft(
        agency=of.agency,
        year=of.year,
        title=title or PLACEHOLDER,
        sources=[Source(title or PLACEHOLDER, source or PLACEHOLDER)],
        form_of=form_of,
        created=created,
        published=said.published or None,
        cells={(each.table, each.line, each.column): text for each, text in outcome.figures.items()},
        labels=_labels(outcome),
        absent=outcome.absent,
        overview=said.overview,
        notes=list(dict.fromkeys(_note(each) for each in said.notes)),
        prose=said.prose,
        open=waiting,
    )
    return Imported(
        outcome=outcome,
        whose=of,
        forms=form_of,
        title=title,
        source=source,
        published=said.published,
        open=waiting,
        foreign=tuple(each for each in outcome.foreign if each.reason == REMARK),
        remarks=(*outcome.remarks, *remarks),
        files=draft.files(),
    )


def _refuse(outcome: Outcome) -> None:
    """Raise `IntakeError` where the file is not one report."""
    if outcome.refused is not None:
        raise IntakeError(outcome.refused.code, **outcome.refused.values)
    if not outcome.forms:
        raise IntakeError("no_tables")


def _form_of(outcome: Outcome, form: Form) -> dict[str, str]:
    """Form of each table that the file shows, or that the report's form has."""
    return {table: outcome.forms.get(table, form.id) for table in forms().tables if table in outcome.forms or table in form.tables}


def _labels(outcome: Outcome) -> dict[tuple[str, str], str]:
    return {place: clean(label) for place, label in outcome.labels.items() if clean(label)}


def put(root: Path, whose: Whose, files: Mapping[str, str | bytes]) -> Path | None:
    """Write a package to its place, and `agency.yml` if the agency is new; returns that file's path, or None if it was there.

    Whole or not at all. Raises `IntakeError` where the package exists already, `OSError` where the disk refuses.
    """
    folder = root / whose.agency / str(whose.year)
    vacant(root, whose)
    agency = folder.parent / AGENCY
    if agency.exists():
        write(folder, files)
        return None
    draft = agency_draft(whose.name) if 0 < len(whose.name) <= _LONGEST_NAME and whose.name.isprintable() else agency_draft()
    if folder.parent.exists():  # without the file that makes it an agency's folder
        write(folder, files)
        rewrite(agency, draft)
    else:
        write(folder.parent, {AGENCY: draft, **{f"{whose.year}/{path}": content for path, content in files.items()}})
    return agency


_LONGEST_NAME = 60


def vacant(root: Path, whose: Whose) -> None:
    """Raise `IntakeError` where there is a package of that year already: none is ever overwritten."""
    folder = root / whose.agency / str(whose.year)
    if folder.exists() or folder.is_symlink():
        raise IntakeError("exists", folder=str(folder))


def _title(text: str) -> str:
    """A title as a descriptor may hold it; "" where it could not."""
    title = clean(text)
    return title if len(title) <= _LONGEST_TITLE and not title.startswith(RUN_SIGNS) and title != PLACEHOLDER else ""


def _note(note: Note) -> Note:
    printed, said = clean(note.printed), clean(note.note)
    if printed.startswith(RUN_SIGNS):
        # A table with such a text is refused, for a spreadsheet would run it; within a sentence it is a text.
        return note._replace(printed="", note=f"原文写作“{printed}”；{said}")
    return note._replace(printed=printed, note=said)


def _prose(sections: Mapping[str, tuple[str, ...]], form: Form) -> tuple[dict[str, str], bool]:
    """Markdown of each section, and whether there was more than a package may hold."""
    found: dict[str, list[str]] = {section.id: [] for section in form.sections}
    left = _PROSE
    cut = False
    for section, paragraphs in sections.items():
        for paragraph in map(markdown, paragraphs):
            left -= len(paragraph.encode()) + 2
            if left < 0:
                cut = True
                break
            found[section].append(paragraph)
    return {section: "\n\n".join(paragraphs) for section, paragraphs in found.items()}, cut


def _open(outcome: Outcome, form_of: Mapping[str, str]) -> tuple[OpenCell, ...]:
    """The list of a package: cells and lines in the order of the form, then rows of which nobody knows the line."""
    absent = [OpenCell(table, line, "", "", "", ABSENT) for table, line in outcome.absent]
    rows = [OpenCell(each.table, "", "", each.place, each.seen, each.reason) for each in outcome.foreign if each.reason != REMARK]
    order: dict[tuple[str, str, str], int] = {}
    for table, form in form_of.items():
        for line in forms()[form].tables[table].lines.values():
            for column in ("", *line.columns):
                order[table, line.id, column] = len(order)
        order[table, "", ""] = len(order)
    found = sorted((*_merged((*outcome.open, *absent)), *rows), key=lambda each: order[each.table, each.line, each.column])
    if len(found) > _MOST_OPEN:
        raise IntakeError("too_open", count=str(len(found)))
    return tuple(each._replace(place=shown(clean(each.place), 80), seen=shown(clean(each.seen), _LONGEST_SEEN)) for each in found)


def _merged(cells: Iterable[OpenCell]) -> list[OpenCell]:
    """One row for each place: a cell that stands there twice is asked once, and what is proposed twice differently is not proposed."""
    found: dict[tuple[str, str, str], OpenCell] = {}
    for each in cells:
        key = (each.table, each.line, each.column)
        other = found.get(key)
        if other is None:
            found[key] = each
            continue
        places, seen = ("；".join(dict.fromkeys(filter(None, pair))) for pair in ((other.place, each.place), (other.seen, each.seen)))
        proposal = other.proposal if other.proposal == each.proposal else ""
        found[key] = other._replace(place=places, seen=seen, proposal=proposal)
    return list(found.values())
