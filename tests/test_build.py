"""A build as one transaction, without MkDocs: whatever happens, what stands in the site's place is whole."""

from __future__ import annotations

import gzip
from dataclasses import replace
from typing import TYPE_CHECKING

import made_up
import pytest
from open_reports.errors import PublishError
from open_reports.files import manifest
from open_reports.finding import DataError
from open_reports.history import releases
from open_reports.library import open_library
from open_reports.site.build import Build, Settings, refusal, summary
from website import tree

if TYPE_CHECKING:
    from pathlib import Path

WRONG = "约12件"


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What builds remember stays in the test's folder."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


class Project:
    """Two packages and a previous site."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.packages = list(made_up.history("xugou-jia", (2022, 2023)))
        for package in self.packages:
            package.write(folder / "datapackages")
        (folder / "site").mkdir()
        (folder / "site" / "index.html").write_text("previous site\n", encoding="utf-8")
        self.settings = Settings(
            packages=folder / "datapackages",
            base=folder,
            record=folder / "released",
            target=folder / "site",
            site="https://open-reports.example/nianbao",
            cache="虚构",
        )

    def cell(self, text: str) -> None:
        """Write a figure of the second package."""
        self.packages[1].set("disputes", "reconsideration", "upheld", text)
        package = self.packages[1]
        (self.folder / "datapackages" / package.path / "data" / "disputes.csv").write_bytes(package.files["data/disputes.csv"])


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def driven(build: Build, *, publish: bool = True) -> Path:
    """Do with a build what MkDocs does: each page in turn, then the end."""
    build.open()
    for page in build.pages:
        file = build.folder / page.path / "index.html"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(build.page(page), encoding="utf-8")
    return build.finish(publish=publish)


def opened(settings: Settings) -> None:
    """Open a build and go no further."""
    build = Build(settings)
    try:
        build.open()
    finally:
        build.fail()


def test_a_finished_site_takes_the_place_of_the_one_before(project: Project) -> None:
    build = Build(project.settings)
    staged = build.folder
    assert staged.is_dir()
    assert staged.is_relative_to(project.folder)
    assert not staged.is_relative_to(project.settings.target)
    assert driven(build) == project.settings.target == build.folder
    site = tree(project.settings.target)
    stated = manifest.parse((project.settings.target / manifest.PATH).read_bytes()).manifest
    assert stated.site == "https://open-reports.example/nianbao/"
    assert stated.packages == "datapackages"
    assert stated.entries.keys() == {path for path in site if manifest.is_data(path)} - {manifest.PATH}
    assert {"index.html", "en/index.html", "robots.txt", "schemas/report.json", "reports/xugou-jia/2023/report.json"} <= site.keys()
    assert not list(project.folder.glob(".site*"))


def test_the_same_again_and_from_what_is_kept(project: Project) -> None:
    driven(Build(project.settings))
    first = tree(project.settings.target)
    driven(Build(project.settings))
    assert tree(project.settings.target) == first
    driven(Build(replace(project.settings, cache="")))
    assert tree(project.settings.target) == first


def test_files_are_written_with_the_last_page_of_their_folder_and_let_go(project: Project) -> None:
    """With the twin in the other language, which comes next and asks for the same; until then they are held."""
    build = Build(project.settings)
    publication = build.open()
    page, twin = (each for each in build.pages if each.here.path == "reports/xugou-jia/2023/")
    (folder,) = (each for each in publication.folders if each.path == page.path)
    build.page(page)
    assert not (build.folder / page.path).exists()
    assert folder._made
    build.page(twin)
    assert {path for path in tree(build.folder) if path.startswith(page.path)} == {page.path + name for name in folder.sizes}
    assert not folder._made
    build.fail()


def test_files_of_a_folder_whose_twin_comes_much_later_are_not_held_for_it(project: Project) -> None:
    build = Build(project.settings)
    publication = build.open()
    (page,) = (each for each in build.pages if each.path == "years/2023/")
    (folder,) = (each for each in publication.folders if each.path == page.path)
    build.page(page)
    assert {path for path in tree(build.folder) if path.startswith(page.path)} == {page.path + name for name in folder.sizes}
    assert not folder._made
    build.fail()


def test_what_is_not_to_be_published_stays_aside(project: Project) -> None:
    before = tree(project.settings.target)
    build = Build(project.settings)
    staged = build.folder
    assert driven(build, publish=False) == staged
    assert tree(project.settings.target) == before
    build.fail()
    assert not list(project.folder.glob(".site*"))


def test_errors_are_told_all_at_once_and_nothing_is_published(project: Project) -> None:
    before = tree(project.settings.target)
    project.cell(WRONG)
    build = Build(project.settings)
    with pytest.raises(DataError) as raised:
        build.open()
    build.fail()
    assert WRONG in refusal(raised.value)
    assert summary(raised.value.findings) in refusal(raised.value)
    assert "nothing was published" in refusal(raised.value)
    assert (build.pages, build.data) == ((), None)
    assert tree(project.settings.target) == before


def test_strict_refuses_what_nobody_explains(project: Project) -> None:
    project.cell("4711")
    with pytest.raises(DataError):
        opened(replace(project.settings, strict=True))
    opened(project.settings)


def test_a_preview_shows_the_last_good_state(project: Project) -> None:
    settings = replace(project.settings, preview=True, cache="")
    first = Build(settings)
    assert first.folder == settings.target, "a preview is written in place"
    driven(first)
    project.cell(WRONG)
    second = Build(settings, first.data)
    second.open()
    assert second.broken
    assert second.data is first.data
    project.cell("17")
    third = Build(settings, second.data)
    third.open()
    assert (third.broken, third.data is first.data) == ((), False)
    project.cell(WRONG)
    with pytest.raises(DataError):
        Build(settings).open()


def test_released_figures_and_addresses_are_held(project: Project) -> None:
    driven(Build(project.settings))
    written = tuple(releases.written(project.settings.target))
    releases.release(open_library(project.settings.packages), project.settings.record, written)
    project.cell("4711")
    with pytest.raises(releases.PermanenceError, match="disputes/reconsideration/upheld"):
        opened(project.settings)
    opened(replace(project.settings, preview=True))


def test_an_address_that_is_gone_is_told_before_anything_is_published(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    driven(Build(project.settings))
    releases.release(open_library(project.settings.packages), project.settings.record, tuple(releases.written(project.settings.target)))
    before = tree(project.settings.target)
    monkeypatch.setattr(releases, "written", lambda _: ())
    build = Build(project.settings)
    with pytest.raises(releases.PermanenceError):
        driven(build)
    build.fail()
    assert tree(project.settings.target) == before


def test_the_packed_map_of_the_site_tells_no_time(project: Project) -> None:
    build = Build(project.settings)
    build.open()
    build.folder.mkdir(parents=True, exist_ok=True)
    (build.folder / "sitemap.xml").write_bytes(b"<urlset/>")
    site = build.finish(publish=True)
    assert (site / "sitemap.xml.gz").read_bytes() == gzip.compress(b"<urlset/>", mtime=0)


def test_an_address_where_nobody_can_be_reached_is_refused(project: Project) -> None:
    with pytest.raises(PublishError):
        opened(replace(project.settings, problem="javascript:alert(1)"))
