"""Likelihood ratio tests of nested models, with the boundary of the variances taken into account."""

from __future__ import annotations

import numpy as np
from scipy.special import chdtrc

from ..errors import DesignError
from ..fit.criterion import solve
from ..models import MixedResult, OLSResult
from ..text.numbers import p_value
from .model_test import LEVEL, ModelTest, verdict
from .nested_models import (
    Nested,
    added_fixed,
    added_random,
    adds_undefined_correlation,
    min_added_parameters,
    no_likelihood,
)

ZERO = 1e-6
"""A likelihood ratio below this is 0: both fits stop within rounding of the same value."""


def likelihood_ratio(small: Nested, big: Nested) -> ModelTest:
    """Likelihood ratio test of ``small`` within ``big``.

    By REML where the fixed parts are the same and both fits are by REML (or OLS), else by ML, by which models are refitted as needed.

    A variance of 0 lies on the boundary. Where one random coefficient is added, with its d - 1 covariances and fixed
    coefficients, the statistic is a 50:50 mixture of chi-squares with d - 1 and d df (Self and Liang 1987, J. Am. Stat.
    Assoc. 82, case 5; Stram and Lee 1994, Biometrics 50). Where several are added the weights depend on the data, but that
    mixture is an upper bound of the p value: the parameters then lie in a cone within a half-space, for which it is exact. The
    cone holds the half-space of one of them alone, whose mixture is a lower bound.

    Raises
    ------
    DesignError
        With the reason, where ``small`` is not a special case of ``big``, the rows differ, or a likelihood has no maximum.
    """
    fixed, named, same = added_fixed(small, big)
    random, variances, covariances = added_random(small, big)
    restricted = same and all(isinstance(fit, OLSResult) or fit.reml for fit in (small, big))
    df = fixed + variances + covariances
    if not df:
        raise DesignError("The two models are the same.", "Give a model and a special case of it.")
    for fit in (small, big):
        if problem := no_likelihood(fit if restricted or not isinstance(fit, MixedResult) else fit.by_ml):
            raise DesignError(
                f"The model {fit.formula} has no likelihood to compare. {problem}", "A simpler random part may help."
            )
    statistic = float(2 * (_loglik(big, small, restricted) - _loglik(small, big, restricted)))
    notes = [_method_note(small, big, restricted=restricted, same_fixed=same)]
    if statistic < -ZERO:
        notes.append("The larger model’s likelihood is the lower one: one of the two fits has not converged.")
    statistic = 0.0 if statistic < ZERO else statistic
    naive = float(chdtrc(df, statistic))
    p, distribution = naive, f"χ² with {df} df"
    if variances:
        p, distribution = mixture(statistic, df), f"50:50 mixture of χ² with {df - 1} and {df} df"
        notes.append(f"A variance cannot be negative; the naive χ² with {df} df would give {p_value(naive)}.")
    least = p
    if variances > 1:
        least = mixture(statistic, fixed + min_added_parameters(small, big))
        notes.append(
            f"With {variances} variances added the mixture gives an upper bound of the p value; that of one of them alone, "
            f"{p_value(least)}, is a lower bound."
        )
    notes += _validity_notes(small, big, fixed=bool(fixed), only_covariances=bool(covariances and not variances))
    added = " and ".join([*named, *random])
    return ModelTest(
        "Likelihood ratio test",
        f"Do the data call for {added}?",
        statistic,
        distribution,
        df,
        p,
        _verdict(p, least, added, several=len(named) + len(random) > 1, at_most=variances > 1),
        " ".join(notes),
        naive if variances else float("nan"),
    )


def _method_note(small: Nested, big: Nested, *, restricted: bool, same_fixed: bool) -> str:
    """By which likelihood both fits are."""
    if restricted:
        return "Both by REML: the fixed parts are the same."
    if any(isinstance(fit, MixedResult) and fit.reml for fit in (small, big)):
        return "Both refitted by maximum likelihood" + ("." if same_fixed else ", as the fixed parts differ.")
    return "Both by maximum likelihood."


def _validity_notes(small: Nested, big: Nested, *, fixed: bool, only_covariances: bool) -> list[str]:
    """Where the distribution of the statistic is an approximation."""
    notes = []
    if adds_undefined_correlation(small, big):
        notes.append(
            "Where the added standard deviations are 0 their correlation means nothing, so that no χ² is exact; a parametric bootstrap "
            "is the sure way (Davies 1987)."
        )
    if only_covariances:
        notes.append("It holds where the variances themselves are not 0.")
    if fixed:
        notes.append(
            "For coefficients the χ² is right for many groups only: with few, F tests with adjusted df are better."
        )
    if isinstance(small, MixedResult) and small.singular:
        notes.append("The smaller model is on the boundary itself, so that the p value is approximate.")
    return notes


def _verdict(p: float, least: float, added: str, *, several: bool, at_most: bool) -> str:
    """What may be said of the added coefficients, the p value lying between ``least`` and ``p``.

    A test of several at once says that not all of them are 0, not that each is needed.
    """
    if least < LEVEL <= p:
        low, high = p_value(least).removeprefix("p ").removeprefix("= "), p_value(p).removeprefix("p = ")
        return f"This test does not settle whether the data call for {added} (p between {low} and {high})."
    yes = f"The data call for at least one of these: {added}" if several else f"The data call for {added}"
    return verdict(p, yes, f"The data do not call for {added}", at_most=at_most)


def mixture(statistic: float, df: int) -> float:
    """Upper tail of the 50:50 mixture of chi-squares with ``df - 1`` and ``df`` degrees of freedom; chi-square with 0 is 0."""
    lower = float(statistic <= 0) if df == 1 else float(chdtrc(df - 1, statistic))
    return 0.5 * (lower + float(chdtrc(df, statistic)))


def _loglik(fit: Nested, other: Nested, restricted: bool) -> float:
    if isinstance(fit, MixedResult):
        return fit.llf if restricted else fit.by_ml.llf
    if restricted and isinstance(other, MixedResult):  # least squares is the other model with all variances at 0
        best = other.fit.optimum.solution
        at_zero = solve(other.fit.problem, np.zeros_like(best.theta))
        return other.llf - 0.5 * (at_zero.criterion - best.criterion)
    return fit.llf
