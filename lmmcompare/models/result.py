"""The common base of fitted models: coefficients, standard errors, tests and intervals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import pandas as pd

from ..arrays import Array
from ..design.coefficients import Coefficient
from ..design.design import Design
from ..design.rows_to_predict import ColumnValues, held_rows, new_rows
from ..fit.linear import LinearFit
from ..fit.mixed import MixedFit
from ..fit.residual.gls import GLSFit
from ..inference.t_tests import t_tests
from ..moments.groups import Moments
from ..text import numbers
from ..text.numbers import count
from .marginal_methods import MarginalMethods


@lru_cache(maxsize=256)
def _index(names: tuple[str, ...]) -> pd.Index:
    return pd.Index(names)


def names_index(names: Iterable[str]) -> pd.Index:
    """The index of some names: pandas takes longer to make one of two words than a small model takes to fit."""
    return _index(tuple(names)).view()  # a name that a reader gives the index is this one's


class Summary(str):
    """A summary, shown as it reads where a console or a notebook shows a value."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


@dataclass(frozen=True, repr=False)
class Result(MarginalMethods):
    """What every fitted model can tell.

    Parameters
    ----------
    columns : list of int
        The coefficients' columns in ``moments``; -1 is the intercept.
    fit : LinearFit, MixedFit or GLSFit
        The fit in arrays.
    """

    design: Design
    moments: Moments
    names: list[str]
    columns: list[int]
    fit: LinearFit | MixedFit | GLSFit

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.formula}: {count(self.nobs, 'row')}; summary() has the numbers>"

    @property
    def _vcov(self) -> Array:
        return self.fit.vcov

    @property
    def scale(self) -> float:
        """Residual variance; of a row of weight 1 where there are prior weights."""
        return self.fit.sigma2

    @property
    def sigma(self) -> float:
        """Residual standard deviation."""
        return float(np.sqrt(self.fit.sigma2))

    @property
    def row_sigma(self) -> float:
        """Residual standard deviation of a row of average prior weight; `sigma` where there are none."""
        return float(np.sqrt(self.fit.row_variance))

    @cached_property
    def fittedvalues(self) -> pd.Series:
        """Fitted values of the rows that the design holds: those used, or of a table that an engine has a uniform sample.

        Their index is the table's. Those of the fixed part, unless a model has more.
        """
        rows = held_rows(self.design)
        return rows.series(self.fixed_part(rows) + rows.offset, "fitted")

    def predict(self, data: pd.DataFrame | None = None) -> pd.Series:
        """Predictions for new rows (NaN where a predictor is missing) with their index, or the fitted values."""
        if data is None:
            return self.fittedvalues.rename("predicted")
        rows = new_rows(self.design, data)
        return rows.series(self.fixed_part(rows) + rows.offset, "predicted")

    def fixed_part(self, rows: ColumnValues) -> Array:
        """The fixed part at some values of the columns, (n,)."""
        return rows.combination(self.columns, self.fit.beta)

    @property
    def resid(self) -> pd.Series:
        """Outcome minus fitted values."""
        return pd.Series(self.design.response - self.fittedvalues.to_numpy(), index=self.design.index, name="resid")

    @property
    def resid_weighted(self) -> pd.Series:
        """Residuals times the root of their prior weight (R's Pearson residuals): of one variance, sigma^2, in all rows."""
        weights = self.design.weights
        return self.resid if weights is None else self.resid * np.sqrt(weights.values)

    @cached_property
    def residual_quantiles(self) -> pd.Series:
        """Smallest, quartiles and largest of the (weighted) residuals of the rows that the design holds, as R's ``summary`` has them."""
        return pd.Series(
            np.quantile(self.resid_weighted, [0, 0.25, 0.5, 0.75, 1]), index=["min", "q1", "median", "q3", "max"]
        )

    @property
    def df(self) -> pd.Series:
        """Degrees of freedom of each coefficient's t statistic."""
        raise NotImplementedError

    @property
    def llf(self) -> float:
        """Log-likelihood; of a fit by REML the restricted one."""
        raise NotImplementedError

    @property
    def aic(self) -> float:
        """Akaike's criterion."""
        raise NotImplementedError

    @property
    def bic(self) -> float:
        """Schwarz's criterion."""
        raise NotImplementedError

    @property
    def formula(self) -> str:
        """The model as formula text, which need not be the formula of the comparison that it belongs to."""
        return self.design.spec.fixed_only().formula

    @property
    def nobs(self) -> int:
        """Rows used."""
        return self.design.n

    @cached_property
    def coefficients(self) -> tuple[Coefficient, ...]:
        """What each coefficient is of."""
        return tuple(map(self.design.coefficient, self.columns))

    def label(self, name: str) -> str:
        """A coefficient as readers see it, by its name; of a random coefficient too."""
        own = {c.name: c.label for c in self.coefficients}
        return own[name] if name in own else self.design.by_name[name].label

    @cached_property
    def r_names(self) -> dict[str, str]:
        """What R calls each coefficient, by its name here: ``{"Intercept": "(Intercept)", "f[T.b]": "fb"}``."""
        return {name: self.design.r_names.get(name, name) for name in self.names}

    @cached_property
    def params(self) -> pd.Series:
        """Estimates of the coefficients; those that are not estimable are in `aliased` and in `table` only."""
        return pd.Series(self.fit.beta, index=names_index(self.names), name="estimate")

    @cached_property
    def bse(self) -> pd.Series:
        """Standard errors."""
        return pd.Series(np.sqrt(self._vcov.diagonal()), index=names_index(self.names), name="se")

    def cov_params(self) -> pd.DataFrame:
        """Covariance matrix of the coefficients."""
        return pd.DataFrame(self._vcov, index=names_index(self.names), columns=names_index(self.names))

    @property
    def tvalues(self) -> pd.Series:
        """Estimate divided by standard error."""
        return pd.Series(self.inference()["t"], index=names_index(self.names), name="t")

    @property
    def pvalues(self) -> pd.Series:
        """Two-sided p values of t tests against 0."""
        return pd.Series(self.inference()["p"], index=names_index(self.names), name="p")

    def conf_int(self, alpha: float = 0.05) -> pd.DataFrame:
        """Confidence limits of the coefficients, columns ``lower`` and ``upper``."""
        return self.table(alpha).loc[self.names, ["lower", "upper"]]

    @property
    def aliased(self) -> pd.Series:
        """Coefficients that are not estimable, each with the reason: columns that those before them in the formula give."""
        return pd.Series({one.name: one.reason for one in self.design.aliased}, name="reason", dtype=object)

    @cached_property
    def all_names(self) -> list[str]:
        """Names of the coefficients and of those that are not estimable, in the order of the formula."""
        named = {*self.names, *self.aliased.index}
        formula = [name for name in self.design.all_names if name in named]
        return formula + [name for name in self.names if name not in set(formula)]

    def table(self, alpha: float = 0.05) -> pd.DataFrame:
        """All about the coefficients in one frame: ``estimate, se, df, t, p, lower, upper``; NaN of those not estimable."""
        return pd.DataFrame(self.inference(alpha), index=names_index(self.names)).reindex(self.all_names)

    def inference(self, alpha: float = 0.05) -> dict[str, Array]:
        """The columns of `table`, (p,) arrays."""
        estimate, se, df = (of.to_numpy(float) for of in (self.params, self.bse, self.df))
        return t_tests(estimate, se, df, alpha)

    @property
    def weights_line(self) -> str:
        """The prior weights as a line of a summary; empty without any."""
        weights = self.design.weights
        return "" if weights is None else f"Prior weights: {weights.label}\n"

    def fixed_matrix(self) -> Array:
        """X, the columns of the fixed part over the rows that the design holds, (n, p)."""
        return held_rows(self.design).matrix(self.columns).T


def as_text(table: pd.DataFrame) -> str:
    """A table of coefficients as text."""
    if table.empty:
        return "No coefficients"
    display = table.map(lambda v: numbers.number(float(v), 4))
    return display.to_string()
