"""Formulas and names as statsmodels reads them."""

from __future__ import annotations

import keyword
import re
from functools import cached_property, reduce

from ..comparison.comparison import Comparison
from ..formula.baselines import is_of_own_levels
from ..formula.expressions import SUMMARIES, Arithmetic, Call, Column, Constant, Expression, calls
from ..formula.spec import Term
from .file_columns import unused_name
from .transform_constants import constants_of

TAKEN = re.compile("np|pd|smf|lc|io|data|comparison|frame|errors|C|I|Q|Intercept|scale|center|poly|bs|log|exp|sqrt")
"""Words that mean something else in the script or in statsmodels' formulas."""


class StatsmodelsFormula:
    """A comparison's formulas in Python's words; columns and groups go by names that formulas can hold."""

    def __init__(self, comparison: Comparison) -> None:
        self.comparison = comparison
        taken = comparison.spec.columns
        self.names = {name: _usable(name, k, taken) for k, name in enumerate(taken, 1)}
        self.groups = {
            g.name: self.names[g.columns[0]] if len(g.columns) == 1 else unused_name(f"groups{k}", taken)
            for k, g in enumerate(comparison.design.groupings, 1)
        }

    def formula(self, *more: str) -> str:
        """Outcome, fixed part and what else there is."""
        spec = self.comparison.spec
        terms = [*(() if spec.intercept else ("0",)), *more, *map(self.term, spec.terms)]
        outcome = self.expression(spec.outcome)
        if spec.offset:
            outcome = f"I({' - '.join([outcome, *(f'({self.expression(one)})' for one in spec.offset)])})"
        return f"{outcome} ~ {' + '.join(terms) or '1'}"

    def weights(self) -> str:
        """The prior weights as code, of a table ``frame``; empty where there are none."""
        weights = self.comparison.spec.weights
        return "" if weights is None else _FrameCode(self.comparison).expression(weights)

    def term(self, term: Term) -> str:
        """A product of factors, categories as ``C(…)``."""
        return ":".join(map(self.factor, term.factors))

    def factor(self, factor: Expression) -> str:
        """A factor of a term."""
        if str(factor) in self.comparison.design.encoder.levels:
            column = factor
            while isinstance(column, Call) and is_of_own_levels(column):
                column = column.argument
            return f"C({self.expression(column)}{self._coding(factor)})"
        return self.expression(factor)

    def _coding(self, factor: Expression) -> str:
        """A factor's coding as patsy and formulaic both name it."""
        coding = self.comparison.design.encoder.coding(factor)
        if coding.is_treatment:
            first = isinstance(factor, Call) and factor.function == "relevel"
            level = self.comparison.design.encoder.levels[str(factor)].tolist()[coding.base]
            return f", Treatment(reference={level!r})" if coding.base or first else ""
        return {"contr.sum": ", Sum", "contr.helmert": ", Helmert", "contr.poly": ", Poly", "contr.sdif": ", Diff"}[
            coding.name
        ]

    def unknown(self) -> list[str]:
        """The functions of the formula that statsmodels' formulas have not, or not by R's values."""
        spec = self.comparison.spec
        partial = ["how.many" for f in spec.factors if isinstance(f, Call) and f.option("how.many")]
        used = {
            call.function
            for f in (spec.outcome, *spec.factors, *spec.known_parts)
            for call in calls(f)
            if not is_of_own_levels(call)
        }
        known = {*SUMMARIES, "!", "I", "scale", "center", "bs", "ifelse", "pmin", "pmax"}
        return sorted({*used, *partial} - KNOWN.keys() - known)

    def expression(self, expression: Expression) -> str:
        """Arithmetic and functions as Python has them."""
        match expression:
            case Column(name):
                return self.names[name]
            case Constant(value):
                return repr(value)
            case Arithmetic("%in%", left, Constant(value)):
                asked = list(value) if isinstance(value, tuple) else [value]
                return f"np.isin({self.expression(left)}, {asked!r})"
            case Arithmetic(operator):
                written = expression.written(self.expression, _OPERATORS.get(operator, operator))
                return self.alone(written) if expression in self._alone else written
            case Call(function):
                return self._call(expression, function, [self.expression(a) for a in expression.arguments])
        raise TypeError(f"not an expression: {expression!r}")

    def alone(self, written: str) -> str:
        """Arithmetic as one variable of a formula."""
        return f"I({written})"

    @cached_property
    def _alone(self) -> set[Expression]:
        """Arithmetic that is a variable by itself, which formulas of Python have in I()."""
        spec = self.comparison.spec
        return {f for f in (spec.outcome, *spec.factors) if isinstance(f, Arithmetic)}

    def _call(self, call: Call, function: str, given: list[str]) -> str:
        x, constants = given[0], constants_of(self.comparison, call)
        if function in ("scale", "center"):  # patsy's own divides by n
            state = self.comparison.design.encoder.states[str(call)]
            if constants or call.options:  # all rows with the column had a part in it
                spread = "" if state["scale"] is None else f" / {float(state['scale'])!r}"
                return self.alone(f"({x} - {float(state['center'])!r}){spread}")
            return self.alone(f"({x} - np.mean({x})){f' / np.std({x}, ddof=1)' if function == 'scale' else ''}")
        if function in SUMMARIES:
            return repr(float(self.comparison.design.encoder.states[str(call)]["value"]))
        if function == "bs":
            options = {{"intercept": "include_intercept"}.get(k, k): v for k, v in call.options}
            ends = options.pop("Boundary.knots", None)
            state = self.comparison.design.encoder.states[str(call)]
            if constants or ends:
                options = {k: v for k, v in options.items() if k != "df"} | {"knots": state["knots"]}
                options |= {"lower_bound": state["ends"][0], "upper_bound": state["ends"][1]}
            inside = [f"{k}={list(v) if isinstance(v, tuple) else v!r}" for k, v in options.items()]
            return f"bs({', '.join([x, *inside])})"
        if function == "log" and call.option("base") is not None:
            return self.alone(f"np.log({x}) / np.log({call.option('base')!r})")
        if function == "I":
            return self.alone(x)
        if function == "!":
            return f"~({x})"
        if function in ("pmin", "pmax"):
            return reduce(lambda a, b: f"np.{'min' if function == 'pmin' else 'max'}imum({a}, {b})", given)
        if function == "ifelse":
            return f"np.where({', '.join(given)})"
        return f"{KNOWN.get(function, function)}({', '.join(given)})"


class _FrameCode(StatsmodelsFormula):
    """Expressions as code of numpy over the columns of a table ``frame``."""

    def __init__(self, comparison: Comparison) -> None:
        super().__init__(comparison)
        self.names = {name: f"frame[{alias!r}]" for name, alias in self.names.items()}

    def alone(self, written: str) -> str:
        """Arithmetic in parentheses, which keep it together among other arithmetic."""
        return f"({written})"


KNOWN = {
    "log": "np.log",
    "exp": "np.exp",
    "sqrt": "np.sqrt",
    "log2": "np.log2",
    "log10": "np.log10",
    "log1p": "np.log1p",
    "expm1": "np.expm1",
    "abs": "np.abs",
    "sign": "np.sign",
    "sin": "np.sin",
    "cos": "np.cos",
    "tan": "np.tan",
    "floor": "np.floor",
    "ceiling": "np.ceil",
    "trunc": "np.trunc",
    "as.integer": "np.trunc",
}
"""Functions by their names in Python."""
_OPERATORS = {"^": "**", "%%": "%", "%/%": "//"}


def _usable(name: str, k: int, taken: tuple[str, ...]) -> str:
    """A name that formulas of statsmodels can hold."""
    fine = name.isascii() and name.isidentifier() and not keyword.iskeyword(name) and not TAKEN.fullmatch(name)
    return name if fine else unused_name(f"v{k}", taken)
