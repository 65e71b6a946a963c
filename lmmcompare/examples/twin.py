"""The twin of the pSHP2 data: 326,362 rows from a recipe of 24, the same on every machine."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import ndtri

EFFECT = -0.097679807
"""What stimulation adds to a cluster's mean."""

NOISE_SUM_OF_SQUARES = 147999.37820848552
"""Sum of the squared noise over all rows; within each cluster and condition its mean is 0."""

SEED = 161703


def pshp2(recipe: pd.DataFrame) -> pd.DataFrame:
    """Generate the rows of the twin from its recipe.

    The noise is normal: bits of PCG64 (a stream that numpy keeps the same in all versions) as quantiles, centred in
    each cell and scaled once, so that the fits depend on the recipe and not on the draw.

    Parameters
    ----------
    recipe : DataFrame
        A row per cluster: ``cluster``, ``n``, ``n_stim`` and ``mean_unstim``.
    """
    stimulated = recipe["n_stim"].to_numpy()
    sizes = np.column_stack([stimulated, recipe["n"].to_numpy() - stimulated]).ravel()
    means = recipe["mean_unstim"].to_numpy()
    cell_means = np.column_stack([means + EFFECT, means]).ravel()

    bits = np.random.PCG64(SEED).random_raw(int(sizes.sum()))
    noise = ndtri(((bits >> np.uint64(11)).astype(float) + 0.5) * 2.0**-53)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
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
