"""The compare page: the answer, the picture, what the slope is made of, the table, then depth."""

import router

router.require()

from collections.abc import Callable

import streamlit as st

from lmmcompare.compare import Comparison
from lmmcompare.explain.paragraph import group_sizes, paragraph
from lmmcompare.explain.words import headline
from lmmcompare.labels import an, literal, noun, plural
from lmmcompare.ui import panels, pulled, shell, state, store, views, why
from lmmcompare.ui.check import check_panel
from lmmcompare.ui.fitted import fitted_or_last


@st.fragment
def picture(analysis: state.Analysis) -> None:
    views.redraw_if_asked()
    comparison = store.comparison(analysis.table, analysis.uploaded, analysis.formula, analysis.reml)
    view = views.current_view(comparison)
    panels.lines_panel(analysis, comparison, view)
    views.view_controls(comparison, view)
    state.write_address(
        x=view.x or "", mark=view.highlight or "", zero="" if view.x is None else "1" if view.zero else "0"
    )


@st.fragment
def depth(analysis: state.Analysis) -> None:
    """The tabs; only the open one is computed."""
    views.redraw_if_asked()
    comparison = store.comparison(analysis.table, analysis.uploaded, analysis.formula, analysis.reml)
    view, group = views.current_view(comparison), noun(comparison.group)
    tabs: dict[str, Callable[[], None]] = {
        "Why they differ": lambda: why_they_differ(analysis, comparison, view),
        "Standard errors": lambda: why.errors_panel(comparison, view),
        "Which to report": lambda: why.report_panel(comparison, view),
        "Shrinkage": lambda: how_far_pulled(comparison, view),
        shell.plain(f"Each {group}"): lambda: each_group(analysis, comparison, view),
        shell.plain(plural(comparison.group).capitalize() if group.islower() else plural(comparison.group)): lambda: (
            why.groups_panel(comparison, view)
        ),
        "All coefficients": lambda: panels.all_coefficients_panel(comparison),
        "What was fitted": lambda: check_panel(analysis, comparison),
    }
    if not comparison.design.fixed:  # without a predictor there is no slope to explain, and the picture has every group
        for label in ("Why they differ", "Which to report", shell.plain(f"Each {group}")):
            del tabs[label]
    for tab, show in zip(st.tabs(list(tabs), on_change="rerun", key=f"depth {len(tabs)}"), tabs.values(), strict=True):
        if tab.open:
            with tab:
                show()


def why_they_differ(analysis: state.Analysis, comparison: Comparison, view: views.View) -> None:
    why.dial_panel(analysis, comparison, view)
    left, right = st.columns(2, gap="large")
    with left:
        why.slopes_panel(analysis, comparison, view)
    with right:
        why.gap_panel(comparison, view)
    why.intercept_panel(comparison)


def how_far_pulled(comparison: Comparison, view: views.View) -> None:
    group, fit = noun(comparison.group), comparison.mixed
    shell.heading(
        f"How far each {group} is pulled",
        f"From the {literal(group)}'s own estimate (square) to the partially pooled one (diamond); "
        f"{literal(plural(group))} with few rows move most.",
    )
    pulled.arrows_panel(comparison, fit, fit.random_names[0], view.highlight, "arrows figure")
    st.page_link("pages/shrinkage.py", label="More on shrinkage: slopes, intervals, a table of all groups")


def each_group(analysis: state.Analysis, comparison: Comparison, view: views.View) -> None:
    group = noun(comparison.group)
    shell.heading(
        f"One panel for each {group}, on the same axes",
        f"Where {literal(an(group))}'s own line and its partially pooled line part, the mixed model borrows from others.",
    )
    panels.panels_panel(analysis, comparison, view)


def page() -> None:
    found = fitted_or_last()
    if found is None:
        return
    analysis, comparison = found
    view = views.current_view(comparison)
    answer = headline(comparison, view.term)
    shell.title(answer.title, answer.reason)

    left, right = st.columns([0.63, 0.37], gap="large")
    with left, st.container(key="group-lines"):
        picture(analysis)
    with right:
        if comparison.design.fixed:
            with st.container(key="why"):
                panels.weights_panel(comparison, view)
        panels.coefficient_panel(comparison, view)
    with st.container(key="coefficients"):
        panels.table_panel(comparison)
    with st.container(key="words"):
        shell.heading("What the numbers say", literal(f"{group_sizes(comparison)}."))
        shell.say(paragraph(comparison, view.term))
        if comparison.design.fixed:
            for reason in comparison.absent.values():
                shell.note(f"Not shown: {literal(reason)}")
    with st.container(key="depth-tabs"):
        depth(analysis)


page()
