"""A lecture on one comparison: its steps, each a picture and one sentence, from the bare points to why the models differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from ..assess.effects_at import EffectsAt
from ..comparison.comparison import Comparison
from ..comparison.picture import Picture
from ..model_catalogue import Model
from ..text.labels import group_phrase, literal, noun, plural
from ..text.numbers import count, number
from .coefficient_words import headline_decimals
from .dial import Dial
from .effect_phrases import effect, noun_of
from .effects_at import effects_phrase, headline_at, short_reason
from .facts import facts
from .headline import headline
from .lecture_guess import guess_question
from .predictor_level import Level

FEW = 4
"""Slopes of which fewer than this are told by their ends."""
STOPS = 5
"""Stops of the dial in a lecture: both ends, the fitted ratio, and one on either side of it."""


@dataclass(frozen=True)
class Step:
    """One step.

    Parameters
    ----------
    kind : str
        "points", "ols", "one", "all", "guess", "mixed", "dial" or "why".
    sentence : str
        What to see, as Markdown.
    models : tuple of Model
        Whose lines are drawn.
    group : str, optional
        The group that stands out.
    dial_step : int, optional
        The dial's stop.
    """

    kind: str
    sentence: str
    models: tuple[Model, ...] = ()
    group: str | None = None
    dial_step: int | None = None


def steps(
    comparison: Comparison, picture: Picture, term: str, result: Dial | None, effects: EffectsAt | None = None
) -> list[Step]:
    """The steps of a lecture; those that a comparison has nothing for are left out.

    Parameters
    ----------
    result : Dial or None
        Where there is a dial to turn.
    effects : EffectsAt, optional
        Where the effect is told at each value of another predictor.
    """
    group = comparison.group
    answer = (
        headline_at(comparison, term, effects, comparison.coefficients()) if effects else headline(comparison, term)
    )
    plan = [Step("points", _points(comparison, picture))]
    decimals = headline_decimals(comparison, term)
    plan.append(Step("ols", _all_together(comparison, picture, term, decimals, effects), (Model.OLS,)))
    own = _own_slopes(picture, term)
    if len(own) > 1:
        one = _steepest_known(picture, own)
        slope = number(float(own[one]), decimals=decimals)
        alone = literal(group_phrase(group, one))
        plan.append(Step("one", f"By itself, {alone} has a slope of **{slope}**.", (Model.OLS, Model.PER_GROUP), one))
        plan.append(
            Step("all", f"{_each_alone(comparison, len(own))}: {_slopes_clause(own, decimals)}.", (Model.PER_GROUP,))
        )
    elif Model.NO_POOLING in comparison.fits and (picture.lines["model"] == Model.NO_POOLING).any():
        plan.append(Step("all", f"Each {literal(noun(group))} has a level of its own: its dummy.", (Model.NO_POOLING,)))
    if guess_question(comparison, picture, term) is not None:
        plan.append(Step("guess", "**Guess first:** where will the mixed model’s line fall?", (Model.OLS,)))
    plan.append(Step("mixed", literal(answer.title), (Model.OLS, comparison.formula_model)))
    if result is not None:
        plan += [
            Step("dial", _dial_sentence(comparison, term, result, stop), dial_step=stop)
            for stop in _stops(result, decimals)
        ]
    reason = short_reason(comparison, term, effects) if effects else answer.reason
    plan.append(Step("why", reason, (Model.OLS, comparison.formula_model)))
    return plan


def _all_together(comparison: Comparison, picture: Picture, term: str, decimals: int, effects: EffectsAt | None) -> str:
    """What OLS makes of all rows."""
    if effects is not None:
        return f"OLS takes all rows together: **{literal(effects_phrase(comparison, effects, Model.OLS))}**."
    value = float(comparison.ols.params[term])
    if term != comparison.constant:
        drawn = picture.lines.loc[picture.lines["model"] == Model.OLS, "level"]
        does = "takes all rows together" if drawn.nunique() > 1 else "draws one line for all"
        return f"OLS {does}: **{literal(effect(comparison, term, value, decimals))}**."
    text = number(value, decimals=decimals)
    if comparison.design.fixed:
        return f"OLS draws one line for all; its intercept is **{text}**."
    return f"OLS takes one mean for all: **{text}**."


def _slopes_clause(own: pd.Series, decimals: int) -> str:
    """Where the groups' own slopes lie: the quartiles, or all of them where there are too few to have a middle half."""
    few = len(own) < FEW
    ends = (own.min(), own.max()) if few else own.quantile([0.25, 0.75])
    low, high = (number(float(v), decimals=decimals) for v in ends)
    return f"{'the slopes lie' if few else 'the middle half of the slopes lies'} between **{low}** and **{high}**"


def _each_alone(comparison: Comparison, slopes: int) -> str:
    """The groups with lines of their own: all, or those whose rows give one."""
    n_groups, group, groups = (
        comparison.moments.n_groups,
        literal(noun(comparison.group)),
        literal(plural(comparison.group)),
    )
    if slopes == n_groups:
        return f"Each of {count(n_groups, group, groups)} by itself"
    return f"Each {group} by itself, where its rows give a slope ({slopes:,} of {n_groups:,} {groups})"


def _points(comparison: Comparison, picture: Picture) -> str:
    rows, group = count(comparison.design.n, "row"), comparison.group
    groups = count(comparison.moments.n_groups, literal(noun(group)), literal(plural(group)))
    against = f" against {literal(picture.x_label)}" if picture.x_label else ""
    one = "line" if comparison.design.fixed else "mean"
    return f"{rows} of {groups}: **{literal(picture.y_label)}**{against}. What does one {one} say of them?"


def _own_slopes(picture: Picture, term: str) -> pd.Series:
    """The slope of each group's own regression line, where the picture has them and the coefficient is a slope of its axis."""
    lines = picture.lines[(picture.lines["model"] == Model.PER_GROUP) & (picture.lines["kind"] == "group")]
    several = (
        lines.groupby("group", observed=True)["level"].nunique() > 1
    )  # a line at each level is no slope of the group's
    if not picture.draws_slope(term) or lines.empty or several.any():
        return pd.Series(dtype=float)
    ends = lines.groupby("group", observed=True, sort=False)[["x", "y"]].agg(["first", "last"])
    run = ends["x", "last"] - ends["x", "first"]
    return ((ends["y", "last"] - ends["y", "first"]) / run)[run > 0]


def _steepest_known(picture: Picture, own: pd.Series) -> str:
    """The group whose line is known best: that of the widest range of its rows."""
    at = picture.points.groupby("group", observed=True)["x"]
    return str((at.max() - at.min()).reindex(own.index).idxmax())


def _stops(result: Dial, decimals: int) -> Sequence[int]:
    """The ends and what the data choose; one on either side of it where the coefficient moves."""
    last, chosen = len(result.curve) - 1, result.chosen
    if len({number(float(v), decimals=decimals) for v in result.curve["estimate"]}) == 1:
        return sorted({0, chosen, last})
    return sorted({0, chosen // 2, chosen, (chosen + last) // 2, last})[:STOPS]


def _of_one_factor(comparison: Comparison) -> str:
    """Of which factor alone the dial is, where there are several."""
    return f" of {literal(plural(comparison.group))} alone" if len(comparison.factors) > 1 else ""


def _dial_sentence(comparison: Comparison, term: str, result: Dial, stop: int) -> str:
    """What the coefficient is at one stop of the dial."""
    row, group = result.curve.iloc[stop], comparison.group
    what, value = (
        noun_of(comparison, term),
        number(float(row["estimate"]), decimals=headline_decimals(comparison, term)),
    )
    # the dial is of a random intercept of the shown factor alone
    whole = comparison.formula_model == Model.RANDOM_INTERCEPT
    if stop == 0:
        model = "mixed" if whole else "random-intercept"
        here = ", which is what the data choose" if stop == result.chosen else ""
        return (
            f"No variance between {literal(plural(group))}{here}: the {model} model is OLS, and the {what} **{value}**."
        )
    groups = literal(plural(group))
    if stop == len(result.curve) - 1 and facts(comparison, term).level in (Level.BETWEEN, Level.CONTEXTUAL):
        return f"With ever more variance between {groups} each counts alike, and the {what} becomes **{value}**."
    if stop == len(result.curve) - 1:
        dummies = f"that of the {literal(noun(group))} dummies, **{value}**"
        return f"With ever more variance between {groups} the {what} becomes {dummies}."
    times = f"{number(float(row['ratio']), 2)} times as much variance between {groups} as within them"
    if stop == result.chosen:
        alone = "" if whole else f" in the random-intercept model{_of_one_factor(comparison)}"
        return f"The data choose {times}{alone}: the {what} is **{value}**."
    return f"With {times} the {what} is **{value}**."
