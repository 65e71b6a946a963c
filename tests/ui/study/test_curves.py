"""What the panel "Along one setting" says of its curves."""

from __future__ import annotations

import math

import pandas as pd

from lmmcompare.simulate.settings import Settings
from lmmcompare.ui.study.curve_form import CurveRequest, CurveState
from lmmcompare.ui.study.curves import _now, _sentence


def curve(settings: Settings, along: str, rows: list[tuple[float, str, float]]) -> tuple[CurveState, CurveRequest]:
    """A curve of the slope's rejections: value, model, share."""
    table = pd.DataFrame(rows, columns=["value", "model", "rejection"]).assign(term="x")
    values = tuple(sorted({value for value, *_ in rows}))
    return CurveState(1000, table, {}), CurveRequest(settings, ("ols", "within_between"), along, values, 1000)


def test_the_ends_are_those_of_models_that_both_have() -> None:
    """Two groups carry no within-between model."""
    rows = [(2.0, "ols", 0.2), (20.0, "ols", 0.45), (20.0, "within_between", 0.051)]
    said = _sentence(*curve(Settings(), "groups", rows), "x", "rejection")
    assert said.startswith("Share of 5% tests that reject, from 2 to 20 groups: OLS 20% to 45%. Bars are 95% intervals")
    assert "all or none" not in said
    said = _sentence(*curve(Settings(), "groups", [rows[0], rows[2]]), "x", "rejection")
    assert said.startswith("Share of 5% tests that reject, from 2 to 20 groups. Bars")


def test_a_share_of_all_is_not_said_to_be_sure() -> None:
    """1,000 of 1,000 leave 0.3 percentage points open (Clopper and Pearson), but by the formula of the bars nothing."""
    rows = [(2.0, "ols", 0.2), (20.0, "ols", 1.0)]
    assert "a share of all or none has no bar" in _sentence(*curve(Settings(), "groups", rows), "x", "rejection")


def test_what_residuals_share_is_not_in_the_icc_of_the_axis() -> None:
    rows = [(0.0, "ols", 0.2), (0.8, "ols", 0.45)]
    assert "comes on top" in _sentence(*curve(Settings(exchangeable=0.3), "icc", rows), "x", "rejection")
    assert "comes on top" not in _sentence(*curve(Settings(), "icc", rows), "x", "rejection")


def test_where_the_settings_stand_is_marked_within_the_axis_only() -> None:
    """Variances of 1 and 1 are an ICC of 0.5."""
    reach = [(0.2, "ols", 0.2), (0.4, "ols", 0.45)], [(0.2, "ols", 0.2), (0.8, "ols", 0.45)]
    outside, inside = (_now(curve(Settings(), "icc", rows)[1]) for rows in reach)
    assert math.isnan(outside) and inside == 0.5
