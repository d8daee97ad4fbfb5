"""How a page stands in a browser: when it is still, whether it fits the window, what axe says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from axe_playwright_python.sync_playwright import Axe
from patience import PATIENCE
from playwright.sync_api import expect

if TYPE_CHECKING:
    import re

    from playwright.sync_api import Page

PHONE, DESK = 360, 1280
"""Widths of a small phone and of a common screen, in CSS pixels."""
Scheme = Literal["light", "dark"]
SCHEMES: dict[Scheme, str] = {"light": "default", "dark": "slate"}
"""Material's name for each scheme that a browser may prefer."""
_READY = """() => {
  const asked = new URL(location.href).searchParams;
  if (asked.has("q")) return document.querySelector("#or-results a") !== null;
  return !asked.has("a") || document.querySelector("#or-compare-result tbody tr") !== null;
}"""
_STILL = """async () => {
  for (let frame = 0, still = 0; still < 4; frame++, still++) {
    if (frame > 600) throw new Error("it moves without end");
    await new Promise(requestAnimationFrame);
    // What fades or slides has its end brought forward; what has no end says so.
    for (const each of document.getAnimations().filter(each => each.playState === "running")) {
      each.finish();
      still = 0;
    }
  }
}"""
_AXE = Axe().axe_script
_COLOURS = ("color-contrast", "link-in-text-block")
"""Rules of axe about colours."""
_JUDGE = """async ([colours, only]) => {
  // Whether text can be told from its ground takes axe four times as long as all its other rules together. A table of a thousand
  // cells has some dozen looks, so one text of each is judged: what it is drawn with, and what lies below it down to the page.
  // Made wider or narrower, a page is judged by the looks that it has not shown yet.
  const { numbers, looks } = (window.judged ??= { numbers: new Map(), looks: new Set() });
  const numbered = look => numbers.get(look) ?? (numbers.set(look, String(numbers.size)), String(numbers.size - 1));
  const grounds = new Map();
  const ground = each => {
    if (each === null) return "";
    if (!grounds.has(each)) {
      const { backgroundColor, backgroundImage, opacity, filter, mixBlendMode, position, zIndex, visibility, clipPath } = getComputedStyle(each);
      const own = [backgroundColor, backgroundImage, opacity, filter, mixBlendMode, position, zIndex, visibility, clipPath];
      grounds.set(each, numbered([...own, ground(each.parentElement)].join()));
    }
    return grounds.get(each);
  };
  const block = each => (getComputedStyle(each).display.startsWith("inline") && each.parentElement ? block(each.parentElement) : each);
  const wordy = new Map();
  const amongWords = link => {
    const around = block(link.parentElement ?? link);
    if (!wordy.has(around)) {
      const copy = around.cloneNode(true);
      copy.querySelectorAll("a").forEach(other => other.remove());
      wordy.set(around, copy.textContent.trim() !== "");
    }
    return [wordy.get(around), getComputedStyle(around).color].join();
  };
  const drawn = each => {
    const style = getComputedStyle(each);
    const link = each.closest("a");
    const decorated = other => {
      const { color, textDecoration, fontWeight, fontStyle, fontFamily, fontSize, borderBottom } = getComputedStyle(other);
      return [color, textDecoration, fontWeight, fontStyle, fontFamily, fontSize, borderBottom].join();
    };
    return [style.textShadow, decorated(each), ground(each), link ? decorated(link) + amongWords(link) : ""].join();
  };
  const alike = new Map();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode;
    if (!text.data.trim() || !text.parentElement.checkVisibility({ visibilityProperty: true })) continue;
    const look = drawn(text.parentElement);
    if (looks.has(look)) continue;
    if (!alike.has(look)) alike.set(look, []);
    alike.get(look).push(text);
  }
  for (const [look, found] of alike) {
    // The longest first: of a single letter axe does not say.
    found.sort((one, other) => other.data.trim().length - one.data.trim().length);
    alike.set(look, found.map(text => text.parentElement.closest("a") ?? text.parentElement));
  }
  alike.keys().forEach(look => looks.add(look));
  const MORE = 5;
  const byColours = async include =>
    include.length
      ? await axe.run({ include }, { resultTypes: ["violations", "incomplete"], elementRef: true, runOnly: { type: "rule", values: colours } })
      : { violations: [], incomplete: [] };
  const firsts = await byColours([...alike.values()].map(([first]) => first));
  // Of a text on a drawing, or half below something, axe does not know; then some more that look like it are judged.
  const unknown = new Set(firsts.incomplete.flatMap(each => each.nodes.map(node => node.element)));
  const rest = await byColours([...alike.values()].filter(([first]) => unknown.has(first)).flatMap(([, ...others]) => others.slice(0, MORE)));
  const told = results => results.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ target, any }) => ({ target, any })) }));
  const seen = [firsts, rest].flatMap(each => told(each.violations));
  if (only) return seen;
  const others = await axe.run(document, { resultTypes: ["violations"], rules: Object.fromEntries(colours.map(each => [each, { enabled: false }])) });
  return [...seen, ...told(others.violations)];
}"""
SHOWN = """() => document.getElementById("all-shown") ?? document.head.append(
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
    """Wait until nothing has moved or faded for some frames: a colour half way is no colour to judge."""
    page.evaluate(_STILL)


def unfold(page: Page) -> None:
    """Lay out what would wait until it comes near: before, its `innerText` is sometimes empty and sometimes not."""
    page.evaluate(SHOWN)


def overflow(page: Page) -> int:
    """Pixels by which the page is wider than the window."""
    return int(page.evaluate("() => document.scrollingElement.scrollWidth - document.documentElement.clientWidth"))


def faults(page: Page, *, unfolded: str = "") -> dict[Scheme, list[str]]:
    """What is wrong with a page by day and by night, at both widths: what axe finds, and a page wider than its window.

    By day it is judged by every rule; by night, which changes nothing but colours, by those about colours. `unfolded` names the part of
    the page whose details are opened first, at each width anew because a width may fold them.
    """
    found: dict[Scheme, list[str]] = {}
    for scheme, name in SCHEMES.items():
        page.emulate_media(color_scheme=scheme)
        expect(page.locator("body")).to_have_attribute("data-md-color-scheme", name)
        found[scheme] = []
        for width in (PHONE, DESK):
            page.set_viewport_size({"width": width, "height": 800})
            if unfolded:
                page.locator(f"{unfolded} details").evaluate_all("all => all.forEach(each => { each.open = true })")
            settled(page)
            if beyond := overflow(page):
                found[scheme].append(f"{page.url}, {width} wide: {beyond} px beyond the window")
            found[scheme] += [f"{page.url}, {width} wide: {each}" for each in violations(page, colours_only=scheme == "dark")]
    return found


def violations(page: Page, *, colours_only: bool = False) -> list[str]:
    """What axe finds by the rules that it has by default, or by those about colours alone."""
    unfold(page)
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_AXE)
    found = page.evaluate(_JUDGE, [_COLOURS, colours_only])
    return [
        f"{each['id']}: {node['target']} {node['any'][0]['message'] if node['any'] else ''}" for each in found for node in each["nodes"]
    ]
