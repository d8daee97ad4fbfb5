#!/bin/sh
# readability-lxml 0.8.4.1 drops a whole table of figures because the box around
# it is called table-scroll, the usual name for what lets a wide table be moved
# on a phone.
#
# Expected: the class of a box says nothing about whether its figures belong to
# the text; a table of 20 labelled figures below three paragraphs is kept.
# Seen (2026-11-28): with the class "wide" or "table" 20 of 20 figures are kept,
# with "table-scroll", "media" or "figures-tags" none, and the three paragraphs
# stand there as if they were the whole page. No message.
#
# So: a box of figures has a name without scroll, media or tags in it, and each
# page is held to keep every figure under such a program.
set -eu
export PYTHONUTF8=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
python3 -m venv venv
venv/bin/python -m pip install -q --disable-pip-version-check --no-deps \
    readability-lxml==0.8.4.1 lxml==6.1.3 lxml_html_clean==0.4.6 \
    chardet==7.7.0 cssselect==1.6.0
cat > try.py <<'PYTHON'
import re

from readability import Document

ROWS = "".join(f"<tr><th>第{n}类申请，予以公开和部分公开的件数</th><td>{1000 + n}</td></tr>" for n in range(20))
PROSE = "<p>本报告按照条例编制，统计期限为全年，内容包括总体情况、主动公开、依申请公开和存在的问题，全年新收申请均在期限内答复。</p>"
PAGE = "<!DOCTYPE html><html><head><title>年报</title></head><body><main><h1>年报</h1>{prose}<div class='{name}'><table>{rows}</table></div></main></body></html>"

for name in ("wide", "table", "table-scroll", "media", "figures-tags"):
    page = PAGE.format(name=name, rows=ROWS, prose=PROSE * 3)
    text = Document(page).summary()
    print(name, len(re.findall(r"10\d\d", text)), "of 20 figures,", text.count("本报告"), "of 3 paragraphs")
PYTHON
venv/bin/python try.py > found
cat > expected <<'TEXT'
wide 20 of 20 figures, 3 of 3 paragraphs
table 20 of 20 figures, 3 of 3 paragraphs
table-scroll 0 of 20 figures, 3 of 3 paragraphs
media 0 of 20 figures, 3 of 3 paragraphs
figures-tags 0 of 20 figures, 3 of 3 paragraphs
TEXT
if cmp -s expected found; then
    echo "as found"
else
    echo "changed: expected (-) and found (+)"
    diff -u expected found || true
    exit 1
fi
