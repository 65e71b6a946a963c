"""Shares of variance, and the effect of grouping on sample sizes: ICC, R2, design effects, effective sample sizes.

All from the group moments: the variance of the fixed part and the mean of ``z'Sigma z`` over the rows need only the columns'
overall means and covariances.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..arrays import Array
from ..design.categories import level_text
from ..design.coefficients import CONSTANT, Coefficient
from ..design.predictors import Predictor
from ..fit.bases import basis, cross, cross_total, overall
from ..formula.spec import columns_of
from ..models import MixedResult
from ..text.english import listed
from ..text.labels import plural
from ..text.numbers import correlation_number, decimals_for, exact, number, percent

MEAN = "mean of the outcome"
"""Stands for the mean among the coefficients."""


@dataclass(frozen=True)
class Shares:
    """The outcome's variance in parts, and the shares that people report.

    Parameters
    ----------
    fixed : float
        Variance of the fixed part's fitted values over the rows.
    random : dict
        Grouping factor to the mean over the rows of its ``z'Sigma z``; a random intercept's variance where it stands alone.
    residual : float
    """

    fixed: float
    random: dict[str, float]
    residual: float

    @property
    def between(self) -> float:
        """The variance of all grouping factors together."""
        return sum(self.random.values())

    @property
    def icc(self) -> dict[str, float]:
        """Each factor's share of what the fixed part leaves (adjusted), as `MixedResult.icc` defines it."""
        return {factor: value / (self.between + self.residual) for factor, value in self.random.items()}

    @property
    def r2_marginal(self) -> float:
        """Share of the fixed part."""
        return self.fixed / self.total

    @property
    def r2_conditional(self) -> float:
        """Share of the fixed part and the grouping factors."""
        return (self.fixed + self.between) / self.total

    @property
    def total(self) -> float:
        """The variance of all parts."""
        return self.fixed + self.between + self.residual

    def table(self) -> pd.DataFrame:
        """The parts as a frame: ``part, variance, share``."""
        parts = {"fixed part": self.fixed, **self.random, "residual": self.residual}
        frame = pd.DataFrame({"part": list(parts), "variance": list(parts.values())})
        return frame.assign(share=frame["variance"] / self.total)

    def sentence(self, by: str = "") -> str:
        """The shares in words; where another model has shares of its own, ``by`` which they are: "By the random-intercept model, "."""
        the, of = ("the", "of") if by else ("The", "Of")
        lies = " and ".join(
            f"{percent(share)} lies between {plural(factor)} (intraclass correlation, ICC: {correlation_number(share)})"
            for factor, share in self.icc.items()
        )
        if self.fixed == 0:
            return (
                f"There are no predictors. {by}{of} the variance, {lies}; with groups known {percent(self.r2_conditional)} is explained "
                "(conditional R²)."
            )
        return (
            f"{by}{the} predictors carry {percent(self.r2_marginal)} of the variance (marginal R²), predictors and groups together "
            f"{percent(self.r2_conditional)} (conditional R²). Of what the predictors leave, {lies}."
        )


def shares(result: MixedResult) -> Shares:
    """Variance of the fixed part, of each grouping factor and of the residuals.

    Nakagawa, Johnson and Schielzeth (2017), J. R. Soc. Interface 14, eqs 2.5-2.8; random slopes by the mean of ``z'Sigma z``
    over the rows (Johnson 2014, Methods Ecol. Evol. 5, eq. 11). The fixed part's variance has divisor n - 1, as in R's
    performance. With prior weights the rows count by them, and the residual variance is that of a row of average
    weight, so that no share depends on their unit (performance takes a row of weight 1).
    """
    _, spread = overall(result.moments, result.columns)
    fixed = float(result.fit.beta @ spread @ result.fit.beta) / (result.moments.n_rows - 1)
    return Shares(fixed, result.random_variances, result.fit.row_variance)


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


def predictor_icc(result: MixedResult) -> pd.DataFrame:
    """ICC of each predictor over each grouping factor's levels, by one-way analysis of variance: ``factor, term, icc``.

    ``(MSB - MSW) / (MSB + (n0 - 1) MSW)``, n0 the mean group size corrected for its spread (Donner 1986, Int. Stat. Rev. 54,
    section 2.1). 1 for a predictor that is constant within groups, below 0 for one that is spread alike in all of them.
    """
    columns = [k for k in result.design.fixed if k in result.columns]
    parts = []
    for grouping, moments in zip(result.groupings, result.crossing.factors, strict=True):
        n, rows, groups = moments.w, moments.n_rows, moments.n_groups
        size = (rows - (n**2).sum() / rows) / (groups - 1)
        between = np.diag(moments.between_total)[columns] / (groups - 1)
        within = np.diag(moments.within_total)[columns] / (rows - groups)
        icc = (between - within) / (between + (size - 1) * within)
        names = [result.design.names[k] for k in columns]
        parts.append(pd.DataFrame({"factor": grouping.name, "term": names, "icc": icc}))
    return pd.concat(parts, ignore_index=True)


def design_effects(result: MixedResult) -> pd.DataFrame:
    """What the grouping does to the precision of the outcome's mean and of each coefficient, a row each.

    The design effect is a coefficient's variance over what it would be, were the rows independent with the same total
    variance; the effective sample size is the number of such rows that would do as well. Under the model's covariance V these
    are exact for any grouping. ``_ols`` is for least squares, ``X'VX`` in the middle: for a mean Kish's ``1 + (m - 1) rho``
    (Kish 1965, Survey Sampling, section 5.4), for a slope Moulton's. The other is for the mixed model's own estimate, below 1
    where it gains from comparing rows of one group. With prior weights the independent rows have the same weights, and the total
    variance is that of a row of average weight.

    Returns
    -------
    DataFrame
        ``term, design_effect, effective_n, design_effect_ols, effective_n_ols``; the mean, at the predictors' means, comes
        first where there is an intercept.
    """
    moments = result.moments
    fixed, parts = basis(moments, result.columns), shares(result)
    gram = cross_total(moments, fixed)
    residual = result.fit.row_variance
    independent, middle = np.linalg.inv(gram), residual * gram
    for factor, own in zip(result.factors, result.crossing.factors, strict=True):
        covariance = result.cov_re[factor].to_numpy()
        z, x = basis(own, result.columns_of(factor), centred=False), basis(own, result.columns)
        turned = np.linalg.solve(z.to_units, np.linalg.solve(z.to_units, covariance).T)
        product = cross(own, z, x)
        middle = middle + np.einsum("apj,ab,bqj->pq", product, turned, product, optimize=True)
    terms, rows = list(result.names), np.eye(len(result.names))
    if CONSTANT in result.columns:
        terms, rows = [MEAN, *terms], np.vstack([overall(moments, result.columns)[0], rows])
    along = rows @ fixed.to_units
    plain = (parts.between + residual) * np.einsum("ta,ab,tb->t", along, independent, along)
    half = along @ independent
    least = np.einsum("ta,ab,tb->t", half, middle, half) / plain
    ours = np.einsum("ta,ab,tb->t", rows, result.fit.vcov, rows) / plain
    return pd.DataFrame(
        {
            "term": terms,
            "design_effect": ours,
            "effective_n": result.nobs / ours,
            "design_effect_ols": least,
            "effective_n_ols": result.nobs / least,
        }
    )
