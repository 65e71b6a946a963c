"""Tables of adjusted means or slopes, and of their differences, by several models."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ..assess.adjusted_means import AdjustedMeans, level_words
from ..model_catalogue import Model
from ..text.labels import model_label
from ..text.numbers import decimals_for
from .table import Row, Table, inference_cell


def means_table(result: AdjustedMeans) -> Table:
    """A row for each mean or slope, a column for each model: the estimate, its error, its interval, its degrees of freedom."""
    question = result.question
    names = [name for name in (question.by, "" if result.slopes else question.predictor) if name]
    return _by_model(result.frame(), names, tests=False)


def differences_table(result: AdjustedMeans) -> Table:
    """A row for each contrast, a column for each model: the estimate, its error, its interval, its p value."""
    inside = [result.question.by] if result.question.by and not result.slopes else []
    return _by_model(result.differences(), [*inside, "words"], tests=True)


def _by_model(frame: pd.DataFrame, names: Sequence[str], *, tests: bool) -> Table:
    models = list(dict.fromkeys(frame["model"]))
    parts = [frame[frame["model"] == model].reset_index(drop=True) for model in models]
    se = frame["se"].to_numpy(float)
    decimals = decimals_for(float(np.nanmin(se[se > 0], initial=np.inf)))
    rows, before = [], object()
    for k, first in parts[0].iterrows():
        texts = [first[n] if n == "words" else level_words(n, first[n]) for n in names]
        section = "section" if len(names) > 1 and first[names[0]] != before and k else ""
        before = first[names[0]] if names else before
        cells = tuple(inference_cell(part.loc[k], decimals, tests=tests) for part in parts)
        rows.append(Row(", ".join(map(str, texts)) or "slope", cells, section))
    heads = tuple((model_label(model), str(Model(model).pooling)) for model in models)
    return Table(tuple(models), heads, tuple(rows))
