"""The twin of the pSHP2 data: 326,362 rows from a recipe of 24, the same on every machine."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import ndtri

EFFECT = -0.097687517
"""What stimulation adds to a cluster's mean."""

NOISE_SUM_OF_SQUARES = 147999.2954
"""Sum of the squared noise over all rows; within each cluster and condition its mean is 0."""

SEED = 161703

NORMAL = (-5, -3, -2, -1.5, -1, -0.7, -0.4, -0.2, 0, 0.2, 0.4, 0.7, 1, 1.5, 2, 3, 5)
SKEWED = {
    "dim": (
        -1.39845,
        -0.89876,
        -0.71341,
        -0.61389,
        -0.50494,
        -0.43289,
        -0.34980,
        -0.28294,
        -0.20278,
        -0.10152,
        0.03487,
        0.33055,
        0.64643,
        1.12806,
        1.59262,
        2.29182,
        3.33574,
    ),
    "bright": (
        -1.99093,
        -1.48588,
        -1.20061,
        -1.03383,
        -0.82028,
        -0.64622,
        -0.41847,
        -0.24268,
        -0.06204,
        0.12228,
        0.31739,
        0.62222,
        0.88460,
        1.19762,
        1.43126,
        1.81625,
        2.81396,
    ),
}
"""Noise by kind of cluster at the normal quantiles `NORMAL`: of one whose mean is low most rows lie close together below
it and some far above, of one whose mean is high they lie wide apart."""

FARTHEST = {(8, "stim"): -3.36348, (8, "unstim"): 6.76928, (11, "unstim"): -4.02664, (16, "unstim"): 6.62182}
"""Noise of the first row of four cells: the residuals that are printed as the smallest and the largest, of either model."""


def pshp2(recipe: pd.DataFrame) -> pd.DataFrame:
    """Generate the rows of the twin from its recipe.

    Sizes, means, effect and sum of squares are solved for, so that least squares and the mixed model give every figure that
    the question prints; the noise is shaped so that the residuals have the printed quantiles too. It is made from bits of
    PCG64 (a stream that numpy keeps the same in all versions), centred in each cell and scaled once, so that the
    coefficients depend on the recipe and not on the draw.

    Parameters
    ----------
    recipe : DataFrame
        A row per cluster: ``cluster``, ``n``, ``n_stim``, ``mean_unstim`` and ``noise``, a key of `SKEWED`.
    """
    from scipy.interpolate import PchipInterpolator  # slow to import, and needed only here

    stimulated = recipe["n_stim"].to_numpy()
    sizes = np.column_stack([stimulated, recipe["n"].to_numpy() - stimulated]).ravel()
    means = recipe["mean_unstim"].to_numpy()
    cell_means = np.column_stack([means + EFFECT, means]).ravel()
    starts = np.cumsum(sizes) - sizes

    bits = np.random.PCG64(SEED).random_raw(int(sizes.sum()))
    normal = ndtri(((bits >> np.uint64(11)).astype(float) + 0.5) * 2.0**-53)
    noise = np.empty(len(normal))
    for kind, values in SKEWED.items():
        rows = np.repeat(recipe["noise"].to_numpy() == kind, recipe["n"].to_numpy())
        noise[rows] = PchipInterpolator(NORMAL, values)(normal[rows])
    cells = pd.MultiIndex.from_product([recipe["cluster"], ["stim", "unstim"]])
    noise[starts[cells.get_indexer(list(FARTHEST))]] = list(FARTHEST.values())
    noise -= np.repeat(np.add.reduceat(noise, starts) / sizes, sizes)
    noise *= np.sqrt(NOISE_SUM_OF_SQUARES / (noise @ noise))

    cell = np.repeat(np.arange(len(sizes), dtype=np.int8), sizes)
    conditions, clusters = ["unstim", "stim"], [str(cluster) for cluster in recipe["cluster"]]
    return pd.DataFrame(
        {
            "pSHP2": np.repeat(cell_means, sizes) + noise,
            "condition": pd.Categorical.from_codes(1 - cell % 2, categories=conditions),
            "cluster": pd.Categorical.from_codes(cell // 2, categories=clusters),
        }
    )
