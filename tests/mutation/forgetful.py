"""A plugin of pytest for the changed checks: nothing that was remembered before the change may answer for it, and quick tests come first.

mutmut forks for each change from a process that has run the tests already. What functions of the package and of the tests keep of that
(`lru_cache`) would hide the change; what is read of the forms and of the words stands in rooms below those that are changed, and may stay.
"""

from __future__ import annotations

import gc
import json
import sys
from functools import _lru_cache_wrapper
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

_KEPT = ("open_reports.errors", "open_reports.document", "open_reports.text", "open_reports.form")


def pytest_collection_finish() -> None:
    """Forget whatever was remembered: before the fork, and while the tests were collected."""
    for each in gc.get_objects():
        if isinstance(each, _lru_cache_wrapper) and not each.__module__.startswith(_KEPT):
            file = getattr(sys.modules.get(each.__module__), "__file__", None)
            if file and Path(file).is_relative_to(Path.cwd()):
                each.cache_clear()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Ask the quick tests first: most changes are noticed by the first of them."""
    stats = Path("mutmut-stats.json")
    took = json.loads(stats.read_text(encoding="utf-8"))["duration_by_test"] if stats.exists() else {}
    items.sort(key=lambda item: float(took.get(item.nodeid, 0)))
