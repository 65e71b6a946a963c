"""Functions in formulas beyond what R's numbers can show: rows left out, new rows, warnings, refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest

import lmmcompare
from lmmcompare.errors import DataError, DesignError, FormulaError, LmmCompareError, OutsideRangeWarning
from lmmcompare.formula import parse, read

N = 200
RANDOM = np.random.default_rng(11)
FRAME = pd.DataFrame({
    "y": RANDOM.normal(size=N), "x": RANDOM.uniform(0, 10, N), "f": np.array(list("pqrs"))[np.arange(N) % 4],
    "g": np.arange(N) % 20, "T": RANDOM.normal(size=N), "if": RANDOM.normal(size=N),
})  # fmt: skip


def test_rows_outside_of_breaks_are_left_out_and_counted() -> None:
    result = lmmcompare.lm("y ~ cut(x, c(2, 5, 8))", FRAME)
    outside = int((~FRAME["x"].between(2, 8, inclusive="right")).sum())
    assert result.nobs == N - outside
    assert f"{outside:,} without “cut(x, breaks=c(2, 5, 8))”" in result.design.rows_sentence
    assert np.isnan(result.predict(FRAME.assign(x=9.0))).all()


def test_rows_of_levels_that_are_not_named_are_left_out_and_counted() -> None:
    result = lmmcompare.lm("y ~ factor(f, levels = c('q', 'p')) + x", FRAME)
    assert result.nobs == FRAME["f"].isin(["p", "q"]).sum()
    means = FRAME[FRAME["f"].isin(["p", "q"])].groupby("f")["y"].mean()
    alone = lmmcompare.lm("y ~ factor(f, levels = c('q', 'p'))", FRAME)
    np.testing.assert_allclose(alone.params, [means["q"], means["p"] - means["q"]])


def test_labels_that_are_the_same_join_levels() -> None:
    result = lmmcompare.lm("y ~ factor(f, labels = c('a', 'b', 'b', 'a'))", FRAME)
    joined = FRAME.assign(f=FRAME["f"].map({"p": "a", "q": "b", "r": "b", "s": "a"}))
    np.testing.assert_allclose(result.params, lmmcompare.lm("y ~ f", joined).params)


def test_values_beyond_the_knots_of_a_spline_are_said() -> None:
    result = lmmcompare.lm("y ~ ns(x, 3)", FRAME)
    with pytest.warns(OutsideRangeWarning, match="2 rows outside .* straight line"):
        far = result.predict(FRAME.head(3).assign(x=[5.0, 20.0, 21.0]))
    with pytest.warns(OutsideRangeWarning):
        further = result.predict(FRAME.head(1).assign(x=[22.0]))
    np.testing.assert_allclose(further.iloc[0] - far.iloc[2], far.iloc[2] - far.iloc[1])


def test_a_level_that_was_not_met_is_named() -> None:
    result = lmmcompare.lm("y ~ relevel(factor(f), ref = 'r')", FRAME)
    with pytest.raises(DataError, match="“new” in column “f”"):
        result.predict(FRAME.head(2).assign(f=["p", "new"]))


def test_means_of_new_rows_are_those_that_were_learnt() -> None:
    result = lmmcompare.lm("y ~ I(x - mean(x))", FRAME)
    np.testing.assert_allclose(result.predict(FRAME.head(1)), result.predict(FRAME).iloc[:1])


def test_group_means_of_new_rows_are_those_that_were_learnt() -> None:
    """Of a group that is new they are those of its new rows."""
    result = lmmcompare.lm("y ~ x + ave(x, g)", FRAME)
    np.testing.assert_allclose(result.predict(FRAME.head(1)), result.predict(FRAME).iloc[:1])
    new = FRAME.head(2).assign(g=99, x=[1.0, 4.0])
    np.testing.assert_allclose(result.predict(new), [result.params @ [1.0, x, 2.5] for x in (1.0, 4.0)])
    by_hand = lmmcompare.lm("y ~ x + m", FRAME.assign(m=FRAME.groupby("g")["x"].transform("mean")))
    np.testing.assert_allclose(result.params, by_hand.params)


def test_quantiles_are_those_of_all_rows_and_new_rows_are_cut_alike() -> None:
    result = lmmcompare.lm("y ~ cut(x, quantile(x, c(0, 1/3, 2/3, 1)), include.lowest = TRUE)", FRAME)
    np.testing.assert_allclose(result.predict(FRAME.head(3)), result.predict(FRAME).iloc[:3])


@pytest.mark.parametrize(
    ("formula", "says"),
    [
        ("y ~ cut(x, quantile(T))", "of what is cut"),
        ("y ~ cut(x, quantile(x, c(0, 25, 50)))", "from 0 to 1"),
        ("y ~ cut(x, quantile(x, c(0, 1/0)))", "not 0"),
        ("y ~ cut(round(x / 10), quantile(round(x / 10)))", "the same"),
        ("y ~ ave(x)", "no groups"),
        ("y ~ cut(z, quantile(z))", "na.rm = TRUE"),
        ("y ~ ave(z, g)", "10 rows without a value"),
    ],
)
def test_quantiles_and_group_means_that_r_has_not_are_refused(formula: str, says: str) -> None:
    with pytest.raises(LmmCompareError, match=says):
        lmmcompare.lm(formula, FRAME.assign(z=FRAME["x"].where(np.arange(N) >= 10)))


def test_missing_values_of_new_rows_stay_missing() -> None:
    result = lmmcompare.lm("y ~ (x > 4) + ns(x, 3)", FRAME)
    assert list(result.predict(FRAME.head(2).assign(x=[np.nan, 3.0])).isna()) == [True, False]


def test_columns_named_as_constants_are_columns() -> None:
    np.testing.assert_allclose(
        lmmcompare.lm("y ~ I(T * pi)", FRAME).params.iloc[1] * np.pi, lmmcompare.lm("y ~ T", FRAME).params.iloc[1]
    )
    named = lmmcompare.lm("y ~ I((x > 4) == T)", FRAME.drop(columns="T")).r_names
    assert list(named.values()) == ["(Intercept)", "I((x > 4) == T)TRUE"]
    assert lmmcompare.lm("y ~ `if`", FRAME).r_names["if"] == "`if`"


def test_the_dot_is_every_column_but_outcome_and_groups() -> None:
    assert lmmcompare.lmer("y ~ . + (1 | g)", FRAME).formula == "y ~ x + f + T + `if` + (1 | g)"
    assert lmmcompare.lm("log(y + 9) ~ . - f", FRAME).formula == "log(y + 9) ~ x + g + T + `if`"
    assert str(read("y ~ .^2", ["y", "a", "b"])) == "y ~ a + b + a:b"
    assert parse("y ~ . + (1 | g)").formula == "y ~ . + (1 | g)"
    with pytest.raises(FormulaError, match="there are none"):
        read("y ~ .", ["y"])


@pytest.mark.parametrize(
    ("formula", "named"),
    [
        ("y ~ ns(x, 3)", "quantiles"),
        ("y ~ I(x - median(x))", "quantiles"),
        ("y ~ interaction(f, g)", "not computed where the table is"),
        ("y ~ as.numeric(factor(f))", "not computed where the table is"),
    ],
)
def test_engines_refuse_in_words(formula: str, named: str) -> None:
    with pytest.raises(LmmCompareError, match=named):
        lmmcompare.lm(formula, pl.from_pandas(FRAME))


@pytest.mark.parametrize(
    ("formula", "named"),
    [
        ("y ~ x > 'a'", "compares texts"),
        ("y ~ ifelse(x > 4, c(1, 2), 0)", "several values"),
        ("y ~ bs(x, df = 2)", "fewer df"),
        ("y ~ ns(x, knots = 40)", "outside of"),
        ("y ~ cut(x, c(1, 1, 2))", "twice"),
        ("y ~ factor(f, labels = c('a', 'b'))", "2 labels for 4 levels"),
    ],
)
def test_what_cannot_be_is_refused_in_words(formula: str, named: str) -> None:
    with pytest.raises(DesignError, match=named):
        lmmcompare.lm(formula, FRAME)


def test_r_writes_an_endless_interval_with_a_blank() -> None:
    """``levels(cut(5, c(-Inf, 4, Inf)))`` is ``"(-Inf,4]" "(4, Inf]"``."""
    result = lmmcompare.lm("y ~ cut(x, c(-Inf, 4, Inf))", FRAME)
    assert list(result.r_names.values()) == ["(Intercept)", "cut(x, c(-Inf, 4, Inf))(4, Inf]"]
