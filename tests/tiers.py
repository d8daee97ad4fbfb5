"""Tiers of tests: those that start a browser, those that start a build of MkDocs, and the rest, which `make quick` runs.

Nobody has to remember a marker: a fixture says what it `starts`, and every test that asks for it, however far away, is marked by
`conftest`. A test that starts one itself carries the marker, for `require` refuses to start anything in a test of another tier.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

TIERS = ("browser", "build")
_ATTRIBUTE = "starts_tier"
_Function = TypeVar("_Function", bound="Callable[..., object]")

_running: list[frozenset[str]] = []
"""Markers of the test that runs, if one does."""


def starts(tier: str) -> Callable[[_Function], _Function]:
    """Say of a fixture what it starts; stands below `pytest.fixture`."""

    def noted(function: _Function) -> _Function:
        setattr(function, _ATTRIBUTE, tier)
        return function

    return noted


def started(function: object) -> str | None:
    """What a fixture starts."""
    found: str | None = getattr(function, _ATTRIBUTE, None)
    return found


def enter(markers: frozenset[str]) -> None:
    """Note which test begins."""
    _running.append(markers)


def leave() -> None:
    """Note that it has ended."""
    _running.pop()


def require(tier: str) -> None:
    """Fail where the test that runs is of another tier; a program that is no test may start what it likes."""
    if _running and tier not in _running[-1]:
        message = f"this test starts a {tier}: mark it with @pytest.mark.{tier}, or its fixture with @starts({tier!r})"
        raise AssertionError(message)
