"""The figures of a lecture: one a step, and the histogram of what the class guesses."""

from __future__ import annotations

from dataclasses import replace

import plotly.graph_objects as go

from ..arrays import Array
from ..comparison.comparison import Comparison
from ..comparison.picture import Picture
from ..explain.dial import Dial
from ..explain.effect_phrases import noun_of
from ..explain.lecture import Step
from ..explain.lecture_guess import STEPS, GuessQuestion, guesses_sentence
from ..figures.guesses import GUESS, Turns, guess_line, histogram
from ..model_catalogue import Model
from ..simulate.settings import Settings
from ..tables.coefficients import term_label
from .dial import dial
from .lines import lines
from .panel import FigureBlock, Page, Panel
from .picture_axes import picture_axes
from .slope_weights import weights

AFTER_GUESS = ("mixed", "why")
"""The kinds of steps that show the truth of simulated data: before them it would tell what is to be guessed."""


def step_panel(
    comparison: Comparison,
    picture: Picture,
    term: str,
    step: Step,
    result: Dial | None,
    settings: Settings | None,
) -> Panel:
    """Draw one step of a lecture.

    Parameters
    ----------
    step : Step
        One of `explain.lecture.steps`.
    result : Dial, optional
        Of a step that turns it.
    """
    if step.kind == "dial" and result is not None:
        panel = dial(comparison, picture, term, result, step=step.dial_step)
    else:
        if step.kind not in AFTER_GUESS:
            picture = replace(picture, lines=picture.lines[picture.lines["model"] != Model.TRUTH])
        panel = lines(comparison, picture, term, step.models, highlight=step.group, settings=settings)
    blocks = tuple(panel.figures)
    bars = weights(comparison, term) if step.kind == "why" else None
    return replace(
        panel, key="lecture", title="", lead=step.sentence, blocks=(*blocks, *(bars.figures if bars else ()))
    )


def guess_panel(
    comparison: Comparison,
    picture: Picture,
    term: str,
    asked: GuessQuestion,
    guess: float | None,
    *,
    revealed: bool,
) -> Panel:
    """Draw the line that a reader turns to a guess, through the middle of the data, beside OLS's; and the answer, once it is shown."""
    slopes = _answers(comparison, asked, revealed=revealed) | ({} if guess is None else {GUESS: guess})

    def draw(page: Page) -> go.Figure:
        middle = float(picture.points["x"].mean()), float(picture.points["y"].mean())
        return guess_line(
            picture.points,
            middle,
            slopes,
            picture_axes(comparison, picture),
            None if revealed else Turns(asked.low, asked.size, STEPS, asked.decimals),
            look=page.look(),
        )

    return Panel("guess", "", "", (FigureBlock("guess", draw, (term, guess, revealed)),))


def _answers(comparison: Comparison, asked: GuessQuestion, *, revealed: bool) -> dict[str, float]:
    """What OLS says, and once it may be told what the formula's model says."""
    ols: dict[str, float] = {Model.OLS: asked.ols}
    return ols | {comparison.formula_model: asked.mixed} if revealed else ols


def guesses_panel(comparison: Comparison, term: str, asked: GuessQuestion, guesses: Array, *, revealed: bool) -> Panel:
    """Draw what the class guesses, with the answer once it is shown."""

    def draw(page: Page) -> go.Figure:
        return histogram(
            guesses,
            (asked.low, asked.high),
            _answers(comparison, asked, revealed=revealed),
            x_label=f"{noun_of(comparison, term)} of {term_label(comparison, term)}",
            decimals=asked.decimals,
            look=page.look(),
        )

    figure = FigureBlock("guesses", draw, None)
    return Panel("guesses", "", guesses_sentence(asked, guesses, revealed), (figure,))
