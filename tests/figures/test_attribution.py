from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lmmcompare.figures.attribution import attribution_bars
from lmmcompare.figures.axes import Look
from lmmcompare.figures.theme import DARK_OF, TONES


def frame(count: int = 30) -> pd.DataFrame:
    """Groups g0, g1, ... with totals 1, -2, 3, -4, ..., the part within of the other sign."""
    total = np.arange(1.0, count + 1) * (-1.0) ** np.arange(count)
    return pd.DataFrame(
        {
            "group": [f"g{i}" for i in range(count)],
            "n": 3,
            "within": -0.5 * total,
            "between": 1.5 * total,
            "total": total,
            "share": total / total.sum(),
        }
    )


def draw(data: pd.DataFrame, **more):
    return attribution_bars(data, term_label="X", gap=float(data["total"].sum()), group_name="ID", **more)


def test_the_largest_of_either_sign_sorted_and_the_others_together():
    data = frame()
    figure = draw(data)
    above, below = [f"g{i}" for i in range(28, 8, -2)], [f"g{i}" for i in range(11, 30, 2)]
    assert figure.layout.yaxis.ticktext == (*above, *below, "all 10 others")
    within, between, total = figure.data
    np.testing.assert_allclose(total.x[:-1], [*range(29, 9, -2), *range(-12, -31, -2)])
    assert total.x[-1] == data["total"].iloc[:10].sum()
    for bar, column in ((within, "within"), (between, "between"), (total, "total")):
        assert sum(bar.x) == pytest.approx(data[column].sum())
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]
    assert figure.layout.barmode == "relative"


def test_groups_can_be_clicked_and_the_sum_of_others_cannot():
    for trace in draw(frame(21)).data:
        assert sorted(trace.customdata[:-1]) == sorted(f"g{i}" for i in range(1, 21))
        assert trace.customdata[-1] is None


def test_the_two_parts_differ_in_tone_and_in_pattern():
    within, between, _ = draw(frame()).data
    for colours in ((within.marker.color, between.marker.color), map(DARK_OF.get, TONES.values())):
        assert len({*colours}) > 1
    assert not within.marker.pattern.shape
    assert between.marker.pattern.shape == "/"


def test_few_groups_have_no_others():
    figure = draw(frame(5))
    assert figure.layout.yaxis.ticktext == ("g4", "g2", "g0", "g1", "g3")
    assert draw(frame(21)).layout.yaxis.ticktext[-1] == "the other one"


def test_the_highlighted_group_has_a_bar_however_small():
    figure = draw(frame(), look=Look("g0"))
    assert "<b>g0</b>" in figure.layout.yaxis.ticktext
    assert figure.layout.yaxis.ticktext[-1] == "all 9 others"
    opacity = figure.data[0].marker.opacity
    assert [o for g, o in zip(figure.data[0].customdata, opacity, strict=True) if g == "g0"] == [1]
    assert sorted(opacity)[:-1] == [0.35] * 21
    assert set(draw(frame(), look=Look("nobody")).data[0].marker.opacity) == {1}


def test_the_axis_holds_both_stacks():
    data = frame()
    low, high = draw(data).layout.xaxis.range
    assert low < -1.5 * 30
    assert high > 1.5 * 29
    assert low < 0 < high


def test_hover_has_the_numbers_with_real_minus_signs():
    hover = draw(frame(5)).data[0].hovertext[-1]
    assert hover == "<b>ID g3</b>, 3 rows<br>within 2.00<br>between −6.00<br>together −4.00, −133% of the gap"


def test_without_a_gap_nothing_is_said_of_shares():
    figure = draw(frame(4).assign(share=np.nan))
    assert "cancel out" in figure.layout.xaxis.title.text
    assert "gap" not in figure.data[0].hovertext[0]
    assert "adds to the gap in" in draw(frame(5)).layout.xaxis.title.text


def test_names_are_escaped_and_click_data_are_not():
    evil = frame(4).replace({"g1": "<b>$x$"})
    spec = attribution_bars(
        evil, term_label="<b>$x$", gap=1.0, group_name="<b>$x$", look=Look("<b>$x$")
    ).to_plotly_json()
    spec["layout"].pop("meta")
    clicks = [group for t in spec["data"] for group in t.pop("customdata", [])]
    assert clicks.count("<b>$x$") == 3
    assert "<b>$x$" not in str(spec)
    assert "&lt;b&gt;" in str(spec)


def test_alt_and_height():
    figure = draw(frame(), look=Look(height=123))
    assert figure.layout.height == 123
    assert "20 largest" in figure.layout.meta["alt"]
