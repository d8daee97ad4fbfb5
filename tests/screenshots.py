"""Take the pictures of the documentation: `make screenshots`, after whatever changes how a page looks.

Each is the first screen of a page of the built site, on a phone and on a desk, in as few colours as it takes.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from rendering import ready, settled
from website import ROOT, chromium, environment, run, served, tool

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


def main() -> int:
    """Build the site into a temporary folder and write every picture."""
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
