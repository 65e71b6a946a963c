"""Functions and commands whose models are none of ours, or are not read: what is wrong with each, and what to write instead."""

from __future__ import annotations

import re

Refusal = tuple[str, str]
"""The problem and the remedy."""

OTHER_OUTCOMES = "The models here are for an outcome that is a number with normal errors."
_FORMULA = "Write outcome ~ predictors + (1 | group)."
_BAYESIAN = ("Bayesian models are not fitted here.", "Paste the formula alone, without its priors.")
_SMOOTH = ("Smooth terms are not fitted here.", 'Write bs(x, df=5) for s(x), and (1 | group) for s(group, bs="re").')
_INSTRUMENTS = ("Instruments are not fitted here.", _FORMULA)
_QUANTILES = ("Quantile regression is not fitted here.", _FORMULA)
_REPEATED_MEASURES = (
    "A repeated-measures ANOVA is not fitted here.",
    "Write outcome ~ condition + (1 | subject): with one factor within subjects and no empty cells its uncorrected test is the same.",
)
_IN_INDEX = ("linearmodels takes its groups from the table's index, which a call does not name.", _FORMULA)
_OUTLIERS = "the outliers are shown under Can I trust it?"


def _each(names: str, refusal: Refusal) -> dict[str, Refusal]:
    return dict.fromkeys(names.split(), refusal)


R: dict[str, Refusal] = {
    **_each(
        "glmer glmer.nb feglm fepois clm clmm polr coxph coxme",
        (OTHER_OUTCOMES, "Use lmer() where the outcome is such a number."),
    ),
    "glmmPQL": (OTHER_OUTCOMES, "Use lme() where the outcome is such a number."),
    "nlmer": ("Models that are not linear are not fitted here.", "Write a linear one, such as lmer(y ~ x + (x | g))."),
    "nlme": (
        "Models that are not linear are not fitted here.",
        "Write a linear one, such as lme(y ~ x, random = ~ x | g).",
    ),
    **_each("gam gamm gamm4 bam", _SMOOTH),
    **_each("brm stan_lmer stan_glmer MCMCglmm", _BAYESIAN),
    "blmer": ("Models with priors are not fitted here.", "Paste the formula alone, without its priors."),
    "rlmer": ("Robust mixed models are not fitted here.", f"Use lmer(); {_OUTLIERS}"),
    **_each("rlm lmrob", ("Robust regression is not fitted here.", f"Use lm(); {_OUTLIERS}")),
    **_each("aov_car aov_ez aov_4 ezANOVA anova_test", _REPEATED_MEASURES),
    "t.test": (
        "A t test is not read here.",
        "Write outcome ~ condition + (1 | subject): of complete pairs its test is that of the paired t test.",
    ),
    **_each("ivreg iv_robust", _INSTRUMENTS),
    **_each("rq lqmm", _QUANTILES),
}
PYTHON: dict[str, Refusal] = {
    **_each(
        "logit probit poisson glm negativebinomial mnlogit",
        (OTHER_OUTCOMES, "Use mixedlm() where the outcome is such a number."),
    ),
    "gls": ("gls() of statsmodels is not read.", _FORMULA),
    "quantreg": _QUANTILES,
    **_each("mixed_anova rm_anova AnovaRM", _REPEATED_MEASURES),
    **_each("panelols randomeffects pooledols betweenols firstdifferenceols", _IN_INDEX),
    **_each("iv2sls ivgmm", _INSTRUMENTS),
}
_COMMANDS: dict[str, Refusal] = {
    r"(?:unianova|glm|regression|genlin(?:mixed)?|oneway|t-test)\b\s*[/\w]": (
        "Of SPSS the MIXED command is read.",
        "Write MIXED y WITH x /FIXED=x /RANDOM=INTERCEPT | SUBJECT(group).",
    ),
    r"proc\s+(?:glm|reg|glimmix|panel|genmod|anova|nlmixed|surveyreg)\b": (
        "Of SAS proc mixed is read.",
        "Write proc mixed; class group; model y = x; random int / subject=group; run;",
    ),
    r"(?:xtset|xtgee|xtlogit|xtivreg|ivregress|melogit|meglm|meqrlogit|mepoisson|gllamm|logit|anova)\s+[^\W\d]": (
        "Of Stata mixed, xtmixed, regress, xtreg, areg and reghdfe are read.",
        "Write mixed y x || group:",
    ),
    r"(?:by|bys|bysort|svy|mi|bootstrap|jackknife|statsby)\b[^:|]*:\s*(?:mixed|xtmixed|reg|xtreg|areg)": (
        "A prefix before a command of Stata is not read.",
        "Paste the command alone, and choose rows by a condition such as if x == 1.",
    ),
}


def refused_command(text: str) -> Refusal | None:
    """Why a command of SPSS, SAS or Stata is not read; None for other text."""
    if "~" in text:
        return None
    command = text.lstrip(" \t\r\n.")
    return next((said for begin, said in _COMMANDS.items() if re.match(begin, command, re.IGNORECASE)), None)
