"""The analysis that a page opens with, below what of the address could not be had."""

from __future__ import annotations

from ..errors import LmmCompareError
from ..labels import literal
from ..share import link
from . import shell, state
from .state import Analysis


def opened_analysis() -> Analysis:
    """The session's analysis; where its table is not to be had, the first example, and why."""
    analysis = state.current()
    try:
        analysis.frame()
    except LmmCompareError as error:
        state.open_first(link.instead(error))
        analysis = state.current()
    for said in state.notices():
        if isinstance(said, LmmCompareError):
            shell.explain_error(said)
        else:
            shell.note(f"**Note.** {literal(said)}")
    return analysis
