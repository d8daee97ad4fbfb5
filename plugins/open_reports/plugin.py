"""The MkDocs plugin: each event is one call. The only user of `mkdocs`.

A build checks first, writes into a folder beside the site, and takes the site's place when it is whole: a fault or a kill
leaves the previous site as it was.
"""

from __future__ import annotations

import gc
import gzip
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

from open_reports.checks.cache import Memory
from open_reports.checks.check import counts
from open_reports.corpus import Corpus, checked
from open_reports.errors import OpenReportsError
from open_reports.files import catalogue
from open_reports.files.manifest import PATH, Manifest, is_data
from open_reports.finding import DataError
from open_reports.history import releases
from open_reports.pages import ENGLISH
from open_reports.pages.search import box as search_box
from open_reports.site import frame, locale
from open_reports.site.page_cache import Store
from open_reports.site.publish import assets
from open_reports.site.staging import staging, swap
from open_reports.text import LANGUAGES, Words

if TYPE_CHECKING:
    from jinja2 import Environment
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.nav import Navigation
    from mkdocs.utils.templates import TemplateContext

    from open_reports.finding import Finding
    from open_reports.pages import Page
    from open_reports.site.publish import Publication

_log = logging.getLogger("mkdocs.plugins.open_reports")
_HERE = Path(__file__).parent
_EVERYWHERE = ("site.js",)
"""Scripts of every page."""


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
            # Empty: the page is put into a frame of its own making (`_frame`), and the theme need not be rendered again.
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


class OpenReportsPlugin(BasePlugin[OpenReportsConfig]):
    """Publishes data packages of annual reports as a site of pages and data files."""

    def __init__(self) -> None:
        self._command = ""
        self._site: Path | None = None
        self._publication: Publication | None = None
        self._released: releases.Released | None = None
        self._last_good: Corpus | None = None
        self._manifest = Manifest()
        self._store: Store | None = None
        self._broken: tuple[Finding, ...] = ()
        self._frames: dict[tuple[object, ...], frame.Frame] = {}
        self._hashes: dict[tuple[str, str], tuple[str, ...]] = {}
        self._views: dict[str, locale.View] = {}
        self._menus: dict[str, locale.Menu] = {}
        self._twins: frozenset[str] = frozenset()
        self._env: Environment | None = None

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:  # noqa: ARG002
        """Remember the command; having this event makes MkDocs keep the plugin over the builds of one `serve`."""
        self._command = command

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Add our frame and styles, watch the packages, and build beside the site rather than in it."""
        self._frames, self._hashes = {}, {}
        config.theme.dirs.insert(0, str(_HERE / "site" / "theme"))
        config.extra_css.append("assets/open-reports.css")
        config.extra["alternate"] = True  # makes the theme show our switch of languages (theme/partials/alternate.html)
        self._views = {language: locale.configuration(config, language) for language in LANGUAGES}
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
            memory = Memory(f"build {folder.resolve()}")
            corpus = checked(folder, place=place if not place.startswith("..") else folder.name, strict=config.strict, memory=memory)
            self._released = releases.read(base / self.config.released)
            if self._command != "serve" and (broken := releases.breaches(corpus.library, self._released)):
                raise releases.PermanenceError(broken)
            self._last_good, self._broken = corpus, ()
        except DataError as error:
            # MkDocs keeps a plugin for the whole process: outside a preview, an earlier build must not stand in for this one.
            if self._command != "serve" or self._last_good is None:
                raise PluginError(f"\n{error}\n{summary(error.findings)}") from error
            # A preview that goes silent while a clerk types would be worse than one that says what is wrong.
            _log.error("%s\n%s", error, summary(error.findings))
            self._broken = error.findings
        except OpenReportsError as error:
            raise PluginError(str(error)) from error
        if self._command in {"build", "gh-deploy"}:
            # The process ends with the build, and nothing that was read is let go before: the collector of garbage would walk
            # through all of it in vain, again and again. A preview, or a program that builds, goes on, and is left alone.
            gc.freeze()
        corpus, site = self._last_good, config.site_url or ""
        try:
            self._publication = corpus.publish(site=site, problem=self.config.problem, released=self._released)
            self._manifest = Manifest(site=site, packages=corpus.place)
            self._store = Store(config.config_file_path or str(base)) if self.config.cache else None
        except OpenReportsError as error:
            raise PluginError(str(error)) from error
        for lacking in self._publication.lacking:
            _log.info("%s / %s", Words("zh")(lacking), Words("en")(lacking))

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Add the generated pages, outside the nav, and the styles and scripts."""
        assert self._publication is not None  # noqa: S101 (on_pre_build has run)
        for made in self._publication.pages:
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
        self._twins = frozenset(each.url for each in files.documentation_pages())
        return files

    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> Navigation:  # noqa: ARG002
        """Make the English menu of the twins of the Chinese one's pages."""
        self._menus = {"zh": locale.Menu(nav.homepage, nav.items), "en": _english_menu(nav, files)}
        for menu in self._menus.values():
            for item in menu:
                if isinstance(item, ReportPage):
                    item.in_menu = True
        return nav

    def on_env(self, env: Environment, *, config: MkDocsConfig, files: Files) -> Environment:  # noqa: ARG002
        """Keep the theme's templates, from which the policy of each page is made, and hand them our words."""
        self._env = env
        env.globals["open_reports_words"] = {language: Words(language) for language in LANGUAGES}
        env.globals["open_reports_box"] = search_box
        return env

    def on_page_context(self, context: TemplateContext, *, page: MkDocsPage, config: MkDocsConfig, nav: Navigation) -> TemplateContext:  # noqa: ARG002
        """Build the page, write the data files of its folder, and put it into the theme's frame in its language."""
        language = language_of(page)
        own = cast("dict[str, object]", context)
        own.update(config=self._views[language], nav=self._menus[language])
        if self._broken:
            own["open_reports_banner"] = banner(self._broken, language)
        base = context["base_url"]
        if (language, base) not in self._hashes:
            own["open_reports"] = _links(language, base)
            self._hashes[language, base] = frame.script_hashes(self._rendered(context, _blank()))
        if isinstance(page, ReportPage):
            built = self._store.built(page.made) if self._store else page.made.build()
            folder = Path(config.site_dir) / page.made.path
            for path, data in built.files.items():
                self._manifest.add(f"{page.made.path}{path}", data)
                _write(folder / path, data)
            page.content = built.html
            if not page.in_menu:
                page.framed = self._framed(context, page, config)
                return context
        own["open_reports"] = self._page_links(page, base, config)
        return context

    def _page_links(self, page: MkDocsPage, base: str, config: MkDocsConfig) -> dict[str, object]:
        twin = locale.twin(page.url)
        if not isinstance(page, ReportPage) and twin not in self._twins:
            return _links(language_of(page), base)
        scripts = page.made.scripts if isinstance(page, ReportPage) else ()
        return _links(language_of(page), base, twin=twin, address=page.canonical_url or "", site=config.site_url or "", scripts=scripts)

    def _rendered(self, context: TemplateContext, page: object) -> str:
        assert self._env is not None  # noqa: S101 (on_env has run)
        return self._env.get_template("main.html").render({**context, "page": page})

    def _framed(self, context: TemplateContext, page: ReportPage, config: MkDocsConfig) -> str:
        """Return the page in the frame of those at this depth with these sections: rendered once, for it is most of a page's cost."""
        made, site, base = page.made, config.site_url or "", context["base_url"]
        key = (made.here.w.language, base, made.sections, made.scripts)
        if key not in self._frames:
            blank = _blank(
                meta={**page.meta, "title": frame.TITLE, "description": frame.DESCRIPTION},
                title=frame.TITLE,
                content=frame.CONTENT,
                toc=page.toc,
                url=page.url,
                canonical_url=frame.ADDRESS if page.canonical_url else None,
            )
            links = _links(made.here.w.language, base, twin="", address=frame.ADDRESS, site=site, scripts=made.scripts)
            cast("dict[str, object]", context)["open_reports"] = {**links, "twin": frame.TWIN, "twin_address": frame.TWIN_ADDRESS}
            whole = self._finished(self._rendered(context, blank), made.here.w.language, base)
            self._frames[key] = frame.Frame(whole.replace(str(escape(made.title)), frame.TITLE))
        return self._frames[key].around(
            frame.Parts(
                title=page.meta["title"],
                description=page.meta["description"],
                address=page.canonical_url or "",
                twin=made.here.twin(),
                twin_address=f"{site}{locale.twin(page.url)}" if site else "",
                content=page.content or "",
            )
        )

    def _finished(self, output: str, language: str, base: str) -> str:
        # A preview reloads itself by a script of MkDocs' that changes with every build, so no hash can name it.
        hashes = ("'unsafe-inline'",) if self._command == "serve" else self._hashes[language, base]
        return frame.mended(frame.guarded(output, hashes), labels=_labels(language))

    @event_priority(-100)
    def on_post_page(self, output: str, *, page: MkDocsPage, config: MkDocsConfig) -> str:  # noqa: ARG002
        """Guard the page with its policy, and let its content go."""
        if isinstance(page, ReportPage):
            page.content = ""
            if page.framed:
                output, page.framed = page.framed, ""
                return output
        base = "/".join([".."] * page.url.count("/")) or "."
        return self._finished(output, language_of(page), base)

    def on_post_template(self, output_content: str, *, template_name: str, config: MkDocsConfig) -> str:  # noqa: ARG002
        """Guard the theme's own pages (404), which hold nothing of ours."""
        if not template_name.endswith(".html"):
            return output_content
        return frame.mended(frame.guarded(output_content, frame.script_hashes(output_content)), labels=_labels("zh"))

    @event_priority(-100)
    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Write the corpus files and put the finished site in its place."""
        assert self._publication is not None  # noqa: S101 (on_pre_build has run)
        for artifact in self._publication.artifacts:
            if is_data(artifact.path):
                self._manifest.add(artifact.path, artifact.data)
            _write(Path(config.site_dir) / artifact.path, artifact.data)
        _write(Path(config.site_dir) / PATH, self._manifest.finish())
        sitemap = Path(config.site_dir) / "sitemap.xml"
        if sitemap.is_file():  # MkDocs packs it with the time of the build inside
            _write(sitemap.with_suffix(".xml.gz"), gzip.compress(sitemap.read_bytes(), mtime=0))
        if self._released and self._command != "serve" and (gone := releases.lost(self._released, self._standing(config))):
            raise PluginError(str(releases.PermanenceError(gone)))
        self._publication = None
        if self._store:
            self._store.sweep()
        if self._site is not None and not _warned(config):
            swap(Path(config.site_dir), self._site)
            config.site_dir = str(self._site)

    def _standing(self, config: MkDocsConfig) -> frozenset[str]:
        """Every path of the finished site; outputs left out for want of a library count as there, for they are told of elsewhere."""
        files = frozenset(releases.written(Path(config.site_dir)))
        if self._publication is None or self._last_good is None or not self._publication.lacking:
            return files
        paths = catalogue.site_routes().paths(self._last_good.library)
        return files | {path for path, route in paths if route.id in catalogue.OPTIONAL}

    def on_build_error(self, *, error: Exception) -> None:  # noqa: ARG002 (MkDocs' signature)
        """Leave nothing of a failed build behind."""
        if self._site is not None:
            shutil.rmtree(staging(self._site), ignore_errors=True)


def _blank(**given: object) -> SimpleNamespace:
    """Return a page of the theme with nothing of ours in it but what is given."""
    empty = {"meta": {}, "title": "", "content": "", "toc": [], "url": "", "is_homepage": False, "children": [], "ancestors": []}
    return SimpleNamespace(**{**empty, **given})


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


def language_of(page: MkDocsPage) -> str:
    """Language of a page: English below `en/`, else Chinese."""
    return "en" if page.url.startswith(ENGLISH) else "zh"


def _labels(language: str) -> dict[str, str]:
    w = Words(language)
    return {"__drawer": w("drawer"), "__search": w("search")}


def _links(
    language: str, base: str, *, twin: str | None = None, address: str = "", site: str = "", scripts: tuple[str, ...] = ()
) -> dict[str, object]:
    """What our parts of the theme are told of a page: its language, its words, its twin, its scripts; links are relative.

    `twin` is the address of the twin below the site, which is empty for home's.
    """
    home = f"{base}/{ENGLISH}" if language == "en" else f"{base}/"
    return {
        "language": language,
        "w": Words(language),
        "other": "zh" if language == "en" else "en",
        "other_w": Words("zh" if language == "en" else "en"),
        "home": home,
        "search": f"{home}search/",
        "twin": "" if twin is None else f"{base}/{twin}",
        "address": address,
        "twin_address": f"{site}{twin or ''}" if site else "",
        "image": f"{site}assets/open-reports/card.png" if site else "",
        "scripts": [f"{base}/assets/open-reports/{name}" for name in (*_EVERYWHERE, *scripts)],
    }


def _english_menu(nav: Navigation, files: Files) -> locale.Menu:
    def twin(item: MkDocsPage | None) -> MkDocsPage | None:
        file = files.get_file_from_path(f"{ENGLISH}{item.file.src_uri}") if item else None
        return file.page if file and file.page else item

    return locale.Menu(twin(nav.homepage), [twin(item) if isinstance(item, MkDocsPage) else item for item in nav.items])


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _warned(config: MkDocsConfig) -> bool:
    """Whether a strict build has warnings, which MkDocs turns into a failure only after the last event."""
    loggers = [logging.getLogger(name) for name in ("mkdocs", "properdocs")]
    counters = [getattr(handler, "get_counts", list) for logger in loggers for handler in logger.handlers]
    return config.strict and any(counter() for counter in counters)
