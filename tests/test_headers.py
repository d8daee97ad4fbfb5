"""Headers of a web server: one table in three spellings, and a site that works below them.

Whether nginx and Caddy themselves take the lines is asked by `tests/outside/headers.sh`; here the lines are read.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

import made_up
import pytest
from conftest import PROJECT
from open_reports.files import headers
from open_reports.files.headers import HEADERS
from open_reports.site.frame import policy
from website import Watch, browser, build_here, minimal_project, served

if TYPE_CHECKING:
    from collections.abc import Iterator

    from website import Chromium, Server

__all__ = ["browser"]


def directives(text: str) -> dict[str, list[str]]:
    return {name: values for name, *values in (each.split() for each in text.split(";"))}


def test_the_three_spellings_say_the_same() -> None:
    first, *lines = headers.headers_file().decode().splitlines()
    assert first == "/*"
    assert dict(line.removeprefix("  ").split(": ", 1) for line in lines) == HEADERS
    nginx = [shlex.split(line.removesuffix(";")) for line in headers.nginx().splitlines()]
    assert [(command, always) for command, _, _, always in nginx] == [("add_header", "always")] * len(HEADERS)
    assert {name: value for _, name, value, _ in nginx} == HEADERS
    begun, *told, ended = headers.caddy().splitlines()
    assert (begun, ended) == ("header {", "}")
    assert dict(shlex.split(line) for line in told) == HEADERS


def test_no_value_can_end_its_line_or_its_quotes() -> None:
    for name, value in HEADERS.items():
        assert re.fullmatch(r"[A-Z][A-Za-z-]+", name)
        # In nginx `$` begins a variable, in Caddy `{` a placeholder; Cloudflare takes lines of 2,000 characters.
        assert re.fullmatch(r"[ !#%-z|~]+", value)
        assert not set(value) & set('"\\{}$`\n')
        assert len(f"  {name}: {value}") < 2000


def test_the_policy_of_the_header_is_that_of_every_page_and_names_who_may_frame_it() -> None:
    page, header = directives(policy(("'sha256-x'",))), directives(HEADERS["Content-Security-Policy"])
    assert header.pop("frame-ancestors") == ["'none'"]
    # A page is held to both, so that its own list of scripts, which allows nothing inline but by hash, stays what counts.
    assert (page.pop("script-src"), header.pop("script-src")) == (
        ["'self'", "'sha256-x'"],
        ["'self'", "'unsafe-inline'", "'wasm-unsafe-eval'"],
    )
    assert page == header
    assert HEADERS["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["docs/publish.md", "docs/en/publish.md"])
def test_the_manual_has_the_lines_of_nginx_and_caddy(path: str) -> None:
    text = (PROJECT / path).read_text(encoding="utf-8")
    assert re.findall(r"```nginx\n(.*?)```", text, re.DOTALL) == [headers.nginx()]
    assert re.findall(r"```caddyfile\n(.*?)```", text, re.DOTALL) == [headers.caddy()]


# -- in a browser -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A small site whose host sends what the site's own `_headers` says."""
    folder = tmp_path_factory.mktemp("headers")
    build_here(minimal_project(folder, [made_up.package(year=2023), made_up.package("xugou-yi", 2023)]))
    with served(folder / "site") as running:
        lines = (folder / "site" / headers.PATH).read_text(encoding="utf-8").splitlines()[1:]
        for name, _, value in (line.strip().partition(": ") for line in lines):
            running.headers[name] = value
        yield running


@pytest.mark.build
@pytest.mark.browser
@pytest.mark.parametrize("path", ["", "en/", "about/", "compare/", "search/?q=1", "reports/xugou-jia/2023/", "no-such-page/"])
def test_pages_work_below_the_headers(browser: Chromium, server: Server, path: str) -> None:
    context = browser.context()
    watch = Watch.over(context)
    page = context.new_page()
    answer = page.goto(server.url + path, wait_until="networkidle")
    assert answer is not None
    assert {name.lower() for name in HEADERS} <= answer.headers.keys()
    assert [each for each in watch.complaints if "404" not in each] == []
    context.close()


@pytest.mark.build
@pytest.mark.browser
def test_the_database_is_asked_below_the_headers(browser: Chromium, server: Server) -> None:
    context = browser.context()
    watch = Watch.over(context)
    page = context.new_page()
    page.goto(f"{server.url}explore/")
    page.locator("#or-sql").fill("SELECT 40 + 2 AS n")
    page.locator("#or-sql-run").click()
    page.locator("#or-sql-result tbody td").first.wait_for()
    assert page.locator("#or-sql-result tbody td").first.text_content() == "42"
    assert watch.complaints == []
    context.close()


@pytest.mark.build
@pytest.mark.browser
@pytest.mark.parametrize("framed", ["without", "with"])
def test_nobody_else_can_put_a_page_into_a_frame(
    browser: Chromium, server: Server, tmp_path_factory: pytest.TempPathFactory, framed: str
) -> None:
    """Not a frame of another site; without the headers it can, which shows that they do it."""
    outer = tmp_path_factory.mktemp("outer")
    (outer / "index.html").write_text(f'<!doctype html><title>x</title><iframe src="{server.url}about/"></iframe>', encoding="utf-8")
    kept = dict(server.headers)
    if framed == "without":
        server.headers.clear()
    try:
        with served(outer, mount="/") as other:
            context = browser.context()
            page = context.new_page()
            page.goto(other.url, wait_until="networkidle")
            shown = [frame.locator("h1").count() for frame in page.frames[1:]]
            assert shown == [framed == "without"]
            context.close()
    finally:
        server.headers.update(kept)
