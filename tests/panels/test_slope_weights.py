"""The identity's table adds up: what stands in a row makes the row's coefficient."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import lmmcompare as lc
from lmmcompare import compare, examples
from lmmcompare.explain.identity import explain
from lmmcompare.panels.slope_weights import identity_parts
from tests.helpers import table


def read(text: str) -> float:
    text = text.replace("−", "-").replace("over ", "").replace("under ", "")
    return 0.0 if text == "·" else float(text.rstrip("%")) / (100 if text.endswith("%") else 1)


@pytest.mark.parametrize(
    ("name", "formula", "term"),
    [
        ("cv161703", "Y ~ X + (1 | ID)", "X"),
        ("grunfeld", "invest ~ value + capital + (1 | firm)", "value"),
        ("gapminder", "lifeExp ~ log10(gdpPercap) + year + (1 | country)", "year"),
        ("chickweight", "weight ~ Time * Diet + (1 | Chick)", "Diet[T.2]"),
    ],
)
def test_the_parts_of_a_row_make_its_coefficient(name, formula, term):
    """Up to what the percentage and the decimals leave out: half of the last digit of each."""
    block = identity_parts(lc.compare(formula, examples.load(name)), term).blocks[0]
    for row in block.table.rows:
        if row.cells[0].main == "·":  # a random slope among several predictors has no single weight
            continue
        weight, within, between, *through, whole = (read(cell.main) for cell in row.cells)
        digit = 10.0 ** -len(row.cells[-1].main.partition(".")[2])
        slack = 2 * digit + 0.005 * abs(within - between)
        assert weight * within + (1 - weight) * between + sum(through) == pytest.approx(whole, abs=slack)


def test_a_slope_between_groups_stands_with_its_standard_error():
    """Regression of the 20 group means in R: lm(tapply(Y, ID, mean) ~ tapply(X, ID, mean)) has slope 1.573, standard error 0.183."""
    ols = identity_parts(lc.compare("Y ~ X + (1 | ID)", table("cv161703")), "X").blocks[0].table.rows[0]
    assert (ols.cells[2].main, ols.cells[2].below) == ("1.57", "SE 0.18")


def test_a_slope_between_groups_without_a_standard_error_is_no_number():
    """Three groups and two predictors: the regression of three means on three coefficients leaves nothing to judge it by."""
    rng = np.random.default_rng(4)
    g = np.repeat(np.arange(3), 12)
    frame = pd.DataFrame({"g": g, "x": rng.normal(size=36), "z": rng.normal(size=36)})
    frame["y"] = frame["x"] + rng.normal(size=3)[g] + rng.normal(size=36)
    block = identity_parts(lc.compare("y ~ x + z + (1 | g)", frame), "x").blocks[0]
    for row in block.table.rows:
        if row.cells[0].main == "·":
            continue
        weight, within, between, through, whole = (cell.main for cell in row.cells)
        assert between == "·"
        assert read(weight) * read(within) + read(through) == pytest.approx(read(whole), abs=0.02)


def test_without_an_intercept_there_are_no_two_slopes_to_add_up():
    both = lc.compare("Y ~ 0 + X + (1 | ID)", table("cv161703"))
    assert identity_parts(both, "X") is None


def test_a_slope_between_groups_on_which_nothing_rests_is_no_number():
    """A treatment assigned within blocks of unequal size: its share hardly differs, and −77 between blocks is no difference of it."""
    rng = np.random.default_rng(9)
    g = np.repeat(np.arange(12), 9 + np.arange(12))
    frame = pd.DataFrame({"g": g, "x": np.arange(len(g)) % 2, "z": rng.normal(size=len(g))})
    frame["y"] = frame["x"] + 3 * rng.normal(size=12)[g] + rng.normal(size=len(g))
    both = lc.compare("y ~ x + z + (1 | g)", frame)
    means = frame.groupby("g")[["x", "z", "y"]].mean()
    slope = np.linalg.lstsq(np.column_stack([np.ones(12), means[["x", "z"]]]), means["y"], rcond=None)[0][1]
    assert abs(slope) > 10
    block = identity_parts(both, "x").blocks[0]
    assert [head for head, _ in block.table.heads][2] == "Slope between"
    assert {row.cells[2].main for row in block.table.rows} == {"·"}
    caption = block.caption
    assert "times the slope between" not in caption and "so what lies there stands under" in caption


def test_what_missing_rows_move_is_not_said_to_come_through_other_predictors():
    """The within weight of age is over 99%: what lies between Subjects is still of the rows that they lack, as the headline says."""
    frame = examples.load("orthodont_gaps")
    both = lc.compare(examples.get("orthodont_gaps").formula, frame)
    panel = identity_parts(both, "age")
    heads = [head for head, _ in panel.blocks[0].table.heads]
    ols = dict(zip(heads, panel.blocks[0].table.rows[0].cells, strict=True))
    moved = read(ols["Coefficient"].main) - read(ols["Slope within"].main)
    assert moved < -0.02
    assert read(ols["Moved by which rows are missing"].main) == pytest.approx(moved, abs=0.011)


def test_a_random_slope_whose_slope_between_has_no_share_is_not_taken_apart() -> None:
    """Slopes that differ much and prices of one shop far apart: its weight on the slope within is above 1."""
    rng = np.random.default_rng(69)
    g = np.repeat(np.arange(15), 8)
    price = np.exp(rng.normal(size=120) + 0.5 * rng.normal(size=15)[g])
    sales = 1 + 0.7 * np.log(price) + 0.4 * rng.normal(size=15)[g] + 0.3 * rng.normal(size=120)
    both = compare("sales ~ price + (1 | shop)", pd.DataFrame({"shop": g, "price": price, "sales": sales}))
    parts = explain(both, "price").set_index("model").loc["random_slope"]
    assert parts["weight_within"] > 1
    (block,) = identity_parts(both, "price").tables
    (row,) = (row for row in block.table.rows if row.label == "Random slope")
    assert [cell.main for cell in row.cells[:3]] == ["·"] * 3
    assert "no share worth telling rests on the one between" in block.caption


def test_a_rounded_group_mean_has_no_slope_between_groups_of_its_own():
    """Beside x and its means to two decimals, what the means leave is rounding: the table said −40.16, the paper −35.1 from −161 to 90."""
    rng = np.random.default_rng(7)
    size = rng.integers(3, 12, 25)
    g = np.repeat(np.arange(25), size)
    frame = pd.DataFrame({"g": g, "x": rng.normal(size=len(g)) + 1.5 * rng.normal(size=25)[g]})
    frame["xm"] = frame.groupby("g")["x"].transform("mean").round(2)
    frame["y"] = 0.3 * frame["x"] + 0.5 * frame["xm"] + rng.normal(size=25)[g] + rng.normal(size=len(g))
    both = lc.compare("y ~ x + xm + (1 | g)", frame)
    assert "within_between" not in both.fits  # the formula's own model is it
    assert "are among the predictors" in both.absent["within_between"]
    for row in identity_parts(both, "xm").blocks[0].table.rows:
        assert row.cells[2].main == "·"
    exact = lc.compare("y ~ x + I(ave(x, g)) + (1 | g)", frame)
    assert both.mixed.params["xm"] == pytest.approx(exact.mixed.params.iloc[2], abs=0.1 * exact.mixed.bse.iloc[2])


def test_a_slope_within_is_not_rounded_by_olss_error():
    """Groups 100 residual SDs apart: OLS's error is 12.5, that of the slope within 0.12, which was shown as 1 for 0.52."""
    rng = np.random.default_rng(6)
    g = np.repeat(np.arange(15), 6)
    far, x = 100 * rng.normal(size=15), rng.normal(size=90)
    frame = pd.DataFrame({"g": g, "x": x, "y": 1 + 0.5 * x + far[g] + rng.normal(size=90)})
    own = frame - frame.groupby("g").transform("mean").assign(g=0)
    slope = float(own["x"] @ own["y"] / (own["x"] @ own["x"]))
    panel = identity_parts(compare("y ~ x + (1 | g)", frame), "x")
    cells = panel.blocks[0].table.rows[0].cells
    assert read(cells[1].main) == pytest.approx(slope, abs=0.005)
