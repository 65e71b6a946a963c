"""Conditions on rows, as R's ``subset``, Stata's ``if``, SAS's ``where`` and pandas' ``query`` write them."""

from __future__ import annotations

from .call import Condition, Value
from .call_syntax import Part

_SAME = {"=": "==", "eq": "==", "ne": "!=", "gt": ">", "lt": "<", "ge": ">=", "le": "<="}
_MIRRORED = {"==": "==", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
_NOT = ("!", "~", "not")
_REMEDY = 'Conditions such as x > 4 & arm == "a" can be read; choose other rows in the table first.'


def read_conditions(part: Part, data: str = "") -> tuple[Condition, ...]:
    """The conditions joined by ``&``, in their order; what cannot be read is refused with its place."""
    part = _bare(part)
    if not part.tokens:
        part.fail("The condition on rows is empty.", "Write one such as x > 4.")
    both = part.split("&", "&&")
    if len(both) == 1:
        both = _split_at_and(part)
    if len(both) > 1:
        return tuple(c for p in both for c in read_conditions(p, data))
    either = part.split("|", "||")
    if len(either) > 1:
        return (_one_of([read_conditions(p, data) for p in either], part),)
    return (_condition(part, data),)


def _bare(part: Part) -> Part:
    while part.tokens and part.tokens[0].text == "(" and part.source.closing[part.start] == part.end - 1:
        part = Part(part.source, part.start + 1, part.end - 1)
    return part


def _split_at_and(part: Part) -> list[Part]:
    result, begin, i = [], part.start, part.start
    while i < part.end:
        token = part.source.tokens[i]
        if token.kind == "name" and token.text.lower() == "and":
            result.append(Part(part.source, begin, i))
            begin = i + 1
        i = part.source.closing.get(i, i) + 1
    return [*result, Part(part.source, begin, part.end)]


def _one_of(options: list[tuple[Condition, ...]], part: Part) -> Condition:
    """``x == 1 | x == 2``: one of these values."""
    flat = [c for option in options for c in option]
    alike = all(len(o) == 1 for o in options) and len({c.column for c in flat}) == 1
    if not alike or any(c.operator not in ("==", "in") for c in flat):
        part.fail("Conditions joined by “or” can be read only of one column’s values.", _REMEDY)
    return Condition(flat[0].column, "in", tuple(v for c in flat for v in c.values))


def _condition(part: Part, data: str) -> Condition:
    tokens = part.tokens
    if tokens[0].text in _NOT and len(tokens) > 1:
        return _negated(Part(part.source, part.start + 1, part.end), data)
    called = part.call()
    if called and called[0] in ("inlist", "inrange") and len(called[1]) >= 2:
        values = tuple(_value(p) for p in called[1][1:])
        column = _column(called[1][0], data)
        if called[0] == "inlist":
            return Condition(column, "in", values)
        part.fail("inrange() is not read here.", "Write x >= 1 & x <= 9.")
    for k, token in enumerate(tokens):
        operator = _SAME.get(token.text.lower(), token.text)
        left, right = Part(part.source, part.start, part.start + k), Part(part.source, part.start + k + 1, part.end)
        if operator in ("<", ">") and right.tokens and right.tokens[0].text == ".":
            return Condition(_column(left, data), "present")  # Stata's missing value is larger than any number
        if operator in _MIRRORED:
            return _compared(left, operator, right, data)
        if operator.lower() in ("%in%", "in"):
            inside = [t for t in tokens[:k] if t.text.lower() == "not"]
            left = Part(part.source, part.start, part.start + k - len(inside))
            return Condition(_column(left, data), "not in" if inside else "in", _several(right))
    part.fail(f"The condition “{part.text[:60]}” cannot be read.", _REMEDY)


def _negated(part: Part, data: str) -> Condition:
    inner = _bare(part)
    if inner.tokens and inner.tokens[0].text in _NOT:
        part.fail("A negation is negated again.", _REMEDY)
    called = inner.call()
    if called and called[0] in ("is.na", "missing", "mi") and len(called[1]) == 1:
        return Condition(_column(called[1][0], data), "present")
    turned = {"in": "not in", "==": "!=", "!=": "==", "<": ">=", ">": "<=", "<=": ">", ">=": "<"}
    known = read_conditions(inner, data)
    if len(known) != 1 or known[0].operator not in turned:
        part.fail(f"The condition “not {part.text[:60]}” cannot be read.", _REMEDY)
    return Condition(known[0].column, turned[known[0].operator], known[0].values)


def _compared(left: Part, operator: str, right: Part, data: str) -> Condition:
    if right.tokens and right.tokens[0].kind in ("name", "quoted") and left.number() is not None:
        left, operator, right = right, _MIRRORED[operator], left
    condition = Condition(_column(left, data), operator, (_value(right),))
    if isinstance(condition.values[0], str) and operator not in ("==", "!="):
        right.fail("A text has no order that rows could be kept by.", _REMEDY)
    return condition


def _column(part: Part, data: str) -> str:
    column = part.column(data) if part.tokens and part.tokens[0].kind != "string" else None
    if column is None:
        part.fail(f"“{part.text[:40]}” is no column of the table.", _REMEDY)
    return column


def _value(part: Part) -> Value:
    number = part.number()
    if number is not None:
        return number
    text = part.string()
    if text is None:
        part.fail(f"“{part.text[:40]}” is neither a number nor a text in quotes.", _REMEDY)
    return text


def _several(part: Part) -> tuple[Value, ...]:
    """``c("a", "b")``, ``["a", "b"]``, ``("a", "b")``, ``1:3`` or one value."""
    span = part.split(":")
    if len(span) == 2:
        low, high = span[0].number(), span[1].number()
        if low is not None and high is not None and low == int(low) and 0 <= high - low <= 1000:
            return tuple(low + k for k in range(int(high - low) + 1))
    called = part.call()
    if called and called[0] == "c":
        return tuple(_value(p) for p in called[1])
    if part.tokens and part.tokens[0].text in ("[", "(") and part.source.closing[part.start] == part.end - 1:
        return tuple(_value(p) for p in Part(part.source, part.start + 1, part.end - 1).split(","))
    return (_value(part),)
