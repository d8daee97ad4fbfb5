"""Snippets: code in several languages of programming that loads the data of the page it stands on, and treats it with care.

The code is data (`forms/foi-cn/views/snippets.yml`). All snippets of a kind of page ask the same, so all give the same answer,
which `answer` computes from the library; tests run each of them as printed and hold what it prints against that.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

from open_reports.derived.whole import totals
from open_reports.document import INVISIBLE, Record
from open_reports.files import table_schema
from open_reports.form import FAMILY, Address, forms
from open_reports.text import Text, reading, resource_text, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from open_reports.library import Library

Kind = Literal["sums", "corpus", "agency", "report"]
"""Kind of page a snippet stands on; that of the data has two kinds, for one agency and for a sum over all."""
CORPUS: tuple[Kind, ...] = ("sums", "corpus")
"""Kinds that read a file of the whole corpus, which a site may be built without."""
Runs = Literal["python", "sh", "r", "javascript", "nowhere"]
"""What runs a snippet on a machine that tests: an interpreter, or nothing that such a machine has."""
# Not braces or dollar signs, which stand in the code of nearly every language there is a snippet in.
_SLOT = re.compile(r"<<([a-z_]+)>>")
_PLACES = ("site", "path", "agency", "address", "table", "line", "column")
_DECLARED: Mapping[str, Callable[[], str]] = {
    "mariadb": table_schema.mariadb,
    "mariadb_read": table_schema.mariadb_read,
    "mariadb_set": table_schema.mariadb_set,
    "postgresql": table_schema.postgresql,
    "clickhouse": table_schema.clickhouse,
    "readr": table_schema.readr,
    "missing": table_schema.missing,
}
"""Slots for the columns of the corpus with their types, made of what is known of them, so that a new column is in every recipe."""


class Code(NamedTuple):
    """One snippet with its slots; `file` is the file of the site it needs, empty where every such page has it."""

    text: str
    file: str

    def filled(self, language: str, values: Mapping[str, str]) -> str:
        """Text with remarks in a language of the site, and its other slots filled in."""
        return _SLOT.sub(lambda slot: values[slot[1]] if slot[1] in values else settings().says[slot[1]][language], self.text)


class Snippet(NamedTuple):
    """A language of programming: its code by kind of page, what it needs, and what runs it."""

    id: str
    name: Text
    needs: Text
    runs: Runs
    code: Mapping[str, Code]


class Settings(NamedTuple):
    """Every snippet, the remarks in them, and the figure all of them ask for."""

    address: Address
    says: Mapping[str, Text]
    languages: tuple[Snippet, ...]


# -- reading ------------------------------------------------------------------------------------------------------------


@cache
def settings() -> Settings:
    """Snippets shipped with this package, read once a process. Raises `FormError` with every fault."""
    return read_settings(resource_text(f"{FAMILY}/views/snippets.yml"))


def read_settings(text: str) -> Settings:
    """Read snippets from YAML. Raises `FormError` that lists every fault: a slot nobody fills, a text in one language only."""
    with reading(f"{FAMILY}/views/snippets.yml", text) as root:
        address = Address(*(root.matching("address", r"[a-z_]+/[a-z_.]+/[a-z_]+", "applications/new/total") or "//").split("/"))
        if not all(_has(form.tables.get(address.table), address) for form in forms().values()):
            root.note("address", "record.choice", found=str(address), expected=", ".join(forms().tables))
        remarks = root.record("says")
        says = {key: text_of(remarks.record(key)) for key in remarks.mapping}
        known = {*_PLACES, *_DECLARED, *says}
        languages: tuple[Snippet, ...] = root.each("languages", lambda record: _snippet(record, known))
        ids = [each.id for each in languages]
        for twice in {each for each in ids if ids.count(each) > 1}:
            root.note("languages", "document.duplicate_key", found=twice)
        unused = set(says) - {slot for each in languages for code in each.code.values() for slot in _SLOT.findall(code.text)}
        for key in sorted(unused):
            root.note(f"says.{key}", "record.unknown_key", found=key, expected="languages")
        return Settings(address, says, languages)


def _has(table: object, address: Address) -> bool:
    """Whether a table of a form prints a figure: an example must work on every year."""
    lines = getattr(table, "lines", {})
    return address.line in lines and address.column in lines[address.line].columns


def _snippet(record: Record, known: Collection[str]) -> Snippet:
    runs: dict[str, Runs] = {each: each for each in get_args(Runs)}
    made = Snippet(
        id=record.matching("id", r"[a-z]+", "python"),
        name=text_of(record.record("name")),
        needs=text_of(record.record("needs")),
        runs=runs.get(record.choice("runs", get_args(Runs)), "nowhere"),
        code={kind: _code(record.record(kind), known, kind) for kind in get_args(Kind) if kind in record.mapping},
    )
    # What reads the whole corpus must be able to add it up, for that is where a reader goes wrong.
    # What no test of ours runs are recipes of loading: how to add up is shown by those that are run.
    if "corpus" in made.code and "sums" not in made.code and made.runs != "nowhere":
        record.note("sums", "record.missing", key="sums")
    if not made.code:
        record.note("corpus", "record.missing", key="corpus")
    return made


def _code(record: Record, known: Collection[str], kind: str) -> Code:
    value = record.get("code", required=True)
    text = value.rstrip("\n") if isinstance(value, str) else ""
    if not text.strip() and value is not None:
        record.note("code", "record.not_text", found=str(value))
    # Readers copy this and run it: with characters that turn direction or are not shown, it would do other than it says.
    if hidden := INVISIBLE.search(text):
        record.note("code", "record.invisible", found=f"U+{ord(hidden[0]):04X}")
    for slot in _SLOT.findall(text):
        if slot not in known:
            record.note("code", "record.choice", found=slot, expected=", ".join(sorted(known)))
    made = Code(text, record.text("file", required=kind in CORPUS))
    record.close()
    return made


# -- filling in ---------------------------------------------------------------------------------------------------------


def slots(site: str, *, path: str = "", agency: str = "", address: Address | None = None) -> dict[str, str]:
    """What stands in the slots that are no remarks; `site` is the site's address, ending in a slash."""
    asked = address or settings().address
    declared = {name: make() for name, make in _DECLARED.items()}
    return {"site": site, "path": path, "agency": agency, "address": str(asked), **asked._asdict(), **declared}


def codes(kind: Kind, language: str, values: Mapping[str, str], files: Collection[str] | None = None) -> Iterator[tuple[Snippet, str]]:
    """Every snippet of a kind of page with its text; `files` are the files of the site, None where all are there."""
    for each in settings().languages:
        code = each.code.get(kind)
        # A snippet for a file that this site was built without would fail at its first line.
        if code and (files is None or not code.file or code.file in files):
            yield each, code.filled(language, values)


# -- answering ----------------------------------------------------------------------------------------------------------


def featured(library: Library) -> str:
    """Id of the agency that examples ask about: of those with most reports the first; empty where there is none."""
    return max(library.agencies, key=lambda agency: len(library.of_agency(agency)), default="")


def answer(library: Library, agency: str, address: Address | None = None) -> list[tuple[str, str]]:
    """What every snippet of an agency prints: each year with the number stated, as published, or the status that says why there is none.

    A year whose form does not print the figure has no row, as in `data/observations.csv`.
    """
    asked = address or settings().address
    found = []
    for report in library.of_agency(agency):
        if asked.table in report.tables and _has(report.tables[asked.table].form, asked):
            figure = report.figure(*asked)
            found.append((str(report.year), figure.text if figure.status == "reported" else figure.status))
    return found


def added_up(library: Library, address: Address | None = None) -> list[tuple[str, str]]:
    """What every snippet that adds up all agencies prints: each year with the sum; a year without any number has no row."""
    return [(str(year), str(total)) for year, total in totals(library, address or settings().address).items()]
