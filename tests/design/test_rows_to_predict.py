"""Rows to predict: which of the rows given they are, and their columns and offset."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import lmmcompare as lc
from lmmcompare.design.coefficients import CONSTANT
from lmmcompare.design.rows_to_predict import held_rows, new_rows
from lmmcompare.errors import DataError, NotEstimableWarning, OutsideRangeWarning, UnknownLevelWarning


def table() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    return pd.DataFrame(
        {"g": np.repeat(np.arange(8), 5), "x": rng.normal(size=40), "t": rng.normal(size=40), "y": rng.normal(size=40)}
    )


def test_rows_that_lack_a_value_are_left_out():
    data = pd.DataFrame({"x": [1.0, np.nan, 3.0, 4.0], "t": [5.0, 6.0, np.nan, 8.0]}, index=list("abcd"))
    design = lc.lm("y ~ log(x) + t + offset(t)", table().assign(x=lambda f: f["x"].abs())).design
    rows = new_rows(design, data)
    assert list(rows.places) == [0, 3] and list(rows.frame.index) == ["a", "d"]
    np.testing.assert_allclose(rows.matrix([CONSTANT, *design.fixed]), [[1, 1], [0, np.log(4)], [5, 8]])
    np.testing.assert_allclose(rows.offset, [5, 8])
    pd.testing.assert_series_equal(
        rows.series(np.array([1.0, 2.0]), "v"), pd.Series([1.0, np.nan, np.nan, 2.0], index=list("abcd"), name="v")
    )
    assert list(rows.keep(np.array([False, True])).places) == [3]


def test_the_rows_of_the_design_are_all_of_it():
    frame = table()
    rows = held_rows(lc.lm("y ~ x", frame).design)
    assert len(rows) == 40 and rows.frame is None
    np.testing.assert_allclose(rows.combination([CONSTANT, 0], np.array([2.0, 3.0])), 2 + 3 * frame["x"])
    np.testing.assert_allclose(rows.combination([CONSTANT, 0], np.array([np.nan, 3.0])), 3 * frame["x"])


def test_a_column_that_new_rows_lack_is_named():
    with pytest.raises(DataError, match=r"no column “t”.*offset needs it"):
        new_rows(lc.lm("y ~ x + offset(t)", table()).design, pd.DataFrame({"x": [1.0]}))


@pytest.mark.parametrize(
    ("formula", "new", "kind"),
    [
        ("y ~ x + (1 | g)", {"g": [99], "x": [0.0]}, UnknownLevelWarning),
        ("y ~ bs(x) + (1 | g)", {"g": [1], "x": [1e3]}, OutsideRangeWarning),
        ("y ~ x + twice + (1 | g)", {"g": [1], "x": [1.0], "twice": [3.0]}, NotEstimableWarning),
    ],
)
def test_a_warning_points_at_the_line_that_asked(formula, new, kind):
    fit = lc.lmer(formula, table().assign(twice=lambda f: 2 * f["x"]))
    with pytest.warns(kind) as said:
        fit.predict(pd.DataFrame(new))
    assert {w.filename for w in said} == {__file__}
