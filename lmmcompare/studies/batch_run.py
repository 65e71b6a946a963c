"""One batch of a study: draw the replicates, fit every model, tally the results. Batches are independent of each other."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ..arrays import Array
from ..fit.threads import ONE_THREAD
from ..moments.groups import Moments
from ..moments.row_pass import compute
from ..simulate import dropout
from ..simulate.design import Design, design
from ..simulate.settings import Settings
from .estimators import ESTIMATORS
from .models import truth_of
from .performance import Tally
from .plan import Plan
from .residual_structures import STRUCTURES
from .residual_structures import estimates as estimates_of_structure

SAMPLE = 10_000
"""The estimates of so many replicates are kept, to draw their distribution."""


@dataclass(frozen=True, eq=False)
class Batch:
    """The result of a batch.

    Parameters
    ----------
    tally : Tally
        A row for each of the plan's cells.
    estimates : (C, b) array
        Of the replicates among the first `SAMPLE`; NaN where one could not be used.
    """

    tally: Tally
    estimates: Array


def run_batch(plan: Plan, replicates: range) -> Batch:
    """Draw and fit these replicates: the same numbers on one core or many, in this process or another."""
    with ONE_THREAD:
        sample = draw_rows(plan, replicates)
        moments = sample.moments()
        tallies, estimates = [], []
        for model in plan.models:
            if model in STRUCTURES:
                result = estimates_of_structure(model, sample.x, sample.y, sample.design.sizes)
            else:
                result = ESTIMATORS[model](moments, len(replicates))
            tallies.append(Tally.of(result, np.array(truth_of(plan.settings, model)), plan.alpha))
            keep = max(0, min(replicates.stop, SAMPLE) - replicates.start)
            estimates.append(np.where(result.usable[:keep], result.estimate[:keep].T, np.nan))
    return Batch(Tally.beside(tallies), np.concatenate(estimates))


@dataclass(frozen=True, eq=False)
class Rows:
    """The rows of B replicates, sorted by group and by place in it.

    Parameters
    ----------
    x : (B, n) array, optional
        The predictor, where there is one.
    y : (B, n) array
        The outcome.
    """

    design: Design
    x: Array | None
    y: Array

    def moments(self) -> Moments:
        """Of the predictor, where there is one, and the outcome over the groups of all these replicates."""
        size, groups = len(self.y), len(self.design.sizes)
        columns = [] if self.x is None else [self.x.ravel()]
        codes = (np.arange(size)[:, None] * groups + self.design.codes).ravel()
        return compute([*columns, self.y.ravel()], codes, self.y.size, size * groups)


def draw_rows(plan: Plan, replicates: range) -> Rows:
    """Draw these replicates."""
    settings = plan.settings.change(seed=plan.seed)
    drawn, y = dropout.draw_rows(settings, replicates, _own_design(plan.settings) if plan.fixed_design else None)
    return Rows(drawn, np.broadcast_to(drawn.x, y.shape) if settings.has_slope else None, y)


@lru_cache(maxsize=4)
def _own_design(settings: Settings) -> Design:
    return design(dropout.complete(settings))
