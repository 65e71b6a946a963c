"""SAS: proc mixed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ..expressions import Column
from ..parser import parse
from ..spec import ModelSpec
from .build import Kinds
from .call import ONLY, Condition, ModelCall
from .call_syntax import Part, Source
from .effects import Columns, random_terms, read_effects, refuse
from .residuals import command_residuals, sas_residuals, steps_remark
from .rows import read_conditions

_ASIDE = {"lsmeans", "estimate", "contrast", "run", "quit", "ods", "title", "store", "parms", "prior", "id", "slice"}


_PROCEDURE = re.compile(r"\bproc\s+(?:hp)?mixed\b", re.IGNORECASE)


def is_sas(text: str) -> bool:
    """Whether text has a proc mixed of SAS."""
    return bool(_PROCEDURE.search(text))


def read_sas(text: str, kinds: Kinds) -> ModelCall:
    """Read proc mixed: class, model, random, weight, where; the rest of the program is left aside."""
    plain = re.sub(r"/\*.*?\*/", " ", text, flags=re.DOTALL)
    begin, *others = _PROCEDURE.finditer(plain)
    head, *statements = plain[begin.end() :].split(";")
    reml = not re.search(r"\bmethod\s*=\s*ml\b", head, re.IGNORECASE)
    if (method := re.search(r"\bmethod\s*=\s*(\w+)", head, re.IGNORECASE)) and method[1].lower() not in ("ml", "reml"):
        refuse(f"method={method[1][:20]} is not fitted here.", "Write method=reml or method=ml.", text)
    data = re.search(r"\bdata\s*=\s*([\w.]+)", head, re.IGNORECASE)
    program = _read_statements(statements, kinds, text)
    columns = program.columns
    outcome, equals, right = program.model.partition("=")
    if not equals:
        refuse("There is no model statement.", "Write model outcome = predictors;", text)
    effects, _, options = right.partition("/")
    fixed = read_effects(effects, text)
    terms = [*(["0"] if re.search(r"\bnoint\b", options, re.IGNORECASE) else []), *(columns.term(e) for e in fixed)]
    formula = " + ".join(
        [f"{columns.text(outcome.strip())} ~ {' + '.join(terms or ['1'])}", *(f"({r})" for r in program.random)]
    )
    what = "the first proc mixed" if others else "proc mixed"
    is_part = others or re.search(r"(?i)\bdata\s+\w", plain[: begin.start()])
    remarks = [ONLY.format(what)] if is_part else []
    if any(columns.is_class(n) and n.lower() not in columns.baselines for e in fixed for n in e):
        remarks.append(
            "SAS compares categories with the last one, here with the first: their coefficients differ, the fit does not."
        )
    spec = replace(parse(formula), weights=Column(program.weights) if program.weights else None)
    if program.repeated:
        spec = _repeated(spec, program.repeated, columns, remarks, text)
    return ModelCall(
        "proc mixed of SAS", spec, reml, data[1] if data else "", program.conditions, remarks=tuple(remarks)
    )


@dataclass
class _Program:
    """What the statements of a program say: column names, and the text of the model's parts."""

    columns: Columns
    model: str = ""
    weights: str = ""
    random: list[str] = field(default_factory=list)
    repeated: str = ""
    conditions: tuple[Condition, ...] = ()


def _read_statements(statements: Sequence[str], kinds: Kinds, text: str) -> _Program:
    result = _Program(Columns(frozenset(), kinds))
    for statement in statements:
        word, _, content = statement.strip().partition(" ")
        word = word.lower()
        if word in ("run", "quit"):
            break
        if word in ("class", "classes"):
            result.columns = _classes(content.partition("/")[0], kinds)
        elif word == "model":
            result.model = content
        elif word == "random":
            result.random += _random(content, result.columns, text)
        elif word == "weight":
            result.weights = result.columns.name(content.strip())
        elif word == "where":
            source = Source(content)
            result.conditions += read_conditions(Part(source, 0, len(source.tokens)))
        elif word == "repeated":
            result.repeated = content or "/"
        elif word and word not in _ASIDE:
            refuse(
                f"The statement “{word[:20]}” is not read.",
                "Remove it if it does not matter.",
                text,
                max(text.find(statement.strip()), 0),
            )
    return result


def _classes(content: str, kinds: Kinds) -> Columns:
    """The columns of ``class school sector(ref='Public')`` and their baselines, None for the first level."""
    names = re.sub(r"\([^()]*\)", " ", content).lower().split()
    given = re.findall(r"([\w.]+)\s*\([^()]*\bref\s*=\s*(\"[^\"]*\"|'[^']*'|\w+)", content, re.IGNORECASE)
    levels = {name.lower(): ref.strip("\"'") for name, ref in given}
    baselines = {
        name: None if level.lower() == "first" else level for name, level in levels.items() if level.lower() != "last"
    }
    return Columns(frozenset(names), kinds, baselines)


def _random(content: str, columns: Columns, text: str) -> list[str]:
    main, _, options = content.partition("/")
    intercept = bool(re.search(r"(?i)\bint(ercept)?\b", main))
    effects = read_effects(re.sub(r"(?i)\bint(ercept)?\b", " ", main), text)
    groups = _subject(options)
    kind = re.search(r"(?i)\btype\s*=\s*(\w+(?:\(\d\))?)", options)
    if re.search(r"(?i)\bgroup\s*=", options):
        refuse("Variances that differ by group= are not fitted here.", "Leave group= out.", text)
    return random_terms(effects, intercept, groups, kind[1].upper() if kind else "VC", columns)


def _subject(options: str) -> list[str]:
    """The columns of ``subject=a*b`` or ``subject=a(b)``, the outer ones first."""
    subject = re.search(r"(?i)\bsub(?:ject)?\s*=\s*([\w.]+(?:\s*\*\s*[\w.]+)*)\s*(?:\(([^()]*)\))?", options)
    if subject is None:
        return []
    return [*re.findall(r"[^\s*]+", subject[2] or ""), *re.split(r"\s*\*\s*", subject[1])]


def _repeated(spec: ModelSpec, content: str, columns: Columns, remarks: list[str], text: str) -> ModelSpec:
    """The model with the residuals of ``repeated visit / subject=g type=ar(1)``."""
    main, _, options = content.partition("/")
    found = re.search(r"(?i)\btype\s*=\s*(\w+(?:\s*\([^()]*\)){0,2})", options)
    kind = re.sub(r"\s+", "", found[1]) if found else "VC"
    by = re.search(r"(?i)\bgroup\s*=\s*([\w.]+)", options)
    effects = [columns.name(n) for effect in read_effects(main, text) for n in effect]
    subject = tuple(columns.name(n) for n in _subject(options))
    residuals = sas_residuals(effects, subject, kind, columns.name(by[1]) if by else "", columns)
    result = command_residuals(spec, f"type={kind}", residuals, text, text.lower().find("repeated"))
    if result.correlation and result.correlation.kind == "ar1":
        remarks.append(steps_remark("SAS"))
    return result
