"""The project's website as its tests meet it: built once a run, served below its address, opened in a real Chromium.

`site` is a fixture, the folder of the strict build that all workers share; `served` a server on loopback, below the path of the site's
address; `chromium` a browser that can reach nothing but loopback, and tells whom else it was asked to call; `browser` a fixture: the one
of its process, for two of them cannot be driven at once, with fresh profiles for each module. The fixtures are imported where they are used.
"""

from __future__ import annotations

import _thread
import mimetypes
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import mkdocs.commands.build
import mkdocs.config
import mkdocs.utils
import pytest
from forking import Commands
from lxml import html
from patience import PATIENCE
from playwright.sync_api import expect, sync_playwright
from tiers import require, starts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

ROOT = Path(__file__).parent.parent
SITE_URL = "https://open-reports.example/nianbao/"
"""Below a path, as a project's GitHub Pages are: a link that begins with a slash would lead out of it."""
MOUNT = urlsplit(SITE_URL).path
EPOCH = "1767225600"
"""SOURCE_DATE_EPOCH of every build, so that two builds can be compared byte for byte."""
expect.set_options(PATIENCE * 1000)  # of the whole process
POLICY = re.compile(rb'<meta http-equiv="Content-Security-Policy" content="[^"]*">')


# -- building -----------------------------------------------------------------------------------------------------------


def environment(home: Path, **more: str) -> dict[str, str]:
    """Environment of a command that neither depends on nor changes the home of whoever runs the tests."""
    return {
        **{key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "COV_", "PYTEST_"))},
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_CONFIG_HOME": str(home / "config"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "虚构",
        "GIT_AUTHOR_EMAIL": "nobody@example.invalid",
        "GIT_COMMITTER_NAME": "虚构",
        "GIT_COMMITTER_EMAIL": "nobody@example.invalid",
        "NO_MKDOCS_2_WARNING": "1",
        "PYTHONUTF8": "1",
        "SITE_URL": SITE_URL,
        "SOURCE_DATE_EPOCH": EPOCH,
        **more,
    }


def run(*command: str, cwd: Path, env: dict[str, str], within: float = PATIENCE) -> subprocess.CompletedProcess[str]:
    """Run a command and return what it said, both streams in one."""
    if any(name in command for name in _BUILDERS):
        require("build")
    return subprocess.run(
        command,
        cwd=cwd,
        env=env,
        timeout=within,
        check=False,
        text=True,
        encoding="utf-8",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


_BUILDERS = ("mkdocs", "properdocs")


LOADED = (
    *(
        "mkdocs.commands.build",
        "material.plugins.search.plugin",
        "mkdocs.config.defaults",
        "frictionless.formats",
        "frictionless.portals",
        "frictionless.resources",
        "frictionless.schemes",
        "jsonschema",
        "duckdb",
        "xlsxwriter",
        "simplejson",
        "pygments.formatters",
    ),
    *(
        "open_reports.plugin",
        "open_reports.cli",
        "open_reports.form:forms",
        "open_reports.form.glossary:glossary",
        "open_reports.text:words",
    ),
    *("open_reports.finding:messages", "open_reports.files.catalogue.routes:known", "open_reports.files.snippets:settings"),
    *("open_reports.site.page_key:tools", "open_reports.derived.summary.book:book"),
)
"""What every build loads, and reads of what comes with the program."""


@pytest.fixture(scope="session")
@starts("build")
def commands(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commands]:
    """What runs MkDocs in processes of their own that need not load it first."""
    with Commands(*LOADED, env=environment(tmp_path_factory.mktemp("commands")), within=PATIENCE) as running:
        yield running


_themes = cache(mkdocs.utils.get_themes)
"""Installed themes: to look for them among all that is installed is a fifth of a build that is refused."""


def build_here(config_file: Path, *, strict: bool = False) -> None:
    """Build a project in this process."""
    require("build")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mkdocs.utils, "get_themes", _themes)
        config = mkdocs.config.load_config(str(config_file), strict=strict or None)
    config.plugins.on_startup(command="build", dirty=False)
    mkdocs.commands.build.build(config)


def tool(*arguments: str, name: str = "mkdocs") -> tuple[str, ...]:
    """Command line of MkDocs, or of ProperDocs."""
    return (sys.executable, "-m", name, *arguments)


def minimal_project(folder: Path, packages: Iterable[Any] = (), *, language: str = "zh") -> Path:
    """Write a small project: one page by hand, and made-up packages; returns its mkdocs.yml."""
    (folder / "docs").mkdir(parents=True)
    (folder / "docs" / "about.md").write_text("# 关于\n\n虚构。\n", encoding="utf-8")
    (folder / "datapackages").mkdir(exist_ok=True)
    for package in packages:
        package.write(folder / "datapackages")
    config = folder / "mkdocs.yml"
    config.write_text(
        f"site_name: 虚构年报\nsite_url: {SITE_URL}\ntheme: {{name: material, language: {language}, font: false}}\nplugins: [open-reports]\n"
        "nav: [index.md, about.md]\n",
        encoding="utf-8",
    )
    return config


def project_copy(folder: Path) -> Path:
    """Copy what a build of this project reads; returns the copy's folder."""
    folder.mkdir(parents=True)
    shutil.copy(ROOT / "mkdocs.yml", folder)
    for name in ("docs", "datapackages", "released"):
        shutil.copytree(ROOT / name, folder / name)
    return folder


def tree(folder: Path) -> dict[str, str]:
    """Every file below a folder with the hash of its bytes."""
    return {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest() for path in sorted(folder.rglob("*")) if path.is_file()
    }


@contextmanager
def once(tmp_path_factory: pytest.TempPathFactory, name: str) -> Iterator[tuple[Path, bool]]:
    """Folder that all workers of a run share, under a lock, and whether it is still to be filled."""
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    with _locked(base / f"{name}.lock"):
        done = base / f"{name}.done"
        folder = base / name
        yield folder, not done.exists()
        done.touch()


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Let one process at a time go on."""
    if find_spec("fcntl"):  # there is none on Windows, where the quick tests run
        import fcntl  # noqa: PLC0415 (as just said)

        with path.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        return
    end = time.monotonic() + PATIENCE
    while True:
        try:
            path.mkdir()  # which one alone can do
            break
        except FileExistsError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
    try:
        yield
    finally:
        path.rmdir()


@pytest.fixture(scope="session")
@starts("build")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the project's site, built strictly by MkDocs in a process of its own."""
    with once(tmp_path_factory, "site") as (folder, missing):
        if missing:
            folder.mkdir(exist_ok=True)
            outcome = run(
                *tool("build", "--strict", "-f", "mkdocs.yml", "-d", str(folder / "site")), cwd=ROOT, env=environment(folder / "home")
            )
            assert outcome.returncode == 0, outcome.stdout
            # What an extra's library says at the end of a process stands below every build that a clerk makes.
            assert "leaked" not in outcome.stdout
    return folder / "site"


# -- reading what was built ---------------------------------------------------------------------------------------------


def page_files(folder: Path) -> list[Path]:
    """Every HTML file of a site."""
    return sorted(folder.rglob("*.html"))


def parsed(path: Path) -> html.HtmlElement:
    """Parse a page."""
    return html.document_fromstring(path.read_bytes().decode(), parser=html.HTMLParser(encoding="utf-8"))


def address_of(folder: Path, path: Path) -> str:
    """Address of a page of a site, as a browser shows it."""
    return SITE_URL + path.relative_to(folder).as_posix().removesuffix("index.html")


# -- serving ------------------------------------------------------------------------------------------------------------


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        self.server.asked.append(path)
        file = self.server.folder / path.removeprefix(self.server.mount)
        if path.endswith("/"):
            file /= "index.html"
        found = path.startswith(self.server.mount) and file.is_file() and ".." not in path
        if not found:
            file = self.server.folder / "404.html"
        data = file.read_bytes() if file.is_file() else b""
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        if kind == "text/html":
            data = self.server.change(data)
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if kind.startswith("text/") else kind)
        self.send_header("Content-Length", str(len(data)))
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Keep the terminal to pytest."""


class Threaded(ThreadingHTTPServer):
    """A server whose threads coverage does not follow: it may not begin to follow two threads at once, and nothing of ours runs there."""

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer a request in a thread of its own, unseen by `threading`'s trace."""
        _thread.start_new_thread(self.process_request_thread, (request, client_address))


class Server(Threaded):
    """Serves a folder on loopback below a path, as a plain host of static files does.

    `asked` are the paths requested; `change` may rewrite each page; `headers` are sent with every answer.
    """

    def __init__(self, folder: Path, *, mount: str = MOUNT, change: Callable[[bytes], bytes] = bytes) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder = folder
        self.mount = mount
        self.change = change
        self.headers: dict[str, str] = {}
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        """Address of the site."""
        return f"http://127.0.0.1:{self.server_port}{self.mount}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Let a browser hang up when a page is closed."""


@contextmanager
def _running(server: ThreadingHTTPServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def served(folder: Path, *, mount: str = MOUNT, change: Callable[[bytes], bytes] = bytes) -> Iterator[Server]:
    """Serve a folder for the length of a block."""
    server = Server(folder, mount=mount, change=change)
    with _running(server):
        yield server


# -- opening ------------------------------------------------------------------------------------------------------------

_ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_BROWSERS_OWN = (".google.com", ".googleapis.com", ".gvt1.com")
"""Hosts that Chromium calls for itself whatever page is open; what a page asks of them is seen by `Watch` all the same."""


class _Refuse(BaseHTTPRequestHandler):
    """A proxy that notes where somebody wanted to go, and goes nowhere."""

    server: _Outside

    def __getattr__(self, name: str) -> Callable[[], None]:
        if name.startswith("do_"):  # whatever the method
            return self._refuse
        raise AttributeError(name)

    def _refuse(self) -> None:
        host = urlsplit(self.path).hostname if "://" in self.path else self.path.rpartition(":")[0]
        if host and not host.endswith(_BROWSERS_OWN):
            self.server.asked.append(self.path)
        self.send_error(502)

    def log_message(self, *_: object) -> None:
        """Keep the terminal to pytest."""


class _Outside(Threaded):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Refuse)
        self.asked: list[str] = []

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Let the browser hang up when it is closed."""


@dataclass
class Chromium:
    """A browser; `outside` are the requests that would have left this machine, icons, fonts, sockets and pings included."""

    browser: Browser
    outside: list[str]

    def context(self, **options: Any) -> BrowserContext:
        """Open a fresh profile."""
        context = self.browser.new_context(**{"viewport": {"width": 1280, "height": 800}, "locale": "zh-CN", **options})
        context.set_default_timeout(PATIENCE * 1000)
        return context


def _executable() -> str | None:
    """Return the browser named by CHROMIUM, else one on the PATH, else None for Playwright's own.

    The headless shell, the same engine without windows, comes first: a page that opens costs it 0.13 s of processor time, a whole Chromium
    0.5 s, and the tests open some six hundred.
    """
    named = os.environ.get("CHROMIUM")
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    found = (shutil.which(name) for name in names)
    return shutil.which(named) or named if named else next(filter(None, found), None)


@contextmanager
def chromium() -> Iterator[Chromium]:
    """Start a Chromium all of whose traffic but that to loopback goes to a proxy that refuses."""
    require("browser")
    outside = _Outside()
    with _running(outside), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=_executable(),
            timeout=PATIENCE * 1000,
            args=[*_ARGUMENTS, f"--proxy-server=http://127.0.0.1:{outside.server_port}"],
        )
        try:
            yield Chromium(browser, outside.asked)
        finally:
            browser.close()


@pytest.fixture(scope="module")
@starts("browser")
def browser(running_chromium: Chromium) -> Iterator[Chromium]:
    """A browser for the tests of a module, which leaves none of their profiles behind: a start costs half a second of processor time."""
    yield running_chromium
    for context in running_chromium.browser.contexts:
        context.close()
    running_chromium.outside.clear()


@dataclass
class Watch:
    """What a profile's pages do: `requests` they make, `complaints` in the console, `dialogs` they open."""

    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    @classmethod
    def over(cls, context: BrowserContext) -> Watch:
        """Watch every page that a profile opens."""
        watch = cls()
        context.on("request", lambda request: watch.requests.append(request.url))
        context.on("page", watch._page)
        context.on("weberror", lambda error: watch.complaints.append(str(error.error)))
        return watch

    def _page(self, page: Page) -> None:
        page.on("console", lambda message: self.complaints.append(message.text) if message.type in {"error", "warning"} else None)
        page.on("websocket", lambda socket: self.requests.append(socket.url))
        page.on("dialog", self._dialog)

    def _dialog(self, dialog: Any) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def forget(self) -> None:
        """Begin anew, before the next page."""
        for seen in (self.requests, self.complaints, self.dialogs):
            seen.clear()

    def elsewhere(self, server: Server) -> list[str]:
        """Requests to anybody but the server; `data:` and `blob:` addresses are requests to nobody."""
        own = f"http://127.0.0.1:{server.server_port}/"
        return [url for url in self.requests if not url.startswith((own, "data:", "blob:", "about:"))]


@contextmanager
def quiet(browser: Chromium, **options: Any) -> Iterator[Page]:
    """A page of a fresh profile, whose console stays silent and which asks nobody but loopback."""
    context = browser.context(**options)
    watch = Watch.over(context)
    yield context.new_page()
    context.close()
    assert watch.complaints == []
    assert watch.dialogs == []
    assert browser.outside == []
