"""Stata's variables and levels of groups as terms of lme4: ``i.arm##c.time``, ``|| school: x, cov(un)``."""

from __future__ import annotations

import re
from itertools import combinations

from ...text.english import listed
from ..expressions import quote
from .build import Kinds, as_factor
from .effects import refuse

_VARIABLE = re.compile(r"(?:(i|c|ib?\w*|b\w+|o)\.)?([^\W\d][\w]*)")
_COVARIANCES = {
    "independent": "({} || {})",
    "unstructured": "({} | {})",
    "exchangeable": "cs({} | {}, hom = TRUE)",
    "identity": "diag({} | {}, hom = TRUE)",
}


def terms_of(text: str, kinds: Kinds, command: str) -> list[str]:
    """``i.arm##c.time`` as terms of lme4."""
    pieces = re.split(r"(##?)", text)
    variables, signs = pieces[::2], pieces[1::2]
    if len(set(signs)) > 1 or len(variables) > 6:
        refuse(f"“{text[:40]}” mixes # and ##.", "Write the products one by one.", command, command.find(text))
    factors = [_variable(v, bool(signs), kinds, command) for v in variables]
    sizes = range(1, len(factors) + 1) if signs[:1] == ["##"] else [len(factors)]
    result = []
    for size in sizes:
        for chosen in combinations(factors, size):
            powers = {f: chosen.count(f) for f in dict.fromkeys(chosen)}
            result.append(":".join(f if k == 1 or "factor(" in f else f"I({f}^{k})" for f, k in powers.items()))
    return list(dict.fromkeys(result))


def _variable(text: str, in_product: bool, kinds: Kinds, command: str) -> str:
    match = _VARIABLE.fullmatch(text)
    if match is None:
        refuse(
            f"“{text[:40]}” is not read.",
            "Write the columns one by one: x, i.arm, c.x#c.z.",
            command,
            command.find(text),
        )
    prefix, name = match[1] or ("i" if in_product else "c"), match[2]
    if prefix == "c":
        return quote(name)
    base = re.fullmatch(r"i?b(\d+)", prefix)
    if prefix != "i" and base is None:
        refuse(
            f"The baseline {prefix[:10]}. is not read.",
            "Write the level itself, such as ib2.arm, or i.arm.",
            command,
            command.find(text),
        )
    if base is not None:
        return f'relevel(factor({quote(name)}), ref="{base[1]}")'
    return as_factor(name, kinds)


def level_terms(
    name: str, inner: list[str], options: list[str], path: tuple[str, ...], kinds: Kinds, text: str
) -> tuple[list[str], tuple[str, ...]]:
    """One level's random-effects terms, none for a level of residuals alone, and the groups that the next is nested in."""
    place = max(text.find(name), 0)
    if name == "_all":
        crossed = re.fullmatch(r"R\.(\w+)", inner[0]) if len(inner) == 1 else None
        if crossed is None:
            refuse("_all: is read with R.column only.", "Write || _all: R.item", text, place)
        return [f"(1 | {quote(crossed[1])})"], path
    if not name.isidentifier():
        refuse(f"“{name[:40]}” is no grouping column.", "Write || group: x", text, place)
    path = (*path, name)
    group = ":".join(map(quote, path))
    for word in inner:
        if word.startswith("R."):
            return [f"(1 | {group}:{quote(word[2:])})"], path
    slopes = [t for word in inner for t in terms_of(word, kinds, text)]
    constant = not any(o.startswith("noc") for o in options)
    if not constant and not slopes:
        return [], path
    kind = next(
        (o.partition("(")[2].rstrip(") ").strip() for o in options if re.match(r"cov\w*\s*\(", o)), "independent"
    )
    form = next((form for k, form in _COVARIANCES.items() if len(kind) >= 2 and k.startswith(kind)), "")
    if not form:
        refuse(
            f"covariance({kind[:20]}) is not known here.",
            f"Known are {listed(list(_COVARIANCES))}.",
            text,
            place,
        )
    if any("factor(" in s for s in slopes):
        refuse(
            "Random coefficients of categories are not read from Stata.", "Write (1 + a | g) as lme4 does.", text, place
        )
    if len(slopes) + constant == 1:
        form = _COVARIANCES["unstructured"]
    return [form.format(" + ".join(["1" if constant else "0", *slopes]), group)], path
