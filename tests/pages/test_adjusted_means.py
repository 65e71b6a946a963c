"""The tab of adjusted means: its controls, and that they stand in the address."""

from __future__ import annotations

from .conftest import errors, figures, opened, said

TAB = "Adjusted means"


def box(at, label):
    return next(box for box in at.selectbox if box.label == label)


def test_the_tab_answers_and_what_is_chosen_stands_in_the_address(open_page):
    at = opened(open_page, TAB, example="orthodont")
    assert "Male − Female at age 14, is 3.24 (95% interval 1.53 to 4.95, p < 0.001)" in said(at)
    assert {"means by model wide", "interaction lines wide", "effect regions wide"} <= figures(at)
    box(at, "Adjusted means or slope of").set_value("age").run()
    assert not errors(at) and "Simple slopes of age" in said(at)
    assert at.query_params["means"] in ("age", ["age"])


def test_a_link_opens_the_same_question_and_says_what_there_is_not(open_page):
    at = open_page(
        "compare", example="oats", tab="means", means="N", across="none", contrasts="trt.vs.ctrl", adjust="holm"
    )
    assert not errors(at)
    assert "Adjusted means of Y by N" in said(at) and "Holm’s method" in said(at)
    assert box(at, "Differences").value == "trt.vs.ctrl"
    at = open_page("compare", example="oats", tab="means", means="dose")
    assert not errors(at) and "The link asks for “dose” here, which there is not." in said(at)


def test_one_slope_is_a_table_without_a_figure(open_page):
    at = opened(open_page, TAB, example="sleepstudy")
    assert not errors(at) and "Slope of Days" in said(at)
    assert not {"means by model", "means by model wide"} & figures(at)
