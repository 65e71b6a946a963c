"""Pasted model calls: each is the model that the program would fit, or is refused with what to write instead."""

from __future__ import annotations

import builtins
import os

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lmmcompare import compare, gls, lm, lmer, read_call
from lmmcompare import examples as examples_of_data
from lmmcompare.errors import FormulaError, LmmCompareError
from lmmcompare.formula.calls import Condition, is_call, with_groups
from lmmcompare.formula.spec import Column
from tests.effort import examples

# text -> formula and method; the defaults are those of the programs' manuals
READ = {
    # lme4: REML unless said otherwise
    "m <- lmer(Reaction ~ Days + (Days|Subject), data = sleepstudy, REML = FALSE)": ("Reaction ~ Days + (Days | Subject)", "ML"),
    "lme4::lmer(y ~ x + (1|g), d)": ("y ~ x + (1 | g)", "REML"),
    "lmerTest::lmer(y ~ x + (x||g), d, F)": ("y ~ x + (x || g)", "ML"),
    "lmer(y ~ x + (1|a/b), data = d, REML = T)": ("y ~ x + (1 | a) + (1 | a:b)", "REML"),
    'lmer("y ~ x + (1|g)", d)': ("y ~ x + (1 | g)", "REML"),
    'lmer(as.formula("y ~ x + (1|g)"), d)': ("y ~ x + (1 | g)", "REML"),
    "lmer(formula = y ~ x +\n  (1 | g), # the groups\n  data = d)": ("y ~ x + (1 | g)", "REML"),
    "library(lme4); summary(lmer(y ~ x + (1 | g), d))": ("y ~ x + (1 | g)", "REML"),
    "> m <- lmer(y ~ x +\n+   (1|g),\n+ data = d)": ("y ~ x + (1 | g)", "REML"),
    "lmer(y ∼ x + (1|g), “d”)": ("y ~ x + (1 | g)", "REML"),
    # nlme: REML, random by itself
    'lme(y ~ x, random = ~ x | g, data = d, method = "ML")': ("y ~ x + (x | g)", "ML"),
    "nlme::lme(y ~ x, d, ~ 1 | g)": ("y ~ x + (1 | g)", "REML"),
    "lme(fixed = y ~ x, random = ~1|a/b, data = d)": ("y ~ x + (1 | a) + (1 | a:b)", "REML"),
    "lme(y ~ x, data = d, random = list(g = ~x))": ("y ~ x + (x | g)", "REML"),
    "lme(y ~ x, data = d, random = list(g = pdDiag(~x)))": ("y ~ x + (x || g)", "REML"),
    "lme(y ~ x, data = d, random = list(g = pdSymm(~x)))": ("y ~ x + (x | g)", "REML"),
    "lme(y ~ x, data = d, random = list(a = ~1, b = ~x))": ("y ~ x + (1 | a) + (x | a:b)", "REML"),
    "lme(y ~ x, data = d, random = ~ x - 1 | g)": ("y ~ x + (0 + x | g)", "REML"),
    "lme(y ~ v, data = d, random = list(a = pdIdent(~ b - 1)))": ("y ~ v + (1 | a:b)", "REML"),
    "lme(y ~ x, data = d, random = list(g = pdCompSymm(~ f - 1)))": ("y ~ x + cs(0 + f | g, hom = TRUE)", "REML"),
    "gls(y ~ x, data = d)": ("y ~ x", "REML"),
    # glmmTMB: ML unless said otherwise
    "glmmTMB(y ~ x + (x | g), data = d)": ("y ~ x + (x | g)", "ML"),
    "glmmTMB(y ~ x + (x | g), data = d, REML = TRUE, family = gaussian())": ("y ~ x + (x | g)", "REML"),
    "glmmTMB(y ~ x + diag(x | g) + us(1 | h) + cs(0 + arm | g), d)": ("y ~ x + diag(x | g) + (1 | h) + cs(0 + arm | g)", "ML"),
    "lm(y ~ x * arm, d, contrasts = list(arm = contr.sum))": ("y ~ x + C(arm, contr.sum) + x:C(arm, contr.sum)", "OLS"),
    'lmer(y ~ arm + (1|g), d, contrasts = list(arm = "contr.helmert"))': ("y ~ C(arm, contr.helmert) + (1 | g)", "REML"),
    "lmer(y ~ arm + (arm|g), d, contrasts = list(arm = contr.sum))": ("y ~ C(arm, contr.sum) + (arm | g)", "REML"),
    "lm(y ~ x + factor(x), d, contrasts = list(`factor(x)` = contr.sum))": ("y ~ x + C(factor(x), contr.sum)", "OLS"),
    "lm(y ~ x * arm, data = d)": ("y ~ x + arm + x:arm", "OLS"),
    'glm(y ~ x, data = d, family = gaussian(link = "identity"))': ("y ~ x", "OLS"),
    "aov(y ~ arm, d)": ("y ~ arm", "OLS"),
    # statsmodels: mixedlm is REML unless fit() says otherwise
    'mixedlm("y ~ x", data, groups=data["g"], re_formula="~x")': ("y ~ x + (x | g)", "REML"),
    'md = smf.mixedlm("y ~ x", df, groups=df.g).fit(reml=False)': ("y ~ x + (1 | g)", "ML"),
    'smf.mixedlm("y ~ x", df, groups="g", re_formula="0 + x").fit(method=["lbfgs"])': ("y ~ x + (0 + x | g)", "REML"),
    'sm.MixedLM.from_formula("y ~ x", df, groups="g", re_formula="1", vc_formula={"b": "0 + C(b)"})': (
        "y ~ x + (1 | g) + (1 | g:b)", "REML"
    ),
    'smf.ols("np.log(y) ~ C(arm) + Q(\'my x\') + I(x ** 2)", data=df).fit()': ("log(y) ~ C(arm) + `my x` + I(x ^ 2)", "OLS"),
    'md = smf.mixedlm("y ~ x", df, groups=df["g"])\nmdf = md.fit(reml=False)\nprint(mdf.summary())': ("y ~ x + (1 | g)", "ML"),
    # pymer4: lme4's; bambi: the formula alone
    'Lmer("y ~ x + (1|g)", data=d)': ("y ~ x + (1 | g)", "REML"),
    'model = Lmer("y ~ x + (x|g)", data=d)\nmodel.fit(REML=False)': ("y ~ x + (x | g)", "ML"),
    'Lm("y ~ x", data=d).fit()': ("y ~ x", "OLS"),
    'bmb.Model("y ~ x + (1|g)", d)': ("y ~ x + (1 | g)", "REML"),
    # MixedModels of Julia: ML unless said otherwise
    "fit(MixedModel, @formula(y ~ 1 + x + (1|g)), d)": ("y ~ x + (1 | g)", "ML"),
    "m = fit(LinearMixedModel, @formula(y ~ x & z + (1 + x|g)), d; REML=true, progress=false)": ("y ~ x:z + (x | g)", "REML"),
    "lmm(@formula(y ~ x + zerocorr(1 + x|g)), d)": ("y ~ x + (x || g)", "ML"),
    # R's pipes, and tables without their missing values
    "d |> lmer(y ~ x + (x | g), data = _)": ("y ~ x + (x | g)", "REML"),
    "d %>% lmer(y ~ x + (x | g), data = .)": ("y ~ x + (x | g)", "REML"),
    "lmer(y ~ x + (1|g), data = na.omit(d))": ("y ~ x + (1 | g)", "REML"),
    # afex: ML where it tests by likelihood ratios
    "afex::mixed(y ~ x + (1|g), data = d)": ("y ~ x + (1 | g)", "REML"),
    'mixed(y ~ x + (1|g), data = d, method = "LRT")': ("y ~ x + (1 | g)", "ML"),
    "estimatr::lm_robust(y ~ x, data = d, clusters = g)": ("y ~ x", "OLS"),
    # GEE: independent rows unless said otherwise
    "geepack::geeglm(y ~ x, id = g, data = d)": ("y ~ x", "OLS"),
    'geeglm(y ~ x, data = d, id = g, family = gaussian, corstr = "exchangeable")': ("y ~ x + (1 | g)", "REML"),
    'gee(y ~ x, g, d, corstr = "exchangeable")': ("y ~ x + (1 | g)", "REML"),
    'smf.gee("y ~ x", "g", data=d).fit()': ("y ~ x", "OLS"),
    'sm.GEE.from_formula("y ~ x", groups="g", data=d, cov_struct=sm.cov_struct.Exchangeable(), family=sm.families.Gaussian())': (
        "y ~ x + (1 | g)", "REML"
    ),
    # SPSS: REML; random effects are independent (VC) unless said otherwise
    "MIXED y BY a WITH x /FIXED=a x a*x | SSTYPE(3) /RANDOM=INTERCEPT x | SUBJECT(g) COVTYPE(UN) /METHOD=REML.": (
        "y ~ factor(a) + x + factor(a):x + (x | g)", "REML"
    ),
    "mixed y with x\n  /fixed=x\n  /method=ml\n  /random=intercept x | subject(g).": ("y ~ x + (x || g)", "ML"),
    "MIXED y /FIXED=| SSTYPE(3) /PRINT=SOLUTION /RANDOM=INTERCEPT | SUBJECT(a*b)": ("y ~ 1 + (1 | a:b)", "REML"),
    "MIXED y BY b WITH x /FIXED=x x*x | NOINT /RANDOM=b | SUBJECT(g) COVTYPE(VC)": (
        "y ~ 0 + x + I(x ^ 2) + (1 | g:b)", "REML"
    ),
    "MIXED y BY g h WITH x /FIXED=x /RANDOM=g h": ("y ~ x + (1 | g) + (1 | h)", "REML"),
    # Stata: ML and independent unless said otherwise; in products columns are categories unless c. says otherwise
    "mixed y x || g: x, cov(un) reml": ("y ~ x + (x | g)", "REML"),
    "mixed y x || g: x": ("y ~ x + (x || g)", "ML"),
    "mixed y x || g: x, nocons": ("y ~ x + (0 + x | g)", "ML"),
    "mixed y x || g: x, cov(exchangeable)": ("y ~ x + cs(x | g, hom = TRUE)", "ML"),
    "mixed y x || g: x, cov(identity)": ("y ~ x + diag(x | g, hom = TRUE)", "ML"),
    "xtmixed y x i.arm##c.time || school: || class: time, covariance(unstructured) mle": (
        "y ~ x + factor(arm) + time + factor(arm):time + (1 | school) + (time | school:class)", "ML"
    ),
    "mixed y c.x##c.x || _all: R.a || b:, nolog": ("y ~ x + I(x ^ 2) + (1 | a) + (1 | b)", "ML"),
    # group dummies are among the models here, so the groups are enough
    "feols(y ~ x | g, d)": ("y ~ x + (1 | g)", "OLS"),
    "fixest::feols(y ~ x + z | g + t, data = d, cluster = ~g)": ("y ~ x + z + factor(t) + (1 | g)", "OLS"),
    "feols(y ~ x, d)": ("y ~ x", "OLS"),
    'feols(y ~ x, d, panel.id = ~ g + t, fixef = c("g", "t"))': ("y ~ x + factor(t) + (1 | g)", "OLS"),
    "lm_robust(y ~ x, d, fixed_effects = ~ g + t)": ("y ~ x + factor(t) + (1 | g)", "OLS"),
    "lmList(y ~ x | g, data = d)": ("y ~ x + (x | g)", "OLS"),
    "felm(y ~ x | g + t | 0 | g, d)": ("y ~ x + factor(t) + (1 | g)", "OLS"),
    'plm(y ~ x, data = d, index = c("g", "t"))': ("y ~ x + (1 | g)", "OLS"),
    'plm(y ~ x, data = d, index = c("g", "t"), model = "within", effect = "twoways")': ("y ~ x + factor(t) + (1 | g)", "OLS"),
    'plm(y ~ x, data = d, index = "g", model = "random")': ("y ~ x + (1 | g)", "REML"),
    'plm(y ~ x, data = d, model = "pooling")': ("y ~ x", "OLS"),
    "areg y x i.arm, absorb(g)": ("y ~ x + factor(arm) + (1 | g)", "OLS"),
    "reghdfe y x, absorb(g t) vce(cluster g)": ("y ~ x + factor(t) + (1 | g)", "OLS"),
    "xtreg y x, fe i(g)": ("y ~ x + (1 | g)", "OLS"),
    "xtset g t\nxtreg y x, re": ("y ~ x + (1 | g)", "REML"),
    "xtreg y x, mle i(g)": ("y ~ x + (1 | g)", "ML"),
    "regress y x i.arm##c.time, vce(cluster g)": ("y ~ x + factor(arm) + time + factor(arm):time", "OLS"),
    "reg y ib2.arm##c.x": ('y ~ relevel(factor(arm), ref="2") + x + relevel(factor(arm), ref="2"):x', "OLS"),
    "reg y a#b": ("y ~ factor(a):factor(b)", "OLS"),
    # SAS: REML, VC unless said otherwise
    "proc mixed data=d method=ml; class g arm; model y = x arm x*arm / solution ddfm=kr; "
    "random intercept x / subject=g type=un; run;": ("y ~ x + factor(arm) + x:factor(arm) + (x | g)", "ML"),
    "PROC MIXED; CLASS a b s c; MODEL y = a|b; RANDOM int / sub=s(c); RUN;": (
        "y ~ factor(a) + factor(b) + factor(a):factor(b) + (1 | c:s)", "REML"
    ),
    "proc mixed data=d; class g; model y = x; random int x / subject=g;": ("y ~ x + (x || g)", "REML"),
}  # fmt: skip


@pytest.mark.parametrize("text", READ)
def test_a_call_is_the_model_that_its_program_fits(text):
    assert is_call(text)
    call = read_call(text)
    assert (call.formula, call.method) == READ[text]


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


def test_a_call_with_group_dummies_is_the_comparison_whose_dummies_have_its_estimates():
    data = examples_of_data.load("sleepstudy")
    slope = compare("feols(Reaction ~ Days | Subject, sleepstudy)", data).no_pooling.params["Days"]
    centred = data[["Reaction", "Days"]] - data.groupby("Subject")[["Reaction", "Days"]].transform("mean")
    np.testing.assert_allclose(
        slope, (centred["Days"] @ centred["Reaction"]) / (centred["Days"] @ centred["Days"]), rtol=1e-12
    )


def test_a_call_with_correlated_residuals_is_fitted_as_nlme_fits_it():
    """Log-likelihoods of nlme 3.1-162: gls with corAR1 and with corSymm and varIdent, lme with varIdent, of Orthodont."""
    data = examples_of_data.load("orthodont")
    ar1 = gls("gls(distance ~ age * Sex, d, correlation = corAR1(form = ~ age | Subject))", data)
    free = gls(
        "gls(distance ~ age, d, correlation = corSymm(form = ~ age | Subject), weights = varIdent(form = ~ 1 | age))",
        data,
    )
    by_sex = lmer("lme(distance ~ age * Sex, d, ~ 1 | Subject, weights = varIdent(form = ~ 1 | Sex))", data)
    np.testing.assert_allclose([ar1.llf, free.llf, by_sex.llf], [-222.2937, -217.6246, -207.6102], atol=1e-4)


# text -> words of what is said, and of what to write instead
REFUSED = {
    "glmer(y ~ x + (1|g), d, family = binomial)": ("normal", "lmer()"),
    "glmmTMB(y ~ x + (1|g), d, family = poisson)": ("poisson", "gaussian"),
    "glmmTMB(y ~ x + toep(t + 0 | g), d)": ("toep", "us()"),
    "glmmTMB(y ~ x + us(t + 0 | g) + (1 | h), d, dispformula = ~0)": ("dispformula", "~1"),
    "glmmTMB(y ~ x + (1|g), d, ziformula = ~1)": ("ziformula", "~0"),
    "glm(y ~ x, family = binomial, data = d)": ("binomial", "gaussian"),
    "gls(y ~ x, d, correlation = corExp(form = ~ t | g))": ("corExp", "corCAR1"),
    "gls(y ~ x, d, correlation = corAR1(form = ~ 1 | g))": ("order", "column of times"),
    "gls(y ~ x, d, correlation = corAR1(form = ~ t))": ("group", "Name the column"),
    "gls(y ~ x, d, correlation = corAR1(0.5, ~ t | g, fixed = TRUE))": ("given", "fixed"),
    "gls(y ~ x, d, correlation = corSymm(form = ~ t | g))": ("one variance", "varIdent(form = ~ 1 | t)"),
    "lme(y ~ x, d, ~ 1 | g, correlation = corCompSymm(form = ~ 1 | g))": ("beside a random part", "Leave one"),
    "lme(y ~ x, d, ~ 1 | g, weights = varPower(form = ~ x))": ("varPower", "varIdent"),
    "lme(y ~ x, random = pdDiag(~ x), data = d)": ("group", "list(g"),
    "lmer(y ~ x, d)": ("random part", "(1 | group)"),
    "lmer(f, d)": ("not in the call", "outcome ~"),
    "lmer(y ~ x + (1|g), d, subset = x > y)": ("neither", "x > 4"),
    'lmer(y ~ x + (1|g), d, subset = x == 1 | z == 2)': ("or", "x > 4"),
    "lmer(y ~ x + (1|g), d, REML = maybe)": ("TRUE", "value"),
    "lmer(y ~ x + (1|g), d, colour = 3)": ("colour", "Remove"),
    "lmer(y ~ x + (1|g), d); lmer(y ~ 1 + (1|g), d)": ("several", "one"),
    "lm(y ~ x, d); lmer(y ~ x + (1|g), e)": ("several", "one"),
    "lmer(y ~ x + (1|g), d, REML = FALSE); lmer(y ~ x + (x|g), d)": ("several", "one"),
    "lm(y ~ x, d); lm(y ~ x + z, d)": ("several", "one"),
    "reg y x\nmixed y x z || g:": ("several", "one"),
    "d |> mutate(x = 2 * x) |> lmer(y ~ x + (1|g), data = _)": ("piped", "subset"),
    "d |> lmer(y ~ x + (1|g), data = e)": ("names another", "Leave one"),
    "robustlmm::rlmer(y ~ x + (1|g), d)": ("Robust", "lmer()"),
    'geeglm(y ~ x, id = g, data = d, corstr = "ar1")': ("ar1", "exchangeable"),
    "geeglm(y ~ x, data = d)": ("clusters", "id"),
    "geeglm(y ~ x, id = g, data = d, family = binomial)": ("binomial", "gaussian"),
    'smf.gee("y ~ x", data=d)': ("groups", "groups="),
    "lmList(y ~ x, d)": ("group", "y ~ x | group"),
    "lmList(y ~ x + (1|h) | g, d)": ("no random part", "lmer()"),
    "lm_robust(y ~ x + (1|h), d)": ("no random part", "lmer()"),
    "lm_robust(y ~ x + (1|h), d, fixed_effects = ~ g)": ("no random part", "lmer()"),
    "geeglm(y ~ x + (1|h), id = g, data = d)": ("no random part", "lmer()"),
    'smf.gee("y ~ x + (1|h)", "g", d)': ("no random part", "lmer()"),
    "feols(y ~ x + (1|h) | g, d)": ("no random part", "lmer()"),
    'plm(y ~ x + (1|h), d, index = "g")': ("no random part", "lmer()"),
    "lme(y ~ x + (1|h), d, random = ~ 1 | g)": ("no random part", "lmer()"),
    "gls(y ~ x + (1|h), d, correlation = corAR1(form = ~ 1 | g))": ("no random part", "lmer()"),
    'smf.ols("y ~ x + (1|h)", d).fit()': ("no random part", "lmer()"),
    'smf.mixedlm("y ~ x + (1|h)", d, groups="g")': ("no random part", "lmer()"),
    'aov_ez("g", "y", d, within = "x")': ("ANOVA", "(1 | subject)"),
    "t.test(y ~ x, data = d, paired = TRUE)": ("t test", "(1 | subject)"),
    "ivreg(y ~ x | z, data = d)": ("Instruments", "outcome ~"),
    'PanelOLS.from_formula("y ~ x + EntityEffects", d)': ("index", "(1 | group)"),
    "UNIANOVA y BY g WITH x /DESIGN=x g.": ("SPSS", "MIXED"),
    "proc glm data=d; class g; model y = x g; run;": ("SAS", "proc mixed"),
    "xtgee y x, i(g)": ("Stata", "mixed y x || g"),
    'Lmer("y ~ x", d)': ("random part", "Lm()"),
    'Lmer("y ~ x + (1|g)", d, family="binomial")': ("binomial", "family="),
    'bmb.Model("y ~ x + (1|g)", d, family="poisson")': ("poisson", "family="),
    "fit(MixedModel, @formula(y ~ x + (1|g)), d, Bernoulli())": ("normal", "distribution"),
    "fit(MixedModel, @formula(y ~ x + (1|g)), d; contrasts=Dict(:f => EffectsCoding()))": ("contrasts", "Remove"),
    "fit(MixedModel, f, d)": ("not in the call", "@formula"),
    'Lmer("y ~ fit(MixedModel,", d)': ("never closed", "Add"),
    "|> lmer(y ~ x + (1|g))": ("piped", "before the pipe"),
    "feols(, data = d)": ("no formula", "outcome ~"),
    "lm_robust(y ~ x, d, fixed_effects = )": ("no column", "~ group"),
    "aov(y ~ x + Error(g), d)": ("Error", "(1 | group)"),
    "lm(y ~ x, d, contrasts = list(arm = contr.sum))": ("“arm”", "contrasts"),
    "lm(y ~ x, d, contrasts = list(x = contr.magic))": ("contr.magic", "Known"),
    "feols(y ~ x | g^t, d)": ("g^t", "y ~ x | group"),
    "feols(y ~ x | g | z ~ w, d)": ("Instruments", "out"),
    "plm(y ~ x, data = d)": ("groups", "index"),
    'plm(y ~ x, data = d, index = c("g", "t"), model = "between")': ("between", "within"),
    'smf.logit("y ~ x", df)': ("normal", "mixedlm"),
    'smf.mixedlm("y ~ x", df)': ("groups", "groups="),
    'mixedlm(f"y ~ {x}", df, groups="g")': ("not in the call", "outcome ~"),
    "MIXED y WITH x /FIXED=x /REPEATED=t | SUBJECT(g) COVTYPE(TP)": ("TP", "AR(1)"),
    "MIXED y WITH x /FIXED=x /REPEATED=t*k | SUBJECT(g) COVTYPE(AR1)": ("order", "times or visits"),
    "MIXED y WITH x /FIXED=x /RANDOM=INTERCEPT x | SUBJECT(g) COVTYPE(CS)": ("CS", "UN"),
    "MIXED y WITH x /FIXED=x z /RANDOM=INTERCEPT | SUBJECT(g)": ("“z”", "WITH"),
    "MIXED y WITH x /FIXED=x /COLOUR=red": ("COLOUR", "Remove"),
    "MIXED y WITH x /FIXED=x /RANDOM=INTERCEPT": ("subject", "SUBJECT"),
    "mixed y x || g: x, cov(banded)": ("banded", "unstructured"),
    "mixed y x || g:, residuals(ar 2, t(time))": ("ar 2", "AR(1)"),
    "mixed y x || g:, residuals(ar 1)": ("order", "times"),
    "mixed y x || g:, residuals(exchangeable)": ("beside a random part", "Leave one"),
    "mixed y x [pw=w] || g:": ("pw", "aw"),
    "mixed y x1-x5 || g:": ("x1-x5", "one by one"),
    "xtreg y x, fe": ("xtreg", "i(group)"),
    "xtreg y x, be i(g)": ("be", "fe"),
    "areg y x": ("areg", "absorb(group)"),
    "proc mixed; class g t; model y = x; repeated t / subject=g type=toep; run;": ("toep", "AR(1)"),
    "proc mixed; class g t; model y = x; repeated t / subject=g type=un group=arm; run;": ("un", "Known"),
    "proc mixed; class g; random int / subject=g; run;": ("model", "model"),
}  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_model_of_ours_is_refused_with_what_to_write(text):
    assert is_call(text)
    with pytest.raises(FormulaError) as caught:
        read_call(text)
    problem, remedy = REFUSED[text]
    assert problem in caught.value.problem and remedy in caught.value.remedy


# call without a random part -> the formula whose comparison has its model; None where nothing names groups
WITH_GROUPS = {
    "lm(y ~ x, d)": None,
    "lm(y ~ x + factor(g), d)": None,
    "lm_robust(y ~ x, d, clusters = g)": "y ~ x + (1 | g)",
    "regress y x i.g, vce(cluster g)": "y ~ x + (1 | g)",
    "lm_robust(y ~ 0 + x + factor(g), d, clusters = g)": "y ~ x + (1 | g)",
    "lm_robust(y ~ x * factor(g), d, clusters = g)": "y ~ x + (x | g)",
    "lm_robust(y ~ factor(g) + x:factor(g), d, clusters = g)": "y ~ x + (x | g)",  # a slope in each group
    "lm_robust(y ~ x * factor(g) + z, d, clusters = g)": "y ~ x + factor(g) + z + x:factor(g) + (1 | g)",  # z is alike in all
    "lm_robust(y ~ x + x:factor(g), d, clusters = g)": "y ~ x + x:factor(g) + (1 | g)",  # no dummies of the groups alone
    "lm_robust(y ~ x + g, d, clusters = g)": "y ~ x + g + (1 | g)",  # a number, and one slope
    "gls(y ~ x, d, correlation = corCompSymm(form = ~ 1 | g))": "y ~ x + (1 | g)",
    "geeglm(y ~ x, id = g, data = d)": "y ~ x + (1 | g)",
}


@pytest.mark.parametrize("text", WITH_GROUPS)
def test_a_call_without_a_random_part_is_compared_by_the_groups_that_it_names(text):
    call, kinds = read_call(text), {"y": True, "x": True, "g": True}
    if WITH_GROUPS[text] is None:
        with pytest.raises(FormulaError, match="no group"):
            with_groups(call, kinds)
        call = with_groups(call, kinds, read_call("lmer(y ~ 1 + (1 | g), d)").spec)
        assert call.formula == "y ~ x + (1 | g)"
    else:
        assert with_groups(call, kinds).formula == WITH_GROUPS[text]


def test_dummies_of_text_are_told_from_a_number_and_offered_as_groups():
    with pytest.raises(FormulaError) as caught:
        with_groups(read_call("lm(y ~ x + g, d)"), {"y": True, "x": True, "g": False})
    assert "y ~ x + (1 | g)" in caught.value.remedy and "g has the groups" in caught.value.remedy


def test_the_dummies_of_a_pasted_call_are_the_dummies_of_its_comparison():
    data = examples_of_data.load("sleepstudy")
    call = 'lm_robust(Reaction ~ Days + factor(Subject), data = sleepstudy, clusters = Subject, se_type = "CR2")'
    comparison = compare(call, data)
    dense = np.column_stack([data["Days"], pd.get_dummies(data["Subject"].astype(str)).to_numpy(float)])
    slope = np.linalg.lstsq(dense, data["Reaction"].to_numpy(), rcond=None)[0][0]
    assert comparison.fits["no_pooling"].params["Days"] == pytest.approx(slope, rel=1e-10)


def test_a_name_that_stands_twice_is_refused_of_a_call_as_of_a_formula():
    data = pd.DataFrame([[1.0, 2.0, 1]] * 4, columns=["y", "x", "x"])
    with pytest.raises(LmmCompareError, match="“x”"):
        compare("lmer(y ~ x + (1 | x), data = d)", data)


def test_a_call_that_is_not_read_beside_one_that_is_does_not_stop_it():
    call = read_call("t.test(y ~ arm, data = d)\nm <- lmer(y ~ x + (1 | g), data = d)")
    assert call.formula == "y ~ x + (1 | g)" and "only the call of lmer() is read" in call.remarks[-1]


@pytest.mark.parametrize(
    "text",
    [
        "y ~ x + (1 | g)",
        "log(y) ~ x",
        "logit(p) ~ x + (1 | g)",
        "mixed ~ x + (1 | reg)",
        "lm ~ x",
        "`lmer(x)` ~ x",
        "",
        "y",
    ],
)
def test_a_bare_formula_is_no_call(text):
    assert not is_call(text)


def test_a_tilde_of_pandas_makes_no_formula_of_a_call():
    text = "keep = ~df.out\nsmf.mixedlm('y ~ x', df, groups='g').fit()"
    assert is_call(text) and read_call(text).formula == "y ~ x + (1 | g)"


# calls pasted together -> the model whose comparison has the others too
TOGETHER = {
    "lm(y ~ x, d)\nlmer(y ~ x + (1|g), d)": "y ~ x + (1 | g)",
    "m1 <- lm(y ~ x + factor(g), data = d); m2 <- lmer(y ~ x + (x|g), data = d)\nsummary(m2)": "y ~ x + (x | g)",
    "anova(lmer(y ~ x + (1|g), d), lmer(y ~ x + (x|g), d))": "y ~ x + (x | g)",
    'smf.ols("y ~ x", df).fit()\nsmf.mixedlm("y ~ x", df, groups="g", re_formula="~x").fit()': "y ~ x + (x | g)",
    "reg y x\nmixed y x || g:": "y ~ x + (1 | g)",
    "reg y x mixed y x || g:": "y ~ x + (1 | g)",
    "xtreg y x, fe i(g)\nmixed y x || g: x": "y ~ x + (x || g)",
}


@pytest.mark.parametrize("text", TOGETHER)
def test_of_calls_that_differ_in_the_random_part_the_largest_is_read(text):
    call = read_call(text)
    assert call.formula == TOGETHER[text] and "calls were pasted" in call.remarks[-1]


def test_it_is_said_what_stands_for_the_other_calls():
    said = {
        "lm(y ~ x, d); lmer(y ~ x + (1|g), d)": "OLS",
        "lm(y ~ x + g, d); lmer(y ~ x + (1|g), d)": "group dummies",
        "feols(y ~ x | g, d); lmer(y ~ x + (x|g), d)": "group dummies",
        "lmer(y ~ x + (1|g), d); lmer(y ~ x + (x|g), d)": "random intercept",
    }
    for text, model in said.items():
        assert model in read_call(text).remarks[-1]
    numbers = dict.fromkeys("yxg", True)
    with pytest.raises(FormulaError, match="differ in more than the random part"):  # a slope of g is no model of these
        read_call("lm(y ~ x + g, d); lmer(y ~ x + (1|g), d)", numbers)
    assert "group dummies" in read_call("lm(y ~ x + factor(g), d); lmer(y ~ x + (1|g), d)", numbers).remarks[-1]


# a condition, as R, Stata, pandas and SAS write it
CONDITIONS = {
    'lm(y ~ x, d, subset = x > 4 & arm == "a")': [("x", ">", (4.0,)), ("arm", "==", ("a",))],
    "lm(y ~ x, d, subset = (4 < x) & !is.na(z) & k != -1)": [("x", ">", (4.0,)), ("z", "present", ()), ("k", "!=", (-1.0,))],
    "d |> filter(x > 4, z == 1) |> drop_na(w) |> lm(y ~ x, data = _)": [("x", ">", (4.0,)), ("z", "==", (1.0,)), ("w", "present", ())],
    "m <- d %>% subset(x > 4) %>% lm(y ~ x, data = ., subset = z == 1)": [("x", ">", (4.0,)), ("z", "==", (1.0,))],
    "lm(y ~ x, data = na.omit(subset(d, x > 1)))": [("x", ">", (1.0,))],
    'lm(y ~ x, subset(d, arm %in% c("a", "b")))': [("arm", "in", ("a", "b"))],
    "lm(y ~ x, d, subset = d$x == 1 | d$x == 2)": [("x", "in", (1.0, 2.0))],
    "lm(y ~ x, d, subset = !(x %in% 1:3))": [("x", "not in", (1.0, 2.0, 3.0))],
    'smf.ols("y ~ x", df[(df["x"] > 4) & (df.arm == "a")])': [("x", ">", (4.0,)), ("arm", "==", ("a",))],
    "smf.ols('y ~ x', df.query(\"x >= 4 and arm == 'a'\"))": [("x", ">=", (4.0,)), ("arm", "==", ("a",))],
    "reg y x if x > 4 & arm == 1 & z < .": [("x", ">", (4.0,)), ("arm", "==", (1.0,)), ("z", "present", ())],
    'reg y x if inlist(arm, 1, 2) & !missing(z)': [("arm", "in", (1.0, 2.0)), ("z", "present", ())],
    "proc mixed; where x ge 4 and arm in ('a', 'b'); class g; model y = x; random g;": [
        ("x", ">=", (4.0,)), ("arm", "in", ("a", "b"))
    ],
}  # fmt: skip


@pytest.mark.parametrize("text", CONDITIONS)
def test_the_rows_of_a_call_are_conditions(text):
    assert read_call(text).conditions == tuple(Condition(*c) for c in CONDITIONS[text])


def test_weights_may_be_an_expression_of_columns():
    assert str(read_call("lmer(y ~ x + (1|g), data = d, weights = 1 / d$v)").spec.weights) == "1 / v"
    with pytest.raises(FormulaError, match="log-likelihood"):  # another meaning than lmer's
        read_call("glmmTMB(y ~ x + (1|g), data = d, weights = w)")


def test_what_stands_beside_the_formula_is_kept():
    call = read_call("lmer(y ~ x + (1|g), d, weights = w, offset = o, na.action = na.exclude, control = lmerControl())")
    assert (call.data, call.spec.weights, call.spec.offset, call.na_action) == (
        "d",
        Column("w"),
        (Column("o"),),
        "na.exclude",
    )
    assert call.formula == "y ~ x + offset(o) + (1 | g)" and len(call.remarks) == 2
    call = read_call('smf.ols("y ~ x", df).fit(cov_type="cluster", cov_kwds={"groups": df["g"]})')
    assert call.cluster == "g"
    assert read_call("regress y x [aw=w], cluster(g)").spec.weights == Column("w")


def test_what_a_call_does_otherwise_is_said():
    said = {
        'bmb.Model("y ~ x + (1|g)", d)': "Bayesian",
        "lmer(y ~ x + (1|g), data = na.omit(d))": "any column of the table",
        "lm_robust(y ~ x, d)": "HC2",
        "mixed(y ~ x + (1|g), d)": "contr.sum",
        'plm(y ~ x, d, index = "g", weights = w)': "group means without weights",
    }
    for text, word in said.items():
        assert word in " ".join(read_call(text).remarks)
    call = read_call("lm_robust(y ~ x, d, clusters = g)")
    assert call.cluster == "g" and not call.remarks
    for text in ("feols(y ~ x | g, d, vcov = ~g)", "felm(y ~ x | h | 0 | g, d)", "areg y x, absorb(h) cluster(g)"):
        assert read_call(text).cluster == "g"
        assert any("dummies" in remark for remark in read_call(text).remarks)


def test_categories_of_afex_are_coded_by_sums():
    columns = {"y": True, "x": True, "arm": False, "g": True}
    call = read_call("mixed(y ~ arm * x + (arm | g), d)", columns)
    assert call.formula == "y ~ C(arm, contr.sum) + x + C(arm, contr.sum):x + (C(arm, contr.sum) | g)"
    assert read_call("mixed(y ~ arm + (1 | g), d, check_contrasts = FALSE)", columns).formula == "y ~ arm + (1 | g)"
    assert not read_call("mixed(y ~ x + (1 | g), d)", columns).remarks
    with pytest.raises(FormulaError, match="categories"):
        read_call("lmm(@formula(y ~ arm + zerocorr(arm | g)), d)", columns)


def test_what_else_was_pasted_is_said():
    assert read_call("x <- 3; lmer(y ~ x + (1|g), d)").remarks
    assert read_call("lmer(y ~ x + (1|g), d); anova(m)").remarks
    assert not read_call("library(lme4)\nm <- lmer(y ~ x + (1|g), d)").remarks


def test_the_table_tells_numbers_from_categories_and_how_names_are_written():
    columns = {"Y": True, "Arm": False, "X": True, "g": True}
    call = read_call("MIXED y BY arm WITH x /FIXED=arm x /RANDOM=INTERCEPT | SUBJECT(G)", columns)
    assert call.formula == "Y ~ Arm + X + (1 | g)"
    call = read_call("lme(y ~ arm, d, list(g = pdDiag(~ arm)))", {"y": True, "arm": False, "g": False})
    assert call.formula == "y ~ arm + diag(arm | g)"


def test_an_error_points_into_the_call():
    text = "lmer(y ~ x + ^ (1|g), d)"
    with pytest.raises(FormulaError) as caught:
        read_call(text)
    assert caught.value.text == text and text[caught.value.position] == "^"


def test_length_and_depth_are_bounded():
    for text in ("lmer(" + "y" * 6000 + ")", "lmer(" * 40 + "y" + ")" * 40, "MIXED y /FIXED=" + "x " * 4000, "reg y " + "x " * 4000,
                 "proc mixed; model y = a|b|c|d|e|f|g|h|i|j;",
                 "lm(y ~ x, subset = " + "!" * 3000 + "x)", "reg y x, " + "(" * 2000):  # fmt: skip
        with pytest.raises(FormulaError):
            read_call(text)


PIECES = [
    "lmer(", "lme(", "mixedlm(", "glmmTMB(", ")", "(", "[", "]", "{", "}", "y ~ x", "(1|g)", " + ", ", ", "data=", "d", "$", '"', "'",
    "`", "#", "random=", "list(g=~x)", "pdDiag(", "subset=", "x > 4", "&", "|", "||", "%in%", "c(", "MIXED y ", "/FIXED=",
    "/RANDOM=", "INTERCEPT", "| SUBJECT(g)", "COVTYPE(UN)", "mixed y x", "|| g: x", ", cov(un)", "i.a##c.b", "proc mixed;",
    "class a;", "model y=", "a|b", "random int", "/ subject=g", ";", " if ", "~", ".", "1e9", "\n", "::", "<-", "weights=",
    "__import__('os').system('x')", "fit(MixedModel, ", "@formula(", "d |> ",
    "feols(y ~ x | g", "felm(", "plm(", "index=c('g','t')", "xtreg y x", ", fe", "absorb(g)", "xtset g\n",
    "correlation=corAR1(", "form=~t|g", "varIdent(", "dispformula=~0", "repeated t", "type=ar(1)", "/REPEATED=t",
    "COVTYPE(AR1)", ", residuals(ar 1, t(t))", ", nocons",
    "%>%", "bmb.Model(", "na.omit(", "zerocorr(", "\\", ".fit(", "reml=False", "vc_formula={",
]  # fmt: skip


@settings(max_examples=examples(400))
@given(st.one_of(st.lists(st.sampled_from(PIECES), max_size=14).map("".join), st.text(max_size=60)))
def test_any_text_is_read_or_refused_and_nothing_is_run(text):
    def refuse(*args, **kwargs):
        raise AssertionError("text was evaluated")

    kept = builtins.eval, builtins.exec, os.system
    builtins.eval = builtins.exec = os.system = refuse  # type: ignore[assignment]
    try:
        call = read_call(text, {"y": True, "x": True, "g": False})
        assert call.formula
    except FormulaError as error:
        assert error.problem
    finally:
        builtins.eval, builtins.exec, os.system = kept


def test_coefficients_of_contrasts_have_the_names_that_r_gives_them() -> None:
    """As R 4.2 names them: by the factor alone, in the order of the formula."""
    rows = pd.DataFrame({"y": np.arange(12.0) ** 2, "f": list("ab") * 6, "d": np.repeat([1, 2, 3], 4)})
    result = lm("lm(y ~ f * ordered(d), rows, contrasts = list(f = contr.sum))", rows)
    interactions = ["f1:ordered(d).L", "f1:ordered(d).Q"]
    assert list(result.r_names.values()) == ["(Intercept)", "f1", "ordered(d).L", "ordered(d).Q", *interactions]
