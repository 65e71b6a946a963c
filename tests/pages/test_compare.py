"""The compare page: both ways of changing the model, and every way in which a model can be wrong."""

from html import unescape
from re import sub

import numpy as np
import pandas as pd
import pytest

from lmmcompare import examples
from lmmcompare.ui.compare.model_form import FOLD

from .conftest import DESIGNS, charts, errors, said, texts


@pytest.fixture
def clustered():
    """A table with a column for every mistake."""
    rng = np.random.default_rng(1)
    g = np.repeat(np.arange(10), 4)
    x = rng.normal(size=40)
    return pd.DataFrame({
        "y": x + g + rng.normal(size=40), "x": x, "g": [f"g{k}" for k in g], "w": rng.normal(size=40), "twice": 2 * x,
        "size": np.sqrt(g + 1.0), "same": 7, "one": "all", "row": [f"r{k}" for k in range(40)],
        "typo": [*map(str, np.round(x, 3)[:39]), "3,5 (?)"], "endless": [*x[:39], "inf"], "gone": np.nan,
    })  # fmt: skip


@pytest.mark.parametrize("name", DESIGNS)
def test_every_example_opens(open_page, name):
    at = open_page("compare", example=name)
    assert not errors(at)
    assert at.sidebar.text_input(key="formula").value == examples.get(name).formula
    assert len(charts(at)) >= 2


def test_cv161703(open_page):
    at = open_page("compare", example="cv161703")
    assert not errors(at)
    said = texts(at)
    assert "OLS says 1.18 more Y per unit of X. The mixed model says 0.64." in said
    assert "20 IDs of 3 rows each." in said
    assert "1.18" in said and "(0.13)" in said and "Within–between" in said
    assert at.sidebar.selectbox(key="pick outcome").value == "Y"
    assert at.sidebar.multiselect(key="pick predictors").value == ["X"]
    assert at.sidebar.selectbox(key="pick group").value == "ID"
    assert at.sidebar.multiselect(key="pick slopes").value == []


PICKS = [
    (lambda at: at.sidebar.multiselect(key="pick slopes").set_value(["Days"]), "Reaction ~ Days + (Days | Subject)"),
    (lambda at: at.sidebar.multiselect(key="pick predictors").set_value([]), "Reaction ~ 1 + (1 | Subject)"),
    (lambda at: at.sidebar.selectbox(key="pick outcome").set_value("Days"), "Days ~ 1 + (1 | Subject)"),
]


@pytest.mark.parametrize(("pick", "formula"), PICKS)
def test_the_formula_follows_the_pick_lists(open_page, pick, formula):
    at = open_page("compare", example="sleepstudy", formula="Reaction ~ Days + (1 | Subject)")
    pick(at)
    at.run()
    errors(at)
    assert at.sidebar.text_input(key="formula").value == formula
    assert at.query_params["formula"] == formula


def test_the_pick_lists_follow_the_formula(open_page):
    at = open_page("compare", example="exam")
    at.sidebar.text_input(key="formula").set_value("normexam ~ standLRT + sex + (standLRT || school)").run()
    assert not errors(at)
    assert at.sidebar.multiselect(key="pick predictors").value == ["standLRT", "sex"]
    assert at.sidebar.multiselect(key="pick slopes").value == ["standLRT"]
    at.sidebar.multiselect(key="pick predictors").set_value(["standLRT", "sex", "schavg"]).run()
    assert at.sidebar.text_input(key="formula").value == "normexam ~ standLRT + sex + schavg + (standLRT || school)"


def test_ml_and_reml(open_page):
    at = open_page("compare", example="cv161703")
    assert "Mixed models by restricted maximum likelihood (REML)" in texts(at)
    at.sidebar.segmented_control(key="pick method").set_value("ML").run()
    assert "Mixed models by maximum likelihood (ML)" in texts(at)
    assert at.query_params["method"] == "ml"
    at.sidebar.segmented_control(key="pick method").set_value("REML").run()
    assert "method" not in at.query_params


def test_another_data_set_brings_its_own_formula(open_page):
    at = open_page("compare", example="cv161703")
    at.sidebar.selectbox(key="pick data").set_value("example drug").run()
    assert not errors(at)
    assert at.sidebar.text_input(key="formula").value == examples.get("drug").formula
    assert at.query_params["example"] == "drug"


def page_of(at):
    """What stands beside the sidebar."""
    return " ".join(unescape(sub(r"<[^>]+>", "", part.proto.body)) for part in at.main.get("html"))


TYPOS = [
    ("Y ~ X + (1 | ID", "(1 | ID", ")"),
    ("Y ~ X + + (1 | ID)", "", ""),
    ("Y ~ X + lag(X) + (1 | ID)", "lag", ""),
    ("Y ~ __import__('os').system('id') + (1 | ID)", "", ""),
    ("Y ~ X.__class__ + (1 | ID)", "X.__class__", ""),
    ("Y X", "", ""),
    ("", "", ""),
    ("Y ~ X", "grouping factor", "(1 | group)"),
    ("Y ~ X + (1 | ID) # " + "x" * 10_000, "", ""),
]


@pytest.mark.parametrize(("typed", "named", "remedy"), TYPOS)
def test_a_formula_with_a_slip_keeps_the_text_and_the_last_good_comparison(open_page, typed, named, remedy):
    at = open_page("compare", example="cv161703")
    at.sidebar.text_input(key="formula").set_value(typed).run()
    said = " ".join(errors(at))
    assert named in said and remedy in said and said
    assert at.sidebar.text_input(key="formula").value == typed
    assert "OLS says 1.18 more Y per unit of X" in texts(at)  # still there
    at.sidebar.text_input(key="formula").set_value("Y ~ 1 + (1 | ID)").run()
    assert not errors(at)
    assert "the mean Y" in texts(at) and "as typed" not in texts(at)


def test_a_slip_is_said_above_the_headline_too(open_page):
    at = open_page("compare", example="cv161703")
    at.sidebar.text_input(key="formula").set_value("Y ~ X +* (1|ID)").run()
    above, _ = page_of(at).split("OLS says 1.18 more Y per unit of X")[:2]
    assert above.startswith("The formula as typed cannot be used.") and "Below is still Y ~ X + (1 | ID)" in above
    assert "Still shown: Y ~ X + (1 | ID)" in texts(at)
    again = open_page("compare", **dict(at.query_params))  # a reload
    assert again.sidebar.text_input(key="formula").value == "Y ~ X +* (1|ID)" and "as typed" in texts(again)
    again.sidebar.text_input(key="formula").set_value("Y ~ 1 + (1 | ID)").run()
    assert "as typed" not in texts(again) and "typed" not in again.query_params


WRONG_MODELS = [
    # formula, what the sentence names
    ("nope ~ x + (1 | g)", ["“nope”", "columns are"]),
    ("y ~ X + (1 | g)", ["“X”", "Did you mean “x”?"]),
    ("y ~ x + (1 | nope)", ["“nope”"]),
    ("y ~ x + (1 | one)", ["“one”", "one level", "at least two"]),
    ("y ~ x + (1 | row)", ["“row”", "different value in every row"]),
    ("same ~ x + (1 | g)", ["“same”", "same value", "another outcome"]),
    ("y ~ one + (1 | g)", ["“one”", "same value"]),
    ("y ~ typo + (1 | g)", ["“typo”", "“3,5 (?)”"]),
    ("typo ~ x + (1 | g)", ["“typo”", "“3,5 (?)”"]),
    ("g ~ x + (1 | row)", ["“g”", "text"]),
    ("y ~ endless + (1 | g)", ["“endless”", "infinite"]),
    ("endless ~ x + (1 | g)", ["“endless”", "infinite"]),
    ("y ~ gone + (1 | g)", ["“gone”", "missing"]),
    ("y ~ x + size + (size | g)", ["“size”", "slope", "(1 | g)"]),
    ("y ~ x + w + (x + w + I(x^2) | g)", ["random coefficient", "40 rows"]),
    ("size ~ x + (1 | g)", ["“size”", "constant within every"]),
    ("y ~ x + (1 | g) + (1 | row)", ["“row”", "different value in every row"]),
    ("log(x) ~ w + (1 | g)", ["log(x)"]),
]  # fmt: skip


def test_what_is_not_estimable_is_left_out_and_said(open_page, upload, clustered):
    at = open_page("compare", upload=upload(clustered), formula="y ~ x + twice + same + (1 | g)")
    assert not errors(at) and page_of(at).count("not estimable") >= 2
    assert "“twice” (equal to" in texts(at) and "“same” (constant: " in texts(at)


@pytest.mark.parametrize("tab", ["errors", "which", "trust", "predict", "shrinkage", "groups", "fitted", "take"])
def test_a_model_without_coefficients_has_its_page(open_page, tab):
    at = open_page("compare", example="sleepstudy", formula="Reaction ~ 0 + (Days | Subject)", tab=tab)
    assert not errors(at) and "no coefficient to compare" in page_of(at)


@pytest.mark.parametrize(("formula", "named"), WRONG_MODELS)
def test_a_model_that_the_data_cannot_carry_is_explained(open_page, upload, clustered, formula, named):
    key = upload(clustered)
    at = open_page("compare", upload=key, formula="y ~ x + (1 | g)")
    assert not errors(at)
    at.sidebar.text_input(key="formula").set_value(formula).run()
    (said,) = errors(at)
    beside = unescape(" ".join(part.proto.body for part in at.sidebar.get("html")))  # the page may be scrolled
    for part in named:
        assert part in said and part in beside
    assert at.sidebar.text_input(key="formula").value == formula.replace("w + (x + w + I(x^2)", "w + (x + w + I(x ^ 2)")
    assert "more y per unit of x" in texts(at)  # the last comparison that could be fitted
    assert at.query_params["upload"] == key and at.query_params["formula"]


def test_a_slip_after_a_model_that_cannot_be_fitted_says_what_is_still_shown(open_page):
    at = open_page("compare", example="cv161703")
    at.sidebar.text_input(key="formula").set_value("Y ~ X + (1 | ID), weights = 0 - X").run()
    at.sidebar.text_input(key="formula").set_value("Y ~ X + (1 | ID").run()
    assert "Still shown: Y ~ X + (1 | ID)" in texts(at) and "Still shown: Y ~ X + (1 | ID), weights" not in texts(at)
    assert "as typed cannot be used" in page_of(at) and "Below is still" not in page_of(at)
    assert len(errors(at)) == 1  # in the sidebar; none of the formula before, which is no longer in the box


def test_after_a_reload_the_last_good_comparison_stands_below_such_a_model(open_page):
    bad = "Y ~ X + (1 | ID), weights = 0 - X"
    at = open_page("compare", example="cv161703")
    at.sidebar.text_input(key="formula").set_value(bad).run()
    before, address = page_of(at), {name: at.query_params[name] for name in at.query_params}
    print("QP", dict(at.query_params))
    again = open_page("compare", **{k: v if isinstance(v, str) else v[0] for k, v in address.items()})
    assert "negative" in errors(again)[0] and again.sidebar.text_input(key="formula").value == bad
    assert page_of(again) == before and "OLS says 1.18 more Y per unit of X" in before
    again.sidebar.text_input(key="formula").set_value("Y ~ 1 + (1 | ID)").run()
    assert not errors(again) and "shown" not in again.query_params


@pytest.mark.parametrize("shown", ["Y ~ nope + (1 | ID)", "Y ~ X + (1 |", "Y ~ X + (1 | ID), weights = 0 - X"])
def test_a_link_whose_other_comparison_cannot_be_fitted_either_says_the_first_error(open_page, shown):
    at = open_page("compare", example="cv161703", formula="Y ~ X + (1 | ID), weights = 0 - X", shown=shown)
    assert "negative" in errors(at)[0] and "This comparison cannot be fitted" in texts(at)


@pytest.mark.parametrize(("formula", "named"), WRONG_MODELS[:6])
def test_a_link_to_such_a_model_says_so_too(open_page, upload, clustered, formula, named):
    at = open_page("compare", upload=upload(clustered), formula=formula)
    (said,) = errors(at)
    for part in named:
        assert part in said
    assert at.sidebar.text_input(key="formula").value == formula  # there to be mended
    assert "This comparison cannot be fitted" in texts(at)


@pytest.mark.parametrize("name", ["cv161703", "drug"])
def test_a_link_to_such_a_model_leads_on_to_the_tables_own_comparison(open_page, name):
    at = open_page("compare", example=name, formula="Y ~ nope + (1 | ID)")
    (onward,) = [b for b in at.main.get("button") if b.label == "Open this table with its suggested comparison"]
    at = onward.click().run()
    assert not errors(at) and charts(at)
    assert at.query_params["formula"] == examples.get(name).formula


def test_a_formula_that_its_box_cannot_show_stands_below_it(open_page):
    formula = "normexam ~ standLRT + sex + (1 | school)"
    at = open_page("compare", example="exam", formula=formula)
    assert formula in [unescape(sub(r"<[^>]+>", "", part.proto.body)) for part in at.sidebar.get("html")]
    short = open_page("compare", example="cv161703")
    assert not any("(1 | ID)" in part.proto.body for part in short.sidebar.get("html"))


def test_one_row(open_page, upload):
    at = open_page("compare", upload=upload(b"g,y,x\na,1,2\n"), formula="y ~ x + (1 | g)")
    (said,) = errors(at)
    assert "one row" in said


def test_rows_with_holes_are_counted_by_column(open_page, upload, clustered):
    clustered.loc[[1, 2, 3], "x"] = np.nan
    clustered.loc[[3, 4], "w"] = np.nan
    at = open_page("compare", upload=upload(clustered), formula="y ~ x + w + (1 | g)")
    assert not errors(at)
    assert (
        "36 of 40 rows are used, the same for every model; left out: 3 without “x”, 2 without “w”, some lack several."
        in texts(at)
    )
    assert "10 groups of 4 rows each, before 4 rows with missing values are left out" in texts(at)


def test_what_could_not_be_fitted_is_named_with_the_reason(open_page):
    said = texts(open_page("compare", example="chapter7", formula="y ~ z + (1 | groups)"))
    assert "Not shown: Random slope. No predictor varies within groups" in said
    assert "Not shown: Random slope. A random slope of more than" in texts(open_page("compare", example="penicillin"))


VIEWS = [
    ("y ~ x + w + (1 | g)", "w"), ("y ~ x * w + (x | g)", "x"), ("y ~ log(size) + x + (1 | g)", "size"),
    ("y ~ poly(x, 2) + (1 | g)", "x"), ("y ~ poly(x, 2) + w + (1 | g)", "w"), ("y ~ 0 + x + (0 + x | g)", "x"),
    ("y ~ 1 + (x | g)", ""), ("y ~ x + (x || g)", "no such column"),
]  # fmt: skip


@pytest.mark.parametrize(("formula", "x"), VIEWS)
def test_every_kind_of_model_has_its_page(open_page, upload, clustered, formula, x):
    at = open_page("compare", upload=upload(clustered), formula=formula, x=x, zero="1", mark="g3")
    assert not errors(at)
    assert at.query_params["mark"] == "g3"


def test_the_formula_that_may_be_meant_is_a_click_away(open_page):
    at = open_page("compare", example="cv161703")
    at.sidebar.text_input(key="formula").set_value("Y ~ X - (1 | ID)").run()
    assert errors(at)
    at.sidebar.button(key="use suggestion").click().run()
    assert not errors(at)
    assert at.sidebar.text_input(key="formula").value == "Y ~ X + (1 | ID)"


def test_a_dot_stands_for_all_other_columns(open_page):
    at = open_page("compare", example="exam")
    at.sidebar.text_input(key="formula").set_value("normexam ~ . - student - type + (1 | school)").run()
    assert not errors(at)
    shown = at.sidebar.text_input(key="formula").value
    assert "standLRT" in shown and "." not in shown


def test_weights_are_picked_kept_in_the_address_and_said(open_page):
    at = open_page(
        "compare", example="sleepstudy", formula="Reaction ~ Days + offset(Days) + (1 | Subject), weights = 1 + Days"
    )
    assert not errors(at)
    assert "pick weights" not in {box.key for box in at.sidebar.selectbox}  # what is folded is drawn once it is opened
    at.session_state[FOLD] = True
    at.run()
    assert at.sidebar.selectbox(key="pick weights").value == "1 + Days"
    said = texts(at)
    assert "prior weights “1 + Days”" in said and "Reaction - Days" in said
    at.sidebar.multiselect(key="pick slopes").set_value(["Days"])
    at.run()
    assert at.query_params["formula"] == "Reaction ~ Days + offset(Days) + (Days | Subject), weights = 1 + Days"
    at.sidebar.selectbox(key="pick weights").set_value(None)
    at.run()
    assert not errors(at)
    assert at.query_params["formula"] == "Reaction ~ Days + offset(Days) + (Days | Subject)"
    assert "prior weights" not in texts(at)


def test_only_columns_that_can_be_weights_are_offered_as_weights(open_page):
    at = open_page("compare", example="hsb82")
    at.session_state[FOLD] = True
    at.run()
    assert not {"cses", "ses", "meanses"} & set(at.sidebar.selectbox(key="pick weights").options)  # negative for some
    at = open_page("compare", example="cv161703")
    at.session_state[FOLD] = True
    at.run()
    assert at.sidebar.selectbox(key="pick weights").options == ["X"]


def test_a_predictor_that_goes_along_with_another_is_remarked_on_beside_the_answer(open_page):
    at = open_page("compare", example="hsb82", formula="mAch ~ ses + cses + (1 | school)")
    assert not errors(at) and "variance inflation factor" in said(at)
    at = open_page("compare", example="hsb82", formula="mAch ~ ses + (1 | school)")
    assert not errors(at) and "variance inflation factor" not in said(at)
