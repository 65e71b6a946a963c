"""What is said of a formula, and that the formula offered is another model of the same rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare, examples
from lmmcompare.assess.data_notes import few_groups_sentence, prior_weights_sentence
from lmmcompare.assess.formula_notes import remarks
from tests.helpers import data

OFFERED = [
    # casks a, b, c of every batch; the labels of the column `sample` are used once only
    ("pastes", "strength ~ 1 + (1 | batch) + (1 | cask)", ["strength ~ 1 + (1 | batch) + (1 | batch:cask)"]),
    ("pastes", "strength ~ 1 + (1 | cask) + (1 | batch)", ["strength ~ 1 + (1 | batch:cask) + (1 | batch)"]),
    ("pastes", "strength ~ 1 + (1 | batch) + (1 | batch:cask)", []),
    ("pastes", "strength ~ 1 + (1 | batch) + (1 | sample)", []),
    ("pastes", "strength ~ 1 + (1 | batch) + (1 | cask) + (1 | batch:cask)", []),
    # a single row for each pair of plate and sample, which could be no groups
    ("penicillin", "diameter ~ 1 + (1 | plate) + (1 | sample)", []),
    ("insteval", "y ~ service + (1 | d) + (1 | s)", []),
    ("sleepstudy", "Reaction ~ 1 + (Days | Subject)", ["Reaction ~ Days + (Days | Subject)"]),
    ("sleepstudy", "Reaction ~ 0 + Days + (1 | Subject)", ["Reaction ~ Days + (1 | Subject)"]),
    ("sleepstudy", "Reaction ~ 0 + Days + (0 + Days | Subject)", []),
    ("sleepstudy", "Reaction ~ Days + (Days || Subject)", []),
]


@pytest.mark.parametrize(("name", "formula", "offered"), OFFERED)
def test_what_is_offered(name, formula, offered, table):
    data = table(name)
    found = [r for r in remarks(compare(formula, data)) if r.formula]
    assert [r.formula for r in found] == offered
    for remark in found:
        assert remark.sentence.endswith(".") and remark.action
        assert remarks(compare(remark.formula, data)) == []  # once taken up, there is no more to say


def test_the_sentence_names_labels_and_counts(table):
    (said,) = remarks(compare("strength ~ 1 + (1 | batch) + (1 | cask)", table("pastes")))
    assert "All 10 batches have the same casks (a, b, c)" in said.sentence and "30 different ones" in said.sentence
    assert said.action == "Treat cask as nested in batch"


@pytest.mark.parametrize("afresh", [True, False])
def test_labels_that_start_afresh_with_unequal_counts(afresh):
    """Pupils 1, 2, ... of every class; but not where one class has no pupil 1."""
    rng = np.random.default_rng(3)
    pairs = [(c, p) for c in range(6) for p in range(3 + c % 3)]
    if not afresh:
        pairs.remove((4, 0))
    data = pd.DataFrame([(f"c{c}", p + 1) for c, p in pairs for _ in range(4)], columns=["class", "pupil"])
    effect = data["class"].str[1].astype(float) + data["pupil"]
    found = remarks(compare("y ~ 1 + (1 | class) + (1 | pupil)", data.assign(y=effect + rng.normal(size=len(data)))))
    assert [r.formula for r in found] == (["y ~ 1 + (1 | class) + (1 | class:pupil)"] if afresh else [])
    if found:
        assert found[0].sentence.startswith("Every class starts with the same pupils (1, 2, 3, …)")
        assert f"{len(pairs)} different ones" in found[0].sentence


def test_names_are_taken_as_they_are():
    rng = np.random.default_rng(4)
    data = pd.DataFrame({"a *b*": np.repeat(range(8), 6), "c|d": np.tile(np.repeat(range(3), 2), 8)})
    data["y"] = data["a *b*"] + data["c|d"] + rng.normal(size=48)
    (found,) = remarks(compare("y ~ 1 + (1 | `a *b*`) + (1 | `c|d`)", data))
    assert found.formula == "y ~ 1 + (1 | `a *b*`) + (1 | `a *b*`:`c|d`)"
    assert not remarks(compare(found.formula, data))


@pytest.mark.parametrize(
    ("formula", "offered"),
    [
        ("y ~ a * b + (1 | a:b)", "y ~ a + b + (1 | a:b)"),
        ("y ~ a * b + (1 | a)", "y ~ b + (1 | a)"),
        ("y ~ a + b + (1 | a:b)", None),
    ],
)
def test_a_factor_both_fixed_and_random_is_named_with_a_way_out(formula, offered):
    frame = pd.DataFrame({
        "a": np.repeat(["p", "q", "r"], 10), "b": np.tile(np.repeat(["u", "v"], 5), 3), "y": np.random.default_rng(4).normal(size=30),
    })  # fmt: skip
    found = remarks(compare(formula, frame))
    assert [r.formula for r in found if "not identified" in r.sentence] == ([offered] if offered else [])
    if offered:
        assert not [r for r in remarks(compare(offered, frame)) if "not identified" in r.sentence]


def test_ordered_categories_offer_rs_coding_and_keep_quiet_once_it_is_chosen(table):
    oats = table("oats")
    oats["N"] = pd.Categorical(oats["N"], ordered=True)
    (remark,) = [r for r in remarks(compare("Y ~ N * V + (1 | B)", oats)) if "order" in r.sentence]
    assert remark.formula == "Y ~ C(N, contr.poly) + V + C(N, contr.poly):V + (1 | B)"
    assert not [r for r in remarks(compare(remark.formula, oats)) if "order" in r.sentence]


@pytest.mark.parametrize(("groups", "low", "high"), [(2, "0.45", "32"), (3, "0.52", "6.3")])
def test_two_or_three_groups_are_said_to_tell_little_of_their_variance(groups, low, high):
    """The limits are sqrt(df / chi-square quantile): chi-square of 1 df 5.0239, 0.00098207; of 2 df 7.3778, 0.050636."""
    frame = pd.DataFrame({"g": np.arange(24) % groups, "x": np.arange(24.0)})
    frame["y"] = frame["x"] + 5 * frame["g"] + np.sin(frame["x"])
    (remark,) = [r for r in remarks(compare("y ~ x + (1 | g)", frame)) if "standard deviation" in r.sentence]
    assert f"between {low} and {high} times" in remark.sentence


def test_a_predictor_that_never_varies_is_named(table):
    frame = examples.load("sleepstudy").assign(year=2025)
    (note,) = remarks(compare("Reaction ~ year + (1 | Subject)", frame))
    assert note.sentence.startswith("“year” has the same value in every row used")
    assert not remarks(compare("Reaction ~ Days + (1 | Subject)", frame))


def test_four_groups_are_not(table):
    assert not [r for r in remarks(compare("Score ~ Drug + (1 | ID)", table("drug"))) if "deviation" in r.sentence]


def test_weights_are_told_from_frequencies_and_survey_weights() -> None:
    """An lm of rows as often as they count has other errors than one with counts as weights; so R has it, too."""
    frame = examples.load("sleepstudy").assign(w=lambda d: 1 + d["Days"])
    (said,) = remarks(compare("Reaction ~ Days + (1 | Subject)", frame, weights="w"))
    assert "each row has to stand in the table as often as it counts" in said.sentence
    repeated = frame.loc[frame.index.repeat(frame["w"])]
    weighted, of_all = (
        compare("Reaction ~ Days + (1 | Subject)", frame, weights="w").ols,
        compare("Reaction ~ Days + (1 | Subject)", repeated).ols,
    )
    assert of_all.params.to_numpy() == pytest.approx(weighted.params.to_numpy())
    assert of_all.bse["Days"] < 0.5 * weighted.bse["Days"]
    assert not remarks(compare("Reaction ~ Days + (1 | Subject)", frame.assign(w=2.0), weights="w"))


def test_missing_outcomes_are_said_with_what_each_model_needs_of_them() -> None:
    frame = examples.load("sleepstudy")
    frame["Reaction"] = frame["Reaction"].where(frame.index % 10 != 7)
    (said,) = remarks(compare("Reaction ~ Days + (1 | Subject)", frame))
    assert said.sentence.startswith("18 of 180 rows have no Reaction")
    assert "missing at random" in said.sentence
    frame["Reaction"] = examples.load("sleepstudy")["Reaction"].where(frame.index != 7)
    assert not remarks(compare("Reaction ~ Days + (1 | Subject)", frame))


def test_where_few_groups_have_two_rows_the_split_of_the_variance_is_said_to_be_hardly_known() -> None:
    rng = np.random.default_rng(2)
    groups = np.concatenate([np.arange(40), np.arange(4)])
    frame = pd.DataFrame({"g": groups, "x": rng.normal(size=44), "y": rng.normal(size=44)})
    (said,) = remarks(compare("y ~ x + (1 | g)", frame))
    assert said.sentence.startswith("Only 4 of 40") and "hardly known" in said.sentence
    twice = pd.concat([frame, frame.assign(y=rng.normal(size=44))])
    assert not remarks(compare("y ~ x + (1 | g)", twice))


def test_codes_that_are_used_as_numbers_are_remarked_on_and_visits_are_not():
    rng = np.random.default_rng(6)
    g = np.repeat(np.arange(12), 10)
    frame = pd.DataFrame(
        {"g": g, "race": rng.integers(1, 5, 120), "arm": (g % 3) + 1, "visit": np.tile(np.arange(10), 12)}
    )
    frame["week"], frame["sex"], frame["y"] = frame["visit"] // 2 * 2, rng.integers(0, 2, 120), rng.normal(size=120)
    both = compare("y ~ race + visit + week + sex + (1 | g)", frame)
    (remark,) = (one for one in remarks(both) if "used as a number" in one.sentence)
    assert "race takes only the 4 whole values 1 to 4" in remark.sentence
    assert "race" not in compare(remark.formula, frame).terms  # each has a mean of its own
    few = frame[frame["visit"] < 5]  # visits 0 to 4, each once in a group
    assert not any("number" in one.sentence for one in remarks(compare("y ~ visit + (1 | g)", few)))
    diary = frame.assign(day=frame["visit"] // 2)  # two rows of a group on each day
    assert not any("number" in one.sentence for one in remarks(compare("y ~ day + (1 | g)", diary)))
    assert any("arm takes" in one.sentence for one in remarks(compare("y ~ arm + (1 | g)", frame)))


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        (
            "y ~ x + (1 | site)",
            "a standard deviation between 0.52 and 6.3 times",
        ),  # R: sqrt(2 / qchisq(c(0.975, 0.025), 2))
        (
            "y ~ x + z + (1 | site)",
            "a standard deviation between 0.45 and 32 times",
        ),  # sqrt(1 / qchisq(c(0.975, 0.025), 1))
        ("y ~ 0 + arm + (1 | site)", "a standard deviation between 0.52 and 6.3 times"),
    ],
)
def test_how_little_three_groups_tell_counts_what_compares_them(formula: str, said: str) -> None:
    rng = np.random.default_rng(65)
    site = np.repeat(np.arange(3), 20)
    frame = pd.DataFrame(
        {"site": site, "x": rng.normal(size=60), "z": np.array([0, 1, 2.5])[site], "arm": ["a", "b"] * 30}
    )
    frame["y"] = 0.5 * frame["z"] + np.array([0, 2, -1])[site] + rng.normal(size=60)
    assert said in few_groups_sentence(compare(formula, frame))


def test_no_multiple_is_told_of_a_standard_deviation_of_zero() -> None:
    frame = pd.DataFrame({"g": np.repeat([0, 1, 2], 4), "y": np.tile([1.0, 2.0, 3.0, 4.0], 3)})
    said = few_groups_sentence(compare("y ~ 1 + (1 | g)", frame))
    assert "3 values tell little" in said and "times" not in said


def test_weights_of_a_meta_analysis_are_told_that_their_residual_variance_is_known() -> None:
    """lme4 1.1-31: sigma(lmer(y ~ 1 + (1 | study), weights = 1 / v))^2 is 0.7480029."""
    y = [31, 12, 45, 60, 22, -5, 10, 33, 2, 71, 40, 55, 18, 27, 9, 62, 35, 48, 15, 21]
    v = [2, 5, 3, 8, 4, 2, 6, 3, 5, 10, 2, 4, 3, 7, 5, 2, 6, 3, 4, 5]
    study = np.repeat(list("abcdefgh"), [3, 2, 4, 1, 3, 2, 3, 2])
    frame = pd.DataFrame({"study": study, "y": np.array(y) / 100, "w": 100 / np.array(v)})
    said = prior_weights_sentence(compare("y ~ 1 + (1 | study)", frame, weights="w"))
    assert "the residual variance is 1; it is estimated here, as 0.748," in said
    counts = frame.assign(w=np.ceil(frame["w"]))
    assert "sampling variances" not in prior_weights_sentence(compare("y ~ 1 + (1 | study)", counts, weights="w"))


def test_a_parameter_too_many_is_counted_as_r_does_and_said_to_be() -> None:
    """AIC(lmer(Y ~ N + (V || B), oats, REML = FALSE)) of lme4 1.1-31 is 621.0972 with 12 parameters; the data tell 11."""
    both = compare("Y ~ N + (V || B)", data("oats_nested"))
    fit = both.mixed.by_ml
    assert fit.aic == pytest.approx(621.0972, abs=1e-3) and fit.fit.n_parameters == 12
    said = " ".join(remark.sentence for remark in remarks(both))
    assert "AIC and BIC count them all" in said and "The differences between levels of V vary" in said


def test_of_age_year_and_birth_one_is_left_out_and_the_others_rest_on_that() -> None:
    """Any share of the one effect may be given to the others: the outcome is as well told with birth in the place of age."""
    rng = np.random.default_rng(1)
    birth, year = np.repeat(rng.integers(1940, 1990, 30), 5), np.tile(np.arange(2000, 2010, 2), 30)
    frame = pd.DataFrame({"id": np.repeat(np.arange(30), 5), "year": year, "born": birth, "age": year - birth})
    frame["y"] = rng.normal(size=150)
    both = compare("y ~ age + year + born + (1 | id)", frame)
    (remark,) = remarks(both)
    assert remark.sentence.startswith(
        "“born” is equal to “year” − “age” in every row used, so their effects cannot be told apart"
    )
    other = compare("y ~ born + year + (1 | id)", frame)
    np.testing.assert_allclose(both.ols.fittedvalues, other.ols.fittedvalues, atol=1e-9)
    assert float(other.ols.params["year"]) == pytest.approx(float(both.ols.params["year"] + both.ols.params["age"]))
    assert not remarks(compare("y ~ age + year + (1 | id)", frame))
