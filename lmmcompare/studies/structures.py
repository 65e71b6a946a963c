"""Estimators that correlate the residuals of a group, for designs in which every group has the same visits."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..arrays import Array
from ..fit.replicate_gls import ReplicateGLS, fit_one_correlation, fit_unstructured
from ..simulate.design import Design
from ..simulate.settings import Settings
from ..text.numbers import count
from .estimators import Estimates

STRUCTURES: dict[str, Callable[[Array], ReplicateGLS]] = {
    "cs": lambda rows: fit_one_correlation(rows, "cs"),
    "ar1": lambda rows: fit_one_correlation(rows, "ar1"),
    "us": fit_unstructured,
}
MOST_VISITS = {"cs": 40, "ar1": 40, "us": 8}
"""Visits up to which a structure is fitted: by visit there are v (v + 1) / 2 parameters, of which each pair has a second derivative."""
ENTRIES = 300_000
"""Numbers that the products of visits of one batch may be."""


def estimates(structure: str, x: Array | None, y: Array, groups: int) -> Estimates:
    """Coefficients of B replicates by REML, with Satterthwaite's degrees of freedom.

    Parameters
    ----------
    structure : {"cs", "ar1", "us"}
    x : (B, n) array, optional
        The predictor; None for the mean alone.
    y : (B, n) array
        The outcome, rows sorted by group and visit.
    groups : int
    """
    columns = [] if x is None else [x]
    visits = y.shape[1] // groups
    step = max(1, ENTRIES // (visits * (len(columns) + 2)) ** 2)
    parts = [
        _fit(structure, [c[a : a + step] for c in columns], y[a : a + step], groups) for a in range(0, len(y), step)
    ]
    return Estimates(*(np.concatenate(pieces) for pieces in zip(*parts, strict=True)))


def _fit(structure: str, columns: list[Array], y: Array, groups: int) -> tuple[Array, Array, Array, Array, Array]:
    """Centre and scale each replicate's columns, fit, and undo it."""
    shift = [c.mean(axis=1, keepdims=True) for c in columns]
    scale = [c.std(axis=1, keepdims=True) for c in columns]
    varies = np.array([s[:, 0] > 0 for s in scale]).all(axis=0) & (y.std(axis=1) > 0)
    centre, size = y.mean(axis=1, keepdims=True), np.where(varies[:, None], y.std(axis=1, keepdims=True), 1.0)
    standard = [
        np.where(varies[:, None], (c - m) / np.where(s > 0, s, 1.0), 0.0)
        for c, m, s in zip(columns, shift, scale, strict=True)
    ]
    rows = np.stack([np.ones_like(y), *standard, (y - centre) / size], axis=-1).reshape(
        len(y), groups, -1, len(columns) + 2
    )
    rows[~varies] = np.random.default_rng(0).normal(
        size=rows.shape[1:]
    )  # something that can be fitted, and is not used
    contrasts = np.broadcast_to(np.eye(len(columns) + 1), (len(y), len(columns) + 1, len(columns) + 1)).copy()
    for k, (m, s) in enumerate(zip(shift, scale, strict=True), start=1):
        contrasts[:, k, k] = 1 / np.where(s[:, 0] > 0, s[:, 0], 1.0)
        contrasts[:, 0, k] = -m[:, 0] * contrasts[:, k, k]
    fit = STRUCTURES[structure](rows)
    estimate, se, df = fit.of(contrasts)
    estimate, se = size * estimate, size * se
    estimate[:, 0] += centre[:, 0]
    usable = varies & fit.converged & (np.isfinite(estimate) & np.isfinite(se) & (df > 0)).all(axis=1)
    return estimate, se, df, np.zeros(len(y), dtype=bool), usable


def absent_structures(settings: Settings, drawn: Design) -> dict[str, str]:
    """Each structure that cannot be fitted to these data here, with the sentence that says why."""
    visits, groups = int(drawn.sizes[0]), len(drawn.sizes)
    result: dict[str, str] = {}
    for structure, most in MOST_VISITS.items():
        if (drawn.sizes != visits).any():
            result[structure] = (
                "Groups differ in their rows, and here it is fitted to the same rows in every group only."
            )
        elif visits < 2:
            result[structure] = "One row in each group has no other to be correlated with."
        elif visits > most:
            parameters = (
                f", which would be {visits * (visits + 1) // 2:,} variances and covariances"
                if structure == "us"
                else ""
            )
            result[structure] = (
                f"It is fitted to {most} rows a group at most here, and these are {visits:,}{parameters}."
            )
        elif (settings.where == "between" or structure == "us") and groups < 4:
            result[structure] = f"{groups} groups are too few for it."
        elif structure == "us" and groups - (2 if settings.where == "between" else 1) < visits + 2:
            result[structure] = f"A covariance of {count(visits, 'row')} needs more than {count(groups, 'group')}."
    return result
