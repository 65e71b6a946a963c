"""Which model? The tests that a reader of a comparison needs, and AIC and BIC of the models that may be compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace

import numpy as np
import pandas as pd

from ..compare import Comparison
from ..errors import DesignError, LmmCompareError
from ..labels import MODELS, model_label, noun, plural, term_label
from ..numbers import percent
from ..results import MixedResult, OLSResult, Result
from .hausman import hausman
from .likelihood_ratio import likelihood_ratio
from .model_tests import ModelTest, breusch_pagan, mundlak
from .nesting import rows_problem

Array = np.ndarray
CLOSE = 2.0
"""Models whose AIC lies this close to the best have about as much support (Burnham and Anderson 2002, section 2.6)."""


COLUMNS = ["model", "label", "parameters", "loglik", "aic", "delta_aic", "weight"]
COLUMNS += ["bic", "delta_bic", "bic_weight", "problem"]


@dataclass(frozen=True)
class WhichModel:
    """What helps to choose between the models of a comparison.

    Parameters
    ----------
    tests : tuple of ModelTest
    left_out : dict
        A test's name to the sentence that says why it cannot be made.
    information : DataFrame
        As `information_criteria` gives it.
    sentence : str
        What AIC and BIC say.
    """

    tests: tuple[ModelTest, ...]
    left_out: dict[str, str]
    information: pd.DataFrame
    sentence: str

    @property
    def table(self) -> pd.DataFrame:
        """The tests as a frame, a row each, with the fields of `ModelTest`."""
        return pd.DataFrame([asdict(test) for test in self.tests])


def which_model(comparison: Comparison) -> WhichModel:
    """The tests that choosing a model calls for, and AIC and BIC.

    Do the groups matter (random intercept against OLS)? Do the other grouping factors? Does the slope vary (random slope
    against random intercept)? Are the slopes within and between groups the same (Mundlak, Hausman)?
    """
    one, groups, fits = noun(comparison.group), plural(comparison.group), comparison.mixed_fits()

    def slope() -> ModelTest:
        if "random_slope" not in fits:
            raise DesignError(comparison.absent["random_slope"])
        wide = fits["random_slope"]
        names = [term_label(n) for n in wide.random_names if n not in comparison.random_intercept.random_names]
        test = likelihood_ratio(comparison.random_intercept, wide)
        return replace(test, question=f"Does the slope of {' and '.join(names)} vary between {groups}?")

    def intercept() -> ModelTest:
        test = likelihood_ratio(comparison.ols, comparison.random_intercept)
        return replace(test, question=f"Do rows of one {one} resemble each other, so that the {groups} matter?")

    def others() -> ModelTest:
        test = likelihood_ratio(comparison.pooled, comparison.mixed)
        rest = " and ".join(plural(f) for f in comparison.factors if f != comparison.group)
        return replace(test, question=f"Do {rest} matter beside the {groups}?")

    wanted: dict[str, Callable[[], ModelTest]] = {
        "Likelihood ratio test, random intercept": intercept,
        "Breusch–Pagan test": lambda: breusch_pagan(comparison),
        **({"Likelihood ratio test, other factors": others} if "several" in fits else {}),
        "Likelihood ratio test, random slope": slope,
        "Mundlak test": lambda: mundlak(comparison),
        "Mundlak test, cluster-robust": lambda: mundlak(comparison, robust=True),
        "Hausman test": lambda: hausman(comparison),
    }
    tests, left_out = [], {}
    for name, test in wanted.items():
        try:
            tests.append(replace(test(), name=name))
        except LmmCompareError as error:
            left_out[name] = str(error)
    information = information_criteria(comparison.by_ml, comparison.group)
    return WhichModel(tuple(tests), left_out, information, information_sentence(information, comparison.design.n))


def information_criteria(fits: Mapping[str, Result], group: str = "") -> pd.DataFrame:
    """AIC and BIC side by side, all by maximum likelihood.

    Parameters
    ----------
    fits : mapping
        A model's key or name to its fit; those by REML are refitted. The first one says which rows and outcome count.
    group : str, optional
        The grouping factor, for the labels.

    Returns
    -------
    DataFrame
        ``model, label, parameters, loglik, aic, delta_aic, weight, bic, delta_bic, bic_weight, problem``, the best AIC first.
        A model that may not be compared stands last with the reason as its ``problem`` and without differences. Weights are
        Akaike's (Burnham and Anderson 2002, section 2.9), and the like from BIC.
    """
    first = next(iter(fits.values()))
    rows = []
    for key, result in fits.items():
        fit = result.by_ml if isinstance(result, MixedResult) else result
        assert isinstance(fit, (MixedResult, OLSResult))
        parameters = fit.fit.n_parameters if isinstance(fit, MixedResult) else fit.fit.rank + 1
        rows.append({
            "model": key, "label": model_label(key, group) if key in MODELS else key, "parameters": parameters,
            "loglik": fit.llf, "aic": fit.aic, "bic": fit.bic, "problem": rows_problem(first, fit),
        })  # fmt: skip
    frame = pd.DataFrame(rows)
    comparable = frame["problem"] == ""
    for criterion, weight in (("aic", "weight"), ("bic", "bic_weight")):
        delta = (frame[criterion] - frame.loc[comparable, criterion].min()).where(comparable)
        support = np.exp(-0.5 * delta)
        frame[f"delta_{criterion}"], frame[weight] = delta, support / support.sum()
    return frame.sort_values("delta_aic", na_position="last", kind="stable", ignore_index=True)[COLUMNS]


def information_sentence(information: pd.DataFrame, n_rows: int) -> str:
    """What the frame of `information_criteria` says, in words."""
    known = information[information["problem"] == ""]
    best, frugal = known.iloc[0], known.loc[known["bic"].idxmin()]
    sentences = [
        f"By AIC “{best['label']}” comes first, with {percent(float(best['weight']))} of the weight"
        + ("; by BIC too." if frugal["model"] == best["model"] else f"; by BIC “{frugal['label']}”.")
    ]
    close = known.iloc[1:].loc[known["delta_aic"] < CLOSE, "label"]
    if len(close):
        joined = " and ".join(f"“{label}”" for label in close)
        lie = "lies" if len(close) == 1 else "lie"
        sentences.append(f"{joined} {lie} within {CLOSE:g} of it: the data hardly tell them apart.")
    sentences.append(f"All are fitted by maximum likelihood to the same {n_rows:,} rows.")
    if "no_pooling" in set(known["model"]):
        sentences.append(
            "Group dummies spend a parameter on each group: with many small groups theirs are not to be trusted."
        )
        if best["model"] == "no_pooling" and len(known) > 1:
            sentences.append(f"Of the other models “{known.iloc[1]['label']}” has the best AIC.")
    sentences += [
        f"“{row['label']}” is left out: {row['problem']}" for _, row in information.iterrows() if row["problem"]
    ]
    return " ".join(sentences)
