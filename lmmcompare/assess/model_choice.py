"""Which model? The tests that a reader of a comparison needs, and AIC, AICc and BIC of the models that may be compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

import pandas as pd

from ..comparison.comparison import Comparison
from ..errors import DesignError, LmmCompareError
from ..model_catalogue import Model
from ..models import MixedResult
from ..text.labels import bare, noun, plural
from .breusch_pagan import breusch_pagan
from .convergence import refuse_unidentified
from .factor_tests import factor_test, slope_test, variation_question
from .hausman import hausman
from .hypotheses import Ddf
from .information_criteria import information_criteria, information_sentence
from .likelihood_ratio import likelihood_ratio
from .missing_rows import differs_by_missing_rows
from .model_test import ModelTest
from .mundlak import means_to_compare, mundlak, rows_alone_phrase

Test = Callable[[], ModelTest]


@dataclass(frozen=True, eq=False)
class WhichModel:
    """What helps to choose between the models of a comparison.

    Parameters
    ----------
    left_out : dict
        Name of a test to a sentence with the reason why it cannot be made.
    sentence : str
        A sentence on the ranking by AIC, AICc and BIC.
    """

    tests: tuple[ModelTest, ...]
    left_out: dict[str, str]
    information: pd.DataFrame
    sentence: str

    @property
    def table(self) -> pd.DataFrame:
        """The tests as a frame, a row each, with the fields of `ModelTest`."""
        return pd.DataFrame([asdict(test) for test in self.tests])


def which_model(comparison: Comparison, ddf: Ddf = "satterthwaite") -> WhichModel:
    """The tests that choosing a model calls for, and AIC, AICc and BIC.

    Do the groups matter (random intercept against OLS)? Does the slope vary (random slope against random intercept)? Are the
    slopes within and between groups the same (Mundlak, Hausman)? With several grouping factors each is tested with the others
    kept; what can be asked of one factor alone says so.

    Parameters
    ----------
    ddf : {"satterthwaite", "kenward-roger"}
        The method of Mundlak's test, the one of them that rests on small-sample degrees of freedom.
    """
    several = Model.SEVERAL in comparison.fits
    tests, left_out = [], {}
    for name, test in _of_several(comparison, ddf) if several else _of_one(comparison, ddf):
        try:
            tests.append(replace(test(), name=name))
        except LmmCompareError as error:
            left_out[name] = str(error)
    information = information_criteria(comparison.by_ml, comparison.group)
    sentence = information_sentence(information, comparison.design.n)
    return WhichModel(tuple(tests), left_out, information, f"{sentence}{_of_missing_rows(comparison, information)}")


def _of_missing_rows(comparison: Comparison, information: pd.DataFrame) -> str:
    """That within-between comes first by telling from the outcome which rows are missing; empty where it does not."""
    fit = comparison.fits.get(Model.WITHIN_BETWEEN)
    if not isinstance(fit, MixedResult) or information["model"].iloc[0] != Model.WITHIN_BETWEEN:
        return ""
    if not all(differs_by_missing_rows(comparison, k) for k in fit.means_of):
        return ""
    return (
        " Here its group means differ only by which rows are missing, and go with the outcome: it is first because that has to do with "
        "which rows are there. Where rows are missing for what the outcome was, as when people drop out, those means are a consequence "
        "of it, and no predictors."
    )


def _of_one(comparison: Comparison, ddf: Ddf) -> list[tuple[str, Test]]:
    one, groups = noun(comparison.group), plural(comparison.group)

    def intercept() -> ModelTest:
        refuse_unidentified(comparison.random_intercept, comparison.group)
        test = likelihood_ratio(comparison.ols, comparison.random_intercept)
        return replace(test, question=f"Do rows of one {one} resemble each other, so that the {groups} matter?")

    return [
        ("Likelihood ratio test, random intercept", intercept),
        ("Breusch–Pagan test", lambda: breusch_pagan(comparison)),
        ("Likelihood ratio test, random slope", lambda: _slope(comparison)),
        ("Mundlak test", lambda: mundlak(comparison, ddf=ddf)),
        ("Mundlak test, cluster-robust", lambda: mundlak(comparison, robust=True)),
        ("Hausman test", lambda: _hausman(comparison)),
    ]


def _of_several(comparison: Comparison, ddf: Ddf) -> list[tuple[str, Test]]:
    """Each factor given the others (two may be called alike), and what is asked of the shown factor alone."""
    alone = (
        f"It is of the grouping factor {bare(comparison.group)} alone: the other grouping factors are not in its models, and what differs "
        f"between their levels counts as differences between rows."
    )

    def of_alone(test: Test) -> Test:
        def compute() -> ModelTest:
            made = test()
            return replace(
                made,
                question=f"{made.question[:-1]}, the other grouping factors left out?",
                note=f"{alone} {made.note}",
            )

        return compute

    def given(factor: str) -> Test:
        return lambda: factor_test(comparison, factor)

    own = comparison.one_factor_model == Model.RANDOM_SLOPE
    slope = (lambda: slope_test(comparison)) if own else of_alone(lambda: _slope(comparison))
    return [
        *((f"Likelihood ratio test, {plural(factor)}", given(factor)) for factor in comparison.factors),
        ("Likelihood ratio test, random slope", slope),
        ("Breusch–Pagan test", of_alone(lambda: breusch_pagan(comparison))),
        ("Mundlak test", of_alone(lambda: mundlak(comparison, ddf=ddf))),
        ("Mundlak test, cluster-robust", of_alone(lambda: mundlak(comparison, robust=True))),
        ("Hausman test", of_alone(lambda: _hausman(comparison))),
    ]


def _hausman(comparison: Comparison) -> ModelTest:
    """As plm has it, but not where the two slopes are the same by design, of which plm tests the rounding.

    Nor where the group means differ only by which rows a group has: what it tells of these is Mundlak's test.
    """
    hausman(comparison, "reml")  # refuses there
    fit, test = comparison.fits.get(Model.WITHIN_BETWEEN), hausman(comparison)
    if not isinstance(fit, MixedResult):
        return test
    tested, alone = means_to_compare(comparison, fit)
    if tested == alone:
        raise DesignError(
            f"The {noun(comparison.group)} means differ only by which rows there are: there is no slope between "
            f"{plural(comparison.group)} to compare, and whether the outcome goes with which rows there are is what Mundlak’s test asks."
        )
    return (
        replace(test, note=f"It asks of all slopes at once, though {rows_alone_phrase(comparison, alone)}. {test.note}")
        if alone
        else test
    )


def _slope(comparison: Comparison) -> ModelTest:
    fits = comparison.mixed_fits()
    if Model.RANDOM_SLOPE not in fits:
        raise DesignError(comparison.absent[Model.RANDOM_SLOPE])
    wide = fits[Model.RANDOM_SLOPE]
    names = [
        comparison.coefficient(n).random_phrase
        for n in wide.random_names
        if n not in comparison.random_intercept.random_names
    ]
    test = likelihood_ratio(comparison.random_intercept, wide)
    return replace(test, question=variation_question(names, comparison.group))
