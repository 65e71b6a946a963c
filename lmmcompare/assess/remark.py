"""A remark on a formula, and the formula that a reader may have meant."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Remark:
    """A remark on the formula or its outcome, with the formula that a reader may have meant.

    Parameters
    ----------
    formula : str
        Offered in place of the present one; empty where nothing is to be changed.
    action : str
        What taking it does, in a few words.
    """

    sentence: str
    formula: str = ""
    action: str = ""
