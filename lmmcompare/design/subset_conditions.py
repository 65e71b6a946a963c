"""The rows that meet conditions which stand in a model call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..errors import DataError
from ..formula.calls import Condition
from .dtypes import is_numeric, plain_column

_COMPARE = {
    "==": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


def keep_rows(frame: pd.DataFrame, conditions: Sequence[Condition]) -> pd.DataFrame:
    """The rows that meet all conditions, as R's ``subset``: a missing value meets none.

    Raises
    ------
    DataError
        Where a column is not there, is not such that it can be compared so, or no row is left.
    """
    keep = np.ones(len(frame), dtype=bool)
    for condition in conditions:
        keep &= meets(frame, condition)
    if conditions and not keep.any():
        raise DataError(f"No row is left where {' and '.join(map(str, conditions))}.", "Choose another condition.")
    return frame if keep.all() else frame[keep]


def meets(frame: pd.DataFrame, condition: Condition) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which rows meet a condition."""
    if condition.column not in frame.columns:
        raise DataError(
            f"There is no column “{condition.column}” in the table.", "Name one of its columns in the condition."
        )
    column = plain_column(frame[condition.column])
    present = column.notna().to_numpy()
    if condition.operator == "present":
        return present
    if is_numeric(column) or pd.api.types.is_bool_dtype(column.dtype):
        return present & _numbers(column.to_numpy(dtype=float, na_value=np.nan), condition)
    values = {v if isinstance(v, str) else f"{v:g}" for v in condition.values}
    if condition.operator not in ("==", "!=", "in", "not in"):
        raise DataError(f"“{condition.column}” is not of numbers, so it has no range.", "Make it a number first.")
    among = column.astype(str).isin(values).to_numpy()
    return present & (among if condition.operator in ("==", "in") else ~among)


def _numbers(values: np.ndarray[Any, np.dtype[Any]], condition: Condition) -> np.ndarray[Any, np.dtype[np.bool_]]:
    wanted = [_number(v, condition) for v in condition.values]
    if condition.operator in ("in", "not in"):
        among = np.isin(values, wanted)
        return among if condition.operator == "in" else ~among
    return np.asarray(_COMPARE[condition.operator](values, wanted[0]), dtype=bool)


def _number(value: float | str, condition: Condition) -> float:
    try:
        return float({"TRUE": 1.0, "True": 1.0, "FALSE": 0.0, "False": 0.0}.get(str(value), value))
    except ValueError:
        raise DataError(
            f"“{condition.column}” holds numbers, and “{value}” is none.", "Compare it with a number."
        ) from None
