"""How well a mean is known: two panels, the pairs of the second worked out once for all readers."""

from __future__ import annotations

from ...assess.pairs import Pairs, pairs
from ...comparison.compare import Comparison
from ...panels.dependence import dependence, paired
from ..kit.panel import show
from ..server import comparison_cache
from ..server.cache import cached
from ..session.state import Analysis


def dependence_panel(analysis: Analysis, comparison: Comparison) -> None:
    """The mean's standard error along the correlation of rows of one group."""
    show(dependence(comparison), analysis.key)


@cached(100)
def _pairs(table: str, formula: str, reml: bool) -> Pairs | None:
    return pairs(comparison_cache.comparison(table, formula, reml))


def pairs_panel(analysis: Analysis, comparison: Comparison) -> None:
    """The paired t-test beside the models that it is a case of."""
    show(paired(comparison, _pairs(*analysis.key)), analysis.key)
