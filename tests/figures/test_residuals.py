from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare.figures.residuals import EVEN, leverage_plot, residual_plot
from lmmcompare.figures.theme import MODELS, PAGE

EVIL = "<b>$x$"


def rows(n: int = 20) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    residual = rng.normal(size=n)
    return pd.DataFrame({
        "row": np.arange(1, n + 1), "group": "a", "fitted": np.linspace(0, 5, n), "standardised": residual,
        "size": np.abs(residual), "leverage": np.linspace(0.1, 0.5, n), "high": np.arange(n) > n - 3,
    })  # fmt: skip


def curve() -> pd.DataFrame:
    x = np.linspace(0, 5, 7)
    return pd.DataFrame({"x": x, "y": 0 * x, "lower": -0.2, "upper": 0.2, "lower_all": -0.4, "upper_all": 0.4})


def test_points_smoother_and_bands():
    figure = residual_plot(rows(), curve(), group_name="ID")
    dots = figure.data[0]
    assert dots.marker.color == PAGE.muted and len(dots.x) == 20
    (line,) = [t for t in figure.data if t.mode == "lines" and t.line.width == 3 and t.x[0] is not None]
    assert line.line.color == MODELS["random_intercept"].colour
    assert [t.y[0] for t in figure.data if t.fill == "tonexty"] == [0.4, 0.2]
    assert [t.name for t in figure.data if t.showlegend] == ["smoother", "95% at each place", "95% of simulated curves"]
    assert figure.layout.shapes[0].y0 == 0
    assert dots.hovertemplate.startswith("<b>ID %{hovertext}</b>, row %{customdata:,}<br>residual, in SDs %{y}")
    assert (dots.hovertext[0], dots.customdata[0]) == ("a", 1)


def test_sizes_start_at_zero_with_a_line_at_their_mean():
    figure = residual_plot(rows(), curve(), y="size", y_label="size of residual", group_name="ID")
    assert figure.layout.shapes[0].y0 == EVEN
    assert figure.layout.yaxis.range[0] == pytest.approx(0, abs=0.2)
    assert np.isclose(EVEN, np.sqrt(2 / np.pi), atol=1e-3)


def test_without_a_curve_the_points_remain():
    figure = residual_plot(rows(), pd.DataFrame(), group_name="ID")
    assert len(figure.data) == 1 and not [t for t in figure.data if t.showlegend]


def test_high_leverages_stand_out_and_the_lines_are_named():
    figure = leverage_plot(rows(), group_name="ID")
    usual, high = figure.data
    assert (len(usual.x), len(high.x)) == (18, 2) and high.marker.symbol == "diamond"
    assert [a.text for a in figure.layout.annotations] == ["mean", "twice the mean"]
    assert [s.x0 for s in figure.layout.shapes] == pytest.approx([0.3, 0.6])
    assert figure.layout.xaxis.range[1] > 0.6
    assert figure.layout.annotations[1].xanchor == "right"
    long = rows().assign(leverage=np.append(np.full(19, 0.01), 0.9))
    assert leverage_plot(long, group_name="ID").layout.annotations[1].xanchor == "left"


def test_text_is_escaped_and_alt_says_it():
    for figure in (
        residual_plot(rows().assign(group=EVIL), curve(), y_label=EVIL, group_name=EVIL),
        leverage_plot(rows().assign(group=EVIL), group_name=EVIL),
    ):
        spec = figure.to_plotly_json()
        assert "20 rows" in spec["layout"].pop("meta")["alt"]
        assert EVIL not in str(spec)
