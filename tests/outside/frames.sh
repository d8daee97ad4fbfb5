# Dask and csvkit read the observations as they are, each with the word more that the page of the data asks for.
# pip: dask==2026.8.0 pandas==3.1.1 pyarrow==26.0.1 csvkit==2.2.0 agate==1.14.2
# As seen: read_csv without types raises on `printed` and `value`, whose first rows are numbers only; it loses nothing in silence.
# csvkit without -I makes the columns of 0 and 1 of a table false and true.
"$PYTHON" - <<'END'
import csv
from decimal import Decimal

import dask.dataframe as dd
from pandas import isna

with open("site/data/observations.csv", encoding="utf-8", newline="") as file:
    rows = list(csv.DictReader(file))
read = dd.read_csv("site/data/observations.csv", dtype="string").compute()
assert list(read.columns) == list(rows[0])
assert len(read) == len(rows)
for name in read.columns:
    assert list(read[name].fillna("")) == [row[name] for row in rows], name
parquet = dd.read_parquet("site/data/observations.parquet").compute()
assert [None if isna(each) else each for each in parquet["number"]] == [float(row["value"]) if row["value"] else None for row in rows]
values = [None if isna(each) else each for each in parquet["value"]]
assert values == [Decimal(row["value"]) if row["value"] else None for row in rows]
END
"$PYTHON" - <<'END'
import csv
import json
import subprocess
import sys
from pathlib import Path

tool = Path(sys.executable).parent / "csvjson"
for path in sorted(Path("site").resolve().glob("reports/*/*/data/*.csv")):
    told = subprocess.run([tool, "-I", path], check=True, capture_output=True, encoding="utf-8").stdout
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [{key: value or "" for key, value in row.items()} for row in json.loads(told)] == rows, path
END
