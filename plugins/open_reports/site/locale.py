"""The theme in the other language: a view of MkDocs' configuration and of its menu for the pages below `en/`.

Nothing here imports MkDocs; templates read configuration by attribute or by key, so a view is enough.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from open_reports.pages import ENGLISH

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


class LocaleView:
    """An object with some of its attributes and keys replaced."""

    def __init__(self, base: Any, replaced: Mapping[str, Any]) -> None:  # noqa: ANN401 (whatever a theme may ask for)
        self._base = base
        self._replaced = replaced

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return self._replaced[name] if name in self._replaced else getattr(self._base, name)

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401
        return self._replaced[name] if name in self._replaced else self._base[name]

    def __contains__(self, name: object) -> bool:
        return name in self._replaced or name in self._base


class Menu:
    """The menu of one language, as a theme walks it: `homepage` and the pages in their order."""

    def __init__(self, homepage: Any, items: Sequence[Any]) -> None:  # noqa: ANN401 (MkDocs' pages)
        self.homepage = homepage
        self.items = list(items)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


def configuration(config: Any, language: str) -> LocaleView:  # noqa: ANN401 (MkDocs' configuration)
    """Return the site's configuration as pages of a language see it: `extra.<language>` replaces what it names."""
    theme = LocaleView(config.theme, {"language": language})
    # MkDocs knows one language a site; `extra` is where its settings take any key.
    own = dict(config.extra.get(language) or {})
    return LocaleView(config, {**own, "theme": theme})


def language_of(url: str) -> str:
    """Language of the page at an address below the site: English below `en/`, else Chinese."""
    # Chinese is the site's own language and stands at its top; only English has a folder.
    return "en" if url.startswith(ENGLISH) else "zh"


def twin(url: str) -> str:
    """Address, below the site, of the same page in the other language."""
    return url.removeprefix(ENGLISH) if url.startswith(ENGLISH) else ENGLISH + url
