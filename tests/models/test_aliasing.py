"""Rank-deficient fixed parts as R has them (reference/aliasing.json), and as a dense QR in order drops columns."""

from __future__ import annotations

from functools import cache
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lmmcompare
from lmmcompare.assess.hypotheses import anova
from lmmcompare.assess.sequential_anova import sequential_anova
from lmmcompare.comparison.comparison import Comparison
from lmmcompare.errors import DesignError, NotEstimableWarning
from tests.helpers import reference

CASES: dict[str, Any] = reference("aliasing")
KINDS = ("CR0", "CR1", "CR2", "CR3")


@cache
def rows(case: str) -> pd.DataFrame:
    known = CASES[case]
    found = pd.DataFrame(known["table"])
    for name in known["factors"]:
        levels = sorted(map(str, found[name].unique()), key=lambda v: (len(v), v) if v.isdigit() else (0, v))
        if set(levels) == {"L", "M", "H"} or set(levels) == {"L", "M"}:
            levels = [v for v in "LMH" if v in levels]
        found[name] = pd.Categorical(found[name].astype(str), categories=levels)
    return found


@cache
def compared(case: str) -> Comparison:
    return lmmcompare.compare(f"{CASES[case]['formula']} + (1 | {CASES[case]['group']})", rows(case))


@pytest.mark.parametrize("case", CASES)
def test_least_squares_drops_what_r_drops(case: str) -> None:
    known, fit = CASES[case]["lm"], lmmcompare.lm(CASES[case]["formula"], rows(case))
    table = fit.table()
    assert [fit.design.r_names[name] for name in table.index] == known["terms"]
    np.testing.assert_allclose(table["estimate"], np.array(known["estimate"], float), rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(table["se"], np.array(known["se"], float), rtol=1e-5)
    assert list(table.index[table["estimate"].isna()]) == [
        one.name for one in sorted(fit.design.aliased, key=lambda one: fit.all_names.index(one.name))
    ]
    assert (fit.df_resid, fit.sigma) == (known["df"], pytest.approx(known["sigma"], rel=1e-9))
    assert fit.rsquared == pytest.approx(known["r2"], rel=1e-9)
    assert fit.llf == pytest.approx(known["loglik"], rel=1e-9)
    np.testing.assert_allclose(fit.fittedvalues, known["fitted"], rtol=1e-9)


@pytest.mark.parametrize("case", CASES)
def test_cluster_robust_errors_are_of_the_columns_kept(case: str) -> None:
    known = CASES[case]["lm"]
    fit = lmmcompare.lm(CASES[case]["formula"], rows(case), cluster=CASES[case]["group"])
    for kind in KINDS:
        if known["robust"][kind]:
            se = np.sqrt(np.diag(fit.robust(kind).vcov))
            np.testing.assert_allclose(se, known["robust"][kind], rtol=1e-5, err_msg=kind)
    np.testing.assert_allclose(fit.df, known["robust_df"], rtol=1e-3)


@pytest.mark.parametrize("case", CASES)
def test_mixed_models_drop_what_lme4_drops(case: str) -> None:
    known, fit = CASES[case]["lmer"], compared(case).random_intercept
    assert [fit.r_names[name] for name in fit.names] == known["terms"]
    assert fit.criterion <= known["criterion"] + 1e-6
    np.testing.assert_allclose(fit.params, known["estimate"], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(fit.bse, known["se"], rtol=1e-5)
    np.testing.assert_allclose(fit.df, known["df"], rtol=1e-3)
    np.testing.assert_allclose(fit.df_kenward_roger, known["kr_df"], rtol=1e-3)
    np.testing.assert_allclose(fit.fittedvalues, known["fitted"], rtol=1e-5)
    population = fit.predict(rows(case), level="population")
    np.testing.assert_allclose(population, known["population"], rtol=1e-5)


@pytest.mark.parametrize("type", ["I", "II", "III"])
@pytest.mark.parametrize("case", CASES)
def test_f_tests_of_terms_are_those_of_lmertest(case: str, type: Any) -> None:
    known, ours = CASES[case]["lmer"][f"anova{len(type)}"], anova(compared(case).random_intercept, type)
    kept = [k for k, df in enumerate(known["NumDF"]) if df]
    assert list(ours["term"]) == [known["term"][k] for k in kept]
    np.testing.assert_array_equal(ours["num_df"], np.array(known["NumDF"])[kept])
    for name, theirs in (("F", "F.value"), ("den_df", "DenDF"), ("p", "Pr..F.")):
        np.testing.assert_allclose(ours[name], np.array(known[theirs], float)[kept], rtol=1e-3, err_msg=name)


@pytest.mark.parametrize("case", CASES)
def test_sums_of_squares_of_type_one_are_those_of_r(case: str) -> None:
    known, ours = CASES[case]["lm"]["anova"], sequential_anova(lmmcompare.lm(CASES[case]["formula"], rows(case)))
    assert list(ours["term"]) == known["term"]
    np.testing.assert_array_equal(ours["df"], known["Df"])
    np.testing.assert_allclose(ours["sum_sq"], known["Sum.Sq"], rtol=1e-6)


def kept_in_order(X: np.ndarray) -> list[int]:
    """Columns of which Gram and Schmidt leave more than 1e-7 of the length, in order."""
    basis, kept = np.zeros((len(X), 0)), []
    for k, column in enumerate(X.T):
        left = column - basis @ (basis.T @ column)
        left -= basis @ (basis.T @ left)
        if np.linalg.norm(left) > 1e-7 * np.linalg.norm(column):
            basis = np.column_stack([basis, left / np.linalg.norm(left)])
            kept.append(k)
    return kept


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), intercept=st.booleans(), n_empty=st.integers(0, 5))
def test_kept_columns_and_coefficients_are_those_of_a_dense_decomposition(
    seed: int, intercept: bool, n_empty: int
) -> None:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {"a": rng.choice(list("pqrs"), 90), "b": rng.choice(list("uvw"), 90), "x": rng.normal(size=90)}
    )
    for _ in range(n_empty):
        frame = frame[~((frame.a == rng.choice(list("pqrs"))) & (frame.b == rng.choice(list("uvw"))))]
    frame = frame.reset_index(drop=True)
    made = {
        "dup": -3 * frame.x, "moved": 2 * frame.x + 10, "one": np.full(len(frame), 0.1), "mix": frame.x + (frame.a == "q"),
        "z": rng.normal(size=len(frame)), "near": frame.x + 1e-4 * rng.normal(size=len(frame)),
    }  # fmt: skip
    frame = frame.assign(**made, g=np.arange(len(frame)) % 9, y=rng.normal(size=len(frame)))
    terms = [*rng.permutation(["x", "a", "b", *made]), "a:b"]
    formula = f"y ~ {int(intercept)} + {' + '.join(terms)}"
    if frame.a.nunique() < 2 or frame.b.nunique() < 2:
        return
    fit = lmmcompare.lm(formula, frame)
    whole = np.column_stack(
        [np.ones((len(frame), int(intercept))), *(fit.design.columns[k][:] for k in fit.design.all_fixed)]
    )
    kept = kept_in_order(whole)
    assert fit.names == [fit.design.all_names[k] for k in kept]
    X, y = whole[:, kept], frame["y"].to_numpy()
    size = np.linalg.norm(X, axis=0)
    beta = np.linalg.lstsq(X / size, y, rcond=1e-14)[0] / size
    np.testing.assert_allclose(fit.fittedvalues, X @ beta, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(fit.params * size, beta * size, rtol=2e-4, atol=1e-5 * np.abs(beta * size).max())
    for one in fit.design.aliased:  # what a column is said to be made of is what it is
        columns = [c[:] for c in fit.design.columns]
        assert one.holds(columns).all() and one.reason
    assert fit.predict(frame).notna().all()


def test_a_random_slope_may_be_of_a_column_that_the_fixed_part_leaves_out() -> None:
    frame = rows("columns")
    fit = lmmcompare.lmer("Reaction ~ Days + twice + (twice | Subject)", frame)
    other = lmmcompare.lmer("Reaction ~ Days + (twice | Subject)", frame)
    assert list(fit.aliased.index) == ["twice"] and fit.criterion == pytest.approx(other.criterion, abs=1e-9)


def test_an_empty_cell_is_named_and_not_predicted() -> None:
    fit, known = lmmcompare.lm("breaks ~ wool * tension", rows("empty")), rows("empty")
    new = pd.DataFrame({"wool": ["A", "B", "B"], "tension": ["H", "H", "M"]}, index=[3, 5, 7])
    assert "no row has wool = B and tension = H" in fit.design.rows_sentence
    with pytest.warns(NotEstimableWarning, match="wool = B and tension = H"):
        found = fit.predict(new)
    assert np.isnan(found[5])
    for row in (3, 7):
        cell = known[(known.wool == new.wool[row]) & (known.tension == new.tension[row])]
        assert found[row] == pytest.approx(cell.breaks.mean())
    with pytest.warns(NotEstimableWarning):
        mixed = compared("empty").random_intercept.predict(new.assign(loom="1"))
    assert list(mixed.isna()) == [False, True, False]


def test_the_baselines_empty_cell_is_named_too() -> None:
    (one,) = lmmcompare.lm("breaks ~ wool * tension", rows("first")).design.aliased
    assert (one.name, one.reason) == ("wool[T.B]:tension[T.M]", "no row has wool = A and tension = M")


def test_combinations_and_constants_are_said() -> None:
    reasons = dict(compared("columns").ols.aliased)
    assert reasons["one"] == "constant: 0.1 in every row"
    assert reasons["twice"] == "equal to 2 · “Days” + 1"
    assert reasons["both"] == "equal to “Days” + “odd”"


def test_tables_keep_the_names_of_what_is_not_estimable() -> None:
    both = compared("columns")
    frame = both.coefficients()
    lost = frame[frame["term"].isin(["one", "twice", "both"])]
    assert len(lost) == 3 * frame["model"].nunique() and lost["estimate"].isna().all()
    assert both.terms[:7] == both.design.all_names and both.fits.keys() == {*both.fits}


def test_nothing_but_zeros_is_refused() -> None:
    with pytest.raises(DesignError, match="0 in all rows"):
        lmmcompare.lm("y ~ 0 + z", pd.DataFrame({"y": [1.0, 2.0, 4.0], "z": 0.0}))


def test_a_cubic_of_years_is_dropped_as_r_drops_it() -> None:
    # 1e-7 of the length, mean included: lm(y ~ yr + I(yr^2) + I(yr^3)) has NA for the last
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"yr": 2000.0 + np.arange(96) % 12, "g": np.arange(96) % 12, "y": rng.normal(size=96)})
    formula = "y ~ yr + I(yr^2) + I(yr^3) + (1 | g)"
    in_memory, by_engine = lmmcompare.compare(formula, frame), lmmcompare.compare(formula, duckdb.from_df(frame))
    for found in (in_memory, by_engine):
        assert list(found.ols.aliased.index) == ["I(yr ^ 3)"]
    X = np.vander(frame["yr"] - 2006, 3, increasing=True)  # the same curve, well conditioned
    fitted = X @ np.linalg.lstsq(X, frame["y"], rcond=None)[0]
    np.testing.assert_allclose(in_memory.ols.fittedvalues, fitted, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("formula", ["y ~ 0 + x + k", "y ~ 0 + k + x", "y ~ 0 + k + f", "y ~ 0 + f + k"])
def test_a_constant_column_may_stand_for_the_intercept(formula: str) -> None:
    rng = np.random.default_rng(5)
    frame = pd.DataFrame({"g": np.arange(60) % 6, "x": rng.normal(size=60), "k": 4.7, "f": list("abc") * 20})
    frame["y"] = frame["x"] + rng.normal(size=60)
    found = lmmcompare.compare(f"{formula} + (1 | g)", frame)
    for term in found.design.fixed_names:
        assert len(lmmcompare.explain(found, term))


def test_what_is_not_estimable_is_not_explained() -> None:
    with pytest.raises(DesignError, match=r"twice.*not estimable.*Days"):
        lmmcompare.explain(compared("columns"), "twice")
