"""True values beside estimates in the table."""

import numpy as np
import pytest

from lmmcompare import compare
from lmmcompare.simulate.presets import PRESETS, preset
from lmmcompare.simulate.settings import Settings
from lmmcompare.simulate.table import table
from lmmcompare.tables.simulation_truth import truth_caption, truth_table
from lmmcompare.tables.table import to_frame

NAMES = [p.name for p in PRESETS]


def comparison_of(settings):
    return compare(settings.formula, table(settings))


def test_the_table_sets_truth_beside_estimates():
    settings = preset("clash").settings
    comparison = comparison_of(settings)
    frame = to_frame(truth_table(comparison, settings))
    assert frame.columns.tolist() == [
        "Truth",
        "OLS",
        "Group dummies",
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
    comparison = comparison_of(settings)
    frame = to_frame(truth_table(comparison, settings))
    assert frame["Truth"].to_dict() == {
        "Intercept": "250", "time": "10", "SD between groups where time is 0": "25",
        "SD of the slopes": "6", "Correlation of the two": "0.1", "Residual SD": "25",
    }  # fmt: skip
    covariance = comparison.mixed.cov_re["group"].to_numpy()
    sd = np.sqrt(np.diag(covariance))
    found = [
        float(frame.loc[row, "Random slope"].replace("−", "-"))
        for row in ("SD of the slopes", "Correlation of the two")
    ]
    np.testing.assert_allclose(found, [sd[1], covariance[0, 1] / sd.prod()], atol=0.006)  # as printed


def test_with_slopes_the_sd_of_intercepts_stands_beside_that_of_the_model_that_has_both():
    """A random intercept alone finds how far apart lines are over all days: by the variance of group means here 38, not the 25 at day 0."""
    settings = preset("slopes").settings
    s = settings.change(groups=2_000)
    y = table(s)["y"].to_numpy().reshape(2_000, 10) - 250 - 10 * np.arange(10)
    within = (y - y.mean(axis=1, keepdims=True)).var() * 10 / 9
    apart = np.sqrt(y.mean(axis=1).var(ddof=1) - within / 10)
    assert apart == pytest.approx(38.2, rel=0.05)  # sqrt(25^2 + 2 x 0.1 x 25 x 6 x 4.5 + 6^2 x 4.5^2 - 6^2 x 8.25 / 10)
    comparison = comparison_of(settings)
    row = to_frame(truth_table(comparison, settings)).loc["SD between groups where time is 0"]
    assert row["Random intercept"] == "·"
    own = float(comparison.mixed.cov_re["group"].iloc[0, 0]) ** 0.5
    assert float(row["Random slope"]) == pytest.approx(own, abs=0.06)


@pytest.mark.parametrize(
    ("phi", "finds"), [(0.8, "more between groups and less within"), (-0.8, "less between groups and more within")]
)
def test_what_residuals_in_time_do_to_the_sds_is_said(phi, finds):
    """Rows of a group of 5 correlate by 2 / (5 x 4) sum (5 - k) phi^k on average, which analysis of variance gives to the groups."""
    shared = sum((5 - k) * phi**k for k in range(1, 5)) / 10
    settings = Settings(3_000, 5, predictor="none", autocorrelation=phi)
    fit = comparison_of(settings).mixed
    assert float(fit.cov_re["group"].iloc[0, 0]) == pytest.approx(1 + shared, rel=0.1)  # 3% is its standard error
    assert fit.sigma**2 == pytest.approx(1 - shared, rel=0.1)
    shown = truth_table(comparison_of(settings.change(groups=20)), settings.change(groups=20))
    assert f"find {finds} than is true" in truth_caption(shown, settings) and (shared > 0) == (phi > 0)
    assert "than is true" not in truth_caption(shown, settings.change(autocorrelation=0))


@pytest.mark.parametrize("name", NAMES)
def test_every_preset_has_its_table(name):
    settings = preset(name).settings
    assert len(to_frame(truth_table(comparison_of(settings), settings))) >= 3
