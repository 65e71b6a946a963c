"""The answer: the estimates of OLS and the mixed model, why they differ, and remarks on the coefficient and the formula."""

from __future__ import annotations

from ..assess.effects_at import EffectsAt
from ..assess.formula_notes import remarks
from ..comparison.comparison import Comparison
from ..explain.collinearity import collinear_sentence
from ..explain.effects_at import headline_at
from ..explain.headline import Headline, headline
from ..explain.lone_group import lone_group_sentence
from ..tables.inference import Inferred
from ..text.labels import literal
from ..work.memo import memoised
from .panel import Note, Panel


def answer(comparison: Comparison, term: str, inferred: Inferred, effects: EffectsAt | None = None) -> Panel:
    """The headline with its reason; with ``effects`` that of an effect at each value of another predictor."""
    result = (
        headline_at(comparison, term, effects, inferred.within()) if effects else _headline(comparison, term, inferred)
    )
    sentences = [*coefficient_remarks(comparison, term), *(literal(remark.sentence) for remark in remarks(comparison))]
    return Panel("answer", result.title, result.reason, tuple(Note(f"**Note.** {s}") for s in sentences))


@memoised
def _headline(comparison: Comparison, term: str, inferred: Inferred) -> Headline:
    return headline(comparison, term, inferred.frame)


def coefficient_remarks(comparison: Comparison, term: str) -> list[str]:
    """What to know of the coefficient beside its answer, as Markdown: what rests on one group, what goes along with other predictors."""
    return [s for s in (lone_group_sentence(comparison, term), collinear_sentence(comparison, term)) if s]
