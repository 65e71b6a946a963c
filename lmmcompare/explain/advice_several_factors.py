"""The number for a change within the same group where there are further grouping factors: whether dummies of one suffice."""

from __future__ import annotations

import numpy as np

from ..assess.within_all_factors import within_all_factors
from ..comparison.comparison import Comparison
from ..model_catalogue import Model
from ..text.english import listed
from ..text.labels import literal, model_phrase, noun, plural
from ..text.numbers import number
from .advice_dummies import (
    LARGER,
    EstimateText,
    WithinGroups,
    by_dummies,
    clustered_slope,
    staggered_weights,
    varies_within_alone,
)
from .clustered_errors import clusters_sentence
from .coefficient_words import Words
from .facts import Slope
from .implied_ols_error import crossing_factors
from .lone_group import no_clustered_errors

ENOUGH = 0.1
"""The share of a predictor's variation within groups that further dummies must leave, for a number to be given beside them."""


def number_of_several_factors(
    comparison: Comparison, term: str, words: Words, estimate_text: EstimateText
) -> WithinGroups:
    """With further grouping factors: whether errors that are clustered by the shown one count these as well."""
    others = literal(listed([plural(f) for f in comparison.factors if f != comparison.group]))
    whole = f"{estimate_text(Model.SEVERAL)}, {model_phrase(Model.SEVERAL)}"
    if not np.isfinite(clustered_slope(comparison, term).se):
        return WithinGroups(whole, no_clustered_errors(comparison, term), alone=False)
    if varies_within_alone(words):
        return WithinGroups(whole, f"The dummies' own interval does not count what differs between {others}.")
    if (every := _of_all_dummies(comparison, term, words)) is not None:
        return every
    beyond, clustered, own = (
        clusters_sentence(comparison),
        clustered_slope(comparison, term).se,
        float(comparison.mixed.bse[term]),
    )
    if beyond and not crossing_factors(comparison):
        return by_dummies(
            comparison, term, words, f"Dummies of {words.groups} take out what differs between {others} too."
        )
    if not beyond:
        reason = f"The dummies alone do not count what differs between {others}; clustered errors do."
        return by_dummies(comparison, term, words, reason)
    if own <= LARGER * clustered:
        return by_dummies(comparison, term, words, beyond)
    errors = f"{beyond} That error is {number(clustered)}, that of {model_phrase(Model.SEVERAL)} {number(own)}"
    if words.facts.little_between or words.facts.by_rows_alone:
        one = literal(noun(comparison.group))
        return WithinGroups(
            whole, f"{errors}. It compares rows of the same {one}, and next to nothing else.", alone=False
        )
    return by_dummies(comparison, term, words, f"{errors}: this interval is too narrow.")


def _of_all_dummies(comparison: Comparison, term: str, words: Words) -> WithinGroups | None:
    """From dummies of the factors that cross the groups as well, where these leave enough of the predictor; else None."""
    crossed = crossing_factors(comparison)
    fit = within_all_factors(comparison, tuple(crossed))
    if fit is None or term not in fit.names:
        return None
    at = fit.names.index(term)
    if fit.kept[at] < ENOUGH:
        return None
    # where the slope differs between levels of a factor that errors are not clustered by, these take it for one
    if words.facts.little_between and float(comparison.mixed.bse[term]) > LARGER * float(fit.robust.se[at]):
        return None
    slope = Slope(float(fit.estimates[at]), float(fit.robust.se[at]), float(fit.robust.df[at]))
    one, others = literal(noun(comparison.group)), literal(listed([noun(f) for f in crossed]))
    all_groups = literal(listed([plural(f) for f in (comparison.group, *crossed)]))
    alone = words.value(clustered_slope(comparison, term).value)
    return WithinGroups(
        f"{words.with_interval(slope)}, from dummies of {all_groups} with errors clustered by {one} (CR2)",
        f"Nor can what moves all {words.groups} of the same {others} alike: it is taken out too, while the dummies of "
        f"{words.groups} alone, which give {alone}, leave it in. {staggered_weights(comparison, term, tuple(crossed))}".strip(),
    )
