"""Studies along a setting."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare.errors import SettingsError
from lmmcompare.simulate.settings import Settings
from lmmcompare.studies import curve, stream_curve, study
from lmmcompare.studies.curve import vary
from lmmcompare.studies.replication import Replication

MODELS = ["ols", "random_intercept"]


def test_each_value_is_a_study() -> None:
    frame = curve({"size": 5}, "groups", [4, 8, 16], 250, seed=3, models=MODELS)
    assert frame.columns[:2].tolist() == ["setting", "value"] and (frame["setting"] == "groups").all()
    for value, part in frame.groupby("value"):
        alone = study({"size": 5, "groups": int(value)}, 250, seed=3, models=MODELS)
        pd.testing.assert_frame_equal(part.iloc[:, 2:].reset_index(drop=True), alone, check_exact=True)


def test_an_option_that_does_not_exist_is_refused() -> None:
    with pytest.raises(TypeError, match="modles"):
        curve({"size": 5}, "groups", [4], 10, modles=MODELS)


def test_it_streams_a_batch_of_each_value_in_turn() -> None:
    projected = list(stream_curve({"size": 5}, "slope", [0, 0.5], Replication(900, models=["ols"])))
    assert [[s.done for s in c.studies] for c in projected][:5] == [
        [100, 0],
        [100, 100],
        [300, 100],
        [300, 300],
        [700, 300],
    ]
    assert projected[-1].finished and projected[-1].done == 1_800 and not projected[-2].finished
    first = projected[0].table()
    assert first["replicates"].tolist() == [100, 100, 0, 0] and first["bias"].isna().tolist() == [
        False,
        False,
        True,
        True,
    ]


def test_power_grows_with_groups_and_the_same_worlds_are_compared() -> None:
    slope = curve({"size": 5}, "slope", [0, 0.1, 0.3], 1_000, models=["random_intercept"])
    slope = slope[slope["term"] == "x"]
    assert slope["rejection"].is_monotonic_increasing and slope["rejection"].iloc[0] < 0.08
    # another slope moves the same outcomes, so the errors stay the same
    assert np.ptp(slope["bias"]) < 1e-8 and np.ptp(slope["se_model"]) < 1e-8


def test_icc_divides_the_variance() -> None:
    settings = Settings(tau0=0.6, sigma=0.8)
    for icc in (0, 0.25, 0.999):
        changed = vary(settings, "icc", icc)
        assert changed.tau0**2 + changed.sigma**2 == pytest.approx(1.0)
        assert changed.tau0**2 == pytest.approx(icc)
        assert changed.change(tau0=settings.tau0, sigma=settings.sigma) == settings
    assert vary(settings, "groups", 7) == settings.change(groups=7)


def test_models_that_some_values_cannot_carry_have_no_row_there() -> None:
    frame = curve({}, "groups", np.array([3, 10]), 50, models=["ols", "within_between"])
    assert frame.groupby("value")["model"].unique().map(list).to_dict() == {3: ["ols"], 10: ["ols", "within_between"]}


REFUSED = [
    ("groups", [20, 1], "At groups = 1: Number of groups is 1, below 2"),
    ("groups", [], "0 values were given"),
    ("groups", range(2, 300), "Give 1 to 200"),
    ("grps", [1], "Did you mean “groups”"),
    ("seed", [1, 2], "cannot go along “seed”"),
    ("predictor", ["time"], "cannot go along “predictor”"),
    ("size", [[3, 4], [5, 6]], "is not a number"),
    ("icc", [0.5, 1], "At icc = 1: An ICC of 1 cannot be simulated"),
    ("icc", ["high"], "An ICC of high"),
    ("rho_mean", [0, float("nan")], "At rho_mean = nan"),
]


@pytest.mark.parametrize(("setting", "values", "message"), REFUSED)
def test_values_that_cannot_be_are_named(setting: str, values: list, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        curve({}, setting, values, 10)
    with pytest.raises(SettingsError, match="the number of groups is fixed"):
        curve({"size": [3, 4, 5]}, "groups", [3], 10)
