from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare.figures.axis_layout import MOST_NAMED as MANY
from lmmcompare.figures.spreads import group_spreads

EVIL = "<b>$x$"


def frame(n: int = 5) -> pd.DataFrame:
    sd = np.linspace(2, 1, n)
    df = np.linspace(3, 30, n)
    return pd.DataFrame({
        "group": [f"g{i}" for i in range(n)], "n": df.astype(int) + 1, "df": df, "sd": sd, "lower": 1.1, "upper": 1.9,
        "outside": (sd < 1.1) | (sd > 1.9),
    })  # fmt: skip


def dots(figure):
    return [t for t in figure.data if t.mode == "markers" and t.x[0] is not None]


def test_few_groups_have_a_row_each_by_size():
    figure = group_spreads(frame(), sigma=1.5, group_name="ID")
    inside, outside = dots(figure)
    assert figure.layout.yaxis.ticktext == ("g4", "g3", "g2", "g1", "g0")
    np.testing.assert_allclose(outside.x, [1, 2])
    np.testing.assert_allclose(outside.y, [0, 4])
    assert list(outside.customdata) == ["g4", "g0"] and len(inside.x) == 3
    bars = figure.data[0]
    np.testing.assert_allclose(bars.x[:2], [1.1, 1.9])
    assert (figure.layout.shapes[0].x0, figure.layout.shapes[0].yref) == (1.5, "paper")


def test_many_groups_make_a_funnel():
    figure = group_spreads(frame(MANY + 1), sigma=1.5, group_name="ID")
    lower, upper = figure.data[:2]
    assert upper.fill == "tonexty" and (np.diff(upper.x) > 0).all()
    assert sum(len(t.x) for t in dots(figure)) == MANY + 1
    assert (figure.layout.shapes[0].y0, figure.layout.shapes[0].xref) == (1.5, "paper")
    assert "less what its effects take" in figure.layout.xaxis.title.text
    assert np.nanmin(lower.y) == pytest.approx(1.1)


def test_a_long_title_has_lines_and_room_for_them():
    short, long = (
        group_spreads(frame(), sigma=1.5, label=text, group_name="ID").layout
        for text in ("SD", "spread of residuals " * 3)
    )
    lines = long.xaxis.title.text.split("<br>")
    assert len(lines) == 2 and max(map(len, lines)) <= 40
    assert long.margin.b > short.margin.b and long.height - short.height == long.margin.b - short.margin.b


def test_groups_without_an_sd_are_left_out():
    figure = group_spreads(frame().assign(sd=[np.nan, 1.2, 1.3, 1.4, 1.5], outside=False), sigma=1.5, group_name="ID")
    assert [len(t.x) for t in dots(figure)] == [4]
    nothing = group_spreads(frame().assign(sd=np.nan, outside=False), sigma=1.5, group_name="ID")
    assert not dots(nothing)


def test_text_is_escaped_and_alt_says_it():
    spec = group_spreads(frame().assign(group=EVIL), sigma=1.5, label=EVIL, group_name=EVIL).to_plotly_json()
    assert "2 lie outside" in spec["layout"].pop("meta")["alt"]
    assert EVIL not in str([t for t in spec["data"] if t.pop("customdata", True) is not None]) + str(spec["layout"])
