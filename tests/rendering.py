"""How a page stands in a browser: when it is still, whether it fits the window, what axe says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from playwright.sync_api import Page

PHONE, DESK = 360, 1280
"""Widths of a small phone and of a common screen, in CSS pixels."""
_STILL = """async () => {
  for (let frame = 0, still = 0; still < 12; frame++, still++) {
    if (frame > 600) throw new Error("it moves without end");
    await new Promise(requestAnimationFrame);
    if (document.getAnimations().some(each => each.playState === "running")) still = 0;
  }
}"""
_AXE = Axe().axe_script
_SHOWN = """() => document.getElementById("all-shown") ?? document.head.append(
  Object.assign(document.createElement("style"), {id: "all-shown", textContent: "* { content-visibility: visible !important }"}))"""
"""What is laid out only when it comes near must be judged, too."""


def settled(page: Page) -> None:
    """Wait until nothing has moved or faded for a dozen frames: a colour half way is no colour to judge."""
    page.evaluate(_STILL)


def unfold(page: Page) -> None:
    """Lay out what would wait until it comes near: before, its `innerText` is sometimes empty and sometimes not."""
    page.evaluate(_SHOWN)


def overflow(page: Page) -> int:
    """Pixels by which the page is wider than the window."""
    return int(page.evaluate("() => document.scrollingElement.scrollWidth - document.documentElement.clientWidth"))


def violations(page: Page, *rules: str) -> list[str]:
    """What axe finds, by the rules that it has by default, or by some."""
    unfold(page)
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_AXE)
    options = {"resultTypes": ["violations"], **({"runOnly": {"type": "rule", "values": rules}} if rules else {})}
    found = page.evaluate("async options => (await axe.run(document, options)).violations", options)
    return [
        f"{each['id']}: {node['target']} {node['any'][0]['message'] if node['any'] else ''}" for each in found for node in each["nodes"]
    ]
