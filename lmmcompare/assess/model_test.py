"""A test between two models with its question, numbers, verdict and assumptions."""

from __future__ import annotations

from dataclasses import dataclass

from ..text.numbers import p_value

LEVEL = 0.05
"""A p value below this counts as evidence in the verdicts."""


@dataclass(frozen=True)
class ModelTest:
    """A test between two models.

    Parameters
    ----------
    name : str
        The test's technical name.
    question : str
        The question that it answers, in plain words.
    distribution : str
        Reference distribution of the statistic.
    df : float
        Its degrees of freedom (of a mixture the larger, of F the numerator's).
    verdict : str
        One sentence.
    note : str
        Assumptions and caveats.
    p_naive : float
        The p value without the correction for a variance on the boundary; NaN where none is needed.
    """

    name: str
    question: str
    statistic: float
    distribution: str
    df: float
    p: float
    verdict: str
    note: str
    p_naive: float = float("nan")


def verdict(p: float, yes: str, no: str, *, at_most: bool = False) -> str:
    """The conclusion from the p value, a sentence; ``at_most`` where it is an upper bound."""
    text = p_value(p)
    return f"{yes if p < LEVEL else no} ({text.replace('=', '≤') if at_most else text})."
