"""What has to be known of all rows before the sums: how many are complete, levels, and constants of transforms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_

import narwhals as nw
import pandas as pd

from ..design.categories import relevelled
from ..design.dtypes import are_other_dates
from ..design.encoding import Encoder
from ..design.levels import factorize
from ..design.unusable import (
    LARGEST,
    huge_values,
    mixed_with_text,
    not_finite,
    not_numbers,
    other_dates,
    refuse_few_values,
    refuse_level_count,
    stray_text,
)
from ..errors import DataError
from ..formula.baselines import is_of_own_levels
from ..formula.spec import Arithmetic, Call, Column, Expression, ModelSpec, calls, columns_of
from .expressions import Expressions, is_finite, polynomials
from .table import Frame, Table, ask, numbers

Origins = dict[str, pd.Timestamp | None]
MOST = 10_000
"""Most different values that are looked at for text among numbers."""


@dataclass(frozen=True)
class Scan:
    """What a first pass over the rows found.

    Parameters
    ----------
    rows : LazyFrame
        The complete ones.
    n_total, n : int
        All rows, and the complete ones.
    missing : dict
        Column to the number of rows that it makes unusable.
    huge, infinite : dict
        Numeric column to the number of values beyond `LARGEST` among complete rows, and of infinite ones.
    """

    rows: Frame
    n_total: int
    n: int
    missing: dict[str, int]
    huge: dict[str, int]
    infinite: dict[str, int]


def _absent(rows: Frame) -> dict[str, nw.Expr]:
    """Column to whether it is missing."""
    found = {}
    for name, dtype in rows.collect_schema().items():
        column = nw.col(name)
        found[name] = column.is_null() | column.is_nan() if dtype.is_float() else column.is_null()
    return found


def scan(table: Table) -> Scan:
    """Count rows: all, complete, missing by column, beyond what a float can square."""
    schema, absent = dict(table.frame.collect_schema()), _absent(table.frame)
    complete = reduce(and_, (~one for one in absent.values()))
    counted = {"n": complete}
    for k, name in enumerate(schema):
        counted[f"missing{k}"] = absent[name]
        if schema[name].is_float():
            size = nw.col(name).cast(nw.Float64).abs()
            counted[f"huge{k}"] = complete & (size > LARGEST)
            counted[f"infinite{k}"] = complete & ~is_finite(size)
    sums = [flag.cast(nw.Int64).sum().alias(name) for name, flag in counted.items()]
    found = {name: int(value) for name, value in numbers(table.frame.select(nw.len().alias("all"), *sums)).items()}

    def by_column(what: str) -> dict[str, int]:
        return {name: n for k, name in enumerate(schema) if (n := found.get(f"{what}{k}", 0))}

    rows = table.frame.filter(complete)
    return Scan(rows, found["all"], found["n"], by_column("missing"), by_column("huge"), by_column("infinite"))


def learn(
    spec: ModelSpec, table: Table, seen: Scan, origins: Origins
) -> tuple[Expressions, dict[str, list[tuple[float, float]]]]:
    """Learn levels and transforms from all complete rows, and refuse columns that cannot be used as the formula does.

    Returns
    -------
    Expressions
    dict
        Numeric factor's text to the smallest and the largest value of each of its columns.
    """
    dates = frozenset(name for name, kind in table.kinds.items() if kind == "date")
    encoder = Expressions(origins=origins, dates=dates)
    numeric: dict[str, Expression] = {}
    for factor in spec.factors:
        if _is_categorical(factor, table, origins):
            if str(factor) not in encoder.levels:
                _learn_levels(encoder, factor, table, seen)
        else:
            _learn_numbers(encoder, factor, table, seen)
            numeric[str(factor)] = factor
    _learn_numbers(encoder, spec.outcome, table, seen)
    numeric[str(spec.outcome)] = spec.outcome
    return encoder, _ranges(encoder, numeric, seen)


def _is_categorical(factor: Expression, table: Table, origins: Origins) -> bool:
    if isinstance(factor, Call) and is_of_own_levels(factor):
        return True
    return isinstance(factor, Column) and table.kinds[factor.name] != "number" and factor.name not in origins


def _learn_levels(encoder: Encoder, factor: Expression, table: Table, seen: Scan) -> None:
    name = next(columns_of(factor))
    levels = _levels(name, seen, text=isinstance(factor, Column) and table.kinds[name] == "text")
    few = len(levels) < MOST
    refuse_level_count(name, len(levels) if few else int(numbers(seen.rows.select(nw.col(name).n_unique()))[name]))
    encoder.levels[str(factor)] = _ordered_as(factor, levels)


def _ordered_as(factor: Expression, levels: pd.Index) -> pd.Index:
    """A column's levels in the order that ``relevel`` in a factor gives them."""
    if not isinstance(factor, Call):
        return levels
    inner = _ordered_as(factor.argument, levels)
    return (
        relevelled(pd.Categorical(inner, categories=inner), factor, {}).categories
        if factor.function == "relevel"
        else inner
    )


def _levels(name: str, seen: Scan, *, text: bool) -> pd.Index:
    """The different values of a column, up to `MOST`; numbers with some text among them are refused where text is looked at."""
    found = ask(seen.rows.group_by(name).agg(nw.len().alias("rows of it")).head(MOST)).to_pandas()
    levels = factorize(found[name])[1]
    if text and not isinstance(found[name].dtype, pd.CategoricalDtype):
        wrong, what = stray_text(levels)
        if len(wrong):
            raise mixed_with_text(name, what, wrong, int(found["rows of it"][found[name].isin(wrong)].sum()))
        if are_other_dates(levels):
            raise other_dates(name, str(levels[0]))
    return levels


def _learn_numbers(encoder: Expressions, expression: Expression, table: Table, seen: Scan) -> None:
    """Refuse columns that hold no numbers; learn what transforms need, the inner ones first."""
    match expression:
        case Column(name):
            _refuse_unusable(name, table, seen, encoder.origins)
        case Arithmetic(_, left, right):
            _learn_numbers(encoder, left, table, seen)
            _learn_numbers(encoder, right, table, seen)
        case Call(function, (argument,)):
            _learn_numbers(encoder, argument, table, seen)
            if str(expression) in encoder.states:
                return
            if function in ("center", "scale"):
                _learn_scale(encoder, expression, _present(expression, table, seen))
            elif function == "poly" and not expression.option("raw"):
                _learn_poly(encoder, expression, expression.option("degree", 1), _present(expression, table, seen))


def _present(call: Call, table: Table, seen: Scan) -> Scan:
    """The rows that a transform learns from, as R does: all that have its own columns, whatever else is missing."""
    used = {*columns_of(call)}
    if not {*seen.missing} - used:
        return seen
    absent = _absent(table.frame)
    rows = table.frame.filter(reduce(and_, (~absent[name] for name in used)))
    return replace(seen, rows=rows, n=int(numbers(rows.select(nw.len().alias("n")))["n"]))


def _refuse_unusable(name: str, table: Table, seen: Scan, origins: Origins) -> None:
    kind = table.kinds[name]
    if kind == "text":
        _levels(name, seen, text=True)
    if kind not in ("number", "truth") and name not in origins:
        raise not_numbers(name, {"date": "dates", "text": "text"}.get(kind, "neither numbers nor text"))
    if name in seen.huge:
        raise huge_values(name, seen.huge[name], seen.infinite.get(name, 0))


def _learn_scale(encoder: Expressions, call: Call, seen: Scan) -> None:
    """Mean and standard deviation, in two passes: the second about the first's mean, so that no digits are lost."""
    (value,) = encoder.expressions(call.argument)
    rough = numbers(seen.rows.select(value.mean().alias("mean")))["mean"]
    apart = value - rough
    found = numbers(seen.rows.select(apart.mean().alias("mean"), (apart * apart).sum().alias("square")))
    spread = (found["square"] - seen.n * found["mean"] ** 2) / (seen.n - 1)
    if call.function == "scale" and spread <= 0:
        raise not_finite(call, seen.n)
    state = {"ddof": 1, "center": rough + found["mean"], "scale": spread**0.5 if call.function == "scale" else None}
    encoder.states[str(call)] = state


def _learn_poly(encoder: Expressions, call: Call, degree: int, seen: Scan) -> None:
    """The recurrence of formulaic: each degree's constants come from the sums of the degree before, a pass each."""
    (value,) = encoder.expressions(call.argument)
    first = numbers(seen.rows.select(value.n_unique().alias("distinct"), value.mean().alias("mean")))
    refuse_few_values(int(first["distinct"]), degree, str(call))
    origin = first["mean"]
    alpha, norms2 = {0: origin + numbers(seen.rows.select((value - origin).mean().alias("m")))["m"]}, {0: float(seen.n)}
    for k in range(1, degree + 1):
        square = polynomials(value, alpha, norms2, k)[-1] ** 2.0
        sums = seen.rows.select(square.sum().alias("norm"), ((value - origin) * square).sum().alias("first"))
        found = numbers(sums)
        norms2[k], alpha[k] = found["norm"], origin + found["first"] / found["norm"]
    encoder.states[str(call)] = {"alpha": alpha, "norms2": norms2}


def _ranges(encoder: Expressions, numeric: dict[str, Expression], seen: Scan) -> dict[str, list[tuple[float, float]]]:
    """Smallest and largest values, and the refusal of calls that are no finite number somewhere; one pass."""
    used = {str(call): call for factor in numeric.values() for call in calls(factor)}
    asked: dict[str, nw.Expr] = {}
    for k, call in enumerate(used.values()):
        finite = [is_finite(e).cast(nw.Int64) for e in encoder.expressions(call)]
        asked[f"finite{k}"] = reduce(lambda a, b: a * b, finite).sum()
    for k, factor in enumerate(numeric.values()):
        for i, value in enumerate(encoder.expressions(factor)):
            asked[f"low{k}_{i}"], asked[f"high{k}_{i}"] = value.min(), value.max()
    found = numbers(seen.rows.select(*(e.alias(name) for name, e in asked.items())))
    for k, call in enumerate(used.values()):
        if (n_bad := seen.n - int(found[f"finite{k}"])) > 0:
            raise not_finite(call, n_bad)
    return {
        text: [(found[f"low{k}_{i}"], found[f"high{k}_{i}"]) for i in range(len(encoder.expressions(factor)))]
        for k, (text, factor) in enumerate(numeric.items())
    }


def refuse_other_kinds(table: Table, columns: Sequence[str]) -> None:
    """Raise when a column holds lists, structures or the like."""
    for name in columns:
        if table.kinds[name] == "other":
            raise DataError(
                f"Column “{name}” holds neither numbers, text nor dates.", "Choose another column, or take it apart."
            )
