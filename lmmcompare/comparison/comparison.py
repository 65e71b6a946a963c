"""All models fitted to the same rows, as tidy frames side by side."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

import numpy as np
import pandas as pd

from ..design.coefficients import Coefficient
from ..design.design import Design
from ..design.grouping import Grouping
from ..errors import DesignError, OptionError
from ..formula.factor_names import factor_name
from ..formula.spec import ModelSpec
from ..inference.robust import Kind
from ..inference.t_tests import t_quantile
from ..model_catalogue import Model
from ..models import MixedResult, NoPoolingResult, OLSResult, Result
from ..models.gls import GLSResult
from ..models.random_structures import parameters
from ..moments.crossed import Crossing
from ..moments.groups import Moments
from ..text.labels import plural
from ..text.numbers import count
from ..work.memo import memoised
from .structured_residuals import residual_parameters

R = TypeVar("R", bound=Result)


@dataclass(frozen=True, repr=False)
class Comparison:
    """OLS, group dummies, random intercept, random slope and within-between, fitted to the same rows.

    Parameters
    ----------
    design : Design
    crossing : Crossing
        The moments over all grouping factors.
    fits : dict
        Model key to its result: ``ols``, ``no_pooling``, ``random_intercept``, ``random_slope`` and ``within_between`` of
        the shown grouping factor, ``several``, the formula's own model where it has several grouping factors, and
        ``structured``, the further model where the residuals have a structure.
    absent : dict
        Model key to a sentence with the reason why it could not be fitted.
    one_factor_model : Model
        The key of the model with the random coefficients that the formula asks for, on the shown factor alone.
    reml : bool
        REML, or maximum likelihood where False.
    """

    design: Design
    crossing: Crossing
    fits: dict[Model, Result]
    absent: dict[Model, str]
    one_factor_model: Model
    reml: bool

    def __repr__(self) -> str:
        rows = f"{count(self.ols.nobs, 'row')}, {self.moments.n_groups:,} {plural(self.group)}"
        return f"<Comparison of {self.spec}: {rows}; {', '.join(self.fits)}; coefficients() has the numbers>"

    @property
    def moments(self) -> Moments:
        """The moments over the groups that are shown."""
        return self.crossing.factors[self.design.focal]

    @property
    def spec(self) -> ModelSpec:
        """The specification of the model that was requested."""
        return self.design.spec

    @property
    def grouping(self) -> Grouping:
        """The grouping factor that is shown: each row's level, and the levels' labels."""
        return self.design.groupings[self.design.focal]

    @property
    def group(self) -> str:
        """The name of the grouping factor that is shown."""
        return self.grouping.name

    @property
    def factors(self) -> list[str]:
        """Every grouping factor of the formula, in its order."""
        return [factor_name(self.spec, columns) for columns in self.spec.groupings]

    @property
    def formula_model(self) -> Model:
        """The key of the model that the formula specifies."""
        return Model.SEVERAL if Model.SEVERAL in self.fits else self.one_factor_model

    @property
    def ols(self) -> OLSResult:
        """The OLS fit (complete pooling)."""
        return self._of(Model.OLS, OLSResult)

    @property
    def no_pooling(self) -> NoPoolingResult:
        """The least-squares fit with group dummies (no pooling)."""
        return self._of(Model.NO_POOLING, NoPoolingResult)

    @property
    def random_intercept(self) -> MixedResult:
        """The random-intercept model."""
        return self._of(Model.RANDOM_INTERCEPT, MixedResult)

    @property
    def mixed(self) -> MixedResult:
        """The mixed model that the formula specifies."""
        return self._of(self.formula_model, MixedResult)

    @property
    def one_factor(self) -> MixedResult:
        """The mixed model of the shown grouping factor alone, with the random coefficients that the formula gives it."""
        return self._of(self.one_factor_model, MixedResult)

    @property
    def structured(self) -> GLSResult | None:
        """The model with correlated or unequal residuals; None where none was requested."""
        fit = self.fits.get(Model.STRUCTURED)
        return fit if isinstance(fit, GLSResult) else None

    def _of(self, key: str, kind: type[R]) -> R:
        if key not in self.fits:
            if key in self.absent:
                raise DesignError(self.absent[Model(key)])
            raise DesignError(f"There is no model “{key}” in the comparison.", f"It has {', '.join(self.fits)}.")
        fit = self.fits[Model(key)]
        assert isinstance(fit, kind)
        return fit

    def mixed_fits(self) -> dict[Model, MixedResult]:
        """The mixed models by key."""
        return {k: f for k, f in self.fits.items() if isinstance(f, MixedResult)}

    @property
    def terms(self) -> list[str]:
        """Names of the coefficients, in the order of the formula, group means last."""
        names = dict.fromkeys(self.design.all_names)
        for fit in self.fits.values():
            names.update(dict.fromkeys(fit.names))
        return list(names)

    def coefficient(self, term: str) -> Coefficient:
        """What a coefficient is of, by its name in `terms`, or that of a random coefficient."""
        if term in self.design.by_name:
            return self.design.by_name[term]
        for fit in self.fits.values():
            for coefficient in fit.coefficients:
                if coefficient.name == term:
                    return coefficient
        raise DesignError(f"There is no coefficient “{term}”.", f"There are {', '.join(self.terms)}.")

    def column_of(self, term: str) -> int:
        """The number of an estimable coefficient's column among those of the design; `CONSTANT` is the intercept's."""
        return self.ols.columns[self.ols.names.index(term)]

    @property
    def constant(self) -> str:
        """What the intercept is called."""
        return self.design.constant

    def mean_name(self, term: str) -> str | None:
        """What within-between calls the coefficient of the group mean of ``term``; None where it has none that is this one's alone."""
        fit = self.fits.get(Model.WITHIN_BETWEEN)
        if not isinstance(fit, MixedResult):
            return None
        shared = {self.design.names[k] for k, _ in fit.shared_means}
        found = (c.name for c in fit.coefficients if c.mean_of and c.mean_of.name == term)
        return next(found, None) if term not in shared else None

    @memoised
    def clustered_ols(self, kind: Kind) -> OLSResult:
        """The OLS fit with errors clustered by the shown factor."""
        return replace(self.ols, cluster=self.group, kind=kind)

    def coefficients(self, alpha: float = 0.05, robust: Kind = "CR2") -> pd.DataFrame:
        """Every coefficient of every model: ``model, term, estimate, se, df, t, p, lower, upper``.

        ``ols_robust`` is OLS with cluster-robust standard errors of the kind ``robust`` and Satterthwaite df; mixed models
        have Satterthwaite df. NaN of coefficients that are not estimable, which no model has.
        """
        fits: dict[Model, Result] = {}
        for key, fit in self.fits.items():
            fits[key] = fit
            if key == Model.OLS and isinstance(fit, OLSResult):
                fits[Model.OLS_ROBUST] = self.clustered_ols(robust)
        parts = [fit.table(alpha).rename_axis("term").reset_index() for fit in fits.values()]
        model = np.repeat(list(fits), [len(part) for part in parts])
        frame = pd.concat(parts, ignore_index=True)
        frame.insert(0, "model", model)
        return frame

    def variances(self) -> pd.DataFrame:
        """Standard deviations and correlations of the random parts: ``model, factor, name, kind, value``."""
        rows: list[tuple[str, str, str, str, float]] = []
        for key, fit in self.fits.items():
            if isinstance(fit, MixedResult):
                for block, covariance in zip(fit.blocks, fit.fit.covariances, strict=True):
                    factor = fit.factors[block.factor]
                    rows += [(key, factor, *result) for result in parameters(block, covariance)]
            if isinstance(fit, GLSResult):
                rows += [(key, *result) for result in residual_parameters(fit)]
            else:
                rows.append((key, "", "Residual", "sd", fit.sigma))
        return pd.DataFrame(rows, columns=["model", "factor", "name", "kind", "value"])

    @cached_property
    def by_ml(self) -> dict[Model, Result]:
        """Every model by maximum likelihood, so that AIC may be compared between them."""
        return {key: fit.by_ml if isinstance(fit, MixedResult | GLSResult) else fit for key, fit in self.fits.items()}

    def statistics(self) -> pd.DataFrame:
        """A row per model: log-likelihood, AIC and BIC (all by ML), ICC, rows, groups, singular, converged.

        ``converged`` is of the fit and of that by ML; where the likelihood has no maximum, its three numbers are NaN.
        """
        rows = []
        for key, fit in self.fits.items():
            ml = self.by_ml[key]
            mixed_fit = fit if isinstance(fit, MixedResult) else None
            rows.append(
                {
                    "model": key,
                    "loglik": ml.llf,
                    "aic": ml.aic,
                    "bic": ml.bic,
                    "icc": mixed_fit.icc if mixed_fit else np.nan,
                    "n": fit.nobs,
                    "groups": self.moments.n_groups,
                    "criterion": mixed_fit.criterion if mixed_fit else np.nan,
                    "singular": isinstance(fit, MixedResult | GLSResult) and fit.singular,
                    "converged": all(f.converged for f in (fit, ml) if isinstance(f, MixedResult | GLSResult)),
                }
            )
        return pd.DataFrame(rows)

    def random_effects(self, model: str | None = None, alpha: float = 0.05) -> pd.DataFrame:
        """Conditional modes with their conditional intervals: ``group, term, estimate, se, lower, upper``."""
        key = model or self.formula_model
        if key in self.fits and key not in self.mixed_fits():
            raise OptionError(f"“{key}” has no random effects.", f"Choose one of {', '.join(self.mixed_fits())}.")
        fit = self._of(key, MixedResult)
        modes, errors = fit.random_effects[self.group], fit.random_effects_se[self.group]
        labels = self.grouping.labels
        reach = float(t_quantile(np.inf, alpha))
        parts = [
            pd.DataFrame(
                {"group": labels, "term": term, "estimate": modes[term].to_numpy(), "se": errors[term].to_numpy()}
            )
            for term in fit.random_names
        ]
        frame = pd.concat(parts, ignore_index=True)
        return frame.assign(
            lower=frame["estimate"] - reach * frame["se"], upper=frame["estimate"] + reach * frame["se"]
        )
