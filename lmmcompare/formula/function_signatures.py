"""The functions that a formula may use: their arguments and constant options, in R's order and by R's names."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from .expressions import Value

MAX_VECTOR = 1_000
"""Most values in a vector of constants."""


@dataclass(frozen=True, slots=True)
class Option:
    """A constant option.

    Parameters
    ----------
    kinds : str
        What it may be, of "number", "truth", "text", "numbers", "texts", "contrast" (the name of a coding),
        "quantiles" (of the argument).
    low, high : float
        Between which a number lies.
    whole : bool
        Whether a number is a whole one.
    """

    name: str
    kinds: tuple[str, ...]
    low: float = float("-inf")
    high: float = float("inf")
    whole: bool = False

    def accepts(self, value: Value) -> bool:
        """Whether a value is allowed."""
        match value:
            case bool():
                return "truth" in self.kinds
            case str():
                return bool({"text", "texts", "contrast"} & {*self.kinds})
            case tuple():
                kind = "texts" if all(isinstance(v, str) for v in value) else "numbers"
                return kind in self.kinds or (kind == "texts" and "numbers" in self.kinds and not value)
        if not {"number", "numbers"} & {*self.kinds} or not (isfinite(value) or "numbers" in self.kinds):
            return False
        return self.low <= value <= self.high and (not self.whole or value == int(value))

    @property
    def allowed_values(self) -> str:
        """The values allowed, in words."""
        if self.whole:
            return f"a whole number from {self.low:g} to {self.high:g}"
        words = {
            "number": "a number",
            "truth": "TRUE or FALSE",
            "text": "text in quotes",
            "numbers": "numbers such as c(1, 2)",
            "quantiles": "quantile(x)",
            "texts": 'texts such as c("a", "b")',
            "contrast": "the name of a coding such as contr.sum",
        }
        return " or ".join(words[kind] for kind in self.kinds)


@dataclass(frozen=True, slots=True)
class Signature:
    """The arguments and options of a function.

    Parameters
    ----------
    arguments : tuple of str
        Names of the expressions, in order.
    options : tuple of Option
        The constants, in the order in which they may stand without a name after the arguments.
    more : bool
        Whether any number of expressions may stand there; options then need their names, as in R.
    """

    arguments: tuple[str, ...] = ("x",)
    options: tuple[Option, ...] = ()
    more: bool = False

    @property
    def names(self) -> str:
        """The options' names in words."""
        return ", ".join(o.name for o in self.options)


def _truth(name: str) -> Option:
    return Option(name, ("truth",))


_LEVELS = (Option("levels", ("texts", "numbers")), Option("labels", ("texts", "numbers")))
_OVER_ALL = Signature((), (_truth("na.rm"),), more=True)
_ONE_COLUMN = Signature(("x",), (_truth("na.rm"),))
_PLAIN = Signature()
_SPLINE = (
    Option("intercept", ("truth",)),
    Option("Boundary.knots", ("numbers",)),
)
_DF, _KNOTS = Option("df", ("number",), 1, 40, True), Option("knots", ("numbers",))
_DEGREE = Option("degree", ("number",), 1, 9, True)

SIGNATURES: dict[str, Signature] = {
    **dict.fromkeys(["I", "exp", "expm1", "log1p", "log2", "log10", "sqrt", "abs", "sign"], _PLAIN),
    **dict.fromkeys(["sin", "cos", "tan", "floor", "ceiling", "trunc", "center"], _PLAIN),
    **dict.fromkeys(["as.factor", "as.ordered", "as.numeric", "as.integer", "as.character", "as.logical"], _PLAIN),
    **dict.fromkeys(["mean", "sd", "var", "median"], _ONE_COLUMN),
    **dict.fromkeys(["sum", "min", "max", "pmin", "pmax"], _OVER_ALL),
    "log": Signature(("x",), (Option("base", ("number",), 1e-100, 1e100),)),
    "round": Signature(("x",), (Option("digits", ("number",), -15, 15, True),)),
    "ifelse": Signature(("test", "yes", "no")),
    "scale": Signature(("x",), (Option("center", ("truth", "number")), Option("scale", ("truth", "number")))),
    "poly": Signature(("x",), (_DEGREE, _truth("raw"))),
    "bs": Signature(("x",), (_DF, _KNOTS, _DEGREE, *_SPLINE)),
    "ns": Signature(("x",), (_DF, _KNOTS, *_SPLINE)),
    "factor": Signature(("x",), (*_LEVELS, _truth("ordered"))),
    "ordered": Signature(("x",), _LEVELS),
    "relevel": Signature(("x",), (Option("ref", ("text", "number")),)),
    "cut": Signature(
        ("x",),
        (
            Option("breaks", ("numbers", "quantiles")),
            Option("labels", ("texts", "truth")),
            _truth("include.lowest"),
            _truth("right"),
            Option("dig.lab", ("number",), 1, 15, True),
            _truth("ordered_result"),
        ),
    ),
    "dummy": Signature(("f",), (Option("level", ("text", "number")),)),
    "interaction": Signature((), (), more=True),
    "ave": Signature((), (), more=True),
    "C": Signature(
        ("object",),
        (
            Option("contr", ("contrast",)),
            Option("how.many", ("number",), 1, 199, True),
            Option("base", ("number", "text"), 1, 200, True),
        ),
    ),
}
"""Function to what it takes."""
QUANTILE = Signature(("x",), (Option("probs", ("number", "numbers"), 0, 1), _truth("na.rm")))
"""What ``quantile`` takes, which stands as the breaks of ``cut``."""
