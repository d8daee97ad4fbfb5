"""Finding: one thing that a reader should know about a figure or a file, and its explanation in plain words.

The words stand in `locales/messages.yml`, one entry a code, in both languages: which rule and level the code belongs
to, what stands there, what was expected, what to do.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from open_reports.errors import OpenReportsError
from open_reports.text import Text, open_text_of, reading, resource_text, text_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from open_reports.document import Record


Level = Literal["error", "discrepancy", "notice", "rounded"]
LEVELS: tuple[Level, ...] = ("error", "discrepancy", "notice", "rounded")
"""Levels of a finding. `rounded` is nothing to worry about: the numbers agree once one is rounded as the other is."""
RULE_LEVELS = LEVELS[:3]
"""Levels that a rule may have: how bad it is if it fails."""
SIGN = "≠"
"""What stands before a figure in an open contradiction, wherever one is shown."""


def signed(text: str, rules: Collection[str]) -> str:
    """A text behind the sign, where rules contradict what it says: for files, which have no links."""
    return f"{SIGN} {text}" if rules else text


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """The words of one code.

    `rule` is None where the finding brings its own (an identity of the form); `text` is for whoever keeps the package,
    `public` for whoever reads the site: the fact alone, without the advice to the clerk.
    """

    code: str
    rule: str | None
    level: Level
    text: Text
    public: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What is said publicly about a discrepancy: `by` the agency, or the publisher who read the original again.

    `says` is the equation that was read when it was written: what it says of other numbers, it does not say.
    """

    rule: str
    address: str
    text: str
    by: str
    day: date | None
    says: str = ""

    def explains(self, found: Finding) -> bool:
        """Whether it speaks of the very numbers that a finding of its rule and place has."""
        return not found.equation or _plain(self.says) == _plain(found.equation)


def _plain(equation: str) -> str:
    """An equation as it is compared: however it is spaced, and whichever sign a keyboard has for one that none has."""
    return "".join(equation.split()).replace("!=", "≠").replace("−", "-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One finding.

    `rule` is the stable rule id; `code` the message's; `file` the path as the reader knows it; `row` the line of the
    file, counted from 1 with the header; `column` its id and `column_title` what the reader sees; `address` the
    figure's, `table/line/column`; `expected` and `found` the two values that disagree.
    """

    rule: str
    level: Level
    code: str
    agency: str | None = None
    year: int | None = None
    address: str | None = None
    expected: str | None = None
    found: str | None = None
    file: str | None = None
    row: int | None = None
    column: str | None = None
    column_title: Text | None = None
    values: tuple[tuple[str, str | Text], ...] = field(default=())
    explanation: Explanation | None = None

    def where(self, language: str = "zh") -> str:
        """File, row and column, as far as known."""
        english = language == "en"
        parts = [self.file or ""]
        # A file that cannot be read has no row, and a fault of a whole row no column.
        if self.row is not None:
            parts.append(f", row {self.row}" if english else f" 第 {self.row} 行")
        if self.column is not None:
            title = self.column_title[language] if self.column_title else self.column
            parts.append(f", column “{title}”" if english else f"“{title}”列")
        return "".join(parts)

    @property
    def place(self) -> str:
        """What an explanation names to be about this: the address; of what is no figure, what it is called (`disclosure`, `published`, `sources[0].title`)."""
        return self.address or str(dict(self.values).get("about", ""))

    @property
    def equation(self) -> str:
        """The numbers that disagree, as the message spells them and an explanation has to: `20 ≠ 26 = 6+6+4+3+3+4`."""
        return str(dict(self.values).get("equation", ""))

    def problem(self, language: str = "zh") -> str:
        """What stands there, what was expected, what to do: the message without the place."""
        return self.filled(messages()[self.code].text, language)

    def public(self, language: str = "zh") -> str:
        """Return what the site says beside the figure: the fact alone."""
        return self.filled(messages()[self.code].public, language)

    def filled(self, text: Text, language: str) -> str:
        """A text with what the finding states filled in."""
        return text.filled(language, {"expected": self.expected, "found": self.found, **dict(self.values)})

    def message(self, language: str = "zh") -> str:
        """Return the whole sentence: place, what stands there, what was expected, what to do."""
        where = self.where(language)
        # Chinese has a colon of its own, as wide as a character, without a space behind it.
        gap = ": " if language == "en" else "："
        return f"{where}{gap}{self.problem(language)}" if where else self.problem(language)

    def text(self, language: str = "zh") -> str:
        """One line for a terminal or a log: level, rule, message."""
        return f"{level_name(self.level)[language]} {self.rule}  {self.message(language)}"

    def to_dict(self, language: str = "zh") -> dict[str, Any]:
        """Return the finding as the public contract writes it (section 5)."""
        explanation = self.explanation and {
            "text": self.explanation.text,
            "by": self.explanation.by,
            "date": self.explanation.day.isoformat() if self.explanation.day else None,
            "says": self.explanation.says or None,
        }
        return {
            "rule": self.rule,
            "level": self.level,
            "agency": self.agency,
            "year": self.year,
            "address": self.address,
            "message": self.message(language),
            "expected": self.expected,
            "found": self.found,
            "file": self.file,
            "row": self.row,
            "column": self.column,
            "explanation": explanation,
        }

    def packed(self) -> list[Any]:
        """Return the finding as JSON values, to be kept; `unpacked` brings it back."""
        # JSON has no Text: a list stands for one, a string for itself, and `unpacked` tells them apart by that.
        values = [[key, [value.zh, value.en] if isinstance(value, Text) else value] for key, value in self.values]
        title = [self.column_title.zh, self.column_title.en] if self.column_title else None
        said = self.explanation
        explanation = said and [said.rule, said.address, said.text, said.by, said.day.isoformat() if said.day else None, said.says]
        plain = [self.rule, self.level, self.code, self.agency, self.year, self.address, self.expected, self.found, self.file, self.row]
        return [*plain, self.column, title, values, explanation]

    @classmethod
    def unpacked(cls, packed: list[Any]) -> Finding:
        """Return the finding that was packed."""
        *plain, column, title, values, said = packed
        names = ("rule", "level", "code", "agency", "year", "address", "expected", "found", "file", "row")
        explanation = said and Explanation(
            rule=said[0], address=said[1], text=said[2], by=said[3], day=date.fromisoformat(said[4]) if said[4] else None, says=said[5]
        )
        return cls(
            **dict(zip(names, plain, strict=True)),
            column=column,
            column_title=Text(zh=title[0], en=title[1]) if title else None,
            values=tuple((key, Text(zh=value[0], en=value[1]) if isinstance(value, list) else value) for key, value in values),
            explanation=explanation,
        )

    def of(self, agency: str | None, year: int | None) -> Finding:
        """Return the same finding, placed in a report."""
        return replace(self, agency=agency, year=year)

    def explained(self, explanation: Explanation | None) -> Finding:
        """Return the same finding with what is said about it."""
        return replace(self, explanation=explanation) if explanation else self

    def __str__(self) -> str:
        return self.text("en")


def finding(code: str, **places: Any) -> Finding:  # noqa: ANN401 (the fields of Finding, or values of its message)
    """Make a finding of a code: known places go to its fields, everything else to the words of its message."""
    message = messages()[code]
    # Callers need not know which values a finding has fields for: a message may use both kinds.
    own = {key: places.pop(key) for key in tuple(places) if key in Finding.__dataclass_fields__}
    # Each identity of a form is a rule of its own, though identities share their messages.
    own.setdefault("rule", message.rule)
    own.setdefault("level", message.level)
    return Finding(code=code, values=tuple(places.items()), **own)


def by_report(findings: Iterable[Finding]) -> dict[tuple[str, int], list[Finding]]:
    """Findings of each report, by agency and year, in their order."""
    found: dict[tuple[str, int], list[Finding]] = {}
    for each in findings:
        # What is found in the folder itself, or in an agency's file, belongs to no report.
        if each.agency is not None and each.year is not None:
            found.setdefault((each.agency, each.year), []).append(each)
    return found


@cache
def messages() -> Mapping[str, Message]:
    """Every message by code. Raises `FormError` where one lacks a language or has an unknown key."""
    name = "locales/messages.yml"
    with reading(name, resource_text(name)) as root:
        return {code: _message(code, root.record(code)) for code in root.mapping}


def _message(code: str, record: Record) -> Message:
    stated = record.choice("level", LEVELS, required=False)
    level: Level = next((each for each in LEVELS if each == stated), "error")
    text = open_text_of(record, most=600)
    rule = record.text("rule", required=False) or None
    # Readers of the site get the fact alone; how to mend it is for the clerk.
    public = text_of(record.record("public"), most=600) if "public" in record.mapping else text
    record.close()
    return Message(code=code, rule=rule, level=level, text=text, public=public)


def level_name(level: Level) -> Text:
    """Name of a level, for people."""
    return messages()[f"level.{level}"].text


class DataError(OpenReportsError):
    """Packages that cannot be published.

    `findings` holds every error found, in the order of the packages.
    """

    def __init__(self, findings: Sequence[Finding], *, language: str = "zh") -> None:
        # All at once: told one fault a run, a clerk would need as many runs as there are faults.
        self.findings = tuple(findings)
        super().__init__("\n".join(finding.text(language) for finding in self.findings))
