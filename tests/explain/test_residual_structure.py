"""What a structure of the residuals changes: said from nlme's numbers where it holds, and nowhere else."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import lmmcompare as lc
from lmmcompare import examples
from lmmcompare.explain.residual_structure import (
    hidden_correlation_sentence,
    other_factor_sentence,
    structure_sentences,
    trend_sentence,
)

AR1 = "ar1(Days | Subject)"
RANDOM = "Reaction ~ Days + (1 | Subject)"


def test_a_trend_has_both_standard_errors(table):
    comparison = lc.compare(RANDOM, table("sleepstudy"), correlation=AR1)
    said = trend_sentence(comparison, "Days")
    assert "0.804" in said and "1.34" in said and "0.65" in said  # lmer's, lme's, lme's rho
    assert "1.24" in said and "1,754.8" in said and "1,763.9" in said  # lm's error; AIC of lme and lmer by ML
    assert not trend_sentence(comparison, "Intercept")


@pytest.mark.parametrize(
    ("formula", "correlation"),
    [(RANDOM, None), (RANDOM, "cs(1 | Subject)"), ("Reaction ~ Days + (Days | Subject)", AR1)],
)
def test_of_other_models_nothing_is_said(table, formula, correlation):
    assert not structure_sentences(lc.compare(formula, table("sleepstudy"), correlation=correlation), "Days")


def test_of_a_predictor_that_is_no_trend_nothing_is_said(table):
    data = table("sleepstudy")
    comparison = lc.compare("Reaction ~ light + (1 | Subject)", data.assign(light=data["Days"] % 3), correlation=AR1)
    assert not trend_sentence(comparison, "light")


@pytest.mark.parametrize("correlation", [None, "cs(1 | litter)"])
def test_a_variance_of_zero_hides_a_negative_correlation(table, correlation):
    comparison = lc.compare("gain ~ milk + (1 | litter)", table("litters"), correlation=correlation)
    said = hidden_correlation_sentence(comparison, "milk")
    assert "−0.296" in said and "0.0344" in said and "0.0999" in said and "p < 0.001" in said


def test_a_correlation_of_three_pairs_is_not_told():
    """Cross Validated 33995: 17 groups of 20 rows, three of two. By chance the pairs offset each other: −0.994, an error of 33 for 218."""
    rng = np.random.default_rng(77)
    x = np.repeat([0, 1], 10)
    y = (3100 + 400 * rng.normal(size=20) - 200 * x).round(1)
    m = ["m1", "m2", "m3", "m4", "m4", *(f"m{k}" for k in (6, 7, 8, 8, *range(10, 19), 20, 20))]
    comparison = lc.compare("y ~ x + (1 | m)", pd.DataFrame({"x": x, "y": y, "m": m}))
    assert not hidden_correlation_sentence(comparison, "x")


def test_nothing_is_hidden_where_groups_differ(table):
    assert not hidden_correlation_sentence(lc.compare(RANDOM, table("sleepstudy")), "Days")


@pytest.mark.parametrize(("level", "way"), [("between", "overstate"), ("within", "understate")])
def test_which_way_errors_miss_is_that_of_the_dense_variance(level, way):
    rng, n_groups, size, r = np.random.default_rng(3), 60, 5, -0.2
    noise = rng.normal(size=(n_groups, size))
    noise -= (1 - np.sqrt(1 + (size - 1) * r) / np.sqrt(1 - r)) * noise.mean(axis=1, keepdims=True)
    x = np.repeat(rng.normal(size=n_groups), size) if level == "between" else np.tile(np.arange(size), n_groups)
    data = pd.DataFrame({"y": noise.ravel(), "x": x, "g": np.repeat(np.arange(n_groups), size).astype(str)})
    comparison = lc.compare("y ~ x + (1 | g)", data, correlation="cs(1 | g)")
    r = comparison.structured.residual_correlation
    design = np.column_stack([np.ones(len(x)), x])
    bread = np.linalg.inv(design.T @ design)
    covariance = np.kron(np.eye(n_groups), (1 - r) * np.eye(size) + r)
    ratio = np.sqrt((bread @ design.T @ covariance @ design @ bread)[1, 1] / bread[1, 1])
    said = hidden_correlation_sentence(comparison, "x")
    fold = 1 / ratio if way == "overstate" else ratio
    assert f"both {way} the error" in said and f"{fold:.1f}" in said


@pytest.mark.parametrize(
    ("example", "formula", "group", "other"),
    [
        ("penicillin", "diameter ~ 1 + (1 | plate) + (1 | sample)", "plate", "sample"),
        ("penicillin", "diameter ~ 1 + (1 | plate) + (1 | sample)", "sample", "plate"),
        ("pastes", "strength ~ 1 + (1 | batch/cask)", "batch", "batch:cask"),
        ("pastes", "strength ~ 1 + (1 | batch/cask)", "batch:cask", ""),  # a cask is in one batch
        ("penicillin", "diameter ~ 1 + (1 | plate)", "plate", ""),
    ],
)
def test_residuals_of_one_factor_are_looked_at_where_no_other_varies_within_it(example, formula, group, other):
    """Of six samples per plate the first is always the same one: rows one place apart would be correlated by -1.5."""
    sentence = other_factor_sentence(lc.compare(formula, examples.load(example), group=group))
    assert f"{other} varies within" in sentence if other else not sentence
