"""The true values of simulated data, named like the coefficients of the models that are fitted to them."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from ..arrays import Array
from .design import Design, design
from .predictor import mean_sd
from .settings import Settings


def contextual_effect(settings: Settings) -> float:
    """What a unit of the predictor's group mean adds to the slope: the slope between groups less the one within.

    The regression of the random intercept on the group mean, rho_mean tau0 / SD of the group means.
    """
    sd = mean_sd(settings)
    return settings.rho_mean * settings.tau0 / sd if sd > 0 else 0.0


def intercept_between(settings: Settings) -> float:
    """The intercept that goes with the slope between groups: the mean of groups whose mean of the predictor is 0."""
    return settings.intercept - contextual_effect(settings) * _group_mean(settings)


def _group_mean(settings: Settings) -> float:
    """What the predictor's group means are on average, over all data that the settings could give."""
    if settings.predictor == "continuous":
        return settings.x_mean
    if settings.where == "both":
        return settings.share
    drawn = design(settings)  # the share of the groups that have a 1 is fixed
    return float((np.bincount(drawn.codes, drawn.x[0]) / drawn.sizes).mean())


def truths(settings: Settings) -> pd.DataFrame:
    """The true values: ``term, truth, words``.

    Terms are the names of the coefficients in a comparison where they have one: "Intercept" (beside the slope between groups, where
    that is all there is, the mean where the predictor is 0), the predictor (its slope within groups, or its only one), "x_mean" (the
    contextual effect, what within-between finds); then "between" (the slope between groups), "tau0", "tau1", "rho" (where intercepts
    vary), "sigma", "tau0_given_x" (of intercepts among groups with the same mean of the predictor, what within-between finds) and "icc"
    (at x = 0). Where any two residuals of a group correlate alike by r, what
    they share counts as the groups': no data tell it from random intercepts, whose variance then is tau0^2 + r sigma^2, with
    (1 - r) sigma^2 left within groups; unless that is below 0, which no random intercept can have.
    """
    s, context = settings, contextual_effect(settings)
    shared = s.exchangeable * s.sigma**2
    if s.tau0**2 * (1 - s.rho_mean**2) + shared < 0:
        shared = 0.0
    tau0, sigma = math.sqrt(s.tau0**2 + shared), math.sqrt(s.sigma**2 - shared)
    between = s.has_slope and s.where == "between" and bool(context)
    at_zero = intercept_between(s) if between else s.intercept
    rows: list[tuple[str, float, str]] = [("Intercept", at_zero, "intercept")]
    if between:
        rows += [
            ("causal", s.slope, "slope, all else equal"),
            (s.x_name, s.slope + context, "slope between groups"),
        ]
    elif s.has_slope:
        rows.append((s.x_name, s.slope, "slope within groups" if context else "slope"))
    if s.where == "both" or (s.where == "within" and s.group_sizes.std() > 0):  # where group means may differ
        rows.append((f"{s.x_name}_mean", context, "contextual effect: slope between less slope within"))
    if s.where == "both":
        rows.append(("between", s.slope + context, "slope between groups"))
    rows.append(("tau0", tau0, "SD of the intercepts"))
    if context:
        rows.append(
            (
                "tau0_given_x",
                math.sqrt(s.tau0**2 * (1 - s.rho_mean**2) + shared),
                "SD of the intercepts at the same group mean",
            )
        )
    if s.tau1 > 0:
        rows.append(("tau1", s.tau1, "SD of the slopes"))
        if tau0 > 0:  # what does not vary correlates with nothing
            rho = min(max(s.rho * s.tau0 / tau0, -1.0), 1.0) if shared else s.rho
            rows.append(("rho", rho, "correlation of intercepts and slopes"))
    rows.append(("sigma", sigma, "residual SD"))
    rows.append(("icc", (s.tau0**2 + s.exchangeable * s.sigma**2) / (s.tau0**2 + s.sigma**2), "intraclass correlation"))
    return pd.DataFrame(rows, columns=["term", "truth", "words"])


def weight_between(design: Design) -> Array:
    """Share of the predictor's variation that lies between groups, (R,): the weight of the slope between in OLS."""
    sizes, x = design.sizes, design.x
    starts = np.cumsum(sizes) - sizes
    means = np.add.reduceat(x, starts, axis=1) / sizes
    middle = x.mean(axis=1, keepdims=True)
    total = ((x - middle) ** 2).sum(axis=1)
    between = (sizes * (means - middle) ** 2).sum(axis=1)
    return np.divide(between, total, out=np.zeros(len(x)), where=total > 0)


def ols_finds(settings: Settings, design: Design) -> Array:
    """The slope that OLS has on average over outcomes of this design, (R,): within and between slope, weighted.

    As E(b | x) = slope + contextual effect x weight, for then the group means are what the intercepts depend on.
    """
    return settings.slope + contextual_effect(settings) * weight_between(design)


def true_line(settings: Settings, x: Array) -> Array:
    """The outcome of a group with ordinary intercept and slope, at these values of the predictor."""
    return settings.intercept + (settings.slope if settings.has_slope else 0.0) * x


def true_group_lines(settings: Settings, effects: Array, groups: Array, x: Array) -> Array:
    """The expected outcome at x of these groups, (n,), all else as it is in each.

    Parameters
    ----------
    effects : (2, J) array
        Of one replicate.
    groups : (n,) array
        The group that each x is of, from 0.
    x : (n,) array
    """
    return true_line(settings, x) + effects[0, groups] + (effects[1, groups] * x if settings.has_slope else 0.0)
