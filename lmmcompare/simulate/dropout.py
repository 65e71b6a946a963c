"""Drop-out: all rows, or a group's rows until it leaves, at random or depending on its last outcome."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from scipy.special import ndtri

from ..arrays import Array
from .design import ONE, Design, design
from .outcome import effects, outcomes
from .settings import Settings
from .streams import DROPOUT, on_grid, uniforms


def complete(settings: Settings) -> Settings:
    """The same settings without outcome-dependent drop-out, from which the complete data are drawn first."""
    return settings.change(dropout=0.0, dropout_by="chance") if settings.leaves_by_outcome else settings


def draw_rows(settings: Settings, replicates: range = ONE, drawn: Design | None = None) -> tuple[Design, Array]:
    """The design and the outcome, (B, n), of these replicates.

    Where leaving depends on the outcome, groups are numbered by how long they stay, the longest first: so a row has the same group and
    time in all replicates, and the predictor goes with its group.

    Parameters
    ----------
    drawn : Design, optional
        Of `complete` settings, where it is not to be drawn anew.
    """
    full = complete(settings)
    drawn = design(full, replicates) if drawn is None else drawn
    y = outcomes(full, drawn, replicates)
    if not settings.leaves_by_outcome:
        return drawn, y
    sizes, size = settings.group_sizes, int(full.size) if isinstance(full.size, int) else 0
    order = _order(settings, y.reshape(len(y), -1, size), replicates)
    present = np.arange(size) < sizes[:, None]

    def rows(values: Array) -> Array:
        by_group = np.broadcast_to(values, y.shape).reshape(len(y), -1, size)
        return np.take_along_axis(by_group, order[:, :, None], axis=1)[:, present]

    codes, time = np.nonzero(present)
    centre = np.take_along_axis(np.broadcast_to(drawn.centre, order.shape), order, axis=1)
    return replace(
        drawn, sizes=sizes, codes=codes, time=time, x=rows(drawn.x), centre=centre, noise=rows(drawn.noise)
    ), rows(y)


def groups_of_table(settings: Settings) -> tuple[Design, Array]:
    """The design of `simulate` and its groups' random effects, (2, J)."""
    full = complete(settings)
    drawn = design(full)
    own = effects(full, drawn)[0]
    if not settings.leaves_by_outcome:
        return drawn, own
    y = outcomes(full, drawn).reshape(1, settings.groups, -1)
    return draw_rows(settings)[0], own[:, _order(settings, y, ONE)[0]]


def _order(settings: Settings, y: Array, replicates: range) -> Array:
    """The groups of each replicate, (B, J), the one that stays longest first; y is (B, J, T).

    At each occasion as many leave as the sizes say: those with the lowest sums of the outcome just measured, in units of its SD, and
    of a standard normal number. So what is missing depends on nothing that was not measured: it is missing at random.
    """
    size, groups, times = y.shape
    there = (settings.group_sizes[:, None] > np.arange(times)).sum(axis=0)
    lots = on_grid(ndtri(uniforms(settings.seed, DROPOUT, replicates, groups * times))).reshape(y.shape)
    scores = y / math.hypot(settings.tau0, settings.sigma) + lots
    order = np.tile(np.arange(groups), (size, 1))
    for t in range(1, times):
        own = np.take_along_axis(scores[:, :, t - 1], order[:, : there[t - 1]], axis=1)
        place = np.argsort(-own, axis=1, kind="stable")
        order[:, : there[t - 1]] = np.take_along_axis(order[:, : there[t - 1]], place, axis=1)
    return order
