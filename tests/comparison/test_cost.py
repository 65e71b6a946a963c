"""The cost that is foreseen: near what was measured, growing with everything that it depends on, and nothing for small tables."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from lmmcompare.comparison.cost import Size, expected_seconds, seconds_for
from lmmcompare.design.build import build
from lmmcompare.formula import read

# measured on one core by benchmarks/cost.py
MEASURED = [
    (Size(10_000, 2, [100], [1], 1), 0.03),
    (Size(300_000, 2, [100_000], [1], 1), 1.3),
    (Size(300_000, 2, [100_000], [2], 3), 0.91),
    (Size(200, 6, [20], [6], 21), 0.25),
    (Size(200, 8, [20], [8], 36), 0.83),
    (Size(100_000, 4, [10_000], [4], 10), 0.47),
    (Size(100_000, 31, [20_000], [1], 1), 14),
    (Size(50_000, 2, [1_000, 300], [2, 2], 6), 2.4),
    (Size(50_000, 2, [2_000, 1_200], [1, 1], 2), 1.1),
    (Size(20_000, 2, [3_000, 2_500], [1, 1], 2), 7.1),
    (Size(100_000, 2, [20_000, 800], [1, 1], 2), 0.86),
    (Size(20_000, 3, [300, 100], [3, 3], 12), 0.7),
]


@pytest.mark.parametrize(("size", "measured"), MEASURED)
def test_it_is_within_a_factor_of_three_of_what_was_measured(size, measured):
    assert measured / 3 < seconds_for(size) < 3 * measured


@pytest.mark.parametrize(
    "change",
    [
        {"rows": 2_000_000},
        {"columns": 40},
        {"levels": [5_000, 4_000]},
        {"coefficients": [5, 1]},
        {"coefficients": [1, 3]},
        {"parameters": 12},
        {"structured": True},
    ],
)
def test_more_of_anything_costs_more(change):
    size = Size(50_000, 2, [1_000, 300], [1, 1], 2)
    assert seconds_for(replace(size, **change)) > seconds_for(size)


def test_the_numbers_are_those_of_the_design():
    table = pd.DataFrame({"y": np.arange(24.0) % 7, "x": np.arange(24.0) % 5, "z": np.arange(24.0) % 3})
    table = table.assign(g=np.arange(24) % 6, h=np.arange(24) % 4, f=list("abc") * 8)
    design = build(read("y ~ x + f + (x + z | g) + (1 | h) + (0 + x | h)", list(table)), table)
    assert Size.of(design) == Size(24, 4, [6, 4], [3, 2], 8)
    assert expected_seconds(design) == seconds_for(Size.of(design)) < 1
