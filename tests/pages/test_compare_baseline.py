"""The level that a categorical predictor is compared with, picked beside it."""

from __future__ import annotations

from .conftest import errors, said


def test_another_baseline_is_written_into_the_formula(open_page):
    at = open_page("compare", example="oats", formula="Y ~ N + (1 | B)")
    pick = at.sidebar.selectbox(key="compared with N")
    assert pick.value == "0.0cwt" and pick.options == ["0.0cwt", "0.2cwt", "0.4cwt", "0.6cwt"]
    at = pick.set_value("0.4cwt").run()
    assert not errors(at)
    assert at.sidebar.text_input(key="formula").value == 'Y ~ relevel(factor(N), ref="0.4cwt") + (1 | B)'
    assert at.sidebar.multiselect(key="pick predictors").value == ["N"]
    assert "for 0.0cwt than for 0.4cwt" in said(at)
    at = at.sidebar.selectbox(key="compared with N").set_value("0.0cwt").run()
    assert at.sidebar.text_input(key="formula").value == "Y ~ N + (1 | B)"


def test_numbers_have_no_baseline_until_they_are_levels(open_page):
    at = open_page("compare", example="sleepstudy", formula="Reaction ~ Days + (1 | Subject)")
    assert not [s for s in at.sidebar.selectbox if s.key == "compared with Days"]
    at.sidebar.text_input(key="formula").set_value("Reaction ~ factor(Days) + (1 | Subject)").run()
    at = at.sidebar.selectbox(key="compared with Days").set_value("9").run()
    assert not errors(at)
    assert at.sidebar.text_input(key="formula").value == 'Reaction ~ relevel(factor(Days), ref="9") + (1 | Subject)'
