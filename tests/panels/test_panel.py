"""A panel is data: what it says can be asked of it, and every panel of every kind of model can be made and drawn."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from lmmcompare import examples
from lmmcompare.assess.bootstrap_intervals import bootstrap_intervals
from lmmcompare.assess.diagnostics import leverages, residuals_against_fitted, residuals_by_group, spread_against_fitted
from lmmcompare.assess.diagnostics_collinearity import collinearity
from lmmcompare.assess.diagnostics_influence import influence
from lmmcompare.assess.diagnostics_qq import joint_normality, qq_random_effects, qq_residuals
from lmmcompare.assess.diagnostics_rows import rows_of, simulate
from lmmcompare.assess.hypotheses import anova
from lmmcompare.assess.icc_by_row import icc_at
from lmmcompare.assess.intervals import intervals as intervals_of
from lmmcompare.assess.model_choice import which_model
from lmmcompare.assess.normality_check import normality_matters
from lmmcompare.assess.paired_t_test import paired_t_test
from lmmcompare.assess.variance_explained import design_effects, predictor_icc, shares
from lmmcompare.comparison.picture import make_picture
from lmmcompare.errors import LmmCompareError
from lmmcompare.explain.dial import dial as dial_of
from lmmcompare.explain.question import first_term
from lmmcompare.figures.theme import darkened
from lmmcompare.inference.bootstrap import bootstrap
from lmmcompare.panels import Fold, Note, Page, Panel, Sentence, model_tests
from lmmcompare.panels import diagnostics as checks
from lmmcompare.panels.advice import advice
from lmmcompare.panels.coefficients import all_coefficients, coefficient
from lmmcompare.panels.dependence import dependence, paired_panel
from lmmcompare.panels.dial import dial, has_dial, no_dial
from lmmcompare.panels.group_panels import group_panels
from lmmcompare.panels.headline import answer
from lmmcompare.panels.intervals import intervals_by_method, one_interval
from lmmcompare.panels.lines import lines
from lmmcompare.panels.lm_summary import dummies, least_squares
from lmmcompare.panels.mass_points import without_normality
from lmmcompare.panels.model_differences import gap, intercept, two_slopes
from lmmcompare.panels.model_table import model_table, numbers
from lmmcompare.panels.shrinkage import arrows, plane, sorted_effects
from lmmcompare.panels.slope_weights import identity_parts, weights
from lmmcompare.panels.standard_errors import standard_errors
from lmmcompare.tables.inference import default_inference
from lmmcompare.tables.intervals import IntervalsByMethod

from .panels_data import KINDS, kind, text


def every_panel(example: str) -> list[Panel | None]:
    """Everything that there is to show of a comparison."""
    both = kind(example)
    fit, term, shown, data = both.mixed, first_term(both), default_inference(both), examples.load(example)
    made, group = make_picture(both, data), both.design.grouping.labels[0]
    models = ["ols", both.formula_model, *(["per_group"] if "no_pooling" in both.fits else [])]
    found, rows = which_model(both), rows_of(fit)
    null = simulate(fit, rows)
    by_method = IntervalsByMethod.of(both, {"wald": intervals_of(fit, "wald")})
    draws = bootstrap(fit.fit, fit.moments, "parametric", 20, 1)
    sampled = IntervalsByMethod.of(
        both, {"wald": intervals_of(fit, "wald"), "bootstrap": bootstrap_intervals(fit, draws)}
    )
    parameter = next(iter(by_method.labels))
    panels = [
        answer(both, term, shown), lines(both, made, term, models, highlight=group), weights(both, term), identity_parts(both, term),
        coefficient(both, term, shown), all_coefficients(both, shown), model_table(both, shown), numbers(both, term, shown),
        intercept(both), standard_errors(both, term, shown), advice(both, term, shown), dependence(both),
        paired_panel(both, paired_t_test(both)),
        intervals_by_method(both), intervals_by_method(both, by_method),
        one_interval(both, by_method, parameter), one_interval(both, sampled, parameter, draws),
        model_tests.tests(both, term, found, shown), model_tests.information(found), least_squares(both),
        model_tests.shares(both, shares(fit), design_effects(fit), predictor_icc(fit), icc_at(fit)),
        *(arrows(both, both.formula_model, name, highlight=group) for name in fit.random_names),
        *(sorted_effects(both, both.formula_model, name) for name in fit.random_names),
        group_panels(both, made, made.group_order[:4], models[1:], made.y_range), *checks.before_all(both, term, shown.within()),
        checks.residual_trend(both, residuals_against_fitted(fit, rows, null)),
        checks.residual_spread(both, spread_against_fitted(fit, rows, null)),
        checks.residual_quantiles(both, qq_residuals(fit, rows, null)),
        checks.spreads_by_group(both, residuals_by_group(fit, rows=rows)),
        checks.group_influence(both, term, tried(influence, both.one_factor)), checks.row_leverage(both, leverages(fit, rows)),
        checks.collinear_predictors(both, tried(collinearity, fit)),
        checks.effect_quantiles(
            both, "effect", tried(qq_random_effects, fit, fit.random_names[0], both.group, rows, null),
            tried(joint_normality, fit, both.group, rows, null), (),
        ),
        without_normality(both, tried(normality_matters, both.one_factor), both.one_factor.random_names[0]),
    ]  # fmt: skip
    if both.design.fixed:
        panels += [gap(both, term), two_slopes(both, made, term), two_slopes(both, made, term, centred=True)]
        panels.append(model_tests.terms(both, anova(fit, "III", "satterthwaite"), "III", "satterthwaite"))
        straight = has_dial(both, made, made.x_label, term)
        panels.append(dial(both, made, term, dial_of(both, term)) if straight else no_dial(both))
    if "no_pooling" in both.fits:
        panels.append(dummies(both))
    slopes = [name for name in fit.random_names if name != both.constant]
    if slopes and both.constant in fit.random_names:
        panels.append(plane(both, both.formula_model, slopes[0]))
    return panels


def tried(function, *args):
    """What a check gives, or the reason."""
    try:
        return function(*args)
    except LmmCompareError as error:
        return error


def colours_left(light, dark, name=""):
    """The colours of a light figure that stay the same where the page is dark."""
    if isinstance(light, dict):
        return set().union(*(colours_left(light[key], dark[key], key) for key in light))
    if isinstance(light, list):
        return set().union(*(colours_left(a, b, name) for a, b in zip(light, dark, strict=True)))
    return {light} if isinstance(light, str) and "color" in name and light == dark else set()


@pytest.mark.parametrize("example", KINDS)
def test_every_panel_of_every_kind_of_model(example):
    """Each has a title and something below it; each figure is one that plotly can draw, for every page; each table has its columns."""
    panels = [panel for panel in every_panel(example) if panel is not None]
    assert len(panels) >= 28
    for panel in panels:
        assert panel.title and (panel.lead or panel.blocks), panel.key
        assert not re.search(r"\b(nan|NaN|inf)\b", text(panel)), panel
        for block in panel.tables:
            assert block.label and len(block.table.heads) == len(block.table.models)
            assert all(len(row.cells) == len(block.table.heads) for row in block.table.rows)
        for figure in panel.figures:
            assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", figure.name)
            assert hash(figure.key) is not None
            light, narrow = (figure.draw(page) for page in (Page(), Page(narrow=True)))
            for drawn in (light, narrow):
                assert len(drawn.data) and len(drawn.layout.meta["alt"]) > 40 and drawn.layout.height > 0, panel.key
            made = json.loads(light.to_json())
            assert colours_left(made, darkened(made)) <= {"rgba(0,0,0,0)"}, panel.key


def test_a_panel_says_what_is_in_it():
    fold = Fold("more", "More", (Note("in the fold"),))
    panel = Panel("p", "Title", "lead", (Sentence("said"), fold))
    assert panel.words == "Title lead said in the fold" and not panel.in_words
    assert Panel("p", "Title", "lead", (Sentence("said"), Note("noted"))).in_words
    assert not [*panel.figures] and not [*panel.tables]


def test_figures_of_one_key_are_the_same_and_of_another_are_not():
    """The app keeps what it has drawn by name and key, so whatever changes a figure has to be in the key."""
    both, data = kind("cv161703"), examples.load("cv161703")
    made = make_picture(both, data)

    def of(**changes):
        given = {"models": ["ols"], "highlight": None, "term": "X"} | changes
        (figure,) = lines(both, made, given["term"], given["models"], highlight=given["highlight"]).figures
        return figure.key, figure.draw(Page()).to_json()

    first, again = of(), of()
    assert first == again
    for changes in ({"models": ["ols", "random_intercept"]}, {"highlight": both.design.grouping.labels[2]}):
        key, drawn = of(**changes)
        assert key != first[0] and drawn != first[1]
    (narrow,) = lines(both, make_picture(both, data, include_zero=True), "X", ["ols"]).figures
    assert narrow.key != first[0]


@pytest.mark.parametrize("centred", [False, True])
def test_the_key_of_the_two_slopes_holds_what_is_chosen(centred):
    both = kind("cv161703")
    (figure,) = two_slopes(both, make_picture(both, examples.load("cv161703")), "X", centred=centred).figures
    assert centred in figure.key and np.isfinite(figure.draw(Page()).layout.height)
