"""Results of generalized least squares: residuals correlated within groups, or unequal."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from ..arrays import Array
from ..design.residual_columns import MOST_VISITS
from ..design.rows_to_predict import RowsToPredict
from ..errors import DesignError, OptionError
from ..fit.bases import Basis
from ..fit.residual.compound import OneCorrelation
from ..fit.residual.gls import GLSFit, by_ml
from ..fit.residual.serial import Serial
from ..fit.residual.unstructured import Unstructured
from ..fit.residual.whiten import PlacedRows, Places
from ..formula.correlation import Correlation
from ..inference.kenward_roger import KenwardRoger
from ..inference.profile_search import Interval
from ..inference.residual_profile import correlation_interval
from ..inference.residual_robust import group_shifts, structure_robust
from ..inference.residual_small_sample import kenward_roger_of_structure, satterthwaite_of_structure
from ..inference.robust import Kind, RobustCovariance
from ..inference.satterthwaite import Satterthwaite
from ..inference.serial_kenward_roger import serial_kenward_roger
from ..moments.visit_sums import by_visit
from ..text import numbers
from .gls_outcome import Outcome, outcome_notes, outcome_of
from .random_structures import spreads
from .residual_rows import Residuals
from .residual_structure import basis_rows
from .result import Summary, as_text
from .small_sample import SmallSampleResult


@dataclass(frozen=True, repr=False)
class GLSResult(SmallSampleResult):
    """Generalized least squares: residuals correlated within groups or unequal, fitted by REML or ML."""

    fit: GLSFit
    basis: Basis
    """The columns of the fit, the outcome last."""
    residuals: Residuals
    """Times, visits and levels of the rows."""

    @property
    def correlation(self) -> Correlation | None:
        """The correlation structure that was requested."""
        return self.residuals.correlation

    @property
    def variance(self) -> str | None:
        """The column whose levels have a residual variance each."""
        return self.residuals.variance

    @property
    def reml(self) -> bool:
        """Whether the fit is by REML."""
        return self.fit.reml

    @cached_property
    def by_ml(self) -> GLSResult:
        """The same model by maximum likelihood."""
        return replace(self, fit=by_ml(self.fit, self.moments, self.basis)) if self.reml else self

    @property
    def llf(self) -> float:
        """Log-likelihood, restricted under REML."""
        return self.fit.loglik

    loglik = llf

    @property
    def n_parameters(self) -> int:
        """Coefficients and all parameters of the residuals' covariance."""
        return self.fit.n_parameters

    @property
    def aic(self) -> float:
        """Akaike's criterion; comparable between REML fits of the same fixed part only."""
        return -2 * self.llf + 2 * self.n_parameters

    @property
    def bic(self) -> float:
        """Schwarz's criterion, with the number of rows."""
        return -2 * self.llf + float(np.log(self.nobs)) * self.n_parameters

    @cached_property
    def residual_correlation(self) -> float | pd.DataFrame:
        """The correlation of rows of a group: of any two (cs), of rows one unit of time apart (ar1, car1), a matrix by visit (us).

        0 without a correlation structure.
        """
        structure, parameters = self.fit.structure, self.fit.solution.parameters
        if isinstance(structure, Unstructured):
            sd, visits = self.residual_sd.to_numpy(), self.residuals.visits
            return pd.DataFrame(self.fit.covariance / np.outer(sd, sd), index=visits, columns=visits)
        if isinstance(structure, Serial) and not structure.correlated:
            return 0.0
        assert isinstance(structure, OneCorrelation | Serial)
        return structure.rho(parameters)

    @cached_property
    def residual_sd(self) -> pd.Series:
        """Standard deviations of the residuals: by visit, by level of the variance's column, or the one for all rows."""
        if isinstance(self.fit.structure, Unstructured):
            return pd.Series(np.sqrt(np.diag(self.fit.covariance)), index=self.residuals.visits, name="sd")
        if self.residuals.levels is None:
            return pd.Series([self.sigma], index=["all rows"], name="sd")
        return pd.Series(self.sigma * np.exp(self._log_ratios), index=self.residuals.levels, name="sd")

    @property
    def _log_ratios(self) -> Array:
        """Logs of the levels' SDs relative to the first level's; of one variance for all rows 0."""
        if self.residuals.levels is None:
            return np.zeros(1)
        own = self.fit.solution.parameters[: len(self.fit.structure.low)]  # a mixed model's theta stands after them
        return np.concatenate([[0.0], own[len(own) + 1 - len(self.residuals.levels) :]])

    @property
    def residual_covariance(self) -> pd.DataFrame:
        """The covariance between visits, of an unstructured fit; of others a DesignError."""
        if not isinstance(self.fit.structure, Unstructured):
            raise DesignError(
                "Only us(visit | group) has a covariance matrix by visit.", "See residual_correlation and residual_sd."
            )
        return pd.DataFrame(self.fit.covariance, index=self.residuals.visits, columns=self.residuals.visits)

    @property
    def outcome(self) -> Outcome:
        """The status of the optimisation.

        "boundary": the correlation lies at a bound of its range; "singular": the covariance between visits has no inverse, so some
        combination of visits has no variance; "not identified": the likelihood is the same for many values; "not converged".
        """
        return outcome_of(self.fit, self._log_ratios)

    @property
    def converged(self) -> bool:
        """Whether the optimum is certified, on the boundary or inside."""
        return self.outcome in ("converged", "boundary")

    @property
    def singular(self) -> bool:
        """Whether the covariance is singular or the correlation at its bound."""
        return self.outcome in ("singular", "boundary")

    @property
    def notes(self) -> tuple[str, ...]:
        """Warnings about the fit, as sentences."""
        return (*self.residuals.notes, *outcome_notes(self.fit, self.outcome))

    @property
    def cov_re(self) -> dict[str, pd.DataFrame]:
        """Covariance matrices of random coefficients, by grouping factor; there are none here."""
        return {}

    @cached_property
    def satterthwaite(self) -> Satterthwaite:
        """Satterthwaite's method for this fit, applicable to any contrast."""
        return satterthwaite_of_structure(self.fit)

    @cached_property
    def kenward_roger(self) -> KenwardRoger:
        """Kenward and Roger's method as in SAS and mmrm, applicable to any contrast.

        Raises
        ------
        DesignError
            For fits by maximum likelihood or with variances by level, and for long series: it needs products of all times.
        """
        structure, time = self.fit.structure, self.residuals.time
        if isinstance(structure, Serial) and structure.correlated:
            self._refuse_without_rows("Kenward and Roger’s method", "use Satterthwaite's degrees of freedom")
        if isinstance(structure, Serial) and time is not None and self.residuals.levels is None:
            times, visit = np.unique(time, return_inverse=True)
            if len(times) <= MOST_VISITS and not self.cov_re:
                rows = self.placed_rows
                codes = rows.places.codes
                sums = by_visit(rows.values, codes, int(codes.max()) + 1, visit, len(times))
                return serial_kenward_roger(self.fit, sums, times)
        return kenward_roger_of_structure(self.fit)

    def robust(self, kind: Kind = "CR2") -> RobustCovariance:
        """Cluster-robust covariance with Satterthwaite degrees of freedom: the structure is the working model, not taken for true.

        Parameters
        ----------
        kind : {"CR0", "CR1", "CR1S", "CR2", "CR3"}
            See `inference.robust.cluster_robust`.

        Raises
        ------
        OptionError
            For another kind.
        DesignError
            Without groups, as there are where only variances differ; and of a table that an engine has.
        """
        if self.correlation is not None or self.design.grouping is not None:
            self._refuse_without_rows("A sandwich for correlated residuals", "use lm(formula, data, cluster=...)")
        if self.design.grouping is None:
            raise DesignError(
                "Cluster-robust standard errors need clusters, and this model has no groups.",
                "Use lm(formula, data, cluster=...).",
            )
        return structure_robust(self.fit, self.placed_rows, kind)

    def group_shifts(self) -> pd.DataFrame:
        """How far each coefficient moves when all rows of one group rise by 1: coefficients by groups.

        0 of a coefficient that compares rows within groups alone.

        Raises
        ------
        DesignError
            Without groups, and of a table that an engine has.
        """
        self._refuse_without_rows("What groups do to a coefficient", "use lm(formula, data, cluster=...)")
        if self.design.grouping is None:
            raise DesignError("This model has no groups.", "Name them in the structure, as in cs(1 | group).")
        values = group_shifts(self.fit, self.placed_rows)
        return pd.DataFrame(values, index=self.names, columns=self.design.grouping.levels)

    def _refuse_without_rows(self, what: str, instead: str) -> None:
        if self.design.is_sample:
            raise DesignError(
                f"{what} needs all rows, and of this table there are sums and a sample only.",
                f"Give a pandas DataFrame, or {instead}.",
            )

    def random_matrix(self, rows: RowsToPredict) -> Array:
        """Some rows' columns of random coefficients, in the units of the fit, (k, n); there are none here."""
        return np.zeros((0, len(rows)))

    @property
    def placed_rows(self) -> PlacedRows:
        """The rows that the model was fitted to, in the units of the fit."""
        assert self.design.grouping is not None
        own = self.residuals
        place = own.visit if own.visit is not None else own.time if own.time is not None else np.zeros(self.nobs)
        values = basis_rows(self.design, self.moments, self.basis)
        return PlacedRows(values, values[:0], Places(self.design.grouping.codes, own.level, place))

    def correlation_interval(self, level: float = 0.95) -> Interval:
        """Profile interval of the residuals' correlation, of cs(), ar1() and car1(); ``level`` is 0.95 for 95%."""
        if not 0 < level < 1:
            raise OptionError(f"{level:g} is no level of an interval.", "level=0.95 is that of 95% intervals.")
        return correlation_interval(self.fit, level)

    def summary(self) -> Summary:
        """The fit as text."""
        kind = "REML" if self.reml else "maximum likelihood"
        model = "Linear mixed model" if self.cov_re else "Generalized least squares"
        lines = [f"{model} fit by {kind}: {self.formula}", f"Log-likelihood {self.llf:.4f}", ""]
        words = {"sd": "SD of", "correlation": "correlation of"}
        for factor, name, of, value in spreads(self.cov_re):
            lines.append(f"{factor}: {words[of]} {name} {numbers.number(value, 4)}")
        if self.correlation:
            lines.append(f"Residuals: {self.correlation}")
        if isinstance(self.residual_correlation, pd.DataFrame):
            lines.append(as_text(self.residual_correlation))
        elif self.correlation:
            lines.append(f"Correlation {numbers.number(self.residual_correlation, 4)}")
        lines += [f"Residual SD of {level} {numbers.number(sd, 4)}" for level, sd in self.residual_sd.items()]
        lines += ["", as_text(self.table()), "", f"{self.nobs:,} rows; {self.outcome}", *self.notes]
        return Summary("\n".join(lines))
