"""How a page stands in a browser: when it is still, whether it fits the window, what axe says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from axe_playwright_python.sync_playwright import Axe
from patience import PATIENCE
from playwright.sync_api import expect

if TYPE_CHECKING:
    import re

    from playwright.sync_api import Page

PHONE, DESK = 360, 1280
"""Widths of a small phone and of a common screen, in CSS pixels."""
_READY = """() => {
  const asked = new URL(location.href).searchParams;
  if (asked.has("q")) return document.querySelector("#or-results a") !== null;
  return !asked.has("a") || document.querySelector("#or-compare-result tbody tr") !== null;
}"""
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


def arrived(page: Page, address: str | re.Pattern[str]) -> None:
    """Wait until a page stands at an address with all it has loaded.

    Playwright's `wait_for_url` waits for the event `load` besides, and waits for ever where a script replaces the address just then.
    """
    expect(page).to_have_url(address, timeout=PATIENCE * 1000)
    page.wait_for_function("() => document.readyState === 'complete'")


def ready(page: Page) -> None:
    """Wait until the results or the comparison that the address asks for are there."""
    page.wait_for_function(_READY)


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
