"""The same study along values of one setting."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any, Unpack

import pandas as pd

from ..errors import SettingsError
from ..simulate.limits import LIMITS
from ..simulate.settings import Settings
from .models import absent_models
from .plan import Plan
from .replication import Options, Replication
from .result import Study
from .study import as_settings, progress

ICC = "icc"
"""Not a setting of its own: it divides the variance between intercepts and residuals, whose sum stays."""
MOST_ICC = 0.999
MOST_VALUES = 200


@dataclass(frozen=True)
class Curve:
    """Studies along a setting, with the replicates computed so far.

    Parameters
    ----------
    setting : str
        Name of the setting, or "icc".
    """

    setting: str
    values: tuple[Any, ...]
    studies: tuple[Study, ...]

    @property
    def done(self) -> int:
        """Replicates so far, of all studies together."""
        return sum(s.done for s in self.studies)

    @property
    def finished(self) -> bool:
        """Whether all replicates are there."""
        return all(s.finished for s in self.studies)

    def table(self) -> pd.DataFrame:
        """A row for each value, model and term: ``setting``, ``value``, then the columns of `study`."""
        parts = []
        for value, study in zip(self.values, self.studies, strict=True):
            frame = study.table()
            frame.insert(0, "setting", self.setting)
            frame.insert(1, "value", value)
            parts.append(frame)
        return pd.concat(parts, ignore_index=True)


def curve(
    settings: Settings | Mapping[str, Any] | str,
    setting: str,
    values: Sequence[Any],
    replicates: int = 2_000,
    seed: int = 1,
    **options: Unpack[Options],
) -> pd.DataFrame:
    """A study for each of several values of one setting.

    Parameters
    ----------
    settings : Settings, mapping or str
    setting : str
        The name of a number among the settings, or "icc": the share of the variance of intercepts and residuals that the
        intercepts have, while the sum of the two stays.
    values : sequence
    replicates, seed : int
        As `study` has them, for each value.
    **options
        ``models``, ``fixed_design``, ``alpha``, ``workers`` and ``cluster``, as `study` has them, for each value.

    Returns
    -------
    DataFrame
        ``setting``, ``value``, then the columns of `study`. Models that the data of a value cannot carry have no row.

    Raises
    ------
    SettingsError
        For a value that is out of its limits or incompatible with the other settings; the message names the value.
    """
    *_, last = stream_curve(settings, setting, values, Replication(replicates, seed, **options))
    return last.table()


def stream_curve(
    settings: Settings | Mapping[str, Any] | str, setting: str, values: Sequence[Any], how: Replication
) -> Iterator[Curve]:
    """`curve` as it goes on: a first batch for each value in turn, then further ones; what it yields is all known so far."""
    plans = plans_along(as_settings(settings), setting, values, how)
    return (Curve(setting, tuple(values), tuple(studies)) for studies in progress(plans, how.workers, how.cluster))


def plans_along(settings: Settings, setting: str, values: Sequence[Any], how: Replication) -> list[Plan]:
    """A plan for each value of a setting, with those of the requested models that its data identify."""
    if not 1 <= len(values) <= MOST_VALUES:
        raise SettingsError(f"{len(values):,} values were given.", f"Give 1 to {MOST_VALUES}.", setting="values")
    plans = []
    for value in values:
        try:
            changed = vary(settings, setting, value)
            absent = absent_models(changed)
            possible = [m for m in how.models or () if m not in absent]
            plans.append(how.plan(changed, possible or None))
        except SettingsError as error:
            where = f"At {setting} = {str(value)[:40]}: " if len(values) > 1 else ""
            raise SettingsError(where + error.problem, error.remedy, setting=error.setting) from error
    return plans


def vary(settings: Settings, setting: str, value: Any) -> Settings:
    """The settings with another value of one of them, or with another ICC."""
    if setting == ICC:
        share = float(value) if isinstance(value, Real) else math.nan
        if not 0 <= share <= MOST_ICC:
            raise SettingsError(
                f"An ICC of {str(value)[:40]} cannot be simulated.", f"Give numbers from 0 to {MOST_ICC}.", setting=ICC
            )
        total = settings.tau0**2 + settings.sigma**2
        return settings.change(tau0=math.sqrt(share * total), sigma=math.sqrt((1 - share) * total))
    if setting == "seed" or (setting in LIMITS and LIMITS[setting].options):
        raise SettingsError(
            f"A study cannot go along “{setting}”.", "Choose a setting that is a number.", setting=setting
        )
    if not isinstance(value, Real):
        raise SettingsError(f"“{str(value)[:40]}” is not a number.", "Give numbers.", setting=setting)
    if setting == "groups" and isinstance(settings.size, tuple):
        raise SettingsError(
            "Each group's size is listed, so the number of groups is fixed.", "Give one size for all.", setting="size"
        )
    return settings.change(**{setting: value})
