"""Glossary: every line, column, head, table, indicator, rule and word of the reports, in plain words with its legal basis.

Texts are data (`forms/foi-cn/glossary/`), one entry a concept: a line that stands on both forms is explained once. Ids of entries
are anchors of the glossary page, and permanent. Whatever a form prints has an entry, or loading fails.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from open_reports.errors import FormError
from open_reports.form import FAMILY, forms
from open_reports.text import Text, counted, faults_of, opened, resource_texts, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from open_reports.document import Record
    from open_reports.form import Form, Forms, RuleText, TableForm

PATH = "glossary/"
"""Address of the glossary below the home of a language."""
SECTIONS = "sections.yml"
KINDS = ("term", "table", "group", "line", "column", "indicator", "rule", "status", "scope", "kind")
"""Kinds of entry; the id of each begins with its kind."""
_ENTRY_ID = rf"(?:{'|'.join(KINDS)})-[a-z0-9_.-]+"
_COVERED = ("tables", "corners", "heads", "groups", "lines", "columns", "statuses", "scopes", "kinds")
_MOST = 600


# Table and form belong to the key, for one id need not mean one thing: `amount` is procurement in yuan in 2019, fees in CNY 10,000 in 2021.
class Covered(NamedTuple):
    """What an entry explains: `column` of a table on a form, `status` of the vocabulary; empty where it does not apply."""

    what: str
    id: str
    table: str = ""
    form: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (self.what, self.table, self.id, f"(form {self.form})" if self.form else "") if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One concept.

    `id` is its anchor, `meaning` plain words, `basis` article or letter (None where no law speaks of it), `forms` the ids of
    the forms that print it, `printed` their labels for it, `path` a page that says more (empty if none).
    """

    id: str
    section: str
    term: Text
    meaning: Text
    basis: Text | None = None
    forms: tuple[str, ...] = ()
    printed: tuple[Text, ...] = ()
    path: str = ""

    @property
    def kind(self) -> str:
        """Which kind of thing it explains."""
        return self.id.partition("-")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the glossary, with its entries in their order."""

    id: str
    title: Text
    lead: Text
    entries: tuple[Entry, ...]


class Glossary(Mapping[str, Entry]):
    """Every entry by its id, section by section, and the way to it from what a form prints."""

    def __init__(self, sections: tuple[Section, ...], anchors: Mapping[Covered, str]) -> None:
        self.sections = sections
        self.anchors = anchors
        self._entries = {entry.id: entry for section in sections for entry in section.entries}

    def __getitem__(self, entry: str) -> Entry:
        return self._entries[entry]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __str__(self) -> str:
        return f"{counted(len(self), 'entry', 'entries')} in {counted(len(self.sections), 'section', 'sections')}"


@cache
def glossary() -> Glossary:
    """Load the glossary shipped with this package, once a process. Raises `FormError`."""
    # Cached, for every page asks; the texts are shipped with the package and cannot change while it runs.
    return load(resource_texts(f"{FAMILY}/glossary"), forms())


def entries() -> tuple[Entry, ...]:
    """Every entry of the glossary in its order; the search finds them by `term`."""
    return tuple(glossary().values())


def anchor_of_line(table: str, line: str, form: str) -> str:
    """Id of the entry that explains a line of a table of a form. Raises `KeyError` for what no form prints."""
    return glossary().anchors[Covered("line", line, table, form)]


def anchor_of_column(table: str, column: str, form: str) -> str:
    """Id of the entry that explains a column; one id may mean different things on two forms. Raises `KeyError`."""
    return glossary().anchors[Covered("column", column, table, form)]


def anchor_of_group(table: str, label: str, form: str) -> str:
    """Id of the entry that explains a head or a corner, by its printed Chinese label. Raises `KeyError`."""
    return glossary().anchors[Covered("group", label, table, form)]


def load(texts: Mapping[str, str], known: Forms) -> Glossary:
    """Read the glossary from file names and YAML texts: `sections.yml` and a file a section.

    Raises `FormError` that lists every fault with its file and place: an unknown or missing key or language, something a form
    prints without an entry, an entry for something that none prints, or two for one.
    """
    reading = _Reading(known)
    problems = reading.problems
    sections: list[Section] = []
    for section, title, lead in _sections(texts, problems):
        name = f"{section}.yml"
        # What an indicator or rule means stands with its definition already; written a second time here, the two would drift apart.
        found = list(_GENERATED[section](known)) if section in _GENERATED else []
        if name in texts:
            found += reading.entries(section, name, texts[name])
        elif section not in _GENERATED:
            problems.append(f"{FAMILY}/glossary/{SECTIONS}: no file for section {section}")
        sections.append(Section(id=section, title=title, lead=lead, entries=tuple(found)))
    # Checked in both directions: a file that no section names would be left out in silence, and so would a form's line without an entry.
    expected = {SECTIONS, *(f"{section.id}.yml" for section in sections)}
    problems += [f"{FAMILY}/glossary/{name}: no section of that name" for name in sorted(texts.keys() - expected)]
    problems += [f"{FAMILY}/glossary: no entry for {lacking}" for lacking in reading.printed if lacking not in reading.anchors]
    ids = [entry.id for section in sections for entry in section.entries]
    problems += [f"{FAMILY}/glossary: {twice} stands more than once" for twice in dict.fromkeys(ids) if ids.count(twice) > 1]
    # All faults at once: whoever adds a form has dozens of labels to explain, and should not learn of them one by one.
    if problems:
        raise FormError("\n".join(problems))
    return Glossary(tuple(sections), reading.anchors)


# -- what must be explained ---------------------------------------------------------------------------------------------


def _printed(known: Forms) -> dict[Covered, Text]:
    """Everything that the forms and their vocabularies print, with its label."""
    found: dict[Covered, Text] = {Covered("table", "overview"): known.common.overview.title}
    for form in known.values():
        for table in form.tables.values():
            found[Covered("table", table.id)] = table.title
            for what, name, label in _table_labels(table):
                found[Covered(what, name, table.id, form.id)] = label
    for what, words in (("status", known.common.statuses), ("scope", known.common.scopes), ("kind", known.common.kinds)):
        found |= {Covered(what, name): label for name, label in words.items()}
    return found


def _table_labels(table: TableForm) -> Iterator[tuple[str, str, Text]]:
    # Heads and corners have no id of their own on the form; their printed Chinese label is what tells them apart.
    for label in (table.corner, *([table.head] if table.head else ())):
        yield "group", label.zh, label
    for groups in (*(line.groups for line in table.lines.values()), *(column.groups for column in table.columns.values())):
        yield from (("group", group.zh, group) for group in groups)
    yield from (("line", line.id, line.label) for line in table.lines.values())
    yield from (("column", column.id, column.label) for column in table.columns.values())


# -- reading ------------------------------------------------------------------------------------------------------------


def _sections(texts: Mapping[str, str], problems: list[str]) -> list[tuple[str, Text, Text]]:
    root = opened(f"{FAMILY}/glossary/{SECTIONS}", texts.get(SECTIONS, ""), problems)
    if root is None:
        return []
    sections = root.each(
        "sections",
        lambda entry: (
            entry.matching("id", r"[a-z]+", "terms"),
            text_of(entry.record("title"), most=_MOST),
            text_of(entry.record("lead"), most=_MOST),
        ),
    )
    root.close()
    problems += faults_of(f"{FAMILY}/glossary/{SECTIONS}", root)
    return list(sections)


class _Reading:
    """Entries being read: what must be explained, by which entry each thing is, and what is wrong."""

    def __init__(self, known: Forms) -> None:
        self.known = known
        self.printed = _printed(known)
        self.anchors: dict[Covered, str] = {}
        self.problems: list[str] = []

    def entries(self, section: str, name: str, text: str) -> Iterator[Entry]:
        """Every entry of a file."""
        root = opened(f"{FAMILY}/glossary/{name}", text, self.problems)
        if root is None:
            return
        for record in root.records("entries", required=True):
            entry = record.matching("id", _ENTRY_ID, "line-new")
            covered = [each for key in _COVERED for each in self._covered(record, key, name)]
            for each in covered:
                if each in self.anchors:
                    self.problems.append(f"{FAMILY}/glossary/{name}: {entry} explains {each}, which {self.anchors[each]} explains already")
                self.anchors[each] = entry
            # Forms may print one concept in two ways (规范性文件, then 行政规范性文件): each label is kept once, and a reader finds it by
            # either.
            labels = tuple(dict.fromkeys(self.printed[each] for each in covered))
            # The form's own words come first: an entry has a term of its own only where it says so, or where no form prints the thing.
            own = "term" in record.mapping or not labels
            term = text_of(record.record("term"), most=_MOST) if own else labels[0]
            meaning = text_of(record.record("means"), most=_MOST)
            basis = text_of(record.record("basis"), most=_MOST) if "basis" in record.mapping else None
            record.close()
            yield Entry(
                id=entry, section=section, term=term, meaning=meaning, basis=basis, forms=_forms_of(covered, self.known), printed=labels
            )
        root.close()
        self.problems += faults_of(f"{FAMILY}/glossary/{name}", root)

    def _covered(self, record: Record, key: str, name: str) -> Iterator[Covered]:
        """What a key of an entry names: `lines: [applications/new]`, `columns: [disclosure/amount/2019]` (of one form alone)."""
        for value in record.texts(key):
            found = [each for each in _meant(key, value, self.known) if each in self.printed]
            if not found:
                self.problems.append(f"{FAMILY}/glossary/{name}: {record.at(key)} names {value}, which no form has")
            yield from found


def _forms_of(covered: list[Covered], known: Forms) -> tuple[str, ...]:
    """Forms that print what an entry explains; section one, which is a table of every package, is on every form."""

    def prints(form: Form, each: Covered) -> bool:
        return each.form == form.id or (each.what == "table" and (each.id in form.tables or each.id not in known.tables))

    return tuple(form.id for form in known.values() if any(prints(form, each) for each in covered))


def _meant(key: str, value: str, known: Forms) -> list[Covered]:
    if key in _VOCABULARIES:
        return [Covered(_VOCABULARIES[key], value)]
    if key == "tables":
        return [Covered("table", value)]
    table, _, name = value.partition("/")
    wanted: list[Form] = list(known.values())
    # Most columns mean the same wherever they stand; the form is named only where one id means two things.
    if key == "columns" and "/" in name:
        name, _, form = name.partition("/")
        wanted = [each for each in wanted if each.id == form]
    wanted = [form for form in wanted if table in form.tables]
    if key in {"corners", "heads"}:
        labels = [(form.id, form.tables[table].corner if key == "corners" else form.tables[table].head) for form in wanted]
        return [Covered("group", label.zh, table, form) for form, label in labels if label]
    return [Covered(key.removesuffix("s"), name, table, form.id) for form in wanted]


_VOCABULARIES = {"statuses": "status", "scopes": "scope", "kinds": "kind"}


# -- entries that other data define -------------------------------------------------------------------------------------


def _indicators(known: Forms) -> Iterator[Entry]:
    for indicator in known.indicators.values():
        yield Entry(
            id=f"indicator-{indicator.id}",
            section="indicators",
            term=indicator.name,
            meaning=indicator.description,
            basis=indicator.basis,
            path=f"indicators/{indicator.id}/",
        )


def _rules(known: Forms) -> Iterator[Entry]:
    for rule in known.rules.values():
        stands = tuple(form.id for form in known.values() if _prescribes(form, rule))
        # The id is part of the term, for findings, SARIF files and the pages of the rules name rules by it.
        name = Text(zh=f"{rule.id} {rule.name.zh}", en=f"{rule.id} {rule.name.en}")
        yield Entry(
            id=f"rule-{rule.id}", section="rules", term=name, meaning=_sentence(rule.says), forms=stands, path=f"quality/{rule.id}/"
        )


def _sentence(says: Text) -> Text:
    """Write what a rule says as a sentence."""
    return Text(zh=f"{says.zh}。", en=f"{says.en[:1].upper()}{says.en[1:]}.")


def _prescribes(form: Form, rule: RuleText) -> bool:
    return any(rule.id == each.id for table in form.tables.values() for each in (*table.rules, *table.yearly_rules, *table.bounds))


_GENERATED = {"indicators": _indicators, "rules": _rules}
