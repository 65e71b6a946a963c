"""Whether the data call for structured residuals, and which number then answers which question."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare, gls, lmer
from lmmcompare.comparison.comparison import Comparison
from lmmcompare.explain.advice import which_to_report
from lmmcompare.explain.headline import headline
from lmmcompare.explain.structure_choice import compares_within, independence_sentence, structure_choice
from tests.explain.test_sentences import value
from tests.helpers import reference

Tables = Callable[[str], pd.DataFrame]
AR1 = "ar1(Days | Subject)"


def answers(comparison: Comparison, term: str) -> dict[str, list[float]]:
    """Each question's first word or so with the numbers of its answer."""
    return {
        a.question: [value(n) for n in re.findall(r"−?[\d,]*\.\d+", a.answer)]
        for a in which_to_report(comparison, term)
    }


def aicc(loglik: float, parameters: int, rows: int) -> float:
    """Hurvich and Tsai's criterion."""
    return -2 * loglik + 2 * parameters * rows / (rows - parameters - 1)


def test_serial_correlation_that_the_data_call_for_answers_with_its_own_numbers(table: Tables) -> None:
    """R: lme with corAR1 has 10.4669 (SE 1.3348) by REML, log-likelihood -872.415 by ML; lmer -897.039."""
    both = compare("Reaction ~ Days + (1 | Subject)", table("sleepstudy"), correlation=AR1)
    choice, serial = structure_choice(both), reference("structures/sleepstudy_ri_ar1")
    assert choice is not None and choice.verdict == "called for" and choice.rival == "random_slope"
    assert choice.structured == pytest.approx(aicc(serial["ml"]["loglik"], 5, 180), abs=1e-3)
    assert choice.own == pytest.approx(aicc(reference("sleepstudy_ri")["ml"]["loglik"], 4, 180), abs=1e-3)
    estimate, se = serial["reml"]["estimate"][1], serial["reml"]["se"][1]
    said = answers(both, "Days")
    for question in ("within the same Subject", "is to be expected"):
        numbers = next(n for q, n in said.items() if question in q)
        assert numbers[0] == pytest.approx(estimate, abs=0.01)
        half = (numbers[2] - numbers[1]) / 2
        assert 1.96 * se < half < 2.2 * se  # t of 10 degrees of freedom or more; the random intercept's half is 1.59
    assert compares_within(both, "Days")


def test_a_negative_correlation_answers_what_compares_groups(table: Tables) -> None:
    """R: gls with corCompSymm has milk 0.7794 (0.0340) by REML; lmer's interval is three times as wide."""
    both = compare("gain ~ milk + (1 | litter)", table("litters"), correlation="cs(1 | litter)")
    own = reference("structures/litters_cs")["reml"]
    said = answers(both, "milk")
    numbers = next(n for q, n in said.items() if "is to be expected" in q)
    assert numbers[0] == pytest.approx(own["estimate"][1], abs=1e-3)
    assert (numbers[2] - numbers[1]) / 2 == pytest.approx(2.05 * own["se"][1], rel=0.05)
    inside = next(n for q, n in said.items() if "within the same" in q)
    assert inside[0] == pytest.approx(both.no_pooling.params["milk"], abs=1e-3) and not compares_within(both, "milk")


def test_a_structure_that_the_data_do_not_call_for_answers_nothing(table: Tables) -> None:
    """R: by ML lme with corAR1 has -204.6 or so for dental growth with slopes by sex; AICc prefers the random intercept."""
    data = table("orthodont_structures")
    plain = compare("distance ~ age * Sex + (1 | Subject)", data)
    both = compare("distance ~ age * Sex + (1 | Subject)", data, correlation="ar1(age | Subject)")
    choice = structure_choice(both)
    assert choice is not None and not choice.preferred
    without, beside = answers(plain, "age"), answers(both, "age")
    assert {q: n for q, n in beside.items() if q in without} == without and len(beside) == len(without) + 1
    assert structure_choice(plain) is None


def test_two_names_of_one_model_are_not_told_apart(table: Tables) -> None:
    both = compare("follicles ~ s + (1 | Mare)", table("ovary"), correlation="cs(1 | Mare)")
    choice = structure_choice(both)
    assert choice is not None and choice.structured == pytest.approx(choice.own, abs=1e-4) and not choice.preferred


def test_a_covariance_without_an_inverse_is_not_judged() -> None:
    """Five complete patients in two arms do not determine the covariance of four visits."""
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"id": np.repeat(np.arange(5), 4), "visit": np.tile(np.arange(4), 5)})
    frame["arm"] = frame["id"] % 2
    frame["y"] = rng.normal(size=20) + rng.normal(size=5)[frame["id"]]
    both = compare("y ~ arm * factor(visit) + (1 | id)", frame, correlation="us(visit | id)")
    choice = structure_choice(both)
    assert choice is not None and choice.verdict == "unknown" and not choice.preferred


@pytest.mark.parametrize(("correlation", "random"), [("ar1(t | g)", True), ("us(t | g)", False), ("cs(1 | g)", False)])
def test_what_a_group_that_rises_does_to_a_coefficient(correlation: str, random: bool) -> None:
    """Against an estimate from outcomes of which one group's are raised, at the same covariance matrix, built whole."""
    rng = np.random.default_rng(8)
    frame = pd.DataFrame({"g": np.repeat(np.arange(12), 4), "t": np.tile(np.arange(4), 12)})
    frame = frame[rng.random(len(frame)) > 0.15].reset_index(drop=True)
    frame["x"] = rng.normal(size=len(frame)) + rng.normal(size=12)[frame["g"]]
    frame["y"] = frame["x"] + rng.normal(size=len(frame)) + rng.normal(size=12)[frame["g"]]
    fit = (
        lmer("y ~ x + t + (1 | g)", frame, correlation=correlation) if random else gls("y ~ x + t", frame, correlation)
    )
    x = np.column_stack([np.ones(len(frame)), frame["x"], frame["t"]])
    code, t = frame["g"].to_numpy(), frame["t"].to_numpy()
    same, rho, sd = code[:, None] == code, fit.residual_correlation, fit.residual_sd.to_numpy()
    if isinstance(rho, pd.DataFrame):
        covariance = (rho.to_numpy() * np.outer(sd, sd))[np.ix_(t, t)] * same
    elif random:
        covariance = same * (sd[0] ** 2 * rho ** np.abs(t[:, None] - t) + fit.cov_re["g"].to_numpy()[0, 0])
    else:
        covariance = same * sd[0] ** 2 * np.where(np.eye(len(t)) > 0, 1.0, rho)
    weights = np.linalg.solve(x.T @ np.linalg.solve(covariance, x), np.linalg.solve(covariance, x).T)
    dense = weights @ (code[:, None] == np.unique(code))
    assert fit.group_shifts().to_numpy() == pytest.approx(dense, abs=1e-8)


def test_the_headline_has_the_number_of_structured_residuals_where_it_is_another(table: Tables) -> None:
    """R: lme with corCAR1(form = ~ Time | Mare) has s -2.9263 (0.5014) by REML, lmer -3.34 (0.29)."""
    both = compare("follicles ~ s + c + (1 | Mare)", table("ovary"), correlation="car1(Time | Mare)")
    said = headline(both, "s")
    assert "3.34" in said.title and "−2.93" in said.reason and "0.50" in said.reason
    same = compare("follicles ~ s + c + (1 | Mare)", table("ovary"), correlation="cs(1 | Mare)")
    assert "structured residuals, cs" not in headline(same, "s").reason.lower()


def test_what_the_tests_of_slopes_leave_out_is_named_by_the_structure(table: Tables) -> None:
    """Variances by arm were told as rows that are the more alike the nearer they are."""
    serial = compare("Reaction ~ Days + (1 | Subject)", table("sleepstudy"), correlation=AR1)
    teeth = compare("distance ~ age * Sex + (1 | Subject)", table("orthodont_structures"), variance="Sex")
    assert "the more alike the nearer they are" in independence_sentence(serial)
    assert independence_sentence(teeth).endswith("variances that differ can look like slopes that vary.")
