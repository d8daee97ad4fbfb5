#!/bin/sh
# jionlp 1.5.31 counts 工作日 (working days) as Monday to Friday: no public
# holiday, no working weekend, and it calls the date accurate.
#
# Expected: a library of Chinese that knows 工作日 as a unit counts the days of
# the State Council's calendar. A request received on 2025-01-20 is due 20
# working days later, on 2025-02-21 (Spring Festival off, two weekends worked);
# chinesecalendar 1.11.0 says the same.
# Seen (2026-11-28): jionlp answers 2025-02-17, four days early, "accurate".
# From 2025-03-10 it is one day early (Qingming). Nothing in its answer says
# that holidays were left out, nor does the description of the function.
#
# So: a statutory time limit (20 working days) is reckoned only with a calendar
# of the year in question, and a year without one is said to be unknown, as
# chinesecalendar does by raising an error for years it does not hold.
set -eu
export PYTHONUTF8=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
cd "$work"
python3 -m venv venv
venv/bin/python -m pip install -q --disable-pip-version-check --no-deps \
    certifi==2026.10.19.post1 charset-normalizer==3.5.3 \
    chinesecalendar==1.11.0 idna==3.20 jiojio==1.2.8 jionlp==1.5.31 \
    numpy==2.4.6 PyYAML==6.0.4 requests==2.34.2 urllib3==2.8.0 \
    zipfile36==0.1.3
cat > try.py <<'PYTHON'
import contextlib
import datetime
import sys

with contextlib.redirect_stdout(sys.stderr):  # greets on import
    import jionlp
import chinese_calendar


def due(day, working_days):
    while working_days:
        day += datetime.timedelta(days=1)
        working_days -= chinese_calendar.is_workday(day)
    return day


for day in (datetime.date(2025, 1, 20), datetime.date(2025, 3, 10)):
    base = {"year": day.year, "month": day.month, "day": day.day}
    found = jionlp.parse_time("20个工作日后", time_base=base)
    print(day, "jionlp", found["time"][0][:10], found["definition"])
    print(day, "chinesecalendar", due(day, 20))
PYTHON
venv/bin/python try.py > found
cat > expected <<'TEXT'
2025-01-20 jionlp 2025-02-17 accurate
2025-01-20 chinesecalendar 2025-02-21
2025-03-10 jionlp 2025-04-07 accurate
2025-03-10 chinesecalendar 2025-04-08
TEXT
if cmp -s expected found; then
    echo "as found"
else
    echo "changed: expected (-) and found (+)"
    diff -u expected found || true
    exit 1
fi
