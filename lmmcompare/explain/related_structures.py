"""Why models that pass for the same differ: ar1() with and without a nugget, random slopes and a free covariance."""

from __future__ import annotations

from ..assess.related_structures import Nugget, SlopesVersusFree
from ..text.labels import literal
from ..text.numbers import number, percent

FAR = 4
"""Steps of time at which correlations are compared beside one step, where there are so many."""


def nugget_sentence(result: Nugget) -> str:
    """Why lme4's ar1() and nlme's corAR1 have different correlations, as Markdown."""
    far = min(FAR, result.times - 1)
    near, away = result.correlation(1), result.correlation(far)
    unit = literal(result.order)
    return (
        "**ar1() of lme4 is not corAR1 of nlme.** lme4 and glmmTMB keep an independent residual (a nugget) beside the serial part; "
        f"nlme, and the structure fitted here, have none. With a nugget the serial part’s correlation is {number(result.with_nugget, 2)}, "
        f"and it has {percent(result.share)} of the variance, so that rows {result.step:g} apart in {unit} correlate by "
        f"{number(near[0], 2)} and rows {far * result.step:g} apart by {number(away[0], 2)}; without one by {number(near[1], 2)} and "
        f"{number(away[1], 2)}. Compare "
        f"these, not ρ. The log-likelihood is {number(result.loglik_with, decimals=1)} with a nugget, "
        f"{number(result.loglik_without, decimals=1)} without."
    )


def slopes_sentence(result: SlopesVersusFree) -> str:
    """Why random slopes and a free covariance can disagree, as Markdown."""
    order, (first, second) = literal(result.order), result.pair
    return (
        f"**Random slopes and a free covariance can disagree.** Random slopes of {order} make the variance a parabola in {order} and the "
        f"correlations what straight lines with equal noise have ({result.parameters_slopes} parameters); a free covariance takes no shape "
        f"for given ({result.parameters_free}). They lie farthest apart at {order} {result.visit:g}, where the SD is "
        f"{number(result.sd_slopes)} by random slopes and {number(result.sd_free)} if free, and for {order} {first:g} and {second:g}, "
        f"whose correlation is {number(result.correlation_slopes, 2)} and {number(result.correlation_free, 2)}."
    )
