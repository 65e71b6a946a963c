"""What has to be known of all rows before the sums: how many are complete, levels, and constants of transforms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import reduce
from typing import cast

import narwhals as nw
import pandas as pd

from ..design.dtypes import are_iso
from ..design.encoding import column_of_levels
from ..design.evaluation import Evaluation
from ..design.kinds import TAKE_ANY, TRUTHS, has_levels, kind_of
from ..design.levels import factorize
from ..design.rows import missing_values_error
from ..design.unusable import (
    not_finite_error,
    not_numbers_error,
    refuse_few_values,
    refuse_huge,
    refuse_level_count,
    refuse_stray_levels,
)
from ..design.weights_offsets import one_column, refuse_levels, refuse_weights
from ..errors import DesignError
from ..formula.expressions import SUMMARIES, Arithmetic, Call, Column, Expression, Quantiles, calls, columns_of
from ..formula.spec import ModelSpec
from .expressions import Expressions, is_finite, own_levels
from .function_expressions import polynomials
from .scan import Scan, present
from .sums import Weights
from .table import Table, fetch, numbers

Origins = dict[str, pd.Timestamp | None]
MOST = 10_000
"""Most different values that are looked at for text among numbers."""


def learn(spec: ModelSpec, table: Table, first_pass: Scan, origins: Origins) -> Expressions:
    """Learn levels and transforms from all complete rows, and refuse columns that cannot be used as the formula does."""
    encoder = Expressions(origins=origins, kinds=dict(table.kinds))
    numeric: list[Expression] = []
    for factor in spec.factors:
        if _is_categorical(factor, table, origins):
            if str(factor) not in encoder.levels:
                _learn_levels(encoder, factor, table, first_pass)
        else:
            _learn_numbers(encoder, factor, table, first_pass)
            numeric.append(factor)
    for known in (spec.outcome, *spec.offset):
        _learn_numbers(encoder, known, table, first_pass)
    if spec.weights is not None:
        _learn_numbers(encoder, spec.weights, table, first_pass)
    _refuse_not_finite(encoder, [*numeric, spec.outcome, *spec.offset], spec.offset, first_pass)
    return encoder


def weigh(spec: ModelSpec, table: Table, first_pass: Scan, origins: Origins) -> tuple[Scan, Weights | None, int]:
    """The rows with a weight above 0, their weights, and how many others there are.

    Raises
    ------
    DataError
        When some weights are negative or no numbers, or next to none is above 0.
    """
    if spec.weights is None:
        return first_pass, None, 0
    refuse_levels(spec.weights, "the weights")
    encoder = Expressions(origins=origins)
    _learn_numbers(encoder, spec.weights, table, first_pass)
    weight = cast(nw.Expr, one_column(spec.weights, encoder.numbers(spec.weights, pd.DataFrame()), "the weights"))
    known, rows = first_pass.rows.select(weight.alias("weight")), nw.col("weight")
    flags = {"finite": is_finite(rows), "negative": rows < 0, "zero": rows == 0}
    counts = numbers(known.select(*(flag.cast(nw.Int64).sum().alias(name) for name, flag in flags.items())))
    finite, negative, left_out = (int(counts[name]) for name in ("finite", "negative", "zero"))
    refuse_weights(spec.weights, first_pass.n, finite=finite, negative=negative, zero=left_out)
    ends = numbers(known.filter(rows > 0).select(*(getattr(rows, e)().alias(e) for e in ("mean", "min", "max"))))
    if left_out:
        first_pass = replace(first_pass, rows=first_pass.rows.filter(weight > 0), n=first_pass.n - left_out)
    return first_pass, Weights(weight / ends["mean"], ends["mean"], ends["min"], ends["max"]), left_out


def _is_categorical(factor: Expression, table: Table, origins: Origins) -> bool:
    return has_levels(factor, lambda name: table.kinds[name] != "number" and name not in origins)


def _learn_levels(encoder: Expressions, factor: Expression, table: Table, first_pass: Scan) -> None:
    """The levels of a column, or of a function of one, which is computed of the column's different values."""
    text = str(factor)
    column = factor if isinstance(factor, Column) else column_of_levels(factor)
    if column is None and kind_of(factor, lambda name: table.kinds[name] != "number") == "truths":
        _learn_numbers(encoder, factor, table, first_pass)
        true = int(numbers(first_pass.rows.select(encoder.truth(factor).cast(nw.Int64).sum().alias("n")))["n"])
        refuse_level_count(text, 2 if 0 < true < first_pass.n else 1)
        encoder.levels[text] = pd.Index([False, True])
        return
    names = set(columns_of(factor))
    name = min(names)
    levels = levels_in(name, first_pass, text=isinstance(factor, Column) and table.kinds[name] == "text")
    few = len(levels) < MOST
    if column is not None:
        refuse_level_count(
            name, len(levels) if few else int(numbers(first_pass.rows.select(nw.col(name).n_unique()))[name])
        )
        encoder.levels[text], encoder.values[text] = levels, own_levels(levels)
        return
    if any(isinstance(value, Quantiles) for call in calls(factor) for _, value in call.options):
        raise encoder.not_computable(factor)
    if len(names) > 1 or not few or table.kinds[name] not in ("number", "text", "truth"):
        raise encoder.not_computable(factor)
    result = Evaluation(pd.DataFrame({name: levels}), encoder.column, encoder.states).values(factor)
    if pd.isna(result).any():
        raise DesignError(
            f"{factor} has no level for some rows.", "Filter the table first, or fit it to a table in memory."
        )
    codes, encoder.levels[text] = factorize(pd.Series(result))
    encoder.values[text] = levels, codes
    refuse_level_count(text, len(encoder.levels[text]))


def levels_in(name: str, first_pass: Scan, *, text: bool) -> pd.Index:
    """The different values of a column, up to `MOST`; numbers with some text among them are refused where text is looked at."""
    result = fetch(first_pass.rows.group_by(name).agg(nw.len().alias("rows of it")).head(MOST)).to_pandas()
    levels = factorize(result[name])[1]
    if text and not isinstance(result[name].dtype, pd.CategoricalDtype):
        refuse_stray_levels(levels, name, lambda wrong: int(result["rows of it"][result[name].isin(wrong)].sum()))
    return levels


def _learn_numbers(encoder: Expressions, expression: Expression, table: Table, first_pass: Scan) -> None:
    """Refuse columns that hold no numbers; learn what transforms need, the inner ones first."""
    match expression:
        case Column(name):
            _refuse_unusable(name, table, first_pass, encoder.origins)
        case Arithmetic(operator, left, right):
            for side in (left, right):
                if operator not in TRUTHS or not isinstance(side, Column) or table.kinds[side.name] != "text":
                    _learn_numbers(encoder, side, table, first_pass)
        case Call("ave"):
            raise encoder.not_computable(expression)
        case Call(function, arguments):
            for argument in arguments:
                if not (function in TAKE_ANY and isinstance(argument, Column)):
                    _learn_numbers(encoder, argument, table, first_pass)
            if str(expression) in encoder.states:
                return
            if function in ("center", "scale"):
                _learn_scale(encoder, expression, _present(expression, table, first_pass))
            elif function == "poly" and not expression.option("raw"):
                _learn_poly(
                    encoder, expression, expression.option("degree", 1), _present(expression, table, first_pass)
                )
            elif function in SUMMARIES and function != "median":
                _learn_summary(encoder, expression, _present(expression, table, first_pass))


def _learn_summary(encoder: Expressions, call: Call, first_pass: Scan) -> None:
    """A mean, a sum, the smallest or largest value; a spread in two passes."""
    absent = sum(first_pass.missing.get(name, 0) for name in set(columns_of(call)))
    if absent and not call.option("na.rm"):
        raise missing_values_error(call, absent)
    if len(call.arguments) > 1:
        raise encoder.not_computable(call)
    (value,) = encoder.expressions(call.argument)
    if call.function in ("sd", "var"):
        rough = numbers(first_pass.rows.select(value.mean().alias("mean")))["mean"]
        result = _spread(value, rough, first_pass)[1]
        encoder.states[str(call)] = {"value": result**0.5 if call.function == "sd" else result}
        return
    asked = {"mean": value.mean, "sum": value.sum, "min": value.min, "max": value.max}[call.function]()
    encoder.states[str(call)] = {"value": numbers(first_pass.rows.select(asked.alias("value")))["value"]}


def _spread(value: nw.Expr, rough: float, first_pass: Scan) -> tuple[float, float]:
    """Mean and variance, about a first mean, so that no digits are lost."""
    apart = value - rough
    result = numbers(first_pass.rows.select(apart.mean().alias("mean"), (apart * apart).sum().alias("square")))
    return rough + result["mean"], (result["square"] - first_pass.n * result["mean"] ** 2) / (first_pass.n - 1)


def _present(call: Call, table: Table, first_pass: Scan) -> Scan:
    """The rows that a transform learns from, as R does: all that have its own columns, whatever else is missing."""
    used = {*columns_of(call)}
    if not {*first_pass.missing} - used:
        return first_pass
    rows = present(table, used)
    return replace(first_pass, rows=rows, n=int(numbers(rows.select(nw.len().alias("n")))["n"]))


def _refuse_unusable(name: str, table: Table, first_pass: Scan, origins: Origins) -> None:
    kind = table.kinds[name]
    if kind == "text" and are_iso(levels_in(name, first_pass, text=True)):
        kind = "date"
    if kind not in ("number", "truth") and name not in origins:
        raise not_numbers_error(name, {"date": "dates", "text": "text"}.get(kind, "neither numbers nor text"))
    refuse_huge(name, first_pass.huge.get(name, 0), first_pass.infinite.get(name, 0))


def _learn_scale(encoder: Expressions, call: Call, first_pass: Scan) -> None:
    """Centre and scale, as `design.transforms.scale` has them."""
    (value,) = encoder.expressions(call.argument)
    mean, variance = _spread(value, numbers(first_pass.rows.select(value.mean().alias("mean")))["mean"], first_pass)
    asked = call.option("center", True)
    center = mean if asked is True else float(asked)
    scale = call.option("scale", call.function == "scale")
    if scale is True:  # the root mean square about the centre
        square = variance + first_pass.n / (first_pass.n - 1) * (mean - center) ** 2
        if square <= 0:
            raise not_finite_error(call, first_pass.n)
        scale = square**0.5
    encoder.states[str(call)] = {"ddof": 1, "center": center, "scale": float(scale) if scale is not False else None}


def _learn_poly(encoder: Expressions, call: Call, degree: int, first_pass: Scan) -> None:
    """The recurrence of formulaic: each degree's constants come from the sums of the degree before, a pass each."""
    (value,) = encoder.expressions(call.argument)
    first = numbers(first_pass.rows.select(value.n_unique().alias("distinct"), value.mean().alias("mean")))
    refuse_few_values(int(first["distinct"]), degree, str(call))
    origin = first["mean"]
    alpha, norms2 = (
        {0: origin + numbers(first_pass.rows.select((value - origin).mean().alias("m")))["m"]},
        {0: float(first_pass.n)},
    )
    for k in range(1, degree + 1):
        square = polynomials(value, alpha, norms2, k)[-1] ** 2.0
        sums = first_pass.rows.select(square.sum().alias("norm"), ((value - origin) * square).sum().alias("first"))
        result = numbers(sums)
        norms2[k], alpha[k] = result["norm"], origin + result["first"] / result["norm"]
    encoder.states[str(call)] = {"alpha": alpha, "norms2": norms2}


def _refuse_not_finite(
    encoder: Expressions, numeric: Sequence[Expression], offset: Sequence[Expression], first_pass: Scan
) -> None:
    """Raise when calls or offsets are no finite number somewhere; one pass."""
    used: dict[str, Expression] = {str(call): call for factor in numeric for call in _suspects(factor)}
    used |= {str(one): one for one in offset}
    if not used:
        return
    asked: dict[str, nw.Expr] = {}
    for k, call in enumerate(used.values()):
        finite = [is_finite(e).cast(nw.Int64) for e in encoder.expressions(call)]
        asked[f"finite{k}"] = reduce(lambda a, b: a * b, finite).sum()
    result = numbers(first_pass.rows.select(*(e.alias(name) for name, e in asked.items())))
    for k, call in enumerate(used.values()):
        if (n_bad := first_pass.n - int(result[f"finite{k}"])) > 0:
            raise not_finite_error(call, n_bad)


def _suspects(expression: Expression) -> Iterator[Call]:
    """The calls that may be no finite number, the inner ones first; of ``ifelse`` only what it chooses."""
    match expression:
        case Arithmetic(_, left, right):
            yield from _suspects(left)
            yield from _suspects(right)
        case Call(function, arguments) if function not in SUMMARIES:
            for argument in arguments if function not in ("ifelse", *TAKE_ANY) else ():
                yield from _suspects(argument)
            yield expression
