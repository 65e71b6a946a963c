"""Intervals of one model's parameters by Wald, profile likelihood and bootstrap, beside each other for reading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..comparison.comparison import Comparison
from ..text.numbers import decimals_for, number
from .coefficients import term_label
from .spread_rows import spread_label
from .table import NOTHING, Cell, Row, Table, between

Key = tuple[str, str, str]
"""A parameter: its kind, its grouping factor or nothing, its name."""
METHODS = {"wald": "Wald", "profile": "Profile likelihood", "bootstrap": "Bootstrap"}


@dataclass(frozen=True)
class IntervalsByMethod:
    """Intervals of every parameter by several methods, beside each other.

    Parameters
    ----------
    table : Table
    labels : dict
        By kind, grouping factor and name of the parameter, as all of them.
    ends : dict
        By method, the limits of the parameters that have any.
    """

    table: Table
    labels: dict[Key, str]
    estimates: dict[Key, float]
    ends: dict[str, dict[Key, tuple[float, float]]]

    @classmethod
    def of(cls, comparison: Comparison, frames: dict[str, pd.DataFrame]) -> IntervalsByMethod:
        """From the frames of `intervals`, by method; Wald's has every parameter."""
        rows = {key_of(row): row for row in frames["wald"].to_dict("records")}
        labels = {key: label_of(comparison, row) for key, row in rows.items()}
        estimates = {key: float(row["estimate"]) for key, row in rows.items()}
        ends: dict[str, dict[Key, tuple[float, float]]] = {
            method: {
                key_of(row): (float(row["lower"]), float(row["upper"]))
                for row in frame.to_dict("records")
                if not np.isnan([row["lower"], row["upper"]]).all()
            }
            for method, frame in frames.items()
        }
        lines = []
        for key, estimate in estimates.items():
            result = [ends[method].get(key) for method in frames]
            widths = [e[1] - e[0] for e in result if e and np.isfinite(e).all() and e[1] > e[0]]
            decimals = decimals_for(min(widths) / 4) if widths else 2
            cells = [NOTHING if e is None else Cell(between(e, decimals)) for e in result]
            lines.append(Row(labels[key], (Cell(number(estimate, decimals=decimals)), *cells)))
        heads = (("Estimate", ""), *((METHODS[method], "95%") for method in frames))
        return cls(Table(("",) * len(heads), heads, tuple(lines)), labels, estimates, ends)


def key_of(row: dict[str, Any]) -> Key:
    """Which parameter a row of `intervals` is of."""
    return row["kind"], row["factor"], row["name"]


def label_of(comparison: Comparison, row: dict[str, Any]) -> str:
    """What the parameter of a row of `intervals` is called."""
    if row["kind"] == "coefficient":
        return term_label(comparison, row["name"])
    return spread_label(comparison, row["kind"], row["factor"], row["name"])
