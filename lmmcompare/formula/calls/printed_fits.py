"""What R prints of a fit, as the call of lmer() or lme() that it is the fit of."""

from __future__ import annotations

import re

from ...errors import FormulaError

_MERMOD = re.compile(r"\bLinear mixed model fit by (?P<method>REML|maximum likelihood)\b")
_LME = re.compile(r"\bLinear mixed-effects model fit by (?P<method>REML|maximum likelihood)\b")
_OTHER = re.compile(r"\b(?:Generalized linear|Nonlinear) mixed(?:-effects)? model fit by ")
_ENDS = r"(?=\s+(?:Data|Weights|Offset|Subset|Control):|\s+(?:REML criterion|AIC)\b|\s*$)"
_FIELD = r"\b{}:\s*(.+?)" + _ENDS
_LME_FIXED = re.compile(r"\bFixed(?: effects)?:\s*(.+?)\s*(?:\n|\(Intercept\)|\bValue\b)", re.DOTALL)
_LME_RANDOM = re.compile(
    r"\bFormula:\s*~\s*(?P<terms>[^|]+?)\s*\|\s*(?P<group>[\w.]+)(?:\s+%in%\s+[\w.]+)*"
    r"(?:\s+Structure:\s*(?P<structure>\w+))?"
)
_MATRICES = {"General": "pdLogChol", "Diagonal": "pdDiag"}
"""The covariance matrices of random effects by the first word of what is printed of them."""
_ITSELF = "Paste the call itself."


def is_printed_fit(text: str) -> bool:
    """Whether text has the first line that R prints of a mixed model."""
    return any(first.search(text) for first in (_MERMOD, _LME, _OTHER))


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
    if _OTHER.search(text):
        raise FormulaError(
            "The models here are linear, for an outcome that is a number with normal errors.",
            "Use lmer() where the outcome is such a number.",
        )
    if (head := _MERMOD.search(text)) is not None:
        return _lmer(text[head.end() :], head["method"] == "REML")
    head = _LME.search(text)
    assert head is not None
    return _lme(text[head.end() :], head["method"] == "REML")


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
