"""Satterthwaite's and Kenward and Roger's methods for generalized least squares.

The residuals' covariance takes the place of the random effects' and the residual variance: Satterthwaite's method takes the observed
information of its parameters, by differences of the gradient. Kenward and Roger (1997) need the covariance's derivatives; where it is
linear in its parameters (compound symmetry, unstructured) second derivatives are 0, and the adjustment is that of pbkrtest.
"""

from __future__ import annotations

import numpy as np

from ..arrays import Array
from ..errors import DesignError
from ..fit.residual.compound import CompoundSymmetry
from ..fit.residual.criterion import Problem, Solution
from ..fit.residual.gls import GLSFit
from ..fit.residual.scoring import information
from ..fit.residual.search import STEP, hessian
from ..fit.residual.unstructured import Unstructured
from .kenward_roger import KenwardRoger, refuse_ml
from .satterthwaite import Satterthwaite
from .small_sample import inverse


def satterthwaite_of_structure(fit: GLSFit) -> Satterthwaite:
    """Hessian and slopes of the coefficients' covariance in the residuals' parameters.

    A parameter at a bound counts as known.
    """
    problem, solution, s2 = fit.problem, fit.solution, fit.scale**2
    free = [k for k in range(len(solution.parameters)) if k not in fit.optimum.bound]
    if isinstance(fit.structure, Unstructured) and isinstance(problem, Problem):
        observed = information(problem, solution).observed
        slopes = _slopes_of_inverse(problem, solution)
        return Satterthwaite(fit.beta, fit.to_units, s2 * solution.inverse, s2 * slopes, 2 * inverse(observed))
    m, p, at = len(free), len(solution.beta), solution.parameters
    wide, slopes = np.empty((m + 1, m + 1)), np.empty((m + 1, p, p))
    wide[:m, :m] = hessian(problem, at)[np.ix_(free, free)]
    # the residual variance was profiled out; put its row and column back
    wide[m, m] = problem.df / solution.variance**2
    for i, k in enumerate(free):
        step = STEP * max(1.0, abs(at[k])) * np.eye(len(at))[k]
        up, down = problem.solve(at + step), problem.solve(at - step)
        wide[m, i] = wide[i, m] = (down.rss - up.rss) / (2 * step[k] * solution.variance**2)
        slopes[i] = solution.variance * (up.inverse - down.inverse) / (2 * step[k])
    wide[:m, :m] += np.outer(wide[:m, m], wide[:m, m]) / wide[m, m]
    slopes[m] = solution.inverse
    vcov = solution.variance * solution.inverse
    return Satterthwaite(fit.beta, fit.to_units, s2 * vcov, s2 * slopes, 2 * inverse(wide))


def _slopes_of_inverse(problem: Problem, solution: Solution) -> Array:
    """Derivatives of ``(X'R^-1 X)^-1`` in the parameters, (m, p, p)."""
    first = np.tensordot(solution.weighting.slopes, problem.structure.tables, axes=1)[:, : problem.p, : problem.p]
    return -solution.inverse @ first @ solution.inverse


def kenward_roger_of_structure(fit: GLSFit) -> KenwardRoger:
    """Adjust the covariance of the coefficients for the residuals' covariance having been estimated.

    The covariance's parameters are taken to be as uncertain as the observed information says, SAS PROC MIXED's and mmrm's way;
    the paper and pbkrtest take the expected one.

    Raises
    ------
    DesignError
        For a fit by maximum likelihood, and for structures whose covariance is not linear in its parameters.
    """
    refuse_ml(fit.reml)
    problem, solution, p = fit.problem, fit.solution, fit.problem.p
    phi = solution.variance * solution.inverse
    if isinstance(fit.structure, Unstructured) and isinstance(problem, Problem):
        first = -np.tensordot(solution.weighting.slopes, fit.structure.tables, axes=1)[:, :p, :p]
        covariance = 2 * inverse(information(problem, solution).observed)
        precisions = fit.structure.precisions(fit.structure.theta(solution.parameters))
        assert precisions is not None
        paired = fit.structure.weighted(precisions[0], covariance)[:p, :p]
    elif isinstance(fit.structure, CompoundSymmetry):
        first, second, own = _compound_pieces(fit.structure, solution)
        covariance = 2 * inverse(_compound_hessian(solution, first, second, own))
        first, paired = first[:, :p, :p], np.tensordot(covariance, second, axes=2)[:p, :p]
    else:
        raise DesignError(
            "Kenward and Roger's method is given for cs() and us(), and for ar1() and car1() at few times, each with one variance.",
            "Use Satterthwaite's degrees of freedom.",
        )
    excess = paired - np.einsum("rs,rab,bc,scd->ad", covariance, first, phi, first, optimize=True)
    slopes, s2 = phi @ first @ phi, fit.scale**2
    return KenwardRoger(fit.beta, fit.to_units, s2 * phi, s2 * slopes, covariance, s2 * (phi + 2 * phi @ excess @ phi))


def _compound_pieces(structure: CompoundSymmetry, solution: Solution) -> tuple[Array, Array, Array]:
    """``W'V^-1 D_i V^-1 W``, ``W'V^-1 D_i V^-1 D_j V^-1 W`` and ``tr(V^-1 D_i V^-1 D_j)`` of ``V = v_1 I + v_2 J``.

    V has the eigenvalue 1/a within groups and 1/b of the means of groups of n; J has 0 and n.
    """
    r, sums = structure.rho(solution.parameters), structure.sums
    n, groups = sums.size, sums.groups
    a, b = 1 / (solution.variance * (1 - r)), 1 / (solution.variance * (1 + (n - 1) * r))
    one, many = np.array([a, *b]), np.array([0.0, *n])  # along the tables: within, then means of each size
    first = np.array([np.tensordot(one**2 * many**k, structure.tables, axes=1) for k in (0, 1)])
    second = np.array(
        [[np.tensordot(one**3 * many ** (i + k), structure.tables, axes=1) for k in (0, 1)] for i in (0, 1)]
    )
    own = np.array([[float(groups @ (n ** (i + k) * b**2)) for k in (0, 1)] for i in (0, 1)])
    own[0, 0] += float(groups @ (n - 1)) * a**2
    return first, second, own


def _compound_hessian(solution: Solution, first: Array, second: Array, own: Array) -> Array:
    """Hessian of the restricted likelihood in ``v_1, v_2``."""
    p = len(solution.beta)
    phi, direction = solution.variance * solution.inverse, solution.direction
    along, spread = first[:, :p] @ direction, first[:, :p, :p] @ phi
    fixed = 2 * np.einsum("ab,rsba->rs", phi, second[..., :p, :p]) - np.einsum("rab,sba->rs", spread, spread)
    return 2 * (np.einsum("a,rsab,b->rs", direction, second, direction) - along @ phi @ along.T) - own + fixed
