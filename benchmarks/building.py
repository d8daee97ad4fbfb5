"""Building the site: what N reports cost, against MkDocs and Material on N empty Markdown pages."""

from __future__ import annotations

import re
import shutil
from itertools import pairwise
from typing import TYPE_CHECKING

from benchmarks import breakdown, corpus
from benchmarks.measure import ROOT, Case, Cost, Spread, Trouble, beside, growth, held, machine, measured, python, ratios, rounds, verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

EMPTY, KEPT, PAGES, TWINS, AGAIN, EDITED, WARM, COLD = "empty", "kept", "pages", "twins", "again", "edited", "warm", "cold"
LINES = {
    EMPTY: "(a)  MkDocs and Material, empty Markdown pages",
    KEPT: "(b)  our pages alone, in one language, nothing changed",
    PAGES: "(b1) the same, every page built anew, checks cached",
    TWINS: "(b2) the same as (b1) in both languages",
    AGAIN: "(w)  our whole site, in both, nothing changed",
    EDITED: "(e)  our whole site, one report changed",
    WARM: "(w1) our whole site, all built anew, checks cached",
    COLD: "(c)  our whole site, empty cache: every check",
}
"""Every case with what it is."""
ALONE = {KEPT: ("zh", "kept"), PAGES: ("zh", "anew"), TWINS: ("zh,en", "anew")}
"""Cases of the pages alone: in which languages, and whether pages of an earlier build may be taken (`pages_alone`)."""
MOST_PAGES = 2.0
"""Budget: CPU time of our pages alone, in one language, with what is cached, as a multiple of that of as many empty pages."""
MOST_OUTPUTS = 2.0
"""Budget: CPU time of all outputs together as a multiple of that of the pages alone, in both languages."""
MOST_MEMORY = 1024
"""Budget: peak memory of a build of all outputs, in MB."""
MOST_HTML = 2.0
"""Budget: difference between the HTML of a report page in a small and in a large corpus, in percent."""
MOST_GROWTH = 1.25
"""Budget: CPU time for each time that a corpus is larger (`measure.growth`); the square of N would give 2 to 10."""

_SIZES = re.compile(r'<ul class="or-downloads">.*?</ul>', re.DOTALL)


class Bench:
    """A folder with the sources of every case, for one number of reports, to be built by the checkout `root`."""

    def __init__(self, folder: Path, reports: int, root: Path = ROOT) -> None:
        self.folder = folder / str(reports)
        self.reports = reports
        self.root = root
        self._empty()
        self._ours(corpus.made(self.folder / "packages", reports))

    def _empty(self) -> None:
        pages = self.folder / EMPTY / "docs" / "made-up"
        pages.mkdir(parents=True)
        (pages.parent / "index.md").touch()
        for number in range(self.reports):
            (pages / f"page-{number:06}.md").touch()
        self._configuration(EMPTY, "plugins: []\nnot_in_nav: /made-up/\n")

    def _ours(self, packages: Path) -> None:
        for name, cached, source in (("ours", "true", packages), ("anew", "false", packages), (EDITED, "true", self._copied(packages))):
            (self.folder / name / "docs").mkdir(parents=True)
            self._configuration(name, f"plugins:\n  - open-reports:\n      datapackages: {source}\n      cache: {cached}\n")

    def _copied(self, packages: Path) -> Path:
        """The same packages once more, to be changed without changing those of the other cases."""
        shutil.copytree(packages, self.folder / "packages-edited")
        self.prose = next((self.folder / "packages-edited").rglob("report.md"))
        return self.folder / "packages-edited"

    def _configuration(self, name: str, more: str) -> None:
        """Write settings that are the project's own but for plugins and nav: one hand-written entry, home, on either side."""
        text = f"INHERIT: {self.root / 'mkdocs.yml'}\nsite_url: https://open-reports.example/\nnav: [index.md]\n{more}"
        (self.folder / name / "mkdocs.yml").write_text(text, encoding="utf-8")

    def site(self, kind: str) -> Path:
        """Folder of a case's site."""
        return self.folder / f"site-{kind}"

    def command(self, kind: str, *before: str) -> list[str]:
        """Command of a case; `before` goes between Python and the module."""
        module = ["benchmarks.pages_alone", *ALONE[kind]] if kind in ALONE else ["mkdocs"]
        source = {EMPTY: EMPTY, EDITED: EDITED, KEPT: "ours", AGAIN: "ours", COLD: "ours"}.get(kind, "anew")
        settings = self.folder / source / "mkdocs.yml"
        return [python(self.root), *before, "-m", *module, "build", "--strict", "-f", str(settings), "-d", str(self.site(kind))]

    def case(self, kind: str, *before: str) -> Case:
        """One way to build; every site starts from nothing, and a cold build from an empty cache.

        Pages alone are kept apart from those of a whole site, for either build clears away what the other keeps.
        """
        cache = self.folder / f"cache-{kind if kind in {COLD, KEPT} else 'warm'}"

        def prepare() -> None:
            shutil.rmtree(self.site(kind), ignore_errors=True)
            if kind == COLD:
                shutil.rmtree(cache, ignore_errors=True)
            if kind == EDITED:
                self.prose.write_text(f"{self.prose.read_text(encoding='utf-8')}\n又及。\n", encoding="utf-8")

        return Case(f"{kind} {self.reports:,}", self.command(kind, *before), {"XDG_CACHE_HOME": str(cache)}, prepare, root=self.root)

    def warm_up(self, log: Path) -> None:
        """Fill the caches of the warm cases and Python's, and see that the cases do what they are measured for."""
        for kind in (EMPTY, AGAIN, EDITED, WARM, KEPT, PAGES, KEPT):
            measured(self.case(kind), log)
        if not list((self.folder / "cache-warm").rglob("passed-*.txt")):
            raise Trouble("the cache is not below XDG_CACHE_HOME on this system: warm and cold cannot be told apart")
        whole, alone = self.site(WARM), self.site(PAGES)
        paths = sorted(path.relative_to(alone) for path in alone.rglob("*.html"))
        if different := [path for path in paths if _without_sizes(whole / path) != _without_sizes(alone / path)]:
            message = f"{len(different)} of {len(paths)} pages built alone are not those of the whole site, such as {different[0]}"
            raise Trouble(message)
        if different := [path for path in paths if (self.site(KEPT) / path).read_bytes() != (alone / path).read_bytes()]:
            message = f"{len(different)} of {len(paths)} kept pages are not those built anew, such as {different[0]}"
            raise Trouble(message)
        if more := [
            path
            for name in ("reports", "data")
            for path in (alone / name).rglob("*")
            if path.is_file() and path.name not in {"index.html", "manifest.json"}
        ]:
            message = f"pages alone came with {len(more)} data files, such as {more[0].relative_to(alone)}"
            raise Trouble(message)

    def html(self) -> dict[str, int]:
        """Bytes of each report page by its path, from the last build of the pages alone."""
        site = self.site(PAGES)
        found = {str(path.relative_to(site)): path.stat().st_size for path in site.glob("reports/*/*/index.html")}
        if len(found) != self.reports:
            message = f"{len(found)} report pages for {self.reports} reports"
            raise Trouble(message)
        return found


def _without_sizes(page: Path) -> str:
    return _SIZES.sub("", page.read_text(encoding="utf-8")) if page.exists() else ""


def against(folder: Path, *, reports: int, runs: int, other: Path) -> bool:
    """Measure every case here and in another checkout, taking turns; return whether none costs more here than there."""
    print(f"{reports:,} reports, {runs} rounds, beside another checkout; {machine()}", flush=True)
    log = folder / "log.txt"
    benches = [Bench(folder / name, reports, root) for name, root in (("here", ROOT), ("there", other))]
    for bench in benches:
        bench.warm_up(log)
    pairs = {kind: [bench.case(kind) for bench in benches] for kind in LINES}
    return verdict(beside(pairs, runs, log), reports)


def run(folder: Path, *, reports: int, runs: int, large: bool, profiled: Sequence[str]) -> bool:
    """Measure, print, and return whether every budget is held."""
    log = folder / "log.txt"
    sizes = sorted({max(1, reports // 10), max(1, reports // 2), reports} | ({10 * reports} if large else set()))
    print(f"{reports:,} reports, {runs} rounds; {machine()}", flush=True)
    benches = {size: Bench(folder, size) for size in sizes}
    for bench in benches.values():
        bench.warm_up(log)
    main = benches[reports]
    cases = [main.case(kind) for kind in LINES]
    cases += [benches[size].case(kind) for size in sizes if size != reports for kind in (KEPT, PAGES)]
    costs = rounds(cases, runs, log)
    base = costs[f"{EMPTY} {reports:,}"]

    print(f"\n{'':58}{'CPU s':>21}{'x (a)':>20}  ms a page  peak MB")
    for kind, what in LINES.items():
        _line(what, costs[f"{kind} {reports:,}"], base, reports)
    print()
    for name, kind in (("(b)", KEPT), ("(b1)", PAGES)):
        for size in sizes:
            _line(f"{name} at {size:,} reports", costs[f"{kind} {size:,}"], None, size)
    print()
    outputs = ratios(costs[f"{WARM} {reports:,}"], costs[f"{TWINS} {reports:,}"]).median
    kept = [
        held("(b) / (a), CPU time", ratios(costs[f"{KEPT} {reports:,}"], base).median, most=MOST_PAGES),
        held("(w1) / (b2), CPU time", outputs, most=MOST_OUTPUTS),
        held("(w1), peak memory", max(cost.memory for cost in costs[f"{WARM} {reports:,}"]), most=MOST_MEMORY, unit=" MB"),
        *_html(benches, sizes, reports),
    ]
    for name, kind in (("(b)", KEPT), ("(b1)", PAGES)):
        for fewer, more in pairwise(sizes):
            value = growth((fewer, costs[f"{kind} {fewer:,}"]), (more, costs[f"{kind} {more:,}"]))
            kept.append(held(f"growth of {name} from {fewer:,} to {more:,} reports (linear: at most 1)", value, most=MOST_GROWTH))
    for kind in profiled:
        print(f"\n== where the CPU time of {kind!r} goes, {reports:,} reports ==")
        statistics = folder / f"{kind}.prof"
        measured(main.case(kind, "-m", "cProfile", "-o", str(statistics)), log)
        breakdown.show(statistics)
    return verdict(kept, reports)


def _line(what: str, costs: Sequence[Cost], base: Sequence[Cost] | None, size: int) -> None:
    cpu, memory = Spread.of([cost.cpu for cost in costs]), Spread.of([cost.memory for cost in costs])
    ratio = ratios(costs, base).words() if base is not None else ""
    print(f"{what:58}{cpu.words():>21}{ratio:>20}{1000 * cpu.median / size:11.2f}{memory.median:9.0f}")


def _html(benches: dict[int, Bench], sizes: Sequence[int], reports: int) -> Iterator[bool]:
    """HTML of a report page must not grow with the corpus: over all pages, and page by page where both corpora have it."""
    small, whole = benches[sizes[0]].html(), benches[reports].html()
    one, other = (sum(found.values()) / len(found) for found in (small, whole))
    print(f"HTML of a report page: {one:,.0f} bytes at {sizes[0]:,}, {other:,.0f} bytes at {reports:,} reports (mean of all)")
    yield held("difference of the HTML of a report page", 100 * abs(other - one) / one, most=MOST_HTML, unit=" %")
    worst = max(abs(whole[path] - size) / size for path, size in small.items() if path in whole)
    yield held("the same, of the page that differs most", 100 * worst, most=MOST_HTML, unit=" %")
