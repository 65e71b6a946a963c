"""Predictions of new rows where residuals are correlated within groups or unequal, from what a row's own group was seen to be.

A new row is ``x'b + z'u + e``, with u its group's random coefficients, of covariance Psi, and e its residual, of variance v and of
covariances r with those of the group's rows, whose own are R. Given b, these rows tell of u and e

    E(u) = C Z'R^-1 (y - X b),   var(u) = C = (Psi^-1 + Z'R^-1 Z)^-1,
    E(e | u) = r'R^-1 (y - X b - Z u),   var(e | u) = v - r'R^-1 r,

which together are the best linear unbiased prediction (Goldberger 1962, J. Am. Stat. Assoc. 57), with the error of b beside them:

    x'b + h'(y - X b),   h = R^-1 r + R^-1 Z C s,   s = z - Z'R^-1 r,
    var = v - r'R^-1 r + s'C s + d'(X'V^-1 X)^-1 d,   d = x - X'h.

Its line is the same without e, ``r = 0`` and ``v = 0``: what nlme's ``predict`` gives. ``R^-1`` is taken in whitened rows, so that a
long series costs no matrix, and of all groups at once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..arrays import Array
from ..fit.residual.compound import OneCorrelation
from ..fit.residual.criterion import Solution
from ..fit.residual.gls import GLSFit
from ..fit.residual.mixed import MixedProblem
from ..fit.residual.search import STEP
from ..fit.residual.serial import Serial
from ..fit.residual.structure_protocol import Structure
from ..fit.residual.unstructured import Unstructured
from ..fit.residual.whiten import PlacedRows, Places, whitened
from .satterthwaite import Satterthwaite

MOST_PAIRS = 1_000_000
"""Most pairs of a new row and a known one, about, that are held at once."""


@dataclass(frozen=True, eq=False)
class Conditional:
    """What is expected of new rows beside their fixed part, and the variances of the prediction errors; (2, m) arrays.

    First of their lines, then of the rows themselves, both relative to the residual variance.
    """

    shift: Array
    variance: Array


def predict_rows(fit: GLSFit, solution: Solution, known: PlacedRows, new: PlacedRows, *, drawn: bool) -> Conditional:
    """Predict new rows from their own groups' rows at given parameters.

    Parameters
    ----------
    solution : Solution
        The fit's own, or at parameters nearby.
    known, new : PlacedRows
        The rows that the model was fitted to; the rows to predict.
    drawn : bool
        Whether a group that is not known is one still to be drawn, with random coefficients of its own; else they count as 0.
    """
    structure, parameters = fit.structure, solution.parameters
    psi = np.zeros((len(new.random),) * 2)
    if isinstance(fit.problem, MixedProblem):
        factor = fit.problem.factor(parameters)
        psi = factor @ factor.T
    q, m = new.values.shape[0] + 1, new.values.shape[1]
    seen, of = _groups_of(known, new)
    white = np.concatenate([seen.values, seen.random])
    if white.size:
        white = whitened(structure, parameters, white, seen.places)
    rows = np.bincount(seen.places.codes, minlength=int(of.max(initial=-1)) + 1)
    starts = np.cumsum(rows) - rows
    both = np.add.reduceat(white[q:, None] * white, starts, axis=-1).transpose(2, 0, 1)
    learnt, together = both[..., :q], both[..., q:]
    left = np.linalg.solve(np.eye(len(psi)) + psi @ together, psi)  # what is not known of a group's random coefficients
    expected = left @ learnt
    # the last is a group of which nothing is known
    left = np.concatenate([left, psi[None] * drawn])[of]
    expected = np.concatenate([expected, np.zeros((1, len(psi), q))])[of]

    along, explained = _beside_lines(structure, parameters, white, seen, (of, starts, rows), new)
    shift, apart, spread = np.zeros((2, m)), np.repeat(new.values[None], 2, axis=0), np.zeros((2, m))
    residual = residual_variances(structure, parameters, new.places) - explained
    for k, (beside, own) in enumerate(((np.zeros_like(along), 0.0), (along, residual))):
        z = new.random - beside[q:]
        pulled = beside[:q] + np.einsum("mkq,km->qm", expected, z)
        shift[k] = solution.direction @ pulled
        apart[k] -= pulled[:-1]
        spread[k] = own + np.einsum("km,mkl,lm->m", z, left, z)
    from_fixed = np.einsum("kam,ab,kbm->km", apart, solution.inverse, apart)
    return Conditional(shift, np.maximum(spread, 0.0) + from_fixed)


def _groups_of(known: PlacedRows, new: PlacedRows) -> tuple[PlacedRows, Array]:
    """The known rows of groups that new rows are of, group by group and these numbered from 0; new rows' groups, -1 for none."""
    codes = new.places.codes
    wanted = np.unique(codes[codes >= 0])
    numbers = np.full(int(max(known.places.codes.max(initial=-1), codes.max(initial=-1))) + 2, -1)
    numbers[wanted] = np.arange(len(wanted))
    own = numbers[known.places.codes]
    order = np.argsort(own, kind="stable")[np.count_nonzero(own < 0) :]
    rows = known.at(order)
    return replace(rows, places=replace(rows.places, codes=own[order])), numbers[codes]


def _beside_lines(
    structure: Structure,
    parameters: Array,
    white: Array,
    seen: PlacedRows,
    groups: tuple[Array, Array, Array],
    new: PlacedRows,
) -> tuple[Array, Array]:
    """``W'R^-1 r`` of all columns W of known rows, (q + k, m), and ``r'R^-1 r``, (m,); 0 for new rows of no known group.

    Parameters
    ----------
    white : (q + k, n) array
        ``R^(-1/2) W``.
    groups : tuple of arrays
        The new rows' groups; where each group's known rows start, and how many they are.
    """
    of, starts, rows = groups
    along, explained = np.zeros((len(white), len(of))), np.zeros(len(of))
    if isinstance(structure, Serial) and not structure.correlated:
        return along, explained
    grouped = np.flatnonzero(of >= 0)
    part = np.cumsum(rows[of[grouped]]) // MOST_PAIRS
    for new_rows in np.split(grouped, np.flatnonzero(np.diff(part)) + 1):
        if not len(new_rows):
            continue
        count = rows[of[new_rows]]
        first = np.cumsum(count) - count
        pair = np.repeat(np.arange(len(count)), count)  # each new row with every known row of its group
        known_rows = np.arange(len(pair)) + (starts[of[new_rows]] - first)[pair]
        known, asked = seen.at(known_rows).places, new.at(new_rows[pair]).places
        shared = residual_covariances(structure, parameters, known, asked)
        own = whitened(structure, parameters, shared[None], replace(known, codes=pair))[0]
        along[:, new_rows] = np.add.reduceat(white[:, known_rows] * own, first, axis=1)
        explained[new_rows] = np.add.reduceat(own**2, first)
    return along, explained


def residual_variances(structure: Structure, parameters: Array, places: Places) -> Array:
    """Variances of rows' residuals, relative to the residual variance, (m,)."""
    if isinstance(structure, Unstructured):
        result: Array = np.diag(structure.covariance(parameters))[places.place.astype(int)]
        return result
    return _sds(structure, parameters)[places.level] ** 2


def residual_covariances(structure: Structure, parameters: Array, one: Places, other: Places) -> Array:
    """Covariances of rows' residuals with those of other rows, each of the same group, pair by pair, (n,)."""
    if isinstance(structure, Unstructured):
        result: Array = structure.covariance(parameters)[one.place.astype(int), other.place.astype(int)]
        return result
    sd = _sds(structure, parameters)
    if isinstance(structure, Serial):
        shared = structure.at_gaps(parameters, np.abs(one.place - other.place))[0]
    else:
        assert isinstance(structure, OneCorrelation)
        shared = np.full(len(one.level), structure.rho(parameters))
    return sd[one.level] * shared * sd[other.level]


def _sds(structure: Structure, parameters: Array) -> Array:
    """The levels' SDs relative to the first level's."""
    correlated = not isinstance(structure, Serial) or structure.correlated
    return np.exp(np.concatenate([[0.0], parameters[int(correlated) : len(structure.low)]]))


def degrees_of_freedom(fit: GLSFit, small: Satterthwaite, known: PlacedRows, new: PlacedRows, *, drawn: bool) -> Array:
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
