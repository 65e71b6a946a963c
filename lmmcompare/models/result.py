"""The common base of fitted models: coefficients, standard errors, tests and intervals."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.special import stdtr, stdtrit

from ..arrays import Array
from ..design.build import encode_new
from ..design.coefficients import CONSTANT, Coefficient
from ..design.design import Design
from ..design.rows import gaps, warn_outside
from ..design.weights_offsets import offset_of
from ..errors import DataError, NotEstimableWarning
from ..fit.linear import LinearFit
from ..fit.mixed import MixedFit
from ..fit.residual.gls import GLSFit
from ..formula.spec import columns_of
from ..moments.groups import Moments
from ..text import numbers
from ..text.numbers import count
from .marginal_methods import MarginalMethods
from .names_index import names_index


@dataclass(frozen=True)
class Result(MarginalMethods):
    """What every fitted model can tell.

    Parameters
    ----------
    design : Design
    moments : Moments
    names : list of str
        Names of the coefficients.
    columns : list of int
        Their columns in ``moments``; -1 is the intercept.
    fit : LinearFit, MixedFit or GLSFit
        The fit in arrays.
    """

    design: Design
    moments: Moments
    names: list[str]
    columns: list[int]
    fit: LinearFit | MixedFit | GLSFit

    @property
    def _beta(self) -> Array:
        return self.fit.beta

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
        return self._of_rows(self._linear(self._own_rows(), self.design.n_held) + self.design.row_offset, "fitted")

    def predict(self, data: pd.DataFrame | None = None) -> pd.Series:
        """Predictions for new rows (NaN where a predictor is missing) with their index, or the fitted values."""
        if data is None:
            return self.fittedvalues.rename("predicted")
        complete, columns, rows = self._new_rows(data)
        result = np.full(len(data), np.nan)
        result[complete] = self._linear(columns, len(rows)) + self._offset_of(rows)
        return pd.Series(result, index=data.index, name="predicted")

    @property
    def resid(self) -> pd.Series:
        """Outcome minus fitted values."""
        return self._of_rows(self.design.response - self.fittedvalues.to_numpy(), "resid")

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
        """The model as formula text."""
        return self.design.spec.formula

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
        return pd.Series(self._beta, index=names_index(self.names), name="estimate")

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
        with np.errstate(divide="ignore", invalid="ignore"):
            t = estimate / se
        reach = stdtrit(df, 1 - alpha / 2) * se
        return {
            "estimate": estimate,
            "se": se,
            "df": df,
            "t": t,
            "p": 2 * stdtr(df, -np.abs(t)),
            "lower": estimate - reach,
            "upper": estimate + reach,
        }

    @property
    def _weights_line(self) -> str:
        """The prior weights as a line of a summary; empty without any."""
        weights = self.design.weights
        return "" if weights is None else f"Prior weights: {weights.label}\n"

    def _linear(self, columns: list[Array], n: int) -> Array:
        """The fixed part for rows given as columns."""
        value = np.zeros(n)
        for k, beta in zip(self.columns, self._beta, strict=True):
            if np.isfinite(beta):
                value += beta if k == CONSTANT else beta * columns[k]
        return value

    def _new_rows(self, data: pd.DataFrame) -> tuple[Array, list[Array], pd.DataFrame]:
        """Which of the new rows are complete, their columns, and those rows."""
        spec = self.design.spec
        needed = list(dict.fromkeys(c for factor in (*spec.factors, *spec.offset) for c in columns_of(factor)))
        for name in needed:
            if name not in data.columns:
                what = "offset" if not any(name in columns_of(factor) for factor in spec.factors) else "model"
                raise DataError(
                    f"There is no column “{name}” in the new rows.", f"The {what} needs it to predict: add it."
                )
        complete = data[needed].notna().all(axis=1).to_numpy(copy=True)
        complete[complete] = ~gaps((*spec.factors, *spec.offset), data.loc[complete], self.design.encoder)
        rows = data.loc[complete]
        warn_outside(spec.factors, rows, self.design.encoder)
        columns = [c[:] for c in encode_new(self.design, rows)]
        known = self._estimable(columns, len(rows))
        if known.all():
            return complete, columns, rows
        complete[complete] = known
        return complete, [c[known] for c in columns], rows.loc[known]

    def _estimable(self, columns: list[Array], n: int) -> Array:
        """Which new rows keep to the combinations that left columns out; a warning tells of the others."""
        known = np.ones(n, dtype=bool)
        for one in self.design.aliased:
            holds = one.holds(columns)
            if (n_not := int((known & ~holds).sum())) > 0:
                warnings.warn(
                    f"{count(n_not, 'new row')} cannot be predicted: “{one.label}” is not estimable ({one.reason}), and these rows "
                    "need it.",
                    NotEstimableWarning,
                    stacklevel=4,
                )
            known &= holds
        return known

    def _offset_of(self, rows: pd.DataFrame) -> Array | float:
        """The offset of complete new rows."""
        result = offset_of(self.design.spec, rows, self.design.encoder)
        return 0.0 if result is None else result

    def _of_rows(self, values: Array, name: str) -> pd.Series:
        """Values of the rows that the design holds."""
        return pd.Series(values, index=self.design.index, name=name)

    def fixed_matrix(self) -> Array:
        """X, the columns of the fixed part over the rows that the design holds, (n, p)."""
        return self._matrix(self._own_rows())

    def _matrix(self, columns: list[Array]) -> Array:
        """Those of the columns that the fixed part has, and its constant, side by side."""
        n = self.design.n_held
        return np.array([np.ones(n) if k == CONSTANT else columns[k] for k in self.columns]).reshape(-1, n).T

    def _own_rows(self) -> list[Array]:
        return [column[:] for column in self.design.columns[:-1]]


def as_text(table: pd.DataFrame) -> str:
    """A table of coefficients as text."""
    if table.empty:
        return "No coefficients"
    display = table.map(lambda v: numbers.number(float(v), 4))
    return display.to_string()
