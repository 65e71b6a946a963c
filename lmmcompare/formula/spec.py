"""The specification of a model as immutable data: terms and random-effects terms, made of the `expressions` module's objects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from .correlation import Correlation
from .expressions import Column, Expression, columns_of, is_operation, quote


@dataclass(frozen=True, slots=True)
class Term:
    """A product of factors, as in ``a:b``; a single factor is the usual case."""

    factors: tuple[Expression, ...]

    def __str__(self) -> str:
        return ":".join(f"({f})" if is_operation(f) else str(f) for f in self.factors)

    @property
    def label(self) -> str:
        """The label for display: "a × b"."""
        return " × ".join(f.name if isinstance(f, Column) else str(f) for f in self.factors)

    def without(self, factor: Expression) -> frozenset[str]:
        """The other factors, as a set of texts (the term's margin)."""
        return frozenset(str(f) for f in self.factors) - {str(factor)}


WEIGHTS, OFFSET = "(weights)", "(offset)"
"""What columns made of arrays that stand beside a formula are called, as R's model frames call them."""
STRUCTURES = {"us": False, "diag": False, "cs": False, "ar1": True}
"""lme4's names of covariance structures, and whether each has one standard deviation for all columns unless told otherwise."""


@dataclass(frozen=True, slots=True)
class RandomTerm:
    """One ``(terms | group)``: the columns whose coefficients vary over the levels of a grouping factor.

    Parameters
    ----------
    group : tuple of str
        The columns whose combinations are the groups: one name, or several for ``a:b``.
    correlated : bool
        False for ``(terms || group)``.
    structure : str
        One of `STRUCTURES`; "us", unstructured, is the plain ``(terms | group)``.
    homogeneous : bool
        Whether a structure has one standard deviation for all columns.
    """

    group: tuple[str, ...]
    terms: tuple[Term, ...] = ()
    intercept: bool = True
    correlated: bool = True
    structure: str = "us"
    homogeneous: bool = False

    def __str__(self) -> str:
        return self.written(" + ".join(self.inside(map(str, self.terms))), self.group_text)

    def inside(self, terms: Iterable[str]) -> list[str]:
        """The text before the bar, from the terms' texts; "0" comes first where there is no intercept."""
        result = [*terms]
        return result or ["1"] if self.intercept else ["0", *result]

    def written(self, inside: str, group: str) -> str:
        """The term around what stands before and after the bar, with its structure's name and options."""
        name, option = "", ""
        if self.structure != "us":
            name = self.structure
            if self.homogeneous != STRUCTURES[name]:
                option = f", hom = {str(self.homogeneous).upper()}"
        return f"{name}({inside} {'|' if self.correlated else '||'} {group}{option})"

    @property
    def group_text(self) -> str:
        """The grouping factor as formula text, ``a`` or ``a:b``."""
        return ":".join(quote(g) for g in self.group)


@dataclass(frozen=True)
class ModelSpec:
    """A model: outcome, fixed part, random part, offsets, prior weights.

    Parameters
    ----------
    offset : tuple of Expression
        Known parts of the outcome's mean, which add up and have no coefficient.
    weights : Expression, optional
        Prior weights: a row's residual variance is sigma^2 divided by its weight. As in R they are no part of the formula's text.
    correlation : Correlation, optional
        How the residuals of one group are correlated; behind the formula in the text, as weights are.
    variance : str
        A column whose levels have a residual variance each; empty where all rows have one.
    pattern : str
        Formula text that means something beside a table's columns only, as ``y ~ .``; `parser.read` makes a model of it.
    order : tuple of str
        The factors of the fixed part as they were written first, which R's names of interactions follow; it has no part in
        comparisons.
    states : mapping
        What functions such as ``scale()`` are to take from another fit instead of learning it from the rows, by call
        (`design.encoding.Encoder`); it has no part in comparisons either.
    """

    outcome: Expression
    terms: tuple[Term, ...] = ()
    intercept: bool = True
    random: tuple[RandomTerm, ...] = ()
    offset: tuple[Expression, ...] = ()
    weights: Expression | None = None
    correlation: Correlation | None = None
    variance: str = ""
    pattern: str = ""
    order: tuple[str, ...] = field(default=(), compare=False)
    states: Mapping[str, dict[Any, Any]] = field(default_factory=dict, compare=False, repr=False)

    def __str__(self) -> str:
        return self.formula

    @property
    def formula(self) -> str:
        """The model as lme4 formula text."""
        if self.pattern:
            return self.pattern
        parts = [str(t) for t in self.terms]
        if not self.intercept:
            parts = ["0", *parts]
        elif not parts:
            parts = ["1"]
        offsets = [f"offset({one})" for one in self.offset]
        return f"{self.outcome} ~ {' + '.join([*parts, *offsets, *map(str, self.random)])}"

    @property
    def text(self) -> str:
        """The whole model as one text, as it stands in a call: the formula, then ``, weights = w`` and the like where there are any."""
        if self.pattern:
            return self.pattern
        variance = quote(self.variance) if self.variance else None
        behind = {"weights": self.weights, "correlation": self.correlation, "variance": variance}
        return self.formula + "".join(f", {name} = {what}" for name, what in behind.items() if what is not None)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Every column that the model uses, once each, the outcome first."""
        result: dict[str, None] = dict.fromkeys(columns_of(self.outcome))
        for factor in self.factors:
            result.update(dict.fromkeys(columns_of(factor)))
        for random in self.random:
            result.update(dict.fromkeys(random.group))
        for known in self.known_parts:
            result.update(dict.fromkeys(columns_of(known)))
        result.update(dict.fromkeys(self.correlation.columns if self.correlation else ()))
        return (*result, self.variance) if self.variance and self.variance not in result else tuple(result)

    @property
    def has_structure(self) -> bool:
        """Whether the residuals are correlated within groups or have unequal variances."""
        return bool(self.correlation or self.variance)

    @property
    def known_parts(self) -> tuple[Expression, ...]:
        """The expressions without a coefficient: offsets, then prior weights."""
        return (*self.offset, *((self.weights,) if self.weights is not None else ()))

    @cached_property
    def fixed_factors(self) -> tuple[Expression, ...]:
        """The factors of the fixed part's terms, as often as they stand there."""
        return tuple(f for term in self.terms for f in term.factors)

    @cached_property
    def factors(self) -> tuple[Expression, ...]:
        """The factors of all terms, of the fixed and of the random part, as often as they stand there."""
        return (*self.fixed_factors, *(f for r in self.random for term in r.terms for f in term.factors))

    @property
    def groupings(self) -> tuple[tuple[str, ...], ...]:
        """The grouping factors, once each."""
        return tuple(dict.fromkeys(r.group for r in self.random))

    def fixed_only(self) -> ModelSpec:
        """The same model without its random part."""
        return replace(self, random=())

    def with_states(self, states: Mapping[str, dict[Any, Any]]) -> ModelSpec:
        """The same model with functions that have learnt already."""
        return replace(self, states=states)

    def with_random(self, *random: RandomTerm) -> ModelSpec:
        """The same fixed part with another random part."""
        return replace(self, random=random)
