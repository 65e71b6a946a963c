"""Small bar charts of columns: names below neighbouring bars do not meet, on a phone or beside three others."""

from __future__ import annotations

import html
from itertools import pairwise

import pandas as pd
import pytest

from lmmcompare.figures.axes import Look
from lmmcompare.figures.distributions import small_bars

CHARACTER = 6.6
"""Pixels of a character of 12 pixels height, on average."""


@pytest.mark.parametrize(("narrow", "width"), [(True, 366), (False, 900)])
@pytest.mark.parametrize("names", [["treatment group"] * 2, ["never smoked", "former smoker", "current smoker"]])
def test_names_below_neighbouring_bars_do_not_meet(narrow: bool, width: float, names: list[str]):
    parts = [
        pd.DataFrame({"panel": f"column {k}", "note": "", "label": names, "count": 5, "tick": names}) for k in range(4)
    ]
    layout = small_bars(pd.concat(parts), look=Look(narrow=narrow)).layout
    for k in range(1, 5):
        axis = layout[f"xaxis{k if k > 1 else ''}"]
        pixels = (axis.domain[1] - axis.domain[0]) * width / (axis.range[1] - axis.range[0])
        longest = [len(html.unescape(text)) * CHARACTER for text in axis.ticktext]
        assert all(one / 2 + other / 2 < pixels for one, other in pairwise(longest))
        assert len(set(axis.ticktext)) == len(set(names))
