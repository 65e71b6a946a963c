"""What the class guesses in a lecture, how guesses are weighed, and the sentences on them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from ..comparison.compare import Comparison
from ..comparison.picture import Picture
from ..text.numbers import number, percent
from .coefficient_words import headline_decimals
from .effect_phrases import held_at_zero
from .facts import facts

STEPS = 60
"""From the lowest guess to the highest."""
ROOM = 0.6
"""Share of the distance of the two slopes by which guesses may go beyond them."""


@dataclass(frozen=True)
class GuessQuestion:
    """What the class guesses: one coefficient of the mixed model.

    Parameters
    ----------
    low, high : float
        The guesses that are taken.
    ols, within, between, mixed : float
        OLS's coefficient, the two that models weigh, and the answer.
    decimals : int
        With which they are said.
    """

    low: float
    high: float
    ols: float
    within: float
    between: float
    mixed: float
    decimals: int

    @property
    def size(self) -> float:
        """How far guesses lie apart."""
        return (self.high - self.low) / STEPS

    @property
    def places(self) -> list[float]:
        """The guesses that can be made, in order."""
        return [self.low + k * self.size for k in range(STEPS + 1)]

    def weight(self, guess: float) -> float:
        """The weight on the comparison within groups that a guess amounts to."""
        return (guess - self.between) / (self.within - self.between)

    def verdict(self, guess: float) -> str:
        """What a guess amounts to, beside the answer."""
        mine, answer = (number(v, decimals=self.decimals) for v in (guess, self.mixed))
        return (
            f"You guessed **{mine}**, which puts {percent(self.weight(guess))} of the weight on the comparison within groups. The "
            f"mixed model says **{answer}**: {percent(self.weight(self.mixed))}."
        )


def guess_question(comparison: Comparison, picture: Picture, term: str) -> GuessQuestion | None:
    """What there is to guess: the slope of one line for all, of which the models have two to weigh, and do not agree on it."""
    if term == comparison.constant or not picture.draws_slope(term) or held_at_zero(comparison, term):
        return None
    known = facts(comparison, term)
    if not known.two_slopes or known.within is None or known.between is None:
        return None
    decimals = headline_decimals(comparison, term)
    ols, mixed = float(comparison.ols.params[term]), float(comparison.one_factor.params[term])
    within, between = known.within.value, known.between.value
    if round(ols, decimals) == round(mixed, decimals):
        return None
    ends = [within, between, ols, mixed]
    reach = ROOM * (max(ends) - min(ends))
    return GuessQuestion(min(ends) - reach, max(ends) + reach, ols, within, between, mixed, decimals)


def guesses_sentence(asked: GuessQuestion, guesses: Array, revealed: bool) -> str:
    """What the class guesses; with the answer, once it is shown."""
    if not len(guesses):
        return "Nobody has guessed yet."
    middle = number(float(np.median(guesses)), decimals=asked.decimals)
    text = f"{len(guesses):,} guesses, half of them above {middle}" if len(guesses) > 1 else f"One guess, {middle}"
    if not revealed:
        return f"{text}."
    answer = number(asked.mixed, decimals=asked.decimals)
    weight, of_class = percent(asked.weight(asked.mixed)), percent(asked.weight(float(np.median(guesses))))
    return (
        f"{text}. The mixed model says **{answer}**: it puts {weight} of the weight on the comparison within groups, the class "
        f"put {of_class}."
    )
