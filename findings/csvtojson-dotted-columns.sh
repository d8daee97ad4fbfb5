#!/bin/sh
# csvtojson 2.0.14 loses columns of a CSV file when one column's name is
# another's with a dot and more: refused beside refused.state_secrets.
#
# Expected: three columns in, three values out, in some shape. That a dot makes
# nested objects is documented (flatKeys switches it off); that a total and its
# parts cannot stand side by side is not.
# Seen (2026-11-28): with the total first, the total 9 is replaced by the object
# of its parts; with the total last, both parts are replaced by the total. Which
# figures are lost depends on the order of the columns. No error, nothing on
# standard error, exit code 0.
#
# So: no published CSV has a column whose name is a dotted beginning of
# another's; dotted ids stand in cells (column line), never as column names.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
cat > package.json <<'JSON'
{"dependencies": {"csvtojson": "2.0.14", "lodash": "4.18.1"}}
JSON
npm install --silent --ignore-scripts --no-audit --no-fund >&2
cat > first.csv <<'TEXT'
agency,refused,refused.state_secrets,refused.law
pingtan,9,2,7
TEXT
cat > last.csv <<'TEXT'
agency,refused.state_secrets,refused.law,refused
pingtan,2,7,9
TEXT
for file in first last; do
    node_modules/.bin/csvtojson "$file.csv" | tr -d '\n'
    echo
done > found
node_modules/.bin/csvtojson --flatKeys=true first.csv | tr -d '\n' >> found
echo >> found
cat > expected <<'TEXT'
[{"agency":"pingtan","refused":{"state_secrets":"2","law":"7"}}]
[{"agency":"pingtan","refused":"9"}]
[{"agency":"pingtan","refused":"9","refused.state_secrets":"2","refused.law":"7"}]
TEXT

if cmp -s expected found; then
    echo "as found"
else
    echo "changed: expected (-) and found (+)"
    diff -u expected found || true
    exit 1
fi
