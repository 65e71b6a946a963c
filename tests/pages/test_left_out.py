"""Points that are left out by hand: said on the page, in the address, in what is taken away, and put back."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import streamlit as st

from lmmcompare import compare, examples
from lmmcompare.ui.compare import excluded_rows as module
from lmmcompare.ui.session import state, views
from lmmcompare.ui.session.state import Analysis

from .conftest import errors, texts

FORMULA = "Reaction ~ Days + (1 | Subject)"


def test_a_link_leaves_rows_out_and_a_button_puts_them_back(open_page):
    at = open_page("compare", example="sleepstudy", formula=FORMULA, excluded="10,57", models="ols")
    rest = examples.load("sleepstudy").drop(index=[9, 56])
    slope = float(compare(FORMULA, rest).ols.params["Days"])
    assert not errors(at) and f"{slope:.1f}" in texts(at)
    assert "2 points left out" in texts(at)
    at.button(key="put points back").click().run()
    assert "points left out" not in texts(at) and at.session_state["analysis"].table == "sleepstudy"
    assert at.session_state["models drawn random_intercept"] == ["ols"]  # the view stays


def test_a_link_without_a_formula_opens_the_examples_own(open_page):
    """It opened with a formula guessed from the rows that were left."""
    at = open_page("compare", example="oats", excluded="10,57")
    assert not errors(at) and at.session_state["analysis"] == Analysis(
        "excluded:10,57:oats", examples.get("oats").formula
    )


def test_rows_that_the_models_need_are_refused_and_the_page_stays(monkeypatch):
    session: dict[str, Any] = {"analysis": object()}
    monkeypatch.setattr(module.st, "session_state", session)
    looked: list[str] = []
    monkeypatch.setattr(module, "_look_at", looked.append)

    analysis = SimpleNamespace(table="cv161703", formula="Y ~ X + (1 | ID)", reml=True)
    module.leave_out(analysis, [*range(1, 60)])  # all but one row
    assert not looked and len(session) == 2
    module.leave_out(analysis, [3, 2, 400])
    assert looked == ["excluded:2-3:cv161703"]


def test_the_picture_is_ahead_of_its_page_until_the_browser_has_painted_it(monkeypatch):
    session: dict[str, Any] = {state.ANALYSIS: Analysis("sleepstudy", FORMULA)}
    monkeypatch.setattr(st, "session_state", session)
    page, picture = session[state.ANALYSIS], SimpleNamespace(points={"number": ()})
    monkeypatch.setattr(state, "current", lambda: session[state.ANALYSIS])
    assert module.picture_analysis(page) == page

    for rows in ([3], [3, 5]):  # the second of them before the page has caught up with the first
        brush = module.brush_of(module.picture_analysis(page), picture)
        brush.leave_out(rows)
        assert views.REDRAW not in session  # nothing but the picture's fragment runs
    ahead = module.picture_analysis(page)
    assert ahead == Analysis("excluded:3,5:sleepstudy", FORMULA) == session[state.ANALYSIS]

    brush.painted()
    assert session[views.REDRAW]
    del session[views.REDRAW]
    module.forget_picture_analysis()
    assert module.picture_analysis(page) == page
    brush.painted()
    assert views.REDRAW not in session


def test_rows_of_a_group_are_left_out_and_put_back_from_a_list(open_page):
    at = open_page("compare", example="sleepstudy", formula=FORMULA, mark="308")
    at.session_state["list of rows"] = True
    at.run()
    rows = at.multiselect(key="rows of 308")
    assert len(rows.options) == 10 and rows.options[1].startswith("Row 2: Days 1, Reaction 258.7") and not rows.value
    rows.select(2).run()
    slope = float(compare(FORMULA, examples.load("sleepstudy").drop(index=[1])).ols.params["Days"])
    assert not errors(at) and f"{slope:.2f}" in texts(at) and "1 point left out" in texts(at)
    assert at.multiselect(key="rows of 308").value == [2]
    at.multiselect(key="rows of 308").unselect(2).run()
    assert "point left out" not in texts(at) and at.session_state["analysis"].table == "sleepstudy"
