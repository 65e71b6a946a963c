"""Which rows of a table a model uses: those that are complete and have a weight above 0."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..formula.spec import ModelSpec
from .encoding import Array, Encoder
from .known_parts import PriorWeights, weigh, weights_of
from .validation import refuse_incomplete, refuse_weightless


def complete_rows(
    spec: ModelSpec, frame: pd.DataFrame, group: str | None
) -> tuple[pd.DataFrame, Array | None, dict[str, int]]:
    """The complete rows, their places in the table (None for all), and how many rows each column makes unusable."""
    keep = np.ones(len(frame), dtype=bool)
    missing = {}
    used = list(dict.fromkeys([*spec.columns, *([group] if group else [])]))
    for name in used:
        if frame[name].hasnans:
            absent = frame[name].isna().to_numpy()
            missing[name] = int(absent.sum())
            keep &= ~absent
    if not missing:
        return frame, None, {}
    rows = np.flatnonzero(keep)
    refuse_incomplete(len(rows), len(frame), missing)
    return frame[used].iloc[rows], rows, missing


def weighted_rows(
    spec: ModelSpec, frame: pd.DataFrame, rows: Array | None, encoder: Encoder
) -> tuple[pd.DataFrame, Array | None, PriorWeights | None, int]:
    """The rows with a weight above 0, their places in the table, their weights, and how many others there are."""
    if spec.weights is None:
        return frame, rows, None, 0
    values = weights_of(spec.weights, frame, encoder)
    there = np.flatnonzero(values)
    left_out = len(values) - len(there)
    if left_out:
        refuse_weightless(len(there))
        frame, values, rows = frame.iloc[there], values[there], there if rows is None else rows[there]
    return frame, rows, weigh(spec.weights, values), left_out
