"""The standard error of one coefficient by model, with the inference chosen, and why they differ."""

from __future__ import annotations

import plotly.graph_objects as go

from ..comparison.comparison import Comparison
from ..explain.moulton import error_table
from ..explain.standard_error_sentences import errors_sentence
from ..figures.standard_errors import error_bars
from ..tables.coefficients import term_label
from ..tables.inference import Inferred
from ..text.labels import an
from ..text.numbers import number
from ..work.memo import memoised
from .panel import FigureBlock, Note, Page, Panel


@memoised
def standard_errors(comparison: Comparison, term: str, inferred: Inferred) -> Panel | None:
    """Set the standard errors side by side; None where no model has a coefficient."""
    if not comparison.terms:
        return None
    frame = error_table(comparison, term, inferred.frame, inferred.robust)
    name = "the intercept" if term == comparison.constant else term_label(comparison, term)

    def draw(page: Page) -> go.Figure:
        return error_bars(frame, term_label=name, look=page.look())

    one = an(comparison.group)
    small_sample = "Kenward and Roger’s" if inferred.kenward_roger else "Satterthwaite’s"
    degrees = "; ".join(f"{r.label} {number(float(r.df), decimals=0 if r.df > 100 else 1)}" for r in frame.itertuples())
    note = (
        f"Degrees of freedom: {degrees}. The fewer there are, the more standard errors an interval must reach to either side. Those of "
        f"mixed models are {small_sample}. CR1 and CR2 allow for rows of {one} that are alike in any way (cluster-robust). CR2 is the "
        "better one with few groups; its degrees of freedom are Satterthwaite’s."
    )
    lead = errors_sentence(comparison, term, inferred.frame)
    return Panel(
        "errors", f"Standard errors of {name}", lead, (FigureBlock("errors", draw, (term, inferred.key)), Note(note))
    )
