"""The coefficient table: a column per model, a row per term, variance components and fit statistics below."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from ..assess.random_columns import means_in_dummies
from ..comparison.comparison import Comparison
from ..comparison.extrapolated_terms import extrapolated_terms
from ..errors import DesignError
from ..inference.robust import Kind
from ..inference.t_tests import t_tests
from ..model_catalogue import Model
from ..models import MixedResult
from ..models.gls import GLSResult
from ..models.small_sample import SmallSampleResult
from ..text.english import listed
from ..text.labels import model_label, noun, plural
from ..text.numbers import MISSING, correlation_number, decimals_for, number, p_value
from .spread_rows import Limits, fit_key, variance_rows
from .table import NOT_ESTIMABLE, NOTHING, Cell, Row, Table, between, degrees, estimate_cell

END_POINT = "Optimiser’s end point"
OPTIMUM = "End point checked: no small change of the variances fits better. That says nothing of whether the model suits the data."
"""The table's last row, and what the word in it means."""
CHECKED, ON_BOUNDARY = Cell("checked"), Cell("checked", "", "on the boundary")
"""What is said of an optimiser's end point, in two lines so that the column stays narrow."""
NOT_RANKED = "not to be ranked"
"""What stands below the AIC of dummies."""
BEYOND = Cell(MISSING, "", "outside the data: at group means of 0")
"""A coefficient of the within-between model that is about groups which nobody has seen."""
ABSORBED = Cell(MISSING, "", "absorbed by the dummies")
"""What dummies cannot tell: a comparison between groups, and a mean where they leave differences of means."""


def term_label(comparison: Comparison, term: str) -> str:
    """A coefficient's name for readers; of a group mean that makes up others' too it names these."""
    result = comparison.coefficient(term)
    if result.mean_of is None:
        return result.label
    shared = dict(comparison.mixed_fits()[Model.WITHIN_BETWEEN].shared_means)
    with_others = [
        comparison.design.coefficient(k).label for k in shared.get(comparison.column_of(result.mean_of.name), ())
    ]
    also = f", with that of {listed(with_others)}" if with_others else ""
    return f"{result.mean_of.label}, mean of its {noun(comparison.group)}{also}"


def coefficient_table(
    comparison: Comparison,
    frame: pd.DataFrame | None = None,
    limits: Limits | None = None,
    *,
    p_values: bool = False,
    asked_early: bool = False,
) -> Table:
    """Make the coefficient table of a comparison; numbers of one row have the same number of decimals.

    Parameters
    ----------
    frame : DataFrame, optional
        The coefficients with their inference, as `Comparison.coefficients` gives them.
    limits : mapping, optional
        Intervals that take the place of the frame's, and that standard deviations and correlations get.
    asked_early : bool
        Whether the model that the formula asks for stands right after OLS, where there is room for two columns.
    """
    frame = comparison.coefficients() if frame is None else frame
    limits = limits or {}
    order = dict.fromkeys((Model.OLS, comparison.formula_model, *Model) if asked_early else Model)
    by_key = {(row["model"], row["term"]): row for row in frame.to_dict("records")}
    there = {model for model, _ in by_key} or comparison.fits.keys()  # all of them, where none has a coefficient
    models = tuple(m for m in order if m in there)
    heads = tuple((model_label(m, comparison.group), _second_head(comparison, m)) for m in models)
    rows, aliased, told = [], {one.name for one in comparison.design.aliased}, withheld(comparison)
    for i, term in enumerate(comparison.terms):
        result = {m: by_key[m, term] for m in models if (m, term) in by_key}
        decimals = decimals_for(min((float(v["se"]) for v in result.values() if v["se"] > 0), default=1.0))
        cells = tuple(
            NOT_ESTIMABLE
            if term in aliased
            else told[m, term]
            if (m, term) in told
            else _estimate(result[m], limits.get((m, "coefficient", "", term)), decimals, p_values)
            if m in result
            else NOTHING
            for m in models
        )
        rows.append(Row(term_label(comparison, term), cells, "Coefficients" if i == 0 else ""))
    rows += variance_rows(comparison, models, limits)
    rows += _fit_rows(comparison, models)
    return Table(models, heads, tuple(rows))


def withheld(comparison: Comparison) -> dict[tuple[str, str], Cell]:
    """Coefficients, by model, that are something else than their name says, and what stands in their place."""
    beyond = {(str(Model.WITHIN_BETWEEN), term): BEYOND for term in extrapolated_terms(comparison)}
    return beyond | {(str(Model.NO_POOLING), term): ABSORBED for term in means_in_dummies(comparison)}


def _second_head(comparison: Comparison, model: Model) -> str:
    """The second line of a model's column head: its kind of pooling, or its residual structure."""
    fit = comparison.structured
    if model != Model.STRUCTURED or fit is None:
        return model.pooling
    variance = f"variance by {fit.variance}" if fit.variance else ""
    return ", ".join(filter(None, [str(fit.correlation or ""), variance]))


def with_kenward_roger(comparison: Comparison, robust: Kind = "CR2") -> pd.DataFrame:
    """The coefficients of a comparison, mixed models with Kenward and Roger's standard errors and degrees of freedom.

    So has the model with structured residuals where `has_kenward_roger` says so.

    Raises
    ------
    DesignError, TooLargeError
        Of fits by maximum likelihood, and where it would take too much memory.
    """
    frame = comparison.coefficients(robust=robust).set_index(["model", "term"])
    fits: dict[Model, SmallSampleResult] = {**comparison.mixed_fits()}
    if (structured := comparison.structured) is not None and has_kenward_roger(structured):
        fits[Model.STRUCTURED] = structured
    for key, fit in fits.items():
        at = [(key, term) for term in fit.names]
        se, df = fit.bse_kenward_roger.to_numpy(), fit.df_kenward_roger.to_numpy()
        columns = t_tests(fit.params.to_numpy(), se, df)
        frame.loc[at, list(columns)] = np.column_stack(list(columns.values()))
    return frame.reset_index()


def has_kenward_roger(fit: GLSResult) -> bool:
    """Whether Kenward and Roger's method is there for a structure of the residuals."""
    try:
        return bool(np.isfinite(fit.df_kenward_roger).all())
    except DesignError:
        return False


def _estimate(row: Mapping[str, Any], ends: tuple[float, float] | None, decimals: int, p_values: bool) -> Cell:
    cell = estimate_cell(row, decimals, ABSORBED)
    if not cell.beside:
        return cell
    further = degrees(float(row["df"])) if ends is None or p_values else ""
    if p_values:
        further += f", {p_value(float(row['p']))}"
    return replace(cell, below=between(ends or (row["lower"], row["upper"]), decimals), further=further)


def _fit_rows(comparison: Comparison, models: tuple[Model, ...]) -> list[Row]:
    result = {row["model"]: row for row in comparison.statistics().to_dict("records")}

    def row(label: str, column: str, decimals: int | None, section: str = "") -> Row:
        cells = []
        for model in models:
            value = float(result[fit_key(model)][column])
            note = NOT_RANKED if column == "aic" and model == Model.NO_POOLING else ""
            text = correlation_number(value) if column == "icc" else number(value, decimals=decimals)
            by_ml = comparison.by_ml[fit_key(model)]
            if column in ("loglik", "aic") and isinstance(by_ml, MixedResult) and not by_ml.converged:
                cells.append(_end_point(by_ml))
                continue
            cells.append(NOTHING if np.isnan(value) else Cell(text, "", note))
        return Row(label, tuple(cells), section)

    of_groups = f" of {plural(comparison.group)}" if len(comparison.factors) > 1 else ""
    states = []
    for model in models:
        fit = comparison.fits[fit_key(model)]
        if isinstance(fit, GLSResult):
            states.append({"converged": CHECKED, "boundary": ON_BOUNDARY}.get(fit.outcome, Cell(fit.outcome)))
        elif not isinstance(fit, MixedResult):
            states.append(NOTHING)
        else:
            states.append(_end_point(fit))
    return [
        row(f"Intraclass correlation{of_groups}", "icc", 2, "Fit"),
        *_further_shares(comparison, models),
        row("Log-likelihood (by ML)", "loglik", 1),
        row("AIC (by ML, smaller is better)", "aic", 1),
        row("Rows", "n", 0),
        row(f"Number of {plural(comparison.group)}", "groups", 0),
        *_further_numbers(comparison, models),
        Row(END_POINT, tuple(states)),
    ]


def _further_shares(comparison: Comparison, models: tuple[Model, ...]) -> list[Row]:
    """The intraclass correlations of the grouping factors that are not shown, by the model that has them all."""
    shares, rows = comparison.mixed.shares, []
    for factor in comparison.factors:
        if factor != comparison.group:
            cell = Cell(correlation_number(shares[factor]))
            cells = tuple(cell if model == Model.SEVERAL else NOTHING for model in models)
            rows.append(Row(f"Intraclass correlation of {plural(factor)}", cells))
    return rows


def _further_numbers(comparison: Comparison, models: tuple[Model, ...]) -> list[Row]:
    """How many groups the factors have that are not shown, by the model that has them all."""
    return [
        Row(
            f"Number of {plural(one.name)}",
            tuple(Cell(f"{len(one.levels):,}") if model == Model.SEVERAL else NOTHING for model in models),
        )
        for one in comparison.design.groupings
        if one.name != comparison.group
    ]


def _end_point(fit: MixedResult) -> Cell:
    if not fit.converged:
        return Cell("no maximum" if fit.has_no_maximum else "not converged")
    if fit.unidentified:
        return Cell("variance", "", "not identified")
    return ON_BOUNDARY if fit.singular else CHECKED
