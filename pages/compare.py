"""The compare page: the answer, the picture, what the slope is made of, the table, then depth."""

import router

router.require()

from collections.abc import Callable

import streamlit as st

from lmmcompare.compare import Comparison
from lmmcompare.explain.paragraph import group_sizes, paragraph, pull_sentence
from lmmcompare.explain.words import headline
from lmmcompare.labels import an, literal, model_label, noun, plural
from lmmcompare.ui import (
    choosing,
    dependence,
    equivalents,
    fold,
    inferred,
    intervals,
    panels,
    predicting,
    pulled,
    remarked,
    sharing,
    shell,
    state,
    store,
    taking,
    trust,
    viewed,
    views,
    why,
)
from lmmcompare.ui.check import check_panel
from lmmcompare.ui.fitted import fitted_or_last
from lmmcompare.ui.least_squares import least_squares_panel
from lmmcompare.ui.simulated_panels import simulated_panel

DEPTH = "depth-tabs"


@st.fragment
def picture(analysis: state.Analysis) -> None:
    views.redraw_if_asked()
    comparison = store.comparison(*analysis.key)
    view = views.current_view(comparison)
    panels.lines_panel(analysis, comparison, view)
    views.view_controls(comparison, view)
    state.write_address(viewed.of_comparison(comparison, view.x, view.highlight, view.zero))


@st.fragment
def depth(analysis: state.Analysis) -> None:
    """The tabs; only the open one is computed, and only for a reader who is near it."""
    views.redraw_if_asked()
    near = fold.is_near()
    comparison = store.comparison(*analysis.key)
    view = views.current_view(comparison)
    tabs: dict[str, tuple[str, Callable[[], None]]] = {
        "why": ("Why they differ", lambda: why_they_differ(analysis, comparison, view)),
        "errors": ("Errors and intervals", lambda: errors_and_intervals(analysis, comparison, view)),
        "which": ("Which model?", lambda: which_model(analysis, comparison, view)),
        "trust": ("Can I trust it?", lambda: trust.trust_panel(analysis, comparison, view)),
        "predict": ("Predict", lambda: predicting.predict_panel(analysis, comparison, view)),
        "shrinkage": ("Shrinkage", lambda: how_far_pulled(analysis, comparison, view)),
        "groups": (shell.plain(f"Each {noun(comparison.group)}"), lambda: each_group(analysis, comparison, view)),
        "fitted": ("What was fitted", lambda: what_was_fitted(analysis, comparison)),
        "take": ("Take it away", lambda: taking.take_panel(analysis, comparison, view)),
    }
    if not comparison.design.fixed:  # without a predictor there is no slope to explain
        del tabs["why"]
    labels = {name: label for name, (label, _) in tabs.items()}
    opened = st.tabs(list(labels.values()), on_change="rerun", key=viewed.tab_key(labels))
    for tab, (name, (_, show)) in zip(opened, tabs.items(), strict=True):
        if tab.open:
            viewed.open_tab(name, labels)
            with tab:
                if near:
                    show()
                else:
                    shell.html('<div class="lmm-below"></div>')
    (fold.keep_watch if near else fold.watch)(DEPTH)
    state.write_address(viewed.of_comparison(comparison, view.x, view.highlight, view.zero))


def why_they_differ(analysis: state.Analysis, comparison: Comparison, view: views.View) -> None:
    why.dial_panel(analysis, comparison, view)
    left, right = st.columns(2, gap="large")
    with left:
        why.slopes_panel(analysis, comparison, view)
    with right:
        why.gap_panel(analysis, comparison, view)
    why.intercept_panel(comparison)


def how_far_pulled(analysis: state.Analysis, comparison: Comparison, view: views.View) -> None:
    group, fit = noun(comparison.group), comparison.mixed
    shell.heading(
        f"How far each {group} is pulled towards the common line",
        f"From each {literal(group)}'s own estimate (square) to the mixed model's estimate for it (diamond), which also uses what "
        f"all {literal(plural(group))} have in common (partial pooling). {pull_sentence(fit)}",
    )
    pulled.arrows_panel(analysis, comparison, comparison.asked, view.highlight)
    st.page_link(
        "pages/shrinkage.py", label="More on shrinkage: slopes, intervals, a table of all groups",
        query_params=state.own_address(),
    )  # fmt: skip


def errors_and_intervals(analysis: state.Analysis, comparison: Comparison, view: views.View) -> None:
    why.errors_panel(analysis, comparison, view)
    dependence.pairs_panel(analysis, comparison)
    dependence.dependence_panel(analysis, comparison)
    intervals.intervals_panel(analysis, comparison, view)
    if len(comparison.terms) > 1:
        shell.heading("Every coefficient, by model")
        panels.all_coefficients_panel(analysis, comparison, inferred.inferred(analysis, comparison))


def which_model(analysis: state.Analysis, comparison: Comparison, view: views.View) -> None:
    if comparison.design.fixed:
        why.report_panel(comparison, view)
    shell.note(
        f"**Fixed or random?** Ask whether {literal(an(comparison.group))} that you predict for will be one of these or a new one: under "
        "“Predict” both are set side by side."
    )
    choosing.tests_panel(analysis, comparison, view)
    choosing.information_panel(analysis)
    choosing.reml_panel(analysis)
    choosing.terms_panel(analysis, comparison)
    choosing.shares_panel(analysis, comparison)


def each_group(analysis: state.Analysis, comparison: Comparison, view: views.View) -> None:
    if comparison.design.fixed:  # else the picture above has every group
        group = noun(comparison.group)
        shell.heading(
            f"One panel for each {group}, on the same axes",
            f"Where {literal(an(group))}'s own line and the mixed model's line for it (partially pooled) part, the mixed model borrows "
            f"from the other {literal(plural(group))}.",
        )
        panels.panels_panel(analysis, comparison, view)
    why.groups_panel(comparison, view)


def what_was_fitted(analysis: state.Analysis, comparison: Comparison) -> None:
    check_panel(analysis, comparison)
    least_squares_panel(comparison)
    equivalents.equivalents_panel(analysis, comparison)


def page() -> None:
    found = fitted_or_last()
    if found is None:
        return
    analysis, comparison = found
    view = views.current_view(comparison)
    answer, shown = headline(comparison, view.term), inferred.inferred(analysis, comparison)
    sharing.share(answer.title)
    shell.title(answer.title, answer.reason)
    remarked.remarks_panel(comparison)

    left, right = st.columns([0.63, 0.37], gap="large")
    with left:
        picture(analysis)
    with right:
        if comparison.design.fixed:
            panels.weights_panel(analysis, comparison, view)
        panels.coefficient_panel(analysis, comparison, view, shown)
    if analysis.settings is not None:
        simulated_panel(comparison, analysis.settings)
    panels.table_panel(analysis, comparison, shown)
    absent = comparison.absent if comparison.design.fixed else {}
    notes = [
        literal(f"Not shown: {model_label(model, comparison.group)}. {reason}") for model, reason in absent.items()
    ]
    sizes, said = literal(f"{group_sizes(comparison)}."), paragraph(comparison, view.term)
    shell.heading("What the numbers say", sizes, said, notes)
    with st.container(key=DEPTH):
        depth(analysis)


page()
