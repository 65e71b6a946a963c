"""How far each group is pulled: its own estimate, the partially pooled one, and the weight between them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import chdtri

from ..arrays import Array
from ..design.coefficients import CONSTANT
from ..fit.bases import Basis, basis, cross, tiled
from ..models import MixedResult
from ..work.memo import memoised
from .nested_factors import alike_within, bases_of, cells_of, nested_factors


@memoised
def shrinkage(fit: MixedResult) -> pd.DataFrame:
    """Each group's coefficients before and after partial pooling, for the grouping factor that is shown.

    A group's own estimate is the least-squares fit of its residuals (from the mixed model's other coefficients, and from
    the random effects of factors that cross it) on the random-effects columns; the conditional mode is then exactly ``W_j``
    times its distance from the population, with ``W_j = Lambda A_j^-1 Lambda' P_j``, ``A_j = Lambda' P_j Lambda + I`` and
    ``P_j = Z_j'Z_j``. Factors nested in the groups are no effects to take out, for what they explain is of the group's own
    rows: they make these alike in parts, so the fit is by generalised least squares and ``P_j = Z_j'V_j^-1 Z_j``.
    With several random coefficients that is a matrix: a group's intercept and slope are pulled by different shares, which
    depend on each other and on where 0 lies on the predictor, so no diagonal entry says how far a group is pulled. What
    does, whatever the predictor's origin and unit, is the share that its fitted distances from the population line keep at
    its own rows: along its own distance d, ``share = d'P W d / d'P d``, between 0 and 1.

    Returns
    -------
    DataFrame
        A row per group and term: ``group, term, n, own, pooled, population, weight, share``. ``weight`` is the diagonal
        entry of ``W_j``, with one random coefficient the same as ``share``, with several no share of anything. ``share``,
        the same for all terms of a group, is 1 for no shrinkage, and NaN for a group that lies on the population line.
        ``own`` is NaN where the group's rows do not identify it. The frame is cached and shared, so it must not be changed.
    """
    problem, moments, modes = fit.fit.problem, fit.moments, fit.fit.modes[fit.focal]
    rows = problem.factor_rows[fit.focal]
    factor, units = fit.fit.optimum.solution.factor[rows, rows], problem.random_units[rows, rows]
    bases = [part for part, block in zip(problem.random, fit.blocks, strict=True) if block.factor == fit.focal]
    zz = np.moveaxis(tiled(cross, moments, bases, bases), -1, 0)
    left, zz = _left_over(fit, bases, zz), alike_within(fit, zz, nested_factors(fit))
    values, vectors = np.linalg.eigh(zz)
    enough = values[:, 0] > 1e-10 * values[:, -1]
    known = values > 1e-10 * values[:, -1:]
    inverse = (vectors * (known / np.where(known, values, 1.0))[:, None, :]) @ vectors.transpose(0, 2, 1)
    own = modes.T + np.einsum("ab,jbc,cj->ja", units, inverse, left)
    own[~enough] = np.nan
    spread = factor @ np.linalg.solve(factor.T @ zz @ factor + np.eye(len(factor)), factor.T)
    weight = np.einsum("ab,jbc,ca->ja", units, spread @ zz, np.linalg.inv(units))
    toward = left.T + np.einsum("jab,bj->ja", zz, np.linalg.solve(units, modes))  # Z'Z d, also where d is not known
    keep, whole = (np.einsum("ja,jab,jb->j", toward, matrix, toward) for matrix in (spread, inverse))
    share = np.divide(keep, whole, out=np.full(len(whole), np.nan), where=whole > 1e-16 * whole.max(initial=0.0))
    parts = []
    for i, term in enumerate(fit.random_names):
        population = float(fit.params.get(term, 0.0))
        parts.append(
            pd.DataFrame(
                {
                    "group": fit.groupings[fit.focal].labels,
                    "term": term,
                    "n": moments.n.astype(int),
                    "own": population + own[:, i],
                    "pooled": population + modes[i],
                    "population": population,
                    "weight": weight[:, i],
                    "share": share,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _left_over(fit: MixedResult, bases: Sequence[Basis], zz: Array) -> Array:
    """Each group's cross-products of its random-effects columns with the model's residuals, (k, J).

    Those of the other factors' effects come from the cells in which the levels meet. Of factors nested in the groups what is
    left is, without more ado, the residuals' cross-products by V_j^-1, for ``e = V^-1 (e + Z u)``.
    """
    moments, solution, focal = fit.moments, fit.fit.optimum.solution, fit.focal
    whole = basis(moments, [*fit.columns, moments.outcome], centred=CONSTANT in fit.columns)
    modes = solution.conditional_modes()
    left = np.tensordot(tiled(cross, moments, bases, [whole]), solution.direction, axes=([1], [0]))
    left -= np.einsum("jab,bj->aj", zz, modes[focal])
    for other in range(len(fit.groupings)):
        if other == focal:
            continue
        cells, own, theirs = cells_of(fit, focal, other)
        products = tiled(cross, cells.moments, bases_of(fit, focal, cells), bases_of(fit, other, cells))
        explained = np.einsum("abc,bc->ac", products, modes[other][:, theirs])
        left -= np.array([np.bincount(own, row, moments.n_groups) for row in explained])
    return moments.scale[-1] * left


def ellipse(fit: MixedResult, x_term: str, y_term: str) -> pd.DataFrame:
    """Outline of the region that holds 95% of the groups' coefficients under the fitted covariance."""
    center = np.array([fit.params.get(x_term, 0.0), fit.params.get(y_term, 0.0)])
    covariance = fit.cov_re[fit.group].loc[[x_term, y_term], [x_term, y_term]].to_numpy()
    values, vectors = np.linalg.eigh(covariance)
    angle = np.linspace(0, 2 * np.pi, 120)
    circle = np.array([np.cos(angle), np.sin(angle)])
    reach = np.sqrt(chdtri(2, 0.05) * np.maximum(values, 0.0))
    outline = center[:, None] + vectors @ (reach[:, None] * circle)
    return pd.DataFrame({"x": outline[0], "y": outline[1]})


def fitted_order(fit: MixedResult) -> list[str]:
    """Groups from the lowest to the highest conditional mode of the first random coefficient."""
    names = fit.random_names
    constant = fit.design.constant
    at = names.index(constant) if constant in names else 0
    labels = fit.groupings[fit.focal].labels
    return [labels[j] for j in np.argsort(fit.fit.modes[fit.focal][at], kind="stable")]
