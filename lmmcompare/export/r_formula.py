"""Names, texts, terms and formulas in R's words."""

from __future__ import annotations

from ..comparison.comparison import Comparison
from ..design.elementwise import ARITHMETIC, ELEMENTWISE
from ..design.encoding import column_of_levels
from ..design.kinds import TAKE_ANY
from ..design.r_names import r_expression
from ..formula.baselines import is_of_own_levels
from ..formula.expressions import (
    Arithmetic,
    Call,
    Column,
    Constant,
    Expression,
    Quantiles,
    Value,
    calls,
    columns_of,
    is_operation,
    value_text,
)
from ..formula.spec import RandomTerm, Term
from .data_file import DataFile
from .file_columns import is_syntactic
from .transform_constants import Constants, constants_of


def r_name(name: str) -> str:
    """A name for which `is_plain` holds as R code: in backquotes unless it is a syntactic name."""
    return name if is_syntactic(name) else f"`{name}`"


def r_string(text: str) -> str:
    """A text as a string literal of R on one line, with invisible characters escaped."""
    display = (f"\\{c}" if c in '\\"' else c if c.isprintable() else f"\\U{{{ord(c):x}}}" for c in text)
    return f'"{"".join(display)}"'


def r_strings(texts: list[str] | tuple[str, ...]) -> str:
    """A vector of texts, wrapped."""
    if len(texts) == 1:
        return r_string(texts[0])
    lines, line = [], ""
    for text in map(r_string, texts):
        if line and len(line) + len(text) > 100:
            lines.append(line.rstrip())
            line = ""
        line += f"{text}, "
    return "c(" + "\n  ".join([*lines, line]).removesuffix(", ") + ")"


class RFormula:
    """A comparison's formulas as R reads them.

    Parameters
    ----------
    file : DataFile
        What its columns are called in R.
    """

    def __init__(self, comparison: Comparison, file: DataFile) -> None:
        self.comparison, self.file = comparison, file

    def name(self, column: str) -> str:
        """A column of the table."""
        return r_name(self.file.field(column).alias)

    def expression(self, expression: Expression, *, numbers: bool = True) -> str:
        """An expression as it was written, where R gives the same of it; with ``numbers``, truths are 0 and 1."""
        if isinstance(expression, Call | Arithmetic) and self._as_it_is(expression):
            return r_expression(expression)
        match expression:
            case Column(name):
                return f"as.numeric({self.name(name)})" if numbers and self._is_logical(name) else self.name(name)
            case Constant(value):
                return repr(value) if isinstance(value, float) else value_text(value)
            case Arithmetic(operator):
                return expression.written(lambda side: self.expression(side, numbers=operator in ARITHMETIC), operator)
            case Call("!", (argument,)):
                return f"!({self.expression(argument, numbers=False)})"
            case Call(function, (argument, *_), options):
                given = [self._argument(expression, a, numbers) for a in expression.arguments]
                if known := constants_of(self.comparison, expression):  # all rows with the column had a part in it
                    return _with_constants(
                        function, given[0], {k: v for k, v in options if not isinstance(v, Quantiles)}, known
                    )
                inside = ", ".join([*given, *(f"{k} = {_option(v, given[0])}" for k, v in options)])
                match function:
                    case "scale":  # c(): a vector, not a matrix of one column
                        return f"c(scale({inside}))"
                    case "center":
                        return f"c(scale({inside}, scale = FALSE))"
                    case "bs" | "ns":
                        return f"splines::{function}({inside})"
                    case _:
                        return f"{function}({inside})"
        raise TypeError(f"not an expression: {expression!r}")

    def _argument(self, call: Call, argument: Expression, numbers: bool) -> str:
        """A function's argument; text, which the script has as a factor, as text where R would take the levels' numbers."""
        written = self.expression(
            argument, numbers=numbers if call.function == "I" else call.function not in TAKE_ANY_KIND
        )
        if isinstance(argument, Column) and (field := self.file.field(argument.name)).kind == "text":
            codes = call.function in ("as.numeric", "as.integer") and all(map(is_number, field.levels or ()))
            if codes or call.function == "ifelse":
                return f"as.character({written})"
        return written

    def _as_it_is(self, expression: Call | Arithmetic) -> bool:
        """Whether the text that was read gives the same in R: its columns have their names, and no function needs more words."""
        fields = [self.file.field(name) for name in columns_of(expression)]
        return (
            bool(expression.text)
            and all(f.alias == f.name and f.kind == "number" for f in fields)
            and all(c.function in ("!", "I", "poly", "log", *ELEMENTWISE) for c in calls(expression))
            and not any(constants_of(self.comparison, call) for call in calls(expression))
        )

    def factor(self, factor: Expression) -> str:
        """A factor of a term: a category as it is, anything else as numbers."""
        if (
            isinstance(factor, Call)
            and factor.function == "C"
            and {"contr", "base", "how.many"} & dict(factor.options).keys()
        ):
            return self._coded(factor)
        if isinstance(factor, Call) and factor.function == "relevel" and is_of_own_levels(factor):
            return f"relevel({self.factor(factor.argument)}, ref = {r_string(str(factor.option('ref')))})"
        if (column := column_of_levels(factor)) is not None:
            return f"factor({self.name(column.name)})"
        if isinstance(factor, Column):
            return self.name(factor.name)
        return self.expression(factor, numbers=str(factor) not in self.comparison.design.encoder.levels)

    def _coded(self, factor: Call) -> str:
        """A factor with its coding; R knows a baseline by its place only, and gives ``C`` to factors only."""
        coding = self.comparison.design.encoder.coding(factor)
        name = "MASS::contr.sdif" if coding.name == "contr.sdif" else coding.name
        more = f", base = {coding.base + 1}" if coding.name == "contr.treatment" and coding.base else ""
        more += "" if coding.is_whole else f", how.many = {coding.n_columns}"
        inner = self.factor(factor.argument)
        if isinstance(factor.argument, Column) and self.file.field(factor.argument.name).kind != "text":
            inner = f"factor({self.name(factor.argument.name)})"
        return f"C({inner}, {name}{more})"

    def term(self, term: Term) -> str:
        """A product of factors."""
        return ":".join(f"({self.factor(f)})" if is_operation(f) else self.factor(f) for f in term.factors)

    def with_all_values(self) -> list[str]:
        """Conditions for rows in which functions such as ``cut`` have a value, where there are others."""
        spec = self.comparison.spec
        partial = {str(f): f for f in (spec.outcome, *spec.factors) if str(f) in self.comparison.design.missing}
        return [f"!is.na({self.factor(f)})" for text, f in partial.items() if not isinstance(f, Column)]

    def terms(self) -> list[str]:
        """The fixed part's terms; "0" first where it has no intercept."""
        spec = self.comparison.spec
        result = [*(() if spec.intercept else ("0",)), *map(self.term, spec.terms)]
        return result or ["1"]

    def formula(self, *more: str) -> str:
        """Outcome, fixed part and what else there is."""
        return (
            f"{self.expression(self.comparison.spec.outcome)} ~ {' + '.join([*self.terms(), *self.offsets(), *more])}"
        )

    def offsets(self) -> list[str]:
        """The offsets as terms."""
        return [f"offset({self.expression(one)})" for one in self.comparison.spec.offset]

    def weights(self) -> str:
        """The prior weights as a further argument of ``lm`` or ``lmer``; empty where there are none."""
        weights = self.comparison.spec.weights
        return "" if weights is None else f", weights = {self.expression(weights)}"

    def random(self, random: RandomTerm, group: str = "") -> str:
        """A random-effects term, of its own groups or of those given; uncorrelated ones one by one."""
        group = group or ":".join(map(self.name, random.group))
        inside = list(map(self.term, random.terms))
        if random.correlated:
            return random.written(" + ".join(random.inside(inside)), group)
        parts = ["1"] * random.intercept + [f"0 + {t}" for t in inside]
        return " + ".join(f"({part} | {group})" for part in parts)

    def group(self) -> str:
        """The shown grouping factor, as a factor."""
        columns = self.comparison.grouping.columns
        names = ", ".join(map(self.name, columns))
        if len(columns) > 1:
            return f"interaction({names}, drop = TRUE)"
        return names if self.file.field(columns[0]).kind == "text" else f"factor({names})"

    def _is_logical(self, name: str) -> bool:
        return self.file.field(name).kind == "logical"


TAKE_ANY_KIND = (*TAKE_ANY, "!", "I", "ifelse", "as.logical", "as.numeric", "as.integer")
"""Functions that take truths as such."""


def is_number(text: str) -> bool:
    """Whether a text shows a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True


def _option(value: Value | Quantiles, argument: str) -> str:
    return value.written(argument) if isinstance(value, Quantiles) else value_text(value)


def _with_constants(function: str, x: str, options: dict[str, Value], known: Constants) -> str:
    """A transform with its constants written out."""
    if known.value is not None:
        return repr(known.value)
    match function:
        case "poly":
            coefs = f"list(alpha = {_vector(known.alpha)}, norm2 = {_vector((1.0, *known.norms))})"
            return f"poly({x}, {len(known.alpha)}, coefs = {coefs})"
        case "bs" | "ns":
            knots = f"knots = {_vector(known.knots)}, Boundary.knots = {_vector(known.ends)}"
            keep = [f", {k} = {value_text(options[k])}" for k in ("degree", "intercept") if k in options]
            return f"splines::{function}({x}, {knots}{''.join(keep)})"
        case "cut":
            keep = [f", {k} = {value_text(v)}" for k, v in options.items() if k != "breaks"]
            return f"cut({x}, {_vector(known.knots)}{''.join(keep)})"
    return f"c(scale({x}, center = {known.center!r}, scale = {'FALSE' if known.scale is None else repr(known.scale)}))"


def _vector(values: tuple[float, ...]) -> str:
    return f"c({', '.join(map(repr, values))})"
