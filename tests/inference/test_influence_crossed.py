"""Models with several grouping factors without each level of one: against lme4 fitted to the other rows."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from lmmcompare import lmer
from lmmcompare.inference.group_refits import refit
from lmmcompare.inference.influence_crossed import leave_each_level_out
from lmmcompare.models import MixedResult
from lmmcompare.models.gathering import crossed_rows
from tests.helpers import TESTS, data, table

KNOWN = json.loads((TESTS / "reference" / "influence_crossed.json").read_text())


def without_each(fit: MixedResult):
    *_, (_, result) = leave_each_level_out(fit.fit, crossed_rows(fit), fit.focal)
    return result


@pytest.mark.parametrize("case", [name for name in KNOWN if name != "insteval_d"])
def test_every_level_as_lme4_without_it(case: str) -> None:
    known = KNOWN[case]
    frame = table(known["data"])
    weights = np.resize([1.0, 2.0, 3.0], len(frame)) if known["weighted"] else None
    fit = lmer(known["formula"], frame, weights=weights)
    result = without_each(fit)
    assert [str(v) for v in fit.groupings[fit.focal].levels] == known["levels"]
    beta, se = (np.reshape(known[name], (len(known["levels"]), -1)).T for name in ("beta", "se"))
    # lme4 stops within 1e-8 of the best criterion, so estimates of spread, and what depends on them, are good to some 1e-5
    np.testing.assert_allclose(result.beta, beta, atol=1e-4 * fit.bse.min())
    np.testing.assert_allclose(np.sqrt(np.einsum("ppj->pj", result.vcov)), se, rtol=1e-4)
    np.testing.assert_allclose(result.sigma, known["sigma"], rtol=1e-5)
    own = fit.fit.problem.factor_rows[fit.focal]
    sd = np.sqrt(np.einsum("kkj->kj", result.covariance[own, own]))
    np.testing.assert_allclose(sd, np.reshape(known["sd"], (len(known["levels"]), -1)).T, atol=2e-4 * sd.max())
    assert result.converged.all()


def test_levels_of_many_as_lme4_without_them() -> None:
    known = KNOWN["insteval_d"]
    fit = lmer(known["formula"], data("insteval_crossed"))
    rows, levels = crossed_rows(fit), [str(v) for v in fit.groupings[fit.focal].levels]
    for k, level in enumerate(known["levels"]):
        again = refit(fit.fit, rows.without(fit.focal, levels.index(level)))
        assert again is not None and again.optimum.converged
        estimates = again.estimates
        np.testing.assert_allclose(estimates.beta, known["beta"][k], rtol=1e-5, atol=1e-5 * fit.bse.min())
        np.testing.assert_allclose(np.sqrt(estimates.sigma2), known["sigma"][k], rtol=1e-6)


def test_three_factors_and_nearly_collinear_columns_as_lmer_without_each_level() -> None:
    rng = np.random.default_rng(4)
    a, b, c = rng.integers(0, 8, 300), rng.integers(0, 7, 300), rng.integers(0, 6, 300)
    x = rng.normal(size=300)
    z = x + 1e-4 * rng.normal(size=300)
    y = x + rng.normal(size=8)[a] + rng.normal(size=7)[b] + x * rng.normal(size=6)[c] + rng.normal(size=300)
    frame = pd.DataFrame({"a": a, "b": b, "c": c, "x": x, "z": z, "y": y})
    formula = "y ~ x + z + (1 | a) + (1 | b) + (x | c)"
    fit = lmer(formula, frame, reml=False)
    result = without_each(fit)
    for level in range(8):
        again = lmer(formula, frame[frame["a"] != level], reml=False)
        # x and z differ by 1e-4: their coefficients have so many digits less
        np.testing.assert_allclose(result.beta[:, level], again.params, atol=1e-5 * fit.bse.max())
        np.testing.assert_allclose(result.sigma[level], again.sigma, rtol=1e-6)


def test_what_the_other_rows_cannot_carry_is_unknown() -> None:
    rng = np.random.default_rng(2)
    a, b = np.repeat(np.arange(6), 8), np.tile(np.arange(4), 12)
    frame = pd.DataFrame({"a": a, "b": b, "x": np.where(a == 2, rng.normal(size=48), 0.0), "y": rng.normal(size=48)})
    result = without_each(lmer("y ~ x + (1 | a) + (1 | b)", frame))
    assert np.isnan(result.beta[:, 2]).all() and np.isfinite(np.delete(result.beta, 2, axis=1)).all()
    only = lmer("y ~ 1 + (1 | b) + (1 | a)", frame[frame["b"] < 2])
    assert only.group == "b" and np.isnan(without_each(only).beta).all()  # one level is left, and no variance between
