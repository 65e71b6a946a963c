"""Kenward and Roger's method against pbkrtest, and against the formulas of their paper on whole matrices."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import lmmcompare
from lmmcompare.errors import DesignError, TooLargeError
from lmmcompare.inference import kenward_roger as module
from lmmcompare.inference.kenward_roger import kenward_roger, scaled_f
from lmmcompare.inference.small_sample import FTest
from lmmcompare.models import MixedResult
from tests.dense import Dense
from tests.fit.test_criterion import MODELS, make_frame
from tests.helpers import CASES as EVERY_CASE
from tests.helpers import reference, table

CASES = {case: columns for case, columns in EVERY_CASE.items() if "kenward_roger" in reference(case)["reml"]}
"""Those small enough for pbkrtest; fits with a variance of 0 and with a correlation of 1 are among them."""


def fitted(case: str) -> MixedResult:
    frame = table(reference(case)["data"])
    frame = frame.assign(**{name: frame[name].astype(str) for name in CASES[case]})
    if case == "dragons_mundlak":
        frame["bodyLength2_mean"] = frame.groupby("mountainRange")["bodyLength2"].transform("mean")
    return lmmcompare.lmer(reference(case)["formula"], frame)


@pytest.mark.parametrize("case", CASES)
def test_standard_errors_and_df_are_those_of_pbkrtest(case: str) -> None:
    """lme4's theta is good to about 1e-5, of which the standard errors inherit 1e-6 and the df less."""
    known = reference(case)["reml"]["kenward_roger"]
    ours = fitted(case)
    np.testing.assert_allclose(ours.bse_kenward_roger, known["se"], rtol=1e-6)
    np.testing.assert_allclose(ours.df_kenward_roger, known["df"], rtol=1e-6)


def on_whole_matrices(dense: Dense, covariances: list[np.ndarray], sigma2: float, rows: np.ndarray) -> dict[str, Any]:
    """Kenward and Roger (1997), eqs 3, 5 and section 4, with the residual variance among the parameters."""
    n = len(dense.y)
    directions = [np.eye(n)]
    v = sigma2 * np.eye(n)
    for parts, covariance in zip(dense.Z, covariances, strict=True):
        v += sum(z @ covariance @ z.T for z in parts)
        for i in range(len(covariance)):
            for j in range(i + 1):
                unit = np.zeros_like(covariance)
                unit[i, j] = unit[j, i] = 1.0
                directions.append(sum(z @ unit @ z.T for z in parts))
    inverse, X = np.linalg.inv(v), dense.X
    phi = np.linalg.inv(X.T @ inverse @ X)
    weighted = [inverse @ g @ inverse for g in directions]
    p = [-X.T @ w @ X for w in weighted]
    q = [[X.T @ a @ g @ inverse @ X for g in directions] for a in weighted]
    projection = inverse - inverse @ X @ phi @ X.T @ inverse
    m = len(directions)
    information = np.array([[np.trace(projection @ a @ projection @ b) for b in directions] for a in directions]) / 2
    w = np.linalg.inv(information)
    excess = sum(w[r, s] * (q[r][s] - p[r] @ phi @ p[s]) for r in range(m) for s in range(m))
    adjusted = phi + 2 * phi @ excess @ phi
    theta = rows.T @ np.linalg.inv(rows @ phi @ rows.T) @ rows
    u = [theta @ phi @ a @ phi for a in p]
    a1 = sum(w[r, s] * np.trace(u[r]) * np.trace(u[s]) for r in range(m) for s in range(m))
    a2 = sum(w[r, s] * np.trace(u[r] @ u[s]) for r in range(m) for s in range(m))
    beta = phi @ X.T @ inverse @ dense.y
    wald = rows @ beta @ np.linalg.solve(rows @ adjusted @ rows.T, rows @ beta)
    return {"adjusted": adjusted, "a1": a1, "a2": a2, "mean": wald / len(rows)}


def moments_of_f(q: int, a1: float, a2: float) -> tuple[float, float]:
    """Denominator df and scaling that give F the paper's mean and variance E* and V* (1997, eqs 6 to 9)."""
    b = (a1 + 6 * a2) / (2 * q)
    g = ((q + 1) * a1 - (q + 4) * a2) / ((q + 2) * a2)
    c1, c2, c3 = (k / (3 * q + 2 * (1 - g)) for k in (g, q - g, q + 2 - g))
    mean = 1 / (1 - a2 / q)
    variance = 2 / q * (1 + c1 * b) / ((1 - c2 * b) ** 2 * (1 - c3 * b))
    rho = variance / (2 * mean**2)
    df = 4 + (q + 2) / (q * rho - 1)
    return df, df / (mean * (df - 2))


def compare(result: MixedResult, dense: Dense, rows: np.ndarray) -> None:
    known = on_whole_matrices(dense, list(result.fit.covariances), result.scale, rows)
    ours = kenward_roger(result.fit)
    se = np.sqrt(np.diag(known["adjusted"]))
    np.testing.assert_allclose(ours.se(), se, rtol=1e-8)
    test = ours.f_test(rows)
    df, scaling = moments_of_f(len(rows), known["a1"], known["a2"])
    assert test.num_df == len(rows)
    assert test.den_df == pytest.approx(df, rel=1e-6)
    assert test.scaling == pytest.approx(scaling, rel=1e-7)
    assert test.statistic == pytest.approx(scaling * known["mean"], rel=1e-7)


@pytest.mark.parametrize("name", MODELS)
def test_one_factor_is_the_paper_on_whole_matrices(name: str) -> None:
    model = MODELS[name]
    for seed in (1, 2):
        frame = make_frame(seed, groups=9)
        result = lmmcompare.lmer(model.formula, frame)
        dense = Dense(frame, "y", model.fixed, model.blocks, "g")
        compare(result, dense, np.random.default_rng(seed).normal(size=(min(2, len(result.names)), len(result.names))))


@pytest.mark.parametrize(
    ("formula", "blocks", "groups"),
    [
        ("y ~ x + z + (1 | g) + (1 | h)", ["1", "1"], ["g", "h"]),
        ("y ~ x + z + (x | g) + (z | h)", ["1x", "1z"], ["g", "h"]),
        ("y ~ x + z + (1 | g) + (x | h) + (1 | k)", ["1", "1x", "1"], ["g", "h", "k"]),
        ("y ~ x + z + (x || g) + (0 + z | h)", ["1", "x", "z"], ["g", "g", "h"]),
    ],
)
def test_several_factors_are_the_paper_on_whole_matrices(formula: str, blocks: list[str], groups: list[str]) -> None:
    random = np.random.default_rng(5)
    frame = make_frame(5, groups=12)
    frame["h"], frame["k"] = random.choice(list("pqrstu"), len(frame)), random.choice(list("abcd"), len(frame))
    frame["y"] += frame["h"].map({k: v for k, v in zip("pqrstu", random.normal(size=6), strict=True)})
    result = lmmcompare.lmer(formula, frame)
    # the package orders the blocks by factor, the one with the most levels first: g, h, k here too
    compare(result, Dense(frame, "y", "1xz", blocks, groups), np.eye(3)[1:])


def test_the_route_of_several_factors_gives_the_same_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    result = lmmcompare.lmer("y ~ x + z + (x + z | g)", make_frame(3, groups=10))
    block = kenward_roger(result.fit)
    monkeypatch.setattr(module, "of_one_factor", module._several_factors)
    dense = kenward_roger(result.fit)
    np.testing.assert_allclose(dense.adjusted, block.adjusted, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(dense.df(), block.df(), rtol=1e-9)


def test_units_and_offsets_do_not_matter() -> None:
    """Years instead of decades since 2000: the same tests, and standard errors in the new units."""
    frame = make_frame(4, groups=10)
    far = frame.assign(x=frame["x"] * 10 + 2e5, y=frame["y"] * 1e-3 + 50)
    plain, moved = (lmmcompare.lmer("y ~ x + z + (x | g)", d) for d in (frame, far))
    np.testing.assert_allclose(moved.df_kenward_roger[1:], plain.df_kenward_roger[1:], rtol=1e-6)
    np.testing.assert_allclose(moved.bse_kenward_roger["x"], plain.bse_kenward_roger["x"] * 1e-4, rtol=1e-7)
    rows = np.eye(3)[1:]
    ours, known = kenward_roger(moved.fit).f_test(rows), kenward_roger(plain.fit).f_test(rows)
    assert ours.statistic == pytest.approx(known.statistic, rel=1e-6)


def test_a_balanced_design_has_the_classical_degrees_of_freedom() -> None:
    """A split plot: whole plots within blocks, subplots within whole plots; the adjustment vanishes."""
    ours = lmmcompare.lmer("Y ~ V + N + (1 | B) + (1 | B:V)", table("oats")).kenward_roger
    whole, sub = ours.f_test(np.eye(6)[1:3]), ours.f_test(np.eye(6)[3:])
    assert (whole.den_df, sub.den_df) == pytest.approx((10, 51), rel=1e-6)
    assert (whole.scaling, sub.scaling) == pytest.approx((1, 1), rel=1e-6)


@pytest.mark.parametrize("a", [0.05, 0.3, 0.7])
def test_one_row_needs_no_scaling(a: float) -> None:
    df, scaling = moments_of_f(1, a, a)
    assert scaled_f(1, a, a) == pytest.approx((df, scaling)) == (2 / a, 1.0)


@pytest.mark.parametrize(("q", "a1", "a2"), [(2, 0.4, 0.3), (3, 1.0, 0.5), (5, 6.0, 2.0)])
def test_f_has_the_mean_and_variance_of_the_paper(q: int, a1: float, a2: float) -> None:
    assert scaled_f(q, a1, a2) == pytest.approx(moments_of_f(q, a1, a2), rel=1e-12)


def test_where_no_f_fits_there_is_none() -> None:
    """The formulas (and pbkrtest) give negative degrees of freedom there."""
    df, scaling = scaled_f(2, 4.0, 60.0)
    assert moments_of_f(2, 4.0, 60.0)[0] < 0 and np.isnan(df) and np.isnan(scaling)
    assert np.isnan(FTest(np.nan, 2, df, scaling).p)


def test_a_fit_by_maximum_likelihood_is_refused() -> None:
    fit = lmmcompare.lmer("y ~ x + (1 | g)", make_frame(0), reml=False)
    with pytest.raises(DesignError, match="by maximum likelihood"):
        fit.df_kenward_roger  # noqa: B018


def test_a_size_beyond_memory_is_refused_with_the_size(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = make_frame(5, groups=12)
    frame["h"] = np.random.default_rng(5).choice(list("pqrstu"), len(frame))
    result = lmmcompare.lmer("y ~ x + (1 | g) + (1 | h)", frame)
    monkeypatch.setattr(module, "MAX_BYTES", 1e3)
    with pytest.raises(TooLargeError, match=r"0\.0 GB for 18 random coefficients"):
        kenward_roger(result.fit)
