"""The words of an import: what it says of a file (`locales/intake.yml`), and what the command says around that (`locales/import.yml`)."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from open_reports.text import reading, resource_text, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from open_reports.errors import IntakeError
    from open_reports.text import Text


@cache
def _texts(name: str) -> Mapping[str, Text]:
    with reading(name, resource_text(name)) as root:
        return {key: text_of(root.record(key)) for key in root.mapping}


def sentence(code: str, values: Mapping[str, object], language: str) -> str:
    """What is said of a file: a remark, or why it is refused."""
    return _texts("locales/intake.yml")[code].filled(language, values)


def refusal(error: IntakeError, language: str) -> str:
    """Why a file is refused, as a sentence."""
    return sentence(error.code, error.values, language)


class Said:
    """What the command says in a language: `said("written", folder=folder)`."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, key: str, **values: object) -> str:
        """The words of a key, with its values filled in. Raises `KeyError` for a key nobody wrote."""
        return _texts("locales/import.yml")[key].filled(self.language, values)
