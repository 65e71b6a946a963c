"""The formula that nlme's ``groupedData`` keeps with a table, as a mixed model: y ~ x | g is y ~ x + (1 | g)."""

from __future__ import annotations

import re

from .r_values import Value

_PLAIN_NAME = re.compile(r"[^\W\d_][\w.]*")


def of_groups(frame: Value) -> str:
    """The mixed model of a grouped table whose formula is of names alone; else empty."""
    formula = frame.attributes.get("formula")
    if "groupedData" not in frame.classes or formula is None:
        return ""
    left, right = _operands(formula, "~")
    primary, groups = _operands(right, "|")
    outcome, predictor = _name(left), _name(primary)
    nested = _operands(groups, "/")
    factors = [_name(part) for part in nested] if nested[0] is not None else [_name(groups)]
    names = {name for name, _ in frame.named()} | {"1"}
    if not outcome or not predictor or not all(factors) or not {outcome, predictor, *factors} <= names:
        return ""
    return f"{_quoted(outcome)} ~ {_quoted(predictor)} + (1 | {'/'.join(map(_quoted, factors))})"


def _operands(value: Value | None, operator: str) -> tuple[Value | None, ...]:
    if value is None or value.kind != "call" or len(value) != 3 or value.data[0].data != operator:
        return None, None
    return tuple(value.data[1:])


def _name(value: Value | None) -> str:
    if value is None:
        return ""
    if value.kind == "symbol":
        return str(value.data)
    return "1" if value.kind in ("double", "integer") and len(value) == 1 and value.data[0] == 1 else ""


def _quoted(name: str) -> str:
    return name if name == "1" or _PLAIN_NAME.fullmatch(name) else f"`{name}`"
