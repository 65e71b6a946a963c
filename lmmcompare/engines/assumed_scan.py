"""The first pass left out: that all rows are complete and no value is too large is assumed, and told by the sums afterwards.

The sums are taken over the complete rows in any case. Where these are as many as all rows, and the sums and ends are of the
size that they should be, counting would have found nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

import narwhals as nw
import numpy as np
import pandas as pd

from ..arrays import Array
from ..design.unusable import LARGEST
from ..formula.baselines import is_of_own_levels
from ..formula.expressions import Column
from ..formula.spec import ModelSpec
from .sample import draw
from .scan import Scan, asked_ends, asked_totals, ends_in, is_complete, nan_totals
from .sums import Grouped
from .table import Frame, numbers


class AssumptionError(Exception):
    """Raised where rows are not all complete, or a value may be too large: what was not counted has to be."""


def assume_complete(spec: ModelSpec, rows: Frame, size: int) -> tuple[Scan, pd.DataFrame] | None:
    """What `scan.scan` would find were all rows complete, and a sample; None where it must be known beforehand.

    Parameters
    ----------
    rows : LazyFrame
        All of them, with the columns that the model uses.
    size : int
        Of the sample. Tables that are not larger are counted.
    """
    plain = isinstance(spec.outcome, Column) and all(is_of_own_levels(factor) for factor in spec.factors)
    if not plain or spec.known_parts or spec.has_structure:
        return None
    schema = dict(rows.collect_schema())
    complete = is_complete(rows)
    summed = [part.name for part in (*spec.factors, spec.outcome) if isinstance(part, Column)]
    others = [name for name in schema if name not in summed]  # NaN in these may leave no trace in the sums
    totals = asked_totals(rows, others, complete)
    found = numbers(rows.select(nw.len().alias("all"), *totals, *asked_ends(schema)))
    n = int(found["all"])
    if n <= size or nan_totals(found, others):
        return None
    sample = draw(rows, n, size)
    if sample.isna().to_numpy().any():
        return None
    return Scan(rows.filter(complete), n, n, {}, {}, {}, ends_in(found, schema), is_assumed=True), sample


def refuse_too_large(sums: Grouped, predictors: Mapping[str, tuple[Array, Array]]) -> None:
    """Raise where a value may be too large to be used: by the ends of the predictors, and by all columns' sums of squares.

    Parameters
    ----------
    predictors : dict
        Numeric predictor to its smallest and its largest values in the groups.
    """
    moments = sums.moments
    squares = np.einsum("kkj->kj", moments.within) + moments.n * moments.mean**2
    farthest = np.abs(moments.center) + moments.scale * np.sqrt(squares.max(axis=1))
    ends = np.abs([end for both in predictors.values() for end in both])
    if not ((farthest <= LARGEST).all() and (ends <= LARGEST).all()):
        raise AssumptionError("There may be values that are too large.")
