from __future__ import annotations

import numpy as np
import pandas as pd

from lmmcompare.figures.axes import Look
from lmmcompare.figures.standard_errors import error_bars
from lmmcompare.figures.theme import MODELS, PAGE

ROWS = [
    ("ols", "OLS", 2.4664, 38.0),
    ("ols_robust", "OLS, CR1", 0.66, 9.0),
    ("ols_robust", "OLS, CR2", 0.69, 9.0),
    ("no_pooling", "ID dummies", 0.2898, 29.0),
    ("random_intercept", "Random intercept", 0.2898, 29.0),
]


def frame(rows=ROWS) -> pd.DataFrame:
    out = pd.DataFrame(rows, columns=["model", "label", "se", "df"])
    return out.assign(ratio=out["se"] / out["se"].iloc[0])


def texts(figure):
    return [a.text for a in figure.layout.annotations]


def test_each_row_has_its_value_and_its_ratio_to_ols():
    figure = error_bars(frame(), term_label="Drug")
    assert texts(figure) == ["2.5", "0.66, 0.27 × OLS", "0.69, 0.28 × OLS", "0.29, 0.12 × OLS", "0.29, 0.12 × OLS"]
    assert figure.layout.yaxis.ticktext == tuple(row[1] for row in ROWS)
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]
    assert figure.layout.xaxis.range[0] == 0
    assert figure.layout.xaxis.range[1] > 2.4664


def test_near_ols_a_third_digit_tells_them_apart():
    near = frame([("ols", "OLS", 0.1272, 58.0), ("no_pooling", "ID dummies", 0.1339, 39.0)])
    assert texts(error_bars(near, term_label="X")) == ["0.127", "0.134, 1.05 × OLS"]


def test_extreme_ratios_keep_two_digits():
    far = frame([("ols", "OLS", 1.0, 58.0), ("no_pooling", "d", 0.0123, 39.0), ("random_slope", "s", 25.4, 3.0)])
    assert texts(error_bars(far, term_label="X")) == ["1.0", "0.012, 0.012 × OLS", "25, 25 × OLS"]


def test_colours_symbols_and_hollow_robust_markers():
    figure = error_bars(frame(), term_label="Drug")
    (dots,) = [t for t in figure.data if t.mode == "markers"]
    assert dots.marker.symbol == ("circle", "circle", "circle", "square", "diamond")
    assert [c == PAGE.background for c in dots.marker.color] == [False, True, True, False, False]
    stems = [t for t in figure.data if t.mode == "lines"]
    assert [t.line.color for t in stems] == [MODELS[row[0]].colour for row in ROWS]
    np.testing.assert_allclose([t.x for t in stems], [(0, row[2]) for row in ROWS])


def test_a_thin_line_stands_at_ols():
    figure = error_bars(frame(), term_label="Drug")
    (line,) = figure.layout.shapes
    assert (line.x0, line.x1, line.line.width) == (2.4664, 2.4664, 1)
    assert not error_bars(frame().iloc[3:], term_label="Drug").layout.shapes


def test_what_cannot_be_estimated_is_said():
    absent = frame()
    absent.loc[3, ["se", "ratio", "df"]] = np.nan
    figure = error_bars(absent, term_label="Drug")
    assert texts(figure)[3] == "cannot be estimated"
    assert error_bars(absent.assign(se=np.nan, ratio=np.nan), term_label="Drug").layout.xaxis.range == (0, 1)


def test_hover_has_the_degrees_of_freedom():
    figure = error_bars(frame(), term_label="Drug")
    (dots,) = [t for t in figure.data if t.mode == "markers"]
    assert dots.hovertext[3] == "<b>ID dummies</b><br>SE 0.290<br>0.12 × OLS<br>29.0 degrees of freedom"


def test_text_is_escaped_and_alt_says_it():
    evil = frame().assign(label="<b>$x$")
    figure = error_bars(evil, term_label="<b>$x$", look=Look(height=99))
    spec = figure.to_plotly_json()
    assert "OLS" in spec["layout"].pop("meta")["alt"]
    assert "<b>$x$" not in str(spec)
    assert figure.layout.height == 99


def test_a_long_name_takes_two_lines_rather_than_being_cut():
    long = frame([("ols", "OLS, cluster-robust", 1.0, 58.0), ("no_pooling", "mountainRange <b> dummies", 0.5, 39.0)])
    names = error_bars(long, term_label="X").layout.yaxis.ticktext
    assert names == ("OLS, cluster-robust", "mountainRange &lt;b&gt;<br>dummies")


def test_names_on_two_lines_below_each_other_have_higher_rows():
    usual = error_bars(frame(), term_label="X").layout.height
    two = [("no_pooling", f"Schule (Name) dummies{more}", 0.3, 9.0) for more in ("", ", CR2")]
    figure = error_bars(frame([*ROWS[:3], *two]), term_label="X")
    assert figure.layout.height >= usual + 5 * 6
