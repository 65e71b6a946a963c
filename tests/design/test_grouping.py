"""Grouping factors: labels that stay apart, and new rows whose labels have another type than those fitted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import lmmcompare
from lmmcompare.design.grouping import grouping
from lmmcompare.design.levels import positions
from lmmcompare.errors import DataError, UnknownLevelWarning
from lmmcompare.models.prediction import predict_interval
from tests.conftest import TESTS
from tests.fit.test_criterion import make_frame

CASES = TESTS / "data_files" / "cases"


@pytest.fixture(scope="module")
def nested() -> pd.DataFrame:
    """Pupils in classes 1, 2, ... of schools; one row has no class, so read_csv makes the column float."""
    return pd.read_csv(CASES / "nestedna.csv")


@pytest.fixture(scope="module")
def fitted(nested: pd.DataFrame) -> lmmcompare.models.MixedResult:
    return lmmcompare.lmer("y ~ x + (1 | school/class)", nested.dropna().astype({"class": int}))


@pytest.mark.parametrize("kind", ["float", "int", "str", "object", "category", "Int64"])
def test_labels_are_matched_whatever_type_they_have(fitted, nested: pd.DataFrame, kind: str) -> None:
    rows = nested.dropna().astype({"class": int}).astype({"class": kind, "school": kind})
    predicted = fitted.predict(rows)
    np.testing.assert_allclose(predicted, fitted.fittedvalues, rtol=1e-12)
    pd.testing.assert_index_equal(predicted.index, rows.index)
    np.testing.assert_allclose(predict_interval(fitted, rows)["estimate"], fitted.fittedvalues, rtol=1e-12)


def test_numbers_are_matched_to_labels_that_were_text(nested: pd.DataFrame) -> None:
    rows = nested.dropna().astype({"class": int})
    fit = lmmcompare.lmer("y ~ x + (1 | school/class)", rows.astype({"class": str}))
    for kind in (int, float):
        np.testing.assert_allclose(fit.predict(rows.astype({"class": kind})), fit.fittedvalues, rtol=1e-12)


@pytest.mark.parametrize(
    ("levels", "values", "at"),
    [
        ([1, 2, 7], ["7", "1", "07"], [2, 0, -1]),
        (["1", "01", "b"], [1, 1.0, "01"], [0, 0, 1]),
        ([1.1, 1.5], ["1.1", 1.5], [0, 1]),
        (["1.0", "2.0"], [1.0, 2.0], [0, 1]),
        ([True, False], ["True", "no"], [0, -1]),
        ([1, "1"], ["1", 1], [1, 0]),
    ],
)
def test_what_counts_as_the_same_label(levels: list, values: list, at: list) -> None:
    assert positions(pd.Index(levels, dtype=object), pd.Index(values, dtype=object)).tolist() == at
    assert positions(pd.Index(levels), pd.Index(values, dtype=object)).tolist() == at


def test_a_categorical_predictor_is_matched_likewise() -> None:
    frame = make_frame(3).assign(f=lambda d: np.arange(len(d)) % 3 + 1)
    fit = lmmcompare.lm("y ~ x + factor(f)", frame)
    for kind in ("float", "str"):
        np.testing.assert_allclose(fit.predict(frame.astype({"f": kind})), fit.fittedvalues, rtol=1e-12)


def test_a_row_that_lacks_a_label_gets_the_populations_line_and_the_others_their_own(fitted, nested) -> None:
    with pytest.warns(UnknownLevelWarning, match="1 row lacks a label in “class”: there"):
        predicted = fitted.predict(nested)
    lacks = nested["class"].isna()
    assert lacks.sum() == 1
    np.testing.assert_allclose(predicted[~lacks], fitted.fittedvalues, rtol=1e-12)
    np.testing.assert_allclose(predicted[lacks], fitted.predict(nested[lacks], level="population"), rtol=1e-12)


def test_levels_that_are_not_known_are_named(fitted, nested: pd.DataFrame) -> None:
    rows = nested.dropna().iloc[:4].assign(school=[1, 99, 99, 98])
    with pytest.warns(
        UnknownLevelWarning, match="2 levels of “school” in the new rows, “99”, “98”: 3 rows get an effect"
    ):
        predicted = fitted.predict(rows)
    np.testing.assert_allclose(predicted.iloc[1:], fitted.predict(rows, level="population").iloc[1:])
    dummies = lmmcompare.compare("y ~ x + (1 | school)", nested.dropna()).no_pooling
    with pytest.warns(UnknownLevelWarning, match="3 rows get no prediction"):
        assert dummies.predict(rows).isna().tolist() == [False, True, True, True]


def test_without_the_grouping_column_the_populations_line_is_offered(fitted, nested: pd.DataFrame) -> None:
    rows = nested[["school", "x"]]
    for ask in (fitted.predict, lambda r: predict_interval(fitted, r)):
        with pytest.raises(DataError, match=r'no column “class” in the new rows.*level="population"'):
            ask(rows)
    assert fitted.predict(rows, level="population").notna().all()
    assert predict_interval(fitted, rows[["x"]], "new group")["se"].notna().all()


def test_fitted_values_and_predictions_keep_the_tables_index() -> None:
    frame = make_frame(3)
    frame.index = [f"row {k}" for k in range(len(frame))]
    frame.loc["row 4", "x"] = np.nan
    both = lmmcompare.compare("y ~ x + (x | g)", frame)
    used = frame.index.drop("row 4")
    for fit in both.fits.values():
        for values in (fit.fittedvalues, fit.resid, fit.predict()):
            assert list(values.index) == list(used)
        assert list(fit.predict(frame).index) == list(frame.index)
        assert fit.predict(frame).isna().sum() == 1
        pd.testing.assert_series_equal(fit.fittedvalues + fit.resid, frame["y"].loc[used], check_names=False)


def test_groups_whose_labels_have_colons_do_not_collide() -> None:
    frame = pd.DataFrame({"p": ["a:b", "a", "x", "a:b"] * 6, "q": ["c", "b:c", "y", "z"] * 6})
    found = grouping(("p", "q"), frame)
    assert len(found.levels) == 4 and found.levels.is_unique and len(set(found.labels)) == 4
    assert sorted(found.levels) == sorted(["`a:b`:c", "a:`b:c`", "x:y", "`a:b`:z"])
    np.testing.assert_array_equal(pd.DataFrame(found.keys).iloc[found.codes].to_numpy(), frame.to_numpy())
    codes, known = found.find(frame.iloc[:4])
    np.testing.assert_array_equal(codes, found.codes[:4])
    assert known.all()


def test_factors_whose_columns_have_colons_do_not_collide() -> None:
    frame = make_frame(5, groups=6)
    frame["h"] = [f"h{k % 4}" for k in range(len(frame))]
    frame["g:h"] = [f"k{k % 5}" for k in range(len(frame))]
    fit = lmmcompare.lmer("y ~ x + (1 | g:h) + (1 | `g:h`)", frame)
    assert sorted(fit.cov_re) == ["`g:h`", "g:h"]
    assert len(fit.random_effects["`g:h`"]) == 5 and len(fit.random_effects["g:h"]) == 20
    plain = lmmcompare.lmer("y ~ x + (1 | g:h) + (1 | k)", frame.rename(columns={"g:h": "k"}))
    assert fit.criterion == pytest.approx(plain.criterion)
    both = lmmcompare.compare("y ~ x + (1 | g:h) + (1 | `g:h`)", frame, group="`g:h`")
    assert both.moments.n_groups == 5 and both.factors == ["g:h", "`g:h`"]


def test_labels_that_look_alike_are_told_apart() -> None:
    found = grouping(("p",), pd.DataFrame({"p": pd.Series([1, "1", 2] * 4, dtype=object)}))
    assert len(set(found.labels)) == 3
