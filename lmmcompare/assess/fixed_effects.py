"""All random effects as fixed: least squares with a dummy for every level of every grouping factor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from ..design import Grouping
from ..errors import DesignError, TooLargeError
from ..fit.basis import dependent
from ..results import MixedResult
from .equivalents import fixed_matrix

Array = np.ndarray

MAX_LEVELS = 5_000
"""Most levels of all grouping factors but the largest: their dummies are solved as one dense matrix."""
ABSORBED = 1e-10
"""A column that keeps a smaller share of its variation beside the dummies is a combination of them."""


@dataclass(frozen=True)
class AllFixed:
    """Least squares with a dummy for every level of every grouping factor.

    Parameters
    ----------
    coefficients : DataFrame
        ``term, estimate, se, df``; NaN where the dummies absorb a column, the intercept always.
    sigma : float
        Residual standard deviation.
    df : int
        Residual degrees of freedom.
    rank : int
        Coefficients estimated, dummies included.
    fittedvalues : (n,) array
    sentence : str
    """

    coefficients: pd.DataFrame
    sigma: float
    df: int
    rank: int
    fittedvalues: Array
    sentence: str


def all_fixed(result: MixedResult) -> AllFixed:
    """Fit a mixed model's fixed part with its random intercepts as fixed effects; random slopes are left out.

    The factor with the most levels is swept out as group means; the dummies of the others, swept alike, are solved densely
    (Frisch, Waugh and Lovell). With one grouping factor this is the no-pooling model.

    Raises
    ------
    DesignError
        When the dummies use up all rows.
    TooLargeError
        When the other factors have more than `MAX_LEVELS` levels, or only a sample of the rows is at hand.
    """
    result.design.refuse_sample("Least squares with all dummies")
    largest, *others = sorted(result.groupings, key=lambda g: -len(g.levels))
    levels = sum(len(g.levels) for g in others)
    if levels > MAX_LEVELS:
        raise TooLargeError(
            f"The dummies of {_listed(others)} are {levels:,} columns; {MAX_LEVELS:,} are allowed.",
            "Keep the factor random.",
        )
    x, y = fixed_matrix(result), result.design.columns[-1][:]
    both = np.column_stack([x, y])
    both = both - both.mean(axis=0)  # the dummies span the constant
    swept, n_dummies = _swept(both, _indicators(largest), [_indicators(g) for g in others])
    kept = _seen(swept, both)
    df = result.nobs - n_dummies - len(kept)
    if df < 1:
        raise DesignError(
            f"{result.nobs:,} rows cannot carry {n_dummies:,} dummies and {len(kept):,} coefficients.",
            f"Keep “{largest.name}” random.",
        )
    q, r = np.linalg.qr(swept[:, kept])
    inverse = np.linalg.inv(r)
    residual = swept[:, -1] - q @ (q.T @ swept[:, -1])
    sigma = float(np.sqrt(residual @ residual / df))
    frame = pd.DataFrame({"term": result.names, "estimate": np.nan, "se": np.nan, "df": float(df)})
    frame.loc[kept, "estimate"] = inverse @ (q.T @ swept[:, -1])
    frame.loc[kept, "se"] = sigma * np.sqrt((inverse**2).sum(axis=1))
    sentence = (
        f"With every level of {_listed(result.groupings)} as a fixed effect, {n_dummies:,} of them take the place of the random "
        f"effects and {df:,} degrees of freedom are left. The intercepts are not pooled, each slope is one for "
        "all; nothing is said of levels not in the table."
    )
    return AllFixed(frame, sigma, df, n_dummies + len(kept), y - residual, sentence)


def _swept(both: Array, largest: sparse.csr_array, others: list[sparse.csr_array]) -> tuple[Array, int]:
    """The columns with what the dummies explain taken out, and the number of dummies that are not redundant."""
    counts = largest.sum(axis=0)

    def about_means(values: Array) -> Array:
        return values - largest @ ((largest.T @ values) / counts[:, None])

    found = about_means(both)
    if not others:
        return found, len(counts)
    dummies = sparse.hstack(others, format="csr")
    cells = (largest.T @ dummies).tocsr()
    spread = (dummies.T @ dummies - cells.T @ sparse.diags_array(1 / counts) @ cells).toarray()
    size = np.sqrt(dummies.sum(axis=0))
    values, vectors = np.linalg.eigh(spread / np.outer(size, size))
    # an eigenvalue is 0 for each set of levels that meets no other, and for each factor nested in the largest
    known = values > ABSORBED
    root = vectors[:, known] / np.sqrt(values[known]) / size[:, None]
    effects = root @ (root.T @ (dummies.T @ found))
    return found - about_means(dummies @ effects), len(counts) + int(known.sum())


def _seen(swept: Array, both: Array) -> list[int]:
    """The fixed columns that the dummies, and the columns before them, do not explain."""
    p = swept.shape[1] - 1
    left, total = (swept**2).sum(axis=0)[:p], (both**2).sum(axis=0)[:p]
    varying = np.flatnonzero(left > ABSORBED * total)
    gram = swept[:, varying].T @ swept[:, varying]
    dropped = [k for k, _ in dependent(gram)]
    return [int(k) for k in np.delete(varying, dropped)]


def _indicators(grouping: Grouping) -> sparse.csr_array:
    n = len(grouping.codes)
    return sparse.csr_array(
        (np.ones(n), np.asarray(grouping.codes, dtype=np.int32), np.arange(n + 1)), shape=(n, len(grouping.levels))
    )


def _listed(groupings: tuple[Grouping, ...] | list[Grouping]) -> str:
    return " and ".join(f"“{g.name}”" for g in groupings)
