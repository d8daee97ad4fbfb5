# ClickHouse: the recipe as printed gives the answer; a plain Decimal column, which takes 0 for what is missing, is refused and found.
# pip: chdb==4.4.0
{ echo 0; cat answer; } >expected
"$PYTHON" snippets/clickhouse >found
diff expected found
"$PYTHON" - <<'END'
import re
from chdb.session import Session

recipe = open("snippets/clickhouse", encoding="utf-8").read()
(columns,) = re.findall(r'columns = "(.*)"', recipe)
(check,) = re.findall(r'SELECT count\(\) FROM observations WHERE (NOT \(.*?\))"', recipe)
careless = re.sub(r"Nullable\((Decimal\(.*?\))\)", r"\1", columns)
assert careless != columns
database = Session()
for source in (f"file('observations.csv', CSVWithNames, '{careless}')", "file('site/data/observations.parquet', Parquet)"):
    names = ", ".join(re.findall(r"`\w+`", columns))
    database.query(f"CREATE OR REPLACE TABLE plain ({careless}) ENGINE = MergeTree ORDER BY agency")
    database.query(f"INSERT INTO plain SELECT {names} FROM {source}")
    assert int(str(database.query(f"SELECT count() FROM plain WHERE {check}"))) > 0, source
    database.query(f"CREATE OR REPLACE TABLE refusing ({careless}, CONSTRAINT missing CHECK {check[5:-1]}) ENGINE = MergeTree ORDER BY agency")
    try:
        database.query(f"INSERT INTO refusing SELECT {names} FROM {source}")
    except Exception as error:
        assert "VIOLATED_CONSTRAINT" in str(error), error
    else:
        raise AssertionError(source)
END
