"""The death of a worker, in a module of its own: workers import what it imports."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def dying(part: pd.DataFrame, marker: str) -> pd.DataFrame:
    """The part as it is; but the first worker that comes here once the file is there dies with it."""
    try:
        Path(marker).unlink()
    except FileNotFoundError:
        return part
    os._exit(1)
