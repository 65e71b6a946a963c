"""Prior weights and offsets given as arguments: names, expressions or arrays, to a model and a table that has them."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from ..errors import DataError, FormulaError
from ..formula import parse_expression
from ..formula.correlation import Correlation
from ..formula.correlation_parser import parse_correlation, with_residuals
from ..formula.expressions import Column, Expression
from ..formula.spec import OFFSET, WEIGHTS, ModelSpec

Known = Any
"""A column's name, the text of an expression of columns, an expression, or numbers, one for each row."""


def with_known_parts(spec: ModelSpec, data: Any, weights: Known | None, offset: Known | None) -> tuple[ModelSpec, Any]:
    """A model with the weights and the offset given beside it, and the table with a column for each of these that is an array.

    Raises
    ------
    FormulaError
        When a text is neither a column's name nor an expression of columns, or there are weights behind the formula already.
    DataError
        When an array is not as long as the table, or the table is one that an engine has.
    """
    if weights is not None:
        if spec.weights is not None:
            raise FormulaError(
                f"There are weights behind the formula, {spec.weights}, and as an argument.", "Give one of the two."
            )
        result, data = _column(weights, data, WEIGHTS)
        spec = replace(spec, weights=result)
    if offset is not None:
        result, data = _column(offset, data, OFFSET)
        spec = replace(spec, offset=(*spec.offset, result))
    return spec, data


def with_structure(spec: ModelSpec, correlation: str | Correlation | None, variance: str | None) -> ModelSpec:
    """A model with the residuals' structure given beside it.

    Raises
    ------
    FormulaError
        When the text of the correlation cannot be read, or the formula has one already.
    """
    if correlation is None and not variance:
        return spec
    for name, beside, behind in (("correlation", correlation, spec.correlation), ("variance", variance, spec.variance)):
        if beside and behind:
            raise FormulaError(
                f"There is a {name} behind the formula, {behind}, and as an argument.", "Give one of the two."
            )
    if isinstance(correlation, str):
        correlation = parse_correlation(correlation)
    return with_residuals(spec, correlation or spec.correlation, variance or spec.variance)


def _column(known: Known, data: Any, name: str) -> tuple[Expression, Any]:
    """An argument as an expression, and the table, with a further column where the argument is an array."""
    if isinstance(known, Expression):
        return known, data
    if isinstance(known, str):
        return (Column(known) if known in _names(data) else parse_expression(known)), data
    what = name.strip("()")
    if not isinstance(data, pd.DataFrame):
        raise DataError(
            f"The {what} are an array, and the table is not in memory.",
            f"Make them a column of it, and give {what}=its name.",
        )
    values = np.asarray(known)
    if values.shape != (len(data),):
        raise DataError(
            f"The {what} have the shape {values.shape}, where {len(data):,} numbers are needed, one for each row.",
            "Give one number for each row of the table, also for those with missing values.",
        )
    return Column(name), data.assign(**{name: values})


def _names(data: Any) -> Container[str]:
    """Names of a table's columns; Polars would warn of asking a lazy frame for them by ``columns``."""
    schema = getattr(data, "collect_schema", None)
    names: Container[str] = schema().names() if schema else getattr(data, "columns", ())
    return names
