"""Whatever file of the corpus a person opens: the same figure or the same kind of nothing, on the real corpus; the same bytes anywhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING

import made_up
import outputs
from open_reports.checks.check import check
from open_reports.files.database import database
from open_reports.files.observations import observations
from open_reports.files.parquet import parquet
from open_reports.files.workbook import workbook
from open_reports.files.workbook.several import corpus, series, told
from open_reports.finding import by_report
from open_reports.form import forms
from open_reports.library import open_library

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from open_reports.finding import Finding
    from open_reports.library import Library


def _differences(truth: outputs.Figures, found: outputs.Figures) -> dict[tuple[str, int, str], tuple[object, object]]:
    return {key: (truth.get(key), found.get(key)) for key in truth.keys() | found.keys() if truth.get(key) != found.get(key)}


def _disagreements(
    library: Library, findings: Sequence[Finding], packages: Path, folder: Path
) -> tuple[outputs.Figures, dict[str, dict[tuple[str, int, str], tuple[object, object]]]]:
    """Figures of the packages, and by file where it says otherwise of a figure."""
    truth = outputs.packages_figures(packages)
    rows, _ = observations(library)
    stored = folder / "observations.parquet"
    stored.write_bytes(parquet(rows))
    of = by_report(findings)
    books = [(report, workbook(report, library.agencies[report.agency], of.get((report.agency, report.year), []))) for report in library]
    names = {agency.name: agency.id for agency in library.agencies.values()}
    found = {
        "observations.csv": outputs.plain_csv_figures(rows),
        "workbooks": {
            (report.agency, report.year, address): outputs.cell_told(cell)
            for report, data in books
            for address, cell in outputs.workbook_cells(data, report)
        },
        "workbooks of agencies": {
            (agency, int(year), address): outputs.cell_told(cell)
            for agency in library.agencies
            for year, address, cell in outputs.series_cells(
                series(told(library.of_agency(agency), library.agencies, of, "year"), title="", says="book_agency_says")
            )
            if outputs.stated(cell)
        },
        "workbooks of years": {
            (names[name], year, address): outputs.cell_told(cell)
            for year in library.years
            for name, address, cell in outputs.series_cells(
                series(told(library.of_year(year), library.agencies, of, "agency"), title="", says="book_year_says")
            )
            if outputs.stated(cell)
        },
        "workbook of all": {
            (agency, year, address): outputs.cell_told(cell)
            for agency, year, address, cell in outputs.corpus_cells(corpus(told(library, library.agencies, of, "agency")))
            if outputs.stated(cell)
        },
        "Parquet": outputs.parquet_figures(stored),
        "SQLite": outputs.database_figures(database(library, findings)),
    }
    return truth, {name: _differences(truth, figures) for name, figures in found.items()}


FILES = (
    *("observations.csv", "workbooks", "workbooks of agencies", "workbooks of years", "workbook of all"),
    *("Parquet", "SQLite"),
)


def test_every_file_says_of_every_figure_what_its_package_says(
    library: Library, findings: tuple[Finding, ...], packages: Path, tmp_path: Path
) -> None:
    truth, disagreements = _disagreements(library, findings, packages, tmp_path)
    assert disagreements == {name: {} for name in FILES}
    assert len(truth) > 4000
    assert {told.status for told in truth.values()} == {"reported", "blank", "line_absent"}


def test_no_file_makes_a_number_of_nothing_or_loses_a_digit(tmp_path: Path) -> None:
    """What the real corpus lacks: cells left blank or marked, in every shape of report, and the longest amounts."""
    packages = tmp_path / "datapackages"
    for year, form_of in enumerate(made_up.hybrids(), start=2017):
        tables = [forms()[form].tables[table] for table, form in form_of.items()]
        absent = [f"{table.id}/{next(iter(table.lines))}" for table in tables]
        made = made_up.package(year=year, form_of=form_of, absent=absent)
        for table in tables:
            for line, column in table.cells:
                if f"{table.id}/{line.id}" in absent:
                    continue
                if column.type.id == "money":
                    made.set(table.id, line.id, column.id, "999999999999999.999990")
                elif len(line.id + column.id) % 4 == 0:
                    made.set(table.id, line.id, column.id, ("", "/", "-")[len(column.id) % 3])
        folder = packages / made.path
        folder.parent.mkdir(parents=True, exist_ok=True)
        made.write(tmp_path / str(year)).rename(folder)
        (folder.parent / made_up.AGENCY).write_bytes(made.agency_yml)
    library = open_library(packages)
    assert library.findings == ()
    assert len(library) == 8
    truth, disagreements = _disagreements(library, check(library), packages, tmp_path)
    assert disagreements == {name: {} for name in FILES}
    kinds = Counter(told.status for told in truth.values())
    assert min(kinds[status] for status in ("reported", "blank", "not_applicable", "line_absent")) > 10
    assert Decimal("999999999999999.999990") in {told.value for told in truth.values()}


def test_each_figure_stands_once(library: Library) -> None:
    listed = outputs.corpus_cells(corpus(told(library, library.agencies, {}, "agency")))
    assert Counter((agency, year, address) for agency, year, address, _ in listed).most_common(1)[0][1] == 1
    for agency in library.agencies:
        cells = outputs.series_cells(
            series(told(library.of_agency(agency), library.agencies, {}, "year"), title="", says="book_agency_says")
        )
        found = Counter((year, address) for year, address, cell in cells if outputs.stated(cell))
        assert set(found.values()) <= {1}


_MAKE = """
import json, sys
from hashlib import sha256
from pathlib import Path
from open_reports.files import index, package
from open_reports.files.observations import observations
from open_reports.files.report import report_json
from open_reports.checks.check import check
from open_reports.checks.check import check
from open_reports.files.codebook import codebook_csv, codebook_json
from open_reports.files.database import database
from open_reports.form import forms
from open_reports.library import open_library
from open_reports.library import open_library
from open_reports.files.parquet import parquet
from open_reports.finding import by_report
from open_reports.files.workbook import workbook
from open_reports.files.workbook.several import corpus, series, told
library = open_library(Path(sys.argv[1]))
findings = check(library)
of = by_report(findings)
made = {
    "parquet": parquet(observations(library)[0]),
    "sqlite": database(library, findings),
    "corpus.xlsx": corpus(told(library, library.agencies, of, "agency")),
    "codebook.csv": codebook_csv(),
    "codebook.json": codebook_json(),
    **{report.name: workbook(report, library.agencies[report.agency], of.get((report.agency, report.year), [])) for report in library},
}
print(json.dumps({name: sha256(data).hexdigest() for name, data in made.items()}))
"""


def test_the_same_bytes_whatever_the_time_zone_the_hash_seed_and_the_folder(corpus: Path, tmp_path: Path) -> None:
    hashes = []
    for seed, zone, language in (("0", "Asia/Shanghai", "C"), ("4711", "America/Los_Angeles", "C.UTF-8")):
        folder = tmp_path / seed
        folder.mkdir()
        told = subprocess.run(
            [sys.executable, "-c", _MAKE, str(corpus)],
            cwd=folder,
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": language, "TMPDIR": str(folder)},
            capture_output=True,
            check=True,
        )
        assert list(folder.iterdir()) == []
        hashes.append(json.loads(told.stdout))
    assert len(hashes[0]) == 25
    assert hashes[0] == hashes[1]
