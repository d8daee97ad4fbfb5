"""The type of each column of the tidy corpus, once, for every description and program that wants types: read off here, never guessed.

A program that guesses finds numbers in a column that is text, a logical column where nearly all is empty, and 0 where nothing is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from open_reports.files.observations import OBSERVATION
from open_reports.form import forms
from open_reports.text import words

if TYPE_CHECKING:
    from collections.abc import Mapping

Type = Literal["string", "integer", "number"]
"""Types of a Table Schema that the corpus needs."""
_TYPES: Mapping[str, Type] = {"year": "integer", "value": "number"}
_FILLED = ("agency", "agency_name", "year", "table", "line", "column", "status")
"""Columns with something in every row."""
KEY = ("agency", "year", "table", "line", "column")
"""Columns that together name one figure."""
DIGITS, DECIMALS = 38, 6
"""Of an exact number: fifteen digits before the point and six after are the most that a figure may have."""


def type_of(column: str) -> Type:
    """Type of a column of the tidy corpus; what is not known to be a number is text."""
    return _TYPES.get(column, "string")


def table_schema() -> dict[str, Any]:
    """Table Schema of `data/observations.csv`."""
    return {
        "fields": [_field(name) for name in OBSERVATION],
        "missingValues": [""],
        "primaryKey": list(KEY),
    }


def _field(name: str) -> dict[str, Any]:
    said = words()[f"field_{name}"]
    constraints: dict[str, Any] = {"required": True} if name in _FILLED else {}
    if name == "status":
        constraints["enum"] = list(forms().common.statuses)
    return {
        "name": name,
        "type": type_of(name),
        "title": said.zh,
        "description": said.en,
        **({"constraints": constraints} if constraints else {}),
    }


def missing() -> str:
    """What holds of every row, in SQL: a value stands only where something is reported."""
    return "status = 'reported' OR value IS NULL"


# -- as databases and programs declare them -------------------------------------------------------------------------------


def mariadb() -> str:
    """Columns of a table of MariaDB or MySQL."""
    types = {"string": "TEXT", "integer": "INT", "number": f"DECIMAL({DIGITS}, {DECIMALS})"}
    return ", ".join(f"`{name}` {types[type_of(name)]}" for name in OBSERVATION)


def mariadb_read() -> str:
    """Where LOAD DATA puts each cell: numbers into variables, for an empty cell would be stored as 0."""
    return ", ".join(f"`{name}`" if type_of(name) == "string" else f"@{name}" for name in OBSERVATION)


def mariadb_set() -> str:
    """What LOAD DATA then makes of the numbers."""
    return ", ".join(f"`{name}` = NULLIF(@{name}, '')" for name in OBSERVATION if type_of(name) != "string")


def postgresql() -> str:
    """Columns of a table of PostgreSQL, whose COPY reads an empty cell as NULL."""
    types = {"string": "text", "integer": "integer", "number": f"numeric({DIGITS}, {DECIMALS})"}
    return ", ".join(f'"{name}" {types[type_of(name)]}' for name in OBSERVATION)


def clickhouse() -> str:
    """Columns of a table of ClickHouse; a plain number there has no null, and would take 0 for it."""
    types = {"string": "String", "integer": "Int32", "number": f"Nullable(Decimal({DIGITS}, {DECIMALS}))"}
    return ", ".join(f"`{name}` {types[type_of(name)]}" for name in OBSERVATION)


def readr() -> str:
    """Columns that R's readr must not guess; a decimal is read as text, for R has none, and the rest is text, too."""
    return ", ".join(f'{name} = "i"' for name in OBSERVATION if type_of(name) == "integer")
