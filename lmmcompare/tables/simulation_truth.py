"""True values beside estimates for simulated data: true lines in the picture, a table, and a headline."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from ..arrays import Array
from ..comparison.compare import Comparison
from ..comparison.picture import Picture
from ..design.coefficients import INTERCEPT
from ..errors import DesignError
from ..model_catalogue import Model
from ..models import MixedResult
from ..simulate.design import Design, design
from ..simulate.dropout import groups_of_table
from ..simulate.settings import Settings
from ..simulate.table import group_labels
from ..simulate.truth import contextual_effect, ols_finds, true_group_lines, true_line, truths, weight_between
from ..text.labels import model_label
from ..text.numbers import MINUS, decimals_for, number, percent
from .coefficients import term_label
from .table import NOTHING, Cell, Row, Table

OUTCOME = "y"
MISSES = "misses"
"""What stands below an estimate whose interval does not hold the true value."""


def with_truth(picture: Picture, settings: Settings) -> Picture:
    """The picture with the true lines of the groups and of an ordinary group, as those of the model "truth".

    The picture stays as it is where its axes are not the simulated outcome and predictor.
    """
    by_x = picture.x_label == settings.x_name and picture.x_ticks is None
    by_group = picture.x_label.startswith("group, ") and len(picture.group_order) == settings.groups
    if picture.y_label != OUTCOME or not (by_x or by_group):
        return picture
    drawn, own_effects = groups_of_table(settings)
    position = {label: j for j, label in enumerate(group_labels(settings))}
    display = np.array([position[label] for label in picture.group_order])
    at = _ends_by_x(drawn, display, picture.x_range) if by_x else _means(drawn)[display][:, None].repeat(2, axis=1)
    groups = display.repeat(2)
    own = true_group_lines(settings, own_effects, groups, at.ravel())
    where = at if by_x else np.arange(len(display))[:, None] + np.array([-0.42, 0.42])
    common = np.array(picture.x_range)
    middle = true_line(settings, common if by_x else np.full(2, drawn.x.mean()))
    lines = pd.concat(
        [
            picture.lines,
            pd.DataFrame({"model": "truth", "kind": "population", "group": "", "level": "", "x": common, "y": middle}),
            pd.DataFrame(
                {
                    "model": "truth",
                    "kind": "group",
                    "group": np.repeat(picture.group_order, 2),
                    "level": "",
                    "x": where.ravel(),
                    "y": own,
                }
            ),
        ],
        ignore_index=True,
    ).astype({"model": object, "kind": object, "group": object, "level": object})
    low, high = min(own.min(), middle.min()), max(own.max(), middle.max())
    air = 0.02 * (picture.y_range[1] - picture.y_range[0])
    y_range = (min(picture.y_range[0], float(low) - air), max(picture.y_range[1], float(high) + air))
    return replace(picture, lines=lines, y_range=y_range)


def _ends_by_x(drawn: Design, display: Array, x_range: tuple[float, float]) -> Array:
    """Where each group's line starts and ends, (G, 2); groups with one value of x get a short line."""
    starts = np.cumsum(drawn.sizes) - drawn.sizes
    low, high = (ufunc.reduceat(drawn.x[0], starts)[display] for ufunc in (np.minimum, np.maximum))
    reach = np.where(low == high, 0.012 * (x_range[1] - x_range[0]), 0.0)
    return np.stack([low - reach, high + reach], axis=1)


def _means(drawn: Design) -> Array:
    starts = np.cumsum(drawn.sizes) - drawn.sizes
    return np.add.reduceat(drawn.x[0], starts) / drawn.sizes


def truth_table(comparison: Comparison, settings: Settings, frame: pd.DataFrame | None = None) -> Table:
    """True values beside what each model found: coefficients with their standard errors, and standard deviations.

    Parameters
    ----------
    comparison : Comparison
    settings : Settings
    frame : DataFrame, optional
        The coefficients with other inference than `Comparison.coefficients` gives them.
    """
    models = tuple(m for m in Model if m in comparison.fits and m != Model.SEVERAL)
    heads = tuple((model_label(m, comparison.group), "") for m in ("truth", *models))
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
    return Table(("truth", *models), heads, tuple(rows))


def truth_caption(table: Table) -> str:
    """The caption of the table of true values, which explains the marks that occur in it."""
    if MISSES not in table.marks:
        return "Estimate (standard error)."
    return f"Estimate (standard error). “{MISSES}”: the 95% interval does not hold the true value, as 1 in 20 does not if all is right."


def _true(value: float | None) -> Cell:
    return NOTHING if value is None else Cell(setting_text(value))


def _estimate(row: pd.Series, truth: float | None, decimals: int) -> Cell:
    if not np.isfinite(row["estimate"]):
        return NOTHING
    estimate, error = (number(float(row[c]), decimals=decimals) for c in ("estimate", "se"))
    missed = truth is not None and not row["lower"] <= truth <= row["upper"]
    return Cell(estimate, f"({error})", MISSES if missed else "")


def _spreads(comparison: Comparison, settings: Settings, models: tuple[str, ...], true: dict[str, float]) -> list[Row]:
    """Rows of the standard deviations and the correlation that were simulated."""
    result = {m: _variation(comparison, m, settings.x_name) for m in models}
    others = tuple(m for m in models if m != Model.WITHIN_BETWEEN)

    def row(label: str, key: str, truth: str, decimals: int, without: tuple[str, ...] = ()) -> Row:
        values = (np.nan if m in without else result[m].get(key, np.nan) for m in models)
        return Row(label, (_true(true.get(truth)), *(Cell(number(v, decimals=decimals)) for v in values)))

    places = decimals_for(settings.sigma, 3)
    if contextual_effect(settings) and Model.WITHIN_BETWEEN in models:
        rows = [
            row("SD between groups", "tau0", "tau0", places, (Model.WITHIN_BETWEEN,)),
            row("… at the same mean of x", "tau0", "tau0_given_x", places, others),
        ]
    else:
        rows = [row("SD between groups", "tau0", "tau0", places)]
    if settings.tau1 > 0:
        rows.append(row("SD of the slopes", "tau1", "tau1", decimals_for(settings.tau1, 3)))
        rows.append(row("Correlation of the two", "rho", "rho", 2))
    rows.append(row("Residual SD", "sigma", "sigma", places))
    return [replace(rows[0], section="Variation"), *rows[1:]]


def _variation(comparison: Comparison, model: str, x: str) -> dict[str, float]:
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


def headline(comparison: Comparison, settings: Settings) -> str:
    """Sentences on the true value and on the estimates of OLS and the mixed model.

    Raises
    ------
    DesignError
        When the predictor happens to have one value: its slope is what the simulation is about.
    """
    if settings.x_name in comparison.ols.aliased:
        raise DesignError(
            f"“{settings.x_name}” has the same value in all rows: such data say nothing of its slope.",
            "Draw again, or let it vary more.",
        )
    term = settings.x_name if settings.x_name in comparison.ols.params else INTERCEPT
    fits = (comparison.ols, comparison.mixed)
    decimals = decimals_for(max(float(f.bse[term]) for f in fits))
    words = [" ± ".join(number(float(v[term]), decimals=decimals) for v in (f.params, f.bse)) for f in fits]
    truth = truths(settings).set_index("term")["truth"].get(term, np.nan)
    where = {"both": " within groups", "between": " between groups"} if contextual_effect(settings) else {}
    what = "mean" if term == INTERCEPT else f"slope{where.get(settings.where, '')}"
    return f"The true {what} is {setting_text(truth)}. OLS says {words[0]}, the mixed model {words[1]}."


def setting_text(value: float) -> str:
    """A setting in a sentence, as it was given where it is short."""
    text = f"{value:,.10g}".replace("-", MINUS)
    return text if len(text) <= 8 and "e" not in text else number(value)


def ols_expectation_sentence(settings: Settings) -> str:
    """What OLS has to find on average in this design, where that is not the slope within groups; else empty."""
    context = contextual_effect(settings)
    if not context or settings.leaves_by_outcome:
        return ""
    if settings.where == "between":
        return (
            f"All else equal a unit of x does {setting_text(settings.slope)}, but groups with a higher x differ in other ways too: "
            f"no model can see through that, and the slope between groups is {setting_text(settings.slope + context)}."
        )
    drawn = design(settings)
    within, between = setting_text(settings.slope), setting_text(settings.slope + context)
    return (
        f"The slope is {within} within groups and {between} between them. {percent(float(weight_between(drawn)[0]))} of the "
        f"variation of x lies between groups, so OLS finds {number(float(ols_finds(settings, drawn)[0]))} on average; dummies and "
        f"within–between find {within}."
    )
