"""Sameness: whether two files say the same, though not in the same bytes.

Another version of this program may add keys and columns, another zlib or SQLite packs the same content otherwise. What both
files have must be equal, value by value; numbers are compared exactly.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3  # noqa: TID251 (reads what some other SQLite wrote; database.py makes ours)
import zipfile
from decimal import Decimal
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, NamedTuple

from open_reports.copies import ARCHIVE_FAULTS, message
from open_reports.document import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from open_reports.text import Text

PACKED = (".zip", ".xlsx", ".sqlite", ".parquet")
"""Files written through a library whose version may change their bytes."""
_ENGINE = re.compile(rb"DuckDB version [ -~]+")
_SHOWN = 80


class Difference(NamedTuple):
    """The first place at which two files differ, with what stands there in each."""

    place: Text
    expected: str
    found: str


class Unknown(NamedTuple):
    """Nobody here can say whether two files say the same."""


class Rewritten:
    """Sizes and hashes of files that were packed otherwise: a list of files states them, so they may differ there, too."""

    def __init__(self) -> None:
        self._pairs: set[tuple[object, object]] = set()

    def add(self, expected: tuple[int, str], found: tuple[int, str]) -> None:
        """Note the size and the hash (`sha256:<hex>`) of a file as made again, and as found."""
        bare = [(size, digest.removeprefix("sha256:")) for size, digest in (expected, found)]
        self._pairs |= {(expected[0], found[0]), (expected[1], found[1]), (bare[0][1], bare[1][1])}

    def __contains__(self, pair: tuple[object, object]) -> bool:
        return pair in self._pairs

    def __bool__(self) -> bool:
        return bool(self._pairs)


def difference(path: str, made: bytes, found: bytes, rewritten: Rewritten, *, whole: bool = False) -> Difference | Unknown | None:
    """Compare a file as made again with the same file as found; None where they say the same.

    JSON is compared key by key and CSV column by column, as far as both have them, or, if `whole`, with nothing more and
    nothing less; archives and workbooks member by member, databases row by row.
    """
    if path.endswith((".json", ".jsonld")):
        return _json(path, made, found, rewritten, whole=whole)
    if path.endswith(".csv"):
        return next(_cells(made, found, whole=whole), None)
    comparing = next((each for suffixes, each in _COMPARING if path.endswith(suffixes)), None)
    return comparing(path, made, found) if comparing else Unknown()


def _json(path: str, made: bytes, found: bytes, rewritten: Rewritten, *, whole: bool) -> Difference | None:
    try:
        # Floats would call two different amounts equal.
        expected, stated = (json.loads(data, parse_float=Decimal) for data in (made, found))
    except (ValueError, RecursionError) as error:
        return _first(path, shown(str(error)))
    return next(_values("", expected, stated, rewritten, whole=whole), None)


def _parquet(path: str, made: bytes, found: bytes) -> Difference | Unknown:
    # One engine writes the same rows in the same bytes; of another's, nobody can say without it.
    return _first(path, "≠") if _ENGINE.findall(made) == _ENGINE.findall(found) else Unknown()


def _first(path: str, found: str) -> Difference:
    return Difference(message("place.value", path=path), path, found)


def _values(path: str, made: object, found: object, rewritten: Rewritten, *, whole: bool) -> Iterator[Difference]:
    if isinstance(made, dict) and isinstance(found, dict):
        yield from _mappings(path, made, found, rewritten, whole=whole)
    elif isinstance(made, list) and isinstance(found, list):
        if len(made) != len(found):
            yield Difference(message("place.value", path=f"{path}[]"), str(len(made)), str(len(found)))
        for index, (expected, stated) in enumerate(zip(made, found, strict=False)):
            yield from _values(f"{path}[{index}]", expected, stated, rewritten, whole=whole)
    # Kinds first: in Python True equals 1, and 1 equals Decimal("1.0").
    elif type(made) is not type(found) or (made != found and (made, found) not in rewritten):
        yield Difference(message("place.value", path=path), shown(made, _SHOWN), shown(found, _SHOWN))


def _mappings(path: str, made: dict[str, object], found: dict[str, object], rewritten: Rewritten, *, whole: bool) -> Iterator[Difference]:
    if whole and made.keys() != found.keys():
        lacking, more = ([key for key in one if key not in other] for one, other in ((made, found), (found, made)))
        yield Difference(message("place.value", path=path), shown(lacking, _SHOWN), shown(more, _SHOWN))
    for key, value in made.items():  # in its order, for a set has another one each time, and the first difference is what is told
        if key in found:
            yield from _values(f"{path}.{key}" if path else key, value, found[key], rewritten, whole=whole)


def _cells(made: bytes, found: bytes, *, whole: bool) -> Iterator[Difference]:
    expected, stated = _table(made), _table(found)
    heads = (next(expected, []), next(stated, []))
    both = [name for name in heads[0] if name in heads[1]]
    if not both or (whole and heads[0] != heads[1]):
        yield Difference(message("place.line", row=1, column=""), shown(heads[0], _SHOWN), shown(heads[1], _SHOWN))
        return
    # By name, for another version may have put new columns between these.
    places = [(name, heads[0].index(name), heads[1].index(name)) for name in both]
    for number, (right, row) in enumerate(zip_longest(expected, stated), start=2):
        if right is None or row is None:
            nothing = message("place.nothing").zh
            yield Difference(message("place.line", row=number, column=both[0]), _row(right) or nothing, _row(row) or nothing)
            return
        for name, here, there in places:
            one, other = (cells[at] if at < len(cells) else "" for cells, at in ((right, here), (row, there)))
            if one != other:
                yield Difference(message("place.line", row=number, column=name), shown(one, _SHOWN), shown(other, _SHOWN))


def _row(cells: list[str] | None) -> str:
    return shown(",".join(cells), _SHOWN) if cells else ""


def _table(data: bytes) -> Iterator[list[str]]:
    try:
        # Bytes that are no UTF-8 are a difference to tell of, and no reason to stop.
        yield from csv.reader(io.StringIO(data.decode("utf-8-sig", errors="replace"), newline=""))
    except csv.Error as error:
        yield [str(error)]


def _archive(path: str, made: bytes, found: bytes) -> Difference | None:
    try:
        with zipfile.ZipFile(io.BytesIO(made)) as right, zipfile.ZipFile(io.BytesIO(found)) as stated:
            expected, names = sorted(right.namelist()), sorted(stated.namelist())
            if expected != names:
                return Difference(message("place.value", path=path), shown(expected, 300), shown(names, 300))
            for name in expected:
                sizes = (right.getinfo(name).file_size, stated.getinfo(name).file_size)
                if sizes[0] != sizes[1]:  # asked before anything is unpacked
                    return Difference(message("place.value", path=name), f"{sizes[0]:,}", f"{sizes[1]:,}")
                if right.read(name) != stated.read(name):
                    return _first(name, "≠")
    except ARCHIVE_FAULTS as error:
        return _first(path, shown(str(error)))
    return None


def _database(path: str, made: bytes, found: bytes) -> Difference | None:
    try:
        for expected, stated in zip_longest(_dump(made), _dump(found)):
            if expected != stated:
                return Difference(message("place.value", path=(expected or stated)[0]), shown(expected, 200), shown(stated, 200))
    except (sqlite3.Error, ValueError, OverflowError) as error:
        return _first(path, shown(str(error)))
    return None


def _dump(data: bytes) -> Iterator[tuple[Any, ...]]:
    """Definitions, then rows, of a database: those of its plain tables, for what a full-text index keeps depends on its maker."""
    connection = sqlite3.connect(":memory:")
    try:
        connection.deserialize(data)
        connection.execute("PRAGMA trusted_schema = 0")  # what somebody's schema calls is not run
        yield from connection.execute("SELECT name, type, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name")
        tables = [row[1] for row in connection.execute("PRAGMA table_list") if row[0] == "main" and row[2] == "table"]
        for table in sorted(each for each in tables if not each.startswith("sqlite_")):
            quoted = table.replace('"', '""')
            for row in connection.execute(f'SELECT * FROM "{quoted}"'):  # noqa: S608 (quoted; of a database that lives in memory alone)
                yield table, *row
    finally:
        connection.close()


_COMPARING: tuple[tuple[tuple[str, ...], Callable[[str, bytes, bytes], Difference | Unknown | None]], ...] = (
    ((".zip", ".xlsx"), _archive),
    ((".sqlite",), _database),
    ((".parquet",), _parquet),
)


def first_byte(one: bytes, other: bytes) -> int:
    """Position of the first byte that differs, counted from 1."""
    shorter = min(len(one), len(other))
    return next((at for at in range(shorter) if one[at] != other[at]), shorter) + 1
