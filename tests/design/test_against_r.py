"""Formulas as people paste them from R: names, estimates, errors and predictions are those of lm and lmer (reference/formulas.json)."""

from __future__ import annotations

import warnings
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

import lmmcompare
from lmmcompare import examples
from lmmcompare.formula import parse
from tests.helpers import reference

CASES: list[dict[str, Any]] = reference("formulas")


@cache
def table(name: str) -> pd.DataFrame:
    """The tables of make_formulas.R."""
    frame = examples.load(name.removesuffix("_missing")).copy()
    if name == "exam_missing":
        frame.loc[frame.index[16::17], "standLRT"] = np.nan
        frame.loc[frame.index[28::29], "sex"] = None
    return frame


@cache
def fitted(k: int) -> Any:
    case = CASES[k]
    fit = lmmcompare.lmer if case["mixed"] else lmmcompare.lm
    return fit(case["formula"], table(case["data"]))


def by_id(case: dict[str, Any]) -> str:
    return f"{case['data']}: {case['formula']}"


HAVE_ALL = [k for k, case in enumerate(CASES) if not case["aliased"]]


def ids(ks: list[int]) -> list[str]:
    return [by_id(CASES[k]) for k in ks]


@pytest.mark.parametrize("k", HAVE_ALL, ids=ids(HAVE_ALL))
def test_names_are_those_of_r(k: int) -> None:
    assert set(fitted(k).r_names.values()) == set(CASES[k]["names"])
    assert fitted(k).nobs == CASES[k]["n"]


@pytest.mark.parametrize("k", HAVE_ALL, ids=ids(HAVE_ALL))
def test_estimates_and_errors_are_those_of_r(k: int) -> None:
    result, case = fitted(k), CASES[k]
    names = list(result.r_names.values())
    known = pd.DataFrame({"estimate": case["estimate"], "se": case["se"]}, index=case["names"]).loc[names]
    np.testing.assert_allclose(result.params, known["estimate"], rtol=1e-6, atol=1e-6 * known["se"].min())
    np.testing.assert_allclose(result.bse, known["se"], rtol=1e-5)


PREDICTED = [k for k in HAVE_ALL if "predicted" in CASES[k]]


@pytest.mark.parametrize("k", PREDICTED, ids=ids(PREDICTED))
def test_new_rows_are_coded_with_what_was_learnt(k: int) -> None:
    case = CASES[k]
    rows = table(case["data"]).iloc[[0, 19, 39, 59, 69]].copy()
    for name in {"standLRT", "Days"} & {*rows.columns}:
        rows[name] = rows[name] * 1.4
    known = np.array([np.nan if v is None else v for v in case["predicted"]], dtype=float)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = fitted(k).predict(rows)
    np.testing.assert_allclose(found, known, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("k", range(len(CASES)), ids=ids(list(range(len(CASES)))))
def test_written_out_and_read_again_is_the_same_model(k: int) -> None:
    spec = parse(CASES[k]["formula"])
    assert parse(spec.formula) == spec
