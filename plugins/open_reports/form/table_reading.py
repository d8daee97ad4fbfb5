"""Tables of a form read from YAML: columns, lines under their heads, rules."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from open_reports.finding import RULE_LEVELS
from open_reports.form.common import ID, LINE_ID, Kind, RuleText, Standing
from open_reports.form.table import Block, Column, Line, Rule, TableForm, Term
from open_reports.text import Text, open_text_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from open_reports.document import Record
    from open_reports.form.common import Common

RULE_ID = r"[A-Z][A-Z0-9]*(?:-[A-Z]+)?"


def read_table(table: str, form: str, section: str, record: Record, common: Common) -> TableForm:
    """Read one table of a form; `section` is the number under which the form prints it."""
    # Columns first: blocks and rules name them.
    columns = {column.id: column for column in _columns(record, (), common)}
    blocks = tuple(_blocks(record, columns))
    lines: dict[str, Line] = {}
    for block in blocks:
        for line in block.lines:
            if line.id in lines:
                record.note("lines", "form.line_twice", found=line.id)
            lines[line.id] = line
    for axis, members in (("lines", lines.values()), ("columns", columns.values())):
        _told_apart(axis, members, record)
    head = record.get("head")
    rules = record.each("rules", lambda rule: _rule(rule, lines, columns))
    loaded = TableForm(
        id=table,
        form=form,
        section=section,
        title=text_of(record.record("title")),
        corner=text_of(record.record("corner")),
        head=text_of(record.record("head")) if head is not None else None,
        columns=columns,
        lines=lines,
        blocks=blocks,
        # Split once here, for a report looked at by itself has no year before, and most checks ask for one kind only.
        rules=tuple(rule for rule in rules if not rule.at_least and not _yearly(rule)),
        yearly_rules=tuple(rule for rule in rules if not rule.at_least and _yearly(rule)),
        bounds=tuple(rule for rule in rules if rule.at_least),
        common=common,
    )
    record.close()
    return loaded


def _columns(record: Record, groups: tuple[Text, ...], common: Common) -> Iterator[Column]:
    seen: set[str] = set()
    for entry in record.records("columns", required=True):
        if "group" in entry.mapping:
            group = text_of(entry.record("group"))
            found = list(_columns(entry, (*groups, group), common))
        else:
            kind = entry.choice("type", common.cells)
            column = Column(
                id=entry.matching("id", ID, "natural_person"),
                label=open_text_of(entry),
                # An unknown kind is noted already; some kind lets reading go on to the next fault.
                type=common.cells.get(kind, next(iter(common.cells.values()))),
                unit=entry.text("unit"),
                groups=groups,
                aliases=entry.texts("aliases", most=120),
            )
            found = [column]
        for column in found:
            if column.id in seen:
                entry.note("id", "form.column_twice", found=column.id)
            seen.add(column.id)
        entry.close()
        yield from found


def _blocks(record: Record, columns: Mapping[str, Column]) -> Iterator[Block]:
    """Top-level groups that name their own columns are blocks; else the table is one block of all columns."""
    entries = list(record.records("lines", required=True))
    # Only table 2 changes its head from block to block; the others would have to repeat all columns for nothing.
    if any("columns" in entry.mapping for entry in entries):
        for entry in entries:
            ids = [str(value) for value in entry.sequence("columns", required=True)]
            for unknown in [value for value in ids if value not in columns]:
                entry.note("columns", "form.no_such_column", found=unknown, expected=", ".join(columns))
            own = {value: columns[value] for value in ids if value in columns}
            label = text_of(entry.record("group"))
            lines = tuple(_lines(list(entry.records("lines", required=True)), (label,), tuple(own)))
            entry.close()
            yield Block(label=label, columns=tuple(own.values()), lines=lines)
    else:
        yield Block(label=None, columns=tuple(columns.values()), lines=tuple(_lines(entries, (), tuple(columns))))


def _lines(entries: list[Record], groups: tuple[Text, ...], columns: tuple[str, ...]) -> Iterator[Line]:
    for entry in entries:
        if "group" in entry.mapping:
            group = text_of(entry.record("group"))
            yield from _lines(list(entry.records("lines", required=True)), (*groups, group), columns)
        else:
            yield Line(
                id=entry.matching("id", LINE_ID, "refused.state_secrets"),
                label=open_text_of(entry),
                groups=groups,
                columns=columns,
                aliases=entry.texts("aliases", most=120),
            )
        entry.close()


def _told_apart(axis: str, members: Iterable[Line | Column], record: Record) -> None:
    """Note an alias that is the label of another line or column, or of its own, for it would tell nothing."""
    seen: set[str] = {member.label.zh for member in members}
    for member in members:
        for alias in member.aliases:
            if alias in seen:
                record.note(axis, "form.alias_twice", found=alias)
            seen.add(alias)


# A rule is written as the form or a reader would say it, `new + carried_in = total + carried_out`, and so can be checked by eye.
_TERM = re.compile(rf"\s*(?P<sign>[+-]?)\s*(?P<previous>previous\s+)?(?P<id>{ID}(?:\.(?:{ID}|\*))?)\s*")


def _rule(record: Record, lines: Mapping[str, Line], columns: Mapping[str, Column]) -> Rule:
    axis = record.choice("for_each", ("line", "column"))
    ids: Mapping[str, Line | Column] = columns if axis == "line" else lines
    sentence = record.text("sentence")
    at_least = ">=" in sentence
    sides = sentence.split(">=" if at_least else "=")
    if len(sides) != 2:  # noqa: PLR2004 (an identity has two sides)
        record.note("sentence", "form.not_identity", found=sentence)
        sides = ["", ""]
    left, right = (tuple(_terms(side, ids, record)) for side in sides)
    blames = record.choice("blames", tuple(ids))
    text = read_rule_text(record)
    return Rule(
        id=text.id,
        name=text.name,
        says=text.says,
        standing=text.standing,
        level=text.level,
        sentence=sentence,
        axis="line" if axis == "line" else "column",
        left=left,
        right=right,
        blames=blames,
        at_least=at_least,
    )


def _yearly(rule: Rule) -> bool:
    return any(term.previous for term in (*rule.left, *rule.right))


def read_rule_text(record: Record) -> RuleText:
    """Read what people are told of a rule."""
    # Readers are told of each rule whether the form prints it or this project only concludes it: the two do not weigh the same.
    standings: tuple[Standing, ...] = ("printed", "implied", "law", "project")
    standing = record.choice("standing", standings)
    level = record.choice("level", RULE_LEVELS)
    kinds: tuple[Kind, ...] = ("equation", "requirement", "package")
    kind = record.choice("kind", kinds, required=False)
    return RuleText(
        id=record.matching("id", RULE_ID, "T3-SUM"),
        name=text_of(record.record("name")),
        says=open_text_of(record),
        standing=next((each for each in standings if each == standing), "implied"),
        level=next((each for each in RULE_LEVELS if each == level), "notice"),
        # A rule of a table is a sentence over its figures, and need not say so.
        kind=next((each for each in kinds if each == kind), "equation"),
    )


def _terms(side: str, ids: Mapping[str, object], record: Record) -> Iterator[Term]:
    end = 0
    while end < len(side):
        match = _TERM.match(side, end)
        if match is None or (match["sign"] == "" and end > 0):
            record.note("sentence", "form.not_identity", found=side)
            return
        end = match.end()
        sign = -1 if match["sign"] == "-" else 1
        name = match["id"]
        meant = (
            # Spelt out when read, so that a rule over `refused.*` follows the lines of its form without naming all eight.
            [known for known in ids if known.startswith(name[:-1])] if name.endswith(".*") else [known for known in ids if known == name]
        )
        if not meant:
            record.note("sentence", "form.no_such_line", found=name, expected=", ".join(ids))
        for known in meant:
            yield Term(sign=sign, id=known, previous=bool(match["previous"]))
