"""The further model of a comparison: residuals that are correlated within groups, or of unequal variances."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ..design.design import Design
from ..formula.correlation_parser import with_residuals
from ..models.gls import GLSResult
from ..models.gls_fitting import gls, gls_of_sums
from ..models.random_structures import spreads
from ..models.serial_mixed import serial_mixed

if TYPE_CHECKING:
    from ..models.gathering import RowsOf


def fit_structured(design: Design, data: RowsOf, *, reml: bool) -> GLSResult:
    """Fit the residuals' structure that a design's model has to the design's rows, in memory or in an engine.

    Serial correlation and unequal variances are combined with the formula's random part (nlme's ``lme``). One correlation within
    groups, and a free covariance between visits, take its place (nlme's ``gls``): they hold what a random part could.

    Raises
    ------
    LmmCompareError
        Naming what is wrong and the remedy.
    """
    spec = design.spec
    correlation, variance = spec.correlation, spec.variance or None
    plain = with_residuals(spec).with_states(design.encoder.states)  # learnt from rows too that are left out
    rows = design.rows_of(data) if isinstance(data, pd.DataFrame) else data
    if correlation is not None and correlation.kind in ("cs", "us"):
        if isinstance(rows, pd.DataFrame):
            return gls(plain.fixed_only(), rows, correlation, variance, reml)
        return gls_of_sums(rows, correlation, variance, reml=reml)
    return serial_mixed(plain, rows, correlation, variance, reml=reml)


def residual_parameters(fit: GLSResult) -> list[tuple[str, str, str, float]]:
    """Standard deviations and correlations of such a model, ``factor, name, kind, value``.

    Those of residuals have no factor: a residual SD for each level or visit is named ``Residual[level]``, a correlation after
    the structure.
    """
    result = spreads(fit.cov_re)
    sd = fit.residual_sd
    single = len(sd) == 1
    result += [("", "Residual" if single else f"Residual[{level}]", "sd", float(value)) for level, value in sd.items()]
    correlation = fit.residual_correlation
    if isinstance(correlation, pd.DataFrame):
        names = correlation.columns
        result += [
            ("", f"Residual[{a}, {b}]", "correlation", float(correlation.loc[a, b]))
            for k, a in enumerate(names)
            for b in names[k + 1 :]
        ]
    elif fit.correlation is not None:
        result.append(("", f"Residual {fit.correlation}", "correlation", correlation))
    return result
