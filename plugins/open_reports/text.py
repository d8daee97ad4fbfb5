"""Text in the languages of the site: a label in each, and the words of the generated pages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from open_reports.document import Record, parse_yaml
from open_reports.errors import FormError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from open_reports.document import Problem


LANGUAGES = ("zh", "en")
"""Languages of the site, its own first; every label has each."""
LANGUAGE_TAGS = {"zh": "zh-CN", "en": "en"}
"""How each language is named to other programs (BCP 47)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A label in both languages of the site."""

    zh: str
    en: str

    def __getitem__(self, language: str) -> str:
        return self.en if language == "en" else self.zh

    def __str__(self) -> str:
        return self.zh


@cache
def words() -> Mapping[str, Text]:
    """Every label of the pages by its key, from `locales/pages.yml` and the files of single pages, `locales/pages-*.yml`.

    Raises `FormError` where one lacks a language or stands in two files.
    """
    found: dict[str, Text] = {}
    problems: list[str] = []
    folder = resources.files("open_reports") / "locales"
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        if not (file.name.startswith("pages") and file.name.endswith(".yml")):
            continue
        here: list[Problem] = []
        root = Record(parse_yaml(file.read_text(encoding="utf-8")), here)
        for key in root.mapping:
            record = root.record(key)
            if key in found:
                problems.append(f"locales/{file.name}: {key} stands in another file already")
            found[key] = Text(zh=record.text("zh", most=400), en=record.text("en", most=400))
            record.close()
        problems += [f"locales/{file.name}: {problem}" for problem in here]
    if problems:
        raise FormError("\n".join(problems))
    return found


@cache
def _labels(language: str) -> Mapping[str, str]:
    return {key: text[language] for key, text in words().items()}


class Words:
    """The labels of one language: `words("year_title", year=2024)`."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._labels = _labels(language)

    def __call__(self, key: str, **values: object) -> str:
        """Return the label of a key, with its values filled in. Raises `KeyError` for a key nobody wrote."""
        label = self._labels[key]
        return label.format(**values) if values else label
