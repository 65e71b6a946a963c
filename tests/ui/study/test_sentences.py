"""The sentences about a study, from invented numbers."""

import pandas as pd
import pytest
from scipy import stats

from lmmcompare.simulate.presets import preset
from lmmcompare.simulate.settings import Settings
from lmmcompare.ui.study import sentences


def part(truth=0.0, **models):
    """Rows of one coefficient: each model's bias, spread, standard error, coverage and rejection."""
    columns = ["bias", "se_empirical", "se_model", "coverage", "rejection"]
    frame = pd.DataFrame.from_dict(models, orient="index", columns=columns)
    frame = frame.reset_index(names="model").assign(truth=truth, replicates=10_000)
    return frame.assign(**{f"{c}_mcse": 0.002 for c in columns})


BLIND = part(ols=(0, 0.13, 0.05, 0.56, 0.44), random_intercept=(0, 0.13, 0.13, 0.95, 0.05))
CLASH = part(
    0.4, ols=(0.76, 0.17, 0.13, 0.004, 1), random_intercept=(0.23, 0.18, 0.13, 0.58, 0.99),
    within_between=(0, 0.14, 0.14, 0.95, 0.81),
)  # fmt: skip
DRUG = part(1.0, ols=(0, 0.32, 2.8, 1.0, 0.009), random_intercept=(0, 0.32, 0.32, 0.951, 0.87))
TOY = part(2.0, ols=(0, 5, 3.3, 0.79, 0.24), random_intercept=(0, 5, 5, 0.951, 0.06))
EVEN = part(0.5, ols=(0, 0.1, 0.1, 0.951, 0.9), random_intercept=(0, 0.1, 0.1, 0.949, 0.91))
FINER = part(0.5, ols=(0, 0.2, 0.2, 0.951, 0.6), random_intercept=(0, 0.1, 0.1, 0.949, 0.91))

HEADLINES = [
    (BLIND, "false-alarms", "x", "OLS's 5% test finds a slope that is not there in 44% of 2,000 studies, the "
     "random-intercept model's in 5.0%."),
    (CLASH, "clash", "x", "The true slope within groups is 0.4. On average over 2,000 studies OLS says 1.16, the "
     "random-intercept model 0.63, "
     "the within–between model 0.40."),
    (DRUG, "drug", "x", "OLS's 5% test finds the true slope of 1 in 0.9% of 2,000 studies, the random-intercept model's in 87%."),
    (TOY, "chapter7", "Intercept", "OLS's 95% intervals hold the true mean in 79% of 2,000 studies, the "
     "random-intercept model's in 95.1%."),
    (EVEN, "unequal", "x", "OLS's 95% intervals hold the true slope in 95.1% of 2,000 studies, the random-intercept model's in 94.9%."),
    (FINER, "unequal", "x", "OLS's 5% test finds the true slope of 0.5 in 60% of 2,000 studies, the random-intercept model's in 91.0%."),
    (BLIND, "false-alarms", "Intercept",
     "OLS's 5% test finds an intercept that is not there in 44% of 2,000 studies, the random-intercept model's in 5.0%."),
]  # fmt: skip


@pytest.mark.parametrize(("frame", "name", "term", "said"), HEADLINES)
def test_the_headline_tells_what_sets_the_models_apart(frame, name, term, said):
    assert sentences.headline(frame, preset(name).settings, term, 2000) == said


def test_a_share_is_of_the_studies_that_a_model_could_be_fitted_to():
    """Of 2,000 data sets 1,400 could carry the model: its 5% are 70 of these, not 100 of all."""
    frame = BLIND.assign(replicates=[2000, 1400])
    said = sentences.headline(frame, preset("false-alarms").settings, "x", 2000)
    assert said.endswith(
        "44% of 2,000 studies, the random-intercept model's in 5.0% of the 1,400 that it could be fitted to."
    )
    frame = BLIND.assign(replicates=[1900, 2000])
    assert "in 44% of the 1,900 studies that it could be fitted to" in sentences.headline(
        frame, preset("false-alarms").settings, "x", 2000
    )


def test_a_phones_headline_is_short():
    assert sentences.headline(CLASH, preset("clash").settings, "x", 2000, brief=True) == (
        "The true slope within groups is 0.4. On average OLS says 1.16, the random-intercept model 0.63, "
        "the within–between model 0.40."
    )


def test_the_headline_is_about_ols_and_the_model_that_the_data_come_from():
    both = part(
        10.0, ols=(0, 1.5, 1.2, 0.88, 1), random_intercept=(0, 1.5, 0.8, 0.69, 1), random_slope=(0, 1.5, 1.5, 0.953, 1)
    )
    slopes = preset("slopes").settings
    said = sentences.headline(both, slopes, "time", 10_000)
    assert (
        said == "OLS's 95% intervals hold the true slope in 88% of 10,000 studies, the random-slope model's in 95.3%."
    )
    alone = both[both["model"] == "random_slope"]
    assert sentences.headline(alone, slopes, "time", 500) == (
        "The random-slope model's 95% intervals hold the true slope in 95.3% of 500 studies."
    )
    dummies = part(0.0, no_pooling=(0, 1, 1, 0.95, 0.05), within_between=(0, 1, 1, 0.95, 0.051))
    assert sentences.headline(dummies, Settings(slope=0), "x", 500) == (
        "Group dummies' 5% test finds a slope that is not there in 5.0% of 500 studies, the within–between model's in 5.1%."
    )


def test_several_dummies_are_spoken_of_in_the_plural():
    """ "Group dummies says", "group dummies' estimates spread … as its standard errors claim"."""
    biased = part(0.5, no_pooling=(-0.07, 0.1, 0.06, 0.6, 0.9), within_between=(0, 0.1, 0.1, 0.95, 0.9))
    said = sentences.headline(biased, preset("clash").settings, "x", 2000)
    assert "On average over 2,000 studies group dummies say 0.43, the within–between model 0.50." in said
    assert sentences.spread(biased, preset("clash").settings, "x").startswith(
        "Group dummies' estimates spread 1.7 times as wide as their standard errors claim; the within–between model's estimates spread "
        "as its standard errors claim."
    )


def test_a_power_that_bias_makes_is_no_power():
    """The second model's estimates lie off the truth: not in how many studies its test "finds" the slope, but where they lie."""
    frame = part(0.5, ols_robust=(0, 0.2, 0.2, 0.95, 0.6), random_intercept=(0.3, 0.2, 0.2, 0.7, 0.99))
    said = sentences.headline(frame, preset("clash").settings, "x", 2000)
    assert said == (
        "The true slope within groups is 0.5. On average over 2,000 studies the random-intercept model says 0.80, OLS with "
        "cluster-robust errors 0.50."
    )


def test_few_studies_do_not_show_that_intervals_hold_what_they_promise():
    """86% of 200 studies: less than four Monte Carlo errors below 95%, but not "about as often as they promise"."""
    few = part(0.5, ols=(0, 0.1, 0.1, 0.86, 0.9), random_intercept=(0, 0.1, 0.1, 0.95, 0.9)).assign(
        coverage_mcse=(0.86 * 0.14 / 200) ** 0.5
    )
    said = sentences.shares(few)
    assert said.endswith("No coverage is off beyond what chance does in so few studies.") and "promise" not in said


def test_one_percentage_point_and_the_models_that_data_can_carry():
    said = sentences.lead(
        BLIND.assign(rejection_mcse=0.01, replicates=[2000, 1400]), preset("false-alarms").settings, 2000
    )
    assert (
        "±\N{NO-BREAK SPACE}1 percentage point (Monte" in said
        and "fitted every model that they can carry to them" in said
    )
    assert "fitted every model to them" in sentences.lead(BLIND, preset("false-alarms").settings, 10_000)


def test_the_lead_states_the_error_of_what_the_headline_says():
    assert "unsure by ±\N{NO-BREAK SPACE}0.002 (Monte Carlo" in sentences.lead(CLASH, preset("clash").settings, 100)
    assert "unsure by ±\N{NO-BREAK SPACE}0.2 percentage points (Monte Carlo" in sentences.lead(
        BLIND, preset("false-alarms").settings, 100
    )
    unknown = BLIND.assign(rejection_mcse=float("nan"))
    assert sentences.lead(unknown, preset("false-alarms").settings, 1).endswith("fitted every model to them.")


def test_a_share_of_all_or_none_is_not_said_to_be_sure():
    """Its standard error by the formula is 0. Binomial limits (Clopper and Pearson): 1,500 of 1,500 leave 0.2 points open."""
    both = part(0.2, ols=(0, 0.09, 0.18, 1, 0.04), random_intercept=(0, 0.09, 0.18, 1, 0.04)).assign(coverage_mcse=0.0)
    said = sentences.lead(both, preset("negative").settings, 1500)
    assert "± 0 " not in said
    limit = 100 * (1 - stats.beta.ppf(0.05, 1500, 1))
    assert f"up to {limit:.2f}".rstrip("0") in said and limit == pytest.approx(0.2, abs=0.001)


def test_spread_compares_what_is_with_what_is_claimed():
    said = sentences.spread(BLIND, preset("false-alarms").settings, "x")
    assert said == (
        "OLS's estimates spread 2.6 times as wide as its standard errors claim; the random-intercept model's estimates spread as its "
        "standard errors claim."
    )
    assert "OLS's standard errors claim 8.8 times the spread that its estimates have" in sentences.spread(
        DRUG, preset("drug").settings, "x"
    )
    said = sentences.spread(CLASH, preset("clash").settings, "x")
    assert said.endswith(
        "On average OLS's slope within groups is 0.76 too high and the random-intercept model's slope within groups is "
        "0.23 too high (bias)."
    )


def test_shares_say_what_is_right_and_who_is_off():
    said = sentences.shares(BLIND)
    assert "false alarm (type I error)" in said and said.endswith(
        "Coverage is off by more than 2 percentage points, beyond chance: OLS."
    )
    said = sentences.shares(CLASH)
    assert "The truth is 0.4" in said and said.endswith("OLS and the random-intercept model.")
    assert sentences.shares(EVEN).endswith("All intervals hold the truth about as often as they promise.")


def test_a_coverage_that_chance_explains_is_not_off():
    (row,) = (r for _, r in part(0.0, ols=(0, 1, 1, 0.91, 0.09)).assign(coverage_mcse=0.03).iterrows())
    assert not sentences.is_off(row)
    row["coverage_mcse"] = 0.003
    assert sentences.is_off(row)


def test_intervals_of_a_free_covariance_that_are_too_short_are_explained():
    short, honest = part(0.0, us=(0, 1, 0.8, 0.88, 0.12)), part(0.0, us=(0, 1, 1, 0.95, 0.05))
    assert "Kenward" in sentences.shares(short) and "Kenward" not in sentences.shares(honest)


def test_biased_complete_cases_are_said_to_be_a_selection():
    biased, right = part(0.0, complete_cases=(3, 1, 1, 0.2, 0.8)), part(0.0, complete_cases=(0, 1, 1, 0.95, 0.05))
    assert "selection" in sentences.shares(biased) and "missing at random" in sentences.shares(biased)
    assert "selection" not in sentences.shares(right)
