"""Leaving a group out: against lme4 and `lmer` on the table without it, and at the fitted variances against GLS."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare, lmer
from lmmcompare.errors import DesignError
from lmmcompare.inference import influence
from lmmcompare.inference.group_refits import WithoutGroup
from lmmcompare.inference.influence import leave_one_group_out
from lmmcompare.inference.leave_group_out import LeftOut
from lmmcompare.models import MixedResult
from tests.helpers import CASES, TESTS, comparison, data, table

KNOWN = json.loads((TESTS / "reference" / "diagnostics.json").read_text())


def without(fit: MixedResult) -> WithoutGroup:
    return leave_one_group_out(fit.fit, fit.moments, fit.columns)


def worst(
    fit: MixedResult, optima: WithoutGroup, frame: pd.DataFrame, group: str, which: list[int] | None = None
) -> float:
    """The largest distance, in standard errors, from `lmer` on the table without a group."""
    levels = list(fit.design.grouping.levels)
    refits = {
        j: lmer(fit.formula, frame[frame[group].astype(str) != str(levels[j])], reml=fit.reml)
        for j in (range(len(levels)) if which is None else which)
    }
    return max(float((np.abs(r.params - optima.beta[:, j]) / fit.bse).max()) for j, r in refits.items())


@pytest.mark.parametrize("case", KNOWN)
def test_every_group_as_lme4_without_it(case: str) -> None:
    known = KNOWN[case]
    frame = data(case) if case in CASES else table(known["data"])
    fit = lmer(known["formula"], frame)
    optima = without(fit)
    assert [str(v) for v in fit.design.grouping.levels] == known["levels"]
    # lme4 stops within 1e-8 of the best criterion, so its theta and what depends on it are good to some 1e-5
    estimate = np.reshape(known["beta"], (len(known["levels"]), -1)).T
    np.testing.assert_allclose(optima.beta, estimate, atol=1e-5 * fit.bse.min(), rtol=1e-5)
    np.testing.assert_allclose(optima.sigma, known["sigma"], rtol=1e-5)
    theta = np.reshape(known["theta"], (len(known["levels"]), -1)).T
    np.testing.assert_allclose(optima.theta, theta, atol=2e-4)
    n, p = len(known["levels"]), len(fit.params)
    np.testing.assert_allclose(optima.cooks_distance(fit.fit) * (n - p) / n, known["cooks"], rtol=1e-4, atol=1e-8)
    assert optima.converged.all()


@pytest.mark.parametrize(
    ("formula", "reml"),
    [
        ("Reaction ~ Days + (Days | Subject)", True),
        ("Reaction ~ Days + (Days | Subject)", False),
        ("Reaction ~ Days + (Days || Subject)", True),
        ("Reaction ~ Days + (0 + Days | Subject)", True),
        ("Reaction ~ 0 + Days + (1 | Subject)", False),
    ],
)
def test_every_group_as_lmer_without_it(formula: str, reml: bool) -> None:
    frame = table("sleepstudy")
    fit = lmer(formula, frame, reml=reml)
    # two routes to the same optimum: what is left is the last Newton step
    assert worst(fit, without(fit), frame, "Subject") < 1e-8


@pytest.mark.parametrize("seed", range(12))
def test_unbalanced_and_singular_designs(seed: int) -> None:
    rng = np.random.default_rng(seed)
    size = rng.integers(1, 15, size=rng.integers(6, 25))
    size[0] = 60
    g = np.repeat(np.arange(len(size)), size)
    x = rng.normal(size=len(g)) + rng.normal(size=len(size))[g]
    spread, slope = rng.choice([0.0, 0.3, 2.0]), rng.choice([0.0, 0.5])
    y = x + spread * rng.normal(size=len(size))[g] + slope * x * rng.standard_t(3, size=len(size))[g]
    frame = pd.DataFrame({"g": g, "x": x, "y": y + rng.normal(size=len(g))})
    formula = ("y ~ x + (1 | g)", "y ~ x + (x | g)", "y ~ x + (x || g)")[seed % 3]
    fit = lmer(formula, frame, reml=bool(seed % 2))
    optima = without(fit)
    # near the boundary the criterion is flat: 1e-6 of a standard error is what a certified optimum gives
    assert worst(fit, optima, frame, "g") < 1e-6
    assert optima.converged.all()


def many(seed: int, n_groups: int = 400, spread: float = 0.7) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    g = np.repeat(np.arange(n_groups), rng.integers(2, 12, size=n_groups))
    x = rng.normal(size=len(g)) + rng.normal(size=n_groups)[g]
    own = spread * rng.standard_t(3, size=(2, n_groups))
    return pd.DataFrame({"g": g, "x": x, "y": x + own[0][g] + own[1][g] * x / 2 + rng.normal(size=len(g))})


@pytest.mark.parametrize(
    ("formula", "spread"),
    [("y ~ x + (1 | g)", 0.7), ("y ~ x + (x | g)", 0.7), ("y ~ x + (x || g)", 3.0), ("y ~ x + (x | g)", 0.0)],
)
def test_many_groups_by_expansion(formula: str, spread: float) -> None:
    frame = many(5, spread=spread)
    fit = lmer(formula, frame)
    optima = without(fit)
    moved = np.abs(optima.changes(fit.fit)).max(axis=0)
    which = [*np.argsort(moved)[-3:], *np.argsort(np.abs(optima.sigma - fit.sigma))[-3:], 17, 200]
    # the expansion leaves out terms of 1e-8 of the sums
    assert worst(fit, optima, frame, "g", which) < 1e-6
    assert optima.converged.all()


def test_expansion_and_refits_agree_on_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    fit = lmer("y ~ x + (x | g)", many(3, n_groups=200))
    refits = without(fit)
    monkeypatch.setattr(influence, "FEW", 0)
    expanded = without(fit)
    for name, scale in {"vcov": 1e-6, "covariance": 1e-5, "theta": 1e-5, "sigma": 1e-7}.items():
        a, b = getattr(refits, name), getattr(expanded, name)
        np.testing.assert_allclose(b, a, atol=scale * np.abs(a).max(), err_msg=name)
    np.testing.assert_array_equal(expanded.singular, refits.singular)


def test_a_group_out_of_the_expansions_reach_is_refitted(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = many(1)
    frame.loc[frame["g"] == 7, "y"] += 200.0
    fit = lmer("y ~ x + (1 | g)", frame)
    called: list[int] = []
    refit = influence._store_refits
    monkeypatch.setattr(influence, "_store_refits", lambda *a: (called.extend(a[3]), refit(*a))[1])
    optima = without(fit)
    assert 7 in called and len(called) < 10
    assert worst(fit, optima, frame, "g", [7, 8]) < 1e-6
    assert optima.sigma[7] < fit.sigma or optima.covariance[0, 0, 7] < fit.cov_re["g"].iloc[0, 0] / 5


def test_what_the_other_groups_cannot_carry_is_unknown() -> None:
    rng = np.random.default_rng(2)
    g = np.repeat(list("abcdef"), 4)
    frame = pd.DataFrame({"g": g, "x": np.where(g == "c", rng.normal(size=24), 0.0), "y": rng.normal(size=24)})
    fit = lmer("y ~ x + (1 | g)", frame)
    beta = without(fit).beta
    assert np.isnan(beta[:, 2]).all() and np.isfinite(np.delete(beta, 2, axis=1)).all()
    two = lmer("y ~ 1 + (1 | g)", frame[frame["g"].isin(["a", "b"])])
    assert np.isnan(without(two).beta).all()


def test_several_factors_are_refused() -> None:
    fit = lmer("diameter ~ 1 + (1 | plate) + (1 | sample)", table("penicillin"))
    with pytest.raises(DesignError, match="2 grouping factors"):
        without(fit)


@pytest.mark.parametrize("case", ["cv161703_ri", "sleepstudy_rs", "exam_rs"])
def test_at_the_fitted_variances_it_is_gls_without_that_group(case: str) -> None:
    both, frame = comparison(case), data(case)
    fit, group = both.mixed, both.group
    model = LeftOut.of(fit.fit, both.moments, fit.columns)
    groups = np.flatnonzero(model.known())
    change = model.at_shared(model.fitted, groups).beta  # in centred and scaled columns
    found = fit.fit.beta[:, None] + both.moments.scale[-1] * fit.fit.problem.fixed.to_units @ change.T
    covariance = fit.cov_re[group].to_numpy()
    X = np.column_stack([np.ones(len(frame)) if k == -1 else both.design.columns[k][:] for k in fit.columns])
    Z = np.column_stack([np.ones(len(frame)) if k == -1 else both.design.columns[k][:] for k in fit.random_columns])
    y, codes = both.design.columns[-1][:], np.asarray(both.design.grouping.codes)
    for at in (0, 3, len(groups) - 1):
        xx, xy = 0.0, 0.0
        for j in set(codes) - {groups[at]}:
            rows = codes == j
            V = fit.scale * np.eye(rows.sum()) + Z[rows] @ covariance @ Z[rows].T
            xx = xx + X[rows].T @ np.linalg.solve(V, X[rows])
            xy = xy + X[rows].T @ np.linalg.solve(V, y[rows])
        np.testing.assert_allclose(found[:, at], np.linalg.solve(xx, xy), rtol=1e-8, atol=1e-10)


def test_within_between_fits_too() -> None:
    both = compare("Y ~ X + (1 | ID)", table("cv161703"))
    fit = both.fits["within_between"]
    optima = without(fit)
    frame = table("cv161703")
    frame["X_mean"] = frame.groupby("ID")["X"].transform("mean")
    again = lmer("Y ~ X + X_mean + (1 | ID)", frame)
    np.testing.assert_allclose(optima.beta, without(again).beta, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("formula", ["y ~ x + (1 | g)", "y ~ x + (x | g)", "y ~ x + (x || g)"])
def test_the_expansions_are_the_sums(formula: str) -> None:
    fit = lmer(formula, many(1))
    model = LeftOut.of(fit.fit, fit.moments, fit.columns)
    for sums in model.expansions():
        for entries in np.random.default_rng(2).uniform(-1, 1, size=(3, len(fit.theta))) * sums.reach:
            covariance = model.fitted + model.parts.matrices(entries[None])[:, :, 0]
            optima = sums.without(np.array([4]), covariance[:, :, None])
            log_det, products = model.parts.total(covariance)
            own = model.parts.own(np.array([4]), covariance[:, :, None])
            # what is left out is of the size of TRUNCATION relative to the sums
            np.testing.assert_allclose(optima.log_det, log_det - own.log_det, atol=1e-6 * model.parts.n_groups)
            total = products - own.products[0]
            np.testing.assert_allclose(optima.products[0], total, atol=1e-6 * np.abs(total).max())


@pytest.mark.slow
def test_random_designs() -> None:
    """200 random designs, every group of each: singular, unbalanced, with lone rows; about 20 s."""
    for seed in range(200):
        rng = np.random.default_rng(seed)
        size = rng.integers(1, 15, size=rng.integers(4, 40))
        g = np.repeat(np.arange(len(size)), size)
        x = rng.normal(size=len(g)) + rng.normal(size=len(size))[g] * rng.choice([0, 1, 3])
        spread, slope = rng.choice([0.0, 0.3, 2.0]), rng.choice([0.0, 0.3, 1.0])
        y = x + spread * rng.normal(size=len(size))[g] + slope * x * rng.standard_t(3, size=len(size))[g]
        frame = pd.DataFrame({"g": g, "x": x, "y": y + rng.normal(size=len(g))})
        formula = ("y ~ x + (1 | g)", "y ~ x + (x | g)", "y ~ x + (x || g)", "y ~ 1 + (1 | g)")[seed % 4]
        if len(frame) <= 2 * len(size) + 14:
            continue
        fit = lmer(formula, frame, reml=bool(rng.integers(2)))
        optima = without(fit)
        for j in range(len(size)):
            again = lmer(formula, frame[frame["g"] != j], reml=fit.reml)
            near = (np.abs(again.params - optima.beta[:, j]) / fit.bse).max() < 1e-5
            # two minima are possible: then the lower one counts
            assert near or np.abs(again.theta - optima.theta[:, j]).max() > 0.05, (seed, j)
