"""The distinct entries of symmetric matrices, by which these are summed, and where each entry of a whole one is among them."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from ..arrays import Array


@lru_cache(maxsize=16)
def distinct(k: int) -> tuple[Array, Array, Array]:
    """Rows and columns of the distinct entries of a symmetric (k, k) matrix; and which of them each of its entries is, (k, k)."""
    rows, columns = np.tril_indices(k)
    place = np.empty((k, k), dtype=int)
    place[rows, columns] = place[columns, rows] = np.arange(len(rows))
    return rows, columns, place


@lru_cache(maxsize=16)
def middle(k: int) -> Array:
    """Which product of two distinct entries ``Y_bc N_da`` is, of all of them flat, (k^4,): in the order a, b, c, d."""
    rows, _, place = distinct(k)
    index = place[None, :, :, None] * len(rows) + place.T[:, None, None, :]
    return np.ascontiguousarray(np.broadcast_to(index, (k, k, k, k))).ravel()
