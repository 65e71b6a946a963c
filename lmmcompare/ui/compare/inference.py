"""Which inference the page shows: small-sample method, kind of interval, p values; chosen once, below the table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import pandas as pd
import streamlit as st

from ...assess.bootstrap_intervals import bootstrap_intervals
from ...assess.effects_at import EffectsAt, effects_at
from ...comparison.comparison import Comparison
from ...errors import LmmCompareError
from ...explain.effect_question import effect_question
from ...inference.error_methods import ErrorMethods
from ...inference.robust import KINDS, Kind
from ...model_catalogue import Model
from ...tables.coefficients import with_kenward_roger
from ...tables.inference import Inferred, Intervals, Resampling, inference_of
from ..kit import address_widgets
from ..kit.page_elements import note
from ..server import comparison_cache
from ..server.cache import cached
from ..server.waiting import Stopped, resume
from ..session.state import Analysis
from ..session.views import View, redraw
from .intervals import SEED, current_bootstrap, is_quick, profile_intervals

Method = Literal["Satterthwaite", "Kenward–Roger"]
Interval = Literal["Wald", "Profile", "Bootstrap"]
METHODS: dict[str, Method] = {"satterthwaite": "Satterthwaite", "kenward-roger": "Kenward–Roger"}
ROBUST: dict[str, Kind] = {kind.lower(): kind for kind in KINDS}
INTERVALS: dict[str, Interval] = {"wald": "Wald", "profile": "Profile", "bootstrap": "Bootstrap"}
"""The controls' labels, by value of the address' parameter."""


@cached(100, spinner="Kenward and Roger’s adjustment…")
def _kenward_roger(table: str, formula: str, reml: bool, robust: Kind) -> pd.DataFrame:
    return with_kenward_roger(comparison_cache.comparison(table, formula, reml), robust=robust)


@cached(200)
def _satterthwaite(table: str, formula: str, reml: bool, robust: Kind) -> pd.DataFrame:
    return comparison_cache.comparison(table, formula, reml).coefficients(robust=robust)


def inferred(analysis: Analysis, comparison: Comparison) -> Inferred:
    """The coefficient table with the chosen inference."""
    words = address_widgets.details()
    method, robust = METHODS[words.get("df", "satterthwaite")], ROBUST[words.get("robust", "cr2")]
    problem = ""
    try:
        frame = _satterthwaite(*analysis.key, robust)
    except LmmCompareError as error:
        robust, problem = "CR2", f"{error.text_in_app} "
        frame = _satterthwaite(*analysis.key, robust)
    if method == "Kenward–Roger":
        try:
            frame = _kenward_roger(*analysis.key, robust)
        except Stopped:
            method, problem = (
                "Satterthwaite",
                f"{problem}Kenward and Roger’s adjustment was stopped: choose it again to have it.",
            )
        except LmmCompareError as error:
            method, problem = "Satterthwaite", f"{problem}{error.text_in_app}"
    else:
        resume(_kenward_roger)
    frames, intervals = _limits(analysis, comparison)
    return inference_of(
        comparison,
        frame,
        frames,
        ErrorMethods(method == "Kenward–Roger", robust),
        intervals,
        p_values=words.get("p") == "1",
        problem=problem,
    )


def effects_shown(analysis: Analysis, comparison: Comparison, view: View) -> EffectsAt | None:
    """The question's effect at each value of a predictor, with the inference chosen; None if it is shown at one value."""
    question = effect_question(comparison, view.term, view.modifier) if view.modifier else None
    if question is None:
        return None
    return effects_at(comparison, question, inferred(analysis, comparison).methods)


def _limits(analysis: Analysis, comparison: Comparison) -> tuple[dict[Model, pd.DataFrame], Intervals]:
    """Intervals of the chosen kind, by model, where they are available."""
    kind = INTERVALS[address_widgets.details().get("intervals", "wald")]
    if kind == "Profile":
        fits = comparison.mixed_fits().items()
        return {k: profile_intervals(*analysis.key, k) for k, fit in fits if is_quick(fit)}, "profile"
    if kind == "Bootstrap" and (result := current_bootstrap(analysis)) is not None:
        limits = {comparison.formula_model: bootstrap_intervals(comparison.mixed, result)}
        return limits, Resampling(result.kind, result.done, SEED)
    return {}, "Wald"


def inference_controls() -> None:
    """Draw the controls for intervals, degrees of freedom and p values."""
    _one_of("Degrees of freedom of mixed models", "df", "small sample", METHODS, "Satterthwaite")
    note(
        "With few groups the variances are known only roughly, so intervals must be wider than those of a normal "
        "distribution: Satterthwaite's t distribution has fewer degrees of freedom for it. Kenward and Roger (1997) also widen "
        "the standard errors; that needs a fit by restricted maximum likelihood (REML)."
    )
    _one_of("Cluster-robust errors of OLS", "robust", "robust errors", ROBUST, "CR2")
    note(
        "All let rows of a group depend on each other in any way. CR0 uses the residuals as they are and is too small with few "
        "groups; CR1 and CR1S (Stata’s and statsmodels’ usual one) multiply it by a constant; CR2 weighs each group’s residuals by its "
        "leverage, how much the fit bends towards it; CR3 leaves each group out in turn, the most cautious."
    )
    _one_of("Intervals", "intervals", "interval kind", INTERVALS, "Wald")
    note(
        "Wald: the estimate and a multiple of its standard error. Profile likelihood: all values that fit nearly as well, for "
        "the standard deviations too. Bootstrap: from samples drawn anew; it is run under “Errors and intervals” and shown here "
        "once it is there."
    )
    st.toggle("Show p values", **address_widgets.switch("p", "p values", then=redraw))
    note("How often an estimate would lie at least so far from 0 if the coefficient were 0. An interval says more.")


def _one_of(label: str, name: str, key: str, options: Mapping[str, str], first: str) -> None:
    """Draw a segmented control of labels, bound to a parameter of the address."""
    words = {option: text for text, option in options.items()}
    keeps = address_widgets.one_of(name, key, list(words), first, words.__getitem__, then=redraw)
    st.segmented_control(label, list(words), required=True, **keeps)
