"""The fits of a comparison: each model to the same moments, or the reason why it cannot be fitted."""

from __future__ import annotations

import numpy as np

from ..design.coefficients import CONSTANT
from ..design.design import Design
from ..design.terms import RandomBlock
from ..fit.bases import dependent
from ..fit.linear import dummies, ols
from ..model_catalogue import Model
from ..models import NoPoolingResult, OLSResult, Result
from ..models.estimability import slope_problem
from ..models.fitting import fit_mixed
from ..models.gathering import fixed_columns
from ..moments.crossed import Crossing
from ..moments.groups import Moments
from ..text.labels import plural
from .within_between import fit_within_between

MAX_COMPANION = 3
"""Most columns of a predictor that gets a random slope without being asked."""
FEWEST_SLOPES = 3
"""Fewer groups with a slope of their own tell nothing of how slopes vary."""


def fit_models(design: Design, crossing: Crossing, *, reml: bool) -> dict[Model, Result | str]:
    """Model key to its result, or to a sentence with the reason why there is none."""
    moments, columns, names = crossing.factors[design.focal], fixed_columns(design), design.fixed_names
    intercept = [RandomBlock((CONSTANT,), (design.constant,))]
    result: dict[Model, Result | str] = {
        Model.OLS: OLSResult(design, moments, names, columns, ols(moments, columns)),
        Model.NO_POOLING: _no_pooling(design, moments),
        Model.RANDOM_INTERCEPT: fit_mixed(design, moments, columns, names, intercept, reml=reml),
        Model.RANDOM_SLOPE: _random_slope(design, moments, reml=reml),
        Model.WITHIN_BETWEEN: fit_within_between(design, moments, reml=reml),
    }
    if len(design.groupings) > 1:
        result[Model.SEVERAL] = fit_mixed(design, crossing, columns, names, design.blocks, reml=reml)
    return result


def one_factor_model(design: Design) -> Model:
    """The key of the model with the random coefficients that the formula gives the shown factor."""
    return Model.RANDOM_INTERCEPT if [b.columns for b in _own_blocks(design)] == [(CONSTANT,)] else Model.RANDOM_SLOPE


def _own_blocks(design: Design) -> list[RandomBlock]:
    """The random coefficients of the shown factor."""
    return [block for block in design.blocks if block.factor == design.focal]


def _no_pooling(design: Design, moments: Moments) -> Result | str:
    slopes, names = list(design.fixed), [name for name in design.fixed_names if name != design.constant]
    if moments.n_rows - moments.n_groups - len(slopes) < 1:
        group = design.groupings[design.focal].name
        return f"{group} dummies would use up all rows: too few rows for {moments.n_groups:,} groups."
    return NoPoolingResult(design, moments, names, slopes, dummies(moments, slopes))


def _random_slope(design: Design, moments: Moments, *, reml: bool) -> Result | str:
    """With the formula's own random slopes, or else that of a predictor."""
    group = design.groupings[design.focal].name
    asked = one_factor_model(design) == Model.RANDOM_SLOPE
    blocks = _own_blocks(design) if asked else _companion_slope(design, moments)
    if blocks:
        problem = slope_problem(moments, blocks, group)
    elif 0 < max((_slopes_known(moments, k) for k in design.fixed), default=0) < FEWEST_SLOPES:
        problem = (
            f"In fewer than {FEWEST_SLOPES} {plural(group)} anything varies, which is too few to tell how slopes vary."
        )
    elif unseen := _partly_seen(design, moments):
        problem = (
            f"Within {plural(group)} some categories of {unseen} are hardly seen beside the others, so how their differences vary "
            "cannot be told."
        )
    elif any(moments.varies_within[k] for k in design.fixed):
        problem = f"A random slope of more than {MAX_COMPANION} coefficients, or of an interaction, is fitted only where asked for."
    else:
        problem = f"No predictor varies within {plural(group)}, so nothing can have a random slope."
    return problem or fit_mixed(design, moments, fixed_columns(design), design.fixed_names, blocks, reml=reml)


def _slopes_known(moments: Moments, column: int) -> int:
    """In how many groups a column varies, so that they show a slope of it."""
    spread = moments.within[column, column]
    return int((spread > 1e-12 * spread.max()).sum()) if moments.varies_within[column] else 0


def _companion_slope(design: Design, moments: Moments) -> list[RandomBlock]:
    """A random slope to set beside a random intercept: of the first predictor that varies within groups."""
    names = design.names
    for term in design.spec.terms:
        columns = design.terms[str(term)]
        known = [_slopes_known(moments, k) for k in columns]
        if len(term.factors) == 1 and 0 < len(columns) <= MAX_COMPANION and min(known) >= FEWEST_SLOPES:
            slopes = RandomBlock(columns, tuple(names[k] for k in columns))
            within = moments.within_total[np.ix_(columns, columns)]
            if dependent(within + moments.between_total[np.ix_(columns, columns)]):
                return [slopes]  # a factor coded in full has its constant in it
            if dependent(within):
                continue
            return [RandomBlock((CONSTANT, *slopes.columns), (design.constant, *slopes.names))]
    return []


def _partly_seen(design: Design, moments: Moments) -> str:
    """The factor that `_companion_slope` passes over because of categories that groups lack; empty where it passes over none.

    States that have one policy throughout never see another: beside a random intercept the covariance of its effect with those of
    others may be anything.
    """
    for term in design.spec.terms:
        columns = design.terms[str(term)]
        if (
            len(term.factors) == 1
            and 1 < len(columns) <= MAX_COMPANION
            and any(moments.varies_within[k] for k in columns)
        ):
            return design.term_labels[str(term)]
    return ""
