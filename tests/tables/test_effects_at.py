"""An effect at each value of another predictor as a table: the models stand where those of the other tables stand."""

from __future__ import annotations

import lmmcompare
from lmmcompare import examples
from lmmcompare.assess.effects_at import EffectQuestion, effects_at
from lmmcompare.model_catalogue import Model
from lmmcompare.tables.effects_at import effects_table


def test_the_models_stand_in_their_order_or_the_formulas_own_right_after_ols() -> None:
    comparison = lmmcompare.compare("distance ~ age * Sex + (1 | Subject)", examples.load("orthodont"))
    effects = effects_at(comparison, EffectQuestion("age", "Sex"))
    assert effects.means is None
    labels = [str(value) for value in effects.values]
    usual, early = (
        effects_table(effects, labels, comparison.formula_model, "Subject", 3, asked_early=early).models
        for early in (False, True)
    )
    assert list(usual) == [model for model in Model if model in usual]
    assert early[:2] == (Model.OLS, comparison.formula_model) and {*early} == {*usual}
