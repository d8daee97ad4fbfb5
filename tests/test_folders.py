"""Folders and routes: files are made once and without a page; an output that is added is a module and its words, and nothing else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import made_up
import open_reports
import pytest
import whole
from jinja2 import Environment
from lxml import html
from open_reports import files as package
from open_reports.errors import PublishError
from open_reports.files.catalogue import routes
from open_reports.files.folder import ReportFolder
from open_reports.site.build import Build, Settings
from open_reports.text import LANGUAGES, Text, Words, words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from open_reports.library import Library

MODULE = '''
"""Made up: the number of figures of a report, and of all reports."""

from open_reports.files.route import CSV, JSON, REPORT, Route

MADE = []


def _one(folder):
    MADE.append(folder.path)
    return f"figures\\n{len(list(folder.report.figures()))}\\n".encode()


def _all(folder):
    MADE.append(folder.path)
    return f'[\\n {{"reports": {len(folder.sources.library)}}}\\n]\\n'.encode()


ROUTES = (
    Route("counted", f"{REPORT}{{name}}.counted.csv", CSV, _one, portal=9),
    Route("counted_all", "data/counted.json", JSON, _all, portal=9, searched=True),
)
'''
IDS = ("counted", "counted_all")


@pytest.fixture
def known_anew() -> Iterator[None]:
    """The list of routes is read when it is first asked for, and again after the test."""
    routes.known.cache_clear()
    yield
    routes.known.cache_clear()


@pytest.fixture
def added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, known_anew: None) -> None:
    """An output more: a module beside those of the package, and its words."""
    (tmp_path / "outputs").mkdir()
    (tmp_path / "outputs" / "counted.py").write_text(MODULE, encoding="utf-8")
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path / "outputs")])
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(__import__("sys").modules, "open_reports.files.counted", raising=False)
    told = words()
    assert isinstance(told, dict)
    for name in IDS:
        text = Text(zh=f"虚构的{name}", en=f"Invented {name}")
        monkeypatch.setitem(told, f"route_{name}", text)
        for language in LANGUAGES:
            monkeypatch.setitem(Words(language)._labels, f"route_{name}", text[language])


@pytest.fixture(scope="module")
def packages_of_two(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("two") / "datapackages"
    made_up.write_corpus(root, 2)
    return root


@pytest.mark.usefixtures("added")
def test_a_module_and_its_words_are_an_output_more(packages_of_two: Path, tmp_path: Path) -> None:
    """On the site, in the export, the manifest, the catalogue, the description of the API and the page of the data."""
    settings = Settings(packages=packages_of_two, base=packages_of_two.parent, record=tmp_path / "released", target=tmp_path / "site")
    build = Build(settings)
    build.open()
    pages = {page.path: build.page(page) for page in build.pages}
    site = build.finish(publish=True)
    corpus = open_reports.open(packages_of_two)
    whole.exported(corpus, tmp_path / "out")
    reports = list(corpus)
    paths = [*(f"{report.folder}{report.name}.counted.csv" for report in reports), "data/counted.json"]
    for path in paths:
        assert (site / path).read_bytes() == (tmp_path / "out" / path).read_bytes()
    assert (site / paths[0]).read_text(encoding="utf-8") == f"figures\n{len(list(reports[0].figures()))}\n"
    assert set(paths) <= json.loads((site / "data" / "manifest.json").read_bytes())["files"].keys()
    described = json.loads((site / "data" / "openapi.json").read_bytes())["paths"]
    assert described["/data/counted.json"]["get"]["summary"] == "虚构的counted_all / Invented counted_all"
    assert "/reports/{agency}/{year}/{name}.counted.csv" in described
    told = (site / "data" / "catalog.jsonld").read_text(encoding="utf-8")
    assert [path for path in paths if f'"downloadURL": "{path}"' not in told] == []
    for language, folder in (("zh", "data/"), ("en", "en/data/")):
        shown = html.fromstring(pages[folder])
        links = shown.xpath("//dl[@class='or-files']//a/@href")
        up = "../" * folder.count("/")
        assert "counted.json" in {link.rpartition("/")[2] for link in links}
        assert any(link.startswith(up) and link.endswith(".counted.csv") for link in links)
        assert words()["route_counted"][language] in shown.text_content()
    assert "data/counted.json" in pages[""], "search engines are told of it"


@pytest.mark.usefixtures("added")
def test_each_file_is_made_once(packages_of_two: Path) -> None:
    import importlib  # noqa: PLC0415 (the module exists only now)

    corpus = open_reports.open(packages_of_two)
    publication = corpus.publish()
    made = importlib.import_module("open_reports.files.counted").MADE
    for page in publication.pages:
        page.build()
    for folder in publication.folders:
        folder.files()
    assert sorted(made) == sorted([*(report.folder for report in corpus), "data/"])


@pytest.mark.usefixtures("known_anew")
def test_an_output_without_words_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And every other fault of the list is told with it."""
    (tmp_path / "silent.py").write_text(
        'from open_reports.files.route import CSV, Route\nROUTES = (Route("silent", "data/index.json", CSV, lambda _: b""),)\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
    with pytest.raises(PublishError) as raised:
        routes.known()
    assert "route_silent" in str(raised.value)
    assert "two routes with the path data/index.json" in str(raised.value)


def test_an_export_builds_no_html(packages_of_two: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = open_reports.open(packages_of_two)
    publication = corpus.publish()

    def refused(*_: object, **__: object) -> object:
        raise AssertionError("HTML was made")

    monkeypatch.setattr(Environment, "get_template", refused)
    for page in publication.pages:
        with pytest.raises(AssertionError, match="HTML was made"):
            page.build()
        break
    whole.exported(corpus, tmp_path / "out")
    assert (tmp_path / "out" / "data" / "manifest.json").is_file()


def test_pages_do_not_ask_for_the_bytes_of_their_twin(packages_of_two: Path) -> None:
    """When the first page's folder was written, sizes are all that is left, and all that the second asks for."""
    corpus = open_reports.open(packages_of_two)
    publication = corpus.publish()
    (folder, *_) = (each for each in publication.folders if isinstance(each, ReportFolder))
    pages = [page for page in publication.pages if page.here.path == folder.path]
    assert [page.here.w.language for page in pages] == ["zh", "en"]
    first = pages[0].build()
    sizes = dict(folder.sizes)
    assert {name: len(data) for name, data in folder.files().items()} == sizes
    folder.let_go()
    assert not folder._made
    pages[1].build()
    assert not folder._made
    assert not folder._results
    assert f"{folder.name('archive')}" in first


def test_what_is_borrowed_is_given_back(packages_of_two: Path) -> None:
    corpus = open_reports.open(packages_of_two)
    (folder, *_) = (each for each in corpus.publish().folders if isinstance(each, ReportFolder))
    with folder.borrowed() as files:
        assert "report.json" in files
    assert not folder._made
    held = folder.files()
    with folder.borrowed() as files:
        assert files == held
    assert folder._made


def test_every_file_of_a_site_has_a_path_of_its_route(library: Library) -> None:
    made = whole.files(library, ())
    known = {path for path, _ in routes.routes().paths(library)}
    assert made.keys() - known == {".gitattributes", "_headers", "robots.txt"}
    assert known <= made.keys()
