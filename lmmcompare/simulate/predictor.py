"""The predictor: continuous or binary, varying within groups, between them, or both; time; or none."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from .settings import Settings
from .streams import PREDICTOR, normals, uniforms

Drawn = tuple[Array, Array, Array]


@dataclass(frozen=True, eq=False)
class Rows:
    """The rows of a table before they hold anything, for these replicates."""

    settings: Settings
    replicates: range
    sizes: Array
    starts: Array
    codes: Array
    time: Array

    @property
    def n(self) -> int:
        """Rows."""
        return len(self.codes)

    @property
    def n_groups(self) -> int:
        """Groups."""
        return len(self.sizes)

    def means(self, values: Array) -> Array:
        """Means of the groups: (R, n) to (R, J)."""
        return np.add.reduceat(values, self.starts, axis=1) / self.sizes

    def none(self, width: int) -> Array:
        """Zeros, (R, width)."""
        return np.zeros((len(self.replicates), width))

    def normals(self, count: int) -> Array:
        """The predictor's normal numbers, (R, count)."""
        return normals(self.settings.seed, PREDICTOR, self.replicates, count)

    def uniforms(self, count: int) -> Array:
        """The predictor's uniform numbers, (R, count)."""
        return uniforms(self.settings.seed, PREDICTOR, self.replicates, count)


def mean_sd(settings: Settings) -> float:
    """Standard deviation of the predictor's group means, over all groups, in units of the predictor; 0 if they agree.

    For a predictor that varies in both ways the group mean has variance sd^2 (icc + (1 - icc) / n_j).
    """
    return _sd(settings) * math.sqrt(_mean_variance(settings, settings.group_sizes))


def _sd(settings: Settings) -> float:
    if settings.predictor == "continuous":
        return settings.x_sd
    share = _ones(settings) / settings.groups if settings.varies == "between" else settings.share
    return math.sqrt(share * (1 - share))


def _mean_variance(settings: Settings, sizes: Array) -> float:
    """Variance of the group means over that of the predictor."""
    if settings.where != "both":
        return float(settings.where == "between")
    return settings.x_icc + (1 - settings.x_icc) * math.fsum(1 / int(n) for n in sizes) / len(sizes)


def _ones(settings: Settings) -> int:
    """How many groups a binary predictor between groups gives a 1: the share, rounded, but never none and never all."""
    return min(max(math.floor(settings.share * settings.groups + 0.5), 1), settings.groups - 1)


def share_of_ones(settings: Settings) -> float:
    """The share of ones of a binary predictor: what was asked for, where each row is drawn; else what whole rows or groups allow."""
    if settings.where == "between":
        return _ones(settings) / settings.groups
    if settings.where == "within":
        sizes = settings.group_sizes
        return float(_ones_within(settings, sizes).sum() / sizes.sum())
    return settings.share


def _ones_within(settings: Settings, sizes: Array) -> Array:
    """How many rows of each group have a 1: the share, rounded, but never none and never all."""
    ones: Array = np.clip(np.floor(settings.share * sizes + 0.5), sizes > 1, np.maximum(sizes - 1, 0))
    return ones


def draw_predictor(rows: Rows) -> Drawn:
    """The predictor x (R, n), its score (R, n), with mean 0 and variance 1 or about so, and its group means' (R, J)."""
    return _KINDS[rows.settings.predictor, rows.settings.where](rows)


def _scaled(rows: Rows, score: Array) -> Array:
    return rows.settings.x_mean + rows.settings.x_sd * score


def _no_predictor(rows: Rows) -> Drawn:
    return rows.none(rows.n), rows.none(rows.n), rows.none(rows.n_groups)


def _time(rows: Rows) -> Drawn:
    x = rows.none(rows.n) + rows.time
    spread = np.sqrt(np.mean((rows.time - rows.time.mean()) ** 2))
    return x, (x - rows.time.mean()) / (spread or 1.0), rows.none(rows.n_groups)


def _normal_both(rows: Rows) -> Drawn:
    z, icc = rows.normals(rows.n_groups + rows.n), rows.settings.x_icc
    of_group, of_row = math.sqrt(icc) * z[:, : rows.n_groups], z[:, rows.n_groups :]
    score = of_group[:, rows.codes] + math.sqrt(1 - icc) * of_row
    centre = (of_group + math.sqrt(1 - icc) * rows.means(of_row)) / math.sqrt(_mean_variance(rows.settings, rows.sizes))
    return _scaled(rows, score), score, centre


def _normal_within(rows: Rows) -> Drawn:
    z = rows.normals(rows.n)
    size = np.maximum(rows.sizes, 2)
    score = (z - rows.means(z)[:, rows.codes]) * np.sqrt(size / (size - 1))[rows.codes]
    return _scaled(rows, score), score, rows.none(rows.n_groups)


def _normal_between(rows: Rows) -> Drawn:
    z = rows.normals(rows.n_groups)
    score = z[:, rows.codes]
    return _scaled(rows, score), score, z


def _binary_both(rows: Rows) -> Drawn:
    """A row takes its group's draw, or its own: rows of a group correlate by the ICC exactly.

    Lunn and Davies (1998), A note on generating correlated binary variables, Biometrika 85, 487-490.
    """
    share, j = rows.settings.share, rows.n_groups
    u = rows.uniforms(j + 2 * rows.n)
    of_group, of_row = u[:, :j] < share, u[:, j : j + rows.n] < share
    follows = u[:, j + rows.n :] < math.sqrt(rows.settings.x_icc)
    x = np.where(follows, of_group[:, rows.codes], of_row).astype(float)
    sd = math.sqrt(share * (1 - share))
    return x, (x - share) / sd, (rows.means(x) - share) / (sd * math.sqrt(_mean_variance(rows.settings, rows.sizes)))


def _binary_within(rows: Rows) -> Drawn:
    """The stated share of each group, rounded, in random order."""
    ones = _ones_within(rows.settings, rows.sizes)
    order = np.argsort(rows.codes + rows.uniforms(rows.n), axis=1, kind="stable")
    x = rows.none(rows.n)
    np.put_along_axis(x, order, np.where(rows.time < ones[rows.codes], 1.0, 0.0)[None, :], axis=1)
    share = rows.settings.share
    return x, (x - share) / math.sqrt(share * (1 - share)), rows.none(rows.n_groups)


def _binary_between(rows: Rows) -> Drawn:
    """The stated share of the groups, chosen by lot."""
    j, ones = rows.n_groups, _ones(rows.settings)
    rank = np.argsort(np.argsort(rows.uniforms(j), axis=1, kind="stable"), axis=1, kind="stable")
    of_group = (rank < ones).astype(float)
    share = ones / j
    centre = (of_group - share) / math.sqrt(share * (1 - share))
    return of_group[:, rows.codes], centre[:, rows.codes], centre


_KINDS = {
    ("none", ""): _no_predictor,
    ("time", "within"): _time,
    ("continuous", "both"): _normal_both,
    ("continuous", "within"): _normal_within,
    ("continuous", "between"): _normal_between,
    ("binary", "both"): _binary_both,
    ("binary", "within"): _binary_within,
    ("binary", "between"): _binary_between,
}
