"""What is given back of an output of ours, and what every kind of output is asked first."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from open_reports import gate
from open_reports.document import Problem, Record, shown
from open_reports.errors import DocumentError, IntakeError
from open_reports.form import forms
from open_reports.report import DESCRIPTOR, FIRST_YEAR, LAST_YEAR
from open_reports.report.descriptor import describe, parsed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from open_reports.report.descriptor import Described


@dataclass(frozen=True, kw_only=True)
class Own:
    """A package: its files by their paths below it, whose year it is, and codes of `locales/intake.yml` of what is to be said."""

    agency: str
    year: int
    files: Mapping[str, bytes]
    remarks: tuple[str, ...] = ()

    def json(self) -> str:
        """The package as JSON, to pass it from the child process that read it; its files are texts."""
        files = {path: data.decode() for path, data in self.files.items()}
        return json.dumps({"agency": self.agency, "year": self.year, "files": files, "remarks": self.remarks}, ensure_ascii=False)

    @classmethod
    def of_json(cls, text: str) -> Own:
        """The package again."""
        value = json.loads(text)
        files = {path: data.encode() for path, data in value["files"].items()}
        return cls(agency=value["agency"], year=value["year"], files=files, remarks=tuple(value["remarks"]))


def text_of(path: str, data: bytes) -> str:
    """Text of a file of the package. Raises `IntakeError` where no package may hold it."""
    text, faults = gate.decode(data, path) if len(data) <= gate.MAX_BYTES else (None, [])
    if text is None or faults:
        raise IntakeError("own_file", file=shown(path))
    return text


def descriptor_of(text: str) -> object:
    """Value of a descriptor. Raises `IntakeError` where it is no JSON."""
    try:
        return parsed(text)
    except DocumentError:
        raise IntakeError("own_file", file=DESCRIPTOR) from None


def described(value: object) -> tuple[str, int, Described]:
    """Agency, year and what else a descriptor says. Raises `IntakeError` where anything in it is not as a package has it."""
    report = value.get("report") if isinstance(value, dict) else None
    agency, year = (report.get("agency"), report.get("year")) if isinstance(report, dict) else (None, None)
    # They become names of folders, so nothing else is looked at before they are sound.
    if not isinstance(agency, str) or gate.slug_fault(agency):
        raise IntakeError("own_descriptor", place="report.agency", found=shown(agency))
    if not isinstance(year, int) or not FIRST_YEAR <= year <= LAST_YEAR:
        raise IntakeError("own_descriptor", place="report.year", found=shown(year))
    problems: list[Problem] = []
    found = describe(Record(value, problems), agency=agency, year=year, known=forms())
    if problems or found is None:
        first = problems[0] if problems else Problem(path="report.forms", code="record.choice")
        raise IntakeError("own_descriptor", place=shown(first.path), found=first.values.get("found", "-"))
    return agency, year, found
