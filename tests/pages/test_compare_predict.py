"""The tab that predicts: the model, the group and its means that it predicts from, and a new group beside a known one."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from lmmcompare import examples, lmer
from lmmcompare.models.prediction import predict_interval

from .conftest import errors, opened, said


@pytest.mark.parametrize("level", ["group", "new group", "population"])
def test_a_prediction_says_its_numbers_and_what_they_carry(open_page, level):
    at = opened(open_page, "Predict", example="sleepstudy", formula="Reaction ~ Days + (Days | Subject)")
    at.selectbox(key="predict level Subject").set_value(level).run()
    at.number_input(key="predict sleepstudy Days").set_value(7).run()
    assert not errors(at)
    fit = lmer("Reaction ~ Days + (Days | Subject)", examples.load("sleepstudy"))
    row = pd.DataFrame({"Subject": [fit.groupings[0].levels[0]], "Days": [7]})
    line, single = (predict_interval(fit, row, level, kind).iloc[0] for kind in ("confidence", "prediction"))
    text = said(at)
    for value in (line["estimate"], line["lower"], line["upper"], single["lower"], single["upper"]):
        assert f"{value:.0f}" in text
    assert ("conditional variance" in text) == (level == "group")
    assert ("variance between Subjects" in text) == (level != "population")


def test_a_prediction_beyond_the_data_says_so(open_page):
    at = opened(open_page, "Predict", example="sleepstudy")
    assert "Beyond the data" not in said(at)
    at.number_input(key="predict sleepstudy Days").set_value(9).run()
    assert "Beyond the data" not in said(at)
    at.number_input(key="predict sleepstudy Days").set_value(12).run()
    assert not errors(at) and "Days is 12, where the data have 0 to 9" in said(at)


def test_an_age_between_the_four_that_were_measured_is_predicted(open_page):
    at = opened(open_page, "Predict", example="orthodont")
    assert not errors(at) and not at.exception
    assert at.number_input(key="predict orthodont age").value == 11


def test_predicting_with_nested_factors_asks_for_the_inner_one(open_page):
    at = opened(open_page, "Predict", example="pastes")
    picks = [s.label for s in at.selectbox if s.key and s.key.startswith("predict group")]
    assert picks == ["cask"]
    at = opened(open_page, "Predict", example="pastes", formula="strength ~ 1 + (1 | batch) + (1 | cask)")
    assert [s.label for s in at.selectbox if s.key and s.key.startswith("predict group")] == ["batch", "cask"]


def test_within_between_predicts_for_a_new_group_with_a_mean_of_its_own(open_page):
    """R: at X = 5.5 in an ID whose mean of X is 7, 7.272 with a standard error of 0.9885."""
    at = opened(open_page, "Predict", example="cv161703")
    assert not [n for n in at.number_input if "mean of its" in n.label]
    at.selectbox(key="predict from random_intercept ID").set_value("within_between").run()
    at.selectbox(key="predict level ID").set_value("new group").run()
    assert at.number_input(key="predict cv161703 X_mean").value == 5.13  # over all rows
    at.number_input(key="predict cv161703 X_mean").set_value(7.0).run()
    assert not errors(at)
    assert "Expected Y: 7.3 ." in said(at) and "7.27 (0.99)" in said(at)
    assert (at.query_params["from"], at.query_params["at.X_mean"]) == ("within_between", "7")
    again = open_page(
        "compare", example="cv161703", tab="predict", level="new group", **{"from": "within_between", "at.X_mean": "7"}
    )
    assert "Expected Y: 7.3 ." in said(again) and not errors(again)


def test_a_known_and_a_new_group_stand_side_by_side_as_a_question(open_page):
    at = opened(open_page, "Predict", example="cv161703")
    text = said(at)
    assert (
        "Will the ID be known when you predict?" in text and "2.89 (0.60) 1.66 to 4.11 cannot no dummy for it" in text
    )
    assert "no ID's own effect" in text and "the marginal mean" in text


def test_predicting_for_a_day(open_page, upload):
    """Days count from the first in the table, which the page says; any other day can be picked."""
    frame = pd.read_csv(Path(__file__).parents[1] / "data_files" / "visits.csv")
    at = opened(open_page, "Predict", upload=upload(frame), formula="score ~ visit + (1 | patient)")
    assert "“visit” is counted in days since 2021-01-15" in said(at)
    (day,) = [control for control in at.date_input if control.label == "visit"]
    day.set_value(date(2021, 6, 1)).run()
    assert not errors(at)
    row = pd.DataFrame({"visit": ["2021-06-01"], "patient": ["P1"]})
    line = predict_interval(lmer("score ~ visit + (1 | patient)", frame), row).iloc[0]
    assert f"Expected score: {line['estimate']:.1f}" in said(at)


def test_a_known_group_is_predicted_with_its_own_values_of_what_is_the_same_in_all_its_rows(open_page):
    """A school's sector is its own; its pupils' ses is not."""
    frame = examples.load("hsb82")
    sector = frame.groupby("school")["sector"].first()
    one, other = (str(sector.index[sector == kind][0]) for kind in ("Public", "Catholic"))
    at = opened(open_page, "Predict", example="hsb82", formula="mAch ~ sector * ses + (1 | school)")

    def pick(start: str):
        (found,) = [s for s in at.selectbox if s.key and s.key.startswith(f"predict {start}")]
        return found

    for school, kind in ((one, "Public"), (other, "Catholic")):
        pick("group").set_value(school).run()
        assert not errors(at) and pick("hsb82 sector").value == kind
    ses = at.number_input(key="predict hsb82 ses").value
    assert abs(ses - frame["ses"].median()) < 0.01


def test_with_correlated_residuals_a_known_group_s_next_row_leans_on_its_last_ones(open_page):
    """The time opens one step after the group's last; the row is expected beside the line by what nlme's predict() leaves out."""
    model = "Reaction ~ Days + (1 | Subject)"
    at = opened(open_page, "Predict", example="sleepstudy", formula=f"{model}, correlation = ar1(Days | Subject)")
    assert not errors(at)
    assert at.number_input(key="predict sleepstudy Days own 10.0").value == 10
    fit = lmer(model, examples.load("sleepstudy"), correlation="ar1(Days | Subject)")
    row = pd.DataFrame({"Subject": [fit.design.groupings[0].levels[0]], "Days": [10]})
    line, single = (predict_interval(fit, row, "group", kind).iloc[0] for kind in ("confidence", "prediction"))
    assert abs(single["estimate"] - line["estimate"]) > 10
    text = said(at)
    for value in (line["estimate"], line["lower"], line["upper"], single["estimate"], single["lower"], single["upper"]):
        assert f"{value:.0f}" in text
    assert "other rows" in text and "nlme" in text
