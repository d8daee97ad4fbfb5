"""Parquet: the contract's columns, exact decimals, null for nothing, the rows of the plain CSV in their order."""

from __future__ import annotations

import csv
import io
import sys
from decimal import Decimal
from typing import TYPE_CHECKING

import duckdb
import made_up
import pytest
from open_reports.errors import PublishError
from open_reports.files import parquet as module
from open_reports.files.observations import OBSERVATION, observations
from open_reports.files.parquet import NUMBER, VALUE, parquet
from open_reports.library import open_library
from open_reports.text import words

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from open_reports.library import Library


def rows_of(data: bytes, folder: Path) -> tuple[list[str], list[str], list[tuple[Any, ...]]]:
    path = folder / "observations.parquet"
    path.write_bytes(data)
    with duckdb.connect(config={"threads": "1"}) as connection:
        found = connection.execute("SELECT * FROM read_parquet(?)", [str(path)])
        assert found.description is not None
        return [each[0] for each in found.description], [str(each[1]) for each in found.description], found.fetchall()


def test_rows_are_those_of_the_plain_csv(library: Library, tmp_path: Path) -> None:
    plain, _ = observations(library)
    columns, types, rows = rows_of(parquet(plain), tmp_path)
    assert tuple(columns) == (*OBSERVATION, NUMBER)
    assert dict(zip(columns, types, strict=True))["value"] == VALUE.replace(" ", "")
    expected = [tuple(cell or None for cell in row) for row in csv.reader(io.StringIO(plain.decode(), newline=""))][1:]
    assert [tuple(None if cell is None else str(cell) for cell in _plain(row[:-1])) for row in rows] == [
        tuple(str(Decimal(cell).normalize()) if at == 7 and cell else cell for at, cell in enumerate(row)) for row in expected
    ]
    assert [row[-1] for row in rows] == [float(row[7]) if row[7] else None for row in expected]


def _plain(row: tuple[Any, ...]) -> list[Any]:
    return [cell.normalize() if isinstance(cell, Decimal) else cell for cell in row]


def test_the_longest_amount_keeps_every_digit(tmp_path: Path) -> None:
    package = made_up.package()
    amount = "999999999999999.999999"
    package.set("disclosure", "fees", "amount", amount)
    package.put_rows("notes", [package.rows("notes")[0], ["disclosure", "fees", "amount", '3,"其中"1', ""]])
    package.write(tmp_path / "datapackages")
    plain, _ = observations(open_library(tmp_path / "datapackages"))
    _, _, rows = rows_of(parquet(plain), tmp_path)
    (found,) = (row for row in rows if row[4:7] == ("disclosure", "fees", "amount"))
    assert found[7] == Decimal(amount)
    assert found[10] == '3,"其中"1'


def test_an_empty_corpus_is_a_file_without_rows(tmp_path: Path) -> None:
    columns, _, rows = rows_of(parquet((",".join(OBSERVATION) + "\n").encode()), tmp_path)
    assert (tuple(columns), rows) == ((*OBSERVATION, NUMBER), [])


def test_without_the_library_the_absence_is_told_in_both_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    assert module.available() is None
    monkeypatch.setitem(sys.modules, "duckdb", None)
    lacks = module.available()
    assert lacks is not None
    assert "duckdb" in words()[lacks].zh
    assert "open-reports[parquet]" in words()[lacks].en
    with pytest.raises(PublishError, match="duckdb"):
        parquet(b"")
