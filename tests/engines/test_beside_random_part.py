"""Correlated and unequal residuals beside a random part, and in comparisons: the same from every engine as from memory."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import lmmcompare as lc
from lmmcompare.errors import LmmCompareError, TooLargeError
from lmmcompare.models.serial_mixed import SerialMixedResult
from tests.effort import crossed, examples, first

from .engines_data import FORMS, relation
from .test_residual_structures import BAD, FAR, FEW, ONCE, ORDERS, TABLE, _dask, same

ENGINES: dict[str, Callable[[pd.DataFrame, Path], Any]] = {k: f for k, f in FORMS.items() if k != "pandas"}
SOME = {k: f for k, f in FEW.items() if k != "dask"}
BESIDE: dict[str, tuple[str, str | None, str | None]] = {
    "ar1": ("y ~ x * arm + (1 | g)", "ar1(t | g)", None),
    "ar1 by level": ("y ~ x + (1 | a:b)", "ar1(t | a:b)", "level"),
    "ar1 of dates": ("y ~ x + (x | text)", "ar1(day | text)", None),
    "car1": ("y ~ 0 + x + (1 | g)", "car1(when | g)", "arm"),
    "levels": ("y ~ x + (x || g)", None, "level"),
    "slopes alone": ("y ~ x + (0 + x | g)", "ar1(t | g)", "level"),
    "slopes of what has no fixed part": ("y ~ arm + (z | g)", "ar1(t | g)", None),
    "no predictor": ("y ~ 1 + (1 | g)", "ar1(t | g)", None),
}


def fitted(data: Any, what: str, reml: bool) -> SerialMixedResult:
    formula, correlation, variance = BESIDE[what]
    result = lc.lmer(formula, data, reml, correlation=correlation, variance=variance)
    assert isinstance(result, SerialMixedResult)
    return result


@cache
def from_memory(what: str, reml: bool) -> SerialMixedResult:
    return fitted(TABLE, what, reml)


def same_of(data: Any, what: str, reml: bool = True) -> None:
    """That a model of `TABLE` has the same sums and the same fit from an engine as from memory."""
    same_beside(from_memory(what, reml), fitted(data, what, reml))


def same_beside(ours: Any, theirs: Any) -> None:
    """That both have the same sums, by gap and by group too, and the same fit."""
    same(ours, theirs)
    assert isinstance(ours, SerialMixedResult) and isinstance(theirs, SerialMixedResult)
    one, other = (fit.fit.problem.groups for fit in (ours, theirs))  # type: ignore[union-attr]
    for what in ("level", "starter", "key", "group"):
        np.testing.assert_array_equal(getattr(other, what), getattr(one, what))
    for what in ("first", "pairs"):
        size = np.abs(getattr(one, what)).max(initial=1e-300)
        np.testing.assert_allclose(getattr(other, what) / size, getattr(one, what) / size, atol=1e-10)
    for name, covariance in ours.cov_re.items():
        np.testing.assert_allclose(theirs.cov_re[name], covariance, rtol=1e-4, atol=1e-8 * ours.sigma**2)
        modes = ours.random_effects[name]
        np.testing.assert_allclose(theirs.random_effects[name], modes, rtol=1e-4, atol=1e-6 * ours.sigma)
        assert list(map(str, theirs.random_effects[name].index)) == list(map(str, modes.index))


@pytest.mark.parametrize("form", ENGINES)
@pytest.mark.parametrize("what", first(["ar1", "levels", "car1"], 2))
def test_every_engine_gives_the_same(form: str, what: str, tmp_path: Path) -> None:
    same_of(ENGINES[form](TABLE, tmp_path), what)


@pytest.mark.parametrize(
    ("model", "form"),
    crossed([*((what, True) for what in BESIDE), ("ar1 by level", False), ("levels", False)], SOME),
)
def test_every_model_gives_the_same(model: tuple[str, bool], form: str, tmp_path: Path) -> None:
    what, reml = model
    same_of(SOME[form](TABLE, tmp_path), what, reml)


@pytest.mark.parametrize("what", first(["ar1 by level", "levels"], 1))
def test_dask(what: str, tmp_path: Path) -> None:
    same_of(_dask(TABLE, tmp_path), what)


@pytest.mark.parametrize("order", ORDERS)
def test_no_matter_how_rows_lie(order: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lmmcompare.engines.previous_row.LOOK", 5)
    path = FORMS["parquet"](ORDERS[order](TABLE).reset_index(drop=True), tmp_path)
    same_beside(*(lc.lmer("y ~ x + (x | text)", d, correlation="ar1(t | text)") for d in (TABLE, path)))


@pytest.mark.parametrize("far", FAR)
def test_no_digits_are_lost(far: str) -> None:
    frame = FAR[far](TABLE)
    same_beside(*(lc.lmer("y ~ x + (1 | g)", d, correlation="ar1(t | g)") for d in (frame, relation(frame))))


COMPARED: dict[str, tuple[pd.DataFrame, str, str | None, str | None]] = {
    "cs": (TABLE, "y ~ x * arm + (x | g)", "cs(1 | g)", None),
    "cs of groups that the formula has not": (TABLE, "y ~ x + (1 | g)", "cs(1 | text)", None),
    "cs by level": (TABLE, "y ~ x + (1 | g) + (1 | a)", "cs(1 | a)", "level"),
    "us": (ONCE, "y ~ x * arm + (z | g)", "us(visit | g)", None),
    "ar1": (TABLE, "y ~ poly(x, 2) + (1 | g)", "ar1(day | g)", None),
    "car1": (TABLE, "y ~ visit + (x | g)", "car1(when | g)", "level"),
    "levels": (TABLE, "y ~ x + offset(z) + (1 | g)", None, "level"),
}


@pytest.mark.parametrize(("what", "form"), crossed(COMPARED, SOME))
def test_a_comparison_has_the_same_numbers(form: str, what: str, tmp_path: Path) -> None:
    frame, formula, correlation, variance = COMPARED[what]
    ours, theirs = (
        lc.compare(formula, d, correlation=correlation, variance=variance) for d in (frame, SOME[form](frame, tmp_path))
    )
    assert ours.structured is not None and theirs.structured is not None
    assert theirs.spec == ours.spec and theirs.design.missing == ours.design.missing
    assert {fit.nobs for fit in theirs.fits.values()} == {ours.design.n}
    for one, other in ((ours.coefficients(), theirs.coefficients()), (ours.variances(), theirs.variances())):
        keys = [c for c in one.columns if one[c].dtype == object or str(one[c].dtype) == "str"]
        pd.testing.assert_frame_equal(other[keys], one[keys])
    one, other = (of.coefficients().query("model == 'structured'") for of in (ours, theirs))
    for column in ("estimate", "se", "df"):
        np.testing.assert_allclose(other[column], one[column], rtol=1e-5, atol=1e-9)
    statistics = [of.statistics().set_index("model")["loglik"] for of in (ours, theirs)]
    np.testing.assert_allclose(statistics[1], statistics[0], rtol=1e-8)
    assert theirs.structured.notes == ours.structured.notes


WORSE = {
    **{k: (make, correlation, variance) for k, (make, _, correlation, variance) in BAD.items() if k != "weights"},
    "another group": (lambda: TABLE, "ar1(t | text)", None),
    "cs beside": (lambda: TABLE, "cs(1 | g)", None),
    "us beside": (lambda: ONCE, "us(visit | g)", None),
    "two rows each": (lambda: TABLE[TABLE.groupby("g").cumcount() < 2].dropna(), "ar1(t | g)", None),
}


@pytest.mark.parametrize(("what", "form"), crossed(WORSE, SOME))
def test_bad_input_is_refused_in_the_same_words(form: str, what: str, tmp_path: Path) -> None:
    make, correlation, variance = WORSE[what]
    frame = make().reset_index(drop=True)
    results = []
    for data in (frame, SOME[form](frame, tmp_path)):
        with pytest.raises(LmmCompareError) as error:
            lc.lmer("y ~ x + (1 | g)", data, correlation=correlation, variance=variance)
        results.append((type(error.value), str(error.value)))
    assert results[0] == results[1]


@pytest.mark.parametrize(
    ("what", "form"),
    crossed(["times twice", "visits twice", "text", "many visits", "one visit", "no such column"], SOME),
)
def test_a_comparison_refuses_bad_input_in_the_same_words(form: str, what: str, tmp_path: Path) -> None:
    make, formula, correlation, variance = BAD[what]
    frame, results = make().reset_index(drop=True), []
    for data in (frame, SOME[form](frame, tmp_path)):
        with pytest.raises(LmmCompareError) as error:
            lc.compare(f"{formula} + (1 | g)", data, correlation=correlation, variance=variance)
        results.append((type(error.value), str(error.value)))
    assert results[0] == results[1]


def test_too_many_gaps_of_groups_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lmmcompare.moments.group_serial_sums.MAX_BYTES", 8 * 3 * 2 * 5 * 50)
    for data in (TABLE, relation(TABLE)):
        with pytest.raises(TooLargeError, match="groups’ gaps in time"):
            lc.lmer("y ~ x + (x | g)", data, correlation="car1(t | g)")


value = st.floats(-1e3, 1e3).map(lambda v: round(v, 3))
rows = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 9), value, value, st.sampled_from("uvw")),
    min_size=12, max_size=60, unique_by=lambda row: row[:2],
)  # fmt: skip


@given(
    rows=rows,
    random=st.sampled_from(["1", "x", "0 + x"]),
    structure=st.sampled_from([("ar1(t | g)", None), ("car1(t | g)", "c"), (None, "c")]),
)
@settings(max_examples=examples(15, fewest=5), phases=[Phase.explicit, Phase.reuse, Phase.generate], deadline=None)
def test_any_table_gives_the_same_sums_or_the_same_sentence(
    rows: list, random: str, structure: tuple[str | None, str | None]
) -> None:
    """Groups of one row, missing visits, gaps of any size."""
    frame = pd.DataFrame(rows, columns=["g", "t", "x", "y", "c"]).astype({"x": float, "y": float, "c": "str"})
    results: list[Any] = []
    for data in (frame, pl.from_pandas(frame).lazy(), relation(frame)):
        try:
            problem = lc.lmer(
                f"y ~ x + ({random} | g)", data, correlation=structure[0], variance=structure[1]
            ).fit.problem  # type: ignore[union-attr]
            tables, groups = problem.structure.tables, problem.groups
            parts = [tables, groups.first, groups.pairs]
            results.append([p / np.abs(p).max(initial=1e-300) for p in parts] + [groups.group, groups.key])
        except LmmCompareError as error:
            results.append(str(error))
    for other in results[1:]:
        if isinstance(results[0], str):
            assert other == results[0]
            continue
        for ours, theirs in zip(results[0], other, strict=True):
            np.testing.assert_allclose(theirs, ours, atol=1e-10)
