"""Models that are often taken for the same: serial correlation with and without a nugget, a free covariance, random slopes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..comparison.comparison import Comparison
from ..design.coefficients import CONSTANT
from ..design.dtypes import is_numeric, plain_column
from ..errors import LmmCompareError
from ..formula.correlation_parser import with_residuals
from ..formula.expressions import quote
from ..formula.parser import parse
from ..model_catalogue import Model
from ..models import MixedResult
from ..models.fitting import lmer
from .residual_structures import StructureComparison

MOST_TIMES = 12
"""A covariance between more times than this is not fitted unasked."""
MOST_GROUPS = 2_000


@dataclass(frozen=True)
class Nugget:
    """Serial correlation beside an independent residual (lme4's ``ar1()``), and without one (nlme's ``corAR1``).

    Parameters
    ----------
    step : float
        From one time to the next.
    times : int
        Different times.
    share : float
        The serial part's share of the variance, with a nugget.
    with_nugget, without : float
        Correlation of the serial part one step apart.
    """

    order: str
    step: float
    times: int
    share: float
    with_nugget: float
    without: float
    loglik_with: float
    loglik_without: float

    def correlation(self, steps: int) -> tuple[float, float]:
        """The correlation of two outcomes so many steps apart, with a nugget and without."""
        return self.share * self.with_nugget**steps, self.without**steps


def nugget(comparison: Comparison, data: pd.DataFrame, structures: StructureComparison) -> Nugget | None:
    """Fit serial correlation with a nugget beside that without, both without a further random part.

    None where ar1() was not asked for, and where times are uneven, too many, or too few to tell a nugget: lme4 counts the levels
    of a factor, so both clocks agree for even steps only.
    """
    correlation = comparison.spec.correlation
    if correlation is None or correlation.kind != "ar1" or comparison.moments.n_groups > MOST_GROUPS:
        return None
    assert correlation.order is not None
    rows = comparison.design.rows_of(data)
    column = plain_column(rows[correlation.order])
    if not is_numeric(column):
        return None
    times = np.unique(column.to_numpy(float))
    gap = np.diff(times)
    if not 3 <= len(times) <= MOST_TIMES or np.ptp(gap) > 1e-9 or comparison.moments.n.max() < 3:
        return None
    fixed = with_residuals(comparison.design.spec).fixed_only().with_states(comparison.design.encoder.states)
    group = ":".join(map(quote, correlation.group))
    random = parse(f"y ~ 1 + ar1(0 + factor({quote(correlation.order)}) | {group})").random[0]
    try:
        fit = lmer(fixed.with_random(random), rows, comparison.reml)
    except LmmCompareError:  # nobody asked for it
        return None
    serial = structures.fits[str(correlation)]
    rho = serial.residual_correlation
    if not isinstance(fit, MixedResult) or not fit.converged or not isinstance(rho, float):
        return None
    covariance = fit.cov_re[fit.group].to_numpy()
    if covariance[0, 0] <= 0:
        return None
    share = float(covariance[0, 0] / (covariance[0, 0] + fit.sigma**2))
    one = float(covariance[0, 1] / covariance[0, 0])
    step = float(gap[0])
    return Nugget(correlation.order, step, len(times), share, one, rho**step, fit.llf, serial.llf)


@dataclass(frozen=True)
class SlopesVersusFree:
    """The covariance between visits that random slopes imply, and that of a free covariance, where they differ most.

    Parameters
    ----------
    order : str
        The visits' column, which is the slope's predictor.
    visit : float
        Where the SDs differ most by their ratio.
    pair : tuple of float
        The two visits whose correlations differ most.
    parameters_slopes, parameters_free : int
        Of the covariance.
    """

    order: str
    visit: float
    sd_slopes: float
    sd_free: float
    pair: tuple[float, float]
    correlation_slopes: float
    correlation_free: float
    parameters_slopes: int
    parameters_free: int


def slopes_versus_free(comparison: Comparison, structures: StructureComparison) -> SlopesVersusFree | None:
    """Where random slopes of the visits' column and a free covariance disagree most; None where not both are fitted."""
    fit = comparison.fits.get(Model.RANDOM_SLOPE)
    free = next((f for f in structures.fits.values() if f.correlation is not None and f.correlation.kind == "us"), None)
    if free is None or not isinstance(fit, MixedResult) or not fit.converged or free.outcome != "converged":
        return None
    assert free.correlation is not None and free.correlation.order is not None and free.residuals.visits is not None
    order, visits = free.correlation.order, free.residuals.visits
    columns = fit.columns_of(fit.group)
    names = [fit.design.names[k] if k != CONSTANT else "" for k in columns]
    if not pd.api.types.is_numeric_dtype(visits) or order not in names or not {*names} <= {"", order}:
        return None
    at = visits.to_numpy(float)
    z = np.column_stack([np.ones(len(at)) if name == "" else at for name in names])
    implied = z @ fit.cov_re[fit.group].to_numpy() @ z.T + fit.sigma**2 * np.eye(len(at))
    own = free.residual_covariance.to_numpy()
    sds = [np.sqrt(np.diag(of)) for of in (implied, own)]
    worst = int(np.abs(np.log(sds[0] / sds[1])).argmax())
    correlations = [of / np.outer(sd, sd) for of, sd in zip((implied, own), sds, strict=True)]
    i, k = divmod(int(np.triu(np.abs(correlations[0] - correlations[1])).argmax()), len(at))
    return SlopesVersusFree(
        order,
        float(at[worst]),
        float(sds[0][worst]),
        float(sds[1][worst]),
        (float(at[i]), float(at[k])),
        float(correlations[0][i, k]),
        float(correlations[1][i, k]),
        fit.fit.n_parameters - len(fit.names),
        free.n_parameters - len(free.names),
    )
