"""The page's numbers as the file that the scripts read, to set what they find beside it."""

from __future__ import annotations

import pandas as pd

from .comments import visible
from .shown import Shown
from .tables import csv

PAGE = "page_numbers.csv"
"""What the file is called: no file with rows can be called so (`Source.csv_name` has no underscore)."""


def page_numbers(shown: Shown) -> pd.DataFrame:
    """Every estimate with the inference that the page shows, as `Inferred.numbers` has it, and whether it is ``chosen``.

    Chosen ("yes" or "no") is the coefficient that the page is about, in every model that has it.
    """
    result = shown.inferred.numbers(shown.comparison)
    chosen = (result["kind"] == "coefficient") & (result["name"] == shown.coefficient)
    result.insert(4, "chosen", chosen.map({True: "yes", False: "no"}))
    return result.assign(name=result["name"].map(visible))


def page_file(shown: Shown) -> bytes:
    """The numbers as CSV, with all their digits."""
    return csv(page_numbers(shown))
