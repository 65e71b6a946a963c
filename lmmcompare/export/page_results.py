"""The page's numbers as a CSV file, with which the exported scripts compare their own results."""

from __future__ import annotations

import pandas as pd

from .comments import visible
from .snapshot import Snapshot
from .tables import csv

PAGE = "page_numbers.csv"
"""What the file is called: no file with rows can be called so (`Source.csv_name` has no underscore)."""


def page_numbers(snapshot: Snapshot) -> pd.DataFrame:
    """Every estimate with the inference that the page shows, as `Inferred.numbers` has it, and whether it is ``chosen``.

    Chosen ("yes" or "no") is the coefficient that the page is about, in every model that has it.
    """
    result = snapshot.inferred.numbers(snapshot.comparison)
    chosen = (result["kind"] == "coefficient") & (result["name"] == snapshot.coefficient)
    result.insert(4, "chosen", chosen.map({True: "yes", False: "no"}))
    return result.assign(name=result["name"].map(visible))


def page_file(snapshot: Snapshot) -> bytes:
    """The numbers as CSV, with all their digits."""
    return csv(page_numbers(snapshot))
