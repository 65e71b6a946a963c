"""Truth beside estimates: true lines in the picture, true values in the table, the headline."""

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare
from lmmcompare.comparison.picture import make_picture
from lmmcompare.simulate.design import design
from lmmcompare.simulate.outcome import residuals
from lmmcompare.simulate.presets import PRESETS, preset
from lmmcompare.simulate.settings import Settings
from lmmcompare.simulate.table import table
from lmmcompare.tables.simulation_truth import headline, ols_expectation_sentence, truth_table, with_truth
from lmmcompare.tables.table import to_frame

NAMES = [p.name for p in PRESETS]


def drawn(settings, formula="", x=None):
    data = table(settings)
    comparison = compare(formula or settings.formula, data)
    return data, comparison, with_truth(make_picture(comparison, data, x), settings)


def truth_of(made):
    return made.lines[made.lines["model"] == "truth"]


@pytest.mark.parametrize("name", NAMES)
def test_every_preset_has_true_lines_that_end_at_its_groups_rows(name):
    settings = preset(name).settings
    data, _, made = drawn(settings)
    own = truth_of(made)[truth_of(made)["kind"] == "group"]
    assert own["group"].drop_duplicates().tolist() == made.group_order
    if (
        not settings.has_slope or settings.leaves_by_outcome
    ):  # whose residuals stand in another order: tests/simulate/test_dropout.py
        return
    x = settings.x_name
    without = data.assign(y=data["y"] - residuals(settings, design(settings))[0])  # every row on its group's true line
    for group, line in own.groupby("group"):
        rows = without[without["group"] == group]
        low, high = line["x"].min(), line["x"].max()
        if rows[x].nunique() > 1:
            assert (low, high) == (rows[x].min(), rows[x].max())
        slope = (line["y"].iloc[1] - line["y"].iloc[0]) / (line["x"].iloc[1] - line["x"].iloc[0])
        np.testing.assert_allclose(
            line["y"].iloc[0] + slope * (rows[x] - line["x"].iloc[0]), rows["y"], atol=1e-7 * settings.sigma
        )


def test_the_true_line_is_that_of_an_ordinary_group():
    settings = preset("clash").settings
    line = truth_of(drawn(settings)[2]).query("kind == 'population'")
    np.testing.assert_allclose(line["y"], 2.9 + 0.4 * line["x"])


@pytest.mark.parametrize("name", NAMES)
def test_the_axes_hold_the_true_lines(name):
    made = drawn(preset(name).settings)[2]
    assert made.y_range[0] < made.lines["y"].min() and made.lines["y"].max() < made.y_range[1]


def test_groups_without_a_predictor_have_a_step_at_their_place():
    settings = preset("chapter7").settings
    data, _, made = drawn(settings)
    own = truth_of(made).query("kind == 'group'")
    fitted = made.lines.query("model == 'random_intercept' and kind == 'group'")
    pd.testing.assert_series_equal(own.groupby("group")["x"].mean(), fitted.groupby("group")["x"].mean())
    means = (data["y"] - residuals(settings, design(settings))[0]).groupby(data["group"], observed=True).mean()
    np.testing.assert_allclose(own.groupby("group")["y"].mean()[means.index], means)


@pytest.mark.parametrize("formula", ["x ~ y + (1 | group)", "log(y) ~ x + (1 | group)"])
def test_other_axes_show_no_truth(formula):
    settings = Settings(intercept=50)
    assert truth_of(drawn(settings, formula)[2]).empty


def test_without_the_predictor_in_the_formula_groups_stand_at_their_mean():
    settings = preset("clash").settings
    made = drawn(settings, "y ~ 1 + (1 | group)")[2]
    assert len(truth_of(made).query("kind == 'group'")) == 2 * settings.groups


# ----------------------------------------------------------------------------------------------------------- table


def test_the_table_sets_truth_beside_estimates():
    settings = preset("clash").settings
    _, comparison, _ = drawn(settings)
    frame = to_frame(truth_table(comparison, settings))
    assert frame.columns.tolist() == [
        "Truth",
        "OLS",
        "group dummies",
        "Random intercept",
        "Random slope",
        "Within–between",
    ]
    assert frame["Truth"].tolist() == ["2.9", "0.4", "1.18", "1.7", "0.896", "0.9"]
    assert frame.loc["x", "OLS"] == "1.158 (0.101) misses"
    assert "misses" not in frame.loc["x", "Within–between"]
    assert frame.loc["Intercept", "Within–between"] == frame.loc["SD between groups", "Within–between"] == "·"
    assert (
        frame.loc["… at the same mean of x", "Within–between"]
        != "·"
        == frame.loc["… at the same mean of x", "Random intercept"]
    )


def test_the_table_has_the_slopes_spread_where_there_is_one():
    settings = preset("slopes").settings
    _, comparison, _ = drawn(settings)
    frame = to_frame(truth_table(comparison, settings))
    assert frame["Truth"].to_dict() == {
        "Intercept": "250", "time": "10", "SD between groups": "25",
        "SD of the slopes": "6", "Correlation of the two": "0.1", "Residual SD": "25",
    }  # fmt: skip
    covariance = comparison.mixed.cov_re["group"].to_numpy()
    sd = np.sqrt(np.diag(covariance))
    found = [
        float(frame.loc[row, "Random slope"].replace("−", "-"))
        for row in ("SD of the slopes", "Correlation of the two")
    ]
    np.testing.assert_allclose(found, [sd[1], covariance[0, 1] / sd.prod()], atol=0.006)  # as printed


@pytest.mark.parametrize("name", NAMES)
def test_every_preset_has_a_headline_with_its_own_numbers(name):
    settings = preset(name).settings
    _, comparison, _ = drawn(settings)
    said = headline(comparison, settings)
    assert said.startswith("The true ") and "OLS says" in said and "nan" not in said and "·" not in said
    assert len(to_frame(truth_table(comparison, settings))) >= 3


def test_headlines():
    said = {
        n: headline(drawn(preset(n).settings)[1], preset(n).settings)
        for n in ("clash", "false-alarms", "drug", "chapter7")
    }
    assert said["clash"] == "The true slope within groups is 0.4. OLS says 1.16 ± 0.10, the mixed model 0.51 ± 0.10."
    assert said["false-alarms"].startswith("The true slope is 0. OLS says −0.17 ± 0.0")
    assert said["drug"].startswith("The true slope is 1. OLS says 1.1 ± 2.6, the mixed model 1.1 ± 0.3.")
    assert said["chapter7"].startswith("The true mean is 2. ")


def test_what_ols_has_to_find_is_said():
    assert ols_expectation_sentence(Settings()) == ""
    assert "The slope is 0.4 within groups and 1.58 between them." in ols_expectation_sentence(preset("clash").settings)
    assert "no model can see through that" in ols_expectation_sentence(Settings(varies="between", rho_mean=0.5))
