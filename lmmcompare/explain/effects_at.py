"""An effect at each value of a predictor that it changes with, in sentences."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..arrays import Array
from ..assess.adjusted_means import level_words
from ..assess.effects_at import EffectsAt, moderator_text
from ..comparison.comparison import Comparison
from ..comparison.moderator_values import MOST_VALUES, value_count
from ..design.predictors import Predictor
from ..formula.modifiers import modifiers, origin
from ..model_catalogue import Model
from ..text.english import listed
from ..text.labels import an, literal, plural
from ..text.numbers import MINUS, decimals_for, number, percent
from .amount_phrases import level_difference, level_name, signed_amount
from .coefficient_words import AGREE
from .effect_phrases import has_others
from .headline import Headline
from .predictor_level import Level, level
from .question import Question, question_of, questions

ALL = 3
"""Up to so many effects are all told, of a number's values two; of more the first and the last, or the smallest and the largest."""


def headline_at(comparison: Comparison, term: str, effects: EffectsAt, frame: pd.DataFrame) -> Headline:
    """The page's first sentences about an effect at each value.

    Parameters
    ----------
    term : str
        The coefficient that the question is kept as.
    frame : DataFrame
        The coefficients with the inference chosen.
    """
    ols, mixed = (effects.of_model(m) for m in (Model.OLS, comparison.formula_model))
    at = _told(effects, mixed, ols)
    if not at:
        reason = next(iter(effects.reasons.values()), "there are no rows to estimate it from")
        return Headline(
            f"The effect of {effects.question.predictor} cannot be estimated at any {effects.question.by}.", reason
        )
    decimals = decimals_at(effects, comparison)
    title = _title(comparison, effects, (ols, mixed), at, decimals)
    words = [
        _typical(comparison, effects),
        _change(comparison, effects, term, frame),
        _level(comparison, effects, term),
        _errors(ols, mixed),
    ]
    words += [_missing(effects), _held(comparison, effects, others=has_others(comparison, term))]
    return Headline(title, " ".join(filter(None, words)))


def short_reason(comparison: Comparison, term: str, effects: EffectsAt) -> str:
    """What the models compare, and how their errors differ."""
    ols, mixed = (effects.of_model(m) for m in (Model.OLS, comparison.formula_model))
    return " ".join(filter(None, (_level(comparison, effects, term), _errors(ols, mixed))))


def decimals_at(effects: EffectsAt, comparison: Comparison) -> int:
    """Decimals of the effects, wherever they stand beside each other."""
    se = effects.frame.loc[effects.frame["model"].isin([Model.OLS, comparison.formula_model]), "se"].to_numpy(float)
    return decimals_for(float(np.nanmin(se[se > 0], initial=np.inf)))


def place_words(effects: EffectsAt, k: int) -> str:
    """One of the values as a label: "week 4", "Marvellous", "2024-03-08"."""
    value, text = effects.values[k], effects.texts[k]
    return level_words(effects.question.by, value) if text == moderator_text(value) else text


def subject(effects: EffectsAt) -> str:
    """What is estimated at each value: "Active − Placebo", "slope of week"."""
    question = effects.question
    if not question.base:
        return f"slope of {question.predictor}"
    return f"{level_name(question.predictor, question.level)} {MINUS} {level_name(question.predictor, question.base)}"


def _told(effects: EffectsAt, rows: pd.DataFrame, ols: pd.DataFrame) -> list[int]:
    """The places of the effects that the headline tells: with that where OLS is furthest off, where it agrees at the others."""
    estimate = rows["estimate"].to_numpy(float)
    known = np.flatnonzero(np.isfinite(estimate)).tolist()
    if len(known) <= (2 if isinstance(effects.values[0], float) else ALL):
        return known
    steps = np.diff(estimate[known])
    ends = [int(np.nanargmin(estimate)), int(np.nanargmax(estimate))]
    if (steps >= 0).all() or (steps <= 0).all():
        ends = [known[0], known[-1]]
    apart = _apart(rows, ols)
    furthest = int(np.nanargmax(apart))
    further = [furthest] if apart[furthest] > AGREE >= np.nanmax(apart[ends]) else []
    return sorted({*ends, *further})


def _apart(rows: pd.DataFrame, ols: pd.DataFrame) -> Array:
    """How far two models' effects lie apart at each place, in the smaller of their standard errors."""
    estimates, errors = (np.array([part[column] for part in (rows, ols)], dtype=float) for column in ("estimate", "se"))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.abs(np.diff(estimates, axis=0)[0]) / errors.min(axis=0))


def _title(
    comparison: Comparison,
    effects: EffectsAt,
    rows: tuple[pd.DataFrame, pd.DataFrame],
    at: list[int],
    decimals: int,
) -> str:
    """What the models say at the places that are told."""
    ols, mixed = (part["estimate"].to_numpy(float)[at] for part in rows)
    error = np.minimum(*(part["se"].to_numpy(float)[at] for part in rows))
    phrase = _phrase(comparison, effects, mixed, at, decimals)
    same = np.abs(ols - mixed) <= AGREE * error
    same |= np.array(
        [number(a, decimals=decimals) == number(b, decimals=decimals) for a, b in zip(ols, mixed, strict=True)]
    )
    if same.all():
        return f"OLS and the mixed model agree: {phrase}."
    alike = (np.sign(ols) == np.sign(mixed)).all()
    others = [number(abs(v), decimals=decimals) if alike else _amount(v, decimals) for v in ols]
    return f"The mixed model says {phrase}; OLS says {listed(others)}."


def effects_phrase(comparison: Comparison, effects: EffectsAt, model: Model) -> str:
    """What one model says, as part of a sentence: "4.8 less score for a than for b where week is 2, and 6.1 less where it is 12"."""
    at = _told(effects, *(effects.of_model(m) for m in (comparison.formula_model, Model.OLS)))
    estimate = effects.of_model(model)["estimate"].to_numpy(float)[at]
    return _phrase(comparison, effects, estimate, at, decimals_at(effects, comparison)) if at else "nothing"


def _phrase(comparison: Comparison, effects: EffectsAt, estimate: Array, at: list[int], decimals: int) -> str:
    question, outcome = effects.question, comparison.design.names[-1]
    values = effects.texts
    if question.base:
        names = [level_name(question.predictor, name) for name in (question.level, question.base)]
        first = level_difference(estimate[0], decimals, outcome, *names)
    else:
        first = f"{signed_amount(estimate[0], decimals, outcome)} per unit of {question.predictor}"
    parts = [f"{first} where {question.by} is {values[at[0]]}"]
    for value, k in zip(estimate[1:], at[1:], strict=True):
        parts.append(f"{_amount(value, decimals)} where it is {values[k]}")
    return ", ".join(parts[:-1]) + f", and {parts[-1]}" if len(parts) > 1 else parts[0]


def _amount(value: float, decimals: int) -> str:
    text = number(abs(value), decimals=decimals)
    return f"{text} {'more' if value > 0 else 'less'}" if float(f"{abs(value):.{decimals}f}") else "practically none"


def _typical(comparison: Comparison, effects: EffectsAt) -> str:
    """What the values are of a number that has many: its mean, and what lies a standard deviation from it within the data."""
    if len(effects.values) != 3 or value_count(comparison, effects.question.by) <= MOST_VALUES:
        return ""
    values = Predictor(comparison.design, effects.question.by).values
    mean, spread = float(values.mean()), float(values.std(ddof=1))
    within = values.min() <= mean - spread and mean + spread <= values.max()
    low, middle, high = map(literal, effects.texts)
    end = "" if within else ", or at an end of the data"
    return f"{low} and {high} lie a standard deviation from the mean of {literal(effects.question.by)}, {middle}{end}."


def change_term(comparison: Comparison, term: str, by: str) -> str:
    """The one coefficient that says how an effect changes with a number; empty where there is none, or several."""
    question = question_of(comparison, term)
    assert question is not None
    known = [
        q
        for q in questions(comparison)
        if (q.predictor, q.part, q.modifiers) == (question.predictor, question.part, (by,))
    ]
    return known[0].term if len(known) == 1 and _is_slope(comparison, known[0], by) else ""


def _is_slope(comparison: Comparison, question: Question, by: str) -> bool:
    """Whether the coefficient is of the number itself, moved or not, and not of a function of it."""
    parts = [p for p in comparison.coefficient(question.term).parts if p.subject == by]
    return len(parts) == 1 and parts[0].level is None and origin(parts[0].factor) is not None


def _change(comparison: Comparison, effects: EffectsAt, term: str, frame: pd.DataFrame) -> str:
    """How much the effect changes per unit, with its interval by the formula's model."""
    name = change_term(comparison, term, effects.question.by)
    rows = frame[(frame["model"] == comparison.formula_model) & (frame["term"] == name)]
    if not name or rows.empty:
        return ""
    row = rows.iloc[0]
    decimals = decimals_for(float(row["se"]))
    value, low, high = (number(float(row[c]), decimals=decimals) for c in ("estimate", "lower", "upper"))
    what = "difference" if effects.question.base else "slope"
    by = literal(effects.question.by)
    return f"Per unit of {by} the {what} changes by **{value}** (95% interval {low} to {high})."


def _level(comparison: Comparison, effects: EffectsAt, term: str) -> str:
    """Says that a predictor which is constant in groups is compared between them only."""
    column = comparison.design.names.index(term)
    if level(comparison, column).level != Level.BETWEEN:
        return ""
    group = comparison.group
    return (
        f"**{literal(effects.question.predictor)}** is the same in all rows of {literal(an(group))}, so each of these compares "
        f"{literal(plural(group))} with each other."
    )


def _errors(ols: pd.DataFrame, mixed: pd.DataFrame) -> str:
    """How OLS's usual errors compare with the mixed model's."""
    share = (ols["se"] / mixed["se"]).to_numpy(float)
    share = share[np.isfinite(share)]
    if not len(share):
        return ""
    low, high = percent(float(share.min())), percent(float(share.max()))
    size = low if low == high else f"{low} to {high}"
    return f"OLS's usual standard errors are {size} of the mixed model's."


def _missing(effects: EffectsAt) -> str:
    """What cannot be estimated, and why."""
    if not effects.reasons:
        return ""
    names = listed([literal(place_words(effects, k)) for k in effects.reasons])
    reasons = "; ".join(dict.fromkeys(map(literal, effects.reasons.values())))
    return f"It cannot be estimated at {names}: {reasons}."


def _held(comparison: Comparison, effects: EffectsAt, *, others: bool) -> str:
    """Where the other predictors are that the effect changes with, and that the rest are equal."""
    words = []
    for name in modifiers(comparison.spec, effects.question.predictor):
        if name in effects.held:
            value = effects.held[name]
            words.append(f"{literal(name)} is {literal(moderator_text(value))}")
        elif name != effects.question.by:
            words.append(f"{literal(name)} is averaged over its levels or at its mean")
    alike = "the other predictors are equal" if others else ""
    return f"All this is where {listed([*words, *filter(None, [alike])])}." if words or alike else ""
