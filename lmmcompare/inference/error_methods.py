"""How standard errors and degrees of freedom are found, in all models of a comparison."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .robust import Kind


@dataclass(frozen=True)
class ErrorMethods:
    """The methods for standard errors and degrees of freedom.

    Parameters
    ----------
    kenward_roger : bool
        Whether mixed models have Kenward and Roger's, where they can, and not Satterthwaite's.
    robust : {"CR0", "CR1", "CR1S", "CR2", "CR3"}
        OLS's cluster-robust errors.
    """

    kenward_roger: bool = False
    robust: Kind = "CR2"

    @property
    def small_sample(self) -> Literal["kenward-roger", "satterthwaite"]:
        """The method of mixed models, as ``ddf`` names it."""
        return "kenward-roger" if self.kenward_roger else "satterthwaite"


DEFAULT = ErrorMethods()
"""What is used where nothing else is asked for."""
