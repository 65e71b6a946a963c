"""What the within-between model says of a predictor that is constant in groups, and of means that others determine."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare import compare
from lmmcompare.comparison.extrapolated_terms import extrapolated_terms
from lmmcompare.models import MixedResult
from lmmcompare.panels.coefficients import all_coefficients, coefficient
from lmmcompare.panels.panel import Page
from lmmcompare.tables.coefficients import BEYOND, coefficient_table
from lmmcompare.tables.inference import default_inference


def test_an_arm_beside_the_means_of_its_interaction_is_of_groups_that_nobody_saw(table):
    """Who holds the mean of week:arm at 0 while the arm changes asks for patients whose mean week is 0; the data have 5 to 8."""
    comparison = compare("score ~ week * arm + baseline + (1 | patient)", table("trial"))
    assert extrapolated_terms(comparison) == {"arm[T.Placebo]"}
    columns = coefficient_table(comparison)
    place = columns.models.index("within_between")
    (cell,) = [
        row.cells[place] for row in columns.rows if row.label == "arm: Placebo" or row.label.startswith("arm [Placebo]")
    ]
    assert cell == BEYOND
    inferred = default_inference(comparison)
    for panel in (coefficient(comparison, "arm[T.Placebo]", inferred), all_coefficients(comparison, inferred)):
        figure = panel.blocks[0].draw(Page())
        numbers = np.concatenate([np.asarray(trace.x, dtype=float) for trace in figure.data if trace.mode == "lines"])
        assert np.abs(numbers[np.isfinite(numbers)]).max() < 60  # its standard error is ten times any other


def test_what_varies_within_groups_or_has_no_interaction_is_told(table):
    assert not extrapolated_terms(compare("score ~ week + arm + (1 | patient)", table("trial")))
    assert not extrapolated_terms(compare("mAch ~ ses * meanses + (1 | school)", table("hsb82"))) - {"meanses"}


def test_means_that_are_combinations_of_others_are_left_out_as_r_leaves_them_out() -> None:
    """Firms of a panel with gaps and a dummy a year: all saw years 3, 4 and 5, whose means say the same. R: lmerTest, 8 digits."""
    rng = np.random.default_rng(6)
    rows = [(f, t) for f in range(30) for t in range(f % 4, 6 + f % 3)]
    frame = pd.DataFrame(rows, columns=["firm", "year"])
    level = rng.normal(size=30)[frame["firm"]]
    frame["x"] = (level + rng.normal(size=len(frame))).round(3)
    frame["y"] = (0.3 * frame["x"] + 1.2 * level + 0.1 * frame["year"] + rng.normal(size=len(frame))).round(3)
    both = compare("y ~ x + factor(year) + (1 | firm)", frame)
    fit = both.fits["within_between"]
    assert isinstance(fit, MixedResult)
    assert [both.design.names[k] for k in fit.means_of] == ["x", *(f"factor(year)[T.{t}]" for t in (1, 2, 3, 6, 7))]
    found = fit.table().loc[["x", "x_mean", "factor(year)[T.7]_mean"], ["estimate", "se", "df"]].to_numpy()
    truth = [
        [0.394252867, 0.095584228, 130.680199],
        [0.957090347, 0.145835893, 63.424638],
        [2.214760687, 2.560932160, 23.740435],
    ]
    assert found == pytest.approx(np.array(truth), rel=1e-6)
    assert both.mean_name("x") == "x_mean"
    # year 3's mean stands for those of 4 and 5 too: its coefficient is no contrast of two slopes
    assert both.mean_name("factor(year)[T.3]") is None and both.mean_name("factor(year)[T.2]") is not None
