"""Factors nested in others: means over the levels that occur, contrasts within the nest, as emmeans has them."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from lmmcompare import lmer
from lmmcompare.models.marginal.reference_grid import reference_grid
from tests.helpers import TESTS, table

CASES = json.loads((TESTS / "reference/nesting.json").read_text())


def frame() -> pd.DataFrame:
    rows = table("nested_varieties")
    return rows.assign(code=rows["variety"].map({"p": "1", "q": "2", "r": "1", "s": "2", "t": "3"}))


@cache
def fit(formula: str) -> Any:
    return lmer(formula, frame())


@pytest.mark.parametrize(
    "case", CASES, ids=lambda c: " ".join([c["formula"][4:18], c["specs"], *c["by"], c["weights"]])
)
def test_means_and_pairs_are_those_of_emmeans(case):
    means = fit(case["formula"]).emmeans(case["specs"], case["by"], weights=case["weights"], ddf="satterthwaite")
    for ours, theirs in (
        (means.test().rename(columns={"emmean": "estimate"}), "means"),
        (means.contrasts(adjust="none").frame, "pairs"),
    ):
        for name, column in {"estimate": "estimate", "SE": "SE", "df": "df", "p": "p.value"}.items():
            expected = np.atleast_1d(np.array(case[theirs][name], dtype=float))
            np.testing.assert_allclose(
                ours[column], expected, rtol=1e-4, atol=1e-7 if name == "p" else 1e-8, err_msg=f"{theirs} {name}"
            )


def test_what_is_nested_is_found_by_the_rows_and_by_the_formula():
    found = {formula: dict(reference_grid(fit(formula), {}).nesting.nests) for formula in {c["formula"] for c in CASES}}
    assert sorted(map(str, found.values())) == [
        "{'code': ('type',)}",
        "{'variety': ('type',)}",
        "{'variety': ('type',)}",
    ]
    crossed = lmer("y ~ N * type + (1 | block)", frame())
    assert not reference_grid(crossed, {}).nesting.nests


def test_it_is_said():
    text = repr(fit("y ~ (type + variety) * N + x + (1 | block)").emmeans("N"))
    assert "variety is nested in type: means are over the levels that occur." in text
