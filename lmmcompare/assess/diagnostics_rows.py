"""A mixed model's rows: residuals, leverages, and draws of what they would be if the model held."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from ..design.coefficients import CONSTANT
from ..fit.bases import basis, tiled, within
from ..inference.prediction_error import relative_variance
from ..models import MixedResult
from ..models.prediction import rows_to_predict
from .diagnostics_hat_matrix import Smoother

POINTS = 5_000
"""Larger tables show a uniform sample of so many rows, and of so many levels."""
REPLICATES, FEWEST = 500, 250
DRAWN = 1_000_000
"""Residuals drawn in all: tables with many rows have fewer draws, but never fewer than `FEWEST`."""


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of a fit: all, or a uniform sample of `POINTS`.

    Parameters
    ----------
    places : (m,) int array
        Among the rows used.
    n : int
        All rows used.
    fitted, residual : (m,) arrays
        With the random effects.
    leverage : (m,) array
        Diagonal of the hat matrix: by how much the fitted value follows the row's own outcome.
    root : (m,) array
        Roots of the rows' prior weights: a residual's SD is ``sigma sqrt(1 - h)`` over it; 1 without weights.
    """

    places: Array
    n: int
    fitted: Array
    residual: Array
    leverage: Array
    sigma: float
    root: Array

    @property
    def pearson(self) -> Array:
        """Residuals over sigma, times the root of the weight (lme4's scaled residuals)."""
        return self.residual * self.root / self.sigma

    @property
    def standardised(self) -> Array:
        """Residuals over their standard deviations, ``sigma sqrt(1 - h)``: all have variance 1 if the model holds."""
        return self.pearson / np.sqrt(np.maximum(1 - self.leverage, 1e-12))

    @property
    def note(self) -> str:
        """Says that a sample is shown, where it is."""
        return (
            f"A random sample of {len(self.places):,} of the {self.n:,} rows is shown."
            if len(self.places) < self.n
            else ""
        )


def rows_of(result: MixedResult, points: int = POINTS) -> Rows:
    """The rows that pictures show, with their leverages."""
    n = result.design.n_held
    places = np.arange(n) if n <= points else np.sort(np.random.default_rng(0).choice(n, points, replace=False))
    leverage = _leverage(result)[places] if result.design.is_sample else Smoother.of(result).leverage(places)
    return Rows(
        places,
        result.nobs,
        result.fittedvalues.to_numpy()[places],
        result.resid.to_numpy()[places],
        leverage,
        result.sigma,
        _root(result)[places],
    )


def _root(result: MixedResult) -> Array:
    """Roots of the prior weights of the rows held."""
    return result.design.root_weights * np.sqrt(result.moments.mean_weight)


def _leverage(result: MixedResult) -> Array:
    """Leverages of the rows that the design holds, without the others: the variance of what is predicted for the row.

    ``C (C'C + D)^-1 C'`` is that of the prediction error in units of sigma^2 (Henderson 1975, Biometrics 31).
    """
    _, rows = rows_to_predict(result, None, "group")
    weight = result.design.root_weights**2
    return weight * relative_variance(result.fit.problem, result.fit.optimum.solution, rows, "group")


@dataclass(frozen=True, eq=False)
class GroupResiduals:
    """Sums over the residuals of each of the J groups of a factor, (J,) arrays.

    Parameters
    ----------
    n : rows
    total : sum of the residuals times the root of their prior weight
    square : sum of the squares of these
    sampled : bool
        Whether over the rows of a sample only.
    """

    n: Array
    total: Array
    square: Array
    sampled: bool


def group_residuals(result: MixedResult) -> GroupResiduals:
    """Sums over the residuals of each group of the factor that is shown: from the rows, or of an engine's table from the moments.

    With several grouping factors a group's residuals hold the others' effects, which its moments do not; the sums are then
    those over the sample.
    """
    grouping = result.groupings[result.focal]
    if not result.design.is_sample or len(result.groupings) > 1 or result.design.weights is not None:
        residual, levels = result.resid_weighted.to_numpy(), len(grouping.levels)
        n, total, square = (np.bincount(grouping.codes, w, levels) for w in (None, residual, residual**2))
        return GroupResiduals(n, total, square, result.design.is_sample)
    moments, problem, solution = result.moments, result.fit.problem, result.fit.optimum.solution
    whole = basis(moments, [*result.columns, moments.outcome], centred=CONSTANT in result.columns)
    parts, modes = [whole, *problem.random], solution.conditional_modes()[0]
    weights = np.concatenate([np.tile(solution.direction[:, None], moments.n_groups), -modes])
    mean = (weights * np.concatenate([part.mean for part in parts])).sum(axis=0)
    apart = np.einsum("aj,abj,bj->j", weights, tiled(within, moments, parts, parts), weights, optimize=True)
    scale = moments.scale[-1]
    return GroupResiduals(moments.n, scale * moments.n * mean, scale**2 * (apart + moments.n * mean**2), False)


@dataclass(frozen=True, eq=False)
class Null:
    """B draws of residuals and random effects from the fitted model.

    Parameters
    ----------
    fitted : (m, B) array
        Of the rows shown, in the outcome's units.
    standardised : (m, B) array
        Their residuals over ``sigma sqrt(1 - h)``.
    modes : dict
        Grouping factor to its conditional modes, (levels shown, k, B).
    levels : dict
        Grouping factor to the levels shown, int arrays.
    """

    fitted: Array
    standardised: Array
    modes: dict[str, Array]
    levels: dict[str, Array]


def simulate(result: MixedResult, rows: Rows | None = None, replicates: int | None = None, seed: int = 1) -> Null:
    """Draw new random effects and errors from the fitted model, and fit each at the fitted variance parameters.

    Tables of more than `POINTS` rows are not drawn whole. Each level's modes are then drawn by themselves, from their
    variance ``Sigma - C_j`` (C_j the conditional covariance), and each row's residual given these: its covariance
    with its level's modes is ``C_j z``. What rows and levels share through the coefficients is left out, which is small
    where there are many.
    """
    rows = rows_of(result) if rows is None else rows
    replicates = replicates or int(np.clip(DRAWN // len(rows.places), FEWEST, REPLICATES))
    generator = np.random.default_rng(seed)
    population = result.predict(level="population").to_numpy()[rows.places]
    spread = np.sqrt(np.maximum(1 - rows.leverage, 1e-12))[:, None]
    levels = {g.name: _levels_drawn(len(g.levels), seed) for g in result.groupings}
    if rows.n > min(len(rows.places), POINTS):
        return _by_parts(result, rows, replicates, generator, levels)
    smoother = Smoother.of(result)
    residual, fitted, modes = smoother.draw(replicates, generator)
    unit = result.row_sigma
    spread_fitted = unit * fitted / result.design.root_weights[:, None]
    by_factor = {
        g.name: np.concatenate(
            [m for (factor, _, _), m in zip(smoother.blocks, modes, strict=True) if factor == at]
        ).transpose(1, 0, 2)[levels[g.name]]
        * unit
        for at, g in enumerate(result.groupings)
    }
    return Null(population[:, None] + spread_fitted, _rescale(residual / spread, rows), by_factor, levels)


def _rescale(draws: Array, rows: Rows) -> Array:
    """Draws brought to the data's mean square: sigma was fitted to the data, so it is to each draw."""
    return draws * np.sqrt((rows.standardised**2).mean() / (draws**2).mean(axis=0))


def _levels_drawn(n_levels: int, seed: int) -> Array:
    if n_levels <= POINTS:
        return np.arange(n_levels)
    return np.sort(np.random.default_rng(seed).choice(n_levels, POINTS, replace=False))


def mode_variances(result: MixedResult, factor: str) -> Array:
    """Variances of the conditional modes over new data from the model, ``Sigma - C_j``, (levels, k, k)."""
    at = result.factors.index(factor)
    conditional = np.moveaxis(result.fit.mode_covariances[at], -1, 0)
    return result.cov_re[factor].to_numpy() - conditional


def _by_parts(
    result: MixedResult, rows: Rows, replicates: int, generator: np.random.Generator, levels: dict[str, Array]
) -> Null:
    columns = result.design.columns
    fitted = np.repeat(result.predict(level="population").to_numpy()[rows.places][:, None], replicates, axis=1)
    left = result.scale / rows.root**2 * (1 - rows.leverage)
    residual, modes = np.zeros_like(fitted), {}
    for at, grouping in enumerate(result.groupings):
        own = [k for b in result.blocks if b.factor == at for k in b.columns]
        z = np.column_stack([np.ones(len(rows.places)) if k == CONSTANT else columns[k][:][rows.places] for k in own])
        needed, code = np.unique(np.append(grouping.codes[rows.places], levels[grouping.name]), return_inverse=True)
        variance = mode_variances(result, grouping.name)[needed]
        root, inverse = _root_and_inverse(variance)
        drawn = root @ generator.standard_normal((len(needed), len(own), replicates))
        modes[grouping.name] = drawn[code[len(rows.places) :]]
        row_level = code[: len(rows.places)]
        conditional = result.cov_re[grouping.name].to_numpy() - variance
        covariance = np.einsum("mab,mb->ma", conditional[row_level], z)
        weight = np.einsum("mab,mb->ma", inverse[row_level], covariance)
        left = left - (weight * covariance).sum(axis=1)
        residual += np.einsum("ma,mar->mr", weight, drawn[row_level])
        fitted += np.einsum("ma,mar->mr", z, drawn[row_level])
    residual += np.sqrt(np.maximum(left, 0.0))[:, None] * generator.standard_normal(residual.shape)
    scale = rows.sigma / rows.root * np.sqrt(np.maximum(1 - rows.leverage, 1e-12))
    return Null(fitted, _rescale(residual / scale[:, None], rows), modes, levels)


def _root_and_inverse(variance: Array) -> tuple[Array, Array]:
    """A root and the pseudo-inverse of symmetric matrices (J, k, k) that may be singular."""
    values, vectors = np.linalg.eigh(variance)
    keep = values > 1e-10 * np.maximum(values[:, -1:], np.finfo(float).tiny)
    values = np.where(keep, values, 0.0)
    inverse = np.divide(1.0, values, out=np.zeros_like(values), where=keep)
    return vectors * np.sqrt(values)[:, None], (vectors * inverse[:, None]) @ vectors.transpose(0, 2, 1)
