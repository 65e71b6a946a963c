"""Random numbers that are the same on every machine, with every version of numpy, however they are divided into batches.

What numpy promises to keep is the stream of its bit generators and of SeedSequence (NEP 19), not what `Generator`'s
methods make of it. So only PCG64's raw bits are taken, one 64-bit word for each number, and made into uniform and, by
quantiles, other numbers here. As a replicate takes a known count of words, replicate r starts at word r times that
count, and `PCG64.advance` goes there at once: replicates can be drawn in any batches, by any number of workers.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from ..arrays import Array

GRID = 2.0**30

PREDICTOR, NOISE, EFFECTS, RESIDUAL = range(4)
"""The streams of a seed, in the order in which SeedSequence spawns them; new ones come last."""


def uniforms(seed: int, stream: int, replicates: range, count: int) -> Array:
    """``count`` uniform numbers, strictly between 0 and 1, for each replicate: (replicates, count)."""
    bits = np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(stream,)))
    bits.advance(replicates.start * count)
    words = bits.random_raw(len(replicates) * count).reshape(len(replicates), count)
    return ((words >> np.uint64(12)) + 0.5) * 2.0**-52  # 52 bits, so that the half is exact and 1 is never reached


def on_grid(values: Array) -> Array:
    """Numbers rounded to whole multiples of 2^-30.

    Two machines' logarithms may differ in the last of 53 bits; rounded to 30 bits they agree. What follows is +, -, ×, /
    and √, which IEEE 754 fixes to the last bit, and sums of numbers on the grid are exact in whatever order.
    """
    values = values * GRID
    np.rint(values, out=values)
    values /= GRID
    return values


def normals(seed: int, stream: int, replicates: range, count: int) -> Array:
    """Standard normal numbers, on the grid: (replicates, count)."""
    return on_grid(ndtri(uniforms(seed, stream, replicates, count)))
