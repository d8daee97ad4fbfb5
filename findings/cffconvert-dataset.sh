#!/bin/sh
# cffconvert 2.0.0 tells schema.org that a dataset is software and an agency a
# person, and ends its RIS records so that rispy 0.10.0 reads none of them.
#
# Expected: CITATION.cff with "type: dataset" and an entity as author becomes
# @type Dataset, Organization; RIS of type DATA that a RIS reader can read.
# Seen (2026-11-28): SoftwareSourceCode, Person; TY - GEN; the record ends in
# "ER" without the "  - " that the format asks for. rispy 0.10.0 then returns an
# empty list, without an error, exit code 0; if a good record follows, the two
# become one, and the title of the good one is lost. The file passes cffconvert
# --validate. (The ending is issue 392 of cffconvert, open since 2024.)
#
# So: schema.org, BibTeX and RIS are written by code of our own from the data
# package; a record is read back with a second tool, and counted, by a test.
set -eu
export PYTHONUTF8=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
python3 -m venv venv
venv/bin/python -m pip install -q --disable-pip-version-check --no-deps \
    attrs==26.1.0 certifi==2026.10.19.post1 cffconvert==2.0.0 \
    charset-normalizer==3.5.3 click==8.5.1 docopt==0.6.2 idna==3.20 \
    jsonschema==3.2.0 pykwalify==1.8.0 pyrsistent==0.20.0 \
    python-dateutil==4.0.0 requests==2.34.2 rispy==0.10.0 \
    ruamel.yaml==0.19.1 setuptools==80.9.0 six==1.17.0 tzdata==2026.6 \
    urllib3==2.8.0
cat > CITATION.cff <<'TEXT'
cff-version: 1.2.0
message: Please cite this dataset.
type: dataset
title: Annual report 2024
authors:
  - name: Pingtan Comprehensive Experimental Area
date-released: 2025-03-10
version: 1.0.0
url: https://example.org/reports/pingtan/2024/
TEXT
printf '%s\n' 'TY  - DATA' 'TI  - Annual report 2023' 'PY  - 2024' 'ER  - ' > good.ris
venv/bin/cffconvert --validate >&2
venv/bin/cffconvert -f ris > cff.ris
{
    venv/bin/cffconvert -f schema.org | grep '@type'
    grep '^TY\|^ER' cff.ris
    cat cff.ris good.ris > both.ris
    venv/bin/python - <<'PYTHON'
import rispy

for name in ("good.ris", "cff.ris", "both.ris"):
    with open(name, encoding="utf-8") as file:
        print(name, [entry["title"] for entry in rispy.load(file)])
PYTHON
} > found
cat > expected <<'TEXT'
  "@type": "SoftwareSourceCode",
      "@type": "Person",
TY  - GEN
ER
good.ris ['Annual report 2023']
cff.ris []
both.ris ['Annual report 2024']
TEXT
if cmp -s expected found; then
    echo "as found"
else
    echo "changed: expected (-) and found (+)"
    diff -u expected found || true
    exit 1
fi
