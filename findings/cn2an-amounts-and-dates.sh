#!/bin/sh
# cn2an 0.5.24 drops the fen of an amount in 万, and reads the hyphens of an ISO
# date as minus signs.
#
# Expected: cn2an("18651.064104万", "smart") is 186510641.04 (yuan); a text that
# holds 2024-03-10 keeps it, or becomes 二零二四年三月十日.
# Seen (2026-11-28): 186510641, an int, so 0.04 yuan is gone and the type says
# that there never was any; 12.5 stays a float, so the mode does read decimals.
# transform() gives 二千零二十四负三负十 ("2024 minus 3 minus 10"), though its README names dates among
# what the function handles. No message.
#
# So: numerals are read by exact decimal arithmetic of our own, and a converter
# of running text is not let near dates, addresses or section numbers.
set -eu
export PYTHONUTF8=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
python3 -m venv venv
venv/bin/python -m pip install -q --disable-pip-version-check --no-deps \
    cn2an==0.5.24 proces==0.1.7
cat > try.py <<'PYTHON'
import cn2an

for text in ("12.5", "2059.2090万", "18651.064104万"):
    print(text, repr(cn2an.cn2an(text, "smart")))
print(cn2an.transform("公布于2024-03-10，新收217件", "an2cn"))
PYTHON
venv/bin/python try.py > found
cat > expected <<'TEXT'
12.5 12.5
2059.2090万 20592090
18651.064104万 186510641
公布于二千零二十四负三负十，新收二百一十七件
TEXT
if cmp -s expected found; then
    echo "as found"
else
    echo "changed: expected (-) and found (+)"
    diff -u expected found || true
    exit 1
fi
