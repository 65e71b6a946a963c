"""A first guess at trials: blocks and treatments, replicates, totals of what was counted, estimates beside their variances."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare.data.suggest import suggest


def trial(seed: int, *levels: int) -> tuple[np.ndarray, ...]:
    """The levels of crossed factors, each combination in one row, and a yield that differs between those of the first two."""
    rng = np.random.default_rng(seed)
    factors = [index.ravel() for index in np.indices(levels)]
    grown = 40 + rng.normal(0, 4, levels[0])[factors[0]] + rng.normal(0, 2, levels[1])[factors[1]]
    return *factors, (grown + rng.normal(0, 1, len(grown))).round(1)


@pytest.mark.parametrize(("block", "sorts"), [("block", 5), ("bloc", 5), ("rep", 3), ("Replicate", 3)])
@pytest.mark.parametrize("by", ["sort", "block"])
def test_blocks_are_the_groups_in_a_trial_with_more_than_two_factors(block, sorts, by):
    sort, k, water, grown = trial(1, sorts, 3, 2)
    frame = pd.DataFrame({"sort": [f"S{i}" for i in sort], block: [f"B{i}" for i in k], "water": water, "kilos": grown})
    found = suggest(frame.sort_values(by if by == "sort" else block, kind="stable"))
    assert (found.outcome, found.group) == ("kilos", block) and found.predictors[0] in ("sort", "water")


def test_of_two_treatments_the_one_that_changes_faster_though_each_might_be_a_group():
    sort, k, cut, grown = trial(2, 3, 6, 4)
    columns = {"sort": [f"S{i}" for i in sort], "Block": k + 1, "cut": [f"C{i}" for i in cut], "kilos": grown}
    assert suggest(pd.DataFrame(columns)).formula == "kilos ~ cut + (1 | Block)"


@pytest.mark.parametrize("name", ["sample", "rep", "run"])
def test_the_number_of_a_replicate_is_no_amount(name):
    pond, again, kind, found = trial(3, 20, 4, 3)
    frame = pd.DataFrame(
        {"pond": [f"p{i}" for i in pond], name: again + 1, "kind": [f"k{i}" for i in kind], "frogs": found}
    )
    assert suggest(frame).formula == "frogs ~ kind + (1 | pond)"


@pytest.mark.parametrize("name", ["n", "total", "Trials"])
def test_how_many_there_were_explains_nothing_of_how_many_of_them_did(name):
    rng = np.random.default_rng(4)
    dish, warmth = np.repeat(np.arange(12), 6), np.tile([5, 10, 15, 20, 25, 30], 12)
    sown = rng.integers(30, 60, 72)
    columns = {"dish": dish + 1, name: sown, "warmth": rng.permutation(warmth), "up": rng.binomial(sown, 0.6)}
    frame = pd.DataFrame(columns)
    assert suggest(frame).formula == "up ~ warmth + (1 | dish)"
    smaller = frame.assign(**{name: frame["up"] // 2 - rng.integers(0, 4, 72)})  # no total, whatever it is called
    assert suggest(smaller).predictors == (name,)


@pytest.mark.parametrize("variance", ["var", "se"])
def test_the_outcome_stands_before_its_variance(variance):
    rng = np.random.default_rng(5)
    study = np.repeat(np.arange(1, 21), 4)
    shift = (0.3 + rng.normal(0, 0.3, 20)[study - 1] + rng.normal(0, 0.2, 80)).round(3)
    columns = {"study": study, "months": rng.normal(9, 2, 80).round(1), "males": rng.uniform(0.2, 0.8, 80).round(3)}
    columns |= {"shift": shift, variance: rng.uniform(0.01, 0.2, 80).round(4), "years": rng.normal(30, 9, 80).round(1)}
    frame = pd.DataFrame(columns)
    assert suggest(frame).outcome == "shift"


def test_another_test_gives_way_to_what_may_explain_both():
    rng = np.random.default_rng(6)
    school = np.repeat(np.arange(1, 31), 15)
    skill = rng.normal(0, 1, 30)[school - 1] + rng.normal(0, 1, 450)
    math, reading = ((50 + 8 * skill + rng.normal(0, 5, 450)).round(1) for _ in range(2))
    frame = pd.DataFrame(
        {"school": school, "mathScore": math, "readScore": reading, "books": rng.normal(90, 9, 450).round(1)}
    )
    assert suggest(frame).formula == "mathScore ~ books + (1 | school)"


def test_studies_of_which_most_have_one_effect_are_groups_all_the_same():
    rng = np.random.default_rng(7)
    study = np.concatenate([np.arange(1, 41), np.arange(1, 18)])
    effect = (0.3 + rng.normal(0, 0.3, 40)[study - 1] + rng.normal(0, 0.1, 57)).round(3)
    frame = pd.DataFrame({"study": study, "effect": effect, "var": rng.uniform(0.01, 0.1, 57).round(4)}).sort_values(
        "study"
    )
    assert suggest(frame.assign(dose=rng.normal(5, 1, 57).round(1))).formula == "effect ~ dose + (1 | study)"
    assert suggest(frame.rename(columns={"study": "serial"})).group is None


@pytest.mark.parametrize("arm", ["arm", "trt", "sex"])
def test_followed_over_time_the_product_of_time_and_treatment_is_offered(arm):
    rng = np.random.default_rng(6)
    person, week = np.repeat(np.arange(30), 5), np.tile([0, 1, 2, 4, 8], 30)
    given = np.where(person % 2, "b", "a")
    value = (50 + rng.normal(0, 4, 30)[person] + week * (0.5 + person % 2) + rng.normal(0, 1, 150)).round(1)
    found = suggest(pd.DataFrame({"person": person + 1, "week": week, arm: given, "value": value}))
    assert found.formula == "value ~ week + (1 | person)"
    assert found.alternatives[0].formula == f"value ~ week * {arm} + (1 | person)"
    assert found.alternatives[0].sentence == f"“week” × “{arm}”: does “value” go differently over “week”, by “{arm}”?"


def test_a_treatment_that_changes_within_persons_is_not_multiplied_by_the_number_of_the_visit():
    rng = np.random.default_rng(7)
    person, visit = np.repeat(np.arange(20), 4), np.tile(np.arange(1, 5), 20)
    given = np.where((person + visit) % 2, "b", "a")
    value = (50 + rng.normal(0, 4, 20)[person] + rng.normal(0, 1, 80)).round(1)
    found = suggest(pd.DataFrame({"person": person + 1, "visit": visit, "drug": given, "value": value}))
    assert not any("*" in other.formula for other in found.alternatives)


def test_times_that_are_rounded_may_stay_the_same_in_a_few_rows():
    """Ages to a hundredth of a year: two visits of a few children had one."""
    rng = np.random.default_rng(6)
    child = np.repeat(np.arange(1, 41), 8)
    age = np.sort(rng.uniform(0, 12, (40, 8)), axis=1).round(2)
    age[:4, 1] = age[:4, 0]
    table = {
        "child": child,
        "age": age.ravel(),
        "hgt": rng.normal(0, 1, 320).round(3),
        "wgt": rng.normal(0, 1, 320).round(3),
    }
    assert suggest(pd.DataFrame(table)).predictors == ("age",)


def test_what_happened_in_two_words_is_asked_about_rather_than_the_time():
    """With nothing else in numbers, months were the outcome, explained by the visit."""
    rng = np.random.default_rng(7)
    patient, visit = np.repeat([f"p{k:02d}" for k in range(30)], 6), np.tile(np.arange(1, 7), 30)
    months = (visit - 1 + rng.uniform(0, 0.9, 180)).round(2)
    outcome = rng.choice(["moderate or severe", "none or mild"], 180)
    frame = pd.DataFrame({"patient": patient, "outcome": outcome, "time": months, "visit": visit})
    found = suggest(frame)
    assert found.formula is None and "counted as 1, “outcome” may be it" in found.reasons["outcome"]
    assert suggest(frame.assign(outcome=outcome == "none or mild")).formula == "outcome ~ time + (1 | patient)"
