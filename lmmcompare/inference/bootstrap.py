"""Bootstrap of a mixed model: outcomes simulated from the fit, or whole groups drawn with replacement.

Davison and Hinkley (1997), Bootstrap Methods and their Application: percentile intervals, eq 5.18;
the parametric bootstrap is that of lme4's `bootMer` (new random effects and new residuals in each replicate).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from ..arrays import Array
from ..errors import DesignError, OptionError
from ..fit.mixed import MixedFit
from ..moments.groups import Moments
from .bootstrap_draws import case, parameters, parametric
from .t_tests import refuse_alpha

Kind = Literal["parametric", "case"]

ENTRIES = 1 << 20
"""A batch has at most about so many groups over all its replicates, and so bounded memory."""
BATCH = 250
"""A batch has at most so many replicates, so that first results come soon."""
FEW = 10
"""Of several grouping factors, replicates are fitted one after another, so many between two reports."""


@dataclass(frozen=True, eq=False)
class Intervals:
    """Confidence limits of each parameter, and the Monte Carlo standard errors of the limits; all (P,)."""

    lower: Array
    upper: Array
    lower_mcse: Array
    upper_mcse: Array


@dataclass(frozen=True, eq=False)
class Bootstrap:
    """Draws of a bootstrap, as far as it has got.

    The P parameters are the p coefficients, then the SD of each random coefficient (block by block), the correlations
    of each block (row by row below the diagonal) and the residual SD, all in the columns' units. A block with a structure has as
    many SDs as may differ, and one correlation or none.

    Parameters
    ----------
    kind : {"parametric", "case"}
    estimate : (P,) array
        Of the fit itself.
    draws : (B, P) array
        A correlation is NaN where one of its SDs is 0.
    singular : (B,) bool array
        Replicates whose fit is on the boundary.
    failed : int
        Number of replicates left out because their coefficients were not identified or their fit did not converge.
    """

    kind: Kind
    estimate: Array
    draws: Array
    singular: Array
    failed: int

    @property
    def done(self) -> int:
        """Number of replicates computed so far, including those left out."""
        return len(self.draws) + self.failed

    @property
    def singular_share(self) -> float:
        """Share of replicates on the boundary."""
        return float(self.singular.mean()) if len(self.singular) else float("nan")

    def intervals(self, alpha: float = 0.05) -> Intervals:
        """Percentile limits of all parameters at level ``1 - alpha``.

        A limit's Monte Carlo error is the binomial standard error of the share of draws below it, times the slope of the quantile
        function over two such errors to either side (David and Nagaraja 2003, Order Statistics, section 7.1: no distribution is
        assumed).
        """
        refuse_alpha(alpha)
        low, low_error = _quantile(self.draws, alpha / 2)
        high, high_error = _quantile(self.draws, 1 - alpha / 2)
        return Intervals(low, high, low_error, high_error)


def bootstrap(
    fit: MixedFit, moments: Moments, kind: Kind = "parametric", replicates: int = 1000, seed: int = 0
) -> Bootstrap:
    """Run all replicates of a bootstrap; see `running`."""
    *_, last = running(fit, moments, kind, replicates, seed)
    return last


def running(
    fit: MixedFit,
    moments: Moments,
    kind: Kind,
    replicates: int,
    seed: int,
    batch: int | None = None,
) -> Iterator[Bootstrap]:
    """Run a bootstrap in batches and yield all replicates so far after each batch.

    Parameters
    ----------
    moments : Moments
        Of the data that it was fitted to; with several grouping factors, over the levels of any one of them.
    kind : {"parametric", "case"}
        New outcomes from the fitted model; or as many groups as there are, drawn with replacement, copies counting as
        groups of their own.
    seed : int
        The same seed gives the same draws, whatever the batches.
    batch : int, optional
        Replicates between two reports.

    Raises
    ------
    DesignError
        For a case bootstrap of several grouping factors, or with a covariance structure.
    """
    if replicates < 2:
        raise OptionError(f"A bootstrap has at least 2 replicates, not {replicates}.", "Take 1,000 or more.")
    several = fit.problem.other_factors is not None
    if several and kind == "case":
        raise DesignError(
            "With several grouping factors whole groups of one cannot be drawn anew without cutting those of the other.",
            "Use the parametric bootstrap, or a formula with one grouping factor.",
        )
    if kind == "case" and not fit.problem.vectorised:
        raise DesignError(
            "With a covariance structure groups are not drawn anew: each sample would be a long search of its own.",
            "Use the parametric bootstrap, or a random part without a structure.",
        )
    if kind not in ("parametric", "case"):
        raise OptionError(f"There is no bootstrap called {kind!r}.", "Choose 'parametric' or 'case'.")
    usual = FEW if not fit.problem.vectorised else max(1, min(BATCH, ENTRIES // moments.n_groups))
    generators = [np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(2)]
    draw = case(fit, moments, generators[0]) if kind == "case" else parametric(fit, moments, *generators)
    covariances, structures = tuple(c[None] for c in fit.covariances), fit.problem.theta_map.structures
    estimate = parameters(fit.beta[None], covariances, np.array([fit.sigma2]), structures)[0]
    empty = np.empty((0, len(estimate)))
    result = Bootstrap(kind, estimate, empty, np.empty(0, bool), 0)
    while result.done < replicates:
        draws, singular, converged = draw(min(batch or usual, replicates - result.done))
        result = replace(
            result,
            draws=np.concatenate([result.draws, draws[converged]]),
            singular=np.concatenate([result.singular, singular[converged]]),
            failed=result.failed + int((~converged).sum()),
        )
        yield result


def _quantile(draws: Array, q: float) -> tuple[Array, Array]:
    """A quantile of each parameter's draws that are not NaN, and its Monte Carlo standard error; NaN without draws."""
    result = np.full((2, draws.shape[1]), np.nan)
    for k, values in enumerate(draws.T):
        values = values[~np.isnan(values)]
        if len(values):
            error = np.sqrt(q * (1 - q) / len(values))  # of the share of draws below the limit
            ends = max(q - 2 * error, 0.0), min(q + 2 * error, 1.0)
            middle, below, above = np.quantile(values, [q, *ends])
            result[:, k] = middle, error * (above - below) / (ends[1] - ends[0])
    return result[0], result[1]
