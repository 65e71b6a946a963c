"""Numbers that look like codes for missing values are offered as such, others are not; none is changed unasked."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from lmmcompare.data.columns import describe
from lmmcompare.data.read import read
from lmmcompare.data.recipe import Recipe, apply, from_json, to_json
from lmmcompare.data.sentinels import sentinels
from lmmcompare.data.steps import SetMissing
from lmmcompare.errors import DataError


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        ([1, 2, 3, 4, 5, -9], (-9,)),
        ([1, 2, 3, 4, 5, -8, -9], (-9, -8)),
        ([18, 35, 80, 999], (999,)),
        ([18, 35, 80, -99], (-99,)),
        ([1, 2, 3, 4, 5, 98, 99], (98, 99)),
        ([0, 1, 9], (9,)),
        ([-1.5, 0.25, 1.75, -999], (-999,)),
        ([0.5, 1.5, 99, -99], (-99, 99)),
        ([18, 35, 80, 99], ()),  # somebody may be 99
        ([5, 6, 7, 8, 9], ()),
        ([-12, -9, 3, 4], ()),
        ([-9.5, -9, 3, 4], ()),
        ([97, 98, 99], ()),
        ([1, 99], ()),
        ([1, 2, 1000], ()),
    ],
)
def test_codes_lie_far_from_all_other_values(values, codes):
    for order in (values, values[::-1]):
        assert sentinels(np.array(order)) == codes
        assert describe(pd.DataFrame({"x": [*order, math.nan, math.inf]}))[0].codes == codes


def test_they_are_said_and_not_changed():
    frame = read(b"age,g\n18,a\n35,b\n-99,a\n40,b\n").frame
    assert frame["age"].tolist() == [18, 35, -99, 40]
    assert "\N{MINUS SIGN}99 may stand for missing" in describe(frame)[0].words


def test_made_missing_when_asked():
    table = read(b"age,g\n18,a\n35,b\n-99,a\n40,b\n-98,b\n")
    recipe = Recipe((SetMissing("age", (-99.0, -98.0)),))
    done = apply(from_json(to_json(recipe)), table)
    assert done.frame["age"].isna().tolist() == [False, False, True, False, True]
    assert done.notes[-1] == "“age”: -99, -98 became missing in 2 rows." and table.frame["age"].notna().all()


@pytest.mark.parametrize(("column", "problem"), [("age", "holds no -5"), ("g", "not of numbers"), ("h", "no column")])
def test_refused(column, problem):
    with pytest.raises(DataError, match=problem):
        SetMissing(column, (-5.0,)).apply(pd.DataFrame({"age": [1, 2], "g": ["a", "b"]}))
