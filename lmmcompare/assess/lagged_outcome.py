"""The outcome's own past among the predictors: a group's level is part of both, which none of the models compared allows for.

Nickell (1981), Biases in dynamic models with fixed effects, Econometrica 49; Bond (2002), Dynamic panel data models, Portuguese Economic
Journal 1: least squares takes the coefficient too high, dummies too low.
"""

from __future__ import annotations

import numpy as np

from ..arrays import Array
from ..comparison.comparison import Comparison
from ..text.labels import an, noun, plural

FEWEST = 20
"""So many rows that equal the row before leave no doubt."""
SHARE = 0.95
"""And so large a share of the rows that have one: a row between may have been left out."""


def lagged_outcome_sentence(comparison: Comparison) -> str:
    """What becomes of a predictor that is the outcome of the same group's row before; empty where there is none."""
    design = comparison.design
    if design.is_sample or design.grouping is None:
        return ""
    moments = comparison.moments
    order = np.argsort(design.grouping.codes, kind="stable")
    y, codes = design.response[order], design.grouping.codes[order]
    for k in design.fixed:
        coefficient = design.coefficient(k)
        if coefficient.kind not in ("column", "expression") or not moments.varies_within[k]:
            continue
        x = design.columns[k][:][order]
        if _follows(x, y, codes) or _follows(x[::-1], y[::-1], codes[::-1]):
            name, outcome = coefficient.label, design.response_name
            one, a_group, groups = noun(comparison.group), an(comparison.group), plural(comparison.group)
            return (
                f"{name} is {outcome} of the same {one}’s row before, so the level that {a_group} keeps is in both, which no model here "
                f"allows for. With few rows in each of many {groups}, OLS and the random intercept as a rule take its coefficient too "
                "high, and dummies too low (Nickell 1981); other coefficients are off with it. The truth tends to lie between OLS’s and "
                "the dummies’ (Bond 2002); instruments made of earlier rows avoid this (Arellano and Bond 1991)."
            )
    return ""


def _follows(x: Array, y: Array, codes: Array) -> bool:
    """Whether a column holds in nearly every row the outcome of the row before, of rows that are sorted by their group."""
    same = codes[1:] == codes[:-1]
    alike = np.isclose(x[1:][same], y[:-1][same], rtol=1e-9, atol=1e-9 * float(np.abs(y).max(initial=0.0)))
    changes = float((y[1:][same] != y[:-1][same]).mean()) if same.any() else 0.0  # a constant outcome follows itself
    return bool(same.sum() >= FEWEST and alike.mean() >= SHARE and changes > 1 - SHARE)
