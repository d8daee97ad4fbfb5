"""Text in the languages of the site, and the one way in which texts and data that are shipped with this package are read.

A resource is named by its path in the package, `locales/pages.yml`. It is read strictly and whole: every fault is told with
the file and the place, all at once, as a `FormError`, for such a fault is ours and no clerk's.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import resources
from string import Formatter
from typing import TYPE_CHECKING

from open_reports.document import Record, parse_yaml
from open_reports.errors import DocumentError, FormError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from importlib.resources.abc import Traversable

PACKAGE = "open_reports"
LANGUAGES = ("zh", "en")
"""Languages of the site, its own first; every label has each."""
LANGUAGE_TAGS = {"zh": "zh-CN", "en": "en"}
"""How each language is named to other programs (BCP 47)."""


# -- what is shipped ------------------------------------------------------------------------------------------------------


def resource(path: str) -> Traversable:
    """File or folder of this package, wherever it is installed, even inside an archive."""
    return resources.files(PACKAGE).joinpath(*path.split("/"))


def resource_text(path: str) -> str:
    """Text of a file of this package."""
    return resource(path).read_text(encoding="utf-8")


def resource_texts(folder: str) -> dict[str, str]:
    """Texts of the YAML files of a folder of this package, by their names in alphabetical order."""
    # The order of a directory differs between file systems, and what is listed first may be what a page shows first.
    found = sorted(resource(folder).iterdir(), key=lambda each: each.name)
    return {each.name: each.read_text(encoding="utf-8") for each in found if each.name.endswith(".yml")}


def opened(name: str, text: str, faults: list[str]) -> Record | None:
    """A YAML text to be read key by key; None where it is no strict YAML, which is added to the faults.

    For readers of several files that tell the faults of all together; `faults_of` ends the reading of each.
    """
    try:
        return Record(parse_yaml(text), [])
    except DocumentError as error:
        faults.append(f"{name}, line {error.row}: {error.code} {error.values}")
        return None


def faults_of(name: str, root: Record) -> list[str]:
    """What was noted while a file was read, keys that nobody asked for included, each with the file's name."""
    root.close()
    return [f"{name}: {problem}" for problem in root.problems]


@contextmanager
def reading(name: str, text: str) -> Iterator[Record]:
    """Read one YAML text key by key. Raises `FormError` after the block, with every fault that was noted in it."""
    faults: list[str] = []
    root = opened(name, text, faults)
    # What is no YAML never reaches the block: the error below is raised instead.
    if root is not None:
        yield root
        faults += faults_of(name, root)
    if faults:
        raise FormError("\n".join(faults))


# -- words that agree with a number ---------------------------------------------------------------------------------------

# In English alone: Chinese has one form for any number.
PLURAL = r"\{(?P<number>\w+): (?P<one>[^{}|]*?) \| (?P<many>[^{}|]*?)\}"
"""How labels and sentences spell a word in both its forms: `{count} {count: report was | reports were}`, the first for exactly 1."""
_PLURAL = re.compile(PLURAL)


def agreeing(number: object, one: str, many: str) -> str:
    """Return the form of a word that agrees with a number, which may be formatted already."""
    return one if number in (1, "1") else many


def counted(number: int, one: str, many: str) -> str:
    """A number of things in English, for whoever reads a value as text: `1 report`, `19 reports`."""
    return f"{number} {agreeing(number, one, many)}"


# -- texts ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A label in both languages of the site.

    `en` is the English label for any number but one, and `one` that for one, where it differs; the number is the value named `by`.
    """

    zh: str
    en: str
    one: str = ""
    by: str = ""

    def __getitem__(self, language: str) -> str:
        return self.en if language == "en" else self.zh

    def for_values(self, language: str, values: Mapping[str, object]) -> str:
        """Label of a language that suits the number among the values, not yet filled in."""
        return agreeing(values.get(self.by), self.one, self.en) if language == "en" and self.one else self[language]

    def filled(self, language: str, values: Mapping[str, object]) -> str:
        """Label of a language with its values filled in."""
        own = in_language(values, language)
        return self.for_values(language, own).format(**own)

    def __str__(self) -> str:
        return self.zh


def in_language(values: Mapping[str, object], language: str) -> dict[str, object]:
    """Values of a label; one that is itself a text is said in the label's language."""
    return {key: value[language] if isinstance(value, Text) else value for key, value in values.items()}


def text_of(record: Record, *, most: int = 400) -> Text:
    """Take a label of a record that holds nothing else: `zh` and `en`."""
    text = open_text_of(record, most=most)
    record.close()
    return text


def open_text_of(record: Record, *, most: int = 400) -> Text:
    """Take the label of a record that holds more: its keys `zh` and `en`.

    English may have words that agree with one number (`PLURAL`), which need not stand in the label: it may be a noun beside it.
    """
    zh, en = record.text("zh", most=most, ours=True), record.text("en", most=most, ours=True)
    # Cut in two here, once: a label is then filled in as fast as any other.
    numbers = sorted({match["number"] for match in _PLURAL.finditer(en)})
    text = Text(zh=zh, en=_PLURAL.sub(r"\g<many>", en), one=_PLURAL.sub(r"\g<one>", en), by=numbers[0]) if numbers else Text(zh=zh, en=en)
    # What is left of a word in two forms would be taken for the format of a number when the label is filled in.
    if len(numbers) > 1 or _HALF_READ.search(text.en):
        record.note("en", "record.pattern", found=en, expected="{count} {count: report | reports}")
    if _HALF_READ.search(zh):
        record.note("zh", "record.pattern", found=zh, expected="{count}")
    return text


def sentence_of(record: Record, key: str, names: Collection[str]) -> Text:
    """Take a label at a key whose names in braces are all known."""
    # A wrong name would otherwise come to light only when a page is built, as a KeyError, and perhaps in one language alone.
    text = text_of(record.record(key))
    for language in (text.zh, text.en):
        try:
            asked = [name for _, name, _, _ in Formatter().parse(language) if name is not None]
        except ValueError:  # a brace that stands alone
            asked = [language]
        for name in asked:
            if name not in names:
                record.note(key, "record.choice", found=name, expected=", ".join(names))
    return text


_HALF_READ = re.compile(r"\{[^{}]*[:|][^{}]*\}")
"""Braces with more than a name in them."""


def _word_files() -> Iterator[str]:
    shared = sorted(each.name for each in resource("locales").iterdir() if each.name.startswith("pages") and each.name.endswith(".yml"))
    yield from (f"locales/{name}" for name in shared)
    own = sorted(each.name for each in resource("pages").iterdir() if each.joinpath("words.yml").is_file())
    yield from (f"pages/{name}/words.yml" for name in own)


def words() -> Mapping[str, Text]:
    """Every label of the pages by its key, from `locales/pages*.yml` and the `words.yml` in the folders of single pages.

    Raises `FormError` where one lacks a language or stands in two files.
    """
    return _words(())


@cache
def _words(files: tuple[str, ...]) -> Mapping[str, Text]:
    """Labels of some files, of all where none is named."""
    found: dict[str, Text] = {}
    faults: list[str] = []
    for name in files or _word_files():
        root = opened(name, resource_text(name), faults)
        if root is None:
            continue
        for key in root.mapping:
            # Else the file that is read last would win in silence.
            if key in found:
                faults.append(f"{name}: {key} stands in another file already")
            found[key] = text_of(root.record(key))
        faults += faults_of(name, root)
    if faults:
        raise FormError("\n".join(faults))
    return found


@cache
def _labels(language: str, files: tuple[str, ...]) -> Mapping[str, str]:
    return {key: text[language] for key, text in _words(files).items()}


@cache
def _counted(files: tuple[str, ...]) -> Mapping[str, Text]:
    """Labels with a form for the number one: few, so all others are spared the question."""
    return {key: text for key, text in _words(files).items() if text.one}


class Words:
    """The labels of one language: `words("year_title", year=2024)`.

    Of all files, unless `files` names some: a terminal needs a few, and to read all of them takes as long as to check ten packages.
    """

    language: str

    def __init__(self, language: str, files: tuple[str, ...] = ()) -> None:
        self.language = language
        self._labels = _labels(language, files)
        self._both = _counted(files)

    def __call__(self, key: str, **values: object) -> str:
        """Return the label of a key, with its values filled in. Raises `KeyError` for a key nobody wrote."""
        label = self._labels[key]
        if values and key in self._both:
            label = self._both[key].for_values(self.language, values)
        return label.format(**values) if values else label


def in_both(key: str, **values: object) -> Text:
    """Return the label of a key in both languages, with its values filled in. Raises `KeyError` for a key nobody wrote."""
    zh, en = (Words(language)(key, **values) for language in LANGUAGES)
    return Text(zh=zh, en=en)
