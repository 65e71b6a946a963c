"""The lines that the models draw: for everyone and for each group, at values of one predictor with the others held."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..arrays import Array
from ..design.build import encode_new
from ..design.coefficients import CONSTANT
from ..design.encoding import Indicator, Piece
from ..design.rows import gaps
from ..formula.baselines import factors_of
from ..formula.spec import Column, columns_of
from ..models import MixedResult, NoPoolingResult, Result
from .compare import Comparison

CURVE_POINTS = 40


def model_lines(
    comparison: Comparison,
    rows: pd.DataFrame,
    x: str | None,
    ends: Array,
    groups: Array,
    x_range: tuple[float, float],
    ticks: dict[float, str] | None,
) -> pd.DataFrame:
    """Every model's lines, long: each line's vertices stand together."""
    if x is None:
        common = np.array(x_range)
        own = ends + np.array([-0.42, 0.42])
    elif ticks:
        common = np.arange(len(ticks), dtype=float)
        own = np.tile(common, (len(ends), 1))
    else:
        straight, data_range = _straight(comparison, x), (float(ends[:, 0].min()), float(ends[:, 1].max()))
        vertices = 2 if straight else CURVE_POINTS
        common = np.linspace(*(x_range if straight else data_range), vertices)  # a curve says nothing beyond the data
        bounds = ends.copy()
        point = bounds[:, 0] == bounds[:, 1]
        reach = 0.012 * (x_range[1] - x_range[0])
        bounds[point] += np.array([-reach, reach])
        if not straight:
            bounds = bounds.clip(*data_range)
        own = np.linspace(bounds[:, 0], bounds[:, 1], vertices, axis=1)
    own = own[groups]
    at = np.concatenate([common, own.ravel()])
    columns = _columns_at(comparison, rows, x, at, ticks)
    of_group = np.repeat(groups, own.shape[1])
    labels = np.array(comparison.design.grouping.labels, dtype=object)  # type: ignore[union-attr]
    m = len(common)
    parts: list[tuple[str, str, Array, Array, Array]] = []
    for model, fit in comparison.fits.items():
        if model in ("within_between", "structured"):
            continue
        whole = _population(fit, columns, len(at))
        if not isinstance(fit, NoPoolingResult):
            parts.append((model, "population", np.full(m, "", dtype=object), common, whole[:m]))
        if isinstance(fit, MixedResult):
            shift = np.zeros(len(of_group))
            for modes, k in zip(fit.fit.modes[fit.focal], fit.random_columns, strict=True):
                shift += modes[of_group] * (1.0 if k == CONSTANT else columns[k][m:])
        elif isinstance(fit, NoPoolingResult):
            shift = fit.group_intercepts["estimate"].to_numpy()[of_group]
        else:
            continue
        parts.append((model, "group", labels[of_group], at[m:], whole[m:] + shift))
        if isinstance(fit, NoPoolingResult):
            each = fit.per_group.beta
            index = ([CONSTANT] * comparison.design.intercept) + fit.columns
            y = np.zeros(len(of_group))
            for beta, k in zip(each, index, strict=True):
                y += beta[of_group] * (1.0 if k == CONSTANT else columns[k][m:])
            known = np.isfinite(y)
            parts.append(("per_group", "group", labels[of_group][known], at[m:][known], y[known]))
    models, kinds, groups, x_values, y_values = zip(*parts, strict=True)
    sizes = [len(y) for y in y_values]
    # figures ask for each text many times: Python's own are at hand, pandas' are made anew each time
    texts = {"model": np.repeat(models, sizes), "kind": np.repeat(kinds, sizes), "group": np.concatenate(groups)}
    return pd.DataFrame(
        {
            **{name: pd.Series(text.astype(object), dtype=object) for name, text in texts.items()},
            "x": np.concatenate(x_values),
            "y": np.concatenate(y_values),
        }
    )


def _population(fit: Result, columns: list[Array], n: int) -> Array:
    value = np.zeros(n)
    for k, beta in zip(fit.columns, fit.params.to_numpy(), strict=True):
        if np.isfinite(beta):
            value += beta if k == CONSTANT else beta * columns[k]
    return value


def _straight(comparison: Comparison, x: str) -> bool:
    """Whether every term is linear in x."""
    factors = [factor for term in comparison.spec.terms for factor in term.factors]
    return all(isinstance(factor, Column) or x not in columns_of(factor) for factor in factors)


def _columns_at(
    comparison: Comparison, rows: pd.DataFrame, x: str | None, at: Array, ticks: dict[float, str] | None
) -> list[Array]:
    """The design's columns at values of x; columns joined with x at a value of their own, everything else at its mean."""
    design = comparison.design
    if x is None:
        return [np.full(len(at), c) for c in comparison.moments.center[:-1]]
    grid = rows.iloc[np.zeros(len(at), dtype=int)].reset_index(drop=True)
    joined = joined_columns(comparison, x)
    for name in joined - {x}:
        levels = levels_of(comparison, name)
        value = rows[name].mean() if levels is None else levels[0]
        grid[name] = pd.Series(value, index=grid.index, dtype=None if levels is None else rows[name].dtype)
    if ticks:
        levels = pd.Index(levels_of(comparison, x))
        nearest = np.clip(np.round(at).astype(int), 0, len(levels) - 1)
        grid[x] = pd.Series(levels[nearest], dtype=rows[x].dtype)
    else:
        grid[x] = at
    center = comparison.moments.center
    means = {id(c.pieces[0]): float(center[k]) for k, c in enumerate(design.columns) if len(c.pieces) == 1}
    absent = gaps(design.spec.factors, grid, design.encoder)
    result = []
    for k, new in enumerate(encode_new(design, grid)):
        old = design.columns[k]
        value = np.ones(len(at))
        for piece, past, uses in zip(new.pieces, old.pieces, new.uses, strict=True):
            value *= means.get(id(past), _mean(past)) if joined.isdisjoint(uses) else piece[:]
        result.append(np.where(absent, np.nan, value))
    return result


def _mean(piece: Piece) -> float:
    if isinstance(piece, Indicator):
        return float((piece.codes == piece.level).mean())
    return float(np.mean(piece[:]))


def levels_of(comparison: Comparison, x: str) -> pd.Index | None:
    """The levels of a categorical predictor; None where it is a number."""
    encoder = comparison.design.encoder
    own = (encoder.levels[str(f)] for f in factors_of(comparison.spec, x) if str(f) in encoder.levels)
    return next(own, encoder.sources.get(x))


def joined_columns(comparison: Comparison, x: str) -> set[str]:
    """Columns that an expression such as ``I(x * z)`` joins with x, at one remove or more, x among them."""
    together = [{*columns_of(f)} for f in comparison.spec.factors]
    result = {x}
    while wider := set().union(*(names for names in together if names & result)) - result:
        result |= wider
    return result
