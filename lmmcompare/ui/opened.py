"""The analysis that a page opens with, below what of the address could not be had."""

from __future__ import annotations

from ..errors import LmmCompareError
from ..labels import literal
from . import missing, shell, state
from .state import Analysis


def opened_analysis() -> Analysis | None:
    """The session's analysis; None where its table is not to be had, which the page then says, with the ways on."""
    analysis = state.current()
    try:
        analysis.frame()
    except LmmCompareError as error:
        missing.panel(analysis, error)
        return None
    for said in state.notices():
        if isinstance(said, LmmCompareError):
            shell.explain_error(said)
        else:
            shell.note(f"**Note.** {literal(said)}")
    return analysis
