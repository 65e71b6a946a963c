"""Which groups tell a coefficient, the other predictors taken out, against regressions on all dummies."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare
from lmmcompare.explain.advice import which_to_report
from lmmcompare.explain.rests_on import information_by_group


def shares(frame: pd.DataFrame, column: np.ndarray, others: list[np.ndarray], group: str) -> pd.Series:
    """Each group's share of the squared residuals of a column on all dummies and the other columns, from whole matrices."""
    known = np.column_stack([pd.get_dummies(frame[group]).to_numpy(float), *others])
    left = column - known @ np.linalg.lstsq(known, column, rcond=None)[0]
    squares = pd.Series(left**2).groupby(frame[group].to_numpy()).sum()
    return squares / squares.sum()


def incomplete_blocks() -> pd.DataFrame:
    """Seven varieties in 14 blocks of three, each pair of them twice together."""
    rng = np.random.default_rng(4)
    fano = [(0, 1, 3), (1, 2, 4), (2, 3, 5), (3, 4, 6), (4, 5, 0), (5, 6, 1), (6, 0, 2)]
    rows = [(7 * r + b, f"V{t + 1}") for r in range(2) for b, block in enumerate(fano) for t in block]
    frame = pd.DataFrame(rows, columns=["block", "variety"])
    return frame.assign(y=rng.normal(size=len(frame)) + rng.normal(size=14)[frame["block"]])


def test_blocks_without_a_variety_tell_of_it_too() -> None:
    """They compare the varieties that it is compared with: V7 stands in 6 blocks of 14, which do not tell all of V7 - V1."""
    frame = incomplete_blocks()
    both = compare("y ~ variety + (1 | block)", frame)
    dummies = pd.get_dummies(frame["variety"]).to_numpy(float)
    found = information_by_group(both, both.column_of("variety[T.V7]"))
    truth = shares(frame, dummies[:, 6], [dummies[:, 1:6]], "block")
    assert found == pytest.approx(truth.loc[[int(k) for k in both.grouping.labels]].to_numpy(), abs=1e-9)
    there = truth[frame.groupby("block")["variety"].agg(lambda v: "V7" in set(v))].sum()
    assert 0.5 < there < 0.95
    reason = which_to_report(both, "variety[T.V7]")[0].reason
    assert f"varies in 6 of 14 blocks only, which tell {100 * there:.0f}% of it" in reason
    assert "on which it rests" not in reason


def test_a_difference_of_slopes_rests_on_both_arms() -> None:
    """12 patients of 30 have the arm: the other 18 tell the slope that theirs is compared with."""
    rng = np.random.default_rng(5)
    g, t = (a.ravel() for a in np.meshgrid(np.arange(30), np.arange(4.0), indexing="ij"))
    frame = pd.DataFrame({"g": g, "t": t, "arm": np.where(g < 12, "b", "a"), "y": rng.normal(size=120)})
    both = compare("y ~ t * arm + (1 | g)", frame)
    column = t * (g < 12)
    truth = shares(frame, column, [t], "g")
    assert information_by_group(both, both.column_of("t:arm[T.b]")) == pytest.approx(truth.to_numpy(), abs=1e-9)
    assert truth[:12].sum() == pytest.approx(18 / 30)
    # said of a product it would depend on which arm is the baseline: with 18 of 30 nothing was said
    assert "varies in" not in which_to_report(both, "t:arm[T.b]")[0].reason
