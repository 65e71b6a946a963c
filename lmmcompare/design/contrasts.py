"""Codings of a factor by contrasts: R's contr.treatment, contr.sum, contr.helmert, contr.poly, contr.SAS and MASS's contr.sdif.

Venables and Ripley (2002), Modern Applied Statistics with S, section 6.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from ..arrays import Array
from ..errors import DesignError
from ..formula.expressions import Call, Expression
from .levels import label_text

_DEGREES = ("linear", "quadratic", "cubic")


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """A column of a contrast matrix over level codes that several such columns share.

    Parameters
    ----------
    codes : array of int
    values : (levels,) array
        The column's value at each level.
    """

    codes: Array
    values: Array

    def __getitem__(self, rows: slice | Array) -> Array:
        return np.asarray(self.values[self.codes[rows]], dtype=float)


@dataclass(frozen=True)
class Coding:
    """The coding of a factor where the model has its contrasts.

    Parameters
    ----------
    name : str
        R's: "contr.sum".
    base : int
        Of contr.treatment and contr.SAS the place of the baseline, from 0.
    n_columns : int
        How many columns of the matrix are used.
    """

    name: str
    levels: tuple[str, ...]
    base: int
    n_columns: int

    @property
    def is_treatment(self) -> bool:
        """Whether each column is a level's indicator, the baseline's left out."""
        return self.name in ("contr.treatment", "contr.SAS")

    @property
    def is_whole(self) -> bool:
        """Whether the columns tell all levels apart."""
        return self.n_columns == len(self.levels) - 1

    @property
    def compared(self) -> list[int]:
        """Of contr.treatment the levels that have a column."""
        return [k for k in range(len(self.levels)) if k != self.base][: self.n_columns]

    @cached_property
    def matrix(self) -> Array:
        """The columns' values at each level, (levels, n_columns)."""
        n = len(self.levels)
        return _MATRICES[self.name](n, self.base)[:, : self.n_columns]

    def short(self, column: int) -> str:
        """What tells a column from the others in names of frames: "S.a", "H.b", ".L", "D.b-a"."""
        own = self.levels
        match self.name:
            case "contr.sum":
                return f"S.{own[column]}"
            case "contr.helmert":
                return f"H.{own[column + 1]}"
            case "contr.sdif":
                return f"D.{own[column + 1]}-{own[column]}"
        return [".L", ".Q", ".C"][column] if column < 3 else f"^{column + 1}"

    def label(self, column: int) -> str:
        """What a column compares, for readers: "a vs mean", "c vs earlier", "linear", "b vs a"."""
        own = self.levels
        match self.name:
            case "contr.sum":
                return f"{own[column]} vs mean"
            case "contr.helmert":
                return f"{own[column + 1]} vs earlier, /{column + 2}"
            case "contr.sdif":
                return f"{own[column + 1]} vs {own[column]}"
        return _DEGREES[column] if column < 3 else f"degree {column + 1}"

    def r_suffix(self, column: int) -> str:
        """What R puts behind the factor's text."""
        match self.name:
            case "contr.sdif":
                return f"{self.levels[column + 1]}-{self.levels[column]}"
            case "contr.poly":
                return [".L", ".Q", ".C"][column] if column < 3 else f"^{column + 1}"
        return str(column + 1)


def coding_of(factor: Expression, levels: pd.Index) -> Coding:
    """The coding that a factor asks for: ``C(f, contr.sum)``; of ``ordered(f)`` R's polynomial contrasts.

    Otherwise treatment contrasts with the first level, of a column of ordered categories too.

    Raises
    ------
    DesignError
        For a baseline that is no level, and for more columns than the factor has contrasts.
    """
    names, n = tuple(map(str, levels)), len(levels)
    if not (isinstance(factor, Call) and factor.function == "C"):
        return Coding("contr.poly" if _makes_order(factor) else "contr.treatment", names, 0, n - 1)
    name = str(factor.option("contr", "contr.treatment"))
    if name != "contr.treatment" and factor.option("base") is not None:
        raise DesignError(f"{factor} names a base, which only contr.treatment has.", "Leave it out.")
    keep = int(factor.option("how.many", n - 1))
    if keep > n - 1:
        raise DesignError(f"{factor} asks for {keep} contrasts of {n} levels.", f"At most {n - 1} are possible.")
    base = n - 1 if name == "contr.SAS" else _base(factor, levels)
    return Coding(name, names, base, keep)


def _makes_order(factor: Expression) -> bool:
    """Whether a formula itself puts levels in order, as ``ordered(f)`` does."""
    if not isinstance(factor, Call):
        return False
    asked = factor.option("ordered") or factor.option("ordered_result")
    return factor.function in ("ordered", "as.ordered") or bool(asked)


def _base(factor: Call, levels: pd.Index) -> int:
    asked: Any = factor.option("base", 1)
    known = [label_text(level) for level in levels]
    if isinstance(asked, str):
        if asked not in known:
            raise DesignError(
                f"“{asked}” in {factor} is not one of the levels, {', '.join(known[:6])}.", "Name one of these."
            )
        return known.index(asked)
    if not 1 <= asked <= len(levels):
        raise DesignError(
            f"{factor} has no level number {asked:g}: there are {len(levels)}.", f"The first is 1, {known[0]}."
        )
    return int(asked) - 1


def _sum(n: int, base: int) -> Array:
    return np.vstack([np.eye(n - 1), -np.ones(n - 1)])


def _treatment(n: int, base: int) -> Array:
    return np.delete(np.eye(n), base, axis=1)


def _helmert(n: int, base: int) -> Array:
    place = np.arange(n)[:, None] - np.arange(1, n)
    return np.where(place < 0, -1.0, np.where(place == 0, np.arange(1.0, n), 0.0))


def _poly(n: int, base: int) -> Array:
    x = np.arange(n) - (n - 1) / 2
    q, r = np.linalg.qr(np.vander(x / max(np.abs(x).max(), 1.0), n, increasing=True))
    return np.asarray((q * np.sign(np.diag(r)))[:, 1:])


def _sdif(n: int, base: int) -> Array:
    column = np.arange(1.0, n)[None, :]
    later = np.arange(n)[:, None] >= column
    return (column - np.where(later, 0, n)) / n


_MATRICES = {
    "contr.treatment": _treatment,
    "contr.SAS": _treatment,
    "contr.sum": _sum,
    "contr.helmert": _helmert,
    "contr.poly": _poly,
    "contr.sdif": _sdif,
}
