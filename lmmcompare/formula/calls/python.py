"""Calls of Python: mixedlm, ols, wls and gee of statsmodels, Lmer and Lm of pymer4, Model of bambi."""

from __future__ import annotations

import re
from dataclasses import replace

from ..expressions import quote
from .build import Kinds, formula_of, known_part, specify, specify_fixed
from .call import Condition, ModelCall
from .call_syntax import Part, Source, match_arguments, named
from .gee import population_average
from .refused import OTHER_OUTCOMES
from .rows import read_conditions

SIGNATURES = {
    "mixedlm": "formula data re_formula vc_formula subset use_sparse missing groups",
    "ols": "formula data subset drop_cols",
    "Lmer": "formula data family",
    "Lm": "formula data family",
    "Model": "formula data family priors link categorical potentials dropna auto_scale noncentered center_predictors extra_namespace",
    "wls": "formula data subset drop_cols weights",
    "gee": "formula groups data subset time offset exposure family cov_struct missing weights",
}
BAMBI = "Model"
"""bambi's function, whose name stands for nothing without the module before it."""
_PACKAGES = {"Lmer": "pymer4", "Lm": "pymer4", BAMBI: "bambi"}
_FIT = re.compile(r"(?:\.fit|(?:; )?(?:[\w.]+ = )?\w+\.fit) \( ")
"""The tokens up to the arguments of ``.fit(...)``."""
_SUMMARY = re.compile(r"[\s;)]*(?:print\s*\(\s*)?(?:\w*\.summary\s*\(\s*\))?[\s;)]*")
"""What only shows the fit."""
_QUOTED = re.compile(r"\bQ\(\s*(\"[^\"]*\"|'[^']*')\s*\)")


def read_python(function: str, part: Part, after: Part, kinds: Kinds) -> ModelCall:
    """A call of one of these functions, whose arguments ``part`` holds, and the ``.fit(...)`` that may stand after it."""
    result = match_arguments(part.arguments(), SIGNATURES[function].split())
    data, conditions = _data(result.get("data"))
    if "subset" in result and result["subset"].text != "None":
        conditions += read_conditions(result["subset"], data)
    if "formula" not in result:
        part.fail("The call has no formula.", "Write one: 'outcome ~ predictors'.")
    if result["formula"].string() is None:
        result["formula"].fail(
            "The formula is not in the call as text in quotes.", "Write it there: 'outcome ~ predictors'."
        )
    fixed = patsy(formula_of(result["formula"]))
    remarks: list[str] = []
    fit = _fit(after)
    cluster = ""
    random: list[str] = []
    _refuse_families(result)
    if function == BAMBI:
        remarks.append(
            "bambi fits the model in the Bayesian way, with a prior for every parameter; here the same formula is fitted without priors."
        )
    if function == "mixedlm":
        if "groups" not in result:
            part.fail("mixedlm() needs groups.", 'Add groups=data["g"].')
        random = _random(result, named(result, "groups", data), kinds)
    elif function == "gee":
        cluster = named(result, "groups", data)
        if not cluster:
            part.fail("gee() needs groups.", 'Add groups="g".')
    elif (kwds := fit.get("cov_kwds")) is not None:
        cluster = _entries(kwds).get("groups", "")
    if (missing := result.get("missing")) and missing.string() not in ("drop", "none"):
        missing.fail("missing is “drop” here: rows with missing values are left out.", "Write missing='drop'.")
    if "method" in fit:
        remarks.append("Settings of the optimiser are left aside: the optimum here is certified by a test of its own.")
    formula = result["formula"]
    in_formula = function in ("Lmer", BAMBI)  # where a random part is written, as in lmer()
    spec = specify(formula, fixed) if in_formula else specify_fixed(formula, fixed, [f"({r})" for r in random])
    spec = replace(spec, weights=known_part(result, "weights", data))
    if function == "Lmer" and not spec.random:
        formula.fail("Lmer() needs a random part.", "Add one such as (1 | group), or use Lm().")
    option = fit.get("reml", fit.get("REML"))
    reml = (option.flag() if option else True) if spec.random else None
    if function == "gee":
        working = result.get("cov_struct")
        spec, reml = population_average(spec, cluster, _working(working), working or part, remarks)
    return ModelCall(
        f"a call of {function}() in {_PACKAGES.get(function, 'statsmodels')}",
        spec,
        reml,
        data,
        conditions,
        cluster=cluster,
        remarks=tuple(remarks),
    )


def _working(part: Part | None) -> str:
    """The working correlation of ``sm.cov_struct.Exchangeable()``; statsmodels' own is independence."""
    called = part.call() if part is not None else None
    return called[0].split(".")[-1].lower() if called else "independence" if part is None else ""


def _refuse_families(result: dict[str, Part]) -> None:
    family = result.get("family")
    called = family.call() if family is not None else None
    if family is not None and family.string() != "gaussian" and not (called and called[0].endswith("Gaussian")):
        family.fail(
            f"family={family.text[:40]} is not fitted here. {OTHER_OUTCOMES}", "Leave family= out for such a number."
        )


def patsy(text: str) -> str:
    """Formula text of patsy or formulaic as R writes it."""
    text = _QUOTED.sub(lambda m: f"`{m[1][1:-1]}`", text)
    text = re.sub(r"\b(?:np|numpy)\.(log|exp|sqrt)\b", r"\1", text)
    return re.sub(r"\bstandardize\(", "scale(", text)


def _random(result: dict[str, Part], group: str, kinds: Kinds) -> list[str]:
    inner, vc = result.get("re_formula"), result.get("vc_formula")
    terms = []
    if inner is not None and inner.text != "None":
        text = inner.string()
        if text is None:
            inner.fail("re_formula is a text in quotes.", "Write re_formula='~x'.")
        terms.append(f"{patsy(text).strip().removeprefix('~')} | {quote(group)}")
    elif vc is None or vc.text == "None":
        terms.append(f"1 | {quote(group)}")
    if vc is not None and vc.text != "None":
        for name, formula in _entries(vc).items():
            terms.append(_component(vc, name, patsy(formula), group, kinds))
    return terms


def _component(part: Part, name: str, formula: str, group: str, kinds: Kinds) -> str:
    """A variance component within groups: of a factor's levels, or of one column of numbers."""
    match = re.fullmatch(r"\s*~?\s*0\s*\+\s*(?:C\(\s*([\w.]+|`[^`]+`)\s*\)|([\w.]+|`[^`]+`))\s*", formula)
    if match is None:
        part.fail(
            f"The variance component “{name}” is not read.",
            "Write it as '0 + C(b)', or '0 + x' of a column of numbers.",
        )
    column = (match[1] or match[2]).strip("`")
    if match[1] or not kinds.get(column, True):
        return f"1 | {quote(group)}:{quote(column)}"
    return f"0 + {quote(column)} | {quote(group)}"


def _entries(part: Part) -> dict[str, str]:
    """A dictionary's entries as text, columns by their names."""
    inside = part
    if part.tokens and part.tokens[0].text == "{" and part.source.closing[part.start] == part.end - 1:
        inside = Part(part.source, part.start + 1, part.end - 1)
    else:
        part.fail(f"“{part.text[:40]}” is not read.", 'Write it out: {"name": "0 + C(b)"}.')
    entries = {}
    for entry in inside.split(","):
        sides = entry.split(":")
        if not entry.tokens:
            continue
        name, value = (sides[0].string(), sides[1].column()) if len(sides) == 2 else (None, None)
        value = sides[1].string() or value if len(sides) == 2 else None
        if name is None or value is None:
            entry.fail("An entry is a name and a formula, both in quotes.", 'Write "name": "0 + C(b)".')
        entries[name] = value
    return entries


def _data(part: Part | None) -> tuple[str, tuple[Condition, ...]]:
    """What the table is called, and the rows of a condition in brackets."""
    if part is None:
        return "", ()
    tokens = part.tokens
    if len(tokens) == 1:
        return tokens[0].text, ()
    if len(tokens) > 3 and tokens[1].text == "[" and part.source.closing[part.start + 1] == part.end - 1:
        return tokens[0].text, read_conditions(Part(part.source, part.start + 2, part.end - 1), tokens[0].text)
    called = part.call()
    if called and called[0].endswith(".query") and len(called[1]) == 1 and (text := called[1][0].string()):
        name = called[0].removesuffix(".query")
        inside = Source(text)
        return name, read_conditions(Part(inside, 0, len(inside.tokens)), name)
    if called and called[0].endswith(".dropna") and not called[1]:
        return called[0].removesuffix(".dropna"), ()
    part.fail(
        f"The table “{part.text[:60]}” is computed in the call.",
        'Write its name, or choose rows as in data.query("x > 4").',
    )


def _fit(after: Part) -> dict[str, Part]:
    """The arguments of ``.fit(...)``, which follows at once or on the model's name, as in ``m = md.fit(reml=False)``."""
    opening = _opening_of_fit(after)
    if opening is None:
        return {}
    return match_arguments(Part(after.source, opening + 1, after.source.closing[opening]).arguments(), ["reml"])


def _opening_of_fit(after: Part) -> int | None:
    match = _FIT.match(" ".join(t.text for t in after.tokens) + " ")
    return after.start + match[0].count(" ") - 1 if match else None


def after_fit(after: Part) -> str:
    """The tokens after a call and its ``.fit(...)``."""
    opening = _opening_of_fit(after)
    if opening is not None:
        after = Part(after.source, after.source.closing[opening] + 1, after.end)
    rest = after.text
    return "" if _SUMMARY.fullmatch(rest) else rest
