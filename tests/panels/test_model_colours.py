"""A figure of one model wears that model's colours and no other's, and says which model it is."""

from __future__ import annotations

import json

import pytest

from lmmcompare.assess.diagnostics import leverages, residuals_against_fitted, residuals_by_group, spread_against_fitted
from lmmcompare.assess.diagnostics_influence import influence
from lmmcompare.assess.diagnostics_qq import qq_random_effects, qq_residuals
from lmmcompare.assess.diagnostics_rows import rows_of, simulate
from lmmcompare.figures.theme import COLOURS
from lmmcompare.model_catalogue import Model
from lmmcompare.panels import Page
from lmmcompare.panels import diagnostics as checks

from .panels_data import fitted

FORMULAS = {
    Model.RANDOM_INTERCEPT: ("sleepstudy", "Reaction ~ Days + (1 | Subject)"),
    Model.RANDOM_SLOPE: ("sleepstudy", "Reaction ~ Days + (Days | Subject)"),
    Model.SEVERAL: ("pastes", "strength ~ 1 + (1 | batch) + (1 | cask)"),
}


def worn(figure) -> set[Model]:
    """The models whose colours are in a light figure, opaque or clear."""
    text = json.dumps(figure.to_plotly_json()["data"], default=lambda values: values.tolist())
    return {
        model
        for model, (light, _) in COLOURS.items()
        if model in FORMULAS
        and (light in text or f"rgba({','.join(str(c) for c in bytes.fromhex(light[1:]))}," in text)
    }


@pytest.mark.parametrize("model", FORMULAS)
def test_checks_wear_the_colours_of_the_model_whose_residuals_they_show(model):
    both = fitted(*FORMULAS[model])
    fit, term = both.mixed, both.design.fixed_names[-1]
    rows = rows_of(fit)
    null = simulate(fit, rows)
    effects = qq_random_effects(fit, fit.random_names[0], both.group, rows, null)
    drawn = {
        model: [
            checks.residual_trend(both, residuals_against_fitted(fit, rows, null)),
            checks.residual_spread(both, spread_against_fitted(fit, rows, null)),
            checks.residual_quantiles(both, qq_residuals(fit, rows, null)),
            checks.effect_quantiles(both, "intercept", effects, None, ()),
            checks.spreads_by_group(both, residuals_by_group(fit, rows=rows)),
            checks.row_leverage(both, leverages(fit, rows)),
            checks.group_influence(both, term, influence(fit), whole=True),
        ],
        both.one_factor_model: [checks.group_influence(both, term, influence(both.one_factor))],
    }
    for shown, panels in drawn.items():
        for panel in panels:
            (block,) = panel.figures
            figure = block.draw(Page())
            assert worn(figure) == {Model(shown)}, panel.key
            titles = figure.layout.xaxis.title.text, figure.layout.yaxis.title.text
            assert any(Model(shown).label in str(title).replace("<br>", " ") for title in titles), panel.key
