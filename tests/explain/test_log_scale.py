"""Coefficients of logarithms as ratios of the outcome itself."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare
from lmmcompare.comparison.comparison import Comparison
from lmmcompare.explain.log_scale import log_scale_sentence
from tests.explain.test_sentences import NUMBER, value


def firms() -> pd.DataFrame:
    """Wages of 20 firms."""
    random = np.random.default_rng(4)
    firm = np.repeat(np.arange(20), 6)
    frame = pd.DataFrame({"firm": firm, "educ": random.uniform(8, 20, 120), "sex": random.choice(["f", "m"], 120)})
    noise = random.normal(size=20)[firm] * 0.2 + random.normal(size=120) * 0.1
    frame["wage"] = np.exp(1 + 0.08 * frame["educ"] - 1.2 * (frame["sex"] == "m") + noise)
    return frame


def wages(outcome: str, predictor: str = "educ") -> Comparison:
    """Their models."""
    return compare(f"{outcome} ~ {predictor} + sex + (1 | firm)", firms())


def numbers(text: str) -> list[float]:
    assert text
    return [value(n) for n in re.findall(NUMBER, re.sub(r"95%|10% higher", "", text))[:3]]


@pytest.mark.parametrize(("outcome", "base"), [("log(wage)", np.e), ("log2(wage)", 2.0), ("log10(wage)", 10.0)])
def test_per_cent_more_per_unit_whatever_the_base(outcome: str, base: float) -> None:
    both = wages(outcome)
    row = both.mixed.table().loc["educ"]
    expected = [100 * (base ** row[c] - 1) for c in ("estimate", "lower", "upper")]
    assert numbers(log_scale_sentence(both, "educ")) == pytest.approx(expected, rel=0.05)
    assert numbers(log_scale_sentence(both, "educ"))[0] == pytest.approx(8.3, abs=1.5)  # simulated with exp(0.08)


def test_a_large_ratio_is_told_as_times() -> None:
    both = wages("log(wage)")
    row = both.mixed.table().loc["sex[T.m]"]
    found = log_scale_sentence(both, "sex[T.m]")
    assert numbers(found) == pytest.approx([np.exp(row[c]) for c in ("estimate", "lower", "upper")], rel=0.01)


def test_logarithms_on_both_sides_are_told_for_ten_per_cent() -> None:
    both = wages("log2(wage)", "log10(educ)")
    slope = both.mixed.params["log10(educ)"]
    expected = 100 * (2 ** (slope * np.log10(1.1)) - 1)
    assert numbers(log_scale_sentence(both, "log10(educ)"))[0] == pytest.approx(expected, rel=0.05)


@pytest.mark.parametrize(
    ("outcome", "predictor", "term"),
    [
        ("wage", "educ", "educ"),
        ("log(wage + 1)", "educ", "educ"),
        ("log(wage)", "educ", "Intercept"),
        ("log(wage)", "educ * sex", "educ:sex[T.m]"),
        ("log(wage)", "poly(educ, 2)", "poly(educ, degree=2)[1]"),
    ],
)
def test_nothing_is_said_where_it_is_no_ratio_of_its_own(outcome: str, predictor: str, term: str) -> None:
    both = wages(outcome, predictor)
    assert term in both.terms and log_scale_sentence(both, term) == ""


def test_a_main_effect_under_an_interaction_is_told_for_the_level_that_it_is_of() -> None:
    """R: emmeans' slopes at sex = f and at sex = m differ; the coefficient of educ is that of the first."""
    random = np.random.default_rng(2)
    firm = np.repeat(np.arange(20), 6)
    frame = pd.DataFrame({"firm": firm, "educ": random.uniform(8, 20, 120), "sex": random.choice(["f", "m"], 120)})
    frame["wage"] = np.exp(1 + frame["educ"] * np.where(frame["sex"] == "m", -0.02, 0.08) + random.normal(size=120) / 9)
    both = compare("log(wage) ~ educ * sex + (1 | firm)", frame)
    women = log_scale_sentence(both, "educ")
    men = log_scale_sentence(compare("log(wage) ~ educ * relevel(sex, 'm') + (1 | firm)", frame), "educ")
    assert "sex is f" in women and "sex is m" in men
    assert numbers(women)[0] == pytest.approx(8.3, abs=0.7) and numbers(men)[0] == pytest.approx(2.0, abs=0.7)
    assert frame["educ"].min() > 8 and "educ is 0, outside the data" in log_scale_sentence(both, "sex[T.m]")
    assert "outside" not in women


def test_an_interval_on_one_side_of_nothing_has_no_second_sign() -> None:
    """It said "13% less wage (95% interval −18% to −8%)"."""
    falling = compare("log(wage) ~ less + sex + (1 | firm)", firms().assign(less=lambda d: -d["educ"]))
    row = falling.mixed.table().loc["less"]
    said = re.search(
        r"([\d.]+)% less wage \(95% interval ([\d.]+)% to ([\d.]+)%\)", log_scale_sentence(falling, "less")
    )
    assert said is not None
    expected = [100 * (1 - np.exp(row[c])) for c in ("estimate", "upper", "lower")]
    assert [float(n) for n in said.groups()] == pytest.approx(expected, rel=0.05)
