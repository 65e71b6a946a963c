"""The models' lines, for the population and for each group, along one predictor with the others held."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ..arrays import Array
from ..design.build import encode_new
from ..design.coefficients import CONSTANT
from ..design.design import Design
from ..design.encoding import Indicator, Piece
from ..design.rows import gaps
from ..model_catalogue import Model
from ..models import MixedResult, NoPoolingResult, Result
from ..models.serial_mixed import SerialMixedResult
from .bands import limits
from .compare import Comparison
from .line_grid import Grid
from .moderator_values import Slices, joined_columns, levels_of


def model_lines(
    comparison: Comparison, rows: pd.DataFrame, x: str | None, grids: tuple[Grid, Grid], by: Slices | None = None
) -> pd.DataFrame:
    """Every model's lines, long: each line's vertices stand together."""
    common, own = grids
    design, at = comparison.design, _columns_at(comparison, rows, x, grids, by)
    labels = np.array(comparison.grouping.labels, dtype=object)
    names, per_level = np.array(by.labels if by else [""], dtype=object), by is None or not by.is_number
    m, of_group = len(common), own.group
    parts: list[tuple[str, str, Grid, Array, Array, Array]] = []
    unknown = np.full(len(own), np.nan)
    for model, fit in comparison.fits.items():
        if not Model(model).has_lines:
            continue
        columns = _columns_of(fit.design, design, at)
        whole = _population(fit, columns, m + len(own))
        if not isinstance(fit, NoPoolingResult):
            parts.append((model, "population", common, whole[:m], *limits(fit, [c[:m] for c in columns], whole[:m])))
        if isinstance(fit, MixedResult | SerialMixedResult):
            shift = np.zeros(len(own))
            effects = fit.random_effects[comparison.group].to_numpy().T
            for modes, k in zip(effects, fit.random_columns, strict=True):
                shift += modes[of_group] * (1.0 if k == CONSTANT else columns[k][m:])
        elif isinstance(fit, NoPoolingResult):
            shift = fit.group_intercepts["estimate"].to_numpy()[of_group]
        else:
            continue
        parts.append((model, "group", own, whole[m:] + shift, unknown, unknown))
        if isinstance(fit, NoPoolingResult):
            each = fit.per_group.beta
            index = ([CONSTANT] * design.intercept) + fit.columns
            y = np.zeros(len(own))
            for beta, k in zip(each, index, strict=True):
                y += beta[of_group] * (1.0 if k == CONSTANT else columns[k][m:])
            parts.append(("per_group", "group", own, y, unknown, unknown))
    models, kinds, grid, y_values, lower, upper = zip(*parts, strict=True)
    sizes = [len(y) for y in y_values]
    # figures ask for each text many times: Python's own are at hand, pandas' are made anew each time
    texts = {
        "model": np.repeat(models, sizes),
        "kind": np.repeat(kinds, sizes),
        "group": np.concatenate([np.append(labels, "")[g.group] for g in grid]),  # -1 marks population lines
        "level": np.concatenate(
            [
                names[g.slice] if k == "population" or per_level else np.repeat("", len(g))
                for k, g in zip(kinds, grid, strict=True)
            ]
        ),
    }
    frame = pd.DataFrame(
        {
            **{name: pd.Series(text.astype(object), dtype=object) for name, text in texts.items()},
            "x": np.concatenate([g.x for g in grid]),
            "y": np.concatenate(y_values),
            "lower": np.concatenate(lower),
            "upper": np.concatenate(upper),
        }
    )
    known = np.isfinite(frame["y"]) | (frame["model"] != "per_group")
    return frame if known.all() else frame[known].reset_index(drop=True)


def _columns_of(own: Design, whole: Design, columns: list[Array]) -> list[Array]:
    """The columns in the order of a fit's own design: residuals with a structure are fitted without columns of random slopes alone."""
    if own is whole:
        return columns
    by_name = dict(zip(whole.names, columns, strict=False))  # all but the outcome's
    return [by_name[name] for name in own.names[:-1]]


def _population(fit: Result, columns: list[Array], n: int) -> Array:
    value = np.zeros(n)
    for k, beta in zip(fit.columns, fit.params.to_numpy(), strict=True):
        if np.isfinite(beta):
            value += beta if k == CONSTANT else beta * columns[k]
    return value


def _columns_at(
    comparison: Comparison, rows: pd.DataFrame, x: str | None, grids: Sequence[Grid], by: Slices | None
) -> list[Array]:
    """The design's columns at the vertices; columns joined with x or ``by`` at values of their own, everything else at its mean."""
    design = comparison.design
    at, sliced, own = (np.concatenate([getattr(g, name) for g in grids]) for name in ("at", "slice", "own"))
    if x is None:
        return [np.full(len(at), c) for c in comparison.moments.center[:-1]]
    grid = rows.iloc[np.zeros(len(at), dtype=int)].reset_index(drop=True)
    joined = joined_columns(comparison, x) | (joined_columns(comparison, by.name) if by else set())
    for name in joined - {x}:
        levels = levels_of(comparison, name)
        value = rows[name].mean() if levels is None else levels[0]
        grid[name] = pd.Series(value, index=grid.index, dtype=None if levels is None else rows[name].dtype)
    if by:
        levels = levels_of(comparison, by.name)
        grid[by.name] = own if levels is None else pd.Series(levels[sliced], dtype=rows[by.name].dtype)
    levels = levels_of(comparison, x)
    grid[x] = at if levels is None else pd.Series(levels[at.astype(int)], dtype=rows[x].dtype)
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
