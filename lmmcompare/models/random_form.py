"""Which random effects a prediction includes: lme4's ``re.form``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from ..design.coefficients import CONSTANT
from ..design.design import Design
from ..design.grouping import Grouping
from ..errors import FormulaError, OptionError
from ..formula import parse
from ..formula.spec import RandomTerm

NONE = ("NA", "~0", "~NA")
"""What stands for no random effects at all, without its blanks."""
ALL = ("NULL", "~NULL")
"""What stands for all of them."""


def included_effects(
    design: Design, factors: Mapping[Grouping, Sequence[int]], level: str, re_form: str | float | None
) -> list[set[int]]:
    """The columns whose random effects a prediction includes, a set for each grouping factor.

    Parameters
    ----------
    factors : mapping
        Each grouping factor of the model, and the columns of its random effects.
    level : {"group", "population"}
        All of them, or none.
    re_form : str or nan, optional
        In the place of ``level``. ``"~ (1 | g)"``: these terms of the random part, or parts of them; nan, ``"NA"`` or ``"~0"``:
        none; ``"NULL"``: all.

    Raises
    ------
    OptionError
        For another level, and a ``re_form`` that cannot be read or names random effects that the model does not have.
    """
    if level not in ("group", "population"):
        raise OptionError(f"level is 'group' or 'population', not {level!r}.", "Choose one of the two.")
    every = list(factors.values())
    results: list[set[int]] = [set() for _ in every]
    short = re_form if isinstance(re_form, str) else ""
    short = "".join(short.split())
    if short in ALL or (re_form is None and level == "group"):
        return [{*own} for own in every]
    if short in NONE or re_form is None or re_form is pd.NA or re_form != re_form:
        return results
    if not isinstance(re_form, str):
        raise OptionError(f"re_form {re_form!r} is no text.", "Write '~ (1 | group)', 'NA' or 'NULL'.")
    try:
        spec = parse(f"{design.spec.outcome} ~ 0 + {re_form.strip().removeprefix('~')}")
    except FormulaError as error:
        raise OptionError(f"re_form {re_form!r} cannot be read: {error.problem}", "Write '~ (1 | group)'.") from error
    for random in spec.random:
        at = next((k for k, g in enumerate(factors) if set(g.columns) == set(random.group)), None)
        wanted = set() if at is None else _wanted(design, random, every[at])
        if at is None or not wanted:
            has = ", ".join(f"“{grouping.name}”" for grouping in factors)
            raise OptionError(
                f"The model has no random effects {random}; its grouping factors are {has}.",
                "Name terms of the model’s own random part.",
            )
        results[at] |= wanted
    if spec.terms:
        raise OptionError(f"re_form {re_form!r} has a fixed part.", "Write the random effects alone: '~ (1 | group)'.")
    return results


def _wanted(design: Design, random: RandomTerm, own: Sequence[int]) -> set[int]:
    """Those of a factor's columns that a term names; empty where it names others too."""
    wanted = {CONSTANT} & {*own} if random.intercept else set()
    if random.intercept and not wanted:
        return set()
    for term in random.terms:
        factors = {str(f) for f in term.factors}
        columns = {k for k in own if k != CONSTANT and {str(p.factor) for p in design.columns[k].parts} == factors}
        if not columns:
            return set()
        wanted |= columns
    return wanted
