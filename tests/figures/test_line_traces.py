"""True lines: black, thin, under what was fitted, and no part in how the fitted lines look."""

import pandas as pd

from lmmcompare.figures.lines import group_lines
from lmmcompare.figures.theme import MODELS

from .figures_data import sorted_options, table

GROUPS = [str(i) for i in range(6)]


def draw(models=("random_intercept",), **more):
    points, lines = table(GROUPS, models)
    true = lines[lines["model"] == models[0]].assign(model="truth")
    true["y"] += 0.25
    axes, look, own = sorted_options(group_order=GROUPS, **more)
    return group_lines(points, pd.concat([lines, true]), axes, look=look, **own)


def black(figure):
    return [t for t in figure.data if t.mode == "lines" and t.line.color == MODELS["truth"].colour]


def test_true_lines_are_one_thin_trace_beneath_the_fitted_ones():
    figure = draw()
    groups, everyone = black(figure)
    assert figure.data[0].hovertemplate == groups.hovertemplate and groups.line.width == 1
    assert [g for g in groups.customdata if g] == [g for g in GROUPS for _ in range(2)]
    assert "truth" in groups.hovertemplate and everyone.line.dash == "longdashdot"


def test_the_fitted_lines_keep_the_groups_colours():
    figure = draw()
    fitted = [t for t in figure.data if t.name == "Random intercept" and t.customdata is not None]
    assert len({t.line.color for t in fitted}) == len(GROUPS)
    assert not figure.layout.showlegend


def test_the_highlighted_groups_true_line_is_thick():
    rest, marked = [t for t in black(draw(highlight="3")) if t.customdata is not None]
    assert "3" not in set(rest.customdata) and set(marked.customdata) == {"3"}
    assert marked.line.width > rest.line.width and rest.opacity < 0.3


def test_the_label_says_the_true_slope():
    texts = [a.text for a in draw(labels={"truth": "truth 0.5"}).layout.annotations]
    assert "truth 0.5" in texts
