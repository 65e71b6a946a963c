"""What the class guesses in a lecture, how guesses are weighed, and the sentences on them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from ..comparison.comparison import Comparison
from ..comparison.picture import Picture
from ..model_catalogue import Model
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
        OLS's coefficient, the two that the random intercept weighs, and the answer.
    decimals : int
        With which they are said.
    through : float
        What of the answer comes through the other predictors, beside the weighted mean of the two.
    weighs : bool
        Whether the answer is such a mean: a random slope weighs every group by itself, and so do several grouping factors.
    """

    low: float
    high: float
    ols: float
    within: float
    between: float
    mixed: float
    decimals: int
    through: float = 0.0
    weighs: bool = True

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
        return (guess - self.through - self.between) / (self.within - self.between)

    def verdict(self, guess: float | None) -> str:
        """What a guess amounts to, beside the answer; the answer alone where there is none."""
        answer = number(self.mixed, decimals=self.decimals)
        says = f"The mixed model says **{answer}**{self.which(self.mixed)}"
        if guess is None:
            return f"{says}."
        return f"You guessed **{number(guess, decimals=self.decimals)}**{self.which(guess)}. {says}."

    def which(self, guess: float) -> str:
        """A clause on what a guess amounts to; none where the answer is no weighted mean."""
        return f", which {self.amounts_to(guess)}" if self.weighs else ""

    def amounts_to(self, guess: float) -> str:
        """What a guess says of the weights; nothing where it lies beyond both slopes."""
        weight = round(self.weight(guess), 9)  # of a guess at one of the two slopes 0 or 1, whatever arithmetic leaves
        if not 0 <= weight <= 1:
            return "lies beyond both slopes: no weight from 0% to 100% gives it"
        return f"puts {percent(weight)} of the weight on the comparison within groups"


def guess_question(comparison: Comparison, picture: Picture, term: str) -> GuessQuestion | None:
    """What there is to guess: the slope of one line for all, of which the models have two to weigh, and do not agree on it."""
    if term == comparison.constant or not picture.draws_slope(term) or held_at_zero(comparison, term):
        return None
    known = facts(comparison, term)
    if not known.two_slopes or known.within is None or known.between is None:
        return None
    decimals, part = headline_decimals(comparison, term), known.mixed
    ols, mixed = float(comparison.ols.params[term]), float(comparison.mixed.params[term])
    within, between = known.within.value, (part.between or known.between).value
    if round(ols, decimals) == round(mixed, decimals):
        return None
    ends = [within, between, ols, mixed]
    reach = ROOM * (max(ends) - min(ends))
    weighs = comparison.formula_model == Model.RANDOM_INTERCEPT
    return GuessQuestion(
        min(ends) - reach, max(ends) + reach, ols, within, between, mixed, decimals, part.through, weighs
    )


def guesses_sentence(asked: GuessQuestion, guesses: Array, revealed: bool) -> str:
    """What the class guesses; with the answer, once it is shown."""
    answer = number(asked.mixed, decimals=asked.decimals)
    says = f"The mixed model says **{answer}**"
    if asked.weighs:
        says += f": it {asked.amounts_to(asked.mixed)}"
    if not len(guesses):
        return f"Nobody guessed. {says}." if revealed else "Nobody has guessed yet."
    middle = float(np.median(guesses))
    told = number(middle, decimals=asked.decimals)
    text = f"{len(guesses):,} guesses, the middle one (median) {told}" if len(guesses) > 1 else f"One guess, {told}"
    if not revealed:
        return f"{text}."
    return f"{text}{asked.which(middle)}. {says}."
