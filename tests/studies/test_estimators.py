"""Many replicates as one array against the public engine, one data set after another."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import lmmcompare
from lmmcompare.fit.bases import CONSTANT
from lmmcompare.inference.robust import cluster_robust
from lmmcompare.moments.row_pass import compute
from lmmcompare.simulate.design import design
from lmmcompare.simulate.outcome import outcomes
from lmmcompare.simulate.settings import Settings
from lmmcompare.studies import least_squares
from lmmcompare.studies.batch_run import draw_rows
from lmmcompare.studies.estimators import ESTIMATORS, Estimates
from lmmcompare.studies.models import absent_models, terms_of
from lmmcompare.studies.plan import Plan
from tests.effort import examples

# Settings, whether the design is fixed, replicates, and how many fits of the random intercept and of the random slope are
# singular, from and to.
CASES = {
    "balanced": (Settings(20, 10, tau0=0.15), False, 60, (3, 45), (30, 59)),
    "unbalanced, random slope": (
        Settings(15, 8, spread=0.8, tau0=0.7, tau1=0.3, rho=-0.4), False, 60, (0, 3), (6, 45)
    ),
    "fixed design, contextual effect": (Settings(12, 6, rho_mean=0.8, x_mean=50), True, 50, (0, 30), (10, 49)),
    "predictor between, few groups": (Settings(6, 7, varies="between", tau0=0.3), False, 60, (6, 45), ()),
    "predictor within, dropout": (Settings(25, 6, dropout=0.3, predictor="time"), False, 50, (0, 5), (5, 49)),
    "binary within, large numbers": (
        Settings(8, 9, predictor="binary", varies="within", intercept=1e5, tau0=200, sigma=300), True, 50, (0, 35), (10, 49),
    ),
    "no predictor": (Settings(9, (2, 1, 5, 3, 3, 8, 1, 4, 6), predictor="none", tau0=0.4), False, 50, (5, 40), ()),
}  # fmt: skip


def tables(settings: Settings, fixed: bool, replicates: range) -> list[pd.DataFrame]:
    """The rows of each replicate."""
    drawn = design(settings) if fixed else design(settings, replicates)
    x = np.broadcast_to(drawn.x, (len(replicates), len(drawn.codes)))
    name = settings.x_name or "x"
    return [
        pd.DataFrame({"y": y, name: row, "group": drawn.codes})
        for y, row in zip(outcomes(settings, drawn, replicates), x, strict=True)
    ]


def batch(settings: Settings, fixed: bool, replicates: range) -> dict[str, Estimates]:
    """Every model that such data can carry."""
    plan = Plan.of(settings, replicates.stop, settings.seed, fixed_design=fixed)
    moments = draw_rows(plan, replicates).moments()
    return {model: ESTIMATORS[model](moments, len(replicates)) for model in plan.models if model in ESTIMATORS}


def same(found: Estimates, b: int, table: pd.DataFrame, df: float = 1e-10) -> None:
    """Replicate b is the single fit, whose degrees of freedom are as good as ``df``."""
    se = table["se"].to_numpy()
    # both searches end with a Newton step that promised less than 1e-12
    np.testing.assert_allclose(found.estimate[b] / se, table["estimate"] / se, rtol=0, atol=1e-8)
    np.testing.assert_allclose(found.se[b], se, rtol=1e-8)
    np.testing.assert_allclose(found.df[b], table["df"], rtol=df)
    # limits depend on the degrees of freedom smoothly
    limits = found.estimate[b] + np.array([[-1], [1]]) * found.reach(0.05)[b]
    np.testing.assert_allclose(limits / se, table[["lower", "upper"]].T / se, rtol=0, atol=5 * df + 1e-7)


@pytest.mark.parametrize("name", CASES)
def test_replicates_as_one_array_are_comparisons_one_by_one(name: str) -> None:
    settings, fixed, size, *singular = CASES[name]
    found = batch(settings, fixed, range(size))
    for model, limits in zip(("random_intercept", "random_slope"), singular, strict=True):
        if limits:
            assert limits[0] <= found[model].singular.sum() <= limits[1]
    absent = [m for m in absent_models(settings) if m in ESTIMATORS]
    for b, table in enumerate(tables(settings, fixed, range(examples(size)))):
        comparison = lmmcompare.compare(settings.formula, table)
        single = comparison.coefficients().set_index("model")
        for model, estimates in found.items():
            assert terms_of(settings, model) == single.loc[[model], "term"].tolist()
            # the single fit's derivatives are central differences with a step of 1e-4
            same(estimates, b, single.loc[[model]], df=2e-5 if model in comparison.mixed_fits() else 1e-10)
            if model in comparison.mixed_fits():
                assert estimates.singular[b] == comparison.mixed_fits()[model].singular
        # a model that we say cannot be fitted, the comparison does not fit either, or has nothing to say of
        for model in absent:
            assert model in comparison.absent or not single.loc[single.index == model, "estimate"].notna().any()
    assert all(e.usable.all() for e in found.values())


def test_ols_is_lm() -> None:
    settings = Settings(7, 5)
    found = batch(settings, False, range(20))
    for b, table in enumerate(tables(settings, False, range(20))):
        same(found["ols"], b, lmmcompare.lm("y ~ x", table).table())
        same(found["ols_robust"], b, lmmcompare.lm("y ~ x", table, cluster="group").table())


@pytest.mark.parametrize("p", [1, 3, 4])
def test_cluster_robust_errors_of_any_number_of_columns(p: int) -> None:
    """A group of one row that a dummy of its own explains has a leverage of 1, and the dummy no clustered error."""
    random, size, groups = np.random.default_rng(p), 5, 9
    codes = np.repeat(np.arange(groups), [1, 2, 3, 4, 5, 6, 7, 8, 9])
    x = random.normal(size=(size, p - 1, len(codes))) * 10.0 ** np.arange(p - 1)[:, None] + 3
    if p > 2:
        x[:, 0] = codes == 0
    y = random.normal(size=(size, groups))[:, codes] + random.normal(size=(size, len(codes)))
    columns, all_codes = [CONSTANT, *range(p - 1)], (np.arange(size)[:, None] * groups + codes).ravel()
    moments = compute([*(x[:, k].ravel() for k in range(p - 1)), y.ravel()], all_codes, y.size, size * groups)
    se, df = least_squares.cr2(least_squares.ols(moments, columns, size))
    for b in range(size):
        single = cluster_robust(compute([*x[b], y[b]], codes, len(codes), groups), columns, "CR2")
        np.testing.assert_allclose(se[b], single.se, rtol=1e-8)
        np.testing.assert_allclose(df[b], single.df, rtol=1e-7)  # a difference of traces: it loses a digit


def test_a_replicate_that_cannot_be_fitted_is_left_out_and_harms_no_other() -> None:
    settings = Settings(5, 4)
    y = np.array([t["y"] for t in tables(settings, False, range(4))])
    x = np.array([t["x"] for t in tables(settings, False, range(4))])
    codes = np.repeat(np.arange(5), 4)
    x[1], x[2] = 3.0, codes.astype(float)  # constant everywhere; constant within groups
    moments = compute([x.ravel(), y.ravel()], (np.arange(4)[:, None] * 5 + codes).ravel(), 80, 20)
    found = {model: estimator(moments, 4) for model, estimator in ESTIMATORS.items()}
    for model, estimates in found.items():
        here = model in ("ols", "ols_robust", "random_intercept")
        assert estimates.usable.tolist() == [True, False, here, True], model
    for b in (0, 3):
        frame = pd.DataFrame({"y": y[b], "x": x[b], "group": codes})
        single = lmmcompare.compare("y ~ x + (1 | group)", frame).coefficients().set_index("model")
        for model, estimates in found.items():
            same(estimates, b, single.loc[[model]], df=2e-5)
    single = lmmcompare.lm("y ~ x", pd.DataFrame({"y": y[1], "x": x[1]}))
    assert single.params.index.tolist() == ["Intercept"] and single.aliased.index.tolist() == ["x"]
