"""The corpus, and each agency, as Parquet, for programs that read columns. The only user of `duckdb`, an optional extra.

It is made of the bytes of the CSV beside it, so the two cannot disagree; `value` is an exact decimal, never a float. `number`,
the last column, is the same as a plain one: what reads Parquet in a browser shows decimals without their point.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from open_reports.errors import PublishError
from open_reports.files.observations import OBSERVATION
from open_reports.files.route import AGENCY, Route
from open_reports.files.table_schema import DECIMALS, DIGITS, type_of
from open_reports.text import Words

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from open_reports.files.folder import AgencyFolder, SiteFolder

LIBRARY = "duckdb"
MEDIA = "application/vnd.apache.parquet"
VALUE = f"DECIMAL({DIGITS}, {DECIMALS})"
"""Type of `value`."""
NUMBER = "number"
"""The column after those of the CSV: `value` as a double, exact for counts, and for amounts to fifteen digits."""
_TYPES = {"integer": "SMALLINT", "number": VALUE, "string": "VARCHAR"}
_ROWS = 122_880
"""Rows of a row group; stated, so that a change of the library's default does not change the bytes."""


_COLUMNS = ", ".join(f"'{name}': '{_TYPES[type_of(name)]}'" for name in OBSERVATION)
# Types are given, never guessed: a column that begins with whole numbers, or is empty for long, would be read as something else.
# Snappy, for all that reads Parquet has it; readers in JavaScript have no Zstandard.
_COPY = f"""
COPY (
    SELECT *, CAST(value AS DOUBLE) AS {NUMBER} FROM read_csv(
        $source, columns={{{_COLUMNS}}}, header=true, auto_detect=false, delim=',', quote='"', escape='"', nullstr='', parallel=false
    )
) TO $target (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE {_ROWS})
"""  # noqa: S608 (put together of our own names alone)


def available() -> str | None:
    """None if Parquet can be made here, else the key of the label that says what is missing."""
    return None if find_spec(LIBRARY) else "needs_parquet"


def parquet(observations: bytes) -> bytes:
    """Parquet of the tidy rows given as CSV (`observations`): the same columns and rows in the same order, then `NUMBER`.

    An empty text or number is null. Raises `PublishError` where the extra is not installed.
    """
    if lacks := available():
        raise PublishError(Words("zh")(lacks))
    with TemporaryDirectory() as folder:
        source, target = Path(folder) / "observations.csv", Path(folder) / "observations.parquet"
        source.write_bytes(observations)
        _connection().execute(_COPY, {"source": str(source), "target": str(target)})
        return target.read_bytes()


@cache
def _connection() -> DuckDBPyConnection:
    """The database without a file that makes every Parquet of a process: to open one takes longer than to make an agency's."""
    # Here, not above: an installation without the extra must still be able to import every route.
    import duckdb

    # One thread, so that rows keep their order and the bytes are the same on any machine; nothing is fetched from anywhere, and
    # nothing written beside the files that are asked for.
    return duckdb.connect(
        config={"threads": "1", "autoinstall_known_extensions": "false", "autoload_known_extensions": "false", "temp_directory": ""}
    )


_OF_CORPUS: Route[SiteFolder] = Route(
    "parquet",
    "data/observations.parquet",
    MEDIA,
    lambda folder: parquet(folder["observations_csv"]),
    lacks=available,
    portal=3,
    searched=True,
)
_OF_AGENCY: Route[AgencyFolder] = Route(
    "agency_parquet",
    f"{AGENCY}{{name}}.parquet",
    MEDIA,
    lambda folder: parquet(folder["agency_csv"]),
    lacks=available,
    portal=4,
    searched=True,
)
ROUTES = (_OF_CORPUS, _OF_AGENCY)
