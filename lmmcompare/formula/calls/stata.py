"""Commands of Stata: mixed, xtmixed, regress, xtreg, areg, reghdfe."""

from __future__ import annotations

import re
from dataclasses import replace

from ..expressions import Column, quote
from ..parser import parse
from .build import Kinds, as_factor
from .call import Condition, ModelCall
from .call_syntax import Part, Source
from .effects import refuse
from .fixed_effects import dummies_remark
from .residuals import command_residuals, stata_residuals
from .rows import read_conditions
from .scripts import STATA_MODELS
from .stata_terms import level_terms, terms_of

_COMMAND = re.compile(rf"(?P<command>{STATA_MODELS})\s+(?P<rest>.*)", re.DOTALL)
_OPTION = re.compile(r"\w+(?:\s*\([^()]*(?:\([^()]*\)[^()]*)*\))?")
_NAMES = {"xtmixed": "mixed", **dict.fromkeys(("reg", "regr", "regre", "regres", "regress"), "regress")}
_PANEL = {"xtreg", "areg", "reghdfe"}
"""Commands whose groups stand in an option."""
_ASIDE = (
    "var",
    "std",
    "nolog",
    "log",
    "nostderr",
    "level",
    "dfm",
    "dft",
    "beta",
    "nohe",
    "noret",
    "nofet",
    "nogr",
    "em",
    "iter",
    "technique",
    "mat",
    "ml",
    "reml",
    "base",
    "cformat",
)
"""Beginnings of options that change what is printed, how the optimum is searched for, or are read elsewhere."""


def is_stata(command: str) -> bool:
    """Whether a command looks like one of these."""
    match = _COMMAND.fullmatch(command)
    return bool(match and re.match(r"[^\W\d]\w*(\s|,|$)", match["rest"]))


def read_stata(text: str, kinds: Kinds, panel: str = "") -> ModelCall:
    """Read a command: outcome, fixed part, levels after ``||``, ``if``, weights, options; ``panel`` is the groups of ``xtset``."""
    match = _COMMAND.fullmatch(text)
    assert match is not None
    command, rest = match["command"], match["rest"].strip()
    fixed, *levels = rest.split("||")
    fixed, options = _cut(fixed)
    last_options = options
    random: list[str] = []
    path: tuple[str, ...] = ()
    for level in levels:
        name, colon, inner = level.partition(":")
        if not colon:
            refuse("A level after || is written with a colon.", "Write || group: x", text, text.find(level))
        inner, own = _cut(inner)
        name = name.strip()
        term, path = level_terms(name, inner.split(), own, path, kinds, text)
        random += term
        last_options = [*last_options, *own]
    fixed, weights = _take(fixed, r"\[\s*(\w+)\s*=\s*([^\]]+)\]")
    fixed, rows = _take(fixed, r"\bif\b(.*)$")
    if re.search(r"\bin\s+\d", fixed):
        refuse("Rows chosen by their number (in) are not read.", "Choose rows by a condition: if x > 4.", text)
    outcome, *predictors = fixed.split()
    terms = [t for p in predictors for t in terms_of(p, kinds, text)]
    flags = [o.split("(")[0] for o in last_options]
    if any(o.startswith("noc") for o in options):
        terms = ["0", *terms]
    remarks: list[str] = []
    reml = ("reml" in flags) if command.endswith("mixed") else None
    if command in _PANEL:
        groups, reml, last_options = _panel(command, panel, last_options, remarks, text)
        terms += [as_factor(name, kinds) for name in groups[1:]]
        random.append(f"(1 | {quote(groups[0])})")
    cluster = _read_options(last_options, remarks, text)
    formula = " + ".join([f"{quote(outcome)} ~ {' + '.join(dict.fromkeys(terms or ['1']))}", *random])
    conditions: tuple[Condition, ...] = ()
    if rows:
        source = Source(rows[0])
        conditions = read_conditions(Part(source, 0, len(source.tokens)))
    if command == "xtmixed" and not {"reml", "mle", "ml"} & set(flags):
        remarks.append("xtmixed is read as by ML; before Stata 12 its default was REML.")
    spec = replace(parse(formula), weights=_weights(weights, text))
    for option in last_options:
        if option.startswith(("res", "r(", "r (")):
            spec = command_residuals(spec, option, stata_residuals(option, path), text, text.find(option))
    return ModelCall(
        f"a Stata {_NAMES.get(command, command)} command",
        spec,
        reml,
        conditions=conditions,
        cluster=cluster,
        remarks=tuple(remarks),
    )


def _cut(text: str) -> tuple[str, list[str]]:
    """The text before the comma, and the options after it."""
    depth, at = 0, len(text)
    for k, sign in enumerate(text):
        depth += (sign in "([") - (sign in ")]")
        if sign == "," and depth == 0:
            at = k
            break
    after = text[at + 1 :]
    if strange := _OPTION.sub(" ", after).replace(",", " ").strip():
        refuse(f"“{strange[:20]}” cannot stand among the options.", "Write options such as reml or cov(un).", text, at)
    return text[:at].strip(), _OPTION.findall(after)


def _take(text: str, pattern: str) -> tuple[str, tuple[str, ...]]:
    match = re.search(pattern, text, re.DOTALL)
    if match is None:
        return text, ()
    return text[: match.start()] + " " + text[match.end() :], match.groups()


def _weights(result: tuple[str, ...], text: str) -> Column | None:
    if not result:
        return None
    kind, column = result[0], result[1].strip()
    if not kind.startswith("a") or not column.isidentifier():
        refuse(
            f"Weights [{kind[:10]}={column[:20]}] are not read.",
            "Only weights of precision, [aw=column], mean the same here.",
            text,
            text.find("["),
        )
    return Column(column)


def _panel(
    command: str, panel: str, options: list[str], remarks: list[str], text: str
) -> tuple[list[str], bool | None, list[str]]:
    """Groups of a panel command, whether by REML (None for least squares), and the options that are left."""
    given = {o.partition("(")[0].strip(): o.partition("(")[2].rstrip(") ").split() for o in options}
    model = next((m for m in ("fe", "re", "mle", "be", "pa") if m in given), "re") if command == "xtreg" else "fe"
    groups = next((given[name] for name in ("absorb", "a", "abs", "i") if given.get(name)), [panel] if panel else [])
    if products := [name for name in groups if "#" in name]:
        refuse(
            f"“{products[0][:40]}” is not read: dummies of a product, or slopes for each group.",
            "Write absorb(group).",
            text,
        )
    if not groups or not all(name.isidentifier() for name in groups):
        remedy = "Write xtreg y x, fe i(group)." if command == "xtreg" else f"Write {command} y x, absorb(group)."
        refuse(f"The groups of {command} are not named.", remedy, text, 0)
    if model in ("be", "pa"):
        refuse(f"xtreg with {model} is not fitted here.", "Write fe, re or mle.", text, text.find(model))
    if model == "fe":
        remarks.append(dummies_remark(groups[0]))
    if model == "re":
        remarks.append("xtreg, re estimates the variances from moments (Swamy and Arora); here by REML.")
    rest = [o for o in options if o.partition("(")[0].strip() not in ("fe", "re", "mle", "absorb", "a", "abs", "i")]
    return groups, {"fe": None, "re": True, "mle": False}[model], rest


def _read_options(options: list[str], remarks: list[str], text: str) -> str:
    """The column of the clusters, empty where there is none; what is read differently goes to ``remarks``."""
    cluster = ""
    for option in options:
        bare = re.sub(r"\s+", " ", option)
        if match := re.fullmatch(r"(?:vce ?\( ?)?cl(?:uster)? ?\(? ?(\w+) ?\)? ?\)?", bare):
            cluster = match[1]
            remarks.append(
                f"Cluster-robust standard errors by {cluster}: choose them under Inference; here they are CR2, Stata’s are close to CR1."
            )
        elif bare in ("robust", "r") or bare.startswith("vce"):
            remarks.append("Robust standard errors: here they are cluster-robust, chosen under Inference.")
        elif not bare.startswith(("noc", "cov", "res", "r(", *_ASIDE)):
            refuse(
                f"The option {option[:30]} is not read.",
                "Remove it if it does not matter.",
                text,
                max(text.find(option), 0),
            )
    return cluster
