"""Results whose standard errors rest on estimated variances: small-sample degrees of freedom."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from typing import ClassVar

import numpy as np
import pandas as pd

from ..errors import LmmCompareError, OptionError
from ..inference.kenward_roger import KenwardRoger
from ..inference.satterthwaite import Satterthwaite
from .marginal.estimator import Ddf, Estimator, constant, refuse_unknown_ddf
from .result import Result, names_index


@dataclass(frozen=True, repr=False)
class SmallSampleResult(Result):
    """A model with Satterthwaite's, and Kenward and Roger's, degrees of freedom."""

    @cached_property
    def satterthwaite(self) -> Satterthwaite:
        """Satterthwaite's method for this fit, applicable to any contrast."""
        raise NotImplementedError

    @cached_property
    def kenward_roger(self) -> KenwardRoger:
        """Kenward and Roger's method for this fit, applicable to any contrast."""
        raise NotImplementedError

    takes_kenward_roger: ClassVar[bool] = False
    """Whether linear combinations have Kenward and Roger's method where none is asked for, as far as it can be had."""

    def estimator(self, ddf: Ddf | None = None) -> Estimator:
        """The standard errors and degrees of freedom of linear combinations of the coefficients."""
        refuse_unknown_ddf(ddf)
        if ddf == "residual":
            raise OptionError("Residual degrees of freedom are those of least squares.", "Leave ddf out.")
        of = partial(Estimator, self.design, self.columns, self.fit.beta)
        note = ""
        if ddf == "kenward-roger" or (ddf is None and self.takes_kenward_roger):
            try:
                adjusted = self.kenward_roger
                words = "Kenward and Roger’s errors and degrees of freedom"
                return of(words, adjusted.to_units, adjusted.adjusted, adjusted.df)
            except LmmCompareError as error:
                if ddf is not None:
                    raise
                note = f", in the place of Kenward and Roger’s: {error.problem.rstrip('.')}"
        known = self.satterthwaite
        if ddf == "asymptotic":
            return of("infinite degrees of freedom", known.to_units, known.vcov, constant(np.inf))
        return of(f"Satterthwaite’s degrees of freedom{note}", known.to_units, known.vcov, known.df)

    @property
    def df(self) -> pd.Series:
        """Satterthwaite degrees of freedom."""
        return self.df_satterthwaite

    @cached_property
    def df_satterthwaite(self) -> pd.Series:
        """Satterthwaite degrees of freedom; of mixed models as lmerTest computes them."""
        return pd.Series(self.satterthwaite.df(), index=names_index(self.names), name="df")

    @cached_property
    def df_kenward_roger(self) -> pd.Series:
        """Kenward and Roger's degrees of freedom, of fits by REML: as pbkrtest computes them, with correlated residuals as SAS."""
        return pd.Series(self.kenward_roger.df(), index=names_index(self.names), name="df")

    @cached_property
    def bse_kenward_roger(self) -> pd.Series:
        """Standard errors adjusted for the covariance's having been estimated (Kenward and Roger); of fits by REML."""
        return pd.Series(self.kenward_roger.se(), index=names_index(self.names), name="se")
