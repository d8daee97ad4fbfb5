"""Running: what the command `import` does, from a file to an exit code. Where it prints and how it checks is for the command line to say."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from open_reports import gate
from open_reports.document import shown
from open_reports.errors import IntakeError
from open_reports.finding import DataError
from open_reports.form import forms
from open_reports.intake import guard
from open_reports.intake.clerk import filled
from open_reports.intake.confirming import confirm as walk
from open_reports.intake.outcome import outcome
from open_reports.intake.own.given import Own
from open_reports.intake.package import Imported, filled_in, imported, put, restored, vacant
from open_reports.intake.telling import confirm_command, json_, next_lines, refused_json, text
from open_reports.intake.words import Said, refusal
from open_reports.library import open_library
from open_reports.report import DESCRIPTOR, FIRST_YEAR, LAST_YEAR, OPEN, Waiting
from open_reports.report.open_cells import PENDING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from open_reports.finding import Finding
    from open_reports.intake.confirming import Asking
    from open_reports.intake.package import Restored
    from open_reports.intake.whose import Asked

WHOLE, WAITING, REFUSED = 0, 1, 2
"""Exit codes: all is read, something waits for a person, nothing was written."""


@dataclass(frozen=True)
class Saying:
    """How the command speaks: language and style, where text goes, and what `check` finds in a folder and says of it.

    What it says leaves out the codes that it is given, of which the person was told before.
    """

    language: str
    as_json: bool
    tell: Callable[[str], None]
    check: Callable[[Path, str, frozenset[str]], tuple[tuple[Finding, ...], str]]

    def lines(self, lines: Iterable[str]) -> None:
        """Say some lines."""
        self.tell("".join(f"{line}\n" for line in lines))

    def refuse(self, file: Path, code: str, why: str) -> int:
        """Say why nothing was written."""
        name = file.name or str(file)
        if self.as_json:
            self.tell(refused_json(name, code, why))
        else:
            self.lines([Said(self.language)("refused", file=shown(name, 120), why=why)])
        return REFUSED


def run(file: Path, root: Path, asked: Asked, saying: Saying, *, created: str, dry: bool) -> int:
    """Import a file into a folder of packages; returns the exit code."""
    said = Said(saying.language)
    try:
        found = _read(file, root, asked, created)
        vacant(root, found.whose)
        folder = root / found.whose.agency / str(found.whose.year)
        made = None if dry else put(root, found.whose, found.files)
    except IntakeError as error:
        return saying.refuse(file, error.code, refusal(error, saying.language))
    except OSError as error:
        place = shown(str(error.filename or root), 300)
        return saying.refuse(file, "unwritable", said("unwritable", place=place, reason=error.strerror or type(error).__name__))
    except KeyboardInterrupt:
        return saying.refuse(file, "interrupted", said("interrupted"))
    findings, report = ((), "") if dry else saying.check(folder, saying.language, PENDING)
    if saying.as_json:
        saying.tell(json_(found, file.name, folder, saying.language, written=not dry, findings=findings))
    else:
        saying.tell(text(found, file.name, saying.language))
        saying.lines([said("dry" if dry else "written", folder=folder)])
        if made is not None:
            saying.lines([said("agency_file", file=made)])
        if not dry:
            waiting = len(found.open) if isinstance(found, Imported) else 0
            saying.lines([said("checked_open", count=waiting) if waiting else said("checked")])
            saying.tell(report)
            saying.lines(next_lines(folder, saying.language, waiting=bool(waiting)))
    return WHOLE if found.whole else WAITING


def _read(file: Path, root: Path, asked: Asked, created: str) -> Imported | Restored:
    read = guard.read(file)
    known = open_library(root, reports=False).agencies if root.is_dir() else {}
    if isinstance(read, Own):
        return restored(read, asked, known)
    clerks = filled(read)
    if clerks is not None:
        return filled_in(clerks, asked, known, created=created)
    return imported(outcome(read, forms()), asked, known, created=created)


# -- what is open -------------------------------------------------------------------------------------------------------------


def confirm(folder: Path | None, root: Path, saying: Saying, asking: Asking) -> int:
    """Walk through what is open in a package, the only one that waits unless it is named; returns the exit code."""
    said = Said(saying.language)
    if saying.as_json:
        return _unasked(saying, said("format_stated"))
    waiting = [folder] if folder is not None else sorted(path.parent for path in root.glob(f"*/*/{OPEN}"))
    if len(waiting) != 1:
        several = [said("confirm_several"), *(f"  {confirm_command(each, saying.language)}" for each in waiting)]
        saying.lines(several if waiting else [said("confirm_none", folder=root)])
        return REFUSED if waiting else WHOLE
    place = str(waiting[0])
    full = waiting[0].resolve()
    if not _is_package(full):
        return _unasked(saying, said("confirm_no_package", folder=shown(place, 300)))
    try:
        return _walked(Waiting(full, Path(place).as_posix(), saying.language), place, saying, asking)
    except DataError as error:
        return _unasked(saying, str(error))
    except OSError as error:
        where = shown(str(error.filename or place), 300)
        return _unasked(saying, said("unwritable_answer", place=where, reason=error.strerror or type(error).__name__))


def _walked(package: Waiting, place: str, saying: Saying, asking: Asking) -> int:
    """Walk through what is open, then check."""
    said = Said(saying.language)
    count = len(package.cells())
    saying.lines([said("confirm_begin", folder=place, count=count) if count else said("confirm_none", folder=place)])
    if left := walk(package, asking):
        saying.lines([said("confirm_left", count=left, command=confirm_command(Path(place), saying.language))])
        return WAITING
    if count:
        saying.lines([said("confirm_done")])
    (package.folder / OPEN).unlink(missing_ok=True)  # a head without rows waits for nothing
    findings, report = saying.check(Path(place), saying.language, frozenset())
    saying.tell(report)
    if any(each.level == "error" for each in findings):
        return WAITING
    saying.lines([said("next"), said("next_preview")])
    return WHOLE


def _unasked(saying: Saying, why: str) -> int:
    saying.lines([why])
    return REFUSED


def _is_package(folder: Path) -> bool:
    year = folder.name
    sound = year.isascii() and year.isdecimal() and FIRST_YEAR <= int(year) <= LAST_YEAR
    return sound and (folder / DESCRIPTOR).is_file() and not gate.slug_fault(folder.parent.name)
