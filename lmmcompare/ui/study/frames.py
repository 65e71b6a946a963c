"""What a study's figures and tables are made from: its numbers so far, and axes that stay from the first batch on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...arrays import Array
from ...design.coefficients import INTERCEPT
from ...figures.axis_layout import Range
from ...model_catalogue import Model
from ...simulate.settings import Settings
from ...studies.result import Study
from ...studies.study import stream
from ...text.labels import model_label

BINS = (60, 240)
"""Fewest and most bins of a histogram; between them five to a standard deviation of the narrowest."""
NORMAL = 1.959964
AXIS_ENDS = (0.1, 0.2, 0.4, 0.6, 1.0)
"""Where an axis of shares ends, counted from the end at which it starts."""
EDGE = 0.03
"""How far the truth stays from the ends of its axis, in axes: of a biased model's estimates it may lie outside."""


@dataclass(frozen=True, eq=False)
class Axes:
    """The axes of one coefficient's figures.

    Parameters
    ----------
    estimate : tuple
        Of the estimates.
    bins : int
        Of their histograms.
    rejection, coverage : tuple
        Of the shares.
    """

    estimate: Range
    bins: int
    rejection: Range
    coverage: Range


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A study so far.

    Parameters
    ----------
    table : DataFrame
        As `study` gives it.
    axes : dict
        By coefficient, from the first batch.
    """

    study: Study
    table: pd.DataFrame
    axes: dict[str, Axes]

    @property
    def settings(self) -> Settings:
        """What was simulated."""
        return self.study.plan.settings

    @property
    def done(self) -> int:
        """Studies so far."""
        return self.study.done

    def part(self, term: str) -> pd.DataFrame:
        """The table's rows of one coefficient, with ``label``; models in which it means something else are left out."""
        rows = self.table[self.table["term"] == term]
        same = np.isclose(rows["truth"], rows["truth"].iloc[0], rtol=1e-9, atol=1e-12)
        return rows[same].assign(label=[model_label(m) for m in rows.loc[same, "model"]]).reset_index(drop=True)

    def elsewhere(self, term: str) -> list[str]:
        """The models in which this coefficient means something else."""
        rows, keep = self.table[self.table["term"] == term], set(self.part(term)["model"])
        return [m for m in rows["model"] if m not in keep]


def snapshots(settings: Settings, replicates: int, models: tuple[str, ...]) -> Iterator[Snapshot]:
    """A study as it goes on."""
    axes: dict[str, Axes] = {}
    for study in stream(settings, replicates, settings.seed, models=models):
        table = study.table()
        axes = axes or {str(term): _axes(study, table, str(term)) for term in table["term"].unique()}
        yield Snapshot(study, table, axes)


def terms(settings: Settings, models: tuple[str, ...]) -> list[str]:
    """The coefficients that can be looked at, the slope first."""
    if not settings.has_slope:
        return [INTERCEPT]
    result = [settings.x_name, *([f"{settings.x_name}_mean"] if Model.WITHIN_BETWEEN in models else [])]
    return result + ([INTERCEPT] if set(models) - {Model.NO_POOLING} else [])


def histograms(snapshot: Snapshot, term: str) -> pd.DataFrame:
    """``model, left, right, count``: the estimates kept of each model, in bins over the axis."""
    axes = snapshot.axes[term]
    edges = np.linspace(*axes.estimate, axes.bins + 1)
    parts = []
    for model in snapshot.part(term)["model"]:
        counts, _ = np.histogram(_estimates(snapshot.study, str(model), term), edges)
        parts.append(pd.DataFrame({"model": model, "left": edges[:-1], "right": edges[1:], "count": counts}))
    return pd.concat(parts, ignore_index=True)


def summary(snapshot: Snapshot, term: str) -> pd.DataFrame:
    """``model, label, mean, low, high, claimed_low, claimed_high``: where the estimates fell, and where they should by their SE."""
    part = snapshot.part(term)
    mean, reach = part["truth"] + part["bias"], NORMAL * part["se_model"]
    ends = np.array([_middle(_estimates(snapshot.study, str(m), term)) for m in part["model"]]).reshape(-1, 2)
    return part[["model", "label"]].assign(
        mean=mean, low=ends[:, 0], high=ends[:, 1], claimed_low=mean - reach, claimed_high=mean + reach
    )


def _estimates(study: Study, model: str, term: str) -> Array:
    at = next(i for i, cell in enumerate(study.plan.cells) if cell[:2] == (model, term))
    estimates = study.estimates[at]
    return estimates[np.isfinite(estimates)]


def _middle(estimates: Array) -> Array:
    return np.quantile(estimates, [0.025, 0.975]) if len(estimates) else np.full(2, np.nan)


def _axes(study: Study, table: pd.DataFrame, term: str) -> Axes:
    """Room for all that a longer study will bring."""
    rows = Snapshot(study, table, {}).part(term)
    spread = rows[["se_empirical", "se_model"]].max(axis=1).fillna(0)
    middle = rows["truth"] + rows["bias"].fillna(0)
    wide = 3.6 * rows["se_empirical"].fillna(0)
    low = min((middle - wide).min(), (middle - 2.4 * spread).min(), rows["truth"].min())
    high = max((middle + wide).max(), (middle + 2.4 * spread).max(), rows["truth"].max())
    if not low < high:
        low, high = low - 1, high + 1
    truth, room = float(rows["truth"].iloc[0]), EDGE * (high - low)
    low, high = min(low, truth - room), max(high, truth + room)
    error = 3 * np.sqrt(
        np.maximum(rows["rejection"] * (1 - rows["rejection"]), 0.04) / rows["replicates"].clip(lower=1)
    )
    most = float((rows["rejection"].fillna(1) + error).max())
    least = float((rows["coverage"].fillna(0) - error).min())
    narrow = rows.loc[rows["se_empirical"] > 0, "se_empirical"].min()
    bins = int(np.clip(5 * (high - low) / narrow, *BINS)) if narrow > 0 else BINS[0]
    return Axes((float(low), float(high)), bins, (0.0, axis_end(most)), (1 - axis_end(1 - least), 1.0))


def axis_end(value: float) -> float:
    """The next of `AXIS_ENDS` that is not below a share."""
    return next((end for end in AXIS_ENDS if value <= end), 1.0)
