"""The tab “Can I trust it?”: its checks, each cached for all sessions, and the choice of random effects."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import streamlit as st

from ...assess.diagnostic_result import Diagnostic
from ...assess.diagnostics import leverages, residuals_against_fitted, residuals_by_group, spread_against_fitted
from ...assess.diagnostics_collinearity import collinearity
from ...assess.diagnostics_influence import influence, influence_in_steps
from ...assess.diagnostics_qq import joint_normality, qq_random_effects, qq_residuals
from ...assess.diagnostics_rows import Null, Rows, rows_of, simulate
from ...comparison.comparison import Comparison
from ...comparison.cost import expected_refit_seconds
from ...errors import LmmCompareError
from ...models import MixedResult
from ...panels import diagnostics as panels
from ...tables.inference import Inferred
from ...text.labels import plural
from ..kit import address_widgets
from ..kit.panel import show
from ..server import comparison_cache
from ..server.background_jobs import JobStatus
from ..server.cache import cached
from ..session import job_progress
from ..session.fit_request import duration
from ..session.job_progress import job_key
from ..session.state import Analysis
from ..session.views import View
from .mass_points import not_normal_panel
from .residual_checks import residual_checks

INFLUENCE = "influence"


@dataclass(frozen=True)
class _Shared:
    """Quantities that several diagnostics share; computed when first used, and not cached between runs."""

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


def diagnostics_panel(analysis: Analysis, comparison: Comparison, view: View, display: Inferred) -> None:
    """Draw all checks, two figures in a row, each as soon as it is computed."""
    shared = _Shared(comparison.mixed)

    def diagnostic(name: str, compute: Compute) -> Diagnostic | LmmCompareError:
        return _diagnostic(analysis.key, name, shared, compute)

    for panel in panels.before_all(comparison, view.term, display.within()):
        show(panel, analysis.key)
    residual_checks(analysis, comparison, view.term, display.within())
    left, right = st.columns(2, gap="large")
    with left:
        trend = diagnostic("trend", lambda s: residuals_against_fitted(s.fit, s.rows, s.null))
        show(panels.residual_trend(comparison, trend), analysis.key)
    with right:
        spread = diagnostic("spread", lambda s: spread_against_fitted(s.fit, s.rows, s.null))
        show(panels.residual_spread(comparison, spread), analysis.key)
    left, right = st.columns(2, gap="large")
    with left:
        quantiles = diagnostic("residual quantiles", lambda s: qq_residuals(s.fit, s.rows, s.null))
        show(panels.residual_quantiles(comparison, quantiles), analysis.key)
    with right:
        _effects(analysis, comparison, shared)
    left, right = st.columns(2, gap="large")
    with left:
        spreads = diagnostic("group spreads", lambda s: residuals_by_group(s.fit, s.rows))
        show(panels.spreads_by_group(comparison, spreads), analysis.key)
    with right:
        _influence(analysis, comparison, view, shared)
    left, right = st.columns(2, gap="large")
    with left:
        show(panels.row_leverage(comparison, diagnostic("leverage", lambda s: leverages(s.fit, s.rows))), analysis.key)
        vif = diagnostic("predictors", lambda s: collinearity(s.fit))
        show(panels.collinear_predictors(comparison, vif), analysis.key)
    with right:
        not_normal_panel(analysis, comparison)


def _influence(analysis: Analysis, comparison: Comparison, view: View, shared: _Shared) -> None:
    """What leaving out each group does: to the whole model, of several factors too where that is soon done or asked for."""
    several, key = len(comparison.factors) > 1, job_key(analysis)
    if several and not comparison.design.is_sample:
        seconds, job = expected_refit_seconds(comparison.design), job_progress.job_of(INFLUENCE, key)
        whole: Diagnostic | LmmCompareError | None = None
        if seconds <= comparison_cache.LONG:
            whole = _diagnostic(analysis.key, "influence", shared, lambda s: influence(s.fit))
        elif job is not None and job.finished:
            whole = job.error or job.latest[1]
        if whole is not None:
            show(panels.group_influence(comparison, view.term, whole, whole=True), analysis.key)
            return
    alone = _diagnostic(analysis.key, "influence alone", shared, lambda s: influence(comparison.one_factor))
    show(panels.group_influence(comparison, view.term, alone), analysis.key)
    if not several or comparison.design.is_sample:
        return

    def make() -> Iterator[tuple[int, Diagnostic | None]]:
        return influence_in_steps(shared.fit)

    if job is None:
        st.button(
            f"Leave each out of the whole model (about {duration(seconds)})",
            key="run influence",
            type="tertiary",
            icon=":material/play_arrow:",
            on_click=job_progress.start,
            args=(INFLUENCE, key, make),
        )
        return
    total = comparison.mixed.moments.n_groups

    def progress(status: JobStatus) -> None:
        done = status.latest[0] if status.latest is not None else 0
        text = job_progress.progress_text(done, total, "refit", status.spent)
        job_progress.progress(INFLUENCE, key, status, done / total, text)

    job_progress.follow(INFLUENCE, key, make, progress)


def _effects(analysis: Analysis, comparison: Comparison, shared: _Shared) -> None:
    """Quantiles of one random coefficient, chosen below, and what all of a factor's say together."""
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
            "Random effects drawn",
            list(labels),
            format_func=labels.__getitem__,
            width=320,
            **address_widgets.one_of("effects", f"effects drawn {comparison.formula_model}", labels, opening, ":".join),
        )
    name, together = f"effects of {factor}: {term}", None
    one = _diagnostic(analysis.key, name, shared, lambda s: qq_random_effects(s.fit, term, factor, s.rows, s.null))
    if len(fit.terms_of(factor)) > 1:
        name = f"all of {factor}"
        together = _diagnostic(analysis.key, name, shared, lambda s: joint_normality(s.fit, factor, s.rows, s.null))
    with place:
        show(panels.effect_quantiles(comparison, labels[factor, term], one, together, (factor, term)), analysis.key)
