#!/bin/sh
# pybtex 0.26.1 adds a backslash to every & _ and % each time a bibliography is
# read and written again; addresses break at the first pass.
#
# Expected: reading a BibTeX file and writing it gives the same entry, and doing
# so twice gives what doing it once gave. bibtexparser 2.1.0 does.
# Seen (2026-11-28): url ?table=3&line=new_total becomes \& and \_ , then \\&
# and \\_ , then \\\&; the note "5\%" (rightly written) becomes 5\\% , in LaTeX
# a line break and a comment that eats the rest of the line. No warning.
#
# So: addresses of our own have none of these characters (words and slashes
# only), and a bibliography is never passed through pybtex to merge or sort it.
set -eu
export PYTHONUTF8=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
python3 -m venv venv
venv/bin/python -m pip install -q --disable-pip-version-check --no-deps \
    bibtexparser==2.1.0 latexcodec==3.0.1 pybtex==0.26.1 pylatexenc==2.11 \
    PyYAML==6.0.4
cat > reports.bib <<'TEXT'
@misc{pingtan,
  title = {年度报告},
  note = {更正 5\% },
  url = {https://example.org/reports/?table=3&line=new_total},
}
TEXT
cat > try.py <<'PYTHON'
import bibtexparser
from pybtex.database import parse_string

text = open("reports.bib").read()
for turn in (1, 2, 3):
    text = parse_string(text, "bibtex").to_string("bibtex")
    fields = parse_string(text, "bibtex").entries["pingtan"].fields
    print("pybtex", turn, fields["url"], fields["note"])
text = open("reports.bib").read()
for turn in (1, 2, 3):
    text = bibtexparser.write_string(bibtexparser.parse_string(text))
    fields = bibtexparser.parse_string(text).entries[0].fields_dict
    print("bibtexparser", turn, fields["url"].value, fields["note"].value.strip())
PYTHON
venv/bin/python try.py > found
cat > expected <<'TEXT'
pybtex 1 https://example.org/reports/?table=3\&line=new\_total 更正 5\\%
pybtex 2 https://example.org/reports/?table=3\\&line=new\\_total 更正 5\\\%
pybtex 3 https://example.org/reports/?table=3\\\&line=new\\\_total 更正 5\\\\%
bibtexparser 1 https://example.org/reports/?table=3&line=new_total 更正 5\%
bibtexparser 2 https://example.org/reports/?table=3&line=new_total 更正 5\%
bibtexparser 3 https://example.org/reports/?table=3&line=new_total 更正 5\%
TEXT
if cmp -s expected found; then
    echo "as found"
else
    echo "changed: expected (-) and found (+)"
    diff -u expected found || true
    exit 1
fi
