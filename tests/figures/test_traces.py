from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare.figures import traces

from .figures_data import straight


def test_lines_are_laid_end_to_end_with_gaps():
    frame = pd.concat([straight("ols", "group", g, (0, 1), (i, i)) for i, g in enumerate("abb")], ignore_index=True)
    out = traces.gapped(traces.Columns.of(frame.iloc[:4]), ["x", "y", "group"])
    np.testing.assert_array_equal(out["y"], [0, 0, np.nan, 1, 1])
    assert out["group"].tolist() == ["a", "a", "", "b", "b"]


def test_one_line_has_no_gap():
    assert len(traces.gapped(traces.Columns.of(straight("ols", "population", "", (0, 1), (0, 1))), ["x"])["x"]) == 2


def test_interleave():
    np.testing.assert_array_equal(traces.interleave([1, 2], [3, 4]), [1, 3, np.nan, 2, 4, np.nan])


def test_marker_areas_go_with_n():
    out = traces.sizes(pd.Series([100, 400]), smallest=1, largest=12)
    np.testing.assert_allclose(out, [6, 12])
    assert set(traces.sizes(pd.Series([7, 7]))) == {8.0}


def test_jittered_codes_take_the_nearest_name():
    assert traces.tick_names(np.array([-0.1, 0.2, 0.9]), {0: "no", 1: "<yes>"}).tolist() == ["no", "no", "&lt;yes&gt;"]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([0.0, 1.0], np.float32),
        ([2001.25, 2101.5], np.float32),
        ([1e9, 1e9 + 5], np.float64),
        ([7.0], np.float64),
        ([], np.float32),
    ],
)
def test_single_precision_only_where_it_cannot_be_seen(values: list[float], kind: type) -> None:
    out = traces.rounded(np.array(values))
    assert out.dtype == kind
    if len(values) > 1:
        assert np.abs(out - values).max() <= 1e-5 * np.ptp(values)


def test_a_colour_for_each_row_goes_out_as_a_number_on_a_scale() -> None:
    look = traces.coloured(np.array([0, 2, 1, 0]), ["red", "blue", "red"])
    assert look["color"].tolist() == [0, 0, 1, 0]
    assert (look["colorscale"], look["cmin"], look["cmax"]) == ([[0.0, "red"], [1.0, "blue"]], 0, 1)
    assert traces.coloured(np.array([0, 1]), ["grey", "grey"]) == {"color": "grey"}
