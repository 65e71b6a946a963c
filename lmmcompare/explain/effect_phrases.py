"""What a coefficient is the effect of, in plain words, for every kind of column."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ..assess.random_columns import intercept_term
from ..comparison.comparison import Comparison
from ..design.coefficients import Coefficient
from ..design.dtypes import day_name
from ..design.kinds import LEVEL_FUNCTIONS
from ..design.predictors import Predictor
from ..formula.expressions import Call, Column, Expression, columns_of
from ..formula.modifiers import origin
from ..formula.spec import Term
from ..text.numbers import MINUS, exact, number
from ..work.memo import memoised
from .amount_phrases import contrast_words, level_difference, level_name, signed_amount
from .curve_terms import curve_of
from .empty_cells import level_that_holds

OTHER_PREDICTORS = "the other predictors"


@dataclass(frozen=True)
class Contrast:
    """A category set against its baseline, or by itself where ``base`` is empty (a formula that codes it in full)."""

    column: str
    level: str
    base: str


def parts_of(comparison: Comparison, term: str) -> list[Contrast | str]:
    """The factors whose product a coefficient's column is: a contrast of categories, or a number's name."""
    parts: list[Contrast | str] = []
    for part in comparison.coefficient(term).parts:
        if part.level is None:
            parts.append(part.label)
        else:
            parts.append(Contrast(_source(part.factor), part.level, part.baseline or ""))
    return parts


def _source(factor: Expression) -> str:
    """What has the levels: a column, also where a function only orders or joins its levels, or else the expression."""
    names = list(dict.fromkeys(columns_of(factor)))
    made = isinstance(factor, Call) and factor.function in LEVEL_FUNCTIONS
    return names[0] if len(names) == 1 and (made or isinstance(factor, Column)) else str(factor)


def term_of(comparison: Comparison, term: str) -> Term | None:
    """The formula's term that a coefficient belongs to."""
    design = comparison.design
    at = design.names.index(term) if term in design.names else None
    return next((t for t in design.spec.terms if at in design.terms[str(t)]), None)


def predictor_name(comparison: Comparison, term: str) -> str:
    """What a coefficient is of, without its level: "arm" of "arm [drug]"; an interaction's whole label."""
    coefficient = comparison.coefficient(term)
    return coefficient.parts[0].subject if len(coefficient.parts) == 1 else coefficient.label


def others_phrase(comparison: Comparison, term: str) -> str:
    """What the other coefficients are of: other categories of the same factor, other parts of the same curve, else other predictors."""
    names = [n for n in comparison.design.fixed_names if n not in (term, comparison.constant)]
    own, kinds = term_of(comparison, term), {comparison.coefficient(n).kind for n in (term, *names)}
    curve = curve_of(comparison, term)
    if curve and all(curve_of(comparison, n) == curve for n in names):
        return "the other parts of the curve"
    if own is not None and all(term_of(comparison, n) == own for n in names) and kinds <= {"category", "contrast"}:
        column = comparison.coefficient(term).parts[0].subject
        return f"the other {'categories' if kinds == {'category'} else 'contrasts'} of {column}"
    return OTHER_PREDICTORS


def baseline(comparison: Comparison, term: str) -> tuple[str, str, str] | None:
    """For a category's coefficient such as ``condition[T.stim]``: the column, its level and the baseline level."""
    parts = parts_of(comparison, term)
    if len(parts) == 1 and isinstance(parts[0], Contrast) and parts[0].base:
        return parts[0].column, parts[0].level, parts[0].base
    return None


def is_mean(comparison: Comparison, term: str) -> bool:
    """Whether a coefficient is the mean of a category, or of a combination of them, as in a formula without intercept."""
    parts = parts_of(comparison, term)
    coded_in_full = bool(parts) and all(isinstance(part, Contrast) and not part.base for part in parts)
    # of 0 + a:b every combination has its mean; beside an intercept or other terms of them it is a difference
    return coded_in_full and (len(parts) == 1 or intercept_term(comparison) == str(term_of(comparison, term)))


def noun_of(comparison: Comparison, term: str) -> str:
    """What a coefficient is called: "slope", "difference", "mean", and "coefficient" for a part of an interaction or a curve."""
    parts = parts_of(comparison, term)
    if is_mean(comparison, term):
        return "mean"
    if len(parts) != 1 or curve_of(comparison, term):
        return "coefficient"
    if comparison.coefficient(term).kind == "contrast":
        return "contrast"
    if isinstance(parts[0], str):
        return "slope"
    return "difference"


def is_signed(comparison: Comparison, term: str) -> bool:
    """Whether an estimate is told with its sign, and not as so much more or less."""
    parts = comparison.coefficient(term).parts
    codings = [part.coding.name for part in parts if part.coding]
    trend, both = len(parts) == 1 and codings == ["contr.poly"], len(parts) == 2 == len(codings)
    return trend or both or is_mean(comparison, term) or curve_of(comparison, term) is not None


def effect(comparison: Comparison, term: str, value: float, decimals: int) -> str:
    """An estimate in words: "1.18 more Y per unit of X", "0.11 less pSHP2 for stim than for unstim"."""
    coefficient, parts = comparison.coefficient(term), parts_of(comparison, term)
    outcome, signed = _outcome(comparison, term), number(value, decimals=decimals)
    more, curve = signed_amount(value, decimals, outcome), curve_of(comparison, term)
    if is_mean(comparison, term):
        text = f"a mean {outcome} of {signed} for {coefficient.label}"
    elif curve:
        text = f"a coefficient of {signed} for {coefficient.label}, one of {curve[1]} that make the curve of {outcome} over {curve[0]}"
    elif len(parts) == 1 and isinstance(parts[0], Contrast):
        level, base = (level_name(parts[0].column, name) for name in (parts[0].level, parts[0].base))
        if {parts[0].level, parts[0].base} == {"True", "False"}:
            level, base = (f"rows with {parts[0].column} {name.lower()}" for name in (parts[0].level, parts[0].base))
        text = level_difference(value, decimals, outcome, level, base)
    elif coefficient.kind == "contrast":
        text = contrast_words(coefficient.parts[0], value, decimals, outcome)
    elif len(parts) == 2 and any(part.coding for part in coefficient.parts):
        text = _of_coded_product(coefficient, parts, more, f"{signed} in {outcome}")
    else:
        text = f"{more} {_of_product(_compared(comparison, term, parts)) or f'per unit of {coefficient.label}'}"
    text += where_held(comparison, term)
    if has_others(comparison, term):
        text += " where the others are 0" if is_mean(comparison, term) else ", the other predictors equal"
    return f"{text}, beyond the offset" if comparison.spec.offset and not is_mean(comparison, term) else text


def _outcome(comparison: Comparison, term: str) -> str:
    """What is more or less; beside an offset, whose part is said apart, the outcome itself."""
    if is_mean(comparison, term):
        return comparison.design.names[-1]
    outcome = comparison.spec.outcome
    return outcome.name if isinstance(outcome, Column) else str(outcome)


def _of_coded_product(coefficient: Coefficient, parts: list[Contrast | str], more: str, amount: str) -> str:
    """What a coefficient of an interaction with a contrast changes: that contrast."""
    coded = [part.label for part in coefficient.parts if part.coding]
    if len(coded) == 2:
        return f"an interaction of {amount} between the contrasts {coded[0]} and {coded[1]}"
    other = next(p for p, part in zip(parts, coefficient.parts, strict=True) if not part.coding)
    if isinstance(other, str):
        return f"{more} per unit of {other} in the contrast {coded[0]}"
    level, base = level_name(other.column, other.level), level_name(other.column, other.base)
    against = f"for {level} than for {base}" if other.base else f"where {other.column} is {other.level}"
    return f"{more} in the contrast {coded[0]} {against}"


def _compared(comparison: Comparison, term: str, parts: list[Contrast | str]) -> list[Contrast | str]:
    """The factors of an interaction, each set against the level at which the other's own coefficient holds; none where that is no one."""
    if len(parts) != 2 or not comparison.design.aliased:
        return parts
    result, own = list(parts), comparison.coefficient(term).parts
    columns = {(str(p.factor), p.level): k for k in comparison.design.fixed for p in comparison.design.columns[k].parts
               if len(comparison.design.columns[k].parts) == 1}  # fmt: skip
    for k, part in enumerate(parts):
        other = columns.get((str(own[1 - k].factor), own[1 - k].level))
        if isinstance(part, Contrast) and part.base and other is not None:
            level = level_that_holds(comparison, other, own[k].factor)
            if level is None:
                return []
            result[k] = replace(part, base=level)
    return result


def _of_product(parts: list[Contrast | str]) -> str:
    """What a coefficient of an interaction changes: the effect of one factor between two values of the other."""
    if len(parts) != 2:
        return ""
    contrasts = [p for p in parts if isinstance(p, Contrast)]
    numbers = [p for p in parts if isinstance(p, str)]
    if len(numbers) == 2:
        return f"per unit of {numbers[0]} for each unit of {numbers[1]}"
    if any(not c.base for c in contrasts):
        where = " and ".join(f"{c.column} is {c.level}" for c in contrasts)
        return f"per unit of {numbers[0]} where {where}" if numbers else ""
    against = [f"for {level_name(c.column, c.level)} than for {level_name(c.column, c.base)}" for c in contrasts]
    if numbers:
        return f"per unit of {numbers[0]} {against[0]}"
    other = contrasts[1]
    return f"{against[0]} where {other.column} is {other.level}, compared with where it is {other.base}"


@memoised
def far_from_zero(comparison: Comparison) -> list[str]:
    """Numeric predictors whose data do not reach to 0."""
    far = []
    for k in comparison.design.fixed:
        column = comparison.design.columns[k]
        if len(column.pieces) == 1 and isinstance(column.pieces[0], np.ndarray) and column.uses[0] == (column.name,):
            low, high = comparison.design.range_of(column.name, column.pieces[0])
            if low > 0 or high < 0:
                far.append(column.name)
    return far


def where_held(comparison: Comparison, term: str) -> str:
    """Where a coefficient of an interaction holds: " where z is 0, outside the data"; empty of any other."""
    held = held_at_zero(comparison, term)
    outside = any(f"{name} is 0" in held for name in far_from_zero(comparison))
    return f" where {' and '.join(held)}{', outside the data' if outside else ''}" if held else ""


def held_at_zero(comparison: Comparison, term: str) -> list[str]:
    """Where the other parts of its interactions must be for a coefficient to hold: "z is 0", "N is 0.0cwt"."""
    design, own = comparison.design, term_of(comparison, term)
    if own is None:
        return []
    mine, held = {str(f) for f in own.factors}, dict[str, None]()
    for other in design.spec.terms:
        texts = [str(f) for f in other.factors]
        if mine < set(texts):
            for factor in (f for f in other.factors if str(f) not in mine):
                held[_at_zero(comparison, design.names.index(term), factor)] = None
    return list(held)


def _at_zero(comparison: Comparison, column: int, factor: Expression) -> str:
    """Where a factor adds nothing to the coefficient of a column: at 0, at its baseline, or on average over its levels."""
    encoder, name = comparison.design.encoder, next(columns_of(factor))
    if str(factor) not in encoder.levels:
        match origin(factor):
            case float(value):
                return f"{name} is {f'{value:g}'.replace('-', MINUS)}"
            case str():
                return f"{name} is at its mean"
        match factor:
            case Call("poly") if factor.option("raw"):
                return f"{name} is 0"
            case Call("poly"):  # its columns are 0 at no value, but on average over the rows
                return f"{name} is averaged over the rows"
            case Call("ns" | "bs", (Column(),)) if not {"intercept", "Boundary.knots"} & dict(factor.options).keys():
                lowest, first = Predictor(comparison.design, name).range[0], encoder.origins.get(name)
                if first is not None:
                    return f"{name} is at its earliest, {day_name(first + pd.Timedelta(days=lowest))}"
                return f"{name} is at its lowest, {exact(lowest)}"
        return f"{factor} is 0"
    coding = encoder.coding(factor)
    if not coding.is_treatment:
        return f"{name} is averaged over its levels"
    text = name if isinstance(factor, Call) and factor.function in ("C", "relevel") else str(factor)
    level = level_that_holds(comparison, column, factor)
    return f"{text} is {level}" if level is not None else f"{text} is a mixture of its levels"


def has_others(comparison: Comparison, term: str) -> bool:
    """Whether the models have predictors that neither belong to this coefficient's interactions nor are named by them.

    What others determine and the models so leave out is none: it cannot be equal where these change.
    """
    own, design = term_of(comparison, term), comparison.design
    if own is None:
        return False
    kept = [t for t in design.spec.terms if {*design.terms[str(t)]} & {*design.fixed}]
    mine = {str(f) for f in own.factors}
    family = [t for t in kept if mine & {str(f) for f in t.factors}]
    related = {str(f) for t in family for f in t.factors}
    if curve := curve_of(comparison, term):
        related |= {str(f) for t in kept for f in t.factors if {*columns_of(f)} == {curve[0]}}
    return any(not {str(f) for f in t.factors} <= related for t in kept)
