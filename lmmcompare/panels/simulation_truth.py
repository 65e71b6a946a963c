"""Simulated data: true values beside each model's estimates."""

from __future__ import annotations

from ..comparison.comparison import Comparison
from ..explain.simulation_truth import headline, ols_expectation_sentence
from ..simulate.settings import Settings
from ..tables.inference import Inferred
from ..tables.simulation_truth import truth_caption, truth_table
from ..text.labels import literal
from .panel import Panel, TableBlock


def truth(comparison: Comparison, settings: Settings, inferred: Inferred) -> Panel:
    """Set the true values beside the estimates."""
    table = truth_table(comparison, settings, inferred.within())
    lead = (
        "These data were simulated, so the true values are known.",
        headline(comparison, settings),
        ols_expectation_sentence(settings),
    )
    block = TableBlock(table, truth_caption(table, settings), "Truth and estimates")
    return Panel("truth", "Truth beside the estimates", literal(" ".join(filter(None, lead))), (block,))
