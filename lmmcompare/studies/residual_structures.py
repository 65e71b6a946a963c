"""Estimators that correlate the residuals of a group, for designs in which every group has the first visits, without gaps.

``complete_cases`` is ``us`` without the groups that left early, as trials are often analysed: what is lost by that can be seen beside it.
"""

from __future__ import annotations

import numpy as np

from ..arrays import Array
from ..fit.replicate_correlation import Compound, Serial, fit
from ..fit.replicate_unstructured import fit_unstructured
from ..model_catalogue import Model
from ..simulate.design import Design
from ..simulate.settings import Settings
from ..text.numbers import count
from .estimators import Estimates

STRUCTURES = (Model.CS, Model.AR1, Model.US, Model.COMPLETE_CASES)
MOST_VISITS = 8
"""Visits up to which ``us`` is fitted: there are v (v + 1) / 2 parameters, of which each pair has a second derivative."""
ENTRIES = 300_000
"""Numbers that the products of visits of one batch may be."""


def estimates(structure: str, x: Array | None, y: Array, sizes: Array) -> Estimates:
    """Coefficients of B replicates by REML, with Satterthwaite's degrees of freedom.

    Parameters
    ----------
    structure : {"cs", "ar1", "us", "complete_cases"}
    x : (B, n) array, optional
        The predictor; None for the mean alone.
    y : (B, n) array
        The outcome, rows sorted by group and visit.
    sizes : (J,) array
        Rows of each group, the same in all replicates.
    """
    if structure == Model.COMPLETE_CASES:
        complete = sizes == sizes.max()
        rows = np.repeat(complete, sizes)
        return estimates(Model.US, None if x is None else x[:, rows], y[:, rows], sizes[complete])
    columns = [] if x is None else [x]
    step = max(1, ENTRIES // (int(sizes.max()) * (len(columns) + 2)) ** 2)
    parts = [
        _fit(structure, [c[a : a + step] for c in columns], y[a : a + step], sizes) for a in range(0, len(y), step)
    ]
    return Estimates(*(np.concatenate(pieces) for pieces in zip(*parts, strict=True)))


def _fit(structure: str, columns: list[Array], y: Array, sizes: Array) -> tuple[Array, Array, Array, Array, Array]:
    """Centre and scale each replicate's columns, fit, and undo it."""
    shift = [c.mean(axis=1, keepdims=True) for c in columns]
    scale = [c.std(axis=1, keepdims=True) for c in columns]
    varies = np.array([s[:, 0] > 0 for s in scale]).all(axis=0) & (y.std(axis=1) > 0)
    centre, size = y.mean(axis=1, keepdims=True), np.where(varies[:, None], y.std(axis=1, keepdims=True), 1.0)
    standard = [
        np.where(varies[:, None], (c - m) / np.where(s > 0, s, 1.0), 0.0)
        for c, m, s in zip(columns, shift, scale, strict=True)
    ]
    flat = np.stack([np.ones_like(y), *standard, (y - centre) / size], axis=-1)
    flat[~varies] = np.random.default_rng(0).normal(size=flat.shape[1:])  # can be fitted, and is not used
    present = np.arange(sizes.max()) < sizes[:, None]
    rows = np.zeros((len(y), *present.shape, flat.shape[-1]))
    rows[:, present] = flat
    contrasts = np.broadcast_to(np.eye(len(columns) + 1), (len(y), len(columns) + 1, len(columns) + 1)).copy()
    for k, (m, s) in enumerate(zip(shift, scale, strict=True), start=1):
        contrasts[:, k, k] = 1 / np.where(s[:, 0] > 0, s[:, 0], 1.0)
        contrasts[:, 0, k] = -m[:, 0] * contrasts[:, k, k]
    estimate, se, df, bound, converged = _contrasts(structure, rows, present, contrasts)
    estimate, se = size * estimate, size * se
    estimate[:, 0] += centre[:, 0]
    usable = varies & converged & (np.isfinite(estimate) & np.isfinite(se) & (df > 0)).all(axis=1)
    return estimate, se, df, bound, usable


def _contrasts(
    structure: str, rows: Array, observed: Array, contrasts: Array
) -> tuple[Array, Array, Array, Array, Array]:
    """Estimates, standard errors and degrees of freedom, (B, c); is the correlation at its bound; is the optimum certified."""
    if structure == Model.US:
        free = fit_unstructured(rows, observed.sum(axis=1))
        return *free.of(contrasts), np.zeros(len(rows), dtype=bool), free.converged
    family = Serial if structure == Model.AR1 else Compound
    one = fit(family.of(rows, observed), int(observed.sum()), contrasts.transpose(1, 2, 0))
    return one.estimate.T, one.se.T, one.df.T, one.bound, one.converged


def absent_structures(settings: Settings, drawn: Design) -> dict[str, str]:
    """Each structure that cannot be fitted to these data here, with a sentence that gives the reason."""
    sizes, groups = drawn.sizes, len(drawn.sizes)
    visits, complete = int(sizes.max()), int((sizes == sizes.max()).sum())
    coefficients = 2 if settings.where == "between" else 1
    result: dict[str, str] = {}
    if coefficients == 2 and groups < 4:
        result = dict.fromkeys(STRUCTURES, f"{groups} groups are too few for it.")
    elif visits > MOST_VISITS:
        words = (
            f"It is fitted to {MOST_VISITS} rows a group at most here, and these are {visits:,}, which would be "
            f"{visits * (visits + 1) // 2:,} variances and covariances."
        )
        result = {Model.US: words, Model.COMPLETE_CASES: words}
    elif groups < 4:
        result = dict.fromkeys((Model.US, Model.COMPLETE_CASES), f"{groups} groups are too few for it.")
    else:
        for structure, fitted in ((Model.US, groups), (Model.COMPLETE_CASES, complete)):
            if complete - coefficients < visits + (2 if complete == fitted else 0):
                who = "" if complete == groups else " that have them all"
                result[structure] = (
                    f"A covariance of {count(visits, 'row')} needs more than {count(complete, 'group')}{who}."
                )
    if not settings.dropout:
        result[Model.COMPLETE_CASES] = "No group leaves early, so all are complete cases."
    return result
