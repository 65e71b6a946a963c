"""The second stage: random effects, residuals and the outcome, given the design."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from scipy.special import ndtri, stdtrit

from ..arrays import Array
from .design import ONE, Design
from .settings import Settings
from .streams import EFFECTS, RESIDUAL, normals, on_grid, uniforms

T_DF = 5
OUTLIER = 6.0
"""How far out the outlying group lies, in standard deviations of the other groups."""


def outcomes(settings: Settings, design: Design, replicates: range = ONE) -> Array:
    """Draw the outcome of each replicate: (B, n).

    Parameters
    ----------
    design : Design
        Of one replicate, which then holds for all of these, or of these very replicates.
    replicates : range
        Which ones: replicate r is the same in whatever range it stands; 0 is that of `simulate`. Memory is about five
        arrays of B x n numbers, so the caller chooses the range.
    """
    u = effects(settings, design, replicates)
    y = residuals(settings, design, replicates)
    y += u[:, 0, design.codes]
    if settings.has_slope and settings.tau1 > 0:
        y += u[:, 1, design.codes] * design.x
    y += settings.intercept + settings.slope * design.x
    return y


def effects(settings: Settings, design: Design, replicates: range = ONE) -> Array:
    """Random effects of each replicate: (B, 2, J), deviations of the groups' intercepts and slopes.

    The intercepts are tau0 (r m + sqrt(1 - r^2) z0) and the slopes tau1 (a z0 + sqrt(1 - a^2) z1), where m is the
    predictor's standardised group mean, r its correlation with the intercepts, and a = rho / sqrt(1 - r^2): so intercepts
    and slopes correlate by rho, and the slopes do not with m.
    """
    z0, z1 = _standardised(settings, len(design.sizes), replicates)
    r = settings.rho_mean
    left = math.sqrt(1 - r * r)
    a = min(max(settings.rho / left, -1.0), 1.0) if left > 0 else 0.0
    u0 = settings.tau0 * (r * design.centre + left * z0)
    u1 = settings.tau1 * (a * z0 + math.sqrt(1 - a * a) * z1)
    return np.stack([u0, u1], axis=1)


def _standardised(settings: Settings, groups: int, replicates: range) -> tuple[Array, Array]:
    """Two independent sets of numbers with mean 0 and variance 1, by quantile: another distribution keeps their order."""
    u = uniforms(settings.seed, EFFECTS, replicates, 2 * groups + 1)
    first, second = u[:, :groups], u[:, groups : 2 * groups]
    kind = settings.effects
    if kind == "outlier":
        return _with_outlier(on_grid(ndtri(first)), u[:, -1]), on_grid(ndtri(second))
    return on_grid(_QUANTILES[kind](first)), on_grid(_QUANTILES[kind](second))


_QUANTILES: dict[str, Callable[[Array], Array]] = {
    "normal": ndtri,
    "heavy": lambda u: stdtrit(T_DF, u) * math.sqrt((T_DF - 2) / T_DF),
    "skewed": lambda u: -np.log1p(-u) - 1,  # exponential, shifted to mean 0
    "two-point": lambda u: np.where(u < 0.5, -1.0, 1.0),
}


def _with_outlier(z: Array, draws: Array) -> Array:
    """One group, drawn by lot, set to a distance of OUTLIER; all then shifted and scaled to mean 0 and variance 1.

    With J groups the variance of any one is s^2 (J - 1) (J + OUTLIER^2) / J^2, s that of the others.
    """
    j = z.shape[1]
    z = z.copy()
    z[np.arange(len(z)), (draws * j).astype(int)] = OUTLIER
    return (z - OUTLIER / j) * (j / math.sqrt((j - 1) * (j + OUTLIER**2)))


def residuals(settings: Settings, design: Design, replicates: range = ONE) -> Array:
    """Residuals of each replicate: (B, n)."""
    n, phi = len(design.codes), settings.autocorrelation
    z = normals(settings.seed, RESIDUAL, replicates, n)
    if phi:
        fresh = math.sqrt(1 - phi * phi)
        for t in range(1, int(design.sizes.max())):  # stationary: the first row of a group is drawn as it is
            rows = np.flatnonzero(design.time == t)
            z[:, rows] = phi * z[:, rows - 1] + fresh * z[:, rows]
    if r := settings.exchangeable:  # of the variance 1 - r about the group's mean, and what is left of it in that mean
        n_j = design.sizes
        means = np.add.reduceat(z, np.cumsum(n_j) - n_j, axis=1) / n_j
        alone = math.sqrt(1 - r)
        together = np.sqrt(np.maximum(1 + (n_j - 1) * r, 0.0))
        z = alone * z + ((together - alone) * means)[:, design.codes]
    z *= settings.sigma * design.noise
    return z
