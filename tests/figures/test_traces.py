from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

from lmmcompare.figures import traces

from .figures_data import straight


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<b>x</b>", "&lt;b&gt;x&lt;/b&gt;"),
        ("a & b", "a &amp; b"),
        ("%{y}", "%&#123;y&#125;"),
        ("$x^2$", "&#36;x^2&#36;"),
        ("two\n lines", "two lines"),
    ],
)
def test_user_text_is_only_text(text: str, expected: str):
    assert traces.safe(text) == expected


def test_long_names_are_shortened_before_they_are_escaped():
    assert traces.safe("<" * 100, 10) == "&lt;" * 9 + "…"


def test_wrapped_lines_are_escaped_one_by_one():
    assert traces.wrapped("population line <b>", 12) == ["population", "line &lt;b&gt;"]


def test_lines_are_laid_end_to_end_with_gaps():
    frame = pd.concat([straight("ols", "group", g, (0, 1), (i, i)) for i, g in enumerate("abb")], ignore_index=True)
    out = traces.gapped(traces.Columns.of(frame.iloc[:4]), ["x", "y", "group"])
    np.testing.assert_array_equal(out["y"], [0, 0, np.nan, 1, 1])
    assert out["group"].tolist() == ["a", "a", "", "b", "b"]


def test_one_line_has_no_gap():
    assert len(traces.gapped(traces.Columns.of(straight("ols", "population", "", (0, 1), (0, 1))), ["x"])["x"]) == 2


def test_interleave():
    np.testing.assert_array_equal(traces.interleave([1, 2], [3, 4]), [1, 3, np.nan, 2, 4, np.nan])


@pytest.mark.parametrize("wanted", [[5, 5.1, 5.2], [0, 0, 10], [10, 10, 10], [9.9, 0.1, 5]])
def test_spread_keeps_labels_apart_and_inside(wanted: list[float]):
    placed = traces.spread(wanted, [2, 2, 2], 0, 10)
    assert min(np.diff(sorted(placed))) >= 2 - 1e-9
    assert min(placed) >= 1 - 1e-9
    assert max(placed) <= 9 + 1e-9
    assert [wanted[i] for i in np.argsort(placed, kind="stable")] == sorted(wanted)


def test_spread_leaves_what_fits_alone_and_shares_what_does_not():
    assert traces.spread([2, 8], [2, 2], 0, 10) == [2, 8]
    assert traces.spread([5, 5], [20, 20], 0, 10) == [2.5, 7.5]


def test_spread_moves_no_further_than_need_be():
    """Sum of squared moves against quadratic programming, which knows nothing of blocks."""
    rng = np.random.default_rng(1)
    for n in (2, 5, 8):
        wanted, gaps = np.sort(rng.uniform(0, 10, n)), rng.uniform(0.5, 1.5, n)
        apart = (gaps[1:] + gaps[:-1]) / 2
        best = minimize(
            lambda at, wanted=wanted: ((at - wanted) ** 2).sum(), np.linspace(1, 9, n), method="SLSQP", tol=1e-12,
            bounds=[(gap / 2, 10 - gap / 2) for gap in gaps],
            constraints={"type": "ineq", "fun": lambda at, apart=apart: np.diff(at) - apart},
        )  # fmt: skip
        np.testing.assert_allclose(traces.spread(wanted, gaps, 0, 10), best.x, atol=1e-5)  # its own tolerance


def test_marker_areas_go_with_n():
    out = traces.sizes(pd.Series([100, 400]), smallest=1, largest=12)
    np.testing.assert_allclose(out, [6, 12])
    assert set(traces.sizes(pd.Series([7, 7]))) == {8.0}


def test_hover_decimals_follow_the_range():
    assert traces.axis("", (0, 8))["hoverformat"] == ".3~f"
    assert traces.axis("", (1950, 2010))["tickformat"] == "~r"  # years: 1952, not 1,952
    assert traces.axis("", (0, 20_000))["tickformat"] == ",~r"
    assert traces.axis("", (180, 490))["hoverformat"] == ".1~f"
    assert "tickformat" not in traces.axis("", (0, 5e9))


def test_jittered_codes_take_the_nearest_name():
    assert traces.tick_names(np.array([-0.1, 0.2, 0.9]), {0: "no", 1: "<yes>"}).tolist() == ["no", "no", "&lt;yes&gt;"]


@pytest.mark.parametrize("ends", [(1.0, 1.0), (float("nan"), float("nan")), (0.0, 0.0)])
def test_padded_always_has_width(ends: tuple[float, float]):
    low, high = traces.padded(*ends)
    assert low < high


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
