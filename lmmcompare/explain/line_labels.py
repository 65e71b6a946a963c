"""What is written at the ends of lines and bars: the model and its number, in as few words as stay clear."""

from __future__ import annotations

from collections.abc import Sequence

from ..catalogue import Model
from ..comparison.compare import Comparison
from ..models import MixedResult
from ..text.labels import an, literal, model_label, noun, plural
from ..text.numbers import decimals_for, number
from .curves import curve_of
from .facts import facts
from .reasons import headline_decimals


def line_labels(comparison: Comparison, term: str, models: Sequence[str]) -> dict[str, str]:
    """Model key to the text at the end of its line: "OLS 1.18", "population line 0.64"."""
    display = [m for m in models if m in comparison.fits and m != Model.NO_POOLING]
    if term == comparison.constant or curve_of(comparison, term):  # no number of a curve is its slope
        return {m: model_label(m) for m in display}
    decimals = headline_decimals(comparison, term)
    mixed = [m for m in display if isinstance(comparison.fits[m], MixedResult)]
    labels = {}
    for model in display:
        value = number(float(comparison.fits[model].params[term]), decimals=decimals)
        if model == Model.OLS:
            labels[model] = f"OLS {value}"
        else:
            labels[model] = f"population line {value}" if len(mixed) == 1 else f"{model_label(model).lower()} {value}"
    return labels


def lines_sentence(group: str, models: Sequence[str]) -> str:
    """What points and lines of the picture are, as Markdown, when these models are drawn."""
    by_group = [m for m in models if Model(m).has_group_lines]
    one, many = literal(noun(group)), literal(plural(group))
    if len(by_group) > 1:
        words = f"Each line is {literal(an(group))} over its own range, in its model's colour and dash."
    elif by_group:
        words = (
            f"Points and lines are {many}, coloured by their fitted intercept; each line covers its own {one}'s range."
        )
    else:
        words = f"Points are coloured by {one}, by fitted intercept."
    if any(Model(m).is_mixed for m in by_group):
        words += f" A mixed model's thick population line is the population average (no {one}'s own effect)."
    return words


def weight_labels(comparison: Comparison, term: str) -> tuple[str, str]:
    """What the two ends of a bar of weights stand for: "weight on within 0.41", "between 1.57"."""
    of, decimals = facts(comparison, term), decimals_for(float(comparison.ols.bse[term]))
    inside, outside = "weight on within", "between"
    if of.within is not None and not of.little_within:
        inside = f"{inside} {number(of.within.value, decimals=decimals)}"
    if of.between is not None and not (of.little_between or of.between.vague):
        outside = f"{outside} {number(of.between.value, decimals=decimals)}"
    return inside, outside
