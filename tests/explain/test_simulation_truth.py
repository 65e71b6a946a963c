"""Sentences on the true values of simulated data."""

import numpy as np
import pytest

from lmmcompare import compare
from lmmcompare.explain.simulation_truth import headline, ols_expectation_sentence
from lmmcompare.simulate.presets import PRESETS, preset
from lmmcompare.simulate.settings import Settings
from lmmcompare.simulate.table import table

NAMES = [p.name for p in PRESETS]


def comparison_of(settings):
    return compare(settings.formula, table(settings))


@pytest.mark.parametrize("name", NAMES)
def test_every_preset_has_a_headline_with_its_own_numbers(name):
    settings = preset(name).settings
    comparison = comparison_of(settings)
    said = headline(comparison, settings)
    assert said.startswith("The true ") and "OLS says" in said and "nan" not in said and "·" not in said


def test_headlines():
    said = {
        n: headline(comparison_of(preset(n).settings), preset(n).settings)
        for n in ("clash", "false-alarms", "drug", "chapter7")
    }
    assert said["clash"] == "The true slope within groups is 0.4. OLS says 1.16 ± 0.10, the mixed model 0.51 ± 0.10."
    assert said["false-alarms"].startswith("The true slope is 0. OLS says −0.17 ± 0.0")
    assert said["drug"].startswith("The true slope is 1. OLS says 1.1 ± 2.6, the mixed model 1.1 ± 0.3.")
    assert said["chapter7"].startswith("The true mean is 2. ")


def test_what_ols_has_to_find_is_said():
    assert ols_expectation_sentence(Settings()) == ""
    assert "The slope is 0.4 within groups and 1.58 between them." in ols_expectation_sentence(preset("clash").settings)
    assert "no model can see through that" in ols_expectation_sentence(Settings(varies="between", rho_mean=0.5))


def test_no_standard_error_is_shown_as_0():
    """OLS's error of 2.0 gave the mixed model one decimal, "0.5 ± 0.0"; by deviations from group means, in numpy, its own is 0.010."""
    settings = Settings(tau0=30, sigma=0.1)
    rows = table(settings)
    x, y = (rows[c] - rows.groupby("group", observed=True)[c].transform("mean") for c in ("x", "y"))
    left = y - x * (slope := (x @ y) / (x @ x))
    error = np.sqrt(left @ left / (200 - 20 - 1) / (x @ x))
    said = headline(comparison_of(settings), settings).replace("\N{NO-BREAK SPACE}", " ")
    assert said.endswith(f"the mixed model {slope:.2f} ± {error:.2f}.") and f"{error:.2f}" == "0.01"
    assert "OLS says 1.9 ± 2.0" in said


def test_two_groups_have_no_within_between_model_that_could_find_a_slope():
    """The sentence says what kind of comparison finds the slope within groups, not what stands on the page."""
    settings = Settings(groups=2, rho_mean=0.5)
    assert "within_between" not in comparison_of(settings).fits
    assert ols_expectation_sentence(settings).endswith(
        "what compares rows within groups alone, as dummies and within–between do, finds 0.5."
    )
