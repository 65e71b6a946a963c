"""Sentences on the true values of simulated data: beside the estimates, and what OLS must find on average."""

from __future__ import annotations

import numpy as np

from ..comparison.comparison import Comparison
from ..design.coefficients import INTERCEPT
from ..errors import DesignError
from ..simulate.design import design
from ..simulate.settings import Settings
from ..simulate.truth import contextual_effect, ols_finds, truths, weight_between
from ..text.numbers import decimals_for, number, percent, setting_text

PLUS_MINUS = "\N{NO-BREAK SPACE}±\N{NO-BREAK SPACE}"


def headline(comparison: Comparison, settings: Settings) -> str:
    """Sentences on the true value and on the estimates of OLS and the mixed model.

    Raises
    ------
    DesignError
        When the predictor happens to have one value: its slope is what the simulation is about.
    """
    if settings.x_name in comparison.ols.aliased:
        raise DesignError(
            f"“{settings.x_name}” has the same value in all rows: such data say nothing of its slope.",
            "Draw again, or let it vary more.",
        )
    term = settings.x_name if settings.x_name in comparison.ols.params else INTERCEPT
    fits = (comparison.ols, comparison.mixed)
    errors = [float(f.bse[term]) for f in fits]
    # alike in both, but no standard error as 0
    decimals = [max(decimals_for(max(errors)), decimals_for(error, 1)) for error in errors]
    words = [
        PLUS_MINUS.join(number(float(v[term]), decimals=shown) for v in (fit.params, fit.bse))
        for fit, shown in zip(fits, decimals, strict=True)
    ]
    truth = truths(settings).set_index("term")["truth"].get(term, np.nan)
    where = {"both": " within groups", "between": " between groups"} if contextual_effect(settings) else {}
    what = "mean" if term == INTERCEPT else f"slope{where.get(settings.where, '')}"
    return f"The true {what} is {setting_text(truth)}. OLS says {words[0]}, the mixed model {words[1]}."


def ols_expectation_sentence(settings: Settings) -> str:
    """What OLS has to find on average in this design, where that is not the slope within groups; else empty."""
    context = contextual_effect(settings)
    if not context or settings.leaves_by_outcome:
        return ""
    if settings.where == "between":
        return (
            f"All else equal a unit of x does {setting_text(settings.slope)}, but groups with a higher x differ in other ways too: "
            f"no model can see through that, and the slope between groups is {setting_text(settings.slope + context)}."
        )
    drawn = design(settings)
    within, between = setting_text(settings.slope), setting_text(settings.slope + context)
    return (
        f"The slope is {within} within groups and {between} between them. {percent(float(weight_between(drawn)[0]))} of the "
        f"variation of x lies between groups, so OLS finds {number(float(ols_finds(settings, drawn)[0]))} on average; what "
        f"compares rows within groups alone, as dummies and within–between do, finds {within}."
    )
