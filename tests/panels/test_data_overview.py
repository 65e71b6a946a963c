"""The look before fitting, as data."""

import numpy as np
import pandas as pd
import pytest

from lmmcompare import examples
from lmmcompare.data.columns import describe
from lmmcompare.data.distributions import distributions
from lmmcompare.data.measurements import measurements
from lmmcompare.panels import Page
from lmmcompare.panels.data_overview import columns_panel, measured_panel, outcome_panel, repeated_rows_sentence

from .panels_data import drawn, text


@pytest.mark.parametrize("page", [Page(), Page(narrow=True)])
def test_columns_have_bars_and_odd_values_are_pointed_at(page):
    frame = pd.DataFrame({"<b>$x$": [1.0, 2.0, 3.0, 999.0], "none": np.nan, "when": pd.Timestamp("2020-01-01")})
    panel = columns_panel(distributions(frame, describe(frame)), describe(frame))
    figure = drawn(panel, "columns", page)
    assert len(figure.data) == 2 and "<b>$x$" not in figure.data[0].hovertemplate
    assert "999" in text(panel)


def test_rows_that_repeat_earlier_ones_are_told_below_the_bars():
    frame = pd.DataFrame({"g": ["a", "a", "b"], "y": [1.5, 1.5, 2.0]})
    bars, infos = distributions(frame, describe(frame)), describe(frame)
    assert "1 row is the same as an earlier row in every column" in text(
        columns_panel(bars, infos, repeated_rows_sentence(frame))
    )
    assert "earlier row" not in text(columns_panel(bars, infos))


def test_a_table_without_values_has_no_panels():
    frame = pd.DataFrame({"none": [np.nan, np.nan]})
    assert columns_panel(distributions(frame, describe(frame)), describe(frame)) is None
    assert measured_panel(None) is None and outcome_panel(None) is None


def test_who_was_measured_when_and_each_groups_outcome():
    frame = examples.load("sleepstudy")
    frame = pd.concat([frame, frame.head(2)], ignore_index=True)
    frame.loc[5, "Reaction"] = np.nan
    result = measurements(frame, "Reaction", "Subject", ["Days"])
    panel = measured_panel(result)
    grid = drawn(panel, "measured")
    assert [len(trace.x) for trace in grid.data if trace.x[0] is not None] == [179, 1]
    assert "2 rows beyond the first" in text(panel) and "1 row, in 1 of 18" in text(panel)
    lines = drawn(outcome_panel(result), "outcome")
    assert all(trace.mode == "lines+markers" for trace in lines.data)
    assert sum(np.isfinite(np.asarray(trace.y, float)).sum() for trace in lines.data) == 181


def test_rows_that_repeat_an_earlier_one_in_every_column_are_counted() -> None:
    """Missing values are alike; the first of like rows counts for itself."""
    frame = pd.DataFrame({"g": ["a", "a", "a", "b", "b"], "y": [1.5, 1.5, 1.5, None, None], "x": [1, 1, 1, 2, 2]})
    assert repeated_rows_sentence(frame).startswith("3 rows are the same as an earlier row in every column.")
    assert repeated_rows_sentence(frame.iloc[2:]).startswith("1 row is the same")
    assert repeated_rows_sentence(frame.assign(row=range(5))) == ""
