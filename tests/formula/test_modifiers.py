"""Where an effect is told: the same model with a predictor counted from elsewhere, wherever that leaves it the same model."""

from __future__ import annotations

import numpy as np
import pytest

import lmmcompare as lc
from lmmcompare.formula import parse
from lmmcompare.formula.baselines import with_baseline
from lmmcompare.formula.modifiers import MEAN, averaged, modifiers, origin_of, with_origin
from tests.helpers import table

SHIFTED = {
    "y ~ x * f + (1 | g)": "y ~ I(x - 2) + f + I(x - 2):f + (1 | g)",
    "y ~ x * f + (x | g)": "y ~ I(x - 2) + f + I(x - 2):f + (I(x - 2) | g)",
    "y ~ x * f + (x || g)": "y ~ I(x - 2) + f + I(x - 2):f + (x || g)",
    "y ~ x * f + (0 + x | g)": "y ~ I(x - 2) + f + I(x - 2):f + (0 + x | g)",
    "y ~ I(x + 1) * f + log(x) + (1 | g)": "y ~ I(x - 2) + f + log(x) + I(x - 2):f + (1 | g)",
    "y ~ center(x) * f": "y ~ I(x - 2) + f + I(x - 2):f",
}


@pytest.mark.parametrize("formula", SHIFTED)
def test_a_number_is_counted_from_elsewhere_in_every_term_where_the_model_stays_the_same(formula):
    changed = with_origin(parse(formula), "x", 2.0)
    assert changed.formula == SHIFTED[formula] and parse(changed.formula) == changed
    assert origin_of(changed, "x") == 2.0
    assert with_origin(changed, "x", 0.0).formula.startswith("y ~ x + f")


@pytest.mark.parametrize(
    ("formula", "origin"),
    [("y ~ x * f", 0.0), ("y ~ I(x + 2.5) * f", -2.5), ("y ~ center(x) * f", MEAN), ("y ~ x + f", None),
     ("y ~ log(x) * f", None), ("y ~ x * f + I(x - 1):z", None), ("y ~ I(x - z) * f", None)],
)  # fmt: skip
def test_where_a_number_is_0_in_the_terms_that_it_shares(formula, origin):
    assert origin_of(parse(formula), "x") == origin


def test_modifiers_are_the_columns_that_share_a_term():
    spec = parse("y ~ x * f + z + f:log(w) + (x | g)")
    assert modifiers(spec, "f") == ("x", "w") and modifiers(spec, "x") == ("f",) and modifiers(spec, "z") == ()


EMMEANS = {2.0: (-4.772117, None, None), 12.0: (-6.116695, None, None), MEAN: (-5.381494, 0.925676, 26.885172)}
"""Active less Placebo, its standard error and df, by emmeans 1.8.4 on lmerTest's fit."""


@pytest.mark.parametrize("at", EMMEANS)
def test_the_coefficient_is_emmeans_contrast_at_the_value_asked_for(at):
    spec = with_baseline(parse("score ~ week * arm + baseline + (1 | patient)"), "arm", "Placebo")
    fit = lc.lmer(with_origin(spec, "week", at).formula, table("trial"))
    (name,) = (n for n in fit.names if n.endswith("[T.Active]") and ":" not in n)
    estimate, se, df = EMMEANS[at]
    assert fit.params[name] == pytest.approx(estimate, abs=2e-6)
    if se is not None:
        assert (fit.bse[name], fit.df[name]) == pytest.approx((se, df), rel=1e-4)


def test_on_average_over_levels_is_emmeans_average():
    """The slope of week in either arm, by emtrends: -0.394236 and -0.259778."""
    spec = averaged(parse("score ~ week * arm + baseline + (1 | patient)"), "arm")
    assert lc.lmer(spec.formula, table("trial")).params["week"] == pytest.approx((-0.394236 - 0.259778) / 2, abs=1e-6)


def test_every_model_fits_as_before():
    spec, data = parse("score ~ week * arm + baseline + (week | patient)"), table("trial")
    before, after = (lc.compare(s.formula, data) for s in (spec, with_origin(spec, "week", 8.0)))
    for model in before.fits.keys() - {"within_between"}:
        np.testing.assert_allclose(
            after.fits[model].fittedvalues, before.fits[model].fittedvalues, atol=2e-4, err_msg=model
        )
