"""Rank-deficient fixed parts: which columns are left out, and the reason for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice, product
from typing import NamedTuple

import numpy as np
import pandas as pd

from ..arrays import Array
from ..design.aliasing import Aliased
from ..design.coefficients import CONSTANT, Part
from ..design.contrasts import Coded
from ..design.design import Design
from ..design.encoding import Indicator
from ..design.validation import constant_outcome_error, refuse_many_coefficients
from ..errors import DesignError
from ..fit.bases import are_independent, basis, cross_total, dependent
from ..moments.groups import Moments
from .collinearity import NEAR, NOTHING
from .estimability import refuse_far_apart

ROUNDING = 1e-9
"""Share of a column's size below which a coefficient of another is none."""
MOST_NAMED = 4
"""Most columns of a combination that are named."""
MOST_CELLS = 64
"""Most cells of an interaction's levels that are looked at for one without rows."""


def estimable_part(design: Design, moments: Moments) -> Design:
    """The design with the fixed columns whose coefficients can be estimated: `drop_aliased`.

    Raises
    ------
    DesignError
        When the outcome does not vary, units lie too far apart, or there are not more rows than coefficients.
    """
    if not (moments.varies_within[-1] or moments.varies_between[-1]):
        raise constant_outcome_error(design.spec.outcome, design.n)
    refuse_far_apart(design, moments)
    design = drop_aliased(design, moments)
    refuse_many_coefficients(design.n, len(design.fixed_names), len(design.all_names))
    return design


def drop_aliased(design: Design, moments: Moments) -> Design:
    """The design without the fixed columns that are exact combinations of those before them, which it names.

    The columns kept are those that R's ``lm`` and ``lmer`` keep: in the order of the formula, each that those before it
    do not give.

    Raises
    ------
    DesignError
        When no column is left.
    """
    columns = [CONSTANT] * design.intercept + list(design.fixed)
    if are_independent(moments, tuple(columns), 2 * NEAR):
        return design
    whole = basis(moments, columns)
    gram = cross_total(moments, whole)
    dropped = [k for k, _ in dependent(gram, least=_least(moments, columns, np.diag(gram)))]
    if not dropped:
        return design
    keep = np.delete(np.arange(len(columns)), dropped)
    if not len(keep):
        raise DesignError(
            f"“{design.fixed_names[0]}” is 0 in all rows used.", "Choose other predictors, or an intercept: ~ 1."
        )
    # a column of zeros is made of none; the others' combinations, in the basis
    combinations = np.zeros((len(columns), len(dropped)))
    combinations[dropped, range(len(dropped))] = 1.0
    places = np.flatnonzero(np.diag(gram)[dropped] > 0)
    varying = np.array(dropped)[places]
    made = np.linalg.solve(gram[np.ix_(keep, keep)], gram[np.ix_(keep, varying)])
    share = np.abs(made) * np.sqrt(np.diag(gram)[keep][:, None] / np.diag(gram)[varying])
    combinations[np.ix_(keep, places)] = np.where(share > ROUNDING, -made, 0.0)
    units = whole.to_units @ combinations
    index = np.array(columns, dtype=int)
    size = np.where(index == CONSTANT, 1.0, np.hypot(moments.center[index], moments.scale[index]))
    aliased = []
    for place, k in enumerate(dropped):
        coefficients = _whole_numbers(-units[keep, place] / units[k, place])
        used = np.abs(coefficients) * size[keep] > ROUNDING * size[k]
        of = tuple(int(c) for c in index[keep][used])
        column = columns[k]
        result = Aliased(column, *_names(design, column), "", of, tuple(coefficients[used].tolist()), float(size[k]))
        aliased.append(replace(result, reason=_reason(design, result)))
    return replace(design, fixed=tuple(int(k) for k in index[keep] if k != CONSTANT), aliased=tuple(aliased))


def _least(moments: Moments, columns: list[int], total: Array) -> Array:
    """The smallest residual of a nearly collinear column that counts, as in R: 1e-7 of its length, mean included."""
    index = np.array(columns, dtype=int)
    lengths = 1 + (moments.center[index] / moments.scale[index]) ** 2
    lengths[(index == CONSTANT) | np.isin(index, [r.column for r in moments.remainders])] = 0.0  # those by the rows
    return np.minimum(NOTHING * moments.n_rows * lengths, NEAR * total)


def _whole_numbers(values: Array) -> Array:
    """Values rounded to whole numbers where they differ from them by rounding errors only."""
    near = np.round(values)
    return np.where(np.abs(values - near) <= ROUNDING * np.maximum(np.abs(near), 1.0), near, values)


def _names(design: Design, column: int) -> tuple[str, str]:
    coefficient = design.coefficient(column)
    return coefficient.name, coefficient.label


def _reason(design: Design, aliased: Aliased) -> str:
    """Why a column is left out: cells without rows, a constant, or the combination that it is."""
    cell = _empty_cell(design, aliased)
    if cell:
        return f"no row has {cell}"
    if set(aliased.columns) <= {CONSTANT}:
        value = sum(aliased.coefficients)
        return f"constant: {value:.6g} in every row"
    if len(aliased.columns) > MOST_NAMED:
        return f"a combination of {len(aliased.columns)} columns before it"
    return f"equal to {''.join(_summands(design, aliased)).removeprefix(' + ').lstrip()}"


def _summands(design: Design, aliased: Aliased) -> Iterator[str]:
    pairs = zip(aliased.columns, aliased.coefficients, strict=True)
    order = sorted(pairs, key=lambda pair: (pair[1] < 0, pair[0] == CONSTANT))
    for column, value in order:
        sign = " − " if value < 0 else " + "
        if column == CONSTANT:
            yield f"{sign}{abs(value):.6g}"
        else:
            factor = "" if abs(value) == 1 else f"{abs(value):.6g} · "
            yield f"{sign}{factor}“{_names(design, column)[1]}”"


def _empty_cell(design: Design, aliased: Aliased) -> str:
    """Levels of a product's categories that no row has together, as "a = a2 and b = b3"; empty where there are none."""
    column, levels = design.columns[aliased.column], design.encoder.levels
    factors = [
        _Levels(
            part.variable if part.coding else part.source,
            levels[str(part.factor)],
            piece.codes,
            _compared(part, piece, levels[str(part.factor)]),
        )
        for part, piece in zip(column.parts, column.pieces, strict=True)
        if isinstance(piece, Indicator | Coded)
    ]
    if len(factors) < 2:
        return ""
    if not aliased.columns and len(factors) == len(column.parts) and all(len(f.compared) < 3 for f in factors):
        return _cell(factors, [f.compared[0] for f in factors])  # a product that is 0 everywhere
    if design.is_sample:  # rows not held may have what others lack
        return ""
    cells = islice(product(*(f.compared for f in factors)), MOST_CELLS)
    return next((_cell(factors, cell) for cell in cells if not _any_row_has(factors, cell)), "")


class _Levels(NamedTuple):
    """A categorical factor of a product: its levels, the rows' codes, and the levels that its column compares."""

    source: str
    levels: pd.Index
    codes: Array
    compared: list[int]


def _compared(part: Part, piece: Indicator | Coded, levels: pd.Index) -> list[int]:
    """The level where a column is 1, then its baseline; under other codings all levels on which the column differs."""
    if isinstance(piece, Coded):
        return [int(k) for k in np.flatnonzero(piece.values)]
    return [piece.level] + ([list(map(str, levels)).index(part.baseline)] if part.baseline is not None else [])


def _cell(factors: Sequence[_Levels], cell: Sequence[int]) -> str:
    return " and ".join(f"{of.source} = {of.levels[k]}" for of, k in zip(factors, cell, strict=True))


def _any_row_has(factors: Sequence[_Levels], cell: Sequence[int]) -> bool:
    """Whether any row has these levels."""
    rows = np.ones(len(factors[0].codes), dtype=bool)
    for of, level in zip(factors, cell, strict=True):
        rows &= of.codes == level
    return bool(rows.any())
