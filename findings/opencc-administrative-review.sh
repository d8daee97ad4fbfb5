#!/bin/sh
# OpenCC 1.4.2 and zhconv 1.4.3 turn 行政复议 (administrative reconsideration,
# the heading of statutory table 4) into a word that the law does not have.
#
# Expected: 行政復議, as in the traditional-script title of the law itself
# (中華人民共和國行政復議法); 复 stands for 復 (again) there.
# Seen (2026-11-28): 行政複議 (複: double, compound) by both, in every target
# tried, while the same tools write 恢復. zhconv also writes 籤發 for 签发
# (to issue; 簽發) and 長徵街道 for 长征街道 (Long March subdistrict; 長征街道),
# where OpenCC is right: two tools, two texts. Going back to simplified script
# restores the text, so a round trip test sees nothing.
#
# So: no automatic traditional-script version of official headings and names;
# terms that are law come from a list checked by a person.
set -eu
export PYTHONUTF8=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
python3 -m venv venv
venv/bin/python -m pip install -q --disable-pip-version-check --no-deps \
    OpenCC==1.4.2 zhconv==1.4.3
cat > try.py <<'PYTHON'
import opencc
import zhconv

for text in ("行政复议", "复议后起诉", "恢复", "签发", "长征街道"):
    made = [opencc.OpenCC(target).convert(text) for target in ("s2t", "s2tw", "s2hk")]
    made += [zhconv.convert(text, "zh-hant")]
    back = {opencc.OpenCC("t2s").convert(one) for one in made}
    print(text, *made, back == {text})
PYTHON
venv/bin/python try.py > found
cat > expected <<'TEXT'
行政复议 行政複議 行政複議 行政複議 行政複議 True
复议后起诉 複議後起訴 複議後起訴 複議後起訴 複議後起訴 True
恢复 恢復 恢復 恢復 恢復 True
签发 簽發 簽發 簽發 籤發 True
长征街道 長征街道 長征街道 長征街道 長徵街道 True
TEXT
if cmp -s expected found; then
    echo "as found"
else
    echo "changed: expected (-) and found (+)"
    diff -u expected found || true
    exit 1
fi
