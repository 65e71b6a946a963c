"""What a design holds of a table that an engine has."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from ..arrays import Array


@dataclass(frozen=True, eq=False)
class Sample:
    """What a design holds of a table that an engine has: a uniform sample of the complete rows, or all where they are few.

    Parameters
    ----------
    frame : DataFrame
        The rows drawn, with the columns that the model uses.
    ranges : dict
        Numeric predictor to its smallest and its largest values in the groups shown, over all their rows, (J,) arrays.
    groups : dict
        Grouping factor to its columns' values, a row a level.
    nested : dict
        Names of two grouping factors, each level of the first within one of the second, to these, (J,) arrays.
    """

    frame: pd.DataFrame
    ranges: dict[str, tuple[Array, Array]]
    groups: dict[str, pd.DataFrame]
    nested: dict[tuple[str, str], Array]
