"""Likelihoods without a maximum against dense algebra: the rank of all columns, and a deviance that goes on falling."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare, infer, lmer
from lmmcompare.assess.convergence import convergence_sentences
from lmmcompare.assess.intervals import intervals
from lmmcompare.assess.likelihood_ratio import likelihood_ratio
from lmmcompare.assess.model_choice import which_model
from lmmcompare.errors import DesignError
from lmmcompare.fit.unbounded import is_unbounded
from lmmcompare.tables.coefficients import coefficient_table

BLOCKS = {"(1 | g)": [[0]], "(0 + x | g)": [[1]], "(x || g)": [[0], [1], [0, 1]], "(x | g)": [[0, 1]]}
"""The random coefficients that may have variances beside a residual variance of 0."""


def few_repeats(seed: int, groups: int, further: int) -> pd.DataFrame:
    """Groups of one row, the first few of which have a further one."""
    rng = np.random.default_rng(seed)
    g = np.concatenate([np.arange(groups), np.arange(further) % max(groups // 5, 1)])
    x = rng.normal(size=len(g)) + 1
    y = 1 + 0.5 * x + rng.normal(size=groups)[g] + rng.normal(size=len(g))
    return pd.DataFrame({"y": y, "x": x, "g": [f"g{i}" for i in g]})


def columns(frame: pd.DataFrame) -> tuple[np.ndarray, list[np.ndarray]]:
    x, dummies = frame["x"].to_numpy(), pd.get_dummies(frame["g"]).to_numpy(float)
    return np.column_stack([np.ones(len(x)), x]), [dummies, dummies * x[:, None]]


@pytest.mark.parametrize(
    ("random", "further"), [(r, f) for r in BLOCKS for f in (1, 2, 3, 21) if r != "(x | g)" or f == 21]
)
def test_there_is_no_maximum_where_random_and_fixed_effects_fit_every_row(random: str, further: int) -> None:
    """y is in the span of [X Z], Z itself being of less than full rank."""
    frame = few_repeats(further, 20, further)
    fixed, random_columns = columns(frame)
    exact = False
    for block in BLOCKS[random]:
        z = np.column_stack([random_columns[k] for k in block])
        whole = np.linalg.matrix_rank(np.column_stack([z, fixed]))
        exact |= whole == len(frame) and np.linalg.matrix_rank(z) < len(frame)
    fit = lmer(f"y ~ x + {random}", frame)
    assert is_unbounded(replace(fit.fit.problem, reml=False)) == exact
    assert not is_unbounded(fit.fit.problem)
    assert fit.by_ml.has_no_maximum == exact
    assert exact == (further == 1)  # both outcomes are met


def test_the_deviance_falls_without_end() -> None:
    """By 2 (n - r) log 10 = 2 log 10 where the relative standard deviation grows tenfold."""
    frame = few_repeats(1, 20, 1)
    x, (z, _) = columns(frame)
    y, n = frame["y"].to_numpy(), len(frame)

    def deviance(relative: float) -> float:
        v = np.eye(n) + relative**2 * z @ z.T
        inverse = np.linalg.inv(v)
        left = y - x @ np.linalg.solve(x.T @ inverse @ x, x.T @ inverse @ y)
        return float(np.linalg.slogdet(v)[1] + n * np.log(left @ inverse @ left))

    # rounding: V's condition is 1e8 and the sum of squares left is 1e-8 of what it is taken from
    assert deviance(1e3) - deviance(1e4) == pytest.approx(2 * np.log(10), rel=1e-2)
    fit = lmer("y ~ x + (1 | g)", frame, reml=False)
    assert fit.has_no_maximum and not fit.converged and np.isnan(fit.llf)
    assert "NO maximum" in fit.summary()
    assert "no maximum" in convergence_sentences(fit)


def test_what_rests_on_the_likelihood_says_that_it_has_no_maximum() -> None:
    """The flag that was shown was the REML fit's, and AIC ranked the models."""
    frame = few_repeats(1, 20, 1)
    one, two = compare("y ~ x + (1 | g)", frame), lmer("y ~ x + (x || g)", frame)
    assert one.random_intercept.converged
    statistics = one.statistics().set_index("model").loc["random_intercept"]
    assert not statistics["converged"] and statistics[["loglik", "aic", "bic"]].isna().all()
    choice = which_model(one)
    assert "“Random intercept” is left out: By maximum likelihood it has no best fit" in choice.sentence
    row = choice.information.set_index("model").loc["random_intercept"]
    assert row["problem"] and np.isnan(row["weight"])
    with pytest.raises(DesignError, match="no best fit"):
        likelihood_ratio(lmer("y ~ 1 + (1 | g)", frame), one.random_intercept)
    assert likelihood_ratio(one.random_intercept, two).df == 1  # by REML
    table = coefficient_table(one)
    cells = {r.label: [c.main for c in r.cells] for r in table.rows}
    assert "no maximum" in cells["Log-likelihood (by ML)"] and "no maximum" in cells["AIC (by ML, smaller is better)"]


@pytest.mark.parametrize("formula", ["y ~ x + (1 | g)", "y ~ x + (x || g)"])
def test_there_is_no_profile_of_a_likelihood_without_a_maximum(formula: str) -> None:
    """The search ran to where no fixed effect can be told, and ended the page."""
    comparison = compare(formula, few_repeats(1, 20, 1))
    limits = intervals(comparison.mixed, "profile")
    assert limits[["lower", "upper"]].isna().all(axis=None) and limits["note"].str.contains("has no maximum").all()
    inferred, wald = infer(comparison, intervals="profile"), infer(comparison)
    assert not inferred.limits and inferred.intervals == "Wald"
    assert "the likelihood has no maximum, and so no profile" in inferred.words
    pd.testing.assert_frame_equal(inferred.within(), wald.within())


@pytest.mark.parametrize(("seed", "random", "further"), [(16, "(1 | g)", 1), (8, "(1 | g)", 1), (27, "(x || g)", 2)])
def test_reml_that_goes_to_a_residual_variance_of_0_is_no_end_point(seed: int, random: str, further: int) -> None:
    """REML's dense criterion falls towards a limit there; the page said "checked", and "the fit is not singular"."""
    frame = few_repeats(seed, 20, further)
    x, z = columns(frame)
    y, n = frame["y"].to_numpy(), len(frame)
    fit = lmer(f"y ~ x + {random}", frame)

    def criterion(relative: float) -> float:
        parts = z[: len(fit.theta)]
        v = np.eye(n) + relative**2 * sum(own**2 * part @ part.T for own, part in zip(fit.theta, parts, strict=True))
        inverse = np.linalg.inv(v)
        xx = x.T @ inverse @ x
        left = y - x @ np.linalg.solve(xx, x.T @ inverse @ y)
        rest = (n - x.shape[1]) * np.log(left @ inverse @ left)
        return float(np.linalg.slogdet(v)[1] + np.linalg.slogdet(xx)[1] + rest)

    size = 1 / fit.theta.max()  # relative SDs of up to 1, 10, 100, 1,000
    falls = np.diff([criterion(size * t) for t in (1.0, 10.0, 100.0, 1000.0)])
    assert (falls < 0).all() and abs(falls[-1]) < 0.05 < abs(falls[-2])
    assert not fit.converged and not fit.has_no_maximum and fit.residual_vanishes
    said = convergence_sentences(fit)
    assert "The residual variance went to 0" in said and "singular" not in said
