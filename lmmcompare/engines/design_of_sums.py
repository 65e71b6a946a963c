"""A model's design and moments from an engine's sums over a table, with a sample of its rows, after a first pass over these."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace

import narwhals as nw
import numpy as np
import pandas as pd

from ..arrays import Array
from ..design.build import focal_factor, outcome_column, predictor_names, random_blocks
from ..design.design import Design
from ..design.encoding import DesignColumn, Encoder
from ..design.grouping import Grouping
from ..design.kinds import columns_as_numbers
from ..design.sample import Sample
from ..design.terms import ColumnMaker, RandomBlock
from ..design.validation import required_groupings
from ..design.weights_offsets import PriorWeights, label, numbers_of, offset_of, refuse_levels, subtract_offset
from ..formula.baselines import is_of_own_levels
from ..formula.expressions import Column, columns_of, group_name
from ..formula.factor_names import factor_name
from ..formula.spec import ModelSpec
from ..moments.crossed import Crossing
from .assumed_scan import refuse_too_large
from .dates import learn_dates
from .expressions import Expressions, column_expressions
from .first_pass import Origins, learn, weigh
from .grouping_factors import Group, cross_factors, known_codes, sum_factors
from .sample import draw
from .scan import Scan
from .sums import Rough, Weights
from .table import Kind, Table


@dataclass(frozen=True, eq=False)
class Measured:
    """A model's design and moments, and what further sums over the same rows are asked with.

    Parameters
    ----------
    scan : Scan
        With the rows used.
    columns : tuple of expressions
        The design's columns, the outcome last.
    kinds, origins : dict
        What the table's columns hold, and the days that dates are counted from.
    """

    design: Design
    crossing: Crossing
    scan: Scan
    columns: tuple[nw.Expr, ...]
    kinds: dict[str, Kind]
    origins: Origins


def design_of_sums(
    spec: ModelSpec,
    table: Table,
    first_pass: Scan,
    frame: pd.DataFrame | None,
    group: str | None,
    size: int,
    times: Set[str],
) -> Measured:
    """Measure a table that has only the columns used, after a first pass; ``frame`` is its sample if that was drawn already."""
    asked = required_groupings(spec, group)
    drawn_from = first_pass.rows
    table, first_pass, origins = _count_dates(spec, table, first_pass, times)
    for one in spec.offset:
        refuse_levels(one, "an offset")
    first_pass, weights, unweighted = weigh(spec, table, first_pass, origins)
    learnt = learn(spec, table, first_pass, origins)

    if frame is None or first_pass.rows is not drawn_from:
        frame = draw(first_pass.rows, first_pass.n, size)
    encoder = _encoder(spec, learnt, origins, frame)
    columns, terms, blocks = _laid_out(spec, encoder, frame, asked)
    laid_out = _laid_out(spec, learnt, frame, asked)[0]
    expressions = column_expressions(laid_out)
    numeric = {*origins, *(name for name, kind in table.kinds.items() if kind in ("number", "truth"))}
    predictors = _numeric_predictors(spec, numeric, laid_out, learnt)
    sums = sum_factors(first_pass, asked, laid_out, _rough(columns), list(predictors.values()), weights)
    crossing = cross_factors(first_pass, sums, expressions, [c for b in blocks for c in b.columns], weights)

    groupings = tuple(
        Grouping(g, known_codes(one.codes(frame), first_pass), one.levels, dict(one.keys), factor_name(spec, g))
        for g, one in sums
        if g
    )
    place = {g.columns: k for k, g in enumerate(groupings)}
    focal = focal_factor(groupings, asked, group)
    shown = sums[focal][1]
    ranges = {name: (shown.low[k], shown.high[k]) for k, name in enumerate(predictors)}
    if first_pass.is_assumed:
        refuse_too_large(shown, ranges)
    keys = {group_name(g): one.keys for g, one in sums if g}
    design = Design(
        spec=spec,
        columns=columns,
        intercept=spec.intercept,
        fixed=tuple(k for of_term in terms.values() for k in of_term),
        terms=terms,
        blocks=tuple(sorted((replace(b, factor=place[asked[b.factor]]) for b in blocks), key=lambda b: b.factor)),
        groupings=groupings,
        focal=focal,
        rows=None,
        n_total=first_pass.n_total,
        n=first_pass.n,
        missing=first_pass.missing,
        encoder=encoder,
        index=frame.index,
        sampled=Sample(frame, ranges, keys, _nested(groupings, crossing)),
        weights=_held_weights(spec, frame, encoder, weights),
        unweighted=unweighted,
        offset=offset_of(spec, frame, encoder),
        predictors={name: frame[name] for name in predictor_names(spec)},
    )
    return Measured(design, crossing, first_pass, tuple(expressions), table.kinds, origins)


def _count_dates(spec: ModelSpec, table: Table, first_pass: Scan, times: Set[str]) -> tuple[Table, Scan, Origins]:
    """The table and its first pass with dates among the predictors as numbers of days, and the days that these are counted from."""
    used = list(table.frame.collect_schema())
    origins: Origins = {name: None for name in used if table.kinds[name] == "duration"}
    # a weight or an offset is no date
    of_factors = {name for factor in spec.factors for name in columns_as_numbers(factor)} | times
    predictors = [name for name in used if name in of_factors and name not in columns_of(spec.outcome)]
    kinds, rows, first_days = learn_dates(table.kinds, first_pass.rows, predictors)
    return replace(table, kinds=kinds), replace(first_pass, rows=rows), origins | first_days


def _held_weights(
    spec: ModelSpec, frame: pd.DataFrame, encoder: Encoder, weights: Weights | None
) -> PriorWeights | None:
    """The prior weights of a sample's rows, over the mean of all."""
    if spec.weights is None or weights is None:
        return None
    values = numbers_of(spec.weights, frame, encoder, "the weights")
    return PriorWeights(label(spec.weights), values / weights.mean, weights.mean, weights.low, weights.high)


def _ordered(spec: ModelSpec, frame: pd.DataFrame) -> dict[str, str]:
    """Columns whose levels have an order, as far as the engine tells, each with its factor's text (as ``Encoder.ordered``)."""
    factors = [f for f in spec.factors if is_of_own_levels(f)]
    names = [next(columns_of(f)) for f in factors]
    return {n: str(f) for n, f in zip(names, factors, strict=True) if getattr(frame[n].dtype, "ordered", False)}


def _laid_out(
    spec: ModelSpec, encoder: Encoder, frame: pd.DataFrame, asked: Sequence[Group]
) -> tuple[list[DesignColumn], dict[str, tuple[int, ...]], tuple[RandomBlock, ...]]:
    """Columns, of arrays or of expressions as the encoder makes them; terms; blocks with the formula's order of factors."""
    maker = ColumnMaker(encoder, frame, spec, learn=False)
    terms = maker.add_terms(spec.terms, spec.intercept)
    places = [Grouping(g, np.zeros(0, dtype=int), pd.Index([]), {}, factor_name(spec, g)) for g in asked]
    blocks = random_blocks(maker, spec, places)
    outcome = outcome_column(spec.outcome, encoder.numbers(spec.outcome, frame))
    return [*maker.columns, subtract_offset(outcome, spec, frame, encoder)], terms, blocks


def _encoder(spec: ModelSpec, learnt: Expressions, origins: Origins, frame: pd.DataFrame) -> Encoder:
    """What codes rows in memory as the engine's own are, from what was learnt of all of them and from the sample's types."""
    encoder = Encoder(learnt.levels, learnt.states, origins)
    encoder.ordered |= _ordered(spec, frame)
    encoder.learn_sources(spec.factors, frame)
    return encoder


def _numeric_predictors(
    spec: ModelSpec, numeric: Set[str], laid_out: Sequence[DesignColumn], learnt: Expressions
) -> dict[str, nw.Expr]:
    """Expressions of the columns of numbers in the fixed part, whose ranges are asked for."""
    names = [name for factor in spec.fixed_factors for name in columns_of(factor)]
    return {name: _predictor(name, laid_out, learnt) for name in names if name in numeric}


def _predictor(name: str, laid_out: Sequence[DesignColumn], learnt: Expressions) -> nw.Expr:
    """A numeric predictor's expression; that of the column that is nothing else, where there is one."""
    alone = [c.pieces[0] for c in laid_out if c.name == str(Column(name)) and len(c.pieces) == 1]
    return next((piece for piece in alone if isinstance(piece, nw.Expr)), learnt.expressions(Column(name))[0])


def _rough(columns: Sequence[DesignColumn]) -> Rough:
    """What the sample says of the columns."""
    values = [column[:] for column in columns]
    # not the mean, which one outlier may move far from all others
    center, spread = np.array([np.median(v) for v in values]), np.array([v.std() for v in values])
    few = np.array([len(np.unique(v)) <= len(v) / 2 for v in values])
    return Rough(center, np.where(spread > 0, spread, np.where(center != 0, np.abs(center), 1.0)), few)


def _nested(groupings: Sequence[Grouping], crossing: Crossing) -> dict[tuple[str, str], Array]:
    """The factors that lie within others: each of their levels meets one level only."""
    result = {}
    for (i, j), cells in crossing.cells.items():
        for inner, outer, a, b in ((i, j, cells.first, cells.second), (j, i, cells.second, cells.first)):
            if len(a) == len(groupings[inner].levels):
                result[groupings[inner].name, groupings[outer].name] = b[np.argsort(a)]
    return result
