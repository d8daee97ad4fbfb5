"""What stands beside a page's code: scripts and styles reach the site under their names, words and templates are read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from open_reports.errors import PublishError
from open_reports.pages.assets import by_name, shipped
from open_reports.site.page_key import sources
from open_reports.site.publish import ASSETS, STYLESHEET, assets
from open_reports.text import resource, words

PAGES = ("compare", "explore", "glossary", "search")
"""Pages with a folder of their own."""


def test_whatever_is_shipped_is_on_the_site() -> None:
    """Styles as one file, all else by itself; nothing is left behind, wherever it stands in the package."""
    styles = {name for name in shipped() if name.endswith(".css")}
    found = assets()
    assert {f"{ASSETS}{name}" for name in shipped().keys() - styles} | {STYLESHEET} == found.keys()
    for name, file in shipped().items():
        data = found[STYLESHEET] if name in styles else found[f"{ASSETS}{name}"]
        text = data if isinstance(data, str) else data.decode("latin-1")
        assert (file.read_text(encoding="utf-8") if name in styles else file.read_bytes().decode("latin-1")) in text


def test_styles_stand_in_the_order_of_their_names_behind_those_of_every_page() -> None:
    sheet = str(assets()[STYLESHEET])
    names = ["open-reports.css", *sorted(name for name in shipped() if name.endswith(".css") and name != "open-reports.css")]
    places = [sheet.index(shipped()[name].read_text(encoding="utf-8")) for name in names]
    assert places[0] == 0
    assert places == sorted(places)


@pytest.mark.parametrize("page", PAGES)
def test_folder_of_a_page_has_all_that_is_its_own(page: str) -> None:
    folder = Path(str(resource(f"pages/{page}")))
    assert {"__init__.py", "template.html", "words.yml", f"{page}.css"} <= {each.name for each in folder.iterdir()}
    keys = re.findall(r"^(\w+):", (folder / "words.yml").read_text(encoding="utf-8"), re.MULTILINE)
    assert {key.partition("_")[0] for key in keys} == {page}
    assert set(keys) <= words().keys()


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    """They would stand in one folder of the site."""
    for folder in ("compare", "explore"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.js").write_text("")
        (tmp_path / folder / "template.html").write_text("")
    with pytest.raises(PublishError, match=r"two files named a\.js .*compare.*explore"):
        by_name([tmp_path / "compare", tmp_path / "explore"])
    assert by_name([tmp_path / "compare"]).keys() == {"a.js"}


def test_a_page_is_made_anew_for_its_words_and_template_but_not_for_its_scripts() -> None:
    names = {path.name for path in sources()}
    assert names >= {"template.html", "words.yml", "__init__.py", "pages.yml", "frame.py", "database.sql"}
    assert not names & shipped().keys()
