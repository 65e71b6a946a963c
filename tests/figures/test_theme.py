from __future__ import annotations

from itertools import combinations

import numpy as np
import plotly.graph_objects as go
import pytest

from lmmcompare.figures.theme import (
    BINS,
    COLOURS,
    DARK_OF,
    DARK_PAGE,
    GROUP_SCALE_DARK,
    GROUP_SCALE_LIGHT,
    LEVELS_DARK,
    LEVELS_LIGHT,
    MODELS,
    PAGE,
    Page,
    contrast,
    darkened,
    group_colours,
    level_colours,
    model_label,
    template,
    text_on,
)

# Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB.
DEFICIENCY = {
    "none": np.eye(3),
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
}
# compound symmetry is a structure: it looks like the structured model, beside which it never stands
DISTINCT = [key for key in MODELS if key not in ("ols_robust", "cs")]


def seen_as(colour: str, deficiency: str) -> np.ndarray:
    """OKLab coordinates of a colour as such a reader sees it."""
    rgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    linear = np.clip(np.array(DEFICIENCY[deficiency]) @ linear, 0, 1)
    cones = [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
    lab = [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
    return np.array(lab) @ np.cbrt(np.array(cones) @ linear)


PAGES = [(PAGE, lambda colour: colour), (DARK_PAGE, DARK_OF.__getitem__)]
"""Each page, and what a colour of the light one is on it."""


def test_contrast_knows_its_ends():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#777777") == pytest.approx(1)


@pytest.mark.parametrize(("page", "on_it"), PAGES)
def test_text_and_model_colours_read_on_the_page(page, on_it):
    colours = [on_it(style.colour) for style in MODELS.values()]
    assert all(contrast(colour, page.background) >= 4.5 for colour in colours)
    assert contrast(page.text, page.background) >= 7
    assert contrast(page.muted, page.background) >= 4.5
    inks = [on_it(text_on(style.colour)) for style in MODELS.values()]
    assert all(contrast(ink, colour) >= 4.5 for ink, colour in zip(inks, colours, strict=True))


@pytest.mark.parametrize(("page", "on_it"), PAGES)
@pytest.mark.parametrize("deficiency", DEFICIENCY)
def test_colour_blind_readers_can_tell_models_apart(page, on_it, deficiency: str):
    for one, other in combinations(DISTINCT, 2):
        colours = [seen_as(on_it(MODELS[key].colour), deficiency) for key in (one, other)]
        # 0.02 is about a just noticeable difference in OKLab; lines need more than twice that.
        assert np.linalg.norm(colours[0] - colours[1]) > 0.045, (one, other)


def test_models_differ_in_symbol_and_in_look_without_colour():
    assert len({MODELS[key].symbol for key in DISTINCT}) == len(DISTINCT)
    partial = ["random_intercept", "random_slope", "within_between", "no_pooling"]
    assert len({MODELS[key].dash for key in partial}) == len(partial)


@pytest.mark.parametrize(("scale", "page"), [(GROUP_SCALE_LIGHT, PAGE), (GROUP_SCALE_DARK, DARK_PAGE)])
def test_group_scale_is_even_and_readable(scale: tuple[str, ...], page: Page):
    assert len(scale) == BINS
    assert min(contrast(colour, page.background) for colour in scale) >= 3
    lightness = [seen_as(colour, "none")[0] for colour in scale]
    steps = np.diff(lightness)
    assert steps.min() > 0.6 * steps.mean()
    assert steps.max() < 1.4 * steps.mean()


@pytest.mark.parametrize(("scale", "page"), [(LEVELS_LIGHT, PAGE), (LEVELS_DARK, DARK_PAGE)])
def test_levels_are_readable_and_told_apart(scale: tuple[str, ...], page: Page):
    assert min(contrast(colour, page.background) for colour in scale) >= 3
    for one, other in combinations(scale, 2):  # what the colour-blind do not see is also said by place and label
        assert np.linalg.norm(seen_as(one, "none") - seen_as(other, "none")) > 0.1, (one, other)


def test_few_levels_have_the_groups_scale_and_many_too():
    for count in (2, 3, 7):
        levels = [f"l{i}" for i in range(count)]
        assert level_colours(levels) == group_colours(levels)
    assert tuple(level_colours(list("abcde")).values()) == LEVELS_LIGHT[:5]


@pytest.mark.parametrize("count", [1, 2, 12, 13, 1000])
def test_group_colours_run_along_the_scale_in_at_most_twelve_steps(count: int):
    groups = [f"g{i}" for i in range(count)]
    colours = group_colours(groups)
    places = [GROUP_SCALE_LIGHT.index(colours[group]) for group in groups]
    assert list(colours) == groups
    assert places == sorted(places)
    assert len(set(places)) == min(count, BINS)
    assert places[0] == 0
    assert places[-1] == (BINS - 1 if count > 1 else 0)


def test_group_dummies_carry_the_groups_name():
    assert model_label("no_pooling", "school") == "School dummies"
    assert model_label("no_pooling") == "Group dummies"
    assert model_label("ols", "school") == "OLS"


@pytest.mark.parametrize("page", [PAGE, DARK_PAGE])
def test_the_template_wears_the_pages_colours(page: Page):
    look = go.layout.Template(template() if page is PAGE else darkened(template())).layout
    assert (look.paper_bgcolor, look.plot_bgcolor) == (page.background, "rgba(0,0,0,0)")
    assert look.font.color == page.text
    assert not look.xaxis.zeroline


def test_a_dark_figure_has_other_colours_and_nothing_else_other():
    ols, fill = COLOURS["ols"], "rgba(27,95,170,0.5)"  # half of OLS's colour
    light = {
        "line": {"color": ols[0], "width": 3},
        "name": ols[0],
        "fillcolor": fill,
        "marker": {"color": [ols[0], 0.2]},
    }
    assert darkened(light) == {
        "line": {"color": ols[1], "width": 3},
        "name": ols[0],
        "fillcolor": "rgba(98,165,240,0.5)",
        "marker": {"color": [ols[1], 0.2]},
    }
    assert darkened({"color": "rgba(0,0,0,0)"}) == {"color": "rgba(0,0,0,0)"}
