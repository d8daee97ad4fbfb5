"""Pages in the theme's styles, without building a site: for browser tests of a part by itself."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from open_reports.files.agency import agency_csv, agency_json
from open_reports.pages.assets import shipped
from open_reports.site import frame

if TYPE_CHECKING:
    from collections.abc import Iterable

    from open_reports.files.folder import Folder
    from open_reports.library import Library
    from open_reports.pages.frame import Page

THEME = Path(str(resources.files("material"))) / "templates" / "assets" / "stylesheets"
SCHEME = """
document.documentElement.className = "js";
document.addEventListener("DOMContentLoaded", () => {
  const night = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => { document.body.dataset.mdColorScheme = night.matches ? "slate" : "default" };
  night.addEventListener("change", follow);
  follow();
});
"""
"""What Material does on a page of the site: it has the scheme that the browser prefers, now and when that changes."""
_POLICY = "default-src 'none'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self'"


def _assets(folder: Path, up: str, styles: Iterable[str], scripts: Iterable[str]) -> str:
    """Write styles and scripts into a folder; returns the tags that load them, `up` being the way from the page to the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    own = (shipped()[name] for name in ("open-reports.css", *styles))
    links = []
    for number, sheet in enumerate((*sorted(THEME.glob("main.*.css")), *sorted(THEME.glob("palette.*.css")), *own)):
        (folder / f"{number}.css").write_bytes(sheet.read_bytes())
        links.append(f'<link rel="stylesheet" href="{up}{number}.css">')
    (folder / "scheme.js").write_text(SCHEME, encoding="utf-8")
    links.append(f'<script src="{up}scheme.js"></script>')
    for name in scripts:
        (folder / name).write_bytes(shipped()[name].read_bytes())
        links.append(f'<script src="{up}{name}" defer></script>')
    return "".join(links)


def _document(content: str, language: str, head: str, *, above: str = "") -> str:
    return (
        f'<!doctype html><html lang="{language}" class="no-js"><head><meta charset="utf-8"><title>虚构</title><link rel="icon" href="data:,">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1">{head}</head>'
        f'<body dir="ltr" data-md-color-scheme="default" data-md-color-primary="indigo" data-md-color-accent="indigo">'
        f'<div class="md-container"><main class="md-main"><div class="md-main__inner md-grid"><div class="md-content">{above}'
        f'<article class="md-content__inner md-typeset">{content}</article></div></div></main></div></body></html>'
    )


def framed(folder: Path, content: str, language: str, *, styles: Iterable[str], scripts: Iterable[str] = ()) -> None:
    """Write `index.html` with its styles and scripts into a folder; it has the scheme that the browser prefers."""
    policy = f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    text = _document(content, language, policy + _assets(folder, "", styles, scripts))
    (folder / "index.html").write_text(text, encoding="utf-8")


def mounted(root: Path, page: Page, *, assets: str, styles: Iterable[str], files: Folder | None = None) -> None:
    """Write a page, with the files of its folder, below a site's root, its styles and scripts into a folder of it, under the site's own policy.

    Like `framed` it has the scheme that the browser prefers; above its content stands the link to the other language.
    """
    language = page.here.w.language
    folder = root / page.path
    folder.mkdir(parents=True)
    for path, data in files.files().items() if files else ():
        (folder / path).write_bytes(data)
    head = _assets(root / assets, "../" * page.path.count("/") + assets, styles, page.scripts)
    twin = f'<p><a hreflang="{"zh" if language == "en" else "en"}" href="{page.here.twin()}">中文 / English</a></p>'
    text = _document(page.build(), language, head, above=twin)
    (folder / "index.html").write_text(frame.guarded(text, ()), encoding="utf-8")


def filed(root: Path, library: Library) -> None:
    """Write the files of every agency where the pages of a site look for them."""
    for agency in library.agencies.values():
        folder = root / "reports" / agency.id
        folder.mkdir(parents=True)
        (folder / f"{agency.id}.csv").write_bytes(agency_csv(library, agency))
        (folder / f"{agency.id}.json").write_bytes(agency_json(library, agency))
