"""The view of a comparison in the session: question, x axis, marked group, and their controls."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import streamlit as st

from ...comparison.comparison import Comparison
from ...comparison.picture import Picture
from ...comparison.points import MAX_GROUPS
from ...explain.effect_question import available_modifiers, effect_question
from ...explain.question import Question, axis_of, first_term, lines_by, nearest_term, question_of, questions
from ...formula import edit
from ...text.labels import an, noun, plural
from ..kit import address_widgets, viewport, visibility
from ..kit.binding import bind
from ..kit.highlighted_group import show_mark
from ..kit.page_elements import plain
from ..server import comparison_cache
from . import state, view_address
from .state import Analysis

PICTURE, TABS = "picture", "tabs"
"""Keys of the compare page's fragments."""
REDRAW = "redraw all panels"
MODIFIER = "each"
"""Parameter of the address: the predictor at each of whose values the effect is shown."""


@dataclass(frozen=True)
class View:
    """The choices of a view, apart from the model itself.

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
    modifier : str or None
        The predictor at each of whose values the effect is shown; None if it is shown at one.
    """

    x: str | None
    term: str
    zero: bool
    highlight: str | None
    bands: bool = False
    modifier: str | None = None


def current_view(comparison: Comparison) -> View:
    """The session's view, without the choices that the comparison does not have."""
    available = edit.predictor_columns(comparison.spec)
    x, term = st.session_state.get(view_address.X), _answering(comparison, st.session_state.get(view_address.X))[0]
    opens = not any(st.session_state.get(key) for key in (view_address.X, view_address.TERM))
    if opens and session_modifier() is None:  # at one value an effect may lie beyond the data
        set_modifier(next(iter(available_modifiers(comparison, term)), None))
    modifier = session_modifier()
    modifier = modifier if modifier and effect_question(comparison, term, modifier) is not None else None
    if x not in available:
        x = axis_of(comparison, term, modifier)
    labels = comparison.grouping.labels if comparison.grouping else []
    highlight = st.session_state.get(view_address.MARK)
    highlight = highlight if highlight in labels else None
    zero = st.session_state.get(view_address.ZERO)
    if zero is None:
        zero = modifier is None and _zero_is_near(comparison, x)
    return View(x, term, bool(zero), highlight, address_widgets.details().get("bands") == "1", modifier)


def question_notice(comparison: Comparison) -> str:
    """A sentence if this comparison cannot answer the session's question and another is answered instead; else empty."""
    return _answering(comparison, st.session_state.get(view_address.X))[1]


def _answering(comparison: Comparison, x: str | None) -> tuple[str, str]:
    """The coefficient that answers the session's question, and a sentence if it answers another one instead.

    The session stores the question, as another formula may name the same coefficient differently.
    """
    term, asked = st.session_state.get(view_address.TERM), st.session_state.get(view_address.ASKED)
    words = ""
    if term not in comparison.design.fixed_names or term == comparison.constant:
        if asked is None or term is None:  # an older link has the axis only
            return next((q.term for q in questions(comparison) if q.predictor == x), first_term(comparison)), ""
        term, words = nearest_term(comparison, asked)
    if not words:
        ask(question_of(comparison, term) if asked is None or asked.term != term else asked)
    return term, words


def ask(question: Question | None) -> None:
    """Store the session's question."""
    if question is not None:
        st.session_state[view_address.TERM], st.session_state[view_address.ASKED] = question.term, question


def session_modifier() -> str | None:
    """The predictor at each of whose values the session wants effects told, whether or not the comparison has it."""
    return address_widgets.details().get(MODIFIER)


def modifier_notice(question: Question, view: View) -> str:
    """Reset `MODIFIER` if the effect does not change with that predictor, and return a sentence that says so; else empty."""
    name = session_modifier()
    if name is None or name == view.modifier:
        return ""
    set_modifier(None)
    if question.changes:
        return ""
    return f"The effect of {question.predictor} does not change with {name[:60]} here, and is shown by itself."


def set_modifier(name: str | None) -> None:
    """Have the effect shown at each value of a predictor, or with None at one value."""
    address_widgets.drop(MODIFIER)
    if name is not None:
        address_widgets.details()[MODIFIER] = name


def link_notices(comparison: Comparison) -> list[str]:
    """A sentence on each of a link's choices that this comparison does not have; empty after the first call for a link."""
    labels = comparison.grouping.labels if comparison.grouping else []
    return view_address.unavailable_choices(edit.predictor_columns(comparison.spec), labels, comparison)


def opening_view(comparison: Comparison) -> View:
    """The view that a comparison opens with, whatever the session's view is."""
    term = first_term(comparison)
    x = axis_of(comparison, term)
    effects = bool(available_modifiers(comparison, term))  # these are read within the data
    return View(x, term, not effects and _zero_is_near(comparison, x), None)


def with_marked_group(view: View, comparison: Comparison) -> View:
    """The same view with the session's marked group, where the comparison has it."""
    return replace(view, highlight=current_view(comparison).highlight)


def _zero_is_near(comparison: Comparison, x: str | None) -> bool:
    """The default of `View.zero`: whether x = 0 lies near the data, within five of the column's scales, so that intercepts can be seen."""
    names = comparison.design.names
    if x is None or x not in names:
        return False
    center, scale = (float(v[names.index(x)]) for v in (comparison.moments.center, comparison.moments.scale))
    return 0 < abs(center) < 5 * scale


def picture_of(analysis: Analysis, view: View) -> Picture:
    """The data of the group-lines figure; the same for every marked group that it draws anyway."""
    by = lines_by(comparison_cache.comparison(*analysis.key), view.term, view.x, view.modifier)
    return comparison_cache.frames(*analysis.key, view.x, view.zero, drawn_mark(analysis, view), by=by)


def view_controls(comparison: Comparison, view: View, *, zero: bool = True) -> None:
    """X axis, zero on the axis, highlighted group."""
    available = edit.predictor_columns(comparison.spec)
    labels = comparison.grouping.labels if comparison.grouping else []
    width = 162 if viewport.narrow() else 220  # two beside each other on a phone
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="view-controls"):
        if len(comparison.factors) > 1:
            keeps = bind("pick factor", comparison.group, _show_factor)
            shown = {
                factor: plural(factor) for factor in comparison.factors
            }  # also of a name that came from an address
            st.selectbox("Groups shown", list(shown), width=width, format_func=shown.__getitem__, **keeps)
        if len(available) > 1:
            keeps = bind("pick x", view.x, partial(_choose_x, view))
            st.selectbox("On the x axis", available, width=width, **keeps)
        st.selectbox(
            f"Highlight {plain(an(comparison.group))}",
            labels,
            index=None,
            placeholder="none",
            width=width,
            **bind("pick highlight", view.highlight, _mark),
        )
        if zero and view.x in comparison.design.names:  # a number on the axis, not a category
            st.toggle("Show x = 0", **bind("pick zero", view.zero, _reach_zero))
        if zero and available:
            st.toggle("Confidence bands", **address_widgets.switch("bands", "confidence bands"))


def _show_factor(factor: str) -> None:
    """Put another grouping factor first: the same model, shown by its groups."""
    state.change(formula=edit.with_group(state.current().spec, factor).text)
    redraw()


def _choose_x(view: View, x: str | None) -> None:
    """Put another predictor on the x axis; the question stays the same."""
    st.session_state[view_address.X], st.session_state[view_address.TERM] = x, view.term
    _redraw_figures()


def _reach_zero(zero: bool) -> None:
    st.session_state[view_address.ZERO] = zero
    st.session_state[REDRAW] = False  # no other panel depends on it


def mark_in_figures(comparison: Comparison, view: View) -> None:
    """Have the browser mark the view's group in the figures of this page that `drawn_mark` leaves to it."""
    show_mark(view.highlight, noun(comparison.group))


def drawn_mark(analysis: Analysis, view: View) -> str | None:
    """The marked group if the picture would not draw it otherwise; None if it does, so that the browser only marks it."""
    if view.highlight is None or comparison_cache.comparison(*analysis.key).moments.n_groups <= MAX_GROUPS:
        return None
    order = comparison_cache.frames(*analysis.key, view.x, view.zero, None).group_order
    return None if view.highlight in order else view.highlight


def mark_group(group: str | None) -> None:
    """Store the group, or None, that the browser has marked in every figure."""
    if group != st.session_state.get(view_address.MARK):
        _mark(group)


def _mark(group: str | None) -> None:
    # not `current`, which on the Simulate page would open the simulated data
    analysis: Analysis | None = st.session_state.get(state.ANALYSIS)
    view_address.mark(group, edit.group_column(analysis.spec) if analysis and analysis.formula else "")
    _redraw_figures()


def _redraw_figures() -> None:
    """Last act of a callback in the picture or the tabs: rerun both, but not the page around them."""
    if visibility.is_near():
        st.rerun([PICTURE, TABS])
    visibility.mark_outdated()  # the tabs are out of view, and the picture's fragment runs anyway


def redraw() -> None:
    """Request a run of the whole page from a callback in a fragment."""
    st.session_state[REDRAW] = True


def redraw_if_asked() -> None:
    """Rerun the whole page if `redraw` was called."""
    if st.session_state.pop(REDRAW, False):
        st.rerun()
