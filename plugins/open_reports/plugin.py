"""The MkDocs plugin: each event is one call. The only user of `mkdocs`.

A build checks first, writes into a folder beside the site, and takes the site's place when it is whole: a fault or a kill
leaves the previous site as it was.
"""

from __future__ import annotations

import logging
import os
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Literal, cast

from markupsafe import escape
from mkdocs.config import config_options as options
from mkdocs.config.base import Config
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import File, InclusionLevel
from mkdocs.structure.pages import Page as MkDocsPage
from mkdocs.structure.toc import AnchorLink, TableOfContents

from open_reports import shell
from open_reports.cache import Cache
from open_reports.check import check, counts, errors, unexplained
from open_reports.errors import DataError, OpenReportsError
from open_reports.library import Library, open_library
from open_reports.publish import publish
from open_reports.staging import staging, swap
from open_reports.words import Words

if TYPE_CHECKING:
    from jinja2 import Environment
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.nav import Navigation
    from mkdocs.utils.templates import TemplateContext

    from open_reports.finding import Finding
    from open_reports.pages import Page
    from open_reports.publish import Publication

_log = logging.getLogger("mkdocs.plugins.open_reports")
_HERE = Path(__file__).parent
_STYLES = "assets/open-reports.css"


class OpenReportsConfig(Config):
    """Options of the plugin in mkdocs.yml."""

    datapackages = options.Dir(exists=False, default="datapackages")
    """Folder of the data packages, relative to mkdocs.yml."""


class ReportPage(MkDocsPage):
    """A page that is HTML already: it skips Markdown, is built when its turn comes, and is let go when written."""

    def __init__(self, made: Page, file: File, config: MkDocsConfig) -> None:
        self.made = made
        self.framed = ""
        super().__init__(str(escape(made.name)), file, config)

    def read_source(self, config: MkDocsConfig) -> None:  # noqa: ARG002 (MkDocs' signature)
        """There is no Markdown; the titles are escaped, for the theme writes them as they are."""
        self.markdown = ""
        self.meta = {
            "title": str(escape(self.made.title)),
            "description": str(escape(self.made.description)),
            "hide": ["navigation"],
            # Empty: the page is put into a frame of its own making (`_frame`), and the theme need not be rendered again.
            **({} if self.is_homepage else {"template": "framed.html"}),
        }

    def render(self, config: MkDocsConfig, files: Files) -> None:  # noqa: ARG002
        """Only the anchors are known before the page's turn."""
        self.content = ""
        links = [AnchorLink(str(escape(title)), anchor, 2) for anchor, title in self.made.sections]
        top = AnchorLink(str(escape(self.made.title)), "top", 1)
        top.children = links
        self.toc = TableOfContents([top])
        self.present_anchor_ids = {anchor for anchor, _ in self.made.sections}


class OpenReportsPlugin(BasePlugin[OpenReportsConfig]):
    """Publishes data packages of annual reports as a site of pages and data files."""

    def __init__(self) -> None:
        self._command: str = "build"
        self._site: Path | None = None
        self._publication: Publication | None = None
        self._last_good: tuple[Library, tuple[Finding, ...]] | None = None
        self._broken: tuple[Finding, ...] = ()
        self._frames: dict[tuple[str, tuple[tuple[str, str], ...]], shell.Frame] = {}
        self._hashes: dict[str, tuple[str, ...]] = {}
        self._env: Environment | None = None

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:  # noqa: ARG002
        """Remember the command; having this event makes MkDocs keep the plugin over the builds of one `serve`."""
        self._command = command

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Add our frame and styles, watch the packages, and build beside the site rather than in it."""
        self._frames, self._hashes = {}, {}
        config.theme.dirs.insert(0, str(_HERE / "theme"))
        config.extra_css.append(_STYLES)
        config.watch.append(self.config.datapackages)
        if self._command != "serve":
            self._site = Path(config.site_dir)
            config.site_dir = str(staging(self._site))
        return config

    def on_pre_build(self, *, config: MkDocsConfig) -> None:
        """Read and check every package before anything is written."""
        folder = Path(self.config.datapackages)
        base = Path(config.config_file_path).parent if config.config_file_path else Path.cwd()
        place = os.path.relpath(folder, base)
        try:
            library, findings = checked(folder, place=place if not place.startswith("..") else folder.name, strict=config.strict)
            self._last_good, self._broken = (library, findings), ()
        except DataError as error:
            # MkDocs keeps a plugin for the whole process: outside a preview, an earlier build must not stand in for this one.
            if self._command != "serve" or self._last_good is None:
                raise PluginError(f"\n{error}\n{summary(error.findings)}") from error
            # A preview that goes silent while a clerk types would be worse than one that says what is wrong.
            _log.error("%s\n%s", error, summary(error.findings))
            self._broken = error.findings
        except OpenReportsError as error:
            raise PluginError(str(error)) from error
        library, findings = self._last_good
        self._publication = publish(library, findings, site=config.site_url or "", language=language_of(config))

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Add the generated pages, outside the nav, and the styles."""
        assert self._publication is not None  # noqa: S101 (on_pre_build has run)
        for made in self._publication.pages:
            file = File.generated(config, f"{made.path}index.md", content="", inclusion=InclusionLevel.NOT_IN_NAV)
            if files.get_file_from_path(file.src_uri) is not None:
                raise PluginError(f"docs/{file.src_uri} stands where a generated page belongs; remove it")
            file.page = ReportPage(made, file, config)
            files.append(file)
        files.append(File.generated(config, _STYLES, content=(_HERE / _STYLES).read_text(encoding="utf-8")))
        return files

    def on_env(self, env: Environment, *, config: MkDocsConfig, files: Files) -> Environment:  # noqa: ARG002
        """Keep the theme's templates, from which the policy of each page is made."""
        self._env = env
        return env

    def on_page_context(self, context: TemplateContext, *, page: MkDocsPage, config: MkDocsConfig, nav: Navigation) -> TemplateContext:  # noqa: ARG002
        """Build the page, write the data files of its folder, and put it into the theme's frame."""
        if self._broken:
            cast("dict[str, object]", context)["open_reports_banner"] = banner(self._broken, language_of(config))
        base = context["base_url"]
        if base not in self._hashes:
            self._hashes[base] = shell.script_hashes(self._rendered(context, _blank()))
        if isinstance(page, ReportPage):
            built = page.made.build()
            folder = Path(config.site_dir) / page.made.path
            for path, data in built.files.items():
                _write(folder / path, data)
            page.content = built.html
            if not page.is_homepage:  # the nav marks the home page, so its frame is its own
                page.framed = self._frame(context, page, config).around(
                    title=page.meta["title"], description=page.meta["description"], address=page.canonical_url or "", content=built.html
                )
        return context

    def _rendered(self, context: TemplateContext, page: object) -> str:
        assert self._env is not None  # noqa: S101 (on_env has run)
        return self._env.get_template("main.html").render({**context, "page": page})

    def _frame(self, context: TemplateContext, page: ReportPage, config: MkDocsConfig) -> shell.Frame:
        """Return the frame of pages at this depth with these sections: rendered once, for it is most of a page's cost."""
        key = (context["base_url"], page.made.sections)
        if key not in self._frames:
            blank = _blank(
                meta={**page.meta, "title": shell.TITLE, "description": shell.DESCRIPTION},
                title=shell.TITLE,
                content=shell.CONTENT,
                toc=page.toc,
                url=page.url,
                canonical_url=shell.ADDRESS if page.canonical_url else None,
            )
            whole = self._finished(self._rendered(context, blank), context["base_url"], config)
            self._frames[key] = shell.Frame(whole.replace(str(escape(page.made.title)), shell.TITLE))
        return self._frames[key]

    def _finished(self, output: str, base: str, config: MkDocsConfig) -> str:
        # A preview reloads itself by a script of MkDocs' that changes with every build, so no hash can name it.
        hashes = ("'unsafe-inline'",) if self._command == "serve" else self._hashes[base]
        return shell.mended(shell.guarded(output, hashes), labels=_labels(config))

    @event_priority(-100)
    def on_post_page(self, output: str, *, page: MkDocsPage, config: MkDocsConfig) -> str:
        """Guard the page with its policy, and let its content go."""
        if isinstance(page, ReportPage):
            page.content = ""
            if page.framed:
                output, page.framed = page.framed, ""
                return output
        base = "/".join([".."] * page.url.count("/")) or "."
        return self._finished(output, base, config)

    def on_post_template(self, output_content: str, *, template_name: str, config: MkDocsConfig) -> str:
        """Guard the theme's own pages (404), which hold nothing of ours."""
        if not template_name.endswith(".html"):
            return output_content
        return shell.mended(shell.guarded(output_content, shell.script_hashes(output_content)), labels=_labels(config))

    @event_priority(-100)
    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Write the corpus files and put the finished site in its place."""
        assert self._publication is not None  # noqa: S101 (on_pre_build has run)
        for artifact in self._publication.artifacts:
            _write(Path(config.site_dir) / artifact.path, artifact.data)
        self._publication = None
        if self._site is not None and not _warned(config):
            swap(Path(config.site_dir), self._site)
            config.site_dir = str(self._site)

    def on_build_error(self, *, error: Exception) -> None:  # noqa: ARG002 (MkDocs' signature)
        """Leave nothing of a failed build behind."""
        if self._site is not None:
            shutil.rmtree(staging(self._site), ignore_errors=True)


def _blank(**given: object) -> SimpleNamespace:
    """Return a page of the theme with nothing of ours in it but what is given."""
    empty = {"meta": {}, "title": "", "content": "", "toc": [], "url": "", "is_homepage": False, "children": [], "ancestors": []}
    return SimpleNamespace(**{**empty, **given})


def checked(folder: Path, *, place: str | None = None, strict: bool = False) -> tuple[Library, tuple[Finding, ...]]:
    """Open and check a folder of packages.

    Returns the library and its findings, none of them an error. Raises `DataError` with every error there is; if
    `strict`, with every discrepancy, too, about which the package says nothing.
    """
    cache = Cache()
    library = open_library(folder, place=place)
    findings = check(library, cache)
    cache.save()
    if wrong := (*errors(findings), *(unexplained(findings) if strict else ())):
        raise DataError(wrong)
    return library, findings


def summary(findings: tuple[Finding, ...]) -> str:
    """Return what follows the list of errors: how many, and that nothing was published."""
    count = counts(findings)
    wrong, silent = count["error"], count["discrepancy"]
    zh = "、".join(part for part in (f"{wrong} 处错误" if wrong else "", f"{silent} 处未加说明的不相符" if silent else "") if part)
    en = " and ".join(
        part for part in (f"{wrong} errors" if wrong else "", f"{silent} discrepancies without explanation" if silent else "") if part
    )
    return f"共 {zh}，未发布任何内容；改正后再运行一次。/ {en}; nothing was published."


def banner(findings: tuple[Finding, ...], language: str) -> str:
    """HTML of the notice that a preview shows while the data have errors."""
    w = Words(language)
    entries = "".join(f"<li>{escape(each.message(language))}</li>" for each in findings[:20])
    return f'<div class="or-broken" role="alert"><p>{w("preview_broken", count=len(findings))}</p><ul>{entries}</ul></div>'


def language_of(config: MkDocsConfig) -> str:
    """Language of the generated pages: English if the theme's is, else Chinese."""
    return "en" if str(config.theme.get("language", "zh")).startswith("en") else "zh"


def _labels(config: MkDocsConfig) -> dict[str, str]:
    w = Words(language_of(config))
    return {"__drawer": w("drawer"), "__search": w("search")}


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _warned(config: MkDocsConfig) -> bool:
    """Whether a strict build has warnings, which MkDocs turns into a failure only after the last event."""
    loggers = [logging.getLogger(name) for name in ("mkdocs", "properdocs")]
    counters = [getattr(handler, "get_counts", list) for logger in loggers for handler in logger.handlers]
    return config.strict and any(counter() for counter in counters)
