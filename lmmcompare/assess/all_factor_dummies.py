"""All random effects as fixed: least squares with a dummy for every level of every grouping factor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from ..arrays import Array
from ..design.grouping import Grouping
from ..errors import DesignError, TooLargeError
from ..fit.bases import dependent
from ..models import MixedResult
from .level_dummies import LevelDummies, indicators, slopes_beside

MAX_LEVELS = 5_000
"""Most levels of all grouping factors but the largest: their dummies are solved as one dense matrix."""
MAX_LISTED = 200
"""Most levels of all factors together whose own effects are worked out and listed."""


@dataclass(frozen=True, eq=False)
class AllFactorDummies:
    """Least squares with a dummy for every level of every grouping factor.

    Parameters
    ----------
    coefficients : DataFrame
        ``term, estimate, se, df``; NaN where the dummies absorb a column, the intercept always.
    sigma : float
        Residual standard deviation.
    df : int
        Residual degrees of freedom.
    rank : int
        Coefficients estimated, dummies included.
    fittedvalues : (n,) array
    levels : DataFrame
        ``factor, level, estimate, se, deviation, se_deviation``: how far each level lies from its factor's first one, as R's
        ``lm`` prints it, and from the mean of its factor's levels, as random effects are counted. The first row, without
        factor and level, is the intercept: of the first levels, and of the means. NaN where a level cannot be told from
        those before it (nested factors), and no rows where there are more than `MAX_LISTED` levels.
    apart : float
        Root mean square of the difference between the fitted values of this fit and of the mixed model.
    """

    coefficients: pd.DataFrame
    sigma: float
    df: int
    rank: int
    fittedvalues: Array
    levels: pd.DataFrame
    apart: float
    sentence: str


def fit_all_factor_dummies(result: MixedResult) -> AllFactorDummies:
    """Fit a mixed model's fixed part with its random intercepts as fixed effects; random slopes are left out.

    The factor with the most levels is the first of `LevelDummies`. With one grouping factor this is the no-pooling model.

    Raises
    ------
    DesignError
        When the dummies use up all rows.
    TooLargeError
        When the other factors have more than `MAX_LEVELS` levels, or only a sample of the rows is at hand.
    """
    result.design.refuse_sample("Least squares with all dummies")
    largest, *others = sorted(result.groupings, key=lambda g: -len(g.levels))
    n_levels = sum(len(g.levels) for g in others)
    if n_levels > MAX_LEVELS:
        raise TooLargeError(
            f"The dummies of {_listed(others)} are {n_levels:,} columns; {MAX_LEVELS:,} are allowed.",
            "Keep the factor random.",
        )
    x, y = result.fixed_matrix(), result.design.columns[-1][:]
    root = result.design.root_weights
    dummies = LevelDummies.of(largest, others, root)
    fit = slopes_beside(dummies, [*x.T, y])
    n_dummies, kept = dummies.rank, fit.kept
    df = result.nobs - n_dummies - len(kept)
    if df < 1:
        raise DesignError(
            f"{result.nobs:,} rows cannot carry {n_dummies:,} dummies and {len(kept):,} coefficients.",
            f"Keep “{largest.name}” random.",
        )
    sigma = float(np.sqrt(fit.residual @ fit.residual / df))
    frame = pd.DataFrame({"term": result.names, "estimate": np.nan, "se": np.nan, "df": float(df)})
    frame.loc[kept, "estimate"] = fit.estimates
    frame.loc[kept, "se"] = sigma * np.sqrt((fit.root**2).sum(axis=1))
    sentence = (
        f"With every level of {_listed(result.groupings)} as a fixed effect, {n_dummies:,} of them take the place of the random "
        f"effects and {df:,} degrees of freedom are left. The intercepts are not pooled, each slope is one for "
        "all; nothing is said of levels not in the table."
    )
    spread = fit.root @ fit.root.T
    levels = _levels(result.groupings, x[:, kept], y - x[:, kept] @ fit.estimates, spread, sigma, root)
    fitted = result.design.response - fit.residual / root
    apart = float(np.sqrt(np.mean((fitted - result.fittedvalues) ** 2)))
    sigma *= float(np.sqrt(result.moments.mean_weight))
    return AllFactorDummies(frame, sigma, df, n_dummies + len(kept), fitted, levels, apart, sentence)


def _levels(
    groupings: tuple[Grouping, ...], x: Array, left: Array, spread: Array, sigma: float, root: Array
) -> pd.DataFrame:
    """The effects of the levels: least squares of what the slopes leave, whose own covariance is sigma^2 ``spread``."""
    columns = ["factor", "level", "estimate", "se", "deviation", "se_deviation"]
    if sum(len(g.levels) for g in groupings) > MAX_LISTED:
        return pd.DataFrame(columns=columns)
    dummies = sparse.hstack(
        [sparse.csr_array(root[:, None]), *(indicators(g, root)[:, 1:] for g in groupings)], format="csr"
    )
    x, left = x * root[:, None], left * root
    gram = (dummies.T @ dummies).toarray()
    known = np.delete(np.arange(len(gram)), [k for k, _ in dependent(gram)])
    inverse = np.linalg.inv(gram[np.ix_(known, known)])
    of_slopes = inverse @ (dummies.T @ x)[known]
    effects, covariance = np.full(len(gram), np.nan), np.full(gram.shape, np.nan)
    effects[known] = inverse @ (dummies.T @ left)[known]
    covariance[np.ix_(known, known)] = sigma**2 * (inverse + of_slopes @ spread @ of_slopes.T)

    # rows of `first` give the differences from the first levels, rows of `mean` those from the means of all levels
    first, mean = [np.eye(1, len(gram))], [np.eye(1, len(gram))]
    names, at = [("", "")], 1
    for grouping in groupings:
        own = np.zeros((len(grouping.levels), len(gram)))
        own[1:, at : at + len(own) - 1] = np.eye(len(own) - 1)
        first.append(own)
        mean.append(own - own.mean(axis=0))
        mean[0] = mean[0] + own.mean(axis=0)
        names += [(grouping.name, label) for label in grouping.labels]
        at += len(own) - 1
    result = pd.DataFrame(names, columns=columns[:2])
    for rows, (estimate, se) in ((first, columns[2:4]), (mean, columns[4:])):
        matrix = np.concatenate(rows)
        lost = (matrix[:, np.isnan(effects)] != 0).any(axis=1)
        values = matrix[:, known] @ effects[known]
        variance = np.einsum("ia,ab,ib->i", matrix[:, known], covariance[np.ix_(known, known)], matrix[:, known])
        result[estimate] = np.where(lost, np.nan, values)
        result[se] = np.where(lost, np.nan, np.sqrt(np.maximum(variance, 0.0)))
    return result


def _listed(groupings: tuple[Grouping, ...] | list[Grouping]) -> str:
    return " and ".join(f"“{g.name}”" for g in groupings)
