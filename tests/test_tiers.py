"""Tiers: what starts a browser or a build has their marker, and nothing else can start one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import tiers
from tiers import starts
from website import build_here, chromium, environment, run, tool

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def _command(folder: Path) -> None:
    run(*tool("--version"), cwd=folder, env=environment(folder))


def _here(folder: Path) -> None:
    build_here(folder / "mkdocs.yml")


def _browser(_: Path) -> None:
    with chromium():
        pass


@pytest.mark.parametrize("start", [_command, _here, _browser], ids=["build in a process", "build here", "browser"])
def test_a_test_without_a_marker_starts_nothing(start: Callable[[Path], None], tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=r"mark it with @pytest\.mark"):
        start(tmp_path)


@pytest.fixture
@starts("build")
def building() -> None:
    """Says that it builds, and does not."""


@pytest.fixture
def further_away(building: None) -> None:
    """Asks for what builds."""


@pytest.mark.usefixtures("further_away")
def test_a_fixture_however_far_away_gives_its_marker(request: pytest.FixtureRequest) -> None:
    assert {marker.name for marker in request.node.iter_markers()} >= {"build", "unmeasured"}
    tiers.require("build")
    with pytest.raises(AssertionError):
        tiers.require("browser")


def test_the_rest_has_none(request: pytest.FixtureRequest) -> None:
    assert not {marker.name for marker in request.node.iter_markers()} & set(tiers.TIERS)


def test_names_of_cases_can_be_read(request: pytest.FixtureRequest) -> None:
    """Of whatever was collected with this test: no `value7`, which says nothing, and no name that fills the screen."""
    for item in request.session.items:
        parts = item.name.partition("[")[2].rstrip("]").split("-")
        named = getattr(item, "callspec", None)
        assert not [part for part in parts if named and part.rstrip("0123456789") in named.params and part[-1].isdigit()], item.nodeid
        assert len(item.name) <= 240, item.nodeid
