"""The words of the pages, read as English: one is a count too."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING

import made_up
import pytest
import whole
from lxml import html as parser
from open_reports import copies
from open_reports.derived.summary.book import book
from open_reports.document import parse_yaml
from open_reports.errors import FormError
from open_reports.finding import messages
from open_reports.library import open_library
from open_reports.pages import home_page
from open_reports.text import LANGUAGES, PLURAL, Words, agreeing, counted, reading, resource, text_of, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from open_reports.text import Text

COUNTED = sorted(key for key, text in words().items() if text.one)


def test_some_words_count() -> None:
    assert {"bytes", "coverage_late_days", "data_items", "data_rows", "reports"} <= set(COUNTED)


@pytest.mark.parametrize("key", COUNTED)
def test_counted_words_are_right_for_any_number(key: str) -> None:
    """One thing is one; none, two and a thousand are many. Chinese says them all alike."""
    text = words()[key]
    said = {number: Words("en")(key, **{text.by: number}) for number in (0, 1, 2, "1,000")}
    assert said[1] == text.one.format(**{text.by: 1})
    assert all(said[number] == text.en.format(**{text.by: number}) for number in (0, 2, "1,000"))
    assert text.one != text.en
    assert Words("zh")(key, **{text.by: 1}) == text.zh.format(**{text.by: 1})


FILE = "locales/x.yml"


def test_a_counted_word_is_read_with_its_number() -> None:
    with reading(FILE, "a: {zh: 甲, en: 'in {size: this | these} {size} {size: byte | bytes} of {of}'}\n") as root:
        text = text_of(root.record("a"))
    assert (text.one, text.en, text.by) == ("in this {size} byte of {of}", "in these {size} bytes of {of}", "size")


@pytest.mark.parametrize(
    "label, key",
    [
        ("{zh: 甲, en: '{a: row | rows} of {b: file | files}'}", "en"),
        ("{zh: 甲, en: '{a: row|rows}'}", "en"),
        ("{zh: 甲, en: '{a: row}'}", "en"),
        ("{zh: 甲, en: '{a: row | rows | more}'}", "en"),
        ("{zh: '{a: 行 | 行}', en: '{a} {a: row | rows}'}", "zh"),
    ],
    ids=["two numbers", "no blanks", "one form", "three forms", "in Chinese"],
)
def test_a_word_that_agrees_with_no_one_number_is_refused(label: str, key: str) -> None:
    with pytest.raises(FormError, match=rf"locales/x\.yml: a\.{key}: record\.pattern"), reading(FILE, f"a: {label}\n") as root:
        text_of(root.record("a"))


def test_labels_have_no_second_way_to_say_one() -> None:
    with pytest.raises(FormError, match=r"a\.en: record\.not_text"), reading(FILE, "a: {zh: 甲, en: {one: row, other: rows}}\n") as root:
        text_of(root.record("a"))


# -- one spelling ---------------------------------------------------------------------------------------------------------


def shipped_texts() -> Iterator[tuple[str, str, str]]:
    """File, language and text of every label and sentence of the package, as written."""

    def texts(found: object) -> Iterator[tuple[str, str]]:
        if isinstance(found, dict):
            yield from ((key, text) for key, text in found.items() if key in LANGUAGES and isinstance(text, str))
            found = list(found.values())
        if isinstance(found, list):
            for each in found:
                yield from texts(each)

    folder = Path(str(resource("")))
    for path in sorted(folder.rglob("*.yml")):
        for language, text in texts(parse_yaml(path.read_text(encoding="utf-8"))):
            yield path.relative_to(folder).as_posix(), language, text


def test_labels_and_sentences_spell_two_forms_alike() -> None:
    """Wherever a text has a word in two forms it is English, and spelt as `text.PLURAL` says: the readers know no other way."""
    found = [(name, language, braces) for name, language, text in shipped_texts() for braces in re.findall(r"\{[^{}]*\|[^{}]*\}", text)]
    assert [each for each in found if each[1] != "en" or not re.fullmatch(PLURAL, each[2])] == []
    assert {"locales/pages.yml", "locales/messages.yml", "locales/verify.yml", "forms/foi-cn/summary.yml"} <= {name for name, _, _ in found}


def test_sentences_hold_the_words_that_are_written() -> None:
    """The book cuts its sentences at the same spelling at which labels are cut."""
    written = Counter(
        (match["number"], match["one"], match["many"])
        for name, language, text in shipped_texts()
        if (name, language) == ("forms/foi-cn/summary.yml", "en")
        for match in re.finditer(PLURAL, text)
    )
    read = Counter(
        (piece.name, piece.text, piece.many)
        for phrase in book().phrases.values()
        for variant in phrase.variants
        for piece in variant.says["en"]
        if piece.kind == "plural"
    )
    assert read == written
    assert read.total() >= 30


@pytest.mark.parametrize("number", [1, "1", Decimal(1)])
def test_one_is_one_however_it_is_given(number: object) -> None:
    assert agreeing(number, "request was", "requests were") == "request was"


@pytest.mark.parametrize("number", [0, 2, -1, "0", "1,000", "1.00", Decimal("1.5"), None])
def test_all_else_is_many(number: object) -> None:
    assert agreeing(number, "request was", "requests were") == "requests were"


def test_the_home_page_counts_one_as_one(tmp_path: Path) -> None:
    """A site begins with one report of one agency."""
    made_up.write_corpus(tmp_path, 1)
    page = home_page(whole.folder("data/", open_library(tmp_path)), Words("en"))
    counts = parser.fromstring(page.build()).xpath('//ol[@class="or-counts"]/li')
    assert [each.text_content() for each in counts][:3] == ["1 Report", "1 Agency", "1 Year"]


# -- every number of every sentence --------------------------------------------------------------------------------------

_BESIDE = re.compile(
    r"\{(\w+)\} (?:[\w-]+ )?(?:are|were|have|do|(?!is\b|was\b|as\b|this\b|has\b|its\b)\w+s)\b|\b(?:are|were|have) (?:\w+ )?\{(\w+)\}"
)
"""A value beside a plural: behind it stands a noun or verb of many, or `there are` before it."""
INVARIANT = {
    "a limit of the page, and more than one": {
        "compare_warn_many_agencies", "compare_warn_many_figures", "explore_asked_too_long", "explore_box_hint", "explore_late", "explore_many_agencies",
        "explore_texts_shown", "search_cut",
    },
    "a limit that something has passed, so it is many": {"file.too_big", "narrative.most", "document.too_deep", "pending.width", "record.too_long", "table.too_long", "table.too_many_rows"},
    "how many are shown of more": {
        "compare_latest_part", "explore_cells_shown", "explore_columns_shown", "explore_rows_more", "explore_rows_shown", "explore_some_agencies", "search_found_some",
    },
    "seconds with two decimals, which are many: 1.00 seconds": {"explore_rows"},
    "significant digits of a spreadsheet: 15": {"book_digits_says"},
    "cells of a whole table, of which none has a single one": {"form.blank"},
    "a list or a name and no number": {
        "compare_warn_period", "release_drop_lost", "release_drop_needless", "release_figure_changed", "release_successor_needless", "file.unexpected", "meta.parent", "meta.revision",
        "record.choice", "record.not_mapping", "record.unknown_key", "table.note_place", "table.part_of",
    },
}  # fmt: skip
"""Labels that have one form for any number, by the reason."""


def every_label() -> Iterator[tuple[str, Text]]:
    """Labels of the pages, messages about packages, messages about copies."""
    yield from words().items()
    for code, message in messages().items():
        yield from ((code, text) for text in (message.text, message.public))
    yield from copies.messages().items()


def test_every_number_beside_a_plural_has_both_forms_or_a_reason() -> None:
    invariant = {key for keys in INVARIANT.values() for key in keys}
    beside = {key for key, text in every_label() if _BESIDE.search(text.en)}
    both = {key for key, text in every_label() if text.one}
    assert beside - both == invariant
    assert len(invariant) == sum(map(len, INVARIANT.values()))


@pytest.mark.parametrize("key", sorted({key for key, text in every_label() if text.one}))
def test_one_and_two_are_said_rightly_in_every_label(key: str) -> None:
    for text in [text for each, text in every_label() if each == key and text.one]:
        values = {name: "7" for _, name, _, _ in Formatter().parse(text.en + text.one) if name}
        said = {number: text.filled("en", {**values, text.by: number}) for number in ("0", "1", "2", "1,000")}
        assert not re.search(
            r"\b1 (?:[\w-]+ )?(?:are|were|have|(?!is\b|was\b|as\b|this\b|agrees\b|does\b)\w+s)\b|\b(?:are|were) 1\b", said["1"]
        )
        assert said["1"] == text.one.format(**{**values, text.by: "1"})
        assert all(said[number] == text.en.format(**{**values, text.by: number}) for number in ("0", "2", "1,000"))


def test_scripts_are_given_no_label_with_two_forms() -> None:
    """They fill in one text: a label of theirs has one form for any number, or two keys."""
    assert not {key for key, text in words().items() if text.one and key.startswith(("compare_", "explore_", "search_"))}


NEVER_ONE_IN_SUMMARIES = {
    ("applicants", "natural_share"): "a rate",
    ("review_shared", "review_share"): "a rate",
    ("court_shared", "court_share"): "a rate",
    ("ends", "otherwise"): "`handled in other ways`, which is how, not how many",
    ("decided", "penalties"): "`on penalties`, which is about what",
    ("decided", "compulsion"): "`on compulsory measures`, which is about what",
    ("requests", "new"): "a zero",
    ("outcomes", "done"): "a zero, or more than one: one has a sentence of its own above",
    ("court_said", "court"): "of several kinds, so more than one: a single kind has a sentence of its own above",
    ("latest", "done"): "not one: below the floor of a rate there is none, and so not this sentence",
}  # fmt: skip


def test_summaries_count_one_as_one() -> None:
    """A figure before a plural noun has both words, `{new: request | requests}`, or cannot be one."""
    plural = re.compile(r"^ (?:[\w-]+ ){0,3}?(?:are|were|have|do|(?!is\b|was\b|as\b|this\b|its\b)[\w-]+s)\b")
    found = {
        (name, piece.name)
        for name, phrase in book().phrases.items()
        for variant in phrase.variants
        for piece, after in pairwise(variant.says["en"])
        if piece.kind == "count" and after.kind == "text" and plural.match(after.text)
    }
    assert found == set(NEVER_ONE_IN_SUMMARIES)


@pytest.mark.parametrize("number, said", [(0, "0 agencies"), (1, "1 agency"), (2, "2 agencies"), (1000, "1000 agencies")])
def test_things_are_counted_in_english(number: int, said: str) -> None:
    assert counted(number, "agency", "agencies") == said
