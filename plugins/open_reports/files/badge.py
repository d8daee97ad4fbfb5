"""A report's badge: an SVG that says how its checks came out, to be shown elsewhere without asking anyone."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from open_reports.checks import wording
from open_reports.files.route import REPORT, Choice, Route
from open_reports.text import Words

if TYPE_CHECKING:
    from open_reports.checks.counting import Counts
    from open_reports.files.folder import ReportFolder

BADGES = {"zh": "badge", "en": "badge.en"}
"""What the badge in each language is called."""
# Estimated, for no font can be measured when the site is built, and an SVG in an `img` element can run no script that would.
_WIDE, _NARROW, _PAD = 12.0, 6.6, 8.0


def _width(text: str) -> float:
    """Width in pixels at 11 px type: Chinese characters are about as wide as high, Latin ones half of that."""
    return sum(_NARROW if char.isascii() else _WIDE for char in text) + 2 * _PAD


def badge(counts: Counts, w: Words) -> bytes:
    """SVG of a report's badge: how many checks agree, do not, and cannot be tested; facts, no score.

    Amber where something does not agree, grey where nothing could be tested.
    """
    label, text = w("badge"), wording.badge(counts, w)
    left, right = _width(label), _width(text)
    # White on each of the three has a contrast of 5.9 or more (WCAG 2 asks for 4.5). None is red: that a sum does not add up
    # does not say whose fault it is.
    fill = "#8a5a00" if counts.differ else "#1b6e3c" if counts.agree else "#5c5c66"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right:.0f}" height="20" role="img" aria-label="{escape(label)}：{escape(text)}">'
        f"<title>{escape(label)}：{escape(text)}</title>"
        f'<rect width="{left:.0f}" height="20" fill="#3d3d45"/><rect x="{left:.0f}" width="{right:.0f}" height="20" fill="{fill}"/>'
        '<g fill="#fff" text-anchor="middle" font-family="system-ui,\'PingFang SC\',\'Microsoft YaHei\',\'Noto Sans CJK SC\',sans-serif" font-size="11">'
        f'<text x="{left / 2:.1f}" y="14">{escape(label)}</text><text x="{left + right / 2:.1f}" y="14">{escape(text)}</text></g></svg>\n'
    ).encode()


def _badges(folder: ReportFolder) -> dict[str, bytes]:
    return {name: badge(folder.counts, Words(language)) for language, name in BADGES.items()}


ROUTES: tuple[Route[ReportFolder], ...] = (
    Route("badge", f"{REPORT}{{badge}}.svg", "image/svg+xml", _badges, choice=Choice(name="badge", values=lambda: tuple(BADGES.values()))),
)
