from __future__ import annotations

import pytest

from lmmcompare.explain.blend_reasons import two_percentages
from lmmcompare.text.numbers import MINUS


@pytest.mark.parametrize(
    ("a", "b", "texts"),
    [
        (0.33, 0.80, ("33%", "80%")),
        (0.881, 0.881, ("88%", "88%")),
        (0.881, 0.8842, ("88.1%", "88.4%")),
        (0.997, 0.999999, ("99.7%", "over 99.9%")),
        (0.0004, 0.003, ("under 0.1%", "0.3%")),
        (0.0, 1.0, ("0%", "100%")),
        (-0.12, 1.3, (f"{MINUS}12%", "130%")),
    ],
)
def test_two_shares_can_be_told_apart(a, b, texts):
    assert two_percentages(a, b) == texts
