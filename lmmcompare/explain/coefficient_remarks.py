"""Remarks on the coefficient that a page is about, beside the answer."""

from __future__ import annotations

from ..comparison.comparison import Comparison
from .collinearity import collinear_sentence
from .lone_group import lone_group_sentence


def coefficient_remarks(comparison: Comparison, term: str) -> list[str]:
    """Each remark as a sentence, in Markdown: what rests on one group, what goes along with other predictors."""
    return [s for s in (lone_group_sentence(comparison, term), collinear_sentence(comparison, term)) if s]
