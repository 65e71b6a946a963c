"""One budget of bytes for all that is kept for all readers: tables, fits, pictures. What was longest unused gives way first."""

from __future__ import annotations

import os
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, MutableMapping
from dataclasses import dataclass, field
from threading import RLock
from typing import Any, Generic, TypeVar

from .size import size_of

VARIABLE = "LMMCOMPARE_KEPT_MB"
DEFAULT_MB = 700.0
"""Beside it a process holds its libraries, and what is being read and fitted."""
LEAST = 500
"""Bytes of the smallest value, with its key."""
REMEMBERED = 1_000
"""Keys that are remembered of what gave way, so that it can be said."""

Value = TypeVar("Value")


def limit_in_bytes() -> float:
    """The budget of this process, as its administrator sets it."""
    try:
        megabytes = float(os.environ.get(VARIABLE, ""))
    except ValueError:
        megabytes = DEFAULT_MB
    return 1e6 * (megabytes if megabytes > 0 else DEFAULT_MB)


@dataclass(eq=False)
class _Entry:
    store: Store[Any]
    key: Hashable
    value: Any
    bytes: int
    until: float


@dataclass(eq=False)
class Budget:
    """Values of several stores, together at most so many bytes; the last one added stays, however large.

    Parameters
    ----------
    limit : float
        Bytes.
    weigh : callable
        Gives the bytes of a value.
    """

    limit: float
    weigh: Callable[[object], int] = size_of
    bytes: int = 0
    lock: RLock = field(default_factory=RLock)
    order: OrderedDict[int, _Entry] = field(default_factory=OrderedDict)

    def make_room(self) -> None:
        """Let what was longest unused give way until the rest is within the limit."""
        while self.bytes > self.limit and len(self.order) > 1:
            self.give_up(next(iter(self.order.values())))

    def give_up(self, entry: _Entry) -> None:
        """Let one entry give way, and remember that."""
        entry.store.drop(entry)
        entry.store.gone[entry.key] = None
        while len(entry.store.gone) > REMEMBERED:
            entry.store.gone.popitem(last=False)


class Store(MutableMapping[Hashable, Value], Generic[Value]):
    """A cache whose values count towards a budget that it shares with other caches.

    Parameters
    ----------
    budget : Budget
    entries : int
        Most values of this cache alone, the longest unused given up first.
    ttl : float
        Seconds until a value is forgotten.
    """

    def __init__(self, budget: Budget, entries: int = 1_000_000, ttl: float = float("inf")) -> None:
        self._budget = budget
        self._most = entries
        self._ttl = ttl
        self._entries: OrderedDict[Hashable, _Entry] = OrderedDict()
        self.gone: OrderedDict[Hashable, None] = OrderedDict()

    def __getitem__(self, key: Hashable) -> Value:
        with self._budget.lock:
            entry = self._entries[key]
            if entry.until < time.monotonic():
                self.drop(entry)
                raise KeyError(key)
            self._entries.move_to_end(key)
            self._budget.order.move_to_end(id(entry))
            value: Value = entry.value
            return value

    def __setitem__(self, key: Hashable, value: Value) -> None:
        weight = LEAST + self._budget.weigh(value)  # which takes a while: others go on meanwhile
        with self._budget.lock:
            if key in self._entries:
                self.drop(self._entries[key])
            self.gone.pop(key, None)
            entry = _Entry(self, key, value, weight, time.monotonic() + self._ttl)
            self._entries[key] = self._budget.order[id(entry)] = entry
            self._budget.bytes += weight
            while len(self._entries) > self._most:
                self._budget.give_up(next(iter(self._entries.values())))
            self._budget.make_room()

    def __delitem__(self, key: Hashable) -> None:
        with self._budget.lock:
            self.drop(self._entries[key])

    def __iter__(self) -> Iterator[Hashable]:
        with self._budget.lock:
            return iter([*self._entries])

    def __len__(self) -> int:
        return len(self._entries)

    def drop(self, entry: _Entry) -> None:
        """Keep an entry no longer; the budget's lock is held."""
        del self._entries[entry.key], self._budget.order[id(entry)]
        self._budget.bytes -= entry.bytes

    def gave_way(self, key: Hashable) -> bool:
        """Whether a value was here, and gave way to others for want of room."""
        return key in self.gone


SHARED = Budget(limit_in_bytes())
"""The process's own."""
