"""How much work something is, in calls of functions: the same on every machine, however busy, which seconds are not."""

from __future__ import annotations

import cProfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def calls(work: Callable[[], object]) -> int:
    """Calls of Python functions that some work takes."""
    profile = cProfile.Profile(builtins=False)
    profile.runcall(work)
    return sum(each.callcount for each in profile.getstats())
