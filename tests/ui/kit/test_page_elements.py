"""Tables of numbers to sort and to search."""

from __future__ import annotations

import pandas as pd

from lmmcompare.ui.kit import page_elements


def test_a_percentage_of_nothing_has_no_sign(monkeypatch):
    """A group that has no weight had −1e-17 of it, which stood as "-0.0%"."""
    shown = {}
    monkeypatch.setattr(page_elements.st, "dataframe", lambda data, **rest: shown.update(data=data))
    frame = pd.DataFrame({"weight": [-1e-15, -3.21], "pull": [-1e-15, 0.5]})
    page_elements.numbers_table(frame, {"weight": 1, "pull": 2}, {}, {"weight"})
    cells = [cell["display_value"] for row in shown["data"]._translate(True, True)["body"] for cell in row[1:]]
    assert cells == ["0.0%", "0.00", "−3.2%", "0.50"]
