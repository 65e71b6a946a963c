"""Predictions along one predictor, the others held at chosen values, with both intervals: the frames behind a picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ..arrays import Array
from ..comparison.comparison import Comparison
from ..data.columns import is_number
from ..design.build import encode_new
from ..errors import DataError
from ..inference.prediction_error import Level
from ..model_catalogue import Model
from ..models import MixedResult
from ..models.gls import GLSResult
from ..models.prediction import dummies_interval, predict_interval
from .prediction_values import categorical_columns, required_columns

GRID = 41
"""Places along an axis of numbers."""
FEW = 2
"""Up to so many different numbers are shown as categories, each at its own place."""
MOST = 12
"""More categories than these have no picture."""


@dataclass(frozen=True)
class Axis:
    """The predictor along which predictions are made.

    Parameters
    ----------
    ticks : dict or None
        Of categories, and of few numbers, their places on the axis and names; None where the axis is one of numbers.
    """

    name: str
    values: list[Any]
    ticks: dict[float, str] | None

    @property
    def places(self) -> Array:
        """Where the values lie on the axis."""
        return np.array(self.values if self.ticks is None else list(self.ticks), dtype=float)

    def place(self, value: Any) -> float:
        """Where a value lies on the axis; a number that is none of the few shown lies between them, or beyond."""
        places = dict(zip(self.values, self.places, strict=True))
        return float(places.get(value, value))


def structured_fit(comparison: Comparison, model: Model) -> GLSResult | None:
    """The model with structured residuals, where it is the one that predicts."""
    return comparison.structured if model == Model.STRUCTURED else None


def predicting_models(comparison: Comparison) -> list[Model]:
    """The models that can predict, first the one to begin with: with structured residuals where there is one and its rows are at hand.

    Else the mixed model of the formula; then within-between, unless it has means of products, such as of arm × visit: which mean a new
    group has of it depends on its arm, and the mean over all rows is that of no group.
    """
    fit, means = comparison.structured, comparison.mixed_fits().get(Model.WITHIN_BETWEEN)
    products = means is not None and any(len(comparison.design.coefficient(k).parts) > 1 for k in means.means_of)
    within_between = [] if means is None or products else [Model.WITHIN_BETWEEN]
    structured = [Model.STRUCTURED] if fit is not None and not fit.design.is_sample else []
    return [*structured, comparison.formula_model, *within_between]


def axis(comparison: Comparison, frame: pd.DataFrame, preferred: str | None) -> Axis | None:
    """The preferred predictor as an axis, or the first that can be one."""
    names = required_columns(comparison)
    for name in sorted(names, key=lambda n: n != preferred):
        values, of_days = frame[name].dropna(), name in comparison.design.encoder.origins
        if of_days:
            values = pd.Series(comparison.design.encoder.column(values))
        different = sorted(values.unique(), key=None if is_number(values) else str)
        if name in categorical_columns(comparison) and is_number(values):
            return Axis(name, different, None)
        if is_number(values) and (len(different) > FEW or of_days):
            return Axis(name, list(np.linspace(*comparison.design.range_of(name, values), GRID)), None)
        if len(different) <= MOST:
            places = map(float, different if is_number(values) else range(len(different)))
            return Axis(name, different, dict(zip(places, map(str, different), strict=True)))
    return None


def predict_along(
    comparison: Comparison, row: Mapping[str, Any], level: Level, along: Axis | None, model: Model | None = None
) -> pd.DataFrame:
    """The prediction at ``row`` and, after it, along an axis: ``x, estimate, lower, upper, expected, low, high``.

    ``lower`` and ``upper`` are the limits of the line, ``low`` and ``high`` those of a single new row, which is expected at
    ``expected``: on the line, but for correlated residuals. The model is the mixed
    one that the formula asks for, where none is named. DataError where what ``row`` needs is not estimable; places along the
    axis that are not have NaN.
    """
    encoder = comparison.design.encoder
    row = {
        name: encoder.column(pd.Series([value], name=name))[0] if name in encoder.origins else value
        for name, value in row.items()
    }
    key = model or comparison.formula_model
    fit = structured_fit(comparison, key) or comparison.mixed_fits()[key]
    along = _reaching(fit, along, row)
    n = 1 + (len(along.values) if along else 0)
    columns: dict[str, list[Any]] = {name: [value] * n for name, value in row.items()}
    x = np.zeros(n)
    if along:
        columns[along.name] = [row[along.name], *along.values]
        x = np.append(along.place(row[along.name]), along.places)
    rows = pd.DataFrame(columns, index=range(n))
    _refuse_not_estimable(fit, rows.iloc[:1])
    line, single = (predict_interval(fit, rows, level, kind) for kind in ("confidence", "prediction"))
    limits = {"expected": single["estimate"], "low": single["lower"], "high": single["upper"]}
    return line[["estimate", "lower", "upper"]].assign(x=x, **limits)


def _reaching(fit: MixedResult | GLSResult, along: Axis | None, row: Mapping[str, Any]) -> Axis | None:
    """The axis as far as the chosen value, at places that the model can predict.

    The time of correlated residuals goes in whole steps where the model counts them; of visits and of levels of residual variance there
    are those seen.
    """
    if along is None or along.ticks is not None:
        return along
    in_steps = False
    if isinstance(fit, GLSResult):
        correlation, residuals = fit.correlation, fit.residuals
        order = correlation.order if correlation else None
        for name, known in ((order, residuals.visits), (fit.variance, residuals.levels)):
            if along.name == name and known is not None:
                return replace(along, values=list(known))
        in_steps = correlation is not None and along.name == order and correlation.kind == "ar1"
    first, last = along.values[0], along.values[-1]
    low, high = min(first, row[along.name]), max(last, row[along.name])
    if (low, high) == (first, last) and not in_steps:
        return along
    values = np.linspace(low, high, max(GRID, len(along.values)))
    return replace(along, values=list(np.unique(np.round(values)) if in_steps else values))


def predict_known_and_new(comparison: Comparison, row: Mapping[str, Any], model: Model | None = None) -> pd.DataFrame:
    """The line at ``row`` for its own group and for a new one, by group dummies and by a mixed model.

    Returns
    -------
    DataFrame
        ``model, group`` ("known" or "new"), ``estimate, se, lower, upper``; NaN where a model can say nothing.

    Raises
    ------
    DataError
        When what the row needs is not estimable.
    """
    rows, key = pd.DataFrame([row]), model or comparison.formula_model
    fit = comparison.mixed_fits()[key]
    _refuse_not_estimable(fit, rows)
    of_groups = {name for g in comparison.design.groupings for name in g.columns}
    strange = rows.drop(
        columns=[name for name in rows if name in of_groups and name not in required_columns(comparison)]
    )
    result = [
        predict_interval(fit, rows, "group").assign(model=key, group="known"),
        predict_interval(fit, strange, "new group").assign(model=key, group="new"),
    ]
    if Model.NO_POOLING in comparison.fits:
        known = dummies_interval(comparison.no_pooling, rows)
        nothing = pd.DataFrame(np.nan, index=known.index, columns=known.columns)  # there is no dummy for a new group
        result += [frame.assign(model=Model.NO_POOLING, group=g) for g, frame in (("known", known), ("new", nothing))]
    return pd.concat(result, ignore_index=True)[["model", "group", "estimate", "se", "lower", "upper"]]


def _refuse_not_estimable(fit: MixedResult | GLSResult, row: pd.DataFrame) -> None:
    """DataError where a row does not keep to a combination of columns that holds in all of the data."""
    columns = [column[:] for column in encode_new(fit.design, row)]
    for one in fit.design.aliased:
        if not one.holds(columns).all():
            raise DataError(
                f"Nothing can be predicted here: “{one.label}” is not estimable ({one.reason}), and these values need it.",
                "Choose values that occur together in the data, or leave one of the predictors out.",
            )


def rows_of_group(comparison: Comparison, frame: pd.DataFrame, row: Mapping[str, Any], along: Axis) -> pd.DataFrame:
    """The rows of the table that belong to the groups of ``row``, all together: ``x, y``."""
    groups = [name for name in dict.fromkeys(n for g in comparison.design.groupings for n in g.columns) if name in row]
    used = comparison.design.rows_of(frame)
    keep = np.full(len(used), bool(groups))
    for name in groups:
        keep &= (used[name] == row[name]).to_numpy()
    own = used[along.name][keep]
    x = comparison.design.encoder.column(own) if along.ticks is None else [along.place(v) for v in own]
    return pd.DataFrame({"x": np.array(x, dtype=float), "y": comparison.design.response[keep]})
