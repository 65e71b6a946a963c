"""The table of an effect at each value of another predictor: a row for each value, a column for each model."""

from __future__ import annotations

import pandas as pd

from ..assess.effects_at import EffectsAt
from ..model_catalogue import Model
from ..text.labels import model_label
from ..text.numbers import decimals_for, number
from .table import NOT_ESTIMABLE, Cell, Row, Table, inference_cell


def effects_table(
    effects: EffectsAt,
    labels: list[str],
    asked: str,
    group: str,
    decimals: int,
    change: tuple[str, pd.DataFrame] | None = None,
    *,
    compared: tuple[str, str] = ("", ""),
    asked_early: bool = False,
) -> Table:
    """Lay the effects out, in the order of the models; after means that are compared, by the formula's own model, its effect first.

    Parameters
    ----------
    labels : list of str
        What each value is called.
    asked : str
        The formula's own model.
    change : (str, DataFrame), optional
        What the last row is called, and the coefficient that it shows: how the effect changes per unit.
    compared : (str, str)
        What the two levels are called whose means are shown.
    asked_early : bool
        Whether the formula's model comes right after OLS, for narrow screens.
    """
    known = effects.frame[effects.frame["estimate"].notna()]
    there = {*known["model"]}
    first = (asked,) if effects.means is not None else (Model.OLS, asked) if asked_early else ()  # beside its own means
    models = tuple(m for m in dict.fromkeys((*first, *Model)) if m in there)
    heads = [(model_label(m, group), str(Model(m).pooling)) for m in models]
    parts = {m: effects.of_model(m) for m in models}
    rows = []
    for k, label in enumerate(labels):
        cells = (
            [Cell(number(float(v), decimals=decimals)) for v in effects.means[k]] if effects.means is not None else []
        )
        cells += [inference_cell(parts[m].loc[k], decimals) for m in models]
        rows.append(Row(label, tuple(cells)))
    if change is not None:
        rows.append(_change_row(effects, models, *change))
    means = [(name, "mean") for name in compared] if effects.means is not None else []
    return Table(("",) * len(means) + models, (*means, *heads), tuple(rows))


def _change_row(effects: EffectsAt, models: tuple[Model, ...], label: str, frame: pd.DataFrame) -> Row:
    """How much the effect changes per unit, by each model that has the coefficient."""
    by_model = {row["model"]: row for row in frame.to_dict("records")}
    decimals = decimals_for(min((float(row["se"]) for row in by_model.values() if row["se"] > 0), default=1.0))
    cells = [Cell("")] * (0 if effects.means is None else 2)
    cells += [inference_cell(pd.Series(by_model[m]), decimals) if m in by_model else NOT_ESTIMABLE for m in models]
    return Row(label, tuple(cells), "change")
