"""Successors: where what is gone now stands, and the pages at old addresses that lead there.

An entry `reports/old/: reports/new/` speaks for everything below the old folder, unless a longer entry does; one with `{agency}`
or `{year}` for every agency and year. The address of
a figure is that of its page with `#table/line/column`. English twins follow by themselves.
"""

from __future__ import annotations

import re
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from markupsafe import Markup

from open_reports.document import json_bytes
from open_reports.text import LANGUAGE_TAGS, Words

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from open_reports.history.releases.record import Released

ENGLISH = "en/"
# Closed at both ends and without `..` or a scheme: what is written here becomes links and files of the site.
_ADDRESS = re.compile(
    r"(?!en/|/)(?:[A-Za-z0-9_{][A-Za-z0-9._{}-]*/)*(?:[A-Za-z0-9_{][A-Za-z0-9._{}-]*)?(?:#[^\s/#]+/[^\s/#]+/[^\s/#]+)?", re.ASCII
)
EXAMPLE = "reports/pingtan/: reports/pingtan-city/"


def fault(address: object) -> bool:
    """Whether something is no address below the site: it must be relative, without `..`, Chinese (the twin follows)."""
    # YAML may hold a number, a list or nothing where an address belongs.
    return not isinstance(address, str) or not address or not _ADDRESS.fullmatch(address)


@cache
def _pattern(kind: str) -> re.Pattern[str]:
    """What an entry for a kind of address, `reports/{agency}/{agency}.old`, speaks for: the same agency wherever it is named."""
    names: set[str] = set()

    def group(match: re.Match[str]) -> str:
        known = match[1] in names
        names.add(match[1])
        return f"(?P={match[1]})" if known else f"(?P<{match[1]}>[^/{{}}]+)"

    return re.compile(re.sub(r"\\\{([a-z]+)\\\}", group, re.escape(kind)))


class Dropped(NamedTuple):
    """Why a report or an agency is published no more, since which day, and the page that its readers are led to.

    `back` is the day since which it is published again; empty while it is not.
    """

    date: str
    reason: str
    reason_en: str
    to: str
    back: str = ""

    def to_dict(self) -> dict[str, str]:
        """What somebody wrote, under its own keys."""
        return {key: text for key, text in self._asdict().items() if text}


class Successors(NamedTuple):
    """What stands in the place of what is gone, by address below the site; and what went for a reason that is told.

    `over` is what went and came back, by its address: it leads nowhere any more, and is told for good.
    """

    entries: Mapping[str, str]
    dropped: Mapping[str, Dropped] = MappingProxyType({})
    over: tuple[tuple[str, Dropped], ...] = ()

    def drops(self) -> list[tuple[str, Dropped]]:
        """Everything that ever went for a reason, with its address, an earlier one of an address before a later one."""
        return [*self.over, *self.dropped.items()]

    def of(self, address: str) -> str | None:
        """Return the address that now stands for one, through all its successors; None if none does or they go round."""
        trail = self._trail(address)
        return trail[-1].address if trail else None

    def drop(self, address: str) -> str | None:
        """Address of the entry by which one was dropped, there or where it had moved to; None for what was not."""
        return next((step.drop for step in self._trail(address) if step.drop), None)

    def _trail(self, address: str) -> list[_Step]:
        # Followed to the end: pages move more than once, and a reader should be led on once.
        trail: list[_Step] = []
        while (step := self._next(trail[-1].address if trail else address)) is not None:
            trail.append(step)
            # More steps than entries: some entry was taken twice.
            if len(trail) > len(self.entries) + len(self.dropped):
                return []
        return trail

    def _next(self, address: str) -> _Step | None:
        if address.startswith(ENGLISH):
            found = self._next(address.removeprefix(ENGLISH))
            # Data files stand once, for both languages; pages have twins.
            return found if found is None or not is_page(found.address) else found._replace(address=ENGLISH + found.address)
        if address in self.entries:
            return _Step(self.entries[address])
        for old, new in self.entries.items():
            if "{" in old and (match := _pattern(old).fullmatch(address)):
                return _Step(new.format(**match.groupdict()))
        # The figure goes along with its page, so that a report that moves needs one entry and not one for each of its cells.
        page, mark, figure = address.partition("#")
        if mark and page in self.entries:
            return _Step(self.entries[page] + ("" if "#" in self.entries[page] else mark + figure))
        return self._by_folder(address, page)

    def _by_folder(self, address: str, page: str) -> _Step | None:
        parts = page.split("/")
        # From the longest folder down, so that a special entry goes before that of the folder around it.
        for count in range(len(parts) - 1, 0, -1):
            folder = "/".join(parts[:count]) + "/"
            if folder in self.entries and folder != page:
                new = self.entries[folder]
                return _Step(new + address.removeprefix(folder) if new.endswith("/") else new)
            if folder in self.dropped:
                return _Step(self.dropped[folder].to, folder)
        return None

    def rings(self) -> list[str]:
        """Addresses whose successors go round in a ring."""
        return [old for old in (*self.entries, *self.dropped) if self.of(old) is None]


class _Step(NamedTuple):
    """Where an address leads next, and the entry of `dropped` that says so; none for a successor."""

    address: str
    drop: str = ""


def is_page(address: str) -> bool:
    """Whether an address is a page's, not a data file's."""
    path = address.partition("#")[0]
    return path == "" or path.endswith(("/", ".html"))


_KINDS = (
    ("figure", re.compile(r"[^#]*#.+")),
    ("report", re.compile(r"reports/[^/]+/(?:[0-9]{4}|\{year\})/", re.ASCII)),
    ("agency", re.compile(r"reports/[^/]+/")),
    ("page", re.compile(r"|.*(?:/|\.html)")),
    # Made for people with a spreadsheet and read by no program, so that one may give way to the other.
    ("workbook", re.compile(r".*\.(?:excel\.csv|xlsx|ods)")),
)


def kind(address: str) -> str:
    """What stands at an address, by its look: `figure`, `report`, `agency`, `page`, `workbook`, or the format of any other file, `csv`."""
    plain = address.removeprefix(ENGLISH)
    return next((name for name, look in _KINDS if look.fullmatch(plain)), plain.rpartition("/")[2].rpartition(".")[2])


def stands_for(new: str, old: str) -> bool:
    """Whether what stands at an address can be taken for what stood at another: a program that reads CSV cannot read a page."""
    # A line that a corrected report has no more leaves its reader at that report, where the correction is told.
    return kind(new) == kind(old) or (kind(old), kind(new)) == ("figure", "report")


def former(released: Released, agency: str, year: int) -> dict[str, str]:
    """Addresses that a report's page had, each with the address below the site that now stands for it.

    For the page to carry them as anchors, so that an old link to a figure still finds its place.
    """
    # Browsers never send what stands behind `#`, so no redirect can know it: only the page itself can answer for it.
    start = f"reports/{agency}/{year}/#"
    olds = [old for old in released.successors.entries if old.startswith(start)]
    return {old.removeprefix(start): new for old in olds if (new := released.successors.of(old)) is not None}


def moved(released: Released, present: Collection[str]) -> dict[str, str]:
    """Folders of agencies and reports that were released under another id, each with the present folder that stands for it.

    For their data files to stand at the old addresses, too: a program that asks for JSON must not be given a page.
    """
    olds = {f"reports/{agency}/{year}/" for agency, year in released.reports} | {f"reports/{agency}/" for agency, _ in released.reports}
    # What was dropped has moved nowhere: files of another report must not stand at its address.
    gone = [old for old in sorted(olds - set(present)) if released.successors.drop(old) is None]
    found = {old: released.successors.of(old) for old in gone}
    return {old: new for old, new in found.items() if new is not None and new in present}


def redirects(released: Released, site: str = "") -> dict[str, bytes]:
    """Pages to be written at the addresses of pages that are gone, by path below the site, in both languages.

    Each leads on at once, by its refresh, its canonical address, and a link for whoever stays. `site` is the site's
    address, empty for relative canonical ones. Without scripts a refresh cannot keep the figure's part of an address.
    """
    olds = {old for old in (*released.successors.entries, *released.successors.dropped) if "#" not in old}
    # What an entry for a whole folder speaks for must be written out page by page: a static site has no rules of rewriting.
    olds |= {f"reports/{agency}/{year}/" for agency, year in released.reports}
    olds |= {f"reports/{agency}/" for agency, _ in released.reports}
    olds |= {path.removeprefix(ENGLISH) for path in released.paths}
    found = {}
    for old in sorted(olds):
        new = released.successors.of(old)
        # Data files get no page in their place, but are written there again (`moved`).
        if new is None or not old or "{" in old or not is_page(old):
            continue
        for language, start in (("zh", ""), ("en", ENGLISH)):
            path = f"{start}{old}index.html" if old.endswith("/") else f"{start}{old}"
            found[path] = _page(path, (start if is_page(new) else "") + new, site, Words(language))
    return found


def _page(path: str, new: str, site: str, w: Words) -> bytes:
    address = quote(new, safe="/#.-_~")
    # Relative, for the site may stand below any path of any host.
    here = ("../" * path.count("/") + address) or "./"
    # No script and a policy that loads nothing: the page has only to lead on. Not to be indexed, for its successor is.
    html = Markup(
        '<!doctype html>\n<html lang="{language}">\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="robots" content="noindex">\n'
        '<title>{title}</title>\n<link rel="canonical" href="{canonical}">\n<meta http-equiv="refresh" content="0; url={here}">\n'
        '<h1>{title}</h1>\n<p>{says}<a href="{here}">{shown}</a></p>\n</html>\n'
    ).format(
        language=LANGUAGE_TAGS[w.language],
        title=w("release_moved"),
        says=w("release_moved_says"),
        canonical=f"{site}{address}" if site else here,
        here=here,
        shown=new or "./",
    )
    return str(html).encode()


def successors_json(released: Released) -> bytes:
    """`data/successors.json`: every old address with the one that now stands for it, for programs that kept the old one."""
    found = released.successors
    return json_bytes([{"from": old, "to": found.of(old)} for old in sorted({*found.entries, *found.dropped})])
