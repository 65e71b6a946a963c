"""Pasted model calls: each is the model that its program would fit, and no text does anything else."""

from __future__ import annotations

import builtins
import os

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lmmcompare import compare, lm, read_call
from lmmcompare.errors import FormulaError, LmmCompareError
from lmmcompare.formula.calls import is_call
from lmmcompare.formula.expressions import Column
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
    "m = LinearMixedModel(@formula(y ~ 1 + x + (1|g)), d)": ("y ~ x + (1 | g)", "ML"),
    "fit!(LinearMixedModel(@formula(y ~ x + (1|g)), d); REML = true)": ("y ~ x + (1 | g)", "REML"),
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


def test_a_name_that_stands_twice_is_refused_of_a_call_as_of_a_formula():
    data = pd.DataFrame([[1.0, 2.0, 1]] * 4, columns=["y", "x", "x"])
    with pytest.raises(LmmCompareError, match="“x”"):
        compare("lmer(y ~ x + (1 | x), data = d)", data)


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


def test_weights_may_be_an_expression_of_columns():
    assert str(read_call("lmer(y ~ x + (1|g), data = d, weights = 1 / d$v)").spec.weights) == "1 / v"
    with pytest.raises(FormulaError, match="log-likelihood"):  # another meaning than lmer's
        read_call("glmmTMB(y ~ x + (1|g), data = d, weights = w)")


def test_what_stands_beside_the_formula_is_kept():
    call = read_call("lmer(y ~ x + (1|g), d, weights = w, offset = o, na.action = na.exclude, control = lmerControl())")
    assert (call.data, call.spec.weights, call.spec.offset) == (
        "d",
        Column("w"),
        (Column("o"),),
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
