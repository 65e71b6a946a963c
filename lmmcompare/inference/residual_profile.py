"""Profile-likelihood interval of a residual correlation: the values that the likelihood-ratio test does not reject.

The correlation is held at a value and everything else is fitted again. Under REML the restricted likelihood is profiled: what is
held is no coefficient, so restricted likelihoods may be compared.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from ..errors import DesignError
from ..fit.residual.compound import OneCorrelation
from ..fit.residual.gls import GLSFit
from ..fit.residual.search import optimise
from ..fit.residual.serial import Serial
from .profile_search import Interval

STEP = 0.25
"""The first step from the estimate, in the search's own scale; each is longer than the one before."""
END = "Where an end of the interval is the end of what is possible, the likelihood-ratio test rejects no value on that side."


def correlation_interval(fit: GLSFit, level: float = 0.95) -> Interval:
    """Profile limits of the correlation of cs(), ar1() or car1(), with zeta at the points that were tried.

    Raises
    ------
    DesignError
        For a fit without one correlation.
    """
    structure = fit.structure
    if not isinstance(structure, OneCorrelation | Serial) or (
        isinstance(structure, Serial) and not structure.correlated
    ):
        raise DesignError("Only cs(), ar1() and car1() have one correlation to profile.", "Choose one of them.")
    problem, best = fit.problem, fit.solution
    goal = float(ndtri(0.5 + level / 2)) ** 2
    from scipy.optimize import brentq  # slow to import, and needed only here

    tried: dict[float, float] = {float(best.parameters[0]): 0.0}

    def excess(at: float) -> float:
        start = best.parameters.copy()
        start[0] = at
        held = problem.solve(start) if len(start) == 1 else optimise(problem, {0: at}, start).solution
        tried[at] = held.criterion - best.criterion
        return tried[at] - goal

    def limit(sign: int, end: float) -> float | None:
        inside, step = float(best.parameters[0]), STEP
        while True:
            outside = inside + sign * step
            if sign * (end - outside) <= 0:
                outside = end
            if excess(outside) > 0:
                return float(brentq(excess, inside, outside, xtol=1e-8, rtol=1e-12))
            if outside == end:
                return None
            inside, step = outside, 1.5 * step

    low, high = float(structure.low[0]), float(structure.high[0])
    ends = [limit(-1, low), limit(1, high)]
    result = [structure.rho(np.array([e if e is not None else b])) for e, b in zip(ends, (low, high), strict=True)]
    at = np.array(sorted(tried))
    value = np.array([structure.rho(np.array([a])) for a in at])
    zeta = np.sign(at - best.parameters[0]) * np.sqrt(np.maximum([tried[a] for a in at], 0.0))
    order = np.argsort(value)
    note = "" if None not in ends else END
    return Interval(structure.rho(best.parameters), min(result), max(result), note, value[order], zeta[order])
