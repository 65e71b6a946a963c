"""Linear combinations of a model's coefficients: estimates, covariance, degrees of freedom and estimability."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

import numpy as np

from ...arrays import Array
from ...design.coefficients import CONSTANT
from ...design.design import Design
from ...errors import OptionError

Ddf = Literal["kenward-roger", "satterthwaite", "residual", "asymptotic"]


@dataclass(frozen=True, eq=False)
class Estimator:
    """Turns rows over all columns of a model, `columns_of_rows`, into estimates.

    Parameters
    ----------
    columns : list of int
        The columns of the coefficients; -1 is the intercept.
    beta : (p,) array
        The coefficients.
    words : str
        Which standard errors and degrees of freedom, for readers.
    units : (p, p) array
        The coefficients as combinations of those of centred and scaled columns, where no digits are lost to large offsets.
    spread : (p, p) array
        The covariance of those.
    df : callable
        The degrees of freedom (c,) of contrasts (c, p) of the coefficients.
    rests_on_one : callable, optional
        Of errors clustered by groups which contrasts (c, p) one group alone determines, (c,) of bool: they have no error.
    """

    design: Design
    columns: list[int]
    beta: Array
    words: str
    units: Array
    spread: Array
    df: Callable[[Array], Array]
    rests_on_one: Callable[[Array], Array] | None = None

    @cached_property
    def _places(self) -> dict[int, int]:
        return {k: place for place, k in enumerate(columns_of_rows(self.design, self.columns))}

    def of_coefficients(self, rows: Array) -> Array:
        """Rows over all columns as contrasts of the coefficients, (m, p)."""
        return rows[:, [self._places[k] for k in self.columns]]

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
            if self.rests_on_one is not None:
                spread[self.rests_on_one(own) & ~nothing] = np.nan
            result[:, known] = own @ self.beta, spread, df
        return result[0], result[1], result[2]

    def estimable(self, rows: Array) -> Array:
        """Which rows are combinations of those that the model was fitted to, (m,) of bool."""
        known = np.isfinite(rows).all(axis=1)
        columns, constant = self._split(rows)
        for one in self.design.aliased:
            known &= one.holds(columns, constant)
        return known

    def missing(self, row: Array) -> str:
        """Why a row cannot be estimated, as part of a sentence."""
        if not np.isfinite(row).all():
            return "an expression of the formula has no value there"
        columns, constant = self._split(row[None])
        reasons = [one.reason for one in self.design.aliased if not one.holds(columns, constant)[0]]
        return "; ".join(dict.fromkeys(reasons[:3]))

    def _split(self, rows: Array) -> tuple[dict[int, Array], Array | float]:
        columns = {k: rows[:, place] for k, place in self._places.items()}
        return columns, columns.get(CONSTANT, 1.0)


def columns_of_rows(design: Design, columns: Sequence[int]) -> list[int]:
    """The columns that rows over the coefficients have: the constant, the formula's, those left out among them, further ones."""
    return list(dict.fromkeys([CONSTANT] * design.intercept + [*design.all_fixed, *columns]))


def refuse_unknown_ddf(ddf: Ddf | None) -> None:
    """Raise for degrees of freedom that there are not."""
    if ddf is not None and ddf not in get_args(Ddf):
        raise OptionError(f"ddf is one of {', '.join(map(repr, get_args(Ddf)))}, not {ddf!r}.", "Choose one of these.")


def constant(df: float) -> Callable[[Array], Array]:
    """The same degrees of freedom for all contrasts."""
    return lambda own: np.full(len(own), df)
