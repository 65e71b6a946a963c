"""What a table or picture says beside numbers to which sentences give fewer degrees of freedom than the model's own inference does."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..comparison.comparison import Comparison
from ..explain.boundary_intervals import APART
from ..explain.confounded_in_dummies import dummies_sentence
from ..explain.inference_rows import Contrast, bounded_rows
from ..explain.negative_correlation import within_group_correlation
from ..explain.predictor_level import Level, level
from ..inference.t_tests import t_quantile
from ..tables.coefficients import term_label
from ..tables.table import endless_sentence
from ..text.labels import model_label, plural
from ..text.numbers import decimals_for, number, p_value


def bounded_degrees_sentence(comparison: Comparison, frame: pd.DataFrame | None = None, term: str | None = None) -> str:
    """That what compares groups has other degrees of freedom in sentences, with what follows from them; empty where it has the same.

    Parameters
    ----------
    frame : DataFrame, optional
        The coefficients with the inference chosen.
    term : str, optional
        The coefficient shown; every one, when left out.
    """
    found = [
        (apart, df)
        for apart, df in bounded_rows(comparison, frame)
        if (term is None or apart.name == term)
        and (not _is_constant(comparison, apart.name) or _hangs(comparison, apart, df))
    ]
    if not found:
        return ""
    told = []
    for apart, df in found:
        low, high = (number(end, decimals=decimals_for(apart.se)) for end in (apart.lower, apart.upper))
        told.append(
            f"{term_label(comparison, apart.name)} ({model_label(apart.model, comparison.group)}) has {number(df)} df here, and with "
            f"{number(apart.df)} {p_value(apart.p)}, 95% interval {low} to {high}"
        )
    groups = plural(comparison.group)
    return (
        f"The variance between {groups} is estimated as 0, which the degrees of freedom count as known. R’s nlme counts no more than "
        f"{comparison.moments.n_groups:,} {groups} leave, and so do sentences on slopes within and between {groups}: {'; '.join(told)}."
    )


def interval_notes(comparison: Comparison, frame: pd.DataFrame, term: str | None = None) -> str:
    """What is to be known of the intervals of the coefficients, or of one; empty where there is nothing."""
    words = (
        bounded_degrees_sentence(comparison, frame, term),
        endless_intervals(frame, term),
        dummies_sentence(comparison, term),
    )
    return " ".join(filter(None, words))


def endless_intervals(frame: pd.DataFrame, term: str | None) -> str:
    """Why an interval of the coefficients, or of one, has no end; empty where each has one."""
    part = frame if term is None else frame[frame["term"] == term]
    return endless_sentence(part.loc[np.isinf(part["lower"]), "df"].to_list())


def _is_constant(comparison: Comparison, name: str) -> bool:
    """Whether a coefficient is of a predictor that is constant in every group, and no contrast of two slopes."""
    return name in comparison.ols.names and level(comparison, comparison.column_of(name)).level is Level.BETWEEN


def _hangs(comparison: Comparison, apart: Contrast, df: float) -> bool:
    """Whether an interval hangs on its degrees of freedom; not where rows of a group offset each other, so that it is too wide already."""
    wider = float(t_quantile(apart.df) / t_quantile(df)) - 1
    return wider >= APART and not within_group_correlation(comparison).offsetting
