"""The cache of finished pages and folders: whatever is edited, it gives what a build from nothing gives, and only that is made anew."""

from __future__ import annotations

import random
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import made_up
import pytest
from open_reports.checks.check import check
from open_reports.files.folder import Folder
from open_reports.finding import finding
from open_reports.form import forms
from open_reports.history import releases
from open_reports.history.releases.successors import Dropped
from open_reports.library import open_library
from open_reports.pages import Here, Page
from open_reports.site import page_key
from open_reports.site.page_cache import PageCache
from open_reports.site.publish import Publication, publish
from open_reports.text import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

YEARS = (2022, 2023, 2024)


class Sources:
    """Packages by agency and year, and what the site is told, before and after edits.

    They are those of a district and its two units, of an office that was renamed, under either name, and of one more.
    """

    def __init__(self) -> None:
        self.packages = {
            (package.agency, package.year): package
            for agency in ("xugou-jia", "xugou-yi", "xugou-bing")
            for package in made_up.history(agency, YEARS)
        }
        for name, years in {"xugou-wu": (2022, 2023), "xugou-geng": (2024,), "xugou-ji": (2022,)}.items():
            self.packages |= {(name, package.year): package for package in made_up.history(name, years)}
        self.agency("xugou-geng", "predecessor", {"agency": "xugou-wu", "until": 2023})
        self.site = "https://open-reports.example/"
        self.problem = ""
        for unit in ("xugou-yi", "xugou-bing"):
            self.agency(unit, "parent", "xugou-jia")
        whole = self.packages["xugou-jia", 2024]
        whole.edit_json("report.scope", "consolidated")
        whole.edit_json("report.consolidates", [{"units": ["xugou-yi"], "lines": []}])
        _cell("xugou-yi", 2024, "disputes", "")(self)

    def agency(self, agency: str, key: str, value: object) -> None:
        """Edit `agency.yml` of every year's package, for they share one."""
        for (name, _), package in self.packages.items():
            if name == agency:
                package.edit_agency(key, value)

    def publication(self, folder: Path) -> Publication:
        """Write, read, check and publish."""
        shutil.rmtree(folder, ignore_errors=True)
        for package in self.packages.values():
            package.write(folder)
        library = open_library(folder)
        assert library.findings == ()
        return publish(library, check(library), site=self.site, problem=self.problem)


# -- edits, each as a hand at a keyboard would make it --------------------------------------------------------------------


def _cell(agency: str, year: int, table: str, text: str) -> Callable[[Sources], None]:
    def edit(sources: Sources) -> None:
        package = sources.packages[agency, year]
        line, column = forms()[package.form_of[table]].tables[table].cells[0]
        package.set(table, line.id, column.id, text)

    return edit


def _descriptor(agency: str, year: int, path: str, value: object) -> Callable[[Sources], None]:
    return lambda sources: sources.packages[agency, year].edit_json(path, value)


def _agency(agency: str, key: str, value: object) -> Callable[[Sources], None]:
    return lambda sources: sources.agency(agency, key, value)


def _revised(sources: Sources) -> None:
    package = sources.packages["xugou-yi", 2024]
    package.edit_json("version", "1.0.1")
    package.edit_json("report.revisions", [{"version": "1.0.1", "date": "2026-03-02", "reason": "录入错误", "changes": []}])


def _explained(sources: Sources) -> None:
    """Of the sum that the unit does not give."""
    package = sources.packages["xugou-jia", 2024]
    line, column = forms()[package.form_of["disputes"]].tables["disputes"].cells[0]
    said = {"finding": "AGG", "address": f"disputes/{line.id}/{column.id}", "text": "口径不同", "by": "publisher", "date": "2026-03-02"}
    package.edit_json("report.explanations", [said])


def _stated(sources: Sources) -> None:
    sources.packages["xugou-yi", 2023].put("data/overview.csv", "item,value,unit,part_of\n网站发布,17,条,\n")


def _noted(sources: Sources) -> None:
    package = sources.packages["xugou-yi", 2023]
    line, column = forms()[package.form_of["disputes"]].tables["disputes"].cells[0]
    package.put("data/notes.csv", f"table,line,column,printed,note\ndisputes,{line.id},{column.id},,原文此处有涂改\n")


def _prose(sources: Sources) -> None:
    package = sources.packages["xugou-jia", 2023]
    package.put("report.md", package.text("report.md") + "\n又及：本段为测试所写。\n")


def _gone(sources: Sources) -> None:
    del sources.packages["xugou-jia", 2022]


def _succeeding(sources: Sources) -> None:
    """The last year of the name before, too: what is due in the years between is told of either."""
    sources.agency("xugou-geng", "predecessor", made_up.REMOVED)
    del sources.packages["xugou-bing", 2022]
    sources.agency("xugou-bing", "predecessor", {"agency": "xugou-ji", "until": 2022})


def _earlier(sources: Sources) -> None:
    """From then on it is told of every agency that its report of that year is not collected."""
    sources.packages["xugou-jia", 2020] = package = made_up.package("xugou-jia", 2020)
    package.agency_yml = sources.packages["xugou-jia", 2023].agency_yml


def _more(sources: Sources) -> None:
    for package in (made_up.package("xugou-jia", 2025), made_up.package("xugou-ding", 2024)):
        sources.packages[package.agency, package.year] = package
    sources.agency("xugou-jia", "region", "虚构省虚构县")


def _moved(sources: Sources) -> None:
    sources.site = "https://elsewhere.example/nianbao/"


def _asked(sources: Sources) -> None:
    sources.problem = "mailto:nianbao@example.cn?subject={report}&body={address}"


EDITS = {
    "a figure": _cell("xugou-yi", 2022, "applications", "987654"),
    "a figure of the year before": _cell("xugou-jia", 2023, "applications", "987654"),
    "a figure of a unit": _cell("xugou-yi", 2024, "applications", "987654"),
    "why a unit has no figure": _cell("xugou-yi", 2024, "disputes", "/"),
    "the name of a unit": _agency("xugou-yi", "name", "虚构市改名局"),
    "the English name of the parent": _agency("xugou-jia", "name_en", "Renamed Invented Office"),
    "a former name": _agency("xugou-yi", "former_names", [{"name": "虚构市旧局", "name_en": "Invented Former Office", "until": 2022}]),
    "how the name is read": _agency("xugou-yi", "reading", "xugoushi yiju"),
    "the scope of the parent": _descriptor("xugou-jia", 2023, "report.scope", "consolidated"),
    "the kind": _agency("xugou-bing", "kind", "township"),
    "the parent": _agency("xugou-bing", "parent", "none"),
    "the region": _agency("xugou-yi", "region", "虚构省另一市"),
    "the day of publication": _descriptor("xugou-bing", 2023, "report.published", "2024-05-06"),
    "the title": _descriptor("xugou-bing", 2024, "title", "虚构市丙局2024年政府信息公开工作年度报告（另题）"),
    "the scope": _descriptor("xugou-yi", 2023, "report.scope", "consolidated"),
    "what is consolidated": _descriptor("xugou-jia", 2024, "report.consolidates", [{"units": ["xugou-bing"], "lines": []}]),
    "a revision": _revised,
    "an explanation": _explained,
    "section one": _stated,
    "a note": _noted,
    "the prose": _prose,
    "the name before": _agency("xugou-wu", "name", "虚构市旧名局"),
    "the name after": _agency("xugou-geng", "name_en", "Invented Office Of Another Name"),
    "the last figure before the change of name": _cell("xugou-wu", 2023, "applications", "987654"),
    "another predecessor": _agency("xugou-geng", "predecessor", {"agency": "xugou-ji", "until": 2023}),
    "no predecessor any more": _agency("xugou-geng", "predecessor", made_up.REMOVED),
    "a predecessor where there was none": _succeeding,
    "a report that is gone": _gone,
    "a report of an earlier year": _earlier,
    "reports and an agency more": _more,
    "the site's address": _moved,
    "where to report mistakes": _asked,
}
EVERYWHERE = {"the site's address", "where to report mistakes"}
"""Edits of what every page is told."""


# -- what the store gives -------------------------------------------------------------------------------------------------


Made = dict[str, str | dict[str, bytes]]
"""What stands at each path: the HTML of a page, or the files of a folder, whose path begins with a colon."""


class Taken(NamedTuple):
    """Pages and folders with a key, by path: those found in the cache, and those made, as they came from their makers."""

    kept: set[str]
    built: Made


def through(store: PageCache, publication: Publication) -> tuple[Made, Taken]:
    """Every page and folder by its path as the cache gives it, and which of them had to be made."""
    built: Made = {}

    def watched(page: Page) -> Page:
        def build() -> str:
            built[page.path] = made = page.build()
            return made

        return replace(page, build=build)

    found: Made = {page.path: store.html(watched(page)) for page in publication.pages if page.key}
    for folder in publication.folders:
        if folder.key:
            folder.let_go()
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(folder, "files", _watching(folder, built))
                found[f":{folder.path}"] = dict(store.files(folder))
    return found, Taken(set(found) - set(built), built)


def _watching(folder: Folder, built: Made) -> Callable[[], Mapping[str, bytes]]:
    files = folder.files

    def watched() -> Mapping[str, bytes]:
        built[f":{folder.path}"] = made = dict(files())
        return made

    return watched


def anew(publication: Publication, built: Made | None = None) -> Made:
    """Every page and folder with a key by its path, made from nothing, but for what was `built` from nothing already."""
    found: Made = dict(built or {})
    for page in publication.pages:
        if page.key and page.path not in found:
            found[page.path] = page.build()
    for folder in publication.folders:
        if folder.key and f":{folder.path}" not in found:
            found[f":{folder.path}"] = dict(folder.files())
    return found


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Made]:
    """A store filled by a build of the sources without an edit, and the pages of that build."""
    folder = tmp_path_factory.mktemp("before")
    pages, taken = through(PageCache("虚构", folder / "store"), Sources().publication(folder / "packages"))
    assert taken.kept == set()
    return folder / "store", pages


@pytest.mark.parametrize("name", EDITS)
def test_after_any_edit_the_pages_are_those_of_a_build_from_nothing(name: str, before: tuple[Path, Made], tmp_path: Path) -> None:
    shutil.copytree(before[0], tmp_path / "store")
    sources = Sources()
    EDITS[name](sources)
    publication = sources.publication(tmp_path / "packages")
    given, taken = through(PageCache("虚构", tmp_path / "store"), publication)
    wanted = anew(publication, taken.built)
    assert given.keys() == wanted.keys()
    assert [path for path in wanted if given[path] != wanted[path]] == []
    assert taken.built.keys() >= {path for path in wanted if before[1].get(path) != wanted[path]} != set()
    assert bool(taken.kept) == (name not in EVERYWHERE)


@pytest.mark.unmeasured
def test_edits_one_after_another(before: tuple[Path, Made], tmp_path: Path) -> None:
    """With sweeping between them, as builds do; at the end beside pages all of which another publication made."""
    shutil.copytree(before[0], tmp_path / "store")
    sources = Sources()
    names = list(EDITS)
    random.Random(20261123).shuffle(names)  # noqa: S311 (a repeatable order)
    for name in names[:8]:
        EDITS[name](sources)
        store = PageCache("虚构", tmp_path / "store")
        publication = sources.publication(tmp_path / "packages")
        given, taken = through(store, publication)
        wanted = anew(publication, taken.built)
        assert [path for path in wanted if given[path] != wanted[path]] == [], name
        store.sweep()
        assert len(list(store.path.iterdir())) == len(wanted)
    assert given == anew(sources.publication(tmp_path / "packages"))


def test_nothing_is_built_when_nothing_changed(before: tuple[Path, Made], tmp_path: Path) -> None:
    given, taken = through(PageCache("虚构", before[0]), Sources().publication(tmp_path / "packages"))
    assert taken.built == {}
    assert given == before[1]


def test_one_figure_leaves_the_other_agencies_alone(before: tuple[Path, Made], tmp_path: Path) -> None:
    shutil.copytree(before[0], tmp_path / "store")
    sources = Sources()
    EDITS["a figure of the year before"](sources)
    _, taken = through(PageCache("虚构", tmp_path / "store"), sources.publication(tmp_path / "packages"))
    assert not [path for path in taken.built if "xugou-yi" in path or "xugou-bing" in path]
    assert {"reports/xugou-jia/2023/", ":reports/xugou-jia/2023/", "reports/xugou-jia/2024/", "en/reports/xugou-jia/"} <= taken.built.keys()


def test_another_version_of_the_code_makes_everything_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Sources().publication(tmp_path)
    monkeypatch.setattr(page_key, "tools", lambda: "another")
    second = Sources().publication(tmp_path)
    assert [page.path for page, other in zip(first.pages, second.pages, strict=True) if page.key and page.key == other.key] == []
    assert [one.path for one, other in zip(first.folders, second.folders, strict=True) if one.key and one.key == other.key] == []


def test_another_record_of_releases_makes_what_names_it_anew(tmp_path: Path) -> None:
    """And nothing else: the files of `data/`, and the pages that tell of them or of what was dropped."""
    publication = Sources().publication(tmp_path / "packages")
    sources = publication.folders[0].sources
    released = releases.read(tmp_path / "no record")
    dropped = released.successors._replace(dropped={"reports/xugou-jia/2021/": Dropped("2026-03-02", "误发", "Sent by mistake", "")})
    one, two, three = (
        publish(sources.library, sources.findings, site=sources.site, released=each)
        for each in (released, replace(released, successors=dropped), None)
    )
    for other in (two, three):
        assert {was.path for was, now in zip(one.folders, other.folders, strict=True) if was.key != now.key} == {"data/"}
        changed = {was.here.path for was, now in zip(one.pages, other.pages, strict=True) if was.key != now.key}
        assert changed == {"", "data/", "explore/", "corrections/"}


def test_what_is_found_of_no_report_makes_the_files_about_everything_anew(tmp_path: Path) -> None:
    publication = Sources().publication(tmp_path / "packages")
    sources = publication.folders[0].sources
    other = publish(sources.library, [*sources.findings, finding("file.missing")], site=sources.site)
    assert {was.path for was, now in zip(publication.folders, other.folders, strict=True) if was.key != now.key} == {"data/"}


# -- a page that is not sound ---------------------------------------------------------------------------------------------

PAGE = Page(here=Here("虚构/", Words("zh")), name="虚构", title="虚构", description="", sections=(), build=lambda: "<h1>虚构</h1>", key="1")
FILES = {"a.json": b"{}\n", "空.csv": b"", "b/c.bin": bytes(range(256))}


class Invented(Folder):
    """A folder of three files, at the path of the page."""

    def __init__(self, *, key: str = "1", path: str = "虚构/", made: bool = True) -> None:
        self.path, self.key, self.made = path, key, made

    def files(self) -> Mapping[str, bytes]:
        assert self.made, "built although it was kept"
        return FILES


def _never() -> str:
    raise AssertionError("built although it was kept")


def test_a_page_and_its_folder_are_kept(tmp_path: Path) -> None:
    cache = PageCache("甲", tmp_path)
    assert (cache.html(PAGE), cache.files(Invented())) == (PAGE.build(), FILES)
    again = PageCache("甲", tmp_path)
    assert (again.html(replace(PAGE, build=_never)), again.files(Invented(made=False))) == (PAGE.build(), FILES)


@pytest.mark.parametrize("other", [replace(PAGE, key="2"), replace(PAGE, here=Here("虚构/", Words("en")))], ids=["key", "language"])
def test_another_page_is_not_taken_for_it(other: Page, tmp_path: Path) -> None:
    cache = PageCache("甲", tmp_path)
    cache.html(PAGE)
    with pytest.raises(AssertionError, match="built although"):
        cache.html(replace(other, build=_never))
    with pytest.raises(AssertionError, match="built although"):
        PageCache("乙", tmp_path).html(replace(PAGE, build=_never))


def test_another_folder_is_not_taken_for_it(tmp_path: Path) -> None:
    cache = PageCache("甲", tmp_path)
    cache.html(PAGE)
    for other in (Invented(made=False), Invented(made=False, key="2"), Invented(made=False, path="另一/")):
        with pytest.raises(AssertionError, match="built although"):
            cache.files(other)
        cache.files(Invented())


def test_what_has_no_key_is_never_kept(tmp_path: Path) -> None:
    cache = PageCache("甲", tmp_path / "new")
    assert cache.html(replace(PAGE, key="")) == PAGE.build()
    assert cache.files(Invented(key="")) == FILES
    assert not (tmp_path / "new").exists()


def test_damage_of_any_byte_is_found(tmp_path: Path) -> None:
    cache = PageCache("甲", tmp_path)
    cache.files(Invented())
    (file,) = cache.path.iterdir()
    sound = file.read_bytes()
    for position in range(len(sound)):
        damaged = bytearray(sound)
        damaged[position] ^= 1
        file.write_bytes(damaged)
        with pytest.raises(AssertionError, match="built although"):
            cache.files(Invented(made=False))
    for data in (b"", sound[:31], sound[:32], sound[:-1], sound + b" "):
        file.write_bytes(data)
        assert cache.files(Invented()) == FILES
        assert file.read_bytes() == sound


def test_a_folder_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    (tmp_path / "pages").write_text("一个文件占了文件夹的位置", encoding="utf-8")
    cache = PageCache("甲", tmp_path)
    assert cache.html(PAGE) == PAGE.build()
    cache.sweep()


def test_what_no_page_is_made_of_any_more_is_removed(tmp_path: Path) -> None:
    PageCache("甲", tmp_path).html(PAGE)
    other = PageCache("乙", tmp_path)
    other.html(PAGE)
    second = PageCache("甲", tmp_path)
    second.html(replace(PAGE, key="2"))
    second.sweep()
    assert len(list(second.path.iterdir())) == len(list(other.path.iterdir())) == 1
    assert second.html(replace(PAGE, key="2", build=_never)) == PAGE.build()
