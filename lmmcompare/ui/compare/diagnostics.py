"""The panels of “Can I trust it?”: each picture under its question, with what is seen and what would be if all were well."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import plotly.graph_objects as go
import streamlit as st

from ...assess.convergence import end_point
from ...assess.diagnostics import leverages, residuals_against_fitted, residuals_by_group, spread_against_fitted
from ...assess.diagnostics_bands import Diagnostic
from ...assess.diagnostics_influence import influence
from ...assess.diagnostics_predictors import collinearity
from ...assess.diagnostics_qq import joint_normality, qq_random_effects, qq_residuals
from ...assess.diagnostics_rows import Null, Rows, rows_of, simulate
from ...assess.exact_fit import exact_sentence
from ...comparison.compare import Comparison
from ...errors import LmmCompareError
from ...explain.negative_correlation import offsetting_sentence
from ...explain.within_between import within_between_sentences
from ...figures.influence import influence_dots
from ...figures.qq import quantile_plot
from ...figures.residuals import leverage_plot, residual_plot
from ...figures.spreads import group_spreads
from ...models import MixedResult
from ...tables.table import Cell, Row, Table
from ...text.labels import an, literal, model_phrase, noun, plural
from ...text.numbers import number
from ..kit import bound_widgets
from ..kit.figure_cache import drawn
from ..kit.shell import chart, heading, is_dark, note, table
from ..server.cache import cached
from ..session.state import Analysis
from ..session.views import View
from .random_effects import not_normal_panel


@dataclass(frozen=True)
class _Shared:
    """What several diagnostics need; computed when the first one asks, and not kept."""

    fit: MixedResult

    @cached_property
    def rows(self) -> Rows:
        return rows_of(self.fit)

    @cached_property
    def null(self) -> Null:
        return simulate(self.fit, self.rows)


Compute = Callable[[_Shared], Diagnostic]


@cached(200, spinner="Drawing what the model expects…")
def _diagnostic(
    key: tuple[str, str, bool], name: str, _shared: _Shared, _compute: Compute
) -> Diagnostic | LmmCompareError:
    try:
        return _compute(_shared)
    except LmmCompareError as error:
        return error


def trust_panel(analysis: Analysis, comparison: Comparison, view: View) -> None:
    """Every check, two pictures in a row; each is drawn as soon as it is there."""
    fit, group, key = comparison.mixed, noun(comparison.group), analysis.key
    shared = _Shared(fit)
    _first(comparison, view)
    heading(f"Checks of {model_phrase(comparison.asked)}", literal(end_point(fit)))

    def check(question: str, name: str, compute: Compute, draw: Callable[[Diagnostic], go.Figure]) -> None:
        _check(question, _diagnostic(key, name, shared, compute), name, draw, key, view.term)

    left, right = st.columns(2, gap="large")
    with left:
        check(
            "Is a trend left in the residuals?", "trend", lambda s: residuals_against_fitted(s.fit, s.rows, s.null),
            lambda d: residual_plot(d.frame, d.lines, group_name=group, dark=is_dark()),
        )  # fmt: skip
    with right:
        check(
            "Is the scatter the same everywhere?", "spread", lambda s: spread_against_fitted(s.fit, s.rows, s.null),
            lambda d: residual_plot(
                d.frame, d.lines, y="size", y_label="size of the residual, in SDs", group_name=group, dark=is_dark()
            ),
        )  # fmt: skip
    left, right = st.columns(2, gap="large")
    with left:
        check(
            "Are the residuals normal?", "residual quantiles", lambda s: qq_residuals(s.fit, s.rows, s.null),
            lambda d: quantile_plot(
                d.frame, x_label="expected residual, in SDs", y_label="residual, in SDs", name="residuals", dark=is_dark()
            ),
        )  # fmt: skip
    with right:
        _effects(analysis, comparison, shared)
    left, right = st.columns(2, gap="large")
    with left:
        check(
            f"Do all {plural(comparison.group)} scatter alike?", "group spreads", lambda s: residuals_by_group(s.fit, rows=s.rows),
            lambda d: group_spreads(d.frame, sigma=fit.sigma, group_name=group, dark=is_dark()),
        )  # fmt: skip
    with right:
        term = "intercept" if view.term == comparison.constant else comparison.coefficient(view.term).label
        check(
            f"Does one {group} decide the result?", "influence", lambda s: influence(comparison.pooled),
            lambda d: influence_dots(d.frame, term=view.term, term_label=term, group_name=group, dark=is_dark()),
        )  # fmt: skip
        if len(comparison.factors) > 1:
            note(
                f"In {model_phrase(comparison.chosen)} of {literal(plural(comparison.group))} alone, each left out exactly."
            )
    left, right = st.columns(2, gap="large")
    with left:
        check(
            "Does one row decide its own fit?", "leverage", lambda s: leverages(s.fit, s.rows),
            lambda d: leverage_plot(d.frame, group_name=group, dark=is_dark()),
        )  # fmt: skip
        _predictors(comparison, _diagnostic(key, "predictors", shared, lambda s: collinearity(s.fit)))
    with right:
        not_normal_panel(analysis, comparison)


def _first(comparison: Comparison, view: View) -> None:
    """What matters most for the coefficient chosen: the two slopes; then what a picture of residuals cannot show."""
    exact = exact_sentence(comparison.mixed)
    if exact:
        heading("Is there anything left to explain?", "", literal(exact))
    if comparison.design.fixed:
        slopes = [literal(text) for text in within_between_sentences(comparison, view.term)]
        heading(f"Is the slope within {plural(comparison.group)} the slope between them?", "", slopes[0], slopes[1:])
    offsetting = offsetting_sentence(comparison, view.term)
    if offsetting:
        heading(f"Are rows of {an(comparison.group)} alike?", "", literal(offsetting))


def _check(
    question: str,
    found: Diagnostic | LmmCompareError,
    name: str,
    draw: Callable[[Diagnostic], go.Figure],
    *key: object,
) -> None:
    """A question, what is seen, the picture (`drawn`, by its name and key), and what would be seen if all were well."""
    if isinstance(found, LmmCompareError):
        heading(question, literal(str(found)))
        return
    heading(question, literal(found.seen))
    if len(found.frame):
        chart(drawn(lambda: draw(found), name, *key), f"{name} figure")
        note(literal(f"{found.well} {found.note}".strip()))


def _effects(analysis: Analysis, comparison: Comparison, shared: _Shared) -> None:
    """Quantiles of one random coefficient, and what all of a factor's say together."""
    fit, several = comparison.mixed, len(comparison.factors) > 1
    labels = {
        (f, t): comparison.coefficient(t).random_phrase + (f" ({plural(f)})" if several else "")
        for f in fit.factors
        for t in fit.terms_of(f)
    }
    opening = next(k for k in labels if k[0] == comparison.group)
    place = st.container()
    factor, term = opening
    if len(labels) > 1:
        factor, term = st.selectbox(
            "Random effects drawn", list(labels), format_func=labels.__getitem__, width=320,
            **bound_widgets.one_of("effects", f"effects drawn {comparison.asked}", labels, opening, ":".join),
        )  # fmt: skip
    label = labels[factor, term]
    with place:
        found = _diagnostic(
            analysis.key,
            f"effects of {factor}: {term}",
            shared,
            lambda s: qq_random_effects(s.fit, term, factor, s.rows, s.null),
        )
        _check(
            "Are the random effects normal?", found, "effects",
            lambda d: quantile_plot(d.frame, x_label="expected", y_label=label, name=label, dark=is_dark()),
            analysis.key, factor, term,
        )  # fmt: skip
    if len(fit.terms_of(factor)) > 1:
        both = _diagnostic(
            analysis.key, f"all of {factor}", shared, lambda s: joint_normality(s.fit, factor, s.rows, s.null)
        )
        if isinstance(both, Diagnostic):
            note(f"**All together.** {literal(both.seen)}")


def _predictors(comparison: Comparison, found: Diagnostic | LmmCompareError) -> None:
    """Collinearity, where there is more than one predictor."""
    if isinstance(found, LmmCompareError) or found.frame.empty:
        return
    heading("Do the predictors tell the same?", literal(found.seen))
    labels = comparison.design.term_labels
    rows = [
        Row(labels.get(str(r.term), str(r.term)), (Cell(number(r.vif, 2)), Cell(number(r.se_factor, 2))))
        for r in found.frame.itertuples()
    ]
    heads = (("VIF", ""), ("Standard error", "times as large"))
    table(Table(("", ""), heads, tuple(rows)), found.well, "Variance inflation")
