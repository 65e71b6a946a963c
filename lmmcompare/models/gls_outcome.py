"""The status of a fit with correlated or unequal residuals, and the warnings that follow from it."""

from __future__ import annotations

from typing import Literal

import numpy as np

from ..arrays import Array
from ..fit.residual.compound import OneCorrelation
from ..fit.residual.gls import GLSFit
from ..fit.residual.scoring import NEARLY, SINGULAR, smallest
from ..fit.residual.serial import Serial
from ..fit.residual.structure_protocol import Structure
from ..fit.residual.unstructured import Unstructured
from ..text import numbers

Outcome = Literal["converged", "boundary", "singular", "not identified", "not converged"]
NEAR = 1e-3
"""A correlation this near to its lower bound, in shares of its range, lies at it for all that can be said."""
WIDE = 6.0
"""A level whose residual SD is below another's by a factor of 400 has no variance left."""


def outcome_of(fit: GLSFit, log_ratios: Array) -> Outcome:
    """The status of the optimisation, as `GLSResult.outcome` has it; ``log_ratios`` are logs of the levels' relative SDs."""
    structure, optimum = fit.structure, fit.optimum
    if isinstance(structure, Unstructured):
        left = smallest(structure, optimum.solution)
        if left < (10 * SINGULAR if optimum.converged else NEARLY):
            return "singular"
    if optimum.bound or _is_near_bound(structure, fit.solution.parameters) or np.ptp(log_ratios) > WIDE:
        return "boundary"
    if optimum.flat:
        return "not identified"
    return "converged" if optimum.converged else "not converged"


def _is_near_bound(structure: Structure, parameters: Array) -> bool:
    if not isinstance(structure, OneCorrelation):
        return False
    low = structure.lowest
    return structure.rho(parameters) - low < NEAR * (1 - low)


def outcome_notes(fit: GLSFit, outcome: Outcome) -> list[str]:
    """Warnings about a fit, as sentences."""
    notes, structure = [], fit.structure
    if isinstance(structure, OneCorrelation):
        notes += _largest_group_notes(structure, outcome, reml=fit.reml)
    match outcome:
        case "boundary" if isinstance(structure, Serial):
            ends = (
                "no correlation at all"
                if structure.clock == "continuous"
                else "a perfect correlation, or no variance left"
            )
            notes.append(f"A parameter of the residuals lies at the bound of its range: {ends}.")
        case "singular":
            notes.append(
                "The covariance between visits tends to a singular matrix: some combination of visits has no variance left, and "
                "tests rest on nothing. Choose ar1() or cs(), or join visits."
            )
        case "not identified":
            notes.append("Many values of the residuals’ parameters fit equally well: the data do not determine them.")
        case "not converged":
            notes.append("The search for the best value did not end; take a simpler structure.")
    if fit.optimum.others:
        notes.append("The likelihood has a second, lower peak; the higher one is given.")
    return notes


def _largest_group_notes(structure: OneCorrelation, outcome: Outcome, *, reml: bool) -> list[str]:
    """What a single largest group does to an equal correlation of all rows of a group, whose lower bound depends on its size."""
    notes, size = [], structure.sums.size
    alone = len(size) > 1 and structure.sums.groups[-1] == 1
    if outcome == "boundary":
        notes.append(
            f"The correlation lies at the bound of its range ({numbers.number(structure.lowest, 3)} for groups of {size[-1]:.0f})"
            + (f": the largest group (n = {size[-1]:.0f}) alone decides it." if alone else ".")
        )
    if alone and not reml:
        end = (
            "there is no best value away from it either, and what is given is where the search ended. Use REML."
            if outcome == "boundary"
            else "what is given is the best value away from the bound. REML is safer here."
        )
        notes.append(
            "Under maximum likelihood the likelihood grows without end near that bound, because one group alone "
            f"(n = {size[-1]:.0f}) is the largest; {end}"
        )
    return notes
