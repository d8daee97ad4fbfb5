# Datasette: a table of names with a search that searches.
# pip: datasette==0.65.5
cp site/data/reports.sqlite .
"$PYTHON" -m datasette reports.sqlite --get '/reports/names.json?_search=行政复议&_shape=objects&_size=max' >found.json
"$PYTHON" -m datasette reports.sqlite --get '/reports/names' >page.html
"$PYTHON" - <<'END'
import json

rows = json.load(open("found.json", encoding="utf-8"))["rows"]
assert rows and all("行政复议" in row["name"] for row in rows), len(rows)
assert 'name="_search"' in open("page.html", encoding="utf-8").read()
END
