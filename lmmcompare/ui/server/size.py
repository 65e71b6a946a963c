"""How much memory a table or the results of a fit hold."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

DEEPEST = 40


def size_of(value: object) -> int:
    """Bytes of the arrays, tables and texts that can be reached from an object, each counted once.

    A view counts as the array that it is a view of. Attributes are followed in objects of this package and of scipy only; an
    engine's table counts nothing, for it is on the disk.
    """
    return _size(value, set(), DEEPEST)


def _size(value: object, counted: set[int], depth: int) -> int:
    if isinstance(value, np.ndarray):
        while isinstance(value.base, np.ndarray):
            value = value.base
    if id(value) in counted or depth == 0:
        return 0
    counted.add(id(value))
    if isinstance(value, np.ndarray):
        if value.dtype == object:
            return int(value.nbytes) + sum(map(sys.getsizeof, value.flat))
        return int(value.nbytes)
    if isinstance(value, pd.DataFrame):  # by column, as its own `memory_usage` takes six times as long
        columns = (int(column.memory_usage(index=False, deep=True)) for _, column in value.items())
        return int(value.index.memory_usage(deep=True)) + sum(columns)
    if isinstance(value, pd.Series):
        return int(value.memory_usage(index=True, deep=True))
    if isinstance(value, pd.Index):
        return int(value.memory_usage(deep=True))
    if isinstance(value, str | bytes):
        return sys.getsizeof(value)
    return sum(_size(part, counted, depth - 1) for part in _parts(value))


def _parts(value: object) -> Iterable[object]:
    if isinstance(value, Mapping):
        return [*value.keys(), *value.values()]
    if isinstance(value, list | tuple | set | frozenset):
        return value
    if type(value).__module__.partition(".")[0] not in ("lmmcompare", "scipy"):
        return ()
    names = [
        name for kind in type(value).__mro__ for name in getattr(kind, "__slots__", ())
    ]  # a class has its own only
    slots = [getattr(value, name, None) for name in names]
    return [*getattr(value, "__dict__", {}).values(), *slots]
