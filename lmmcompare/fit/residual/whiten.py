"""Rows made uncorrelated and equally variable, ``R^(-1/2) W``: what is asked of single groups after a fit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...arrays import Array
from ...moments.visit_sums import differences, from_first
from .compound import OneCorrelation
from .serial import Serial
from .structure_protocol import Structure
from .unstructured import Unstructured


@dataclass(frozen=True, eq=False)
class Places:
    """Where the rows stand.

    Parameters
    ----------
    codes, level : (n,) int arrays
        Groups and levels of residual spread.
    place : (n,) array
        Times or visits; anything where the structure has none.
    """

    codes: Array
    level: Array
    place: Array


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


def whitened(structure: Structure, parameters: Array, values: Array, places: Places) -> Array:
    """The rows of ``R^(-1/2) W``, (q, n), each group's by itself and in the order of ``values``."""
    if isinstance(structure, Unstructured):
        return _by_visit(structure, parameters, values, places)
    if isinstance(structure, Serial):
        return _serial(structure, parameters, values, places)
    assert isinstance(structure, OneCorrelation)
    sd = np.exp(np.concatenate([[0.0], parameters[1:]]))
    scaled, n = values / sd[places.level], np.bincount(places.codes)
    means = np.array([np.bincount(places.codes, row) for row in scaled]) / n
    inside, outside = 1 / structure.apart(parameters), 1 / (1 + (n - 1) * structure.rho(parameters))
    own = means[:, places.codes]
    return np.sqrt(inside) * (scaled - own) + np.sqrt(outside)[places.codes] * own


def _serial(structure: Serial, parameters: Array, values: Array, places: Places) -> Array:
    k = int(structure.correlated)
    sd = np.exp(np.concatenate([[0.0], parameters[k : len(structure.low)]]))
    scaled = values / sd[places.level]
    if not structure.correlated:
        return scaled
    order = np.lexsort((places.place, places.codes))
    codes, time, sorted_rows = places.codes[order], places.place[order], scaled[:, order]
    later = np.flatnonzero(np.diff(codes) == 0) + 1
    shared, fresh = structure.at_gaps(parameters, time[later] - time[later - 1])
    result = sorted_rows.copy()
    result[:, later] = (sorted_rows[:, later] - shared * sorted_rows[:, later - 1]) / np.sqrt(fresh)
    back = np.empty_like(result)
    back[:, order] = result
    return back


def _by_visit(structure: Unstructured, parameters: Array, values: Array, places: Places) -> Array:
    covariance, visits = structure.of_differences(parameters), places.place.astype(int)
    seen_by = np.zeros((int(places.codes.max()) + 1, structure.sums.n_visits), dtype=bool)
    seen_by[places.codes, visits] = True
    patterns, of = np.unique(seen_by, axis=0, return_inverse=True)
    order = np.lexsort((visits, places.codes))
    pattern = of.reshape(-1)[places.codes[order]]
    result = np.empty_like(values)
    for o, (observed, whole) in enumerate(zip(patterns, differences(patterns), strict=True)):
        rows = order[pattern == o].reshape(-1, observed.sum())
        lower = np.linalg.cholesky(whole[observed] @ covariance @ whole[observed].T)
        own = from_first(values[:, rows].transpose(2, 0, 1))
        result[:, rows] = np.linalg.solve(lower, own.reshape(len(own), -1)).reshape(own.shape).transpose(1, 2, 0)
    return result
