"""Predictions of new rows where residuals are correlated within groups or unequal, from what a row's own group was seen to be.

With V the covariance of a group's rows and c that of a new row with them, ``V = R + Z Psi Z'`` and ``c = Z Psi z + r``, the best linear
unbiased prediction of the row (Goldberger 1962, J. Am. Stat. Assoc. 57) and its error are

    x'b + c'V^-1 (y - X b),   var = v - c'V^-1 c + d'(X'V^-1 X)^-1 d,   d = x - X'V^-1 c,

with v the row's own variance. Its line is the same with ``c = Z Psi z`` and ``v = z'Psi z``: that leans on the group's random
coefficients only, which is what nlme's ``predict`` gives. ``V^-1`` is taken in whitened rows, so that a long series costs no matrix.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..arrays import Array
from ..fit.residual.compound import CompoundSymmetry, UnequalCompoundSymmetry
from ..fit.residual.criterion import Solution
from ..fit.residual.gls import GLSFit
from ..fit.residual.mixed import MixedProblem
from ..fit.residual.search import STEP
from ..fit.residual.serial import Serial
from ..fit.residual.structure_protocol import Structure
from ..fit.residual.unstructured import Unstructured
from ..fit.residual.whiten import Places, whitened
from .satterthwaite import Satterthwaite


@dataclass(frozen=True, eq=False)
class PlacedRows:
    """Rows along the last axis, in the fit's centred and scaled columns, and where they stand.

    Parameters
    ----------
    values : (q, m) array
        Columns of the fixed part; of rows that a model was fitted to the outcome after them.
    random : (k, m) array
        Columns of the random coefficients, if there are any.
    places : Places
        Of new rows with the code -1 for a group that is not among the fitted ones, or whose rows are not to count.
    """

    values: Array
    random: Array
    places: Places

    def at(self, index: Array) -> PlacedRows:
        """Some of the rows."""
        own = Places(self.places.codes[index], self.places.level[index], self.places.place[index])
        return PlacedRows(self.values[:, index], self.random[:, index], own)


@dataclass(frozen=True, eq=False)
class Conditional:
    """What is expected of new rows beside their fixed part, and the variances of the prediction errors; (2, m) arrays.

    First of their lines, then of the rows themselves, both relative to the residual variance.
    """

    shift: Array
    variance: Array


def predict_rows(
    fit: GLSFit, solution: Solution, known: PlacedRows, new: PlacedRows, *, drawn: bool = True
) -> Conditional:
    """Predict new rows from their own groups' rows at given parameters.

    Parameters
    ----------
    fit : GLSFit
    solution : Solution
        The fit's own, or at parameters nearby.
    known, new : PlacedRows
        The rows that the model was fitted to; the rows to predict.
    drawn : bool
        Whether a group that is not known is one still to be drawn, with random coefficients of its own; else they count as 0.
    """
    structure, parameters, m = fit.structure, solution.parameters, new.values.shape[1]
    psi = np.zeros((len(new.random),) * 2)
    if isinstance(fit.problem, MixedProblem):
        factor = fit.problem.factor(parameters)
        psi = factor @ factor.T
    own = ((psi @ new.random) * new.random).sum(axis=0) * (drawn | (new.places.codes >= 0))
    spread = np.array([own, own + residual_variances(structure, parameters, new.places)])
    shift, apart = np.zeros((2, m)), np.repeat(new.values[None], 2, axis=0)
    order = np.argsort(known.places.codes, kind="stable")
    ends = np.cumsum(np.bincount(known.places.codes))
    for code in np.unique(new.places.codes[new.places.codes >= 0]):
        at, rows = (
            np.flatnonzero(new.places.codes == code),
            known.at(order[: ends[code]][ends[code - 1] if code else 0 :]),
        )
        seen = _of_group(structure, solution, psi, rows, new.at(at))
        for k, (pulled, moved, explained) in enumerate(seen):
            shift[k, at] = moved
            apart[k][:, at] -= pulled
            spread[k, at] -= explained
    from_fixed = np.einsum("kam,ab,kbm->km", apart, solution.inverse, apart)
    return Conditional(shift, np.maximum(spread, 0.0) + from_fixed)


def _of_group(
    structure: Structure, solution: Solution, psi: Array, known: PlacedRows, new: PlacedRows
) -> list[tuple[Array, Array, Array]]:
    """Of one group ``X'V^-1 c``, ``c'V^-1 (y - X b)`` and ``c'V^-1 c``, of the lines and of the rows."""
    q, k = len(known.values), len(psi)
    alone = replace(known.places, codes=np.zeros_like(known.places.codes))
    shared = residual_covariances(structure, solution.parameters, known.places, new.places)
    white = whitened(structure, solution.parameters, np.concatenate([known.values, known.random, shared.T]), alone)
    w, z, r = white[:q], white[q : q + k], white[q + k :]
    through = new.random.T @ psi @ z  # of the covariance with the group's rows what is due to the random coefficients
    inner = np.linalg.inv(np.eye(k) + psi @ z @ z.T) @ psi  # V^-1 = R^-1 - R^-1 Z inner Z'R^-1

    def product(a: Array, b: Array) -> Array:
        result: Array = a @ b.T - (a @ z.T) @ inner @ (z @ b.T)
        return result

    result = []
    for c in (through, through + r):
        along = product(w, c)
        explained = (c * c).sum(axis=1) - np.einsum("ma,ab,mb->m", c @ z.T, inner, c @ z.T)
        result.append((along[:-1], solution.direction @ along, explained))
    return result


def residual_variances(structure: Structure, parameters: Array, places: Places) -> Array:
    """Variances of rows' residuals, relative to the residual variance, (m,)."""
    if isinstance(structure, Unstructured):
        result: Array = np.diag(structure.covariance(parameters))[places.place.astype(int)]
        return result
    return _sds(structure, parameters)[places.level] ** 2


def residual_covariances(structure: Structure, parameters: Array, known: Places, new: Places) -> Array:
    """Covariances of rows' residuals with those of new rows of the same group, (n, m)."""
    if isinstance(structure, Unstructured):
        visits = known.place.astype(int)[:, None], new.place.astype(int)
        result: Array = structure.covariance(parameters)[visits]
        return result
    sd = _sds(structure, parameters)
    if isinstance(structure, Serial):
        gap = np.abs(known.place[:, None] - new.place)
        shared = structure.at_gaps(parameters, gap.ravel())[0].reshape(gap.shape)
    else:
        assert isinstance(structure, CompoundSymmetry | UnequalCompoundSymmetry)
        shared = np.full((len(known.level), len(new.level)), structure.rho(parameters))
    return sd[known.level][:, None] * shared * sd[new.level]


def _sds(structure: Structure, parameters: Array) -> Array:
    """The levels' SDs relative to the first level's."""
    correlated = not isinstance(structure, Serial) or structure.correlated
    return np.exp(np.concatenate([[0.0], parameters[int(correlated) : len(structure.low)]]))


def degrees_of_freedom(
    fit: GLSFit, small: Satterthwaite, known: PlacedRows, new: PlacedRows, *, drawn: bool = True
) -> Array:
    """Satterthwaite's degrees of freedom of the variances of lines and rows, (2, m).

    A parameter at a bound counts as known, as it does for the coefficients.
    """
    solution, problem, at = fit.solution, fit.problem, fit.solution.parameters
    relative = predict_rows(fit, solution, known, new, drawn=drawn).variance
    slopes = []
    for k in range(len(at)):
        if k in fit.optimum.bound:
            continue
        step = STEP * max(1.0, abs(at[k])) * np.eye(len(at))[k]
        up, down = (
            predict_rows(fit, problem.solve(of), known, new, drawn=drawn).variance for of in (at + step, at - step)
        )
        slopes.append(solution.variance * (up - down) / (2 * step[k]))
    if fit.structure.scaled:
        slopes.append(relative)
    moved = np.array(slopes)
    noise = np.einsum("ikm,ij,jkm->km", moved, small.spread, moved)
    df = np.full(relative.shape, np.inf)
    np.divide(2 * (solution.variance * relative) ** 2, noise, out=df, where=noise > 0)
    return df
