# What people load a CSV with who write no program: sqlite-utils, csvs-to-sqlite, Miller and VisiData keep every cell, and nothing becomes 0.
# pip: sqlite-utils==4.2.1 csvs-to-sqlite==1.3.1 visidata==3.4 pyarrow==26.0.1 pandas==3.1.1
# apt: miller
# As seen: both makers of databases guess REAL for `value`, which holds the corpus's amounts to the cent; empty cells of numbers are NULL.
bin=$(dirname "$PYTHON")
file=site/data/observations.csv
HOME=$(pwd)
export HOME
"$bin/sqlite-utils" insert utils.db observations "$file" --csv >log 2>&1
"$bin/csvs-to-sqlite" "$file" csvs.db >log 2>&1
mlr --icsv --ocsv cat "$file" >miller.csv
cmp miller.csv "$file"
mlr --icsv --ojson filter '$status != "reported" && is_not_empty($value)' then count "$file" >miller.check
mlr --icsv --onidx filter '$address == "applications/new/total" && $status == "reported" && $consolidated_in == ""' \
  then stats1 -a sum -f value -g year then sort -f year "$file" >miller.sums
for kind in csv json parquet; do
  timeout 300 "$bin/vd" -b "site/data/observations.$kind" -o "vd-$kind.csv" >log 2>&1
done
"$PYTHON" - <<'END'
import csv
import json
import sqlite3
from decimal import Decimal

with open("site/data/observations.csv", encoding="utf-8", newline="") as file:
    rows = list(csv.DictReader(file))
names = ", ".join(f'"{name}"' for name in rows[0])
check = "SELECT count(*) FROM observations WHERE status <> 'reported' AND value IS NOT NULL"
for name in ("utils.db", "csvs.db"):
    database = sqlite3.connect(name)
    assert database.execute(check).fetchone() == (0,), name
    found = database.execute(f"SELECT {names} FROM observations ORDER BY rowid").fetchall()
    assert len(found) == len(rows), name
    for cells, row in zip(found, rows):
        for cell, (column, text) in zip(cells, row.items()):
            number = column in {"year", "form", "value"}
            same = (cell is None or (cell == "" and not number)) if text == "" else Decimal(str(cell)) == Decimal(text) if number else cell == text
            assert same, (name, column, cell, text)
assert json.load(open("miller.check")) == [{"count": 0}]
sums = {}
for row in rows:
    if row["address"] == "applications/new/total" and row["status"] == "reported" and row["consolidated_in"] == "":
        sums[row["year"]] = sums.get(row["year"], 0) + int(row["value"])
assert dict(line.split() for line in open("miller.sums")) == {year: str(total) for year, total in sums.items()}, sums
for kind in ("csv", "json", "parquet"):
    with open(f"vd-{kind}.csv", encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    assert len(found) == len(rows), kind
    for cells, row in zip(found, rows):
        for column, text in row.items():
            same = Decimal(cells[column]) == Decimal(text) if column == "value" and text else cells[column] == text
            assert same, (kind, column, cells[column], text)
print(len(rows), "rows")
END
