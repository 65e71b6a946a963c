"""Columns whose names are those that a model gives to something of its own: nothing breaks, nothing is swapped."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import lmmcompare
from lmmcompare.design.build import build
from lmmcompare.design.coefficients import CONSTANT
from lmmcompare.formula import parse
from tests.conftest import TESTS
from tests.fit.test_criterion import make_frame

CASES = TESTS / "data_files" / "cases"


def test_a_column_called_intercept() -> None:
    """R 4.2.2, lme4 1.1-31: lm 2.2902017, lmer 2.1987931 (SE 0.1086497)."""
    both = lmmcompare.compare("y ~ Intercept + (1 | g)", pd.read_csv(CASES / "intercept.csv"))
    assert both.terms[:2] == ["(Intercept)", "Intercept"] and both.constant == "(Intercept)"
    assert both.ols.params["Intercept"] == pytest.approx(2.2902017, abs=1e-7)
    assert both.mixed.params["Intercept"] == pytest.approx(2.1987931, abs=1e-6)
    assert both.mixed.bse["Intercept"] == pytest.approx(0.1086497, abs=1e-6)
    assert list(both.mixed.cov_re["g"]) == ["(Intercept)"] and both.mixed.icc > 0
    assert [c.kind for c in both.mixed.coefficients] == ["intercept", "column"]
    assert both.no_pooling.treatment_contrasts().index.is_unique
    other = lmmcompare.compare(
        "y ~ z + (z | g)", pd.read_csv(CASES / "intercept.csv").rename(columns={"Intercept": "z"})
    )
    same = lmmcompare.compare("y ~ Intercept + (Intercept | g)", pd.read_csv(CASES / "intercept.csv"))
    np.testing.assert_allclose(same.mixed.params, other.mixed.params)
    assert list(same.mixed.random_effects["g"]) == ["(Intercept)", "Intercept"]


def test_a_column_called_as_the_added_group_mean() -> None:
    """R: x_mean 5.3547838 (19.837) is the user's own column, -5.1155558 (19.760) the added mean."""
    both = lmmcompare.compare("y ~ x + x_mean + (1 | g)", pd.read_csv(CASES / "xmean.csv"))
    fit, added = both.fits["within_between"], both.mean_name("x")
    assert added == "x_mean (group)"
    assert fit.params["x_mean"] == pytest.approx(5.3547838, rel=1e-5)
    assert fit.bse["x_mean"] == pytest.approx(19.837, abs=0.002)
    assert fit.params[added] == pytest.approx(-5.1155558, rel=1e-5)
    assert fit.bse[added] == pytest.approx(19.760, abs=0.002)
    assert both.coefficient("x_mean").kind == "column" and both.coefficient(added).kind == "group mean"
    assert both.coefficient(added).mean_of == both.coefficient("x")
    assert both.mean_name("x_mean") is None


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    """Columns called as an interaction, as a level, as a function and as a polynomial's part of others are."""
    frame = make_frame(2, groups=10)
    random = np.random.default_rng(5)
    for name in ("x:z", "f[T.b]", "log(w)", "poly(w, degree=2)[1]"):
        frame[name] = random.normal(size=len(frame))
    frame["w"] = random.uniform(1, 3, len(frame))
    frame["f"] = random.choice(list("abc"), len(frame))
    return frame


PLAIN = {"x:z": "k1", "f[T.b]": "k2", "log(w)": "k3", "poly(w, degree=2)[1]": "k4"}


@pytest.mark.parametrize(
    ("formula", "added"),
    [
        ("y ~ `x:z` + x * z", {"x:z": "x:z (interaction)"}),
        ("y ~ x * z + `x:z`", {"x:z": "x:z (interaction)"}),
        ("y ~ f + `f[T.b]`", {"f[T.b]": "f[T.b] (level)"}),
        ("y ~ `f[T.b]` + f", {"f[T.b]": "f[T.b] (level)"}),
        ("y ~ log(w) + `log(w)`", {"log(w)": "log(w) (function)"}),
        ("y ~ poly(w, 2) + `poly(w, degree=2)[1]`", {"poly(w, degree=2)[1]": "poly(w, degree=2)[1] (function)"}),
        ("y ~ f * `x:z`", {"f[T.b]:x:z": "f[T.b]:`x:z`", "f[T.c]:x:z": "f[T.c]:`x:z`"}),
    ],
)
def test_a_users_column_keeps_its_name_and_value(frame: pd.DataFrame, formula: str, added: dict[str, str]) -> None:
    """The same model with plain names is the truth; what was made yields to the user's column, in any order."""
    plain = formula
    for name, other in PLAIN.items():
        plain = plain.replace(f"`{name}`", other)
    for fit in (lmmcompare.lm, lambda f, d: lmmcompare.lmer(f"{f} + (1 | g)", d)):
        found, truth = fit(formula, frame), fit(plain, frame.rename(columns=PLAIN))
        back = {other: name for name, other in PLAIN.items() if f"`{name}`" in formula}
        back = {t: added.get(t, t) for t in truth.params.index} | back
        names = [added.get(t.replace("k1", "x:z"), back[t]) if ":" in t else back[t] for t in truth.params.index]
        assert sorted(found.params.index) == sorted(names) and found.params.index.is_unique
        np.testing.assert_allclose(found.params[names], truth.params, rtol=1e-6, atol=1e-9)
        np.testing.assert_allclose(found.bse[names], truth.bse, rtol=1e-6)


def test_interactions_of_columns_with_colons_do_not_collide() -> None:
    frame = make_frame(2, groups=10)
    random = np.random.default_rng(6)
    for name in ("a:b", "c", "a", "b:c"):
        frame[name] = random.normal(size=len(frame))
    found = lmmcompare.lm("y ~ `a:b`:c + a:`b:c`", frame)
    truth = lmmcompare.lm("y ~ p + q", frame.assign(p=frame["a:b"] * frame["c"], q=frame["a"] * frame["b:c"]))
    assert list(found.params.index) == ["Intercept", "`a:b`:c", "a:`b:c`"]
    np.testing.assert_allclose(found.params, truth.params)


def test_a_coefficient_tells_what_it_is_of(frame: pd.DataFrame) -> None:
    both = lmmcompare.compare("y ~ x + f + log(w) + x:f + `x:z` + (1 | g)", frame)
    known = {c.name: c for c in both.mixed.coefficients}
    assert {n: c.kind for n, c in known.items()} == {
        "Intercept": "intercept", "x": "column", "f[T.b]": "category", "f[T.c]": "category", "log(w)": "expression",
        "x:z": "column", "x:f[T.b]": "interaction", "x:f[T.c]": "interaction",
    }  # fmt: skip
    assert (known["f[T.b]"].parts[0].level, known["f[T.b]"].baseline, known["f[T.b]"].parts[0].source) == (
        "b",
        "a",
        "f",
    )
    assert (known["x"].parts[0].level, known["x"].baseline) == (None, None)
    assert known["Intercept"].column == CONSTANT and known["Intercept"].is_intercept
    assert [known[n].label for n in ("f[T.b]", "x:f[T.b]", "x:z")] == ["f [b]", "x × f [b]", "x:z"]
    fit = lmmcompare.compare("y ~ x + f + (1 | g)", frame).fits["within_between"]
    assert [c.name for c in fit.coefficients] == fit.names
    assert [c.mean_of.name for c in fit.coefficients if c.mean_of] == [fit.design.names[k] for k in fit.means_of]


def test_a_factor_coded_in_full_has_no_baseline(frame: pd.DataFrame) -> None:
    fit = lmmcompare.lm("y ~ 0 + f", frame)
    assert [(c.name, c.parts[0].level, c.baseline) for c in fit.coefficients] == [(f"f[{v}]", v, None) for v in "abc"]


def test_random_coefficients_are_called_what_they_are(frame: pd.DataFrame) -> None:
    design = build(parse("y ~ x + f:x + (1 + x + poly(z, 2) + f | g) + (0 + f | g)"), frame)
    assert {c.name: c.random_phrase for c in design.by_name.values()} == {
        "Intercept": "intercept", "x": "x slope", "f[T.b]": "f [b] difference", "f[T.c]": "f [c] difference",
        "f[T.b]:x": "f [b] × x slope", "f[T.c]:x": "f [c] × x slope", "poly(z, degree=2)[1]": "poly(z, degree=2)[1] coefficient",
        "poly(z, degree=2)[2]": "poly(z, degree=2)[2] coefficient",
        "f[a]": "mean at f [a]", "f[b]": "mean at f [b]", "f[c]": "mean at f [c]",
    }  # fmt: skip
