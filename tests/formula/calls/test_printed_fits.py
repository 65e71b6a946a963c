"""What programs print of fits: R 4.2.2 (lme4 1.1.31, nlme 3.1.162, glmmTMB), MixedModels, brms, statsmodels and Stata."""

from __future__ import annotations

import pytest

from lmmcompare.errors import FormulaError
from lmmcompare.formula.calls import is_call, read_call

LMER = """Linear mixed model fit by REML ['lmerMod']
Formula: Reaction ~ Days + (Days | Subject)
   Data: d
Weights: w
 Subset: Days > 1
REML criterion at convergence: 1404.094
Random effects:
 Groups   Name        Std.Dev. Corr
"""
LMERTEST = """Linear mixed model fit by maximum likelihood . t-tests use Satterthwaite's method ['lmerModLmerTest']
Formula: Reaction ~ Days + I(Days^2) +
    (1 | Subject)
   Data: sleepstudy

      AIC       BIC    logLik  deviance  df.resid
"""
SUMMARY_OF_LME = """Linear mixed-effects model fit by maximum likelihood
  Data: Orthodont
      AIC     BIC   logLik
  443.806 465.263 -213.903

Random effects:
 Formula: ~age | Subject
 Structure: General positive-definite, Log-Cholesky parametrization
            StdDev   Corr

Fixed effects:  distance ~ age * Sex
                  Value Std.Error DF   t-value p-value
"""
NESTED_LME = """Linear mixed-effects model fit by REML
  Data: Penicillin
  Log-restricted-likelihood: -306.628
  Fixed: diameter ~ 1
(Intercept)
   22.97222

Random effects:
 Formula: ~1 | plate
        (Intercept)
StdDev:   0.3083643

 Formula: ~1 | sample %in% plate
        (Intercept) Residual
"""
DIAGONAL_LME = """Linear mixed-effects model fit by REML
  Data: Orthodont
  Fixed: distance ~ age
(Intercept)         age
Random effects:
 Formula: ~age | Subject
 Structure: Diagonal
"""

GLMMTMB = """ Family: gaussian  ( identity )
Formula:          Reaction ~ Days + (Days | Subject)
Data: sleepstudy

     AIC      BIC   logLik deviance df.resid
  1763.9   1783.1   -876.0   1751.9      174

Random effects:

Conditional model:
 Groups   Name        Variance Std.Dev. Corr
"""
MIXEDMODELS = """Linear mixed model fit by maximum likelihood
 reaction ~ 1 + days + days & arm + (1 + days | subj)
   logLik   -2 logLik     AIC       AICc        BIC
  -875.9697  1751.9393  1763.9393  1764.4249  1783.0971

Variance components:
"""
WITHOUT_CRITERION = """Linear mixed model fit by REML ['lmerMod']
Formula: y ~ x + (1 | g)
   Data: d

Fixed effects:
            Estimate Std. Error t value
"""
BRMS = " Family: gaussian \n  Links: mu = identity \nFormula: y ~ x + (1 | g) \n   Data: d (Number of observations: 180) \n"


@pytest.mark.parametrize("lines_end", ["\n", " "])
@pytest.mark.parametrize(
    ("printed", "formula", "reml"),
    [
        (LMER, "Reaction ~ Days + (Days | Subject)", True),
        (LMERTEST, "Reaction ~ Days + I(Days ^ 2) + (1 | Subject)", False),
        (SUMMARY_OF_LME, "distance ~ age + Sex + age:Sex + (age | Subject)", False),
        (NESTED_LME, "diameter ~ 1 + (1 | plate) + (1 | plate:sample)", True),
        (DIAGONAL_LME, "distance ~ age + (age || Subject)", True),
        (GLMMTMB, "Reaction ~ Days + (Days | Subject)", False),
        (MIXEDMODELS, "reaction ~ days + days:arm + (days | subj)", False),
        (WITHOUT_CRITERION, "y ~ x + (1 | g)", True),
    ],
)
def test_a_printed_fit_is_read_as_its_call(printed, formula, reml, lines_end):
    text = printed.replace("\n", lines_end)
    assert is_call(text)
    call = read_call(text)
    assert (call.formula, call.reml) == (formula, reml)
    assert call.origin.startswith("the printed fit of ")


def test_weights_and_rows_are_printed_too():
    call = read_call(LMER)
    assert str(call.spec.weights) == "w"
    assert [str(condition) for condition in call.conditions] == ["Days > 1"]


def test_of_several_fits_the_first_is_read_and_that_is_said():
    assert "only the first fit" in read_call(LMER + LMERTEST).remarks[0]


@pytest.mark.parametrize(
    ("printed", "remedy"),
    [
        (NESTED_LME + "\nCorrelation Structure: AR(1)\n Formula: ~1 | plate/sample\n", "call"),
        ("Generalized linear mixed model fit by maximum likelihood\nFormula: y ~ x + (1 | g)\n", "number"),
        (GLMMTMB.replace("gaussian  ( identity )", "poisson  ( log )"), "number"),
        (GLMMTMB.replace("Data:", "Dispersion:      ~Days\nData:"), "call"),
        (BRMS, "Write its formula: y ~ x + (1 | g)"),
        ("Mixed Linear Model Regression Results\n=====\nModel: MixedLM Dependent Variable: y\n", "call"),
        ("Mixed-effects ML regression      Number of obs = 180\nGroup variable: id\n", "call"),
        ("Linear mixed model fit by REML ['lmerMod']\nREML criterion at convergence: 1404.094\n", "call"),
    ],
)
def test_what_is_not_printed_whole_or_is_none_of_ours_is_refused(printed, remedy):
    with pytest.raises(FormulaError) as caught:
        read_call(printed)
    assert remedy in caught.value.remedy
