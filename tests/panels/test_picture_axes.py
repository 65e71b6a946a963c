from __future__ import annotations

from dataclasses import replace

import numpy as np

import lmmcompare as lc
from lmmcompare.comparison.picture import make_picture
from lmmcompare.explain.line_labels import lines_sentence
from lmmcompare.figures.lines import group_lines
from lmmcompare.model_catalogue import Model
from lmmcompare.panels.lines import lines
from lmmcompare.panels.panel import Page
from lmmcompare.panels.picture_axes import picture_axes


def test_without_a_predictor_lines_for_everyone_cross_the_groups_and_are_said_to():
    data = lc.examples.load("sleepstudy")
    comparison = lc.compare("Reaction ~ 1 + (1 | Subject)", data)
    picture = make_picture(comparison, data)
    figure = group_lines(picture.points, picture.lines, picture_axes(comparison, picture))
    drawn = [t for t in figure.data if (t.meta or {}).get("part") in ("everyone ols", "everyone random_intercept")]
    assert len(drawn) == 2
    for line in drawn:
        assert line.mode == "lines" and line.error_y.array is None
        assert (line.x[0], line.x[-1]) == picture.x_range and np.isfinite(line.y).all()
    words = lines_sentence(comparison, picture, ["ols", "random_intercept"])
    assert "each short line is the mean that a model fits to its own Subject" in words and "thick line" in words


def test_what_a_file_calls_its_columns_stands_at_the_axes_and_their_names_behind_it():
    """Labels of SPSS and Stata were on the Data page only, and figures said v7 against v2."""
    data = lc.examples.load("sleepstudy")
    comparison = lc.compare("Reaction ~ Days + (1 | Subject)", data)
    labels = {"Reaction": "Average time to react, in milliseconds, of ten trials", "Days": "days", "Subject": "who"}
    panel = lines(comparison, replace(make_picture(comparison, data), titles=labels), "Days", [Model.OLS])
    layout = panel.blocks[0].draw(Page()).layout
    assert layout.yaxis.title.text == "Average time to react, in milliseconds,… (Reaction)"
    assert layout.xaxis.title.text == "Days"  # the same but for its capital
