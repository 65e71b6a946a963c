"""Linear combinations of a model's coefficients: estimates, covariance, degrees of freedom and estimability."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

import numpy as np

from ...arrays import Array
from ...design.coefficients import CONSTANT
from ...errors import DesignError, LmmCompareError, OptionError
from ...fit.bases import basis, cross_total
from ..linear import NoPoolingResult, OLSResult
from ..mixed import MixedResult
from ..result import Result
from ..small_sample import SmallSampleResult
from .grid import columns_of_rows

Ddf = Literal["kenward-roger", "satterthwaite", "residual", "asymptotic"]


@dataclass(frozen=True, eq=False)
class Estimator:
    """Turns rows over all columns of a model, `columns_of_rows`, into estimates.

    Parameters
    ----------
    result : Result
    words : str
        Which standard errors and degrees of freedom, for readers.
    units : (p, p) array
        The coefficients as combinations of those of centred and scaled columns, where no digits are lost to large offsets.
    spread : (p, p) array
        The covariance of those.
    df : callable
        The degrees of freedom (c,) of contrasts (c, p) of the coefficients.
    """

    result: Result
    words: str
    units: Array
    spread: Array
    df: Callable[[Array], Array]

    @cached_property
    def _columns(self) -> dict[int, int]:
        return {k: place for place, k in enumerate(columns_of_rows(self.result))}

    def of_coefficients(self, rows: Array) -> Array:
        """Rows over all columns as contrasts of the coefficients, (m, p)."""
        return rows[:, [self._columns[k] for k in self.result.columns]]

    def estimates(self, rows: Array) -> tuple[Array, Array, Array]:
        """Estimates, standard errors and degrees of freedom of rows, (m,) arrays; NaN where they cannot be estimated."""
        known = self.estimable(rows)
        own = self.of_coefficients(rows[known])
        result = np.full((3, len(rows)), np.nan)
        if len(own):
            scaled = own @ self.units
            spread = np.sqrt(np.maximum(np.einsum("ca,ab,cb->c", scaled, self.spread, scaled), 0.0))
            nothing = ~own.any(axis=1)  # a contrast of equal rows is 0, and known to be
            with np.errstate(divide="ignore", invalid="ignore"):
                df = np.where(nothing, np.inf, self.df(own))
            if isinstance(self.result, OLSResult) and self.result.cluster:
                spread[self.result.clustered.rests_on_one(own) & ~nothing] = np.nan
            result[:, known] = own @ self.result.fit.beta, spread, df
        return result[0], result[1], result[2]

    def estimable(self, rows: Array) -> Array:
        """Which rows are combinations of those that the model was fitted to, (m,) of bool."""
        known = np.isfinite(rows).all(axis=1)
        columns, constant = self._split(rows)
        for one in self.result.design.aliased:
            known &= one.holds(columns, constant)
        return known

    def missing(self, row: Array) -> str:
        """Why a row cannot be estimated, as part of a sentence."""
        if not np.isfinite(row).all():
            return "an expression of the formula has no value there"
        columns, constant = self._split(row[None])
        reasons = [one.reason for one in self.result.design.aliased if not one.holds(columns, constant)[0]]
        return "; ".join(dict.fromkeys(reasons[:3]))

    def _split(self, rows: Array) -> tuple[dict[int, Array], Array | float]:
        columns = {k: rows[:, place] for k, place in self._columns.items()}
        return columns, columns.get(CONSTANT, 1.0)


def estimator(result: Result, ddf: Ddf | None = None) -> Estimator:
    """The standard errors and degrees of freedom of a result's linear combinations.

    Parameters
    ----------
    result : Result
    ddf : {"kenward-roger", "satterthwaite", "residual", "asymptotic"}, optional
        When left out: of mixed models Kenward and Roger's, as emmeans has it where pbkrtest is installed, and Satterthwaite's
        where these cannot be had; of correlated residuals Satterthwaite's; of least squares the residual ones, or those of
        the cluster-robust covariance.

    Raises
    ------
    OptionError
        For what the result does not have.
    DesignError
        For group dummies.
    """
    if ddf is not None and ddf not in get_args(Ddf):
        raise OptionError(f"ddf is one of {', '.join(map(repr, get_args(Ddf)))}, not {ddf!r}.", "Choose one of these.")
    if isinstance(result, NoPoolingResult):
        raise DesignError(
            "Group dummies have no adjusted means: each group has an intercept of its own, and none is the average one.",
            "Ask least squares or a mixed model.",
        )
    if isinstance(result, OLSResult):
        if ddf not in (None, "residual", "asymptotic"):
            raise OptionError(f"Least squares has no {ddf} degrees of freedom.", "Leave ddf out.")
        return _least_squares(result, asymptotic=ddf == "asymptotic")
    assert isinstance(result, SmallSampleResult)
    if ddf == "residual":
        raise OptionError("Residual degrees of freedom are those of least squares.", "Leave ddf out.")
    if ddf == "asymptotic":
        known = result.satterthwaite
        return Estimator(result, "infinite degrees of freedom", known.to_units, known.vcov, _constant(np.inf))
    note = ""
    if ddf == "kenward-roger" or (ddf is None and isinstance(result, MixedResult)):
        try:
            adjusted = result.kenward_roger
            words = "Kenward and Roger’s errors and degrees of freedom"
            return Estimator(result, words, adjusted.to_units, adjusted.adjusted, adjusted.df)
        except LmmCompareError as error:
            if ddf is not None:
                raise
            note = f", in the place of Kenward and Roger’s: {error.problem.rstrip('.')}"
    known = result.satterthwaite
    return Estimator(result, f"Satterthwaite’s degrees of freedom{note}", known.to_units, known.vcov, known.df)


def _least_squares(result: OLSResult, *, asymptotic: bool) -> Estimator:
    if result.cluster:
        robust = result.clustered
        words, kind = f"errors clustered by {result.cluster} ({result.kind})", "Satterthwaite’s"
        units, spread = robust.units, robust.spread
        df: Callable[[Array], Array] = robust.df_of
    else:
        words, kind = "classical errors", "residual"
        whole = basis(result.moments, result.columns, centred=CONSTANT in result.columns)
        gram = cross_total(result.moments, whole)
        units, spread = whole.to_units, result.fit.row_variance * np.linalg.inv(gram)
        df = _constant(float(result.fit.df))
    if asymptotic:
        return Estimator(result, f"{words}, infinite degrees of freedom", units, spread, _constant(np.inf))
    return Estimator(result, f"{words}, {kind} degrees of freedom", units, spread, df)


def _constant(df: float) -> Callable[[Array], Array]:
    """The same degrees of freedom for all contrasts."""
    return lambda own: np.full(len(own), df)
