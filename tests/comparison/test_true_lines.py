"""The true lines of simulated data in the picture."""

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare
from lmmcompare.comparison.picture import make_picture
from lmmcompare.comparison.true_lines import with_true_lines
from lmmcompare.simulate.design import design
from lmmcompare.simulate.outcome import residuals
from lmmcompare.simulate.presets import PRESETS, preset
from lmmcompare.simulate.settings import Settings
from lmmcompare.simulate.table import table

NAMES = [p.name for p in PRESETS]


def drawn(settings, formula="", x=None):
    data = table(settings)
    comparison = compare(formula or settings.formula, data)
    return data, comparison, with_true_lines(make_picture(comparison, data, x), settings)


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
