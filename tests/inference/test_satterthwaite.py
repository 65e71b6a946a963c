"""Satterthwaite degrees of freedom from a dense criterion in other variance parameters: they may not depend on them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

import lmmcompare
from lmmcompare.errors import LmmCompareError
from lmmcompare.inference.satterthwaite import Satterthwaite, denominator
from tests.dense import Dense
from tests.fit.test_criterion import make_frame


def by_variances(dense: Dense, covariance: np.ndarray, sigma2: float, contrast: np.ndarray) -> float:
    """2 V^2 / (g' A g) with the distinct entries of the covariance and the residual variance as parameters."""
    size = len(covariance)
    places = [(i, j) for i in range(size) for j in range(i + 1)]
    start = np.array([covariance[p] for p in places] + [sigma2])

    def unpack(parameters: np.ndarray) -> tuple[np.ndarray, float]:
        full = np.zeros((size, size))
        for (i, j), value in zip(places, parameters[:-1], strict=True):
            full[i, j] = full[j, i] = value
        return full, parameters[-1]

    def parts(parameters: np.ndarray) -> tuple[float, float]:
        full, residual = unpack(parameters)
        v = residual * np.eye(len(dense.y)) + sum(z @ full @ z.T for z in dense.Z[0])
        inverse = np.linalg.inv(v)
        information = dense.X.T @ inverse @ dense.X
        left = dense.y - dense.X @ np.linalg.solve(information, dense.X.T @ inverse @ dense.y)
        criterion = np.linalg.slogdet(v)[1] + np.linalg.slogdet(information)[1] + left @ inverse @ left
        return criterion, contrast @ np.linalg.inv(information) @ contrast

    m = len(start)
    steps = 1e-3 * np.maximum(np.abs(start), 0.1)
    hessian, slope = np.empty((m, m)), np.empty(m)
    for a in range(m):
        ea = np.eye(m)[a] * steps[a]
        slope[a] = (parts(start + ea)[1] - parts(start - ea)[1]) / (2 * steps[a])
        for b in range(m):
            eb = np.eye(m)[b] * steps[b]
            corners = [parts(start + s * ea + t * eb)[0] for s, t in ((1, 1), (1, -1), (-1, 1), (-1, -1))]
            hessian[a, b] = (corners[0] - corners[1] - corners[2] + corners[3]) / (4 * steps[a] * steps[b])
    v = parts(start)[1]
    return float(2 * v**2 / (slope @ (2 * np.linalg.inv(hessian)) @ slope))


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return make_frame(6, groups=9)


@pytest.mark.parametrize(("formula", "block"), [("y ~ x + (1 | g)", "1"), ("y ~ x + (x | g)", "1x")])
def test_df_do_not_depend_on_the_variance_parameters(frame: pd.DataFrame, formula: str, block: str) -> None:
    fit = lmmcompare.lmer(formula, frame)
    assert not fit.singular  # the formula is for an optimum inside
    dense = Dense(frame, "y", "1x", [block], "g")
    contrasts = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, -2.0]])
    for contrast, ours in zip(contrasts, Satterthwaite.of(fit.fit).df(contrasts), strict=True):
        assert ours == pytest.approx(by_variances(dense, fit.fit.covariances[0], fit.scale, contrast), rel=1e-3)


def test_a_contrast_of_one_coefficient_is_that_coefficient(frame: pd.DataFrame) -> None:
    fit = lmmcompare.lmer("y ~ x + z + (x | g)", frame)
    np.testing.assert_allclose(Satterthwaite.of(fit.fit).df(5 * np.eye(3)), fit.df_satterthwaite, rtol=1e-9)


def test_an_f_test_does_not_depend_on_units_that_lie_far_apart(frame: pd.DataFrame) -> None:
    """lmerTest drops a direction whose variance is 1e-8 of the largest; it is not redundant, only in small units."""
    plain = Satterthwaite.of(lmmcompare.lmer("y ~ x + z + (x | g)", frame).fit)
    far = frame.assign(z=frame["z"] * 1e-9)
    scaled = Satterthwaite.of(lmmcompare.lmer("y ~ x + z + (x | g)", far).fit)
    rows = np.eye(3)[1:]
    ours = scaled.f_test(rows)
    assert ours.num_df == 2
    assert ours.statistic == pytest.approx(plain.f_test(rows).statistic, rel=1e-8)


def test_rows_of_zeros_test_nothing(frame: pd.DataFrame) -> None:
    optima = Satterthwaite.of(lmmcompare.lmer("y ~ x + (1 | g)", frame).fit).f_test(np.zeros((2, 2)))
    assert optima.num_df == 0 and np.isnan(optima.p)


@pytest.mark.parametrize(
    ("df", "expected"),
    [
        ([7.5], 7.5),
        ([1.5], 1.5),  # a single t needs no mean
        ([9.0, 9.0, 9.0], 9.0),
        ([4.0, 4.0 + 1e-6], 4.0),
        ([4.0, 10.0], 2 * (2 + 1.25) / (2 + 1.25 - 2)),  # E = 4/2 + 10/8
        ([2.0, 30.0], 2.0),
        ([np.inf, np.inf], np.inf),
        ([6.0, np.inf], 2 * (1.5 + 1) / (1.5 + 1 - 2)),
    ],
)
def test_degrees_of_freedom_of_several_directions(df: list[float], expected: float) -> None:
    assert denominator(np.array(df)) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("ratio", [1e-2, 1e-4, 1e-5, 1e-6])
def test_nearly_perfect_fits_keep_their_degrees_of_freedom(ratio: float, seed: int) -> None:
    """8 balanced groups of 6: by mean squares 7 df for the intercept, 39 for the slope; rounding grows with 1 / ratio^2."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame({"g": np.repeat(np.arange(8), 6), "x": np.tile(np.arange(-2.5, 3), 8)})
    frame["y"] = 1 + 0.5 * frame["x"] + random.normal(size=8)[frame["g"]] + ratio * random.normal(size=48)
    df = lmmcompare.lmer("y ~ x + (1 | g)", frame).df
    close = 0.03 if ratio == 1e-6 else 0.01  # there the 16 digits of the sums leave two or three of the curvature
    assert df["Intercept"] == pytest.approx(7, rel=close)
    assert df["x"] == pytest.approx(39, rel=close)


@pytest.mark.parametrize(("y", "x"), [(1e-149, 1), (1e-149, 1e-100), (1e140, 1e100), (1e100, 1)])
@pytest.mark.parametrize("formula", ["y ~ x + (1 | g)", "y ~ x + (x | g)"])
def test_units_far_from_one_change_nothing(y: float, x: float, formula: str) -> None:
    frame = make_frame(2)
    plain = lmmcompare.compare(formula, frame)
    optima = lmmcompare.compare(formula, frame.assign(y=frame["y"] * y, x=frame["x"] * x))
    for key in ("ols", "no_pooling", "random_intercept", "random_slope"):
        same = plain.fits[key].table().loc["x"]
        other = optima.fits[key].table().loc["x"]
        np.testing.assert_allclose(
            other[["df", "t", "p"]].astype(float), same[["df", "t", "p"]].astype(float), rtol=1e-6
        )
        np.testing.assert_allclose(other["se"] * x / y, same["se"], rtol=1e-6)
    np.testing.assert_allclose(optima.ols.robust("CR2").df, plain.ols.robust("CR2").df, rtol=1e-6)


@pytest.mark.parametrize(("y", "x"), [(1e-162, 1), (1e200, 1), (1e-100, 1e100), (1e100, 1e-100)])
def test_units_that_no_number_can_hold_are_refused_with_a_remedy(y: float, x: float) -> None:
    frame = make_frame(2)
    frame = frame.assign(y=frame["y"] * y, x=frame["x"] * x)
    for fit in (lambda: lmmcompare.lm("y ~ x", frame), lambda: lmmcompare.lmer("y ~ x + (1 | g)", frame)):
        with pytest.raises(LmmCompareError) as optima:
            fit()
        assert "“y”" in optima.value.problem and optima.value.remedy


@pytest.mark.parametrize("formula", ["sample + cask + (1 | batch)", "sample + (1 + cask | batch) + (1 | batch:cask)"])
def test_without_any_variance_left_for_the_groups_the_degrees_of_freedom_are_those_of_ols(formula):
    """Dummies of every cask leave the random effects nothing: all that the data say of their variances is rounding."""
    frame = lmmcompare.examples.load("pastes")
    n, p = len(frame), frame["sample"].nunique()
    for fit in lmmcompare.compare(f"strength ~ {formula}", frame).mixed_fits().values():
        np.testing.assert_allclose(fit.df, n - p, rtol=1e-9)


def test_df_of_a_singular_fit_are_those_of_forty_digits(table: Callable[[str], pd.DataFrame]) -> None:
    """A theta of 4.5e-5 beside one of 0: lmerTest has 40.65 for the second, rounding noise of steps of 1% of each theta.

    The truth: REML deviance and covariance in mpmath with 40 digits, differences of 1e-10, with the theta that is 0 among the
    parameters or without it (docs/validation.md).
    """
    fit = lmmcompare.lmer("log(wage) ~ poly(experience, 2) + (poly(experience, 2) | person)", table("wages"))
    assert fit.singular
    assert fit.df.to_numpy() == pytest.approx([22.29709041, 29.53393491, 15.71572881], rel=1e-6)


@pytest.mark.parametrize("own", ["intercept", "slope", "both"])
def test_df_of_a_singular_fit_do_not_depend_on_how_its_random_part_is_written(own: str) -> None:
    rng, tried = np.random.default_rng(7), 0
    for _ in range(12):
        g = np.repeat(np.arange(10), rng.integers(3, 8, 10))
        x, b = rng.normal(size=len(g)), rng.normal(size=10)
        effect = {"intercept": b[g], "slope": b[g] * x, "both": b[g] * (1 + 0.7 * x)}[own]
        data = pd.DataFrame(
            {"g": g, "x": x, "u": 1 - 1.3 * x, "v": 0.5 + 1.3 * x, "y": effect + rng.normal(size=len(g))}
        )
        one, other = (lmmcompare.lmer(f"y ~ x + {part}", data) for part in ("(x | g)", "(0 + u + v | g)"))
        if one.singular and other.criterion == pytest.approx(one.criterion, abs=1e-7):
            tried += 1
            np.testing.assert_allclose(other.df, one.df, rtol=1e-5)
    assert tried > 2
