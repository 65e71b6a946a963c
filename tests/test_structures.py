"""Names of covariance structures: whoever adds one learns here which places have to know it."""

from __future__ import annotations

import pytest

from lmmcompare import compare, examples
from lmmcompare.explain.residual_structure import structure_phrase
from lmmcompare.export.methods import methods
from lmmcompare.export.model_sentences import CORRELATIONS
from lmmcompare.export.r_code import r_code
from lmmcompare.export.snapshot import Snapshot
from lmmcompare.export.source import Source
from lmmcompare.fit.correlations import PATTERNS
from lmmcompare.formula.correlation import KINDS
from lmmcompare.formula.spec import STRUCTURES
from lmmcompare.panels.residual_structures import LABELS, PHRASES


def test_every_structure_of_random_coefficients_has_a_pattern_and_words() -> None:
    assert {*PATTERNS} == {*CORRELATIONS} == STRUCTURES.keys() - {"us"}  # that one has no pattern, and is fitted freely


@pytest.mark.parametrize("kind", KINDS)
def test_every_structure_of_residuals_is_fitted_said_and_exported(kind: str) -> None:
    data = examples.load("orthodont")
    correlation = f"{kind}({'1' if kind == 'cs' else 'age'} | Subject)"
    comparison = compare("distance ~ age + (1 | Subject)", data, correlation=correlation)
    assert comparison.structured is not None and structure_phrase(comparison.structured)
    assert kind in LABELS and kind in PHRASES
    snapshot = Snapshot(comparison, Source("orthodont", data))
    assert correlation in methods(snapshot) and "nlme::" in r_code(snapshot)
