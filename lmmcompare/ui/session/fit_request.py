"""Fits the session's models with a progress line and Stop; a fit that may take long has to be confirmed first."""

from __future__ import annotations

from functools import partial

import streamlit as st

from ...comparison.comparison import Comparison
from ...errors import LmmCompareError
from ...text.numbers import count
from ..server import comparison_cache
from ..server.shared_work import TooLong
from ..server.waiting import Waiting, go_on, is_stopped, stop
from .state import Analysis

AGREED = "comparison that may take long"


class NotFitted(LmmCompareError):
    """Raised for a comparison that is fitted only after the reader has confirmed it."""


def fit(analysis: Analysis) -> Comparison:
    """Return all models of an analysis; while they are fitted the page shows the time taken and a Stop button.

    Raises
    ------
    NotFitted
        When the reader has stopped the fit, or it is likely to take long and has not been confirmed.
    LmmCompareError
        When it cannot be fitted.
    """
    key = analysis.key
    if is_stopped(key) and not comparison_cache.is_fitted(*key):
        raise NotFitted("You have stopped the fit of these models.", "Fit them after all, or change the formula.")
    words = comparison_cache.FITTING
    if comparison_cache.was_evicted(*key):
        words = "Fitting all models again, as this server had to give their results up for want of memory"
    waiting = Waiting(words, "fit", partial(_stop, analysis), partial(_agree, analysis))
    try:
        most = float("inf") if st.session_state.get(AGREED) == key else comparison_cache.LONG
        return comparison_cache.comparison(*key, waiting=waiting, most=most)
    except TooLong as cost:
        raise NotFitted(
            f"Fitting all models of this formula is likely to take about {duration(cost.seconds)}.",
            "Begin it, and stop it whenever you like; or take random coefficients or a grouping factor out of the formula.",
        ) from None
    finally:
        waiting.close()


def offer(analysis: Analysis) -> None:
    """Draw the button that confirms the fit of a comparison."""
    st.button("Fit all models", icon=":material/play_arrow:", type="primary", on_click=_agree, args=(analysis,))


def duration(seconds: float) -> str:
    """A rounded duration, for an estimate."""
    if seconds < 90:
        return count(max(10 * round(seconds / 10), 10), "second")
    if seconds < 5400:
        return count(round(seconds / 60), "minute")
    return count(round(seconds / 3600), "hour") if seconds < 172_800 else count(round(seconds / 86_400), "day")


def _stop(analysis: Analysis) -> None:
    stop(analysis.key)
    st.session_state.pop(AGREED, None)


def _agree(analysis: Analysis) -> None:
    st.session_state[AGREED] = analysis.key
    go_on(analysis.key)
