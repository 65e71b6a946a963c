"""Formulas and names as statsmodels reads them."""

from __future__ import annotations

import keyword
import re

from ..comparison.compare import Comparison
from ..formula.spec import Arithmetic, Call, Column, Constant, Expression, Term
from .constants import constants_of
from .datafile import unused

TAKEN = re.compile("np|pd|smf|lc|io|data|comparison|frame|errors|C|I|Q|Intercept|scale|center|poly|bs|log|exp|sqrt")
"""Words that mean something else in the script or in statsmodels' formulas."""


class StatsmodelsFormula:
    """A comparison's formulas in Python's words; columns and groups go by names that formulas can hold.

    Parameters
    ----------
    comparison : Comparison
    """

    def __init__(self, comparison: Comparison) -> None:
        self.comparison = comparison
        taken = comparison.spec.columns
        self.names = {name: _usable(name, k, taken) for k, name in enumerate(taken, 1)}
        self.groups = {
            g.name: self.names[g.columns[0]] if len(g.columns) == 1 else unused(f"groups{k}", taken)
            for k, g in enumerate(comparison.design.groupings, 1)
        }

    def formula(self, *more: str) -> str:
        """Outcome, fixed part and what else there is."""
        spec = self.comparison.spec
        terms = [*(() if spec.intercept else ("0",)), *more, *map(self.term, spec.terms)]
        return f"{self.expression(spec.outcome)} ~ {' + '.join(terms) or '1'}"

    def term(self, term: Term) -> str:
        """A product of factors, categories as ``C(…)``."""
        return ":".join(map(self.factor, term.factors))

    def factor(self, factor: Expression) -> str:
        """A factor of a term."""
        if str(factor) in self.comparison.design.encoder.levels:
            column = factor
            while isinstance(column, Call) and column.function in ("factor", "C", "relevel"):
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

    def expression(self, expression: Expression) -> str:
        """Arithmetic and functions as Python has them."""
        match expression:
            case Column(name):
                return self.names[name]
            case Constant(value):
                return repr(value)
            case Arithmetic(operator):
                return expression.written(self.expression, operator.replace("^", "**"))
            case Call(function, (argument,), options):
                known = {"log": "np.log", "exp": "np.exp", "sqrt": "np.sqrt"}
                if function in ("scale", "center"):  # patsy's own divides by n
                    x = self.expression(argument)
                    if constants := constants_of(
                        self.comparison, expression
                    ):  # all rows with the column had a part in it
                        spread = "" if constants.scale is None else f" / {constants.scale!r}"
                        return f"I(({x} - {constants.center!r}){spread})"
                    return f"I(({x} - np.mean({x})){f' / np.std({x}, ddof=1)' if function == 'scale' else ''})"
                if function == "bs" and (constants := constants_of(self.comparison, expression)):
                    ends = f"lower_bound={constants.ends[0]!r}, upper_bound={constants.ends[1]!r}"
                    kept = {"knots": list(constants.knots)} | {k: v for k, v in options if k != "df"}
                    return (
                        f"bs({self.expression(argument)}, {', '.join(f'{k}={v!r}' for k, v in kept.items())}, {ends})"
                    )
                inside = ", ".join([self.expression(argument), *(f"{k}={v!r}" for k, v in options)])
                return f"{known.get(function, function)}({inside})"
        raise TypeError(f"not an expression: {expression!r}")


def _usable(name: str, k: int, taken: tuple[str, ...]) -> str:
    """A name that formulas of statsmodels can hold."""
    fine = name.isascii() and name.isidentifier() and not keyword.iskeyword(name) and not TAKEN.fullmatch(name)
    return name if fine else unused(f"v{k}", taken)
