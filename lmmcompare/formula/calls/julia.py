"""Calls of Julia's MixedModels: ``fit(MixedModel, @formula(y ~ 1 + x + (1 | g)), d)`` and ``lmm(@formula(…), d)``."""

from __future__ import annotations

import re

from .build import Kinds, specify
from .call import ModelCall
from .call_syntax import Part, Source

_CALL = re.compile(
    r"(?<![\w.@])(?:fit!?\s*\(\s*(?:MixedModels\.)?(?:Linear|Generalized(?:Linear)?)?MixedModel\s*[,;]|(?:lmm|LinearMixedModel)\s*\(\s*@formula)"
)
_OTHER_OUTCOMES = "The models here are for an outcome that is a number with normal errors."
_OWN = ("lmm", "LinearMixedModel")
"""Functions whose first argument is the formula."""
_SETTINGS = ("progress", "thin", "fast", "optsum", "amalgamate")
"""Arguments that leave the model as it is."""


def is_julia(text: str) -> bool:
    """Whether text holds one of these calls."""
    return bool(_CALL.search(text))


def read_julia(source: Source, kinds: Kinds) -> ModelCall:
    """Read a call; `MixedModels` fits by maximum likelihood unless told otherwise, and codes categories as R does."""
    tokens = source.tokens
    after = [[token.text for token in tokens[k + 1 : k + 3]] for k in range(len(tokens))]
    with_formula = [k for k, token in enumerate(tokens) if token.text in _OWN and after[k] == ["(", "@"]]
    fits = [k for k, token in enumerate(tokens) if token.text == "fit" and after[k][:1] in (["("], ["!"])]
    begin = [*with_formula, *fits][0]
    opening = next(k for k in range(begin, len(tokens)) if tokens[k].text == "(")
    whole = Part(source, opening + 1, source.closing[opening])
    parts = [argument.as_argument() for argument in whole.split(",", ";") if argument.tokens]
    if any(t.text.startswith("Generalized") for t in whole.tokens):
        whole.fail(_OTHER_OUTCOMES, "Use LinearMixedModel for such an outcome.")
    given = {part.name: part for part in parts if part.name}
    for name, part in given.items():
        if name != "REML" and name not in _SETTINGS:
            part.fail(f"{name}= of MixedModels is not read here.", "Remove this argument if it does not matter.")
    plain = [part for part in parts if not part.name and not part.text.endswith("MixedModel")]
    if not plain or plain[0].tokens[0].text != "@" or len(plain[0].tokens) < 3:
        whole.fail("The formula is not in the call.", "Write it there: @formula(y ~ 1 + x + (1 | g)).")
    if len(plain) > 2:
        plain[2].fail(_OTHER_OUTCOMES, "Leave the distribution out for such an outcome.")
    formula = Part(source, plain[0].start + 3, plain[0].end - 1)
    return ModelCall(
        "a call of MixedModels in Julia",
        specify(formula, _as_r(formula, kinds)),
        given["REML"].flag() if "REML" in given else re.search(r"\bREML\s*=\s*true\b", source.text) is not None,
        plain[1].text if len(plain) > 1 and len(plain[1].tokens) == 1 else "",
    )


def _as_r(formula: Part, kinds: Kinds) -> str:
    """Formula text as R has it: ``&`` joins factors there, and ``zerocorr(x | g)`` leaves the correlations out."""
    for inside in re.findall(r"\bzerocorr\(([^()|]*)\|", formula.text):
        for name in re.findall(r"[^\W\d]\w*", inside):
            if not kinds.get(name, True):
                formula.fail(
                    f"“{name}” holds categories: zerocorr() of their contrasts is not fitted here.",
                    f"Write (0 + {name} | g).",
                )
    text = re.sub(r"(?<!&)&(?!&)", ":", formula.text)
    return re.sub(r"\bzerocorr\(([^()|]*)\|", r"(\1||", text)
