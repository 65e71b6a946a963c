"""Autocorrelation of residuals within groups by lag, or a variogram where times are unevenly spaced."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy.special import chdtrc, ndtri

from ..arrays import Array
from ..comparison.comparison import Comparison
from ..model_catalogue import Model
from ..models import MixedResult
from ..models.gls import GLSResult
from .normalised_residuals import normalised_residuals
from .time_order import Clock

REACH = float(ndtri(0.975))
FEWEST = 10
"""A lag with fewer pairs than this is not shown, unless all have so few."""
LEAST = 4
"""Of fewer pairs than this any correlation is in keeping with none: the band of chance is wider than from −1 to 1."""
USUAL = 0.5
"""Lags are counted in a unit of time where at least this share of neighbouring rows lies that far apart."""
BINS = 12
MOST_PAIRS = 400_000
"""Of more pairs than this a variogram takes those of groups drawn at random."""

Kind = Literal["lags", "variogram"]


@dataclass(frozen=True, eq=False)
class Autocorrelation:
    """Autocorrelation of one or two models' normalised residuals within groups.

    Parameters
    ----------
    frame : DataFrame
        ``model, lag, pairs, value, lower, upper``; of a variogram ``lag`` is the mean distance of a bin's pairs. 95% of values lie
        between ``lower`` and ``upper`` if the model holds.
    tests : DataFrame
        By model ``statistic, df, p`` of all lags together, and ``score``: their sum, standard normal if the model holds, far
        below 0 where rows offset each other at every distance.
    kind : {"lags", "variogram"}
    clock : str
        The column of times or visits; empty for the order of the rows.
    unit : float
        The time from one lag to the next.
    """

    frame: pd.DataFrame
    tests: pd.DataFrame
    kind: Kind
    clock: str
    unit: float

    def of(self, model: Model) -> pd.DataFrame:
        """The rows of one model."""
        return self.frame[self.frame["model"] == model]

    @property
    def models(self) -> list[Model]:
        """The models, the one with structured residuals last."""
        return list(self.tests.index)


def autocorrelation(comparison: Comparison, clock: Clock) -> Autocorrelation | None:
    """Autocorrelations by lag, or where times are uneven half the mean squared difference by distance.

    Of the model that the formula asks for, with several grouping factors of that of the shown one alone, and of the model with
    structured residuals.

    Parameters
    ----------
    comparison : Comparison
        Of a table in memory.

    Returns
    -------
    Autocorrelation or None
        None where no group has two rows at different times, or so few have that no correlation could be seen.
    """
    codes, known = comparison.grouping.codes, np.isfinite(clock.time)
    fits: dict[str, MixedResult | GLSResult] = {comparison.one_factor_model: comparison.one_factor}
    if comparison.structured is not None:
        fits[Model.STRUCTURED] = comparison.structured
    residuals = {
        model: normalised_residuals(fit, comparison.grouping, np.where(known, clock.time, np.inf))
        for model, fit in fits.items()
    }
    order = np.lexsort((clock.time, codes))
    every = [known, *(np.isfinite(of) for of in residuals.values())]
    order = order[np.all(every, axis=0)[order]]
    codes, time = codes[order], clock.time[order]
    if not clock.name:
        time = np.arange(len(codes)) - np.searchsorted(codes, codes)  # the row's place in its group
    gap = np.diff(time)[(np.diff(codes) == 0) & (np.diff(time) > 0)]
    if not len(gap):
        return None
    unit = _unit(gap)
    values = {model: of[order] for model, of in residuals.items()}
    if unit:
        frame = pd.concat([by_lag(v, codes, time / unit).assign(model=m) for m, v in values.items()])
    else:
        frame = pd.concat([by_distance(v, codes, time).assign(model=m) for m, v in values.items()])
    if frame["pairs"].max() < LEAST:
        return None
    frame = frame[["model", "lag", "pairs", "value", "lower", "upper"]].reset_index(drop=True)
    kind: Kind = "lags" if unit else "variogram"
    tests = {model: _joint_test(frame[frame["model"] == model], kind) for model in fits}
    return Autocorrelation(frame, pd.DataFrame(tests).T, kind, clock.name, unit)


def _unit(gap: Array) -> float:
    """The unit of time that lags are counted in; 0 where the times are too uneven for one."""
    whole = np.round(gap)
    if (np.abs(gap - whole) < 1e-9 * np.maximum(1.0, np.abs(gap))).all():
        unit = float(np.gcd.reduce(whole.astype(np.int64)))
    else:
        unit = float(gap.min())
        if (np.abs(gap / unit - np.round(gap / unit)) > 1e-6).any():
            return 0.0
    steps, often = np.unique(np.round(gap / unit), return_counts=True)
    return unit if steps[0] == 1 and often.max() >= USUAL * len(gap) and steps[often.argmax()] == 1 else 0.0


def by_lag(u: Array, codes: Array, time: Array) -> pd.DataFrame:
    """Autocorrelation by lag: mean products of rows that many units apart, over the mean square.

    Where rows are in order and equally far apart, as ``ACF`` of nlme, which counts rows.
    """
    longest = int(np.bincount(codes).max())
    most = max(1, min(longest - 1, int(10 * np.log10(longest))))
    pairs, total = np.zeros(most + 1), np.zeros(most + 1)
    for k in range(1, most + 1):  # rows k places on are at least k units away
        inside = codes[k:] == codes[:-k]
        lag = np.round(time[k:] - time[:-k])[inside]
        near = (lag >= 1) & (lag <= most)
        at = lag[near].astype(int)
        pairs += np.bincount(at, minlength=most + 1)
        total += np.bincount(at, (u[k:] * u[:-k])[inside][near], minlength=most + 1)
    keep = pairs >= min(FEWEST, pairs.max())
    lag = np.flatnonzero(keep & (pairs > 0))
    reach = REACH / np.sqrt(pairs[lag])
    value = total[lag] / pairs[lag] / np.mean(u**2)
    return pd.DataFrame(
        {"lag": lag.astype(float), "pairs": pairs[lag].astype(int), "value": value, "lower": -reach, "upper": reach}
    )


def by_distance(u: Array, codes: Array, time: Array) -> pd.DataFrame:
    """Half the mean squared difference of rows by the time between them, in bins of equally many pairs: 1 where they are independent.

    Its variance, of independent normal rows, counts that pairs share rows: with d_i the number of a bin's m pairs that row i is
    in, ``(sum d_i^2 + 2 m) / (2 m^2)``.
    """
    first, second = _pairs(codes)
    distance = time[second] - time[first]
    apart = distance > 0
    first, second, distance = first[apart], second[apart], distance[apart]
    bins = max(1, min(BINS, len(distance) // FEWEST))
    edges = np.quantile(distance, np.arange(1, bins) / bins)
    bin_of = np.unique(np.searchsorted(edges, distance, side="left"), return_inverse=True)[1]
    pairs = np.bincount(bin_of)
    value = np.bincount(bin_of, (u[first] - u[second]) ** 2) / (2 * pairs) / np.mean(u**2)
    at, n = np.concatenate([bin_of, bin_of]), len(u)
    cell, often = np.unique(at * n + np.concatenate([first, second]), return_counts=True)
    shared = np.bincount(cell // n, often.astype(float) ** 2)
    reach = REACH * np.sqrt((shared + 2 * pairs) / 2) / pairs
    lag = np.bincount(bin_of, distance) / pairs
    return pd.DataFrame({"lag": lag, "pairs": pairs, "value": value, "lower": 1 - reach, "upper": 1 + reach})


def _pairs(codes: Array) -> tuple[Array, Array]:
    """Places of all pairs of rows of one group, the earlier first; of groups drawn at random where there are too many."""
    size = np.bincount(codes)
    of_group = size * (size - 1) // 2
    if of_group.sum() > MOST_PAIRS:
        drawn = np.random.default_rng(0).permutation(len(size))
        keep = np.zeros(len(size), dtype=bool)
        keep[drawn[: max(1, int(np.searchsorted(np.cumsum(of_group[drawn]), MOST_PAIRS)))]] = True
        rows = np.flatnonzero(keep[codes])
    else:
        rows = np.arange(len(codes))
    own = codes[rows]
    later = np.searchsorted(own, own, side="right") - np.arange(len(own)) - 1  # rows of the group after each
    first = np.repeat(np.arange(len(own)), later)
    second = first + 1 + np.arange(len(first)) - np.repeat(np.cumsum(later) - later, later)
    return rows[first], rows[second]


def _joint_test(part: pd.DataFrame, kind: Kind) -> dict[str, float]:
    """Test of all lags at once: products of different pairs are uncorrelated where rows are independent."""
    half = (part["upper"] - part["lower"]) / 2
    z = ((part["value"] - (0.0 if kind == "lags" else 1.0)) / half * REACH).to_numpy()
    if kind == "variogram":  # bins share rows, so the smallest p value counts, times their number (Bonferroni)
        p = min(1.0, float(chdtrc(1, float((z**2).max()))) * len(z))
        return {"statistic": float(np.abs(z).max()), "df": float("nan"), "p": p, "score": float("nan")}
    statistic, weight = float((z**2).sum()), np.sqrt(part["pairs"].to_numpy(float))
    score = float((weight * z).sum() / np.sqrt((weight**2).sum()))
    return {"statistic": statistic, "df": float(len(z)), "p": float(chdtrc(len(z), statistic)), "score": score}
