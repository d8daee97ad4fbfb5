"""Texts of packages are inert: whatever is written into a name, label, note, title or the prose is shown, and never runs or asks for anything.

Each payload of `cases/payloads.yml` is written into every text field of a made-up package of its own. What the gate refuses counts as refused,
with a finding; all the rest is published and opened in Chromium, with the policy that every page carries and without it.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import made_up
import pytest
import yamls
from lxml import etree
from open_reports.checks.check import errors
from open_reports.form import forms
from open_reports.library import open_library
from open_reports.report.rendering import prose_html
from patience import PATIENCE
from rendering import SHOWN as LAID_OUT
from rendering import ready
from test_browser import LANGUAGES, PAGES, REPORTS
from tiers import starts
from website import POLICY, Watch, browser, environment, once, page_files, project_copy, run, served, site, tool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from open_reports.finding import Finding
    from playwright.sync_api import BrowserContext, Page
    from website import Chromium, Server

__all__ = ["browser", "site"]

YEAR = 2023
EVIL = "evil.example"


@dataclass(frozen=True)
class Payload:
    """One payload: `lives` if raw it runs, or asks for something, all by itself; `prose` if it is of several lines."""

    number: int
    name: str
    text: str
    lives: bool = False
    prose: bool = False

    @property
    def agency(self) -> str:
        """Id of the invented agency that carries it."""
        return f"xugou-p{self.number}"


def payloads() -> list[Payload]:
    entries = yamls.read(Path(__file__).parent / "cases" / "payloads.yml")
    return [
        Payload(number, **{**entry, "text": entry["text"].replace("{n}", str(number))})
        for number, entry in enumerate(entries, start=101)  # three digits, so that no number is part of another
    ]


PAYLOADS = payloads()


# -- into the packages --------------------------------------------------------------------------------------------------

PACK = 12
"""Payloads in the rows of one package: one page shows them all."""
LINES = tuple(forms().prescribed_for(YEAR).tables["applications"].lines)[:PACK]
"""Lines of the table of applications that lend their label to a payload."""


class Slot(NamedTuple):
    """A text field of a package, filled with a payload; `key` tells rows of one field apart."""

    field: str
    payload: Payload
    key: str


class Field(NamedTuple):
    """A text field of a package: its file, where findings place it there, and how a text is written into it."""

    file: str
    place: str
    write: Callable[[made_up.Package, str, str], None]


def _agency(package: made_up.Package, text: str, key: str) -> None:
    package.edit_agency(key, text)


def _described(package: made_up.Package, text: str, key: str) -> None:
    package.edit_json(key, text)


def _explained(package: made_up.Package, text: str, key: str) -> None:
    """Make the total of a line of disputes wrong, and explain it."""
    package.set("disputes", key, "total", "999999")
    explanation = {"finding": "T4-SUM", "address": f"disputes/{key}/total", "text": text, "by": "agency", "date": "2026-01-31"}
    package.edit_json("report.explanations", [explanation])


def _corrected(package: made_up.Package, text: str, _key: str) -> None:
    """Give the package a release that changed something, for this reason."""
    package.edit_json("version", "1.0.1")
    package.edit_json("report.revisions", [{"version": "1.0.1", "date": "2026-02-01", "reason": text, "changes": []}])


def _labelled(package: made_up.Package, text: str, key: str) -> None:
    package.set("applications", key, "label", text)


def _row(table: str, *cells: str) -> Callable[[made_up.Package, str, str], None]:
    """Add a row in which `@` stands for the text and `*` for the key."""
    return lambda package, text, key: package.put_rows(
        table, [*package.rows(table), [{"@": text, "*": f"计量{key}"}.get(cell, cell) for cell in cells]]
    )


def _said(package: made_up.Package, text: str, _key: str) -> None:
    """Put a paragraph at the end of every section."""
    sections = re.split(r"(?m)^(?=## )", package.text("report.md"))
    package.put("report.md", "".join(f"{section.rstrip()}\n\n{text}\n\n" for section in sections if section))


FIELDS = {
    "name": Field("agency.yml", "name", _agency),
    "name_en": Field("agency.yml", "name_en", _agency),
    "region": Field("agency.yml", "region", _agency),
    "title": Field("datapackage.json", "title", _described),
    "source": Field("datapackage.json", "sources[0].title", _described),
    "explanation": Field("datapackage.json", "report.explanations[0].text", _explained),
    "reason": Field("datapackage.json", "report.revisions[0].reason", _corrected),
    "label": Field("data/applications.csv", "label", _labelled),
    "item": Field("data/overview.csv", "item", _row("overview", "@", "1", "件", "")),
    "unit": Field("data/overview.csv", "unit", _row("overview", "*", "1", "@", "")),
    "printed": Field("data/notes.csv", "printed", _row("notes", "applications", "", "total", "@", "")),
    "note": Field("data/notes.csv", "note", _row("notes", "disputes", "", "", "", "@")),
    "prose": Field("report.md", "", _said),
}
OWN = ("name", "name_en", "region", "title", "source", "explanation", "reason")
"""Fields that a package, or its agency, has once."""
ROWS = ("label", "item", "unit", "printed", "note", "prose")
"""Fields of which a package has many."""
SHOWN = {"zh": {*FIELDS} - {"name_en"}, "en": {*FIELDS} - {"name", "label"}}
"""Fields that the pages of each language show: English pages have their own words for the lines of a form."""


def _slots() -> dict[str, list[Slot]]:
    """Every payload in every field, by agency: its own fields are of its own agency, the others packed."""
    places = {"title": "title", "source": "sources[0].title", "explanation": "reconsideration"}
    slots: dict[str, list[Slot]] = {}
    lines = [payload for payload in PAYLOADS if not payload.prose]
    for payload in lines:
        slots[payload.agency] = [Slot(name, payload, places.get(name, name)) for name in OWN]
    for start in range(0, len(PAYLOADS), PACK):
        pack = PAYLOADS[start : start + PACK]
        carrier = slots[lines[start // PACK].agency]
        carrier += [
            Slot(name, payload, line)
            for name in ROWS
            for payload, line in zip(pack, LINES, strict=False)
            if name == "prose" or not payload.prose
        ]
    return slots


def _package(agency: str, slots: list[Slot]) -> made_up.Package:
    package = made_up.package(agency, YEAR)
    for slot in slots:
        key = str(slot.payload.number) if slot.field == "unit" else slot.key
        FIELDS[slot.field].write(package, slot.payload.text, key)
    return package


def _at(found: Finding) -> str:
    """Where a finding stands in its file."""
    return str(dict(found.values).get("path") or found.column or "")


def _refuses(found: Finding, slots: list[Slot], package: made_up.Package) -> list[Slot]:
    """Which texts a finding refuses: those of its place and row, else of its row, else of its file."""
    in_file = [slot for slot in slots if (found.file or "").endswith(f"/{FIELDS[slot.field].file}")]
    if found.row is not None and in_file and not FIELDS[in_file[0].field].file.startswith(("agency", "datapackage")):
        line = package.text(FIELDS[in_file[0].field].file).split("\n")[found.row - 1]
        cells = next(csv.reader([line])) if FIELDS[in_file[0].field].file.endswith(".csv") else []
        in_row = [slot for slot in in_file if slot.payload.text in cells or (not cells and set(slot.payload.text.split("\n")) & {line})]
        in_file = in_row or in_file
    return [slot for slot in in_file if FIELDS[slot.field].place == _at(found)] or in_file


def _gated(folder: Path) -> tuple[dict[str, list[Slot]], dict[tuple[str, int], list[str]]]:
    """Write every payload into every field, and take out what is refused until nothing is.

    Returns what was accepted by agency, and the messages of each refusal by field and payload.
    """
    accepted = _slots()
    refused: dict[tuple[str, int], list[str]] = {}
    wanted = set(accepted)
    for number in range(4):
        root = folder / f"round-{number}" / "datapackages"
        packages = {agency: _package(agency, accepted[agency]) for agency in wanted}
        for package in packages.values():
            package.write(root)
        found = errors(open_library(root).findings)  # the judge has its say when the site is built
        if not found:
            return accepted, refused
        gone: set[Slot] = set()
        for each in found:
            assert each.agency is not None, each
            assert (each.file or "").startswith(f"datapackages/{each.agency}/")
            hit = _refuses(each, accepted[each.agency], packages[each.agency])
            assert hit, each
            gone.update(hit)
            for slot in hit:
                refused.setdefault((slot.field, slot.payload.number), []).append(each.text())
        wanted = {each.agency for each in found if each.agency}
        for agency in wanted:
            accepted[agency] = [slot for slot in accepted[agency] if slot not in gone]
    message = "refusals never end"
    raise AssertionError(message)


@dataclass(frozen=True)
class Published:
    """The published payloads: folder of the site, what was accepted of whom, and what was refused how."""

    folder: Path
    accepted: dict[str, list[Slot]]
    refused: dict[tuple[str, int], list[str]]


@pytest.fixture(scope="session")
@starts("build")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    with once(tmp_path_factory, "inert") as (folder, missing):
        if missing:
            folder.mkdir(exist_ok=True)
            accepted, refused = _gated(folder / "gate")
            _build(folder / "project", accepted)
            memory = {
                "accepted": {agency: [[slot.field, slot.payload.number, slot.key] for slot in slots] for agency, slots in accepted.items()},
                "refused": [[*key, said] for key, said in refused.items()],
            }
            (folder / "memory.json").write_text(json.dumps(memory), encoding="utf-8")
    memory = json.loads((folder / "memory.json").read_text(encoding="utf-8"))
    by_number = {payload.number: payload for payload in PAYLOADS}
    return Published(
        folder=folder / "project" / "site",
        accepted={
            agency: [Slot(name, by_number[number], key) for name, number, key in slots] for agency, slots in memory["accepted"].items()
        },
        refused={(name, number): said for name, number, said in memory["refused"]},
    )


def _build(folder: Path, accepted: dict[str, list[Slot]]) -> None:
    """Build the project's own site with the payloads for its packages."""
    project = project_copy(folder)
    shutil.rmtree(project / "released")  # other packages stand here, and of them nothing was released
    shutil.rmtree(project / "datapackages")
    for agency, slots in accepted.items():
        _package(agency, slots).write(project / "datapackages")
    outcome = run(*tool("build"), cwd=project, env=environment(folder.parent / "home"))
    assert outcome.returncode == 0, outcome.stdout
    assert "Traceback" not in outcome.stdout


def test_corpus_is_worth_the_name(published: Published) -> None:
    """Enough payloads, and enough of them accepted in each field: what the gate refuses proves nothing about the pages."""
    assert len({payload.text for payload in PAYLOADS}) == len(PAYLOADS) >= 60
    slots = [slot for slots in published.accepted.values() for slot in slots]
    for name in FIELDS:
        count = sum(slot.field == name for slot in slots)
        most = {"unit": 1, "item": 10}.get(name, 60)  # a unit has 12 characters at most, an item is an address
        assert count >= most, f"{name}: {count}"
        refused = sum(field == name for field, _ in published.refused)
        assert count + refused == len(PAYLOADS) - (0 if name == "prose" else sum(payload.prose for payload in PAYLOADS))


def test_what_is_refused_is_refused_in_one_clear_line(published: Published) -> None:
    assert len(published.refused) > 60
    for (name, _), said in published.refused.items():
        for message in said:
            assert FIELDS[name].file in message
            assert message.isprintable(), ascii(message)
            assert len(message) < 700


URLS = {
    "site": ("agency.yml", _agency),
    "sources[0].path": ("datapackage.json", _described),
    "licenses[0].path": ("datapackage.json", _described),
    "contributors[0].path": ("datapackage.json", _described),
}


def test_no_payload_passes_for_an_address(tmp_path: Path) -> None:
    """Nor do the bare addresses of other schemes."""
    root = tmp_path / "datapackages"
    bare = (
        "javascript:own(1)",
        "JAVASCRIPT:own(1)",
        "data:text/html,x",
        "//evil.example/",
        "ftp://evil.example/",
        "file:///etc/hostname",
        "https://",
        "http:x",
    )
    texts = {f"xugou-u{number}": text for number, text in enumerate((*(payload.text for payload in PAYLOADS), *bare))}
    for agency, text in texts.items():
        package = made_up.package(agency, YEAR)
        for path, (_, write) in URLS.items():
            write(package, text, path)
        package.write(root)
    found = errors(open_library(root).findings)
    places = {(each.agency, (each.file or "").rpartition("/")[2], _at(each)) for each in found}
    whole = {(each.agency, (each.file or "").rpartition("/")[2]) for each in found if not _at(each)}  # an invisible character
    assert [
        (agency, path)
        for agency in texts
        for path, (file, _) in URLS.items()
        if (agency, file, path) not in places and (agency, file) not in whole
    ] == []


@pytest.mark.parametrize(
    "address, link",
    [
        ("https://example.org/", True),
        ("HTTP://example.org/", True),
        ("mailto:a@example.org", True),
        ("other:own", False),
        ("Other:own", False),
        ("data:own", False),
        ("https:own", False),
        ("//example.org/", False),
        ("/own", False),
        ("own", False),
    ],
)
def test_of_addresses_in_prose_only_those_that_are_named_are_links(address: str, link: bool) -> None:  # noqa: FBT001 (a case)
    """So it needs no list of what could do harm, nor of the ways to spell it."""
    assert ("<a " in prose_html(f"[x]({address})")) is link


def test_prose_is_not_nested_for_ever() -> None:
    assert 1 < prose_html("> " * 25 + "x").count("<blockquote>") <= 20


# -- on the pages -------------------------------------------------------------------------------------------------------


def test_nothing_stands_unescaped_in_any_file_a_browser_draws(published: Published) -> None:
    marked = [payload.text for payload in PAYLOADS if "<" in payload.text and "\n" not in payload.text]
    pages = page_files(published.folder)
    assert len(pages) > 4 * len(published.accepted)
    for path in pages:
        text = path.read_text(encoding="utf-8")
        assert [payload for payload in marked if payload in text] == [], path
    for path in published.folder.rglob("*.svg"):
        drawing = etree.fromstring(path.read_bytes(), etree.XMLParser(resolve_entities=False))
        names = {etree.QName(element).localname for element in drawing.iter(etree.Element)}
        assert not names & {"script", "foreignObject", "image", "a", "use", "animate", "set", "style", "iframe"}, path
        assert not [key for element in drawing.iter(etree.Element) for key in element.attrib if key.startswith("on") or "href" in key], path


MARKDOWN = {
    *("p", "em", "strong", "code", "pre", "br", "hr", "blockquote", "ul", "ol", "li", "h1", "h3", "h4", "h5", "h6"),
    "pre[id]",  # Material numbers blocks of code
    *("table", "thead", "tbody", "tr", "th", "td", "a", "a[href]", "a[title]", "code[class]", "ol[start]", "th[style]", "td[style]"),
}
"""Elements and attributes that prose may become."""
RARE = {"ol[reversed]", "a[data-focus-visible-added]", "g[data-count]", "input[disabled]"}
"""What pages of the real packages have no occasion for: the history of a corrected report, Material's mark on a link that a script focused,
the columns of a strip of many agencies, agencies beyond those that can be compared at once."""
HANDMADE = {"data", "publish", "about", "lost"}
"""Pages that show no text of a package."""
MATERIALS_OWN = ("__config", "__drawer")
CONTENT = "md-content__inner"


def _shape(style: str) -> str:
    """A style attribute without its numbers."""
    return re.sub(r"-?\d+(\.\d+)?", "0", style)


@pytest.fixture(scope="module")
def vocabulary(browser: Chromium, site: Path) -> Vocabulary:
    """Elements, attributes and styles that our pages are made of, scripts included, from the real packages, where nobody attacks."""
    found, styles = {*MARKDOWN, *RARE}, set()
    context = browser.context()
    page = context.new_page()
    with served(site) as server:
        for name, path in PAGES.items():
            if name in HANDMADE:
                continue
            page.goto(server.url + (LANGUAGES["en"] if name in {"home", *REPORTS} else "") + path)  # English ones mark their Chinese
            ready(page)
            if name in REPORTS:
                page.evaluate(CHOOSE)
            seen = page.evaluate(LOOK, [f"article.{CONTENT}", MATERIALS_OWN])
            found |= set(seen["words"])
            styles |= {_shape(style) for style in seen["styles"]}
        page.goto(f"{server.url}search/?q=2024")
        ready(page)
        found |= set(page.evaluate(LOOK, [f"article.{CONTENT}", MATERIALS_OWN])["words"])
    context.close()
    assert {"table", "td[id]", "a[href]", "svg", "mark", "button[type]", "input[type]"} <= found
    assert not [word for word in found if re.search(r"\[on|script\[src|^iframe|^object", word)]
    return Vocabulary(found, styles)


class Vocabulary(NamedTuple):
    """What pages are made of: elements and attributes, and style attributes by their shape."""

    words: set[str]
    styles: set[str]


CHOOSE = "() => document.querySelector(\"td[id^='applications/']\")?.click()"
"""Asks for the address of the first figure of the table whose labels are payloads."""
LOOK = """([content, own]) => {
  const article = document.querySelector(content);
  const all = [...article.querySelectorAll("*")];
  const found = {
    words: [...new Set(all.flatMap(each => [each.localName, ...[...each.attributes].map(attribute => `${each.localName}[${attribute.name}]`)]))],
    ids: all.map(each => each.id).filter(Boolean),
    styles: all.map(each => each.getAttribute("style")).filter(Boolean),
    schemes: [...new Set([...document.querySelectorAll("a, area")].filter(each => each.href).map(
      each => each.protocol === ":" ? `${each.getAttribute("href").split(":")[0]}:` : each.protocol  // an address that no browser can read
    ))],
    links: [...article.querySelectorAll("a")].map(each => each.href),
    text: article.innerText,
    title: document.title,
    own: own.map(id => [id, document.querySelectorAll(`[id="${id}"]`).length, article.querySelector(`[id="${id}"]`) === null]),
    scope: __md_scope instanceof URL && typeof document.documentElement.querySelector === "function",
    policies: document.querySelectorAll("meta[http-equiv='Content-Security-Policy']").length,
  };
  const events = ["mouseover", "pointerenter", "focus", "click", "toggle", "error", "load", "animationstart"];
  // What loads the page anew, and what is hidden because this browser cannot do it.
  const ours = each => each.closest("#or-search-retry, #or-search-more, [data-or-share], [data-or-share-figure]") !== null;
  for (const element of all) if (!ours(element)) for (const type of events) element.dispatchEvent(new Event(type));
  return found;
}"""


def words(text: str) -> str:
    """Collapse white space as a browser shows it."""
    return " ".join(text.split())


@dataclass
class Reader:
    """Opens pages of a published site in one tab and gathers what is wrong with them."""

    page: Page
    server: Server
    vocabulary: Vocabulary
    policies: int
    wrong: list[str]

    def look(self, path: str, *first: str) -> dict[str, Any]:
        """Open a page, do something on it first, poke every element of its content, and judge what is there."""
        self.page.goto(self.server.url + path, wait_until="load")
        ready(self.page)
        for step in first:
            self.page.evaluate(step)
        seen: dict[str, Any] = self.page.evaluate(LOOK, [f"article.{CONTENT}", MATERIALS_OWN])
        strange = [word for word in seen["words"] if word not in self.vocabulary.words or re.search(r"\[on", word)]
        twins = [id_ for id_ in set(seen["ids"]) if seen["ids"].count(id_) > 1]
        plain = re.compile(r"text-align: ?(left|center|right);?")
        styles = [style for style in seen["styles"] if not plain.fullmatch(style) and _shape(style) not in self.vocabulary.styles]
        schemes = [scheme for scheme in seen["schemes"] if scheme not in {"http:", "https:", "mailto:"}]
        shadowed = [entry for entry in seen["own"] if entry[1:] != [1, True]]
        foreign = [id_ for id_ in seen["ids"] if re.search(r"^__(?!code_[0-9]+$)|\bown\d|own\(", id_) and not id_.startswith("overview/")]
        for what, faults in {"words": strange, "twins": twins, "styles": styles, "schemes": schemes, "ids": [*shadowed, *foreign]}.items():
            if faults:
                self.wrong.append(f"{path}: {what} {faults}")
        if not seen["scope"]:
            self.wrong.append(f"{path}: the document's own names were taken")
        if seen["policies"] != self.policies:
            self.wrong.append(f"{path}: {seen['policies']} policies")
        seen["text"] = words(seen["text"])
        return seen

    def expect(self, path: str, seen: dict[str, Any], texts: Iterable[tuple[str, str]]) -> None:
        """Note each text that the page does not show as it was written."""
        self.wrong += [f"{path}: {field} {text!r} is not shown" for field, text in texts if words(text) not in seen["text"]]


def _hooked(context: BrowserContext) -> list[str]:
    """Give every frame of a profile the function that must not run; returns what it was called with."""
    called: list[str] = []
    context.expose_binding("own", lambda _source, *arguments: called.append(repr(arguments)))
    return called


def _prose_is_shown(payload: Payload, seen: dict[str, Any]) -> bool:
    """Whether the prose of a payload can be seen: as written, or, where Markdown has a meaning for it, by its number."""
    if words(payload.text) in seen["text"]:
        return True
    marked = str(payload.number) in payload.text
    return not marked or str(payload.number) in seen["text"] or any(str(payload.number) in link for link in seen["links"])


ALL_FOUND = """async () => {
  const more = document.querySelector("#or-search-more");
  while (!more.hidden) { more.click(); await new Promise(requestAnimationFrame); }
}"""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("guarded", [True, False], ids=["policy", "no-policy"])
def test_nothing_runs_and_all_is_shown(
    browser: Chromium, published: Published, vocabulary: Vocabulary, language: str, *, guarded: bool
) -> None:
    """On every kind of page that names the agencies, on those that carry the packed payloads, and on those with a title that breaks out.

    With the policy a page of each kind will do; without it only the escaping holds, so every page must show that it does.
    """
    title = {"zh": "name", "en": "name_en"}[language]
    named = {slot.payload.agency: slot.payload.text for slots in published.accepted.values() for slot in slots if slot.field == title}
    reasons = [(slot.field, slot.payload.text) for slots in published.accepted.values() for slot in slots if slot.field == "reason"]
    home = LANGUAGES[language]
    breaking_out = {payload.agency for payload in PAYLOADS if "title" in payload.text}
    opened = [agency for agency, slots in published.accepted.items() if agency in breaking_out or any(slot.field in ROWS for slot in slots)]
    chosen = opened[:8]
    everybody = [(title, text) for text in named.values()]
    listing: dict[str, list[tuple[str, str]]] = {
        "": everybody,
        f"years/{YEAR}/": everybody,
        "coverage/": everybody,
        "quality/": everybody,
        "quality/T4-SUM/": [],
        "indicators/refusal_rate/": everybody,
        "indicators/new_requests_change/": everybody,
        "corrections/": reasons,
        f"compare/?a={','.join(chosen)}&y={YEAR}&f=applications/new/total,i:completion_rate": [
            (title, named[agency]) for agency in chosen if agency in named
        ],
        f"search/?q={YEAR}": everybody,
    }
    with served(published.folder, change=bytes if guarded else lambda data: POLICY.sub(b"", data)) as server:
        context = browser.context()
        called, watch = _hooked(context), Watch.over(context)
        reader = Reader(context.new_page(), server, vocabulary, int(guarded), [])
        for path, texts in listing.items():
            seen = reader.look(home + path, LAID_OUT, *([ALL_FOUND] if path.startswith("search/") else []))
            reader.expect(home + path, seen, texts)
        for agency in opened[: 4 if guarded else None]:
            slots = [slot for slot in published.accepted[agency] if slot.field in SHOWN[language]]
            path = f"{home}reports/{agency}/{YEAR}/"
            seen = reader.look(path, CHOOSE)
            reader.expect(path, seen, [(slot.field, slot.payload.text) for slot in slots if slot.field not in {"region", "prose"}])
            hidden = [slot.payload.text for slot in slots if slot.field == "prose" and not _prose_is_shown(slot.payload, seen)]
            if hidden:
                reader.wrong.append(f"{path}: prose {hidden} is not shown")
            if agency in named and not words(seen["title"]).startswith(words(named[agency])):
                reader.wrong.append(f"{path}: title {seen['title']!r}")
            path = f"{home}reports/{agency}/"
            reader.expect(path, reader.look(path), [(slot.field, slot.payload.text) for slot in slots if slot.field in {title, "region"}])
        context.close()
    assert len(opened) > len(PAYLOADS) // PACK
    assert len(everybody) >= 60 <= len(reasons)
    assert reader.wrong == []
    assert called == []
    assert watch.dialogs == []
    assert watch.elsewhere(server) == []
    assert browser.outside == []
    assert watch.complaints == []


def test_payloads_run_where_nothing_guards(browser: Chromium, tmp_path: Path) -> None:
    """The control: each living payload, raw in a page without policy, calls the function or asks its host."""
    living = [payload for payload in PAYLOADS if payload.lives]
    (tmp_path / "404.html").write_text("nothing here", encoding="utf-8")
    for payload in living:
        (tmp_path / f"{payload.number}.html").write_text(f"<!doctype html><title>x</title><p>{payload.text}</p>", encoding="utf-8")
    frames = "".join(f"<iframe src={payload.number}.html></iframe>" for payload in living)
    (tmp_path / "all.html").write_text(f"<!doctype html><title>x</title>{frames}", encoding="utf-8")
    asked = len(browser.outside)
    with served(tmp_path) as server:
        context = browser.context()
        called, watch = _hooked(context), Watch.over(context)

        def silent(path: str, candidates: list[Payload], *, within: float) -> list[Payload]:
            """Open a page in a window of its own, until every candidate was heard of, for so many seconds; returns those that never were."""
            page = context.new_page()  # left open: closing it while a frame is on its way out may never end
            page.goto(server.url + path, wait_until="commit")
            end = time.monotonic() + within
            while True:
                heard = [*called, *watch.elsewhere(server)]
                quiet = [payload for payload in candidates if not any(str(payload.number) in each for each in heard)]
                if not quiet or time.monotonic() > end:
                    return quiet
                page.wait_for_timeout(25)

        dead = []
        for payload in silent("all.html", living, within=1.5):  # some run only in a window of their own: one element takes the focus
            dead += silent(f"{payload.number}.html", [payload], within=PATIENCE)
        context.close()
    del browser.outside[asked:]
    assert [payload.name for payload in dead] == []
    assert len(living) >= 40
    assert any(EVIL in url for url in watch.requests)
