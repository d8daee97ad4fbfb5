"""A report as Markdown: read back by a parser that is not ours, every figure under its heads, with its mark and its kind of nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import made_up
import pytest
from markdown_it import MarkdownIt
from open_reports.checks.check import check
from open_reports.derived.doubt import doubts
from open_reports.files.markdown import About, report_markdown
from open_reports.finding import SIGN, by_report
from open_reports.form import forms
from open_reports.intake.markdown import markdown
from open_reports.library import Agency
from open_reports.text import LANGUAGES, Words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from open_reports.finding import Finding
    from open_reports.library import Library
    from open_reports.report import Report

    Made = Callable[[made_up.Package], Report]

IN_CELL = 4
"""Level of the text of a cell: below table, head or body, row, cell."""
AGENCY = Agency(id="xugou-jia", name="虚构市甲局", name_en="Invented", kind="department", parent=None, region="虚构", site="", codes={})


def tables(text: str) -> list[list[list[str]]]:
    """Tables of a Markdown text (GitHub's), each its rows of cells as they are shown."""
    found: list[list[list[str]]] = []
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        if token.type == "table_open":
            found.append([])
        elif token.type == "tr_open":
            found[-1].append([])
        elif token.type == "inline" and found and token.level >= IN_CELL:
            found[-1][-1].append("".join(child.content for child in token.children or ()))
    return found


def expected(report: Report, language: str, doubted: Sequence[str]) -> list[list[str]]:
    """Every line of the tables, straight from the package: heads and label, then the cells."""
    statuses = {name: Words(language)("in_brackets", text=text[language]) for name, text in forms().common.statuses.items()}
    rows = []
    for name in sorted(report.tables, key=forms().tables.index):
        table = report.tables[name]
        for line in table.form.lines.values():
            label = table.labels.get(line.id, line.label.zh) if language == "zh" else line.label.en
            cells = []
            for column in line.columns:
                status = table.status(line.id, column)
                text = table.text(line.id, column) + ("" if status == "reported" else statuses[status])
                cells.append(((f"{SIGN} " if f"{name}/{line.id}/{column}" in doubted else "") + text.strip()).strip())
            rows.append([" › ".join([*(group[language] for group in line.groups), label]), *cells])
    return rows


def bodies(text: str) -> list[list[str]]:
    return [row for table in tables(text) for row in table[1:]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_of_the_corpus_stands_under_its_heads(library: Library, findings: tuple[Finding, ...], language: str) -> None:
    found = by_report(findings)
    marked = 0
    for report in library:
        about = About(library.agencies[report.agency], found.get((report.agency, report.year), ()), "")
        text = report_markdown(report, about, Words(language)).decode()
        rows = bodies(text)
        doubted = [*doubts(report, library)]
        stated = [row[:2] for row in rows[: len(report.overview)]]
        figures = [report.stated(item) for item in report.overview]
        assert [row[0] for row in stated] == [item.item for item in report.overview]
        assert [row[1].removeprefix(f"{SIGN} ") for row in stated if row[1][-1:].isdigit()] == [each.text for each in figures if each.text]
        assert rows[len(report.overview) :] == expected(report, language, doubted), report.name
        marked += sum(cell.startswith(SIGN) for row in rows for cell in row)
        assert sum(cell.startswith(SIGN) for row in rows for cell in row) == len(doubted)
        heads = [table[0] for table in tables(text)][1 if report.overview else 0 :]
        order = [part.id for part in forms().parts_of({name: table.form.form for name, table in report.tables.items()})]
        blocks = [block for name in order if name in report.tables for block in report.tables[name].form.blocks]
        assert [head[1:] for head in heads] == [
            [" › ".join([*(group[language] for group in column.groups), column.label[language]]) for column in block.columns]
            for block in blocks
        ]
    assert marked > 30


@pytest.mark.parametrize("language", LANGUAGES)
def test_kinds_of_nothing_are_words(report: Made, language: str) -> None:
    package = made_up.package(blank=["applications/new/total"], absent=["applications/other.other"])
    package.set("disputes", "reconsideration", "total", "/")
    made = report(package)
    text = report_markdown(made, About(AGENCY, (), ""), Words(language)).decode()
    statuses = {name: Words(language)("in_brackets", text=each[language]).strip() for name, each in forms().common.statuses.items()}
    cells = [cell for row in bodies(text) for cell in row]
    assert cells.count(statuses["blank"]) == 1
    assert cells.count(statuses["line_absent"]) == len(forms()["2021"].tables["applications"].columns)
    stroke = forms().common.statuses["not_applicable"][language]
    assert [cell for cell in cells if cell.startswith("/")] == [f"/{Words(language)('in_brackets', text=stroke)}"]
    assert "" not in [cell for row in bodies(text)[len(made.overview) :] for cell in row]


def test_what_a_package_says_means_nothing_in_markdown(report: Made) -> None:
    """A name full of signs is shown as it is: no link, no heading, no other cell of a table."""
    made = report(made_up.package())
    name = "甲|乙 [丙](https：x) *丁* <b>戊</b> `己` #庚"
    agency = Agency(id=AGENCY.id, name=name, name_en=name, kind="department", parent=None, region="虚构", site="", codes={})
    text = report_markdown(made, About(agency, (), "https://open-reports.example/"), Words("zh")).decode()
    shown = MarkdownIt("commonmark").enable("table").render(text)
    assert "<b>" not in shown
    assert "<em>" not in shown
    assert shown.count("<a ") == 2
    assert "甲|乙 [丙](https：x) *丁* &lt;b&gt;戊&lt;/b&gt; `己` #庚" in shown


def test_findings_and_notes_are_told(library: Library) -> None:
    found = by_report(check(library))
    for report in library:
        findings = found.get((report.agency, report.year), [])
        text = report_markdown(report, About(library.agencies[report.agency], findings, ""), Words("zh")).decode()
        told = text.rpartition(f"## {Words('zh')('findings')}")[2]
        assert sum(line.startswith("- ") for line in told.splitlines()) == len(findings)
        assert all(f"`{each.address}`" in told for each in findings if each.address)
        assert [note.printed for note in report.notes if markdown(note.printed) not in text] == []
