"""A coefficient that one group alone tells has no clustered error, and every panel says why."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

import lmmcompare
from lmmcompare import compare
from lmmcompare.comparison.compare import Comparison
from lmmcompare.explain.advice import which_to_report
from lmmcompare.explain.lone_group import lone_group, lone_group_sentence
from lmmcompare.explain.standard_error_sentences import errors_sentence
from lmmcompare.export.methods import methods
from lmmcompare.export.snapshot import Snapshot
from lmmcompare.export.source import file_source
from tests.explain.test_sentences import NUMBER, value


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
    average = next(a for a in which_to_report(both, "t") if "average over everyone" in a.question)
    row = both.random_intercept.table().loc["t"]  # of groups of equal size both estimates are the same
    found = [value(n) for n in re.findall(NUMBER, average.answer)[:3]]
    assert found == pytest.approx([row["estimate"], row["lower"], row["upper"]], abs=0.01)
    assert "cluster-robust" not in average.answer
    assert "would take ward w0 for known" in errors_sentence(both, "t")
    assert "no standard error: one cluster alone determines it" in methods(
        Snapshot(both, file_source("t.csv", one_treated()))
    )


def test_two_treated_groups_are_no_such_case() -> None:
    frame = one_treated().assign(t=lambda d: d["ward"].isin(["w0", "w1"]) * 1.0)
    both = compare("y ~ t + (1 | ward)", frame)
    assert lone_group(both, "t") is None
    assert lone_group_sentence(both, "t") == ""
