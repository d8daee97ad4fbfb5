#!/bin/sh
# xlsx2csv 0.8.6 writes the time of a cell on a twelve-hour clock without am or
# pm: midnight becomes noon, a quarter to two in the afternoon becomes night.
#
# Expected: the format of the cells, yyyy-mm-dd h:mm:ss, has no AM/PM, so the
# clock is one of 24 hours: 2025-03-10 00:00:00 and 13:45:00.
# Seen (2026-11-28): 2025-03-10 12:00:00 and 01:44:59 (a second is lost too);
# 09:05 is right, so a sample of mornings looks fine. The Chinese date format
# of Excel's own list, yyyy"年"m"月"d"日", comes out with its quotes in the
# text. Exit code 0. Workbooks by openpyxl have such cells whenever a date was
# given with a time. (An old, closed question in its tracker asks about h; the
# documentation says nothing.)
#
# So: dates of workbooks are taken from the cell's value, not from a converted
# CSV; publish dates as ISO text.
set -eu
export PYTHONUTF8=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
python3 -m venv venv
venv/bin/python -m pip install -q --disable-pip-version-check --no-deps \
    et_xmlfile==2.0.0 openpyxl==3.1.5 xlsx2csv==0.8.6
cat > make.py <<'PYTHON'
import datetime

import openpyxl

book = openpyxl.Workbook()
sheet = book.active
for hour, minute in ((0, 0), (9, 5), (13, 45)):
    sheet.append(["公布时间", datetime.datetime(2025, 3, 10, hour, minute)])
    assert sheet.cell(sheet.max_row, 2).number_format == "yyyy-mm-dd h:mm:ss"
sheet.append(["公布日期", datetime.date(2025, 3, 10)])
sheet.cell(sheet.max_row, 2).number_format = 'yyyy"年"m"月"d"日"'
book.save("reports.xlsx")
PYTHON
venv/bin/python make.py
venv/bin/xlsx2csv reports.xlsx > found
cat > expected <<'TEXT'
公布时间,2025-03-10 12:00:00
公布时间,2025-03-10 09:05:00
公布时间,2025-03-10 01:44:59
公布日期,"2025""年""03""月""10""日"""
TEXT
if cmp -s expected found; then
    echo "as found"
else
    echo "changed: expected (-) and found (+)"
    diff -u expected found || true
    exit 1
fi
