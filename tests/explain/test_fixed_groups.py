"""Groups both fixed and random: no sentence rests on a variance that the data cannot tell."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare.assess.model_choice import which_model
from lmmcompare.comparison.compare import compare
from lmmcompare.explain.advice import which_to_report
from lmmcompare.explain.clustered_errors import clusters_kept_sentence
from lmmcompare.explain.headline import headline
from lmmcompare.explain.standard_error_sentences import errors_sentence


@pytest.fixture(scope="module")
def sites() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    site = np.repeat(list("ABCD"), 25)
    x = rng.normal(size=100)
    high = np.isin(site, ["A", "B"]).astype(int)
    return pd.DataFrame({"site": site, "x": x, "high": high, "y": x + high + rng.normal(size=100)})


@pytest.mark.parametrize(("rows", "formula", "term"), [
    ("ABCD", "y ~ x + site + (1 | site)", "site[T.B]"),
    ("BC", "y ~ x + high + (1 | site)", "high"),
])  # fmt: skip
def test_that_the_error_is_right_is_not_said(sites, rows, formula, term):
    """The REML criterion is flat in the variance (tests/assess/test_convergence.py), and the difference's error grows with it."""
    comparison = compare(formula, sites[sites["site"].isin(list(rows))])
    error = errors_sentence(comparison, term)
    assert "cannot tell how sites vary" in error and "about right" not in error and "CR2" not in error
    assert "estimated as 0" not in headline(comparison, term).reason
    assert any("smallest possible" in advice.reason for advice in which_to_report(comparison, term))
    result = which_model(comparison)
    assert not [test for test in result.tests if "resemble" in test.question]
    assert "nothing is left" in result.left_out["Breusch–Pagan test"]
    assert not clusters_kept_sentence(comparison, term)


def test_what_holds_within_such_groups_is_said_as_ever(sites):
    """Dummies and the model with both have the same slope and error."""
    comparison = compare("y ~ x + site + (1 | site)", sites)
    assert comparison.mixed.bse["x"] == pytest.approx(comparison.no_pooling.bse["x"], rel=1e-9)
    assert "cannot tell" not in errors_sentence(comparison, "x")


def test_where_sites_are_more_than_what_is_compared_their_variance_is_found(sites):
    comparison = compare("y ~ x + high + (1 | site)", sites)
    assert "cannot tell" not in errors_sentence(comparison, "high")
    assert [test for test in which_model(comparison).tests if "resemble" in test.question]
