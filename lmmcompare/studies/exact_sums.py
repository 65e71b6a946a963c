"""Sums without rounding, so that they do not depend on the order of their terms nor on how these are divided.

Neal (2015), Fast exact summation using small and large superaccumulators, arXiv:1505.05571: a sum is kept as a fixed-point
number as long as the whole range of double precision, in limbs of 32 bits that have room for the carries of 2^30 terms.
"""

from __future__ import annotations

import math

import numpy as np

from ..arrays import Array

LIMB = 32
LOW = np.uint64(2**LIMB - 1)
LOWEST = 1126
"""Bits after the point: the last bit of the smallest double, 2^-1074, has a place above 0 after `frexp`."""
LIMBS = (1024 + LOWEST) // LIMB + 1


def zeros(shape: tuple[int, ...]) -> Array:
    """Sums of nothing, shape + (LIMBS,): two such arrays are added by +."""
    return np.zeros((*shape, LIMBS), dtype=np.int64)


def exact_sum(values: Array) -> Array:
    """The sum of finite numbers over the last axis, (..., n) to (..., LIMBS); n at most 2^20."""
    flat = values.reshape(math.prod(values.shape[:-1]), values.shape[-1])
    mantissa, exponent = np.frexp(flat)
    whole = np.abs(np.ldexp(mantissa, 53)).astype(np.uint64)
    place = exponent - 53 + LOWEST
    limb, shift = place // LIMB, (place % LIMB).astype(np.uint64)
    low = (whole & LOW) << shift
    high = ((whole >> np.uint64(LIMB)) << shift) + (low >> np.uint64(LIMB))
    result = np.zeros(len(flat) * LIMBS)
    at = np.arange(len(flat))[:, None] * LIMBS + limb
    for offset, digits in enumerate((low & LOW, high & LOW, high >> np.uint64(LIMB))):
        # below 2^32 each, so sums of 2^20 of them are whole numbers that a double holds
        result += np.bincount((at + offset).ravel(), (np.sign(flat) * digits).ravel(), len(result))
    return result.astype(np.int64).reshape(*values.shape[:-1], LIMBS)


def rounded(sums: Array) -> Array:
    """Sums as ordinary numbers, each the nearest one: (..., LIMBS) to (...)."""
    flat = sums.reshape(-1, LIMBS)
    one = 1 << LOWEST
    numbers = [sum(limb << (LIMB * k) for k, limb in enumerate(row) if limb) / one for row in flat.tolist()]
    return np.array(numbers, dtype=float).reshape(sums.shape[:-1])
