"""A memory budget in bytes shared by all caches of the process: tables, fits, figures. Evicts the least recently used entry."""

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
"""The default; a process also holds its libraries, and the tables and fits that are being computed."""
LEAST = 500
"""Bytes counted for each entry beside its value."""
REMEMBERED = 1_000
"""Number of evicted keys remembered by each store, so that a page can say that an entry was evicted."""

Value = TypeVar("Value")


def limit_in_bytes() -> float:
    """The budget of this process in bytes: the environment variable LMMCOMPARE_KEPT_MB, or the default."""
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
    """Limits the total bytes of the entries of several stores; the entry added last stays, however large.

    Parameters
    ----------
    limit : float
        Bytes.
    weigh : callable
        Returns the bytes of a value.
    """

    limit: float
    weigh: Callable[[object], int] = size_of
    bytes: int = 0
    lock: RLock = field(default_factory=RLock)
    order: OrderedDict[int, _Entry] = field(default_factory=OrderedDict)

    def make_room(self) -> None:
        """Evict the least recently used entries until the rest is within the limit."""
        while self.bytes > self.limit and len(self.order) > 1:
            self.evict(next(iter(self.order.values())))

    def evict(self, entry: _Entry) -> None:
        """Evict one entry, and remember its key in ``evicted``."""
        entry.store.drop(entry)
        entry.store.evicted[entry.key] = None
        while len(entry.store.evicted) > REMEMBERED:
            entry.store.evicted.popitem(last=False)


class Store(MutableMapping[Hashable, Value], Generic[Value]):
    """A cache whose values count towards a budget that it shares with other caches.

    Parameters
    ----------
    entries : int
        The largest number of entries of this cache; the least recently used is evicted first.
    ttl : float
        Seconds until an entry expires.
    """

    def __init__(self, budget: Budget, entries: int = 1_000_000, ttl: float = float("inf")) -> None:
        self._budget = budget
        self._most = entries
        self._ttl = ttl
        self._entries: OrderedDict[Hashable, _Entry] = OrderedDict()
        self.evicted: OrderedDict[Hashable, None] = OrderedDict()

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
        weight = LEAST + self._budget.weigh(value)  # slow, so outside the lock
        with self._budget.lock:
            if key in self._entries:
                self.drop(self._entries[key])
            self.evicted.pop(key, None)
            entry = _Entry(self, key, value, weight, time.monotonic() + self._ttl)
            self._entries[key] = self._budget.order[id(entry)] = entry
            self._budget.bytes += weight
            while len(self._entries) > self._most:
                self._budget.evict(next(iter(self._entries.values())))
            self._budget.make_room()

    def __delitem__(self, key: Hashable) -> None:
        with self._budget.lock:
            self.drop(self._entries[key])

    def __iter__(self) -> Iterator[Hashable]:
        with self._budget.lock:
            return iter([*self._entries])

    def __len__(self) -> int:
        return len(self._entries)

    def clear(self) -> None:
        """Remove all entries; the one that is inherited ends at the first that has expired."""
        with self._budget.lock:
            for entry in [*self._entries.values()]:
                self.drop(entry)

    def forget_where(self, matches: Callable[[Hashable], bool]) -> None:
        """Remove the entries whose keys match."""
        with self._budget.lock:
            for entry in [entry for key, entry in self._entries.items() if matches(key)]:
                self.drop(entry)

    def drop(self, entry: _Entry) -> None:
        """Remove an entry; the caller holds the budget's lock."""
        del self._entries[entry.key], self._budget.order[id(entry)]
        self._budget.bytes -= entry.bytes

    def was_evicted(self, key: Hashable) -> bool:
        """Whether an entry of this key has been evicted to make room."""
        return key in self.evicted


SHARED = Budget(limit_in_bytes())
"""The budget of this process."""
