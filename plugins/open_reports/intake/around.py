"""What stands around the tables of a report: title, agency, year and date, its prose sections, figures that section one states."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from open_reports.form import OVERVIEW, Section
from open_reports.intake.grid import Grid
from open_reports.intake.labels import bare, folded, likeness, tidy, unnumbered
from open_reports.intake.titles import agency_of, is_report, is_title, year_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from open_reports.form import Form, Forms, TableForm
    from open_reports.intake.grid import Manuscript, Paragraph

_DAY = re.compile(r"(?<!\d)(20\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)")
_SIGNED = re.compile(
    r"(?P<signer>[^。；;，,：:]{0,40}?)(?:20\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?|[一二三四五六七八九零〇○]{4}年[一二三四五六七八九十]{1,3}月[一二三四五六七八九十]{1,3}日)"
)
"""A day that stands alone, or behind the name of whoever signs, once folded: reports end with it."""
_HEADING = re.compile(r"(?P<number>[一二三四五六七八九十]{1,2})[、.](?P<title>.{2,40})")
_AMOUNT = re.compile(r"(?P<value>\d[\d,]*(?:\.\d+)?)(?P<unit>余?[条件项个次篇份场起名人]|%)?")
_ENDING = re.compile(r"(?:年度报告|年报|annualreport)[)》]?$", re.IGNORECASE)
_LIKE = 55
"""How like the form's title (of 100) that of a section must be where it is not marked as a heading."""


class Facts(NamedTuple):
    """What a file says of itself, "" or None where it does not: all offered, none taken for granted."""

    title: str
    agency: str
    year: int | None
    published: str
    url: str


class Stated(NamedTuple):
    """A figure that section one may state, to be confirmed: the item as overview.csv would name it, and the sentence it stands in."""

    item: str
    value: str
    unit: str
    place: str
    seen: str


def facts(manuscript: Manuscript) -> Facts:
    """What a file says of itself: the title that its reader found, or else the first that stands in it; meta tags."""
    own = manuscript.facts
    titles = [tidy(block.text) for block in manuscript.blocks if not isinstance(block, Grid) and is_title(block.text)]
    said = tidy(own.get("title", ""))
    title = said if is_report(said) or not titles else titles[0]
    year = next(filter(None, map(year_of, (own.get("year", ""), title, *titles))), None)
    # The site that a page names is often one above the agency whose report it is.
    agency = agency_of(title) or tidy(own.get("agency", ""))
    return Facts(title, agency, year, _iso(_DAY.search(own.get("published", ""))), own.get("url", ""))


def _iso(match: re.Match[str] | None) -> str:
    """The day as ISO 8601 has it; "" if there is none such."""
    if match is None:
        return ""
    try:
        return date(*map(int, match.groups())).isoformat()
    except ValueError:
        return ""


def titles_between(manuscript: Manuscript) -> tuple[str, str] | None:
    """Titles of two different reports that each have tables below them; None if the file holds one report."""
    current = holding = ""
    for block in manuscript.blocks:
        if isinstance(block, Grid):
            if holding and current and _differ(holding, current):
                return holding, current
            holding = current or holding
        elif is_title(block.text) and (block.level or _ENDING.search(folded(block.text))):
            current = tidy(block.text)
    return None


def _differ(one: str, other: str) -> bool:
    """Whether two titles are of reports of different years or agencies; a running head says less than the title."""
    agencies = [bare(agency_of(text)) for text in (one, other)]
    within = agencies[0] in agencies[1] or agencies[1] in agencies[0]
    return year_of(one) != year_of(other) or (not within and likeness(*agencies) < _LIKE)


def _sections(manuscript: Manuscript, form: Form) -> Iterator[tuple[Section | TableForm, list[Paragraph]]]:
    """Sections of the form in the order of the file, each with the paragraphs below its heading."""
    by_number = {part.number if isinstance(part, Section) else part.section: part for part in form.parts}
    order = list(by_number)
    current: list[Paragraph] | None = None
    reached = -1
    for block in manuscript.blocks:
        if isinstance(block, Grid):
            continue
        number = _heading(block, by_number)
        if number and order.index(number) > reached:
            reached = order.index(number)
            current = []
            yield by_number[number], current
        elif current is not None and block.text.strip():
            current.append(block)


def _heading(block: Paragraph, by_number: Mapping[str, Section | TableForm]) -> str:
    """Number of the section that a paragraph is the heading of; "" if of none."""
    match = _HEADING.fullmatch(folded(block.text))
    if match is None or match["number"] not in by_number:
        return ""
    alike = likeness(bare(match["title"]), bare(by_number[match["number"]].title.zh)) >= _LIKE
    return match["number"] if alike or block.level else ""


class Prose(NamedTuple):
    """Paragraphs of each prose section by its id, as they stand in the file; `passed` says that more stands behind the signature."""

    sections: dict[str, tuple[str, ...]]
    passed: bool


def prose(manuscript: Manuscript, form: Form, agency: str) -> Prose:
    """What the prose sections say. A report ends with its signature: what stands behind that of the agency is of the page around it."""
    found = list(_sections(manuscript, form))
    passed = False
    if found and isinstance(found[-1][0], Section):
        last = found[-1][1]
        end = next((index for index, each in enumerate(last, start=1) if _is_signature(each.text, agency)), len(last))
        passed = end < len(last)
        del last[end:]
    told = {part.id: tuple(" ".join(each.text.split()) for each in kept) for part, kept in found if isinstance(part, Section)}
    return Prose(told, passed)


def _is_signature(text: str, agency: str) -> bool:
    """Whether a paragraph is the day of a report and nothing else but its agency's name."""
    match = _SIGNED.fullmatch(folded(text))
    return match is not None and bare(match["signer"]) in ("", bare(agency))


def stated(manuscript: Manuscript, form: Form, known: Forms) -> tuple[Stated, ...]:
    """Figures that section one may state: what the narrative's phrases name, followed by a number. Proposals, never figures."""
    found: dict[str, Stated] = {}
    for part, paragraphs in list(_sections(manuscript, form)):
        if isinstance(part, Section) and part.id == OVERVIEW:
            for paragraph in paragraphs:
                for statement in known.narrative:
                    told = _stated(paragraph, (*statement.phrases, *statement.items))
                    if told is not None:
                        found.setdefault(statement.id, told)
    return tuple(found.values())


def _stated(paragraph: Paragraph, names: Sequence[str]) -> Stated | None:
    """The first number in a paragraph that follows one of the names at once, the longest name first."""
    text = folded(paragraph.text)
    for name in sorted(names, key=len, reverse=True):
        for position in (match.start() for match in re.finditer(re.escape(folded(name)), text)):
            amount = _AMOUNT.match(text, position + len(folded(name)))
            if amount is not None:
                return Stated(name, amount["value"].replace(",", ""), amount["unit"] or "", paragraph.place, _sentence(text, position))
    return None


def _sentence(text: str, position: int) -> str:
    """The sentence that a position lies in."""
    start = text.rfind("。", 0, position) + 1
    end = text.find("。", position)
    return unnumbered(text[start : end + 1 if end >= 0 else len(text)])
