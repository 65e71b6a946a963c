"""What a coefficient is of: the constant, a column, a level, an interaction, a group mean. Names are made here, never read."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from ..formula.expressions import Call, Column, Expression, columns_of, group_name
from ..formula.modifiers import origin
from .contrasts import Coding

CONSTANT = -1
"""Stands for the constant column among column indices."""
INTERCEPT = "Intercept"
"""What the constant is called, unless a column of the table is called so."""
Kind = Literal["intercept", "column", "expression", "category", "contrast", "interaction", "group mean"]


@dataclass(frozen=True, slots=True)
class Part:
    """One factor of a coefficient's term.

    Parameters
    ----------
    place : int
        Which of the columns that the factor gives, from 0.
    several : bool
        Whether an expression gives several columns, as ``poly(x, 2)`` does.
    level : str, optional
        Of a categorical factor the level.
    baseline : str, optional
        The level that it is compared with; None where the factor has a coefficient for each level.
    coding : Coding, optional
        Of a factor that is coded by other contrasts than with a baseline; ``place`` is then a column of its matrix.
    """

    factor: Expression
    place: int = 0
    several: bool = False
    level: str | None = None
    baseline: str | None = None
    coding: Coding | None = None

    @property
    def source(self) -> str:
        """The column's own name, or the expression's text."""
        return self.factor.name if isinstance(self.factor, Column) else str(self.factor)

    @property
    def subject(self) -> str:
        """The column that it is of, itself or whatever is made of it; an expression of several by its text."""
        names = dict.fromkeys(columns_of(self.factor))
        return next(iter(names)) if len(names) == 1 else str(self.factor)

    @property
    def variable(self) -> str:
        """The first of the table's columns that the factor is made of."""
        return next(columns_of(self.factor))

    def name(self, source: str | None = None) -> str:
        """As it stands in frames: ``x``, ``f[T.b]``, ``f[b]``, ``poly(x, 2)[1]``."""
        source = self.source if source is None else source
        if self.coding is not None:
            return f"{source}[{self.coding.short(self.place)}]"
        if self.level is None:
            return f"{source}[{self.place + 1}]" if self.several else source
        return f"{source}[{self.level}]" if self.baseline is None else f"{source}[T.{self.level}]"

    @property
    def label(self) -> str:
        """As readers see it: ``x``, ``f [b]``, ``poly(x, 2)[1]``, ``f [linear]``; a factor whose coding is chosen by its column."""
        if self.coding is not None:
            return f"{self.variable} [{self.coding.label(self.place)}]"
        if isinstance(self.factor, Call) and self.factor.function in ("C", "relevel"):
            return f"{self.variable} [{self.level}]"
        if self.level is None and origin(self.factor) is not None:  # a unit is one of the column, wherever its 0 is
            return self.variable
        return self.name() if self.level is None else f"{self.source} [{self.level}]"


@dataclass(frozen=True)
class Coefficient:
    """What a coefficient is of.

    Parameters
    ----------
    name : str
        Its name in frames, which no other coefficient of the model has.
    column : int
        Its column in the moments; `CONSTANT` is the intercept.
    parts : tuple of Part
        The factors of its term; none of the intercept.
    mean_of : Coefficient, optional
        Where it is of a group mean that a within-between model adds: whose.
    """

    name: str
    column: int
    parts: tuple[Part, ...] = ()
    mean_of: Coefficient | None = None

    @property
    def kind(self) -> Kind:
        """What it is of."""
        if self.mean_of:
            return "group mean"
        if len(self.parts) > 1:
            return "interaction"
        if not self.parts:
            return "intercept"
        if self.parts[0].coding is not None:
            return "contrast"
        if self.parts[0].level is not None:
            return "category"
        return "column" if isinstance(self.parts[0].factor, Column) else "expression"

    @property
    def is_intercept(self) -> bool:
        """Whether it is the constant's."""
        return self.column == CONSTANT

    @cached_property
    def label(self) -> str:
        """As readers see it: "condition [stim]", "a × b", "x, group mean"."""
        if self.mean_of:
            return f"{self.mean_of.label}, group mean"
        return " × ".join(part.label for part in self.parts) or self.name

    @property
    def is_level(self) -> bool:
        """Whether it is of a level of categorical predictors: ``f[q]``, ``f[T.q]:g[r]``, not ``x`` nor ``f[T.q]:x``."""
        return bool(self.parts) and all(part.level is not None for part in self.parts)

    @property
    def random_phrase(self) -> str:
        """What varies between groups where it is random: "intercept", "Days slope", "f [q] difference", "mean at f [p]".

        A categorical predictor has differences from its first level where the random part has an intercept; without one it
        has each level's own mean.
        """
        word = self.random_noun
        return {"intercept": word, "mean": f"mean at {self.label}"}.get(word, f"{self.label} {word}")

    @property
    def random_noun(self) -> str:
        """The word in it for what varies: "intercept", "slope", "contrast", "difference", "mean", or "coefficient" of a part of a curve."""
        if self.is_intercept:
            return "intercept"
        if any(part.several for part in self.parts):  # none of poly(x, 2)'s columns is what a unit of x goes with
            return "coefficient"
        if not self.is_level:
            return "contrast" if self.kind == "contrast" else "slope"
        return "difference" if any(part.baseline is not None for part in self.parts) else "mean"

    @property
    def baseline(self) -> str | None:
        """The level that it is compared with, of a coefficient of kind "category"; None where there is none."""
        return self.parts[0].baseline if self.kind == "category" else None


def constant_name(columns: Collection[str]) -> str:
    """What the constant is called beside the table's columns: it yields to one of its name."""
    name = INTERCEPT
    while name in columns:
        name = f"({name})"
    return name


def mean_name(name: str, taken: Collection[str]) -> str:
    """What the group mean of a coefficient's column is called: ``x_mean``, which yields to names that are taken."""
    return free_name(f"{name}_mean", "group", taken)


def term_name(parts: tuple[Part, ...], taken: Collection[str]) -> str:
    """What a term's coefficient is called; a user's column keeps its own name, what is made from columns yields to it."""
    if len(parts) > 1:
        return free_name(":".join(p.name(group_name([p.source])) for p in parts), "interaction", taken)
    (part,) = parts
    if isinstance(part.factor, Column) and part.level is None:
        return part.factor.name
    return free_name(part.name(), "level" if part.level is not None or part.coding is not None else "function", taken)


def free_name(name: str, what: str, taken: Collection[str]) -> str:
    """The name, with what it is in parentheses where another has it."""
    while name in taken:
        name = f"{name} ({what})"
    return name
