"""A coefficient that one group alone tells has no clustered error, and every panel says why."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

import lmmcompare
from lmmcompare import compare
from lmmcompare.assess.adjusted_means import MeansQuestion, adjusted_means
from lmmcompare.comparison.comparison import Comparison
from lmmcompare.explain.adjusted_means import differences_sentence
from lmmcompare.explain.advice import which_to_report
from lmmcompare.explain.lone_group import lone_group, lone_group_sentence
from lmmcompare.explain.standard_error_sentences import errors_sentence
from lmmcompare.export.methods import methods
from lmmcompare.export.snapshot import Snapshot
from tests.explain.test_sentences import NUMBER, value
from tests.sources import file_source


def one_treated(seed: int = 1, groups: int = 8, rows: int = 10) -> pd.DataFrame:
    """Rows of groups that differ, the treatment given in the first group only, without any effect."""
    rng = np.random.default_rng(seed)
    g = np.repeat(np.arange(groups), rows)
    y = rng.normal(0, 1, groups)[g] + rng.normal(0, 1, len(g))
    return pd.DataFrame({"y": y, "t": (g == 0) * 1.0, "ward": [f"w{k}" for k in g]})


@pytest.fixture(scope="module")
def both() -> Comparison:
    return compare("y ~ t + (1 | ward)", one_treated())


def test_a_sandwich_takes_that_group_for_known() -> None:
    """What it gives is the error of the other groups' mean alone, so 59% of 300 intervals (CR2, Satterthwaite) held the truth."""
    frame = one_treated()
    fit = lmmcompare.lm("y ~ t", frame, cluster="ward")
    others = frame[frame["t"] == 0].groupby("ward")["y"].mean()
    assert np.sqrt(fit.robust("CR2").vcov[1, 1]) == pytest.approx(others.std() / np.sqrt(len(others)), rel=1e-6)
    assert np.isnan(fit.bse).tolist() == np.isnan(fit.df).tolist() == [False, True]


def test_what_the_other_groups_tell_keeps_its_error() -> None:
    """The mean without treatment is of seven groups: their scatter is its error."""
    frame = one_treated().assign(t=lambda d: np.where(d["t"] == 1, "yes", "no"))
    means = lmmcompare.lm("y ~ t", frame, cluster="ward").emmeans("t").frame.set_index("t")
    others = frame[frame["t"] == "no"].groupby("ward")["y"].mean()
    assert means.loc["no", "SE"] == pytest.approx(others.std() / np.sqrt(len(others)), rel=1e-6)
    assert np.isnan(means.loc["yes", "SE"])


def test_it_is_named_and_the_error_is_that_of_the_mixed_model(both: Comparison) -> None:
    assert lone_group(both, "t") == "w0"
    assert "cannot be estimated without ward w0" in lone_group_sentence(both, "t")
    average = next(a for a in which_to_report(both, "t") if "average over all rows" in a.question)
    row = both.random_intercept.table().loc["t"]  # of groups of equal size both estimates are the same
    found = [value(n) for n in re.findall(NUMBER, average.answer)[:3]]
    assert found == pytest.approx([row["estimate"], row["lower"], row["upper"]], abs=0.01)
    assert "cluster-robust" not in average.answer
    assert "would take ward w0 for known" in errors_sentence(both, "t")
    assert "no standard error: one cluster alone determines it" in methods(
        Snapshot(both, file_source("t.csv", one_treated()))
    )


def test_nothing_is_said_of_their_kind_where_each_has_a_coefficient(both: Comparison) -> None:
    """REML's criterion, by dense matrices, is then the same whatever the variance between wards."""
    frame = one_treated()
    of = pd.get_dummies(frame["ward"]).to_numpy(float)

    def criterion(ratio: float) -> float:
        inverse = np.linalg.inv(v := np.eye(len(of)) + ratio * of @ of.T)
        info = of.T @ inverse @ of
        left = frame["y"].to_numpy() - of @ np.linalg.solve(info, of.T @ inverse @ frame["y"].to_numpy())
        parts = np.linalg.slogdet(v)[1] + np.linalg.slogdet(info)[1]
        return float(parts + (len(of) - of.shape[1]) * np.log(left @ inverse @ left))

    assert criterion(0.1) == pytest.approx(criterion(10.0), abs=1e-8)
    said = lone_group_sentence(compare("y ~ ward + (1 | ward)", frame), "ward[T.w1]")
    assert "cannot be estimated without" in said and "kind" not in said
    assert "one of their kind" in lone_group_sentence(both, "t")


def test_two_treated_groups_are_no_such_case() -> None:
    frame = one_treated().assign(t=lambda d: d["ward"].isin(["w0", "w1"]) * 1.0)
    both = compare("y ~ t + (1 | ward)", frame)
    assert lone_group(both, "t") is None
    assert lone_group_sentence(both, "t") == ""


def one_reform() -> pd.DataFrame:
    """Twelve states in eight years; the first has a law from the fifth year on, and outcomes of 0 and 1 beside the rate."""
    rng = np.random.default_rng(40)
    state, year = np.repeat(np.arange(12), 8), np.tile(np.arange(8), 12)
    law = ((state == 0) & (year >= 4)) * 1.0
    rate = rng.normal(0, 2, 12)[state] + rng.normal(0, 1, 8)[year] + rng.normal(size=96)
    return pd.DataFrame(
        {"state": [f"s{k}" for k in state], "year": year, "law": law, "rate": rate, "high": (rate > 0) * 1.0}
    )


@pytest.mark.parametrize(
    ("formula", "model"),
    [
        ("rate ~ law + (1 | state)", "no_pooling"),
        ("high ~ law + (1 | state)", "no_pooling"),
        ("rate ~ law + (1 | state) + (1 | year)", "several"),
    ],
)
def test_within_the_one_group_with_a_change_the_interval_has_both_ends(formula: str, model: str) -> None:
    both = compare(formula, one_reform())
    within = which_to_report(both, "law")[0]
    row = both.fits[model].table().loc["law"]
    found = [value(n) for n in re.findall(NUMBER, within.answer)[:3]]
    assert found == pytest.approx([row["estimate"], row["lower"], row["upper"]], abs=0.01)
    assert "law varies in state s0 alone" in within.reason
    assert "not what else may have changed there along with law" in within.reason
    assert "·" not in errors_sentence(both, "law")


def test_slopes_of_one_group_tell_nothing_of_how_slopes_vary() -> None:
    """Its degrees of freedom were 0.0, and its interval's ends had 200 digits."""
    both = compare("rate ~ law + (1 | state)", one_reform())
    assert "random_slope" not in both.fits
    assert "too few to tell how slopes vary" in both.absent["random_slope"]


def test_every_panel_about_adjusted_means_does_without_that_error() -> None:
    """The search for where an effect differs from 0 met a NaN; clubSandwich's own error would be of the other groups alone."""
    frame = one_treated().assign(t=lambda d: np.where(d["t"] == 1, "yes", "no"), x=lambda d: np.arange(len(d)) % 7)
    both = compare("y ~ t * x + (1 | ward)", frame)
    result = adjusted_means(both, MeansQuestion("t", "x"))
    assert list(result.regions) == ["random_intercept"]
    assert "it rests on one group" in differences_sentence(both, result)
