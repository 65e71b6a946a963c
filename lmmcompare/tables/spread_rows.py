"""Rows of standard deviations and correlations: what varies between groups, how much, and what it is called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from ..comparison.comparison import Comparison
from ..design.coefficients import CONSTANT
from ..design.terms import RandomBlock
from ..model_catalogue import Model
from ..models.random_structures import shared_name, shared_phrase
from ..text.labels import plural
from ..text.numbers import correlation_number, decimals_for, number
from .table import Cell, Row, between

Limits = Mapping[tuple[Model, str, str, str], tuple[float, float]]
"""Model, kind ("coefficient", "sd" or "correlation"), grouping factor ("" where there is none) and name to an interval's ends."""
MOST_LEVELS = 4
"""Most levels or visits whose residual SDs have a row each."""


def fit_key(model: Model) -> Model:
    """The model whose fit a column of the table shows: the clustered one's is OLS."""
    return Model.OLS if model == Model.OLS_ROBUST else model


def variance_rows(comparison: Comparison, models: tuple[Model, ...], limits: Limits) -> list[Row]:
    """A row for each standard deviation and correlation of some models, with intervals where there are any."""
    frame = comparison.variances()
    order = [comparison.group, *(f for f in comparison.factors if f != comparison.group), ""]
    names = ("model", "kind", "factor", "name")
    values = {tuple(row[n] for n in names): float(row["value"]) for row in frame.to_dict("records")}
    wanted = [key for key in dict.fromkeys(key[1:] for key in values) if _is_listed(key, values)]
    wanted.sort(key=lambda k: (order.index(k[1]), k[0] == "correlation"))
    residual = min(value for key, value in values.items() if key[-1] == "Residual")
    scales = _scales(comparison)
    pairs = _pairs(scales)
    rows = []
    for i, (kind, factor, name) in enumerate(wanted):
        label = spread_label(comparison, kind, factor, name)
        decimals = 2 if kind == "correlation" else decimals_for(residual / scales.get(name, 1.0), 3)
        cells = []
        for model in models:
            value = values.get((fit_key(model), kind, factor, name), float("nan"))
            if kind == "correlation":  # of something that does not vary there is none
                sd = [values.get((fit_key(model), "sd", factor, n), 0.0) * scales[n] for n in pairs.get(name, ())]
                value = value if min(sd, default=residual) > 1e-4 * residual else float("nan")
            ends = limits.get((model, kind, factor, name)) if np.isfinite(value) else None
            text = correlation_number(value) if kind == "correlation" else number(value, decimals=decimals)
            cells.append(Cell(text, "", between(ends, decimals) if ends else ""))
        rows.append(Row(label, tuple(cells), "Variation" if i == 0 else ""))
    return rows


def _is_listed(key: tuple[str, ...], values: Iterable[tuple[str, ...]]) -> bool:
    """Whether a parameter has a row: of residuals' SDs by level only a few, of correlations between visits none."""
    kind, factor, name = key
    if factor or not name.startswith("Residual["):
        return True
    return kind == "sd" and sum(k[-1].startswith("Residual[") and k[1] == "sd" for k in values) <= MOST_LEVELS


def spread_label(comparison: Comparison, kind: str, factor: str, name: str) -> str:
    """What a standard deviation ("sd") or a correlation is called, as `Comparison.variances` names it."""
    if name == "Residual" and not factor:
        return f"SD within {plural(comparison.group) if len(comparison.factors) == 1 else 'groups'} (residual)"
    if not factor and name.startswith("Residual["):
        return f"Residual SD, {name.removeprefix('Residual[').removesuffix(']')}"
    if not factor and kind == "correlation":
        return f"Correlation of residuals, {name.removeprefix('Residual ')}"
    factor = next((own for own in comparison.factors if own == factor), factor)  # with the words for its groups
    if shared := _shared(comparison).get(name):
        of = shared_phrase(shared, kind)
        return f"SD between {plural(factor)} of {of}" if kind == "sd" else f"Correlation of {of} ({plural(factor)})"
    if kind == "sd":
        return f"SD between {plural(factor)}" + (
            "" if name == comparison.constant else f" of the {_random_phrase(comparison, name)}"
        )
    a, b = (
        _random_phrase(comparison, n).removesuffix(" slope").removesuffix(" coefficient")
        for n in _pairs(_scales(comparison))[name]
    )
    return f"Correlation of {a} and {b}" + (f" ({plural(factor)})" if factor != comparison.group else "")


def _random_phrase(comparison: Comparison, name: str) -> str:
    """What varies; one that stands in two terms of a factor, with the name that tells it from the other."""
    coefficient = comparison.coefficient(name)
    return coefficient.random_phrase if name == coefficient.name else f"{coefficient.random_phrase} ({name})"


def _shared(comparison: Comparison) -> dict[str, RandomBlock]:
    """Structured blocks by what their parameters are called."""
    blocks = (b for fit in comparison.mixed_fits().values() for b in fit.blocks if not b.is_full)
    return {shared_name(b): b for b in blocks}


def _pairs(names: Iterable[str]) -> dict[str, tuple[str, str]]:
    """The two names of a correlation by its own."""
    return {f"{a}, {b}": (a, b) for a in names for b in names}


def _scales(comparison: Comparison) -> dict[str, float]:
    """Standard deviations of the columns with random coefficients, so that slopes can be set beside the residual."""
    result = {comparison.constant: 1.0}
    for fit in comparison.mixed_fits().values():
        columns = ((n, k) for b in fit.blocks for n, k in zip(b.names, b.columns, strict=True))
        result |= {name: 1.0 if k == CONSTANT else float(fit.moments.scale[k]) for name, k in columns}
    return result
