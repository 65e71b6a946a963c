"""The Simulate page: one simulated table in a picture, the equation that it comes from, truth beside estimates."""

import router

router.require()

from typing import Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lmmcompare.comparison.comparison import Comparison
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

POINTS = "To leave points out of a draw, send it to Compare: any change here draws all points anew."


def lead(settings: Settings) -> str:
    """The sentence below the title."""
    match = current_settings.matching(settings)
    about = match.see if match else ols_expectation_sentence(settings)
    return f"{about} (± is one standard error.)" if about else "± is one standard error."


def draw_again(controls: Controls) -> None:
    """The button and the seed of another draw."""
    st.button(
        "Draw again",
        key="draw again",
        on_click=current_settings.draw_again,
        icon=":material/casino:",
        type="primary",
    )
    with st.container(width=105):
        controls.seed()


def ways_on(analysis: state.Analysis, settings: Settings) -> None:
    """The links that open this table on other pages, and its file."""
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


def beside(analysis: state.Analysis, settings: Settings, controls: Controls) -> Comparison | None:
    """Lay out a wide page: the controls stand beside the picture. Gives what `answer` does."""
    notice()
    share_button.share("Simulated data")
    comparison = answer(analysis, settings, literal(lead(settings)))
    left, right = st.columns([0.57, 0.43], gap="large")
    with left, st.container(key="simulated-picture"):
        if comparison is not None:
            picture(analysis, comparison)
        with row():
            draw_again(controls)
        with row("center"):
            ways_on(analysis, settings)
        page_elements.note(POINTS)
        if comparison is not None:
            with st.container(key="wide-truth"):
                truth_table_alone(analysis, comparison, settings)
    with right, st.container(key="equation"):
        controls.draw()
    return comparison


def beneath(analysis: state.Analysis, settings: Settings, controls: Controls) -> Comparison | None:
    """Lay out a phone's page: the answer and the picture stay in sight (style.css), the controls pass beneath them; as `beside`."""
    pinned = st.container(key="pinned")
    with pinned:
        comparison = answer(analysis, settings)
    notice()
    if comparison is not None:
        picture(analysis, comparison, pinned)
    with row():
        draw_again(controls)
        share_button.share("Simulated data")
    if comparison is not None:
        page_elements.note(literal(lead(settings)))
        with st.expander("Every estimate beside the truth"):
            truth_table_alone(analysis, comparison, settings)
    with st.container(key="equation"):
        controls.draw(what_matters_first=True)
    with row("center"):
        ways_on(analysis, settings)
    page_elements.note(POINTS)
    return comparison


def notice() -> None:
    """What of the address could not be used."""
    if words := current_settings.notice():
        page_elements.plain_note(words)


def row(alignment: Literal["bottom", "center"] = "bottom") -> DeltaGenerator:
    """A container whose elements stand beside each other."""
    return st.container(horizontal=True, vertical_alignment=alignment, gap="small")


def answer(analysis: state.Analysis, settings: Settings, below: str = "") -> Comparison | None:
    """Draw the page's title; where these data cannot be compared it says why, and None is returned."""
    try:
        comparison = comparison_cache.comparison(*analysis.key)
        page_elements.title(headline(comparison, settings), below)
    except LmmCompareError as error:
        page_elements.title("These data cannot be compared")
        page_elements.explain_error(error)
        return None
    return comparison


def picture(analysis: state.Analysis, comparison: Comparison, pinned: DeltaGenerator | None = None) -> None:
    """The picture with its model switch."""
    view = views.with_marked_group(views.opening_view(comparison), comparison)
    panels.lines_panel(analysis, comparison, view, brief=True, pinned=pinned)
    views.mark_in_figures(comparison, view)


def page() -> None:
    settings, wrong = current_settings.current()
    analysis, controls = state.simulated(settings), Controls(settings, wrong)
    comparison = (beneath if viewport.narrow() else beside)(analysis, settings, controls)
    current_settings.write_address(settings, **choices(comparison).to_address())


def choices(comparison: Comparison | None) -> Choices:
    """What a link keeps of the picture: its mark and its models."""
    if comparison is None:
        return AS_IT_OPENS
    mark = views.current_view(comparison).highlight
    return Choices(mark=mark, models=view_address.models_drawn(comparison))


page()
