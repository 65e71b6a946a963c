"""The number within groups comes with an interval that counts what the formula's own model counts."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from lmmcompare import compare, examples
from lmmcompare.comparison.compare import Comparison
from lmmcompare.explain.advice import which_to_report
from lmmcompare.explain.effect_phrases import noun_of
from tests.explain.dense_ols_errors import dense_ols_errors
from tests.explain.test_sentences import NUMBER, value
from tests.helpers import table


def within(comparison: Comparison, term: str) -> list[float]:
    """Estimate and interval of the question within groups."""
    found = [
        a for a in which_to_report(comparison, term) if "in the same" in a.question or "within the same" in a.question
    ]
    assert len(found) == 1
    return [value(n) for n in re.findall(NUMBER, found[0].answer)[:3]]


def test_further_grouping_factors_are_counted() -> None:
    """R: lmerTest, score ~ Machine + (1 | Worker) + (1 | Worker:Machine) on nlme's Machines: 7.9667 (2.1770), df 10."""
    both = compare("score ~ Machine + (1 | Worker) + (1 | Worker:Machine)", examples.load("machines"))
    assert within(both, "Machine[T.B]") == pytest.approx([7.9667, 3.1160, 12.8174], abs=0.05)


def test_a_random_slope_that_was_asked_for_is_counted() -> None:
    """R: lmerTest, distance ~ age * Sex + (age | Subject) on nlme's Orthodont: age in girls 0.4795 (0.1037), df 25."""
    both = compare("distance ~ age * Sex + (age | Subject)", examples.load("orthodont"))
    assert within(both, "age") == pytest.approx([0.4795, 0.2659, 0.6932], abs=5e-3)


def items_and_subjects(condition_of: str) -> pd.DataFrame:
    """Reaction times of 24 subjects to 16 words, of which some are missing; the condition is the words' or varies in both."""
    rng = np.random.default_rng(104)
    s, i = (a.ravel() for a in np.meshgrid(np.arange(24), np.arange(16), indexing="ij"))
    c = i % 2 if condition_of == "items" else rng.integers(0, 2, len(s))
    rt = 600 + 40 * c + rng.normal(0, 60, 24)[s] + rng.normal(0, 60, 16)[i] + rng.normal(0, 90, len(s))
    return pd.DataFrame({"subject": s, "item": i, "c": c, "rt": rt})[rng.random(len(s)) > 0.08].reset_index(drop=True)


def test_a_condition_of_items_is_not_reported_with_errors_clustered_by_subjects() -> None:
    """They would be half as large: the words of a condition are few, and the same for all subjects."""
    frame = items_and_subjects("items")
    both = compare("rt ~ c + (1 | subject) + (1 | item)", frame)
    clustered = both.no_pooling.robust("CR2").se[0]
    row = both.coefficients().set_index(["model", "term"]).loc[("several", "c")]
    assert row["se"] > 2 * clustered
    assert within(both, "c") == pytest.approx([row["estimate"], row["lower"], row["upper"]], abs=0.6)
    answers = {a.question: [value(n) for n in re.findall(NUMBER, a.answer)[:3]] for a in which_to_report(both, "c")}
    everyone = next(n for q, n in answers.items() if "average over everyone" in q)
    one, codes = np.ones((len(frame), 1)), {g: frame[g].to_numpy() for g in ("subject", "item")}
    x = np.column_stack([np.ones(len(frame)), frame["c"]])
    errors = dense_ols_errors(both, pd.DataFrame(codes), x, dict.fromkeys(codes, one))
    assert (everyone[2] - everyone[1]) / 2 == pytest.approx(stats.t.ppf(0.975, row["df"]) * errors[1], abs=0.6)
    assert everyone[0] == pytest.approx(both.ols.params["c"], abs=0.6)


def test_a_condition_that_varies_in_items_and_subjects_keeps_the_dummies() -> None:
    both = compare("rt ~ c + (1 | subject) + (1 | item)", items_and_subjects("both"))
    assert both.mixed.bse["c"] < 1.05 * both.no_pooling.robust("CR2").se[0]
    assert within(both, "c")[0] == pytest.approx(both.no_pooling.params["c"], abs=0.6)


def test_an_outcome_of_two_values_has_clustered_errors() -> None:
    """The scatter about a share depends on the share."""
    rng = np.random.default_rng(110)
    g = np.repeat(np.arange(30), 12)
    x = rng.normal(size=360)
    y = (rng.random(360) < 1 / (1 + np.exp(2 - 1.5 * x - rng.normal(size=30)[g]))).astype(int)
    both = compare("y ~ x + (1 | g)", pd.DataFrame({"g": g, "x": x, "y": y}))
    robust = both.no_pooling.robust("CR2")
    half = stats.t.ppf(0.975, robust.df[0]) * robust.se[0]
    numbers = within(both, "x")
    assert (numbers[2] - numbers[1]) / 2 == pytest.approx(half, abs=1e-3)
    assert half != pytest.approx(stats.t.ppf(0.975, both.no_pooling.df["x"]) * both.no_pooling.bse["x"], abs=2e-3)


def test_what_is_confounded_with_the_groups_has_no_number_within_them() -> None:
    """Yates' N P K in blocks of four: N x P x K is the blocks', so N's own coefficient is not known within them."""
    rows = [(b, n, p, k) for b in range(6) for n in (0, 1) for p in (0, 1) for k in (0, 1) if (n + p + k + b) % 2]
    frame = pd.DataFrame(rows, columns=["block", "N", "P", "K"])
    frame["y"] = np.random.default_rng(3).normal(size=len(frame)) + frame["N"] + frame["block"]
    both = compare("y ~ N * P * K + (1 | block)", frame)
    design = np.column_stack(
        [pd.get_dummies(frame["block"]), *(frame.eval(e) for e in ("N", "P", "K", "N*P", "N*K", "P*K", "N*P*K"))]
    )
    assert np.linalg.matrix_rank(design.astype(float)) == design.shape[1] - 1
    assert not [a for a in which_to_report(both, "N") if "the same block" in a.question]
    assert "confounded" in both.absent["within_between"]


@pytest.mark.parametrize(("varying", "said"), [(2, True), (3, True), (6, False)])
def test_the_few_groups_that_it_rests_on_are_counted(varying: int, said: bool) -> None:
    rng = np.random.default_rng(1)
    g = np.repeat(np.arange(10), 5)
    x = np.where(g < varying, rng.normal(size=50), rng.normal(size=10)[g])
    both = compare(
        "y ~ x + (1 | g)", pd.DataFrame({"g": g, "x": x, "y": x + rng.normal(size=50) + rng.normal(size=10)[g]})
    )
    assert noun_of(both, "x") == "slope"
    text = " ".join(a.reason for a in which_to_report(both, "x"))
    assert (f"in {varying} of 10" in text) is said


def test_few_groups_have_group_means_where_degrees_of_freedom_are_left() -> None:
    """Five groups, two predictors: Mundlak's coefficients of the means rest on 5 - 3 = 2 degrees of freedom (R: lmerTest 2.00)."""
    frame = table("sleepstudy").query("Subject < 333").copy()
    rng = np.random.default_rng(4)
    frame["u"], frame["v"] = rng.normal(size=len(frame)), rng.normal(size=len(frame))
    groups = frame["Subject"].nunique()
    both = compare("Reaction ~ u + v + (1 | Subject)", frame)
    assert groups == 6 and both.fits["within_between"].df["u_mean"] == pytest.approx(groups - 3, abs=0.5)
