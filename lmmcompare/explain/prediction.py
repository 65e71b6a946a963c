"""Sentences beside a prediction: values beyond the data, the population average, groups' means, and whether the group will be known."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

import numpy as np
import pandas as pd

from ..comparison.comparison import Comparison
from ..formula.expressions import Column
from ..model_catalogue import Model
from ..models import MixedResult
from ..text.labels import an, literal, model_phrase, noun, plural
from ..text.numbers import decimals_for, exact, number


def population_sentence(comparison: Comparison) -> str:
    """What the population average is, and that in a linear model it is the mean over all groups too."""
    several = len(comparison.factors) > 1
    group, groups = ("group", "groups") if several else (noun(comparison.group), plural(comparison.group))
    one, group, groups = (literal(word) for word in (an(group), group, groups))
    outcome = comparison.spec.outcome
    scale = "" if isinstance(outcome, Column) else f", on the scale of {literal(str(outcome))}"
    return (
        f"**Population average.** The line with no {group}'s own effect: what is expected of {one} whose own effects are 0 (the "
        f"conditional mean). As the model is linear, it is also the average over all {groups} with these predictors (the marginal "
        f"mean){scale}. In a logistic or another nonlinear mixed model the two differ."
    )


def beyond_sentence(data: pd.DataFrame, row: Mapping[str, Hashable]) -> str:
    """Which of the numbers predicted at lie beyond those of the data; empty if none does."""
    words = []
    for name, value in row.items():
        if name not in data or not isinstance(value, int | float) or not pd.api.types.is_numeric_dtype(data[name]):
            continue
        low, high = float(data[name].min()), float(data[name].max())
        if not low <= value <= high:
            words.append(f"{literal(name)} is {exact(value)}, where the data have {exact(low)} to {exact(high)}")
    if not words:
        return ""
    return f"**Beyond the data.** {'; '.join(words)}. There the line is carried on, and the intervals hold only if it does not bend."


def means_sentence(comparison: Comparison, fit: MixedResult, level: int | None) -> str:
    """Which group means a within-between prediction takes: the group's own, or those given for a group not in the data."""
    group, means = literal(noun(comparison.group)), fit.group_means(level).values()
    display = " and ".join(
        f"{literal(comparison.coefficient(comparison.design.names[k]).label)} {number(mean)}"
        for k, mean in zip(fit.means_of, means, strict=True)
    )
    if level is not None:
        return (
            f"**Within–between.** The {group}'s own mean is taken for what it is in these data ({display}); along the axis only the row "
            f"moves, so the line has the slope within {literal(plural(comparison.group))}."
        )
    return (
        f"**Within–between.** The model needs to know the mean that a predictor has in the {group}: it opens with the average over all "
        f"rows ({display}), and is yours to change."
    )


def known_or_new_sentence(comparison: Comparison, result: pd.DataFrame, model: Model) -> str:
    """What each model can say of a known and of a new group, as widths of intervals, and the question that is left."""
    others = [f for f in comparison.factors if f != comparison.group]
    rest = [noun(f) for f in others]
    group, one = (literal(" and ".join([word(comparison.group), *rest])) for word in (noun, an))
    width = (result["upper"] - result["lower"]).groupby([result["model"], result["group"]]).first()
    decimals = decimals_for(float(width.min()))
    known, new = (number(float(width[model, which]), decimals=decimals) for which in ("known", "new"))
    name = model_phrase(model)
    if Model.NO_POOLING not in comparison.fits:
        return f"The 95% interval of the line is {known} wide for {one} in the data, {new} for a new one."
    own = number(float(width[Model.NO_POOLING, "known"]), decimals=decimals)
    dummies = literal(model_phrase(Model.NO_POOLING, comparison.group))
    alone = f" (which know the {literal(noun(comparison.group))} alone)" if rest else ""
    if any(covariance.any(axis=None) for covariance in comparison.mixed_fits()[model].cov_re.values()):
        reason = f"as the level of a new {group} is not known"
    else:
        groups = literal(" and between ".join(plural(f) for f in (comparison.group, *others)))
        zero = f"the variance between {groups} is estimated as 0"
        same = np.isclose(width[model, "known"], width[model, "new"])
        reason = (
            f"and so it does of a known {group}, as {zero}"
            if same
            else f"which takes it for known that {zero}; that of a known {group} does not"
        )
    return (
        f"For {one} in the data both can tell. The 95% interval of the line is {own} wide with {dummies}{alone}, {known} in {name}. For "
        f"any other the dummies can say nothing. {name[:1].upper()}{name[1:]} expects the population average, with an interval {new} wide, "
        f"{reason}. {_which_will_do(comparison)}"
    )


def _which_will_do(comparison: Comparison) -> str:
    """The question that is left; with structured residuals, that neither of the two has them."""
    groups, fit = literal(plural(comparison.group)), comparison.structured
    if fit is None:
        return (
            f"So will you predict for the same {groups} again (then either will do), or for others like them (then only random effects "
            "can)?"
        )
    beside = (
        f" For the same {groups} again it alone counts that a single row goes with the residuals of the {noun(comparison.group)}’s "
        "other rows."
        if fit.correlation is not None
        else ""
    )
    return (
        f"Both take residuals to be independent and of one variance, which {model_phrase(Model.STRUCTURED)} does not: its intervals are "
        f"others.{beside}"
    )
