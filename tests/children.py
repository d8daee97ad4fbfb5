"""Processes that a test starts, and that must be gone when it ends. Those of browsers and servers, which tests share, are none of them."""

from __future__ import annotations

import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest


@contextmanager
def none_left(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """See that whatever is started meanwhile has ended and was waited for."""
    started: list[subprocess.Popen[Any]] = []

    class Watched(subprocess.Popen[Any]):
        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named)
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", Watched)
    yield
    assert [each.args for each in started if each.returncode is None] == []
