"""Predictors whose group means differ only since rows are missing: told from those that do vary between groups."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare, examples
from lmmcompare.assess.formula_notes import remarks
from lmmcompare.assess.missing_rows import differs_by_missing_rows
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
