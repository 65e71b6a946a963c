"""What is written at the ends of lines and bars: the model and its number, in as few words as stay clear."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..arrays import Array
from ..comparison.comparison import Comparison
from ..comparison.line_grid import is_straight
from ..comparison.picture import Picture
from ..model_catalogue import Model
from ..models import MixedResult
from ..text.labels import an, literal, model_label, model_phrase, noun, plural
from ..text.numbers import decimals_for, number
from ..work.memo import memoised
from .coefficient_words import headline_decimals
from .facts import facts, slope_decimals

Label = str | tuple[str, str]
"""Whose label it is: a model's, or a model's at a level."""
ROOM_FOR, TOO_MANY = 4, 8
"""More labels than these are made fewer, and fewer still."""
MISSING_ROWS = "on which rows are missing"
"""What lies between groups whose means differ only by the rows that they lack."""
COINCIDE = 0.01
"""Lines of two models coincide where they are nowhere further apart than this share of the axis."""


def line_labels(comparison: Comparison, picture: Picture, models: Sequence[str]) -> dict[Label, str]:
    """Model, or model and level, to the text at the end of its line: "OLS 1.18", "mixed model 0.64", "mixed, Active: −0.39".

    The number is the line's own slope: where the line is straight over a number, and nowhere else. Of many lines of several
    mixed models each has its model's sign, "▲ Active: −0.39", so that a label is no higher than a line of text.
    """
    x = _number_on_the_axis(comparison, picture)
    mixed = [m for m in models if isinstance(comparison.fits.get(m), MixedResult)]
    signs = _has_signs(picture, models, mixed)
    labels: dict[Label, str] = {}
    for (model, level), line in _population(picture).items():
        if model not in models:
            continue
        text = "mixed model" if model in mixed and len(mixed) == 1 else model_label(model)
        text = text.lower() if model in mixed else text
        if level:
            name = "mixed" if text == "mixed model" else text
            text = f"{Model(model).sign} {level}" if signs else f"{name}, {level}"
        if x:
            (x0, y0), (x1, y1) = line[[0, -1]]
            if x0 == x1:
                continue
            slope = (y1 - y0) / (x1 - x0)
            text = f"{text}{':' * bool(level)} {number(slope, decimals=_decimals(comparison, x, slope))}"
        labels[(model, level) if level else model] = text
    return _fewer(picture, labels) if len(labels) > ROOM_FOR else labels


def _has_signs(picture: Picture, models: Sequence[str], mixed: Sequence[str]) -> bool:
    """Whether labels have the models' signs in place of their names."""
    return len(mixed) > 1 and sum(model in models and level != "" for model, level in _population(picture)) > ROOM_FOR


@memoised
def _population(picture: Picture) -> dict[tuple[str, str], Array]:
    """Model and level to its line for everyone, with its points' ``x, y``."""
    population = picture.lines[picture.lines["kind"] == "population"]
    parts = population.groupby(["model", "level"], sort=False)[["x", "y"]]
    return {(str(model), str(level)): line.to_numpy() for (model, level), line in parts}


@memoised
def _with_group_lines(picture: Picture) -> frozenset[str]:
    """The models that draw a line for each group."""
    return frozenset(picture.lines["model"][picture.lines["kind"] == "group"])


def _fewer(picture: Picture, labels: dict[Label, str]) -> dict[Label, str]:
    """One label for OLS's line and the mixed model's where they coincide and are told alike; of many still left OLS's go."""
    height: dict[Label, Array] = {key: line[:, 1] for key, line in _population(picture).items()}
    room, result = COINCIDE * (picture.y_range[1] - picture.y_range[0]), dict(labels)
    two = len({key[0] for key in labels}) == 2
    for key in [k for k in labels if k[0] == Model.OLS and two]:
        suffix = labels[key].partition(", ")[2]
        for other in [k for k in labels if k[0] != Model.OLS and k[1] == key[1]]:
            near = np.abs(height[other] - height[key]).max() < room
            if near and labels[other].partition(", ")[2] == suffix and key in result:
                result[other] = f"both, {suffix}"
                del result[key]
    if len(result) > TOO_MANY:
        result = {key: text for key, text in result.items() if key[0] != Model.OLS} or result
    return result


def _number_on_the_axis(comparison: Comparison, picture: Picture) -> str:
    """The predictor on the axis where every line over it is straight; empty where lines are curves, or stand at levels.

    Neither has a predictor a slope of which nothing can be estimated: its lines are level for want of one.
    """
    x = picture.x
    if any(left_out.name == x for left_out in comparison.design.aliased):
        return ""
    return x if x and picture.x_ticks is None and is_straight(comparison, x) else ""


def _decimals(comparison: Comparison, x: str, slope: float) -> int:
    """The decimals in which the page tells the coefficients of the predictor on the axis."""
    own = [n for n in comparison.design.fixed_names if [p.subject for p in comparison.coefficient(n).parts] == [x]]
    return headline_decimals(comparison, own[0]) if own else decimals_for(abs(slope) or 1.0)


def lines_sentence(comparison: Comparison, picture: Picture, models: Sequence[str]) -> str:
    """What points and lines of the picture are, as Markdown, when these models are drawn."""
    group, by = comparison.group, picture.by
    by_group = _with_group_lines(picture).intersection(models)
    one, many = literal(noun(group)), literal(plural(group))
    levels = by is not None and "level" in picture.points
    colour = f"by {literal(by)}" if by and levels else "by their fitted intercept"
    where = "each line covers its own {}'s range"
    if picture.has_levels:
        where = "each line joins the levels that its own {} has rows at"
        if not picture.joined:
            where = (
                f"all rows of {literal(an(group))} are at one level, where its dash is the mean that a model fits to it"
            )
    elif picture.x is None:
        where = "each short line is the mean that a model fits to its own {}"
    where = where.format(one)
    if len(by_group) > 1:
        words = f"Lines and dashes are {many} in their model's colour and dash; {where}."
    elif by_group:
        words = f"Points and lines are {many}, coloured {colour}; {where}."
    else:
        words = f"Points are coloured {f'by {literal(by)}' if by and levels else f'by {one}, by fitted intercept'}."
    mixed = [
        m for m in models if m in comparison.fits and (Model(m).is_mixed or (m == Model.STRUCTURED and m in by_group))
    ]
    if picture.has_levels:
        return f"{words} Large marks are the models' means at each level with their 95% intervals."
    if mixed:
        whose = "the mixed model's" if len(mixed) == 1 else "the mixed models'"
        thick = f"thick line{'s are' if len(mixed) > 1 or by else ' is'} {whose} average {one}"
        words += f" The {thick} (no own effect)" + (", thin is OLS." if Model.OLS in models else ".")
    if _has_signs(picture, models, mixed):
        signs = ", ".join(f"{Model(m).sign} {model_phrase(m)}" for m in models if m in mixed)
        words += f" At their ends: {signs}."
    if Model.STRUCTURED in models and Model.STRUCTURED not in mixed:
        words += f" {model_phrase(Model.STRUCTURED).capitalize()} has no random part, and so one line for every {one}."
    if by and not levels:
        places = len({level for _, level in _population(picture)})
        words += f" Lines for everyone are at {places} values of {literal(by)}; a {one}'s own is at its mean."
    return words + _coinciding(picture, mixed, models)


def _coinciding(picture: Picture, mixed: Sequence[str], models: Sequence[str]) -> str:
    """Which lines for everyone lie on each other."""
    lines, room = _population(picture), COINCIDE * (picture.y_range[1] - picture.y_range[0])
    levels = [level for model, level in lines if model == Model.OLS]
    if Model.OLS not in models or not levels:
        return ""

    def coincides(model: str) -> bool:
        pairs = [(lines.get((model, level)), lines[Model.OLS, level]) for level in levels]
        return all(line is not None and np.abs(line[:, 1] - ols[:, 1]).max() < room for line, ols in pairs)

    same = [m for m in mixed if coincides(m)]
    if not same:
        return ""
    whose = "the mixed model's" if len(mixed) == 1 else f"that of {model_phrase(same[0])}"
    return f" OLS's line lies on {whose}: they are the same to the eye."


def weight_labels(comparison: Comparison, term: str) -> tuple[str, str]:
    """What the two ends of a bar of weights stand for: "weight on within 0.41", "between 1.57"."""
    of, decimals = facts(comparison, term), slope_decimals(comparison, term)
    inside, outside = "weight on within", "between"
    if of.within is not None and not of.little_within:
        inside = f"{inside} {number(of.within.value, decimals=decimals)}"
    if of.between is not None and of.says_between:
        outside = f"{outside} {number(of.between.value, decimals=decimals)}"
    return inside, MISSING_ROWS if of.by_missing_rows else outside
