"""The page that lets a reader ask: SQL over the corpus' database in the browser, and rows of chosen agencies sifted without SQL.

Nothing but small scripts is loaded before somebody asks. The database then comes from `data/`, SQLite for browsers from the
assets, and both run in a worker, so that a long query can be stopped. A worker has the policy of its own answer, not its
page's: the page's Content-Security-Policy stays that of every other.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from open_reports.document import INVISIBLE, Record, json_bytes, script_json
from open_reports.errors import PublishError
from open_reports.files.agencies import LIST
from open_reports.form import FAMILY, OVERVIEW, forms
from open_reports.pages.assets import shipped
from open_reports.pages.frame import Here, Link, Page, column_words, crumbs, rendered, script_files, size_words
from open_reports.text import Text, Words, reading, resource_text, text_of, words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from markupsafe import Markup

    from open_reports.form import TableForm

PATH = "explore/"
DATABASE = "data/reports.sqlite"
"""Path of the database below the site."""
SCRIPTS = ("elements.js", "explore-words.js", "explore-csv.js", "explore-sql.js", "explore-facets.js")
WORKER = "explore-worker.js"
"""Script that runs the engine, loaded when somebody asks."""
# Shipped with the site, not fetched from a network of scripts: the policy of the pages (CSP) allows only their own address.
ENGINE = ("sql-wasm.js", "sql-wasm.wasm")
"""SQLite for browsers (`sql.js-ORIGIN.txt`), loaded by the worker."""
_ASSETS = "assets/open-reports/"
_MEGABYTE = 1_000_000


class Example(NamedTuple):
    """A query to click: its id, its title, and its SQL, in which `{name}` and `{lang}` wait for a language."""

    id: str
    title: Text
    sql: str

    def query(self, language: str) -> str:
        """SQL whose result speaks a language."""
        # Not `format`: SQL may hold braces of its own.
        return self.sql.replace("{name}", "name_en" if language == "en" else "name").replace("{lang}", language)


class Settings(NamedTuple):
    """What the page asks of a browser, and the queries it offers (`forms/foi-cn/views/explore.yml`, where each is explained)."""

    seconds: int
    rows: int
    columns: int
    cells: int
    text: int
    characters: int
    most: int
    kept: int
    value: int
    memory: int
    megabytes: int
    address: int
    agencies: int
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExploreContext:
    """Exploring the database: what `template.html` is told."""

    w: Words
    crumbs: Sequence[Link]
    current: str
    state: str
    database: str
    size: int
    size_words: str
    engine: str
    limits: Settings
    worker: str
    pages: str
    files: str
    list: str
    script_files: Sequence[Link]
    licence: str
    examples: Sequence[tuple[str, str, str]]
    schema: str
    data: Markup


@cache
def settings() -> Settings:
    """Load the page's settings, once a process. Raises `FormError` where one is missing or wrong."""
    return read_settings(resource_text(f"{FAMILY}/views/explore.yml"))


def read_settings(text: str) -> Settings:
    """Read the page's settings from YAML. Raises `FormError` with every fault."""
    with reading(f"{FAMILY}/views/explore.yml", text) as root:
        limits = {key: root.integer(key) for key in Settings._fields if key != "examples"}
        for key, limit in limits.items():
            # One that is missing is told by the reader already.
            if limit < 1 and root.mapping.get(key) is not None:
                root.note(key, "record.choice", found=str(limit), expected="1, 2, 3, …")
        examples: tuple[Example, ...] = root.each("examples", _example)
        if not examples:
            root.note("examples", "record.missing", key="examples")
        # Ids stand in the page's anchors and are what a script finds an example by.
        ids = [each.id for each in examples]
        for twice in dict.fromkeys(each for each in ids if ids.count(each) > 1):
            root.note("examples", "document.duplicate_key", found=twice)
        return Settings(**limits, examples=examples)


def _example(record: Record) -> Example:
    return Example(id=record.matching("id", r"[a-z][a-z_]*", "new_requests"), title=text_of(record.record("title")), sql=_sql(record))


def _sql(record: Record) -> str:
    """SQL of many lines, without characters that nobody sees."""
    # Not `record.text`, which takes one line only.
    value = record.get("sql", required=True)
    if value is None:
        return ""
    if not isinstance(value, str) or not value.strip():
        record.note("sql", "record.not_text", found=str(value))
        return ""
    # What a reader copies must be what a reader sees.
    if hidden := INVISIBLE.search(value):
        record.note("sql", "record.invisible", found=f"U+{ord(hidden[0]):04X}")
    return value.strip()


# -- names --------------------------------------------------------------------------------------------------------------


def labels(w: Words) -> list[dict[str, Any]]:
    """Every table with the names of its lines and columns, in the printed order of the latest form; section one first.

    `lines` and `columns` are `[id, name]`; section one has none, for its lines are what each report states.
    """
    # Section one is no statutory table, but its figures stand in the same files, so they have to be named too.
    overview = forms().newest.section(OVERVIEW)
    assert overview is not None  # noqa: S101 (no form loads without it)
    found: list[dict[str, Any]] = [{"id": OVERVIEW, "title": _titled(overview.number, overview.title, w), "lines": [], "columns": []}]
    for name in forms().tables:
        # Newest form first: `setdefault` below keeps its words, and older forms add only what it has no longer.
        printing = forms().printing(name)[::-1]
        found.append(
            {
                "id": name,
                "title": _titled(printing[0].section, printing[0].title, w),
                "lines": _lines(printing, w),
                "columns": _columns(printing, w),
            }
        )
    return found


def _titled(number: str, title: Text, w: Words) -> str:
    return f"{number}、{title.zh}" if w.language == "zh" else title.en


def _lines(printing: Sequence[TableForm], w: Words) -> list[tuple[str, str]]:
    found: dict[str, str] = {}
    for table in printing:
        for line in table.lines.values():
            # With the nearest head: without any, lines of one label could not be told apart.
            heads = [group[w.language] for group in line.groups[-1:]]
            found.setdefault(line.id, " · ".join([*heads, line.label[w.language]]))
    return list(found.items())


def _columns(printing: Sequence[TableForm], w: Words) -> list[tuple[str, str]]:
    found: dict[str, str] = {}
    for table in printing:
        for column in table.columns.values():
            found.setdefault(column.id, column_words(column, w.language))
    return list(found.items())


def _script_data(w: Words) -> Markup:
    """What the scripts need to know, as JSON that no text can end early."""
    known = forms().common
    limits = {key: value for key, value in settings()._asdict().items() if key != "examples"}
    data = json_bytes(
        {
            "limits": limits,
            "tables": labels(w),
            "statuses": {status: text[w.language] for status, text in known.statuses.items()},
            "units": {unit: text[w.language] for unit, text in known.units.items()},
            "says": {key.removeprefix("explore_"): w(key) for key in words() if key.startswith("explore_")},
        },
        indent=None,
    ).decode()
    return script_json(data)


# -- the page -----------------------------------------------------------------------------------------------------------


def megabytes(size: int) -> str:
    """Size of a file in millions of bytes, as the page and its script state it."""
    # Millions, not 1,048,576: the limits in `explore.yml` are stated in MB (SI), and the script counts so.
    return f"{size / _MEGABYTE:.1f}"


def _state(size: int) -> str:
    """Whether the database can be asked in a browser: `ready`, `large`, or `none` where the site has no database."""
    if not size:
        return "none"
    # The engine reads it whole into memory, of which a phone has little: what is larger is offered to take away.
    return "large" if size > settings().megabytes * _MEGABYTE else "ready"


def _schema() -> str:
    """Statements that made the tables of the database, with what each column means."""
    return resource_text("files/database.sql").strip()


@cache
def _engine_size() -> int:
    """Bytes that a browser loads before it can read a database. Raises `PublishError` where a part is not shipped."""
    # Found out by the build, not by the first reader who asks.
    lacking = [name for name in (*ENGINE, WORKER) if name not in shipped()]
    if lacking:
        message = f"parts of the page {PATH} are missing from the package: {', '.join(lacking)}"
        raise PublishError(message)
    return sum(len(shipped()[name].read_bytes()) for name in (*ENGINE, WORKER))


def explore_page(w: Words, *, database_size: Callable[[], int]) -> Page:
    """Page that asks the corpus' database; `database_size` tells its bytes, 0 where the site has none.

    Raises `PublishError` where the engine is not shipped.
    """
    here = Here(PATH, w)
    engine = _engine_size()

    def build() -> str:
        # Asked here, not when the page is described: until the files are made nobody knows.
        size = database_size()
        return rendered(
            "explore/template.html",
            ExploreContext(
                w=w,
                crumbs=crumbs(here),
                current=w("explore_name"),
                state=_state(size),
                database=here.file(DATABASE),
                size=size,
                size_words=f"{megabytes(size)} MB" if size >= _MEGABYTE else size_words(size, w),
                engine=megabytes(engine),
                limits=settings(),
                worker=here.file(f"{_ASSETS}{WORKER}"),
                pages=here.page(""),
                files=here.file(""),
                list=here.file(LIST),
                script_files=script_files(here, LIST, *(f"{_ASSETS}{name}" for name in (*ENGINE, WORKER))),
                # Whoever passes the engine on has to pass on its licence (MIT).
                licence=here.file(f"{_ASSETS}sql.js-LICENSE.txt"),
                examples=[(each.id, each.title[w.language], each.query(w.language)) for each in settings().examples],
                schema=_schema() if size else "",
                data=_script_data(w),
            ),
        )

    return Page(
        here=here,
        name=w("explore_name"),
        title=w("explore_title"),
        description=w("explore_description"),
        sections=(("sql", w("explore_sql")), ("facets", w("explore_facets")), ("files", w("explore_files"))),
        build=build,
        scripts=SCRIPTS,
    )
