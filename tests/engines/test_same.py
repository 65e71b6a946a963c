"""The same design, moments and fits, whichever engine has the table."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import lmmcompare
from lmmcompare.engines.build import measure
from lmmcompare.errors import LmmCompareError
from lmmcompare.formula import parse
from tests.effort import crossed, examples

from .engines_data import FORMS, TABLE, both, relation, same, same_moments

FORMULAS = {
    "numeric": "y ~ x + z + (x | g)",
    "categorical": "y ~ c * x + yes + (1 | g)",
    "functions": "y ~ log(z) + exp(x) + sqrt(z) + I(x^2 / z - 2 * x) + (1 | g)",
    "learnt": "y ~ scale(x) + center(z) + poly(z, 3) + poly(x, 2, raw=TRUE) + (1 | g)",
    "no intercept": "y ~ 0 + c + x:c + (0 + x | g)",
    "numbers as categories": "y ~ factor(g) * x + (yes || h)",
    "crossed": "y ~ x + (x | g) + (1 | h) + (1 | k)",
    "nested": "y ~ x + (1 | g/k)",
    "group-level": "log(z) ~ x + m + (1 | g)",
    "elementwise": "100 * y ~ log(z, 10) + log2(z) + log1p(z) + expm1(x) + abs(x) + sin(x) + cos(2 * pi * x) + tan(z) + (1 | g)",
    "steps": "y ~ floor(3 * x) + ceiling(x) + round(x, 1) + sign(x) + as.integer(5 * x) + I(x %% 0.3) + I(x %/% 0.3) + (1 | g)",
    "choices": "y ~ ifelse(x > 0, x, 0) + pmin(x, 0.3) + pmax(x, z, 1) + dummy(c, 'top') + (1 | g)",
    "truths": "y ~ (x > 0) + I(c == 'mid' | z < 1.2) + (!yes):x + I(c %in% c('low', 'mid')) * x + (I(x > 0) | g)",
    "levels": "y ~ relevel(factor(c), ref = 'mid') * x + factor(c, labels = c('one', 'two', 'two')) + (1 | g)",
    "means": "y ~ I(x - mean(x, na.rm = TRUE)) + I((z - min(z)) / sd(z) * x) + I(z^2 / max(z) + sum(m) / var(z)) + (1 | g)",
    "scales": "y ~ scale(x, scale = FALSE) + scale(z, center = FALSE) + scale(m, 1, 2) + (1 | g)",
    "all others": "y ~ . + (1 | g) - k - h",
    "weights and offsets": "y ~ x * c + offset(z / 2) + offset(log(z)) + (x | g) + (1 | h), weights = z^2",
    "weights, some of them 0": "y ~ m + (1 | g), weights = yes * z",
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("formula", ["numeric", "crossed", "weights and offsets"])
def test_every_engine_gives_the_same(form: str, formula: str, tmp_path: Path) -> None:
    same(*both(FORMULAS[formula], TABLE, FORMS[form](TABLE, tmp_path)))


@pytest.mark.parametrize(("formula", "form"), crossed(FORMULAS, ["duckdb", "polars lazy"]))
def test_every_formula_gives_the_same(formula: str, form: str, tmp_path: Path) -> None:
    same(*both(FORMULAS[formula], TABLE, FORMS[form](TABLE, tmp_path), sample=100))


@pytest.mark.parametrize(
    "formula",
    ["y ~ x + (x | g)", "y ~ x * c + (1 | g) + (1 | h)", "y ~ x + offset(z) + (x | g), weights = 1 / (1 + z)"],
)
def test_the_fits_are_the_same(formula: str) -> None:
    ours, theirs = lmmcompare.compare(formula, TABLE), lmmcompare.compare(formula, relation(TABLE))
    assert ours.fits.keys() == theirs.fits.keys()
    for key, fit in ours.fits.items():
        np.testing.assert_allclose(theirs.fits[key].params, fit.params, rtol=1e-10)
    for key, fit in ours.mixed_fits().items():
        np.testing.assert_allclose(theirs.mixed_fits()[key].criterion, fit.criterion, rtol=1e-10)
    frame = ours.coefficients()
    pd.testing.assert_frame_equal(theirs.coefficients(), frame, rtol=1e-6)  # df are differences of the gradient


@pytest.mark.parametrize("cluster", [None, "g"])
def test_least_squares(cluster: str | None) -> None:
    ours, theirs = (lmmcompare.lm("y ~ x * c", data, cluster=cluster) for data in (TABLE, pl.from_pandas(TABLE)))
    pd.testing.assert_frame_equal(theirs.table(), ours.table(), rtol=1e-9)


def test_several_factors_and_the_one_that_is_shown() -> None:
    ours, theirs = (lmmcompare.compare("y ~ x + (1 | g) + (1 | h)", d, group="h") for d in (TABLE, relation(TABLE)))
    assert (theirs.group, theirs.design.focal) == (ours.group, ours.design.focal) == ("h", 1)


# ------------------------------------------------------------------------------------------- hard for floating point
def shifted(**change: object) -> pd.DataFrame:
    return TABLE.dropna().assign(**change)


FAR = {
    "means of 1e8": {"x": lambda d: d.x + 1e8, "y": lambda d: d.y - 1e8},
    "groups 30 deviations apart": {"x": lambda d: d.x + 30 * (d.g - 8)},
    "groups 1e4 deviations apart": {"x": lambda d: d.x + 1e4 * (d.g - 8)},
    "the outcome's groups apart": {"y": lambda d: d.y + 1e5 * (d.g - 8)},
    "very small": {"x": lambda d: d.x * 1e-9, "y": lambda d: d.y * 1e-9},
    "very large": {"x": lambda d: d.x * 1e70, "y": lambda d: d.y * 1e70},
    "constant in most groups": {"x": lambda d: np.where(d.g == 4, d.x, d.g / 3)},
    "a category that is rare": {"c": lambda d: np.where(np.arange(len(d)) == 9, "rare", "usual")},
}


@pytest.mark.parametrize(("what", "form"), crossed(FAR, ["duckdb", "polars lazy"]))
def test_no_digits_are_lost(what: str, form: str, tmp_path: Path) -> None:
    frame = shifted(**FAR[what])
    formula = "y ~ c + (1 | g)" if "category" in what else "y ~ x + m + (x | g)"
    same(*both(formula, frame, FORMS[form](frame, tmp_path), sample=50))


number = st.one_of(st.integers(-3, 3).map(float), st.floats(-1e3, 1e3).map(lambda v: round(v, 3)), st.none())
rows = st.lists(
    st.tuples(st.integers(0, 3), number, number, st.sampled_from(["u", "v", "w", None])), min_size=1, max_size=40
)


@given(
    rows=rows,
    formula=st.sampled_from(
        ["y ~ x + (1 | g)", "y ~ x * c + (1 | g)", "y ~ log(x) + (1 | g)", "y ~ I(x ^ 2 / y) + (1 | c)"]
    ),
)
@settings(max_examples=examples(25), phases=[Phase.explicit, Phase.reuse, Phase.generate])
def test_any_table_gives_the_same_moments_or_the_same_sentence(rows: list, formula: str) -> None:
    frame = pd.DataFrame(rows, columns=["g", "x", "y", "c"]).astype({"x": float, "y": float, "c": "str"})
    spec, found = parse(formula), []
    for data in (frame, pl.from_pandas(frame), relation(frame)):
        try:
            found.append(lmmcompare.models.gathering.gather(spec, data))
        except LmmCompareError as error:
            found.append(str(error))
    for other in found[1:]:
        if isinstance(found[0], str) or isinstance(other, str):
            assert found[0] == other
        else:
            same(found[0], other)


# ----------------------------------------------------------------------------------------------------- kinds of columns
ORDER = ["top", "low", "mid"]


@pytest.mark.parametrize(
    "given",
    [
        lambda frame: frame,
        lambda frame: pl.from_pandas(frame).with_columns(pl.col("c").cast(pl.String).cast(pl.Enum(ORDER))),
        lambda frame: relation(frame.astype({"c": "str"})).project("* REPLACE (c::ENUM('top', 'low', 'mid') AS c)"),
    ],
    ids=["pandas", "polars", "duckdb"],
)
def test_categories_keep_their_own_order(given) -> None:
    frame = TABLE.dropna().assign(c=lambda d: pd.Categorical(d["c"], ORDER))
    same(*both("y ~ c * x + (1 | g)", frame, given(frame), sample=40))
    same(*both("y ~ x + (1 | c)", frame, given(frame), sample=40))


def test_polars_categories_are_in_alphabetical_order() -> None:
    given = pl.from_pandas(TABLE).with_columns(pl.col("c").cast(pl.Categorical))
    same(*both("y ~ c + (1 | g) + (1 | c)", TABLE, given))


SQL = {
    "decimals": "* REPLACE (round(x, 3)::DECIMAL(10, 3) AS x, g::HUGEINT AS g)",
    "short floats": "* REPLACE (x::FLOAT AS x, y::FLOAT AS y)",
    "small integers": "* REPLACE (round(x * 9)::TINYINT AS x, g::UTINYINT AS g)",
    "dates as groups": "* REPLACE (DATE '2020-02-28' + g::INT AS g)",
    "truths as groups": "* REPLACE (yes AS g)",
    "floats as groups": "* REPLACE (g / 4 AS g)",
}


@pytest.mark.parametrize("what", SQL)
def test_other_types_count_as_what_they_are(what: str) -> None:
    data = relation(TABLE.dropna()).project(SQL[what])
    frame = data.df()
    if what == "dates as groups":
        frame["g"] = frame["g"].dt.date
    design, crossing = both("y ~ x + z + (x | g)", frame, data)[1]
    memory, in_memory = both("y ~ x + z + (x | g)", frame, data)[0]
    assert len(design.grouping.labels) == len(memory.grouping.labels)
    same_moments(crossing.factors[0], in_memory.factors[0])


def test_a_null_is_missing_and_so_is_a_nan() -> None:
    holes = pl.from_pandas(TABLE.dropna()).with_row_index().with_columns(
        x=pl.when(pl.col("index") % 7 == 0).then(None).when(pl.col("index") % 5 == 0).then(float("nan")).otherwise("x")
    )  # fmt: skip
    ours, theirs = both("y ~ x + c + (1 | g)", holes.to_pandas(), holes)
    same(ours, theirs)
    assert theirs[0].missing["x"] == 125 and "125 without “x”" in theirs[0].rows_sentence


@pytest.mark.parametrize("hole", ["y", "x", "g"])
@pytest.mark.parametrize("sample", [100, 20_000])
def test_nan_that_parquet_files_do_not_note_is_missing_or_said(hole: str, sample: int, tmp_path: Path) -> None:
    column = pl.col(hole).cast(pl.Float64)
    frame = pl.from_pandas(TABLE.dropna()).with_row_index()
    holes = frame.with_columns(
        pl.when(pl.col("index") % 150 == 130).then(float("nan")).when(pl.col("index") == 300).then(None).otherwise(column).alias(hole)
    )  # fmt: skip
    holes.write_parquet(tmp_path / "table.parquet", row_group_size=50)
    same(*both("y ~ x + pmin(z, 2) + (x | g)", holes.to_pandas(), tmp_path / "table.parquet", sample))
    with pytest.raises(LmmCompareError, match=f"“{hole}” holds NaN, which DuckDB takes for numbers"):
        measure(parse("y ~ x + (x | g)"), duckdb.read_parquet(str(tmp_path / "table.parquet")), sample=sample)


ALIASED = TABLE.dropna().assign(
    twice=lambda d: 2 * d.x + 1, one=0.1, k=lambda d: np.where(d.c == d.c.iloc[0], "p", np.where(d.x > 0, "q", "r")),
)  # fmt: skip


@pytest.mark.parametrize("form", ["duckdb", "polars lazy"])
def test_the_same_columns_are_left_out_and_named(form: str, tmp_path: Path) -> None:
    formula = "y ~ one + x + twice + c * k + (1 | g)"
    given = FORMS[form](ALIASED, tmp_path)
    ours, theirs = lmmcompare.compare(formula, ALIASED), lmmcompare.compare(formula, given)
    assert len(ours.design.aliased) > 4 and theirs.design.rows_sentence == ours.design.rows_sentence
    pd.testing.assert_frame_equal(theirs.coefficients(), ours.coefficients(), rtol=1e-6)


@pytest.mark.parametrize("value", [0.1, 1 / 3, 1e6 + 0.1, -7.3e-5, 0.0])
@pytest.mark.parametrize("weights", [None, "k"])
def test_rounding_is_no_variation_of_a_constant(value: float, weights: str | None) -> None:
    frame = TABLE.dropna().assign(one=value, k=lambda d: 1 + d.g % 3)
    for data in (frame, relation(frame), pl.from_pandas(frame)):
        fit = lmmcompare.lm("y ~ one + x", data, cluster="g", weights=weights)
        assert fit.aliased["one"] == f"constant: {value:.6g} in every row"
