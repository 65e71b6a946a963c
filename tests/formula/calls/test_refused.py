"""What is no model of ours is refused, with what to write instead."""

from __future__ import annotations

import pytest

from lmmcompare import read_call
from lmmcompare.errors import FormulaError
from lmmcompare.formula.calls import is_call

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
