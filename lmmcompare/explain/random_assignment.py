"""Whether what a coefficient is of may have been assigned at random: then what it compares differs in nothing else but by chance."""

from __future__ import annotations

from ..comparison.comparison import Comparison
from ..text.column_words import is_nobodys_choice
from ..text.english import listed


def may_be_assigned(comparison: Comparison, term: str) -> bool:
    """Whether nothing that the coefficient is of is called what nobody assigns, as an age or a sex is, or names the groups themselves."""
    groups = {grouping.name for grouping in comparison.design.groupings}
    return not any(
        part.subject in groups or is_nobodys_choice(part.subject) for part in comparison.coefficient(term).parts
    )


def unless_assigned(comparison: Comparison, term: str) -> str:
    """The exception to what a comparison carries along, with the comma before it; empty where there can be none."""
    if not may_be_assigned(comparison, term):
        return ""
    names = list(dict.fromkeys(part.subject for part in comparison.coefficient(term).parts))
    return f", unless {listed(names)} {'was' if len(names) == 1 else 'were'} assigned to them at random"
