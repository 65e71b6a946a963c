"""Two rows per group: the paired t-test on their differences beside the models of which it is a special case."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..arrays import Array
from ..comparison.compare import compare
from ..comparison.comparison import Comparison
from ..inference.t_tests import two_sided
from ..model_catalogue import Model
from ..models import Result
from ..text.labels import an, literal, noun, plural
from ..text.numbers import decimals_for, exact, multiple, number, p_value

SAME = 1e-4
"""Relative difference up to which two estimates or standard errors are said to be the same; an optimum is good to 1e-6."""
MODELS = (Model.NO_POOLING, Model.RANDOM_INTERCEPT, Model.OLS)


@dataclass(frozen=True, eq=False)
class Pairs:
    """The differences within groups of two rows, tested against 0 in four ways.

    Parameters
    ----------
    contrast : str
        The difference taken, such as ``drug: 1 minus 0``.
    by_place : bool
        Whether the two rows are distinguished by their order in the table only, because no predictor distinguishes them.
    differences : (J,) array
        One for each group, in the units of the outcome.
    tests : DataFrame
        ``estimate, se, t, df, p``, by ``paired, no_pooling, random_intercept, ols``.
    sd, root_mean_square : float
        Of the differences, about their mean (J - 1 degrees of freedom) and about 0 (J).
    sigma : float
        Residual standard deviation of the dummies model, ``sd / sqrt(2)``.
    within : float
        That of the formula's own dummies model; without a predictor that varies within groups ``root_mean_square / sqrt(2)``.
    boundary : bool
        Whether the random intercept's variance is 0.
    alone : bool
        Whether nothing but the two rows' contrast is among the predictors, so that OLS is a two-sample t-test.
    """

    contrast: str
    by_place: bool
    differences: Array
    tests: pd.DataFrame
    sd: float
    root_mean_square: float
    sigma: float
    within: float
    boundary: bool
    alone: bool

    @property
    def random_agrees(self) -> bool:
        """Whether the random intercept gives the numbers of the paired t-test."""
        both = self.tests.loc[["paired", Model.RANDOM_INTERCEPT], ["estimate", "se", "df"]].to_numpy(float)
        return bool(np.allclose(both[0], both[1], rtol=SAME, atol=SAME * float(both[0, 1])))


def paired_t_test(comparison: Comparison) -> Pairs | None:
    """The paired t-test, where every group has two rows that differ in no predictor, or in one with two levels only.

    Predictors that are constant within groups are allowed: differences within groups do not depend on them. Without one that
    varies, the second row in the table is compared with the first.

    Returns
    -------
    Pairs or None
        None where the groups are no such pairs, where rows have weights, and where only a sample of the rows is at hand.
    """
    design, moments = comparison.design, comparison.moments
    if (
        design.is_sample
        or design.weights is not None
        or not design.intercept
        or Model.NO_POOLING not in comparison.fits
    ):
        return None
    varying = [k for k in design.fixed if moments.varies_within[k]]
    if (moments.n != 2).any() or moments.n_groups < 3 or len(varying) > 1:
        return None
    rows = np.argsort(comparison.grouping.codes, kind="stable").reshape(-1, 2)
    outcome = design.columns[-1][:][rows]
    if not varying:
        frame = pd.DataFrame(
            {"y": outcome.ravel(), "g": np.repeat(np.arange(len(rows)), 2), "place": np.tile([0.0, 1.0], len(rows))}
        )
        contrast = f"the second row of each {noun(comparison.group)} minus the first, as they stand in the table"
        return _tested(
            comparison, compare("y ~ place + (1 | g)", frame, comparison.reml), "place", 1.0, contrast, outcome
        )
    values = design.columns[varying[0]][:][rows]
    low, high = values.min(), values.max()
    if not ((values == low) | (values == high)).all() or (values[:, 0] == values[:, 1]).any():
        return None
    term, swapped = design.names[varying[0]], values[:, :1] == high
    ordered = np.where(swapped, outcome[:, ::-1], outcome)
    own = comparison.coefficient(term)
    contrast = f"{own.label}: {exact(high)} minus {exact(low)}"
    if own.kind == "category":
        contrast = f"{own.label} minus {own.baseline or 'the other level'}"
    return _tested(comparison, comparison, term, float(high - low), contrast, ordered)


def _tested(
    asked: Comparison, fitted: Comparison, term: str, step: float, contrast: str, outcome: Array
) -> Pairs | None:
    """The tests of ``outcome[:, 1] - outcome[:, 0]``, and of ``step`` times the coefficient of ``term`` in each model."""
    differences = outcome[:, 1] - outcome[:, 0]
    n, mean, sd = len(differences), float(differences.mean()), float(differences.std(ddof=1))
    if sd <= 1e-12 * float(np.abs(outcome).max()):  # nothing is left to test with
        return None
    t = mean / (sd / np.sqrt(n))
    rows = {"paired": (mean, sd / np.sqrt(n), t, n - 1.0, float(two_sided(t, n - 1)))}
    rows |= {model: _test(fitted.fits[model], term, step) for model in MODELS}
    tests = pd.DataFrame.from_dict(rows, orient="index", columns=["estimate", "se", "t", "df", "p"])
    return Pairs(
        contrast,
        fitted is not asked,
        differences,
        tests,
        sd,
        float(np.sqrt((differences**2).mean())),
        fitted.no_pooling.sigma,
        asked.no_pooling.sigma,
        fitted.random_intercept.singular,
        len(fitted.design.fixed) == 1,
    )


def _test(fit: Result, term: str, step: float) -> tuple[float, float, float, float, float]:
    estimate, se, df, t, p = (float(fit.table().loc[term, c]) for c in ("estimate", "se", "df", "t", "p"))
    return step * estimate, step * se, t, df, p


def pairs_sentences(comparison: Comparison, result: Pairs) -> list[str]:
    """Sentences on how the four tests are related, from their numbers."""
    group, groups = literal(noun(comparison.group)), literal(plural(comparison.group))
    test, random, ols = (result.tests.loc[way] for way in ("paired", Model.RANDOM_INTERCEPT, Model.OLS))
    decimals = decimals_for(float(test["se"]), 4)
    sd, sigma, within, square = (
        number(v, decimals=decimals) for v in (result.sd, result.sigma, result.within, result.root_mean_square)
    )
    display = f"{number(test['estimate'], decimals=decimals)} with a standard error of {number(test['se'], decimals=decimals)}"
    place = " and the place of the row" if result.by_place else ""
    words = [
        f"The paired t-test *is* least squares with {group} dummies{place}: a dummy for each {group} leaves "
        f"nothing of it but the difference between its two rows. Both give {display} on {int(test['df'])} degrees of "
        f"freedom ({p_value(float(test['p']))}).",
        f"The {len(result.differences):,} differences have a standard deviation of **{sd}**, √2 times the residual standard deviation of "
        f"that model, {sigma}, as two rows scatter in each. Only the variance within {groups} is in it: how far the {groups} lie apart "
        "plays no part.",
    ]
    if result.by_place:
        words.append(
            f"Nothing in the formula distinguishes the two rows of {literal(an(comparison.group))}, so here it is the second minus the "
            f"first. A model without the row's place takes the differences about 0 instead of about their mean: their root mean square is "
            f"{square}, √2 times {within}, the standard deviation within {groups} in {group} dummies (a variance of "
            f"{number(result.within**2, decimals=decimals)})."
        )
    if result.random_agrees:
        words.append(
            f"The random intercept gives the same numbers: each {group} has both rows, so what sets it apart cancels, "
            "whether it is taken as fixed or as random."
        )
    elif result.boundary:
        words.append(
            f"The random intercept does not: the two rows of one {group} are less alike than rows of different {groups}, so its variance "
            f"between {groups} stops at 0 and it falls back on OLS, with a standard error of {number(random['se'], decimals=decimals)}."
        )
    elif not comparison.reml:
        words.append(
            "The random intercept’s standard error is a little smaller, as maximum likelihood does not count the coefficients that it "
            "estimates; by REML it is the same."
        )
    larger = float(ols["se"] / test["se"])
    if abs(larger - 1) > 0.02:
        words.append(
            f"A test that does not know the pairs (OLS) has a standard error {multiple(larger)} times as large: "
            + (
                f"it counts the differences between {groups} as noise."
                if larger > 1
                else f"the two rows of one {group} lie further apart than rows of different {groups} do."
            )
        )
    return words
