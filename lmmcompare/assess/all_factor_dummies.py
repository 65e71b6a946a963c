"""All random effects as fixed: least squares with a dummy for every level of every grouping factor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from ..arrays import Array
from ..design.grouping import Grouping
from ..errors import DesignError, TooLargeError
from ..fit.bases import dependent
from ..models import MixedResult

MAX_LEVELS = 5_000
"""Most levels of all grouping factors but the largest: their dummies are solved as one dense matrix."""
MAX_LISTED = 200
"""Most levels of all factors together whose own effects are worked out and listed."""
ABSORBED = 1e-10
"""A column that keeps a smaller share of its variation beside the dummies is a combination of them."""


@dataclass(frozen=True, eq=False)
class AllFactorDummies:
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
    levels : DataFrame
        ``factor, level, estimate, se, deviation, se_deviation``: how far each level lies from its factor's first one, as R's
        ``lm`` prints it, and from the mean of its factor's levels, as random effects are counted. The first row, without
        factor and level, is the intercept: of the first levels, and of the means. NaN where a level cannot be told from
        those before it (nested factors), and no rows where there are more than `MAX_LISTED` levels.
    apart : float
        Root mean square of the difference between the fitted values of this fit and of the mixed model.
    sentence : str
    """

    coefficients: pd.DataFrame
    sigma: float
    df: int
    rank: int
    fittedvalues: Array
    levels: pd.DataFrame
    apart: float
    sentence: str


def fit_all_factor_dummies(result: MixedResult) -> AllFactorDummies:
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
    x, y = result.fixed_matrix(), result.design.columns[-1][:]
    root = result.design.root_weights[:, None]
    both = np.column_stack([x, y])
    both = (both - both.mean(axis=0)) * root  # the dummies span the constant
    swept, n_dummies = _sweep(both, _indicators(largest, root), [_indicators(g, root) for g in others])
    keep = _independent(swept, both)
    df = result.nobs - n_dummies - len(keep)
    if df < 1:
        raise DesignError(
            f"{result.nobs:,} rows cannot carry {n_dummies:,} dummies and {len(keep):,} coefficients.",
            f"Keep “{largest.name}” random.",
        )
    q, r = np.linalg.qr(swept[:, keep])
    inverse = np.linalg.inv(r)
    residual = swept[:, -1] - q @ (q.T @ swept[:, -1])
    sigma = float(np.sqrt(residual @ residual / df))
    slopes = inverse @ (q.T @ swept[:, -1])
    frame = pd.DataFrame({"term": result.names, "estimate": np.nan, "se": np.nan, "df": float(df)})
    frame.loc[keep, "estimate"] = slopes
    frame.loc[keep, "se"] = sigma * np.sqrt((inverse**2).sum(axis=1))
    sentence = (
        f"With every level of {_listed(result.groupings)} as a fixed effect, {n_dummies:,} of them take the place of the random "
        f"effects and {df:,} degrees of freedom are left. The intercepts are not pooled, each slope is one for "
        "all; nothing is said of levels not in the table."
    )
    listed = _levels(result.groupings, x[:, keep], y - x[:, keep] @ slopes, inverse @ inverse.T, sigma, root)
    fitted = result.design.response - residual / root[:, 0]
    apart = float(np.sqrt(np.mean((fitted - result.fittedvalues) ** 2)))
    sigma *= float(np.sqrt(result.moments.mean_weight))
    return AllFactorDummies(frame, sigma, df, n_dummies + len(keep), fitted, listed, apart, sentence)


def _levels(
    groupings: tuple[Grouping, ...], x: Array, left: Array, spread: Array, sigma: float, root: Array
) -> pd.DataFrame:
    """The effects of the levels: least squares of what the slopes leave, whose own covariance is sigma^2 ``spread``."""
    columns = ["factor", "level", "estimate", "se", "deviation", "se_deviation"]
    if sum(len(g.levels) for g in groupings) > MAX_LISTED:
        return pd.DataFrame(columns=columns)
    dummies = sparse.hstack([sparse.csr_array(root), *(_indicators(g, root)[:, 1:] for g in groupings)], format="csr")
    x, left = x * root, left * root[:, 0]
    gram = (dummies.T @ dummies).toarray()
    known = np.delete(np.arange(len(gram)), [k for k, _ in dependent(gram)])
    inverse = np.linalg.inv(gram[np.ix_(known, known)])
    of_slopes = inverse @ (dummies.T @ x)[known]
    effects, covariance = np.full(len(gram), np.nan), np.full(gram.shape, np.nan)
    effects[known] = inverse @ (dummies.T @ left)[known]
    covariance[np.ix_(known, known)] = sigma**2 * (inverse + of_slopes @ spread @ of_slopes.T)

    # rows of `first` give the differences from the first levels, rows of `mean` those from the means of all levels
    first, mean = [np.eye(1, len(gram))], [np.eye(1, len(gram))]
    names, at = [("", "")], 1
    for grouping in groupings:
        own = np.zeros((len(grouping.levels), len(gram)))
        own[1:, at : at + len(own) - 1] = np.eye(len(own) - 1)
        first.append(own)
        mean.append(own - own.mean(axis=0))
        mean[0] = mean[0] + own.mean(axis=0)
        names += [(grouping.name, label) for label in grouping.labels]
        at += len(own) - 1
    result = pd.DataFrame(names, columns=columns[:2])
    for rows, (estimate, se) in ((first, columns[2:4]), (mean, columns[4:])):
        matrix = np.concatenate(rows)
        lost = (matrix[:, np.isnan(effects)] != 0).any(axis=1)
        values = matrix[:, known] @ effects[known]
        variance = np.einsum("ia,ab,ib->i", matrix[:, known], covariance[np.ix_(known, known)], matrix[:, known])
        result[estimate] = np.where(lost, np.nan, values)
        result[se] = np.where(lost, np.nan, np.sqrt(np.maximum(variance, 0.0)))
    return result


def _sweep(both: Array, largest: sparse.csr_array, others: list[sparse.csr_array]) -> tuple[Array, int]:
    """The columns with what the dummies explain taken out, and the number of dummies that are not redundant."""
    counts = largest.power(2).sum(axis=0)

    def about_means(values: Array) -> Array:
        return values - largest @ ((largest.T @ values) / counts[:, None])

    result = about_means(both)
    if not others:
        return result, len(counts)
    dummies = sparse.hstack(others, format="csr")
    cells = (largest.T @ dummies).tocsr()
    spread = (dummies.T @ dummies - cells.T @ sparse.diags_array(1 / counts) @ cells).toarray()
    size = np.sqrt(dummies.power(2).sum(axis=0))
    values, vectors = np.linalg.eigh(spread / np.outer(size, size))
    # an eigenvalue is 0 for each set of levels that meets no other, and for each factor nested in the largest
    known = values > ABSORBED
    root = vectors[:, known] / np.sqrt(values[known]) / size[:, None]
    effects = root @ (root.T @ (dummies.T @ result))
    return result - about_means(dummies @ effects), len(counts) + int(known.sum())


def _independent(swept: Array, both: Array) -> list[int]:
    """The fixed columns that the dummies, and the columns before them, do not explain."""
    p = swept.shape[1] - 1
    left, total = (swept**2).sum(axis=0)[:p], (both**2).sum(axis=0)[:p]
    varying = np.flatnonzero(left > ABSORBED * total)
    gram = swept[:, varying].T @ swept[:, varying]
    dropped = [k for k, _ in dependent(gram)]
    return [int(k) for k in np.delete(varying, dropped)]


def _indicators(grouping: Grouping, root: Array) -> sparse.csr_array:
    """The dummies of a factor's levels, each row times the root of its weight, (n, 1)."""
    n = len(grouping.codes)
    return sparse.csr_array(
        (root[:, 0], np.asarray(grouping.codes, dtype=np.int32), np.arange(n + 1)), shape=(n, len(grouping.levels))
    )


def _listed(groupings: tuple[Grouping, ...] | list[Grouping]) -> str:
    return " and ".join(f"“{g.name}”" for g in groupings)
