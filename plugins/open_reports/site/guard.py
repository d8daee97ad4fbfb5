"""A guard in `markdown_extensions` of mkdocs.yml: without the plugin there is no site, rather than one without reports.

Zensical reads mkdocs.yml, drops plugins that it does not know without a word, and ends with 0; MkDocs does the same with a
configuration from which the plugin was taken. Extensions of Markdown are what both of them still load: this one changes nothing
while the plugin builds, and stops whoever else turns a page into HTML.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from markdown.extensions import Extension

from open_reports.site.refused import sentence

if TYPE_CHECKING:
    from markdown import Markdown

_FIRST = 1000
"""Before every other preprocessor: whatever another one makes of a page is not wanted."""


class Guard(Extension):  # type: ignore[misc] # the library has no types
    """Lets pages be made by the plugin alone."""

    plugin = False
    """Whether the plugin builds in this process; it says so itself."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 (the name of the library)
        """Look at each page before anything else does: MkDocs loads extensions before it loads plugins."""
        md.preprocessors.register(_Stop(), "open-reports", _FIRST)


class _Stop:
    def run(self, lines: list[str]) -> list[str]:
        if not Guard.plugin:
            # Not an error for MkDocs or Zensical to show with a trace: the sentence, and exit code 1.
            raise SystemExit(sentence("no_plugin"))
        return lines


def makeExtension() -> Guard:  # noqa: N802 (the name that Markdown looks for)
    """Return the extension: `open_reports.site.guard` in mkdocs.yml."""
    return Guard()
