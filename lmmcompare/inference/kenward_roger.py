"""Kenward and Roger's adjusted covariance of the mixed model's coefficients, their degrees of freedom and F tests.

Kenward and Roger (1997), Small sample inference for fixed effects from restricted maximum likelihood, Biometrics 53;
Halekoh and Hojsgaard (2014), the pbkrtest package, J. Stat. Softw. 59(9), whose numbers these are. The outcome's
covariance is linear in the variance parameters: the residual variance and the distinct entries of the random
coefficients' covariance matrices, with derivatives I and ``G_r = Z (I x E_r) Z'``. Everything follows from ``Z'H^-1 Z`` and
``Z'H^-1 X``, and since nothing depends on which parameters span the same covariances, the direction of I is replaced by
that of H itself: along it all coefficients' variances grow alike, and no correction is needed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from ..errors import DesignError, TooLargeError
from ..fit.criterion import Solution
from ..fit.mixed import MixedFit
from ..moments.groups import MAX_BYTES
from ..work.interruption import check
from .small_sample import FTest, SmallSample, inverse


@dataclass(frozen=True, eq=False)
class KenwardRoger(SmallSample):
    """Kenward and Roger's method for one fit: computed once, then applied to any hypothesis.

    Parameters
    ----------
    adjusted : (p, p) array
        Adjusted covariance matrix of the coefficients, in centred and scaled columns.
    """

    adjusted: Array

    def se(self, contrasts: Array | None = None) -> Array:
        """Adjusted standard errors of contrasts (c, p) in the columns' units; of each coefficient when left out."""
        rows = self.to_units if contrasts is None else np.atleast_2d(contrasts) @ self.to_units
        return np.sqrt(np.einsum("ca,ab,cb->c", rows, self.adjusted, rows))

    def f_test(self, contrasts: Array) -> FTest:
        """F test that contrasts (c, p), in the columns' units, are all 0; F is scaled (1997, section 4)."""
        rows, estimates, variances = self.directions(contrasts)
        q = len(rows)
        if not q:
            return FTest(np.nan, 0, np.nan)
        within = rows @ self.to_units / np.sqrt(variances)[:, None]
        slopes = np.einsum("ia,mab,jb->mij", within, self.slopes, within)
        traces = np.einsum("mii->m", slopes)
        a1 = float(traces @ self.spread @ traces)
        a2 = float(np.einsum("mn,mij,nji->", self.spread, slopes, slopes))
        den_df, scaling = scaled_f(q, a1, a2)
        covariance = within @ self.adjusted @ within.T
        standard = estimates / np.sqrt(variances)
        return FTest(scaling * float(standard @ np.linalg.solve(covariance, standard)) / q, q, den_df, scaling)


def refuse_ml(reml: bool) -> None:
    """Raise for a fit by maximum likelihood."""
    if not reml:
        raise DesignError(
            "Kenward and Roger's method is for fits by REML, and this one is by maximum likelihood.", "Fit by REML."
        )


def scaled_f(q: int, a1: float, a2: float) -> tuple[float, float]:
    """Denominator degrees of freedom and scaling of F, matched to its approximate mean and variance.

    Kenward and Roger (1997), section 4, in the form of Halekoh and Hojsgaard (2014), section 3.

    Parameters
    ----------
    q : int
        Numerator degrees of freedom.
    a1, a2 : float
        Their A1 and A2.

    Returns
    -------
    den_df, scaling : float
        NaN where the variance parameters are estimated so imprecisely that one of the two would be negative.
    """
    if q == 1:
        return 2 / a2, 1.0
    b = np.float64(a1 + 6 * a2) / (2 * q)
    g = ((q + 1) * a1 - (q + 4) * a2) / ((q + 2) * a2)
    c1, c2, c3 = (c / (3 * q + 2 * (1 - g)) for c in (g, q - g, q + 2 - g))
    v0, v1, v2 = 1 + c1 * b, 1 - c2 * b, 1 - c3 * b
    mean = 1 - a2 / q
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = 1.0 if max(abs(mean), abs(v1)) < 1e-14 else mean / v1
        den_df = float(4 + (q + 2) / (ratio**2 * v0 / v2 - 1))
    scaling = 1.0 if abs(den_df - 2) < 1e-2 else den_df * mean / (den_df - 2)
    return (den_df, scaling) if min(den_df, scaling) > 0 else (np.nan, np.nan)


def kenward_roger(fit: MixedFit) -> KenwardRoger:
    """Adjust the covariance of the coefficients for the estimation of the variance parameters.

    Variance parameters on the boundary (a variance of 0, a correlation of 1) are treated like those in the interior, as in
    pbkrtest; directions in which the data have no information, judged in standardised units, are left out.

    Raises
    ------
    DesignError
        For a fit by maximum likelihood, and for covariance structures that are not linear in their parameters.
    TooLargeError
        With several grouping factors, when their coefficients' matrix would take too much memory.
    """
    refuse_ml(fit.reml)
    problem, solution = fit.problem, fit.optimum.solution
    if not problem.theta_map.linear:
        raise DesignError(
            "Kenward and Roger's method as it is here is for covariances that are linear in their parameters; those of ar1(), and of "
            "cs() with different standard deviations, are not.",
            "Use Satterthwaite's degrees of freedom.",
        )
    result = pieces(solution)
    phi = np.linalg.inv(solution.xx)
    spread = phi @ result.first
    covariance = parameter_covariance(solution, result, phi)
    own = covariance[:-1, :-1]
    excess = np.tensordot(own, result.second, axes=2) - np.einsum("rs,rab,sbc->ac", own, result.first, spread)
    slopes = np.concatenate([spread @ phi, phi[None]])
    return KenwardRoger(
        fit.beta,
        problem.fixed.to_units,
        fit.row_variance * phi,
        fit.row_variance * slopes,
        covariance,
        fit.row_variance * (phi + 2 * phi @ excess @ phi),
    )


def parameter_covariance(solution: Solution, result: Pieces, phi: Array) -> Array:
    """Asymptotic covariance of the relative variance parameters, those of the random coefficients and along H, from REML's information.

    Parameters
    ----------
    phi : (p, p) array
        ``(X'H^-1 X)^-1``.
    """
    spread = phi @ result.first
    information = np.empty((len(spread) + 1, len(spread) + 1))
    information[:-1, :-1] = result.overlap + np.einsum("rab,sba->rs", spread, spread)
    information[:-1, :-1] -= 2 * np.einsum("ab,rsba->rs", phi, result.second)
    information[-1, :-1] = information[:-1, -1] = result.trace - np.einsum("raa->r", spread)
    information[-1, -1] = solution.problem.n - solution.problem.p
    size = np.sqrt([*np.diag(result.overlap), solution.problem.n])
    return 2 * inverse(information, size, 1e-10)


@dataclass(frozen=True, eq=False)
class Pieces:
    """Sums over rows that the method is computed from; ``E_r`` are the directions of the random coefficients' covariance.

    Parameters
    ----------
    first : (m, p, p) array
        ``X'H^-1 G_r H^-1 X``.
    second : (m, m, p, p) array
        ``X'H^-1 G_r H^-1 G_s H^-1 X``.
    trace : (m,) array
        ``tr(H^-1 G_r)``.
    overlap : (m, m) array
        ``tr(H^-1 G_r H^-1 G_s)``.
    """

    first: Array
    second: Array
    trace: Array
    overlap: Array


def pieces(solution: Solution) -> Pieces:
    """From ``Z'H^-1 Z`` and ``Z'H^-1 X``, random coefficient by random coefficient."""
    problem = solution.problem
    parts, p, unit = problem.factor_rows, problem.p, problem.theta_map.directions()
    m = len(unit)
    z_x, z_z = of_one_factor(solution) if len(parts) == 1 else _several_factors(solution)
    first, second, trace, overlap = np.zeros((m, p, p)), np.zeros((m, p, p, m)), np.zeros(m), np.zeros((m, m))
    for f, rows in enumerate(parts):
        check()
        own, left = unit[:, rows, rows], z_x[f]
        first += np.einsum("rab,apbq->rpq", own, np.tensordot(left, left, axes=([2], [2])))
        total = z_z(f, f)
        trace += np.einsum("rab,ab->r", own, total.sum(axis=-1) if total.ndim == 3 else np.einsum("abjj->ab", total))
        for g, others in enumerate(parts):
            other, right, block = unit[:, others, others], z_x[g], z_z(f, g)
            flat = block.reshape(len(left) * len(right), -1)
            products = (flat @ flat.T).reshape(len(left), len(right), len(left), len(right))
            overlap += np.einsum("rab,scd,bcad->rs", own, other, products)
            for b, c in np.ndindex(len(left), len(right)):
                check()
                weighted = left * block[b, c] if block.ndim == 3 else left @ block[b, c]
                pair = np.tensordot(weighted, right, axes=([2], [2]))
                second += np.tensordot(np.tensordot(own[:, :, b], pair, axes=1), other[:, c], axes=([2], [1]))
    return Pieces(first, second.transpose(0, 3, 1, 2), trace, overlap)


Blocks = Callable[[int, int], Array]


def of_one_factor(solution: Solution) -> tuple[list[Array], Blocks]:
    """``Z'H^-1 X`` as (k, p, J), and ``Z'H^-1 Z``, which joins no two groups, as (k, k, J)."""
    z_x = np.einsum("iaj,ipj->apj", solution.half_z, solution.half_w[:, :-1])
    z_z = np.einsum("iaj,ibj->abj", solution.half_z, solution.half_z)
    return [z_x], lambda f, g: z_z


def _several_factors(solution: Solution) -> tuple[list[Array], Blocks]:
    """``Z'H^-1 X`` of each factor as (k, p, J), and ``Z'H^-1 Z`` of two factors as (k, k', J, J')."""
    problem = solution.problem
    sizes = [(rows.stop - rows.start, n) for rows, n in zip(problem.factor_rows, problem.levels, strict=True)]
    ends = np.cumsum([k * n for k, n in sizes])
    needed = 3 * 8 * int(ends[-1]) ** 2
    if needed > MAX_BYTES:
        raise TooLargeError(
            f"Kenward and Roger's method takes {needed / 1e9:.1f} GB for {ends[-1]:,} random coefficients of crossed or "
            f"nested factors; {MAX_BYTES / 1e9:.0f} GB are allowed.",
            "Use Satterthwaite's degrees of freedom.",
        )
    places = [slice(end - k * n, end) for end, (k, n) in zip(ends, sizes, strict=True)]
    z_x, z_z = solution.z_h_x(), solution.z_h_z()

    def block(f: int, g: int) -> Array:
        return z_z[places[f], places[g]].reshape(*sizes[f], *sizes[g]).transpose(0, 2, 1, 3)

    by_factor = [z_x[at].reshape(*size, -1).transpose(0, 2, 1) for at, size in zip(places, sizes, strict=True)]
    return by_factor, block
