"""What the reader chose to see: the x axis, whether it reaches to 0, the marked group."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from ...comparison.compare import Comparison
from ...comparison.fitted_lines import MAX_GROUPS, Picture, predictors
from ...explain.effect import first_term
from ...formula import edit
from ...text.labels import an, plural
from ..kit import visibility
from ..kit.shell import plain
from ..server import comparison_cache
from . import state, view_state
from .state import Analysis

REDRAW = "redraw all panels"


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
    """

    x: str | None
    term: str
    zero: bool
    highlight: str | None


def current_view(comparison: Comparison) -> View:
    """The session's view, with whatever the comparison no longer has left out."""
    available = predictors(comparison)
    x, term = st.session_state.get(view_state.X), st.session_state.get(view_state.TERM)
    term = term if term in comparison.design.fixed_names and term != comparison.constant else None
    if x not in available:
        x = next(iter(_predictors_of(comparison, term) if term else available), None)
    labels = comparison.design.grouping.labels if comparison.design.grouping else []
    highlight = st.session_state.get(view_state.MARK)
    highlight = highlight if highlight in labels else None
    zero = st.session_state.get(view_state.ZERO)
    if zero is None:
        zero = _zero_is_near(comparison, x)
    return View(x, term or _term_of(comparison, x), bool(zero), highlight)


def absent_of_link(comparison: Comparison) -> list[str]:
    """A sentence on each of what a link wants to see and this comparison has not; told once."""
    labels = comparison.design.grouping.labels if comparison.design.grouping else []
    return view_state.absent(predictors(comparison), labels, comparison.group)


def opening_view(comparison: Comparison) -> View:
    """The view that a comparison opens with, whatever the session's view is."""
    available = predictors(comparison)
    x = available[0] if available else None
    return View(x, _term_of(comparison, x), _zero_is_near(comparison, x), None)


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


def _term_of(comparison: Comparison, x: str | None) -> str:
    """The first coefficient that x has a part in."""
    for k in comparison.design.fixed:
        column = comparison.design.columns[k]
        if x is not None and any(x in uses for uses in column.uses):
            return column.name
    return first_term(comparison)


def _predictors_of(comparison: Comparison, term: str) -> list[str]:
    """The predictors that have a part in a coefficient."""
    column = comparison.design.columns[comparison.design.names.index(term)]
    return [name for names in column.uses for name in names]


def picture_of(analysis: Analysis, view: View) -> Picture:
    """The frames of the group-lines figures; one for all marked groups where every group is drawn anyway."""
    keep = view.highlight if comparison_cache.comparison(*analysis.key).moments.n_groups > MAX_GROUPS else None
    return comparison_cache.frames(analysis.table, analysis.formula, analysis.reml, view.x, view.zero, keep)


def view_controls(comparison: Comparison, view: View, *, zero: bool = True) -> None:
    """X axis, zero on the axis, highlighted group."""
    available = predictors(comparison)
    labels = comparison.design.grouping.labels if comparison.design.grouping else []
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        if len(comparison.factors) > 1:
            st.session_state["pick shown"] = comparison.group
            st.selectbox(
                "Groups shown",
                comparison.factors,
                key="pick shown",
                width=220,
                format_func=plural,
                on_change=_show_factor,
            )
        terms = [t for t in comparison.design.fixed_names if t != comparison.constant]
        if len(terms) > 1:
            st.session_state["pick term"] = view.term
            st.selectbox(
                "Coefficient",
                terms,
                key="pick term",
                width=220,
                on_change=_choose_term,
                format_func=lambda t: comparison.coefficient(t).label,
                args=(comparison,),
                help="What the headline, the figures, the tests and what you take away are about.",
            )
        if len(available) > 1:
            st.session_state["pick x"] = view.x
            st.selectbox("On the x axis", available, key="pick x", width=220, on_change=_choose_x)
        st.session_state["pick highlight"] = view.highlight
        st.selectbox(
            f"Highlight {plain(an(comparison.group))}",
            labels,
            key="pick highlight",
            index=None,
            placeholder="none",
            width=220,
            on_change=lambda: _mark(st.session_state["pick highlight"]),
        )
        if zero and view.x in comparison.design.names:  # a number on the axis, not a category
            st.session_state["pick zero"] = view.zero
            st.toggle("Show x = 0", key="pick zero", on_change=_remember, args=(view_state.ZERO, "pick zero"))


def _show_factor() -> None:
    """Another grouping factor first: the same model, shown by its groups."""
    st.session_state.pop("formula text", None)
    st.session_state.pop("formula error", None)
    state.change(formula=edit.with_group(state.current().spec, st.session_state["pick shown"]).text)
    redraw()


def _choose_term(comparison: Comparison) -> None:
    """Another coefficient, against a predictor that has a part in it."""
    term, x = st.session_state["pick term"], st.session_state.get(view_state.X)
    uses = _predictors_of(comparison, term)
    st.session_state[view_state.TERM] = term
    if x not in uses:
        st.session_state[view_state.X] = uses[0]
    redraw()


def _choose_x() -> None:
    """Another predictor on the x axis, and its own coefficient."""
    st.session_state[view_state.X], st.session_state[view_state.TERM] = st.session_state["pick x"], None
    redraw()


def _remember(key: str, widget: str) -> None:
    st.session_state[key] = st.session_state[widget]
    st.session_state[REDRAW] = key != view_state.ZERO  # no other panel shows where the axis ends


def mark_group(group: str) -> None:
    """Mark a group in every figure; the marked one again takes the mark away."""
    _mark(None if st.session_state.get(view_state.MARK) == group else group)


def _mark(group: str | None) -> None:
    # not `current`, which on the Simulate page would open the simulated data
    analysis: Analysis | None = st.session_state.get(state.ANALYSIS)
    view_state.mark(group, edit.group_column(analysis.spec) if analysis and analysis.formula else "")
    if visibility.is_near():
        redraw()
    else:  # nothing else in sight shows the mark
        visibility.outdated()


def redraw() -> None:
    """Ask for the whole page from a fragment's control, which changes what other panels show too."""
    st.session_state[REDRAW] = True


def redraw_if_asked() -> None:
    """Run the whole page again when a fragment changed what other panels show too."""
    if st.session_state.pop(REDRAW, False):
        st.rerun()
