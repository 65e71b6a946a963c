"""Generalised estimating equations as calls ask for them: geeglm and gee of R, gee of statsmodels."""

from __future__ import annotations

from ..spec import ModelSpec, RandomTerm
from .call_syntax import Part
from .r_call import ModelAndMethod

_REMARK = {
    "independence": "GEE with an independent working correlation is OLS with errors clustered by {group}.",
    "exchangeable": "GEE with an exchangeable working correlation weighs rows nearly as the random intercept does; its own estimates "
    "are under What was fitted, among the same coefficients by other ways.",
}


def population_average(spec: ModelSpec, group: str, working: str, part: Part, remarks: list[str]) -> ModelAndMethod:
    """The model that stands for a GEE here, and whether by REML, None for least squares; what differs goes to ``remarks``.

    Parameters
    ----------
    group : str
        The column of the clusters.
    working : str
        The working correlation: "independence" or "exchangeable"; others are refused.
    """
    if working not in _REMARK:
        part.fail(
            f"GEE with the working correlation {part.text[:40]} is not fitted here.",
            "Write exchangeable or independence; or lme() with a correlation of the residuals, such as corAR1(form = ~ time | g).",
        )
    remarks.append(_REMARK[working].format(group=group))
    return (spec, None) if working == "independence" else (spec.with_random(RandomTerm((group,))), True)
