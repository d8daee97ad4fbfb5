#!/bin/sh
# jionlp 1.5.31 reads an amount of money wrongly when digits stand on both sides
# of 万 or 亿, and calls the result accurate.
#
# Expected: parse_money("30万2000元") is 302000. The plain forms "2059.2090万元"
# and the same amount in Chinese numerals are read rightly, so the function
# looks safe.
# Seen (2026-11-28): 332002.00, "definition": "accurate"; 1亿2000万元 becomes
# 220,020,000 and 1万2895元 becomes 22,919. No warning, no error. Texts it does
# not know it refuses with an error, which makes one trust what it accepts.
#
# So: a reader of printed amounts splits off one unit at the very end and
# calculates in exact decimals itself; anything with a unit in the middle is put
# before a person. A general parser is never the only reader of a figure.
set -eu
export PYTHONUTF8=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
python3 -m venv venv
venv/bin/python -m pip install -q --disable-pip-version-check --no-deps \
    certifi==2026.10.19.post1 charset-normalizer==3.5.3 idna==3.20 \
    jiojio==1.2.8 jionlp==1.5.31 numpy==2.4.6 PyYAML==6.0.4 requests==2.34.2 \
    urllib3==2.8.0 zipfile36==0.1.3
cat > try.py <<'PYTHON'
import contextlib
import sys

with contextlib.redirect_stdout(sys.stderr):  # greets on import
    import jionlp
for text in (
    "2059.2090万元",
    "七千三百八十万二千八百九十五元九角",
    "30万2000元",
    "1万2895元",
    "7380万2895元9角",
    "1亿2000万元",
):
    money = jionlp.parse_money(text)
    print(text, money["num"], money["definition"])
PYTHON
venv/bin/python try.py > found
cat > expected <<'TEXT'
2059.2090万元 20592090.00 accurate
七千三百八十万二千八百九十五元九角 73802895.90 accurate
30万2000元 332002.00 accurate
1万2895元 22919.00 accurate
7380万2895元9角 73982895.90 accurate
1亿2000万元 220020000.00 accurate
TEXT
if cmp -s expected found; then
    echo "as found"
else
    echo "changed: expected (-) and found (+)"
    diff -u expected found || true
    exit 1
fi
