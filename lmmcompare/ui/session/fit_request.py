"""The fit that a reader asks for: said while it goes on, stopped when wanted, and asked about first when it may take long."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from ...comparison.compare import Comparison
from ...errors import LmmCompareError
from ...text.numbers import count
from ..kit import shell
from ..server import comparison_cache
from ..server.shared_work import TooLong
from .state import Analysis

LONG = 10.0
"""Seconds from which on a fit is asked about before it begins."""
SOON = 0.4
"""Seconds after which a fit that goes on is spoken of."""
STOPPED, AGREED = "stopped comparison", "comparison that may take long"
_LINE = (
    '<p class="lmm-text" role="status"><span class="lmm-going">{}… {:.0f} s</span>'
    '<span class="lmm-ended">The fit was stopped; nothing is being computed for this page.</span></p>'
)


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
    if st.session_state.get(STOPPED) == key and not comparison_cache.is_fitted(*key):
        raise NotFitted("You have stopped the fit of these models.", "Fit them after all, or change the formula.")
    again = comparison_cache.gave_way(*key)
    place = st.empty()
    try:
        most = float("inf") if st.session_state.get(AGREED) == key else LONG
        return comparison_cache.comparison(*key, waiting=_drawn(place, analysis, again), most=most)
    except TooLong as cost:
        raise NotFitted(
            f"Fitting all models of this formula is likely to take about {duration(cost.seconds)}.",
            "Begin it, and stop it whenever you like; or take random coefficients or a grouping factor out of the formula.",
        ) from None
    finally:
        place.empty()


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


def _drawn(place: st.delta_generator.DeltaGenerator, analysis: Analysis, again: bool) -> Callable[[float], None]:
    """What draws that a fit goes on; each drawing is where Streamlit ends the run of a reader who has left."""
    words = "Fitting all models"
    if again:
        words = "Fitting all models again, as this server had to give their results up for want of memory"
    lines: list[st.delta_generator.DeltaGenerator] = []

    def draw(seconds: float) -> None:
        if not lines and seconds < SOON:
            place.empty()
            return
        if not lines:
            with place.container(key="fitting"):
                lines.append(st.empty())
                st.button("Stop", key="stop fitting", icon=":material/stop_circle:", on_click=_stop, args=(analysis,))
                # in view where Streamlit's own Stop has ended the page's run: nothing can be drawn after it (style.css)
                st.button("Fit all models", key="fit again", on_click=_agree, args=(analysis,))
        lines[0].html(shell.Html(_LINE.format(words, seconds)))

    return draw


def _stop(analysis: Analysis) -> None:
    st.session_state[STOPPED] = analysis.key
    st.session_state.pop(AGREED, None)


def _agree(analysis: Analysis) -> None:
    st.session_state[AGREED] = analysis.key
    st.session_state.pop(STOPPED, None)
