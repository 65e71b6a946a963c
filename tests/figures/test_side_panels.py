"""Panels beside each other: their common title stands below their ticks, which are turned where they have no room."""

from __future__ import annotations

import math

from lmmcompare.figures.axes import Look
from lmmcompare.figures.side_panels import SLANT, side_panels

SHORT, LONG = ("low", "high"), ("Golden.rain", "Marvellous", "Victory")


def drawn(ticks, narrow=False):
    x = ("variety", (-0.5, len(ticks) - 0.5), {float(k): tick for k, tick in enumerate(ticks)})
    return side_panels([], ["a", "b", "c", "d"], x, ("yield", (0.0, 1.0)), Look(narrow=narrow), "")


def title(figure):
    (result,) = (note for note in figure.layout.annotations if note.text == "variety")
    return result


def test_the_title_is_below_ticks_that_are_turned():
    short, long = drawn(SHORT), drawn(LONG)
    turn = math.radians(SLANT)
    reach = 6 * len("Golden.rain") * math.sin(turn) + 12 * math.cos(turn)  # letters of 12 px are some 6 px wide
    assert -title(short).yshift < reach < -title(long).yshift
    assert all(tuple(long.layout[f"xaxis{k}"].autotickangles) == (0, SLANT) for k in ("", 2, 3, 4))


def test_panels_are_as_high_whether_their_ticks_are_turned_or_not():
    heights = [f.layout.height - f.layout.margin.t - f.layout.margin.b for f in (drawn(SHORT), drawn(LONG))]
    assert heights[0] == heights[1]


def test_a_phones_panels_have_room_for_their_ticks():
    short, long = drawn(SHORT, narrow=True), drawn(LONG, narrow=True)
    assert short.layout.height == long.layout.height


def test_each_panels_name_is_centred_above_it():
    """By itself plotly.js puts a text's left edge there in the first third of a figure, and its right edge in the last."""
    figure = drawn(SHORT)
    for name, k in zip("abcd", ("", 2, 3, 4), strict=True):
        (note,) = (one for one in figure.layout.annotations if name in one.text and one.text != "variety")
        assert note.x == sum(figure.layout[f"xaxis{k}"].domain) / 2 and note.xanchor == "center"
