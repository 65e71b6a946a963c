"""The tabs below the table: each opens for every kind of model, and says what its numbers are."""

from __future__ import annotations

import json
import re
import time
from urllib.parse import parse_qsl

import numpy as np
import pandas as pd
import pytest

from lmmcompare.simulate.link import decode as read_settings
from lmmcompare.ui.compare import diagnostics
from lmmcompare.ui.compare.intervals import BOOTSTRAP
from lmmcompare.ui.kit import viewport, visibility
from tests.effort import first

from .conftest import at_rest, charts, errors, figures, opened, run_when_done, said, texts

TABS = (
    "The numbers",
    "Why they differ",
    "Errors and intervals",
    "Which model?",
    "Can I trust it?",
    "Adjusted means",
    "Predict",
    "Shrinkage",
    "What was fitted",
    "Export",
)


@pytest.mark.parametrize(("narrow", "name"), [(False, "dial wide"), (True, "dial narrow")])
def test_a_figure_is_drawn_for_the_width_of_the_window_alone(open_page, narrow, name):
    at = opened(open_page, "Why they differ", example="cv161703")
    at.session_state[viewport.KEY] = {"narrow": narrow}
    at.run()
    assert not errors(at)
    assert [chart.key for chart in charts(at) if "dial" in chart.key] == [name]


def test_a_page_opens_with_its_picture_and_the_rest_follows_once_that_is_seen(open_page):
    at = open_page("compare", example="cv161703")
    whole = figures(at)
    assert at.sidebar.selectbox
    at.session_state[visibility.KEY] = {}  # as before the browser has spoken
    at.run()
    assert not errors(at) and figures(at) == {"lines figure"}
    assert not at.sidebar.selectbox
    at.session_state[visibility.KEY] = {"near": False}
    at.run()
    assert not errors(at) and figures(at) == whole and at.sidebar.selectbox


def test_below_the_fold_is_drawn_only_for_a_reader_who_is_near(open_page):
    at = open_page("compare", example="cv161703", tab="why")
    above, below = (
        {"lines figure", "weights figure", "coefficient figure"},
        {"dial wide", "two slopes figure", "gap figure"},
    )
    assert figures(at) == above | below
    for near in (False, True, False):
        at.session_state[visibility.KEY] = {"near": near}
        at.run()
        assert not errors(at) and figures(at) == (above | below if near else above)


def spec_of(at, name):
    """What plotly.js is sent of the figure with this key."""
    (spec,) = [chart.spec for chart in charts(at) if chart.key == name]
    return spec


def dial_of(at):
    """What the browser is told of the step that the dial is turned to."""
    (told,) = [e.proto for e in at.get("bidi_component") if e.proto.component_name == "dial"]
    return json.loads(told.json)


def test_a_link_turns_the_dial_and_another_formula_starts_it_anew(open_page):
    at = opened(open_page, "Why they differ", example="cv161703", dial="3")
    fitted = spec_of(at, "dial wide")["layout"]["sliders"][0]["active"]
    assert dial_of(at)["step"] == 3 != fitted  # the figure is the same whatever the step
    assert at.query_params["dial"] == "3"
    at.sidebar.text_input(key="formula").set_value("Y ~ X + (X | ID)").run()
    assert not errors(at)
    assert dial_of(at)["step"] == spec_of(at, "dial wide")["layout"]["sliders"][0]["active"]
    assert "dial" not in at.query_params


@pytest.mark.parametrize("step", ["61", "99"])
def test_a_link_to_a_step_that_there_is_not_is_said(open_page, step):
    at = opened(open_page, "Why they differ", example="cv161703", dial=step)
    assert f"The link asks for “{step}” here" in texts(at)
    assert dial_of(at)["step"] == spec_of(at, "dial wide")["layout"]["sliders"][0]["active"]


def test_the_panels_of_groups_have_their_rows_though_those_of_all_are_too_many(open_page, upload):
    rng = np.random.default_rng(8)
    g = np.repeat(np.arange(350), 10)
    data = pd.DataFrame({"g": g, "x": rng.normal(size=3_500), "y": rng.normal(size=350)[g] + rng.normal(size=3_500)})
    at = opened(open_page, "Each g group", upload=upload(data), formula="y ~ x + (1 | g)")
    dots = [t for t in spec_of(at, "panels wide")["data"] if t["mode"] == "markers"]
    assert len(dots) == 24
    assert {len(t["customdata"]) for t in dots} == {10}
    pages = next(box for box in at.selectbox if "By fitted intercept" in box.label)
    assert pages.options[-1] == "337 to 350"
    pages.set_value("337 to 350").run()
    assert not errors(at)
    assert sum(t["mode"] == "markers" for t in spec_of(at, "panels wide")["data"]) == 14


@pytest.mark.parametrize(("narrow", "second"), [(True, "Random intercept"), (False, "OLS, cluster-robust")])
def test_a_phone_shows_the_model_asked_for_beside_ols(open_page, narrow, second):
    at = open_page("compare", example="cv161703")
    at.session_state[viewport.KEY] = {"narrow": narrow}
    at.run()
    assert not errors(at)
    assert re.search(rf"OLS complete pooling {second} ", said(at))
    assert "End point checked: no small change of the variances fits better" in said(at)


@pytest.mark.parametrize("narrow", [True, False])
def test_a_name_of_markdown_stays_a_name_in_titles_folded_or_not(open_page, upload, narrow):
    """On a phone the effects at each value are folded, and the fold's label would have loaded the picture that a column's name asks for."""
    rng, name = np.random.default_rng(2), "![w*](https://a.example/b.png)"
    week, arm = np.tile(np.arange(4), 24), np.repeat(["a", "b"] * 12, 4)
    frame = pd.DataFrame({"g": np.repeat(np.arange(24), 4), name: week, "arm": arm, "y": rng.normal(size=96) + week})
    at = open_page("compare", upload=upload(frame), formula=f"y ~ arm * `{name}` + (1 | g)")
    at.session_state[viewport.KEY] = {"narrow": narrow}
    at.run()
    assert not errors(at)
    labels = [fold.label for fold in at.expander]
    assert not any("![" in label for label in labels)
    assert any("at each" in label for label in labels) == narrow
    assert f"at each {name}" in said(at)


MODELS = [
    {"example": "exam", "formula": "normexam ~ standLRT * sex + (standLRT || school)", "method": "ml"},
    {"example": "sleepstudy", "formula": "Reaction ~ 0 + Days + (0 + Days | Subject)"}, {"example": "pastes"},
    {"example": "cv161703"}, {"example": "dyestuff2"}, {"example": "drug"},
    {"example": "penicillin", "formula": "diameter ~ 1 + (1 | plate) + (1 | sample)"},
]  # fmt: skip


@pytest.mark.parametrize("address", first(MODELS, 3), ids=lambda a: a["example"])
def test_every_tab_opens_for_every_kind_of_model(open_page, address):
    at = open_page("compare", **address)
    key, labels = f"depth {len(at.tabs)}", [t.label for t in at.tabs]
    assert len(labels) == (9 if "~ 1 +" in at.sidebar.text_input(key="formula").value else 11)
    for label in labels:
        at.session_state[key] = label
        at.run()
        assert not errors(at), label
        shown = next(t for t in at.tabs if t.label == label)
        assert len(shown.get("html")) > 0, label
        assert all(not len(t.get("html")) for t in at.tabs if t.label != label)  # only the open one is computed


# ------------------------------------------------------------------------------------------- the table's inference


def with_inference_open(at):
    """The page with what “Degrees of freedom, intervals, p values” opens."""
    at.session_state[f"depth {len(at.tabs)}"] = "The numbers"
    at.session_state["choose inference"] = True
    return at.run()


def test_kenward_roger_p_values_and_profiles_on_request(open_page):
    at = with_inference_open(open_page("compare", example="sleepstudy", formula="Reaction ~ Days + (Days | Subject)"))
    assert "after Satterthwaite" in said(at) and "p < 0.001" not in said(at)
    assert "17 df" in said(at) and "14.4 to 37.7" not in said(at)
    at.segmented_control(key="small sample").set_value("Kenward–Roger").run()
    assert "standard errors and degrees of freedom for few groups after Kenward and Roger" in said(at)
    at.segmented_control(key="interval kind").set_value("Profile").run()
    text = said(at)
    assert "intervals by profile likelihood (ML)" in text and "14.4 to 37.7" in text  # lme4's confint: 14.38 to 37.72
    at.toggle(key="p values").set_value(True).run()
    assert "17 df, p < 0.001" in said(at) and "p value against 0" in said(at)
    assert not errors(at)


def test_kenward_roger_of_ml_fits_is_explained(open_page):
    at = with_inference_open(open_page("compare", example="sleepstudy", method="ml"))
    at.segmented_control(key="small sample").set_value("Kenward–Roger").run()
    assert not errors(at)
    assert "REML" in said(at) and "after Satterthwaite" in said(at)


# -------------------------------------------------------------------------------------------------------- intervals


def bootstrap_of(at):
    """The session's bootstrap."""
    return at.session_state[f"job {BOOTSTRAP}"][1]


def test_a_bootstrap_runs_in_steps_and_joins_the_table(open_page):
    at = opened(open_page, "Errors and intervals", example="sleepstudy", formula="Reaction ~ Days + (Days | Subject)")
    assert "Profile likelihood" in said(at) and "1,000 samples" not in said(at)
    at.button(key="run bootstrap").click().run()
    run_when_done(at, BOOTSTRAP)
    assert not errors(at)
    text = said(at)
    assert "1,000 samples of outcomes simulated from the fit" in text
    with_inference_open(at).segmented_control(key="interval kind").set_value("Bootstrap").run()
    assert "intervals of the random-slope model from 1,000 bootstrap samples, others Wald’s" in said(at)
    at.sidebar.text_input(key="formula").set_value("Reaction ~ Days + (1 | Subject)").run()
    assert "1,000 samples" not in said(at) and "bootstrap samples, others" not in said(at)  # it was another model's


def test_a_bootstrap_can_be_stopped_and_keeps_what_it_has(open_page):
    at = opened(open_page, "Errors and intervals", example="pastes")
    at.button(key="run bootstrap").click().run()
    job = bootstrap_of(at)
    assert not job.finished and 0 < job.latest.done < 1000
    at.button(key="stop bootstrap").click().run()
    done = at_rest(lambda: job.latest.done)
    assert done < 1000
    at.run()
    time.sleep(0.3)
    assert job.latest.done == done and f"{done:,} samples of outcomes simulated from the fit" in said(at.run())
    at.button(key="go on bootstrap").click().run()
    assert bootstrap_of(at) is job and not job.finished and job.latest.done >= done


def test_whole_groups_are_not_drawn_where_factors_are_several(open_page):
    at = opened(open_page, "Errors and intervals", example="pastes")
    assert not [c for c in at.segmented_control if c.key == "bootstrap kind"]
    at = opened(open_page, "Errors and intervals", example="cv161703")
    at.segmented_control(key="bootstrap kind").set_value("case").run()
    at.button(key="run bootstrap").click().run()
    run_when_done(at, BOOTSTRAP)
    assert "1,000 samples of whole groups drawn with replacement" in said(at)


# ------------------------------------------------------------------------------------------------- can I trust it?


CROSSED = "diameter ~ 1 + (1 | plate) + (1 | sample)"


def test_of_several_factors_each_group_is_left_out_of_the_whole_model(open_page):
    text = said(opened(open_page, "Can I trust it?", example="penicillin", formula=CROSSED))
    assert "Leaving out plate m changes most" in text and "the whole model, all its grouping factors" in text


def test_leaving_groups_out_that_takes_long_is_asked_about_first(open_page, monkeypatch):
    monkeypatch.setattr(diagnostics, "expected_refit_seconds", lambda design: 100.0)
    at = opened(open_page, "Can I trust it?", example="penicillin", formula=CROSSED)
    assert "of plates alone" in said(at) and "the whole model, all" not in said(at)
    button = at.button(key="run influence")
    assert button.label == "Leave each out of the whole model (about 2 minutes)"
    button.click().run()
    run_when_done(at, diagnostics.INFLUENCE)
    assert "the whole model, all its grouping factors" in said(at) and not errors(at)


# ------------------------------------------------------------------------------------------------------ which model?


def test_the_statistics_of_the_tests_are_there_on_request_and_by_a_link(open_page):
    text = said(opened(open_page, "Which model?", example="cv161703"))
    assert "By AIC" in text and "marginal R²" in text and "design effect" in text and "Naive p" not in text
    at = open_page("compare", example="cv161703", tab="which", tests="1")
    assert not errors(at) and "Naive p" in said(at)


def test_the_table_of_terms_follows_its_controls(open_page):
    at = opened(open_page, "Which model?", example="penicillin", formula="diameter ~ sample + (1 | plate)")
    assert "Denominator df F p sample 449 5 115 297 < 0.001" in said(at)
    at.segmented_control(key="anova test").set_value("kenward-roger").run()
    at.segmented_control(key="anova type").set_value("II").run()
    assert not errors(at) and "Kenward and Roger’s standard errors" in said(at) and "Type II:" in said(at)


# ------------------------------------------------------------------------------------------------------- equivalents


def test_the_same_coefficients_by_other_ways(open_page):
    at = opened(open_page, "What was fitted", example="penicillin", formula="diameter ~ 1 + (1 | plate) + (1 | sample)")
    assert "GLS" not in said(at)
    at.toggle(key="equivalents").set_value(True).run()
    assert not errors(at)
    assert "GEE is left out" in said(at) and "The covariance matrix that the model implies" in said(at)


def test_every_dummy_is_shown_below_the_table(open_page):
    at = open_page("compare", example="dragons")
    assert "36.58" not in said(at)
    at.session_state["the dummies"] = True
    at.run()
    assert not errors(at) and "mountainRange [Central] 36.5828 3.5993 10.16 < 0.001" in said(at)


# --------------------------------------------------------------------------------------------- several grouping factors


def test_nesting_is_offered_and_taken_up(open_page):
    at = open_page("compare", example="pastes", formula="strength ~ 1 + (1 | batch) + (1 | cask)")
    assert "All 10 batches have the same casks" in said(at)
    at.button(key="take up 0").click().run()
    assert not errors(at)
    assert at.sidebar.text_input(key="formula").value == "strength ~ 1 + (1 | batch) + (1 | batch:cask)"
    assert "have the same casks" not in said(at) and "Beside it, under “Groups, weights”: cask within batch" in said(at)


def test_the_groups_shown_can_be_changed_at_the_picture(open_page):
    at = open_page("compare", example="pastes", formula="strength ~ 1 + (1 | batch) + (1 | batch:cask)")
    at.selectbox(key="pick factor").set_value("batch:cask").run()
    assert not errors(at)
    assert at.sidebar.text_input(key="formula").value == "strength ~ 1 + (1 | batch:cask) + (1 | batch)"
    assert at.sidebar.selectbox(key="pick group").value == "batch:cask"
    assert not [s for s in open_page("compare", example="drug").selectbox if s.key == "pick factor"]


# ------------------------------------------------------------------------------------------------------ can I trust it?


def test_the_random_effects_drawn_are_chosen(open_page):
    at = opened(open_page, "Can I trust it?", example="sleepstudy", formula="Reaction ~ Days + (Days | Subject)")
    text = said(at)
    for question in ("Is a trend left", "Is the scatter the same", "Are the residuals normal", "Are the random effects normal",
                     "Do all Subjects scatter alike", "Does one Subject decide", "Does one row decide", "are not normal"):  # fmt: skip
        assert question in text
    assert text.count("If all were well") >= 4 and "Mardia" in text
    assert len(charts(at)) >= 10  # eight of them below the page's own
    at.selectbox(key="effects drawn random_slope").set_value(("Subject", "Days")).run()
    assert not errors(at)
    assert "Days effects of the Subjects" in said(at)


# ---------------------------------------------------------------------------------------------------- tables of others


def test_flags_numbers_as_groups_and_holes_are_no_trouble(open_page, upload):
    rng = np.random.default_rng(1)
    g = np.repeat(np.arange(12), 8)
    data = pd.DataFrame(
        {"g": g + 100, "flag": rng.random(96) < 0.5, "few": rng.integers(1, 4, 96), "x": rng.normal(size=96)}
    )
    data["y"] = data["x"] + g + data["flag"] + rng.normal(size=96)
    data.loc[[3, 40], "x"] = np.nan
    at = opened(open_page, "Predict", upload=upload(data), formula="y ~ x + flag + factor(few) + (x | g)")
    at.selectbox(key=next(s.key for s in at.selectbox if s.key.startswith("predict group"))).set_value("105").run()
    assert not errors(at)
    assert "Expected y:" in said(at)
    for tab in TABS:
        at.session_state[f"depth {len(at.tabs)}"] = tab
        at.run()
        assert not errors(at), tab


def test_power_starts_from_the_fitted_values(open_page):
    at = opened(open_page, "Errors and intervals", example="sleepstudy")
    assert not errors(at) and "How many more Subjects would I need?" in said(at)
    (way,) = [e for e in at.get("page_link") if "Start from these values" in e.proto.label]
    address = dict(parse_qsl(way.proto.query_string))
    assert address["panel"] == "groups" and read_settings(address["simulated"]).slope == 10.47
    large = opened(open_page, "Errors and intervals", example="pshp2")
    assert not errors(large) and "Data like these cannot be simulated here" in said(large)


def test_a_refit_with_statsmodels_is_set_beside_ours(open_page):
    at = opened(open_page, "What was fitted", example="sleepstudy")
    at.button(key="crosscheck").click().run()
    assert not errors(at)
    assert "Random slope : the largest relative difference over" in said(at)
    assert "the largest relative difference over" in said(at.run())  # as when another control of the tab is used
    at.sidebar.text_input(key="formula").set_value("Reaction ~ Days + (1 | Subject)").run()
    assert "the largest relative difference over" not in said(at)


def test_recentring_moves_the_intercept_into_the_data(open_page):
    at = opened(open_page, "Why they differ", example="cv161703")
    next(button for button in at.button if button.label.startswith("Recentre")).click().run()
    assert not errors(at)
    assert at.sidebar.text_input(key="formula").value == "Y ~ center(X) + (1 | ID)"


def test_pupils_numbered_anew_in_each_school_are_offered_as_nested(open_page, upload):
    """Of 1 | pupil alone nothing was said: pupil 1 of one school was taken for pupil 1 of every other."""
    rng = np.random.default_rng(6)
    school, pupil, after = (index.ravel() for index in np.indices((8, 6, 2)))
    score = (
        50 + rng.normal(0, 3, 8)[school] + rng.normal(0, 5, (8, 6))[school, pupil] + 4 * after + rng.normal(0, 2, 96)
    )
    data = pd.DataFrame(
        {"school": [f"S{k}" for k in school], "pupil": pupil + 1, "after": after, "score": score.round(1)}
    )
    key = upload(data)
    assert "are numbered anew" not in said(open_page("compare", upload=key, formula="score ~ after + (1 | school)"))
    at = open_page("compare", upload=key, formula="score ~ after + (1 | pupil)")
    assert "The pupils of each school are numbered anew" in said(at) and "there are 48 pupils" in said(at)
    at.button(key="take up 0").click().run()
    assert not errors(at) and at.text_input(key="formula").value == (
        "score ~ after + (1 | school) + (1 | school:pupil)"
    )
