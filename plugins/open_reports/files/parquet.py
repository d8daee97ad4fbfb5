"""The corpus as Parquet, for programs that read columns. The only user of `duckdb`, an optional extra.

It is made of the bytes of `data/observations.csv`, so the two cannot disagree; numbers are exact decimals, never floats.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from open_reports.errors import PublishError
from open_reports.files.observations import OBSERVATION
from open_reports.files.route import Route
from open_reports.text import Words

if TYPE_CHECKING:
    from open_reports.files.folder import SiteFolder

LIBRARY = "duckdb"
VALUE = "DECIMAL(38, 6)"
"""Type of `value`: fifteen digits before the point and six after are the most that a figure may have."""
_TYPES = {"year": "SMALLINT", "value": VALUE}
_ROWS = 122_880
"""Rows of a row group; stated, so that a change of the library's default does not change the bytes."""


def available() -> str | None:
    """None if Parquet can be made here, else the key of the label that says what is missing."""
    return None if find_spec(LIBRARY) else "needs_parquet"


def parquet(observations: bytes) -> bytes:
    """Parquet of the tidy corpus given as CSV (`observations`): the same columns and rows in the same order.

    An empty text or number is null. Raises `PublishError` where the extra is not installed.
    """
    if lacks := available():
        raise PublishError(Words("zh")(lacks))
    # Here, not above: an installation without the extra must still be able to import every route.
    import duckdb

    columns = {name: _TYPES.get(name, "VARCHAR") for name in OBSERVATION}
    with TemporaryDirectory() as folder:
        source, target = Path(folder) / "observations.csv", Path(folder) / "observations.parquet"
        source.write_bytes(observations)
        # One thread, so that rows keep their order and the bytes are the same on any machine; nothing is fetched from anywhere.
        config: dict[str, str | bool | int | float | list[str]] = {
            "threads": "1",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "temp_directory": folder,
        }
        with duckdb.connect(config=config) as connection:
            # Types are given, never guessed: a column that begins with whole numbers, or is empty for long, would be read as
            # something else.
            rows = connection.read_csv(
                str(source), header=True, columns=columns, sep=",", quotechar='"', escapechar='"', na_values="", parallel=False
            )
            rows.write_parquet(str(target), compression="zstd", row_group_size=_ROWS)
        return target.read_bytes()


ROUTES: tuple[Route[SiteFolder], ...] = (
    Route(
        "parquet",
        "data/observations.parquet",
        "application/vnd.apache.parquet",
        lambda folder: parquet(folder["observations_csv"]),
        lacks=available,
        portal=3,
        searched=True,
    ),
)
