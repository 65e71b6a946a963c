"""A call of an R function while it is read: what its readers look at, and where they leave their remarks."""

from __future__ import annotations

from dataclasses import dataclass

from ..spec import ModelSpec
from .build import Kinds
from .call_syntax import Part

ModelAndMethod = tuple[ModelSpec, bool | None]
"""A model and whether it is fitted by REML, None for least squares."""


@dataclass(frozen=True, slots=True)
class RCall:
    """A call whose arguments have been told apart.

    Attributes
    ----------
    formula : Part
        The argument with the formula, or with its fixed part.
    data : str
        What the table is called; empty where it is not named.
    kinds : mapping of str to bool
    remarks : list of str
        Sentences on what is read differently or left aside, to which readers add theirs.
    """

    arguments: dict[str, Part]
    formula: Part
    data: str
    kinds: Kinds
    remarks: list[str]

    def flag(self, name: str, default: bool) -> bool:
        """Whether an argument is TRUE."""
        return self.arguments[name].flag() if name in self.arguments else default

    def string(self, name: str, default: str) -> str | None:
        """The text in quotes that an argument gives; None where it gives something else."""
        return self.arguments[name].string() if name in self.arguments else default
