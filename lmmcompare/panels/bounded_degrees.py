"""What a table or picture says beside numbers to which sentences give fewer degrees of freedom than the model's own inference does."""

from __future__ import annotations

import pandas as pd

from ..comparison.comparison import Comparison
from ..explain.inference_rows import bounded_contrasts
from ..tables.coefficients import term_label
from ..text.labels import model_label, plural
from ..text.numbers import decimals_for, number, p_value


def bounded_degrees_sentence(comparison: Comparison, frame: pd.DataFrame | None = None, term: str | None = None) -> str:
    """That what compares groups has other degrees of freedom in sentences, with what follows from them; empty where it has the same.

    Parameters
    ----------
    comparison : Comparison
    frame : DataFrame, optional
        The coefficients with the inference chosen.
    term : str, optional
        The coefficient shown; every one, when left out.
    """
    found = [(apart, df) for apart, df in bounded_contrasts(comparison, frame) if term is None or apart.name == term]
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
        f"The variance between {groups} is estimated as 0, which the degrees of freedom count as known; sentences on slopes within and "
        f"between {groups} count no more than {comparison.moments.n_groups:,} {groups} leave, as R’s nlme does: {'; '.join(told)}."
    )
