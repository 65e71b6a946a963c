from __future__ import annotations

import pytest

from lmmcompare.figures.group_panels import MOST, group_panels
from lmmcompare.figures.theme import MODELS

from .figures_data import AXES, sorted_options, table


def draw(count=8, columns=3, models=("no_pooling", "random_intercept"), **more):
    groups = more.pop("groups", [f"g{i}" for i in range(count)])
    points, lines = table(groups, models)
    axes, look, own = sorted_options(**more)
    return group_panels(points, lines, axes, groups=groups, columns=columns, look=look, **own)


def titles(figure):
    return [a.text for a in figure.layout.annotations if a.text not in ("X", "Y")]


@pytest.mark.parametrize(
    ("count", "columns", "axes"), [(8, 3, (3, 3)), (24, 6, (6, 4)), (5, 2, (2, 3)), (2, 6, (2, 1))]
)
def test_axes_are_shared_by_columns_and_rows(count: int, columns: int, axes: tuple[int, int]):
    layout = draw(count, columns).to_dict()["layout"]
    for letter, expected in zip("xy", axes, strict=True):
        found = [value for key, value in layout.items() if key.startswith(f"{letter}axis")]
        assert len(found) == expected
        assert all(tuple(axis["range"]) == getattr(AXES, f"{letter}_range") and axis["fixedrange"] for axis in found)


def test_every_panel_has_its_groups_rows_lines_and_ols():
    figure = draw(8, 3)
    for i in range(8):
        column, row = i % 3, i // 3
        panel = (f"x{column + 1 if column else ''}", f"y{row + 1 if row else ''}")
        mine = [t for t in figure.data if (t.xaxis, t.yaxis) == panel]
        assert [t.mode for t in mine] == ["lines", "markers", "lines", "lines"]
        assert set(mine[1].customdata) == {f"g{i}"}
        assert [t.line.color for t in (mine[0], *mine[2:])] == [
            MODELS[m].colour for m in ("ols", "no_pooling", "random_intercept")
        ]
        assert mine[0].line.width < mine[2].line.width


def test_panels_do_not_overlap_and_columns_hang_under_their_last_panel():
    layout = draw(8, 3).layout
    rows = [axis.domain for axis in (layout.yaxis, layout.yaxis2, layout.yaxis3)]
    assert all(0 <= low < high <= 1 for low, high in rows)
    assert rows[0][0] > rows[1][1]
    assert rows[1][0] > rows[2][1]
    assert [layout.xaxis.anchor, layout.xaxis2.anchor, layout.xaxis3.anchor] == ["y3", "y3", "y2"]


def test_titles_in_order_escaped_and_at_most_24():
    assert titles(draw(groups=["<b>z</b>", "a"])) == ["&lt;b&gt;z&lt;/b&gt;", "a"]
    assert len(titles(draw(40, 6))) == MOST


def test_a_group_without_rows_or_lines_still_has_its_panel():
    points, lines = table(["a"])
    figure = group_panels(points, lines, AXES, groups=["a", "new"], columns=2)
    assert titles(figure) == ["a", "new"]


def test_highlight_makes_the_title_strong():
    assert titles(draw(2, highlight="g1")) == ["g0", "<b>g1</b>"]


def test_height_grows_with_rows_and_can_be_set():
    assert draw(8, 2).layout.height > draw(8, 4).layout.height
    assert draw(8, 2, height=333).layout.height == 333


def test_no_groups():
    points, lines = table(["a"])
    figure = group_panels(points, lines, AXES, groups=[])
    assert titles(figure) == []
    assert "0 panels" in figure.layout.meta["alt"]


def test_categorical_x_is_named_on_the_axis_and_in_the_hover():
    figure = draw(2, 2, x_ticks={2.0: "low", 6.0: "high"})
    points = next(t for t in figure.data if t.mode == "markers")
    assert tuple(points.hovertext) == ("low", "low", "high")
    assert "%{x}" not in points.hovertemplate
    assert figure.layout.xaxis2.ticktext == ("low", "high")
