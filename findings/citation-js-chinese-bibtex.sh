#!/bin/sh
# @citation-js/plugin-bibtex 0.8.2 (and 0.9.0, which asks for Node 22) writes
# BibTeX without the Chinese text: title, publisher and names come out empty,
# or as what digits were in them.
#
# Expected: the CSL-JSON of a report gives an entry with its title; the same
# data give whole RIS and whole text citations with the plugins beside it.
# Seen (2026-11-28): title = {2024} for 平潭综合实验区2024年度报告, an empty
# institution, a person's name as a comma, the key undefined20252024; only an author
# given as a literal name is kept. No warning. Documented in one line of a
# table: format.asciiOnly, true unless set, escapes or removes what is not ASCII
# (issue 177 of citation-js, open). Whoever tries it with é sees it escaped and
# believes that nothing is removed.
#
# So: BibTeX is offered ready made, in UTF-8, beside the CSL-JSON, so that
# nobody has to convert it; who converts sets asciiOnly to false and looks.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
cat > package.json <<'JSON'
{
  "type": "module",
  "dependencies": {
    "@citation-js/core": "0.8.2",
    "@citation-js/date": "0.5.1",
    "@citation-js/name": "0.4.2",
    "@citation-js/plugin-bibtex": "0.8.2",
    "moo": "0.5.3",
    "node-fetch": "3.3.2",
    "sync-fetch": "0.6.0"
  }
}
JSON
npm install --silent --ignore-scripts --no-audit --no-fund >&2
cat > try.js <<'JAVASCRIPT'
import { Cite, plugins } from '@citation-js/core'
import '@citation-js/plugin-bibtex'

const report = {
  id: 'pingtan-2024',
  type: 'report',
  title: '平潭综合实验区2024年度报告',
  author: [{ literal: '平潭综合实验区管理委员会' }, { family: '张', given: '三' }],
  publisher: '平潭综合实验区管理委员会',
  issued: { 'date-parts': [[2025]] }
}
for (const asciiOnly of [true, false]) {
  if (!asciiOnly) plugins.config.get('@bibtex').format.asciiOnly = false
  console.log(new Cite(report).format('bibtex').trim())
}
JAVASCRIPT
node try.js > found
cat > expected <<'TEXT'
@techreport{undefined20252024,
	author = {{平潭综合实验区管理委员会} and , },
	year = {2025},
	institution = {},
	title = {2024},
}
@techreport{undefined20252024,
	author = {{平潭综合实验区管理委员会} and 张, 三},
	year = {2025},
	institution = {平潭综合实验区管理委员会},
	title = {平潭综合实验区2024年度报告},
}
TEXT

if cmp -s expected found; then
    echo "as found"
else
    echo "changed: expected (-) and found (+)"
    diff -u expected found || true
    exit 1
fi
