"""Predictors whose group means differ only since rows are missing: told from those that do vary between groups."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from lmmcompare import compare, examples
from lmmcompare.assess.formula_notes import remarks
from lmmcompare.assess.missing_rows import differs_by_missing_rows, differs_by_rows_alone
from lmmcompare.assess.model_choice import which_model
from lmmcompare.assess.mundlak import mundlak
from lmmcompare.explain.advice import which_to_report
from lmmcompare.explain.dial import dial, dial_sentence
from lmmcompare.explain.difference_reasons import reason
from lmmcompare.explain.facts import facts
from lmmcompare.explain.line_labels import weight_labels
from lmmcompare.explain.two_slopes_sentences import slopes_sentence
from lmmcompare.explain.within_between_sentences import within_between_sentences
from lmmcompare.panels.slope_weights import identity_parts
from tests.helpers import table


@pytest.fixture(scope="module")
def trial() -> pd.DataFrame:
    """60 patients in two arms at 4 visits, who leave the sooner the worse they were at the last one; doses vary as they like."""
    rng = np.random.default_rng(5)
    rows = []
    for patient in range(60):
        level, arm, here = rng.normal(0, 4), ("old", "new")[patient % 2], True
        for month in range(4):
            outcome = 50 + level - (1 + (arm == "new")) * month + rng.normal(0, 3)
            rows.append((patient, arm, float(month), level + rng.normal(), outcome if here else np.nan))
            here = here and not (outcome > 52 and rng.random() < 0.6)
    return pd.DataFrame(rows, columns=["patient", "arm", "month", "dose", "pain"])


def test_a_predictor_differs_by_missing_rows_where_complete_groups_do_not_differ_in_it(trial: pd.DataFrame) -> None:
    """Held against group means by pandas; the interaction's differ between the arms, and within an arm for no other reason."""
    found = compare("pain ~ arm * month + dose + (1 | patient)", trial)
    seen = trial.dropna()
    complete = seen[seen.groupby("patient")["pain"].transform("size") == 4]
    assert (
        complete.groupby("patient")["month"].mean().nunique() == 1 < seen.groupby("patient")["month"].mean().nunique()
    )
    assert complete.groupby("patient")["dose"].mean().nunique() > 1
    told = {name for name in found.design.fixed_names if differs_by_missing_rows(found, found.column_of(name))}
    assert told == {"month", "arm[T.old]:month"}


def test_people_who_leave_one_after_the_other_differ_by_missing_rows_though_nobody_stays_to_the_end() -> None:
    """40 patients with 2 to 9 of 10 visits, the first ones: one alone has 9. Doses vary as they like."""
    rng = np.random.default_rng(8)
    visits = np.append(rng.integers(2, 9, 39), 9)
    patient = np.repeat(np.arange(40), visits)
    month = np.concatenate([np.arange(float(n)) for n in visits])
    arm, dose = np.where(patient % 2, "new", "old"), rng.normal(size=len(month)) + rng.normal(size=40)[patient]
    pain = 50 - month + rng.normal(0, 4, 40)[patient] + rng.normal(0, 3, len(month))
    found = compare("pain ~ arm * month + dose + (1 | patient)", pd.DataFrame(
        {"patient": patient, "month": month, "arm": arm, "dose": dose, "pain": pain}
    ))  # fmt: skip
    told = {name for name in found.design.fixed_names if differs_by_missing_rows(found, found.column_of(name))}
    assert told == {"month", "arm[T.old]:month"}
    why = reason(found, "month")
    assert "has the same mean in all patients with the same number of rows" in why and "**between**" not in why
    assert mundlak(found).question == "Is the slope of dose within patients the slope between them?"


@pytest.mark.parametrize(
    ("data", "formula", "term"),
    [
        ("sleepstudy", "Reaction ~ Days + (1 | Subject)", "Days"),  # nothing is missing
        ("exam", "normexam ~ standLRT + (1 | school)", "standLRT"),  # one school is the largest
        ("wages", "wage ~ experience + (1 | person)", "experience"),  # everyone was asked at times of his own
    ],
)
def test_other_predictors_do_not(data: str, formula: str, term: str) -> None:
    found = compare(formula, table(data))
    assert not differs_by_missing_rows(found, found.column_of(term))


def test_no_slope_between_groups_is_asked_for_and_what_missing_rows_may_depend_on_is_said(trial: pd.DataFrame) -> None:
    found = compare("pain ~ month + (1 | patient)", trial)
    of = facts(found, "month")
    assert of.blend and not of.two_slopes and not of.says_between
    why = reason(found, "month")
    assert "has the same mean in all patients with 4 rows" in why and "**between**" not in why
    (said,) = within_between_sentences(found, "month")
    assert "no slope between patients to compare" in said and "missing at random" in said and of.contrast_p < 0.05
    assert mundlak(found).question == "Does the outcome go with which rows are missing?"
    asked = which_to_report(found, "month")
    assert not any("higher mean of" in one.question or "Within–between" in one.answer for one in asked)
    assert any("not on its earlier outcomes" in one.reason for one in asked)
    assert "patient dummies where it depends on these and on the patient’s own level" in remarks(found)[0].sentence


def test_what_missing_rows_move_is_the_rest_of_the_exact_sum(trial: pd.DataFrame) -> None:
    """OLS against the dummies, both by least squares written out here."""
    seen = trial.dropna()
    within = seen["month"] - seen.groupby("patient")["month"].transform("mean")
    slope = float(within @ seen["pain"] / (within @ within))
    moved = float(np.polyfit(seen["month"], seen["pain"], 1)[0]) - slope
    assert f"moves OLS by {moved:.2f}".replace("-", "−") in reason(
        compare("pain ~ month + (1 | patient)", trial), "month"
    )


def test_dial_table_and_labels_have_no_slope_between_either(trial: pd.DataFrame) -> None:
    """The table's parts against least squares written out here: the slope within, and what missing rows make of it."""
    found = compare("pain ~ month + (1 | patient)", trial)
    assert "Only rows that are missing make the means of month differ between patients" in dial_sentence(
        found, "month", dial(found, "month")
    )
    assert weight_labels(found, "month")[1] == "on which rows are missing"
    assert slopes_sentence(found, "month")[0] == "One slope, within"
    (block,) = identity_parts(found, "month").tables
    seen = trial.dropna()
    within = seen["month"] - seen.groupby("patient")["month"].transform("mean")
    slope, ols = float(within @ seen["pain"] / (within @ within)), float(np.polyfit(seen["month"], seen["pain"], 1)[0])
    said = [cell.main.replace("−", "-") for cell in block.table.rows[0].cells]
    np.testing.assert_allclose(
        [float(text) for text in said], [slope, ols - slope, ols], atol=0.006
    )  # as they are printed
    whole = compare("pain ~ month + (1 | patient)", trial.assign(pain=trial["pain"].fillna(50)))
    assert "Only rows that are missing" not in dial_sentence(whole, "month", dial(whole, "month"))


def test_it_is_said_too_where_there_is_no_within_between_model() -> None:
    """Chicks that died were weighed less often; the diets take up nearly all of the interactions' means."""
    found = compare("weight ~ Time * Diet + (Time | Chick)", examples.load("chickweight"))
    assert "no slope between Chicks to compare" in within_between_sentences(found, "Time")[0]


def test_visits_as_categories_have_one_difference_each_to_ask_for(trial: pd.DataFrame) -> None:
    """Their means add up to 1, so that no slope between patients of their own is there in any case."""
    found = compare("pain ~ arm * factor(month) + (1 | patient)", trial)
    visits = [name for name in found.design.fixed_names if "month" in name]
    assert len(visits) == 6 and all(differs_by_missing_rows(found, found.column_of(name)) for name in visits)
    why = reason(found, visits[0])
    assert "one difference to ask for" in why and "its means go along with" not in why


def spread_over_groups(x: pd.Series, group: pd.Series) -> float:
    """The lower tail of the one-way analysis of variance, from sums written out."""
    means, n = x.groupby(group).mean(), x.groupby(group).size()
    between = (n * (means - x.mean()) ** 2).sum() / (len(n) - 1)
    within = ((x - means[group].to_numpy()) ** 2).sum() / (len(x) - len(n))
    return float(stats.f.cdf(between / within, len(n) - 1, len(x) - len(n)))


def test_only_slopes_that_there_are_between_groups_are_tested(trial: pd.DataFrame) -> None:
    """lmerTest 3.1-3 of within-between: F(1, 159.87) of the mean of dose, p 0.0275508; clubSandwich's CR2 of OLS: t -1.935, p 0.0619."""
    found = which_model(compare("pain ~ arm * month + dose + (1 | patient)", trial.dropna()))
    tests = {test.name: test for test in found.tests}
    own, robust, hausman = (tests[n] for n in ("Mundlak test", "Mundlak test, cluster-robust", "Hausman test"))
    assert own.question == "Is the slope of dose within patients the slope between them?"
    assert (own.df, own.statistic, own.p) == pytest.approx((1, 4.94610, 0.02755078), rel=1e-5)
    assert (robust.df, robust.p) == pytest.approx((1, 0.0619), rel=1e-3)
    assert (
        "as the means of month and arm [old] × month differ between patients only by which rows these have" in own.note
    )
    assert hausman.df == 3 and "though the means of month" in hausman.note
    rows_alone = which_model(compare("pain ~ arm * month + (1 | patient)", trial.dropna()))
    assert "no slope between patients to compare" in rows_alone.left_out["Hausman test"]


@pytest.fixture(scope="module")
def diary() -> pd.DataFrame:
    """50 people over 14 days, of which each misses a quarter: hardly one has all. Stress differs between them."""
    rng = np.random.default_rng(2)
    person, day = (a.ravel() for a in np.meshgrid(np.arange(50), np.arange(1.0, 15.0), indexing="ij"))
    stress = rng.normal(size=50)[person] + rng.normal(size=700)
    frame = pd.DataFrame(
        {"person": person, "day": day, "stress": stress, "entered": day > rng.integers(0, 8, 50)[person]}
    )
    frame["mood"] = -0.5 * stress + rng.normal(size=50)[person] + rng.normal(size=700)
    return frame.assign(answers=rng.random(700) > 0.25)


def test_days_that_nobody_answered_all_of_have_no_slope_between_people(diary: pd.DataFrame) -> None:
    """The means of day differ less than chance makes those of rows drawn at random; those of stress more."""
    seen = diary[diary["answers"]].reset_index(drop=True)
    assert (seen.groupby("person").size() == 14).sum() < 4
    assert spread_over_groups(seen["day"], seen["person"]) < 0.001 < spread_over_groups(seen["stress"], seen["person"])
    found = compare("mood ~ stress + day + (1 | person)", seen)
    told = {name: differs_by_rows_alone(found, found.column_of(name)) for name in ("stress", "day")}
    assert told == {"stress": False, "day": True}
    assert not differs_by_missing_rows(found, found.column_of("day"))
    assert facts(found, "stress").two_slopes and not facts(found, "day").two_slopes
    assert "have **day** spread alike" in reason(found, "day")
    assert "no slope between people to compare" in within_between_sentences(found, "day")[0].replace(
        "persons", "people"
    )
    asked = which_to_report(found, "day")
    assert not any("higher mean of" in one.question or "Within–between" in one.answer for one in asked)


@pytest.mark.parametrize("lost", [0, 1])
def test_words_that_subjects_happened_to_be_shown_make_no_slope_between_subjects(lost: int) -> None:
    """Each of 40 was shown 12 of 30 words drawn at random; it is the same whether one row is lost or none."""
    rng = np.random.default_rng(3)
    words = np.concatenate([rng.choice(30, 12, replace=False) for _ in range(40)])
    rows = pd.DataFrame(
        {"subject": np.repeat([f"s{k:02d}" for k in range(40)], 12), "word": [f"w{k:02d}" for k in words]}
    )
    rows["frequency"] = rng.normal(size=30)[words]
    rows["time"] = 600 - 20 * rows["frequency"] + rng.normal(0, 30, 30)[words] + rng.normal(0, 50, len(rows))
    found = compare("time ~ frequency + (1 | subject) + (1 | word)", rows.iloc[lost:])
    assert found.moments.same_sizes == (lost == 0)
    assert differs_by_rows_alone(found, found.column_of("frequency"))
    left_out = which_model(found).left_out  # for subjects alone words are independent rows
    assert all("by which words their rows are of" in left_out[name] for name in ("Mundlak test", "Hausman test"))
    chosen = rows["frequency"].where(
        rows["subject"] < "s20", rows["frequency"] + (rows["subject"] > "s30")
    )  # not by chance
    rows["word"], rows["frequency"] = chosen.astype(str), chosen
    found = compare("time ~ frequency + (1 | subject) + (1 | word)", rows.iloc[lost:])
    assert not differs_by_rows_alone(found, found.column_of("frequency"))


def test_years_of_firms_that_enter_late_do_differ_between_them(diary: pd.DataFrame) -> None:
    first = np.random.default_rng(8).integers(1, 11, 50)[diary["person"]]
    seen = diary[(diary["day"] >= first) & (diary["day"] < first + 4 + diary["person"] % 2)].reset_index(drop=True)
    assert spread_over_groups(seen["day"], seen["person"]) > 0.999
    found = compare("mood ~ stress + day + (1 | person)", seen)
    assert not differs_by_rows_alone(found, found.column_of("day"))


def test_blocks_that_lack_varieties_by_design_tell_of_them(diary: pd.DataFrame) -> None:
    """Blocks of five and six of seven varieties: their shares differ less than by chance, and what lies between blocks counts."""
    rng = np.random.default_rng(3)
    rows = [(b, v) for b in range(60) for v in rng.choice(7, 5 + b % 2, replace=False)]
    frame = pd.DataFrame(rows, columns=["block", "v"]).assign(y=rng.normal(size=len(rows)))
    assert spread_over_groups((frame["v"] == 6).astype(float), frame["block"]) < 0.001
    found = compare("y ~ factor(v) + (1 | block)", frame)
    assert not any(differs_by_rows_alone(found, k) for k in found.design.fixed)


def test_where_within_between_comes_first_by_which_rows_are_missing_that_is_said(trial: pd.DataFrame) -> None:
    said = which_model(compare("pain ~ month + (1 | patient)", trial)).sentence
    assert said.startswith("By AICc “Within–between” comes first") and "a consequence of it, and no predictors" in said
    known = which_model(compare("normexam ~ standLRT + (1 | school)", table("exam"))).sentence
    assert "consequence" not in known


def gaps() -> pd.DataFrame:
    """60 patients who leave after 3 to 8 of 8 visits and miss a quarter of those before: two have all."""
    rng = np.random.default_rng(8)
    rows = []
    for patient in range(60):
        level, last = 4 * rng.normal(), rng.integers(2, 8)
        for month in range(8):
            if month <= last and (month == 0 or rng.random() > 0.25):
                dose, pain = level / 4 + rng.normal(), level - month + 3 * rng.normal()
                rows.append((patient, ("old", "new")[patient % 2], float(month), dose, pain))
    return pd.DataFrame(rows, columns=["patient", "arm", "month", "dose", "pain"])


def test_who_leaves_and_misses_visits_before_differs_by_missing_rows() -> None:
    """Nobody is complete enough to be compared with, nor are patients with as many visits alike."""
    frame = gaps()
    of = frame.groupby("patient")["month"]
    assert (of.size() == 8).sum() < 4 and not frame.duplicated(["patient", "month"]).any()
    assert of.mean().groupby(of.size()).nunique().max() > 1
    found = compare("pain ~ arm * month + dose + (1 | patient)", frame)
    told = {name for name in found.design.fixed_names if differs_by_missing_rows(found, found.column_of(name))}
    assert told == {"month", "arm[T.old]:month"}
    why = reason(found, "month")
    assert "at the same values of **month**, at most one at each" in why and "**between**" not in why
    of_levels = compare("pain ~ factor(month) + (1 | patient)", frame)
    assert all(differs_by_missing_rows(of_levels, k) for k in of_levels.design.fixed)


def test_doses_of_incomplete_blocks_are_no_visits_that_are_missing() -> None:
    """Each block has a control and two or three of five doses drawn at random: later values are met as often as earlier ones."""
    rng = np.random.default_rng(4)
    rows = [(b, d) for b in range(40) for d in (0, *rng.choice([1, 2, 3, 4, 5], 2 + b % 2, replace=False))]
    frame = pd.DataFrame(rows, columns=["block", "dose"]).assign(y=rng.normal(size=len(rows)))
    found = compare("y ~ dose + (1 | block)", frame)
    assert not differs_by_missing_rows(found, found.column_of("dose"))


@pytest.mark.parametrize("kind", ["category", "str"])
def test_subjects_in_a_category_are_counted_like_those_in_text(kind: str) -> None:
    """18 subjects at 10 days are 180 places, which the 8 bits of a category's codes do not number: the page of such data broke.

    Every subject has day 0 and misses others here and there, more of the later ones, as pandas counts.
    """
    data = examples.load("sleepstudy").astype({"Subject": kind})
    place = np.arange(len(data))
    seen = data[(data["Days"] == 0) | ((7 * place) % 11 >= data["Days"] - 1)]
    there = pd.crosstab(seen["Subject"], seen["Days"])
    assert there.shape == (18, 10) and there.to_numpy().max() == 1 and there[0].all()
    assert (there.mean().diff().dropna() <= 0).all() and (there.sum(axis=1) < 10).all()
    found = compare("Reaction ~ Days + (1 | Subject)", seen)
    assert differs_by_missing_rows(found, found.column_of("Days"))
