"""The number that answers what goes with a change within the same group: which model's, with which interval, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from ..assess.outcome_notes import is_share
from ..assess.staggered_treatment import staggered_treatment
from ..assess.within_all_factors import within_all_factors
from ..comparison.comparison import Comparison
from ..model_catalogue import Model
from ..models import MixedResult
from ..text.english import listed
from ..text.labels import literal, model_label, model_phrase, noun, plural
from ..text.numbers import count, number
from .boundary_intervals import boundary_clause
from .clustered_errors import clusters_sentence
from .coefficient_spreads import NO_INTERCEPT, has_random_slope, lacks_intercept, slope_by_groups, slopes_differ
from .coefficient_words import Words
from .effect_phrases import noun_of
from .facts import Slope
from .implied_ols_error import crossing_factors
from .inter_block import by_random_assignment
from .lone_group import no_clustered_errors
from .predictor_level import Level
from .rests_on import is_replicated
from .structure_choice import compares_within, structure_choice
from .within_between_sentences import compared_levels_sentence

ENOUGH = 0.1
"""The share of a predictor's variation within groups that further dummies must leave, for a number to be given beside them."""
UNITLESS = ("coefficient", "contrast")
"""What nobody can change by 1: a question about it is about the number itself."""
WIDER = 1.1
"""An interval is given beside another where it is wider by 10%."""
LARGER = 1.05
"""A standard error is said to be larger where it is so by 5%."""
EstimateText = Callable[[Model], str]
"""A model's key to its estimate with an interval."""
SCATTER = "The outcome has two values: its scatter depends on the share, which clustered errors allow for."


@dataclass(frozen=True)
class WithinGroups:
    """A number for what goes with a change within the same group.

    Parameters
    ----------
    answer : str
        The estimate with its interval, and the model that it is of.
    reason : str
        Why that one.
    alone : bool
        Whether it compares nothing but rows of one group.
    """

    answer: str
    reason: str
    alone: bool = True


def within_groups(comparison: Comparison, term: str, words: Words, estimate_text: EstimateText) -> WithinGroups:
    """The slope within groups with an interval that allows for what the formula's own model allows for.

    The dummies' own interval counts neither slopes that differ between groups nor further grouping factors.
    """
    choice = structure_choice(comparison)
    if choice is not None and choice.preferred:
        reason = "The dummies’ own interval takes residuals to be independent and of one variance."
        if compares_within(comparison, term):
            return WithinGroups(f"{estimate_text(Model.STRUCTURED)}, {model_phrase(Model.STRUCTURED)}", reason)
        which = model_phrase(Model.STRUCTURED).capitalize()
        return _by_dummies(
            comparison,
            term,
            words,
            f"{reason} {which}, {estimate_text(Model.STRUCTURED)}, compares {words.groups} too.",
        )
    if comparison.formula_model == Model.SEVERAL:
        result = _of_several(comparison, term, words, estimate_text)
        return replace(result, reason=_joined(result.reason, literal(compared_levels_sentence(comparison, term))))
    slopes = comparison.fits.get(Model.RANDOM_SLOPE)
    if isinstance(slopes, MixedResult) and has_random_slope(comparison, term):
        wider = float(slopes.bse[term]) > float(comparison.no_pooling.bse[term])
        differ, what = slopes_differ(comparison), noun_of(comparison, term)
        vary = f"{f'By AIC the {what} differs' if differ else f'The formula lets the {what} differ'} between {words.groups}"
        if differ or (comparison.formula_model == Model.RANDOM_SLOPE and wider):
            if lacks_intercept(comparison):
                return _by_dummies(comparison, term, words, NO_INTERCEPT)
            sloped = estimate_text(Model.RANDOM_SLOPE)
            if _varies_within_alone(words):
                return WithinGroups(
                    f"{sloped}, on average over {words.groups}, from the random slope",
                    f"{vary}, which the dummies' own interval does not count.{boundary_clause(comparison, term, words)}",
                )
            # a random slope weighs in what differs between groups, as a random intercept does; the dummies never do
            return _by_dummies(
                comparison,
                term,
                words,
                f"{vary}, so the errors are clustered. The random slope, {sloped}, compares {words.groups} too.",
            )
    part = slope_by_groups(comparison, term)
    # with two rows a group a slope of its own is part of what scatters
    if part is not None and is_replicated(comparison, comparison.column_of(part)):
        own, label = literal(comparison.coefficient(part).label), literal(comparison.coefficient(term).label)
        if _varies_within_alone(words) and _lets_differ(comparison, part):
            return WithinGroups(
                f"{estimate_text(Model.RANDOM_SLOPE)}, from the random slope",
                f"It says how the coefficient of {own} differs between {words.groups}, so {words.groups} count, not rows: the random slope "
                f"of {own} holds what else makes it differ, which the dummies' own interval does not count."
                f"{boundary_clause(comparison, term, words)}",
            )
        return _by_dummies(
            comparison,
            term,
            words,
            f"It says how the coefficient of {own} differs between {words.groups}, so {words.groups} count, not rows: what else makes it "
            f"differ is in the clustered errors. The dummies’ own interval, and that of a mixed model without random coefficients of "
            f"{own}, take {label} to be all that does.{_narrower(comparison, term, words, 'nothing else is seen to make it differ')}",
        )
    same = "Within–between gives the same number." if comparison.mean_name(term) else ""
    if is_share(comparison):
        return _by_dummies(comparison, term, words, _joined(same, SCATTER))
    if (treatment := staggered_treatment(comparison, term, ())) is not None:
        one, periods = literal(noun(comparison.group)), literal(plural(treatment.period))
        return _by_dummies(
            comparison,
            term,
            words,
            f"Rows of a {one} in the same or in neighbouring {periods} may be alike, which the dummies’ own interval does not count "
            f"(Bertrand, Duflo and Mullainathan 2004).{_narrower(comparison, term, words, 'no such likeness is seen')}",
        )
    label = literal(model_phrase(Model.NO_POOLING, comparison.group))
    return WithinGroups(
        f"{estimate_text(Model.NO_POOLING)}, from {label}",
        _joined(
            same,
            _if_it_differs(comparison, term, words),
            by_random_assignment(comparison, term, words, estimate_text(Model.RANDOM_INTERCEPT)),
        ),
    )


def _narrower(comparison: Comparison, term: str, words: Words, unseen: str) -> str:
    """That the clustered error came out below the dummies' own, with `unseen`, what it allows for and the data do not show; else empty."""
    clustered, own = _clustered(comparison, term), float(comparison.no_pooling.bse[term])
    if not clustered.se * LARGER < own:
        return ""
    return (
        f" Here the clustered error came out below the dummies’ own, {number(clustered.se)} against {number(own)}: {unseen}, "
        f"but an error from {comparison.moments.n_groups:,} {words.groups} may come out low by chance (it has "
        f"{number(clustered.df, 2)} degrees of freedom), and an interval from the larger one is the safer."
    )


def _of_several(comparison: Comparison, term: str, words: Words, estimate_text: EstimateText) -> WithinGroups:
    """With further grouping factors: whether errors that are clustered by the shown one count these as well."""
    others = literal(listed([plural(f) for f in comparison.factors if f != comparison.group]))
    whole = f"{estimate_text(Model.SEVERAL)}, {model_phrase(Model.SEVERAL)}"
    if not np.isfinite(_clustered(comparison, term).se):
        return WithinGroups(whole, no_clustered_errors(comparison, term), alone=False)
    if _varies_within_alone(words):
        return WithinGroups(whole, f"The dummies' own interval does not count what differs between {others}.")
    if (every := _of_all_dummies(comparison, term, words)) is not None:
        return every
    beyond, clustered, own = (
        clusters_sentence(comparison),
        _clustered(comparison, term).se,
        float(comparison.mixed.bse[term]),
    )
    if beyond and not crossing_factors(comparison):
        return _by_dummies(
            comparison, term, words, f"Dummies of {words.groups} take out what differs between {others} too."
        )
    if not beyond:
        reason = f"The dummies alone do not count what differs between {others}; clustered errors do."
        return _by_dummies(comparison, term, words, reason)
    if own <= LARGER * clustered:
        return _by_dummies(comparison, term, words, beyond)
    errors = f"{beyond} That error is {number(clustered)}, that of {model_phrase(Model.SEVERAL)} {number(own)}"
    if words.facts.little_between or words.facts.by_rows_alone:
        one = literal(noun(comparison.group))
        return WithinGroups(
            whole, f"{errors}. It compares rows of the same {one}, and next to nothing else.", alone=False
        )
    return _by_dummies(comparison, term, words, f"{errors}: this interval is too narrow.")


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
    alone = words.value(_clustered(comparison, term).value)
    return WithinGroups(
        f"{words.with_interval(slope)}, from dummies of {all_groups} with errors clustered by {one} (CR2)",
        f"Nor can what moves all {words.groups} of the same {others} alike: it is taken out too, while the dummies of "
        f"{words.groups} alone, which give {alone}, leave it in. {_staggered(comparison, term, tuple(crossed))}".strip(),
    )


def _staggered(comparison: Comparison, term: str, crossed: tuple[str, ...] = ()) -> str:
    """What dummies of groups and periods make of a treatment that begins at different periods; empty for anything else."""
    of = staggered_treatment(comparison, term, crossed)
    if of is None:
        return ""
    name, period, groups = (
        literal(comparison.coefficient(term).label),
        literal(noun(of.period)),
        literal(plural(comparison.group)),
    )
    weights = "none of them negative here"
    if of.negative:
        weights = f"which are negative for {of.negative:,} of the {count(of.treated, 'row')} that have it"
    return (
        f"{name} begins in different {literal(plural(of.period))} and stays: dummies of {groups} and of every {period} average "
        f"its effects with weights other than the rows’ shares, {weights}. Where effects change with time or differ between {groups}, that "
        "is not their mean, and negative weights can turn its sign (Goodman-Bacon 2021; de Chaisemartin and D’Haultfœuille 2020)."
    )


def _joined(*sentences: str) -> str:
    return " ".join(filter(None, sentences))


def _lets_differ(comparison: Comparison, part: str) -> bool:
    """Whether a random-slope model of the data, the formula's or one that AIC prefers, lets a predictor's slope differ between groups."""
    asked = comparison.formula_model == Model.RANDOM_SLOPE or slopes_differ(comparison)
    return asked and has_random_slope(comparison, part) and not lacks_intercept(comparison)


def _varies_within_alone(words: Words) -> bool:
    """Whether every model reads the coefficient within groups."""
    return words.facts.level in (Level.WITHIN, Level.WITHIN_GIVEN_MEANS) and not words.through()


def _by_dummies(comparison: Comparison, term: str, words: Words, reason: str) -> WithinGroups:
    """The answer from the dummies with clustered errors; with their own where one group alone tells the coefficient."""
    slope = _clustered(comparison, term)
    if not np.isfinite(slope.se):
        row = comparison.no_pooling.table().loc[term]
        own = Slope(slope.value, float(row["se"]), float(row["df"]))
        label = literal(model_label(Model.NO_POOLING, comparison.group))
        return WithinGroups(
            f"{words.with_interval(own)}, from {label}",
            _joined(no_clustered_errors(comparison, term), _staggered(comparison, term)),
        )
    answer = f"{words.with_interval(slope)}, from the dummies with cluster-robust errors (CR2)"
    return WithinGroups(answer, _joined(reason, _staggered(comparison, term)))


def _if_it_differs(comparison: Comparison, term: str, words: Words) -> str:
    """The wider interval of clustered errors, where groups have rows enough to differ in the coefficient; empty elsewhere."""
    slope, row = _clustered(comparison, term), comparison.no_pooling.table().loc[term]
    own = float(row["upper"] - row["lower"])
    low, high = slope.interval
    if not (
        np.isfinite(slope.se) and high - low > WIDER * own and is_replicated(comparison, comparison.column_of(term))
    ):
        return ""
    one, what = literal(noun(comparison.group)), noun_of(comparison, term)
    return (
        f"That interval takes the {what} to be the same in every {one}; with errors that let it differ (CR2) it is {words.value(low)} to "
        f"{words.value(high)}."
    )


def _clustered(comparison: Comparison, term: str) -> Slope:
    """The dummies' estimate with its cluster-robust error, which allows for slopes that differ between groups."""
    fit = comparison.no_pooling
    result, at = fit.robust("CR2"), fit.names.index(term)
    return Slope(float(fit.params[term]), float(result.se[at]), float(result.df[at]))
