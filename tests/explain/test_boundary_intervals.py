"""Where an interval hangs on a variance that is estimated as 0, both ways to count it are said."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare, infer
from lmmcompare.explain.advice import which_to_report
from lmmcompare.explain.boundary_intervals import boundary_interval, boundary_sentence

Tables = Callable[[str], pd.DataFrame]
FORMULA = "log(wage) ~ poly(experience, 2) + (poly(experience, 2) | person)"


def test_a_singular_fit_has_both_methods_numbers(table: Tables) -> None:
    """R: pbkrtest has 0.36340 on 22.360 df for the first coefficient; ours by 40 digits 0.32490 on 29.534."""
    comparison = compare(FORMULA, table("wages"))
    term = comparison.terms[1]
    said = boundary_sentence(comparison, term)
    assert "29.5" in said and "0.325" in said and "22.4" in said and "0.363" in said
    assert "13% wider" in said  # 2.0719 * 0.36340 / (2.0436 * 0.32490) = 1.134
    assert not boundary_sentence(comparison, term, infer(comparison, kenward_roger=True).frame)


def test_the_number_to_report_has_kenward_and_rogers_beside_it(table: Tables) -> None:
    """R: pbkrtest has 0.8981 (0.0568) on 2 df for a predictor of four groups, lmerTest 6 df: 0.654 to 1.142 and 0.759 to 1.037."""
    comparison = compare("y ~ z + (1 | groups)", table("chapter7_twin"))
    other = boundary_interval(comparison, "z")
    assert other is not None and other.interval == pytest.approx((0.6538, 1.1424), abs=1e-3)
    said = next(a for a in which_to_report(comparison, "z") if "higher value of z" in a.question)
    assert "0.759 to 1.037" in said.answer and "0.654 to 1.142" in said.reason
    chosen = infer(comparison, kenward_roger=True).within()
    assert boundary_interval(comparison, "z", chosen) is None
    assert "0.654 to 1.142" in which_to_report(comparison, "z", chosen)[0].answer


def test_nothing_is_said_where_nothing_hangs_on_it(table: Tables) -> None:
    assert not boundary_sentence(compare("Reaction ~ Days + (Days | Subject)", table("sleepstudy")), "Days")
    by_ml = compare(FORMULA, table("wages"), reml=False)
    assert not boundary_sentence(by_ml, by_ml.terms[1])  # Kenward and Roger's is of REML
    litters = compare("gain ~ milk + (1 | litter)", table("litters"))
    assert litters.mixed.singular and not boundary_sentence(litters, "milk")  # it stands for a negative correlation


def test_a_fit_by_ml_has_the_degrees_of_freedom_of_its_groups_beside_those_of_rows() -> None:
    """What is constant in 10 groups, one of two coefficients of such: R's qt(0.975, 8), 2.306004."""
    rng = np.random.default_rng(95)
    g = np.repeat(np.arange(10), 6)
    z, x, noise = rng.normal(size=10)[g], rng.normal(size=60), rng.normal(size=60)
    noise -= 0.3 * np.repeat(noise.reshape(10, 6).mean(axis=1), 6)
    both = compare(
        "y ~ z + x + (1 | g)", pd.DataFrame({"g": g, "z": z, "x": x, "y": 1 + 0.3 * z + 0.2 * x + noise}), reml=False
    )
    assert not both.mixed.cov_re["g"].any(axis=None) and both.mixed.df["z"] > 50
    asked = next(a for a in which_to_report(both, "z") if "higher value of z" in a.question)
    value, reach = float(both.mixed.params["z"]), 2.306004 * float(both.mixed.bse["z"])
    ends = " to ".join(f"{end:.2f}".replace("-", "−") for end in (value - reach, value + reach))
    assert f"as many degrees of freedom as g groups leave (nlme) it is {value:.2f} ({ends})" in asked.reason
