"""Cluster-robust standard errors of least squares from group moments: CR0 to CR3 with Satterthwaite degrees of freedom.

Bell and McCaffrey (2002), Bias reduction in standard errors for linear regression with multi-stage samples, Survey
Methodology 28(2); Pustejovsky and Tipton (2018), Small-sample methods for cluster-robust variance estimation, J. Bus.
Econ. Stat. 36(4). The working model is independence with equal variances, as in clubSandwich's default for `lm`. With prior
weights it is the model's own, variances sigma^2 over the weight: rows multiplied by the roots of their weights, of which all this is.
(clubSandwich's CR2 of a weighted `lm` takes the variances of the rows themselves to be equal; CR0, CR1 and CR3 are the same.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np

from ..arrays import Array
from ..errors import DesignError, OptionError
from ..fit.bases import basis, cross, within
from ..moments.groups import Moments
from .small_sample import FTest, directions

Kind = Literal["CR0", "CR1", "CR1S", "CR2", "CR3"]
KINDS: tuple[Kind, ...] = get_args(Kind)
WHOLE = 1e-10
"""What a cluster's leverage leaves of a direction that it alone determines: rounding."""
LOST = 0.2
"""The share of a coefficient’s variance (of independent rows) that may go uncounted: its error is then up to a tenth too small."""


@dataclass(frozen=True, eq=False)
class RobustCovariance:
    """A cluster-robust covariance of least-squares coefficients.

    Parameters
    ----------
    kind : {"CR0", "CR1", "CR1S", "CR2", "CR3"}
    vcov : (p, p) array
        NaN where group dummies absorb a column.
    df : (p,) array
        Satterthwaite degrees of freedom of each coefficient's t statistic; NaN of what `rests_on_one` cluster.
    units : (p, p) array
        The coefficients, in their units, as combinations of those of orthogonal columns.
    spread : (p, p) array
        The covariance of those.
    vectors, values, adjustment : arrays
        Of each cluster's leverage in those columns the eigenvectors (J, p, p) and eigenvalues (J, p), and what the
        residuals along them are multiplied by (J, p).
    """

    kind: Kind
    vcov: Array
    df: Array
    units: Array = field(repr=False)
    spread: Array = field(repr=False)
    vectors: Array = field(repr=False)
    values: Array = field(repr=False)
    adjustment: Array = field(repr=False)

    @property
    def se(self) -> Array:
        """Standard errors, (p,); NaN of what `rests_on_one` cluster."""
        return np.where(np.isnan(self.df), np.nan, np.sqrt(np.maximum(np.diag(self.vcov), 0.0)))

    def df_of(self, contrasts: Array) -> Array:
        """Satterthwaite degrees of freedom of contrasts (c, p) of the coefficients, (c,); NaN of what `rests_on_one` cluster."""
        units = contrasts @ self.units
        return np.where(
            self.rests_on_one(contrasts), np.nan, _satterthwaite(units, self.vectors, self.values, self.adjustment)
        )

    def wald(self, contrasts: Array, beta: Array) -> FTest:
        """The approximate Hotelling test that contrasts (c, p) of the coefficients are all 0 (Pustejovsky and Tipton 2018, "HTZ").

        Wald's statistic is held against Hotelling's T squared, whose degrees of freedom match the variance that the whole robust
        covariance of the contrasts has under the working model. One contrast has its t test, squared. Degrees of freedom by
        the number of clusters ("naive F") are too many: of a covariance of several contrasts few clusters tell less than of a variance.

        Returns
        -------
        FTest
            Its ``den_df`` is not above 0 where the clusters do not tell the covariance of so many contrasts.
        """
        turn, variance = directions(contrasts, self.vcov)
        rows, q = turn @ contrasts, len(turn)
        units = rows @ self.units
        freedom = _hotelling(units, self.vectors, self.values, self.adjustment)
        scaling = (freedom - q + 1) / freedom
        return FTest(scaling * float(((rows @ beta) ** 2 / variance).mean()), q, freedom - q + 1, scaling)

    def rests_on_one(self, contrasts: Array) -> Array:
        """Whether one cluster alone determines a part of contrasts (c, p) of the coefficients, (c,) of bool.

        The residuals along that part are 0 by construction, so a sandwich counts nothing for it: of the one group that has a treatment,
        say, it takes the mean as known (MacKinnon and Webb 2018, Econometrics J. 21).
        """
        return rests_on_one(contrasts @ self.units, self.vectors, self.values)


def cluster_robust(moments: Moments, columns: Sequence[int], kind: Kind, *, dummies: bool = False) -> RobustCovariance:
    """Cluster-robust covariance of the least-squares coefficients of the last column on ``columns``.

    With ``M = (X'X)^-1`` and ``K K' = M``, everything about group j follows from the eigenvalues of the symmetric
    matrix ``K'X_j'X_j K``: the adjustment ``(I - X_j M X_j')^(-1/2)`` acts on its eigenvectors as
    ``(1 - lambda)^(-1/2)``. Group dummies take the group means out of X; the direction that a group's own dummy adds to
    its leverage has no residual left, so it adds nothing.

    Parameters
    ----------
    moments : Moments
        Over the clusters.
    columns : sequence of int
        Not combinations of each other, nor of the dummies.
    kind : {"CR0", "CR1", "CR1S", "CR2", "CR3"}
        The residuals of a cluster as they are; times G/(G - 1) in the variance; times G/(G - 1) (N - 1)/(N - p) (Stata and
        statsmodels; p counts the dummies); made unbiased under the working model; as if each cluster were left out in turn.
    dummies : bool
        Whether there is a dummy for each cluster as well.

    Raises
    ------
    OptionError
        For another kind.
    DesignError
        With fewer than two clusters; for CR3 where one cluster alone determines a coefficient.
    """
    groups = moments.n_groups
    if groups < 2:
        raise DesignError("Cluster-robust standard errors need at least two clusters.", "Name a column of clusters.")
    whole = basis(moments, [*columns, moments.outcome], centred=dummies or -1 in columns)
    p = len(columns)
    products = (within if dummies else cross)(moments, whole, whole)
    return sandwich(products, kind, whole.to_units[:p, :p], moments.scale[-1], moments.n_rows, dummies=dummies)


def sandwich(
    products: Array, kind: Kind, to_units: Array, scale: float, n_rows: int, *, dummies: bool = False
) -> RobustCovariance:
    """`cluster_robust` from each cluster's cross-products of predictors and outcome, of rows that the working model equalises.

    Parameters
    ----------
    products : (p + 1, p + 1, J) array
        In centred and scaled columns, the outcome last.
    kind : {"CR0", "CR1", "CR1S", "CR2", "CR3"}
    to_units : (c, p) array
        From coefficients of those columns to the ones asked for, in the user's units but for the outcome's ``scale``.
    dummies : bool
        Whether there is a dummy for each cluster as well.
    """
    if kind not in KINDS:
        raise OptionError(
            f"There are no cluster-robust standard errors called “{kind}”.", f"Choose one of {', '.join(KINDS)}."
        )
    p, groups = len(products) - 1, products.shape[-1]
    total = products.sum(axis=-1)
    root = np.linalg.inv(np.linalg.cholesky(total[:p, :p])).T
    beta = root @ root.T @ total[:p, p]
    # two products of matrices: einsum with three operands takes each of the p^4 J terms
    left = (root.T @ products[:p, :p].reshape(p, p * groups)).reshape(p, p, groups)
    leverage = (left.transpose(2, 0, 1).reshape(groups * p, p) @ root).reshape(groups, p, p)
    score = root.T @ (products[:p, p] - np.einsum("abj,b->aj", products[:p, :p], beta))
    values, vectors = np.linalg.eigh(leverage)
    if kind in ("CR2", "CR3"):
        adjustment = _by_leverage(values, -0.5 if kind == "CR2" else -1.0)
    else:
        factor = 1.0 if kind == "CR0" else groups / (groups - 1)
        if kind == "CR1S":
            factor *= (n_rows - 1) / (n_rows - p - dummies * groups)
        adjustment = np.full_like(values, np.sqrt(factor))
    rotated = np.einsum("jab,aj->jb", vectors, score) * adjustment
    scores = np.einsum("jab,jb->ja", vectors, rotated)
    units = to_units @ root
    spread = scores.T @ scores * scale**2
    vcov = units @ spread @ units.T
    df = np.where(rests_on_one(units, vectors, values), np.nan, _satterthwaite(units, vectors, values, adjustment))
    return RobustCovariance(kind, vcov, df, units, spread, vectors, values, adjustment)


def _by_leverage(values: Array, power: float) -> Array:
    """``(1 - lambda)^power``, and 0 for what a cluster determines alone: there its residuals are 0."""
    slack = 1 - values
    alone = slack <= WHOLE
    if power == -1.0 and alone.any():
        raise DesignError(
            "CR3 leaves each cluster out in turn, but without one of them a coefficient cannot be estimated.",
            "Choose CR2, or leave out the predictor that varies in one cluster only.",
        )
    return np.where(alone, 0.0, np.maximum(slack, WHOLE) ** power)


def rests_on_one(units: Array, vectors: Array, values: Array) -> Array:
    """Of coefficients in orthogonal columns, whether more than `LOST` of the variance is along what a cluster determines alone.

    Parameters
    ----------
    units : (..., c, p) array
    vectors, values : (..., J, p, p) and (..., J, p) arrays
        Of the clusters' leverages.
    """
    alone = 1 - values <= WHOLE
    if not alone.any():
        return np.zeros(units.shape[:-1], dtype=bool)
    along = (units[..., None, :, :] @ vectors) ** 2 * alone[..., None, :]  # by cluster, coefficient, direction
    return np.asarray(along.sum(axis=-1).max(axis=-2) > LOST * (units**2).sum(axis=-1))


def _satterthwaite(units: Array, vectors: Array, values: Array, adjustment: Array) -> Array:
    """``tr(P)^2 / tr(P P)`` for each coefficient, P the G x G matrix of the estimator's quadratic form.

    P_ij = c'B_i (I - H)_ij B_j'c with B_j = M X_j'A_j, which needs only the leverage matrices:
    ``P = D - U U'`` with D diagonal and U_j = c'K V_j a_j lambda_j V_j' (a row of length p for each group).
    """
    units = units / np.linalg.norm(
        units, axis=1, keepdims=True
    )  # they cancel, but their fourth powers need not be numbers
    loading = (units @ vectors).transpose(1, 0, 2)  # contrasts, groups, p
    diagonal = np.einsum("cjb,jb->cj", loading**2, adjustment**2 * values)
    rows = np.matmul((loading * (adjustment * values)).transpose(1, 0, 2), vectors.transpose(0, 2, 1)).transpose(
        1, 0, 2
    )
    inner = rows.transpose(0, 2, 1) @ rows
    own = np.einsum("cja,cja->cj", rows, rows)
    trace = diagonal.sum(axis=1) - own.sum(axis=1)
    square = (diagonal**2).sum(axis=1) - 2 * (diagonal * own).sum(axis=1) + np.einsum("cab,cba->c", inner, inner)
    with np.errstate(divide="ignore", invalid="ignore"):  # of what rests on one cluster nothing may be left
        return trace**2 / square


def _hotelling(units: Array, vectors: Array, values: Array, adjustment: Array) -> float:
    """Degrees of freedom of the robust covariance V of q contrasts as a Wishart matrix: ``q (q + 1) / sum of Var(V_st)``.

    V is taken in units in which the working model expects the identity. With B_ij the q x q matrices that `_satterthwaite` has as the
    numbers P_ij, ``Var(V_st)`` is the sum over i and j of ``B_ij,ss B_ij,tt + B_ij,st B_ij,ts``; and as ``B_ij`` is ``-R_i R_j'`` but
    for i = j, sums over the pairs of clusters are products of the sums ``R_i,s R_i,t'`` over clusters.
    """

    def parts(units: Array) -> tuple[Array, Array]:
        loading = units @ vectors  # (J, q, p)
        rows = (loading * (adjustment * values)[:, None]) @ vectors.transpose(0, 2, 1)
        return rows, (loading * (adjustment**2 * values)[:, None]) @ loading.transpose(0, 2, 1)

    rows, diagonal = parts(units)
    size, axes = np.linalg.eigh(diagonal.sum(axis=0) - np.einsum("jsa,jta->st", rows, rows))
    rows, diagonal = parts((axes / np.sqrt(size)).T @ units)
    own = rows @ rows.transpose(0, 2, 1)

    def pairs(of: Array) -> float:
        """Sum over clusters and over s and t of ``of_ss of_tt + of_st^2``."""
        return float((np.trace(of, axis1=1, axis2=2) ** 2 + (of**2).sum(axis=(1, 2))).sum())

    products = np.einsum("jsa,jtb->stab", rows, rows, optimize=True)
    total = pairs(diagonal - own) - pairs(own) + float((products**2).sum() + (products * products.swapaxes(2, 3)).sum())
    return len(units) * (len(units) + 1) / total
