"""One page in the theme's styles, without building a site: for browser tests of a part by itself."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

ASSETS = Path(str(resources.files("open_reports"))) / "assets"
THEME = Path(str(resources.files("material"))) / "templates" / "assets" / "stylesheets"
_SCHEME = """
const dark = location.search === "?dark";
document.body.dataset.mdColorScheme = dark ? "slate" : "default";
document.body.dataset.mdColorPrimary = document.body.dataset.mdColorAccent = "indigo";
document.documentElement.className = "js";
"""


def framed(folder: Path, content: str, language: str, *, styles: Iterable[str], scripts: Iterable[str] = (), head: str = "") -> None:
    """Write `index.html` with its styles and scripts into a folder; `?dark` as its query shows the dark scheme."""
    folder.mkdir(parents=True)
    sheets = [
        *sorted(THEME.glob("main.*.css")),
        *sorted(THEME.glob("palette.*.css")),
        ASSETS / "open-reports.css",
        *(ASSETS / each for each in styles),
    ]
    for number, sheet in enumerate(sheets):
        (folder / f"{number}.css").write_bytes(sheet.read_bytes())
    (folder / "scheme.js").write_text(_SCHEME, encoding="utf-8")
    for script in scripts:
        (folder / script).write_bytes((ASSETS / script).read_bytes())
    links = "".join(f'<link rel="stylesheet" href="{number}.css">' for number in range(len(sheets)))
    loaded = "".join(f'<script src="{script}" defer></script>' for script in scripts)
    (folder / "index.html").write_text(
        f'<!doctype html><html lang="{language}" class="no-js"><head><meta charset="utf-8"><title>虚构</title><link rel="icon" href="data:,">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self'\">"
        f'{links}{loaded}{head}</head><body dir="ltr" data-md-color-scheme="default"><script src="scheme.js"></script>'
        f'<div class="md-container"><main class="md-main"><div class="md-main__inner md-grid"><div class="md-content">'
        f'<article class="md-content__inner md-typeset">{content}</article></div></div></main></div></body></html>',
        encoding="utf-8",
    )
