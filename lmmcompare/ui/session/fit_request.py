"""The fit that a reader asks for: said while it goes on, stopped when wanted, and asked about first when it may take long."""

from __future__ import annotations

from functools import partial

import streamlit as st

from ...comparison.compare import Comparison
from ...errors import LmmCompareError
from ...text.numbers import count
from ..server import comparison_cache
from ..server.shared_work import TooLong
from ..server.waiting import Waiting, go_on, is_stopped, stop
from .state import Analysis

AGREED = "comparison that may take long"


class NotFitted(LmmCompareError):
    """A comparison that could be fitted, but not before its reader says so."""


def fit(analysis: Analysis) -> Comparison:
    """All models of an analysis; a page draws meanwhile how long it has been going on, and Stop.

    Raises
    ------
    NotFitted
        When its reader has stopped it, or it is likely to take long and they have not agreed to that.
    LmmCompareError
        When it cannot be fitted.
    """
    key = analysis.key
    if is_stopped(key) and not comparison_cache.is_fitted(*key):
        raise NotFitted("You have stopped the fit of these models.", "Fit them after all, or change the formula.")
    words = comparison_cache.FITTING
    if comparison_cache.gave_way(*key):
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
    """The button by which a comparison that was not fitted is."""
    st.button("Fit all models", icon=":material/play_arrow:", type="primary", on_click=_agree, args=(analysis,))


def duration(seconds: float) -> str:
    """A duration as one says it of what is not known exactly."""
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
