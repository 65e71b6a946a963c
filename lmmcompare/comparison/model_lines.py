"""The models' lines, for the population and for each group, along one predictor with the others held."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from ..arrays import Array
from ..design.build import encode_new
from ..design.coefficients import CONSTANT
from ..design.design import Design
from ..design.encoding import Indicator, Piece
from ..design.rows import gaps
from ..design.rows_to_predict import ColumnValues
from ..inference.t_tests import t_quantile
from ..model_catalogue import Model
from ..models import MixedResult, NoPoolingResult, OLSResult, Result
from ..models.serial_mixed import SerialMixedResult
from ..models.small_sample import SmallSampleResult
from .comparison import Comparison
from .line_grid import Grid
from .moderator_values import Slices, joined_columns, levels_of


def model_lines(
    comparison: Comparison, rows: pd.DataFrame, x: str | None, grids: tuple[Grid, Grid], by: Slices | None
) -> pd.DataFrame:
    """Every model's lines, long: each line's vertices stand together."""
    common, own = grids
    design, columns = comparison.design, _columns_at(comparison, rows, x, grids, by)
    told = _estimable(comparison, [column[: len(common)] for column in columns], x, by, len(common))
    parts: list[_Part] = []
    for model, fit in comparison.fits.items():
        if model.has_lines:
            values = _columns_of(fit.design, design, columns)
            for_all, for_groups = (
                ColumnValues([column[place] for column in values], len(grid))
                for grid, place in ((common, slice(0, len(common))), (own, slice(len(common), None)))
            )
            if not isinstance(fit, NoPoolingResult):
                y = np.where(told, fit.fixed_part(for_all), np.nan)
                parts.append(_Part(model, "population", common, y, *limits(fit, for_all, y)))
            lines = _group_lines(model, fit, comparison.group, for_groups, own.group)
            parts += [_Part(name, "group", own, y) for name, y in lines.items()]
    frame = _frame(parts, comparison.grouping.labels, by)
    return frame if told.all() else frame[np.isfinite(frame["y"])].reset_index(drop=True)


def _estimable(comparison: Comparison, columns: list[Array], x: str | None, by: Slices | None, size: int) -> Array:
    """Which vertices of the lines for everyone the data tell: none where two categories meet, or a slope is, without rows."""
    design = comparison.design
    known = np.ones(size, dtype=bool)
    shown = {x} | joined_columns(comparison, x) if x else set()
    shown |= {by.name} | joined_columns(comparison, by.name) if by else set()
    for one in design.aliased:
        if {name for uses in design.columns[one.column].uses for name in uses} <= shown:
            known &= one.holds(columns)
    # where no combination held has rows, the lines are sums of coefficients as they are
    return known if known.any() else ~known


class _Part(NamedTuple):
    """The lines of one model for everyone or for groups; with limits, or none."""

    model: Model
    kind: Literal["population", "group"]
    grid: Grid
    y: Array
    lower: Array | float = np.nan
    upper: Array | float = np.nan


def _group_lines(model: Model, fit: Result, group: str, at: ColumnValues, of_group: Array) -> dict[Model, Array]:
    """The heights of the groups' lines, by model: those of a regression per group too; none where a model has no groups."""
    if isinstance(fit, MixedResult | SerialMixedResult):
        effects = fit.random_effects[group].to_numpy().T
        return {model: fit.fixed_part(at) + at.effects(fit.random_columns, effects, of_group)}
    if isinstance(fit, NoPoolingResult):
        intercepts = fit.group_intercepts["estimate"].to_numpy()
        columns = [CONSTANT] * fit.design.intercept + fit.columns
        return {
            model: fit.fixed_part(at) + intercepts[of_group],
            Model.PER_GROUP: at.effects(columns, fit.per_group.beta, of_group),
        }
    return {}


def _frame(parts: Sequence[_Part], groups: Sequence[str], by: Slices | None) -> pd.DataFrame:
    """The lines below each other, without those of groups that cannot carry a regression."""
    labels = np.array([*groups, ""], dtype=object)  # the last of population lines, whose group is -1
    names, per_level = np.array(by.labels if by else [""], dtype=object), by is None or not by.is_number
    sizes = [len(part.grid) for part in parts]
    # figures ask for each text many times: Python's own are at hand, pandas' are made anew each time
    texts = {
        "model": np.repeat([part.model for part in parts], sizes),
        "kind": np.repeat([part.kind for part in parts], sizes),
        "group": np.concatenate([labels[part.grid.group] for part in parts]),
        "level": np.concatenate(
            [
                names[part.grid.slice] if part.kind == "population" or per_level else np.repeat("", len(part.grid))
                for part in parts
            ]
        ),
    }
    lower, upper = (
        np.concatenate([np.broadcast_to(getattr(part, end), len(part.grid)) for part in parts])
        for end in ("lower", "upper")
    )
    frame = pd.DataFrame(
        {
            **{name: pd.Series(text.astype(object), dtype=object) for name, text in texts.items()},
            "x": np.concatenate([part.grid.x for part in parts]),
            "y": np.concatenate([part.y for part in parts]),
            "lower": lower,
            "upper": upper,
        }
    )
    known = np.isfinite(frame["y"]) | (frame["model"] != Model.PER_GROUP)
    return frame if known.all() else frame[known].reset_index(drop=True)


def _columns_of(own: Design, whole: Design, columns: list[Array]) -> list[Array]:
    """The columns in the order of a fit's own design: residuals with a structure are fitted without columns of random slopes alone."""
    if own is whole:
        return columns
    by_name = dict(zip(whole.names, columns, strict=False))  # all but the outcome's
    return [by_name[name] for name in own.names[:-1]]


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


def limits(fit: Result, at: ColumnValues, centre: Array) -> tuple[Array, Array]:
    """Pointwise 95% limits of a model's fixed part, at values of the design's columns.

    OLS uses its usual standard errors, a model with estimated variances Satterthwaite's degrees of freedom at each point.

    Parameters
    ----------
    at : ColumnValues
        The design's columns at each point.
    centre : (n,) array
        The line.

    Returns
    -------
    (n,) array, (n,) array
        Lower and upper limits; NaN for a model whose population lines have no limits.
    """
    unknown = np.full(len(centre), np.nan)
    if not len(fit.columns) or isinstance(fit, NoPoolingResult) or not isinstance(fit, OLSResult | SmallSampleResult):
        return unknown, unknown
    rows = at.matrix(fit.columns).T
    if isinstance(fit, SmallSampleResult):
        small = fit.satterthwaite
        units = rows @ small.to_units
        variance, df = np.einsum("ra,ab,rb->r", units, small.vcov, units), small.df(rows)
    else:
        variance = np.einsum("ra,ab,rb->r", rows, fit.cov_params().to_numpy(), rows)
        df = np.full(len(rows), float(fit.df_resid))
    reach = t_quantile(np.maximum(df, 1.0)) * np.sqrt(np.maximum(variance, 0.0))
    return centre - reach, centre + reach
