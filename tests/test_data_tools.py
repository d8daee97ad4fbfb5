"""Programs that people already have, each held to what it says of a file of the real corpus: the same figures, and nothing lost in silence.

What is too heavy for every run of the tests stands in `tests/outside/`.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import re
import sqlite3
import subprocess
import sys
import zipfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import frictionless
import outputs
import polars as pl
import pytest
import whole
from open_reports.files.catalogue import routes, schema_org
from open_reports.files.observations import OBSERVATION
from open_reports.files.package import archive
from open_reports.files.snippets import codes, slots
from open_reports.files.table_schema import missing
from open_reports.library import open_library
from open_reports.pages.data import documentation
from open_reports.text import Words
from open_reports.verify import verify
from patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from open_reports.finding import Finding
    from open_reports.library import Library

SITE = "https://open-reports.example/nianbao/"


@pytest.fixture(scope="module")
def files(library: Library, findings: tuple[Finding, ...]) -> Mapping[str, bytes]:
    """Every data file of the site of the real corpus."""
    return whole.files(library, findings, SITE)


# -- a report's archive -------------------------------------------------------------------------------------------------


def test_frictionless_opens_each_report_s_archive(library: Library, files: Mapping[str, bytes], tmp_path: Path) -> None:
    """It looks for a descriptor at the archive's root, and without one takes whatever file comes first for all there is."""
    for report in library:
        file = tmp_path / f"{report.name}.zip"
        file.write_bytes(files[f"{report.folder}{report.name}.zip"])
        package = frictionless.Package(str(file))
        tables = [each["path"] for each in report.descriptor["resources"] if each["path"].endswith(".csv")]
        assert [each.path for each in package.resources if each.tabular] == tables
        found = package.validate()
        assert found.valid, found.flatten(["message"])
        assert found.stats["tasks"] == len(package.resources)


def test_the_corpus_is_a_data_package(library: Library, files: Mapping[str, bytes], tmp_path: Path) -> None:
    """Frictionless finds all of it right, in a folder and packed, and reads each value of each row exactly as the CSV has it."""
    for name in ("datapackage.json", "observations.csv", "codebook.csv", "corrections.csv", "open-reports.zip"):
        (tmp_path / name).write_bytes(files[f"data/{name}"])
    for name in ("datapackage.json", "open-reports.zip"):
        package = frictionless.Package(str(tmp_path / name))
        assert package.resource_names == ["observations", "codebook", "corrections"]
        judged = package.validate()
        assert judged.valid, judged.flatten(["message"])
        assert judged.stats["tasks"] == 3
        rows = list(csv.DictReader(io.StringIO(files["data/observations.csv"].decode(), newline="")))
        for found, row in zip(package.get_table_resource("observations").read_rows(), rows, strict=True):
            assert found["value"] == (Decimal(row["value"]) if row["value"] else None)
            assert (str(found["year"]), found["printed"]) == (row["year"], row["printed"] or None)
    with zipfile.ZipFile(tmp_path / "open-reports.zip") as bundle:
        bundle.extractall(tmp_path / "all")
    unpacked = open_library(tmp_path / "all" / "datapackages")
    assert unpacked.findings == ()
    assert [each.name for each in unpacked] == [each.name for each in library]


def test_open_data_editor_shows_every_cell_as_it_is(library: Library, files: Mapping[str, bytes], tmp_path: Path) -> None:
    """It knows no descriptor and lets frictionless guess, by these calls: what it marks as wrong is a decimal after whole numbers.

    `tests/outside/editor.sh` does the same with every file.
    """
    marked = set()
    report = library.reports["pingtan-transport", 2024]
    for path in ("reports/pingtan-police/pingtan-police.csv", *(f"{report.folder}data/{name}.csv" for name in ("overview", "disputes"))):
        file = tmp_path / Path(path).name
        file.write_bytes(files[path])
        with frictionless.system.use_context(trusted=True):
            table = frictionless.resources.TableResource(str(file))
            table.infer()
            cells = table.read_cells()
            judged = table.validate(limit_errors=1000)
        rows = list(csv.reader(io.StringIO(files[path].decode("utf-8-sig"), newline="")))
        assert [[str(cell or "") for cell in row] for row in cells] == rows, path
        for error in judged.tasks[0].errors:
            assert error.type == "type-error", error.message
            assert re.search(r'in the cell "\d+\.\d+"', error.message), error.message
            marked.add(path)
    assert marked == {"reports/pingtan-police/pingtan-police.csv", "reports/pingtan-transport/2024/data/overview.csv"}
    assert all("Open Data Editor" in documentation(language) for language in ("zh", "en"))


def test_an_archive_of_before_can_still_be_verified(library: Library, files: Mapping[str, bytes], tmp_path: Path) -> None:
    """Readers keep archives that have a folder around the package."""
    report = library.reports["pingtan", 2024]
    with zipfile.ZipFile(io.BytesIO(files[f"{report.folder}{report.name}.zip"])) as bundle:
        members = {name: bundle.read(name) for name in bundle.namelist()}
    file = tmp_path / "kept.zip"
    for top in ("", f"{report.name}/"):
        file.write_bytes(archive(members, top))
        assert verify(file).passed, verify(file).text("en")
    file.write_bytes(archive(members, "pingtan-2023/"))
    assert [each.code for each in verify(file).deviations] == ["zip.folder"]


# -- Croissant ----------------------------------------------------------------------------------------------------------

RECORDS = """
import json, sys
import mlcroissant
dataset = mlcroissant.Dataset(sys.argv[1])
for records in dataset.metadata.record_sets:
    for record in dataset.records(records.id):
        print(json.dumps({name: value.decode() if isinstance(value, bytes) else value for name, value in record.items()}, default=str))
"""


def test_croissant_s_own_reader_gives_what_the_csv_says(files: Mapping[str, bytes], tmp_path: Path) -> None:
    """Every record set, record by record: that a description is valid says nothing of what is read by it."""
    described = json.loads(files["data/croissant.json"])
    for each in described["distribution"]:
        name = each["contentUrl"].removeprefix(SITE)
        each["contentUrl"] = Path(name).name
        (tmp_path / Path(name).name).write_bytes(files[name])
    (tmp_path / "croissant.json").write_text(json.dumps(described), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", RECORDS, str(tmp_path / "croissant.json")], capture_output=True, check=False, text=True, timeout=PATIENCE
    )
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    rows = list(csv.DictReader(io.StringIO(files["data/observations.csv"].decode(), newline="")))
    types = {each["name"]: each["dataType"] for each in described["recordSet"][0]["field"]}
    assert len(described["recordSet"]) == 1
    assert len(found) == len(rows)
    for record, row in zip(found, rows, strict=True):
        for name, cell in row.items():
            value = record[f"observations/{name}"]
            assert _read(value, types[name]) == _meant(cell, types[name]), (name, row)


def _meant(cell: str, data_type: str) -> object:
    if not cell:
        return None
    return {"sc:Integer": int, "sc:Float": float}.get(data_type, str)(cell)


def _read(value: object, data_type: str) -> object:
    """A value of a record; nothing is NaN or None, and a whole number of a column with gaps is a float of that value."""
    if value is None or value == "" or value != value:  # noqa: PLR0124 (NaN alone differs from itself)
        return None
    return value if data_type == "sc:Text" else float(str(value))


# -- Datasette ----------------------------------------------------------------------------------------------------------


DETECTED = "SELECT name FROM sqlite_master WHERE rootpage = 0 AND sql LIKE '%VIRTUAL TABLE%USING FTS%content=\"names\"%'"
"""How Datasette 0.65 finds the full-text table of a table; `tests/outside/datasette.sh` runs Datasette itself."""


def test_datasette_finds_the_full_text_table(files: Mapping[str, bytes]) -> None:
    """It looks for a definition of this very spelling; of any other it knows nothing, and ignores a search in silence."""
    with contextlib.closing(outputs.opened(files["data/reports.sqlite"])) as connection:
        ((index,),) = connection.execute(DETECTED).fetchall()
        asked = f"SELECT name FROM names WHERE number IN (SELECT rowid FROM {index} WHERE {index} MATCH '行政复议')"  # noqa: S608 (our own name)
        found = [name for (name,) in connection.execute(asked)]
    assert found
    assert all("行政复议" in name for name in found)


# -- Parquet ------------------------------------------------------------------------------------------------------------


def parquets(files: Mapping[str, bytes]) -> dict[str, str]:
    """The CSV of the same rows by the path of each Parquet file."""
    return {path: path.replace(".parquet", ".csv") for path in files if path.endswith(".parquet")}


def test_every_agency_has_its_rows_as_parquet(library: Library, files: Mapping[str, bytes]) -> None:
    of_agencies = {f"reports/{agency}/{agency}.parquet" for agency in library.agencies}
    assert set(parquets(files)) == {"data/observations.parquet", *of_agencies}


def test_polars_reads_each_parquet_file_in_one_line(files: Mapping[str, bytes]) -> None:
    for path, source in parquets(files).items():
        found = pl.read_parquet(io.BytesIO(files[path]))
        text = pl.read_csv(files[source], infer_schema=False)
        assert found.columns == [*text.columns, "number"]
        assert found["value"].dtype == pl.Decimal(38, 6)
        assert found["number"].dtype == pl.Float64
        cells = text["value"].to_list()
        assert found["value"].to_list() == [Decimal(cell) if cell else None for cell in cells], path
        assert found["number"].to_list() == [float(cell) if cell else None for cell in cells], path
        assert found["printed"].to_list() == [cell or None for cell in text["printed"].to_list()], path


def test_the_hints_for_polars_work(library: Library, files: Mapping[str, bytes]) -> None:
    """Beside the download stand two ways to read: the CSV as text, and the workbook with openpyxl."""
    report = library.reports["pingtan", 2019]
    file = io.BytesIO(files[f"{report.folder}{report.name}.xlsx"])
    sheet = pl.read_excel(file, sheet_name="二、主动公开政府信息情况", engine="openpyxl", has_header=False)
    cells = {cell for column in sheet.get_columns() for cell in column.to_list()}
    assert {"2648", "75394432.52"} <= cells
    for language in ("zh", "en"):
        said = documentation(language)
        assert 'read_excel(…, engine="openpyxl", has_header=False)' in said
        assert "read_csv(…, infer_schema=False)" in said


def test_parquet_is_packed_so_that_readers_in_javascript_can_open_it(files: Mapping[str, bytes], tmp_path: Path) -> None:
    for path in parquets(files):
        file = tmp_path / "a.parquet"
        file.write_bytes(files[path])
        with duckdb.connect(config={"threads": "1"}) as connection:
            told = connection.execute("SELECT DISTINCT compression FROM parquet_metadata(?)", [str(file)]).fetchall()
        assert told == [("SNAPPY",)], path


# -- databases ----------------------------------------------------------------------------------------------------------


def check_query(language: str) -> str:
    """The one query for every database, as the page of the data prints it."""
    (found,) = re.findall(r"`(SELECT count\(\*\) FROM observations WHERE status [^`]*)`", documentation(language))
    return str(found)


def test_the_check_query_finds_nothing_in_what_is_published(files: Mapping[str, bytes], tmp_path: Path) -> None:
    asked = check_query("zh")
    assert check_query("en") == asked
    with contextlib.closing(outputs.opened(files["data/reports.sqlite"])) as connection:
        assert connection.execute(asked).fetchall() == [(0,)]
    for name in ("observations.csv", "observations.parquet"):
        (tmp_path / name).write_bytes(files[f"data/{name}"])
        with duckdb.connect(config={"threads": "1"}) as connection:
            connection.execute(f"CREATE VIEW observations AS SELECT * FROM '{tmp_path / name}'")  # noqa: S608 (our own file)
            assert connection.execute(asked).fetchall() == [(0,)], name


def test_the_check_query_finds_every_value_that_was_made_of_nothing(files: Mapping[str, bytes]) -> None:
    """As careless loads leave a table: 0 for each empty cell."""
    rows = list(csv.DictReader(io.StringIO(files["data/observations.csv"].decode(), newline="")))
    lacking = sum(row["status"] != "reported" for row in rows)
    assert lacking > 0
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE observations (status TEXT, value NUMERIC)")
        connection.executemany("INSERT INTO observations VALUES (?, ?)", [(row["status"], row["value"] or 0) for row in rows])
        assert connection.execute(check_query("zh")).fetchall() == [(lacking,)]


@pytest.mark.posix
@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_the_shell_of_sqlite_makes_of_empty_cells_is_found_and_mended(
    files: Mapping[str, bytes], language: str, tmp_path: Path
) -> None:
    """`.import` keeps them as empty text, which an average takes for 0; the page of the data says how to mend it."""
    (tmp_path / "observations.csv").write_bytes(files["data/observations.csv"])
    asked = check_query(language)
    (mended,) = re.findall(r"`(UPDATE observations [^`]*)`", documentation(language))
    figure = "SELECT count(value), round(avg(value), 6) FROM observations"
    commands = [".import --csv observations.csv observations", asked, figure, mended, asked, figure]
    told = subprocess.run(["sqlite3", "a.db", *commands], cwd=tmp_path, check=True, capture_output=True, text=True, timeout=PATIENCE).stdout
    rows = list(csv.DictReader(io.StringIO(files["data/observations.csv"].decode(), newline="")))
    values = [Decimal(row["value"]) for row in rows if row["value"]]
    found, careless, left, careful = told.split()
    assert (found, left) == (str(len(rows) - len(values)), "0")
    assert careless == f"{len(rows)}|{sum(values) / len(rows):.6f}"
    assert careful == f"{len(values)}|{sum(values) / len(values):.6f}"


def test_recipes_for_databases_have_every_column_and_the_check() -> None:
    values = slots(SITE, agency="pingtan")
    recipes = {each.id: text for each, text in codes("corpus", "en", values) if each.id in {"mariadb", "postgresql", "clickhouse", "readr"}}
    for name in ("mariadb", "postgresql", "clickhouse"):
        assert all(any(quoted in recipes[name] for quoted in (f"`{each}`", f"@{each}", f'"{each}"')) for each in OBSERVATION)
        assert recipes[name].count(missing()) == 2, "once as a constraint, once to be asked"
    assert "`value` = NULLIF(@value, '')" in recipes["mariadb"]
    assert "`value` Nullable(Decimal(38, 6))" in recipes["clickhouse"]
    assert '"value" numeric(38, 6)' in recipes["postgresql"]
    assert re.findall(r'(\w+) = "i"', recipes["readr"]) == ["year"]


def test_duckdb_reads_the_catalogue(files: Mapping[str, bytes], tmp_path: Path) -> None:
    """It knows no two keys that differ in case alone, such as `dataset` and `Dataset`."""
    file = tmp_path / "catalog.json"
    file.write_bytes(files["data/catalog.jsonld"])
    with duckdb.connect(config={"threads": "1"}) as connection:
        asked = connection.execute("SELECT len(dataset) FROM read_json(?, maximum_object_size = 100000000)", [str(file)])
        assert asked.fetchall() == [(len(json.loads(files["data/catalog.jsonld"])["dataset"]),)]


# -- search engines for data ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_description_is_long_enough_for_google_dataset_search(library: Library, language: str) -> None:
    """It asks for 50 to 5,000 characters, also of the agency with the shortest name and of that with the longest."""
    w = Words(language)
    known = routes.routes()
    some = next(iter(library.agencies.values()))
    agencies = [*library.agencies.values(), replace(some, name="市", name_en="A"), replace(some, name="局" * 200, name_en="A" * 400)]
    reports = [(report, library.agencies[report.agency]) for report in library]
    told = [
        schema_org.of_corpus(library, known, w, SITE),
        *(schema_org.of_agency(library, agency, known, w, SITE) for agency in agencies),
        *(schema_org.of_report(report, agency, known, w, SITE) for report, agency in reports),
        *(schema_org.of_report(reports[0][0], agency, known, w, SITE) for agency in agencies),
    ]
    lengths = [len(each["description"]) for each in told]
    assert min(lengths) >= 50
    assert max(lengths) <= 5000


def test_every_description_of_the_catalogue_is_long_enough_too(files: Mapping[str, bytes]) -> None:
    for name in ("data/catalog.jsonld", "data/croissant.json"):
        found = list(_datasets(json.loads(files[name])))
        assert found
        for each in found:
            for text in each["description"].values():
                assert 50 <= len(text) <= 5000, (name, text)


def _datasets(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "Dataset" in str(value.get("@type")) or "distribution" in value:
            yield value
        for key, each in value.items():
            if key != "@context":
                yield from _datasets(each)
    elif isinstance(value, list):
        for each in value:
            yield from _datasets(each)
