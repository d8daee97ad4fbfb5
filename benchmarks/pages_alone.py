"""Run `mkdocs` with the plugin as it is, but without the data files: `python -m benchmarks.pages_alone zh,en anew build ...`.

What the site has is `publish`'s value. Here the route of every data file makes an empty one, and what `publish` returns has no
folders, so that none is written. Everything else is the real thing: reading, checks, templates, the theme, the policy, writing.
The pages differ from the real ones only in the sizes stated beside the downloads, which `benchmarks.building` verifies. The
first argument names the languages whose pages are built; the second says whether they are built `anew` or may be `kept` from an
earlier build.
"""

from __future__ import annotations

import dataclasses
import sys
from typing import TYPE_CHECKING, Any

import mkdocs.__main__
from open_reports.files.catalogue import routes
from open_reports.site import build
from open_reports.site import publish as publishing

if TYPE_CHECKING:
    from open_reports.files.route import AnyRoute, Made
    from open_reports.pages import Page
    from open_reports.site.publish import Publication


def _empty(route: AnyRoute) -> AnyRoute:
    def make(_: object) -> Made:
        return dict.fromkeys(route.choice.values(), b"") if route.choice else b""

    return dataclasses.replace(route, make=make if route.make else None)


def _alone(page: Page, *, kept: bool) -> Page:
    # A page that tells other sizes is not the one that a whole build keeps.
    return dataclasses.replace(page, key=f"{page.key} alone" if kept and page.key else "")


def main() -> None:
    """Run MkDocs' own command line."""
    languages = sys.argv.pop(1).split(",")
    kept = sys.argv.pop(1) == "kept"
    made = tuple(map(_empty, routes.known()))
    routes.known = lambda: made  # type: ignore[assignment]
    publish = publishing.publish

    def pages_alone(*given: Any, **named: Any) -> Publication:  # noqa: ANN401 (handed on as it comes)
        publication = publish(*given, **named)
        # These two tell of the files, so without them there is nothing to tell.
        wanted = [page for page in publication.pages if page.here.w.language in languages and page.here.path not in {"data/", "explore/"}]
        return dataclasses.replace(publication, pages=tuple(_alone(page, kept=kept) for page in wanted), folders=())

    build.publish = pages_alone  # type: ignore[attr-defined]
    mkdocs.__main__.cli()


if __name__ == "__main__":
    main()
