"""One simulated table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from .dropout import draw_rows
from .settings import Settings


def simulate(groups: int = 20, size: int | Sequence[int] = 10, *, seed: int = 1, **settings: Any) -> pd.DataFrame:
    """Simulate clustered data: the same settings and seed give the same rows, always and everywhere.

    Parameters
    ----------
    groups : int
        Number of groups.
    size : int or sequence of int
        Rows in each group, or each group's own number of rows.
    seed : int
        The same seed and settings give the same rows.
    **settings
        The rest of the data-generating process, by the names of `lmmcompare.simulate.settings.Settings`: ``intercept``,
        ``slope``, ``tau0``, ``tau1``, ``rho``, ``sigma``, ``predictor``, ``varies``, ``x_icc``, ``rho_mean``, ``effects``, ….

    Returns
    -------
    DataFrame
        ``y``, ``x`` (no such column without a predictor), ``group`` (categories "1", "2", …), and ``time`` where it
        matters: as the predictor, under dropout, or with autocorrelation.

    Raises
    ------
    SettingsError
        For a setting that does not exist, is out of its limits, or does not go with the others.

    Examples
    --------
    >>> data = simulate(groups=20, size=30, varies="between", slope=0, tau0=0.5)
    >>> data.shape
    (600, 3)
    """
    return table(Settings.from_dict({"groups": groups, "size": size, "seed": seed} | settings))


def table(settings: Settings) -> pd.DataFrame:
    """The table of these settings."""
    drawn, y = draw_rows(settings)
    columns: dict[str, Any] = {"y": y[0]}
    if settings.x_name == "x":
        columns["x"] = drawn.x[0]
    labels = group_labels(settings)
    columns["group"] = pd.Categorical.from_codes(drawn.codes, categories=labels)
    if settings.predictor == "time" or settings.dropout > 0 or settings.autocorrelation:
        columns["time"] = drawn.time
    return pd.DataFrame(columns)


def group_labels(settings: Settings) -> list[str]:
    """The groups' names: "1", "2", …."""
    return [str(j + 1) for j in range(settings.groups)]
