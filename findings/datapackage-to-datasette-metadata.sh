#!/bin/sh
# datapackage-to-datasette 0.5.0 writes metadata that Datasette 0.65.5 never
# shows: title, description and licence of the package are gone on the site.
#
# Expected: the two commands of its README, the import and then
# "datasette reports.db -m metadata.json", give pages with the package's title
# and licence and the table's description.
# Seen (2026-11-28): metadata.json files everything under "reports.db", while
# Datasette calls the database "reports", after the file without its ending.
# Both accept this without a word, exit code 0, and the pages are bare. Renaming
# that one key brings all of it back. With a path (out/reports.db) the key is
# the path.
#
# So: licence and source of published data stand in the data or beside it, not
# only in a tool's metadata; what a generated site shows is looked at by a test.
set -eu
export PYTHONUTF8=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
python3 -m venv venv
venv/bin/python -m pip install -q --disable-pip-version-check --no-deps \
    aiofiles==25.1.0 annotated-doc==0.0.7 annotated-types==0.8.0 \
    anyio==4.16.0 asgi-csrf==0.11 asgiref==3.13.0 attrs==26.1.0 \
    certifi==2026.10.19.post1 chardet==7.7.0 charset-normalizer==3.5.3 \
    click==8.5.1 click-default-group==1.2.4 datapackage-to-datasette==0.5.0 \
    datasette==0.65.5 deepmerge==2.1.0 flexcache==0.3 flexparser==0.4 \
    frictionless==5.21.0 h11==0.16.0 httpcore==1.0.9 httpx==0.28.1 \
    humanize==4.17.0 hupper==1.12.1 idna==3.20 isodate==0.7.2 \
    itsdangerous==2.2.0 janus==2.0.0 Jinja2==3.1.6 jsonschema==4.26.0 \
    jsonschema-specifications==2025.9.1 markdown-it-py==4.3.0 marko==2.2.4 \
    MarkupSafe==3.0.4 mdurl==0.1.2 mergedeep==1.3.4 petl==1.7.30 \
    platformdirs==4.14.8 pluggy==1.7.0 pydantic==2.14.4 \
    pydantic_core==2.50.5 Pygments==2.21.0 python-dateutil==4.0.0 \
    python-multipart==0.0.34 python-slugify==9.2.0 PyYAML==6.0.4 \
    referencing==0.37.0 requests==2.34.2 rfc3986==2.0.0 rich==15.0.0 \
    rpds-py==2026.9.1 shellingham==1.5.4 simpleeval==1.0.8 six==1.17.0 \
    SQLAlchemy==2.1.9 tabulate==0.10.0 text-unidecode==1.3 typer==0.29.2 \
    typing_extensions==4.16.0 typing-inspection==0.4.5 tzdata==2026.6 \
    urllib3==2.8.0 uvicorn==0.54.0 validators==0.36.0
cat > fees.csv <<'TEXT'
line,amount
fees,10.5
TEXT
cat > datapackage.json <<'TEXT'
{
  "name": "pingtan-2024",
  "title": "年度报告",
  "licenses": [{"name": "CC0-1.0", "path": "https://example.org/cc0"}],
  "resources": [{
    "name": "fees", "path": "fees.csv", "description": "收费金额，万元",
    "schema": {"fields": [
      {"name": "line", "type": "string"}, {"name": "amount", "type": "number"}
    ]}
  }]
}
TEXT
venv/bin/datapackage-to-datasette reports.db datapackage.json metadata.json >&2
sed 's/"reports\.db"/"reports"/' metadata.json > renamed.json
shown() {
    venv/bin/datasette reports.db -m "$1" --get "$2" > page
    if grep -q "$3" page; then echo shown; else echo absent; fi
}
{
    venv/bin/python -c 'import json; print(*json.load(open("metadata.json"))["databases"])'
    for metadata in metadata.json renamed.json; do
        echo "$metadata" \
            "$(shown "$metadata" /reports 年度报告)" \
            "$(shown "$metadata" /reports CC0-1.0)" \
            "$(shown "$metadata" /reports/fees 收费金额)"
    done
} > found
cat > expected <<'TEXT'
reports.db
metadata.json absent absent absent
renamed.json shown shown shown
TEXT
if cmp -s expected found; then
    echo "as found"
else
    echo "changed: expected (-) and found (+)"
    diff -u expected found || true
    exit 1
fi
