"""Builds the design of a model from a `ModelSpec` and a table: which rows, which numbers, which groups."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import pandas as pd

from ..arrays import Array
from ..errors import OptionError
from ..formula import read
from ..formula.expressions import Column, Expression, columns_of
from ..formula.factor_names import factor_name
from ..formula.spec import ModelSpec
from .columns import Columns, Table
from .design import Design
from .dtypes import is_duration, is_nested, is_numeric
from .encoding import DesignColumn, Encoder, numeric_values
from .grouping import Grouping, Levels, grouping
from .kinds import leaves_gaps
from .rows import complete_rows, drop_gaps, learn_transforms, plain_frame, weighted_rows, with_dates
from .terms import ColumnMaker, RandomBlock, distinct_names
from .validation import refuse_unusable_columns, refuse_useless_groups, required_columns, required_groupings
from .weights_offsets import label, offset_of, one_column, subtract_offset


def build(spec: ModelSpec, frame: pd.DataFrame, *, group: str | None = None) -> Design:
    """Build the design of a model.

    Parameters
    ----------
    group : str, optional
        The grouping factor to show, the formula's first when left out; for models without a random part a column of
        clusters.

    Raises
    ------
    DataError, DesignError
        Naming the column that is missing, not numeric, constant, ... and the remedy.
    """
    names = list(frame.columns)
    spec = read(spec, map(str, names))
    used, asked = required_columns(spec, group), required_groupings(spec, group)
    columns = Columns(frame)
    refuse_unusable_columns(used, names, lambda name: is_nested(columns[name]), chain.from_iterable(asked))
    columns, rows, missing = complete_rows(used, columns)
    encoder = Encoder(states=dict(spec.states), origins={name: None for name in used if is_duration(columns[name])})
    columns = plain_frame(columns, used)
    encoder.learn_dates(spec.factors, columns)
    columns = with_dates(columns, encoder)
    if missing or any(map(leaves_gaps, (spec.outcome, *spec.factors))):
        learn_transforms(spec, frame, encoder)
    columns, rows = drop_gaps(spec, columns, rows, encoder, missing)
    encoder.learn_sources(spec.factors, columns)
    columns, rows, weights, unweighted = weighted_rows(spec, columns, rows, encoder)
    maker = ColumnMaker(encoder, columns, spec)
    terms = maker.add_terms(spec.terms, spec.intercept)
    fixed = tuple(k for columns in terms.values() for k in columns)
    offset = offset_of(spec, columns, encoder)
    outcome = _outcome(spec, columns, encoder)
    levels: Levels = {}
    groupings = tuple(
        sorted((_grouping(spec, g, columns, levels, len(frame)) for g in asked), key=lambda g: -len(g.levels))
    )
    blocks = random_blocks(maker, spec, groupings)
    maker.columns.append(outcome)
    return Design(
        spec=spec,
        columns=maker.columns,
        intercept=spec.intercept,
        fixed=fixed,
        terms=terms,
        blocks=blocks,
        groupings=groupings,
        focal=focal_factor(groupings, asked, group),
        rows=rows,
        n_total=len(frame),
        n=len(columns),
        missing=missing,
        encoder=encoder,
        index=columns.index,
        weights=weights,
        unweighted=unweighted,
        offset=offset,
        predictors={name: columns[name] for name in predictor_names(spec)},
    )


def predictor_names(spec: ModelSpec) -> list[str]:
    """Columns of the table that a model's fixed part and its offset are made of."""
    factors = [*spec.fixed_factors, *spec.offset]
    return list(dict.fromkeys(name for factor in factors for name in columns_of(factor)))


def encode_new(design: Design, frame: Table) -> list[DesignColumn]:
    """The fixed and random columns of new rows, coded as the fitted ones were (without the outcome)."""
    maker = ColumnMaker(design.encoder, frame, design.spec, learn=False)
    maker.add_terms(design.spec.terms, design.intercept)
    for random in design.spec.random:
        maker.blocks(random)
    return maker.columns


def random_blocks(maker: ColumnMaker, spec: ModelSpec, groupings: Sequence[Grouping]) -> tuple[RandomBlock, ...]:
    """The covariance blocks of a model's random part, grouping factor by grouping factor."""
    place = {g.columns: k for k, g in enumerate(groupings)}
    result = [block for random in spec.random for block in maker.blocks(random, place[random.group])]
    return distinct_names(sorted(result, key=lambda b: b.factor))


def _outcome(spec: ModelSpec, frame: Table, encoder: Encoder) -> DesignColumn:
    outcome = spec.outcome
    if isinstance(outcome, Column) and not is_numeric(column := frame[outcome.name]):
        numeric_values(column, outcome.name)  # names the text in it where that is the trouble
    arrays = encoder.numbers(outcome, frame)
    return subtract_offset(outcome_column(outcome, arrays), spec, frame, encoder)


def outcome_column(outcome: Expression, arrays: Sequence[Array]) -> DesignColumn:
    """The outcome as a column of the design, from the columns that its expression gives."""
    return DesignColumn(label(outcome), (one_column(outcome, arrays, "the outcome"),), (tuple(columns_of(outcome)),))


def _grouping(spec: ModelSpec, group: tuple[str, ...], frame: Table, known: Levels, n_total: int) -> Grouping:
    result = grouping(group, frame, known, factor_name(spec, group))
    refuse_useless_groups(group, len(result.levels), len(frame), n_total)
    return result


def focal_factor(groupings: tuple[Grouping, ...], asked: tuple[tuple[str, ...], ...], group: str | None) -> int:
    """The position of the grouping factor to show: the one that was asked for, else the formula's first."""
    called = [(g.columns, g.name) for g in groupings] + [
        (g.columns, g.columns[0]) for g in groupings if len(g.columns) == 1
    ]
    if group is not None and asked and group not in [name for _, name in called]:
        names = ", ".join(f"“{g.name}”" for g in groupings)
        raise OptionError(f"There is no grouping factor “{group}” in the model.", f"Choose one of {names}.")
    wanted = next((columns for columns, name in called if name == group), asked[0] if asked else ())
    return next((k for k, g in enumerate(groupings) if g.columns == wanted), 0)
