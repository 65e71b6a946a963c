"""Mixed models that people have set up in jamovi (GAMLj) or JASP, as formulas in lme4's notation. None is fitted.

Settings are data: names of columns and truth values. Those that name no column of the table are left alone.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

_PLAIN_NAME = re.compile(r"[^\W\d_][\w.]*")
MOST_ANALYSES = 50
LARGEST = 2_000_000
"""Bytes of the settings and results of one analysis."""
DEEPEST = 20

Term = tuple[str, ...]
"""The columns of a main effect or an interaction; none is the intercept."""


@dataclass(frozen=True, slots=True)
class Mixed:
    """A mixed model.

    Attributes
    ----------
    random : sequence of (Term, sequence of Term, bool)
        For each block: the grouping factor, its terms, whether they are correlated.
    other : str
        What it has that a linear model has not, as a note says it; empty for a linear model.
    """

    outcome: str
    fixed: Sequence[Term]
    intercept: bool
    random: Sequence[tuple[Term, Sequence[Term], bool]]
    other: str = ""

    def formula(self, names: Sequence[str]) -> str:
        """It in lme4's notation; empty where it names what is no column, or has no grouping factor."""
        used = {self.outcome, *(name for term in self.fixed for name in term)}
        for group, terms, _ in self.random:
            used |= {*group, *(name for term in terms for name in term)}
        if not self.random or not used <= set(names) or not all(group for group, _, _ in self.random):
            return ""
        fixed = [_written(term) for term in self.fixed if term]
        right = fixed if self.intercept else ["0", *fixed]
        blocks = []
        for group, terms, correlated in self.random:
            inner = " + ".join(["1" if () in terms else "0", *(_written(term) for term in terms if term)])
            blocks.append(f"({inner} {'|' if correlated else '||'} {_written(group)})")
        return f"{_written((self.outcome,))} ~ {' + '.join([*(right or ['1']), *blocks])}"


def of_jasp(content: bytes, names: Sequence[str]) -> tuple[str, list[str]]:
    """The first mixed model of JASP's ``analyses.json``, and a note on it."""
    with suppress(ValueError, TypeError, KeyError, AttributeError, RecursionError):
        analyses = json.loads(content)
        analyses = analyses.get("analyses", []) if isinstance(analyses, dict) else analyses
        return _first(_of_jasp(item) for item in analyses[:MOST_ANALYSES] if "MixedModels" in str(item.get("name")))(
            names, "JASP"
        )
    return "", []


def of_jamovi(content: bytes, names: Sequence[str]) -> tuple[str, list[str]]:
    """The first mixed model of GAMLj in a jamovi file, and a note on it."""
    with suppress(ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError, zipfile.BadZipFile):
        return _first(_of_gamlj(name, options) for name, options in _jamovi_analyses(content))(names, "jamovi")
    return "", []


def _first(models: Iterable[Mixed | None]) -> Any:
    def chosen(names: Sequence[str], program: str) -> tuple[str, list[str]]:
        for model in models:
            if model is not None and (formula := model.formula(names)):
                other = f" {model.other}" if model.other else ""
                return formula, [f"The mixed model that was set up in {program} is suggested: {formula}.{other}"]
        return "", []

    return chosen


def _written(term: Term) -> str:
    return ":".join(name if _PLAIN_NAME.fullmatch(name) else f"`{name}`" for name in term)


def _of_jasp(analysis: dict[str, Any]) -> Mixed | None:
    options = analysis["options"]
    outcome = _bare(options.get("dependent", options.get("dependentVariable")))
    fixed = [tuple(_bare(term["components"])) for term in _bare(options["fixedEffects"])]
    random = []
    for effect in _bare(options["randomEffects"]):
        chosen = [tuple(_bare(part["value"])) for part in _bare(effect["randomComponents"]) if part["randomSlopes"]]
        group = _bare(effect["value"])
        terms = [() if term == ("Intercept",) else term for term in chosen]
        random.append(((group,) if isinstance(group, str) else tuple(group), terms, bool(effect["correlations"])))
    family = str(options.get("family", "gaussian"))
    other = "" if family == "gaussian" else f"There it is of the family “{family[:30]}”; the models here are linear."
    return Mixed(str(outcome), fixed, bool(options.get("includeIntercept", True)), random, other)


def _bare(setting: Any) -> Any:
    """A setting without the types that newer versions of JASP store beside it."""
    return setting["value"] if isinstance(setting, dict) and "types" in setting else setting


def _of_gamlj(name: str, options: dict[str, Any]) -> Mixed | None:
    """A model of GAMLj 2 (``modelTerms``, ``randomTerms``) or 3 (``model_terms``, ``re``), as their lists of options have them.

    A random term ends with its cluster: a column, "a:b", or "a/b" for b within a.
    """
    random: list[tuple[Term, list[Term], bool]] = []
    correlated = options.get("re_corr", options.get("correlatedEffects", "all")) not in ("none", "nocorr")
    for block in options.get("re", options.get("randomTerms")) or []:
        by_group: dict[Term, list[Term]] = {}
        for *term, group in block:
            known = () if term in (["Intercept"], ["1"]) else tuple(term)
            clusters = str(group).split("/")
            for depth in range(len(clusters)):
                by_group.setdefault(tuple(":".join(clusters[: depth + 1]).split(":")), []).append(known)
        random += [(group, terms, correlated) for group, terms in by_group.items()]
    fixed = [tuple(term) for term in options.get("model_terms", options.get("modelTerms")) or []]
    intercept = options.get("fixed_intercept", options.get("fixedIntercept", True))
    linear = name.lower() in ("gamljmixed", "gamlj_mixed")
    other = "jamovi centres its covariates; here they are as they stand in the table."
    other = other if linear else f"There it is a generalized model; the models here are linear. {other}"
    residuals = str(options.get("res_struct", "id"))
    if residuals != "id":
        other = f"There its residuals are of the structure “{residuals[:20]}”; here they are independent. {other}"
    return Mixed(str(options["dep"]), fixed, bool(intercept), random, other)


def _jamovi_analyses(content: bytes) -> Iterator[tuple[str, dict[str, Any]]]:
    """Name and options of GAMLj's mixed models: protocol buffers of an analysis' name (3), module (4) and options (6)."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        places = [
            info for info in archive.infolist() if re.fullmatch(r"\d+ [^/]*mixed[^/]*/analysis", info.filename, re.I)
        ]
        for info in places[:MOST_ANALYSES]:
            with archive.open(info) as stream:
                fields = dict(_fields(stream.read(LARGEST)))
            options = _options(fields[6])
            if isinstance(options, dict):
                yield fields[3].decode(), options


def _options(message: bytes, depth: int = 0) -> Any:
    """Options: values (1), and names of these (3) where there are any; each is a whole number, a real one, a text, or more options."""
    if depth > DEEPEST:
        raise ValueError("options within options without end")
    values: list[Any] = []
    names: list[str] = []
    for number, value in _fields(message):
        if number == 1:
            kind: int
            inner: Any
            kind, inner = next(iter(_fields(value)), (0, b""))
            if kind == 3:
                inner = inner.decode()
            elif kind == 5:
                inner = _options(inner, depth + 1)
            elif kind == 4:
                inner = {1: True, 0: False}.get(inner)
            values.append(inner)
        elif number == 3:
            names.append(value.decode())
    return dict(zip(names, values, strict=True)) if names else values


def _fields(message: bytes) -> Iterator[tuple[int, Any]]:
    """The numbered fields of a protocol buffer: whole numbers, and bytes."""
    at = 0
    while at < len(message):
        key, at = _whole(message, at)
        kind = key & 7
        if kind == 0:
            value, at = _whole(message, at)
            yield key >> 3, value
            continue
        size, at = _whole(message, at) if kind == 2 else ({1: 8, 5: 4}[kind], at)
        if at + size > len(message):
            raise ValueError("a message that ends too early")
        yield key >> 3, message[at : at + size]
        at += size


def _whole(message: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        value |= (message[at] & 127) << shift
        at += 1
        if message[at - 1] < 128:
            return value, at
    raise ValueError("a number without end")
