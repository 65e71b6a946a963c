"""Fit many replicates of a mixed model with one grouping factor as one array.

Three ways to replicates: new outcomes for one design (`new_outcomes`, `from_outcomes`), groups counted more than once or
left out (`weighted`), and a design of its own for each (`stacked`). All are fitted by `fit_many`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from ..moments import Moments
from .basis import CONSTANT, Basis, basis, cross, within
from .batched import backward, forward, semidefinite, semidefinite_forward
from .criterion import Problem, problem
from .many_criterion import Replicates, lambda_of
from .many_search import Optima, optimise

Array = np.ndarray

ENTRIES = 1 << 16
"""Replicates are fitted in batches of about so many groups: an array of these stays in the processor's cache."""
DEPENDENT = 1e-11
"""Share of a column's sum of squares left over that counts as none (as `basis.dependent` has it)."""
EXACT = 1e-14
"""Share of the outcome's that counts as none."""


@dataclass(frozen=True)
class Units:
    """The way back from centred and scaled columns to the user's units, the same for all replicates.

    Parameters
    ----------
    fixed : Basis
    random : tuple of Basis
        One for each covariance block.
    shift : (p,) array
        What centring the outcome took from the coefficients: its mean, at the intercept.
    scale : float
        The outcome's.
    """

    fixed: Basis
    random: tuple[Basis, ...]
    shift: Array
    scale: float

    @classmethod
    def of(cls, setting: Problem, moments: Moments) -> Units:
        """Those of a problem made from these moments."""
        shift = np.where(setting.fixed.columns == CONSTANT, moments.center[-1], 0.0)
        return cls(setting.fixed, setting.random, shift, float(moments.scale[-1]))


@dataclass(frozen=True)
class ManyFits:
    """Fits of B replicates, in the columns' units; replicates along the first axis.

    Where a replicate's columns are dependent, or nothing of its outcome is left over, everything is NaN.

    Parameters
    ----------
    beta, se : (B, p) arrays
    vcov : (B, p, p) array
    sigma2 : (B,) array
        Residual variances.
    covariances : tuple of (B, s, s) arrays
        Covariance matrix of each block of random coefficients.
    theta : (B, m) array
        Relative covariance factors in the columns' units, in lme4's order.
    criterion : (B,) array
        REML criterion, or deviance under ML.
    singular, converged : (B,) bool arrays
    df_satterthwaite : (B, p) array
        Of each coefficient, as `inference.satterthwaite` has them.
    """

    beta: Array
    se: Array
    vcov: Array
    sigma2: Array
    covariances: tuple[Array, ...]
    theta: Array
    criterion: Array
    singular: Array
    converged: Array
    df_satterthwaite: Array

    def __len__(self) -> int:
        return len(self.beta)


def fit_many(replicates: Replicates, units: Units, start: Array | None = None) -> ManyFits:
    """Fit replicates by REML or ML.

    Parameters
    ----------
    replicates : Replicates
    units : Units
    start : (m,) array, optional
        Theta to start all from, in centred and scaled columns; an EM step from the identity when left out.
    """
    step = batch_size(replicates.seen_y.shape[-1])
    return joined([_fit(replicates.take(slice(a, a + step)), units, start) for a in range(0, replicates.size, step)])


def batch_size(n_groups: int) -> int:
    """How many replicates of so many groups are best fitted at once."""
    return max(1, ENTRIES // n_groups)


def joined(parts: Sequence[ManyFits]) -> ManyFits:
    """The fits of several batches as one."""

    def one(name: str) -> Array | tuple[Array, ...]:
        found = [getattr(part, name) for part in parts]
        if isinstance(found[0], tuple):
            return tuple(np.concatenate(blocks) for blocks in zip(*found, strict=True))
        return np.concatenate(found)

    return ManyFits(**{f.name: one(f.name) for f in fields(ManyFits)})
