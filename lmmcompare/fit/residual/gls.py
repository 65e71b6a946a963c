"""Generalized least squares: the fit of a structure, in the user's units."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from ...arrays import Array
from ...moments.groups import Moments
from ..bases import CONSTANT, Basis
from .criterion import Problem, Solution
from .mixed import MixedProblem, optimise_mixed
from .scoring import optimise_covariance
from .search import Optimum, optimise
from .structure_protocol import Structure
from .unstructured import Unstructured


@dataclass(frozen=True, eq=False)
class GLSFit:
    """A generalized least squares fit, in the columns' units.

    Parameters
    ----------
    beta, vcov : (p,), (p, p) arrays
    sigma2 : float
        Residual variance, of the first level or visit where there are several.
    loglik : float
        Maximised log-likelihood, restricted under REML.
    to_units : (p, p) array
        ``contrast @ to_units`` is a contrast in centred and scaled columns.
    scale : float
        The outcome's unit in those.
    """

    beta: Array
    vcov: Array
    sigma2: float
    loglik: float
    to_units: Array
    scale: float
    problem: Problem | MixedProblem
    optimum: Optimum

    @property
    def structure(self) -> Structure:
        """The family of the residuals' covariances."""
        return self.problem.structure

    @property
    def solution(self) -> Solution:
        """The optimum, in centred and scaled columns."""
        return self.optimum.solution

    @property
    def reml(self) -> bool:
        """Whether the fit is by REML."""
        return self.problem.reml

    @property
    def row_variance(self) -> float:
        """Residual variance: there are no prior weights here."""
        return self.sigma2

    @property
    def n_parameters(self) -> int:
        """Coefficients and all parameters of the residuals' covariance."""
        return len(self.beta) + len(self.solution.parameters) + self.structure.scaled

    @cached_property
    def covariance(self) -> Array:
        """The covariance between visits, (k, k), of an unstructured fit."""
        assert isinstance(self.structure, Unstructured)
        return self.scale**2 * self.structure.covariance(self.solution.parameters)


def fit_gls(moments: Moments, whole: Basis, structure: Structure, *, reml: bool) -> GLSFit:
    """Fit by REML or ML.

    Parameters
    ----------
    moments : Moments
        Whose centres and scales the structure's sums are in.
    whole : Basis
        The columns of the sums, the outcome last.
    """
    return best(moments, whole, Problem(structure, moments.n_rows, reml))


def best(moments: Moments, whole: Basis, problem: Problem | MixedProblem) -> GLSFit:
    """The fit that is best by a problem's criterion."""
    if isinstance(problem, MixedProblem):
        return in_units(moments, whole, problem, optimise_mixed(problem))
    if isinstance(problem.structure, Unstructured):
        return in_units(moments, whole, *optimise_covariance(problem))
    return in_units(moments, whole, problem, optimise(problem))


def in_units(moments: Moments, whole: Basis, problem: Problem | MixedProblem, optimum: Optimum) -> GLSFit:
    """Undo the centring and scaling."""
    solution, p, scale = optimum.solution, problem.p, float(moments.scale[-1])
    units = whole.to_units[:p, :p]
    beta = scale * units @ solution.beta
    if (whole.columns == CONSTANT).any():
        beta[whole.columns[:p] == CONSTANT] += moments.center[-1]
    structure = problem.structure
    first = structure.of_differences(solution.parameters)[0, 0] if isinstance(structure, Unstructured) else 1.0
    variance = solution.variance * float(first)
    relative = solution.variance * scale**2
    criterion = solution.criterion + 2 * problem.df * np.log(scale)
    if problem.reml:
        criterion -= 2 * np.linalg.slogdet(units)[1]
    return GLSFit(
        beta,
        relative * units @ solution.inverse @ units.T,
        variance * scale**2,
        -0.5 * float(criterion),
        units,
        scale,
        problem,
        optimum,
    )


def by_ml(fit: GLSFit, moments: Moments, whole: Basis) -> GLSFit:
    """The same model by maximum likelihood."""
    return best(moments, whole, replace(fit.problem, reml=False))
