"""The first pass that is left out: sums over rows that were not counted are exact, and whatever is wrong is found all the same."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from lmmcompare.engines import build, grouping_factors
from lmmcompare.engines.build import measure
from lmmcompare.engines.scan import Scan
from lmmcompare.errors import LmmCompareError
from lmmcompare.formula import parse
from lmmcompare.moments.groups import Moments
from tests.effort import examples

from .engines_data import FORMS, TABLE, both, relation, same

COMPLETE = TABLE.dropna().reset_index(drop=True)
SAMPLE = 40


@pytest.fixture
def scans(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The first passes that were taken, in their order."""
    taken: list[str] = []

    def noted(name: str, function: Callable) -> Callable:
        def call(*given):
            taken.append(name)
            return function(*given)

        return call

    monkeypatch.setattr(build, "scan", noted("counted", build.scan))
    monkeypatch.setattr(build, "assume_complete", noted("assumed", build.assume_complete))
    return taken


# ------------------------------------------------------------------------------------------ when it is left out
@pytest.mark.parametrize("formula", ["y ~ x + m + (x | g)", "y ~ x * c + yes + (1 | g) + (1 | h)", "y ~ factor(k) + x"])
def test_complete_rows_are_not_counted(formula: str, scans: list[str], tmp_path: Path) -> None:
    same(*both(formula, COMPLETE, FORMS["parquet parts"](COMPLETE, tmp_path), sample=SAMPLE))
    assert scans == ["assumed"]


SPOILT = {
    "null in a predictor": ("x", None),
    "NaN in a predictor": ("x", np.nan),
    "null in the outcome": ("y", None),
    "null among the groups": ("h", None),
    "no level": ("c", None),
    "an infinite predictor": ("x", np.inf),
    "an infinite outcome": ("y", -np.inf),
    "a huge predictor": ("x", -1e151),
    "a huge outcome": ("y", 1e151),
    "the largest float": ("y", 1.7e308),
}


OF_FILES = ("null in a predictor", "NaN in a predictor", "null among the groups", "an infinite outcome")
"""What Parquet's own statistics may not tell; the sums of its rows are DuckDB's, as those of a table in memory are."""


@pytest.mark.parametrize(
    ("what", "form"),
    [
        pytest.param(what, form, marks=[pytest.mark.slow] if form == "parquet parts" and what not in OF_FILES else [])
        for what in SPOILT
        for form in ("duckdb", "polars lazy", "pyarrow", "parquet parts")
    ],
)
def test_one_bad_value_is_found_wherever_it_is(what: str, form: str, tmp_path: Path, scans: list[str]) -> None:
    """A sample of 40 of 4,000 rows hardly ever has it: the sums must tell."""
    column, value = SPOILT[what]
    frame = pd.concat([COMPLETE] * 10, ignore_index=True)
    frame.loc[len(frame) - 3, column] = value
    data = FORMS[form](frame, tmp_path)
    if what.startswith("NaN") and form == "duckdb":
        data = relation(frame).project("* REPLACE (CASE WHEN x IS NULL THEN 'nan'::DOUBLE ELSE x END AS x)")
    formula = parse("y ~ x + c + (x | g) + (1 | h)")
    try:
        expected = both("y ~ x + c + (x | g) + (1 | h)", frame, data, sample=SAMPLE)
    except LmmCompareError as error:
        with pytest.raises(type(error), match=r"infinite value|value beyond"):
            measure(formula, data, sample=SAMPLE)
        assert column in str(error)
    else:
        same(*expected)
        assert expected[1][0].n == len(frame) - 1 and expected[1][0].missing == {column: 1}
    assert scans[:2] == ["assumed", "counted"]


def test_a_group_whose_rows_are_all_missing_is_no_group() -> None:
    frame = COMPLETE.assign(x=COMPLETE["x"].where(COMPLETE["g"] != 5))
    ours, theirs = both("y ~ x + (1 | g)", frame, relation(frame), sample=SAMPLE)
    same(ours, theirs)
    assert "5" not in theirs[0].groupings[0].labels


def test_the_bound_on_levels_is_one() -> None:
    scan = Scan(None, 900, 900, {}, {}, {}, {"a": (-3, 6), "b": (0, 1), "c": (0, 10**12)})  # type: ignore[arg-type]
    assert [scan.most_levels(c) for c in (["a"], ["a", "b"], ["c"], ["a", "text"])] == [10, 20, 900, 900]


@pytest.mark.parametrize("form", ["duckdb", "polars lazy", "pyarrow", "parquet parts"])
def test_the_ends_of_whole_numbers(form: str, tmp_path: Path) -> None:
    frame = pd.DataFrame({"g": np.arange(-4, 60) % 50, "big": 2**60 + np.arange(64), "x": np.arange(64.0)})
    given = FORMS[form](frame, tmp_path)
    table = build.from_data(given)
    assert build.scan(table).ends == {"g": (0, 49)}


def test_groups_are_not_counted_where_whole_numbers_bound_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grouping_factors, "refuse_large", lambda n, q: counted.append(n))
    counted: list[int] = []
    measure(parse("y ~ x + (1 | g)"), relation(COMPLETE), sample=SAMPLE)
    assert counted == [COMPLETE["g"].max() - COMPLETE["g"].min() + 1]


# ------------------------------------------------------------------------------------------ digits
def exact(frame: pd.DataFrame) -> tuple[np.ndarray, list[list[Fraction]], np.ndarray, np.ndarray]:
    """Sizes, means of x and y by group, cross-products about them (2, 2, J) and overall variances, by fractions."""
    n, means, products = [], [], []
    for _, rows in frame.groupby("g"):
        values = [[Fraction(v) for v in rows[c].tolist()] for c in ("x", "y")]
        mean = [sum(v) / len(v) for v in values]
        left = [[a - m for a in v] for v, m in zip(values, mean, strict=True)]
        n.append(len(rows))
        means.append(mean)
        products.append([[sum(a * b for a, b in zip(u, v, strict=True)) for v in left] for u in left])
    overall = [sum(k * m[c] for k, m in zip(n, means, strict=True)) / sum(n) for c in (0, 1)]
    about = [
        sum(p[c][c] + k * (m[c] - overall[c]) ** 2 for k, m, p in zip(n, means, products, strict=True)) for c in (0, 1)
    ]
    variance = np.array([float(a / sum(n)) for a in about])
    return np.array(n), means, np.moveaxis(np.array(products, dtype=float), 0, -1), variance


OFFSETS = st.sampled_from([0.0, 1.0, -1e6, 1e9, 2.0**53 - 2.0**20, 3e14])
SCALES, APART = st.sampled_from([1e-6, 1e-3, 1.0, 1e4]), st.sampled_from([0.0, 1.0, 20.0, 1e4])
ORDERS = st.sampled_from(["as they are", "by group", "by value", "the first ones far away"])
KINDS = st.sampled_from(["float", "float32", "whole", "decimal", "truth", "few values", "constant in groups"])


@st.composite
def tables(draw: st.DrawFn) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A table that is hard for sums (far from zero, sorted, columns of very different sizes), and its complete rows as floats."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, groups = draw(st.integers(60, 300)), draw(st.integers(3, 25))
    g = rng.integers(groups, size=n)
    frame = pd.DataFrame({"g": g * draw(st.sampled_from([1, 7, 10**6]))})
    kinds = {"x": draw(KINDS | st.just("date")), "y": draw(KINDS)}
    for name, kind in kinds.items():
        value = draw(SCALES) * (rng.normal(size=n) + draw(APART) * rng.normal(size=groups)[g])
        if kind == "few values":
            value = np.round(rng.normal(size=n))
        elif kind == "constant in groups":
            value = rng.normal(size=groups)[g]
        frame[name] = value + draw(OFFSETS)
        if kind == "truth":
            frame[name] = value > 0.5
        elif kind == "whole":
            frame[name] = np.round(frame[name]).astype(np.int64)
        elif kind == "float32":
            frame[name] = frame[name].astype(np.float32)
    order = draw(ORDERS)
    if order in ("by group", "by value"):
        frame = frame.sort_values("g" if order == "by group" else "x", ignore_index=True)
    elif order == "the first ones far away" and frame["x"].dtype == float:
        frame.loc[: n // 10, "x"] += 1e6
    holes = draw(st.sampled_from(["none", "some", "a group"]))
    for name in ("x", "y"):
        if holes != "none" and frame[name].dtype.kind == "f":
            frame.loc[frame["g"] == frame["g"].min() if holes == "a group" else rng.random(n) < 0.02, name] = np.nan
    return _as_kinds(frame, kinds)


def _as_kinds(frame: pd.DataFrame, kinds: dict[str, str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A table with decimals and dates, and its complete rows as floats."""
    given, meant = frame.copy(), frame.copy()
    for name, kind in kinds.items():
        if kind == "decimal":
            texts = [None if pd.isna(v) else f"{v:.4f}" for v in frame[name]]
            given[name] = pd.Series([None if v is None else Decimal(v) for v in texts], dtype=object)
            meant[name] = [np.nan if v is None else float(v) for v in texts]
        elif kind == "date":
            days = frame[name].rank(method="dense")
            given[name] = pd.Timestamp("1999-12-25") + pd.to_timedelta(days, "D")
            meant[name] = days
    meant = meant.dropna().reset_index(drop=True)
    for name, kind in kinds.items():
        if kind == "date":
            meant[name] -= meant[name].min()
    return given, meant


def agree(frame: pd.DataFrame, moments: Moments) -> None:
    """That moments are the exact ones: means against the overall spread, products against those of a usual group."""
    n, means, products, variance = exact(frame)
    np.testing.assert_array_equal(moments.n, n)
    for c in np.flatnonzero(np.sqrt(variance) <= 1e-15 * np.abs(moments.center)):
        # what rounding alone may give counts as constant
        means, products[c], products[:, c], variance[c] = (
            [[*m[:c], Fraction(moments.center[c]), *m[c + 1 :]] for m in means],
            0,
            0,
            0,
        )
    np.testing.assert_allclose(moments.scale * (variance > 0), np.sqrt(variance), rtol=1e-9)
    for c, (center, scale) in enumerate(zip(moments.center, moments.scale, strict=True)):
        for mean, group in zip(moments.mean[c], means, strict=True):
            assert (
                abs(float(Fraction(center) + Fraction(scale) * Fraction(mean) - group[c])) <= 1e-9 * variance[c] ** 0.5
            )
    usual = np.sqrt(np.einsum("kkj->k", products) / len(n))
    apart = moments.within * np.outer(moments.scale, moments.scale)[:, :, None] - products
    assert (np.abs(apart) <= 1e-9 * np.outer(usual, usual)[:, :, None]).all()


@given(tables=tables(), form=st.sampled_from(["duckdb", "polars"]))
@settings(max_examples=examples(30), phases=[Phase.explicit, Phase.reuse, Phase.generate], deadline=None)
def test_sums_are_those_of_exact_arithmetic(tables: tuple[pd.DataFrame, pd.DataFrame], form: str) -> None:
    table, frame = tables
    data = relation(table) if form == "duckdb" else pl.from_pandas(table)
    try:
        crossing = measure(parse("y ~ x + (1 | g)"), data, sample=20).crossing
    except LmmCompareError as error:  # by chance all values are the same
        assert frame["y"].nunique() == 1 or frame["x"].nunique() == 1, error
        return
    agree(frame, crossing.factors[0])
