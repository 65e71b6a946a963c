"""Intervals of everything that the mixed model estimates: Wald, profile likelihood and bootstrap beside each other."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

import pandas as pd
import streamlit as st

from ...assess.bootstrap_intervals import bootstrap_intervals, bootstrap_sentence
from ...assess.intervals import intervals, profiles
from ...comparison.comparison import Comparison
from ...inference.bootstrap import Bootstrap, Kind
from ...inference.bootstrap import running as bootstrap_running
from ...inference.profile import Parameter, parameters, profile
from ...inference.profile_search import Interval
from ...model_catalogue import Model
from ...models import MixedResult
from ...panels.intervals import intervals_by_method, one_interval
from ...tables.intervals import IntervalsByMethod, label_of
from ...text.labels import literal, noun, plural
from ..kit import address_widgets
from ..kit.page_elements import explain_error, note, plain
from ..kit.panel import body, head
from ..server import comparison_cache
from ..server.background_jobs import Job, JobStatus
from ..server.cache import cached
from ..session import job_progress
from ..session.job_progress import job_key
from ..session.state import Analysis
from ..session.views import View

SAMPLES, SEED = 1_000, 1
BOOTSTRAP, PROFILE = "bootstrap", "profile"
KINDS: tuple[Kind, ...] = ("parametric", "case")
QUICK = 300
"""Largest number of random effects beside the largest factor's for which profiles are computed without a click."""


@cached(300, spinner="Profile likelihood intervals…")
def profile_intervals(table: str, formula: str, reml: bool, model: Model) -> pd.DataFrame:
    """Profile-likelihood intervals of one model, as `intervals` gives them."""
    fit = comparison_cache.comparison(table, formula, reml).mixed_fits()[model]
    return pd.DataFrame([result.row for result in profiles(fit, known=_limits(table, formula, model, fit))])


@cached(300)
def _limits(table: str, formula: str, model: Model, _fit: MixedResult) -> list[tuple[Parameter, Interval]]:
    """For the fits by REML and by maximum likelihood alike."""
    return list(profile(_fit.fit, _fit.moments))


@cached(300)
def _wald(table: str, formula: str, reml: bool) -> pd.DataFrame:
    return intervals(comparison_cache.comparison(table, formula, reml).mixed, "wald")


def is_quick(fit: MixedResult) -> bool:
    """Whether profiles of a fit are fast enough to be computed without a click."""
    crossed = fit.fit.problem.other_factors
    return crossed is None or crossed.size <= QUICK


def current_bootstrap(analysis: Analysis) -> Bootstrap | None:
    """The draws so far of the session's bootstrap of this model."""
    _, job = _bootstrap_of(analysis)
    result: Bootstrap | None = job.latest if job is not None else None
    return result if result is not None and len(result.draws) > 1 else None


def intervals_panel(analysis: Analysis, comparison: Comparison, view: View) -> None:
    """The three kinds of interval, the bootstrap's button, and one parameter in a picture."""
    head(intervals_by_method(comparison))
    _controls(analysis, comparison)
    frames = {"wald": _wald(*analysis.key)}
    profiled, note_of_it = _profiled(analysis, comparison)
    if profiled is not None:
        frames["profile"] = profiled
    kind, job = _bootstrap_of(analysis)
    if job is None:
        _all(analysis, comparison, frames, None, view)
    else:
        key = job_key(analysis, kind)

        def show(status: JobStatus) -> None:
            result: Bootstrap | None = status.latest
            _progress(BOOTSTRAP, key, status, result.done if result is not None else 0, SAMPLES, "sample")
            if result is not None and len(result.draws) > 1 and not job_progress.is_running(BOOTSTRAP, key):
                note(literal(bootstrap_sentence(result)))
            _all(analysis, comparison, frames, result, view)

        job_progress.follow(BOOTSTRAP, key, lambda: _draws(comparison.mixed, kind), show)
    note("Estimates of spread have no Wald interval: they are skewed and end at 0." + note_of_it)


def _bootstrap_of(analysis: Analysis) -> tuple[Kind, Job | None]:
    """The session's bootstrap of this model, of whichever kind it is."""
    jobs = {kind: job_progress.job_of(BOOTSTRAP, job_key(analysis, kind)) for kind in KINDS}
    return next(((kind, job) for kind, job in jobs.items() if job is not None), (KINDS[0], None))


def _progress(place: str, key: Hashable, status: JobStatus, done: int, total: int, unit: str) -> None:
    """Draw the bootstrap's progress, or the error that ended it."""
    if not status.finished:
        text = job_progress.progress_text(done, total, unit, status.spent)
        job_progress.progress(place, key, status, done / total, text)
    elif status.error is not None:
        explain_error(status.error)


def _controls(analysis: Analysis, comparison: Comparison) -> None:
    """What to draw anew, and the button."""
    several = len(comparison.factors) > 1
    kinds: dict[Kind, str] = {
        "parametric": "New outcomes from the model",
        "case": f"Whole {plural(comparison.group)} anew",
    }
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if not several:
            st.segmented_control(
                "Bootstrap",
                list(kinds),
                required=True,
                format_func=lambda k: plain(kinds[k]),
                label_visibility="collapsed",
                **address_widgets.one_of("bootstrap", "bootstrap kind", kinds, "parametric"),
            )
        kind: Kind = "parametric" if several else st.session_state["bootstrap kind"]
        st.button(
            f"Run {SAMPLES:,} bootstrap samples",
            key="run bootstrap",
            icon=":material/play_arrow:",
            disabled=job_progress.is_running(BOOTSTRAP, job_key(analysis, kind)),
            on_click=_start_bootstrap,
            args=(analysis, kind),
        )
    if not several and kind == "case":
        one, many = noun(comparison.group), plural(comparison.group)
        note(
            f"Each sample has as many {literal(many)}, drawn with replacement: nothing is assumed of the distribution of the errors, "
            f"but it needs many {literal(many)}, as each {literal(one)} counts as one observation."
        )


def _start_bootstrap(analysis: Analysis, kind: Kind) -> None:
    fit = comparison_cache.comparison(*analysis.key).mixed
    job_progress.start(BOOTSTRAP, job_key(analysis, kind), lambda: _draws(fit, kind))


def _draws(fit: MixedResult, kind: Kind) -> Iterator[Bootstrap]:
    batch = 1 if fit.fit.problem.other_factors is not None else None  # these are fitted one after another
    return bootstrap_running(fit.fit, fit.moments, kind, SAMPLES, seed=SEED, batch=batch)


def _start_profile(analysis: Analysis) -> None:
    fit = comparison_cache.comparison(*analysis.key).mixed
    job_progress.start(PROFILE, job_key(analysis), lambda: _limits_so_far(fit))


def _limits_so_far(fit: MixedResult) -> Iterator[list[dict[str, Any]]]:
    rows: list[dict[str, Any]] = []
    for result in profiles(fit):
        rows = [*rows, result.row]
        yield rows


def _profiled(analysis: Analysis, comparison: Comparison) -> tuple[pd.DataFrame | None, str]:
    """The profile intervals computed so far and a note on them; draws a button if they take long."""
    if is_quick(comparison.mixed):
        result = profile_intervals(*analysis.key, comparison.formula_model)
    else:
        if job_progress.job_of(PROFILE, job_key(analysis)) is None:
            n = len(comparison.mixed.fit.problem.levels)
            st.button(
                "Compute profile likelihood intervals (may take minutes)",
                key="run profile",
                type="tertiary",
                icon=":material/play_arrow:",
                on_click=_start_profile,
                args=(analysis,),
            )
            return None, f" With {n} large grouping factors profiles are computed on request."
        total = len(parameters(comparison.mixed.fit.problem))

        def show(status: JobStatus) -> None:
            _progress(PROFILE, job_key(analysis), status, len(status.latest or ()), total, "parameter")

        job = job_progress.follow(PROFILE, job_key(analysis), lambda: _limits_so_far(comparison.mixed), show)
        if not job.latest:
            return None, ""
        result = pd.DataFrame(job.latest)
    reasons = [(label_of(comparison, row), _reason(row["note"])) for row in result.to_dict("records")]
    told = {reason for _, reason in reasons}
    notes = [f"{label}: {reason}" for label, reason in reasons if reason] if len(told) > 1 else [*told]
    return result, literal(
        " Profile likelihood uses maximum likelihood (ML), also where the model is fitted by REML. " + " ".join(notes)
    )


def _reason(text: str) -> str:
    """Why a limit is an end of what is possible, or missing, without what is said of every parameter."""
    return text.partition(". ")[2] if text.startswith("Around") else text


@cached(300)
def _opening_intervals(
    key: tuple[str, str, bool], methods: tuple[str, ...], _comparison: Comparison, _frames: dict[str, pd.DataFrame]
) -> IntervalsByMethod:
    return IntervalsByMethod.of(_comparison, _frames)


def _all(
    analysis: Analysis, comparison: Comparison, frames: dict[str, pd.DataFrame], result: Bootstrap | None, view: View
) -> None:
    """Draw the table and figure of the intervals computed so far."""
    if result is not None and len(result.draws) > 1:
        frames = frames | {"bootstrap": bootstrap_intervals(comparison.mixed, result)}
        by_method = IntervalsByMethod.of(comparison, frames)
    elif "profile" in frames and not is_quick(comparison.mixed):  # those computed so far
        result, by_method = None, IntervalsByMethod.of(comparison, frames)
    else:
        result, by_method = None, _opening_intervals(analysis.key, tuple(frames), comparison, frames)
    body(intervals_by_method(comparison, by_method), analysis.key)
    _picture(analysis, comparison, by_method, result, view)


def _picture(
    analysis: Analysis, comparison: Comparison, by_method: IntervalsByMethod, result: Bootstrap | None, view: View
) -> None:
    """One parameter's intervals, with its bootstrap draws above them."""
    order, opening = list(by_method.labels), ("coefficient", "", view.term)
    key = st.selectbox(
        "Draw",
        order,
        format_func=lambda k: by_method.labels[k],
        width=320,
        **address_widgets.one_of(
            "interval",
            f"interval drawn {comparison.formula_model}",
            order,
            opening if opening in order else order[0],
            lambda k: k[2] if k[0] == "coefficient" else ":".join(filter(None, k)),
        ),
    )
    panel = one_interval(comparison, by_method, key, result)
    if panel is not None:
        body(panel, analysis.key)
