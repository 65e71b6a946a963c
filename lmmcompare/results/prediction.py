"""Predictions with intervals, each saying which variances it carries.

The error of a prediction ``x'b + z'u`` for a known group is that of the best linear unbiased predictor: the covariances of
``(b^ - b, u^ - u)`` are the blocks of the inverse of Henderson's mixed-model equations (Henderson 1975, Biometrics 31;
McLean, Sanders and Stroup 1991, Am. Stat. 45). With ``C = (X'H^-1 X)^-1`` and Psi the relative covariance they give

    var = sigma^2 [ d'Cd + z'(Psi - Psi Z'H^-1 Z Psi)z ],  d = x - X'H^-1 Z Psi z,

so that only the row's own groups are needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy.linalg import block_diag
from scipy.special import stdtrit

from ..columns import CONSTANT
from ..errors import TooLargeError
from ..fit.criterion import Problem, Solution, solve
from ..inference.satterthwaite import STEP
from ..labels import noun, plural
from ..moments import MAX_BYTES
from .base import group_codes
from .mixed import MixedResult

Array = np.ndarray
Level = Literal["group", "population", "new group"]
Kind = Literal["confidence", "prediction"]
FEWEST = 1.0
"""Satterthwaite's degrees of freedom are not taken below this: a variance near 0 would make the interval endless."""


def predict_interval(
    result: MixedResult, data: pd.DataFrame | None = None, level: Level = "group", kind: Kind = "confidence",
    alpha: float = 0.05,
) -> pd.DataFrame:  # fmt: skip
    """Predictions with standard errors and limits; `variances_carried` says what they carry.

    Limits are ``estimate -+ t se`` with Satterthwaite's degrees of freedom for each row's variance (at least 1), from the
    same covariance of the variance parameters as for the coefficients.

    Parameters
    ----------
    result : MixedResult
    data : DataFrame, optional
        New rows; the rows fitted, when left out. A row of a group never seen counts as one of a new group.
    level : {"group", "population", "new group"}
        With the row's own groups' random effects; the line of an average group; the line of a group still to be drawn.
    kind : {"confidence", "prediction"}
        For the line, or for a single new row.
    alpha : float
        1 minus the interval's coverage.

    Returns
    -------
    DataFrame
        ``estimate, se, df, lower, upper``, a row for each row of ``data``; NaN where a predictor is missing.

    Raises
    ------
    TooLargeError
        When crossed factors have so many levels that their joint covariance does not fit into memory.
    """
    if level not in ("group", "population", "new group"):
        raise ValueError(f"level is 'group', 'population' or 'new group', not {level!r}")
    if kind not in ("confidence", "prediction"):
        raise ValueError(f"kind is 'confidence' or 'prediction', not {kind!r}")
    complete, rows = _rows(result, data)
    problem, solution = result.fit.problem, result.fit.optimum.solution
    single = float(kind == "prediction")
    relative = _relative_variance(problem, solution, rows, level) + single
    small = result.satterthwaite
    slopes = np.empty((len(solution.theta) + 1, len(relative)))
    residual = solution.pwrss / problem.df
    for k, step in enumerate(STEP * np.maximum(np.abs(solution.theta), 0.1)):
        move = step * np.eye(len(solution.theta))[k]
        up, down = (solve(problem, solution.theta + m) for m in (move, -move))
        apart = _relative_variance(problem, up, rows, level) - _relative_variance(problem, down, rows, level)
        slopes[k] = residual * apart / (2 * step)
    slopes[-1] = relative
    noise = ((small.spread @ slopes) * slopes).sum(axis=0)
    df = np.full(len(relative), np.inf)
    np.divide(2 * (residual * relative) ** 2, noise, out=df, where=noise > 0)
    df = np.maximum(df, FEWEST)

    se = np.sqrt(result.scale * relative)
    estimate = result.predict(data, level="group" if level == "group" else "population")
    centre, reach = estimate[complete], stdtrit(df, 1 - alpha / 2) * se
    found = np.full((len(estimate), 5), np.nan)
    found[complete] = np.column_stack([centre, se, df, centre - reach, centre + reach])
    index = pd.RangeIndex(len(found)) if data is None else data.index
    return pd.DataFrame(found, index=index, columns=["estimate", "se", "df", "lower", "upper"])


def variances_carried(result: MixedResult, level: Level = "group", kind: Kind = "confidence") -> str:
    """Sentences that say for what an interval of `predict_interval` is and exactly which variances it carries."""
    one, all_groups = (" and ".join(word(f) for f in result.factors) for word in (noun, plural))
    target = "A single new row" if kind == "prediction" else "The line"
    parts = ["the uncertainty of the fixed effects"]
    match level:
        case "population":
            whose = f"an average {one}, whose random effects are all 0"
        case "new group":
            whose = f"a new {one}, drawn like those in the data"
            parts.append(f"the variance between {all_groups}")
        case _:
            whose = f"the row’s own {one}"
            parts += ["the conditional variance of its random effects", "the covariance of the two"]
    if kind == "prediction":
        parts.append("the residual variance")
    carried = ", ".join(parts[:-1]) + (" and " if len(parts) > 1 else "") + parts[-1]
    sentences = [f"{target} of {whose}.", f"The interval carries {carried}."]
    if kind == "confidence":
        sentences.append("The residual variance is left out: single rows scatter more widely.")
    if level == "group":
        sentences.append(f"A row of a group never seen gets the variance between {all_groups} instead.")
    sentences.append("That the variances are estimated counts through Satterthwaite’s degrees of freedom.")
    return " ".join(sentences)


@dataclass(frozen=True)
class _Rows:
    """Rows to predict, along the last axis, in the fit's centred and scaled columns.

    Parameters
    ----------
    x : (p, r) array
    z : tuple of (k_f, r) arrays
        Random-effects columns of each factor.
    codes : tuple of (r,) int arrays
        Level of each factor, -1 for one never seen.
    """

    x: Array
    z: tuple[Array, ...]
    codes: tuple[Array, ...]


def _rows(result: MixedResult, data: pd.DataFrame | None) -> tuple[Array, _Rows]:
    """Which rows are complete (their positions), and these."""
    if data is None:
        columns, codes = result._own_rows(), tuple(g.codes for g in result.groupings)
        complete = np.arange(result.nobs)
    else:
        known, columns, rows = result._new_rows(data)
        codes, complete = tuple(group_codes(g, rows) for g in result.groupings), np.flatnonzero(known)
    columns = result._with_means(columns, codes[result.shown])
    problem, ones = result.fit.problem, np.ones(len(complete))

    def matrix(wanted: list[int]) -> Array:
        return np.array([ones if k == CONSTANT else columns[k] for k in wanted])

    units = [part.to_units for part in problem.random]
    z = []
    for at in range(len(codes)):
        own = [i for i, block in enumerate(result.blocks) if block.factor == at]
        wanted = [k for i in own for k in result.blocks[i].columns]
        z.append(block_diag(*(units[i] for i in own)).T @ matrix(wanted))
    return complete, _Rows(problem.fixed.to_units.T @ matrix(result.columns), tuple(z), codes)


def _relative_variance(problem: Problem, solution: Solution, rows: _Rows, level: Level) -> Array:
    """Variance of the prediction error of each row's line, in units of the residual variance, (r,)."""
    covariance = solution.factor @ solution.factor.T
    psi = [covariance[at, at] for at in problem.factor_rows]
    x, tail = rows.x, np.zeros(rows.x.shape[1])
    if level != "population":
        tail = sum((((p @ z) * z).sum(axis=0) for z, p in zip(rows.z, psi, strict=True)), tail)
    if level == "group":
        weights = [(p @ z) * (codes >= 0) for p, z, codes in zip(psi, rows.z, rows.codes, strict=True)]
        if problem.kept is None:
            pulled, explained = _one_factor(problem, solution, weights[0], rows.codes[0])
        else:
            pulled, explained = _several(problem, solution, weights, rows.codes)
        x, tail = x - pulled, tail - explained
    whitened = np.linalg.solve(np.linalg.cholesky(solution.xx), x)
    return (whitened**2).sum(axis=0) + np.maximum(tail, 0.0)


def _one_factor(problem: Problem, solution: Solution, weight: Array, codes: Array) -> tuple[Array, Array]:
    """``X'H^-1 Z w`` (p, r) and ``w'Z'H^-1 Z w`` (r,) with ``w = Psi z``; a level never seen has w = 0."""
    half = (solution.half_z[:, :, codes] * weight).sum(axis=1)
    return (half[:, None] * solution.half_w[:, : problem.p, codes]).sum(axis=0), (half**2).sum(axis=0)


def _several(
    problem: Problem, solution: Solution, weights: list[Array], codes: tuple[Array, ...]
) -> tuple[Array, Array]:
    """The same with several factors, from the dense ``Z'H^-1 Z`` of all of them."""
    starts = np.cumsum([0, *(len(w) * n for w, n in zip(weights, problem.levels, strict=True))])
    size = int(starts[-1])
    if 8 * size**2 > MAX_BYTES:
        raise TooLargeError(
            f"The joint covariance of {size:,} random coefficients needs {8e-9 * size**2:.1f} GB; "
            f"{MAX_BYTES / 1e9:.0f} GB are allowed.",
            "Ask for the population or for a new group.",
        )
    parts = zip(weights, codes, starts, problem.levels, strict=False)
    place = np.concatenate([start + np.arange(len(w))[:, None] * n + np.maximum(c, 0) for w, c, start, n in parts])
    weight = np.concatenate(weights)
    pulled = (weight[:, :, None] * solution.z_h_x()[place]).sum(axis=0).T
    meets = solution.z_h_z()[place[:, None], place]
    return pulled, (weight[:, None] * weight * meets).sum(axis=(0, 1))
