"""The table of true values beside estimates, for simulated data."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from ..comparison.comparison import Comparison
from ..design.coefficients import INTERCEPT
from ..model_catalogue import Model
from ..models import MixedResult
from ..simulate.settings import Settings
from ..simulate.truth import contextual_effect, truths
from ..text.labels import model_label
from ..text.numbers import decimals_for, number, setting_text
from .coefficients import term_label
from .table import NOTHING, Cell, Row, Table

MISSES = "misses"
"""What stands below an estimate whose interval does not hold the true value."""


def truth_table(comparison: Comparison, settings: Settings, frame: pd.DataFrame | None = None) -> Table:
    """True values beside what each model found: coefficients with their standard errors, and standard deviations.

    Parameters
    ----------
    frame : DataFrame, optional
        The coefficients with other inference than `Comparison.coefficients` gives them.
    """
    models = tuple(m for m in Model if m in comparison.fits and m != Model.SEVERAL)
    heads = tuple((model_label(m, comparison.group), "") for m in (Model.TRUTH, *models))
    true = truths(settings).set_index("term")["truth"].to_dict()
    frame = (comparison.coefficients() if frame is None else frame).set_index(["model", "term"])
    rows = []
    for term in comparison.terms:
        result = {m: frame.loc[(m, term)] for m in models if (m, term) in frame.index}
        if term == INTERCEPT and contextual_effect(settings):
            result.pop(Model.WITHIN_BETWEEN, None)  # its intercept is that of a group whose mean of x is 0
        decimals = decimals_for(min((float(v["se"]) for v in result.values() if v["se"] > 0), default=1.0))
        cells = [_estimate(result[m], true.get(term), decimals) if m in result else NOTHING for m in models]
        rows.append(Row(term_label(comparison, term), (_true(true.get(term)), *cells)))
    rows += _spreads(comparison, settings, models, true)
    return Table((Model.TRUTH, *models), heads, tuple(rows))


def truth_caption(table: Table, settings: Settings) -> str:
    """The caption of the table of true values, which explains what occurs in it."""
    words = ["Estimate (standard error)."]
    if float(truths(settings).set_index("term")["truth"]["tau0"]) != settings.tau0:
        words.append(
            "What the residuals of a group have in common counts as its intercept in the true SDs, for no data tell the two apart."
        )
    if settings.autocorrelation:
        alike = "resemble" if settings.autocorrelation > 0 else "are unlike"
        finds = (
            "more between groups and less within"
            if settings.autocorrelation > 0
            else "less between groups and more within"
        )
        words.append(
            f"Residuals {alike} those before them: models that take them to be independent find {finds} than is true."
        )
    if MISSES in table.marks:
        words.append(f"“{MISSES}”: the 95% interval does not hold the true value, as 1 in 20 does not if all is right.")
    return " ".join(words)


def _true(value: float | None) -> Cell:
    return NOTHING if value is None else Cell(setting_text(value))


def _estimate(row: pd.Series, truth: float | None, decimals: int) -> Cell:
    if not np.isfinite(row["estimate"]):
        return NOTHING
    estimate, error = (number(float(row[c]), decimals=decimals) for c in ("estimate", "se"))
    missed = truth is not None and not row["lower"] <= truth <= row["upper"]
    return Cell(estimate, f"({error})", MISSES if missed else "")


def _spreads(
    comparison: Comparison, settings: Settings, models: tuple[Model, ...], true: dict[str, float]
) -> list[Row]:
    """Rows of the standard deviations and the correlation that were simulated."""
    result = {m: _variation(comparison, m, settings.x_name) for m in models}
    others = tuple(m for m in models if m != Model.WITHIN_BETWEEN)

    def row(label: str, key: str, truth: str, decimals: int, without: tuple[str, ...] = ()) -> Row:
        values = (np.nan if m in without else result[m].get(key, np.nan) for m in models)
        return Row(label, (_true(true.get(truth)), *(Cell(number(v, decimals=decimals)) for v in values)))

    places = decimals_for(settings.sigma, 3)
    if (
        settings.tau1 > 0
    ):  # without slopes of their own the lines of groups are apart by what they are on average over x
        one_slope = tuple(m for m in models if m != Model.RANDOM_SLOPE)
        rows = [row(f"SD between groups where {settings.x_name} is 0", "tau0", "tau0", places, one_slope)]
    elif contextual_effect(settings) and Model.WITHIN_BETWEEN in models:
        rows = [
            row("SD between groups", "tau0", "tau0", places, (Model.WITHIN_BETWEEN,)),
            row("… at the same mean of x", "tau0", "tau0_given_x", places, others),
        ]
    elif contextual_effect(settings) and settings.where == "between":  # the slope takes up what goes along with x
        rows = [row("SD between groups at the same x", "tau0", "tau0_given_x", places)]
    else:
        rows = [row("SD between groups", "tau0", "tau0", places)]
    if settings.tau1 > 0:
        rows.append(row("SD of the slopes", "tau1", "tau1", decimals_for(settings.tau1, 3)))
        rows.append(row("Correlation of the two", "rho", "rho", 2))
    rows.append(row("Residual SD", "sigma", "sigma", places))
    return [replace(rows[0], section="Variation"), *rows[1:]]


def _variation(comparison: Comparison, model: Model, x: str) -> dict[str, float]:
    """tau0, tau1, rho and sigma of a fit, those that it has."""
    fit = comparison.fits[model]
    result = {"sigma": float(fit.sigma)}
    if isinstance(fit, MixedResult):
        covariance = fit.cov_re[comparison.group]
        sd = {name: float(np.sqrt(covariance.loc[name, name])) for name in covariance.index}
        result |= {key: sd[name] for key, name in (("tau0", INTERCEPT), ("tau1", x)) if name in sd}
        if {INTERCEPT, x} <= set(sd) and min(sd[INTERCEPT], sd[x]) > 1e-4 * result["sigma"] / max(1.0, result["sigma"]):
            result["rho"] = float(covariance.loc[INTERCEPT, x]) / (sd[INTERCEPT] * sd[x])
    return result
