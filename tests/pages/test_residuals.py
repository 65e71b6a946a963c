"""The control of the residuals: it proposes a column, goes into the formula and the address, and says what cannot be."""

from __future__ import annotations

from lmmcompare.ui.session.state import ANALYSIS

from .conftest import errors, opened, said, turn_to
from .test_compare_tabs import TABS

RANDOM = "Reaction ~ Days + (1 | Subject)"
AR1 = f"{RANDOM}, correlation = ar1(Days | Subject)"


def test_serial_correlation_with_the_time_proposed(open_page):
    at = open_page("compare", example="sleepstudy", formula=RANDOM)
    assert at.sidebar.selectbox(key="pick residuals").value == "independent"
    at.sidebar.selectbox(key="pick residuals").set_value("serial").run()
    assert not errors(at)
    assert at.session_state[ANALYSIS].formula == AR1
    assert at.sidebar.selectbox(key="pick residuals by").value == "Days"
    assert at.query_params["formula"] in (AR1, [AR1])
    text = said(at)
    assert "Structured residuals" in text and "A trend within Subjects is known less well" in text
    at.sidebar.selectbox(key="pick residuals").set_value("independent").run()
    assert at.session_state[ANALYSIS].formula == RANDOM and "Structured residuals" not in said(at)


def test_what_cannot_be_fitted_is_said_at_the_control_and_loses_nothing(open_page):
    at = open_page("compare", example="cv161703")  # no column tells the rows of a group apart in time by whole numbers
    before = at.session_state[ANALYSIS].formula
    at.sidebar.selectbox(key="pick residuals").set_value("us").run()
    assert at.session_state[ANALYSIS].formula == before
    assert len(errors(at)) == 1 and "Still shown: independent residuals" in said(at)
    at.sidebar.selectbox(key="pick residuals").set_value("cs").run()
    assert not errors(at) and "cs(1 | ID)" in at.session_state[ANALYSIS].formula


def test_every_tab_is_drawn(open_page):
    at = open_page("compare", example="sleepstudy", formula=AR1)
    for tab in TABS:
        turn_to(at, tab)
        if tab == "The numbers":
            assert "Structured residuals" in said(at)
        if tab == "Which model?":
            assert "How are the residuals correlated?" in said(at)


def test_what_a_picture_of_residuals_shows_is_mended_by_its_button(open_page):
    at = opened(open_page, "Can I trust it?", example="sleepstudy", formula=RANDOM)
    assert "Are rows of one Subject still alike?" in said(at)
    at.button(key="mend correlation").click().run()
    assert not errors(at) and at.session_state[ANALYSIS].formula == AR1
