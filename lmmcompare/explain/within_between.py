"""A predictor's slope within groups and its slope between them, with the test that they are one."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ..arrays import Array
from ..assess.between_degrees import between_degrees
from ..assess.missing_rows import differs_by_missing_rows
from ..assess.outcome_means import has_no_slope_between
from ..comparison.comparison import Comparison
from ..model_catalogue import Model
from ..models import MixedResult
from ..text.english import listed
from .facts import Slope
from .inference_rows import is_kenward_roger, slopes_apart
from .predictor_level import Level, level, means_go_along

PLAIN = 0.001
"""A p value below this is said as a fact: the slopes differ."""


@dataclass(frozen=True)
class WithinBetween:
    """A predictor's slopes within groups and between them, from the within-between model.

    Parameters
    ----------
    level : Level or None
        None for the intercept.
    within, between : float
        The slopes; NaN where there is no within-between model to take them from.
    difference, lower, upper, p : float
        Between minus within, its 95% interval and p value.
    companion : str
        The predictor whose group mean a contextual one is.
    absent : str
        Why there is no within-between model, where it would be needed.
    by_missing_rows : bool
        Whether the predictor's group means differ only since groups lack rows.
    by_rows_alone : bool
        Whether they differ only by which rows a group has, for whatever reason, or the outcome has one mean in all groups: then there
        is no slope between groups.
    """

    term: str
    level: Level | None
    within: float = float("nan")
    between: float = float("nan")
    se_within: float = float("nan")
    se_between: float = float("nan")
    difference: float = float("nan")
    lower: float = float("nan")
    upper: float = float("nan")
    p: float = float("nan")
    groups: int = 0
    companion: str = ""
    absent: str = ""
    by_missing_rows: bool = False
    by_rows_alone: bool = False

    @property
    def known(self) -> bool:
        """Whether the difference of the two slopes could be estimated."""
        return bool(np.isfinite(self.p))

    @property
    def differ(self) -> bool:
        """Whether the two slopes differ beyond doubt."""
        return self.known and not self.by_rows_alone and self.p < PLAIN


def between_slope(comparison: Comparison, term: str, frame: pd.DataFrame | None = None) -> Slope | None:
    """The slope between groups by the within-between model, whose weights are those of its variances; None without that model.

    With ``frame``, as `Comparison.coefficients` gives it, its error is of the inference chosen.
    """
    name = comparison.mean_name(term)
    if name is None:
        return None
    fit = comparison.mixed_fits()[Model.WITHIN_BETWEEN]
    both = np.isin(fit.names, [term, name]).astype(float)
    return total_slope(fit, both, kenward_roger=is_kenward_roger(comparison, Model.WITHIN_BETWEEN, frame))


def total_slope(fit: MixedResult, contrast_of: Array, *, kenward_roger: bool) -> Slope:
    """A sum of coefficients that compares groups, with no more degrees of freedom than these leave where their variance is 0.

    Parameters
    ----------
    contrast_of : (p,) array
        Which coefficients it is the sum of, as 0 and 1.
    kenward_roger : bool
        Whether its error and degrees of freedom are Kenward and Roger's, which do not take that variance for known.
    """
    value, rows = float(contrast_of @ fit.params.to_numpy()), contrast_of[None]
    if kenward_roger:
        return Slope(value, float(fit.kenward_roger.se(rows)[0]), float(fit.kenward_roger.df(rows)[0]))
    variance = float(contrast_of @ fit.cov_params().to_numpy() @ contrast_of)
    df, most = float(fit.satterthwaite.df(rows)[0]), between_degrees(fit)
    return Slope(value, float(np.sqrt(variance)), df if most is None else min(df, most))


def within_between(comparison: Comparison, term: str, frame: pd.DataFrame | None = None) -> WithinBetween:
    """The two slopes of a predictor and the test that they are one (Mundlak 1978, Econometrica 46), for one coefficient.

    The level is decided from the column itself, whatever the other predictors are. With ``frame``, interval and p value
    are of the inference chosen, as `Comparison.coefficients` gives it.
    """
    names, groups = comparison.design.names, comparison.moments.n_groups
    if term == comparison.constant or term not in names[:-1]:
        return WithinBetween(term, None, groups=groups)
    place = level(comparison, names.index(term))
    if place.level not in (Level.CONTEXTUAL, Level.BOTH):
        return WithinBetween(term, place.level, groups=groups)
    apart, column = slopes_apart(comparison, term, frame), names.index(term)
    result = WithinBetween(
        term,
        place.level,
        groups=groups,
        by_missing_rows=differs_by_missing_rows(comparison, column),
        by_rows_alone=has_no_slope_between(comparison, column),
    )
    if apart is None:
        return replace(
            result, absent=comparison.absent.get(Model.WITHIN_BETWEEN) or _together_sentence(comparison, column)
        )
    result = replace(result, difference=apart.value, lower=apart.lower, upper=apart.upper, p=apart.p)
    if place.level is Level.CONTEXTUAL:
        return replace(result, companion=names[place.companions[0]])
    fit = comparison.mixed_fits()[apart.model]
    within, pair = float(fit.params[term]), [term, apart.name]
    vcov = fit.cov_params().loc[pair, pair].to_numpy()
    return replace(
        result,
        within=within,
        between=within + apart.value,
        se_within=float(fit.bse[term]),
        se_between=float(np.sqrt(vcov.sum())),
    )


def _together_sentence(comparison: Comparison, column: int) -> str:
    """Why within-between has no slope between groups of a predictor."""
    names = [comparison.coefficient(name).label for name in means_go_along(comparison, column)]
    return f"Its group means are a combination of those of {listed(names) if names else 'other predictors'}."
