"""Remarks on predictors: constant ones, days that are counted from some day, ordered categories, codes used as numbers."""

from __future__ import annotations

import numpy as np

from ..comparison.comparison import Comparison
from ..design.coefficients import CONSTANT
from ..formula import parse
from ..formula.baselines import with_factor
from ..formula.expressions import columns_of, quote
from ..text.column_words import is_time
from ..text.english import listed
from .outcome_notes import has_codes
from .remark import Remark


def constant_sentence(comparison: Comparison) -> str:
    """Which predictors are the same in every row: the caption of the table would say it late of what a reader has asked for."""
    names = [f"“{one.label}”" for one in comparison.design.aliased if one.columns == (CONSTANT,)]
    if not names:
        return ""
    have, them = ("has", "it") if len(names) == 1 else ("have", "them")
    return f"{listed(names)} {have} the same value in every row used, so nothing can be estimated of {them}: every model leaves {them} out."


def combined_sentence(comparison: Comparison) -> str:
    """Which predictors are combinations of others, as age is of year and birth: the others' coefficients rest on leaving them out.

    Not the columns of interactions and of categories, which lack cells.
    """
    design = comparison.design
    found = [
        one
        for one in design.aliased
        if one.columns != (CONSTANT,)
        and design.coefficient(one.column).kind == "column"
        and len(design.coefficient(one.column).parts) == 1
    ]
    return " ".join(
        f"“{one.label}” is {one.reason} in every row used, so their effects cannot be told apart: every model leaves “{one.label}” out, as "
        f"R does, and the coefficients of the others hold if it has no effect of its own."
        for one in found
    )


def coding(comparison: Comparison) -> list[Remark]:
    """Columns of days, which count from a day that the table does not say; ordered categories, which R codes otherwise."""
    encoder, outcome = comparison.design.encoder, [*columns_of(comparison.spec.outcome)]
    result = []
    for name, origin in encoder.origins.items():
        known = f"“{name}” is counted in {encoder.unit(name)}" + (", which is day 0" if origin is not None else "")
        what = "its coefficients are" if name not in outcome else "the coefficients are in days, too"
        result.append(Remark(f"{known}: {what}{' per day' if name not in outcome else ''}."))
    asked = {str(f): f for f in comparison.spec.factors}
    for name, factor in encoder.ordered.items():
        if "contr." in factor or (factor in asked and not encoder.coding(asked[factor]).is_treatment):  # chosen
            continue
        first = encoder.levels[factor][0]
        result.append(
            Remark(
                f"The categories of “{name}” have an order. Each is compared with the first, “{first}” (treatment contrasts), as those "
                "without an order are. R’s lm and lmer would describe the same differences by polynomial contrasts (contr.poly): other "
                "coefficients, the same fitted values.",
                with_factor(
                    comparison.spec, name, parse(f"y ~ C({quote(name)}, contr.poly)").terms[0].factors[0]
                ).formula,
                "Use polynomial contrasts, as R does",
            )
        )
    return result


def codes_as_numbers(comparison: Comparison) -> list[Remark]:
    """Predictors of a few whole values that are used as numbers, though they may be codes of categories.

    Not visits and the like, which no group has twice, nor what is called a time.
    """
    design, result = comparison.design, []
    for k in () if design.is_sample else design.fixed:
        one = design.coefficient(k)
        if one.kind != "column" or is_time(one.name) or not has_codes(values := design.columns[k][:]):
            continue
        low, high = int(values.min()), int(values.max())
        cells = comparison.grouping.codes.astype(np.int64) * (high - low + 1) + (values - low).astype(np.int64)
        if len(np.unique(cells)) == len(values):
            continue
        result.append(
            Remark(
                f"{one.name} takes only the {high - low + 1} whole values {low} to {high}, and is used as a number: a step from {low} to "
                f"{low + 1} counts as one from {high - 1} to {high} does. If they are codes of categories, these need a mean each.",
                with_factor(
                    comparison.spec, one.name, parse(f"y ~ factor({quote(one.name)})").terms[0].factors[0]
                ).formula,
                f"Use {one.name} as categories",
            )
        )
    return result
