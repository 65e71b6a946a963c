"""The methods of results for adjusted means, simple slopes and Johnson-Neyman regions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from ..design.design import Design
from ..moments.groups import Moments
from .marginal.estimates import MarginalEstimates
from .marginal.estimator import Ddf, Estimator
from .marginal.grid import Grid, Weights
from .marginal.johnson_neyman import JohnsonNeyman, johnson_neyman
from .marginal.means import marginal_means, marginal_slopes
from .marginal.reference_grid import reference_grid


class MarginalMethods:
    """Questions that are answered by linear combinations of a result's coefficients."""

    design: Design
    moments: Moments
    columns: list[int]

    def estimator(self, ddf: Ddf | None = None) -> Estimator:
        """The standard errors and degrees of freedom of linear combinations of the coefficients.

        Parameters
        ----------
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
        raise NotImplementedError

    @property
    def average_means(self) -> Mapping[int, float]:
        """Columns of group means that a model has beside the design's, each with its average, which it is held at."""
        return {}

    @cached_property
    def reference_grid(self) -> Grid:
        """Every combination of the predictors' levels, numbers at their means: what `emmeans` and `slopes` average over."""
        return reference_grid(self, {})

    def emmeans(
        self,
        specs: str | Sequence[str],
        by: str | Sequence[str] = (),
        at: Mapping[str, Any] | None = None,
        *,
        weights: Weights = "equal",
        ddf: Ddf | None = None,
        alpha: float = 0.05,
    ) -> MarginalEstimates:
        """Estimated marginal (adjusted) means, as the R package emmeans has them.

        The model's means at each combination of some predictors, averaged over the levels of all others; numbers are at
        their mean over the rows used, at both values where they have two only, or where ``at`` says.

        Parameters
        ----------
        specs, by : str or sequence of str
            The predictors whose means are asked for; contrasts are made within each combination of ``by``.
        at : mapping, optional
            Predictor to its values, ``{"week": [0, 4]}``; of a factor to some of its levels.
        weights : {"equal", "proportional"}
            Of the levels that are averaged over: the same, or the shares of rows.
        ddf : {"kenward-roger", "satterthwaite", "residual", "asymptotic"}, optional
            Degrees of freedom. When left out, of `lmer` Kenward and Roger's with their errors, as in emmeans (of fits by maximum
            likelihood, and where their method is not offered, Satterthwaite's); of `gls` Satterthwaite's; of `lm` the residual ones,
            and with ``cluster`` those of the cluster-robust covariance.
        alpha : float
            1 minus the intervals' coverage.

        Raises
        ------
        OptionError
            For predictors that the model does not have, levels without rows, values that are no numbers.
        DesignError
            For group dummies.
        TooLargeError
            For a grid of too many cells.
        """
        return marginal_means(self, specs, by, at, weights=weights, ddf=ddf, alpha=alpha)

    def slopes(
        self,
        predictor: str,
        by: str | Sequence[str] = (),
        at: Mapping[str, Any] | None = None,
        *,
        weights: Weights = "equal",
        ddf: Ddf | None = None,
        alpha: float = 0.05,
    ) -> MarginalEstimates:
        """Simple slopes of a number at each combination of other predictors, as emmeans' ``emtrends`` has them.

        Parameters
        ----------
        predictor : str
            Of curves the slope is at its mean, or where ``at`` says.
        by : str or sequence of str
            ``.contrasts()`` compares the slopes between these.
        at, weights, ddf, alpha
            As in `emmeans`.

        Raises
        ------
        OptionError, DesignError, TooLargeError
            As `emmeans` does, and for a predictor with levels.
        """
        return marginal_slopes(self, predictor, by, at, weights=weights, ddf=ddf, alpha=alpha)

    def johnson_neyman(
        self,
        predictor: str,
        moderator: str,
        levels: Sequence[Any] | None = None,
        *,
        ddf: Ddf | None = None,
        alpha: float = 0.05,
    ) -> JohnsonNeyman:
        """Where along a moderator an effect differs from zero, for a single value and, by a simultaneous band, for all at once.

        Parameters
        ----------
        predictor : str
            A number, whose slope is asked about; or a factor, whose difference between two levels.
        moderator : str
            A number that the effect is a straight line in, as under ``predictor * moderator``.
        levels : pair, optional
            Of a factor: the effect is the second's mean less the first's; its first two levels when left out.
        ddf, alpha
            As in `emmeans`.

        Raises
        ------
        OptionError
            For columns and levels that cannot take these parts.
        DesignError
            Without an interaction of the two, where the effect is no straight line, or cannot be estimated.
        """
        return johnson_neyman(self, predictor, moderator, levels, ddf=ddf, alpha=alpha)
