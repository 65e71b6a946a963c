"""Coefficients of the group dummies that are not what their name says: another predictor goes within groups with what is left of them."""

from __future__ import annotations

import numpy as np

from ..assess.random_columns import means_in_dummies
from ..comparison.comparison import Comparison
from ..model_catalogue import Model
from ..text.english import listed
from ..text.labels import model_label, plural
from .identity import identity


def lost_in_dummies(comparison: Comparison) -> list[str]:
    """The predictors that vary within groups, and that their dummies absorb as combinations of the others there."""
    if Model.NO_POOLING not in comparison.fits:
        return []
    params, design = comparison.no_pooling.params, comparison.design
    varies = {design.names[k] for k in design.fixed if comparison.moments.varies_within[k]}
    return [name for name in params.index[~np.isfinite(params)] if name in varies]


def mixed_in_dummies(comparison: Comparison) -> list[str]:
    """The coefficients that their model has under names of which they are a part only, another predictor being left out."""
    if not lost_in_dummies(comparison):
        return []
    parts, params, means = identity(comparison, Model.OLS), comparison.no_pooling.params, means_in_dummies(comparison)
    names = {comparison.design.names[k]: at for at, k in enumerate(parts.columns) if k >= 0}
    return [
        n
        for n, at in names.items()
        if n in params.index and n not in means and np.isfinite(params[n]) and not np.isfinite(parts.within[at])
    ]


def dummies_sentence(comparison: Comparison, term: str | None = None) -> str:
    """Which coefficients beside dummies are those of a model without another predictor; empty where none is.

    Of couples, each with one's own score and the partner's: these two add up to what is constant in the couple, and dummies have the
    one's coefficient less the other's under the name of the first.

    Parameters
    ----------
    term : str, optional
        The coefficient shown; every one, when left out.
    """
    lost, moved = lost_in_dummies(comparison), mixed_in_dummies(comparison)
    if not moved or (term is not None and term not in moved):
        return ""
    told, left = (listed([comparison.coefficient(n).label for n in some]) for some in (moved, lost))
    which = "it is" if len(moved) == 1 else "they are"
    return (
        f"{model_label(Model.NO_POOLING, comparison.group)}: within {plural(comparison.group)} {left} cannot be told apart from the other "
        f"predictors and is left out there, so what stands under {told} mixes both: {which} not to be held against the other models’."
    )
