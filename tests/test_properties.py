"""What must hold whatever the data: order, names, units, limits, digits."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import lmmcompare
from lmmcompare.comparison.comparison import Comparison
from lmmcompare.fit.mixed import at_theta
from tests.effort import examples
from tests.fit.test_criterion import make_frame

FEW = settings(max_examples=examples(25), suppress_health_check=[HealthCheck.differing_executors])
SEEDS = st.integers(0, 10_000)
FORMULAS = st.sampled_from(["y ~ x + (1 | g)", "y ~ x + z + c + (1 | g)", "y ~ x + (x | g)", "y ~ x + z + (z || g)"])
MIXED = ("random_intercept", "random_slope", "within_between")


def same(a: Comparison, b: Comparison, *, rtol: float, shift: float = 0.0) -> None:
    """Every model of the two comparisons is the same; ``shift`` is what was added to the outcome of b."""
    assert list(a.fits) == list(b.fits) and a.absent == b.absent
    for key, fit in a.fits.items():
        other = b.fits[key]
        estimate = other.params.copy()
        if "Intercept" in estimate:
            estimate["Intercept"] -= shift
        # coefficients in units of their standard errors: what is known of them
        np.testing.assert_allclose(estimate / fit.bse, fit.params / fit.bse, rtol=rtol, atol=rtol, err_msg=key)
        np.testing.assert_allclose(other.bse, fit.bse, rtol=10 * rtol, err_msg=key)
        np.testing.assert_allclose(other.scale, fit.scale, rtol=10 * rtol, err_msg=key)
        assert other.llf == pytest.approx(fit.llf, rel=rtol, abs=100 * rtol), key


@FEW
@given(SEEDS, FORMULAS)
def test_the_order_of_the_rows_does_not_matter(seed: int, formula: str) -> None:
    frame = make_frame(seed)
    shuffled = frame.sample(frac=1, random_state=seed)
    # two orders of summation; the optimiser may take another path, and stops within 1e-7 of the optimum
    a, b = lmmcompare.compare(formula, frame), lmmcompare.compare(formula, shuffled)
    same(a, b, rtol=1e-5)
    np.testing.assert_allclose(b.ols.fittedvalues, a.ols.predict(shuffled), rtol=1e-9)
    np.testing.assert_allclose(b.no_pooling.params, a.no_pooling.params, rtol=1e-8, atol=1e-12)


@FEW
@given(
    SEEDS,
    FORMULAS,
    st.sampled_from([lambda k: f"Z{9 - k}", lambda k: -7 * k, lambda k: f"groupe n°{k:03d}", lambda k: k / 8]),
)
def test_the_names_of_the_groups_do_not_matter(seed: int, formula: str, name: Callable[[int], object]) -> None:
    frame = make_frame(seed)
    renamed = frame.assign(g=[name(int(g[1:])) for g in frame["g"]])
    a, b = lmmcompare.compare(formula, frame), lmmcompare.compare(formula, renamed)
    same(a, b, rtol=1e-5)
    modes, renamed_modes = a.mixed.random_effects["g"], b.mixed.random_effects["g"]
    order = [name(k) for k in range(len(modes))]
    scale = max(float(np.abs(modes.to_numpy()).max()), 1e-3)
    np.testing.assert_allclose(renamed_modes.loc[order] / scale, modes / scale, atol=1e-4)


@FEW
@given(SEEDS, FORMULAS, st.floats(-1e3, 1e3), st.sampled_from([1e-6, 0.1, 7.0, 1e5]))
def test_the_units_of_the_outcome_do_not_matter(seed: int, formula: str, shift: float, scale: float) -> None:
    frame = make_frame(seed)
    moved = frame.assign(y=(frame["y"] + shift) * scale)
    a, b = lmmcompare.compare(formula, frame), lmmcompare.compare(formula, moved)
    for key, fit in a.fits.items():
        other = b.fits[key]
        back = other.params / scale
        if "Intercept" in back:
            back["Intercept"] -= shift
        np.testing.assert_allclose(back / fit.bse, fit.params / fit.bse, rtol=1e-5, atol=1e-5)
        np.testing.assert_allclose(other.bse / scale, fit.bse, rtol=1e-4)
        df = fit.fit.df if key in MIXED else fit.nobs
        assert other.llf == pytest.approx(fit.llf - df * np.log(scale), abs=1e-5)
    theta = np.abs(a.mixed.theta).max() + 1e-3
    np.testing.assert_allclose(b.mixed.theta / theta, a.mixed.theta / theta, atol=2e-3)


@FEW
@given(SEEDS, FORMULAS, st.floats(-1e3, 1e3), st.sampled_from([1e-4, 0.3, 1e4]))
def test_the_units_of_a_predictor_do_not_matter(seed: int, formula: str, shift: float, scale: float) -> None:
    """A fit with (z || g) does depend on where z is 0; every other one only changes its units."""
    frame = make_frame(seed)
    moved = frame.assign(x=(frame["x"] + shift) * scale)
    a, b = lmmcompare.compare(formula, frame), lmmcompare.compare(formula, moved)
    for key, fit in a.fits.items():
        other = b.fits[key]
        assert other.params["x"] * scale == pytest.approx(fit.params["x"], rel=1e-4, abs=1e-4 * float(fit.bse["x"]))
        assert other.bse["x"] * scale == pytest.approx(fit.bse["x"], rel=1e-3)
        np.testing.assert_allclose(
            other.fittedvalues, fit.fittedvalues, rtol=1e-3, atol=1e-3 * float(np.sqrt(fit.scale))
        )
        if key in ("ols", "no_pooling"):
            assert other.llf == pytest.approx(fit.llf, rel=1e-7)


@FEW
@given(SEEDS, st.sampled_from(["y ~ x + (1 | g)", "y ~ x + z * c + (1 | g)"]))
def test_without_between_variance_it_is_ols(seed: int, formula: str) -> None:
    both = lmmcompare.compare(formula, make_frame(seed, groups=9))
    fit = at_theta(both.moments, both.ols.columns, [[-1]], np.zeros(1))
    np.testing.assert_allclose(fit.beta, both.ols.params, rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(np.sqrt(np.diag(fit.vcov)), both.ols.bse, rtol=1e-8)


@FEW
@given(SEEDS, st.sampled_from(["y ~ x + (1 | g)", "y ~ x + z * c + (1 | g)"]))
def test_with_endless_between_variance_it_is_the_dummies(seed: int, formula: str) -> None:
    both = lmmcompare.compare(formula, make_frame(seed, groups=9))
    fit = at_theta(both.moments, both.ols.columns, [[-1]], np.array([1e6]))
    # psi = 1 / (1 + n theta^2) is about 1e-13
    np.testing.assert_allclose(fit.beta[1:], both.no_pooling.params, rtol=1e-7, atol=1e-9)
    se = np.sqrt(np.diag(fit.vcov))[1:] / np.sqrt(fit.sigma2) * both.no_pooling.sigma
    np.testing.assert_allclose(se, both.no_pooling.bse, rtol=1e-6)


@FEW
@given(SEEDS)
def test_a_huge_group_has_its_own_regression(seed: int) -> None:
    """20,000 rows in one group: its own line is known so well that nothing is borrowed."""
    random = np.random.default_rng(seed)
    frame = make_frame(seed)
    x = random.normal(size=20_000)
    huge = pd.DataFrame({"g": "huge", "x": x, "z": 0.0, "c": "u", "y": 9 - 2 * x + random.normal(size=len(x))})
    both = lmmcompare.compare("y ~ x + (x | g)", pd.concat([frame, huge], ignore_index=True))
    j = both.design.grouping.labels.index("huge")
    line = both.mixed.params.to_numpy() + both.mixed.random_effects["g"].loc["huge"].to_numpy()
    own = both.no_pooling.per_group
    if not both.mixed.singular:
        np.testing.assert_allclose(line, own.beta[:, j], atol=0.1 * float(own.se[:, j].max()))


@FEW
@given(SEEDS)
def test_huge_differences_between_groups_leave_each_its_own_regression(seed: int) -> None:
    random = np.random.default_rng(seed)
    frame = make_frame(seed).query("g != 'g6'")
    level, slope = 1e4 * random.normal(size=(2, 6))
    codes = frame["g"].str[1:].astype(int).to_numpy()
    frame = frame.assign(y=frame["y"] + level[codes] + slope[codes] * frame["x"])
    both = lmmcompare.compare("y ~ x + (x | g)", frame)
    lines = both.mixed.params.to_numpy() + both.mixed.random_effects["g"].to_numpy()
    own = both.no_pooling.per_group
    enough = own.enough & (own.df > 0)
    # shrunk by about (se / 1e4)^2 of the distance to the others, 1e4: far less than a standard error
    se = both.mixed.random_effects_se["g"].to_numpy()
    np.testing.assert_allclose(lines[enough] / se[enough], own.beta.T[enough] / se[enough], rtol=0, atol=0.1)


@FEW
@given(SEEDS, FORMULAS, st.integers(1, 12))
def test_missing_rows_are_as_if_they_had_never_been(seed: int, formula: str, holes: int) -> None:
    random = np.random.default_rng(seed)
    frame = make_frame(seed, groups=9)
    broken = frame.copy()
    for row in random.choice(len(frame), holes, replace=False):
        column = str(random.choice(["y", "x", "g"]))
        broken[column] = broken[column].where(broken.index != row)
    a, b = lmmcompare.compare(formula, broken), lmmcompare.compare(formula, broken.dropna())
    assert a.design.n == len(frame) - holes and a.design.n_total == len(frame)
    same(a, b, rtol=1e-9)
    np.testing.assert_array_equal(a.design.rows, np.flatnonzero(broken.notna().all(axis=1)))


@FEW
@given(SEEDS, FORMULAS)
def test_a_shift_of_the_outcome_by_1e8_loses_only_the_digits_that_the_data_lose(seed: int, formula: str) -> None:
    """float64 holds 1e8 + y to 1.5e-8, so y itself is known to about 1e-8 of its size: so are the estimates."""
    frame = make_frame(seed)
    shifted = frame.assign(y=frame["y"] + 1e8)
    rounded = frame.assign(y=shifted["y"] - 1e8)  # what is left of y
    same(lmmcompare.compare(formula, rounded), lmmcompare.compare(formula, shifted), rtol=1e-6, shift=1e8)
    a, b = lmmcompare.compare(formula, frame), lmmcompare.compare(formula, shifted)
    for key, fit in a.fits.items():
        slopes = [n for n in fit.names if n != "Intercept"]
        np.testing.assert_allclose(
            b.fits[key].params[slopes] / fit.bse[slopes], fit.params[slopes] / fit.bse[slopes], atol=1e-5, rtol=1e-5
        )


@FEW
@given(SEEDS, st.sampled_from(["y ~ x + (1 | g)", "y ~ x + z + c + (1 | g)", "y ~ x + (x | g)"]))
def test_a_shift_of_a_predictor_by_1e6_loses_only_the_digits_that_the_data_lose(seed: int, formula: str) -> None:
    frame = make_frame(seed)
    shifted = frame.assign(x=frame["x"] + 1e6)
    a, b = lmmcompare.compare(formula, frame), lmmcompare.compare(formula, shifted)
    for key, fit in a.fits.items():
        if key == "random_slope":
            continue  # there the intercept's variance is that at x = 0, 1e6 away: another matter, below
        assert b.fits[key].params["x"] == pytest.approx(fit.params["x"], rel=1e-6, abs=1e-6 * float(fit.bse["x"]))
        assert b.fits[key].bse["x"] == pytest.approx(fit.bse["x"], rel=1e-5)
        assert b.fits[key].llf == pytest.approx(fit.llf, abs=1e-6)
    if "random_slope" in a.fits:
        x, y = a.fits["random_slope"], b.fits["random_slope"]
        assert y.params["x"] == pytest.approx(x.params["x"], rel=1e-4, abs=1e-4 * float(x.bse["x"]))
        np.testing.assert_allclose(y.fittedvalues, x.fittedvalues, atol=1e-2 * x.sigma)


@FEW
@given(SEEDS, st.sampled_from([1e3, 1e6]))
def test_groups_far_apart_keep_what_is_within_them(seed: int, spread: float) -> None:
    """Groups that differ by a million standard deviations within: the within slope and variance keep their digits."""
    frame = make_frame(seed)
    codes = frame["g"].str[1:].astype(int)
    level = spread * np.random.default_rng(seed).normal(size=7)[codes]
    far = lmmcompare.compare("y ~ x + (1 | g)", frame.assign(y=frame["y"] + level))
    near = lmmcompare.compare("y ~ x + (1 | g)", frame)
    # y is rounded at 1e-16 * 1e6
    assert far.no_pooling.params["x"] == pytest.approx(near.no_pooling.params["x"], rel=1e-8, abs=1e-9)
    assert far.no_pooling.bse["x"] == pytest.approx(near.no_pooling.bse["x"], rel=1e-8)
    mixed = far.random_intercept
    assert mixed.converged and not mixed.singular
    # A random intercept that wide is a dummy but for the weight sigma^2 / (n spread^2) on a between slope of about spread
    bse = float(near.no_pooling.bse["x"])
    assert mixed.params["x"] == pytest.approx(near.no_pooling.params["x"], abs=100 * bse / spread)
    assert mixed.bse["x"] == pytest.approx(bse, rel=100 / spread)
    assert mixed.sigma == pytest.approx(near.no_pooling.sigma, rel=100 / spread)
    means = frame.assign(y=frame["y"] + level).groupby("g")["y"].mean()
    assert np.sqrt(mixed.cov_re["g"].iloc[0, 0]) == pytest.approx(means.std(), rel=0.01 + 10 / spread)


@FEW
@given(SEEDS, FORMULAS)
def test_criterion_of_nested_models_is_ordered(seed: int, formula: str) -> None:
    """By ML, OLS is a random intercept of variance 0, and that a random slope of variance 0: more never fits worse."""
    both = lmmcompare.compare(formula, make_frame(seed), reml=False)
    fits = both.fits
    assert all(f.converged for f in both.mixed_fits().values())
    assert fits["random_intercept"].llf >= fits["ols"].llf - 1e-7
    if "random_slope" in fits:
        assert fits["random_slope"].llf >= fits["random_intercept"].llf - 1e-7
    if "within_between" in fits:
        assert fits["within_between"].llf >= fits["random_intercept"].llf - 1e-7
