"""Columns of the model against R's rules for coding, rows kept, groups."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import lmmcompare
from lmmcompare.design.build import build
from lmmcompare.design.design import Design
from lmmcompare.formula import parse
from tests.conftest import TESTS
from tests.fit.test_criterion import make_frame


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    random = np.random.default_rng(0)
    n = 48
    return pd.DataFrame(
        {
            "y": random.normal(size=n),
            "w": random.normal(size=n),
            "x": random.normal(size=n),
            "z": random.uniform(1, 2, n),
            "g": np.arange(n) % 8,
            "a": np.array(list("pqr"))[np.arange(n) % 3],
            "b": np.array(["no", "yes"])[np.arange(n) // 3 % 2],
            "flag": np.arange(n) // 5 % 2 == 1,
        }
    )


def columns(design: Design) -> dict[str, np.ndarray]:
    return {c.name: c[:] for c in design.columns}


# formula -> names of the fixed coefficients, in the order and coding of R's model.matrix
CODING = {
    "y ~ x + a": ["Intercept", "x", "a[T.q]", "a[T.r]"],
    "y ~ a + x": ["Intercept", "a[T.q]", "a[T.r]", "x"],
    "y ~ 0 + a": ["a[p]", "a[q]", "a[r]"],
    "y ~ 0 + a + b": ["a[p]", "a[q]", "a[r]", "b[T.yes]"],
    "y ~ 0 + x + a": ["x", "a[p]", "a[q]", "a[r]"],
    "y ~ a * b": ["Intercept", "a[T.q]", "a[T.r]", "b[T.yes]", "a[T.q]:b[T.yes]", "a[T.r]:b[T.yes]"],
    "y ~ a:b - 1": ["a[p]:b[no]", "a[q]:b[no]", "a[r]:b[no]", "a[p]:b[yes]", "a[q]:b[yes]", "a[r]:b[yes]"],
    "y ~ a + a:b": ["Intercept", "a[T.q]", "a[T.r]", "a[p]:b[T.yes]", "a[q]:b[T.yes]", "a[r]:b[T.yes]"],
    "y ~ a + a:x": ["Intercept", "a[T.q]", "a[T.r]", "a[p]:x", "a[q]:x", "a[r]:x"],
    "y ~ x * a": ["Intercept", "x", "a[T.q]", "a[T.r]", "x:a[T.q]", "x:a[T.r]"],
    "y ~ x:z + z": ["Intercept", "z", "x:z"],
    "y ~ 0 + b * a": ["b[no]", "b[yes]", "a[T.q]", "a[T.r]", "b[T.yes]:a[T.q]", "b[T.yes]:a[T.r]"],
    "y ~ x + I(x^2) + log(z)": ["Intercept", "x", "I(x ^ 2)", "log(z)"],
    "y ~ poly(x, 2)": ["Intercept", "poly(x, degree=2)[1]", "poly(x, degree=2)[2]"],
    "y ~ flag": ["Intercept", "flag[T.True]"],
    "y ~ factor(g)": ["Intercept", *(f"factor(g)[T.{k}]" for k in range(1, 8))],
}


# random part -> names of the random coefficients, by covariance block
BLOCKS = {
    "(x | g)": [("Intercept", "x")],
    "(x || g)": [("Intercept",), ("x",)],
    "(0 + x | g)": [("x",)],
    "(a | g)": [("Intercept", "a[T.q]", "a[T.r]")],
    "(0 + a | g)": [("a[p]", "a[q]", "a[r]")],
    "(0 + a + b | g)": [("a[p]", "a[q]", "a[r]", "b[T.yes]")],
    "(b + x || g)": [("Intercept",), ("b[no]", "b[yes]"), ("x",)],
    "(a + b || g)": [("Intercept",), ("a[p]", "a[q]", "a[r]"), ("b[no]", "b[yes]")],
    "(x + z | g)": [("Intercept", "x", "z")],
    "(1 | g) + (0 + x | g)": [("Intercept",), ("x",)],
}


@pytest.mark.parametrize("random", BLOCKS)
def test_random_coefficients_are_those_of_lme4(random: str, frame: pd.DataFrame) -> None:
    assert [b.names for b in build(parse(f"y ~ x + {random}"), frame).blocks] == BLOCKS[random]


@pytest.mark.parametrize("formula", CODING)
def test_coding_and_order_are_those_of_r(formula: str, frame: pd.DataFrame) -> None:
    assert build(parse(formula), frame).fixed_names == CODING[formula]


def test_columns_hold_what_their_names_say(frame: pd.DataFrame) -> None:
    found = columns(build(parse("y ~ x * a + I(x^2 - 1) + exp(x / 2) + center(z) + scale(x) + flag"), frame))
    x, z = frame["x"].to_numpy(), frame["z"].to_numpy()
    expected = {
        "x": x,
        "a[T.q]": frame["a"] == "q",
        "x:a[T.r]": x * (frame["a"] == "r"),
        "I((x ^ 2) - 1)": x**2 - 1,
        "exp(x / 2)": np.exp(x / 2),
        "center(z)": z - z.mean(),
        "scale(x)": (x - x.mean()) / x.std(ddof=1),
        "flag[T.True]": frame["flag"],
        "y": frame["y"],
    }
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], np.asarray(values, dtype=float), rtol=1e-12, err_msg=name)


def test_polynomials_span_the_powers_and_are_orthogonal(frame: pd.DataFrame) -> None:
    design = build(parse("y ~ poly(x, 3)"), frame)
    basis = np.column_stack([c[:] for c in design.columns[:-1]])
    np.testing.assert_allclose(basis.T @ basis, np.eye(3), atol=1e-10)
    raw = lmmcompare.lm("y ~ x + I(x^2) + I(x^3)", frame)
    np.testing.assert_allclose(lmmcompare.lm("y ~ poly(x, 3)", frame).fittedvalues, raw.fittedvalues, rtol=1e-8)
    np.testing.assert_allclose(lmmcompare.lm("y ~ poly(x, 3, raw=TRUE)", frame).params, raw.params, rtol=1e-8)


def test_splines_span_the_cubics(frame: pd.DataFrame) -> None:
    spline, cubic = lmmcompare.lm("y ~ bs(x, df=3)", frame), lmmcompare.lm("y ~ poly(x, 3)", frame)
    np.testing.assert_allclose(spline.fittedvalues, cubic.fittedvalues, rtol=1e-7)
    assert len(lmmcompare.lm("y ~ bs(x, df=6)", frame).params) == 7


def test_new_rows_are_coded_as_the_fitted_ones_were(frame: pd.DataFrame) -> None:
    fit = lmmcompare.lm("w ~ scale(y) + poly(z, 2) + bs(x, df=4) + a + flag", frame)
    np.testing.assert_allclose(fit.predict(frame.iloc[5:9]), fit.fittedvalues[5:9], rtol=1e-9)
    assert np.isnan(fit.predict(frame.iloc[5:7].assign(x=[np.nan, 0.5]))).tolist() == [True, False]


def test_levels_are_sorted_or_in_a_categoricals_own_order(frame: pd.DataFrame) -> None:
    ordered = frame.assign(a=pd.Categorical(frame["a"], categories=["r", "unused", "p", "q"]))
    assert build(parse("y ~ a"), ordered).fixed_names == ["Intercept", "a[T.p]", "a[T.q]"]
    numbers = frame.assign(a=frame["g"] * 10)
    assert build(parse("y ~ 1 + (1 | a)"), numbers).grouping.labels == [str(10 * k) for k in range(8)]
    text = frame.assign(a=[f"{k % 12}" for k in range(48)])
    assert build(parse("y ~ 1 + (1 | a)"), text).grouping.labels == sorted({f"{k}" for k in range(12)})


@pytest.mark.parametrize(
    "values",
    [
        np.arange(48) % 8,
        np.arange(48) % 8 * 10**9,
        (np.arange(48) % 8).astype(float) / 4,
        [f"é{k % 8}" for k in range(48)],
        pd.Categorical([f"{k % 8}" for k in range(48)]),
        pd.to_datetime(["2020-01-01"] * 48) + pd.to_timedelta(np.arange(48) % 8, "D"),
        pd.array(np.arange(48) % 8, dtype="Int64"),
        [(k % 8) if k % 2 else str(k % 8) for k in range(48)],
    ],
)
def test_groups_may_be_anything(values: object, frame: pd.DataFrame) -> None:
    expected = lmmcompare.lmer("y ~ x + (1 | g)", frame)
    fit = lmmcompare.lmer("y ~ x + (1 | h)", frame.assign(h=values))
    assert fit.moments.n_groups == 8
    assert fit.criterion == pytest.approx(expected.criterion, abs=1e-9)


def test_groups_may_be_combinations(frame: pd.DataFrame) -> None:
    design = build(parse("y ~ x + (1 | a:b)"), frame)
    assert design.grouping.name == "a:b"
    assert design.grouping.labels == ["p:no", "p:yes", "q:no", "q:yes", "r:no", "r:yes"]
    assert [design.grouping.labels[c] for c in design.grouping.codes[:4]] == ["p:no", "q:no", "r:no", "p:yes"]


def test_rows_with_missing_values_are_left_out_and_it_is_said_why(frame: pd.DataFrame) -> None:
    holes = frame.assign(
        x=frame["x"].where(frame.index > 2), g=frame["g"].astype(float).where(frame.index != 10), unused=np.nan
    )
    design = build(parse("y ~ x + (1 | g)"), holes)
    assert (design.n, design.n_total, design.missing) == (44, 48, {"x": 3, "g": 1})
    assert design.rows.tolist() == [*range(3, 10), *range(11, 48)]
    assert design.rows_sentence == (
        "44 of 48 rows are used, the same for every model; left out: 3 without “x”, 1 without “g”."
    )
    assert build(parse("y ~ x"), frame).rows_sentence == "All 48 rows are used, the same for every model."


def test_numbers_kept_as_objects_are_numbers(frame: pd.DataFrame) -> None:
    objects = frame.assign(x=frame["x"].astype(object), y=frame["y"].astype(object))
    pd.testing.assert_series_equal(lmmcompare.lm("y ~ x", objects).params, lmmcompare.lm("y ~ x", frame).params)


def test_the_frame_is_left_as_it_was(frame: pd.DataFrame) -> None:
    before = frame.copy()
    lmmcompare.compare("log(z) ~ x * a + scale(y) + (x | g)", frame)
    pd.testing.assert_frame_equal(frame, before)


TRANSFORMED = {  # R 4.2.2, lme4 1.1-31; bs of package splines
    "scale(x)": [4.26650753, 3.48344897],
    "center(x)": [4.26650753, 2.26844685],
    "poly(x, 2)": [4.25063428, 23.64764780, -0.22357607],
    "bs(x, df=4)": [-5.74438779, 7.13259674, 3.14640838, 21.13248860, -34.76794934],
}


@pytest.mark.parametrize(
    ("term", "how"), [(t, h) for t in TRANSFORMED for h in ("memory", "engine") if (t[:2], h) != ("bs", "engine")]
)
def test_transforms_learn_from_all_rows_that_have_their_column_as_in_r(term: str, how: str) -> None:
    """The outcome is missing in 10 of 48 rows; R scales before it drops rows."""
    frame = pd.read_csv(TESTS / "data_files" / "cases" / "scale_missing_y.csv")
    fit = lmmcompare.lmer(f"y ~ {term} + (1 | g)", frame if how == "memory" else pa.Table.from_pandas(frame))
    np.testing.assert_allclose(fit.params, TRANSFORMED[term], rtol=2e-6)  # lme4's optimiser
    assert fit.nobs == 38
    if how == "memory":
        np.testing.assert_allclose(fit.predict(frame).dropna()[fit.fittedvalues.index], fit.fittedvalues)


def test_a_transform_of_the_outcome_learns_likewise() -> None:
    frame = make_frame(3)
    frame.loc[[2, 5], "x"] = np.nan
    fit = lmmcompare.lm("scale(y) ~ x", frame)
    by_hand = lmmcompare.lm("s ~ x", frame.assign(s=(frame["y"] - frame["y"].mean()) / frame["y"].std()))
    np.testing.assert_allclose(fit.params, by_hand.params)
