"""The residuals of pasted calls: the structure that the program would fit, from its own words for it."""

from __future__ import annotations

import numpy as np
import pytest

from lmmcompare import examples, gls, lmer, read_call

# text -> the whole model, with its residuals, as the programs' manuals define the structures
RESIDUALS = {
    "gls(y ~ x, d, correlation = corAR1(form = ~ t | g))": "y ~ x, correlation = ar1(t | g)",
    'gls(y ~ x, d, correlation = corCompSymm(0.3, form = ~ 1 | g), weights = varIdent(form = ~ 1 | f), method = "ML")': (
        "y ~ x, correlation = cs(1 | g), variance = f"
    ),
    "gls(y ~ x, d, correlation = corSymm(form = ~ t | g), weights = varIdent(form = ~ 1 | t))": "y ~ x, correlation = us(t | g)",
    "lme(y ~ x, d, ~ 1 | a/b, correlation = corCAR1(form = ~ t))": "y ~ x + (1 | a) + (1 | a:b), correlation = car1(t | a:b)",
    "lme(y ~ x, d, ~ 1 | a/b, correlation = corAR1(form = ~ t | a/b))": "y ~ x + (1 | a) + (1 | a:b), correlation = ar1(t | a:b)",
    "lme(y ~ x, d, ~ x | g, weights = varIdent(form = ~ 1 | arm))": "y ~ x + (x | g), variance = arm",
    "glmmTMB(y ~ x + ar1(factor(t) + 0 | g), d)": "y ~ x + ar1(0 + factor(t) | g)",
    "glmmTMB(y ~ f * t + us(t + 0 | g), d, dispformula = ~0)": "y ~ f + t + f:t, correlation = us(t | g)",
    "glmmTMB(y ~ x + ar1(t + 0 | g), d, dispformula = ~ 0)": "y ~ x, correlation = ar1(t | g)",
    "glmmTMB(y ~ x + (1 | g), d, dispformula = ~ arm)": "y ~ x + (1 | g), variance = arm",
    "proc mixed; class g t; model y = x; repeated t / subject=g type=ar(1) r; run;": "y ~ x, correlation = ar1(t | g)",
    "proc mixed; class g; model y = x; repeated / subject=g type=cs;": "y ~ x, correlation = cs(1 | g)",
    "proc mixed; class g t; model y = x; repeated t / type=un sub=g(a);": "y ~ x, correlation = us(t | a:g)",
    "proc mixed; class g; model y = x; random int / subject=g; repeated / subject=g type=sp(pow)(time);": (
        "y ~ x + (1 | g), correlation = car1(time | g)"
    ),
    "proc mixed; class g arm; model y = x; random int / subject=g; repeated / group=arm;": "y ~ x + (1 | g), variance = arm",
    "MIXED y WITH x /FIXED=x /REPEATED=t | SUBJECT(g) COVTYPE(AR1)": "y ~ x, correlation = ar1(t | g)",
    "MIXED y WITH x /FIXED=x /RANDOM=INTERCEPT | SUBJECT(g) /REPEATED=t | SUBJECT(g)": "y ~ x + (1 | g), variance = t",
    "MIXED y WITH x /FIXED=x /REPEATED=t | SUBJECT(a*g) COVTYPE(UN).": "y ~ x, correlation = us(t | a:g)",
    "MIXED y WITH x /FIXED=x /RANDOM=INTERCEPT | SUBJECT(g) /REPEATED=t | SUBJECT(g) COVTYPE(ID)": "y ~ x + (1 | g)",
    "mixed y x || g:, residuals(ar 1, t(time)) reml": "y ~ x + (1 | g), correlation = ar1(time | g)",
    "mixed y x || s: || g:, nocons res(exponential, t(time))": "y ~ x + (1 | s), correlation = car1(time | s:g)",
    "mixed y x || g:, noconstant residuals(un, t(visit))": "y ~ x, correlation = us(visit | g)",
    "mixed y x || g:, nocons residuals(exchangeable)": "y ~ x, correlation = cs(1 | g)",
    "mixed y x || g:, residuals(independent, by(arm))": "y ~ x + (1 | g), variance = arm",
}  # fmt: skip


@pytest.mark.parametrize("text", RESIDUALS)
def test_the_residuals_of_a_call_are_those_that_its_program_fits(text):
    assert read_call(text).spec.text == RESIDUALS[text]


def test_a_call_with_correlated_residuals_is_fitted_as_nlme_fits_it():
    """Log-likelihoods of nlme 3.1-162: gls with corAR1 and with corSymm and varIdent, lme with varIdent, of Orthodont."""
    data = examples.load("orthodont")
    ar1 = gls("gls(distance ~ age * Sex, d, correlation = corAR1(form = ~ age | Subject))", data)
    free = gls(
        "gls(distance ~ age, d, correlation = corSymm(form = ~ age | Subject), weights = varIdent(form = ~ 1 | age))",
        data,
    )
    by_sex = lmer("lme(distance ~ age * Sex, d, ~ 1 | Subject, weights = varIdent(form = ~ 1 | Sex))", data)
    np.testing.assert_allclose([ar1.llf, free.llf, by_sex.llf], [-222.2937, -217.6246, -207.6102], atol=1e-4)
