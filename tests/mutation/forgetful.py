"""A plugin of pytest for the changed checks: nothing that was remembered before the change may answer for it, and likely tests come first.

mutmut forks for each change from a process that has run the tests already. What functions of the package and of the tests keep of that
(`lru_cache`) would hide the change; what is read of the forms and of the words stands in rooms below those that are changed, and may stay.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from functools import _lru_cache_wrapper
from pathlib import Path

import pytest
from mutmut.state import state

_KEPT = ("open_reports.errors", "open_reports.document", "open_reports.text", "open_reports.form")
_THROUGH = Path("through.json")
"""For each function the tests that were seen to go through it, in the folder in which the tests run."""


_wanted = pytest.StashKey[frozenset[str]]()


def pytest_configure(config: pytest.Config) -> None:
    """Collect the files of the tests that are named, not one test after another: of hundreds, that takes longer than most changes live."""
    config.stash[_wanted] = frozenset(config.args)
    config.args = list(dict.fromkeys(name.partition("::")[0] for name in config.args))


def pytest_collection_finish() -> None:
    """Forget whatever was remembered: before the fork, and while the tests were collected."""
    # The tests' own conftest.py freezes what there is, as mutmut does before it forks, and what is frozen is not listed.
    gc.unfreeze()
    for each in gc.get_objects():
        if isinstance(each, _lru_cache_wrapper) and not each.__module__.startswith(_KEPT):
            file = getattr(sys.modules.get(each.__module__), "__file__", None)
            if file and Path(file).is_relative_to(Path.cwd()):
                each.cache_clear()


def pytest_sessionfinish() -> None:
    """Have every test asked about every function that any of them goes through.

    mutmut notes who goes through a function, and asks nobody else; but of whatever is kept from one test to the next, a fixture of the
    session as well as a cache, it sees only who came first.
    """
    if os.environ.get("MUTANT_UNDER_TEST") == "stats":
        known = state().tests_by_mangled_function_name
        _THROUGH.write_text(json.dumps({function: sorted(tests) for function, tests in known.items()}), encoding="utf-8")
        for tests in known.values():
            tests.update(state().duration_by_test)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Ask first whoever was seen to go through the function, and the quick ones of them before the others."""
    wanted = config.stash[_wanted]
    files = {name for name in wanted if "::" not in name}
    functions = {name for name in wanted if "[" not in name}
    items[:] = [
        item
        for item in items
        if item.nodeid in wanted or item.nodeid.partition("[")[0] in functions or item.nodeid.partition("::")[0] in files
    ]
    if _THROUGH.exists():
        function = os.environ.get("MUTANT_UNDER_TEST", "").partition("__mutmut_")[0]
        through = frozenset(json.loads(_THROUGH.read_text(encoding="utf-8")).get(function, ()))
        took = state().duration_by_test
        items.sort(key=lambda item: (item.nodeid not in through, took.get(item.nodeid, 0)))
