"""The rows that a model uses: complete ones with a weight above 0; what functions learn from more of them, as in R."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

import numpy as np
import pandas as pd

from ..arrays import Array
from ..errors import DesignError, OutsideRangeWarning, warn
from ..formula.expressions import LEARNING, SUMMARIES, Call, Expression, Quantiles, calls, columns_of
from ..formula.spec import ModelSpec
from ..text.numbers import count
from .columns import Columns, Table
from .dtypes import dates, missing, plain_column
from .encoding import Encoder, column_of_levels
from .kinds import LEVEL_FUNCTIONS, leaves_gaps
from .validation import refuse_few_rows
from .weights_offsets import PriorWeights, prior_weights, weights_of

LEARN_LEVELS = (*LEVEL_FUNCTIONS, "as.numeric", "as.integer", "dummy")
"""Functions that learn levels."""
T = TypeVar("T", pd.DataFrame, Columns)


def complete_rows(used: list[str], frame: Columns) -> tuple[Columns, Array | None, dict[str, int]]:
    """The complete rows, their places in the table (None for all), and how many rows each column makes unusable."""
    absent = {name: gap for name in used if (gap := missing(frame[name])) is not None}
    if not absent:
        refuse_few_rows(len(frame), len(frame), {})
        return frame, None, {}
    rows = np.flatnonzero(~np.logical_or.reduce([*absent.values()]))
    counts = {name: int(gap.sum()) for name, gap in absent.items()}
    refuse_few_rows(len(rows), len(frame), counts)
    return frame.take(rows), rows, counts


def drop_gaps(
    spec: ModelSpec, frame: Columns, rows: Array | None, encoder: Encoder, counts: dict[str, int]
) -> tuple[Columns, Array | None]:
    """Leave out the rows in which an expression has no value, as R does, and count them in ``counts``."""
    absent = gaps((spec.outcome, *spec.factors, *spec.known_parts), frame, encoder, counts)
    if not absent.any():
        return frame, rows
    keep = np.flatnonzero(~absent)
    refuse_few_rows(len(keep), len(frame), counts)
    return frame.take(keep), keep if rows is None else rows[keep]


def gaps(factors: Iterable[Expression], frame: Table, encoder: Encoder, counts: dict[str, int] | None = None) -> Array:
    """The rows in which some expression has no value although its columns have, (n,) of bool; counted by expression."""
    result = np.zeros(len(frame), dtype=bool)
    for factor in filter(leaves_gaps, factors):
        absent = encoder.without_value(factor, frame)
        if counts is not None and absent.any():
            counts[str(factor)] = int(absent.sum())
        result |= absent
    return result


def plain_frame(frame: T, used: Iterable[str]) -> T:
    """The frame with the columns used as the types that their values have."""
    changed = {name: new for name in used if (new := plain_column(column := frame[name])) is not column}
    return frame.assign(**changed) if changed else frame


def with_dates(frame: T, encoder: Encoder) -> T:
    """The frame with the columns of dates as datetimes."""
    known = [name for name, origin in encoder.origins.items() if origin is not None and name in frame.columns]
    return frame.assign(**{name: dates(frame[name]) for name in known}) if known else frame


def learn_transforms(spec: ModelSpec, frame: pd.DataFrame, encoder: Encoder) -> None:
    """Learn what `poly`, `scale`, `mean`, `cut` and the like need from all rows that have their own columns, as R does.

    Rows that other columns make unusable count, so that centre and scale of a predictor are the same whatever is missing.

    Raises
    ------
    DesignError
        For a mean or the like of a column with missing values, which is missing too in R.
    """
    for factor in (spec.outcome, *spec.factors, *spec.known_parts):
        for call in calls(factor):
            if call.function not in (*LEARNING, *LEARN_LEVELS) or column_of_levels(call):
                continue
            used = list(dict.fromkeys(columns_of(call)))
            present = frame[used].dropna()
            if len(present) < len(frame):
                refuse_missing(call, len(frame) - len(present))
            encoder.learn_states(call, with_dates(plain_frame(present, used), encoder))


def refuse_missing(call: Call, n: int) -> None:
    """Refuse what is missing in R where ``n`` of its values are: a mean or the like, quantiles, the means of groups.

    Raises
    ------
    DesignError
    """
    breaks = call.option("breaks")
    if call.function in SUMMARIES and not call.option("na.rm"):
        raise missing_values_error(call, n)
    if isinstance(breaks, Quantiles) and not breaks.skip_missing:
        raise DesignError(f"{breaks} is missing, since {n:,} of its values are.", "Give it na.rm = TRUE.")
    if call.function == "ave":
        raise DesignError(
            f"{call} is missing in the groups of {count(n, 'row')} without a value.",
            "Leave these rows out of the table first.",
        )


def missing_values_error(call: Call, n: int) -> DesignError:
    """A mean or the like of values some of which are missing, as an error."""
    inside = ", ".join(map(str, call.arguments))
    return DesignError(
        f"{call} is missing, since {n:,} of its values are.", f"Write {call.function}({inside}, na.rm = TRUE)."
    )


def warn_outside(factors: Iterable[Expression], frame: pd.DataFrame, encoder: Encoder) -> None:
    """Warn where splines are asked for values outside of their boundary knots, as R does of ``bs``."""
    splines = {str(c): c for factor in factors for c in calls(factor) if c.function in ("bs", "ns")}
    for text, call in splines.items():
        low, high = encoder.states[text]["ends"]
        values = encoder.numbers(call.argument, frame)[0]
        if n := int(((values < low) | (values > high)).sum()):
            curve = "straight line" if call.function == "ns" else "polynomial"
            message = (
                f"{count(n, 'row')} outside of {low:g} to {high:g}, where {text} has its knots: beyond, its curve is the {curve} "
                "that it ends with."
            )
            warn(message, OutsideRangeWarning)


def weighted_rows(
    spec: ModelSpec, frame: Columns, rows: Array | None, encoder: Encoder
) -> tuple[Columns, Array | None, PriorWeights | None, int]:
    """The rows with a weight above 0, their places in the table, their weights, and how many others there are."""
    if spec.weights is None:
        return frame, rows, None, 0
    values = weights_of(spec.weights, frame, encoder)
    there = np.flatnonzero(values)
    left_out = len(values) - len(there)
    if left_out:
        frame, values, rows = frame.take(there), values[there], there if rows is None else rows[there]
    return frame, rows, prior_weights(spec.weights, values), left_out
