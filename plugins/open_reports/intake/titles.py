"""Titles: what a report is called, and so whose it is and of which year; read here alone, wherever in a file the title stands."""

from __future__ import annotations

import re

from open_reports.intake.labels import folded, tidy

_REPORT = re.compile(r"年度报告|年报|信息公开(?:工作)?报告|annualreport", re.IGNORECASE)
_YEAR = re.compile("(?<!\\d)[2\uff12][0\uff10]\\d\\d(?!\\d)")
_LONGEST = 80


def is_report(text: str) -> bool:
    """Whether a text names a report, of whatever year."""
    return _REPORT.search(folded(text)) is not None


def is_title(text: str) -> bool:
    """Whether a text is the title of the report of a year, and no sentence about one."""
    plain = folded(text)
    return len(plain) <= _LONGEST and is_report(plain) and year_of(plain) is not None and "。" not in plain


def year_of(text: str) -> int | None:
    """The first year that a text names."""
    match = _YEAR.search(folded(text))
    return int(match[0]) if match else None


def agency_of(title: str) -> str:
    """Name before the year in a title such as 某某局2024年政府信息公开工作年度报告; "" if none stands there."""
    plain = tidy(title)
    match = _YEAR.search(plain)
    name = plain[: match.start()].strip("关于的（(《") if match else ""
    # 政府信息公开工作年度报告（2024年）: what stands before the year is not a name.
    return "" if is_report(name) else name
