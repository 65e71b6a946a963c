"""Profile-likelihood intervals: the values that the likelihood-ratio test does not reject.

A parameter is fixed at a value and all others are estimated again by maximum likelihood; the signed root zeta of the
deviance's rise is close to linear in the value and to standard normal under the truth, so the limits are where zeta is a
normal quantile (Bates et al. 2015, section 5.1; Pinheiro and Bates 2000, section 2.4). They are found by Newton steps on
zeta itself, whose derivative follows from the deviance's partial one since everything else is at its best (the envelope
theorem): a few fits a limit, and no spline in between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

import numpy as np
from scipy.special import ndtri

from ..fit.criterion import Solution
from ..fit.mixed import MixedFit, by_ml
from ..fit.problem import Problem
from ..moments.groups import Moments
from .deviance import Coefficient, Residual, Target
from .local_minima import valleys
from .profile_search import Interval, Search
from .spread_deviance import Correlation, Deviation
from .structured_spread_deviance import StructuredCorrelation, StructuredDeviation

Kind = Literal["coefficient", "sd", "correlation", "residual"]

NO_MAXIMUM = "The likelihood has no maximum, from which a profile could rise."
SEVERAL = "The likelihood has several peaks; the interval holds what fits about as well from any of them."


@dataclass(frozen=True)
class Parameter:
    """The parameter to profile: a coefficient's number, or a covariance block and the numbers of one or two of its terms.

    A structured block's standard deviations count from 0, and its correlation is that of the first two terms.
    """

    kind: Kind
    index: tuple[int, ...] = ()


def parameters(problem: Problem) -> list[Parameter]:
    """Everything that can be profiled: coefficients, then each block's standard deviations and correlations, then sigma."""
    result = [Parameter("coefficient", (k,)) for k in range(problem.p)]
    for block, structure in enumerate(problem.theta_map.known):
        size = problem.theta_map.sizes[block] if structure is None else structure.n_deviations
        pairs = list(combinations(range(problem.theta_map.sizes[block]), 2))
        result += [Parameter("sd", (block, i)) for i in range(size)]
        result += [
            Parameter("correlation", (block, *pair))
            for pair in (pairs if structure is None else pairs[: structure.pattern.parameters])
        ]
    return [*result, Parameter("residual")]


def profile(
    fit: MixedFit, moments: Moments, wanted: Sequence[Parameter] | None = None, level: float = 0.95
) -> Iterator[tuple[Parameter, Interval]]:
    """Profile limits, one parameter after another; a caller may stop in between.

    A REML fit is fitted again by maximum likelihood first, as lme4 does: REML criteria of models whose coefficients are
    held fixed cannot be compared.

    Parameters
    ----------
    moments : Moments
        Those of the fit, for the outcome's centre and scale.
    wanted : sequence of Parameter, optional
        All of `parameters`, when left out.

    Yields
    ------
    Parameter, Interval
        In the columns' units.
    """
    every = parameters(fit.problem) if wanted is None else wanted
    optimum = by_ml(fit, moments).optimum
    if optimum.unbounded:
        nothing = Interval(np.nan, np.nan, np.nan, NO_MAXIMUM, np.empty(0), np.empty(0))
        yield from ((parameter, nothing) for parameter in every)
        return
    best = optimum.solution
    goal = float(ndtri(0.5 + level / 2))
    minima = valleys(best.problem, best, goal**2)
    known: dict[Parameter, Interval] = {}

    def interval(parameter: Parameter) -> Interval:
        if parameter in known:
            return known[parameter]
        if parameter.kind == "correlation":
            block, *pair = parameter.index
            structure = fit.problem.theta_map.known[block]
            # one that columns have in common is known as long as two of them vary
            shared = pair if structure is None else [0] if structure.homogeneous else []
            if min((interval(Parameter("sd", (block, term))).lower for term in shared), default=1.0) == 0:
                return _any_correlation(minima[0], parameter)
        return known.setdefault(parameter, _search(minima, moments, parameter, goal))

    for parameter in every:
        yield parameter, interval(parameter)


def _search(minima: Sequence[Solution], moments: Moments, parameter: Parameter, goal: float) -> Interval:
    """Search from the lowest minimum and from others that are not much higher; the outermost limits form the interval."""
    kinds: dict[str, Callable[..., Target]] = {
        "coefficient": Coefficient,
        "sd": Deviation,
        "correlation": Correlation,
        "residual": Residual,
    }
    if parameter.kind in ("sd", "correlation") and minima[0].problem.theta_map.known[parameter.index[0]] is not None:
        kinds |= {"sd": StructuredDeviation, "correlation": StructuredCorrelation}
    least = minima[0].criterion
    result = []
    for minimum in minima:
        search = Search(kinds[parameter.kind](minimum, moments, *parameter.index), minimum.criterion, least)
        result.append(search.interval(float(np.sqrt(goal**2 - (minimum.criterion - least)))))
    lower, upper = np.fmin.reduce([i.lower for i in result]), np.fmax.reduce([i.upper for i in result])
    first = result[0]
    if max(first.lower - lower, upper - first.upper) <= 1e-6 * (upper - lower):
        return first
    return replace(first, lower=float(lower), upper=float(upper), note=f"{first.note} {SEVERAL}".strip())


def _any_correlation(best: Solution, parameter: Parameter) -> Interval:
    """The interval of all correlations, for blocks with a standard deviation that may be 0."""
    block, *pair = parameter.index
    rows, units = best.problem.theta_map.block_slices()[block], best.problem.random[block].to_units[pair]
    covariance = units @ best.factor[rows, rows] @ best.factor[rows, rows].T @ units.T
    size = float(np.sqrt(np.diag(covariance)).prod())
    estimate = float(np.clip(covariance[0, 1] / size, -1.0, 1.0)) if size > 0 else float("nan")
    note = "One of the two standard deviations may be 0, and then every correlation fits as well as any other."
    return Interval(estimate, -1.0, 1.0, note, np.zeros(0), np.zeros(0))
