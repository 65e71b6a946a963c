"""The values of an expression, row by row: numbers, truths, text or levels, as R computes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
import pandas as pd

from ..arrays import Array
from ..errors import DesignError
from ..formula.expressions import Arithmetic, Call, Column, Constant, Expression, calls
from .categories import Values, as_factor, as_numbers, as_texts, compare, cut, is_among, level_text, relevelled
from .columns import Table
from .dtypes import is_numeric, plain_column
from .elementwise import ARITHMETIC, ELEMENTWISE, LOGIC, log, rounded
from .transforms import SUMMARIES, TRANSFORMS
from .unusable import not_finite_error


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """Evaluates expressions over the rows of a frame.

    Parameters
    ----------
    frame : DataFrame
    column : callable
        A column of the frame to float64.
    states : dict
        Call text to what a function has learnt; those that have learnt nothing yet learn from this frame.
    """

    frame: Table
    column: Callable[[pd.Series], Array]
    states: dict[str, dict[Any, Any]]

    def finite(self, expression: Expression) -> Array:
        """An expression's numbers, (n,) or (n, k) float64.

        Raises
        ------
        DataError
            Where they are not finite in some rows, naming the first function that is to blame.
        """
        if isinstance(expression, Column):
            return self.numbers(expression)
        with np.errstate(all="ignore"):
            values = self.numbers(expression)
            if np.isfinite(values).all():
                return values
            suspects = [c for c in calls(expression) if c.function not in ("!", "ifelse", *SUMMARIES)]
            for blamed in [*(c for c in suspects if self._is_number(c)), expression]:
                result = self.numbers(blamed)
                if not (finite := np.isfinite(result.reshape(len(result), -1)).all(axis=1)).all():
                    raise not_finite_error(blamed, int((~finite).sum()))
        return values

    def _is_number(self, call: Call) -> bool:
        values = self.values(call)
        return isinstance(values, np.ndarray) and values.dtype.kind == "f"

    def numbers(self, expression: Expression) -> Array:
        """An expression's numbers; truths are 0 and 1."""
        if isinstance(expression, Column):
            return self.column(self.frame[expression.name])
        return as_numbers(self.values(expression), expression)

    def truths(self, expression: Expression) -> Array:
        """An expression's truths; numbers are true unless they are 0, as in R."""
        values = self.values(expression)
        return values if isinstance(values, np.ndarray) and values.dtype.kind == "b" else self.numbers(expression) != 0

    def values(self, expression: Expression) -> Values:
        """What an expression gives: an array of floats, truths or texts, or a Categorical."""
        match expression:
            case Column(name):
                return self._own(plain_column(self.frame[name]))
            case Constant(value):
                if isinstance(value, tuple):
                    raise DesignError(f"{expression} is several values where one is needed.", "Use it after %in% only.")
                return np.full(len(self.frame), value, dtype=object if isinstance(value, str) else None)
            case Arithmetic(operator, left, right) if operator in ARITHMETIC:
                return np.asarray(ARITHMETIC[operator](self.numbers(left), self.numbers(right)), dtype=float)
            case Arithmetic(operator, left, right) if operator in LOGIC:
                return LOGIC[operator](self.truths(left), self.truths(right))
            case Arithmetic("%in%", left, right):
                if not isinstance(right, Constant):
                    raise DesignError(f"{right} is no list of values.", 'After %in% stands one such as c("a", "b").')
                return is_among(self.values(left), right.value)
            case Arithmetic(operator, left, right):
                return compare(operator, self.values(left), self.values(right), expression)
            case Call():
                return self._call(expression)
        raise TypeError(f"not an expression: {expression!r}")

    def _own(self, column: pd.Series) -> Values:
        if isinstance(column.dtype, pd.CategoricalDtype):
            return pd.Categorical(column)
        if pd.api.types.is_bool_dtype(column.dtype):
            return column.to_numpy(dtype=bool)
        if is_numeric(column) or pd.api.types.is_datetime64_any_dtype(column.dtype):
            return self.column(column)
        return column.to_numpy(dtype=object)

    def _call(self, call: Call) -> Values:
        function, argument = call.function, call.argument
        if function in ELEMENTWISE:
            return np.asarray(ELEMENTWISE[function](self.numbers(argument)), dtype=float)
        if function in TRANSFORMS:
            return TRANSFORMS[function](self.numbers(argument), call, self._learnt(call))
        if function in SUMMARIES:
            return self._summary(call)
        match function:
            case "I":
                return self.values(argument)
            case "C":
                return as_factor(self.values(argument))
            case "!":
                return ~self.truths(argument)
            case "log":
                return log(self.numbers(argument), call.option("base"))
            case "round":
                return rounded(self.numbers(argument), int(call.option("digits", 0)))
            case "pmin":
                return reduce(np.minimum, map(self.numbers, call.arguments))
            case "pmax":
                return reduce(np.maximum, map(self.numbers, call.arguments))
            case "ifelse":
                return self._chosen(*call.arguments)
            case "as.numeric":
                return self._converted(argument)
            case "as.integer":
                return np.trunc(self._converted(argument))
            case "as.logical":
                return self.truths(argument)
            case "as.character":
                return as_texts(self._with_levels(argument))
            case "factor" | "as.factor":
                return self._factor(call, ordered=bool(call.option("ordered")))
            case "ordered" | "as.ordered":
                return self._factor(call, ordered=True)
            case "relevel":
                return relevelled(as_factor(self._with_levels(argument)), call, self._learnt(call))
            case "cut":
                return cut(self.numbers(argument), call, self._learnt(call))
            case "dummy":
                return self._dummies(call)
            case "interaction":
                return self._joint(call)
            case "ave":
                return self._group_means(call)
        raise TypeError(f"not a known function: {function}")

    def _learnt(self, call: Call) -> dict[Any, Any]:
        """What a call has learnt; empty where it is to learn from these rows."""
        return self.states.setdefault(str(call), {})

    def _summary(self, call: Call) -> Array:
        state = self._learnt(call)
        if not state:
            state["value"] = SUMMARIES[call.function](np.concatenate([self.numbers(a) for a in call.arguments]))
        return np.full(len(self.frame), float(state["value"]))

    def _chosen(self, test: Expression, yes: Expression, no: Expression) -> Values:
        one, other = self.values(yes), self.values(no)
        for values, branch in ((one, yes), (other, no)):
            if isinstance(values, pd.Categorical):
                raise DesignError(
                    f"ifelse() takes numbers or text, and {branch} is a factor.", f"Write as.character({branch})."
                )
        if "O" in (one.dtype.kind, other.dtype.kind):
            one, other = as_texts(one), as_texts(other)
        return np.where(self.truths(test), one, other)

    def _with_levels(self, expression: Expression) -> Values:
        """The values, of a factor with the levels that were learnt."""
        values = self.values(expression)
        if isinstance(values, pd.Categorical):
            known = self.states.setdefault(f"levels of {expression}", {})
            levels = known.setdefault("levels", values.categories)
            return pd.Categorical(values.astype(object), categories=levels, ordered=values.ordered)
        return values

    def _converted(self, expression: Expression) -> Array:
        """The numbers that text and levels stand for."""
        return as_numbers(self._with_levels(expression), expression, convert=True)

    def _factor(self, call: Call, *, ordered: bool) -> Values:
        return as_factor(self.values(call.argument), call, self._learnt(call), ordered=ordered)

    def _dummies(self, call: Call) -> Array:
        values = as_factor(self.values(call.argument))
        level = call.option("level")
        if level is not None:
            return is_among(values, level).astype(float)
        levels = self._learnt(call).setdefault("levels", values.categories)
        return np.column_stack([np.asarray(values == one, dtype=float) for one in levels[1:]])

    def _joint(self, call: Call) -> Values:
        parts = [as_factor(self.values(a)) for a in call.arguments]
        codes = np.zeros(len(self.frame), dtype=np.int64)
        names = [""]
        for part in reversed(parts):  # R's order: the first factor varies fastest
            codes = codes * len(part.categories) + part.codes
            names = [
                f"{level_text(level)}.{name}" if name else level_text(level)
                for name in names
                for level in part.categories
            ]
        known = self._learnt(call).setdefault("levels", pd.Index(names)[np.unique(codes)])
        return pd.Categorical.from_codes(known.get_indexer(pd.Index(names))[codes], known)

    def _group_means(self, call: Call) -> Array:
        """Each row's mean over its group: of groups that were learnt the mean then, of others that of these rows."""
        values = pd.Series(self.numbers(call.argument))
        codes = [pd.Series(as_texts(self.values(group))) for group in call.arguments[1:]]
        if not codes:
            raise DesignError(f"{call} has no groups.", f"Write ave({call.argument}, group), or mean({call.argument}).")
        own = pd.MultiIndex.from_arrays(codes)
        means = values.groupby(own).mean()
        known = self._learnt(call).setdefault("means", means)
        result = known.reindex(own).to_numpy(dtype=float)
        return np.where(np.isnan(result), means.reindex(own).to_numpy(dtype=float), result)
