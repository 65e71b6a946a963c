"""The picture without some rows: their points apart, the lines before beside those after, the axes where they were."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from lmmcompare import compare, examples
from lmmcompare.comparison.excluded_rows import with_left_out, with_numbers
from lmmcompare.comparison.picture import make_picture

FORMULA = "Reaction ~ Days + (1 | Subject)"
DATA = examples.load("sleepstudy").assign(Days=lambda d: d["Days"].where(d.index != 3).astype(float))
"""Row 4 lacks its day, so that positions among the rows used are no numbers of rows."""
OUT = (2, 10, 60)


def both():
    before, rest = compare(FORMULA, DATA), DATA.drop(index=[row - 1 for row in OUT]).reset_index(drop=True)
    after = compare(FORMULA, rest)
    whole = with_numbers(make_picture(before, DATA), before.design)
    return whole, with_left_out(make_picture(after, rest), whole, OUT), after


def test_each_point_has_the_number_of_its_row():
    whole, _, _ = both()
    rows = DATA.iloc[whole.points["number"].to_numpy() - 1]
    assert np.array_equal(whole.points["y"], rows["Reaction"]) and 4 not in {*whole.points["number"]}


def test_points_are_set_apart_and_the_lines_for_everyone_are_those_of_both_fits():
    whole, made, after = both()
    assert {*made.left_out["number"]} == {*OUT} and not {*OUT} & {*made.points["number"]}
    assert len(made.points) + len(OUT) == len(whole.points)
    pd.testing.assert_frame_equal(made.before, whole.lines[whole.lines["kind"] == "population"])
    line = made.lines[(made.lines["kind"] == "population") & (made.lines["model"] == "ols")]
    slope = np.diff(line["y"].iloc[[0, -1]])[0] / np.diff(line["x"].iloc[[0, -1]])[0]
    assert np.isclose(slope, float(after.ols.params["Days"]), rtol=1e-9)
    assert (made.x_range, made.y_range) == (whole.x_range, whole.y_range)
    far = replace(whole, y_range=(250.0, 300.0))
    low, high = with_left_out(made, far, OUT).y_range
    assert low <= made.lines["y"].min() and high >= made.lines["y"].max()


def test_points_that_are_no_rows_have_no_numbers():
    fit = compare("diameter ~ 1 + (1 | plate)", examples.load("penicillin"))
    made = make_picture(fit, examples.load("penicillin"))
    assert with_numbers(made, fit.design) is made  # its axis is the groups' own order, which each fit has anew
