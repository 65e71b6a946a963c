"""One coefficient's numbers in one model, with the inference that the reader chose, and the contrast of two slopes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..assess.between_degrees import between_degrees
from ..comparison.comparison import Comparison
from ..inference.t_tests import t_quantile, t_tests
from ..model_catalogue import Model
from ..models import MixedResult
from .predictor_level import Level, Place, level


def inference_row(comparison: Comparison, model: str, term: str, frame: pd.DataFrame | None = None) -> pd.Series:
    """``estimate, se, df, t, p, lower, upper`` of one coefficient.

    Parameters
    ----------
    comparison : Comparison
    model, term : str
    frame : DataFrame, optional
        The coefficients with the inference chosen, as `Comparison.coefficients` gives them; the fit's own when left out.
    """
    if frame is None:
        row: pd.Series = comparison.fits[model].table().loc[term]
        return row
    result: pd.Series = frame.loc[(frame["model"] == model) & (frame["term"] == term)].iloc[0]
    return result


@dataclass(frozen=True)
class Contrast:
    """The slope between groups minus the slope within, where a mixed model estimates it.

    Parameters
    ----------
    model, name : str
        The model and the coefficient that it is: a group mean's beside its predictor's.
    value, se, df, lower, upper, p : float
    """

    model: str
    name: str
    value: float
    se: float
    df: float
    lower: float
    upper: float
    p: float


def contrast(comparison: Comparison, term: str, frame: pd.DataFrame | None = None) -> Contrast | None:
    """The contrast of a coefficient's two slopes: within-between's, or the formula's own model's where it has the group means.

    Mundlak (1978), On the pooling of time series and cross section data, Econometrica 46.
    """
    column = comparison.column_of(term)
    model, name = _place(comparison, term, level(comparison, column))
    fit = comparison.fits.get(model)
    if name is None or not isinstance(fit, MixedResult) or name not in fit.names:
        return None
    row = _bounded(inference_row(comparison, model, name, frame), fit, name)
    numbers = (float(row[c]) for c in ("estimate", "se", "df", "lower", "upper", "p"))
    return Contrast(model, name, *numbers)


def bounded_contrasts(comparison: Comparison, frame: pd.DataFrame | None = None) -> list[tuple[Contrast, float]]:
    """The contrasts that have fewer degrees of freedom than the same coefficient's row in ``frame``, with those of the row."""
    found = []
    for term in comparison.ols.names:
        if term == comparison.constant or level(comparison, comparison.column_of(term)).level not in (
            Level.BOTH,
            Level.CONTEXTUAL,
        ):
            continue
        apart = contrast(comparison, term, frame)
        if apart is not None and apart.df < (
            df := float(inference_row(comparison, apart.model, apart.name, frame)["df"])
        ):
            found.append((apart, df))
    return found


def _bounded(row: pd.Series, fit: MixedResult, name: str) -> pd.Series:
    """What compares groups with no more degrees of freedom than these leave, where their variance is estimated as 0.

    Not Kenward and Roger's, which do not take that variance for known.
    """
    most = between_degrees(fit)
    if most is None or not row["df"] > most or not np.isclose(row["df"], float(fit.df[name])):
        return row
    tested = {k: float(v) for k, v in t_tests(row["estimate"], row["se"], np.asarray(most)).items()}
    if not np.isclose(row["upper"] - row["estimate"], t_quantile(row["df"]) * row["se"]):  # of a profile or a bootstrap
        tested |= {"lower": row["lower"], "upper": row["upper"]}
    return pd.concat([row.drop(list(tested)), pd.Series(tested)])


def _place(comparison: Comparison, term: str, place: Place) -> tuple[str, str | None]:
    """Which model has the contrast, and what it calls it."""
    if place.level is Level.CONTEXTUAL:
        return comparison.formula_model, term
    if place.level is Level.WITHIN_GIVEN_MEANS and len(place.companions) == 1:
        companion = level(comparison, place.companions[0])
        if companion.level is Level.CONTEXTUAL:
            return comparison.formula_model, comparison.design.columns[place.companions[0]].name
    return Model.WITHIN_BETWEEN, comparison.mean_name(term)
