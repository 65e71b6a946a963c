"""The form of a curve: the settings that a study can vary, default values, parsing of typed values, and limits."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...errors import SettingsError
from ...figures.axis_layout import Range, padded
from ...share.study_address import MEASURES
from ...simulate.limits import WHOLE
from ...simulate.settings import Settings
from ...studies.curve import ICC, plans_along, stream_curve, vary
from ...studies.replication import Replication
from ...text.numbers import MINUS
from .frames import axis_end
from .state import MOST_ROWS

MOST_VALUES = 20


@dataclass(frozen=True)
class CurveRequest:
    """A curve that can be run.

    Parameters
    ----------
    replicates : int
        At each value.
    """

    settings: Settings
    models: tuple[str, ...]
    along: str
    values: tuple[float, ...]
    replicates: int


@dataclass(frozen=True, eq=False)
class CurveState:
    """A curve so far.

    Parameters
    ----------
    done : int
        Studies at all values together.
    table : DataFrame
        As `curve` gives it.
    ranges : dict
        By measure and coefficient, the axis that fits the first batches.
    """

    done: int
    table: pd.DataFrame
    ranges: dict[tuple[str, str], Range]


def curve_states(request: CurveRequest) -> Iterator[CurveState]:
    """A curve as it goes on, from when every value has had a batch."""
    ranges: dict[tuple[str, str], Range] = {}
    how = Replication(request.replicates, request.settings.seed, request.models)
    for result in stream_curve(request.settings, request.along, request.values, how):
        if all(s.done for s in result.studies):
            table = result.table()
            if not ranges:
                ranges = {(m, str(t)): _range(part, m) for t, part in table.groupby("term") for m in MEASURES}
            yield CurveState(result.done, table, ranges)


def _range(part: pd.DataFrame, measure: str) -> Range:
    values, errors = part[measure].to_numpy(float), 3 * np.nan_to_num(part[f"{measure}_mcse"].to_numpy(float))
    if measure == "rejection":
        return 0.0, axis_end(float(np.nanmax(np.append(values + errors, 0.0))))
    if measure == "coverage":
        return 1 - axis_end(1 - float(np.nanmin(np.append(values - errors, 1.0)))), 1.0
    low, high = np.nanmin(np.append(values - errors, 0.0)), np.nanmax(np.append(values + errors, 0.0))
    return padded(float(low), float(high), 0.04) if measure == "bias" else (0.0, float(high) * 1.05 or 1.0)


def proposed_values(settings: Settings, along: str) -> list[float]:
    """Values around the present one that can be simulated."""
    wanted: list[float]
    if along in ("groups", "size"):
        size = settings.size if isinstance(settings.size, int) else 0
        now = settings.groups if along == "groups" else size
        wanted = sorted({max(2, round(now * 2.0**k)) for k in (-2, -1, 0, 1, 2)}) if now else []
    elif along == ICC:
        wanted = [0, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8]
    elif along == "slope":
        reach = abs(settings.slope) or 0.5 * math.hypot(settings.sigma, settings.tau0) / (
            settings.x_sd if settings.x_name == "x" else 1
        )
        wanted = [_two_digits(reach * k) for k in (0, 0.25, 0.5, 0.75, 1, 1.5)] if settings.has_slope else []
    elif along == "tau1":
        wanted = [_two_digits((settings.tau1 or settings.tau0 or settings.sigma) * k) for k in (0, 0.25, 0.5, 1, 2)]
    elif along == "rho_mean" and not settings.tau0:
        wanted = []  # intercepts that do not vary correlate with nothing
    else:
        wanted = {"rho_mean": [-0.8, -0.4, 0, 0.4, 0.8], "spread": [0, 0.3, 0.6, 1, 1.5]}.get(
            along, [0, 0.2, 0.4, 0.6, 0.8]
        )
    return [v for v in wanted if _possible(settings, along, v)]


def _two_digits(value: float) -> float:
    return float(f"{value:.2g}")


def _possible(settings: Settings, along: str, value: float) -> bool:
    try:
        vary(settings, along, value)
    except SettingsError:
        return False
    return True


def read_values(text: str, along: str) -> tuple[float, ...]:
    """Parse typed numbers.

    Raises
    ------
    SettingsError
        For what is no number, and for too few or too many.
    """
    parts = [p for p in re.split(r"[\s,;]+", text.replace(MINUS, "-")) if p]
    values = []
    for part in parts:
        try:
            value = float(part)
        except ValueError:
            value = math.nan
        if not math.isfinite(value) or not part.isascii():
            raise SettingsError(
                f"“{part[:40]}” is not a number.", "Give numbers with commas between them.", setting="values"
            )
        values.append(int(value) if along in WHOLE and value == int(value) else value)
    result = tuple(sorted(set(values)))
    if not 2 <= len(result) <= MOST_VALUES:
        raise SettingsError(
            f"{len(result)} different values are given.", f"Give between 2 and {MOST_VALUES}.", setting="values"
        )
    return result


def check(asked: CurveRequest) -> None:
    """Raise an error for values that cannot be simulated or would take too long."""
    plans = plans_along(asked.settings, asked.along, asked.values, Replication(asked.replicates, models=asked.models))
    rows = asked.replicates * sum(int(plan.settings.group_sizes.sum()) for plan in plans)
    if rows > MOST_ROWS:
        raise SettingsError(
            f"These studies would simulate {rows:,} rows; the most is {MOST_ROWS:,}.",
            "Take smaller or fewer values, or fewer studies at each.",
            setting="values",
        )
