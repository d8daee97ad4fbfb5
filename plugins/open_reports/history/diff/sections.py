"""A diff in words: headings, remarks and rows, the same for every style that shows them to a person."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, NamedTuple

from open_reports.document import compact_json
from open_reports.finding import level_name
from open_reports.form import forms
from open_reports.history.corrections import change as told_in
from open_reports.history.diff import state
from open_reports.history.diff.model import STANDINGS, only_spelling
from open_reports.text import Words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from open_reports.finding import Explanation, Finding
    from open_reports.history.diff.model import AgencyChange, Diff, ReportChange, TextChange
    from open_reports.history.diff.state import FigureChange
    from open_reports.report import Report


class Part(NamedTuple):
    """Rows under a heading: with the heads of their columns where it is a table, else one text a row."""

    heading: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Section(NamedTuple):
    """What became of one report or agency: its heading, remarks, and parts."""

    heading: str
    remarks: tuple[str, ...]
    parts: tuple[Part, ...]


def place(report: Report, address: str, language: str) -> str:
    """Where an address, or the address of a line, column or table, stands in words."""
    # Padded, for the address may be only a line's or a table's.
    name, line, column = (*address.split("/"), "", "")[:3]
    table = report.tables.get(name)
    if table is None:
        return line or forms().common.overview.title[language]
    words = [table.form.lines[line].label[language]] if line in table.form.lines else []
    if column in table.form.columns:
        found = table.form.columns[column]
        words.append(" ".join([*(group[language] for group in found.groups), found.label[language]]))
    return " · ".join(words) or table.form.title[language]


def sections(diff: Diff, language: str = "zh") -> Iterator[Section]:
    """Agencies, reports, findings of no single report, pages: what there is to tell of each."""
    w = Words(language)
    names = {agency: name[language] for agency, name in diff.names.items()}
    for each in diff.agencies:
        yield _agency(each, names, w)
    for change in diff.reports:
        yield _report(change, names.get(change.agency, change.agency), w)
    parts = [_findings(w("diff_gained"), diff.gained, w), _findings(w("diff_lost"), diff.lost, w)]
    if diff.gained or diff.lost:
        yield Section(w("diff_beyond"), (), tuple(part for part in parts if part.rows))
    if diff.pages:
        yield Section(w("diff_pages"), (), (Part("", (), tuple((path or "./",) for path in diff.pages)),))


def _agency(each: AgencyChange, names: Mapping[str, str], w: Words) -> Section:
    kind = "added" if each.before is None else "removed" if each.after is None else "changed"
    # A word for nothing: an empty cell in a table looks like an oversight.
    rows = tuple((key, *(text or w("diff_nothing") for text in texts)) for key, *texts in each.texts)
    part = Part("", (w("diff_column_kind"), w("diff_column_old"), w("diff_column_new")), rows)
    heading = w("diff_agency", name=names[each.agency], agency=each.agency)
    return Section(heading, (w(f"diff_agency_{kind}"),), (part,) if rows else ())


def _report(change: ReportChange, name: str, w: Words) -> Section:
    report = change.report
    parts: list[Part] = []
    if report is not None:
        address, old, new = w("diff_column_address"), w("diff_column_old"), w("diff_column_new")
        heads = (address, w("diff_column_place"), old, new)
        parts = [
            Part(w("diff_figures"), heads, tuple(_figure(change, each, w) for each in change.figures)),
            Part(w("diff_texts"), (w("diff_column_kind"), address, old, new), tuple(_text(report, each, w) for each in change.texts)),
            Part(w("diff_flips"), (w("diff_column_rule"), address, old, new), tuple(_flips(change, w))),
        ]
    parts += [_findings(w("diff_gained"), change.gained, w), _findings(w("diff_lost"), change.lost, w)]
    rows = tuple(
        (each.rule, each.address, _said(each.before, w) or w("diff_nothing"), _said(each.after, w) or w("diff_nothing"))
        for each in change.explanations
    )
    parts.append(
        Part(w("diff_explanations"), (w("diff_column_rule"), w("diff_column_address"), w("diff_column_old"), w("diff_column_new")), rows)
    )
    parts.append(Part(w("diff_revisions"), (), tuple(_revisions(change, w))))
    # Versions are asked of changes alone: a new package has no version to raise.
    if change.standing == "changed":
        parts.append(Part(w("diff_faults"), (), tuple(_faults(change, w))))
    heading = w("diff_report", name=name, agency=change.agency, year=change.year)
    return Section(heading, tuple(_remarks(change, w)), tuple(part for part in parts if part.rows))


def _remarks(change: ReportChange, w: Words) -> Iterator[str]:
    yield w(f"diff_standing_{change.standing}")
    before, after = change.before, change.after
    if before and after and before.version != after.version:
        yield w("diff_version", old=before.version, new=after.version)
    elif change.report:
        yield w("diff_version_one", version=change.report.version)
    # A number instead of rows: every one of some two hundred figures is new or gone, and a list would say no more than the count.
    if change.standing in {"added", "removed"} and change.report:
        yield w("diff_figure_count", count=sum(1 for _ in change.report.figures()))
    if only_spelling(change):
        yield w("diff_spelling", files="、".join(change.files))


def _figure(change: ReportChange, each: FigureChange, w: Words) -> tuple[str, ...]:
    # An address that is gone has its words only in the form of the report as it was.
    report = change.after if each.after is not None else change.before
    assert report is not None  # noqa: S101 (one of the two has the address)
    sides = ((each.before, each.after), (each.after, each.before))
    said = (state.words(one, w.language, beside) or w("diff_no_address") for one, beside in sides)
    return (each.address, place(report, each.address, w.language), *said)


def _text(report: Report, each: TextChange, w: Words) -> tuple[str, ...]:
    was, is_ = (_lines(each.before, each.after), _lines(each.after, each.before)) if each.kind == "prose" else (each.before, each.after)
    where = place(report, each.place, w.language) if "/" in each.place or each.place in report.tables else ""
    section = report.form.section(each.place) if each.kind == "prose" else None
    number = "" if section is None or w.language == "en" else f"{section.number}、"
    spelt = f"{number}{section.title[w.language]}" if section else where
    return (w(f"diff_kind_{each.kind}"), f"{each.place} {spelt}".rstrip(), was or w("diff_nothing"), is_ or w("diff_nothing"))


def _lines(one: str | None, other: str | None) -> str:
    """The lines of a prose that the other one has not."""
    lines, others = (one or "").split("\n"), (other or "").split("\n")
    # Without the junk heuristic, which drops lines that come often and so depends on the length of the text.
    blocks = difflib.SequenceMatcher(None, lines, others, autojunk=False).get_opcodes()
    return " ".join(line for kind, start, end, _, _ in blocks if kind != "equal" for line in lines[start:end] if line)


def _flips(change: ReportChange, w: Words) -> Iterator[tuple[str, ...]]:
    colon = w("colon")
    for each in change.flips:
        rule = forms().rules[each.rule]
        was = f"{w(f'diff_result_{each.before}')}{colon}{each.equation_before}"
        yield f"{each.rule} {rule.name[w.language]}", each.address, was, f"{w(f'diff_result_{each.after}')}{colon}{each.equation_after}"


def _findings(heading: str, found: Sequence[Finding], w: Words) -> Part:
    rows = (f"{level_name(each.level)[w.language]} {each.rule} {each.address or ''}".rstrip() for each in found)
    return Part(heading, (), tuple((f"{row}{w('colon')}{each.message(w.language)}",) for row, each in zip(rows, found, strict=True)))


def _said(explanation: Explanation | None, w: Words) -> str:
    if explanation is None:
        return ""
    about = w("in_brackets", text=explanation.says) if explanation.says else ""
    return f"{w(f'explained_{explanation.by}')} {explanation.day or ''}{w('colon')}{explanation.text}{about}"


def _revisions(change: ReportChange, w: Words) -> Iterator[tuple[str]]:
    for key, found in (("diff_entry", change.revisions), ("diff_entry_lost", change.revisions_lost)):
        for each in found:
            said = w(key, day=each.date, version=each.version, reason=each.reason)
            told = (told_in(change.report, entry).in_language(w.language).text for entry in each.changes) if change.report else ()
            yield (" ".join([said, *(f"[{text}]" for text in told)]),)


def _faults(change: ReportChange, w: Words) -> Iterator[tuple[str]]:
    assert change.before and change.after  # noqa: S101, PT018 (a changed report has both sides)
    values = {"old": change.before.version, "new": change.after.version, "level": w(f"diff_level_{change.level}") if change.level else ""}
    for fault in change.faults:
        yield (w(f"diff_fault_{fault.kind}", **values),)
        # Entries are printed as JSON, ready to be pasted into `report.revisions`.
        yield from ((f"  {each}",) for each in [compact_json(entry.to_dict()) for entry in fault.entries] or fault.addresses)
    if change.level and not change.faults:
        yield (w("diff_ok"),)


def counts(diff: Diff) -> dict[str, int]:
    """How many reports of each standing there are, and how many figures, rules and findings changed."""
    # Every standing, zeros too, so that programs need not ask whether a key is there.
    standings: dict[str, int] = {each: len(diff.of(each)) for each in STANDINGS}
    sums = {
        "figures": sum(len(each.figures) for each in diff.reports),
        "flips": sum(len(each.flips) for each in diff.reports),
        "gained": len(diff.gained) + sum(len(each.gained) for each in diff.reports),
        "lost": len(diff.lost) + sum(len(each.lost) for each in diff.reports),
    }
    return {**standings, **sums}
