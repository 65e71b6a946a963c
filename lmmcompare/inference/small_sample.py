"""The common part of Satterthwaite's and Kenward and Roger's methods: contrasts, their variances and degrees of freedom.

Both take the variance of a contrast, v, for a function of the variance parameters, with gradient g. With A the
parameters' asymptotic covariance, v has variance ``g'Ag``, and a chi-square's has ``2 v^2 / df``, whence the degrees of
freedom. They differ in A (from the observed or the expected information) and in how several contrasts are put together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc, fdtrc

from ..arrays import Array

REDUNDANT = float(np.sqrt(np.finfo(float).eps))
"""A direction of a hypothesis whose share of the largest variance is below this is a combination of the others."""


@dataclass(frozen=True)
class FTest:
    """A test that one or more contrasts of the coefficients are all 0.

    Parameters
    ----------
    statistic : float
        F.
    num_df, den_df : float
        Independent contrasts; denominator degrees of freedom.
    scaling : float
        F is the mean of the squared t statistics of independent directions times this.
    """

    statistic: float
    num_df: float
    den_df: float
    scaling: float = 1.0

    @property
    def p(self) -> float:
        """The p value."""
        if np.isinf(self.den_df):
            return float(chdtrc(self.num_df, self.num_df * self.statistic))
        return float(fdtrc(self.num_df, self.den_df, self.statistic))


@dataclass(frozen=True, eq=False)
class SmallSample:
    """How the covariance of the coefficients depends on the variance parameters.

    The matrices are for centred and scaled columns, where no digits are lost to large offsets.

    Parameters
    ----------
    beta : (p,) array
        The coefficients, in the columns' units.
    to_units : (p, p) array
        ``contrast @ to_units`` is a contrast in centred and scaled columns.
    vcov : (p, p) array
        Covariance matrix of the coefficients.
    slopes : (m, p, p) array
        Its derivative in each variance parameter.
    spread : (m, m) array
        Asymptotic covariance of the variance parameters.
    """

    beta: Array
    to_units: Array
    vcov: Array
    slopes: Array
    spread: Array

    def df(self, contrasts: Array | None = None) -> Array:
        """Degrees of freedom of the t statistics of contrasts.

        Parameters
        ----------
        contrasts : (c, p) array, optional
            In the columns' units; each coefficient by itself when left out.

        Returns
        -------
        (c,) array
            Infinite where the variance parameters do not matter for the contrast.
        """
        rows = self.to_units if contrasts is None else np.atleast_2d(contrasts) @ self.to_units
        variance = np.einsum("ca,ab,cb->c", rows, self.vcov, rows)
        slopes = np.einsum("ca,mab,cb->cm", rows, self.slopes, rows)
        relative = slopes / variance[:, None]  # before anything is squared: units may be far from 1
        noise = np.einsum("cm,mn,cn->c", relative, self.spread, relative)
        return np.divide(2.0, noise, out=np.full(len(rows), np.inf), where=noise > 0)

    def directions(self, contrasts: Array) -> tuple[Array, Array, Array]:
        """`directions` of contrasts in the columns' units: the rows, their estimates and their variances."""
        contrasts = np.atleast_2d(contrasts)
        combinations, variances = directions(contrasts @ self.to_units, self.vcov)
        rows = combinations @ contrasts
        return rows, rows @ self.beta, variances


def directions(contrasts: Array, vcov: Array) -> tuple[Array, Array]:
    """Uncorrelated combinations of estimated contrasts, as many as are independent, and their variances.

    They are the eigenvectors of the contrasts' covariance, as in lmerTest. These depend on the contrasts' units; where
    the units lie so far apart that one contrast would be lost, each is taken in units of its standard error.

    Parameters
    ----------
    contrasts : (c, p) array
    vcov : (p, p) array

    Returns
    -------
    combinations : (q, c) array
    variances : (q,) array
    """
    covariance = contrasts @ vcov @ contrasts.T
    size = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    standard = np.divide(1.0, size, out=np.zeros(len(size)), where=size > 0)
    plain, scaled = _eigenvectors(covariance, np.ones(len(size))), _eigenvectors(covariance, standard)
    return plain if len(plain[1]) == len(scaled[1]) else scaled


def _eigenvectors(covariance: Array, unit: Array) -> tuple[Array, Array]:
    values, vectors = np.linalg.eigh(covariance * np.outer(unit, unit))
    keep = values > REDUNDANT * values.max(initial=0.0)
    return vectors[:, keep].T * unit, values[keep]


def wald(beta: Array, vcov: Array, contrasts: Array) -> tuple[float, int]:
    """Wald's chi-square that contrasts are all 0, and its degrees of freedom: the independent ones among them."""
    combinations, variances = directions(contrasts, vcov)
    return float(((combinations @ contrasts @ beta) ** 2 / variances).sum()), len(variances)


def inverse(information: Array, size: Array | None = None, unknown: float = 1e-8) -> Array:
    """The inverse of an information matrix, without the directions in which the data have no information.

    Parameters
    ----------
    information : (m, m) array
    size : (m,) array, optional
        The square root of what each parameter's information would be if nothing else had to be estimated; of its own
        diagonal when left out.
    unknown : float
        Directions that keep less than this share of it are left out: they are rounding.
    """
    size = np.sqrt(np.abs(np.diag(information))) if size is None else size
    size = np.where(size > 0, size, np.inf)  # of a parameter without information all is rounding, also beside others
    values, vectors = np.linalg.eigh(information / np.outer(size, size))
    known = values > unknown
    root = vectors[:, known] / np.sqrt(values[known]) / size[:, None]
    return root @ root.T
