"""Held: what is found of a library or a report once, however many pages and files show it, and forgotten with it."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Owner = TypeVar("Owner")
Found = TypeVar("Found")


class Held(Generic[Owner, Found]):
    """What `find` returns for each owner: found when it is first asked for, and kept as long as the owner is in use."""

    def __init__(self, find: Callable[[Owner], Found]) -> None:
        self._find = find
        # Held weakly, and by id, for owners need not be hashable: one that nobody uses must not be kept in memory by its finds.
        self._held: dict[int, tuple[weakref.ref[Owner], Found]] = {}

    def __call__(self, owner: Owner) -> Found:
        """Return what is found of an owner."""
        key = id(owner)
        # An id is used again once its object is gone, so the reference is compared as well.
        if key not in self._held or self._held[key][0]() is not owner:
            self._held[key] = (weakref.ref(owner, lambda _: self._held.pop(key, None)), self._find(owner))
        return self._held[key][1]

    def holds(self, key: int) -> bool:
        """Whether something is held of the owner with this id, which the owner itself need not be alive for."""
        return key in self._held
