"""The compare page: the answer, the picture, the panels that explain the slope, then the tabs with details.

A page that opens is drawn in two runs, the picture first: a browser takes longer for all that stands around it.
"""

import router

router.require()

import streamlit as st

from lmmcompare.panels.coefficients import coefficient
from lmmcompare.panels.effects_at import effects_forest_panel
from lmmcompare.panels.headline import answer
from lmmcompare.panels.slope_weights import weights
from lmmcompare.text.labels import noun
from lmmcompare.text.numbers import count
from lmmcompare.ui.compare import formula_notes, inference, panels, question_bar
from lmmcompare.ui.compare.fitted_comparison import fitted_or_last
from lmmcompare.ui.compare.row_list import row_list
from lmmcompare.ui.kit import page_elements, visibility
from lmmcompare.ui.kit.panel import show
from lmmcompare.ui.lecture.keys import opening_key
from lmmcompare.ui.server import comparison_cache
from lmmcompare.ui.session import state, view_address, views
from lmmcompare.ui.sharing import share_button

DEPTH = "depth-tabs"


@st.fragment(key=views.PICTURE)
def picture(analysis: state.Analysis) -> None:
    views.redraw_if_asked()
    comparison = comparison_cache.comparison(*analysis.key)
    view = views.current_view(comparison)
    panels.lines_panel(analysis, comparison, view)
    if visibility.is_picture_painted():
        with st.container():
            views.view_controls(comparison, view)
        row_list(analysis, comparison, views.picture_of(analysis, view))
        views.mark_in_figures(comparison, view)
    state.write_address(view_address.of_comparison(comparison, view.term, view.x, view.highlight, view.zero), analysis)


@st.fragment(key=views.TABS)
def depth(analysis: state.Analysis) -> None:
    """The tabs; only the open one is computed, and only once it is scrolled near."""
    views.redraw_if_asked()
    near = visibility.is_near()
    comparison = comparison_cache.comparison(*analysis.key)
    view = views.current_view(comparison)
    labels = {
        "numbers": "The numbers",
        "why": "Why they differ",
        "errors": "Errors and intervals",
        "which": "Which model?",
        "trust": "Can I trust it?",
        "means": "Adjusted means",
        "predict": "Predict",
        "shrinkage": "Shrinkage",
        "groups": page_elements.plain(f"Each {noun(comparison.group)}"),
        "fitted": "What was fitted",
        "take": "Export",
    }
    if not comparison.design.fixed:  # without a predictor there is no slope to explain
        del labels["why"], labels["means"]
    opened = st.tabs(list(labels.values()), on_change="rerun", key=view_address.tab_key(labels))
    for tab, name in zip(opened, labels, strict=True):
        if tab.open:
            view_address.open_tab(name, labels)
            with tab:
                if near:
                    from lmmcompare.ui.compare import tabs  # slow to import: the picture comes first

                    with page_elements.offer_retry():
                        tabs.DRAW[name](analysis, comparison, view)
                else:
                    page_elements.html('<div class="lmm-below"></div>')
    if near:
        visibility.rerun_when_outdated(DEPTH, views.TABS)
    else:
        visibility.watch(DEPTH)
    state.write_address(view_address.of_comparison(comparison, view.term, view.x, view.highlight, view.zero), analysis)


def page() -> None:
    whole = visibility.is_picture_painted()
    result = fitted_or_last(controls=whole)
    if result is None:
        return
    analysis, comparison = result
    view = views.current_view(comparison)
    display = inference.inferred(analysis, comparison)
    effects = inference.effects_shown(analysis, comparison, view)
    reply = answer(comparison, view.term, display, effects)
    if whole:
        share_button.share(reply.title, analysis)
    else:
        st.empty()  # in its place, so that what follows keeps its own
    question_bar.question_bar(analysis, comparison, view)
    method = "REML" if comparison.reml else "ML"
    page_elements.title(
        reply.title,
        reply.lead,
        on_paper=f"{comparison.spec}, by {method}, fitted to {count(comparison.ols.nobs, 'row')}",
    )
    formula_notes.remarks_panel(analysis, comparison, view.term)

    with st.container(key="answer"):  # its columns stand below each other where they would be too narrow (style.css)
        left, right = st.columns([0.63, 0.37], gap="large")
    with left:
        picture(analysis)
    if not whole:
        with st.container(key=DEPTH):
            visibility.watch(DEPTH)
        return
    with right:
        if effects is not None:
            show(effects_forest_panel(comparison, effects, display), analysis.key)
        else:
            show(weights(comparison, view.term), analysis.key)
            show(coefficient(comparison, view.term, display), analysis.key)
    with st.container(key=DEPTH):
        depth(analysis)
    opening_key()


page()
