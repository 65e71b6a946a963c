"""How residuals of one group are correlated: compound symmetry, serial correlation, or a free covariance by visit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from .expressions import group_name, quote

Kind = Literal["cs", "ar1", "car1", "us"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Correlation:
    """A structure of the residuals.

    Parameters
    ----------
    kind : {"cs", "ar1", "car1", "us"}
        The same within a group; falling with whole steps of a time; falling with a time that may be any number; free, with
        a variance for each visit.
    group : tuple of str
        The columns whose combinations are the groups; rows of different groups are not correlated.
    order : str or None
        The column of times or visits; None for "cs".
    """

    kind: Kind
    group: tuple[str, ...]
    order: str | None = None

    def __str__(self) -> str:
        inside = "1" if self.order is None else quote(self.order)
        return f"{self.kind}({inside} | {':'.join(map(quote, self.group))})"

    @property
    def group_label(self) -> str:
        """What the grouping factor is called."""
        return group_name(self.group)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it uses."""
        return (*self.group, *([self.order] if self.order else []))
