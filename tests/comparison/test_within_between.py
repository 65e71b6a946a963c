"""What the within-between model says of a predictor that is constant in groups and interacts with one that is not."""

from __future__ import annotations

import numpy as np

from lmmcompare import compare
from lmmcompare.comparison.extrapolated_terms import extrapolated_terms
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
