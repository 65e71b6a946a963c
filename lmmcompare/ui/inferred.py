"""Which inference the page shows: small-sample method, kind of interval, p values; chosen once, below the table."""

from __future__ import annotations

from typing import Literal

import pandas as pd
import streamlit as st

from ..assess.bootstrapped import bootstrap_intervals
from ..compare import Comparison
from ..errors import LmmCompareError
from ..inferred import Inferred, how_found
from ..labels import model_phrase
from ..tables import Limits, with_kenward_roger
from . import store, viewed
from .cached import cached
from .intervals import bootstrapped, profile_intervals, quick
from .shell import note
from .state import Analysis
from .views import redraw

Method = Literal["Satterthwaite", "Kenward–Roger"]
Interval = Literal["Wald", "Profile", "Bootstrap"]


@cached(100, spinner="Kenward and Roger’s adjustment…")
def _kenward_roger(table: str, formula: str, reml: bool) -> pd.DataFrame:
    return with_kenward_roger(store.comparison(table, formula, reml))


@cached(200)
def _satterthwaite(table: str, formula: str, reml: bool) -> pd.DataFrame:
    return store.comparison(table, formula, reml).coefficients()


def inferred(analysis: Analysis, comparison: Comparison) -> Inferred:
    """The coefficients as the reader asked for them."""
    method: Method = st.session_state.get(viewed.DF, "Satterthwaite")
    frame, problem = _satterthwaite(*analysis.key), ""
    if method == "Kenward–Roger":
        try:
            frame = _kenward_roger(*analysis.key)
        except LmmCompareError as error:
            method, problem = "Satterthwaite", f"{error} "
    limits, said = _limits(analysis, comparison)
    said = problem + how_found(comparison, method) + said
    return Inferred(frame, limits, bool(st.session_state.get(viewed.P_VALUES)), said, method == "Kenward–Roger")


def _limits(analysis: Analysis, comparison: Comparison) -> tuple[Limits, str]:
    """Intervals of the kind asked for, where there are any, and what to say of them."""
    kind: Interval = st.session_state.get(viewed.INTERVALS, "Wald")
    frames: dict[str, pd.DataFrame] = {}
    if kind == "Profile":
        frames = {k: profile_intervals(*analysis.key, k) for k, fit in comparison.mixed_fits().items() if quick(fit)}
        said = ", and intervals by profile likelihood (ML)"
    elif kind == "Bootstrap" and (found := bootstrapped(analysis)) is not None:
        frames = {comparison.asked: bootstrap_intervals(comparison.mixed, found)}
        said = f"; intervals of {model_phrase(comparison.asked)} from {found.done:,} bootstrap samples, others Wald’s"
    limits = {
        (model, "sd" if row["kind"] == "residual" else row["kind"], row["factor"], row["name"]): (
            row["lower"],
            row["upper"],
        )
        for model, frame in frames.items()
        for row in frame.to_dict("records")
    }
    return limits, said if frames else ""


def inference_controls() -> None:
    """Other intervals, degrees of freedom and p values."""
    methods: list[Method] = ["Satterthwaite", "Kenward–Roger"]
    st.session_state.setdefault(viewed.DF, methods[0])
    st.segmented_control(
        "Degrees of freedom of mixed models", methods, required=True, key=viewed.DF, persist_state="session",
        on_change=redraw,
    )  # fmt: skip
    note(
        "With few groups the variances are known only roughly, so intervals must be wider than those of a normal "
        "distribution: Satterthwaite's t distribution has fewer degrees of freedom for it. Kenward and Roger (1997) also widen "
        "the standard errors; that needs a fit by restricted maximum likelihood (REML)."
    )
    kinds: list[Interval] = ["Wald", "Profile", "Bootstrap"]
    st.session_state.setdefault(viewed.INTERVALS, kinds[0])
    st.segmented_control(
        "Intervals", kinds, required=True, key=viewed.INTERVALS, persist_state="session", on_change=redraw
    )
    note(
        "Wald: the estimate and a multiple of its standard error. Profile likelihood: all values that fit nearly as well, for "
        "the standard deviations too. Bootstrap: from samples drawn anew; it is run under “Errors and intervals” and shown here "
        "once it is there."
    )
    st.toggle("Show p values", key=viewed.P_VALUES, persist_state="session", on_change=redraw)
    note("How often an estimate would lie at least so far from 0 if the coefficient were 0. An interval says more.")
