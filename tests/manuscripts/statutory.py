"""The statutory report as the official form prints it: its tables with their spans, what stands around them, and its figures.

Every generator writes down what this module says. A cell with a figure has its address as `place`, so that whoever changes a
document knows which figure is touched; all other cells have none.
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from open_reports.form import Section, forms
from open_reports.intake.grid import Drawn, Paragraph

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from open_reports.form import Block, Column, Form, Line, TableForm
    from open_reports.intake.grid import Manuscript
    from open_reports.text import Text

Rows = list[list[Drawn]]
"""A table as files write it: of each row the cells that begin in it."""

CORPUS = Path(__file__).resolve().parents[2] / "datapackages"


# -- tables -------------------------------------------------------------------------------------------------------------


def printed(table: TableForm, text_of: Mapping[str, str], *, absent: Collection[str] = (), labels: Mapping[str, str] | None = None) -> Rows:
    """Rows of a table of a form with figures (text by `table/line/column`; an address that is not among them is blank).

    `absent` are lines that are left out (`table/line`); `labels` what is printed in place of the form's own label, by
    `table/line` or `table//column`.
    """
    page = _Page(table, text_of, frozenset(absent), labels or {})
    if table.id == "disputes":
        return page.across()
    return page.stacked() if table.blocks[0].label else page.ruled()


@dataclass(frozen=True)
class _Page:
    table: TableForm
    text_of: Mapping[str, str]
    absent: frozenset[str]
    labels: Mapping[str, str]

    def stacked(self) -> Rows:
        """Blocks one below the other, each under its head and its own columns: table 2. The last column takes what is left over."""
        width = 1 + max(len(block.columns) for block in self.table.blocks)
        rows: Rows = []
        for block in self.table.blocks:
            over = width - len(block.columns)
            rows.append([Drawn(block.label.zh if block.label else "", "", colspan=width)])
            rows.append(_widened([Drawn(self.table.corner.zh, ""), *(Drawn(self.head(each), "") for each in block.columns)], over))
            rows += [_widened([Drawn(self.label(line), ""), *self.figures(line, block.columns)], over) for line in self.lines(block)]
        return rows

    def ruled(self) -> Rows:
        """One head over all lines, which stand below one another under their groups: table 3."""
        (block,) = self.table.blocks
        lines = self.lines(block)
        stub = 1 + max(len(line.groups) for line in lines)
        head = _heads([(each.groups, self.head(each)) for each in block.columns])
        over = [[Drawn(self.table.head.zh, "", colspan=len(block.columns))]] if self.table.head else []
        head = [*over, *head]
        head[0].insert(0, Drawn(self.table.corner.zh, "", rowspan=len(head), colspan=stub))
        rows = head
        above: tuple[Text, ...] = ()
        for position, line in enumerate(lines):
            row = []
            for depth, group in enumerate(line.groups):
                if above[: depth + 1] != line.groups[: depth + 1]:
                    row.append(Drawn(group.zh, "", rowspan=_run([each.groups[: depth + 1] for each in lines[position:]])))
            above = line.groups
            row.append(Drawn(self.label(line), "", colspan=stub - len(line.groups)))
            rows.append([*row, *self.figures(line, block.columns)])
        return rows

    def across(self) -> Rows:
        """Every line beside the one before, all figures in one row: table 4."""
        (block,) = self.table.blocks
        lines = self.lines(block)
        width = len(block.columns)
        heads = [((*line.groups, line.label), self.head(column)) for line in lines for column in block.columns]
        rows = _heads(heads, names={id(line.label): self.label(line) for line in lines})
        figures = [cell for line in lines for cell in self.figures(line, block.columns)]
        if len(figures) != width * len(lines):
            raise ValueError(self.table.id)
        return [*rows, figures]

    def lines(self, block: Block) -> list[Line]:
        """Lines of a block that the report does not leave out."""
        return [line for line in block.lines if f"{self.table.id}/{line.id}" not in self.absent]

    def label(self, line: Line) -> str:
        """Label of a line as this report prints it."""
        return self.labels.get(f"{self.table.id}/{line.id}", line.label.zh)

    def head(self, column: Column) -> str:
        """Head of a column as this report prints it."""
        return self.labels.get(f"{self.table.id}//{column.id}", column.label.zh)

    def figures(self, line: Line, columns: Sequence[Column]) -> list[Drawn]:
        """Cells of a line, each with its address as place."""
        addresses = [f"{self.table.id}/{line.id}/{column.id}" for column in columns]
        return [Drawn(self.text_of.get(address, ""), address) for address in addresses]


def _widened(row: list[Drawn], over: int) -> list[Drawn]:
    """A row whose last cell spans `over` columns."""
    return [*row[:-1], row[-1]._replace(colspan=over)]


def _run(values: Sequence[object]) -> int:
    """How many values at the beginning are the same."""
    return next((index for index, value in enumerate(values) if value != values[0]), len(values))


def _heads(columns: Sequence[tuple[tuple[Text, ...], str]], names: Mapping[int, str] | None = None) -> Rows:
    """Rows of a head: groups above the columns they span, a column with fewer groups than others spans down."""
    depth = 1 + max(len(groups) for groups, _ in columns)
    rows: Rows = [[] for _ in range(depth)]
    above: tuple[Text, ...] = ()
    for position, (groups, head) in enumerate(columns):
        for level, group in enumerate(groups):
            if above[: level + 1] != groups[: level + 1]:
                across = _run([each[: level + 1] for each, _ in columns[position:]])
                rows[level].append(Drawn((names or {}).get(id(group), group.zh), "", colspan=across))
        above = groups
        rows[len(groups)].append(Drawn(head, "", rowspan=depth - len(groups)))
    return rows


# -- the whole report ---------------------------------------------------------------------------------------------------


def report_blocks(
    form: Form,
    text_of: Mapping[str, str],
    *,
    title: str = "",
    tables: Mapping[str, TableForm] | None = None,
    absent: Collection[str] = (),
    labels: Mapping[str, str] | None = None,
    prose: Mapping[str, str] | None = None,
) -> list[Paragraph | Rows]:
    """The report in printed order: title (level 1), headings of its sections (level 2), their paragraphs, tables as rows.

    `tables` replace those of the form (hybrids); `prose` is the text of a section by its id, one paragraph a line.
    """
    blocks: list[Paragraph | Rows] = [Paragraph(text=title, place="", level=1)] if title else []
    for part in form.parts:
        if isinstance(part, Section):
            blocks.append(Paragraph(text=f"{part.number}、{part.title.zh}", place="", level=2))
            blocks += [Paragraph(text=each, place="") for each in (prose or {}).get(part.id, "").split("\n") if each]
            continue
        table = (tables or {}).get(part.id, form.tables[part.id])
        blocks.append(Paragraph(text=f"{table.section}、{table.title.zh}", place="", level=2))
        blocks.append(printed(table, text_of, absent=absent, labels=labels))
    return blocks


@dataclass(frozen=True, kw_only=True)
class Original:
    """A report as its agency printed it: what a file is made from, and what must come back from it.

    `figures` are texts by address, as printed; `absent` lines that are left out (`table/line`); `labels` labels that differ
    from the form's (`table/line`, `table//column`); `prose` the text of sections by their id.
    """

    agency: str
    year: int
    title: str
    published: str
    url: str
    form_of: Mapping[str, str]
    figures: Mapping[str, str]
    absent: frozenset[str] = frozenset()
    labels: Mapping[str, str] = field(default_factory=dict)
    prose: Mapping[str, str] = field(default_factory=dict)

    @property
    def tables(self) -> Mapping[str, TableForm]:
        """Each table in the form it is printed in."""
        return {table: forms()[form].tables[table] for table, form in self.form_of.items()}

    def blocks(self) -> list[Paragraph | Rows]:
        """The report in printed order."""
        return report_blocks(
            forms().leading(self.form_of.values()),
            self.figures,
            title=self.title,
            tables=self.tables,
            absent=self.absent,
            labels=self.labels,
            prose=self.prose,
        )


def original(files: Mapping[str, bytes]) -> Original:
    """The report that the files of a package (bytes by path below its folder) were typed from."""
    described = json.loads(files["datapackage.json"])
    report = described["report"]
    source = described["sources"][0]
    figures: dict[str, str] = {}
    labels: dict[str, str] = {}
    for table, form in report["forms"].items():
        known = forms()[form].tables[table]
        header, *rows = _csv(files[f"data/{table}.csv"])
        for line, label, *texts in rows:
            own = dict(zip(header[2:], texts, strict=True))
            figures |= {f"{table}/{line}/{column}": own[column] for column in known.lines[line].columns}
            if label != known.lines[line].label.zh:
                labels[f"{table}/{line}"] = label
    for table, line, column, text, _ in _csv(files["data/notes.csv"])[1:]:
        # Where a note names a cell, the cell is printed otherwise; where it names a column, the head is.
        if text and f"{table}/{line}/{column}" in figures:
            figures[f"{table}/{line}/{column}"] = text
        elif text and column and not line and table in report["forms"]:
            labels[f"{table}//{column}"] = text
    return Original(
        agency=report["agency"],
        year=report["year"],
        title=described["title"],
        published=report.get("published") or "",
        url=source.get("path", ""),
        form_of=report["forms"],
        figures=figures,
        absent=frozenset(report.get("absent", ())),
        labels=labels,
    )


def corpus() -> dict[str, Original]:
    """Every report of the corpus, by the path of its package."""
    found = {}
    for folder in sorted(each.parent for each in CORPUS.glob("*/*/datapackage.json")):
        files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        found[folder.relative_to(CORPUS).as_posix()] = original(files)
    return found


def _csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode(), newline="")))


def headings(manuscript: Manuscript) -> list[Paragraph]:
    """The headings of a manuscript, in reading order."""
    return [block for block in manuscript.blocks if isinstance(block, Paragraph) and block.level]
