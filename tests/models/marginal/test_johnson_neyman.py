"""Where an effect differs from zero along a moderator."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import lmmcompare
from lmmcompare.errors import DesignError, OptionError
from tests.helpers import table


def crossing() -> pd.DataFrame:
    """Rows whose slope of x changes its sign within the moderator's range."""
    rng = np.random.default_rng(8)
    x, m = rng.normal(size=(2, 200))
    return pd.DataFrame(
        {"x": x, "m": m, "y": 0.1 * x + 0.4 * x * m + rng.normal(size=200), "f": rng.choice(list("ab"), 200)}
    )


def test_pointwise_ends_solve_the_quadratic():
    rows = crossing()
    result = lmmcompare.lm("y ~ x * m", rows)
    b, v = result.params, result.cov_params()
    t = stats.t.isf(0.025, result.df_resid)
    c = [
        b["x:m"] ** 2 - t**2 * v.loc["x:m", "x:m"],
        2 * (b["x"] * b["x:m"] - t**2 * v.loc["x", "x:m"]),
        b["x"] ** 2 - t**2 * v.loc["x", "x"],
    ]
    low, high = sorted(np.roots(c))
    region = result.johnson_neyman("x", "m")
    assert region.pointwise == [
        (rows["m"].min(), pytest.approx(low, abs=1e-6)),
        (pytest.approx(high, abs=1e-6), rows["m"].max()),
    ]


def test_the_simultaneous_region_lies_within_the_pointwise_one():
    region = lmmcompare.lm("y ~ x * m", crossing()).johnson_neyman("x", "m")
    (_, a), (b, _) = region.pointwise
    (_, low), (high, _) = region.simultaneous
    assert low < a and b < high
    t, scheffe = stats.t.isf(0.025, 196), np.sqrt(2 * stats.f.isf(0.05, 2, 196))
    assert t < region.critical < scheffe


@pytest.mark.parametrize("start", [0, -3])
def test_a_line_that_is_known_at_one_value_has_one_t_statistic_elsewhere(start):
    """Of arms that are alike at t = 0 the difference is t times one coefficient: its band is its interval; the page broke."""
    rng = np.random.default_rng(4)
    t, arm = np.tile(np.arange(start, start + 7.0), 12), np.repeat(["a", "b"], 42)
    rows = pd.DataFrame({"y": 0.3 * t * (arm == "b") + rng.normal(size=84), "t": t, "arm": arm})
    region = lmmcompare.lm("y ~ t:arm", rows).johnson_neyman("arm", "t", ["a", "b"])
    x = np.column_stack([np.ones(84), t * (arm == "a"), t * (arm == "b")])
    inverse = np.linalg.inv(x.T @ x)
    beta = inverse @ x.T @ rows["y"]
    line = np.array([0, -1, 1])
    se = np.sqrt(line @ inverse @ line * ((rows["y"] - x @ beta) ** 2).sum() / 81)
    assert abs(line @ beta / se) > stats.t.isf(0.025, 81) == pytest.approx(region.critical)
    width = (region.frame["upper.band"] - region.frame["lower.band"]) / 2
    np.testing.assert_allclose(width, stats.t.isf(0.025, 81) * se * region.frame["t"].abs(), atol=1e-9)
    assert region.where(region.simultaneous) == f"where t is {'above 0' if start == 0 else 'below 0 or above 0'}"


def test_the_line_is_that_of_the_simple_slopes_with_their_degrees_of_freedom():
    rows = table("hsb82")
    result = lmmcompare.lmer(
        "mAch ~ ses * meanses + (1 | school)", rows.assign(meanses=rows.groupby("school")["ses"].transform("mean"))
    )
    line = result.johnson_neyman("ses", "meanses").frame.iloc[[0, 100, 200]].reset_index(drop=True)
    slopes = result.slopes("ses", by="meanses", at={"meanses": line["meanses"].tolist()}).frame
    for ours, theirs in (("estimate", "ses.trend"), ("SE", "SE"), ("df", "df"), ("lower.CL", "lower.CL")):
        np.testing.assert_allclose(line[ours], slopes[theirs], rtol=1e-8)


def test_a_factors_difference_takes_the_levels_in_the_order_asked():
    result = lmmcompare.lm("y ~ f * m", crossing())
    one, other = (result.johnson_neyman("f", "m", levels=pair) for pair in (("a", "b"), ("b", "a")))
    np.testing.assert_allclose(one.frame["estimate"], -other.frame["estimate"])
    assert one.effect == "difference of b from a"
    at_zero = np.interp(0.0, one.frame["m"], one.frame["estimate"])
    assert at_zero == pytest.approx(result.params["f[T.b]"], rel=1e-10)


@pytest.mark.parametrize(
    ("formula", "asked", "kind", "said"),
    [
        ("y ~ x + m", ("x", "m"), DesignError, r"no interaction.*x \* m"),
        ("y ~ x * m", ("x", "z"), OptionError, "no predictor “z”"),
        ("y ~ x * f", ("x", "f"), OptionError, "“f” has levels"),
        ("y ~ x * poly(m, 2)", ("x", "m"), DesignError, "no straight line"),
        ("y ~ x * m", ("m", "m"), OptionError, "the predictor itself"),
        ("y ~ f * m", ("f", "m", ["a"]), OptionError, "Name two"),
    ],
)
def test_what_has_no_region_is_said(formula, asked, kind, said):
    with pytest.raises(kind, match=said):
        lmmcompare.lm(formula, crossing()).johnson_neyman(*asked)
