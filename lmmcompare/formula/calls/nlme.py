"""Calls of nlme: lme and gls, their random part and their residuals."""

from __future__ import annotations

from collections.abc import Mapping

from ..correlation import Kind
from ..correlation_parser import with_residuals
from ..spec import ModelSpec
from .build import Kinds, formula_of, specify_fixed
from .call_syntax import Part, column_of, match_arguments, one_sided
from .r_call import ModelAndMethod, RCall
from .residuals import Residuals

_CORRELATIONS: dict[str, Kind] = {"corCompSymm": "cs", "corAR1": "ar1", "corCAR1": "car1", "corSymm": "us"}


def read_gls(call: RCall) -> ModelAndMethod:
    """The model of gls() and whether it is by REML."""
    spec = specify_fixed(call.formula, formula_of(call.formula))
    return _residuals(spec, call.arguments), _is_reml(call)


def read_lme(call: RCall) -> ModelAndMethod:
    """The model of lme() and whether it is by REML."""
    if "random" not in call.arguments:
        call.formula.fail("lme() without random= takes its groups from the data.", "Add random = ~ 1 | group.")
    random = _lme_random(call.arguments["random"], call.kinds)
    spec = specify_fixed(call.formula, formula_of(call.formula), random)
    return _residuals(spec, call.arguments), _is_reml(call)


def _is_reml(call: RCall) -> bool:
    method = call.string("method", "REML")
    if method not in ("REML", "ML"):
        call.arguments["method"].fail("method is “REML” or “ML”.", "Write one of them.")
    return method == "REML"


def _lme_random(part: Part, kinds: Kinds) -> list[str]:
    """The random-effects terms of ``~ x | g``, ``list(g = ~ x)`` or ``list(a = ~ 1, b = pdDiag(~ x))``."""
    called = part.call()
    if called is None:
        sides = part.split("|")
        if len(sides) != 2 or not sides[0].tokens or sides[0].tokens[0].text != "~":
            part.fail("random is not read.", "Write random = ~ x | g, or list(g = ~ x).")
        return [f"({sides[0].text[1:]} | {sides[1].text})"]
    function, arguments = called
    if function == "list" and len(arguments) == 1 and not arguments[0].name:
        return _lme_random(arguments[0], kinds)
    if function != "list" or not arguments or not all(a.name for a in arguments):
        part.fail(f"{function}() names no group.", "Write random = list(g = ~ x).")
    result, path = [], ""
    for level in arguments:
        path = f"{path}:{level.name}" if path else level.name
        inner = _pd_matrix(level, kinds)
        result.append(inner.replace("GROUP", path))
    return result


def _pd_matrix(level: Part, kinds: Kinds) -> str:
    called = level.call()
    if called is None:
        if not level.tokens or level.tokens[0].text != "~" or len(level.split("|")) > 1:
            level.fail(f"What varies over {level.name} is not read.", f"Write {level.name} = ~ x.")
        return f"({level.text[1:]} | GROUP)"
    function, arguments = called
    inside = next((a for a in arguments if a.name in ("", "form") and a.text.startswith("~")), None)
    if inside is None:
        level.fail(f"{function}() is read with its formula only.", f"Write {function}(~ x).")
    terms = inside.text[1:].strip()
    if function in ("pdSymm", "pdLogChol", "pdNatural") or (function in ("pdIdent", "pdDiag") and terms == "1"):
        return f"({terms} | GROUP)"
    if function == "pdDiag":
        has_levels = any(not kinds.get(t.text.strip("`"), True) for t in inside.tokens if t.kind in ("name", "quoted"))
        return f"diag({terms} | GROUP)" if has_levels else f"({terms} || GROUP)"
    if function == "pdCompSymm":
        return f"cs({terms} | GROUP, hom = TRUE)"
    if (
        function == "pdIdent"
        and terms.replace(" ", "").removeprefix("0+").removesuffix("-1").isidentifier()
        and terms != "0"
    ):
        name = terms.replace(" ", "").removeprefix("0+").removesuffix("-1")
        if len(name) < len(terms.replace(" ", "")) and not kinds.get(name, False):
            return f"(1 | GROUP:{name})"  # one variance for all levels, independent: an intercept for each cell
    level.fail(
        f"The covariance structure {function}() is not fitted here.", "Write ~ x, or pdDiag(~ x) without correlations."
    )


def _residuals(spec: ModelSpec, arguments: Mapping[str, Part]) -> ModelSpec:
    """A model of ``lme`` or ``gls`` with the residuals that ``correlation=`` and ``weights=`` give it."""
    correlation, weights = (
        part if (part := arguments.get(name)) is not None and part.text != "NULL" else None
        for name in ("correlation", "weights")
    )
    variance = _var_ident(weights) if weights else ""
    if correlation is None:
        return with_residuals(spec, None, variance)
    kind, group, order = _cor_struct(correlation)
    if not group and spec.random:
        group = max((term.group for term in spec.random), key=len)  # the innermost, as nlme takes it
    if kind == "us":
        if variance != order:
            correlation.fail(
                "corSymm() with one variance for all visits is not fitted here.",
                f"Add weights = varIdent(form = ~ 1 | {order or 'visit'}), a variance for each visit.",
            )
        variance = ""
    return Residuals(kind, group, order, variance).of(spec, correlation.fail)


def _cor_struct(part: Part) -> tuple[Kind, tuple[str, ...], str]:
    """Kind, groups and times of ``corAR1(form = ~ time | group)``."""
    called = part.call()
    kind = _CORRELATIONS.get(called[0]) if called else None
    if called is None or kind is None:
        part.fail(
            f"The correlation {part.text[:40]} is not fitted here.",
            "Known are corCompSymm(), corAR1(), corCAR1() and corSymm(), each with form = ~ time | group.",
        )
    arguments = match_arguments(called[1], ["value", "form", "fixed"])
    if "fixed" in arguments and arguments["fixed"].flag():
        arguments["fixed"].fail("A correlation that is given is not fitted here.", "Leave fixed = TRUE out.")
    form = arguments.get("form")
    if form is None:
        return kind, (), ""
    inner, group = one_sided(form)
    order = column_of(inner) if inner.text != "1" else ""
    return kind, tuple(column_of(p) for p in group.split("/", ":")) if group else (), order


def _var_ident(part: Part) -> str:
    """The column of ``varIdent(form = ~ 1 | column)``."""
    called = part.call()
    remedy = "Known is varIdent(form = ~ 1 | column), a variance for each level of a column."
    if called is None or called[0] != "varIdent":
        part.fail(f"Residual variances by {part.text[:40]} are not fitted here.", remedy)
    arguments = match_arguments(called[1], ["value", "form", "fixed"])
    if "fixed" in arguments:
        arguments["fixed"].fail("Variances that are given are not fitted here.", "Leave fixed= out.")
    if "form" not in arguments:
        part.fail("varIdent() names no column.", remedy)
    inner, levels = one_sided(arguments["form"])
    if inner.text != "1" or levels is None:
        part.fail(f"Residual variances by {part.text[:40]} are not fitted here.", remedy)
    return column_of(levels)
