"""What the sentences about a coefficient share: its decimals, its names, whether two models agree on it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..comparison.comparison import Comparison
from ..model_catalogue import Model
from ..models import MixedResult
from ..text.labels import an, literal, noun, plural
from ..text.numbers import decimals_for, number
from .amount_phrases import rounds_to_zero
from .effect_phrases import OTHER_PREDICTORS, held_at_zero, noun_of, others_phrase
from .facts import Slope, facts
from .inference_rows import slopes_apart
from .weighting_sentences import random_slope_weighs_clause

AGREE = 0.02
"""Two estimates closer than this share of the smaller standard error are called the same."""


def headline_decimals(comparison: Comparison, term: str) -> int:
    """Decimals of a coefficient in the headline, and wherever it is said beside others."""
    return decimals_for(min(float(comparison.ols.bse[term]), float(comparison.one_factor.bse[term])))


def models_agree(comparison: Comparison, term: str, mixed: MixedResult | None = None) -> bool:
    """Whether OLS and the mixed model say the same, in the digits shown or nearly so."""
    mixed = mixed or comparison.one_factor
    a, b = float(comparison.ols.params[term]), float(mixed.params[term])
    smaller = min(float(comparison.ols.bse[term]), float(mixed.bse[term]))
    decimals = headline_decimals(comparison, term)
    close = abs(a - b) <= max(AGREE * smaller, 1e-9 * abs(a))
    return close or number(a, decimals=decimals) == number(b, decimals=decimals)


class Words:
    """What every sentence about a coefficient needs: its facts, its names, its decimals, and the p value of its two slopes' difference.

    With a frame, as `Comparison.coefficients` gives it, that p value is of the inference chosen.
    """

    def __init__(self, comparison: Comparison, term: str, frame: pd.DataFrame | None = None) -> None:
        self.comparison, self.term, self.frame = comparison, term, frame
        self.facts = facts(comparison, term)
        apart = slopes_apart(comparison, term, frame)
        self.contrast_p = apart.p if apart is not None else float("nan")
        self.decimals = headline_decimals(comparison, term)
        self.noun = noun_of(comparison, term)
        self.nouns = "values" if self.noun == "coefficient" else f"{self.noun}s"
        self.name = f"**{literal(comparison.coefficient(term).label)}**"
        self.a_group, self.one = literal(an(comparison.group)), literal(noun(comparison.group))
        self.groups = literal(plural(comparison.group))
        held = held_at_zero(comparison, term)
        self.where = f" (where {literal(' and '.join(held))})" if held else ""

    def value(self, value: float) -> str:
        """A number with the headline's decimals."""
        return number(value, decimals=self.decimals)

    def slope(self, slope: Slope) -> str:
        """A slope with its interval, with no more decimals than its own error deserves."""
        decimals = min(self.decimals, decimals_for(slope.se, 3)) if slope.se > 0 else self.decimals
        text = number(slope.value, decimals=decimals)
        low, high = (number(end, decimals=decimals) for end in slope.interval)
        return f"{text} (95% interval {low} to {high})" if np.isfinite(slope.interval[0]) else text

    def with_interval(self, slope: Slope) -> str:
        """A slope with its interval, as the numbers to report have it."""
        decimals = max(self.decimals, decimals_for(slope.se))
        value, low, high = (number(v, decimals=decimals) for v in (slope.value, *slope.interval))
        if np.isinf(slope.interval[0]):
            return f"{value} (no 95% interval: too few degrees of freedom)"
        return f"{value} ({low} to {high})"

    def through(self) -> str:
        """What comes through the other predictors, where that is not nothing."""
        parts = (self.facts.ols.through, self.facts.mixed.through)
        if all(rounds_to_zero(part, self.decimals) for part in parts):
            return ""
        a, b = (self.value(part) for part in parts)
        amount = f"{a} of both" if a == b else f"{a} of OLS's and {b} of the random intercept's"
        others = others_phrase(self.comparison, self.term)
        nouns = "slopes" if others == OTHER_PREDICTORS else self.nouns
        return (
            f" A further part comes through {literal(others)}, whose {nouns} within and between {self.groups} are not the same either: "
            f"{amount}."
        )

    def own(self) -> str:
        """What a random slope makes of it."""
        if self.comparison.one_factor_model != Model.RANDOM_SLOPE:
            return ""
        value = self.value(float(self.comparison.one_factor.params[self.term]))
        if value == self.value(float(self.comparison.random_intercept.params[self.term])):
            return ""
        return f" The {random_slope_weighs_clause(self.comparison)}, which makes it {value}."
