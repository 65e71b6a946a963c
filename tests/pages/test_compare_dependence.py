"""Pairs, rows that depend on each other, and outcomes that are no measurements, on the compare page."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from .conftest import errors, figures, opened, said


def test_the_course_chapter_as_a_paired_t_test_and_as_rows_that_repeat_each_other(open_page):
    at = opened(open_page, "Errors and intervals", example="chapter7")
    text = said(at)
    assert "1.4412" in text and text.count("0.4669 0.7206 0.6479 3 0.56") == 3
    assert "What are rows of one group worth?" in text and "as 4.1 independent ones" in text
    assert "dependence figure" in figures(at)
    assert "As a paired t-test" not in said(opened(open_page, "Errors and intervals", example="dyestuff2"))


# ---------------------------------------------------------------------------------------------------------- outcomes


@pytest.mark.parametrize(("y", "said_of_it"), [([0, 1, 1], "linear probability model"), ([1, 2.5, 3], "")])
def test_an_outcome_that_is_no_measurement_is_said_to_be_none_and_fitted_all_the_same(open_page, upload, y, said_of_it):
    rng = np.random.default_rng(1)
    data = pd.DataFrame({"g": np.repeat(np.arange(10), 9), "y": rng.permutation(y * 30)})
    at = open_page("compare", upload=upload(data), formula="y ~ 1 + (1 | g)")
    assert not errors(at)
    assert ("y takes only two values" in said(at)) == bool(said_of_it) and said_of_it in said(at)
