#!/bin/sh
# The JSON number 10.0 in JSON-LD is an xsd:integer for PyLD 3.3.0 and
# pyoxigraph 0.5.13, and an xsd:double for rdflib 7.6.0.
#
# Expected: three implementations of JSON-LD 1.1 make the same graph of one
# document. The standard says that a number without a fraction becomes an
# integer, and 10.0 has none, so the first two are right.
# Seen (2026-11-28): as above. A series of amounts 10.5, 10.0, 11.5 is uniform
# in rdflib (and in pyshacl, which is built on it: sh:datatype xsd:double
# conforms) and of mixed types in the other two, where the same shape is broken.
# Language tags differ as well: zh-Hans-CN is kept by rdflib and lowered by the
# others, so that an exact comparison of titles fails.
#
# So: figures in JSON-LD are typed literals written as text; a shape is tried on
# the triples of a second library too, not only on those of the checker's own.
set -eu
export PYTHONUTF8=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
python3 -m venv venv
venv/bin/python -m pip install -q --disable-pip-version-check --no-deps \
    cachetools==8.0.2 frozendict==2.5.1 lxml==6.1.3 PyLD==3.3.0 \
    pyoxigraph==0.5.13 pyparsing==3.3.3 rdflib==7.6.0
cat > try.py <<'PYTHON'
import json

import pyoxigraph
from pyld import jsonld
from rdflib import Graph

document = {
    "@id": "http://example.org/fees",
    "http://example.org/amount": 10.0,
    "http://example.org/title": {"@value": "收费", "@language": "zh-Hans-CN"},
}
text = json.dumps(document)
lines = {
    "pyld": jsonld.to_rdf(document, {"format": "application/n-quads"}),
    "pyoxigraph": pyoxigraph.serialize(
        pyoxigraph.parse(text.encode(), format=pyoxigraph.RdfFormat.JSON_LD),
        format=pyoxigraph.RdfFormat.N_TRIPLES,
    ).decode(),
    "rdflib": Graph().parse(data=text, format="json-ld").serialize(format="nt"),
}
for name, triples in lines.items():
    for line in sorted(filter(None, triples.split("\n"))):
        print(name, line.split(" ", 2)[2].rstrip(" ."))
PYTHON
venv/bin/python try.py > found
cat > expected <<'TEXT'
pyld "10"^^<http://www.w3.org/2001/XMLSchema#integer>
pyld "收费"@zh-hans-cn
pyoxigraph "10"^^<http://www.w3.org/2001/XMLSchema#integer>
pyoxigraph "收费"@zh-hans-cn
rdflib "10.0"^^<http://www.w3.org/2001/XMLSchema#double>
rdflib "收费"@zh-Hans-CN
TEXT
if cmp -s expected found; then
    echo "as found"
else
    echo "changed: expected (-) and found (+)"
    diff -u expected found || true
    exit 1
fi
