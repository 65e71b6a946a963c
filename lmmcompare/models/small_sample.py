"""Results whose standard errors rest on estimated variances: small-sample degrees of freedom."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from ..inference.kenward_roger import KenwardRoger
from ..inference.satterthwaite import Satterthwaite
from .names_index import names_index
from .result import Result


@dataclass(frozen=True)
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
