"""The MkDocs plugin: each event is one call to what `site/` offers. The only user of `mkdocs`.

What a build is stands in `site.build`, what the theme is given in `site.frame`; here MkDocs' own objects are handed to them.
"""

from __future__ import annotations

import gc
import logging
import os
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

import ghp_import
from markupsafe import escape
from mkdocs.config import config_options as options
from mkdocs.config.base import Config
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import File, InclusionLevel
from mkdocs.structure.pages import Page as MkDocsPage
from mkdocs.structure.toc import AnchorLink, TableOfContents

from open_reports.copies import message
from open_reports.errors import OpenReportsError
from open_reports.finding import DataError
from open_reports.pages import ENGLISH
from open_reports.pages.frame import templates
from open_reports.pages.search import box as search_box
from open_reports.site import forward, locale
from open_reports.site.build import Build, Settings, refusal
from open_reports.site.bytecode import keep_bytecode
from open_reports.site.frame import Frames, Shown, own_page
from open_reports.site.guard import Guard
from open_reports.site.publish import STYLESHEET, assets
from open_reports.text import LANGUAGES, Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jinja2 import Environment
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.nav import Navigation
    from mkdocs.utils.templates import TemplateContext

    from open_reports.pages import Page

_log = logging.getLogger("mkdocs.plugins.open_reports")
_HERE = Path(__file__).parent


class OpenReportsConfig(Config):
    """Options of the plugin in mkdocs.yml."""

    datapackages = options.Dir(exists=False, default="datapackages")
    """Folder of the data packages, relative to mkdocs.yml."""
    released = options.Type(str, default="released")
    """Folder of the record of what was released, relative to mkdocs.yml (`open-reports release`)."""
    cache = options.Type(bool, default=True)
    """Whether finished pages are kept in the user's cache folder, as large as the site, so that the next build makes only what changed."""
    problem = options.Type(str, default="")
    """Where a reader reports a mistake: a web or mail address in which `{report}`, `{agency}`, `{year}`, `{page}` and
    `{address}` stand for what the reader looks at; empty for no such link."""


class ReportPage(MkDocsPage):
    """A page that is HTML already: it skips Markdown, is built when its turn comes, and is let go when written."""

    def __init__(self, made: Page, file: File, config: MkDocsConfig) -> None:
        self.made = made
        self.framed = ""
        self.in_menu = False
        """Whether the menu marks this page, so that its frame is its own."""
        super().__init__(str(escape(made.name)), file, config)

    def read_source(self, config: MkDocsConfig) -> None:  # noqa: ARG002 (MkDocs' signature)
        """There is no Markdown; the titles are escaped, for the theme writes them as they are."""
        self.markdown = ""
        self.meta = {
            "title": str(escape(self.made.title)),
            "description": str(escape(self.made.description)),
            "hide": ["navigation"],
            # Empty: the page is put into a frame of our making (`site.frame`), and the theme need not be rendered again.
            **({} if self.in_menu else {"template": "framed.html"}),
        }

    def render(self, config: MkDocsConfig, files: Files) -> None:  # noqa: ARG002
        """Only the anchors are known before the page's turn."""
        self.content = ""
        links = [AnchorLink(str(escape(title)), anchor, 2) for anchor, title in self.made.sections]
        top = AnchorLink(str(escape(self.made.title)), "top", 1)
        top.children = links
        self.toc = TableOfContents([top])
        self.present_anchor_ids = {anchor for anchor, _ in self.made.sections}

    def let_go(self) -> str:
        """Return the page in its frame, empty where it has one of its own, and forget it."""
        # MkDocs holds all pages to the end: with their content, memory would grow with the site.
        framed, self.framed, self.content = self.framed, "", ""
        return framed


class OpenReportsPlugin(BasePlugin[OpenReportsConfig]):
    """Publishes data packages of annual reports as a site of pages and data files."""

    def __init__(self) -> None:
        self._command = ""
        self._build: Build | None = None
        self._frames: Frames | None = None
        self._facts: forward.Facts | None = None

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:  # noqa: ARG002
        """Remember the command; having this event makes MkDocs keep the plugin over the builds of one `serve`."""
        self._command = command

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Add our frame and styles, watch the packages, and build beside the site rather than in it."""
        Guard.plugin = True
        config.theme.dirs.insert(0, str(_HERE / "site" / "theme"))
        config.extra_css.append(STYLESHEET)
        config.extra["alternate"] = True  # makes the theme show our switch of languages (theme/partials/alternate.html)
        config.watch.append(self.config.datapackages)
        # MkDocs keeps a plugin for the whole process: outside a preview, an earlier build must not stand in for this one.
        before = self._build.data if self._build and self._command == "serve" else None
        with _told():
            self._build = Build(self._settings(config), before, waiting=_log.info)
        config.site_dir = str(self._build.folder)
        return config

    def _settings(self, config: MkDocsConfig) -> Settings:
        base = self._base(config)
        return Settings(
            packages=Path(self.config.datapackages),
            base=base,
            record=base / self.config.released,
            target=Path(config.site_dir),
            site=config.site_url or "",
            problem=self.config.problem,
            strict=config.strict,
            preview=self._command == "serve",
            cache=(config.config_file_path or str(base)) if self.config.cache else "",
            held=self._command == "gh-deploy",
        )

    @staticmethod
    def _base(config: MkDocsConfig) -> Path:
        return Path(config.config_file_path).parent if config.config_file_path else Path.cwd()

    @property
    def _opened(self) -> tuple[Build, Frames]:
        assert self._build is not None  # noqa: S101 (on_config has run)
        assert self._frames is not None  # noqa: S101 (on_nav has run)
        return self._build, self._frames

    def on_pre_build(self, *, config: MkDocsConfig) -> None:
        """Hold a deployment against what is published; read and check every package before anything is written."""
        assert self._build is not None  # noqa: S101 (on_config has run)
        with _told():
            if self._command == "gh-deploy":
                self._facts = self._look(config)
                forward.note(self._facts, revert=_revert())
            made = self._build.open()
        if self._build.broken:
            _log.error("%s", refusal(DataError(self._build.broken)))
        if unseen := self._build.unseen:
            _log.info("%s / %s", unseen.zh, unseen.en)
        _log.info("%s / %s", *(self._build.checks(language) for language in LANGUAGES))
        for lacking in made.lacking:
            _log.info("%s / %s", Words("zh")(lacking), Words("en")(lacking))
        if self._command in {"build", "gh-deploy"}:
            # The process ends with the build, and nothing that was read is let go before: `gc.freeze` keeps the collector from
            # rescanning it again and again. A preview, or a program that builds, goes on, and is left alone. Before any library of
            # an extra is loaded: what nanobind (of duckdb) finds frozen at the end, it calls leaked.
            gc.freeze()
        with _told():
            self._build.begin()

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Add the generated pages, outside the nav, and the styles and scripts."""
        assert self._build is not None  # noqa: S101 (on_config has run)
        for made in self._build.pages:
            file = File.generated(config, f"{made.path}index.md", content="", inclusion=InclusionLevel.NOT_IN_NAV)
            if files.get_file_from_path(file.src_uri) is not None:
                raise PluginError(f"docs/{file.src_uri} stands where a generated page belongs; remove it")
            file.page = ReportPage(made, file, config)
            files.append(file)
        for path, data in assets().items():
            files.append(File.generated(config, path, content=data))
        for each in files.documentation_pages():
            if each.src_uri.startswith(ENGLISH):  # a menu has no place for twins: the switch of languages leads to them
                each.inclusion = InclusionLevel.NOT_IN_NAV
        return files

    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> Navigation:
        """Make the English menu of the twins of the Chinese one's pages, and what the theme is given in each language."""
        assert self._build is not None  # noqa: S101 (on_config has run)
        menus = {"zh": locale.Menu(nav.homepage, nav.items), "en": _english_menu(nav, files)}
        for item in (item for menu in menus.values() for item in menu if isinstance(item, ReportPage)):
            item.in_menu = True
        self._frames = Frames(
            views={language: locale.configuration(config, language) for language in LANGUAGES},
            menus=menus,
            twins=frozenset(each.url for each in files.documentation_pages()),
            site=config.site_url or "",
            preview=self._command == "serve",
            broken=self._build.broken,
        )
        return nav

    def on_env(self, env: Environment, *, config: MkDocsConfig, files: Files) -> Environment:  # noqa: ARG002
        """Take the theme's templates, from which frames are made, and hand them our words."""
        _, frames = self._opened
        # What other plugins and hooks hand to the theme's templates, nobody here knows the version of.
        keep_bytecode(templates(), *([] if config.hooks or len(config.plugins) > 1 else [env]))
        frames.render = env.get_template("main.html").render
        env.globals["open_reports_words"] = {language: Words(language) for language in LANGUAGES}
        env.globals["open_reports_box"] = search_box
        return env

    def on_page_context(self, context: TemplateContext, *, page: MkDocsPage, config: MkDocsConfig, nav: Navigation) -> TemplateContext:  # noqa: ARG002
        """Build the page, write the data files of its folder, and put it into the theme's frame in its language."""
        build, frames = self._opened
        ours = page if isinstance(page, ReportPage) else None
        if ours:
            with _told():
                ours.content = build.page(ours.made)
        whole = frames.dress(
            cast("dict[str, object]", context),
            Shown(
                url=page.url,
                canonical=page.canonical_url or "",
                base=context["base_url"],
                meta=page.meta,
                toc=page.toc,
                made=ours.made if ours else None,
                content=page.content or "",
                in_menu=ours is not None and ours.in_menu,
            ),
        )
        if ours:
            ours.framed = whole
        return context

    @event_priority(-100)
    def on_post_page(self, output: str, *, page: MkDocsPage, config: MkDocsConfig) -> str:  # noqa: ARG002
        """Guard the page with its policy, and let its content go."""
        _, frames = self._opened
        framed = page.let_go() if isinstance(page, ReportPage) else ""
        return framed or frames.finished(output, page.url)

    def on_post_template(self, output_content: str, *, template_name: str, config: MkDocsConfig) -> str:  # noqa: ARG002
        """Guard the theme's own pages (404), which hold nothing of ours."""
        return own_page(output_content) if template_name.endswith(".html") else output_content

    @event_priority(-100)
    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Write the files that stand beside no page, and put the finished site in its place."""
        # Last of all plugins: what another one wrote after this would not be in the published site.
        build, _ = self._opened
        with _told():
            config.site_dir = str(build.finish(publish=not _warned(config)))
        if build.unsigned:
            # No warning: the strict build that every release is must not fail because its data are new.
            dropped = message("sign.dropped")
            _log.info("%s / %s", dropped.zh, dropped.en)
        if self._facts is not None:
            self._deploy_once(self._facts, config)

    def _look(self, config: MkDocsConfig) -> forward.Facts:
        assert self._build is not None  # noqa: S101 (on_config has run)
        base, settings = self._base(config), self._build.settings
        folders = (settings.packages, settings.record, Path(config.docs_dir))
        more = (config.config_file_path, config.theme.custom_dir, *config.hooks)
        inputs = (*folders, *(base / each for each in more if each))
        return forward.look(base, Path.cwd(), remote=config.remote_name, branch=config.remote_branch, inputs=inputs, made=settings.target)

    def _deploy_once(self, before: forward.Facts, config: MkDocsConfig) -> None:
        """Let the coming push say what is published, and be refused in a sentence."""
        # MkDocs has no event between the build and the push, nor one for the message of the commit, and shows a push that git
        # refuses as a traceback. What it calls is the one place where all three can be had; it is called once, then is itself again.
        push = ghp_import.ghp_import

        def pushed(folder: str, **options: object) -> None:
            ghp_import.ghp_import = push
            try:
                facts = self._look(config)
                # A build takes minutes, in which somebody may publish, commit or type.
                if facts != before:
                    raise forward.ForwardError(forward.Reason("moved", {"branch": facts.branch}))
                said = forward.note(facts, revert=_revert())
                push(folder, **{**options, "mesg": f"{options['mesg']}\n\n{said}"})
            except OpenReportsError as error:
                raise ghp_import.GhpError(str(error)) from error
            except subprocess.CalledProcessError as error:
                reason = forward.Reason("push", {"remote": config.remote_name, "branch": config.remote_branch})
                raise ghp_import.GhpError(str(forward.ForwardError(reason))) from error

        ghp_import.ghp_import = pushed

    @event_priority(-100)
    def on_build_error(self, *, error: Exception) -> None:
        """Leave nothing of a failed build behind, and say in a sentence what the system refused."""
        if self._build is not None:
            self._build.fail()
            # MkDocs writes most of a site itself, and what it meets there comes by here, or as a traceback. Last of all plugins, for
            # no other one hears of it afterwards.
            if isinstance(error, OSError):
                raise PluginError(self._build.refused(error)) from error

    def on_shutdown(self) -> None:
        """Leave nothing behind of a build that was stopped by Ctrl+C, of which MkDocs tells nobody else."""
        if self._build is not None:
            self._build.fail()


@contextmanager
def _told() -> Iterator[None]:
    """Hand an error of ours to MkDocs as one that it tells without a traceback."""
    try:
        yield
    except DataError as error:
        raise PluginError(f"\n{refusal(error)}") from error
    except OpenReportsError as error:
        raise PluginError(str(error)) from error


def _revert() -> bool:
    return forward.switched(os.environ.get(forward.SWITCH, ""))


def _english_menu(nav: Navigation, files: Files) -> locale.Menu:
    def twin(item: MkDocsPage | None) -> MkDocsPage | None:
        file = files.get_file_from_path(f"{ENGLISH}{item.file.src_uri}") if item else None
        return file.page if file and file.page else item

    return locale.Menu(twin(nav.homepage), [twin(item) if isinstance(item, MkDocsPage) else item for item in nav.items])


def _warned(config: MkDocsConfig) -> bool:
    """Whether a strict build has warnings, which MkDocs turns into a failure only after the last event."""
    loggers = [logging.getLogger(name) for name in ("mkdocs", "properdocs")]
    counters = [getattr(handler, "get_counts", list) for logger in loggers for handler in logger.handlers]
    return config.strict and any(counter() for counter in counters)
