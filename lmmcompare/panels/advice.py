"""Which number answers which question."""

from __future__ import annotations

from ..comparison.comparison import Comparison
from ..explain.advice import which_to_report
from ..explain.curve_terms import curve_sentence
from ..explain.effect_phrases import held_at_zero
from ..tables.coefficients import term_label
from ..tables.inference import Inferred
from ..text.english import listed
from ..text.labels import literal
from ..work.memo import memoised
from .panel import Block, Note, Panel, Sentence


@memoised
def advice(comparison: Comparison, term: str, inferred: Inferred) -> Panel | None:
    """The number for each question, with the interval chosen; None for the intercept."""
    if term == comparison.constant:
        return None
    curve = curve_sentence(comparison, term)
    blocks: list[Block] = [Note(literal(curve))] if curve else []
    for result in which_to_report(comparison, term, inferred.within()):
        blocks += [Sentence(f"**{result.question}** {result.answer}."), Note(result.reason)]
    title = f"Which {term_label(comparison, term)} coefficient to report"
    held = listed([literal(where) for where in held_at_zero(comparison, term)])
    where = f", all where {held}" if held else ""
    return Panel("advice", title, f"It depends on the question; each has its number{where}.", tuple(blocks))
