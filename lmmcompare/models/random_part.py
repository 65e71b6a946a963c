"""What a mixed model says of its random part: covariances, random effects, shares of the variance, and what is not identified."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy.linalg import block_diag

from ..arrays import Array
from ..design.grouping import Grouping
from ..design.terms import RandomBlock
from ..errors import OptionError
from ..fit.bases import overall, spans_groups
from ..fit.mixed import MixedFit
from ..fit.unbounded import residual_vanishes
from ..inference.kenward_roger import KenwardRoger, kenward_roger
from ..inference.satterthwaite import Satterthwaite
from ..moments.crossed import Crossing
from .random_structures import confounded
from .result import names_index
from .small_sample import SmallSampleResult


@dataclass(frozen=True, repr=False)
class RandomPartResult(SmallSampleResult):
    """A fitted mixed model, but for its predictions."""

    fit: MixedFit
    blocks: tuple[RandomBlock, ...]
    """The covariance blocks, grouping factor by grouping factor."""
    groupings: tuple[Grouping, ...]
    """The grouping factors, the one with the most levels first."""
    crossing: Crossing
    """The moments over the levels of each of them, and of the cells in which they meet."""

    takes_kenward_roger: ClassVar[bool] = True

    @cached_property
    def satterthwaite(self) -> Satterthwaite:
        """Satterthwaite's method, to be asked for any contrast."""
        return Satterthwaite.of(self.fit)

    @cached_property
    def kenward_roger(self) -> KenwardRoger:
        """Kenward and Roger's method, to be asked for any contrast."""
        return kenward_roger(self.fit)

    @property
    def reml(self) -> bool:
        """Whether the fit is by REML."""
        return self.fit.reml

    @property
    def group(self) -> str:
        """The grouping factor, of several the one that is shown."""
        return self.groupings[self.focal].name

    @property
    def focal(self) -> int:
        """The position of the factor that is shown among the fit's own."""
        return self.design.focal if len(self.groupings) > 1 else 0

    @property
    def factors(self) -> list[str]:
        """The grouping factors, the one with the most levels first."""
        return [g.name for g in self.groupings]

    def terms_of(self, factor: str) -> list[str]:
        """Names of a factor's random coefficients."""
        at = self.factors.index(factor)
        return [name for b in self.blocks if b.factor == at for name in b.names]

    @property
    def random_names(self) -> list[str]:
        """Names of the shown factor's random coefficients."""
        return self.terms_of(self.group)

    @property
    def random_columns(self) -> list[int]:
        """Columns of the shown factor's random coefficients in the moments."""
        return self.columns_of(self.group)

    @property
    def theta(self) -> Array:
        """Relative covariance factor, in lme4's order."""
        return self.fit.theta

    @property
    def criterion(self) -> float:
        """REML criterion, or deviance under ML."""
        return self.fit.criterion

    @property
    def singular(self) -> bool:
        """Whether the fit is on the boundary: a variance of zero or a correlation of one."""
        return self.fit.optimum.singular

    @property
    def converged(self) -> bool:
        """Whether there is an optimum and the projected gradient certifies it."""
        return self.fit.optimum.converged

    @property
    def has_no_maximum(self) -> bool:
        """Whether the likelihood grows without end as the residual variance goes to 0; never of a fit by REML."""
        return self.fit.optimum.unbounded

    @property
    def residual_vanishes(self) -> bool:
        """Whether the search took the residual variance to 0, random and fixed effects having a coefficient for every row."""
        return residual_vanishes(self.fit.problem, self.fit.optimum.solution)

    @property
    def llf(self) -> float:
        """Log-likelihood, restricted under REML."""
        return self.fit.loglik

    @property
    def aic(self) -> float:
        """Akaike's criterion from the fit's own criterion; comparable between REML fits of the same fixed part only."""
        return self.criterion + 2 * self.fit.n_parameters

    @property
    def bic(self) -> float:
        """Schwarz's criterion from the fit's own criterion."""
        return self.criterion + np.log(self.nobs) * self.fit.n_parameters

    @cached_property
    def cov_re(self) -> dict[str, pd.DataFrame]:
        """Covariance matrix of the random effects, by grouping factor."""
        result = {}
        for at, factor in enumerate(self.factors):
            parts = [c for b, c in zip(self.blocks, self.fit.covariances, strict=True) if b.factor == at]
            names = names_index(self.terms_of(factor))
            result[factor] = pd.DataFrame(block_diag(*parts), index=names, columns=names)
        return result

    @cached_property
    def random_effects(self) -> dict[str, pd.DataFrame]:
        """Conditional modes, by grouping factor: levels by terms."""
        return {
            g.name: pd.DataFrame(modes.T, index=g.levels, columns=names_index(self.terms_of(g.name)))
            for g, modes in zip(self.groupings, self.fit.modes, strict=True)
        }

    @cached_property
    def random_effects_se(self) -> dict[str, pd.DataFrame]:
        """Conditional standard deviations of the random effects, given the fit (lme4's condVar)."""
        return {
            g.name: pd.DataFrame(
                np.sqrt(np.maximum(np.einsum("kkj->jk", spread), 0.0)),
                index=g.levels,
                columns=names_index(self.terms_of(g.name)),
            )
            for g, spread in zip(self.groupings, self.fit.mode_covariances, strict=True)
        }

    def columns_of(self, factor: str) -> list[int]:
        """Columns of a factor's random coefficients in the moments."""
        at = self.factors.index(factor)
        return [column for b in self.blocks if b.factor == at for column in b.columns]

    @cached_property
    def random_variances(self) -> dict[str, float]:
        """Grouping factor to the variance that its random part gives the outcome: the mean of ``z'Sigma z`` over the rows.

        A random intercept's variance where it stands alone (Johnson 2014, Methods Ecol. Evol. 5, eq. 11).
        """
        result = {}
        for factor, covariance in self.cov_re.items():
            mean, spread = overall(self.moments, self.columns_of(factor))
            result[factor] = float(
                np.trace(covariance.to_numpy() @ (spread / self.moments.n_rows + np.outer(mean, mean)))
            )
        return result

    @property
    def icc(self) -> float:
        """Intraclass correlation: the shown factor's share of the variance that the fixed part leaves.

        The variance of its random part over that of all random parts and the residuals; where a random part is more than an
        intercept its variance differs from row to row, and its mean over the rows counts (`random_variances`). `icc_at` gives it
        at chosen values. With prior weights it is that of two rows of average weight, so that it does not depend on their unit.
        """
        return self.shares[self.group]

    @cached_property
    def shares(self) -> dict[str, float]:
        """Each grouping factor's share of the variance that the fixed part leaves: its `icc`."""
        total = sum(self.random_variances.values()) + self.fit.row_variance
        return {factor: variance / total for factor, variance in self.random_variances.items()}

    def icc_at(self, values: Mapping[str, float]) -> dict[str, float]:
        """Each grouping factor's intraclass correlation for rows with given values of the columns that have random coefficients.

        Parameters
        ----------
        values : mapping
            Name of a random coefficient to its column's value, such as ``{"Days": 9}``; those left out are at their means.

        Raises
        ------
        OptionError
            For a name of none.
        """
        known = [name for factor in self.factors for name in self.terms_of(factor)]
        if strange := [name for name in values if name not in known]:
            raise OptionError(f"“{strange[0]}” has no random coefficient.", f"Those are {', '.join(known)}.")
        variances = {}
        for factor, covariance in self.cov_re.items():
            mean, _ = overall(self.moments, self.columns_of(factor))
            z = np.array([values.get(n, m) for n, m in zip(self.terms_of(factor), mean, strict=True)])
            variances[factor] = float(z @ covariance.to_numpy() @ z)
        total = sum(variances.values()) + self.fit.row_variance
        return {factor: float(variance / total) for factor, variance in variances.items()}

    @cached_property
    def unidentified(self) -> tuple[tuple[str, str], ...]:
        """Random coefficients, each with its factor, whose variance the data say nothing of: the fixed part has them all too."""
        return tuple(
            (factor, name)
            for factor, moments in zip(self.factors, self.crossing.factors, strict=True)
            for name, column in zip(self.terms_of(factor), self.columns_of(factor), strict=True)
            if spans_groups(moments, self.columns, column)
        )

    @cached_property
    def confounded(self) -> tuple[str, ...]:
        """Variance parameters that are not identified separately, in words: other values of them fit exactly as well."""
        result = []
        for at, (factor, moments) in enumerate(zip(self.factors, self.crossing.factors, strict=True)):
            result += confounded(moments, [b for b in self.blocks if b.factor == at], factor)
        return tuple(dict.fromkeys(result))
