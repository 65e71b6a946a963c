"""The grid of who was measured when."""

from __future__ import annotations

import pandas as pd
import pytest

from lmmcompare.figures.axes import Axes, Look
from lmmcompare.figures.measurements import LINE, NARROW_LINE, measured_grid


def ticks(times: list[str], narrow: bool) -> list[str]:
    cells = pd.DataFrame({"row": 0, "column": range(len(times)), "measured": True})
    axes = Axes("visit", "person", (-0.7, len(times) - 0.3), (0.7, -0.7), group_name="person")
    return list(measured_grid(cells, ["a"], times, axes, look=Look(narrow=narrow)).layout.xaxis.ticktext)


@pytest.mark.parametrize(("narrow", "room"), [(True, NARROW_LINE), (False, LINE)])
def test_names_of_many_times_stand_side_by_side(narrow, room):
    shown = ticks([f"{k:,} to {k + 9:,}" for k in range(1, 30_000, 1_000)], narrow)
    assert len(shown) >= 2 and sum(map(len, shown)) + 2 * len(shown) <= room + len(shown[-1])


def test_each_of_few_categories_is_named_however_long():
    names = ["a treatment of long name", "another treatment", "none"]
    assert ticks(names, narrow=True) == names
