"""The MIXED command of SPSS."""

from __future__ import annotations

import re
from dataclasses import replace

from ..expressions import Column
from ..parser import parse
from ..spec import ModelSpec
from .build import Kinds
from .call import ModelCall
from .effects import Columns, random_terms, read_effects, refuse
from .residuals import command_residuals, spss_residuals, steps_remark

_HEAD = re.compile(r"MIXED\s+(\S+)((?:\s+(?:BY|WITH)\s.*)?)\s*", re.IGNORECASE | re.DOTALL)
_NAMES = {"CRITERIA", "EMMEANS", "FIXED", "METHOD", "MISSING", "PRINT", "RANDOM", "REGWGT", "REPEATED", "SAVE", "TEST"}


def is_spss(command: str) -> bool:
    """Whether a command looks like MIXED of SPSS."""
    begins = re.match(r"MIXED\s+[^\s~|,]+(\s*/|\s+(BY|WITH)\s|\s*$)", command, re.IGNORECASE)
    return bool(begins)


def read_spss(text: str, kinds: Kinds) -> ModelCall:
    """Read a MIXED command: outcome, BY and WITH, FIXED, RANDOM, METHOD, REGWGT."""
    head, *subcommands = text.split("/")
    match = _HEAD.fullmatch(head)
    if match is None:
        refuse(
            "The MIXED command is not read.",
            "Write MIXED outcome BY factors WITH covariates /FIXED=… /RANDOM=…",
            text,
            0,
        )
    by, covariates = _lists(match[2])
    columns = Columns(frozenset(n.lower() for n in by), kinds)
    fixed, intercept, reml, weights = [], True, True, ""
    random: list[str] = []
    remarks: list[str] = []
    repeated = ""
    for subcommand in subcommands:
        keyword, content = _cut(subcommand)
        name = _keyword(keyword, text)
        main, _, options = (p.strip() for p in content.partition("|"))
        if name == "FIXED":
            fixed, intercept = read_effects(main, text), "NOINT" not in options.upper()
        elif name == "RANDOM":
            random += _random(main, options, columns, text)
        elif name == "METHOD":
            if main.upper() not in ("REML", "ML"):
                refuse("METHOD is REML or ML.", "Write /METHOD=REML.", text, text.find(subcommand))
            reml = main.upper() == "REML"
        elif name == "REGWGT":
            weights = columns.name(main)
        elif name == "REPEATED":
            repeated = subcommand
    unknown = sorted({n for e in fixed for n in e if n.lower() not in {c.lower() for c in (*by, *covariates)}})
    if unknown:
        refuse(
            f"“{unknown[0]}” stands neither after BY nor after WITH.",
            "Name it there: BY for categories, WITH for numbers.",
            text,
            0,
        )
    if any(columns.is_class(n) for e in fixed for n in e):
        remarks.append(
            "SPSS compares categories with the last one, here with the first: their coefficients differ, the fit does not."
        )
    terms = [columns.term(e) for e in fixed]
    right = " + ".join([*([] if intercept else ["0"]), *terms] or ["1"])
    formula = " + ".join([f"{columns.text(match[1])} ~ {right}", *(f"({r})" for r in random)])
    spec = replace(parse(formula), weights=Column(weights) if weights else None)
    if repeated:
        spec = _repeated(spec, repeated, columns, remarks, text)
    return ModelCall("an SPSS MIXED command", spec, reml, remarks=tuple(remarks))


def _cut(subcommand: str) -> tuple[str, str]:
    """The keyword of ``FIXED=x z``, and what stands after it; the equals sign may be left out."""
    match = re.match(r"\s*(\w*)\s*=?\s*(.*)", subcommand, re.DOTALL)
    assert match is not None
    return match[1], match[2]


def _keyword(name: str, text: str) -> str:
    """A subcommand's whole name, of which SPSS takes the first three letters."""
    whole = [n for n in _NAMES if len(name) >= 3 and n.startswith(name.upper())]
    if len(whole) != 1:
        refuse(
            f"The subcommand /{name[:20]} is not known.",
            "Remove it, or write FIXED, RANDOM, METHOD or REGWGT.",
            text,
            text.find(f"/{name}"),
        )
    return whole[0]


def _lists(text: str) -> tuple[list[str], list[str]]:
    by: list[str] = []
    covariates: list[str] = []
    into = by
    for word in text.split():
        if word.upper() in ("BY", "WITH"):
            into = by if word.upper() == "BY" else covariates
        else:
            into.append(word)
    return by, covariates


def _options(text: str) -> dict[str, str]:
    """``SUBJECT(g) COVTYPE(UN)`` by the first four letters of each name."""
    return {m[1].upper()[:4]: m[2].strip() for m in re.finditer(r"([A-Za-z]\w*)\s*\(([^()]*)\)", text)}


def _random(main: str, options: str, columns: Columns, text: str) -> list[str]:
    words = re.split(r"\s+", main.strip())
    intercept = any(w.upper() == "INTERCEPT" for w in words)
    effects = read_effects(re.sub(r"(?i)(?<![\w*])INTERCEPT(?![\w*])", " ", main), text)
    given = _options(options)
    subject = re.findall(r"[^\s*()]+", given.get("SUBJ", ""))
    return random_terms(effects, intercept, subject, given.get("COVT", "VC").upper(), columns)


def _repeated(spec: ModelSpec, subcommand: str, columns: Columns, remarks: list[str], text: str) -> ModelSpec:
    """The model with the residuals of ``/REPEATED=visit | SUBJECT(g) COVTYPE(AR1)``."""
    main, _, options = _cut(subcommand)[1].partition("|")
    given = _options(options)
    kind = given.get("COVT", "DIAG").upper()
    effects = [columns.name(n) for effect in read_effects(main.strip(), text) for n in effect]
    subject = tuple(columns.name(n) for n in re.findall(r"[^\s*()]+", given.get("SUBJ", "")))
    place = text.find(subcommand)
    result = command_residuals(spec, f"COVTYPE({kind})", spss_residuals(effects, subject, kind), text, place)
    if kind == "ID":
        remarks.append("/REPEATED with COVTYPE(ID) says that residuals are independent, as they are here.")
    if kind == "AR1":
        remarks.append(steps_remark("SPSS"))
    return result
