"""The immutable plan of a study: the same plan gives the same numbers, however it is run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..errors import SettingsError
from ..simulate.settings import Settings
from .models import OFFERED, absent_models, terms_of, truth_of

MOST_REPLICATES = 1_000_000_000
FIRST = 100
"""Replicates of the first batch, so that there is something to see at once; each further one has twice as many."""
MOST_GROUPS = 1 << 15
"""Groups of a batch over all its replicates: arrays of so many stay in the processor's cache."""
MOST_ROWS = 500_000
"""Rows of a batch, so that memory is bounded."""


@dataclass(frozen=True)
class Plan:
    """A validated specification of a study.

    Parameters
    ----------
    seed : int
        Of the replicates. They take their random numbers from the streams that SeedSequence spawns from it, each at a
        place of its own, so that any batch can be drawn by itself.
    models : tuple of str
        Keys of the models to fit: those of `OFFERED` that the data can carry.
    fixed_design : bool
        Whether all replicates share the predictor of the settings' own table, and only the outcome is drawn anew.
    alpha : float
        Level of the tests, and 1 minus that of the intervals.
    absent : tuple of (str, str)
        Models that cannot be fitted, with the reason.
    """

    settings: Settings
    replicates: int
    seed: int
    models: tuple[str, ...]
    fixed_design: bool
    alpha: float
    absent: tuple[tuple[str, str], ...]

    @classmethod
    def of(
        cls,
        settings: Settings,
        replicates: int,
        seed: int = 1,
        models: Sequence[str] | None = None,
        fixed_design: bool = False,
        alpha: float = 0.05,
    ) -> Plan:
        """Validate the arguments of a study and make its plan.

        Raises
        ------
        SettingsError
            When a model is unknown or cannot be fitted to such data, or a number is out of its limits.
        """
        _refuse_number("replicates", replicates, 1, MOST_REPLICATES, whole=True)
        _refuse_number("alpha", alpha, 1e-6, 0.5)
        settings.change(seed=seed)  # refuses what is no seed
        absent = absent_models(settings)
        for model in models or ():
            _refuse_model(model, absent)
        chosen = tuple(m for m in OFFERED if m not in absent and (models is None or m in models))
        if not chosen:
            raise SettingsError("No model was chosen.", "Choose at least one.", setting="models")
        return cls(
            settings, int(replicates), int(seed), chosen, bool(fixed_design), float(alpha), tuple(absent.items())
        )

    @cached_property
    def cells(self) -> list[tuple[str, str, float]]:
        """Model, term and true value of each coefficient, in the order of a tally's rows."""
        return [
            (model, term, true)
            for model in self.models
            for term, true in zip(terms_of(self.settings, model), truth_of(self.settings, model), strict=True)
        ]

    def batches(self) -> Iterator[range]:
        """The replicates of each batch: a small one first, then larger ones, whoever computes them."""
        rows, groups = int(self.settings.group_sizes.sum()), self.settings.groups
        most = max(1, min(MOST_GROUPS // groups, MOST_ROWS // rows))
        start, step = 0, min(FIRST, most)
        while start < self.replicates:
            stop = min(start + step, self.replicates)
            yield range(start, stop)
            start, step = stop, min(2 * step, most)

    @property
    def key(self) -> str:
        """A short text that only the same study has."""
        layout = [FIRST, MOST_GROUPS, MOST_ROWS]
        values = [
            self.settings.to_dict(),
            self.replicates,
            self.seed,
            self.models,
            self.fixed_design,
            self.alpha,
            layout,
        ]
        return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:16]


def _refuse_number(name: str, value: float, low: float, high: float, whole: bool = False) -> None:
    kind = "a whole number" if whole else "a number"
    remedy = f"Give {kind} from {low:,} to {high:,}."
    if isinstance(value, bool) or not isinstance(value, (int, np.integer) if whole else (int, float, np.number)):
        raise SettingsError(f"“{name}” is “{str(value)[:40]}”, not {kind}.", remedy, setting=name)
    if not low <= value <= high:
        raise SettingsError(f"“{name}” is {value:,}, out of its limits.", remedy, setting=name)


def _refuse_model(model: str, absent: dict[str, str]) -> None:
    if model in absent:
        raise SettingsError(f"The model “{model}” cannot be fitted. {absent[model]}", "Leave it out.", setting="models")
    if model not in OFFERED:
        listed = ", ".join(f"“{m}”" for m in OFFERED)
        raise SettingsError(f"There is no model “{str(model)[:40]}”.", f"Choose among {listed}.", setting="models")
