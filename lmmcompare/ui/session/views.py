"""What the reader chose to see: the x axis, whether it reaches to 0, the marked group."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import streamlit as st

from ...comparison.compare import Comparison
from ...comparison.picture import MAX_GROUPS, Picture, predictors
from ...explain.effects_at import effect_question, offered
from ...explain.question import Question, axis_of, first_term, lines_by, nearest, question_of, questions
from ...formula import edit
from ...text.labels import an, noun, plural
from ..kit import bound_widgets, visibility
from ..kit.binding import bind
from ..kit.highlighted_group import show_mark
from ..kit.shell import plain
from ..server import comparison_cache
from . import state, view_address
from .state import Analysis

REDRAW = "redraw all panels"
EACH = "each"
"""The parameter with the predictor at each of whose values an effect is told."""


@dataclass(frozen=True)
class View:
    """What the reader chose to see, apart from the model itself.

    Parameters
    ----------
    x : str or None
        The predictor on the x axis.
    term : str
        The coefficient that headline, figures, tests and exports are about.
    zero : bool
        Whether the x axis reaches to 0.
    highlight : str or None
        The marked group.
    bands : bool
        Whether lines for everyone have their confidence bands.
    each : str or None
        The predictor at each of whose values the effect is told; None where it is told at one.
    """

    x: str | None
    term: str
    zero: bool
    highlight: str | None
    bands: bool = False
    each: str | None = None


def current_view(comparison: Comparison) -> View:
    """The session's view, with whatever the comparison no longer has left out."""
    available = predictors(comparison)
    x, term = st.session_state.get(view_address.X), _answering(comparison, st.session_state.get(view_address.X))[0]
    opens = not any(st.session_state.get(key) for key in (view_address.X, view_address.TERM))
    if opens and each_of_session() is None:  # at one value an effect may lie beyond the data
        tell_at_each(next(iter(offered(comparison, term)), None))
    each = each_of_session()
    each = each if each and effect_question(comparison, term, each) is not None else None
    if x not in available:
        x = axis_of(comparison, term, each)
    labels = comparison.design.grouping.labels if comparison.design.grouping else []
    highlight = st.session_state.get(view_address.MARK)
    highlight = highlight if highlight in labels else None
    zero = st.session_state.get(view_address.ZERO)
    if zero is None:
        zero = each is None and _zero_is_near(comparison, x)
    return View(x, term, bool(zero), highlight, bound_widgets.details().get("bands") == "1", each)


def question_notice(comparison: Comparison) -> str:
    """A sentence where the question that was asked is not the one that this comparison answers; else empty."""
    return _answering(comparison, st.session_state.get(view_address.X))[1]


def _answering(comparison: Comparison, x: str | None) -> tuple[str, str]:
    """The coefficient that answers the session's question, and what it answers instead of what.

    Another formula calls the same coefficient by another name, so what is kept is the question.
    """
    term, asked = st.session_state.get(view_address.TERM), st.session_state.get(view_address.ASKED)
    words = ""
    if term not in comparison.design.fixed_names or term == comparison.constant:
        if asked is None or term is None:  # an older link says the axis alone
            return next((q.term for q in questions(comparison) if q.of == x), first_term(comparison)), ""
        term, words = nearest(comparison, asked)
    if not words:
        ask(question_of(comparison, term) if asked is None or asked.term != term else asked)
    return term, words


def ask(question: Question | None) -> None:
    """Make a question the session's."""
    if question is not None:
        st.session_state[view_address.TERM], st.session_state[view_address.ASKED] = question.term, question


def each_of_session() -> str | None:
    """The predictor at each of whose values the session wants effects told, whether or not the comparison has it."""
    return bound_widgets.details().get(EACH)


def each_notice(question: Question, view: View) -> str:
    """A sentence where an effect was to be told at each value of a predictor that it does not change with; it then no longer is."""
    name = each_of_session()
    if name is None or name == view.each:
        return ""
    tell_at_each(None)
    if question.changes:
        return ""
    return f"The effect of {question.of} does not change with {name[:60]} here, and is shown by itself."


def tell_at_each(name: str | None) -> None:
    """Tell the effect at each value of a predictor, or at one."""
    bound_widgets.drop(EACH)
    if name is not None:
        bound_widgets.details()[EACH] = name


def absent_of_link(comparison: Comparison) -> list[str]:
    """A sentence on each of what a link wants to see and this comparison has not; told once."""
    labels = comparison.design.grouping.labels if comparison.design.grouping else []
    return view_address.absent(predictors(comparison), labels, comparison)


def opening_view(comparison: Comparison) -> View:
    """The view that a comparison opens with, whatever the session's view is."""
    term = first_term(comparison)
    x = axis_of(comparison, term)
    return View(x, term, _zero_is_near(comparison, x), None)


def marked(view: View, comparison: Comparison) -> View:
    """The same view with the session's marked group, where the comparison has it."""
    return replace(view, highlight=current_view(comparison).highlight)


def _zero_is_near(comparison: Comparison, x: str | None) -> bool:
    """Show x = 0 unless told otherwise where it is within a data range of the data, so that intercepts can be seen."""
    names = comparison.design.names
    if x is None or x not in names:
        return False
    center, scale = (float(v[names.index(x)]) for v in (comparison.moments.center, comparison.moments.scale))
    return 0 < abs(center) < 5 * scale


def picture_of(analysis: Analysis, view: View) -> Picture:
    """The frames of the group-lines figures; one for all marked groups that are drawn anyway."""
    by = lines_by(comparison_cache.comparison(*analysis.key), view.term, view.x, view.each)
    return comparison_cache.frames(*analysis.key, view.x, view.zero, drawn_mark(analysis, view), by=by)


def view_controls(comparison: Comparison, view: View, *, zero: bool = True) -> None:
    """X axis, zero on the axis, highlighted group."""
    available = predictors(comparison)
    labels = comparison.design.grouping.labels if comparison.design.grouping else []
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        if len(comparison.factors) > 1:
            keeps = bind("pick factor", comparison.group, _show_factor)
            st.selectbox("Groups shown", comparison.factors, width=220, format_func=plural, **keeps)
        if len(available) > 1:
            keeps = bind("pick x", view.x, partial(_choose_x, view))
            st.selectbox("On the x axis", available, width=220, **keeps)
        st.selectbox(
            f"Highlight {plain(an(comparison.group))}",
            labels,
            index=None,
            placeholder="none",
            width=220,
            **bind("pick highlight", view.highlight, _mark),
        )
        if zero and view.x in comparison.design.names:  # a number on the axis, not a category
            st.toggle("Show x = 0", **bind("pick zero", view.zero, _reach_zero))
        if zero and available:
            st.toggle("Confidence bands", **bound_widgets.switch("bands", "confidence bands"))


def _show_factor(factor: str) -> None:
    """Another grouping factor first: the same model, shown by its groups."""
    st.session_state.pop("formula text", None)
    st.session_state.pop("formula error", None)
    state.change(formula=edit.with_group(state.current().spec, factor).text)
    redraw()


def _choose_x(view: View, x: str | None) -> None:
    """Another predictor on the x axis; the question stays."""
    st.session_state[view_address.X], st.session_state[view_address.TERM] = x, view.term
    redraw()


def _reach_zero(zero: bool) -> None:
    st.session_state[view_address.ZERO] = zero
    st.session_state[REDRAW] = False  # no other panel shows where the axis ends


def mark_in_figures(comparison: Comparison, view: View) -> None:
    """Have the browser mark the view's group in the figures of this page that `drawn_mark` leaves to it."""
    show_mark(view.highlight, noun(comparison.group))


def drawn_mark(analysis: Analysis, view: View) -> str | None:
    """The marked group where the picture of so many would not show it; None where it does, and the browser only marks it."""
    if view.highlight is None or comparison_cache.comparison(*analysis.key).moments.n_groups <= MAX_GROUPS:
        return None
    order = comparison_cache.frames(*analysis.key, view.x, view.zero, None).group_order
    return None if view.highlight in order else view.highlight


def mark_group(group: str | None) -> None:
    """Mark a group, or none, as the browser has done in every figure."""
    if group != st.session_state.get(view_address.MARK):
        _mark(group)


def _mark(group: str | None) -> None:
    # not `current`, which on the Simulate page would open the simulated data
    analysis: Analysis | None = st.session_state.get(state.ANALYSIS)
    view_address.mark(group, edit.group_column(analysis.spec) if analysis and analysis.formula else "")
    if visibility.is_near():
        redraw()
    else:  # nothing else in sight shows the mark
        visibility.mark_outdated()


def redraw() -> None:
    """Ask for the whole page from a fragment's control, which changes what other panels show too."""
    st.session_state[REDRAW] = True


def redraw_if_asked() -> None:
    """Run the whole page again when a fragment changed what other panels show too."""
    if st.session_state.pop(REDRAW, False):
        st.rerun()
