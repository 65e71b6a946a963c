"""Shares of variance, correlations and effective rows by the model with structured residuals, from its own covariance.

R2, the intraclass correlation and design effects of `variance_explained` are those of the mixed model, whose residuals are
independent: with serial correlation, or unequal variances, no one correlation holds for any two rows of a group.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..arrays import Array
from ..comparison.comparison import Comparison
from ..design.coefficients import CONSTANT
from ..fit.bases import basis, cross_total, overall
from ..models.gls import GLSResult
from ..models.serial_mixed import SerialMixedResult
from ..text.english import listed
from ..text.labels import an, plural
from ..text.numbers import number, percent
from .implied_row_weights import MOST_ROWS, residual_precision
from .variance_explained import MEAN

SAME = 0.005
"""Correlations that lie within this are told as one."""


@dataclass(frozen=True, eq=False)
class StructuredShares:
    """The outcome's variance in parts, and what rows are worth, by the model with structured residuals.

    Parameters
    ----------
    fixed : float
        Variance of the fixed part's fitted values over the rows, as in `variance_explained.shares`.
    left : float
        Mean over the rows of the variance beside it, ``z'Sigma z`` and the residual's own.
    pairs : DataFrame
        ``apart, level, correlation``: of pairs of rows of one group how far apart they are in time (NaN where the structure has
        none), the level of the variance's column where both have the same, and how what the fixed part leaves of them correlates.
    effects : DataFrame
        ``term, effective_n, design_effect`` of the mean and of each coefficient, as `variance_explained.design_effects` defines them.
    """

    fixed: float
    left: float
    pairs: pd.DataFrame
    effects: pd.DataFrame

    @property
    def r2_marginal(self) -> float:
        """Share of the fixed part (Nakagawa and Schielzeth 2013, Methods Ecol. Evol. 4, eq. 26, with all other variance in its place)."""
        return self.fixed / (self.fixed + self.left)


def structured_shares(comparison: Comparison) -> StructuredShares | None:
    """None without structured residuals, and where not all rows are at hand."""
    fit = comparison.structured
    if fit is None or comparison.design.is_sample:
        return None
    _, spread = overall(fit.moments, fit.columns)
    fixed = float(fit.fit.beta @ spread @ fit.fit.beta) / (fit.moments.n_rows - 1)
    left = float(_row_variances(fit).mean())
    return StructuredShares(fixed, left, _pairs(comparison, fit), _design_effects(fit, left))


def _random_columns(fit: GLSResult) -> Array:
    """Each row's columns of random coefficients, (n, k)."""
    columns = fit.random_columns if isinstance(fit, SerialMixedResult) else []
    ones = np.ones(fit.nobs)
    return np.array([ones if k == CONSTANT else fit.design.columns[k][:] for k in columns]).reshape(-1, fit.nobs).T


def _between(fit: GLSResult) -> Array:
    return next((covariance.to_numpy() for covariance in fit.cov_re.values()), np.zeros((0, 0)))


def _row_variances(fit: GLSResult) -> Array:
    own = fit.residuals
    place = own.visit if own.visit is not None else own.level
    z = _random_columns(fit)
    result: Array = fit.residual_sd.to_numpy()[place] ** 2 + np.einsum("na,ab,nb->n", z, _between(fit), z)
    return result


def _pairs(comparison: Comparison, fit: GLSResult) -> pd.DataFrame:
    """Pairs of rows of a group with many of them; where variances differ by level of a group for each level."""
    own, codes = fit.residuals, comparison.grouping.codes
    cells = codes.astype(np.int64) + comparison.moments.n_groups * own.level
    sizes = np.bincount(cells, minlength=comparison.moments.n_groups * (1 + int(own.level.max())))
    groups = np.unique(sizes.reshape(-1, comparison.moments.n_groups).argmax(axis=1))
    z, between, parts = _random_columns(fit), _between(fit), []
    for group in groups:
        rows = np.flatnonzero(codes == group)[:MOST_ROWS]
        covariance = np.linalg.inv(residual_precision(fit, rows)) + z[rows] @ between @ z[rows].T
        sd = np.sqrt(np.diag(covariance))
        first, second = np.triu_indices(len(rows), 1)
        time = np.full(len(rows), np.nan) if own.time is None else own.time[rows]
        level = own.level[rows]
        parts.append(
            pd.DataFrame(
                {
                    "apart": np.abs(time[second] - time[first]),
                    "level": np.where(level[first] == level[second], level[first], -1),
                    "correlation": (covariance / np.outer(sd, sd))[first, second],
                }
            )
        )
    pairs = pd.concat(parts, ignore_index=True)
    longest = float(pairs["apart"].max())
    if not longest > 0:
        return pairs
    return pairs.round({"apart": 9 - int(np.ceil(np.log10(longest)))})  # 0.3 - 0.2 is as long as 0.2 - 0.1


def _design_effects(fit: GLSResult, left: float) -> pd.DataFrame:
    fixed = basis(fit.moments, fit.columns)
    independent = np.linalg.inv(cross_total(fit.moments, fixed))
    terms, rows = list(fit.names), np.eye(len(fit.names))
    if CONSTANT in fit.columns:
        terms, rows = [MEAN, *terms], np.vstack([overall(fit.moments, fit.columns)[0], rows])
    along = rows @ fixed.to_units
    plain = left * np.einsum("ta,ab,tb->t", along, independent, along)
    effect = np.einsum("ta,ab,tb->t", rows, fit.cov_params().to_numpy(), rows) / plain
    return pd.DataFrame({"term": terms, "design_effect": effect, "effective_n": fit.nobs / effect})


def structured_sentence(comparison: Comparison, result: StructuredShares) -> str:
    """The predictors' share, and how alike two rows of one group are."""
    by, alike = "By the model with structured residuals", _alike(comparison, result.pairs)
    if not comparison.design.fixed:
        return f"{by} {alike[:1].lower()}{alike[1:]}"
    return f"{by} the predictors carry {percent(result.r2_marginal)} of the variance (marginal R²). {alike}"


def _alike(comparison: Comparison, pairs: pd.DataFrame) -> str:
    fit = comparison.structured
    assert fit is not None
    left = "What they leave of two rows" if comparison.design.fixed else "Two rows"
    start, verb = f"{left} of {an(comparison.group)}", "correlates" if comparison.design.fixed else "correlate"
    levels = fit.residuals.levels
    if pairs.empty:
        return f"No {plural(comparison.group)} have two rows."
    if np.ptp(pairs["correlation"]) < SAME:
        return f"{start} {verb} by {_span(pairs)}, whichever two they are (the intraclass correlation)."
    by_level = pairs[pairs["level"] >= 0].groupby("level")["correlation"]
    if levels is not None and (pairs["level"] >= 0).all() and (by_level.agg(np.ptp) < SAME).all():
        parts = [f"{number(float(one.iloc[0]), decimals=2)} where {fit.variance} is {levels[k]}" for k, one in by_level]
        return f"{start} {verb} by {listed(parts)}: there is an intraclass correlation for each."
    by_time = dict(iter(pairs.groupby("apart")))
    if by_time:
        order = fit.correlation.order if fit.correlation else ""
        far = sorted(by_time)
        shown = [(d, _span(by_time[d])) for d in dict.fromkeys([*far[:2], far[-1]])]
        parts = [
            f"{span} where they are {d:g} apart{f' in {order}' if k == 0 else ''}" for k, (d, span) in enumerate(shown)
        ]
        return f"{start} {verb} by {listed(parts)}: there is no one intraclass correlation."
    return f"{start} {verb} by {_span(pairs)}, by which two they are: there is no one intraclass correlation."


def _span(pairs: pd.DataFrame) -> str:
    low, high = float(pairs["correlation"].min()), float(pairs["correlation"].max())
    if high - low < SAME:
        return number((low + high) / 2, decimals=2)
    return f"{number(low, decimals=2)} to {number(high, decimals=2)}"
