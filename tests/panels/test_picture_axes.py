from __future__ import annotations

import numpy as np

import lmmcompare as lc
from lmmcompare.comparison.picture import make_picture
from lmmcompare.explain.line_labels import lines_sentence
from lmmcompare.figures.lines import group_lines
from lmmcompare.panels.picture_axes import picture_axes


def test_without_a_predictor_lines_for_everyone_cross_the_groups_and_are_said_to():
    data = lc.examples.load("sleepstudy")
    comparison = lc.compare("Reaction ~ 1 + (1 | Subject)", data)
    picture = make_picture(comparison, data)
    figure = group_lines(picture.points, picture.lines, picture_axes(comparison, picture))
    lines = [t for t in figure.data if (t.meta or {}).get("part") in ("everyone ols", "everyone random_intercept")]
    assert len(lines) == 2
    for line in lines:
        assert line.mode == "lines" and line.error_y.array is None
        assert (line.x[0], line.x[-1]) == picture.x_range and np.isfinite(line.y).all()
    words = lines_sentence(comparison, picture, ["ols", "random_intercept"])
    assert "each short line is the mean that a model fits to its own Subject" in words and "thick line" in words
