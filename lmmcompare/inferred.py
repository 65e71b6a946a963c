"""The inference that a reader sees beside the estimates: errors, degrees of freedom, intervals, and what to say of them."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from .compare import Comparison
from .tables import Limits


@dataclass(frozen=True)
class Inferred:
    """The coefficients with the inference asked for.

    Parameters
    ----------
    frame : DataFrame
        As `Comparison.coefficients` gives it.
    limits : mapping
        Intervals that take the place of the frame's.
    p_values : bool
        Whether p values are shown.
    said : str
        What it is, for the caption.
    kenward_roger : bool
        Whether errors and degrees of freedom of the mixed models are Kenward and Roger's, not Satterthwaite's.
    """

    frame: pd.DataFrame
    limits: Limits
    p_values: bool
    said: str
    kenward_roger: bool = False

    @property
    def key(self) -> tuple[object, ...]:
        """What tells this from other inference for the same comparison."""
        return self.said, self.p_values, tuple(self.limits.items())

    def within(self) -> pd.DataFrame:
        """The frame with the intervals put in."""
        ends = {(model, name): ends for (model, kind, _, name), ends in self.limits.items() if kind == "coefficient"}
        if not ends:
            return self.frame
        frame = self.frame.set_index(["model", "term"])
        for at, limits in ends.items():
            frame.loc[at, ["lower", "upper"]] = limits
        return frame.reset_index()


def usual(comparison: Comparison) -> Inferred:
    """The inference that a comparison opens with."""
    return Inferred(comparison.coefficients(), {}, False, how_found(comparison, "Satterthwaite"))


def how_found(comparison: Comparison, method: str) -> str:
    """How the mixed models' errors and degrees of freedom were found, for a caption."""
    adjusted = "standard errors and degrees of freedom" if method == "Kenward–Roger" else "degrees of freedom"
    by = "restricted maximum likelihood (REML)" if comparison.reml else "maximum likelihood (ML)"
    return f"Mixed models by {by}, with {adjusted} for few groups after {method.replace('–', ' and ')}"
