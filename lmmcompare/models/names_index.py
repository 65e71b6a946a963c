"""Names as the index of a frame, each set of them made once."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import pandas as pd


@lru_cache(maxsize=256)
def _index(names: tuple[str, ...]) -> pd.Index:
    return pd.Index(names)


def names_index(names: Iterable[str]) -> pd.Index:
    """The index of some names: pandas takes longer to make one of two words than a small model takes to fit."""
    return _index(tuple(names)).view()  # a name that a reader gives the index is this one's
