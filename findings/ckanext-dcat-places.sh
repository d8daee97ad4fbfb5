#!/bin/sh
# ckanext-dcat 2.4.4, with which CKAN harvests DCAT catalogues, makes one place
# of all the places of a dataset: the address of the last and the name of the
# last that has one.
#
# Expected: both places, or the first, or a word that one was left out. DCAT and
# DCAT-AP let a dataset have any number of dct:spatial.
# Seen (2026-11-28): a dataset of Fujian (with a name) and of China (an address
# of the EU's vocabulary, whose names stand there and not here) is about the
# address of China, named 福建省. A dataset of two named provinces is about the
# second alone; which is the second is the order of the file. No warning, and
# the dataset is valid. The documentation shows several dct:spatial as pieces of
# one place (address, geometry and name, one each); that several places are read
# so, too, it does not say.
#
# So: the place that is true of all of a dataset stands last, and has a name in
# the catalogue itself.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
python3 -m venv venv >&2
venv/bin/pip install --quiet --disable-pip-version-check "ckan[requirements]==2.12.0" ckanext-dcat==2.4.4 >&2
cat > catalog.ttl <<'TEXT'
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix country: <http://publications.europa.eu/resource/authority/country/> .
@prefix place: <https://example.org/place/> .

<https://example.org/one> a dcat:Dataset ; dct:title "one" ; dct:spatial place:fujian, country:CHN .
<https://example.org/two> a dcat:Dataset ; dct:title "two" ; dct:spatial place:fujian, place:ningxia .
<https://example.org/three> a dcat:Dataset ; dct:title "three" ; dct:spatial place:ningxia, place:fujian .
country:CHN a dct:Location .
place:fujian a dct:Location ; skos:prefLabel "福建省" .
place:ningxia a dct:Location ; skos:prefLabel "宁夏回族自治区" .
TEXT
cat > read.py <<'PY'
from ckanext.dcat.processors import RDFParser

parser = RDFParser(profiles=["euro_dcat_ap_3"])
parser.parse(open("catalog.ttl", encoding="utf-8").read(), "turtle")
for each in sorted(parser.datasets(), key=lambda each: each["title"]):
    extras = {extra["key"]: extra["value"] for extra in each["extras"]}
    print(each["title"], extras["spatial_uri"].rpartition("/")[2], extras["spatial_text"])
PY
venv/bin/python read.py > found 2> messages || { cat messages >&2; exit 1; }
cat > expected <<'TEXT'
one CHN 福建省
three fujian 福建省
two ningxia 宁夏回族自治区
TEXT

if cmp -s expected found; then
    echo "as found"
else
    echo "changed: expected (-) and found (+)"
    diff -u expected found || true
    exit 1
fi
