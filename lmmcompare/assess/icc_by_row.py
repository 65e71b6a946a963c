"""The intraclass correlation of rows with other values of what has random coefficients: it is not the same for all rows then."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..arrays import Array
from ..design.categories import level_text
from ..design.coefficients import CONSTANT, Coefficient
from ..design.predictors import Predictor
from ..formula.expressions import columns_of
from ..models import MixedResult
from ..text.english import listed
from ..text.numbers import correlation_number, decimals_for, exact, number


def icc_at(result: MixedResult) -> pd.DataFrame:
    """The intraclass correlation where it is not the same for all rows: at the values of what has random coefficients.

    Each value is that of rows that there can be: columns that are made of the same column of the table, as those of a curve and
    products are, move together.

    Returns
    -------
    DataFrame
        ``factor, where, icc``: of a categorical predictor each level, of a number its mean less and plus its SD, or both where it has
        two values, other numbers at their means and other categories at their first level. Of a curve the rows nearest to these; of
        products percentiles of the rows. Empty where the shown factor has a random intercept only.
    """
    design = result.design
    own = [k for k in result.random_columns if k != CONSTANT]
    of_all = [k for factor in result.factors for k in result.columns_of(factor)]
    made = [design.coefficient(k) for k in dict.fromkeys(of_all) if k != CONSTANT]
    if not own:
        places: list[tuple[str, Array]] = []
    elif _move_apart(made):
        places = _places(result, made)
    else:
        places = _of_one_variable(result, made) or _percentiles(result)
    rows = [(where, _icc_of(result, z)) for where, z in places]
    frame = pd.DataFrame(rows, columns=["where", "icc"])
    return frame.assign(factor=result.group)[["factor", "where", "icc"]]


def _variables(one: Coefficient) -> set[str]:
    """The table's columns that a column is made of."""
    return {name for part in one.parts for name in columns_of(part.factor)}


def _families(made: list[Coefficient]) -> list[list[Coefficient]]:
    """The columns by what they are of: the levels of a category together, each number by itself."""
    result: dict[tuple[str, ...], list[Coefficient]] = {}
    for one in made:
        result.setdefault(tuple(part.source for part in one.parts), []).append(one)
    return list(result.values())


def _move_apart(made: list[Coefficient]) -> bool:
    """Whether each column of the table stands in one family only, of levels that are coded alike or of one number."""
    families = _families(made)
    names = [name for family in families for name in _variables(family[0])]
    if len(names) > len(set(names)):
        return False
    for family in families:
        if not all(one.is_level for one in family) and (
            len(family) > 1 or family[0].kind not in ("column", "expression")
        ):
            return False
        if len({tuple(part.baseline for part in one.parts) for one in family}) > 1 or any(
            len(one.parts) > 1 and any(part.baseline is not None for part in one.parts) for one in family
        ):
            return False
    return True


def _places(result: MixedResult, made: list[Coefficient]) -> list[tuple[str, Array]]:
    """Where to tell it, and the values of the moments' columns there, for columns that move apart."""
    moments, families = result.moments, _families(made)
    at = moments.center.copy()
    levels: list[list[tuple[str, dict[int, float]]]] = []
    for family in (f for f in families if f[0].is_level):
        zero, first = {one.column: 0.0 for one in family}, family[0].parts[0]
        choices = [(one.label, zero | {one.column: 1.0}) for one in family]
        if first.baseline is not None:
            choices.insert(0, (f"{first.source} [{first.baseline}]", zero))
        levels.append(choices)

    def z(*choices: dict[int, float]) -> Array:
        values = at.copy()
        for choice in choices:
            values[list(choice)] = list(choice.values())
        return values

    firsts, rows = [choices[0] for choices in levels], []
    for k, choices in enumerate(levels):
        others = firsts[:k] + firsts[k + 1 :]
        rows += [
            (", ".join([where, *(label for label, _ in others)]), z(own, *(first for _, first in others)))
            for where, own in choices
        ]
    beside = "".join(f", {label}" for label, _ in firsts)
    for (one,) in (f for f in families if not f[0].is_level):
        mean, sd = float(moments.center[one.column]), float(moments.scale[one.column])
        different = np.unique(result.design.columns[one.column][:])
        told = different if len(different) == 2 else np.array([mean - sd, mean, mean + sd])
        decimals = decimals_for(sd, 3)
        for x in map(float, told):
            display = exact(x) if len(different) == 2 else number(x, decimals=decimals)
            rows.append((f"{one.label} = {display}{beside}", z({one.column: x}, *(first for _, first in firsts))))
    return rows


def _of_one_variable(result: MixedResult, made: list[Coefficient]) -> list[tuple[str, Array]]:
    """Rows of each level, or the rows nearest to a number's mean less and plus its SD, where all columns are made of it."""
    names, columns = sorted(set().union(*map(_variables, made))), result.design.columns
    if len(names) != 1 or names[0] not in result.design.predictors:
        return []
    predictor = Predictor(result.design, names[0])
    if predictor.levels is not None:
        levels, rows = np.unique(predictor.codes, return_index=True)
        labels = [f"{names[0]} [{level_text(predictor.levels[level])}]" for level in levels]
    else:
        values = predictor.values
        mean, sd = float(values.mean()), float(values.std())
        rows = np.unique([np.abs(values - x).argmin() for x in (mean - sd, mean, mean + sd)])
        rows = rows[np.argsort(values[rows])]
        labels = [f"{names[0]} = {exact(float(x))}" for x in values[rows]]
    return [(label, np.array([c[row : row + 1][0] for c in columns])) for label, row in zip(labels, rows, strict=True)]


def _percentiles(result: MixedResult) -> list[tuple[str, Array]]:
    """Rows that the rows' own intraclass correlations put in the places of some percentiles."""
    columns = np.array([column[:] for column in result.design.columns])
    order = np.argsort(_icc_of(result, columns), kind="stable")
    rows = [order[round(share * (len(order) - 1))] for share in (0.1, 0.5, 0.9)]
    return [
        (f"the {share}th percentile of the rows", columns[:, row])
        for share, row in zip((10, 50, 90), rows, strict=True)
    ]


def _icc_of(result: MixedResult, z: Array) -> Array:
    """The shown factor's share of the variance that the fixed part leaves, of rows with some values of the design's columns."""
    variances = {}
    for factor, covariance in result.cov_re.items():
        own = np.array([np.ones_like(z[0]) if k == CONSTANT else z[k] for k in result.columns_of(factor)])
        variances[factor] = np.einsum("a...,ab,b...->...", own, covariance.to_numpy(), own)
    share: Array = variances[result.group] / (sum(variances.values()) + result.fit.row_variance)
    return share


def icc_sentence(along: pd.DataFrame) -> str:
    """The frame of `icc_at` in words."""
    parts = [f"{correlation_number(float(r.icc), 3)} at {r.where}" for r in along.itertuples()]
    return f"That intraclass correlation is of the variance between them averaged over the rows; it is {listed(parts)}."
