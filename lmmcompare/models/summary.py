"""A mixed model's fit as text."""

from __future__ import annotations

from ..text import numbers
from .random_part import RandomPartResult
from .random_structures import parameters
from .result import as_text


def summary_text(fit: RandomPartResult) -> str:
    """The fit as text."""
    method = "REML" if fit.reml else "maximum likelihood"
    lines = [f"Linear mixed model fit by {method}: {fit.formula}", f"Criterion {fit.criterion:.4f}", ""]
    words = {"sd": "SD of", "correlation": "correlation of"}
    for block, covariance in zip(fit.blocks, fit.fit.covariances, strict=True):
        for name, kind, value in parameters(block, covariance):
            lines.append(f"{fit.factors[block.factor]}: {words[kind]} {name} {numbers.number(value, 4)}")
    lines += [f"Residual SD {numbers.number(fit.sigma, 4)}", "", as_text(fit.table()), ""]
    groups = ", ".join(f"{len(g.levels):,} groups of {g.name}" for g in fit.groupings)
    lines += [f"{fit.nobs:,} rows, {groups}", *fit.weights_line.splitlines()]
    for factor, name in fit.unidentified:
        lines.append(
            f"NOT identified: the variance of {name} by {factor}, which the fixed part has a coefficient for in each group."
        )
    if fit.confounded:
        lines.append(f"NOT separable, only together: {'; '.join(fit.confounded)}.")
    if fit.singular and not fit.unidentified:
        lines.append("Boundary (singular) fit: a variance is zero or a correlation is one.")
    if not fit.converged:
        lines.append("NOT converged: the gradient at the end is not zero.")
    return "\n".join(lines)
