"""The points of a picture: which groups and rows are drawn where they are many, and one a group where its rows lie at one place."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ..arrays import Array
from .comparison import Comparison

MAX_POINTS = 3_000
MAX_GROUPS = 300


def groups_drawn(
    comparison: Comparison, codes: Array, keep: str | None, only: Sequence[str], rng: np.random.Generator
) -> Array:
    """The groups to draw: those asked for, or all of which there are rows, thinned where they are many."""
    labels = comparison.grouping.labels
    present = np.unique(codes) if comparison.design.is_sample else np.arange(len(labels))
    if only:
        return present[np.isin(np.array(labels, dtype=object)[present], list(only))]
    if len(present) <= MAX_GROUPS:
        return present
    chosen = set(rng.choice(present, MAX_GROUPS, replace=False).tolist())
    if keep in labels:
        chosen.add(labels.index(keep))
    return np.array(sorted(chosen))


def rows_drawn(comparison: Comparison, codes: Array, groups: Array, rng: np.random.Generator) -> pd.DataFrame:
    """A point for each row of the groups drawn, thinned uniformly."""
    n_groups = len(comparison.grouping.labels)
    rows = np.arange(len(codes)) if len(groups) == n_groups else np.flatnonzero(np.isin(codes, groups))
    if len(rows) > MAX_POINTS:
        rows = np.sort(rng.choice(rows, MAX_POINTS, replace=False))
    return _points(comparison, codes[rows], comparison.design.columns[-1][:][rows], rows)


def means(comparison: Comparison, codes: Array, groups: Array) -> pd.DataFrame:
    """A point for each of the groups drawn, at the mean over all its rows; it stands for the first of them."""
    moments = comparison.moments
    known, first = np.unique(codes, return_index=True)
    own = np.isin(known, groups)
    y = moments.center[-1] + moments.scale[-1] * moments.mean[-1]
    return _points(comparison, known[own], y[known[own]], first[own])


def _points(comparison: Comparison, codes: Array, y: Array, rows: Array) -> pd.DataFrame:
    labels = np.array(comparison.grouping.labels, dtype=object)
    return pd.DataFrame({"group": pd.Series(labels[codes], dtype=object), "x": np.nan, "y": y, "row": rows})
