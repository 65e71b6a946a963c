"""What programs print of a fit, as the call that it is the fit of: of lmer(), lme() and glmmTMB() in R, of MixedModels in Julia."""

from __future__ import annotations

import re

from ...errors import FormulaError

_MERMOD = re.compile(r"\bLinear mixed model fit by (?P<method>REML|maximum likelihood)\b")
_LME = re.compile(r"\bLinear mixed-effects model fit by (?P<method>REML|maximum likelihood)\b")
_OTHER = re.compile(r"\b(?:Generalized linear|Nonlinear) mixed(?:-effects)? model fit by ")
_ENDS = (
    r"(?=\s+(?:Data|Weights|Offset|Subset|Control|(?:Random|Fixed) effects|Scaled residuals|Dispersion|Zero inflation):"
    r"|\s+(?:REML criterion|AIC|Draws|Samples|observations:)|\s*\(Number of observations|\s*$)"
)
_FIELD = r"\b{}:\s*(.+?)" + _ENDS
_LME_FIXED = re.compile(r"\bFixed(?: effects)?:\s*(.+?)\s*(?:\n|\(Intercept\)|\bValue\b)", re.DOTALL)
_LME_RANDOM = re.compile(
    r"\bFormula:\s*~\s*(?P<terms>[^|]+?)\s*\|\s*(?P<group>[\w.]+)(?:\s+%in%\s+[\w.]+)*"
    r"(?:\s+Structure:\s*(?P<structure>\w+))?"
)
_MATRICES = {"General": "pdLogChol", "Diagonal": "pdDiag"}
"""The covariance matrices of random effects by the first word of what is printed of them."""
_LINEAR = "The models here are linear, for an outcome that is a number with normal errors."
_ITSELF = "Paste the call itself."
_TMB = re.compile(r"\bFamily:\s*(?P<family>\w+)\s*\(\s*(?P<link>\w+)\s*\)\s+Formula:")
_JULIA = re.compile(r"\s*(?P<formula>[^~\n]{1,200}~.{1,2000}?)\s+logLik\s+-2 logLik\b", re.DOTALL)
_UNREAD = (
    (
        re.compile(r"\bFamily:\s*\w+\s+Links:|\bstan_g?lmer\b\s+family:"),
        "What brms and rstanarm fit has priors, which the models here have not.",
    ),
    (
        re.compile(r"\bMixed Linear Model Regression Results\b"),
        "What statsmodels prints does not say which column the groups are.",
    ),
    (
        re.compile(r"\bMixed-effects (?:ML|REML) regression\b"),
        "What Stata prints does not say the whole of this model.",
    ),
    (
        re.compile(r"\bModel Dimension\b.*\bFixed Effects\b", re.DOTALL),
        "What SPSS prints does not say the whole of this model.",
    ),
)
"""What is printed of a fit that cannot be read of it, and why."""


def is_printed_fit(text: str) -> bool:
    """Whether text has the first line that a program prints of a mixed model."""
    return any(first.search(text) for first in (_MERMOD, _LME, _OTHER, _TMB, *(first for first, _ in _UNREAD)))


def has_several(text: str) -> bool:
    """Whether more than one mixed model is printed."""
    return len(_MERMOD.findall(text)) + len(_LME.findall(text)) > 1


def printed_call(text: str) -> str:
    """The call whose fit is printed, as text; of several the first.

    Raises
    ------
    FormulaError
        Where what is printed does not say the whole model, or it is none of ours.
    """
    # of many blanks in a row each could end what is looked for: 1,000 took four seconds, 5,000 minutes
    text = re.sub(r"\s+", lambda blanks: "\n" if "\n" in blanks[0] else " ", text)
    if _OTHER.search(text):
        raise FormulaError(_LINEAR, "Use lmer() where the outcome is such a number.")
    for first, why in _UNREAD:
        if first.search(text) and not _MERMOD.search(text):
            formula = _field("[Ff]ormula", text)
            remedy = f"Write its formula: {formula}" if "~" in formula else _ITSELF
            raise FormulaError(why, remedy, text=text, position=0, suggestion=formula if "~" in formula else "")
    if (family := _TMB.search(text)) is not None:
        return _glmm_tmb(text, family["family"], family["link"])
    if (head := _MERMOD.search(text)) is not None:
        if (julia := _JULIA.match(text, head.end())) is not None:
            method = str(head["method"] == "REML").lower()
            return f"fit(MixedModel, @formula({' '.join(julia['formula'].split())}), REML = {method})"
        return _lmer(text[head.end() :], head["method"] == "REML")
    head = _LME.search(text)
    assert head is not None
    return _lme(text[head.end() :], head["method"] == "REML")


def _glmm_tmb(text: str, family: str, link: str) -> str:
    if (family, link) != ("gaussian", "identity"):
        raise FormulaError(_LINEAR, "Use the family gaussian where the outcome is such a number.")
    if re.search(r"\b(?:Dispersion|Zero inflation):|\bDispersion model\b|\bZero-inflation model\b", text):
        raise FormulaError("What glmmTMB() prints does not say the whole of this model.", _ITSELF)
    data = _field("Data", text)
    return f"glmmTMB({_field('Formula', text)}{f', data = {data}' if data.isidentifier() else ''})"


def _lmer(text: str, reml: bool) -> str:
    formula = _field("Formula", text)
    if not formula:
        raise FormulaError("The fit is printed without its formula.", _ITSELF)
    given = {name: _field(name.capitalize(), text) for name in ("data", "weights", "offset", "subset")}
    more = [f", {name} = {value}" for name, value in given.items() if value]
    return f"lmer({formula}, REML = {str(reml).upper()}{''.join(more)})"


def _field(name: str, text: str) -> str:
    """What stands after a word such as "Data:", on one line or several."""
    match = re.search(_FIELD.format(name), text, re.DOTALL)
    return " ".join(match[1].split()) if match else ""


def _lme(text: str, reml: bool) -> str:
    fixed, levels = _LME_FIXED.search(text), list(_LME_RANDOM.finditer(text))
    whole = (
        fixed
        and levels
        and "Subset:" not in text
        and all((level["structure"] or "General") in _MATRICES for level in levels)
    )
    if not whole or re.search(r"Correlation Structure|Variance function", text):
        raise FormulaError("What lme() prints does not say the whole of this model.", _ITSELF)
    assert fixed is not None
    random = ", ".join(
        f"{level['group']} = {_MATRICES[level['structure'] or 'General']}(~ {level['terms']})" for level in levels
    )
    data = re.search(r"\bData:\s*(\S+)", text)
    method, table = "REML" if reml else "ML", f", data = {data[1]}" if data else ""
    return f'lme({fixed[1]}, random = list({random}), method = "{method}"{table})'
