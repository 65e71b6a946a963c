"""A treatment that begins and stays, and the weights that two-way dummies give to its effects where it begins at different periods.

The coefficient of a 0/1 column beside dummies of groups and of periods is a weighted mean of the treated rows' effects, the weights being
what the other columns leave of it (de Chaisemartin and D'Haultfoeuille 2020, Am. Econ. Rev. 110; Goodman-Bacon 2021, J. Econom. 225).
Some may be negative: of rows long treated, late, when most groups are. While all effects are the same that does not matter.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..arrays import Array
from ..comparison.comparison import Comparison
from ..design.dtypes import is_date, is_numeric
from ..design.levels import factorize
from ..text.number_order import in_number_order
from ..work.memo import memoised
from .level_dummies import LevelDummies, slopes_beside
from .within_all_factors import MOST

ROUNDING = 1e-9


@dataclass(frozen=True)
class StaggeredTreatment:
    """What a treatment that stays begins along, and how many of its rows count negatively.

    Parameters
    ----------
    treated, negative : int
        Rows with the treatment, and those of them whose effect has a negative weight.
    at_once : bool
        Whether it may have begun in one period for all that have it: then no effect has a negative weight.
    """

    period: str
    treated: int
    negative: int
    at_once: bool = False


@memoised
def staggered_treatment(comparison: Comparison, term: str, crossed: tuple[str, ...]) -> StaggeredTreatment | None:
    """Recognise it, a 0/1 column or a product that is one; None unless every group that has it goes from 0 to 1 once.

    Parameters
    ----------
    term : str
        A coefficient of the group dummies.
    crossed : tuple of str
        Grouping factors whose dummies stand beside the groups' own.
    """
    design, fit = comparison.design, comparison.no_pooling
    parts = {part.variable for part in comparison.coefficient(term).parts}
    if design.is_sample or design.grouping is None or not parts:
        return None
    if any(parts < {part.variable for part in comparison.coefficient(name).parts} for name in fit.names):
        return None  # beside a product with it the coefficient is of one period, or one value, and no mean of all
    treated = design.columns[fit.columns[fit.names.index(term)]][:]
    if not np.isin(treated, (0, 1)).all():
        return None
    on, codes = treated == 1, design.grouping.codes
    for name, period in _periods(comparison, crossed).items():
        if name in parts:  # an arm at the last visit begins there and stays, and is no treatment of its own
            continue
        first_on, last_off = np.full(codes.max() + 1, np.inf), np.full(codes.max() + 1, -np.inf)
        np.minimum.at(first_on, codes[on], period[on])
        np.maximum.at(last_off, codes[~on], period[~on])
        switches = np.isfinite(first_on) & np.isfinite(last_off)
        first_on, last_off = first_on[switches], last_off[switches]
        if not len(first_on) or (first_on <= last_off).any():
            continue
        # where a period without a row may hide the beginning, it is the same while one period suits all groups
        if last_off.max() < first_on.min():
            return StaggeredTreatment(name, int(on.sum()), 0, at_once=True)
        left = _left_of(comparison, term, crossed)
        if left is None:
            return None
        return StaggeredTreatment(name, int(on.sum()), int((left[on] < -ROUNDING).sum()))
    return None


def _periods(comparison: Comparison, crossed: tuple[str, ...]) -> dict[str, Array]:
    """Columns of which the model has dummies and whose levels have an order: each row's place in it."""
    design, result = comparison.design, dict[str, Array]()
    for g in design.groupings:
        if g.name in crossed and len(g.columns) == 1 and (places := _places(g.levels)) is not None:
            result[g.name] = places[g.codes]
    for name in comparison.no_pooling.names:
        parts = comparison.coefficient(name).parts
        column = design.predictors.get(parts[0].variable) if len(parts) == 1 and parts[0].level is not None else None
        if column is not None and parts[0].variable not in result:
            codes, levels = factorize(column)
            ordered = isinstance(column.dtype, pd.CategoricalDtype) and column.dtype.ordered
            places = np.arange(len(levels)) if ordered else _places(levels)
            if len(levels) > 2 and places is not None:
                result[parts[0].variable] = places[codes]
    return result


def _places(levels: pd.Index) -> Array | None:
    """Each level's place in order: of numbers, days, and texts that differ in their numbers alone, as "y9" and "y10"; else None."""
    own = levels.to_series()
    if is_numeric(own) or is_date(own):
        return np.arange(len(levels))
    texts = [str(level) for level in levels]
    place = {text: k for k, text in enumerate(in_number_order(texts) or ())}
    return np.array([place[text] for text in texts]) if place else None


def _left_of(comparison: Comparison, term: str, crossed: tuple[str, ...]) -> Array | None:
    """What the groups' dummies and all other columns leave of a column; None where they are too many."""
    design, fit = comparison.design, comparison.no_pooling
    assert design.grouping is not None
    others = [g for g in design.groupings if g.name in crossed]
    q = len(fit.columns) + sum(len(g.levels) for g in others)
    if design.n * q > MOST:
        return None
    at = fit.columns[fit.names.index(term)]
    columns = [design.columns[k][:] for k in (*(k for k in fit.columns if k != at), at)]
    return slopes_beside(LevelDummies.of(design.grouping, others, design.root_weights), columns).residual
