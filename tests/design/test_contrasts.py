"""Factors coded by contrasts: matrices, names, fits, tests and predictions against R (reference/contrasts.json)."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

import lmmcompare as lc
from lmmcompare.assess.hypotheses import anova
from lmmcompare.design.contrasts import coding_of
from lmmcompare.errors import DesignError, FormulaError
from lmmcompare.formula import parse
from lmmcompare.models import MixedResult
from tests.helpers import reference, table

KNOWN: dict[str, Any] = reference("contrasts")
FITS: dict[str, dict[str, Any]] = {f["formula"]: f for f in KNOWN["fits"]}


@cache
def frame(data: str) -> pd.DataFrame:
    """The rows that make_contrasts.R keeps; the index is R's row number."""
    rows = table(data)
    rows.index = pd.RangeIndex(1, len(rows) + 1)
    if data == "exam":
        rows = rows.head(1200)
        return rows.assign(vr=pd.Categorical(rows["vr"], ["bottom 25%", "mid 50%", "top 25%"]))
    return rows[(7 * np.arange(1, len(rows) + 1)) % 11 >= 2]


@cache
def fit(formula: str) -> MixedResult:
    return lc.lmer(formula, frame(FITS[formula]["data"]))


NESTED = "Y ~ V + V:C(N, contr.sum) + (1 | B)"


@pytest.mark.parametrize("known", KNOWN["matrices"], ids=lambda known: known["coding"])
def test_matrices_are_those_of_r(known):
    factor = parse(f"y ~ C(f, {known['coding']})").terms[0].factors[0]
    ours = coding_of(factor, pd.Index(list("abcde"))).matrix
    np.testing.assert_allclose(ours, known["values"], atol=1e-11)


# lme4 stops where its theta is good to about 1e-5
@pytest.mark.parametrize("formula", FITS)
def test_coefficients_are_those_of_lmertest(formula):
    known, ours = FITS[formula], fit(formula)
    table = ours.table()
    np.testing.assert_allclose(table["estimate"], known["estimate"], rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(table["se"], known["se"], rtol=1e-5)
    np.testing.assert_allclose(table["df"], known["df"], rtol=1e-3)


@pytest.mark.parametrize("formula", FITS)
def test_names_are_those_of_r(formula):
    assert list(fit(formula).r_names.values()) == FITS[formula]["names"]


@pytest.mark.parametrize("formula", FITS)
def test_least_squares_are_those_of_r(formula):
    known = FITS[formula]
    ours = lc.lm(fit(formula).design.spec.fixed_only(), frame(known["data"]))
    np.testing.assert_allclose(ours.params, known["least_squares"], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("formula", FITS)
def test_new_rows_are_coded_alike(formula):
    known = FITS[formula]
    new = frame(known["data"]).loc[known["rows"]]  # of each factor some levels only
    ours = fit(formula).predict(new, level="population")
    values = ours["predicted"] if isinstance(ours, pd.DataFrame) else ours
    np.testing.assert_allclose(values, known["predicted"], rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("type", ["II", "III"])
@pytest.mark.parametrize("formula", [f for f, known in FITS.items() if known["tests"] and f != NESTED])
def test_tests_of_terms_are_those_of_lmertest(formula, type):
    known, ours = FITS[formula]["tests"][type], anova(fit(formula), type)
    np.testing.assert_array_equal(ours["num_df"], known["num_df"])
    np.testing.assert_allclose(ours["F"], known["F"], rtol=1e-5)
    np.testing.assert_allclose(ours["den_df"], known["den_df"], rtol=1e-3)


def test_a_nested_factor_weighs_the_same_in_every_coding():
    """As in SAS: lmerTest's test of V is about N's first level there, and the span is that of V * N."""
    crossed = anova(lc.lmer("Y ~ V * N + (1 | B)", frame("oats"))).set_index("term").loc["V"]
    for formula in (NESTED, "Y ~ V + V:N + (1 | B)"):
        nested = anova(lc.lmer(formula, frame("oats"))).set_index("term").loc["V"]
        np.testing.assert_allclose(
            nested[["F", "den_df"]].to_numpy(float), crossed[["F", "den_df"]].to_numpy(float), rtol=1e-6
        )


def test_type_three_does_not_depend_on_the_coding():
    data = frame("oats")
    plain = anova(lc.lmer("Y ~ N * V + (1 | B)", data), ddf="chi-square")
    for coding in ("contr.sum", "contr.helmert", "contr.poly", "contr.sdif", "contr.treatment, base = 2"):
        coded = anova(lc.lmer(f"Y ~ C(N, {coding}) * C(V, contr.sum) + (1 | B)", data), ddf="chi-square")
        np.testing.assert_allclose(coded["chisq"], plain["chisq"], rtol=1e-7)
    np.testing.assert_allclose(plain["chisq"], KNOWN["car"]["chisq"], rtol=1e-5)


SAME = {
    "C(N, sum)": "C(N, contr.sum)",
    "C(N, Sum)": "C(N, contr.sum)",
    'C(N, "contr.sum")': "C(N, contr.sum)",
    "C(N, contr=contr.sum)": "C(N, contr.sum)",
    "C(N, contr.sum())": "C(N, contr.sum)",
    "C(N, MASS::contr.sdif)": "C(N, contr.sdif)",
    "C(N, Diff)": "C(N, contr.sdif)",
    "C(N, Helmert)": "C(N, contr.helmert)",
    "C(N, Poly)": "C(N, contr.poly)",
    "C(N, poly, 2)": "C(N, contr.poly, how.many=2)",
    "C(N, contr.treatment, base = 2)": "C(N, contr.treatment, base=2)",
    "C(N, contr.treatment(base = 2))": "C(N, contr.treatment, base=2)",
    "C(N, contr.treatment(4, base = 2))": "C(N, contr.treatment, base=2)",
    'C(N, Treatment("0.2cwt"))': 'C(N, contr.treatment, base="0.2cwt")',
    "C(N, Treatment(reference='0.2cwt'))": 'C(N, contr.treatment, base="0.2cwt")',
    'C(N, contr.treatment("0.2cwt"))': 'C(N, contr.treatment, base="0.2cwt")',
}


@pytest.mark.parametrize("text", SAME)
def test_every_writing_of_a_coding_is_read(text):
    assert parse(f"Y ~ {text} + (1 | B)").formula == f"Y ~ {SAME[text]} + (1 | B)"
    assert parse(f"Y ~ {SAME[text]} + (1 | B)").formula == f"Y ~ {SAME[text]} + (1 | B)"


def test_a_baseline_is_named_by_place_or_level():
    data = frame("oats")
    by_place, by_level = (
        lc.lmer(f"Y ~ C(N, {c}) + (1 | B)", data) for c in ("contr.treatment, base = 2", 'Treatment("0.2cwt")')
    )
    np.testing.assert_array_equal(by_place.params, by_level.params)
    assert [c.baseline for c in by_level.coefficients[1:]] == ["0.2cwt"] * 3
    assert [c.label for c in by_level.coefficients[1:]] == ["N [0.0cwt]", "N [0.4cwt]", "N [0.6cwt]"]


@pytest.mark.parametrize(
    ("factor", "error", "named"),
    [
        ("C(N, contr.magic)", FormulaError, "contr.magic"),
        ("C(N, contr.sum, base = 2)", DesignError, "base"),
        ("C(N, contr.sum(base = 2))", FormulaError, "base"),
        ("C(N, contr.treatment, base = 9)", DesignError, "number 9"),
        ('C(N, Treatment("x"))', DesignError, "“x”"),
        ("C(N, poly, 7)", DesignError, "7 contrasts"),
        ("C(N, __import__)", FormulaError, "_"),
        ("C(N, contr.sum(N))", FormulaError, "N"),
    ],
)
def test_what_is_no_coding_is_refused(factor, error, named):
    with pytest.raises(error, match=named):
        lc.lm(f"Y ~ {factor}", frame("oats"))


def test_levels_that_a_formula_puts_in_order_have_polynomial_contrasts() -> None:
    """As in R; a column of ordered categories keeps treatment contrasts until others are chosen."""
    frame = pd.DataFrame({"f": ["c", "a", "b"] * 8, "y": np.arange(24.0) ** 1.5})
    ordered, chosen = lc.lm("y ~ ordered(f)", frame), lc.lm("y ~ C(f, contr.poly)", frame)
    np.testing.assert_allclose(ordered.params.to_numpy(), chosen.params.to_numpy(), rtol=1e-12)
    assert list(ordered.r_names.values()) == ["(Intercept)", "ordered(f).L", "ordered(f).Q"]
    by_type = lc.lm("y ~ f", frame.assign(f=pd.Categorical(frame.f, ordered=True)))
    assert list(by_type.r_names.values()) == ["(Intercept)", "fb", "fc"]
