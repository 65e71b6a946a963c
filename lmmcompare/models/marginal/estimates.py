"""Estimated marginal means, slopes and contrasts of them, as tables: the words and columns of the R package emmeans."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from ...arrays import Array
from ...design.categories import level_text
from ...errors import OptionError, TooLargeError
from ...inference.contrast_families import FAMILIES, USUAL, Family, contrast_family
from ...inference.multiplicity import ADJUSTMENTS, Adjustment, adjusted, critical
from ...inference.t_tests import half_width
from ...text import numbers
from .estimator import Estimator

_SIGNS = re.compile(r"[-+/*]")
"""A name with one of these stands in parentheses within a contrast's name."""
MOST_CONTRASTS = 20_000


@dataclass(frozen=True, eq=False)
class MarginalEstimates:
    """Adjusted means, simple slopes or contrasts: a row for each linear combination of the coefficients.

    Parameters
    ----------
    labels : mapping
        The predictors' values, or the name of the contrast, of each row.
    rows : (m, q) array
        Each row's combination of the model's columns.
    offset : (m,) array
        What is known beside the coefficients.
    column : str
        What the estimates are called: ``emmean``, ``x.trend``, ``estimate``.
    by : tuple of str
        Label columns within whose values contrasts are made, each value a family of its own.
    alpha : float
        1 minus the intervals' coverage.
    adjust : {"tukey", "dunnettx", "holm", "bonferroni", "none"}
    compared : tuple of int
        How many means each family of contrasts compares, without those that cannot be estimated.
    notes : tuple of str
        What was averaged, held, or lies outside of the data, as sentences.
    """

    labels: Mapping[str, pd.Index]
    rows: Array
    offset: Array
    estimator: Estimator
    column: str
    by: tuple[str, ...] = ()
    alpha: float = 0.05
    adjust: Adjustment = "none"
    compared: tuple[int, ...] = ()
    notes: tuple[str, ...] = field(default=())

    @cached_property
    def _estimates(self) -> tuple[Array, Array, Array]:
        estimate, se, df = self.estimator.estimates(self.rows)
        return estimate + self.offset, se, df

    @cached_property
    def families(self) -> list[Array]:
        """The rows of each family that is adjusted together: those with the same values of ``by``."""
        codes = np.zeros(len(self.rows), dtype=np.int64)
        for name in self.by:
            own, values = pd.factorize(self.labels[name])
            codes = pd.factorize(codes * len(values) + own)[0]
        return [np.flatnonzero(codes == k) for k in range(int(codes.max(initial=-1)) + 1)]

    @property
    def _families_compared(self) -> list[tuple[Array, int]]:
        return list(zip(self.families, self.compared or [1] * len(self.families), strict=True))

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The table: labels, the estimate, ``SE, df, lower.CL, upper.CL``, and of contrasts ``t.ratio, p.value``.

        With infinite degrees of freedom the limits are ``asymp.LCL, asymp.UCL`` and the ratio is ``z.ratio``. NaN for what
        cannot be estimated; `not_estimable` says why.
        """
        estimate, se, df = self._estimates
        reach = np.empty(len(estimate))
        for rows, means in self._families_compared:
            reach[rows] = half_width(critical(df[rows], means, self.adjust, self.alpha), se[rows])
        limits = ["asymp.LCL", "asymp.UCL"] if self._infinite else ["lower.CL", "upper.CL"]
        values = {self.column: estimate, "SE": se, "df": df, limits[0]: estimate - reach, limits[1]: estimate + reach}
        return self._table(values | (self._tests(0.0) if self.column == "estimate" else {}))

    def test(self, null: float = 0.0) -> pd.DataFrame:
        """Two-sided t tests against a value: labels, the estimate, ``SE, df, t.ratio, p.value``; p values are adjusted."""
        estimate, se, df = self._estimates
        return self._table({self.column: estimate, "SE": se, "df": df, **self._tests(null)})

    def _table(self, values: Mapping[str, Array]) -> pd.DataFrame:
        return pd.DataFrame({**self.labels, **values}, index=range(len(self.rows)))

    def _tests(self, null: float) -> dict[str, Array]:
        estimate, se, df = self._estimates
        with np.errstate(divide="ignore", invalid="ignore"):
            t = (estimate - null) / se
        p = np.empty(len(t))
        for rows, means in self._families_compared:
            p[rows] = adjusted(t[rows], df[rows], means, self.adjust)
        return {"z.ratio" if self._infinite else "t.ratio": t, "p.value": p}

    @property
    def _infinite(self) -> bool:
        df = self._estimates[2]
        known = df[~np.isnan(df)]
        return len(known) > 0 and bool(np.isinf(known).all())

    @cached_property
    def names(self) -> list[str]:
        """Names of the rows within their families: the labels other than ``by``, numbers with their predictor's name."""
        own = {name: values.to_list() for name, values in self.labels.items() if name not in self.by}
        texts = []
        for name, values in own.items():
            is_number = all(
                isinstance(v, int | float | np.number) and not isinstance(v, bool | np.bool_) for v in values
            )
            texts.append([f"{name if is_number else ''}{level_text(v)}" for v in values])
        return [" ".join(parts) for parts in zip(*texts, strict=True)] if own else ["overall"] * len(self.rows)

    @cached_property
    def not_estimable(self) -> pd.Series:
        """Names of the rows that are not estimable, each with the reason."""
        bad = np.flatnonzero(~self.estimator.estimable(self.rows))
        names = [", ".join([self.names[k], *(level_text(self.labels[b][k]) for b in self.by)]) for k in bad]
        reasons = [self.estimator.missing(self.rows[k]) for k in bad]
        return pd.Series(reasons, index=names, name="reason", dtype=object)

    def contrasts(
        self,
        method: Family = "pairwise",
        adjust: Adjustment | None = None,
        *,
        control: Any = None,
        by: str | Sequence[str] | None = None,
        alpha: float | None = None,
    ) -> MarginalEstimates:
        """Differences and other contrasts, within each value of ``by``.

        Parameters
        ----------
        method : {"pairwise", "revpairwise", "trt.vs.ctrl", "consec", "poly"}
            All pairs (first minus second, or the other way), each against a control, neighbours, or orthogonal polynomials of
            equally spaced levels.
        adjust : {"tukey", "dunnettx", "holm", "bonferroni", "none"}, optional
            For several contrasts at once, within each value of ``by``. When left out as in emmeans: "tukey" for pairs, "dunnettx" (its
            approximation of Dunnett's method) against a control, "none" for polynomials; "holm" for neighbours, where
            emmeans has the multivariate t. Limits with "holm" are Bonferroni's, as there.
        control : optional
            Of "trt.vs.ctrl" the name, or the value, of what the others are compared with; the first when left out.
        by : str or sequence of str, optional
            In the place of the result's own.
        alpha : float, optional
            In the place of the result's own.

        Raises
        ------
        OptionError
            For methods, adjustments, controls and columns that there are not, and adjustments that do not fit the method.
        TooLargeError
            For more contrasts than 20,000.
        """
        adjust = _validated(method, adjust)
        by = self.by if by is None else (by,) if isinstance(by, str) else tuple(by)
        if strange := [b for b in by if b not in self.labels]:
            raise OptionError(
                f"There is no “{strange[0]}” to make contrasts by.", f"Choose from {', '.join(self.labels)}."
            )
        base = MarginalEstimates(self.labels, self.rows, self.offset, self.estimator, self.column, by)
        families, estimable = base.families, self.estimator.estimable(self.rows)
        if (total := sum(_count(method, len(rows)) for rows in families)) > MOST_CONTRASTS:
            raise TooLargeError(
                f"{total:,} contrasts are too many to be read.",
                "Compare each with a control, or name fewer levels in at=.",
                in_app="Compare each with one level, or choose a predictor with fewer.",
            )
        names, weights, first, compared = [], [], [], []
        for rows in families:
            own = [base.names[k] for k in rows]
            place = base._place_of(control, rows) if control is not None else 0
            contrasts, matrix = contrast_family(method, [f"({n})" if _SIGNS.search(n) else n for n in own], place)
            whole = np.zeros((len(matrix), len(self.rows)))
            whole[:, rows] = matrix
            names += contrasts
            weights.append(whole)
            first += [rows[0]] * len(matrix)
            compared += [int(estimable[rows].sum())] * bool(len(matrix))
        labels = {"contrast": pd.Index(names, dtype=object)} | {b: self.labels[b].take(first) for b in by}
        matrix = np.concatenate(weights)
        return MarginalEstimates(
            labels,
            matrix @ self.rows,
            matrix @ self.offset,
            self.estimator,
            "estimate",
            by,
            self.alpha if alpha is None else alpha,
            adjust,
            tuple(compared),
            self.notes,
        )

    def _place_of(self, control: Any, rows: Array) -> int:
        """The place of a control among the rows of a family."""
        own = [self.names[k] for k in rows]
        free = [c for c in self.labels if c not in self.by]
        values = [level_text(self.labels[free[0]][k]) if len(free) == 1 else "" for k in rows]
        for names in (own, values):
            if (wanted := level_text(control)) in names:
                return names.index(wanted)
        raise OptionError(f"There is no “{control}” to compare with.", f"Choose one of {', '.join(own[:8])}.")

    @property
    def method_sentences(self) -> tuple[str, ...]:
        """Sentences on the standard errors and on the multiplicity adjustment."""
        estimable = self.estimator.estimable(self.rows)
        several = max((int(estimable[rows].sum()) for rows in self.families), default=0)
        words = {
            "tukey": f"Tukey’s method for {numbers.count(max(self.compared, default=1), 'mean')}",
            "dunnettx": f"an approximation of Dunnett’s method for {numbers.count(several, 'contrast')}",
            "holm": f"Holm’s method for {numbers.count(several, 'contrast')}; limits by Bonferroni’s",
            "bonferroni": f"Bonferroni’s method for {numbers.count(several, 'contrast')}",
        }
        errors = f"{self.estimator.words[0].upper()}{self.estimator.words[1:]}."
        if self.adjust == "none" or several < 2:
            return (errors,)
        return errors, f"P values and limits adjusted by {words[self.adjust]}."

    def __repr__(self) -> str:
        text = self.frame.copy()
        for name in text.columns:
            if text[name].dtype.kind == "f" and name not in self.labels:
                text[name] = [numbers.number(float(v), 4) for v in text[name]]
        reasons = [f"{name}: cannot be estimated, {reason}." for name, reason in self.not_estimable.items()]
        return "\n".join([text.to_string(index=False), *self.method_sentences, *self.notes, *reasons])


def _count(method: Family, means: int) -> int:
    """At most how many contrasts a family of some means has."""
    return means * (means - 1) // 2 if method in ("pairwise", "revpairwise") else means


def _validated(method: Family, adjust: Adjustment | None) -> Adjustment:
    """The adjustment that is meant; refuses what does not exist or fit."""
    if method not in FAMILIES:
        raise OptionError(f"There are no contrasts called {method!r}.", f"Choose one of {', '.join(FAMILIES)}.")
    if adjust is None:
        return USUAL[method]
    if adjust not in ADJUSTMENTS:
        raise OptionError(f"There is no adjustment called {adjust!r}.", f"Choose one of {', '.join(ADJUSTMENTS)}.")
    if (adjust == "tukey" and method not in FAMILIES[:2]) or (adjust == "dunnettx" and method != "trt.vs.ctrl"):
        what = "all pairs of means" if adjust == "tukey" else "comparisons with a control"
        raise OptionError(f"“{adjust}” is for {what} only.", "Choose holm, bonferroni or none.")
    return adjust
