"""The frames behind the picture of a comparison: points, a line per group and model, the ranges that hold them all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..arrays import Array
from ..design.build import Design, encode_new
from ..design.coefficients import CONSTANT
from ..design.encoding import Indicator, Piece
from ..design.levels import factorize
from ..design.rows import gaps
from ..formula.baselines import factors_of
from ..formula.spec import Column, columns_of
from ..models import MixedResult, NoPoolingResult, Result
from .compare import Comparison
from .shrinkage import fitted_order

MAX_POINTS = 3_000
MAX_GROUPS = 300
CURVE_POINTS = 40
JITTER = 0.18
SEED = 20


@dataclass(frozen=True, eq=False)
class Picture:
    """Everything that the group-lines figures draw.

    Parameters
    ----------
    points : DataFrame
        ``group, x, y`` and ``row``, the position among the rows that the design holds.
    lines : DataFrame
        ``model, kind, group, x, y``; kind is ``group`` or ``population``.
    x_label, y_label : str
    x_range, y_range : tuple of float
        Axis ranges that hold every model's lines, so that nothing moves when models are switched.
    data_x_range : tuple of float or None
        Where the data lie; None for a categorical axis.
    x_ticks : dict or None
        Tick texts of a categorical predictor.
    group_order : list of str
        Groups by fitted intercept.
    notes : tuple of str
        What was thinned, and at which values other predictors are held.
    """

    points: pd.DataFrame
    lines: pd.DataFrame
    x_label: str
    y_label: str
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    data_x_range: tuple[float, float] | None
    x_ticks: dict[float, str] | None
    group_order: list[str]
    notes: tuple[str, ...]


def predictors(comparison: Comparison) -> list[str]:
    """Columns of the table that stand in the fixed part, any of which may be the picture's x axis."""
    result: dict[str, None] = {}
    for term in comparison.spec.terms:
        for factor in term.factors:
            result.update(dict.fromkeys(columns_of(factor)))
    return list(result)


def axis_name(design: Design, x: str) -> str:
    """What stands along the axis of a predictor: its name, and of dates what is counted."""
    unit = design.encoder.unit(x)
    return f"{x}, {unit}" if unit else x


def picture(
    comparison: Comparison,
    data: pd.DataFrame | None,
    x: str | None = None,
    *,
    include_zero: bool = False,
    keep: str | None = None,
    only: Sequence[str] = (),
) -> Picture:
    """Make the frames of the group-lines figures.

    Parameters
    ----------
    comparison : Comparison
    data : DataFrame or None
        The table that it was fitted to; not needed of a table that an engine has, whose points are those of a sample.
    x : str, optional
        The predictor on the x axis; the first one when left out, the groups themselves when there is none. Other
        predictors are held at their means.
    include_zero : bool
        Whether the x axis reaches to 0.
    keep : str, optional
        A group that is drawn whatever is left out.
    only : sequence of str, optional
        The groups to draw, and no others.
    """
    design, grouping = comparison.design, comparison.design.grouping
    assert grouping is not None
    available = predictors(comparison)
    x = x if x in available else (available[0] if available else None)
    rows = design.rows_of(data)
    codes, y = np.asarray(grouping.codes), design.columns[-1][:]
    order = fitted_order(comparison.one_factor)
    rng = np.random.default_rng(SEED)

    ticks: dict[float, str] | None = None
    if x is None:
        place = np.empty(len(order))
        position = {label: k for k, label in enumerate(order)}
        place[:] = [position[label] for label in grouping.labels]
        values = place[codes]
        ticks = {float(k): label for k, label in enumerate(order)} if len(order) <= 30 else None
        name = f"{grouping.name}, by fitted mean"
    elif (levels := _levels(comparison, x)) is None:
        values, name = design.encoder.column(rows[x]), axis_name(design, x)
    else:
        own, named = factorize(rows[x])
        values = levels.get_indexer(named)[own].astype(float)
        ticks, name = {float(k): str(v) for k, v in enumerate(levels)}, x
    notes = []
    present = np.unique(codes) if design.is_sample else np.arange(len(grouping.labels))
    shown_groups = _shown_groups(present, grouping.labels, keep, rng)
    if only:
        shown_groups = present[np.isin(np.array(grouping.labels, dtype=object)[present], list(only))]
    chosen = _sample(len(values), codes, shown_groups, keep, grouping.labels, rng)
    n = int(comparison.moments.n[shown_groups].sum()) if only else design.n
    if len(chosen) < n:
        notes.append(f"{len(chosen):,} of {n:,} rows drawn{', by chance' if design.is_sample else ''}")
    if len(shown_groups) < len(grouping.labels) and not only:
        notes.append(f"{len(shown_groups):,} of {len(grouping.labels):,} groups drawn")
    notes += _held([p for p in available if p != x], comparison, _joined(comparison, x) if x else set())

    if x is None:
        ends = np.column_stack([place, place])
    elif ticks:
        ends = np.tile([0.0, len(ticks) - 1.0], (len(grouping.labels), 1))
    else:
        ends = _ends(design, x, values, codes)
    low, high = float(ends[:, 0].min()), float(ends[:, 1].max())
    few_values = len(np.unique(values[:5000])) <= 6
    spread = (high - low) or 1.0
    pad = 0.5 if ticks or x is None else 0.04 * spread
    x_low, x_high = low - pad, high + pad
    if include_zero and not ticks and x is not None:
        x_low, x_high = min(x_low, 0.0), max(x_high, 0.0)
    jitter = JITTER if ticks and x is not None else 0.02 * spread if few_values and len(values) > 200 else 0.0
    drawn_x = values[chosen] + (rng.uniform(-jitter, jitter, len(chosen)) if jitter else 0.0)
    labels = np.array(grouping.labels, dtype=object)
    points = pd.DataFrame(
        {"group": pd.Series(labels[codes[chosen]], dtype=object), "x": drawn_x, "y": y[chosen], "row": chosen}
    )

    lines = _lines(comparison, rows, x, ends, shown_groups, (x_low, x_high), ticks)
    heights = np.concatenate([points["y"].to_numpy(), lines["y"].to_numpy()])
    y_low, y_high = float(np.nanmin(heights)), float(np.nanmax(heights))
    y_pad = 0.05 * ((y_high - y_low) or 1.0)
    return Picture(
        points=points,
        lines=lines,
        x_label=name,
        y_label=design.names[-1],
        x_range=(x_low, x_high),
        y_range=(y_low - y_pad, y_high + y_pad),
        data_x_range=None if ticks or x is None else (low, high),
        x_ticks=ticks,
        group_order=[g for g in order if g in set(labels[shown_groups])],
        notes=tuple(notes),
    )


def _levels(comparison: Comparison, x: str) -> pd.Index | None:
    """The levels of a categorical predictor; None where it is a number."""
    encoder = comparison.design.encoder
    own = (encoder.levels[str(f)] for f in factors_of(comparison.spec, x) if str(f) in encoder.levels)
    return next(own, encoder.sources.get(x))


def _held(others: list[str], comparison: Comparison, joined: set[str]) -> list[str]:
    """Where the predictors are held that are not on the x axis."""
    levels = {p: result for p in others if (result := _levels(comparison, p)) is not None}
    numeric = [p for p in others if p not in levels]
    averaged = [p for p in levels if p not in joined]
    held = [f"{', '.join(numeric)} held at {'its' if len(numeric) == 1 else 'their'} mean"] if numeric else []
    held += [f"{p} held at {result[0]}" for p, result in levels.items() if p in joined]
    return held + ([f"averaged over {', '.join(averaged)}"] if averaged else [])


def _joined(comparison: Comparison, x: str) -> set[str]:
    """Columns that an expression such as ``I(x * z)`` joins with x, at one remove or more, x among them."""
    together = [{*columns_of(f)} for f in comparison.spec.factors]
    result = {x}
    while wider := set().union(*(names for names in together if names & result)) - result:
        result |= wider
    return result


def _ends(design: Design, x: str, values: Array, codes: Array) -> Array:
    """Each group's smallest and largest value of a numeric predictor, (J, 2)."""
    if design.sampled:
        return np.column_stack(design.sampled.ranges[x])
    return pd.Series(values).groupby(codes).agg(["min", "max"]).to_numpy()


def _shown_groups(present: Array, labels: list[str], keep: str | None, rng: np.random.Generator) -> Array:
    if len(present) <= MAX_GROUPS:
        return present
    chosen = set(rng.choice(present, MAX_GROUPS, replace=False).tolist())
    if keep in labels:
        chosen.add(labels.index(keep))
    return np.array(sorted(chosen))


def _sample(
    n: int, codes: Array, groups: Array, keep: str | None, labels: list[str], rng: np.random.Generator
) -> Array:
    """Rows to draw: of the groups drawn, thinned uniformly."""
    candidates = np.arange(n) if len(groups) == len(labels) else np.flatnonzero(np.isin(codes, groups))
    if len(candidates) <= MAX_POINTS:
        return candidates
    return np.sort(rng.choice(candidates, MAX_POINTS, replace=False))


def _lines(
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
    joined = _joined(comparison, x)
    for name in joined - {x}:
        levels = _levels(comparison, name)
        value = rows[name].mean() if levels is None else levels[0]
        grid[name] = pd.Series(value, index=grid.index, dtype=None if levels is None else rows[name].dtype)
    if ticks:
        levels = pd.Index(_levels(comparison, x))
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
