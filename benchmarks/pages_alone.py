"""Run `mkdocs` with the plugin as it is, but without the data files: `python -m benchmarks.pages_alone zh,en anew build ...`.

What the site has is `publish`'s value. Here every function of the package that makes the bytes of a data file returns none, and what `publish` returns has its pages without the files of their folders and no corpus files. Everything else is
the real thing: reading, checks, templates, the theme, the policy, writing. The pages differ from the real ones only in the
sizes stated beside the downloads, which `benchmarks.building` verifies. The first argument names the languages whose pages
are built; the second says whether they are built `anew` or may be `kept` from an earlier build.
"""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
import sys
from typing import TYPE_CHECKING, Any

import mkdocs.__main__
import open_reports
from open_reports.site import publish as publishing

if TYPE_CHECKING:
    from open_reports.pages import Page
    from open_reports.site.publish import Publication


_NOTHING: dict[str, object] = {"bytes": b"", "tuple[bytes, bytes]": (b"", b"")}
"""What a maker of data files gives in place of its files, by what it says it returns."""


_READING = {"open_reports.gate", "open_reports.cli"}
"""Modules whose bytes are those of packages."""


_WRITING = {"json_bytes"}
"""Functions that pages need, too: what a script is told stands in its page as JSON."""
_LITTLE = 20_000
"""Bytes of a file that does not grow with the reports, and costs nothing worth measuring."""


def _without_files(page: Page, *, kept: bool) -> Page:
    def build() -> Any:  # noqa: ANN401 (pages.Built)
        return dataclasses.replace(page.build(), files={})

    # A page without its files is not the one that a whole build keeps.
    return dataclasses.replace(page, build=build, key=f"{page.key} alone" if kept and page.key else "")


def _silence_makers() -> None:
    """Let every function and method that says it returns bytes return none, wherever it was imported to."""
    modules = [importlib.import_module(each.name) for each in pkgutil.walk_packages(open_reports.__path__, "open_reports.")]
    owners = [*modules, *(kind for module in modules for kind in vars(module).values() if isinstance(kind, type))]
    for owner in dict.fromkeys(owners):
        if not getattr(owner, "__module__", owner.__name__).startswith("open_reports"):
            continue
        for name, each in list(vars(owner).items()):
            if not inspect.isfunction(each):
                continue
            returned = each.__annotations__.get("return")
            if (
                each.__module__.startswith("open_reports.")
                and returned in _NOTHING
                and each.__module__ not in _READING
                and name not in _WRITING
            ):
                setattr(owner, name, lambda *_, returned=returned, **__: _NOTHING[returned])


def main() -> None:
    """Run MkDocs' own command line."""
    languages = sys.argv.pop(1).split(",")
    kept = sys.argv.pop(1) == "kept"
    _silence_makers()
    publish = publishing.publish

    def pages_alone(*given: Any, **named: Any) -> Publication:  # noqa: ANN401 (handed on as it comes)
        publication = publish(*given, **named)
        if made := [artifact.path for artifact in publication.artifacts if len(artifact.data) > _LITTLE]:
            raise SystemExit(f"made all the same, so benchmarks/pages_alone.py must learn by whom: {', '.join(made)}")
        # These two tell of the files, so without them there is nothing to tell.
        wanted = [page for page in publication.pages if page.here.w.language in languages and page.here.path not in {"data/", "explore/"}]
        pages = tuple(_without_files(page, kept=kept) for page in wanted)
        return dataclasses.replace(publication, pages=pages, artifacts=())

    publishing.publish = pages_alone  # type: ignore[assignment]
    mkdocs.__main__.cli()


if __name__ == "__main__":
    main()
