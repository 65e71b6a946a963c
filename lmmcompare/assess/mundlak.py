"""Mundlak's test of the slopes within groups against those between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import fdtrc

from ..arrays import Array
from ..comparison.comparison import Comparison
from ..errors import DesignError
from ..fit.linear import ols
from ..inference.robust import cluster_robust
from ..model_catalogue import Model
from ..models import MixedResult
from ..text.english import listed
from ..text.labels import an, noun, plural
from ..text.numbers import number
from .between_degrees import between_degrees
from .hypotheses import Ddf, hypothesis
from .missing_rows import chance_of_levels, differs_by_missing_rows, differs_by_rows_alone
from .model_test import ModelTest, verdict
from .outcome_means import refuse_equal_outcome_means

METHODS: dict[Ddf, str] = {
    "satterthwaite": "Satterthwaite’s degrees of freedom",
    "kenward-roger": "Kenward and Roger’s standard errors and degrees of freedom",
}


def mundlak(comparison: Comparison, *, robust: bool = False, ddf: Ddf = "satterthwaite") -> ModelTest:
    """Mundlak's test that the coefficients of the group means are 0, beside the predictors themselves.

    Mundlak (1978), On the pooling of time series and cross section data, Econometrica 46. A Wald test as F, by Satterthwaite's method
    or by Kenward and Roger's. Means that differ only by which rows a group has hold no slope between groups: they
    stay in the model, and are tested where there are no others (`differs_by_rows_alone`).

    Parameters
    ----------
    robust : bool
        With the pooled regression on predictors and group means and its cluster-robust covariance (CR2) in the place of the
        within-between model's; Satterthwaite's df for one mean, an approximate Hotelling test for several.
    ddf : {"satterthwaite", "kenward-roger"}
        The method of the test that is not robust.

    Raises
    ------
    DesignError
        Where there is no within-between model, with the reason; and where the means differ by which levels of another factor a group
        met, no more than by chance, for this test knows nothing of those levels.
    """
    fit = comparison.fits.get(Model.WITHIN_BETWEEN)
    if not isinstance(fit, MixedResult):
        raise DesignError(
            "Mundlak’s test needs the within-between model.", comparison.absent.get(Model.WITHIN_BETWEEN, "")
        )
    refuse_equal_outcome_means(comparison)
    tested, alone = means_to_compare(comparison, fit)
    rows = np.eye(len(fit.names))[[len(fit.names) - len(fit.means_of) + fit.means_of.index(k) for k in tested]]
    test = (
        _robust_test(comparison, fit, rows) if robust else _model_test(comparison, fit, rows, ddf, asks_all=not alone)
    )
    words = _words(comparison, fit, tested, alone, test.q)
    return ModelTest(
        "Mundlak test" + (", cluster-robust" if robust else ""),
        words.question,
        test.statistic,
        f"F with {test.q} and {number(test.df)} df",
        test.q,
        test.p,
        verdict(test.p, words.differ, words.same),
        f"{words.note} {test.note}".strip(),
    )


@dataclass(frozen=True)
class _FTest:
    """An F test on ``q`` and ``df`` degrees of freedom, and how it was made, a note."""

    statistic: float
    q: int
    df: float
    p: float
    note: str


def _robust_test(comparison: Comparison, fit: MixedResult, rows: Array) -> _FTest:
    """By the pooled regression and its cluster-robust covariance, of the coefficients that ``rows`` (q, p) choose."""
    groups = plural(comparison.group)
    sandwich = cluster_robust(fit.moments, fit.columns, "CR2")
    if sandwich.rests_on_one(rows).any():
        raise DesignError(
            f"Without one {noun(comparison.group)} the slope between {groups} cannot be estimated, and "
            "cluster-robust errors would take it for known."
        )
    result = sandwich.wald(rows, ols(fit.moments, fit.columns).beta)
    if not result.den_df > 0:
        raise DesignError(
            f"{fit.moments.n_groups} {groups} tell too little for a cluster-robust test of {len(rows)} group means at once."
        )
    note = (
        f"Errors within {an(comparison.group)} may be correlated in any way: standard errors are cluster-robust (CR2)."
    )
    q = int(result.num_df)
    if q > 1:
        note += (
            f" Of several means at once by Pustejovsky and Tipton’s approximate Hotelling test (HTZ), which allows for their "
            f"covariance being estimated from {fit.moments.n_groups:,} {groups}."
        )
    return _FTest(result.statistic, q, result.den_df, result.p, note)


def _model_test(comparison: Comparison, fit: MixedResult, rows: Array, ddf: Ddf, *, asks_all: bool) -> _FTest:
    """By the within-between model, of the coefficients that ``rows`` (q, p) choose; ``asks_all`` where no mean is passed over."""
    found = hypothesis(fit, rows, ddf)
    statistic, q, df, p = float(found["F"]), int(found["num_df"]), float(found["den_df"]), float(found["p"])
    if ddf == "satterthwaite" and (most := between_degrees(fit)) is not None and df > most:
        note = (
            "Errors are independent and of one variance within groups, as the model says. Its variance between "
            f"{plural(comparison.group)} is estimated as 0 (a singular fit), which Satterthwaite’s method would count as known: the "
            f"degrees of freedom are those that {fit.moments.n_groups:,} {plural(comparison.group)} leave, as nlme counts them."
        )
        return _FTest(statistic, q, most, float(fdtrc(q, most, statistic)), note)
    note = f"Errors are independent and of one variance within groups, as the model says; {METHODS[ddf]}." + (
        " It asks what Hausman’s test asks, and never meets a negative variance." if asks_all else ""
    )
    return _FTest(statistic, q, df, p, note)


@dataclass(frozen=True)
class _Words:
    """What is asked, the two answers, and what must be said of the question, a note."""

    question: str
    differ: str
    same: str
    note: str = ""


def _words(comparison: Comparison, fit: MixedResult, tested: list[int], alone: list[int], q: int) -> _Words:
    """The question, by what the means that are tested can tell; ``alone`` are those that differ by a group's rows only."""
    groups, of = plural(comparison.group), ""
    if q < len(comparison.design.fixed):  # others vary at one level only, or have their means in the formula
        shared = dict(fit.shared_means)  # of a mean that makes up others' too, the test is of these as well
        of = f" of {listed(_labels(comparison, [*dict.fromkeys(k for t in tested for k in (t, *shared.get(t, ())))]))}"
    same = f"No clear sign that the slopes{of} within and between {groups} differ"
    if alone == tested and all(differs_by_missing_rows(comparison, k) for k in tested):
        return _Words(
            "Does the outcome go with which rows are missing?",
            "The outcome goes with which rows are missing, for which OLS does not allow",
            "No clear sign that the outcome goes with which rows are missing",
            f"The means{of} differ between {groups} only since rows are missing.",
        )
    if alone == tested:
        which = f"which rows {an(comparison.group)} has"
        return _Words(
            f"Does the outcome go with {which}?",
            f"The outcome goes with {which}, for which OLS does not allow",
            f"No clear sign that the outcome goes with {which}",
            f"The means{of} differ between {groups} by which rows these have, no more than chance makes them.",
        )
    note = f"It asks nothing more, as {rows_alone_phrase(comparison, alone)}." if alone else ""
    if q > 1:
        return _Words(
            f"Are the slopes{of} within {groups} the slopes between them?",
            f"At least one predictor’s slopes within and between {groups} seem to differ; a random intercept then mixes two slopes",
            same,
            note,
        )
    return _Words(
        f"Is the slope{of} within {groups} the slope between them?",
        f"The slopes{of} within and between {groups} seem to differ; a random intercept then mixes two different slopes",
        same,
        note,
    )


def means_to_compare(comparison: Comparison, fit: MixedResult) -> tuple[list[int], list[int]]:
    """The columns whose means are tested, and those whose means differ only by which rows a group has.

    The latter are tested where there are no others.

    Raises
    ------
    DesignError
        Where all differ by which levels of another factor a group met.
    """
    alone = [k for k in fit.means_of if differs_by_rows_alone(comparison, k)]
    if len(alone) < len(fit.means_of):
        return [k for k in fit.means_of if k not in alone], alone
    if reason := chance_of_levels(comparison, alone):
        raise DesignError(reason)
    return alone, alone


def rows_alone_phrase(comparison: Comparison, columns: list[int]) -> str:
    """That means differ only by which rows a group has."""
    return f"the means of {listed(_labels(comparison, columns))} differ between {plural(comparison.group)} only by which rows these have"


def _labels(comparison: Comparison, columns: list[int]) -> list[str]:
    return [comparison.design.coefficient(k).label for k in columns]
