"""Pages that list reports: home, an agency, a year."""

from __future__ import annotations

from typing import TYPE_CHECKING

from open_reports import api
from open_reports.form import forms
from open_reports.pages.frame import (
    Built,
    Download,
    Fact,
    Here,
    Link,
    Page,
    agency_name,
    crumbs,
    size_words,
    templates,
    verdict,
)
from open_reports.pages.ledger import chains
from open_reports.pages.report import CellView

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from open_reports.finding import Finding
    from open_reports.library import Agency, Library
    from open_reports.report import Report
    from open_reports.words import Words

# -- lists ------------------------------------------------------------------------------------------------------------


def _total(report: Report, line: str, w: Words) -> CellView:
    figure = report.figure("applications", line, "total")
    reported = figure.status == "reported"
    says = "" if reported else forms().common.statuses[figure.status][w.language]
    return CellView(figure.text, "" if reported else figure.status, says)


def _list_cells(report: Report, findings: Sequence[Finding], w: Words) -> tuple[CellView, ...]:
    return (
        _total(report, "new", w),
        _total(report, "total", w),
        CellView(verdict(findings, w, short=True), words=True),
        CellView(report.published.isoformat() if report.published else w("unknown"), words=True),
    )


def _list_head(first: str, w: Words) -> list[str]:
    return [first, w("new_requests"), w("outcomes"), w("findings"), w("published")]


Findings = dict[tuple[str, int], list["Finding"]]
"""Findings of each report, by agency and year."""


def agency_page(library: Library, agency: Agency, findings: Findings, w: Words) -> Page:
    """Page of an agency: what it is, and its reports."""
    here = Here(f"reports/{agency.id}/", w)
    reports = library.of_agency(agency.id)
    heading = w("agency_title", agency=agency_name(agency, w))
    kinds = forms().common.kinds

    def link(each: Agency) -> Link:
        return Link(f"../{each.id}/", agency_name(each, w))

    def build() -> Built:
        facts = [Fact(w("kind"), links=(Link("", kinds[agency.kind][w.language]),)), Fact(w("region"), links=(Link("", agency.region),))]
        if agency.parent:
            facts.append(Fact(w("parent"), links=(link(library.agencies[agency.parent]),)))
        if units := library.units(agency.id):
            facts.append(Fact(w("units"), links=tuple(link(unit) for unit in units)))
        facts.append(Fact(w("official_site"), links=(Link(agency.site, agency.site, external=True),)))
        rows = [
            {
                "href": f"{report.year}/",
                "text": w("year_report", year=report.year),
                "cells": _list_cells(report, findings.get((agency.id, report.year), []), w),
            }
            for report in reversed(reports)
        ]
        html = (
            templates()
            .get_template("list.html")
            .render(
                w=w,
                here=here,
                crumbs=crumbs(here),
                current=agency_name(agency, w),
                listing={
                    "heading": agency_name(agency, w),
                    "caption": heading,
                    "facts": facts,
                    "head": _list_head(w("year"), w),
                    "rows": rows,
                    "neighbours": [],
                },
                chains=chains(reports, library, w),
                downloads=[],
            )
        )
        return Built(html=html, files={})

    return Page(
        here=here,
        name=agency_name(agency, w),
        title=heading,
        description=w("agency_description", agency=agency_name(agency, w), count=len(reports)),
        sections=(("reports", w("reports")), ("chain", w("chain"))),
        build=build,
    )


def year_page(library: Library, year: int, findings: Findings, w: Words) -> Page:
    """Page of a report year: every agency's report."""
    here = Here(f"years/{year}/", w)
    reports = library.of_year(year)
    heading = w("year_title", year=year)

    def build() -> Built:
        rows = [
            {
                "href": f"../../{api.folder(report)}",
                "text": agency_name(library.agencies[report.agency], w),
                "cells": _list_cells(report, findings.get((report.agency, year), []), w),
            }
            for report in reports
        ]
        years = library.years
        position = years.index(year)
        neighbours = []
        if position:
            neighbours.append(Link(f"../{years[position - 1]}/", f"{w('previous_year')}：{years[position - 1]}", rel="prev"))
        if position + 1 < len(years):
            neighbours.append(Link(f"../{years[position + 1]}/", f"{w('next_year')}：{years[position + 1]}", rel="next"))
        html = (
            templates()
            .get_template("list.html")
            .render(
                w=w,
                here=here,
                crumbs=crumbs(here),
                current=heading,
                listing={
                    "heading": heading,
                    "caption": heading,
                    "facts": [],
                    "head": _list_head(w("agency"), w),
                    "rows": rows,
                    "neighbours": neighbours,
                },
                chains=[],
                downloads=[],
            )
        )
        return Built(html=html, files={})

    return Page(
        here=here,
        name=heading,
        title=heading,
        description=w("year_description", year=year, count=len(reports)),
        sections=(("reports", w("reports")),),
        build=build,
    )


LATEST = 10
"""Latest reports shown on the home page."""


def home_page(library: Library, files: Mapping[str, int], w: Words) -> Page:
    """Home: what this is, the corpus at a glance, ways in. `files` are the corpus files with their sizes in bytes."""
    here = Here("", w)

    def build() -> Built:
        dated = sorted((each for each in library if each.published), key=lambda each: (str(each.published), each.agency), reverse=True)
        kinds = []
        for kind, name in forms().common.kinds.items():
            members = [agency for agency in library.agencies.values() if agency.kind == kind]
            if members:
                links = [
                    Link(f"reports/{agency.id}/", agency_name(agency, w), w("count_reports", count=len(library.of_agency(agency.id))))
                    for agency in members
                ]
                kinds.append({"id": kind, "name": name[w.language], "agencies": links})
        home = {
            "counts": [
                {"number": f"{number:,}", "name": w(name)}
                for name, number in (
                    ("reports", len(library)),
                    ("agencies", len(library.agencies)),
                    ("years", len(library.years)),
                    ("figures", sum(len(table.form.cells) for report in library for table in report.tables.values())),
                )
            ],
            "latest": [
                Link(
                    api.folder(each),
                    w("report_title", agency=agency_name(library.agencies[each.agency], w), year=each.year),
                    str(each.published),
                )
                for each in dated[:LATEST]
            ],
            "years": [
                Link(f"years/{year}/", w("year_report", year=year), w("count_reports", count=len(library.of_year(year))))
                for year in reversed(library.years)
            ],
            "kinds": kinds,
        }
        names = {
            "observations.csv": ("corpus_csv", "CSV"),
            "observations.json": ("corpus_json", "JSON"),
            "findings.json": ("corpus_findings", "JSON"),
            "index.json": ("corpus_index", "JSON"),
        }
        downloads = [Download(here.file(f"data/{name}"), w(key), kind, size_words(files[name], w)) for name, (key, kind) in names.items()]
        html = templates().get_template("home.html").render(w=w, home=home, downloads=downloads)
        return Built(html=html, files={})

    return Page(
        here=here,
        name=w("home"),
        title=w("home_title"),
        description=w("home_lead"),
        sections=(("years", w("by_year")), ("agencies", w("by_agency")), ("latest", w("latest_reports")), ("downloads", w("downloads"))),
        build=build,
    )
