"""Verdict: the outcome of a verification, in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from open_reports.copies import message
from open_reports.text import LANGUAGES, Text

if TYPE_CHECKING:
    from open_reports.copies import CopyError
    from open_reports.finding import Finding


class Deviation(NamedTuple):
    """One way in which a copy is not what it should be: the file, and a sentence with what was expected and found."""

    file: str
    code: str
    says: Text

    def text(self, language: str = "zh") -> str:
        """One line for a terminal."""
        gap = ": " if language == "en" else "："
        return f"{self.file}{gap}{self.says[language]}" if self.file else self.says[language]

    def __str__(self) -> str:
        return self.text("en")


@dataclass(kw_only=True)
class Verdict:
    """The outcome of a verification: `deviations`, and `notes` on what could not be verified or is of another version.

    `files`, `packages` and `size` (in bytes) count what was read; `hash` is the manifest's, empty where there is none.
    """

    copy: str
    deviations: list[Deviation] = field(default_factory=list)
    notes: list[Text] = field(default_factory=list)
    files: int = 0
    packages: int = 0
    size: int = 0
    hash: str = ""

    @property
    def passed(self) -> bool:
        """Whether no file deviates."""
        return not self.deviations

    def add(self, file: str, code: str, **values: object) -> None:
        """Note a deviation."""
        self.deviations.append(Deviation(file, code, message(code, **values)))

    def fault(self, error: CopyError) -> None:
        """Note what a copy refused."""
        self.deviations.append(Deviation(error.file, error.code, error.says))

    def named(self) -> frozenset[str]:
        """Every file that deviates."""
        return frozenset(each.file for each in self.deviations)

    def summary(self, language: str = "zh") -> str:
        """Return the last line: passed or not, how much was read, and the hash to compare with one published elsewhere."""
        counts = {"copy": self.copy, "files": f"{self.files:,}", "packages": self.packages, "bytes": f"{self.size:,}"}
        if self.deviations:
            return message("verdict.failed", **counts, deviations=f"{len(self.deviations):,}")[language]
        # A part of a site has no manifest, so no hash to compare.
        stated = message("verdict.hash", hash=self.hash) if self.hash else Text(zh="", en="")
        return message("verdict.passed", **counts, hash=stated)[language].rstrip()

    def text(self, language: str = "zh") -> str:
        """Every deviation, every note, the summary, a line each."""
        # The summary comes last: on a terminal, a long list would push it out of sight.
        lines = [each.text(language) for each in self.deviations]
        return "\n".join([*lines, *(each[language] for each in self.notes), self.summary(language)]) + "\n"


def of_finding(each: Finding, place: str, folder: str) -> Deviation:
    """Tell a finding of a package by the file's path in the copy."""
    file = each.file or ""
    # Packages are read in a temporary folder; whoever verifies knows only the paths of the copy.
    where = {language: each.where(language).removeprefix(file) for language in LANGUAGES}
    gaps = {"zh": "：", "en": ": "}
    says = {language: f"{where[language]}{gaps[language] if where[language] else ''}{each.problem(language)}" for language in where}
    return Deviation(f"{folder}{file.removeprefix(place)}", each.code, Text(zh=says["zh"].lstrip(), en=says["en"].removeprefix(", ")))
