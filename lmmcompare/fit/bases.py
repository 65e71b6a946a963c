"""Which columns of the moments a model uses, and the way back from centred and scaled columns to the user's units."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg.lapack import dpotrf

from ..arrays import Array
from ..moments.groups import Moments
from ..work.memo import memoised
from .random_structure import Structure

CONSTANT = -1
ROUNDING = 1e-11
"""A column of whose sum of squares no more than this share is left over is an exact combination of others."""


@dataclass(frozen=True, eq=False)
class Basis:
    """Some columns of the moments, `CONSTANT` among them or not.

    With a constant in the set the columns may stay centred, which changes nothing but the conditioning; without one
    their means have to be put back.

    Parameters
    ----------
    columns : (p,) int array
        Indices into the moments' columns; `CONSTANT` is the column of ones.
    mean : (p, J) array
        Group means in this basis.
    to_units : (p, p) array
        ``beta in the columns' units = to_units @ beta in this basis`` (apart from the outcome's scale).
    stretch : (p,) array or float
        What each column of the moments is multiplied by, 1 unless all are to have one unit.
    """

    columns: Array
    mean: Array
    to_units: Array
    stretch: Array | float = 1.0

    @property
    def size(self) -> int:
        """The number of columns."""
        return len(self.columns)

    @cached_property
    def named(self) -> Array:
        """The places of the columns that are not the constant."""
        return (self.columns != CONSTANT).nonzero()[0]


def basis(
    moments: Moments, columns: Sequence[int], *, centred: bool | None = None, own: bool = False, common: bool = False
) -> Basis:
    """The basis of some columns; centred when the constant is among them, unless told otherwise.

    With ``own`` they are the columns themselves but for their scale, where one is nearly given by others too; with ``common``
    all have one unit, a multiple of their own, in place of a scale each.
    """
    index = np.asarray(columns, dtype=int)
    index, mixing = (index, None) if own else _without_collinearity(moments, index)
    constant = columns.index(CONSTANT) if CONSTANT in columns else None
    if centred is None:
        centred = constant is not None
    means, scales, offsets = moments.with_constant
    mean, scale, offset = means[index], scales[index], offsets[index]
    to_units = np.zeros((len(index), len(index)))
    to_units.flat[:: len(index) + 1] = 1 / scale
    if not centred:
        mean = mean + offset[:, None]
    elif constant is not None:
        to_units[constant] -= offset
    if common:
        stretch = scale / scale.max()
        return Basis(index, mean * stretch[:, None], to_units * stretch[:, None], stretch)
    return Basis(index, mean, to_units if mixing is None else mixing @ to_units)


def _without_collinearity(moments: Moments, index: Array) -> tuple[Array, Array | None]:
    """Columns with remainders in place of those that the others nearly give, and the coefficients' way back from these."""
    if not moments.remainders:
        return index, None
    place = {int(c): k for k, c in enumerate(index)}
    chosen = [r for r in moments.remainders if r.column in place and all(c in place for c in r.others)]
    if not chosen:
        return index, None
    index, mixing = index.copy(), np.eye(len(index))
    for remainder in chosen:
        k = place[remainder.column]
        index[k] = remainder.at
        mixing[[place[c] for c in remainder.others], k] = -np.array(remainder.coefficients)
    return index, mixing


def random_basis(moments: Moments, columns: Sequence[int], structure: Structure | None) -> Basis:
    """The basis of a covariance block: one with a structure keeps its columns' origin, and their units where it has one SD."""
    if structure is None:
        return basis(moments, columns)
    return basis(moments, columns, centred=False, own=True, common=structure.homogeneous)


def within(moments: Moments, a: Basis, b: Basis) -> Array:
    """Within-group cross-products of two bases, (p, q, J); zero for the constant."""
    return _of_bases(moments.within, a, b)


def _of_bases(products: Array, a: Basis, b: Basis) -> Array:
    """Of the moments' cross-products (q, q, ...) those of two bases, (p, q, ...); zero for the constant."""
    left, right = a.named, b.named
    if not (len(left) and len(right)):
        return np.zeros((a.size, b.size, *products.shape[2:]))
    products = products[a.columns[left][:, None], b.columns[right]]
    if not (isinstance(a.stretch, float) and isinstance(b.stretch, float)):
        left_stretch, right_stretch = (np.broadcast_to(o.stretch, o.size)[at] for o, at in ((a, left), (b, right)))
        stretch = np.multiply.outer(left_stretch, right_stretch)
        products = products * stretch.reshape(*stretch.shape, *[1] * (products.ndim - 2))
    if len(left) == a.size and len(right) == b.size:
        return products
    result = np.zeros((a.size, b.size, *products.shape[2:]))
    result[left[:, None], right] = products
    return result


def cross(moments: Moments, a: Basis, b: Basis) -> Array:
    """Each group's cross-products of two bases, (p, q, J)."""
    return within(moments, a, b) + moments.w * a.mean[:, None] * b.mean[None]


def tiled(
    product: Callable[[Moments, Basis, Basis], Array], moments: Moments, left: Sequence[Basis], right: Sequence[Basis]
) -> Array:
    """`within` or `cross` of several bases with several others, side by side, (p, q, J)."""
    if len(left) == len(right) == 1:
        return product(moments, left[0], right[0])
    return np.concatenate([np.concatenate([product(moments, a, b) for b in right], axis=1) for a in left])


def within_total(moments: Moments, a: Basis) -> Array:
    """Within-group cross-products over all groups, (p, p); zero for the constant."""
    return _of_bases(moments.within_total, a, a)


def cross_total(moments: Moments, a: Basis) -> Array:
    """The cross-products over all groups, (p, p)."""
    return within_total(moments, a) + (a.mean * moments.w) @ a.mean.T


def overall(moments: Moments, columns: Sequence[int]) -> tuple[Array, Array]:
    """Means over all rows and cross-products about them, (p,) and (p, p), in the columns' units; of the constant 1 and 0."""
    index = np.asarray(columns, dtype=int)
    constant = index == CONSTANT
    mean = np.where(constant, 1.0, moments.center[index])
    scale = np.where(constant, 0.0, moments.scale[index])
    both = moments.within_total + moments.between_total
    return mean, both[np.ix_(index, index)] * scale[:, None] * scale


def spans_groups(moments: Moments, columns: Sequence[int], random: int) -> bool:
    """Whether the fixed columns can give every group any effect of the column ``random``, of the constant or a slope.

    Its variance is then not identified: what the fixed part leaves of the outcome is the same whatever the effects are.
    """
    if len(columns) < moments.n_groups:
        return False
    fixed, effect, centred = basis(moments, columns), basis(moments, [random]), basis(moments, [random], centred=True)
    size, apart = cross(moments, effect, effect)[0, 0], cross(moments, centred, centred)[0, 0]
    shared = cross(moments, effect, fixed)[0]
    explained = (shared * np.linalg.solve(cross_total(moments, fixed), shared)).sum(axis=0)
    return bool((size - explained <= 1e-9 * apart + 1e-14 * size).all())  # the last is what rounding leaves


def independent(gram: Array, share: float) -> bool:
    """Whether all columns with these cross-products (p, p) keep more than a share of their sum of squares beside those before them."""
    total = gram.diagonal()
    if len(gram) < 2 or not (total > 0).all():
        return bool((total > 0).all())
    size = np.sqrt(total)
    root, info = dpotrf(gram / (size[:, None] * size), lower=1)
    return info == 0 and min(root.diagonal().tolist()) ** 2 > share


@memoised
def are_independent(moments: Moments, columns: tuple[int, ...], share: float) -> bool:
    """Whether the moments' columns are `independent`, over all groups."""
    return columns == (CONSTANT,) or independent(cross_total(moments, basis(moments, columns)), share)


def dependent(gram: Array, least: Array | None = None) -> list[tuple[int, list[int]]]:
    """Columns that are exact combinations of columns before them, each with those columns.

    Parameters
    ----------
    gram : (p, p) array
        Cross-products.
    least : (p,) array, optional
        The sum of squares left over that counts as none, where that is more than the share `ROUNDING` of a column's own.
    """
    least = np.zeros(len(gram)) if least is None else least
    result: list[tuple[int, list[int]]] = []
    keep: list[int] = []
    for k in range(len(gram)):
        total = gram[k, k]
        if total <= 0:
            result.append((k, []))
            continue
        coefficients = np.linalg.solve(gram[np.ix_(keep, keep)], gram[keep, k]) if keep else np.zeros(0)
        if total - gram[k, keep] @ coefficients <= max(ROUNDING * total, least[k]):
            share = np.abs(coefficients) * np.sqrt(np.diag(gram)[keep] / total)
            result.append((k, [keep[i] for i in np.flatnonzero(share > 1e-6)]))
        else:
            keep.append(k)
    return result
