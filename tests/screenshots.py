"""Take the pictures of the documentation: `make screenshots`, after whatever changes how a page looks or what an import says.

Most are the first screen of a page of the built site, on a phone and on a desk. Those of the page for clerks are taken on a clerk's way
(`clerks_way.py`): what a terminal showed, and the preview while cells are open.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import terminal
from clerks_way import NAME, SPOILT, Way, answers, program, project
from clerks_way import environment as clerks_environment
from PIL import Image
from rendering import ready, settled
from website import ROOT, chromium, environment, run, served, tool

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from website import Chromium

FOLDER = ROOT / "docs" / "assets" / "screenshots"
PAGES = {
    "home": "",
    "agency": "reports/pingtan/",
    "report": "reports/yinchuan-qianjinjie/2019/",
    "compare": "compare/?a=pingtan,pingtan-police&y=2024&f=applications/new/total,applications/granted/total,i:disclosure_rate",
    "quality": "quality/",
}
SIZES = {360: 720, 1280: 800}
"""Width and height of a phone's and of a desk's screen, in CSS pixels."""
CLERKS = {"zh": ROOT / "docs" / "assets" / "clerk", "en": ROOT / "docs" / "en" / "assets" / "clerk"}
"""Pictures of the page for clerks, which the site shows, by language; each page finds its own by the same names."""


def main() -> int:
    """Write every picture, or those of one kind."""
    parser = argparse.ArgumentParser(prog="python -m screenshots", description=__doc__.splitlines()[0])
    parser.add_argument("kind", nargs="?", choices=("site", "clerk"))
    kind = parser.parse_args().kind
    if kind != "site":
        with chromium() as browser:
            for language in CLERKS:
                clerks(browser, language)
    return site() if kind != "clerk" else 0


def clerks(browser: Chromium, language: str) -> None:
    """Pictures of a clerk's way: the import, the open cells, the preview."""
    target = CLERKS[language]
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        way = Way(project(Path(folder) / "project"), "docx", language=language)
        context = browser.context(viewport={"width": 1000, "height": 700}, color_scheme="light")
        page = context.new_page()
        tongue = [] if language == "zh" else ["--lang", language]
        asked = ["open-reports", "import", *tongue, way.file, "--source", way.report.url]
        confirming = ["open-reports", "import", "--confirm", *tongue, str(way.package)]
        for name, command, typed in (("import", asked, []), ("confirm", confirming, answers(way.report))):
            if name == "confirm":
                _preview(way, page, target / "preview.png")
            words = [program(), *command[1:]]
            told = terminal.shown(words, " ".join(command), cwd=way.folder, env=clerks_environment(way.folder), answers=typed)
            page.set_content(terminal.page(told))
            page.locator("pre").screenshot(path=target / f"{name}.png")
            _lighter(target / f"{name}.png")
        if way.differing():
            raise RuntimeError("these answers do not make the report that the project keeps")
        context.close()


def _preview(way: Way, page: Page, path: Path) -> None:
    """The preview of the report where its first open cell stands."""
    with way.previewed() as address:
        page.goto(f"{address}{'' if way.language == 'zh' else 'en/'}reports/{NAME}/")
        settled(page)
        page.locator(f'[id="{next(iter(SPOILT))}"]').evaluate("each => each.scrollIntoView({block: 'center'})")
        settled(page)
        page.screenshot(path=path)
    _lighter(path)


def _lighter(path: Path) -> None:
    """Write a picture in as few colours as show no difference: these travel with the site."""
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(48, dither=Image.Dither.NONE).save(path, optimize=True)


def site() -> int:
    """Build the site into a temporary folder and write the pictures of its pages."""
    with tempfile.TemporaryDirectory() as folder:
        outcome = run(*tool("build", "--strict", "-d", f"{folder}/site"), cwd=ROOT, env=environment(Path(folder) / "home"))
        if outcome.returncode:
            sys.stderr.write(outcome.stdout)
            return 1
        FOLDER.mkdir(parents=True, exist_ok=True)
        with served(Path(folder) / "site") as server, chromium() as browser:
            for width, height in SIZES.items():
                context = browser.context(viewport={"width": width, "height": height}, color_scheme="light")
                page = context.new_page()
                for name, path in PAGES.items():
                    page.goto(server.url + path)
                    ready(page)
                    settled(page)
                    page.screenshot(path=FOLDER / f"{name}-{width}.png")
                context.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
