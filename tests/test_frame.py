"""The theme's frames, without MkDocs: rendered once for many pages, each page whole and in its own language, under its policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from open_reports.finding import Finding
from open_reports.pages import Here, Page
from open_reports.site import frame, locale
from open_reports.site.frame import Frames, Shown
from open_reports.text import LANGUAGES, Words

if TYPE_CHECKING:
    from collections.abc import Mapping

SITE = "https://open-reports.example/"
SCRIPT = "document.title"


class Theme:
    """A theme of a few lines, which counts how often it is rendered."""

    def __init__(self) -> None:
        self.rendered = 0

    def render(self, context: Mapping[str, Any]) -> str:
        self.rendered += 1
        page, ours = context["page"], context["open_reports"]
        meta = page.meta
        return (
            f'<html lang="{context["config"].theme["language"]}"><head><meta charset="utf-8"><title>{meta.get("title", "")}</title>'
            f'<meta name="description" content="{meta.get("description", "")}"><link rel="canonical" href="{page.canonical_url or ""}">'
            if hasattr(page, "canonical_url")
            else f'<html lang="{context["config"].theme["language"]}"><head><meta charset="utf-8"><title></title>'
        ) + (
            f'<script>{SCRIPT}</script></head><body><input type="checkbox" id="__drawer" autocomplete="off">'
            f'<label for="__toc"></label><a href="{ours.twin}">{ours.other}</a>'
            f'<link href="{ours.twin_address}">{context.get("open_reports_banner", "")}{page.content}</body></html>'
        )


class Themed:
    """What MkDocs' configuration has of it."""

    theme: Mapping[str, str] = {"language": "zh"}
    extra: Mapping[str, Any] = {"en": {"site_name": "Open Reports"}}
    site_name = "公开年报"


def frames_of(theme: Theme, *, preview: bool = False, broken: tuple[Finding, ...] = (), site: str = SITE) -> Frames:
    config = Themed()
    made = Frames(
        views={language: locale.configuration(config, language) for language in LANGUAGES},
        menus={language: locale.Menu(None, ()) for language in LANGUAGES},
        twins={"about/", "en/about/", "alone/"},
        site=site,
        preview=preview,
        broken=broken,
    )
    made.render = theme.render
    return made


def page_of(path: str, language: str = "zh", *, title: str = "虚构", sections: tuple[tuple[str, str], ...] = ()) -> Page:
    return Page(
        here=Here(path, Words(language)),
        name=title,
        title=title,
        description=f"{title}的说明",
        sections=sections,
        build=lambda: "",
        scripts=("glossary.js",),
    )


def shown(page: Page, content: str = "<h1>内容</h1>", *, in_menu: bool = False) -> Shown:
    return Shown(
        url=page.path,
        canonical=f"{SITE}{page.path}",
        base="/".join([".."] * page.path.count("/")) or ".",
        meta={"title": page.title, "description": page.description},
        toc=[],
        made=page,
        content=content,
        in_menu=in_menu,
    )


def test_one_frame_serves_every_page_of_its_kind() -> None:
    """One rendering for the policy of a depth, one for the frame; whatever is a page's own stands in it."""
    theme = Theme()
    frames = frames_of(theme)
    for number in range(5):
        page = page_of(f"reports/xugou-{number}/", title=f"虚构{number}")
        whole = frames.dress({}, shown(page, f"<h1>内容{number}</h1>"))
        assert f"<title>虚构{number}</title>" in whole
        assert f'content="虚构{number}的说明"' in whole
        assert f'href="{SITE}reports/xugou-{number}/"' in whole
        assert f'href="../../en/reports/xugou-{number}/"' in whole
        assert f'href="{SITE}en/reports/xugou-{number}/"' in whole
        assert f"<h1>内容{number}</h1>" in whole
        assert "\ue000" not in whole
    assert theme.rendered == 2
    for other in (page_of("years/"), page_of("reports/xugou-0/", "en"), page_of("reports/xugou-0/", sections=(("a", "甲"),))):
        before = theme.rendered
        frames.dress({}, shown(other))
        assert theme.rendered > before, other.path


def test_a_title_is_text() -> None:
    whole = frames_of(Theme()).dress({}, shown(page_of("reports/a/", title='<b>"甲"&乙')))
    assert "<b>" not in whole
    assert "&lt;b&gt;&#34;甲&#34;&amp;乙" in whole


@pytest.mark.parametrize("url,language,name", [("about/", "zh", "公开年报"), ("en/about/", "en", "Open Reports")])
def test_a_page_written_by_hand_gets_its_language(url: str, language: str, name: str) -> None:
    context: dict[str, Any] = {}
    page = Shown(url=url, canonical="", base="..", meta={}, toc=[], made=None, content="", in_menu=False)
    assert frames_of(Theme()).dress(context, page) == ""
    assert context["config"].site_name == name
    assert context["config"].theme["language"] == language
    assert context["open_reports"].language == language
    assert context["open_reports"].twin == f"../{locale.twin(url)}"


def test_a_page_without_a_twin_offers_none() -> None:
    context: dict[str, Any] = {}
    frames_of(Theme()).dress(context, Shown(url="alone/", canonical="", base="..", meta={}, toc=[], made=None, content="", in_menu=False))
    assert context["open_reports"].twin == ""


def test_a_page_of_the_menu_keeps_a_frame_of_its_own() -> None:
    context: dict[str, Any] = {}
    frames = frames_of(Theme())
    assert frames.dress(context, shown(page_of("data/"), in_menu=True)) == ""
    assert context["open_reports"].scripts == [
        "../assets/open-reports/site.js",
        "../assets/open-reports/suggest.js",
        "../assets/open-reports/glossary.js",
    ]


def test_the_policy_names_the_scripts_of_the_frame_and_no_others() -> None:
    theme = Theme()
    frames = frames_of(theme)
    whole = frames.dress({}, shown(page_of("reports/a/"), "<script>alert(1)</script>"))
    (own,) = frame.script_hashes(f"<script>{SCRIPT}</script>")
    (injected,) = frame.script_hashes("<script>alert(1)</script>")
    assert f"script-src 'self' {own};" in whole
    assert injected not in whole
    assert frames.finished('<meta charset="utf-8">', "reports/a/").count(own) == 1
    assert 'aria-label="' in whole
    assert ' for="__toc"' not in whole


def test_a_preview_may_reload_itself_and_tells_of_errors() -> None:
    wrong = Finding(rule="FILE", level="error", code="file.missing", file="<datapackages>/report.md")
    context: dict[str, Any] = {}
    whole = frames_of(Theme(), preview=True, broken=(wrong,)).dress(context, shown(page_of("reports/a/", "en")))
    assert "'unsafe-inline'" in whole.partition("style-src")[0]
    assert "&lt;datapackages&gt;/report.md" in str(context["open_reports_banner"])
    assert Words("en")("preview_broken", count=1) in str(context["open_reports_banner"])


def test_the_theme_s_own_page_is_guarded() -> None:
    made = frame.own_page(f'<head><meta charset="utf-8"><script>{SCRIPT}</script></head>')
    assert frame.policy(frame.script_hashes(f"<script>{SCRIPT}</script>")) in made
