"""Slopes beside the dummies of all factors, against clubSandwich and against dummies built whole."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare, examples
from lmmcompare.assess.within_all_factors import within_all_factors


def panel() -> pd.DataFrame:
    """Grunfeld's panel with gaps, in thousands: an unbalanced one."""
    frame = examples.load("grunfeld").reset_index(drop=True)
    k = frame.index
    return frame[((k * k) % 7 != 2) & (k % 5 != 3)].assign(value=frame["value"] / 1000, capital=frame["capital"] / 1000)


def test_a_panel_of_firms_by_years_has_the_two_way_within_estimate_with_clustered_errors() -> None:
    """R: lm(invest ~ value * capital + firm + factor(year)), clubSandwich's coef_test with CR2 by firm."""
    both = compare("invest ~ value * capital + (1 | firm) + (1 | year)", panel())
    fit = within_all_factors(both, ("year",))
    assert fit is not None and fit.names == ["value", "capital", "value:capital"]
    np.testing.assert_allclose(fit.estimates, [49.80751851, -42.79950733, 84.05001858], rtol=1e-8)
    np.testing.assert_allclose(fit.robust.se[:3], [30.85517828, 98.90689221, 14.05900345], rtol=1e-8)
    np.testing.assert_allclose(fit.robust.df[:3], [3.725813958, 5.531226106, 4.680548098], rtol=1e-8)


@pytest.mark.parametrize("weighted", [False, True])
def test_all_dummies_are_those_of_whole_matrices(weighted: bool) -> None:
    """A region that firms lie within adds nothing; what years share is absorbed by theirs; rows count by their weights."""
    rng = np.random.default_rng(8)
    frame = panel()
    frame["region"] = frame["firm"].map({f: k % 3 for k, f in enumerate(frame["firm"].unique())})
    frame["w"] = rng.uniform(0.5, 2, len(frame)) if weighted else 1.0
    frame["rate"] = np.sin(frame["year"])
    both = compare(
        "invest ~ value + rate + (1 | firm) + (1 | year) + (1 | region)", frame, weights="w" if weighted else None
    )
    fit = within_all_factors(both, ("year", "region"))
    assert fit is not None and fit.names == ["value"]
    dummies = [pd.get_dummies(frame["firm"]), pd.get_dummies(frame["year"]).iloc[:, 1:]]
    root = np.sqrt(frame["w"].to_numpy() / frame["w"].mean())
    x = np.column_stack([frame["value"], *dummies]).astype(float) * root[:, None]
    y = frame["invest"].to_numpy() * root
    bread = np.linalg.inv(x.T @ x)
    beta = bread @ x.T @ y
    meat = np.zeros_like(bread)
    for firm in frame["firm"].unique():
        own = x[frame["firm"] == firm]
        values, vectors = np.linalg.eigh(np.eye(len(own)) - own @ bread @ own.T)
        adjust = vectors @ np.diag(np.where(values > 1e-9, np.abs(values) ** -0.5, 0.0)) @ vectors.T
        score = own.T @ adjust @ (y - x @ beta)[frame["firm"] == firm]
        meat += np.outer(score, score)
    np.testing.assert_allclose(fit.estimates[0], beta[0], rtol=1e-8)
    np.testing.assert_allclose(fit.robust.se[0], np.sqrt((bread @ meat @ bread)[0, 0]), rtol=1e-6)
