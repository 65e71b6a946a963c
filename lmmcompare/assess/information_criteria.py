"""AIC, AICc and BIC of comparable models; group dummies, whose likelihood is not comparable, are listed without a rank."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..model_catalogue import Model
from ..models import MixedResult, NoPoolingResult, OLSResult, Result
from ..models.gls import GLSResult
from ..text.labels import model_label
from ..text.numbers import number, percent
from .nested_models import no_likelihood, rows_problem

CLOSE = 2.0
"""Models whose AICc lies this close to the best have about as much support (Burnham and Anderson 2002, section 2.6)."""
APART = (
    "Its likelihood answers another question: how further rows of these very groups would turn out, not rows of new groups "
    "(Vaida and Blanchard 2005, Biometrika 92)."
)
"""Why group dummies are not ranked with the others."""
CRITERIA = ("aic", "aicc", "bic")
COLUMNS = ["model", "label", "parameters", "loglik", "aic", "delta_aic", "aicc", "delta_aicc", "weight"]
COLUMNS += ["bic", "delta_bic", "bic_weight", "problem"]


def aicc(aic: float, parameters: int, n: int) -> float:
    """AIC corrected for few rows, ``AIC + 2 k (k + 1) / (n - k - 1)``; infinite without rows to spare (Hurvich and Tsai 1989)."""
    left = n - parameters - 1
    return aic + 2 * parameters * (parameters + 1) / left if left > 0 else float("inf")


def information_criteria(fits: Mapping[Model, Result], group: str = "") -> pd.DataFrame:
    """AIC, AICc and BIC side by side, all by maximum likelihood.

    Parameters
    ----------
    fits : mapping
        Keys or names of models to their fits; REML fits are refitted by ML. The rows and outcome are those of the first one.

    Returns
    -------
    DataFrame
        ``model, label, parameters, loglik, aic, delta_aic, aicc, delta_aicc, weight, bic, delta_bic, bic_weight, problem``, the
        best AICc first. A model that may not be ranked stands last with the reason as its ``problem`` and without
        differences. Weights are Akaike's from AICc (Burnham and Anderson 2002, sections 2.4 and 2.9), and the like from BIC. n is
        the number of rows.
    """
    first = next(iter(fits.values()))
    rows = []
    for key, result in fits.items():
        fit = result.by_ml if isinstance(result, MixedResult | GLSResult) else result
        assert isinstance(fit, (MixedResult, OLSResult, GLSResult))
        parameters = fit.fit.rank + 1 if isinstance(fit, OLSResult) else fit.fit.n_parameters
        problem = (
            rows_problem(first, fit)
            or no_likelihood(fit)
            or (APART if isinstance(fit, NoPoolingResult) and len(fits) > 1 else "")
        )
        rows.append(
            {
                "model": key,
                "label": model_label(key, group) if key in {*Model} else key,
                "parameters": parameters,
                "loglik": fit.llf,
                "aic": fit.aic,
                "aicc": aicc(fit.aic, parameters, fit.nobs),
                "bic": fit.bic,
                "problem": problem,
            }
        )
    frame = pd.DataFrame(rows)
    ranked = frame["problem"] == ""
    for criterion in CRITERIA:
        frame[f"delta_{criterion}"] = (frame[criterion] - frame.loc[ranked, criterion].min()).where(ranked)
    for criterion, weight in (("aicc", "weight"), ("bic", "bic_weight")):
        support = np.exp(-0.5 * frame[f"delta_{criterion}"])
        frame[weight] = support / support.sum()
    return frame.sort_values("delta_aicc", na_position="last", kind="stable", ignore_index=True)[COLUMNS]


def information_sentence(information: pd.DataFrame, n_rows: int) -> str:
    """The ranking in the frame of `information_criteria`, in words."""
    known = information[information["problem"] == ""]
    best = known.iloc[0]
    sentences = [_first(known)]
    close = known.iloc[1:].loc[known["delta_aicc"] < CLOSE, "label"]
    if len(close):
        joined = " and ".join(f"“{label}”" for label in close)
        lie = "lies" if len(close) == 1 else "lie"
        sentences.append(f"{joined} {lie} within {CLOSE:g} of it: the data hardly tell them apart.")
    sentences.append(
        f"AICc is AIC corrected for the number of rows, here {n_rows:,}. All models are fitted by maximum likelihood to the same rows; "
        f"the weight is a share among the {len(known)} ranked models, not the probability that “{best['label']}” is true."
    )
    sentences += [_left_out(row) for row in information.to_dict("records") if row["problem"]]
    return " ".join(sentences)


def _first(known: pd.DataFrame) -> str:
    """Which model each criterion puts first."""
    best = known.iloc[0]
    if not np.isfinite(best["aicc"]):
        return "There are too few rows for AICc: each model has nearly as many parameters."
    text = f"By AICc “{best['label']}” comes first, with {percent(min(float(best['weight']), 0.9999))} of the weight"
    others = {
        name: str(known.loc[known[column].idxmin(), "label"]) for name, column in (("AIC", "aic"), ("BIC", "bic"))
    }
    agree = [name for name, label in others.items() if label == best["label"]]
    differ = [f"by {name} “{label}”" for name, label in others.items() if label != best["label"]]
    if not differ:
        return f"{text}; by AIC and BIC too."
    return f"{text}{f' (by {agree[0]} too)' if agree else ''}; {' and '.join(differ)}."


def _left_out(row: dict[Hashable, Any]) -> str:
    if row["problem"] != APART:
        return f"“{row['label']}” is left out: {row['problem']}"
    own = f"AIC {number(row['aic'], decimals=1)}, AICc {number(row['aicc'], decimals=1)}"
    return f"“{row['label']}” ({own}) is not ranked with them. {APART}"
