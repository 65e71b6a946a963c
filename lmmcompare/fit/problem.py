"""What stays as it is while theta moves: the cross-products of a model's columns, and what its random effects take of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

import numpy as np

from ..arrays import Array
from ..moments.crossed import Crossing
from ..moments.groups import Moments
from .bases import CONSTANT, Basis, basis, cross, cross_total, random_basis, tiled, within, within_total
from .first_factor_elimination import eliminate_first_factor
from .other_factors import OtherFactors
from .random_structure import Structure
from .small_cholesky import gram, semidefinite, semidefinite_forward
from .theta import ThetaMap


@dataclass(frozen=True, eq=False)
class Problem:
    """Everything that stays the same while theta moves, in centred and scaled columns.

    With several grouping factors, k, J and everything with groups along its last axis are the first factor's.

    Parameters
    ----------
    zz : (k, k, J) array
        Each group's cross-products of the random-effects columns.
    zw : (k, p + 1, J) array
        Random-effects columns with fixed-effects columns and outcome.
    root : (k, k, J) array
        R_j with ``R_j'R_j = Z_j'Z_j``.
    projected : (k, p + 1, J) array
        C_j = R_j^-T Z_j'[X y]: what each group's random-effects columns can see of the fixed-effects columns and outcome.
    remaining : (p + 1, p + 1) array
        Cross-products of the rest of them, over all groups.
    n : int
        Rows.
    random : tuple of Basis
        A basis for each covariance block, factor by factor.
    factor_rows : tuple of slice
        Each factor's rows in Lambda.
    other_factors : OtherFactors or None
        The other factors' columns.
    mean_weight : float
        As in `Moments`: the residual variance of a row of weight 1 is so many times that of a row that counts as one.
    """

    zz: Array
    zw: Array
    root: Array
    projected: Array
    remaining: Array
    n: int
    reml: bool
    theta_map: ThetaMap
    fixed: Basis
    random: tuple[Basis, ...]
    levels: tuple[int, ...]
    factor_rows: tuple[slice, ...]
    other_factors: OtherFactors | None = None
    mean_weight: float = 1.0

    @property
    def p(self) -> int:
        """Fixed coefficients."""
        return len(self.remaining) - 1

    @property
    def levels_of(self) -> Array:
        """Levels of each random coefficient's grouping factor, (k,)."""
        return np.repeat(self.levels, [rows.stop - rows.start for rows in self.factor_rows])

    @property
    def vectorised(self) -> bool:
        """Whether many replicates can be fitted as one array: one grouping factor, and covariance matrices without a structure."""
        return self.other_factors is None and not self.theta_map.structured

    @cached_property
    def random_units(self) -> Array:
        """The random coefficients' way to the columns' units, (k, k), as `Basis.to_units`."""
        result = np.zeros((self.theta_map.k, self.theta_map.k))
        for rows, part in zip(self.theta_map.block_slices(), self.random, strict=True):
            result[rows, rows] = part.to_units
        return result

    @property
    def df(self) -> int:
        """Divisor of the residual variance."""
        return self.n - self.p * self.reml


def problem(
    data: Moments | Crossing,
    columns: Sequence[int],
    blocks: Sequence[Sequence[int]],
    *,
    reml: bool,
    factors: Sequence[int] | None = None,
    structures: Sequence[Structure | None] | None = None,
) -> Problem:
    """Set up the criterion for fixed ``columns`` and random-effects ``blocks`` (indices into the moments).

    ``factors`` gives each block's grouping factor in a crossing, in increasing order, ``structures`` each block's covariance
    structure, None for a full matrix.
    """
    crossing = data if isinstance(data, Crossing) else Crossing((data,), {})
    moments, n_factors = crossing.factors[0], len(crossing.factors)
    by_factor: list[list[tuple[Sequence[int], Structure | None]]] = [[] for _ in range(n_factors)]
    known = structures or [None] * len(blocks)
    for block, structure, factor in zip(blocks, known, factors or [0] * len(blocks), strict=True):
        by_factor[factor].append((block, structure))
    bases = [[random_basis(m, *block) for block in own] for m, own in zip(crossing.factors, by_factor, strict=True)]
    centred, wanted = CONSTANT in columns, [*columns, moments.outcome]
    whole, own = basis(moments, wanted, centred=centred), tuple(bases[0])
    fixed = Basis(whole.columns[:-1], whole.mean[:-1], whole.to_units[:-1, :-1])
    zz, zw = tiled(cross, moments, own, own), tiled(cross, moments, own, [whole])
    root, projected, remaining, project = _sweep(moments, whole, own, zz, zw)
    other_factors = (
        eliminate_first_factor(crossing, by_factor, wanted, centred, project, projected) if n_factors > 1 else None
    )
    ends = list(accumulate(sum(b.size for b in part) for part in bases))
    return Problem(
        zz,
        zw,
        root,
        projected,
        remaining,
        moments.n_rows,
        reml,
        ThetaMap.of([len(b) for b in blocks], known),
        fixed,
        tuple(b for part in bases for b in part),
        tuple(m.n_groups for m in crossing.factors),
        tuple(slice(a, b) for a, b in zip([0, *ends], ends, strict=False)),
        other_factors,
        moments.mean_weight,
    )


def _sweep(
    moments: Moments, whole: Basis, random: tuple[Basis, ...], zz: Array, zw: Array
) -> tuple[Array, Array, Array, Callable[[Array, Array], Array]]:
    """`Problem.root`, `Problem.projected`, `Problem.remaining`, and the projection of other columns, given their cross-products.

    A random intercept sees the group means, and leaves the cross-products about them, which the moments hold as they
    are: nothing is subtracted, so nothing is lost, however far the groups lie apart.
    """
    constant = [column == CONSTANT for b in random for column in b.columns]
    if True not in constant:
        lower = semidefinite(zz)
        projected = semidefinite_forward(lower, zw)
        root, remaining = lower.transpose(1, 0, 2).copy(), cross_total(moments, whole) - gram(projected, projected)
        return root, projected, remaining, lambda products, group: semidefinite_forward(lower[:, :, group], products)
    first = constant.index(True)  # others would be the same again: nothing of them is left beside it
    slopes = [k for k in range(len(constant)) if k != first]
    size = np.sqrt(moments.w)
    mean = np.concatenate([b.mean for b in random])
    root, projected, lower = np.zeros_like(zz), np.empty_like(zw), np.zeros((0, 0, moments.n_groups))
    root[first], projected[first], remaining = size * mean, size * whole.mean, within_total(moments, whole)
    if len(slopes):
        spread, covary = tiled(within, moments, random, random), tiled(within, moments, random, [whole])[slopes]
        lower = semidefinite(spread[np.ix_(slopes, slopes)])
        root[np.ix_(slopes, slopes)] = lower.transpose(1, 0, 2)
        projected[slopes] = semidefinite_forward(lower, covary)
        remaining -= gram(projected[slopes], projected[slopes])

    def project(products: Array, group: Array) -> Array:
        result = np.empty_like(products)
        own = products[first] / mean[first, 0]  # the constant's, whatever unit it has
        result[first] = own / size[group]
        if len(slopes):
            apart = products[slopes] - mean[slopes][:, None, group] * own
            result[slopes] = semidefinite_forward(lower[:, :, group], apart)
        return result

    return root, projected, remaining, project
