"""Spread by level: the definition of Brown and Forsythe, and chi-square limits."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import lmmcompare as lc
from lmmcompare.assess.level_spreads import spreads_by_level
from lmmcompare.assess.normalised_residuals import normalised_residuals


def test_the_most_unequal_column_stands_first_and_its_variance_mends_it(table):
    data = table("orthodont_structures")
    comparison = lc.compare("distance ~ Sex * age + (1 | Subject)", data)
    place = data["age"].to_numpy(float)
    first, second = spreads_by_level(comparison, data, ["age", "Sex"], place)
    assert (first.column, second.column) == ("Sex", "age") and first.p < 0.05 < second.p
    u = normalised_residuals(comparison.mixed, comparison.design.grouping, place)
    male = u[data["Sex"] == "Male"]
    row = first.frame.set_index("group").loc["Male"]
    assert row["sd"] == pytest.approx(male.std(ddof=1)) and row["n"] == len(male)
    assert row["upper"] == pytest.approx(first.sd * np.sqrt(stats.chi2.ppf(0.975, len(male) - 1) / (len(male) - 1)))
    female = first.frame.set_index("group").loc["Female"]
    assert female["outside"] and female["sd"] < female["lower"]
    unequal = lc.compare("distance ~ Sex * age + (1 | Subject)", data, variance="Sex")
    (after,) = spreads_by_level(unequal, data, ["Sex"], place)
    assert after.model == "structured" and after.p > 0.2


def test_brown_and_forsythe_s_statistic_by_its_definition(table):
    data = table("orthodont_structures")
    comparison = lc.compare("distance ~ Sex * age + (1 | Subject)", data)
    (result,) = spreads_by_level(comparison, data, ["age"], data["age"].to_numpy(float))
    u = normalised_residuals(comparison.mixed, comparison.design.grouping, data["age"].to_numpy(float))
    far = np.abs(u - data.assign(u=u).groupby("age")["u"].transform("median").to_numpy())
    means, n = data.assign(far=far).groupby("age")["far"].mean(), data.groupby("age").size()
    between = (n * (means - far.mean()) ** 2).sum() / (len(n) - 1)
    within = ((far - means.loc[data["age"]].to_numpy()) ** 2).sum() / (len(far) - len(n))
    assert result.p == pytest.approx(stats.f.sf(between / within, len(n) - 1, len(far) - len(n)), rel=1e-9)


def test_levels_with_few_rows_have_no_sd_and_one_level_no_comparison(table):
    data = table("sleepstudy").assign(rare="a", only="b")
    data.loc[[3, 60], "rare"] = "z"
    data.loc[[5, 6, 7], "rare"] = None
    comparison = lc.compare("Reaction ~ Days + (1 | Subject)", data)
    assert spreads_by_level(comparison, data, ["rare", "only"], data["Days"].to_numpy(float)) == []
