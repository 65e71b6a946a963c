"""The first stage: groups, their sizes, the predictor, and where the residuals are larger."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from ..arrays import Array
from .predictor import Rows, draw_predictor
from .settings import Settings
from .streams import NOISE, on_grid, uniforms

ONE = range(1)


@dataclass(frozen=True, eq=False)
class Design:
    """Everything but the outcome, of one or more replicates; rows are sorted by group, and by time in a group.

    Parameters
    ----------
    sizes : (J,) array
        Rows of each group.
    codes, time : (n,) arrays
        Each row's group, from 0, and its place in the group, from 0.
    x : (R, n) array
        The predictor of each replicate; zeros where there is none.
    centre : (R, J) array
        The predictor's group means, in deviations from their expectation and in units of their own standard deviation
        (over all groups); zeros where they do not differ.
    noise : (R, n) array
        What ``sigma`` is multiplied by; its mean square over a replicate's rows is 1.
    """

    sizes: Array
    codes: Array
    time: Array
    x: Array
    centre: Array
    noise: Array


def design(settings: Settings, replicates: range = ONE) -> Design:
    """Draw the design of these replicates; the first one's is that of `simulate`.

    The sizes follow a rule without chance and are the same in all replicates; predictor and noise are drawn anew.
    """
    sizes = settings.group_sizes
    codes = np.repeat(np.arange(len(sizes)), sizes)
    starts = np.cumsum(sizes) - sizes
    time = np.arange(len(codes)) - starts[codes]
    rows = Rows(settings, replicates, sizes, starts, codes, time)
    x, score, centre = draw_predictor(rows)
    return Design(sizes, codes, time, x, centre, _noise(rows, score))


def _noise(rows: Rows, score: Array) -> Array:
    """Each row's residual standard deviation over ``sigma``, (R, n)."""
    by_x, by_group = rows.settings.sigma_by_x, rows.settings.sigma_by_group
    factor = rows.none(rows.n) + 1.0
    if by_x != 1:
        factor *= np.exp(math.log(by_x) * score)
    if by_group != 1:
        u = uniforms(rows.settings.seed, NOISE, rows.replicates, rows.n_groups)
        factor *= np.exp(math.log(by_group) * ndtri(u))[:, rows.codes]
    if by_x == by_group == 1:
        return factor
    return on_grid(factor / np.sqrt(np.mean(factor * factor, axis=1, keepdims=True)))
