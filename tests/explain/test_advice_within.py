"""The number within groups comes with an interval that counts what the formula's own model counts."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare, examples
from lmmcompare.comparison.compare import Comparison
from lmmcompare.explain.advice import which_to_report
from lmmcompare.explain.effect_phrases import noun_of
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
