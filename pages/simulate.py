"""The Simulate page: one simulated table in a picture, the equation that it comes from, truth beside estimates."""

import router

router.require()

import streamlit as st

from lmmcompare.errors import LmmCompareError
from lmmcompare.explain.simulation_truth import headline, ols_expectation_sentence
from lmmcompare.share.view_parameters import AS_IT_OPENS, Choices
from lmmcompare.simulate import link
from lmmcompare.simulate.settings import Settings
from lmmcompare.text.labels import literal
from lmmcompare.ui.compare import panels
from lmmcompare.ui.kit import page_elements, viewport
from lmmcompare.ui.server import comparison_cache
from lmmcompare.ui.session import state, view_address, views
from lmmcompare.ui.sharing import share_button
from lmmcompare.ui.simulate import current_settings
from lmmcompare.ui.simulate.controls import Controls
from lmmcompare.ui.simulate.panels import truth_table_alone


def lead(settings: Settings) -> str:
    """The sentence below the title."""
    match = current_settings.matching(settings)
    return f"{match.see if match else ols_expectation_sentence(settings)} (± is one standard error.)".strip()


def actions(analysis: state.Analysis, settings: Settings, controls: Controls) -> None:
    """The buttons: draw another table, or open this one on other pages."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.button(
            "Draw again",
            key="draw again",
            on_click=current_settings.draw_again,
            icon=":material/casino:",
            type="primary",
        )
        with st.container(width=120):
            controls.seed()
        st.page_link(
            "pages/compare.py", label="Send to compare", icon=":material/arrow_forward:",
            query_params={"simulated": link.encode(settings), "formula": settings.formula},
        )  # fmt: skip
        st.page_link(
            "pages/study.py", label="Repeat this 10,000 times", icon=":material/repeat:",
            query_params={"simulated": link.encode(settings), "studies": "10000"},
        )  # fmt: skip
        st.download_button(
            "Save CSV", lambda: analysis.frame().to_csv(index=False), "simulated.csv", "text/csv", on_click="ignore",
            type="tertiary", icon=":material/download:",
        )  # fmt: skip


def page() -> None:
    settings, wrong = current_settings.current()
    words = current_settings.notice()
    if words:
        page_elements.note(f"**Note.** {literal(words)}")
    share_button.share("Simulated data")
    analysis, controls = state.simulated(settings), Controls(settings, wrong)
    comparison = None
    try:
        comparison = comparison_cache.comparison(*analysis.key)
        page_elements.title(headline(comparison, settings), literal(lead(settings)))
    except LmmCompareError as error:
        comparison = None
        page_elements.title("These data cannot be compared")
        page_elements.explain_error(error)
    left, right = st.columns([0.57, 0.43], gap="large")
    with left, st.container(key="simulated-picture"):
        if comparison is not None:
            view = views.marked(views.opening_view(comparison), comparison)
            panels.lines_panel(analysis, comparison, view, brief=True)
            views.mark_in_figures(comparison, view)
        actions(analysis, settings, controls)
        if comparison is not None and not viewport.narrow():
            with st.container(key="wide-truth"):
                truth_table_alone(analysis, comparison, settings)
    with right, st.container(key="equation"):
        controls.draw()
    if comparison is not None and viewport.narrow():  # on a phone the controls come before it
        truth_table_alone(analysis, comparison, settings)
    choices = AS_IT_OPENS
    if comparison is not None:
        mark = views.current_view(comparison).highlight
        choices = Choices(mark=mark, models=view_address.models_drawn(comparison))
    current_settings.write_address(settings, **choices.to_address())


page()
