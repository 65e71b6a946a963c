"""Residual SDs at each level of a column, with a test of equal variances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import chdtri, fdtrc

from ..arrays import Array
from ..comparison.comparison import Comparison
from ..design.levels import factorize, label_text
from ..model_catalogue import Model
from ..models import MixedResult
from ..models.gls import GLSResult
from .normalised_residuals import normalised_residuals

FEWEST = 3
"""A level of fewer rows has no SD to speak of."""


@dataclass(frozen=True, eq=False)
class LevelSpreads:
    """Standard deviations of one model's normalised residuals by the levels of a column.

    Parameters
    ----------
    frame : DataFrame
        ``group`` (the level), ``n, df, sd, lower, upper, outside``: 95% of SDs lie between ``lower`` and ``upper`` if all levels have
        one variance and residuals are normal.
    p : float
        Of the test of Brown and Forsythe (1974, J. Am. Stat. Assoc. 69), which holds without normality.
    model : Model
        Whose residuals.
    sd : float
        Over all rows.
    """

    frame: pd.DataFrame
    column: str
    p: float
    model: Model
    sd: float


def spreads_by_level(
    comparison: Comparison, rows: pd.DataFrame, columns: list[str], place: Array
) -> list[LevelSpreads]:
    """Spreads by each of some columns, the most unequal one first; of the model with structured residuals where there is one.

    Parameters
    ----------
    comparison : Comparison
        Of a table in memory.
    rows : DataFrame
        The table's rows that the design holds.
    columns : list of str
        With few levels.
    place : (n,) array
        What a group's rows are ordered by.
    """
    fit: MixedResult | GLSResult = comparison.structured or comparison.one_factor
    model = Model.STRUCTURED if comparison.structured is not None else comparison.one_factor_model
    u = normalised_residuals(fit, comparison.grouping, place)
    result = [_by_level(u, rows[name], model) for name in columns]
    return sorted((of for of in result if of is not None), key=lambda of: of.p)


def _by_level(u: Array, column: pd.Series, model: Model) -> LevelSpreads | None:
    known = column.notna().to_numpy() & np.isfinite(u)
    level, levels = factorize(column[known])
    u = u[known]
    n = np.bincount(level, minlength=len(levels))
    if (n >= FEWEST).sum() < 2:
        return None
    mean = np.bincount(level, u) / np.maximum(n, 1)
    square, df = np.bincount(level, (u - mean[level]) ** 2), np.maximum(n - 1, 0)
    pooled = float(np.sqrt(square.sum() / df.sum()))
    with np.errstate(divide="ignore", invalid="ignore"):
        sd = np.where(n >= FEWEST, np.sqrt(square / df), np.nan)
        lower, upper = (pooled * np.sqrt(chdtri(df, q) / df) for q in (0.975, 0.025))
    frame = pd.DataFrame(
        {"group": list(map(label_text, levels)), "n": n, "df": df, "sd": sd, "lower": lower, "upper": upper}
    )
    frame["outside"] = (frame["sd"] < frame["lower"]) | (frame["sd"] > frame["upper"])
    parts = [u[level == k] for k in np.flatnonzero(n >= FEWEST)]
    return LevelSpreads(frame, str(column.name), _brown_forsythe(parts), model, pooled)


def _brown_forsythe(parts: list[Array]) -> float:
    """Give p of the analysis of variance of the distances from each level's median."""
    far = [np.abs(part - np.median(part)) for part in parts]
    n, means = np.array([len(part) for part in far]), np.array([part.mean() for part in far])
    between = (n * (means - n @ means / n.sum()) ** 2).sum()
    within = sum(((part - mean) ** 2).sum() for part, mean in zip(far, means, strict=True))
    df, df_within = len(n) - 1, n.sum() - len(n)
    with np.errstate(divide="ignore", invalid="ignore"):  # residuals that do not vary
        return float(fdtrc(df, df_within, (between / df) / (within / df_within)))
